//! Lines of text between `measure.py` and a side.
//!
//! A side first says `ready NAME VERSION`. Then `prepare WORKLOAD` is answered by `ok`, perhaps with a
//! remark, or by `lacks REASON` if the side has no such thing; `run` by `SECONDS CHECK`, the time of one unit
//! of work and a number by which all sides prove that they did the same; either by `error REASON`. What was
//! prepared before is dropped. The end of the input ends the side.

use std::io::{self, BufRead, Write};

/// One repetition: seconds for a unit of the work, and the number to compare with the other sides'.
pub type Work = Box<dyn FnMut() -> Result<(f64, f64), String>>;

/// What `prepare` finds: the work, warmed up; nothing if the side lacks it; or why it failed.
pub type Prepared = Result<Option<Work>, String>;

/// The version of a crate in this workspace's lock file.
pub fn locked(name: &str) -> String {
    let packages = include_str!("../Cargo.lock").split("[[package]]");
    let value = |package: &str, key: &str| {
        Some(package.lines().find_map(|line| line.strip_prefix(key))?.trim_matches('"').to_string())
    };
    let found = packages.into_iter().find(|package| value(package, "name = ").as_deref() == Some(name));
    found.and_then(|package| value(package, "version = ")).unwrap_or_else(|| "unknown".into())
}

/// Answers until the input ends.
pub fn serve(name: &str, version: &str, prepare: impl FnMut(&str) -> Prepared) -> io::Result<()> {
    answer(io::stdin().lock(), io::stdout().lock(), &format!("ready {name} {version}"), prepare)
}

fn answer(
    input: impl BufRead,
    mut out: impl Write,
    greeting: &str,
    mut prepare: impl FnMut(&str) -> Prepared,
) -> io::Result<()> {
    writeln!(out, "{greeting}")?;
    out.flush()?;
    let mut work: Option<Work> = None;
    for line in input.lines() {
        let line = line?;
        let reply = match line.split_once(' ') {
            Some(("prepare", workload)) => {
                work = None;
                match prepare(workload) {
                    Ok(Some(prepared)) => {
                        work = Some(prepared);
                        "ok".into()
                    }
                    Ok(None) => format!("lacks no {workload} here"),
                    Err(reason) => format!("error {reason}"),
                }
            }
            None if line == "run" => match work.as_mut().map(|work| work()) {
                Some(Ok((seconds, check))) => format!("{seconds:e} {check:e}"),
                Some(Err(reason)) => format!("error {reason}"),
                None => "error nothing is prepared".into(),
            },
            _ => format!("error '{line}' is neither 'prepare WORKLOAD' nor 'run'"),
        };
        writeln!(out, "{}", reply.replace('\n', " "))?;
        out.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_of_the_lock_file() {
        assert!(
            locked("argmin").starts_with("0.11.") && locked("basin").starts_with("3."),
            "{} {}",
            locked("argmin"),
            locked("basin")
        );
        assert_eq!(locked("no-such-crate"), "unknown");
    }

    #[test]
    fn each_line_has_its_answer() {
        let prepare = |workload: &str| -> Prepared {
            match workload {
                "W1" => Ok(Some(Box::new(|| Ok((0.25, 3.0))))),
                "W2" => Err("no\nroom".into()),
                _ => Ok(None),
            }
        };
        let mut out = Vec::new();
        let input = "run\nprepare W1\nrun\nprepare W2\nrun\nprepare W9\nhello\n";
        answer(input.as_bytes(), &mut out, "ready x 1", prepare).unwrap();
        let said = String::from_utf8(out).unwrap();
        let expected = [
            "ready x 1",
            "error nothing is prepared",
            "ok",
            "2.5e-1 3e0",
            "error no room",
            "error nothing is prepared",
            "lacks no W9 here",
            "error 'hello' is neither 'prepare WORKLOAD' nor 'run'",
        ];
        assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    }
}
