//! `gradus new`: a crate that compares the user's own optimizer.

use super::session::{Outcome, Session};
use crate::cli::project::Project;
use crate::error::{Error, Result};
use crate::optimizer::catalogue::Catalogue;
use clap::Args;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Writes a small crate that compares your own optimizer with the built-in ones
///
/// Its main.rs has an update rule to start from, and adds it to the comparison, so that every table shows it
/// beside the others. The crate depends on the clone of gradus around the current folder (or in --root) if
/// there is one, and otherwise on the sources from which this command was built.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus new my-optimizer && cd my-optimizer && cargo run --release
  gradus new sign-descent ~/experiments/sign")]
pub struct New {
    /// The name of the optimizer and of the crate: lower-case letters, digits and hyphens, starting with a
    /// letter
    #[arg(value_name = "NAME")]
    name: String,
    /// The folder [default: NAME, in the current folder]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// The longest name, which crates.io accepts.
const LONGEST: usize = 64;

impl New {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let name = checked(&self.name, session.catalogue)?;
        let folder = self.folder.unwrap_or_else(|| name.into());
        refuse_if_taken(&folder)?;
        let library = match (session.project(), &session.root) {
            (Err(_), None) => built_from(Path::new(env!("CARGO_MANIFEST_DIR")))?,
            (found, _) => found?,
        };
        write(name, &folder, &library.root)?;
        writeln!(
            session.out,
            "{}: src/main.rs has the rule; run it by cargo run --release",
            folder.display()
        )?;
        Ok(Outcome::Done)
    }
}

/// The names that Cargo refuses for a crate: Rust's keywords and the folders of a build. (The other keywords
/// of Rust are no names of crates for Cargo either.)
const REFUSED_BY_CARGO: [&str; 61] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "build",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "gradus",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc-macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

fn checked<'a>(name: &'a str, catalogue: &Catalogue) -> Result<&'a str> {
    if REFUSED_BY_CARGO.contains(&name) {
        let what = format!("Cargo cannot build a crate named {name}, which has a meaning of its own");
        return Err(Error::Unsupported { what, remedy: "choose another name" });
    }
    if catalogue.get(name).is_ok() {
        let what =
            format!("there is an optimizer named {name} already, and a comparison shows the built-in one");
        return Err(Error::Unsupported { what, remedy: "choose another name" });
    }
    let letters = name.starts_with(|c: char| c.is_ascii_lowercase());
    let all = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    match letters && all && !name.ends_with('-') && name.len() <= LONGEST {
        true => Ok(name),
        false => Err(Error::Syntax {
            what: "name of a crate",
            text: name.into(),
            form: "small letters, digits and hyphens, a letter first, at most 64 in all, such as my-optimizer",
        }),
    }
}

/// Returns the folder with the sources from which this command was built, which a crate outside of a clone
/// depends on.
fn built_from(folder: &Path) -> Result<Project> {
    Project::find(None, folder).map_err(|_| Error::Unsupported {
        what: format!(
            "the sources of gradus are not in {} any more, and a crate needs them",
            folder.display()
        ),
        remedy: "name a clone of gradus with --root",
    })
}

fn refuse_if_taken(folder: &Path) -> Result<()> {
    match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(false) => Ok(()),
        Ok(true) => {
            let what = format!("the folder {} is there already, and not empty", folder.display());
            Err(Error::Unsupported { what, remedy: "name another one" })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Error::io("read the folder", folder, error)),
    }
}

/// Writes the crate. If that fails, removes what was written.
fn write(name: &str, folder: &Path, library: &Path) -> Result<()> {
    let where_it_is = format!("path = {}", toml_text(&library.display().to_string()));
    let fill = |text: &str| text.replace("NAME", name).replace("WHERE", &where_it_is);
    let files = [
        ("Cargo.toml", fill(include_str!("new/Cargo.toml.txt"))),
        ("README.md", fill(include_str!("new/README.md.txt"))),
        ("src/main.rs", fill(include_str!("new/main.rs.txt"))),
        (".gitignore", "/target/\n/comparison/\n".to_owned()),
    ];
    let source = folder.join("src");
    fs::create_dir_all(&source).map_err(|e| Error::io("create the folder", &source, e))?;
    for (at, (file, text)) in files.iter().enumerate() {
        let path = folder.join(file);
        if let Err(error) = fs::write(&path, text) {
            files[..=at].iter().for_each(|(file, _)| _ = fs::remove_file(folder.join(file)));
            return Err(Error::io("write", path, error));
        }
    }
    Ok(())
}

/// Writes a text as a string of TOML: backslashes, quotes and control characters are escaped in its way, and
/// all other characters stand for themselves. (Rust's own escapes, such as that of a combining accent, are no
/// escapes of TOML.)
fn toml_text(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_in_the_way_of_toml() {
        assert_eq!(toml_text("/home/Jose\u{301}/x"), "\"/home/Jose\u{301}/x\"");
        assert_eq!(toml_text("a\"b\\c\nd\u{7f}"), r#""a\"b\\c\u000Ad\u007F""#);
    }

    #[test]
    fn names_are_those_of_crates() {
        let built_in = Catalogue::built_in();
        let checked = |name: &str| checked(name, &built_in).map(drop);
        assert!(["my-optimizer", "a", "sgd2"].iter().all(|name| checked(name).is_ok()));
        assert!(["", "My", "2sgd", "a b", "x/y", "gradus", "a-"].iter().all(|name| checked(name).is_err()));
        assert!(
            ["build", "deps", "examples", "incremental", "test", "fn"].iter().all(|n| checked(n).is_err())
        );
        assert!(checked(&"a".repeat(64)).is_ok() && checked(&"a".repeat(65)).is_err());
        for taken in ["adam", "lm", "gd", "newton-cg"] {
            let sentence = checked(taken).unwrap_err().to_string();
            assert!(sentence.contains("already"), "{sentence}");
        }
    }

    #[test]
    fn sources_that_are_gone_are_one_sentence() {
        let empty = tempfile::tempdir().unwrap();
        let refused = built_from(empty.path()).unwrap_err().to_string();
        assert!(refused.contains("not in") && refused.contains("--root"), "{refused}");
    }

    #[test]
    fn the_program_is_short() {
        assert!(include_str!("new/main.rs.txt").lines().count() <= 40);
    }
}
