//! What makes a problem the same one on every machine.

use crate::error::shown;

/// What makes a problem the same one on every machine, as words with their values. Numbers among the values
/// are equal if they are near, since the last bits of a value or a minimum depend on the machine.
///
/// ```
/// use gradus::compare::suite::Likeness;
/// let with = |value: &str| Likeness(vec![("f at the start".into(), value.into())]);
/// assert_eq!(with("24.2 0").difference(&with("24.200000000000003 0")), None);
/// assert_eq!(with("24.2").difference(&with("24.3")).unwrap(), "its f at the start is 24.2, and here 24.3");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Likeness(pub Vec<(String, String)>);

/// The relative difference below which two numbers count as equal.
const NEAR: f64 = 1e-6;
/// The most characters of a value that a sentence repeats.
const LONGEST: usize = 60;

impl Likeness {
    /// Adds a word with its value.
    #[must_use]
    pub(super) fn with(mut self, word: &str, value: impl ToString) -> Self {
        self.0.push((word.into(), value.to_string()));
        self
    }

    /// Adds a word with some numbers.
    #[must_use]
    pub(super) fn with_numbers(self, word: &str, numbers: impl IntoIterator<Item = f64>) -> Self {
        let texts: Vec<String> = numbers.into_iter().map(|number| format!("{number:?}")).collect();
        self.with(word, texts.join(" "))
    }

    /// Returns in words how the problem differs from the one `here`; `None` if it is the same one.
    pub fn difference(&self, here: &Likeness) -> Option<String> {
        let of = |all: &Likeness, word: &str| {
            all.0.iter().find(|(known, _)| known == word).map_or("not known", |(_, value)| value).to_owned()
        };
        let words = self.0.iter().chain(&here.0).map(|(word, _)| word);
        let pairs = words.map(|word| (word, of(self, word), of(here, word)));
        let mut differing = pairs.filter(|(_, there, here)| !are_near(there, here));
        let (word, there, here) = differing.next()?;
        Some(format!("its {word} is {}, and here {}", shown(&there, LONGEST), shown(&here, LONGEST)))
    }
}

/// Returns whether two values are equal, except for the last digits of their numbers.
fn are_near(a: &str, b: &str) -> bool {
    let near = |a: &str, b: &str| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => {
            a == b || (a - b).abs() <= NEAR * a.abs().max(b.abs()) || (a.is_nan() && b.is_nan())
        }
        _ => a == b,
    };
    let (a, b): (Vec<&str>, Vec<&str>) = (a.split(' ').collect(), b.split(' ').collect());
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_bits_do_not_count_and_everything_else_does() {
        let of = |title: &str, f: f64| Likeness::default().with("title", title).with_numbers("f", [f, -0.0]);
        let one = of("A bowl of 3", 1.0 / 3.0);
        assert_eq!(one.difference(&of("A bowl of 3", 1.0 / 3.0 + 1e-9)), None);
        assert!(one.difference(&of("A bowl of 3", 0.3334)).unwrap().starts_with("its f is 0.333"));
        assert!(one.difference(&of("A bowl of 4", 1.0 / 3.0)).unwrap().contains("title"));
        assert!(one.difference(&Likeness::default()).unwrap().ends_with("and here not known"));
        assert!(Likeness::default().difference(&one).unwrap().contains("is not known"));
        let long = one.difference(&of(&"x".repeat(1000), 0.0)).unwrap();
        assert!(long.len() < 200, "{long}");
    }
}
