//! Adam with its defaults against tuned rules, and the half-cosine against a constant rate, on real data.

use crate::claim::{Bound, Claim, Verdict};
use crate::compare::statistics::{self, Estimate};
use crate::compare::{ModelKind, replicates};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer, optimizers};
use crate::findings::Findings;
use crate::loss;
use crate::optimizer::first_order::{Adam, AnyRule, Momentum, Sgd};
use crate::risk::Regularizer;
use crate::schedule::Schedule;
use crate::study::Context;
use crate::table::Table;
use crate::train::{Batch, Classifier, Training};

/// Data set, model, loss, batch size and epochs.
const PROBLEMS: [(&str, &str, &str, usize, usize); 4] = [
    ("digits", "linear", "softmax", 32, 30),
    ("digits", "linear", "svm", 32, 30),
    ("digits", "mlp:50", "softmax", 32, 30),
    ("fashion-mnist", "linear", "softmax", 128, 5),
];
/// Two learning rates per decade, for every rule and both schedules.
const RATES: [f64; 11] = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0];
const DEFAULTS: [f64; 3] = [1e-3, 5e-4, 1e-4];
const L2: f64 = 1e-4;

fn rules() -> [(&'static str, AnyRule); 3] {
    [
        ("SGD", AnyRule::new(Sgd)),
        ("momentum .9", AnyRule::new(Momentum::new(0.9))),
        ("Adam", AnyRule::new(Adam::default())),
    ]
}

/// The training loss and test accuracy at the end of a run.
#[derive(Debug, Clone, Copy)]
struct FinalMetrics {
    loss: f64,
    accuracy: f64,
}

/// A data set with a loss, ready to be trained on.
struct TrainingTask {
    data: &'static str,
    model: &'static str,
    loss: &'static str,
    classifier: Classifier<f32>,
    batch: usize,
    epochs: usize,
}

impl TrainingTask {
    fn name(&self) -> String {
        format!("{}, {}, {}", self.data, self.model, self.loss)
    }

    fn train(&self, rule: AnyRule, lr: f64, cosine: bool, seed: u64) -> Result<FinalMetrics> {
        let settings =
            Training { epochs: self.epochs, batch: Batch::Size(self.batch), lr, seed, ..Training::default() };
        let total = self.epochs * settings.steps_per_epoch(self.classifier.examples());
        let schedule = if cosine { Schedule::Cosine { total } } else { Schedule::Constant };
        // Evaluate only at the start and at the end: this study does not use the curve in between.
        let settings = Training { schedule, checkpoint_every: Some(total), ..settings };
        let fit = self.classifier.fit(loss::by_name::<f32>(self.loss)?, rule, &settings)?;
        let last = |curve: &[f64]| curve.last().copied().unwrap_or(f64::NAN);
        let finite = fit.finite();
        let loss = if finite { last(&fit.curve.train_loss) } else { f64::INFINITY };
        Ok(FinalMetrics { loss, accuracy: if finite { last(&fit.curve.test_accuracy) } else { 0.0 } })
    }
}

/// A task with all its runs.
struct TaskRuns {
    name: String,
    /// The training loss over the learning rates, one curve per rule, at a constant rate and under a
    /// half-cosine.
    sensitivity: [Vec<Vec<f64>>; 2],
    /// The best constant learning rate of each rule, and its runs over the seeds.
    tuned: Vec<(f64, Vec<FinalMetrics>)>,
    /// The same under a half-cosine, which has its own best rate.
    cosine: Vec<(f64, Vec<FinalMetrics>)>,
    /// The runs under a half-cosine that starts at the best constant rate.
    same_rate: Vec<Vec<FinalMetrics>>,
    /// The runs of Adam at its default rates.
    defaults: Vec<Vec<FinalMetrics>>,
}

impl TaskRuns {
    /// Returns the tuned rule with the lowest median training loss.
    fn best(&self) -> usize {
        let median =
            |i: &usize| statistics::median(&self.tuned[*i].1.iter().map(|e| e.loss).collect::<Vec<_>>());
        (0..self.tuned.len()).min_by(|a, b| median(a).total_cmp(&median(b))).expect("there are rules")
    }
}

fn trained(task: &TrainingTask, context: &Context, seeds: u64) -> Result<TaskRuns> {
    let rules = rules();
    let rates = shown_rates(context);
    let grid: Vec<(bool, usize, f64)> = [false, true]
        .into_iter()
        .flat_map(|cosine| {
            (0..rules.len()).flat_map(move |rule| rates.iter().map(move |&lr| (cosine, rule, lr)))
        })
        .collect();
    let losses =
        replicates(grid.len() as u64, context.progress, &format!("tuning on {}", task.name()), |i| {
            let (cosine, rule, lr) = grid[i as usize];
            task.train(rules[rule].1.clone(), lr, cosine, context.seed).map(|end| end.loss)
        });
    let losses = losses.into_iter().collect::<Result<Vec<f64>>>()?;
    let mut curves = losses.chunks(rates.len()).map(<[f64]>::to_vec);
    let sensitivity: [Vec<Vec<f64>>; 2] =
        std::array::from_fn(|_| curves.by_ref().take(rules.len()).collect());
    let best = |curve: &Vec<f64>| {
        rates[(0..rates.len()).min_by(|&a, &b| curve[a].total_cmp(&curve[b])).expect("there are rates")]
    };
    let best: [Vec<f64>; 2] =
        std::array::from_fn(|schedule| sensitivity[schedule].iter().map(best).collect());
    // Runs every setting with all seeds.
    let at = |schedule: usize, cosine: bool| {
        (0..rules.len()).map(|i| (rules[i].1.clone(), best[schedule][i], cosine)).collect::<Vec<_>>()
    };
    let defaults = DEFAULTS.map(|lr| (rules[2].1.clone(), lr, false)).to_vec();
    let settings: Vec<(AnyRule, f64, bool)> = [at(0, false), at(1, true), at(0, true), defaults].concat();
    let ends = replicates(
        settings.len() as u64 * seeds,
        context.progress,
        &format!("seeds on {}", task.name()),
        |i| {
            let (rule, lr, cosine) = settings[(i / seeds) as usize].clone();
            task.train(rule, lr, cosine, context.seed + i % seeds)
        },
    );
    let ends = ends.into_iter().collect::<Result<Vec<FinalMetrics>>>()?;
    let mut of_setting = ends.chunks(seeds as usize).map(<[FinalMetrics]>::to_vec);
    let mut take = |count: usize| of_setting.by_ref().take(count).collect::<Vec<_>>();
    let (constant, cosine, same_rate, defaults) =
        (take(rules.len()), take(rules.len()), take(rules.len()), take(DEFAULTS.len()));
    let [constant_rates, cosine_rates] = best;
    Ok(TaskRuns {
        name: task.name(),
        sensitivity,
        tuned: constant_rates.into_iter().zip(constant).collect(),
        cosine: cosine_rates.into_iter().zip(cosine).collect(),
        same_rate,
        defaults,
    })
}

fn shown_rates(context: &Context) -> &'static [f64] {
    context.choose(&RATES[..], &RATES[2..7])
}

fn mean(ends: &[FinalMetrics], of: fn(&FinalMetrics) -> f64) -> Estimate {
    statistics::mean(&ends.iter().map(of).collect::<Vec<_>>())
}

/// Returns the mean difference in test accuracy between runs of the same seeds.
fn lead(ends: &[FinalMetrics], over: &[FinalMetrics]) -> Estimate {
    statistics::mean(&ends.iter().zip(over).map(|(a, b)| a.accuracy - b.accuracy).collect::<Vec<_>>())
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let seeds = context.choose(10, 2);
    let tasks = PROBLEMS.map(|(name, model, loss, batch, epochs)| -> Result<TrainingTask> {
        let data = Preprocessing::default().prepare::<f32>(&data::by_name(name, context.seed)?);
        let classifier = Classifier::new(data, ModelKind::parse(model)?, Regularizer::l2(L2));
        Ok(TrainingTask {
            data: name,
            model,
            loss,
            classifier,
            batch,
            epochs: context.choose(epochs, (epochs / 6).max(1)),
        })
    });
    let mut all = Vec::new();
    for task in tasks {
        all.push(trained(&task?, context, seeds)?);
    }
    findings.tables.push(table(&all));
    defaults(&all, findings);
    cosine(&all, findings);
    findings.figures.push(accuracies(&all));
    findings.figures.push(sensitivity(&all, shown_rates(context)));
    findings.figures.push(schedules(&all, shown_rates(context)));
    Ok(())
}

/// The runs of one optimizer on one problem.
struct MetricsRow<'a> {
    problem: &'a str,
    optimizer: String,
    lr: f64,
    ends: &'a [FinalMetrics],
}

impl TaskRuns {
    fn rows(&self) -> Vec<MetricsRow<'_>> {
        let row = |optimizer: String, lr: f64, ends| MetricsRow { problem: &self.name, optimizer, lr, ends };
        let mut rows = Vec::new();
        for (i, (name, _)) in rules().into_iter().enumerate() {
            let ((lr, ends), (cosine_lr, cosine_ends)) = (&self.tuned[i], &self.cosine[i]);
            rows.push(row(format!("{name}, tuned"), *lr, ends));
            rows.push(row(format!("{name}, half-cosine, tuned"), *cosine_lr, cosine_ends));
        }
        let defaults = DEFAULTS.into_iter().zip(&self.defaults);
        rows.extend(defaults.map(|(lr, ends)| row("Adam, default".into(), lr, ends)));
        rows
    }
}

/// Draws the test accuracy of every row of the table, a panel for each problem.
fn accuracies(all: &[TaskRuns]) -> Figure {
    let caption = "Mean test accuracy after the same number of epochs; whiskers are its 95 % interval over \
                   ten seeds. The rules are at the best of eleven learning rates by training loss, Adam also \
                   at three defaults. The table has the numbers.";
    let figure = Figure::new("training", "Test accuracy of tuned rules and of Adam's defaults", caption);
    all.iter().fold(figure, |figure, task| {
        let rows = task.rows();
        let means: Vec<Estimate> = rows.iter().map(|row| mean(row.ends, |end| end.accuracy)).collect();
        let labels = rows.iter().map(|row| match row.optimizer.as_str() {
            "Adam, default" => format!("Adam, default {}", row.lr),
            tuned => tuned.to_string(),
        });
        let dots = Layer::Dots {
            labels: labels.collect(),
            values: means.iter().map(|mean| mean.value).collect(),
            low: means.iter().map(|mean| mean.interval.0).collect(),
            high: means.iter().map(|mean| mean.interval.1).collect(),
            targets: vec![f64::NAN; rows.len()],
            color: 0,
        };
        let axis = Axis::linear("test accuracy").higher_is_better();
        figure.panel(Panel::new(task.name.clone(), axis, Axis::linear("")).with(dots))
    })
}

fn table(all: &[TaskRuns]) -> Table {
    let rows: Vec<MetricsRow> = all.iter().flat_map(TaskRuns::rows).collect();
    let accuracy: Vec<Estimate> = rows.iter().map(|r| mean(r.ends, |e| e.accuracy)).collect();
    Table::new(
        "training",
        "Classifiers after the same number of epochs: rules at their best of eleven learning rates (by \
         training loss), and Adam at three defaults; means over seeds with the 95 % interval",
    )
    .text("problem", rows.iter().map(|r| r.problem))
    .text("optimizer", rows.iter().map(|r| r.optimizer.clone()))
    // Neighbours on the grid of learning rates may tie, so rounding may choose either.
    .float_within("lr", rows.iter().map(|r| r.lr).collect::<Vec<_>>(), 2.4, 0.0)
    .float_within(
        "train_loss",
        rows.iter().map(|r| mean(r.ends, |e| e.loss).value).collect::<Vec<_>>(),
        0.05,
        1e-4,
    )
    .float_within("test_accuracy", accuracy.iter().map(|e| e.value).collect::<Vec<_>>(), 0.0, 5e-3)
    .float_within("test_low", accuracy.iter().map(|e| e.interval.0).collect::<Vec<_>>(), 0.0, 7e-3)
    .float_within("test_high", accuracy.iter().map(|e| e.interval.1).collect::<Vec<_>>(), 0.0, 7e-3)
}

/// Compares untuned Adam with the best tuned rule of each problem.
fn defaults(all: &[TaskRuns], findings: &mut Findings) {
    let source = "slide \"Adam: Very Common in Practice!\"";
    let gap = |task: &TaskRuns, i: usize| lead(&task.tuned[task.best()].1, &task.defaults[i]);
    for (i, lr) in DEFAULTS.into_iter().enumerate() {
        let worst = all
            .iter()
            .map(|task| gap(task, i))
            .max_by(|a, b| a.value.total_cmp(&b.value))
            .expect("there are problems");
        let sentence = format!(
            "Adam at its default learning rate {lr}, untuned, is within one point of test accuracy of the \
             best tuned rule on each problem (largest gap)"
        );
        let claim = Claim::statistical(
            &format!("defaults-good-{}", ["1e-3", "5e-4", "1e-4"][i]),
            "10",
            &sentence,
            source,
        )
        .reading(
            "the slide says “a great starting point for many models”; we ask for one \
                 point of the best tuned rule, on every problem and at each of the three \
                 rates",
        )
        .measured_within(worst.value, worst.interval, Bound::AtMost(0.01));
        let note = "A step of Adam is about as long as its learning rate, and an epoch of the digits has \
                    only 45 steps: after thirty epochs the weights have not moved far enough. Where an \
                    epoch has hundreds of steps, the first of the defaults is good (claim \
                    defaults-good-fashion-mnist).";
        findings.claims.push(if claim.verdict() == Verdict::Holds { claim } else { claim.note(note) });
    }
    let fashion = all.last().map(|task| gap(task, 0)).expect("there are problems");
    let sentence = "On Fashion-MNIST, where an epoch has hundreds of steps, Adam at 0.001 is within one \
                    point of test accuracy of the best tuned rule (gap)";
    findings.claims.push(
        Claim::statistical("defaults-good-fashion-mnist", "10", sentence, source)
            .reading(
                "the slide says “a great starting point for many models”; we ask for one \
                 point of the best tuned rule, on this problem and at the first of the \
                 three rates",
            )
            .measured_within(fashion.value, fashion.interval, Bound::AtMost(0.01)),
    );
}

/// Compares the half-cosine without restarts with a constant rate: each at its own best rate, and both at the
/// best constant rate.
fn cosine(all: &[TaskRuns], findings: &mut Findings) {
    let slide = "slide \"Adam: Very Common in Practice!\"; Loshchilov & Hutter 2017";
    let worst_ratio = |cosine: &dyn Fn(&TaskRuns) -> Vec<FinalMetrics>, rule: usize| -> Estimate {
        let ratios = all.iter().map(|task| {
            let logs: Vec<f64> =
                cosine(task).iter().zip(&task.tuned[rule].1).map(|(c, k)| (c.loss / k.loss).ln()).collect();
            statistics::mean(&logs)
        });
        let worst = ratios.max_by(|a, b| a.value.total_cmp(&b.value)).expect("there are problems");
        Estimate { value: worst.value.exp(), interval: (worst.interval.0.exp(), worst.interval.1.exp()) }
    };
    for (i, (name, id)) in
        ["SGD", "momentum", "Adam"].into_iter().zip(["sgd", "momentum", "adam"]).enumerate()
    {
        let own = worst_ratio(&|task| task.cosine[i].1.clone(), i);
        let same = worst_ratio(&|task| task.same_rate[i].clone(), i);
        let sentences = [
            format!(
                "A half-cosine lowers the final training loss of {name} below that of a constant rate, both \
                 equally tuned, on every problem (worst ratio, geometric mean over seeds)"
            ),
            format!(
                "A half-cosine that starts at the best constant rate lowers the final training loss of \
                 {name} on every problem (worst ratio, geometric mean over seeds)"
            ),
        ];
        let notes = [
            "On the small data sets the constant rate is still descending when the epochs end, so there is \
             no floor that a schedule could lower. The schedule would need the next larger rate of the \
             grid, which is too large for the rule.",
            "Over the whole run, a half-cosine moves half as far as the constant rate that it starts from, \
             so it needs a larger one.",
        ];
        for (estimate, (id, (sentence, note))) in [own, same].into_iter().zip(
            [format!("cosine-{id}"), format!("cosine-{id}-same-rate")]
                .into_iter()
                .zip(sentences.into_iter().zip(notes)),
        ) {
            let claim = Claim::statistical(&id, "10", &sentence, slide)
                .reading(
                    "the slide quotes a paper whose network is trained with a half-cosine; \
                 that it lowers the training loss on every problem is stricter",
                )
                .measured_within(estimate.value, estimate.interval, Bound::AtMost(1.0));
            findings.claims.push(if claim.verdict() == Verdict::Holds { claim } else { claim.note(note) });
        }
    }
    let leads = all.iter().map(|task| lead(&task.cosine[2].1, &task.tuned[2].1));
    let worst = leads.min_by(|a, b| a.value.total_cmp(&b.value)).expect("there are problems");
    let claim = Claim::statistical(
        "cosine",
        "10",
        "Adam under a half-cosine classifies test images at least as well as at a constant rate, both \
         equally tuned by training loss, on every problem (smallest difference of accuracy)",
        slide,
    )
    .reading(
        "the slide quotes a paper whose network is trained with a half-cosine; \
                 that it loses no accuracy on any problem is stricter",
    )
    .measured_within(worst.value, worst.interval, Bound::AtLeast(0.0));
    let note = "The runs are tuned by training loss. A lower training loss does not always give a higher \
                accuracy on the test images: here the difference is a fraction of a point.";
    findings.claims.push(if claim.verdict() == Verdict::Holds { claim } else { claim.note(note) });
}

fn sensitivity(all: &[TaskRuns], rates: &[f64]) -> Figure {
    let caption = "Training loss after the same number of epochs over the learning rate, for one seed. The \
                   dotted lines are Adam's default rates. On these problems they are near Adam's lowest \
                   loss or to the left of it: slow, but safe.";
    let figure = Figure::new("sensitivity", "Effect of the learning rate", caption).columns(2);
    all.iter().fold(figure, |figure, task| {
        let lowest = task.sensitivity[0].iter().flatten().copied().fold(f64::INFINITY, f64::min);
        let axes = (
            Axis::log("learning rate"),
            Axis::log("training loss").range(0.9 * lowest, 20.0 * lowest).lower_is_better(),
        );
        let panel = Panel::new(task.name.clone(), axes.0, axes.1);
        let panel = rules().into_iter().zip(&task.sensitivity[0]).fold(panel, |panel, ((name, _), curve)| {
            let shown: Vec<f64> = curve.iter().map(|&l| if l.is_finite() { l } else { f64::NAN }).collect();
            panel.line(name, rates.to_vec(), shown, optimizer(name))
        });
        let marks = DEFAULTS.map(|lr| Layer::VerticalMark {
            label: if lr == 1e-3 { "defaults".into() } else { String::new() },
            x: lr,
        });
        figure.panel(marks.into_iter().fold(panel, Panel::with))
    })
}

/// Draws the training loss of Adam over the learning rate, constant and under a half-cosine.
fn schedules(all: &[TaskRuns], rates: &[f64]) -> Figure {
    let caption = "Training loss of Adam after the same number of epochs over the learning rate, for one \
                   seed. The schedule tolerates a rate that is too large, and needs a larger one.";
    let figure = Figure::new("schedules", "A constant rate and a half-cosine", caption).columns(2);
    all.iter().fold(figure, |figure, task| {
        let places = optimizers(["Adam", "Adam"]);
        let curves = [
            ("constant", &task.sensitivity[0][2], places[0]),
            ("half-cosine", &task.sensitivity[1][2], places[1]),
        ];
        let lowest = curves.iter().flat_map(|c| c.1.iter()).copied().fold(f64::INFINITY, f64::min);
        let axes = (
            Axis::log("learning rate"),
            Axis::log("training loss").range(0.9 * lowest, 20.0 * lowest).lower_is_better(),
        );
        figure.panel(curves.into_iter().fold(
            Panel::new(task.name.clone(), axes.0, axes.1),
            |panel, (label, curve, color)| {
                let shown: Vec<f64> =
                    curve.iter().map(|&l| if l.is_finite() { l } else { f64::NAN }).collect();
                panel.line(label, rates.to_vec(), shown, color)
            },
        ))
    })
}
