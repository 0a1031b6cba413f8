//! The log of one process that runs a shard: a first line about the process, then a line for each run, in the
//! form of a [`FileStore`](crate::compare::suite::FileStore).

use super::arithmetic::Arithmetic;
use super::node::Node;
use super::plan_text::{escaped, unescaped};
use crate::compare::suite::store::{Key, sealed, unsealed};
use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The first word of the first line, and of the line of a run that failed. No version is such a word.
const HEAD: &str = "shard-log:1";
const FAILED: &str = "failed:";

/// What the first line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// The hash of the plan.
    pub plan: Key,
    pub shard: usize,
    pub version: String,
    /// The arithmetic, in words and as a number.
    pub arithmetic: (String, u64),
    pub node: Node,
    /// When the process began, in milliseconds since 1970.
    pub began: u64,
}

impl Head {
    pub fn here(plan: Key, shard: usize, version: &str, arithmetic: &Arithmetic) -> Self {
        let began = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
        Head {
            plan,
            shard,
            version: version.into(),
            arithmetic: (arithmetic.words.clone(), arithmetic.fingerprint()),
            node: Node::here(),
            began,
        }
    }

    pub fn line(&self) -> String {
        let Head { plan, shard, version, arithmetic: (words, bits), node, began } = self;
        let fields =
            [shard.to_string(), began.to_string(), format!("{bits:016x}"), version.clone(), words.clone()];
        let fields = fields.iter().chain([&node.host, &node.processor]).map(|field| escaped(field));
        sealed(HEAD, *plan, &fields.collect::<Vec<_>>().join("\t"))
    }

    fn read(line: &[u8]) -> Option<Self> {
        let (word, plan, payload) = unsealed(line)?;
        let fields: Vec<String> = payload.split('\t').map(unescaped).collect::<Option<_>>()?;
        let [shard, began, bits, version, words, host, processor] = <[String; 7]>::try_from(fields).ok()?;
        (word == HEAD).then_some(Head {
            plan,
            shard: shard.parse().ok()?,
            version,
            arithmetic: (words, u64::from_str_radix(&bits, 16).ok()?),
            node: Node { host, processor },
            began: began.parse().ok()?,
        })
    }

    pub fn began(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.began)
    }
}

/// Returns the line of a run.
pub(super) fn line(version: &str, key: Key, failed: bool, run: &str) -> String {
    match failed {
        true => sealed(&format!("{FAILED}{version}"), key, run),
        false => sealed(version, key, run),
    }
}

/// A log that was read.
pub(super) struct Log {
    pub path: PathBuf,
    pub head: Head,
    pub lines: Vec<LogLine>,
    /// The number of lines that are damaged. The last line of a process that was killed often is.
    pub damaged: usize,
    pub modified: SystemTime,
}

pub(super) struct LogLine {
    pub key: Key,
    pub failed: bool,
    pub run: String,
}

/// Reads a log; `None` if not even its first line was written whole, so that it holds no run.
pub(super) fn read(path: &Path) -> Result<Option<Log>> {
    let unreadable = |e| Error::io("read", path, e);
    let bytes = fs::read(path).map_err(unreadable)?;
    let modified = fs::metadata(path).and_then(|about| about.modified()).map_err(unreadable)?;
    let mut all = bytes.split_inclusive(|&byte| byte == b'\n');
    let Some(head) = all.next().and_then(Head::read) else { return Ok(None) };
    let (mut lines, mut damaged) = (Vec::new(), 0);
    for line in all {
        match unsealed(line).and_then(|(word, key, run)| kind(word, &head.version, key, run)) {
            Some(line) => lines.push(line),
            None => damaged += 1,
        }
    }
    Ok(Some(Log { path: path.into(), head, lines, damaged, modified }))
}

fn kind(word: &str, version: &str, key: Key, run: &str) -> Option<LogLine> {
    let failed = word.strip_prefix(FAILED);
    (failed.unwrap_or(word) == version).then(|| LogLine { key, failed: failed.is_some(), run: run.into() })
}

/// Returns a log of these runs, for the fuzz target `shard_log`.
#[cfg(fuzzing)]
pub fn shard_log<'a>(runs: impl Iterator<Item = &'a str>) -> String {
    let arithmetic = Arithmetic { words: "of the fuzzer".into(), probes: vec![("dot".into(), 7)] };
    let head = Head::here(Key(5), 3, "fuzzed", &arithmetic).line();
    runs.fold(head, |log, run| log + &line("fuzzed", Key(9), run.ends_with('!'), run))
}

/// Reads a log and returns its runs and the number of its damaged lines, for the fuzz target `shard_log`.
#[cfg(fuzzing)]
pub fn read_shard_log(path: &Path) -> Option<(Vec<String>, usize)> {
    let log = read(path).expect("the file can be read")?;
    Some((log.lines.into_iter().map(|line| line.run).collect(), log.damaged))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        let arithmetic = Arithmetic { words: "AVX\t9".into(), probes: vec![("dot".into(), 7)] };
        Head::here(Key(5), 3, "v-1", &arithmetic)
    }

    #[test]
    fn a_log_comes_back_and_what_was_cut_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        let text = head().line() + &line("v-1", Key(1), false, "a") + &line("v-1", Key(2), true, "b");
        fs::write(&path, text.clone() + &line("v-1", Key(3), false, "cut")[..20]).unwrap();
        let log = read(&path).unwrap().unwrap();
        assert_eq!((log.head, log.damaged), (head_like(&text), 1));
        let lines: Vec<_> =
            log.lines.iter().map(|line| (line.key.0, line.failed, line.run.as_str())).collect();
        assert_eq!(lines, [(1, false, "a"), (2, true, "b")]);
        fs::write(&path, &text[..30]).unwrap();
        assert!(read(&path).unwrap().is_none(), "the first line is not whole");
    }

    fn head_like(text: &str) -> Head {
        Head::read(text.split_inclusive('\n').next().unwrap().as_bytes()).unwrap()
    }
}
