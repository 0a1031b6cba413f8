//! What can go wrong before an optimizer starts: construction, shapes, names, files.
//!
//! A numerical outcome (diverged, line search failed) is never an [`Error`]; it is a termination with
//! the measured number in it. Every message is one sentence that says what was wrong and what to do.

use std::path::PathBuf;

/// The crate's result type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something could not be built, read or written. Each variant carries the data of its sentence.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Two things that must agree in shape do not.
    #[error("{what} has shape {got:?}, but {expected:?} was expected")]
    Shape {
        /// What was measured, as the caller names it.
        what: &'static str,
        /// The shape that would have been right.
        expected: Vec<usize>,
        /// The shape that was given.
        got: Vec<usize>,
    },
    /// A hyperparameter outside its valid range.
    #[error("{name} = {value} is out of range: {name} must be {range}")]
    Hyperparameter {
        /// The name as the user writes it.
        name: &'static str,
        /// The value that was given.
        value: f64,
        /// The valid range in words, such as "finite and > 0".
        range: &'static str,
    },
    /// A name that is not in a list of known ones.
    #[error(
        "there is no {kind} named '{name}'{}; known: {}",
        nearest.as_ref().map(|n| format!(" (did you mean '{n}'?)")).unwrap_or_default(),
        known.join(", ")
    )]
    UnknownName {
        /// What the name should have named: "optimizer", "problem", …
        kind: &'static str,
        /// The name that was given.
        name: String,
        /// The nearest known name, if one is near enough to suggest.
        nearest: Option<String>,
        /// All known names.
        known: Vec<String>,
    },
    /// A text that does not have the form it should have.
    #[error("'{text}' is not a {what}: write {form}")]
    Syntax {
        /// What the text should have been, such as "schedule".
        what: &'static str,
        /// The text that was given.
        text: String,
        /// The form that would have been right.
        form: &'static str,
    },
    /// A data file whose content is not what its format says.
    #[error("{} is not usable as {format}: {problem}", path.display())]
    Data {
        /// The file.
        path: PathBuf,
        /// The format it was read as: "an IDX image file", "CIFAR-10", …
        format: &'static str,
        /// What is wrong with it.
        problem: DataProblem,
    },
    /// A data set that is on none of the places where it is looked for.
    #[error(
        "the data set {name} was not found (looked in {}); {remedy}",
        places.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    DataMissing {
        /// The data set.
        name: &'static str,
        /// Where it was looked for.
        places: Vec<PathBuf>,
        /// What to do about it.
        remedy: String,
    },
    /// The operating system refused to read or write.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried: "read", "write", "create the folder", …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's own reason.
        source: std::io::Error,
    },
    /// Derivatives that are not those of the function, where right ones were required.
    #[error(
        "the {what} is wrong at {wrong} of {checked} entries checked; worst {worst}: analytic {analytic:e}, \
         numeric {numeric:e}"
    )]
    Derivative {
        /// "gradient", "Hessian", …
        what: &'static str,
        /// Entries that are wrong or not finite.
        wrong: usize,
        /// Entries checked.
        checked: usize,
        /// The name of the worst.
        worst: String,
        /// Its value as given.
        analytic: f64,
        /// Its value by differences.
        numeric: f64,
    },
    /// A setting that something does not have.
    #[error(
        "{what} has no {setting}: it has {}",
        if known.is_empty() { "none".into() } else { known.join(", ") }
    )]
    NoSuchSetting {
        /// What was to be set: "adam".
        what: &'static str,
        /// The setting that was given.
        setting: String,
        /// The settings that it has.
        known: Vec<&'static str>,
    },
    /// A combination of settings that cannot work together.
    #[error("{what}: {remedy}")]
    Unsupported {
        /// What was asked for.
        what: String,
        /// What to do instead.
        remedy: &'static str,
    },
}

/// What is wrong with the content of a data file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DataProblem {
    /// The file ends before its own header says it does.
    #[error("it ends after {got} bytes where {expected} are announced; fetch it again")]
    Truncated {
        /// Bytes announced.
        expected: u64,
        /// Bytes there.
        got: u64,
    },
    /// The file goes on after its announced end.
    #[error("it goes on after the {expected} bytes that are announced; fetch it again")]
    TooLong {
        /// Bytes announced.
        expected: u64,
    },
    /// The first bytes are not those of the format.
    #[error("its first four bytes are {got:#010x}, not {expected:#010x}; is it another file?")]
    Magic {
        /// The format's own first bytes.
        expected: u32,
        /// The bytes found.
        got: u32,
    },
    /// The gzip stream is damaged.
    #[error("its gzip stream is damaged ({reason}); fetch it again")]
    Gzip {
        /// The decoder's own reason.
        reason: String,
    },
    /// The tar archive is damaged.
    #[error("its tar archive is damaged ({reason}); fetch it again")]
    Archive {
        /// The reader's own reason.
        reason: String,
    },
    /// Two files that belong together hold different numbers of examples.
    #[error("it has {got} labels for {expected} images; the two files do not belong together")]
    Counts {
        /// Images.
        expected: usize,
        /// Labels.
        got: usize,
    },
    /// A label that names no class.
    #[error("the label of example {index} is {label}, but labels go from 0 to {max}")]
    Label {
        /// The example, counted from 0.
        index: usize,
        /// Its label.
        label: i64,
        /// The largest valid label.
        max: usize,
    },
    /// A header that announces sizes no such data set has.
    #[error("its header announces {what} = {got}, but at most {limit} is accepted")]
    TooLarge {
        /// Which number.
        what: &'static str,
        /// The number announced.
        got: u64,
        /// The largest accepted.
        limit: u64,
    },
    /// No examples at all.
    #[error("it holds no examples")]
    Empty,
    /// A line of a text file that cannot be read.
    #[error("line {line}: {reason}")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// Images of another size than those of the data set.
    #[error("its images have {}×{} pixels, not {}×{}", got.0, got.1, expected.0, expected.1)]
    ImageSize {
        /// Height and width of the data set's images.
        expected: (usize, usize),
        /// Height and width in the file.
        got: (usize, usize),
    },
    /// The files of one data set under the name of another.
    #[error("its labels are those of {got}; put the files into a folder of that name")]
    OtherDataSet {
        /// The data set that the labels belong to.
        got: &'static str,
    },
    /// A checksum that differs from the published one.
    #[error("its SHA-256 is {got}, but the published one is {expected}; fetch it again")]
    Checksum {
        /// As published.
        expected: String,
        /// As computed.
        got: String,
    },
}

impl Error {
    /// An I/O error with the action and the file that it concerns.
    pub fn io(action: &'static str, path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Error::Io { action, path: path.into(), source }
    }

    /// An unknown name, with the nearest known one suggested if at most a third of it differs.
    pub fn unknown(kind: &'static str, name: &str, known: &[&str]) -> Self {
        let nearest = known
            .iter()
            .map(|k| (edit_distance(name, k), *k))
            .min()
            .filter(|(distance, k)| *distance <= k.chars().count().max(3) / 3)
            .map(|(_, k)| k.to_string());
        Error::UnknownName {
            kind,
            name: name.into(),
            nearest,
            known: known.iter().map(|k| k.to_string()).collect(),
        }
    }
}

/// Levenshtein distance, counted in characters.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

/// Checks one hyperparameter and gives it back, or the sentence that names its range.
///
/// ```
/// use gradus::error::check_hyperparameter;
/// assert!(check_hyperparameter("lr", 0.1, "finite and > 0", |v| v.is_finite() && v > 0.0).is_ok());
/// let refused = check_hyperparameter("lr", -1.0, "finite and > 0", |v| v.is_finite() && v > 0.0);
/// assert_eq!(refused.unwrap_err().to_string(), "lr = -1 is out of range: lr must be finite and > 0");
/// ```
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
    fn distance_is_levenshtein() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("adam", "adam"), 0);
    }
}
