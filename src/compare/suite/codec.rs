//! Conversion of a run to one line of text and back. Numbers have the shortest form that reads back as the
//! same number.

use super::{Outcome, Run, RunCurve};
use std::fmt::Write;
use std::str::FromStr;

/// Returns the line of a run. It leaves out phase and trial, which belong to the comparison, since one run
/// may serve several phases.
pub(super) fn text(run: &Run) -> String {
    let curve = &run.curve;
    let mut line = format!("{}\t{}", run.outcome, run.reason.replace(['\t', '\n', '\r'], " "));
    column(&mut line, &curve.iterations);
    column(&mut line, &curve.evaluations);
    column(&mut line, &curve.seconds);
    column(&mut line, &curve.loss);
    // Most problems have no test examples.
    column(
        &mut line,
        if curve.test_accuracy.iter().all(|a| a.is_nan()) { &[] } else { &curve.test_accuracy[..] },
    );
    line
}

fn column<T: std::fmt::Debug>(line: &mut String, values: &[T]) {
    line.push('\t');
    for (i, value) in values.iter().enumerate() {
        let _ = if i == 0 { write!(line, "{value:?}") } else { write!(line, " {value:?}") };
    }
}

/// Fills a blank run with what a line says; returns `None` if the line is not that of a run.
pub(super) fn read(line: &str, mut blank: Run) -> Option<Run> {
    let mut fields = line.split('\t');
    blank.outcome = Outcome::by_word(fields.next()?).ok()?;
    blank.reason = fields.next()?.into();
    let mut curve = RunCurve {
        iterations: numbers(fields.next()?)?,
        evaluations: numbers(fields.next()?)?,
        ..RunCurve::default()
    };
    (curve.seconds, curve.loss, curve.test_accuracy) =
        (numbers(fields.next()?)?, numbers(fields.next()?)?, numbers(fields.next()?)?);
    let rows = curve.loss.len();
    if curve.test_accuracy.is_empty() {
        curve.test_accuracy = vec![f64::NAN; rows];
    }
    let lengths =
        [curve.iterations.len(), curve.evaluations.len(), curve.seconds.len(), curve.test_accuracy.len()];
    blank.curve = curve;
    (lengths == [rows; 4] && fields.next().is_none()).then_some(blank)
}

fn numbers<T: FromStr>(text: &str) -> Option<Vec<T>> {
    text.split(' ').filter(|number| !number.is_empty()).map(|number| number.parse().ok()).collect()
}

/// Reads the line of a run and writes it again, for the fuzz target `run_log`.
#[cfg(fuzzing)]
pub fn run_line(line: &str) -> Option<String> {
    let blank = Run {
        problem: String::new(),
        optimizer: String::new(),
        phase: super::Phase::Best,
        trial: 0,
        setting: String::new(),
        lr: f64::NAN,
        seed: 0,
        outcome: Outcome::Failed,
        reason: String::new(),
        machine: 0,
        known_area: None,
        curve: RunCurve::default(),
    };
    read(line, blank).map(|run| text(&run))
}

#[cfg(test)]
mod tests {
    use super::super::run::tests::run;
    use super::*;

    #[test]
    fn a_run_comes_back_to_the_last_bit() {
        let mut before = run(&[1.0, 1.0 / 3.0, f64::NAN, f64::INFINITY], Outcome::Diverged);
        before.curve.seconds[1] = 1e-9 / 3.0;
        let after =
            read(&text(&before), Run { curve: RunCurve::default(), reason: String::new(), ..before.clone() })
                .unwrap();
        assert_eq!(format!("{after:?}"), format!("{before:?}"));
    }

    #[test]
    fn what_is_no_run_is_none() {
        let good = text(&run(&[1.0, 0.5], Outcome::Finished));
        let blank = || run(&[], Outcome::Failed);
        assert!(read(&good, blank()).is_some());
        for wrong in [
            &good[..good.len() - 4],
            "",
            "finished\tx\t1\t1\t1\t1",
            &format!("{good}\tmore"),
            &good.replace("finished", "fine"),
        ] {
            assert!(read(wrong, blank()).is_none(), "{wrong}");
        }
    }
}
