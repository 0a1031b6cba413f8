//! Texts: the next character from the characters before it.

use super::dataset::{Dataset, Examples, Features};
use crate::error::{Error, Result, check_hyperparameter};
use ndarray::Array2;
use std::collections::BTreeSet;

/// The next character of a text as the class, from the characters before it as the features.
///
/// The alphabet is the set of the text's *V* characters, sorted by code point. The code of a character is its
/// place there, from 0 to *V* − 1. Example *i* of a part has as its features the codes of the `context`
/// characters from place *i* on, and as its label the code of the one that follows. The first nine tenths of
/// the characters (rounded down) are for training and the others for testing; no example reaches across the
/// border. A part of *n* characters has *n* − `context` examples. The names of the classes are the
/// characters; the space is named "space", and control characters are escaped as in Rust ("\n").
///
/// Codes are names, not amounts: 7 is not more than 6. A model that multiplies them by weights learns little
/// from them.
///
/// ```
/// use gradus::data::{Features, Text};
/// let counting = Text { context: 2 }.dataset("counting", "123412341234123412341")?;
/// assert_eq!(counting.classes, ["1", "2", "3", "4"]);
/// // 18 characters are for training: 12 → 3, 23 → 4, 34 → 1, …
/// assert_eq!((counting.train.len(), counting.test.len()), (16, 1));
/// assert_eq!(counting.train.labels[..3], [2, 3, 0]);
/// let Features::Bytes(codes) = &counting.train.features else { unreachable!() };
/// assert_eq!(codes.row(1).to_vec(), [1, 2]);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// The number of characters before the next one, from 1 to 1000.
    pub context: usize,
}

impl Default for Text {
    /// Returns contexts of 8 characters.
    fn default() -> Self {
        Text { context: 8 }
    }
}

impl Text {
    /// Returns the examples of a text as a data set of that name. [`plain`](Text::plain) makes a text of few
    /// symbols. Scaling divides codes by *V* − 1.
    ///
    /// # Errors
    /// If the context is out of range, or the text has fewer than 2 symbols, more than 256, or at most 10
    /// times as many characters as a context.
    pub fn dataset(&self, name: &str, text: &str) -> Result<Dataset> {
        check_hyperparameter("context", self.context as f64, "from 1 to 1000", |v| (1.0..=1e3).contains(&v))?;
        let alphabet: Vec<char> = text.chars().collect::<BTreeSet<_>>().into_iter().collect();
        let codes = coded(text, &alphabet)?;
        let (train, test) = codes.split_at(codes.len() * 9 / 10);
        if test.len() <= self.context {
            return Err(Error::Unsupported {
                what: format!("a text of {} characters with contexts of {}", codes.len(), self.context),
                remedy: "it needs more than 10 times as many characters as a context",
            });
        }
        Ok(Dataset {
            name: name.into(),
            classes: alphabet.iter().map(|&symbol| name_of(symbol)).collect(),
            shape: None,
            full_scale: (alphabet.len() - 1) as f64,
            train: self.part(train),
            test: self.part(test),
        })
    }

    /// Returns a text of at most 38 symbols: a–z, the space, and . , ; : ! ? ' " ( ) -
    ///
    /// Letters become lower case, a backquote (the opening quotation mark of plain texts) an apostrophe, and
    /// all other symbols are dropped. Then each run of white space becomes one space; at both ends there is
    /// none.
    ///
    /// ```
    /// use gradus::data::Text;
    /// let written = "  `Well!' thought ALICE\r\n * * *\n_to_ herself ";
    /// assert_eq!(Text::plain(written), "'well!' thought alice to herself");
    /// ```
    pub fn plain(text: &str) -> String {
        let mut plain = String::with_capacity(text.len());
        let mut after_space = false;
        for symbol in text.chars() {
            after_space |= symbol.is_whitespace();
            for symbol in symbol.to_lowercase().filter_map(kept) {
                if after_space && !plain.is_empty() {
                    plain.push(' ');
                }
                after_space = false;
                plain.push(symbol);
            }
        }
        plain
    }

    /// Returns the examples of one part.
    fn part(&self, codes: &[u8]) -> Examples {
        let contexts = codes.windows(self.context + 1).flat_map(|seen| &seen[..self.context]);
        let labels = codes[self.context..].to_vec();
        let contexts = Array2::from_shape_vec((labels.len(), self.context), contexts.copied().collect());
        Examples { features: Features::Bytes(contexts.expect("a context for each label")), labels }
    }
}

/// Returns what a plain text has for a symbol that is no white space, in lower case.
fn kept(symbol: char) -> Option<char> {
    match symbol {
        '`' => Some('\''),
        'a'..='z' | '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '"' | '(' | ')' | '-' => Some(symbol),
        _ => None,
    }
}

/// Returns the codes of the characters of a text.
fn coded(text: &str, alphabet: &[char]) -> Result<Vec<u8>> {
    if !(2..=256).contains(&alphabet.len()) {
        let what = format!("a text of {} different symbols", alphabet.len());
        return Err(Error::Unsupported { what, remedy: "it may have from 2 to 256; Text::plain leaves 38" });
    }
    let code = |symbol| alphabet.binary_search(&symbol).expect("it has every symbol of the text") as u8;
    Ok(text.chars().map(code).collect())
}

/// Returns the name of a symbol in tables.
fn name_of(symbol: char) -> String {
    match symbol {
        ' ' => "space".into(),
        symbol if symbol.is_control() => symbol.escape_default().to_string(),
        symbol => symbol.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contexts(examples: &Examples) -> Vec<Vec<u8>> {
        let Features::Bytes(codes) = &examples.features else { panic!("codes are bytes") };
        codes.rows().into_iter().map(|row| row.to_vec()).collect()
    }

    #[test]
    fn no_context_crosses_the_border() {
        // Twenty characters in the order of their codes: 18 for training, 2 for testing.
        let data = Text { context: 1 }.dataset("letters", "abcdefghijklmnopqrst").unwrap();
        assert_eq!(data.train.labels, (1..18).collect::<Vec<u8>>());
        assert_eq!(contexts(&data.train), (0..17).map(|code| vec![code]).collect::<Vec<_>>());
        // The pair "rs" lies across the border.
        assert_eq!((contexts(&data.test), &data.test.labels), (vec![vec![18]], &vec![19]));
        assert_eq!((data.full_scale, data.shape, data.features()), (19.0, None, 1));
    }

    #[test]
    fn codes_go_by_the_code_points_of_all_symbols() {
        // The line end and the é occur in the test part only.
        let data = Text { context: 1 }.dataset("mixed", "ba ba ba ba ba ba ba\né").unwrap();
        assert_eq!(data.classes, ["\\n", "space", "a", "b", "é"]);
        assert_eq!(contexts(&data.train)[..4], [[3], [2], [1], [3]]);
        assert_eq!(data.test.labels, [0, 4]);
    }

    #[test]
    fn a_plain_text_keeps_38_symbols() {
        assert_eq!(Text::plain("A\tB\u{a0}\n\n`C_D' [7] É—e\u{1a}"), "a b 'cd' e");
        assert_eq!(Text::plain("\n * \n"), "");
        // A symbol that is dropped does not part a word, and is no space.
        assert_eq!(Text::plain("one*two * three"), "onetwo three");
        let every: String = (0..=0x2ffu32).filter_map(char::from_u32).collect();
        let symbols: BTreeSet<char> = Text::plain(&every).chars().collect();
        assert_eq!(symbols.into_iter().collect::<String>(), " !\"'(),-.:;?abcdefghijklmnopqrstuvwxyz");
    }

    #[test]
    fn texts_that_give_no_examples_are_refused() {
        let refused =
            |context, text: &str| Text { context }.dataset("x", text).map(|_| ()).unwrap_err().to_string();
        assert!(refused(0, "ab").contains("context must be from 1 to 1000"));
        assert!(refused(1001, "ab").contains("context must be from 1 to 1000"));
        assert!(refused(1, &"a".repeat(100)).contains("a text of 1 different symbols"));
        let many = |count: u32| -> String { (0x4e00..0x4e00 + count).filter_map(char::from_u32).collect() };
        assert!(refused(1, &many(257)).contains("a text of 257 different symbols"));
        assert_eq!(Text { context: 1 }.dataset("x", &many(256)).unwrap().train.labels.last(), Some(&229));
        assert_eq!(
            refused(2, &"ab".repeat(10)),
            "a text of 20 characters with contexts of 2: it needs more than 10 times as many characters as a \
             context"
        );
        assert_eq!(Text { context: 2 }.dataset("x", &"aba".repeat(7)).unwrap().test.len(), 1);
    }
}
