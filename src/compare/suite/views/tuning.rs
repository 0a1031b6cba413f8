//! The gain of tuning over the defaults.

use super::score::{Scores, difference, score};
use super::standings::{leaders, ordered};
use crate::compare::statistics::{median, quantile};
use crate::compare::suite::{Comparison, ProblemFacts, Run};
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::table::Table;

/// The largest gain in the figure, in decades: defaults that diverge are infinitely far behind.
const CAP: f64 = 6.0;

/// One optimizer on one problem, at its defaults and at its best setting.
struct Gain<'a> {
    problem: &'a str,
    optimizer: usize,
    at_defaults: f64,
    tuned: f64,
    losses: [f64; 2],
}

impl Gain<'_> {
    /// Returns the gain in decades.
    fn decades(&self) -> f64 {
        difference(self.at_defaults, self.tuned)
    }
}

fn gains(comparison: &Comparison) -> Vec<Gain<'_>> {
    let pairs =
        comparison.problems.iter().flat_map(|p| (0..comparison.optimizers.len()).map(move |o| (p, o)));
    let gain = |(facts, optimizer): (&'_ ProblemFacts, usize)| {
        let name = &comparison.optimizers[optimizer].name;
        let (defaults, best) = (comparison.defaults(&facts.name, name), comparison.best(&facts.name, name));
        let over = |runs: &[&Run], of: &dyn Fn(&Run) -> f64| {
            median(&runs.iter().map(|run| of(run)).collect::<Vec<_>>())
        };
        let judged = |run: &Run| score(run, facts);
        Some((
            over(&defaults, &judged),
            over(&best, &judged),
            [over(&defaults, &Run::final_loss), over(&best, &Run::final_loss)],
        ))
        .filter(|_| {
            !defaults.is_empty() && !best.is_empty() && !comparison.optimizers[optimizer].tuned.is_empty()
        })
    };
    let found = pairs
        .filter_map(|pair| gain(pair).map(|(at_defaults, tuned, losses)| (pair, at_defaults, tuned, losses)));
    found
        .map(|((facts, optimizer), at_defaults, tuned, losses)| Gain {
            problem: &facts.name,
            optimizer,
            at_defaults,
            tuned,
            losses,
        })
        .collect()
}

pub(super) fn table(comparison: &Comparison) -> Table {
    let gains = gains(comparison);
    let floats = |of: fn(&Gain) -> f64| gains.iter().map(of).collect::<Vec<_>>();
    let caption = "The gain of tuning: the median scores at the defaults and at the best setting, their \
                   difference in decades (of the budget or of the gap), and both final losses";
    Table::new("tuning", caption)
        .text("problem", gains.iter().map(|gain| gain.problem))
        .text("optimizer", gains.iter().map(|gain| comparison.optimizers[gain.optimizer].name.clone()))
        .float_within("score_at_defaults", floats(|gain| gain.at_defaults), 0.05, 0.05)
        .float_within("score_tuned", floats(|gain| gain.tuned), 0.05, 0.05)
        .float_within("decades_gained", floats(|gain| gain.decades()), 0.1, 0.1)
        .float_within("loss_at_defaults", floats(|gain| gain.losses[0]), 0.05, 1e-6)
        .float_within("loss_tuned", floats(|gain| gain.losses[1]), 0.05, 1e-6)
}

/// The number of optimizers in the figure, besides those of the user and those that everyone knows.
const SHOWN: usize = 12;
const ALWAYS: [&str; 6] = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"];

/// Returns the best optimizers by mean rank, those of the lecture and those of the user.
fn shown(comparison: &Comparison, scores: &Scores) -> Vec<usize> {
    let order: Vec<usize> = ordered(comparison, scores).iter().map(|standing| standing.index).collect();
    let best = leaders(comparison, &order, SHOWN);
    let always = |o: usize| ALWAYS.contains(&comparison.optimizers[o].name.as_str());
    (0..comparison.optimizers.len()).filter(|&o| best.contains(&o) || always(o)).collect()
}

pub(super) fn figure(comparison: &Comparison, scores: &Scores) -> Figure {
    let gains = gains(comparison);
    let of = |o: usize| {
        gains
            .iter()
            .filter(|gain| gain.optimizer == o)
            .map(|gain| gain.decades().clamp(-CAP, CAP))
            .collect::<Vec<f64>>()
    };
    let name = |o: usize| comparison.optimizers[o].name.clone();
    let shown = shown(comparison, scores);
    let mut bars: Vec<(String, Vec<f64>)> = shown.iter().map(|&o| (name(o), of(o))).collect();
    bars.retain(|(_, decades)| !decades.is_empty());
    bars.sort_by(|a, b| median(&a.1).total_cmp(&median(&b.1)));
    let over = |q: f64| bars.iter().map(|(_, decades)| quantile(decades, q)).collect();
    let layer = Layer::Bars {
        values: over(0.5),
        low: over(0.25),
        high: over(0.75),
        color: 2,
        labels: bars.iter().map(|b| b.0.clone()).collect(),
    };
    let which = match shown.len() == comparison.optimizers.len() {
        true => "",
        false => " The best optimizers by mean rank and those of the lecture; the table has all.",
    };
    let caption = format!(
        "The median over problems, with quartiles as whiskers, in decades of the budget or of the gap. Gains \
         are cut off at 6 decades, the gain where the defaults diverge. A short bar means that the defaults \
         are good. A long bar means that a fair comparison must count the cost of tuning.{which}"
    );
    let axis = Axis::linear("gain of tuning over the defaults, in decades");
    Figure::new("tuning_gain", "The gain of tuning", caption)
        .columns(1)
        .panel(Panel::new("", axis, Axis::linear("")).with(layer))
}
