//! What tuning costs: the steps to the target over the settings, and after one, two … nine trials.

use super::super::run_to_target::Task;
use super::contender::{ADAMW, Contender, TRIALS, place};
use crate::compare::replicates;
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::study::Context;
use crate::table::Table;

/// The largest number of steps of a trial.
pub(super) const MOST_STEPS: usize = 1000;
/// The first seed of the trials; those of the race are others.
const FIRST_SEED: u64 = 900;

/// The trials on one task.
#[derive(Clone)]
pub(super) struct Sweep {
    /// The logarithm of the steps to the target, a mean over seeds, for each contender and setting. A run
    /// that does not reach the target counts as all the steps that it may take.
    logs: Vec<Vec<f64>>,
}

impl Sweep {
    /// Returns the place of the setting with the fewest steps; of equals that nearest to the default.
    pub fn best(&self, contender: usize) -> usize {
        let logs = &self.logs[contender];
        let from_default = |i: usize| i.abs_diff(TRIALS / 2);
        let order =
            |&a: &usize, &b: &usize| logs[a].total_cmp(&logs[b]).then(from_default(a).cmp(&from_default(b)));
        (0..logs.len()).min_by(order).expect("there are settings")
    }

    /// Returns the steps at a setting, a geometric mean over seeds.
    fn steps(&self, contender: usize, setting: usize) -> f64 {
        self.logs[contender][setting].exp()
    }

    /// Returns the number of settings with at most twice the steps of the best one; 0 if none reaches the
    /// target.
    fn good(&self, contender: usize) -> usize {
        let best = self.logs[contender][self.best(contender)];
        if best >= (MOST_STEPS as f64).ln() {
            return 0;
        }
        self.logs[contender].iter().filter(|&&log| log <= best + std::f64::consts::LN_2).count()
    }
}

/// Runs every contender with every setting on every task.
pub(super) fn sweep(tasks: &[Task], contenders: &[Contender], context: &Context) -> Result<Vec<Sweep>> {
    let seeds = context.choose(3, 1);
    let of_task = (contenders.len() * TRIALS) as u64 * seeds;
    let logs = replicates(tasks.len() as u64 * of_task, context.progress, "trials", |i| -> Result<f64> {
        let task = &tasks[(i / of_task) as usize];
        let (setting, seed) = ((i % of_task / seeds) as usize, i % seeds);
        let contender = &contenders[setting / TRIALS];
        let limits = task.limits(context.choose(MOST_STEPS, 40), context.seed + FIRST_SEED + seed);
        let way = task.run(&contender.method, contender.settings()[setting % TRIALS], limits)?;
        Ok((way.steps as f64).ln())
    });
    let logs = logs.into_iter().collect::<Result<Vec<f64>>>()?;
    let means: Vec<f64> =
        logs.chunks(seeds as usize).map(|logs| logs.iter().sum::<f64>() / logs.len() as f64).collect();
    let of = |means: &[f64]| Sweep { logs: means.chunks(TRIALS).map(<[f64]>::to_vec).collect() };
    Ok(means.chunks(contenders.len() * TRIALS).map(of).collect())
}

/// Returns the mean of the smallest of `count` values, over all choices of so many of the values (Dodge et
/// al. 2019, for choices without replacement).
fn expected_smallest(values: &[f64], count: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    // The i-th smallest is the smallest of a choice if the others are among the n − i larger ones. The share
    // of such choices follows from that of the next smaller value.
    let n = sorted.len();
    let (mut left, mut mean) = (1.0, 0.0);
    for (i, value) in sorted.iter().enumerate() {
        // Of the choices without the i smaller values, the share with this one.
        let share = (count as f64 / (n - i) as f64).min(1.0);
        mean += left * share * value;
        left *= 1.0 - share;
    }
    mean
}

pub(super) fn report(tasks: &[Task], contenders: &[Contender], sweeps: &[Sweep], findings: &mut Findings) {
    findings.tables.push(settings_table(tasks, contenders, sweeps));
    findings.figures.push(settings_figure(tasks, contenders, sweeps));
    let adamw = place(contenders, ADAMW);
    let tuned = |sweep: &Sweep| sweep.logs[adamw][sweep.best(adamw)];
    // The steps after so many trials over those of AdamW after all of them, a geometric mean over the tasks.
    let relative = |contender: usize, trials: usize| {
        let logs =
            sweeps.iter().map(|sweep| expected_smallest(&sweep.logs[contender], trials) - tuned(sweep));
        (logs.sum::<f64>() / sweeps.len() as f64).exp()
    };
    let curves: Vec<Vec<f64>> =
        (0..contenders.len()).map(|c| (1..=TRIALS).map(|k| relative(c, k)).collect()).collect();
    let at = |trials: usize| curves.iter().map(|curve| curve[trials - 1]).collect::<Vec<_>>();
    let caption = "Steps to the target after so many trials, as a multiple of those of AdamW after all nine: \
                   the mean over all choices of so many of the nine settings, and the geometric mean over \
                   the tasks and three seeds. A run that does not reach the target counts as 1000 steps";
    let table = Table::new("trials", caption).text("optimizer", contenders.iter().map(|c| c.name));
    let table = [1, 2, 3, 5, 9]
        .into_iter()
        .fold(table, |table, trials| table.float_within(format!("trials_{trials}"), at(trials), 0.3, 0.05));
    findings.tables.push(table);
    let trials: Vec<f64> = (1..=TRIALS).map(|k| k as f64).collect();
    let panel = Panel::new(
        "",
        Axis::linear("trials"),
        Axis::log("steps over those of tuned AdamW").lower_is_better(),
    );
    let panel = contenders
        .iter()
        .zip(curves)
        .fold(panel, |panel, (c, curve)| panel.line(c.name, trials.clone(), curve, optimizer(c.name)));
    let caption = "Expected steps to the target if so many of the nine settings are tried, over those of \
                   AdamW after all nine: geometric means over three nets and three seeds. A line that is \
                   flat from the start belongs to a rule that needs no tuning.";
    findings.figures.push(Figure::new("trials", "What tuning brings", caption).panel(panel).columns(1));
}

fn settings_table(tasks: &[Task], contenders: &[Contender], sweeps: &[Sweep]) -> Table {
    let rows: Vec<(usize, usize)> =
        (0..tasks.len()).flat_map(|t| (0..contenders.len()).map(move |c| (t, c))).collect();
    let column = |of: &dyn Fn(usize, usize) -> f64| rows.iter().map(|&(t, c)| of(t, c)).collect::<Vec<_>>();
    let setting = |t: usize, c: usize| contenders[c].settings()[sweeps[t].best(c)];
    let caption = "The setting of each optimizer that is tuned (the learning rate; of K-FAC the first \
                   damping): the default, the best of nine from a hundredth of it to a hundred times it, and \
                   the steps to the target with both, geometric means over three seeds of at most 1000 \
                   steps. The last column counts the settings with at most twice the steps of the best";
    Table::new("settings", caption)
        .text("task", rows.iter().map(|r| tasks[r.0].name))
        .text("optimizer", rows.iter().map(|r| contenders[r.1].name))
        .float("default", column(&|_, c| contenders[c].default))
        .float_within("steps_at_default", column(&|t, c| sweeps[t].steps(c, TRIALS / 2)), 0.3, 8.0)
        .float_within("best", column(&setting), 2.2, 0.0)
        .float_within("steps_at_best", column(&|t, c| sweeps[t].steps(c, sweeps[t].best(c))), 0.3, 8.0)
        .float_within("settings_within_twice", column(&|t, c| sweeps[t].good(c) as f64), 0.0, 1.0)
}

fn settings_figure(tasks: &[Task], contenders: &[Contender], sweeps: &[Sweep]) -> Figure {
    let caption = "Steps to the target over the setting that is tuned, as a multiple of its default: \
                   geometric means over three seeds. The dotted line is the limit of 1000 steps: a run that \
                   does not reach the target counts as that many. The wider the valley, the less tuning is \
                   needed; the vertical line marks the default.";
    let figure = Figure::new("settings", "How much the setting matters", caption);
    tasks.iter().zip(sweeps).fold(figure, |figure, (task, sweep)| {
        let panel = Panel::new(
            task.name,
            Axis::log("setting over its default"),
            Axis::log("steps to the target").lower_is_better(),
        );
        let panel = contenders.iter().enumerate().fold(panel, |panel, (c, contender)| {
            let x: Vec<f64> = contender.settings().iter().map(|s| s / contender.default).collect();
            let y: Vec<f64> = (0..TRIALS).map(|setting| sweep.steps(c, setting)).collect();
            panel.line(contender.name, x, y, optimizer(contender.name))
        });
        let limit = Layer::HorizontalMark { label: "limit".into(), y: MOST_STEPS as f64 };
        figure.panel(panel.with(limit).with(Layer::VerticalMark { label: "default".into(), x: 1.0 }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expected_smallest_is_that_of_all_choices() {
        let values = [5.0, 1.0, 3.0, 2.0];
        assert_eq!(expected_smallest(&values, 1), 2.75);
        // Of the six pairs, three have 1, two have 2, one has 3.
        assert!((expected_smallest(&values, 2) - (3.0 + 4.0 + 3.0) / 6.0).abs() < 1e-12);
        assert_eq!(expected_smallest(&values, 4), 1.0);
    }

    #[test]
    fn of_equal_settings_the_one_next_to_the_default_is_best() {
        let mut logs = vec![6.0; TRIALS];
        (logs[1], logs[6]) = (5.0, 5.0);
        let sweep = Sweep { logs: vec![logs] };
        assert_eq!((sweep.best(0), sweep.good(0)), (6, 2));
        let never = Sweep { logs: vec![vec![(MOST_STEPS as f64).ln(); TRIALS]] };
        assert_eq!((never.best(0), never.good(0)), (TRIALS / 2, 0));
    }
}
