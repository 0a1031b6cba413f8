//! Reads the declarations, imports and paths of a file.

use super::tokens::{Token, tokens};

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The path. Its last word is `*` if it imports everything in a module.
    pub path: Vec<String>,
    /// The name that the item has in this file.
    pub name: String,
}

/// The declarations, imports and paths of a file, without its tests.
#[derive(Debug, Default)]
pub struct Module {
    /// The child modules declared by `mod name;`, except those for tests.
    pub children: Vec<String>,
    /// The child modules declared under `#[cfg(test)]`.
    pub test_children: Vec<String>,
    /// The items that the file defines at its top level.
    pub items: Vec<String>,
    /// The imports of the file and of its functions.
    pub imports: Vec<Import>,
    /// The paths in the code, such as `linalg::norm`, and single names.
    pub paths: Vec<Vec<String>>,
}

/// The keywords before the name of an item.
const DEFINES: [&str; 8] = ["fn", "struct", "enum", "union", "trait", "type", "const", "static"];
/// Words that may follow such a keyword and are not names.
const NO_NAMES: [&str; 6] = ["fn", "unsafe", "extern", "mut", "async", "_"];

impl Module {
    /// Reads a file.
    pub fn read(source: &str) -> Self {
        let mut module = Module::default();
        let code = module.without_tests(tokens(source));
        let (mut depth, mut at) = (0usize, 0);
        let mut inline: Vec<usize> = Vec::new();
        while at < code.len() {
            let next = code.get(at + 1);
            match &code[at] {
                Token::Sign('{' | '(' | '[') => depth += 1,
                Token::Sign('}' | ')' | ']') => {
                    depth = depth.saturating_sub(1);
                    inline.retain(|open| *open < depth);
                }
                Token::Word(word) if word == "use" && next != Some(&Token::Sign('<')) => {
                    let end = (at..code.len()).find(|&i| code[i] == Token::Sign(';')).unwrap_or(code.len());
                    module.import(&code[at + 1..end], inline.len());
                    at = end;
                }
                Token::Word(word) if word == "mod" => {
                    let name = next.and_then(Token::word).unwrap_or_default().to_owned();
                    match code.get(at + 2) {
                        Some(Token::Sign('{')) => {
                            module.items.push(name);
                            inline.push(depth);
                        }
                        _ => module.children.push(name),
                    }
                    at += 1;
                }
                Token::Word(word) if word == "macro_rules" => {
                    module.items.extend(code.get(at + 2).and_then(Token::word).map(str::to_owned));
                    at += 2;
                }
                Token::Word(word) if DEFINES.contains(&word.as_str()) => {
                    let name = next.and_then(Token::word).filter(|name| !NO_NAMES.contains(name));
                    if depth == inline.len() {
                        module.items.extend(name.map(str::to_owned));
                    }
                    at += usize::from(name.is_some());
                }
                Token::Word(_) => at = module.path(&code, at, inline.len()),
                _ => {}
            }
            at += 1;
        }
        module
    }

    /// Removes items under `#[cfg(test)]`, and records the modules among them.
    fn without_tests(&mut self, code: Vec<Token>) -> Vec<Token> {
        let (mut kept, mut at) = (Vec::new(), 0);
        while at < code.len() {
            if !is_test_attribute(&code[at..]) {
                kept.push(code[at].clone());
                at += 1;
                continue;
            }
            let end = end_of_item(&code, at);
            let module = code[at..end].iter().position(|token| token.is_word("mod"));
            let name = module.and_then(|i| code.get(at + i + 1)).and_then(Token::word);
            if code.get(end - 1) == Some(&Token::Sign(';')) {
                self.test_children.extend(name.map(str::to_owned));
            }
            at = end;
        }
        kept
    }

    /// Records the imports of one `use`, given by the tokens up to the semicolon. `inline` is the number of
    /// inline modules around it.
    fn import(&mut self, tree: &[Token], inline: usize) {
        let mut found = Vec::new();
        branches(tree, &[], &mut found);
        if inline == 0 {
            self.imports.extend(found);
        } else {
            // The names belong to the inline module, not to the file.
            self.paths.extend(found.into_iter().map(|import| without_inline(import.path, inline)));
        }
    }

    /// Records the path that begins at `at`, and returns the position of its last token.
    fn path(&mut self, code: &[Token], at: usize, inline: usize) -> usize {
        let mut end = at;
        let mut path = vec![code[at].word().unwrap_or_default().to_owned()];
        while code.get(end + 1) == Some(&Token::Colons) {
            let Some(word) = code.get(end + 2).and_then(Token::word) else { break };
            path.push(word.to_owned());
            end += 2;
        }
        let before = at.checked_sub(1).map(|i| &code[i]);
        if before != Some(&Token::Sign('.')) && before != Some(&Token::Colons) {
            self.paths.push(without_inline(path, inline));
        }
        end
    }
}

/// Removes each `super` that only leads out of an inline module.
fn without_inline(mut path: Vec<String>, inline: usize) -> Vec<String> {
    for _ in 0..inline {
        if path.len() > 1 && path[0] == "super" {
            path.remove(0);
        }
    }
    if inline > 0 && path[0] != "super" && path[0] != "crate" && path[0] != "self" {
        path.insert(0, "self".into());
    }
    path
}

/// Collects every path of a tree of imports.
fn branches(tree: &[Token], before: &[String], found: &mut Vec<Import>) {
    let (mut path, mut at) = (before.to_vec(), 0);
    let mut name = None;
    while at < tree.len() {
        match &tree[at] {
            Token::Word(word) if word == "as" => {
                name = tree.get(at + 1).and_then(Token::word).map(str::to_owned);
                at += 1;
            }
            Token::Word(word) => path.push(word.clone()),
            Token::Sign('*') => path.push("*".into()),
            Token::Sign('{') => {
                let group = group(&tree[at..]);
                split(&tree[at + 1..at + group - 1]).for_each(|branch| branches(branch, &path, found));
                return;
            }
            _ => {}
        }
        at += 1;
    }
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    if let Some(last) = path.last().cloned() {
        found.push(Import { path, name: name.unwrap_or(last) });
    }
}

/// Returns the parts between the commas that are outside of braces.
fn split(group: &[Token]) -> impl Iterator<Item = &[Token]> {
    let mut depth = 0;
    group
        .split(move |token| {
            match token {
                Token::Sign('{') => depth += 1,
                Token::Sign('}') => depth -= 1,
                _ => {}
            }
            depth == 0 && *token == Token::Sign(',')
        })
        .filter(|part| !part.is_empty())
}

/// Returns the number of tokens up to the bracket that closes the first one.
fn group(code: &[Token]) -> usize {
    let mut depth = 0;
    for (i, token) in code.iter().enumerate() {
        match token {
            Token::Sign('{' | '(' | '[') => depth += 1,
            Token::Sign('}' | ')' | ']') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i + 1;
        }
    }
    code.len()
}

/// Whether the tokens begin with an attribute that restricts an item to tests.
fn is_test_attribute(code: &[Token]) -> bool {
    let begins = code.len() > 4 && code[0] == Token::Sign('#') && code[1] == Token::Sign('[');
    if !begins || !code[2].is_word("cfg") {
        return false;
    }
    let words: Vec<&str> = code[1..1 + group(&code[1..])].iter().filter_map(Token::word).take(3).collect();
    words[1..] == ["test"] || words[1..].starts_with(&["all", "test"])
}

/// Returns the end of the item whose first attribute begins at `at`.
fn end_of_item(code: &[Token], mut at: usize) -> usize {
    while code.get(at) == Some(&Token::Sign('#')) {
        at += 1 + group(&code[at + 1..]);
    }
    while at < code.len() {
        match code[at] {
            Token::Sign(';') => return at + 1,
            Token::Sign('{') => return at + group(&code[at..]),
            Token::Sign('(' | '[') => at += group(&code[at..]),
            _ => at += 1,
        }
    }
    at
}
