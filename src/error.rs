//! Errors: settings, shapes, names and files with which a computation cannot start.
//!
//! A numerical outcome, such as divergence or a failed line search, is not an [`Error`] but a
//! [`Termination`](crate::stop::Termination) with the measured numbers. Every message is one sentence that
//! says what is wrong and what to do.

use std::path::{Path, PathBuf};

/// The crate's result type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The reason why something cannot be built, read or written. Each variant carries the data of its sentence.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An array has a wrong shape.
    #[error("{what} has shape {got:?}, but {expected:?} was expected")]
    Shape {
        /// The array, as the caller names it.
        what: &'static str,
        /// The required shape.
        expected: Vec<usize>,
        /// The given shape.
        got: Vec<usize>,
    },
    /// A hyperparameter is outside its valid range.
    #[error("{name} = {} is out of range: {name} must be {range}", few_digits(*value))]
    Hyperparameter {
        /// The name, as the user writes it.
        name: &'static str,
        /// The given value.
        value: f64,
        /// The valid range in words, such as "finite and > 0".
        range: &'static str,
    },
    /// A name is unknown.
    #[error(
        "there is no {kind} named '{}'{}; known: {}",
        shown(name, NAME_SHOWN),
        nearest.as_ref().map(|n| format!(" (did you mean '{n}'?)")).unwrap_or_default(),
        known.join(", ")
    )]
    UnknownName {
        /// The kind of thing that it should name: "optimizer", "problem", …
        kind: &'static str,
        /// The given name.
        name: String,
        /// The nearest known name, if it is similar enough to suggest.
        nearest: Option<String>,
        /// All known names.
        known: Vec<String>,
    },
    /// A text does not have the required form.
    #[error("'{}' is not {} {what}: write {form}", shown(text, NAME_SHOWN), article(what))]
    Syntax {
        /// What the text should describe, such as "schedule".
        what: &'static str,
        /// The given text.
        text: String,
        /// The required form.
        form: &'static str,
    },
    /// The content of a data file does not conform to its format.
    #[error("{} is not usable as {format}: {problem}", one_line(path))]
    Data {
        /// The file.
        path: PathBuf,
        /// The format as which it is read: "an IDX image file", "CIFAR-10", …
        format: &'static str,
        /// What is wrong with the content.
        problem: DataProblem,
    },
    /// The files of a data set are in none of the folders that are searched.
    #[error(
        "the data set {name} was not found (looked in {}); {remedy}",
        places.iter().map(|place| one_line(place)).collect::<Vec<_>>().join(", ")
    )]
    DataMissing {
        /// The name of the data set.
        name: &'static str,
        /// The folders that are searched.
        places: Vec<PathBuf>,
        /// What the user can do.
        remedy: String,
    },
    /// The operating system could not read or write.
    #[error("cannot {action} {}: {source}", one_line(path))]
    Io {
        /// The action that failed: "read", "write", "create the folder", …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The reason that the system gives.
        source: std::io::Error,
    },
    /// Derivatives are not those of the function.
    #[error(
        "the {what} is wrong at {wrong} of {checked} entries checked; worst {worst}: analytic {analytic:e}, \
         numeric {numeric:e}"
    )]
    Derivative {
        /// The derivative: "gradient", "Hessian", …
        what: &'static str,
        /// The number of entries that are wrong or not finite.
        wrong: usize,
        /// The number of entries checked.
        checked: usize,
        /// The name of the worst entry.
        worst: String,
        /// The given value of the worst entry.
        analytic: f64,
        /// The value of the worst entry by differences.
        numeric: f64,
    },
    /// A setting does not exist.
    #[error(
        "{what} has no {}: it has {}",
        shown(setting, NAME_SHOWN),
        if known.is_empty() { "none".into() } else { known.join(", ") }
    )]
    NoSuchSetting {
        /// The thing without this setting: "adam".
        what: &'static str,
        /// The given setting.
        setting: String,
        /// The settings that exist.
        known: Vec<&'static str>,
    },
    /// The user interrupted a computation that is of no use before its end: see
    /// [`interrupt`](crate::stop::interrupt).
    #[error("{what} was interrupted before its end")]
    Interrupted {
        /// The computation: "the comparison", …
        what: &'static str,
    },
    /// A combination of settings is not possible.
    #[error("{what}: {remedy}")]
    Unsupported {
        /// The combination, and why it is not possible.
        what: String,
        /// What to do instead.
        remedy: &'static str,
    },
    /// Another process of the same run could not start: see [`ranks`](crate::ranks).
    #[error("rank {rank} could not start the run, and says why")]
    OtherRank {
        /// The number of that process.
        rank: usize,
    },
}

/// What is wrong with the content of a data file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DataProblem {
    /// The file is shorter than its header or its format says.
    #[error("it has only {got} bytes, but {expected} are expected; fetch it again")]
    Truncated {
        /// The expected number of bytes.
        expected: u64,
        /// The actual number of bytes.
        got: u64,
    },
    /// The file is longer than its header or its format says.
    #[error("it has more than the expected {expected} bytes; fetch it again")]
    TooLong {
        /// The expected number of bytes.
        expected: u64,
    },
    /// The file does not begin with the first bytes of the format.
    #[error("its first four bytes are {got:#010x}, not {expected:#010x}; it may be another file")]
    Magic {
        /// The first bytes of the format.
        expected: u32,
        /// The first bytes of the file.
        got: u32,
    },
    /// The gzip stream is damaged.
    #[error("its gzip stream is damaged ({}); fetch it again", shown(reason, REASON_SHOWN))]
    Gzip {
        /// The reason that the decoder gives.
        reason: String,
    },
    /// The tar archive is damaged.
    #[error("its tar archive is damaged ({}); fetch it again", shown(reason, REASON_SHOWN))]
    Archive {
        /// The reason that the reader gives.
        reason: String,
    },
    /// Two files that belong together hold different numbers of examples.
    #[error("it has {got} labels for {expected} images; the two files do not belong together")]
    Counts {
        /// The number of images.
        expected: usize,
        /// The number of labels.
        got: usize,
    },
    /// A label is not a class.
    #[error("the label of example {index} is {label}, but labels go from 0 to {max}")]
    Label {
        /// The index of the example, from 0.
        index: usize,
        /// The label.
        label: i64,
        /// The largest valid label.
        max: usize,
    },
    /// The header contains a size above the limit.
    #[error("its header says {what} = {got}, but at most {limit} is accepted")]
    TooLarge {
        /// The name of the size.
        what: &'static str,
        /// The size in the header.
        got: u64,
        /// The largest accepted size.
        limit: u64,
    },
    /// The file contains no examples.
    #[error("it contains no examples")]
    Empty,
    /// A line of a text file cannot be read.
    #[error("line {line}: {}", shown(reason, REASON_SHOWN))]
    Line {
        /// The number of the line, from 1.
        line: usize,
        /// What is wrong with the line.
        reason: String,
    },
    /// The images do not have the size that the data set has.
    #[error("its images have {}×{} pixels, not {}×{}", got.0, got.1, expected.0, expected.1)]
    ImageSize {
        /// The height and width in the data set.
        expected: (usize, usize),
        /// The height and width in the file.
        got: (usize, usize),
    },
    /// The folder is named after another data set.
    #[error("its labels are those of {got}; put the files into a folder of that name")]
    OtherDataSet {
        /// The data set to which the labels belong.
        got: &'static str,
    },
    /// The checksum differs from the published one.
    #[error("its SHA-256 is {got}, but the published one is {expected}; fetch it again")]
    Checksum {
        /// The published checksum.
        expected: String,
        /// The checksum of the file.
        got: String,
    },
}

impl Error {
    /// Returns an I/O error with the action and the file that it concerns.
    pub fn io(action: &'static str, path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Error::Io { action, path: path.into(), source }
    }

    /// Returns an error for an unknown name. It suggests the nearest known name if at most a third of that
    /// name's characters differ. If the name has a parameter, as in `mlp:100`, its part before the colon is
    /// compared too.
    pub fn unknown(kind: &'static str, name: &str, known: &[&str]) -> Self {
        Error::UnknownName {
            kind,
            name: name.into(),
            nearest: nearest(name, known),
            known: known.iter().map(|k| k.to_string()).collect(),
        }
    }
}

/// Returns a number in as few digits as show it exactly: very large and very small ones with a power of ten.
///
/// ```
/// use gradus::error::few_digits;
/// assert_eq!([0.0, -0.25, 1e15].map(few_digits), ["0", "-0.25", "1000000000000000"]);
/// assert_eq!([1e-200, 1e39].map(few_digits), ["1e-200", "1e39"]);
/// ```
pub fn few_digits(number: f64) -> String {
    let plain = number == 0.0 || !number.is_finite() || (1e-9..1e16).contains(&number.abs());
    if plain { number.to_string() } else { format!("{number:e}") }
}

/// The most characters of a name or a setting that a sentence repeats.
const NAME_SHOWN: usize = 80;
/// The most characters of a reason that names something from a file.
const REASON_SHOWN: usize = 300;

/// Returns a text as a sentence repeats it: on one line, and no longer than `most` characters and "…".
/// Characters that would end the line or steer a terminal are written as escapes.
///
/// ```
/// use gradus::error::shown;
/// assert_eq!(shown("adam\n", 80), r"adam\n");
/// assert_eq!(shown("1,2,3,4,5", 5), "1,2,3…");
/// ```
pub fn shown(text: &str, most: usize) -> String {
    let mut characters = text.chars();
    let mut shown = String::new();
    for character in characters.by_ref().take(most) {
        if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Returns a path as a sentence names it.
fn one_line(path: &Path) -> String {
    shown(&path.to_string_lossy(), usize::MAX)
}

/// Returns the indefinite article of a noun that begins as it is spelled.
fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" }
}

/// Returns the known name that a misspelt one most probably means, if one is near enough.
fn nearest(name: &str, known: &[&str]) -> Option<String> {
    let near = |a: &str, b: &str| {
        let distance = edit_distance(a, b);
        (distance <= b.chars().count().max(3) / 3).then_some(distance)
    };
    let ranked = known.iter().filter_map(|k| {
        let stem = k.split(':').next().unwrap_or(k);
        let stems = name.split_once(':').and_then(|(start, _)| near(start, stem));
        let least = near(name, k).into_iter().chain(stems).min()?;
        Some((least, edit_distance(name, k), *k))
    });
    ranked.min().map(|(_, _, k)| k.to_string())
}

/// Returns the number of changes that turn one text into another: characters inserted, deleted or replaced,
/// and neighbours exchanged (the distance of optimal string alignment).
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

/// Returns the hyperparameter if it is `valid`.
///
/// ```
/// use gradus::error::check_hyperparameter;
/// assert!(check_hyperparameter("lr", 0.1, "finite and > 0", |v| v.is_finite() && v > 0.0).is_ok());
/// let refused = check_hyperparameter("lr", -1.0, "finite and > 0", |v| v.is_finite() && v > 0.0);
/// assert_eq!(refused.unwrap_err().to_string(), "lr = -1 is out of range: lr must be finite and > 0");
/// ```
///
/// # Errors
/// [`Error::Hyperparameter`] with the `range` otherwise.
pub fn check_hyperparameter(
    name: &'static str,
    value: f64,
    range: &'static str,
    valid: impl Fn(f64) -> bool,
) -> Result<f64> {
    if valid(value) { Ok(value) } else { Err(Error::Hyperparameter { name, value, range }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_only_when_near() {
        let near = Error::unknown("optimizer", "momentun", &["sgd", "momentum"]).to_string();
        assert_eq!(
            near,
            "there is no optimizer named 'momentun' (did you mean 'momentum'?); known: sgd, momentum"
        );
        let far = Error::unknown("optimizer", "xyzzy", &["sgd", "momentum"]).to_string();
        assert!(!far.contains("did you mean"), "{far}");
    }

    #[test]
    fn exchanged_letters_and_names_with_a_parameter_are_near() {
        let near = |name: &str, known: &[&str]| match Error::unknown("name", name, known) {
            Error::UnknownName { nearest, .. } => nearest.unwrap_or_default(),
            _ => unreachable!(),
        };
        assert_eq!(near("adma", &["adamw", "adam", "nadam"]), "adam");
        assert_eq!(near("mnits", &["digits", "fashion-mnist", "mnist"]), "mnist");
        assert_eq!(near("mpl:3", &["linear", "mlp:H[,H…][,relu|tanh]"]), "mlp:H[,H…][,relu|tanh]");
        assert_eq!(near("rosenbrok:10", &["ravine", "rosenbrock"]), "rosenbrock");
        assert_eq!(near("quadratci:100", &["quadratic:10", "quadratic:100"]), "quadratic:100");
        assert_eq!(near("sdg", &["sgd", "adam"]), "sgd");
        assert_eq!(near("bfgs:10", &["sgd", "adam"]), "");
    }

    #[test]
    fn a_sentence_stays_one_short_line_whatever_it_repeats() {
        let odd = format!("a\nb\u{1b}[31m\u{2028}{}", "7".repeat(100_000));
        let (kind, what, path) = ("problem", "point", PathBuf::from("x\ny"));
        let data = |problem| Error::Data { path: path.clone(), format: "a table", problem };
        for error in [
            Error::unknown(kind, &odd, &["rosenbrock"]),
            Error::Syntax { what, text: odd.clone(), form: "numbers" },
            Error::NoSuchSetting { what: "adam", setting: odd.clone(), known: vec!["lr"] },
            data(DataProblem::Gzip { reason: odd.clone() }),
            data(DataProblem::Archive { reason: odd.clone() }),
            data(DataProblem::Line { line: 1, reason: odd.clone() }),
            Error::io("read", &path, std::io::ErrorKind::NotFound.into()),
            Error::DataMissing { name: "digits", places: vec![path.clone()], remedy: "fetch it".into() },
        ] {
            let sentence = error.to_string();
            assert!(!sentence.contains(|c: char| c.is_control() || c == '\u{2028}'), "{sentence:?}");
            assert!(sentence.len() < 500, "{} characters", sentence.len());
            assert!(sentence.contains("\\n"), "{sentence}");
        }
    }

    #[test]
    fn the_article_goes_with_the_noun() {
        let sentence = |what| Error::Syntax { what, text: "x".into(), form: "y" }.to_string();
        assert_eq!(sentence("average"), "'x' is not an average: write y");
        assert_eq!(sentence("schedule"), "'x' is not a schedule: write y");
    }

    #[test]
    fn distance_counts_changes_and_exchanged_neighbours() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!((edit_distance("", "abc"), edit_distance("abc", "")), (3, 3));
        assert_eq!(edit_distance("adam", "adam"), 0);
        assert_eq!(edit_distance("adma", "adam"), 1);
        assert_eq!(edit_distance("abcd", "badc"), 2);
    }
}
