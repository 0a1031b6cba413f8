//! The house of DESIGN.md, held against the code: which room stands on which floor, and what a file may name.
//!
//! A file uses only floors below its own and its own room, so that a newcomer can read from the bottom up,
//! and so that the core builds without charts, tables, a command or a C library. A new room is a new line in
//! `ROOMS`.

#[path = "../build.rs"]
#[allow(dead_code, reason = "Cargo calls its main")]
mod build;

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms (top-level modules) and their floors, from the bottom up.
const ROOMS: &[(&str, u32)] = &[
    ("error", 0),
    ("files", 0),
    ("hash", 0),
    ("real", 0),
    ("linalg", 0),
    ("rng", 0),
    ("objective", 1),
    ("gradcheck", 1),
    ("problems", 2),
    ("loss", 2),
    ("model", 2),
    ("data", 2),
    ("schedule", 3),
    ("line_search", 3),
    ("risk", 3),
    ("stop", 4),
    ("trace", 4),
    ("table", 4),
    ("optimizer", 5),
    ("minimize", 5),
    ("train", 5),
    ("claim", 6),
    ("figure", 6),
    ("findings", 6),
    ("study", 6),
    ("compare", 6),
    ("report", 7),
    ("cli", 8),
    ("bin", 8),
];

/// Rooms of one floor of which the first may name the second.
const NEIGHBOURS: &[(&str, &str)] = &[
    ("real", "linalg"),
    ("linalg", "real"),
    ("linalg", "rng"),
    ("rng", "real"),
    ("rng", "hash"),
    ("gradcheck", "objective"),
    ("trace", "table"),
    ("minimize", "optimizer"),
    ("train", "optimizer"),
    ("train", "minimize"),
    ("bin", "cli"),
];

/// The floor whose rooms may all name each other: what is measured, compared and claimed.
const OPEN_FLOOR: u32 = 6;

/// What may be named in some rooms only: crates (by what stands before `::`) and macros.
const KEPT_IN: &[(&str, &[&str])] = &[
    ("ndarray_linalg::", &["linalg"]),
    ("lax::", &["linalg"]),
    ("polars::", &["report"]),
    ("plotters::", &["report"]),
    ("pdf_writer::", &["report"]),
    ("clap::", &["cli"]),
    ("clap_complete::", &["cli"]),
    ("indicatif::", &["cli"]),
    ("anyhow::", &["cli"]),
    ("ureq::", &["cli"]),
    ("ctrlc::", &["cli"]),
    ("println!", &["cli", "bin"]),
    ("print!", &["cli", "bin"]),
    ("eprintln!", &["cli", "bin"]),
    ("eprint!", &["cli", "bin"]),
];

#[test]
fn every_file_names_only_what_lies_below_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for path in sources(&root) {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        found.extend(violations(&name, &fs::read_to_string(&path).unwrap()));
    }
    assert!(found.is_empty(), "the house is not as tests/architecture.rs says:\n  {}", found.join("\n  "));
}

#[test]
fn each_kind_of_violation_is_caught() {
    let caught = |file: &str, source: &str, word: &str| {
        let found = violations(file, source);
        assert!(found.len() == 1 && found[0].contains(word), "{file}: {source:?} gave {found:?}");
    };
    caught("loss/softmax.rs", "use crate::optimizer::Optimizer;", "optimizer");
    caught("loss.rs", "fn f() -> crate::report::charts::Chart {}", "report");
    caught("model.rs", "use crate::{error::Error, linalg::{Rows, max_norm}, train::Training};", "train");
    caught("minimize.rs", "use crate::train::Training;", "train");
    caught("stop.rs", "use crate::table::Table;", "table");
    caught("study/momentum.rs", "use crate::report::charts;", "report");
    caught("solver.rs", "", "ROOMS");
    caught("loss.rs", "use crate::solver::Solver;", "ROOMS");
    caught("study/momentum.rs", "use polars::prelude::DataFrame;", "polars");
    caught("optimizer/second_order/newton.rs", "use ndarray_linalg::Solve;", "ndarray_linalg");
    caught("train.rs", "fn f() { println!(\"{}\", 1); }", "println!");
    caught("report/files.rs", "fn f() -> anyhow::Result<()> { Ok(()) }", "anyhow");
}

#[test]
fn what_is_allowed_passes() {
    let passes = |file: &str, source: &str| {
        assert_eq!(violations(file, source), Vec::<String>::new(), "{file}: {source}")
    };
    passes("loss/softmax.rs", "use super::Loss;\nuse crate::loss::examples;\nuse crate::real::Real;");
    passes("error.rs", "use std::fmt;");
    passes("real.rs", "+ crate::linalg::Kernel");
    passes(
        "train.rs",
        "use crate::{data::Batches, error::{Error, Result}, optimizer::first_order::{self, State}};",
    );
    passes("findings.rs", "use crate::claim::Claim;\nuse crate::figure::Figure;");
    passes(
        "loss.rs",
        "//! Used by crate::train.\n/// println!(\"{}\", crate::report::x());\n// crate::cli\nfn f() {}",
    );
    passes("cli/command.rs", "use clap::Parser;\nfn f() -> anyhow::Result<()> { println!(); Ok(()) }");
    passes("bin/gradus.rs", "fn main() { gradus::cli::main() }");
    passes("report/tables.rs", "use polars::prelude::*;\nfn f() { my_println!(); not_polars::x(); }");
    passes("lib.rs", "pub use crate::train::Training;");
}

/// Kept runs of a comparison survive a change of what is made of them, and of nothing else.
#[test]
fn the_version_of_kept_runs_covers_what_runs_execute_and_no_view() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join("src").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let of_runs = || build::version(folder.path(), build::of_runs);
    let of_studies = || build::version(folder.path(), build::computes);
    for name in ["optimizer/adam.rs", "compare/suite/execute.rs", "compare/suite/views.rs"] {
        write(name, "before");
    }
    for (name, counts) in [
        ("optimizer/adam.rs", [true, true]),
        ("compare/suite/execute.rs", [true, true]),
        ("compare/suite/arena/data.rs", [true, true]),
        ("viewpoint.rs", [true, true]),
        ("compare/suite/views.rs", [false, true]),
        ("compare/suite/views/ranks.rs", [false, true]),
        ("study/comparison.rs", [false, true]),
        ("figure.rs", [false, true]),
        ("report/comparison.rs", [false, false]),
        ("cli.rs", [false, false]),
    ] {
        let before = [of_runs(), of_studies()];
        write(name, "after");
        assert_eq!([of_runs() != before[0], of_studies() != before[1]], counts, "{name}");
    }
    let before = of_studies();
    write("optimizer/adam.rs", "//! Says more.\nafter\n    // And why.\r\n");
    assert_eq!(of_studies(), before, "comments change no result");
    write("optimizer/adam.rs", "after; // And why.");
    assert_ne!(of_studies(), before);
}

#[test]
fn what_runs_execute_names_nothing_outside_of_their_version_but_listeners() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(gradus::compare::suite::VERSION.starts_with(concat!(env!("GRADUS_RUNS_HASH"), "-")));
    for path in sources(&root.join("src")) {
        let inside = path.strip_prefix(root.join("src")).unwrap();
        if !build::of_runs(inside) || inside == Path::new("lib.rs") {
            continue;
        }
        let code = without_comments(&fs::read_to_string(&path).unwrap());
        let listeners =
            ["crate::study::Progress;", "crate::study::Silent;", "crate::study::{Progress, Silent};"];
        let code = listeners.iter().fold(code, |code, listener| code.replace(listener, ""));
        let outside: Vec<String> =
            named_rooms(&code).into_iter().filter(|room| !build::of_runs(Path::new(room))).collect();
        let views = code.contains("views::");
        assert!(
            outside.is_empty() && !views,
            "src/{} is executed by runs and names {outside:?}, views: {views}",
            inside.display()
        );
    }
}

/// Everything in a file that the house does not allow, each as a sentence that says what to do.
fn violations(file: &str, source: &str) -> Vec<String> {
    let room = file.split('/').next().unwrap_or_default().trim_end_matches(".rs");
    if room == "lib" {
        return Vec::new();
    }
    let Some(floor) = floor_of(room) else {
        return vec![format!(
            "src/{file}: the room '{room}' is on no floor; give it one in ROOMS and in DESIGN.md"
        )];
    };
    let code = without_comments(source);
    let rooms = named_rooms(&code).into_iter().filter_map(|named| refused_room(file, room, floor, &named));
    let crates = KEPT_IN.iter().filter_map(|(word, rooms)| refused_word(file, room, &code, word, rooms));
    rooms.chain(crates).collect()
}

fn floor_of(room: &str) -> Option<u32> {
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

/// Why a file may not name a room, if it may not.
fn refused_room(file: &str, room: &str, floor: u32, named: &str) -> Option<String> {
    let Some(other) = floor_of(named) else {
        return Some(format!(
            "src/{file} names crate::{named}, which is on no floor; give it one in ROOMS and in DESIGN.md"
        ));
    };
    let neighbours = NEIGHBOURS.contains(&(room, named)) || (floor == other && floor == OPEN_FLOOR);
    let allowed = room == named || named == "error" || other < floor || neighbours;
    (!allowed).then(|| {
        format!(
            "src/{file} (floor {floor}) names crate::{named} (floor {other}); move what it needs to a lower \
             floor, \
             or move '{room}' above '{named}'"
        )
    })
}

/// Why a file may not name a crate or macro, if it does and may not.
fn refused_word(file: &str, room: &str, code: &str, word: &str, rooms: &[&str]) -> Option<String> {
    let refused = !rooms.contains(&room) && starts(code, word).next().is_some();
    refused.then(|| {
        let word = word.trim_end_matches("::");
        format!(
            "src/{file} uses {word}, which only {} may; hand plain data up to there instead",
            rooms.join(" and ")
        )
    })
}

/// Where `word` begins in the code, not as the end of a longer name.
fn starts<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let inside_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| !code[..at].ends_with(inside_name))
}

/// The rooms that a file names as `crate::room` or in `crate::{room, …}`, each once.
fn named_rooms(code: &str) -> Vec<String> {
    let mut rooms: Vec<String> = Vec::new();
    for at in starts(code, "crate::") {
        let rest = &code[at + "crate::".len()..];
        let named = match rest.strip_prefix('{') {
            Some(group) => heads(group),
            None => vec![head(rest)],
        };
        rooms.extend(named.into_iter().filter(|room| !room.is_empty()));
    }
    rooms.sort();
    rooms.dedup();
    rooms
}

/// The name at the beginning of a path.
fn head(path: &str) -> String {
    path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first names of the paths in a group, of which the opening brace has been read.
fn heads(group: &str) -> Vec<String> {
    let (mut depth, mut begins, mut found) = (1, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && c == ',') {
            found.push(head(&group[begins..at]));
            begins = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    found
}

/// The code without what stands behind `//`.
fn without_comments(source: &str) -> String {
    // A `//` inside a text, such as an address, cuts that line short; nothing that matters here follows one.
    source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// All Rust files below a folder, sorted.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}
