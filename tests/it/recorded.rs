//! What the library computed when its values were last looked at, for every optimizer, loss, rule and
//! setting: a change of one of them must be meant.
//!
//! Each file of `tests/fixtures/recorded` has one line for each quantity of a case. Run the test with
//! `GRADUS_RECORD=1` to write its file anew; the differences are then to be read, as in `git diff`, and
//! explained in the commit. These values are our own: whether they are *right* is shown by derivatives, by
//! trajectories of other libraries and by the tests in `by_definition`.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::path::PathBuf;

/// The largest difference between processors, relative to the largest of the numbers: their instructions
/// round products differently, and a run of some dozen steps enlarges that.
const ROUNDING: f64 = 1e-9;

/// The values of one file, beside those that the test computes.
pub struct Record {
    path: PathBuf,
    tolerance: f64,
    recorded: BTreeMap<String, String>,
    computed: BTreeMap<String, String>,
    differences: Vec<String>,
}

impl Record {
    /// Opens `tests/fixtures/recorded/NAME.txt`.
    pub fn open(name: &str) -> Record {
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/recorded/{name}.txt"));
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let recorded = text.lines().filter_map(|line| line.split_once('\t'));
        let recorded = recorded.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        Record { path, tolerance: ROUNDING, recorded, computed: BTreeMap::new(), differences: vec![] }
    }

    /// Sets the tolerance of the numbers that follow, relative to the largest of a slice.
    pub fn within(&mut self, tolerance: f64) -> &mut Record {
        self.tolerance = tolerance;
        self
    }

    /// Compares numbers, up to rounding.
    pub fn numbers(&mut self, key: impl Display, numbers: &[f64]) {
        let text = numbers.iter().fold(String::new(), |mut text, number| {
            write!(text, "{}{number:e}", if text.is_empty() { "" } else { " " }).unwrap();
            text
        });
        let tolerance = self.tolerance;
        self.compare(key, text, |recorded| {
            let recorded: Option<Vec<f64>> =
                recorded.split_whitespace().map(|number| number.parse().ok()).collect();
            recorded.is_some_and(|recorded| alike(&recorded, numbers, tolerance))
        });
    }

    /// Compares one number, up to rounding.
    pub fn number(&mut self, key: impl Display, number: f64) {
        self.numbers(key, &[number]);
    }

    /// Compares counts, words and sentences exactly.
    pub fn exact(&mut self, key: impl Display, value: impl Display) {
        let value = value.to_string().replace('\n', " ⏎ ").replace('\t', " ");
        self.compare(key, value.clone(), |recorded| recorded == value);
    }

    fn compare(&mut self, key: impl Display, value: String, same: impl FnOnce(&str) -> bool) {
        let key = key.to_string();
        match self.recorded.get(&key) {
            Some(recorded) if same(recorded) => {}
            Some(recorded) => self.differences.push(format!("{key}: was {recorded}, is {value}")),
            None => self.differences.push(format!("{key}: was not there, is {value}")),
        }
        assert!(self.computed.insert(key.clone(), value).is_none(), "two quantities are called {key:?}");
    }

    /// Fails if anything differs, or writes the file anew under `GRADUS_RECORD=1`.
    pub fn finish(self) {
        if std::env::var_os("GRADUS_RECORD").is_some() {
            let lines: String =
                self.computed.iter().map(|(key, value)| format!("{key}\t{value}\n")).collect();
            std::fs::create_dir_all(self.path.parent().unwrap()).unwrap();
            return std::fs::write(&self.path, lines).unwrap();
        }
        let mut differences = self.differences();
        let (count, name) = (differences.len(), self.path.display());
        differences.truncate(20);
        assert!(count == 0, "{count} differences from {name}:\n{}", differences.join("\n"));
    }

    /// Returns a sentence about each quantity that is new, another, or no longer computed.
    fn differences(&self) -> Vec<String> {
        let gone = self.recorded.keys().filter(|key| !self.computed.contains_key(*key));
        let gone = gone.map(|key| format!("{key}: is no longer computed"));
        self.differences.iter().cloned().chain(gone).collect()
    }
}

/// Whether numbers differ by no more than the rounding of the largest one; what is not finite must be the
/// same.
fn alike(recorded: &[f64], numbers: &[f64], tolerance: f64) -> bool {
    let largest =
        recorded.iter().filter(|number| number.is_finite()).fold(0.0, |most: f64, n| most.max(n.abs()));
    let same =
        |(a, b): (&f64, &f64)| (a - b).abs() <= tolerance * largest || a == b || a.is_nan() && b.is_nan();
    recorded.len() == numbers.len() && recorded.iter().zip(numbers).all(same)
}

#[test]
fn a_difference_beyond_rounding_is_noticed() {
    assert!(alike(&[1.0, 1e-12], &[1.0 + 1e-10, 2e-12], 1e-9));
    assert!(!alike(&[1.0], &[1.0 + 2e-9], 1e-9));
    assert!(!alike(&[1.0], &[1.0, 0.0], 1e-9));
    assert!(!alike(&[1.0], &[f64::NAN], 1e-9) && !alike(&[f64::INFINITY], &[1.0], 1e-9));
    assert!(alike(&[f64::NAN, f64::INFINITY], &[f64::NAN, f64::INFINITY], 1e-9));
}

#[test]
fn a_quantity_that_is_new_another_or_gone_is_named() {
    let mut record = Record::open("none");
    record.recorded.insert("count".to_owned(), "3".to_owned());
    record.recorded.insert("gone".to_owned(), "1".to_owned());
    record.exact("count", 4);
    record.number("new", 1.0);
    let expected = ["count: was 3, is 4", "new: was not there, is 1e0", "gone: is no longer computed"];
    assert_eq!(record.differences(), expected);
}
