//! What a notebook shows of runs: a summary, and a chart of how they went.

use super::block::Block;
use super::html;
use super::shown::Shown;
use crate::compare::suite::{Comparison, views};
use crate::figure::Figure;
use crate::minimize::Minimum;
use crate::real::Real;
use crate::report::numbers::{digits, plain};
use crate::report::tables;
use crate::schedule::Schedule;
use crate::stop::Termination;
use crate::table::Table;
use crate::trace::Trace;
use crate::train::{Curve, Fit, Trained};

/// The number of rows of a trace or of a curve that are shown.
const ROWS: usize = 8;

/// Shows the summary of the run, and its trace as a chart.
impl<F: Real> Shown for Minimum<F> {
    fn to_mime(&self) -> Vec<Block> {
        charted(self.to_string(), &self.trace.figure("trace"))
    }
}

/// Shows a chart of the trace, and some of its rows.
impl Shown for Trace {
    fn to_mime(&self) -> Vec<Block> {
        let rows = rows(&self.table("trace"), &["iteration", "value", "grad_norm", "alpha", "value_evals"]);
        charted(rows, &self.figure("trace"))
    }
}

/// Shows how the training ended, and its curve.
impl<F: Real> Shown for Fit<F> {
    fn to_mime(&self) -> Vec<Block> {
        let last = |column: &[f64]| column.last().map_or("–".into(), |&value| plain(value));
        let curve = &self.curve;
        let (what, train, test) = match curve.has_errors() {
            true => ("reconstruction error", &curve.train_error, &curve.test_error),
            false => ("accuracy", &curve.train_accuracy, &curve.test_accuracy),
        };
        let reached = format!(
            "training loss {}, {what} {} on the training examples, {} on the test examples",
            last(&curve.train_loss),
            last(train),
            last(test)
        );
        charted(format!("{}\n{reached}", trained(&self.trained)), &curve.figure("curve"))
    }
}

/// Shows how the training ended.
impl<F: Real> Shown for Trained<F> {
    fn to_mime(&self) -> Vec<Block> {
        vec![Block::new("text/plain", trained(self))]
    }
}

/// Shows the loss and the accuracies over the epochs, and some of the rows.
impl Shown for Curve {
    fn to_mime(&self) -> Vec<Block> {
        let [train, test] = match self.has_errors() {
            true => ["train_error", "test_error"],
            false => ["train_accuracy", "test_accuracy"],
        };
        let names = ["epoch", "steps", "train_loss", train, test, "lr"];
        charted(rows(&self.table("curve"), &names), &self.figure("curve"))
    }
}

/// Shows the sentence that says why a run ended.
impl Shown for Termination {
    fn to_mime(&self) -> Vec<Block> {
        vec![Block::new("text/plain", self.to_string())]
    }
}

/// Shows the factors as a chart.
impl Shown for Schedule {
    fn to_mime(&self) -> Vec<Block> {
        let factors: Vec<String> =
            [0, 1, 10, 100, 1000].map(|k| format!("{k}: {}", plain(self.at(k)))).into();
        charted(format!("{self:?}\nfactor at step {}", factors.join(", ")), &self.figure("schedule"))
    }
}

/// Shows the number of runs, and the ranks.
impl Shown for Comparison {
    fn to_mime(&self) -> Vec<Block> {
        let summary = format!(
            "{} runs of {} optimizers on {} problems: {} trials of a tuning, {} seeds",
            self.runs.len(),
            self.optimizers.len(),
            self.problems.len(),
            self.trials,
            self.seeds
        );
        match views::table(self, "ranks") {
            Ok(ranks) => vec![
                Block::new("text/html", format!("<p>{summary}</p>\n{}", tables::html(&ranks))),
                Block::new("text/plain", format!("{summary}\n{}", tables::pages::text(&ranks))),
            ],
            Err(_) => vec![Block::new("text/plain", summary)],
        }
    }
}

fn charted(summary: String, figure: &Figure) -> Vec<Block> {
    vec![Block::new("text/html", html::summary(&summary, figure)), Block::new("text/plain", summary)]
}

fn trained<F>(trained: &Trained<F>) -> String {
    format!(
        "{}\n{} epochs, {} steps, {} gradients of examples, {} s in steps",
        trained.termination,
        plain(trained.epochs),
        trained.steps,
        trained.example_grads,
        digits(trained.seconds, 3)
    )
}

/// Returns the named columns of a table as text: the first and the last rows.
fn rows(table: &Table, names: &[&str]) -> String {
    let count = table.rows();
    let shown: Vec<usize> = (0..count).filter(|&row| row < ROWS / 2 || row + ROWS / 2 >= count).collect();
    let columns: Vec<(&str, Vec<String>)> = names
        .iter()
        .filter_map(|&name| Some((name, table.columns().iter().find(|column| column.name == name)?)))
        .map(|(name, column)| {
            (name, shown.iter().map(|&row| tables::pages::cell(&column.values, row)).collect())
        })
        .collect();
    let widths: Vec<usize> = columns
        .iter()
        .map(|(name, cells)| cells.iter().map(|c| c.chars().count()).chain([name.len()]).max().unwrap_or(0))
        .collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, &width)| format!("{cell:>width$}"));
        padded.collect::<Vec<_>>().join("  ")
    };
    let mut lines = vec![line(columns.iter().map(|(name, _)| *name).collect())];
    for (at, row) in shown.iter().enumerate() {
        if at > 0 && shown[at - 1] + 1 < *row {
            lines.push(format!("{:>width$}", "…", width = widths.first().copied().unwrap_or(1)));
        }
        lines.push(line(columns.iter().map(|(_, cells)| cells[at].as_str()).collect()));
    }
    lines.push(format!("{count} rows"));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::minimize::minimize;
    use crate::optimizer::second_order::Lbfgs;
    use crate::problems::Rosenbrock;
    use crate::stop::Stop;
    use ndarray::array;

    fn content<'a>(blocks: &'a [Block], mime: &str) -> &'a str {
        &blocks.iter().find(|block| block.mime == mime).unwrap().content
    }

    #[test]
    fn a_minimum_is_its_summary_above_a_chart() {
        let found =
            minimize(Rosenbrock::new(2), &array![-1.2, 1.0], Lbfgs::new(5), Stop::grad(1e-8)).unwrap();
        let blocks = found.to_mime();
        assert!(content(&blocks, "text/plain").starts_with("lbfgs: converged"));
        assert!(content(&blocks, "text/html").contains("data:image/svg+xml;base64,"));
        let text = found.trace.to_mime();
        let text = content(&text, "text/plain");
        assert!(text.ends_with(&format!("{} rows", found.trace.len())), "{text}");
        assert_eq!(text.lines().count(), ROWS + 3, "{text}");
        assert_eq!(found.termination.to_mime()[0].content, found.termination.to_string());
    }

    #[test]
    fn an_empty_trace_and_an_empty_comparison_are_shown_too() {
        assert!(content(&Trace::default().to_mime(), "text/plain").ends_with("0 rows"));
        assert!(content(&Comparison::default().to_mime(), "text/plain").starts_with("0 runs"));
        assert!(content(&Schedule::Constant.to_mime(), "text/plain").contains("factor at step 0: 1"));
    }
}
