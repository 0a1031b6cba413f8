//! Splits Rust source into the tokens that matter for imports.

/// A token of Rust source. Literals, lifetimes and comments are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A name or a keyword.
    Word(String),
    /// `::`
    Colons,
    /// Any other character.
    Sign(char),
}

impl Token {
    /// Whether the token is this name or keyword.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, Token::Word(own) if own == word)
    }

    /// Returns the name or keyword, if the token is one.
    pub fn word(&self) -> Option<&str> {
        match self {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// Returns the tokens of `source`.
pub fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < chars.len() {
        let rest = &chars[at..];
        match rest[0] {
            '/' if rest.starts_with(&['/', '/']) => at += line(rest),
            '/' if rest.starts_with(&['/', '*']) => at += block_comment(rest),
            '"' => at += text(rest),
            '\'' => at += quoted(rest),
            c if in_word(c) => {
                let length = rest.iter().take_while(|c| in_word(**c)).count();
                match raw_text(&rest[..length], &rest[length..]) {
                    Some(text) => at += length + text,
                    None => {
                        found.push(Token::Word(rest[..length].iter().collect()));
                        at += length;
                    }
                }
            }
            ':' if rest.starts_with(&[':', ':']) => {
                found.push(Token::Colons);
                at += 2;
            }
            c => {
                if !c.is_whitespace() {
                    found.push(Token::Sign(c));
                }
                at += 1;
            }
        }
    }
    found
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns the length of the rest of the line.
fn line(rest: &[char]) -> usize {
    rest.iter().take_while(|c| **c != '\n').count()
}

/// Returns the length of a block comment, which may contain others.
fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// Returns the length of a string literal.
fn text(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != '"' {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// Returns the length of the string literal that follows the prefix `r`, `b` or `br`, if there is one.
fn raw_text(prefix: &[char], rest: &[char]) -> Option<usize> {
    if !matches!(prefix, ['r'] | ['b'] | ['b', 'r'] | ['c'] | ['c', 'r']) {
        return None;
    }
    let marks = rest.iter().take_while(|c| **c == '#').count();
    if rest.get(marks) != Some(&'"') {
        return None;
    }
    if prefix.last() != Some(&'r') {
        return (marks == 0).then(|| text(rest));
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', marks)).collect();
    let body = marks + 1;
    let length = rest[body..].windows(end.len()).position(|window| window == end)?;
    Some(body + length + end.len())
}

/// Returns the length of a character literal or a lifetime.
fn quoted(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', _, more @ ..] => 3 + more.iter().take_while(|c| **c != '\'').count() + 1,
        ['\'', _, '\'', ..] => 3,
        _ => 1 + rest[1..].iter().take_while(|c| in_word(**c)).count(),
    }
}
