//! Checks the architecture of `src/`: which file may use which.
//!
//! The top-level modules are called rooms, and each stands on a floor. A file uses only its own room and the
//! floors below it, so a newcomer can read from the bottom up, and the core builds without charts, tables, a
//! command or a C library. A new room needs a line in `ROOMS` and in the table of floors in `src/lib.rs`.
//!
//! Parents declare and children define: a file `p.rs` with a folder `p/` defines nothing that a file in the
//! folder uses. No files use each other in a circle. For both rules `architecture/dependencies.rs` follows
//! imports and paths through re-exports to the file that defines the item.

#[path = "architecture/dependencies.rs"]
mod dependencies;
#[path = "architecture/module.rs"]
mod module;
#[path = "architecture/tokens.rs"]
mod tokens;

#[path = "../build.rs"]
#[allow(dead_code, reason = "Cargo calls its main")]
mod build;

use dependencies::Files;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms and their floors, from the bottom up.
const ROOMS: &[(&str, u32)] = &[
    ("error", 0),
    ("files", 0),
    ("hash", 0),
    ("real", 0),
    ("linalg", 0),
    ("rng", 0),
    ("ranks", 0),
    ("progress", 0),
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
    ("compare", 7),
    ("study", 8),
    ("report", 9),
    ("cli", 10),
    ("guide", 10),
    ("bin", 10),
];

/// Pairs of rooms on the same floor, of which the first may use the second.
const NEIGHBOURS: &[(&str, &str)] = &[
    ("real", "linalg"),
    ("linalg", "real"),
    ("linalg", "rng"),
    ("rng", "real"),
    ("ranks", "real"),
    ("real", "ranks"),
    ("rng", "hash"),
    ("gradcheck", "objective"),
    ("trace", "table"),
    ("minimize", "optimizer"),
    ("train", "optimizer"),
    ("train", "minimize"),
    ("findings", "claim"),
    ("findings", "figure"),
    ("bin", "cli"),
];

/// The maximum width of a line in characters.
const WIDTH: usize = 110;

/// Crates and macros that only some rooms may use.
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
    assert!(found.is_empty(), "src/ violates the rules of tests/architecture.rs:\n  {}", found.join("\n  "));
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
    caught("compare.rs", "use crate::study::Context;", "study");
    caught("study/momentum.rs", "use crate::report::charts;", "report");
    caught("solver.rs", "", "ROOMS");
    caught("loss.rs", "use crate::solver::Solver;", "ROOMS");
    caught("study/momentum.rs", "use polars::prelude::DataFrame;", "polars");
    caught("optimizer/second_order/newton.rs", "use ndarray_linalg::Solve;", "ndarray_linalg");
    caught("train.rs", "fn f() { println!(\"{}\", 1); }", "println!");
    caught("report/files.rs", "fn f() -> anyhow::Result<()> { Ok(()) }", "anyhow");
}

#[test]
fn parents_declare_and_children_define() {
    let files = files_of_src();
    let dependencies = files.dependencies();
    let found: Vec<String> = dependencies::on_parents(&dependencies)
        .map(|dependency| {
            let dependencies::Dependency { from, to, path } = dependency;
            format!(
                "src/{from} uses {path}, which its parent src/{to} defines; move it to a file in the folder"
            )
        })
        .collect();
    assert!(found.is_empty(), "parents declare, children define:\n  {}", found.join("\n  "));
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let dependencies = files_of_src().dependencies();
    let found: Vec<String> = dependencies::circles(&dependencies)
        .into_iter()
        .map(|(round, files)| format!("{} ({files} files in all)", round.join(" uses ")))
        .collect();
    assert!(
        found.is_empty(),
        "files use each other in a circle; move what they share to a file of its own:\n  {}",
        found.join("\n  ")
    );
}

#[test]
fn imports_are_followed_to_the_file_that_defines() {
    let files = Files::read([
        ("lib.rs", "pub mod loss;\npub mod real;"),
        ("real.rs", "pub trait Real {}"),
        (
            "loss.rs",
            "mod huber;\nmod traits;\nmod by_name;\npub use huber::Huber;\npub use traits::*;\n\
             pub const NAMES: usize = 2;\n#[cfg(test)]\nmod tests { use super::Hinge; }\n#[cfg(test)]\nmod checks;",
        ),
        ("loss/traits.rs", "use crate::real::Real;\npub trait Loss<F: Real> {}\npub struct Margin;"),
        (
            "loss/huber.rs",
            "//! Not crate::loss::NAMES.\nuse super::{Loss, Margin as Wide};\npub struct Huber; // super::NAMES\n\
             const TEXT: &str = \"super::NAMES\";",
        ),
        ("loss/by_name.rs", "fn f<'a>() -> usize { let c = ':'; super::Huber; crate::loss::NAMES }"),
        ("loss/checks.rs", "use super::NAMES;"),
    ]);
    let dependencies = files.dependencies();
    let pairs: Vec<(&str, &str)> = dependencies.iter().map(|a| (a.from.as_str(), a.to.as_str())).collect();
    let expected = [
        ("loss.rs", "loss/huber.rs"),
        ("loss/by_name.rs", "loss.rs"),
        ("loss/by_name.rs", "loss/huber.rs"),
        ("loss/huber.rs", "loss/traits.rs"),
        ("loss/traits.rs", "real.rs"),
    ];
    let pairs: BTreeSet<(&str, &str)> = pairs.into_iter().collect();
    assert_eq!(pairs, BTreeSet::from(expected));
    let upward: Vec<&str> =
        dependencies::on_parents(&dependencies).map(|dependency| dependency.path.as_str()).collect();
    assert_eq!(upward, ["crate::loss::NAMES"]);
    assert_eq!(dependencies::circles(&dependencies), []);
}

#[test]
fn re_exports_in_a_circle_and_inline_modules_end_the_search() {
    let files = Files::read([
        ("lib.rs", "mod a; mod b; pub mod prelude { pub use crate::a::*; pub use crate::b::*; }"),
        ("a.rs", "pub use crate::b::*; fn f() { missing(); Thing; crate::inner(); }"),
        ("b.rs", "pub use crate::a::*; pub struct Thing; mod inner { use super::super::a; }"),
    ]);
    let pairs: Vec<(String, String)> =
        files.dependencies().into_iter().map(|dependency| (dependency.from, dependency.to)).collect();
    assert_eq!(pairs, [("a.rs".to_owned(), "b.rs".to_owned())]);
}

#[test]
fn circles_of_files_are_found() {
    let circles = |sources: &[(&'static str, &'static str)]| {
        dependencies::circles(&Files::read(sources.iter().copied()).dependencies())
    };
    let two = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        ("b.rs", "pub struct B(Vec<crate::a::A>);"),
    ];
    assert_eq!(circles(&two), [(["a.rs", "b.rs", "a.rs"].map(String::from).to_vec(), 2)]);
    let through_a_re_export = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::C; pub struct A;"),
        ("b.rs", "pub use crate::c::C;"),
        ("c.rs", "pub struct C; fn f() { crate::a::A; }"),
    ];
    assert_eq!(circles(&through_a_re_export).len(), 1);
    let siblings = [
        ("lib.rs", "mod a;"),
        ("a.rs", "mod b; mod c; pub use b::B; pub use c::C;"),
        ("a/b.rs", "pub struct B;"),
        ("a/c.rs", "use super::B; pub struct C(B);"),
    ];
    assert_eq!(circles(&siblings), []);
}

#[test]
fn lines_fit_on_a_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for path in ["src", "tests", "benches", "demo/src"].iter().flat_map(|folder| sources(&root.join(folder)))
    {
        let name = path.strip_prefix(root).unwrap().display();
        let text = fs::read_to_string(&path).unwrap();
        found.extend(too_wide(&text).map(|line| format!("{name}:{line}")));
    }
    assert!(found.is_empty(), "lines wider than {WIDTH} characters:\n  {}", found.join("\n  "));
}

#[test]
fn wide_lines_are_found() {
    let wide = "x".repeat(WIDTH + 1);
    let lines = |text: &str| too_wide(text).collect::<Vec<_>>();
    assert_eq!(lines(&format!("fn f() {{}}\n// {wide} {wide}\n")), [2]);
    assert_eq!(lines(&format!("let s = {wide} + 1;")), [1]);
    // Addresses, rows of tables and strings cannot be broken.
    assert_eq!(
        lines(&format!("// https://{wide}\n/// | a | {wide} |\nlet s = \"{wide}\";")),
        Vec::<usize>::new()
    );
    assert_eq!(lines(&"é".repeat(WIDTH)), Vec::<usize>::new());
}

/// Returns the numbers of the lines that are too wide and could be broken.
fn too_wide(text: &str) -> impl Iterator<Item = usize> + '_ {
    let unbreakable = |line: &str| {
        let line = line.trim_start();
        let table = ["/// |", "//! |"].iter().any(|mark| line.starts_with(mark));
        table || line.contains("https://") || line.contains('"')
    };
    let wide = move |line: &str| line.chars().count() > WIDTH && !unbreakable(line);
    text.lines().enumerate().filter(move |(_, line)| wide(line)).map(|(i, _)| i + 1)
}

/// The table of floors in the documentation of the crate names each room on its floor, and nothing else.
#[test]
fn the_documented_table_of_floors_is_that_of_rooms() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let documented = documented_floors(&fs::read_to_string(root.join("src/lib.rs")).unwrap());
    let rooms: BTreeSet<(String, u32)> = ROOMS
        .iter()
        .filter(|(room, _)| *room != "bin")
        .map(|(room, floor)| ((*room).to_owned(), *floor))
        .collect();
    assert_eq!(documented, rooms, "the table in src/lib.rs and ROOMS in tests/architecture.rs differ");
}

#[test]
fn a_table_of_floors_is_read() {
    let text = "//! | floor | modules | |\n//! |---|---|---|\n//! | 0 | [`error`], [`a`](mod@a) | says `b` |\n\
                //! | 12 | `cli` | |\n/// | 1 | `x` | |";
    let expected = [("error", 0), ("a", 0), ("cli", 12)].map(|(room, floor)| (room.to_owned(), floor));
    assert_eq!(documented_floors(text), BTreeSet::from(expected));
}

/// Returns the rooms and floors of the table in the documentation of a crate. A row is
/// `//! | floor | rooms | … |`, with the rooms in backticks.
fn documented_floors(text: &str) -> BTreeSet<(String, u32)> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | ")).filter_map(|row| {
        let (floor, rest) = row.split_once(" | ")?;
        Some((floor.parse::<u32>().ok()?, rest.split(" | ").next()?))
    });
    let rooms = |(floor, cell): (u32, &str)| {
        let names: Vec<String> = cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        names.into_iter().map(move |name| (name, floor))
    };
    rows.flat_map(rooms).collect()
}

/// Reads all files below `src/`.
fn files_of_src() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files: Vec<(String, String)> = sources(&root)
        .iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    Files::read(files.iter().map(|(name, source)| (name.as_str(), source.as_str())))
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

/// Stored runs of a comparison stay valid if only the code that presents them changes.
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
        ("compare/suite/problem/data.rs", [true, true]),
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
fn what_runs_execute_names_nothing_outside_of_their_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(gradus::compare::suite::VERSION.starts_with(concat!(env!("GRADUS_RUNS_HASH"), "-")));
    for path in sources(&root.join("src")) {
        let inside = path.strip_prefix(root.join("src")).unwrap();
        if !build::of_runs(inside) || inside == Path::new("lib.rs") {
            continue;
        }
        let code = without_comments(&fs::read_to_string(&path).unwrap());
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

/// Returns the uses in a file that its floor does not allow, each as a sentence that says what to do.
fn violations(file: &str, source: &str) -> Vec<String> {
    let room = file.split('/').next().unwrap_or_default().trim_end_matches(".rs");
    if room == "lib" {
        return Vec::new();
    }
    let Some(floor) = floor_of(room) else {
        return vec![format!(
            "src/{file}: the room '{room}' is on no floor; give it one in ROOMS (tests/architecture.rs) and in the table of src/lib.rs"
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

/// Returns why a file may not use a room, or `None` if it may.
fn refused_room(file: &str, room: &str, floor: u32, named: &str) -> Option<String> {
    let Some(other) = floor_of(named) else {
        return Some(format!(
            "src/{file} names crate::{named}, which is on no floor; give it one in ROOMS (tests/architecture.rs) and in the table of src/lib.rs"
        ));
    };
    let neighbours = NEIGHBOURS.contains(&(room, named));
    let allowed = room == named || named == "error" || other < floor || neighbours;
    (!allowed).then(|| {
        format!(
            "src/{file} (floor {floor}) names crate::{named} (floor {other}); move what it needs to a lower \
             floor, \
             or move '{room}' above '{named}'"
        )
    })
}

/// Returns why a file may not use a crate or macro, or `None` if it may or does not.
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

/// Returns the positions of `word` in the code, except at the end of a longer name.
fn starts<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let inside_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| !code[..at].ends_with(inside_name))
}

/// Returns the rooms that a file names as `crate::room` or in `crate::{room, …}`, each once.
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

/// Returns the name at the beginning of a path.
fn head(path: &str) -> String {
    path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Returns the first names of the paths in a group. The text begins after the opening brace.
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

/// Returns the code without the text after `//`.
fn without_comments(source: &str) -> String {
    // A `//` inside a string, such as an address, also cuts the line. No name that matters follows one.
    source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Returns all Rust files below a folder, sorted.
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
