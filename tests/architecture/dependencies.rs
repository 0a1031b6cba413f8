//! Finds which file uses which, by following imports and paths to the file that defines the item.

use super::module::Module;
use std::collections::{BTreeMap, BTreeSet};

/// The files below `src/`, by their relative path, such as `loss/softmax.rs`.
pub struct Files {
    files: BTreeMap<String, Module>,
}

/// The result of following a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    /// A module, by its path from the root of the crate. The root has the empty path.
    Module(Vec<String>),
    /// An item, by the file that defines it.
    Item(String),
}

/// A use of an item that another file defines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependency {
    /// The file that uses the item.
    pub from: String,
    /// The file that defines it.
    pub to: String,
    /// The path that names it.
    pub path: String,
}

/// The names that are being looked up, each with its module. It ends the search in a circle of re-exports.
type Trail = Vec<(Vec<String>, String)>;

impl Files {
    /// Reads files, given as pairs of relative path and source. Files that contain only tests are left out.
    pub fn read<'a>(sources: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut files: BTreeMap<String, Module> =
            sources.into_iter().map(|(name, source)| (name.to_owned(), Module::read(source))).collect();
        let tests: Vec<String> = files
            .iter()
            .flat_map(|(name, module)| module.test_children.iter().map(move |child| child_file(name, child)))
            .collect();
        files.retain(|name, _| !tests.contains(name) && !name.starts_with("bin/"));
        Files { files }
    }

    /// Returns all uses of items of other files, except those in `lib.rs`.
    pub fn dependencies(&self) -> BTreeSet<Dependency> {
        let mut dependencies = BTreeSet::new();
        for (file, module) in self.files.iter().filter(|(file, _)| *file != "lib.rs") {
            let imported = module.imports.iter().map(|import| &import.path);
            for path in imported.chain(&module.paths) {
                // Everything in a module is a use of the names that the code mentions, not of the module.
                let path = path.strip_suffix(&["*".to_owned()]).unwrap_or(path);
                if let Some(Target::Item(to)) = self.resolve(&module_of(file), path, &mut Vec::new())
                    && to != *file
                {
                    dependencies.insert(Dependency { from: file.clone(), to, path: path.join("::") });
                }
            }
        }
        dependencies
    }

    /// Follows a path that occurs in the module `from`.
    fn resolve(&self, from: &[String], path: &[String], trail: &mut Trail) -> Option<Target> {
        let (mut at, mut rest) = (from.to_vec(), path);
        while let Some(first) = rest.first() {
            match first.as_str() {
                "crate" => at.clear(),
                "super" => drop(at.pop()?),
                "self" => {}
                _ => break,
            }
            rest = &rest[1..];
        }
        for (i, name) in rest.iter().enumerate() {
            match self.look_up(&at, name, i + 1 == rest.len(), trail)? {
                Target::Module(module) => at = module,
                item => return Some(item),
            }
        }
        Some(Target::Module(at))
    }

    /// Looks up `name` in the module `at`. If it is the last name of the path, an item takes precedence over
    /// a module of the same name.
    fn look_up(&self, at: &[String], name: &str, last: bool, trail: &mut Trail) -> Option<Target> {
        let file = self.file_of(at)?;
        let module = &self.files[&file];
        let child = || module.children.iter().any(|child| child == name).then(|| joined(at, name));
        if !last && let Some(child) = child() {
            return Some(Target::Module(child));
        }
        if module.items.iter().any(|item| item == name) {
            return Some(Target::Item(file));
        }
        self.look_up_imports(at, name, last, trail).or_else(|| child().map(Target::Module))
    }

    /// Looks up `name` among the imports of the module `at`.
    fn look_up_imports(&self, at: &[String], name: &str, last: bool, trail: &mut Trail) -> Option<Target> {
        let asked = (at.to_vec(), name.to_owned());
        if trail.contains(&asked) {
            return None;
        }
        trail.push(asked);
        let mut found = Vec::new();
        for import in &self.files[&self.file_of(at)?].imports {
            if import.name == name && import.path != [name.to_owned()] {
                found.extend(self.resolve(at, &import.path, trail));
            } else if import.name == "*"
                && let path = &import.path[..import.path.len() - 1]
                && let Some(Target::Module(module)) = self.resolve(at, path, trail)
            {
                found.extend(self.look_up(&module, name, last, trail));
            }
        }
        trail.pop();
        let preferred = found.iter().find(|target| matches!(target, Target::Item(_)) == last);
        preferred.or(found.first()).cloned()
    }

    /// Returns the file of a module.
    fn file_of(&self, module: &[String]) -> Option<String> {
        let file = if module.is_empty() { "lib.rs".into() } else { format!("{}.rs", module.join("/")) };
        self.files.contains_key(&file).then_some(file)
    }
}

/// Returns the dependencies of files on their own parent, or on a parent of that.
pub fn on_parents(dependencies: &BTreeSet<Dependency>) -> impl Iterator<Item = &Dependency> {
    dependencies.iter().filter(|dependency| {
        dependency.from.starts_with(&format!("{}/", dependency.to.trim_end_matches(".rs")))
    })
}

/// Returns the circles of files that use each other. Each is given by its shortest circle, and by the number
/// of all files that use each other directly or indirectly.
pub fn circles(dependencies: &BTreeSet<Dependency>) -> Vec<(Vec<String>, usize)> {
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for dependency in dependencies {
        uses.entry(&dependency.from).or_default().insert(&dependency.to);
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        uses.keys().map(|file| (*file, reach(&uses, file))).collect();
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for (file, others) in &reached {
        if others.contains(file) && !seen.contains(file) {
            let tied: Vec<&str> =
                others.iter().copied().filter(|o| reached.get(o).is_some_and(|r| r.contains(file))).collect();
            let rounds = tied.iter().filter_map(|start| shortest_circle(&uses, start));
            found.push((rounds.min_by_key(Vec::len).unwrap_or_default(), tied.len()));
            seen.extend(tied);
        }
    }
    found
}

/// Returns the files that `from` uses, directly or through others.
fn reach<'a>(uses: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &str) -> BTreeSet<&'a str> {
    let (mut found, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(file) = open.pop() {
        for next in uses.get(file).into_iter().flatten() {
            if found.insert(*next) {
                open.push(next);
            }
        }
    }
    found
}

/// Returns a shortest circle through `start`.
fn shortest_circle(uses: &BTreeMap<&str, BTreeSet<&str>>, start: &str) -> Option<Vec<String>> {
    let mut ways: Vec<Vec<&str>> = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in &ways {
            for next in uses.get(way[way.len() - 1]).into_iter().flatten() {
                if *next == start {
                    return Some(way.iter().chain([next]).map(|file| (*file).to_owned()).collect());
                }
                if seen.insert(*next) {
                    longer.push(way.iter().copied().chain([*next]).collect());
                }
            }
        }
        ways = longer;
    }
    None
}

/// Returns the module of a file, by its path from the root of the crate.
fn module_of(file: &str) -> Vec<String> {
    match file.trim_end_matches(".rs") {
        "lib" => Vec::new(),
        path => path.split('/').map(str::to_owned).collect(),
    }
}

/// Returns the file of a child module.
fn child_file(parent: &str, child: &str) -> String {
    let mut path = module_of(parent);
    path.push(child.to_owned());
    format!("{}.rs", path.join("/"))
}

fn joined(module: &[String], name: &str) -> Vec<String> {
    module.iter().cloned().chain([name.to_owned()]).collect()
}
