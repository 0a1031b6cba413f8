//! Random search, the lecture's first idea: try random parameters and keep the best. How good and how slow it
//! is, and why.

mod best_of;
mod pictures;
mod scales;
mod sources;
mod trials;

use crate::claim::{Bound, Claim};
use crate::compare::statistics::{self, Estimate};
use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};
use crate::table::Table;
use sources::SLIDE;
use trials::Trials;

pub(super) const STUDY: Study = Study {
    name: "random-search",
    notebook: "02",
    title: "Random search",
    question: "How good do weights become if we draw them at random and keep the best?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    let seeds = context.choose(10, 2);
    let trials = ["digits", "fashion-mnist"]
        .map(|name| Trials::of(name, context, seeds))
        .into_iter()
        .collect::<Result<Vec<_>>>()?;
    // The data set of the lecture, if it has been downloaded.
    let cifar = Trials::of("cifar-10", context, seeds).ok();
    findings.tables.push(table(&trials));
    for trial in &trials {
        claims(trial, &mut findings);
    }
    findings.claims.push(published(cifar.as_ref()));
    best_of::run(&trials, &mut findings);
    findings.figures.push(pictures::accuracies(&trials));
    findings.figures.push(pictures::templates(&trials[1]));
    scales::run(context, &mut findings)?;
    Ok(findings)
}

fn table(trials: &[Trials]) -> Table {
    let mean = |of: Vec<f64>| statistics::mean(&of);
    let rows: Vec<(&str, &str, f64, f64, f64, Estimate)> = trials
        .iter()
        .flat_map(|t| {
            let draws = t.searches[0].best.len() - 1;
            let name = t.data.name.as_str();
            let zero = t.searches[0].best[0];
            let lowest = mean(t.gains()).value;
            let one = |value: f64| Estimate { value, interval: (value, value) };
            [
                (name, "random search", (draws * t.judges) as f64, 0.0, zero - lowest, t.searched()),
                (name, "one gradient step as long", 0.0, t.judges as f64, t.step.loss, one(t.step.accuracy)),
                (
                    name,
                    "one epoch of SGD",
                    0.0,
                    t.data.train_y.len() as f64,
                    mean(t.epochs.iter().map(|e| e.loss).collect()).value,
                    t.trained(),
                ),
            ]
        })
        .collect();
    Table::new(
        "accuracy",
        "A linear softmax classifier found by random search and by gradients: its cost, and its accuracy on \
         the test set",
    )
    .text("data", rows.iter().map(|r| r.0))
    .text("optimizer", rows.iter().map(|r| r.1))
    .integer("example_losses", rows.iter().map(|r| r.2 as i64))
    .integer("example_gradients", rows.iter().map(|r| r.3 as i64))
    .float_within("train_loss", rows.iter().map(|r| r.4).collect::<Vec<_>>(), 1e-3, 1e-6)
    .float_within("test_accuracy", rows.iter().map(|r| r.5.value).collect::<Vec<_>>(), 0.0, 5e-3)
    .float_within("test_low", rows.iter().map(|r| r.5.interval.0).collect::<Vec<_>>(), 0.0, 1e-2)
    .float_within("test_high", rows.iter().map(|r| r.5.interval.1).collect::<Vec<_>>(), 0.0, 1e-2)
}

fn claims(trial: &Trials, findings: &mut Findings) {
    let (name, searched) = (&trial.data.name, trial.searched());
    let id = |what: &str| if name == "fashion-mnist" { what.to_string() } else { format!("{what}-{name}") };
    let sentence =
        format!("The best of 1,000 random W beats chance, 10 %, on the test images of {name} (accuracy)");
    findings.claims.push(
        Claim::statistical(&id("random-beats-chance"), "02", &sentence, SLIDE)
            .reading(
                "the slide says “15.5 % accuracy! not bad!” of other images; we ask for \
                 more than chance",
            )
            .measured_within(searched.value, searched.interval, Bound::AtLeast(0.1)),
    );
    let lead: Vec<f64> = trial
        .epochs
        .iter()
        .zip(&trial.searches)
        .map(|(epoch, search)| epoch.accuracy - search.accuracy)
        .collect();
    let lead = statistics::mean(&lead);
    let sentence = format!(
        "One epoch of SGD has a test accuracy at least 20 points higher than the best of 1,000 random W on \
         {name}, with fewer evaluations (difference)"
    );
    findings.claims.push(
        Claim::statistical(&id("random-is-bad"), "02", &sentence, SLIDE)
            .reading(
                "the slide says “bad idea”; we ask for 20 points less than one epoch of \
                 SGD",
            )
            .measured_within(lead.value, lead.interval, Bound::AtLeast(0.2)),
    );
}

/// Claims the number printed in the lecture, which can only be measured on the data set of the lecture.
fn published(cifar: Option<&Trials>) -> Claim {
    let sentence = "The best of 1,000 random W classifies 15.5 % of the test images of CIFAR-10 correctly";
    let claim = Claim::statistical("random-cifar-10", "02", sentence, SLIDE).said();
    let bound = Bound::Equals { value: 0.155, tolerance: 0.02 };
    match cifar {
        Some(trial) => {
            let searched = trial.searched();
            claim.measured_within(searched.value, searched.interval, bound)
        }
        None => claim.measured(f64::NAN, bound).note(
            "CIFAR-10 was not on the machine that ran this study. Run `gradus fetch cifar-10`, then run the \
             study again.",
        ),
    }
}
