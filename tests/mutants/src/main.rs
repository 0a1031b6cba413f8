//! Mutant schemata: one build of the library that contains every mutant of cargo-mutants' list, each behind a
//! switch.
//!
//! - `schemata rewrite LIST SOURCE TARGET < DROPPED` writes the files of LIST (from `cargo mutants --list
//!   --json`), which are below SOURCE, to TARGET with a switch for each mutant. The number of a mutant is
//!   its place in LIST, from 1. Those whose numbers are in DROPPED are left out. Prints the numbers of the
//!   mutants that have no switch.
//! - `schemata blame TARGET < MESSAGES` reads the messages of `cargo check --message-format=json` in TARGET,
//!   and prints the numbers of the mutants that do not compile.
mod blame;
mod rewrite;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, read_to_string, stdin};
use std::path::Path;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["rewrite", list, source, target] => rewrite_all(list, Path::new(source), Path::new(target)),
        ["blame", target] => blame_all(Path::new(target)),
        _ => Err("usage: schemata rewrite LIST SOURCE TARGET < DROPPED, or schemata blame TARGET < MESSAGES"
            .into()),
    }
}

fn rewrite_all(list: &str, source: &Path, target: &Path) -> Result<(), Failure> {
    let mut dropped = String::new();
    stdin().read_to_string(&mut dropped)?;
    let dropped: BTreeSet<u32> = dropped.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let list: Vec<Value> = serde_json::from_str(&fs::read_to_string(list)?)?;
    let mut files = BTreeMap::<&str, Vec<rewrite::Mutant>>::new();
    for (id, mutant) in (1..).zip(&list) {
        let of_file = files.entry(mutant["file"].as_str().ok_or("a mutant without a file")?).or_default();
        if !dropped.contains(&id) {
            of_file.push(rewrite::Mutant::read(id, mutant).ok_or("a mutant of an unknown kind")?);
        }
    }
    for (file, mutants) in files {
        let (text, without) = rewrite::rewrite(&fs::read_to_string(source.join(file))?, mutants)?;
        write_if_new(&target.join(file), &text)?;
        without.iter().for_each(|id| println!("{id}"));
    }
    write_if_new(&target.join("src/__mutant.rs"), include_str!("runtime.rs"))?;
    let root = fs::read_to_string(source.join("src/lib.rs"))?;
    write_if_new(
        &target.join("src/lib.rs"),
        &format!("{root}\n#[allow(missing_docs)]\n#[doc(hidden)]\npub mod __mutant;\n"),
    )
}

/// Writes a file, unless it has that text already: cargo compiles what is new.
fn write_if_new(path: &Path, text: &str) -> Result<(), Failure> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    Ok(fs::write(path, text)?)
}

fn blame_all(target: &Path) -> Result<(), Failure> {
    let mut blamed = BTreeSet::new();
    for line in read_to_string(stdin())?.lines() {
        let message: Value = serde_json::from_str(line)?;
        let message = &message["message"];
        if message["level"] != "error" {
            continue;
        }
        let spans = message["spans"].as_array().map_or(&[][..], Vec::as_slice);
        for span in spans.iter().filter(|span| span["is_primary"] == true) {
            let file = target.join(span["file_name"].as_str().unwrap_or_default());
            let ids = blame::blame(
                &fs::read_to_string(file)?,
                blame::Place::read(span).ok_or("an error without a place")?,
            )?;
            if ids.is_empty() {
                eprintln!(
                    "no mutant is to blame for this:\n{}",
                    message["rendered"].as_str().unwrap_or_default()
                );
            }
            blamed.extend(ids);
        }
    }
    blamed.iter().for_each(|id| println!("{id}"));
    Ok(())
}
