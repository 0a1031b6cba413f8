//! Nets with two hidden layers, without dropout (Kingma & Ba 2015, section 6.2 and figure 2).

use super::sources::{KINGMA, NOTEBOOK};
use super::tuning::{Tuned, powers, ratio, tuned};
use crate::claim::{Bound, Claim};
use crate::compare::ModelKind;
use crate::compare::statistics::{Estimate, median, quantile, quartile_band};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::optimizer::first_order::{AdaGrad, Adadelta, Adam, AnyRule, Nesterov, RmsProp};
use crate::risk::Regularizer;
use crate::study::Context;
use crate::table::Table;
use crate::train::{Batch, Classifier, Training};

/// Two hidden layers of rectified units; the paper has 1000 in each.
const MODEL: &str = "mlp:64,64";
const BATCH: usize = 128;
const L2: f64 = 1e-4;
const PASSES: usize = 100;
/// The number of rates that each rule tries, two in a decade.
const RATES: usize = 7;

/// A rule of the figure, and the lowest rate that it tries.
type Entry = (&'static str, AnyRule, f64);

fn rules() -> [Entry; 5] {
    [
        ("adam", AnyRule::new(Adam::default()), 3e-4),
        ("adagrad", AnyRule::new(AdaGrad::default()), 3e-3),
        ("rmsprop", AnyRule::new(RmsProp::default()), 1e-4),
        ("nesterov", AnyRule::new(Nesterov::new(0.9)), 3e-3),
        ("adadelta", AnyRule::new(Adadelta::default()), 0.1),
    ]
}
const ADAM: usize = 0;
const ADAGRAD: usize = 1;
const NESTEROV: usize = 3;

/// The best rate of a rule, and the training losses over the passes, a list for each seed.
type Found = Tuned<Vec<f64>>;

/// Returns the loss at the end of a curve; infinity for a run that diverged.
fn last(losses: &[f64]) -> f64 {
    losses.last().copied().filter(|loss| loss.is_finite()).unwrap_or(f64::INFINITY)
}

fn ends(found: &Found) -> Vec<f64> {
    found.runs.iter().map(|losses| last(losses)).collect()
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let digits = Preprocessing::default().prepare::<f32>(&data::digits());
    let classifier = Classifier::new(digits, ModelKind::parse(MODEL)?, Regularizer::l2(L2));
    let epochs = context.choose(PASSES, 2);
    let mut all = Vec::new();
    for (name, rule, lowest) in rules() {
        let train = |lr: f64, seed: u64| -> Result<Vec<f64>> {
            let settings = Training { epochs, batch: Batch::Size(BATCH), lr, seed, ..Training::default() };
            let fit = classifier.fit(Softmax, rule.clone(), &settings)?;
            let mut losses = fit.curve.train_loss;
            if fit.trained.termination.diverged() {
                losses.push(f64::INFINITY);
            }
            Ok(losses)
        };
        all.push(tuned(&powers(lowest, RATES, 2.0), context, &format!("{name}, net"), train, |l| last(l))?);
    }
    findings.claims.extend(claims(&all));
    findings.tables.push(table(&all));
    findings.figures.push(figure(&all));
    Ok(())
}

/// Returns Adam's loss over that of a rule, paired by the seeds.
fn of_adam(all: &[Found], rule: usize) -> Estimate {
    ratio(&ends(&all[ADAM]), &ends(&all[rule]))
}

/// Returns the rule with the lowest median of the losses at the end, Adam aside.
fn best_rival(all: &[Found]) -> usize {
    let rivals = (0..all.len()).filter(|&rule| rule != ADAM);
    let end = |rule: usize| median(&ends(&all[rule]));
    rivals.min_by(|&a, &b| end(a).total_cmp(&end(b))).expect("there are rivals")
}

fn claims(all: &[Found]) -> [Claim; 3] {
    let claim = |id: &str, sentence: &str, rule: usize| {
        let found = of_adam(all, rule);
        Claim::statistical(id, NOTEBOOK, sentence, KINGMA)
            .reading(
                "they say of nets with dropout on MNIST that Adam shows better convergence than the other \
                 methods; we take small digits, no dropout, and the training loss after 100 passes",
            )
            .measured_within(found.value, found.interval, Bound::AtMost(1.0))
            .note(
                "Scaled down: 1438 images of 64 pixels, two hidden layers of 64 units in place of 1000, and \
                 100 passes of 12 updates. A penalty on the weights, as in the paper's second panel. \
                 Each rule has the best of seven constant rates for the training loss at the end.",
            )
    };
    [
        claim(
            "papers-adam-net",
            "On a net with two hidden layers, Adam ends with a lower training loss than the best of AdaGrad, \
             RMSProp, Adadelta and SGD with Nesterov momentum, all at their best rates (ratio)",
            best_rival(all),
        ),
        claim(
            "papers-adam-net-adagrad",
            "On a net with two hidden layers, Adam ends with a lower training loss than AdaGrad, both at \
             their best rates (ratio)",
            ADAGRAD,
        ),
        claim(
            "papers-adam-net-nesterov",
            "On a net with two hidden layers, Adam ends with a lower training loss than SGD with Nesterov \
             momentum, both at their best rates (ratio)",
            NESTEROV,
        ),
    ]
}

fn table(all: &[Found]) -> Table {
    let rules = rules();
    let column = |of: &dyn Fn(&Found) -> f64| all.iter().map(of).collect::<Vec<_>>();
    // Adam over itself is 1.
    let ratios: Vec<Estimate> = (0..all.len()).map(|rule| of_adam(all, rule)).collect();
    let ratio = |of: fn(&Estimate) -> f64| ratios.iter().map(of).collect::<Vec<_>>();
    let caption = "Nets with two hidden layers of 64 rectified units, batches of 128 and a penalty on the \
                   weights, after 100 passes over the digits: training loss, median and quartiles over ten \
                   seeds, each rule at the best of seven constant rates; and Adam's loss over that of the \
                   rule, the geometric mean over the seeds with its interval";
    Table::new("nets", caption)
        .text("optimizer", rules.iter().map(|rule| rule.0))
        .float_within("lr", column(&|found| found.setting), 2.2, 0.0)
        .float_within("train_loss", column(&|found| median(&ends(found))), 0.2, 1e-4)
        .float_within("quarter", column(&|found| quantile(&ends(found), 0.25)), 0.2, 1e-4)
        .float_within("three_quarters", column(&|found| quantile(&ends(found), 0.75)), 0.2, 1e-4)
        .statistic(
            "adam_over_it",
            ratio(|found| found.value),
            ratio(|found| found.interval.0),
            ratio(|found| found.interval.1),
        )
}

fn figure(all: &[Found]) -> Figure {
    let caption = "Training loss over the passes through the digits, each rule at its best rate: medians \
                   (lines) and quartiles (bands) over ten seeds.";
    let figure = Figure::new("nets", "A net with two hidden layers", caption);
    let x = Axis::linear("passes over the examples");
    let panel = Panel::new("digits, no dropout", x, Axis::log("training loss").lower_is_better());
    figure.panel(all.iter().zip(rules()).fold(panel, |panel, (found, (name, ..))| {
        let (low, middle, high) = quartile_band(&found.runs);
        let (x, color) = ((0..middle.len()).map(|k| k as f64).collect::<Vec<_>>(), optimizer(name));
        panel.with(Layer::Band { x: x.clone(), low, high, color }).line(name, x, middle, color)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adam_is_compared_with_the_lowest_of_the_others() {
        let found = |of: [f64; 2]| Tuned { setting: 1.0, runs: of.map(|end| vec![9.0, end]).to_vec() };
        let all = [[1.0, 1.0], [4.0, 4.0], [2.0, f64::NAN], [3.0, 2.0], [2.0, 2.0]].map(found);
        assert_eq!(best_rival(&all), 4);
        assert!((claims(&all)[0].measured - 0.5).abs() < 1e-12);
        assert!((of_adam(&all, ADAGRAD).value - 0.25).abs() < 1e-12);
        let column = table(&all).floats("adam_over_it").unwrap().to_vec();
        assert_eq!((column[ADAM], column[2]), (1.0, 0.0));
    }
}
