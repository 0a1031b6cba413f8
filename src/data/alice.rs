//! "Alice's Adventures in Wonderland", a text that is embedded in the library.

use super::dataset::Dataset;
use super::gunzip::Gunzip;
use super::text::Text;
use std::io::Read;

/// The compressed file. Its source is in `embedded/README.md`.
const FILE: &[u8] = include_bytes!("embedded/alice.txt.gz");

/// Returns the next characters of Lewis Carroll's "Alice's Adventures in Wonderland" (1865; in the public
/// domain), each with the 8 characters before it: 127,542 examples for training and 14,165 for testing, in
/// the order of the text.
///
/// [`Text::plain`] reduces the book to 141,723 characters of 38 symbols, and [`Text`] says how examples are
/// made of them: codes from 0 to 37 as the features, the next code as the label, the first nine tenths for
/// training.
///
/// ```
/// use gradus::data::{self, Features};
/// let alice = data::alice();
/// assert_eq!((alice.train.len(), alice.test.len(), alice.classes.len()), (127_542, 14_165, 38));
/// let Features::Bytes(codes) = &alice.train.features else { unreachable!() };
/// let names = |codes: &[u8]| -> String {
///     codes.iter().map(|&code| alice.classes[usize::from(code)].as_str()).collect()
/// };
/// assert_eq!(names(&codes.row(8).to_vec()), "adventur");
/// assert_eq!(names(&alice.train.labels[8..9]), "e");
/// ```
pub fn alice() -> Dataset {
    let plain = Text::plain(&book());
    Text::default().dataset("alice", &plain).expect("the embedded text is long enough: a test reads it")
}

/// Returns the embedded text.
fn book() -> String {
    let mut text = String::new();
    Gunzip::new(FILE).read_to_string(&mut text).expect("the embedded file is valid: a test reads it");
    text
}

#[cfg(test)]
mod tests {
    use super::super::dataset::{Examples, Features};
    use super::*;
    use std::collections::BTreeMap;

    /// The characters of an example: its context and the next one.
    fn seen(data: &Dataset, examples: &Examples, row: usize) -> String {
        let Features::Bytes(codes) = &examples.features else { panic!("codes are bytes") };
        let codes = codes.row(row).to_vec().into_iter().chain([examples.labels[row]]);
        let names = codes.map(|code| data.classes[usize::from(code)].clone());
        names.map(|name| if name == "space" { " ".into() } else { name }).collect()
    }

    #[test]
    fn the_book_has_nothing_of_its_editors() {
        let book = book();
        assert!(book.trim_start().starts_with("ALICE'S ADVENTURES IN WONDERLAND"));
        assert!(book.trim_end().ends_with("THE END"));
        assert!(book.is_ascii() && !book.contains('\r'));
        for other in ["FULCRUM", "Gutenberg", "later editions", "["] {
            assert!(!book.contains(other), "{other}");
        }
        assert_eq!(book.lines().filter(|line| line.trim().starts_with("CHAPTER ")).count(), 12);
    }

    #[test]
    fn the_first_and_the_last_examples_by_hand() {
        let alice = alice();
        // alice's adventures in wonderland lewis carroll chapter i down the rabbit-hole …
        assert_eq!(seen(&alice, &alice.train, 0), "alice's a");
        assert_eq!(seen(&alice, &alice.train, 1), "lice's ad");
        assert_eq!(alice.train.labels[..4], [12, 15, 33, 16], "a d v e");
        assert_eq!(seen(&alice, &alice.test, 14_164), ". the end");
    }

    #[test]
    fn nothing_crosses_the_border() {
        let (alice, plain) = (alice(), Text::plain(&book()));
        let border = plain.len() * 9 / 10;
        assert_eq!((plain.len(), border), (141_723, 127_550));
        assert_eq!(seen(&alice, &alice.train, 127_541), plain[border - 9..border]);
        assert_eq!(seen(&alice, &alice.test, 0), plain[border..border + 9]);
    }

    #[test]
    fn symbols_and_pairs_have_the_frequencies_of_the_book() {
        let plain = Text::plain(&book());
        let (mut single, mut first, mut pairs) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        plain.chars().for_each(|symbol| *single.entry(symbol).or_insert(0.0) += 1.0);
        for (symbol, next) in plain.chars().zip(plain.chars().skip(1)) {
            *first.entry(symbol).or_insert(0.0) += 1.0;
            *pairs.entry((symbol, next)).or_insert(0.0) += 1.0;
        }
        assert_eq!(
            (single[&' '], single[&'e'], single[&'q'], single[&'z']),
            (26_291.0, 13_517.0, 208.0, 78.0)
        );
        // The entropy of a symbol, and that of a symbol whose predecessor is known, in bits.
        let all = plain.len() as f64;
        let alone: f64 = single.values().map(|count: &f64| -count / all * (count / all).log2()).sum();
        let known = |((symbol, _), count): (&(char, char), &f64)| {
            -count / (all - 1.0) * (count / first[symbol]).log2()
        };
        let after: f64 = pairs.iter().map(known).sum();
        assert!((alone - 4.287_758_075_879).abs() < 1e-9, "{alone}");
        assert!((after - 3.372_251_449_877).abs() < 1e-9, "{after}");
    }

    #[test]
    fn it_is_the_same_each_time_and_has_every_symbol() {
        let alice = alice();
        assert_eq!(alice, super::alice());
        assert_eq!((alice.classes.len(), alice.full_scale, alice.shape), (38, 37.0, None));
        assert!(alice.train.class_counts(38).iter().all(|&count| count > 0));
    }
}
