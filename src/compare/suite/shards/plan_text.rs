//! The plan as a text file: a line for each fact, fields separated by tabs, and a checksum at the end, so
//! that a file that was cut is noticed.

use super::arithmetic::Arithmetic;
use super::layout::PLAN;
use super::plan::{Plan, PlannedOptimizer, PlannedPair, PlannedProblem};
use crate::compare::suite::store::Key;
use crate::compare::suite::{Likeness, OptimizerFacts, ProblemFacts, Settings};
use crate::error::{Error, Result};
use crate::files;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The first line. The number is that of the format.
const FIRST: &str = "gradus plan of a comparison\t2";

impl Plan {
    /// Returns the hash of the plan, which the logs of its shards carry.
    pub(super) fn key(&self) -> Key {
        Key::of(&body(self))
    }

    /// Returns whether another plan is the same to the last bit.
    pub fn is_same_as(&self, other: &Plan) -> bool {
        self.key() == other.key()
    }

    /// Writes the plan into a folder as `plan.txt`, and returns the path.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn write(&self, folder: &Path) -> Result<PathBuf> {
        files::create_folder(folder)?;
        let path = folder.join(PLAN);
        files::write_atomically(&path, self.text())?;
        Ok(path)
    }

    /// Reads a plan from its file, or from the folder that holds it.
    ///
    /// # Errors
    /// If it cannot be read, is of another format, or was cut or changed.
    pub fn read(path: &Path) -> Result<Self> {
        let path = if path.is_dir() { path.join(PLAN) } else { path.into() };
        let text = files::read_text(&path)?;
        Plan::of_text(&text).map_err(|problem| Error::Unsupported {
            what: format!("{} is not a plan that can be used: {problem}", path.display()),
            remedy: "make it again with `gradus compare plan`",
        })
    }

    fn text(&self) -> String {
        let body = body(self);
        format!("{body}end\t{:032x}\n", Key::of(&body).0)
    }

    fn of_text(text: &str) -> Result<Self, &'static str> {
        match text.lines().next() {
            Some(FIRST) => {}
            Some(other) if other.starts_with("gradus plan") => return Err("it has another format"),
            _ => return Err("it does not begin as one"),
        }
        let body = text.rfind("end\t").map_or("", |at| &text[..at]);
        if text != format!("{body}end\t{:032x}\n", Key::of(body).0) {
            return Err("it was cut or changed");
        }
        read_body(body).ok_or("a line of it has another form")
    }
}

fn body(plan: &Plan) -> String {
    let mut lines = vec![FIRST.to_owned(), row("version", [plan.version.as_str()])];
    lines.push(row("arithmetic", [plan.arithmetic.words.as_str()]));
    let probe = |(name, hash): &(String, u64)| row("probe", [name.as_str(), &format!("{hash:016x}")]);
    lines.extend(plan.arithmetic.probes.iter().map(probe));
    let Settings { trials, seeds, seed, scale } = plan.settings;
    lines.push(row("settings", [trials.to_string(), seeds.to_string(), seed.to_string(), real(scale)]));
    lines.push(row("shards", [plan.shards.to_string()]));
    lines.extend(plan.problems.iter().map(problem));
    lines.extend(plan.optimizers.iter().map(optimizer));
    lines.extend(plan.pairs.iter().map(pair));
    lines.join("\n") + "\n"
}

fn problem(problem: &PlannedProblem) -> String {
    let ProblemFacts { name, title, group, stochastic, dim, f_start, f_star, certificate, target, budget } =
        &problem.facts;
    let numbers = [real(*f_start), real(*f_star), real(*target), real(*budget)];
    let [f_start, f_star, target, budget] = &numbers;
    let (stochastic, dim) = (stochastic.to_string(), dim.to_string());
    let facts = [name, title, group, &stochastic, &dim, f_start, f_star, target, budget, certificate];
    let likeness = problem.likeness.0.iter().flat_map(|(word, value)| [word, value]);
    row("problem", facts.into_iter().chain([&problem.identity]).chain(likeness))
}

fn optimizer(optimizer: &PlannedOptimizer) -> String {
    let OptimizerFacts { name, order, tuned, own, needs } = &optimizer.facts;
    let facts = [name, &order.to_string(), &own.to_string(), needs, &optimizer.version];
    row("optimizer", facts.into_iter().chain(tuned))
}

fn pair(pair: &PlannedPair) -> String {
    let PlannedPair { problem, optimizer, runs, seconds, shard } = pair;
    let numbers = [problem, optimizer, runs, shard].map(ToString::to_string);
    row("pair", numbers.into_iter().chain([real(*seconds)]))
}

fn row<S: AsRef<str>>(kind: &str, fields: impl IntoIterator<Item = S>) -> String {
    let fields = fields.into_iter().map(|field| escaped(field.as_ref()));
    [kind.to_owned()].into_iter().chain(fields).collect::<Vec<_>>().join("\t")
}

/// Returns the shortest text that reads back as the same bits.
fn real(value: f64) -> String {
    format!("{value:?}")
}

fn read_body(body: &str) -> Option<Plan> {
    let mut plan = Plan {
        version: String::new(),
        arithmetic: Arithmetic { words: String::new(), probes: Vec::new() },
        settings: Settings::default(),
        shards: 0,
        problems: Vec::new(),
        optimizers: Vec::new(),
        pairs: Vec::new(),
    };
    for line in body.lines().skip(1) {
        let mut fields = Fields { rest: line.split('\t') };
        match fields.text()?.as_str() {
            "version" => plan.version = fields.text()?,
            "arithmetic" => plan.arithmetic.words = fields.text()?,
            "probe" => {
                let name = fields.text()?;
                plan.arithmetic.probes.push((name, u64::from_str_radix(&fields.text()?, 16).ok()?));
            }
            "settings" => {
                plan.settings = Settings {
                    trials: fields.value()?,
                    seeds: fields.value()?,
                    seed: fields.value()?,
                    scale: fields.value()?,
                }
            }
            "shards" => plan.shards = fields.value()?,
            "problem" => plan.problems.push(fields.problem()?),
            "optimizer" => plan.optimizers.push(fields.optimizer()?),
            "pair" => plan.pairs.push(fields.pair()?),
            _ => return None,
        }
    }
    is_sound(&plan).then_some(plan)
}

/// Reads the body of a plan and writes it again, for the fuzz target `plan`.
#[cfg(fuzzing)]
pub fn plan_body(text: &str) -> Option<String> {
    read_body(text).map(|plan| body(&plan))
}

fn is_sound(plan: &Plan) -> bool {
    let known = |pair: &PlannedPair| {
        pair.problem < plan.problems.len()
            && pair.optimizer < plan.optimizers.len()
            && (1..=plan.shards).contains(&pair.shard)
    };
    plan.shards > 0 && plan.settings.validate().is_ok() && plan.pairs.iter().all(known)
}

struct Fields<'a> {
    rest: std::str::Split<'a, char>,
}

impl Fields<'_> {
    fn text(&mut self) -> Option<String> {
        unescaped(self.rest.next()?)
    }

    fn value<T: FromStr>(&mut self) -> Option<T> {
        self.rest.next()?.parse().ok()
    }

    fn problem(&mut self) -> Option<PlannedProblem> {
        let (name, title, group) = (self.text()?, self.text()?, self.text()?);
        let (stochastic, dim) = (self.value()?, self.value()?);
        let (f_start, f_star, target, budget) = (self.value()?, self.value()?, self.value()?, self.value()?);
        let certificate = self.text()?;
        let facts = ProblemFacts {
            name,
            title,
            group,
            stochastic,
            dim,
            f_start,
            f_star,
            certificate,
            target,
            budget,
        };
        let identity = self.text()?;
        let mut likeness = Vec::new();
        while let Some(word) = self.rest.next() {
            likeness.push((unescaped(word)?, self.text()?));
        }
        Some(PlannedProblem { facts, identity, likeness: Likeness(likeness) })
    }

    fn optimizer(&mut self) -> Option<PlannedOptimizer> {
        let (name, order, own) = (self.text()?, self.value()?, self.value()?);
        let (needs, version) = (self.text()?, self.text()?);
        let tuned = self.rest.by_ref().map(unescaped).collect::<Option<_>>()?;
        Some(PlannedOptimizer { facts: OptimizerFacts { name, order, tuned, own, needs }, version })
    }

    fn pair(&mut self) -> Option<PlannedPair> {
        let (problem, optimizer, runs, shard) = (self.value()?, self.value()?, self.value()?, self.value()?);
        Some(PlannedPair { problem, optimizer, runs, shard, seconds: self.value()? })
    }
}

/// Writes a text without tabs and line feeds.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

/// Reads an escaped text; `None` if it is not one.
pub(super) fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => match letters.next()? {
                '\\' => '\\',
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                _ => return None,
            },
            letter => letter,
        });
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        let facts = ProblemFacts {
            name: "bowl".into(),
            title: "A bowl\twith a tab, \\ and\na line".into(),
            group: "own".into(),
            stochastic: true,
            dim: 3,
            f_start: 1.0 / 3.0,
            f_star: f64::NAN,
            certificate: "unknown".into(),
            target: 5e-324,
            budget: 1e4,
        };
        let likeness = Likeness(vec![("title".into(), "a\tb".into()), ("noise".into(), String::new())]);
        let optimizer = |name: &str, tuned: &[&str]| PlannedOptimizer {
            facts: OptimizerFacts {
                name: name.into(),
                order: 1,
                tuned: tuned.iter().map(|&name| name.into()).collect(),
                own: true,
                needs: String::new(),
            },
            version: "2".into(),
        };
        Plan {
            version: "v".into(),
            arithmetic: Arithmetic { words: "AVX".into(), probes: vec![("a dot".into(), u64::MAX)] },
            settings: Settings { trials: 3, seeds: 2, seed: 7, scale: 0.2 },
            shards: 2,
            problems: vec![PlannedProblem { facts, identity: "bowl [1, 2]".into(), likeness }],
            optimizers: vec![optimizer("sgd", &["lr"]), optimizer("bfgs", &[])],
            pairs: vec![
                PlannedPair { problem: 0, optimizer: 1, runs: 4, seconds: 0.1, shard: 1 },
                PlannedPair { problem: 0, optimizer: 0, runs: 7, seconds: 0.05, shard: 2 },
            ],
        }
    }

    #[test]
    fn a_plan_comes_back_to_the_last_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = plan().write(folder.path()).unwrap();
        for place in [path.as_path(), folder.path()] {
            // NaN is not equal to itself, but its text is.
            assert_eq!(format!("{:?}", Plan::read(place).unwrap()), format!("{:?}", plan()));
        }
        assert_eq!(Plan::read(&path).unwrap().key(), plan().key());
    }

    #[test]
    fn a_plan_that_was_cut_or_changed_is_refused_with_the_reason() {
        let text = plan().text();
        let problem = |text: &str| Plan::of_text(text).unwrap_err();
        assert_eq!(problem(&text[..text.len() - 5]), "it was cut or changed");
        assert_eq!(problem(&text.replace("shards\t2", "shards\t3")), "it was cut or changed");
        assert_eq!(problem(&text.replacen("\t2\n", "\t1\n", 1)), "it has another format");
        assert_eq!(problem("{}"), "it does not begin as one");
        assert_eq!(problem(""), "it does not begin as one");
        let sealed = |body: &str| format!("{body}end\t{:032x}\n", Key::of(body).0);
        let changed = |from: &str, to: &str| sealed(&body(&plan()).replace(from, to));
        for wrong in
            [changed("shards\t2", "shards\t0"), changed("pair\t0\t1", "pair\t1\t1"), changed("probe", "prob")]
        {
            assert_eq!(problem(&wrong), "a line of it has another form");
        }
    }

    #[test]
    fn escapes_come_back() {
        for text in ["", "plain", "\\t", "a\tb\nc\r\\", "\\\\n"] {
            assert_eq!(unescaped(&escaped(text)).as_deref(), Some(text));
            assert!(!escaped(text).contains(['\t', '\n', '\r']));
        }
        assert_eq!((unescaped("\\"), unescaped("\\x")), (None, None));
    }
}
