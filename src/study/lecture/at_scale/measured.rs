//! The table that `gradus-mpi-measure` prints, as it is kept beside this file.

use crate::compare::statistics::median;
use crate::error::{Error, Result};

/// The kept table. `make ranks` measures it again.
const KEPT: &str = include_str!("measured.csv");

/// One measurement.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    what: String,
    ranks: usize,
    threads: usize,
    numbers: usize,
    seconds: f64,
}

impl Line {
    /// Reads `what,ranks,threads,numbers,seconds,waiting`. The first may contain commas.
    fn read(line: &str) -> Option<Line> {
        let mut parts = line.trim().rsplitn(6, ',');
        let _waiting: f64 = parts.next()?.parse().ok()?;
        let seconds = parts.next()?.parse().ok()?;
        let mut count = || parts.next()?.parse().ok();
        let (numbers, threads, ranks) = (count()?, count()?, count()?);
        let what = parts.next()?.trim_matches('"').to_string();
        Some(Line { what, ranks, threads, numbers, seconds })
    }
}

/// What was measured with one process and with two.
#[derive(Debug)]
pub(super) struct Measured(Vec<Line>);

impl Measured {
    /// Returns the kept measurements.
    pub fn kept() -> Result<Self> {
        Self::read(KEPT)
    }

    /// Reads a table. Lines that begin with # say how it was measured.
    pub fn read(text: &str) -> Result<Self> {
        let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let measured = lines.filter(|line| !line.starts_with("what,")).map(|line| {
            Line::read(line).ok_or_else(|| Error::Syntax {
                what: "measurement",
                text: line.into(),
                form: "what,ranks,threads,numbers,seconds,waiting",
            })
        });
        Ok(Measured(measured.collect::<Result<_>>()?))
    }

    /// Returns the seconds of a work by so many processes with so many threads each: the median if it was
    /// measured several times, NaN if it was not.
    pub fn seconds(&self, what: &str, ranks: usize, threads: usize) -> f64 {
        let of = |line: &&Line| line.what == what && (line.ranks, line.threads) == (ranks, threads);
        median(&self.0.iter().filter(of).map(|line| line.seconds).collect::<Vec<_>>())
    }

    /// Returns the lengths of vectors, and the seconds of what is done with them, by two processes.
    pub fn by_length(&self, what: &str) -> Vec<(usize, f64)> {
        let of = |line: &&Line| line.what == what && line.ranks == 2;
        let mut all: Vec<(usize, f64)> =
            self.0.iter().filter(of).map(|line| (line.numbers, line.seconds)).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        all.chunk_by(|a, b| a.0 == b.0).map(|same| (same[0].0, same[same.len() / 2].1)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_may_stand_in_names_and_comments_are_left_out() {
        let text = "# A processor.\nwhat,ranks,threads,numbers,seconds,waiting\n\
                    net: a step on 8,192 examples,2,1,1290510,5e-1,NaN\nmessage,2,1,785,1e-6,0e0\n\
                    message,2,1,785,3e-6,0e0\nmessage,2,1,785,2e-6,0e0\nmessage,2,1,7850,4e-6,0e0\n";
        let measured = Measured::read(text).unwrap();
        assert_eq!(measured.seconds("net: a step on 8,192 examples", 2, 1), 0.5);
        assert_eq!(measured.by_length("message"), [(785, 2e-6), (7850, 4e-6)]);
        assert!(measured.seconds("message", 1, 1).is_nan());
    }

    #[test]
    fn garbled_lines_are_named() {
        for line in ["message,2,1,785,1e-6", "message,two,1,785,1e-6,0"] {
            let error = Measured::read(line).unwrap_err().to_string();
            assert!(error.contains(line), "{error}");
        }
    }

    #[test]
    fn the_kept_table_has_what_is_predicted() {
        let measured = Measured::kept().unwrap();
        assert!(measured.by_length("message").len() >= 2);
        assert!(measured.seconds("W4: a gradient", 1, 1) > 0.0);
    }
}
