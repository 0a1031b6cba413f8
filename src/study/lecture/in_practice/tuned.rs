//! Tuned rules: 36 learning rates for each rule, runs of the best rate over many seeds, and the number of
//! good rates.

use super::final_metrics::{FinalMetrics, lead, loss_ratio, mean_accuracy};
use super::sources::SLIDE;
use super::training_task::TrainingTask;
use crate::claim::{Bound, Claim};
use crate::compare::replicates;
use crate::compare::statistics::{self, Estimate};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::optimizer::first_order::{Adam, AnyRule, Momentum, Sgd};
use crate::study::Context;
use crate::table::Table;

/// The number of learning rates, from 1e-5 to 1e2.
const TRIALS: usize = 36;
pub(super) const SGD: usize = 0;
pub(super) const MOMENTUM: usize = 1;
pub(super) const ADAM: usize = 2;

pub(super) fn rules() -> [(&'static str, AnyRule); 3] {
    [
        ("SGD", AnyRule::new(Sgd)),
        ("momentum .9", AnyRule::new(Momentum::new(0.9))),
        ("Adam", AnyRule::new(Adam::default())),
    ]
}

/// The grid of DeepOBS: evenly spaced on a logarithmic scale from 1e-5 to 1e2.
pub(super) fn rates() -> [f64; TRIALS] {
    std::array::from_fn(|i| 10f64.powf(-5.0 + 7.0 * i as f64 / (TRIALS - 1) as f64))
}

/// One rule on one problem.
pub(super) struct RuleTuning {
    /// The results of the tuning runs, by seed and then by learning rate.
    tuning: Vec<Vec<FinalMetrics>>,
    /// The learning rate with the lowest training loss.
    pub lr: f64,
    /// The results of the runs at this rate.
    pub ends: Vec<FinalMetrics>,
}

impl RuleTuning {
    /// Returns, for each tuning seed, the number of learning rates within one point of the best test
    /// accuracy.
    pub(super) fn good(&self) -> Vec<f64> {
        let count = |ends: &Vec<FinalMetrics>| {
            let best = ends.iter().map(|e| e.accuracy).fold(0.0, f64::max);
            ends.iter().filter(|e| e.accuracy >= best - 0.01).count() as f64
        };
        self.tuning.iter().map(count).collect()
    }

    /// Returns the learning rates, and how many points the mean test accuracy of each is behind the best.
    fn behind(&self) -> (Vec<f64>, Vec<f64>) {
        let count = self.tuning[0].len();
        let rates = rates().into_iter().step_by(TRIALS.div_ceil(count)).collect();
        let mean = |i: usize| {
            self.tuning.iter().map(|ends| ends[i].accuracy).sum::<f64>() / self.tuning.len() as f64
        };
        let means: Vec<f64> = (0..count).map(mean).collect();
        let best = means.iter().copied().fold(0.0, f64::max);
        (rates, means.iter().map(|mean| 100.0 * (best - mean)).collect())
    }

    pub(super) fn good_mean(&self) -> f64 {
        self.good().iter().sum::<f64>() / self.tuning.len() as f64
    }
}

/// One problem.
pub(super) struct Tuned {
    pub rules: Vec<RuleTuning>,
    /// Momentum and Adam at their best rates, with seeds that were not used for any choice.
    fresh: [Vec<FinalMetrics>; 2],
}

pub(super) fn run(tasks: &[TrainingTask], context: &Context, findings: &mut Findings) -> Result<Vec<Tuned>> {
    let all = tasks.iter().map(|task| tuned(task, context)).collect::<Result<Vec<_>>>()?;
    claims(tasks, &all, findings);
    findings.tables.push(table(tasks, &all));
    findings.figures.push(sensitivity(tasks, &all));
    Ok(all)
}

fn tuned(task: &TrainingTask, context: &Context) -> Result<Tuned> {
    let (rules, rates) = (rules(), rates());
    let step = context.choose(1, 6);
    let rates: Vec<f64> = rates.into_iter().step_by(step).collect();
    let (count, seeds) = (rates.len() as u64, context.choose(10, 2));
    // The seeds for tuning are not among those of the later measurements.
    let total = rules.len() as u64 * seeds * count;
    let tuning = replicates(
        total,
        context.progress,
        &format!("{} learning rates on {}", rates.len(), task.name),
        |i| {
            let (rule, seed, rate) = (i / (seeds * count), i / count % seeds, i % count);
            task.train(rules[rule as usize].1.clone(), rates[rate as usize], context.seed + 1000 + seed)
        },
    );
    let tuning = tuning.into_iter().collect::<Result<Vec<FinalMetrics>>>()?;
    let mut tuning = tuning.chunks(count as usize).map(<[FinalMetrics]>::to_vec);
    let tuning: Vec<Vec<Vec<FinalMetrics>>> =
        rules.iter().map(|_| tuning.by_ref().take(seeds as usize).collect()).collect();
    let mean_loss =
        |of: &[Vec<FinalMetrics>], rate: usize| of.iter().map(|ends| ends[rate].loss).sum::<f64>();
    let best: Vec<f64> = tuning
        .iter()
        .map(|of| {
            rates[(0..rates.len())
                .min_by(|&a, &b| mean_loss(of, a).total_cmp(&mean_loss(of, b)))
                .expect("there are rates")]
        })
        .collect();
    let part = format!("seeds at the best on {}", task.name);
    let ends = replicates(rules.len() as u64 * 2 * seeds, context.progress, &part, |i| {
        let rule = (i / (2 * seeds)) as usize;
        // The second runs are for momentum and Adam only.
        let fresh = i % (2 * seeds) >= seeds;
        if fresh && rule == SGD {
            Ok(FinalMetrics { loss: f64::NAN, accuracy: f64::NAN })
        } else {
            task.train(rules[rule].1.clone(), best[rule], context.seed + i % (2 * seeds))
        }
    });
    let ends = ends.into_iter().collect::<Result<Vec<FinalMetrics>>>()?;
    let runs = |rule: usize, fresh: usize| {
        let from = (2 * rule + fresh) * seeds as usize;
        ends[from..from + seeds as usize].to_vec()
    };
    let of_rule = |(rule, tuning): (usize, Vec<Vec<FinalMetrics>>)| RuleTuning {
        tuning,
        lr: best[rule],
        ends: runs(rule, 0),
    };
    Ok(Tuned {
        rules: tuning.into_iter().enumerate().map(of_rule).collect(),
        fresh: [runs(MOMENTUM, 1), runs(ADAM, 1)],
    })
}

/// Returns the lead of momentum over Adam in test accuracy.
pub(super) fn momentums_lead(problem: &Tuned) -> Estimate {
    lead(&problem.rules[MOMENTUM].ends, &problem.rules[ADAM].ends)
}

fn claims(tasks: &[TrainingTask], all: &[Tuned], findings: &mut Findings) {
    let by_lead = |a: &(&Tuned, &TrainingTask), b: &(&Tuned, &TrainingTask)| {
        momentums_lead(a.0).value.total_cmp(&momentums_lead(b.0).value)
    };
    let pairs = || all.iter().zip(tasks);
    let (best, task) = pairs().max_by(by_lead).expect("there are problems");
    let again = lead(&best.fresh[0], &best.fresh[1]);
    let (worst, worst_task) = pairs().min_by(by_lead).expect("there are problems");
    let behind = momentums_lead(worst);
    let losses = all.iter().map(|p| loss_ratio(&p.rules[MOMENTUM].ends, &p.rules[ADAM].ends));
    let loss = losses.min_by(|a, b| a.value.total_cmp(&b.value)).expect("there are problems");
    // The mean over the problems, for each tuning seed.
    let good: Vec<[Vec<f64>; 2]> =
        all.iter().map(|p| [MOMENTUM, ADAM].map(|rule| p.rules[rule].good())).collect();
    let mean = |seed: usize| {
        good.iter().map(|[momentum, adam]| adam[seed] - momentum[seed]).sum::<f64>() / good.len() as f64
    };
    let more = statistics::mean(&(0..good[0][0].len()).map(mean).collect::<Vec<_>>());
    findings.claims.extend([
        Claim::statistical(
            "momentum-can-win-tuned",
            "15",
            "Tuned over the same 36 learning rates, SGD with momentum has a higher test accuracy than Adam \
             on at least one problem (lead)",
            SLIDE,
        )
        .reading(
            "the slide says that momentum “can outperform Adam”; we ask for one \
                 problem, with both equally tuned",
        )
        .measured_within(again.value, again.interval, Bound::AtLeast(0.0))
        .note(format!(
            "The problem is {}. It was selected for the largest lead over ten seeds, and the lead was then \
             measured over ten other seeds.",
            task.name
        )),
        Claim::statistical(
            "momentum-can-win-loss",
            "15",
            "Tuned over the same 36 learning rates, SGD with momentum has a lower training loss than Adam on \
             at least one problem (lowest ratio)",
            SLIDE,
        )
        .reading(
            "the slide says that momentum “can outperform Adam”; we ask for one \
                 problem, with both equally tuned",
        )
        .measured_within(loss.value, loss.interval, Bound::AtMost(1.0)),
        Claim::statistical(
            "momentum-keeps-up-tuned",
            "15",
            "Tuned momentum is within one point of test accuracy of tuned Adam on every problem \
             (smallest lead)",
            SLIDE,
        )
        .ours()
        .measured_within(behind.value, behind.interval, Bound::AtLeast(-0.01))
        .note(format!("The smallest lead is on {}.", worst_task.name)),
        Claim::statistical(
            "momentum-may-require-more-tuning",
            "15",
            "Adam has more learning rates than momentum, of 36, that end within one point of the best test \
             accuracy of the rule (difference in number, mean over the problems)",
            SLIDE,
        )
        .reading(
            "the slide says that momentum “may require more tuning”; we count the \
                 rates that are good enough",
        )
        .measured_within(more.value, more.interval, Bound::AtLeast(0.0))
        .note(
            "For both rules, a few neighbouring rates of the logarithmic grid are good. Which rule has more \
             of them depends on the problem (table \"tuned\").",
        ),
        window(all),
    ]);
}

/// Claims that the best learning rate of Adam varies less between problems than that of momentum.
fn window(all: &[Tuned]) -> Claim {
    let spread = |rule: usize| {
        let logs = all.iter().map(|p| p.rules[rule].lr.log10());
        let (low, high) = logs.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        (high - low) * (TRIALS - 1) as f64 / 7.0
    };
    let sentence = "The best learning rate of Adam varies less between problems than that of momentum \
                    (number of grid steps that it spans, minus that of momentum; at least one step less)";
    Claim::exact("adam-rate-travels", "15", sentence, "gradus")
        .ours()
        .measured((spread(ADAM) - spread(MOMENTUM)).round(), Bound::AtMost(-1.0))
        .note(format!(
            "Five steps of the grid are a factor of ten. The best rates of Adam span {:.0} steps, those of \
             momentum {:.0}.",
            spread(ADAM),
            spread(MOMENTUM)
        ))
}

fn table(tasks: &[TrainingTask], all: &[Tuned]) -> Table {
    let rules = rules();
    let rows: Vec<(usize, usize)> =
        (0..all.len()).flat_map(|p| (0..rules.len()).map(move |i| (p, i))).collect();
    let of = |value: &dyn Fn(&RuleTuning) -> f64| {
        rows.iter().map(|&(p, i)| value(&all[p].rules[i])).collect::<Vec<_>>()
    };
    let accuracy = |r: &RuleTuning| statistics::mean(&r.ends.iter().map(|e| e.accuracy).collect::<Vec<_>>());
    Table::new(
        "tuned",
        "Each rule at the best of 36 learning rates (by training loss), over ten seeds, with the number of \
         rates that end within one point of the rule's best test accuracy",
    )
    .text("problem", rows.iter().map(|&(p, _)| tasks[p].name.clone()))
    .text("optimizer", rows.iter().map(|&(_, i)| rules[i].0))
    // Neighbouring rates may be equally good, and rounding then selects one of them.
    .float_within("lr", of(&|r| r.lr), 1.6, 0.0)
    .float_within(
        "train_loss",
        of(&|r| statistics::median(&r.ends.iter().map(|e| e.loss).collect::<Vec<_>>())),
        0.15,
        1e-4,
    )
    .float_within("test_accuracy", of(&|r| mean_accuracy(&r.ends)), 0.0, 0.01)
    .float_within("test_low", of(&|r| accuracy(r).interval.0), 0.0, 0.015)
    .float_within("test_high", of(&|r| accuracy(r).interval.1), 0.0, 0.015)
    .float_within("good_rates", of(&|r| r.good_mean()), 0.0, 2.0)
}

/// Draws how far each rate is behind the best rate of its rule, close enough to see which ones are good.
fn sensitivity(tasks: &[TrainingTask], all: &[Tuned]) -> Figure {
    let caption = "How far the mean test accuracy over ten seeds is behind that of the rule's best rate, for \
                   each of the 36 learning rates. Rates below the dotted line, within one point of the best, \
                   are good; the titles count them for SGD, momentum and Adam (means over the seeds). A \
                   cross marks the rate with the lowest training loss. A default works if the good rates \
                   are at the same place on every problem.";
    let figure = Figure::new("sensitivity", "How many learning rates are good", caption).columns(2);
    tasks.iter().zip(all).fold(figure, |figure, (task, problem)| {
        let counts: Vec<String> =
            rules().iter().zip(&problem.rules).map(|(_, rule)| format!("{:.1}", rule.good_mean())).collect();
        let panel = Panel::new(
            format!("{}: {} good", task.name, counts.join(", ")),
            Axis::log("learning rate").range(1e-5, 1e2),
            Axis::linear("points of accuracy behind the best rate").range(0.0, 6.0).lower_is_better(),
        )
        .with(Layer::HorizontalMark { label: "good".into(), y: 1.0 });
        figure.panel(rules().into_iter().zip(&problem.rules).fold(panel, |panel, ((name, _), rule)| {
            let (rates, behind) = rule.behind();
            let at = rates.iter().position(|&lr| lr == rule.lr).unwrap_or(0);
            let best = Layer::Mark { label: String::new(), x: rates[at], y: behind[at] };
            panel.line(name, rates, behind, optimizer(name)).with(best)
        }))
    })
}
