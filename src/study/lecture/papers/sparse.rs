//! Sparse features, where AdaGrad shines, and dense ones (Duchi et al. 2011; Kingma & Ba 2015, figure 1).

use super::sources::{DUCHI, KINGMA, NOTEBOOK};
use super::tuning::{Tuned, powers, ratio, tuned};
use crate::claim::{Bound, Claim};
use crate::compare::ModelKind;
use crate::compare::statistics::{mean, median, quartile_band};
use crate::data::{self, Prepared, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::optimizer::first_order::{AdaGrad, Adam, AnyRule, Nesterov, Sgd};
use crate::risk::Regularizer;
use crate::rng;
use crate::schedule::Schedule;
use crate::study::Context;
use crate::table::Table;
use crate::train::{Batch, Classifier, Training};
use ndarray::{Array1, Array2};
use rand::RngExt;

/// The vocabulary, the words of a text, and the texts.
const WORDS: usize = 1500;
const LENGTH: usize = 40;
const TRAIN: usize = 6000;
const TEST: usize = 1000;
/// The standard deviation of the words' weights: small enough that texts with the same words may have either
/// class.
const SIGNAL: f64 = 0.5;
/// Of the penalty λ‖W‖². The paper has one for images, and does not say how large it is.
const L2: f64 = 1e-4;
/// The epochs of each task.
const EPOCHS: [usize; 2] = [5, 20];

/// Texts of random words, as sets: feature j is 1 if the text has word j. Word j is drawn with a probability
/// in proportion to 1/(j + 1) (Zipf's law), so that most words are rare. The class of a text is drawn from
/// the logistic function of the sum of its words' weights, which are normal with the same variance for common
/// and for rare words.
struct Texts {
    /// The sum of the probabilities of the words so far.
    cumulative: Vec<f64>,
    weights: Array1<f64>,
}

impl Texts {
    fn new(seed: u64) -> Self {
        let mut sum = 0.0;
        let harmonic: Vec<f64> = (0..WORDS)
            .map(|j| {
                sum += 1.0 / (j + 1) as f64;
                sum
            })
            .collect();
        let cumulative = harmonic.into_iter().map(|part| part / sum).collect();
        Texts { cumulative, weights: rng::normal(&mut rng::stream(seed, "word weights", 0), WORDS, SIGNAL) }
    }

    fn draw(&self, count: usize, seed: u64, part: u64) -> (Array2<f32>, Vec<u8>) {
        let mut stream = rng::stream(seed, "texts", part);
        // The last feature is the bias.
        let mut features = Array2::<f32>::zeros((count, WORDS + 1));
        let mut labels = Vec::with_capacity(count);
        for mut row in features.rows_mut() {
            for _ in 0..LENGTH {
                let place = stream.random::<f64>();
                row[self.cumulative.partition_point(|sum| *sum < place).min(WORDS - 1)] = 1.0;
            }
            row[WORDS] = 1.0;
            let words = row.iter().zip(&self.weights);
            let score: f64 = words.map(|(&present, weight)| f64::from(present) * weight).sum();
            let probability = 1.0 / (1.0 + (-score).exp());
            labels.push(u8::from(stream.random::<f64>() < probability));
        }
        (features, labels)
    }

    fn prepared(seed: u64) -> Prepared<f32> {
        let texts = Texts::new(seed);
        let ((train_x, train_y), (test_x, test_y)) = (texts.draw(TRAIN, seed, 0), texts.draw(TEST, seed, 1));
        Prepared {
            name: "texts".into(),
            train_x: train_x.into(),
            train_y,
            test_x: test_x.into(),
            test_y,
            mean: Array1::zeros(WORDS + 1),
            classes: vec!["no".into(), "yes".into()],
            shape: None,
            preprocessing: Preprocessing::NONE,
        }
    }
}

/// The losses over the epochs, and the test accuracy at the end.
struct Run {
    losses: Vec<f64>,
    accuracy: f64,
}

fn end(run: &Run) -> f64 {
    run.losses.last().copied().filter(|loss| loss.is_finite()).unwrap_or(f64::INFINITY)
}

/// The rules, and their schedules: rates fall as 1/√t, but for those of AdaGrad, which fall by themselves.
fn rules() -> [(&'static str, AnyRule, Schedule); 4] {
    let falling = Schedule::InverseRoot { every: 1 };
    [
        ("sgd", AnyRule::new(Sgd), falling),
        ("nesterov", AnyRule::new(Nesterov::new(0.9)), falling),
        ("adagrad", AnyRule::new(AdaGrad::default()), Schedule::Constant),
        ("adam", AnyRule::new(Adam::default()), falling),
    ]
}
const SGD: usize = 0;
const NESTEROV: usize = 1;
const ADAGRAD: usize = 2;
const ADAM: usize = 3;
const TASKS: [&str; 2] = ["sparse: texts", "dense: digits"];
const SPARSE: usize = 0;
const DENSE: usize = 1;

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let digits = Preprocessing::default().prepare::<f32>(&data::digits());
    let classifiers = [Texts::prepared(context.seed), digits]
        .map(|data| Classifier::new(data, ModelKind::Linear, Regularizer::l2(L2)));
    let mut all = Vec::new();
    for ((task, classifier), epochs) in TASKS.iter().zip(&classifiers).zip(EPOCHS) {
        let epochs = context.choose(epochs, 2);
        let mut of_task = Vec::new();
        for (name, rule, schedule) in rules() {
            let train = |lr: f64, seed: u64| -> Result<Run> {
                let settings =
                    Training { epochs, batch: Batch::Size(128), lr, schedule, seed, ..Training::default() };
                let fit = classifier.fit(Softmax, rule.clone(), &settings)?;
                let accuracy = fit.curve.test_accuracy.last().copied().unwrap_or(0.0);
                let mut losses = fit.curve.train_loss;
                if fit.trained.termination.diverged() {
                    losses.push(f64::INFINITY);
                }
                Ok(Run { losses, accuracy })
            };
            of_task.push(tuned(&powers(0.03, 7, 2.0), context, &format!("{name}, {task}"), train, end)?);
        }
        all.push(of_task);
    }
    findings.claims.extend(claims(&all));
    findings.tables.push(table(&all));
    findings.figures.push(figure(&all));
    Ok(())
}

fn claims(all: &[Vec<Tuned<Run>>]) -> Vec<Claim> {
    let ends = |task: usize, rule: usize| all[task][rule].runs.iter().map(end).collect::<Vec<_>>();
    let claim = |id: &str, sentence: &str, source, reading: &str, task, rules: (usize, usize), bound| {
        let found = ratio(&ends(task, rules.0), &ends(task, rules.1));
        Claim::statistical(id, NOTEBOOK, sentence, source)
            .reading(reading)
            .measured_within(found.value, found.interval, bound)
            .note(
                "All at the best of seven rates, which fall as 1/√t, as in the paper, but for AdaGrad's, \
                 which fall by themselves. The training loss after 5 epochs (texts) or 20 (digits), with \
                 batches of 128 and a small penalty.",
            )
    };
    let texts = "they take reviews of films as sets of words; we draw random texts by Zipf's law, and ask \
                 for the training loss after 5 epochs";
    let images = "they take MNIST; we take small digits, and the training loss after 20 epochs";
    let accuracy = |rule: usize| all[SPARSE][rule].runs.iter().map(|run| run.accuracy).collect::<Vec<_>>();
    let lead: Vec<f64> = accuracy(ADAGRAD).iter().zip(accuracy(SGD)).map(|(a, b)| a - b).collect();
    let lead = mean(&lead);
    vec![
        claim(
            "papers-adagrad-sparse",
            "On sparse features, AdaGrad ends with a lower training loss than SGD with Nesterov momentum \
             (ratio)",
            KINGMA,
            texts,
            SPARSE,
            (ADAGRAD, NESTEROV),
            Bound::AtMost(1.0),
        ),
        claim(
            "papers-adam-sparse",
            "On sparse features, Adam ends with a training loss at most a tenth above that of AdaGrad \
             (ratio)",
            KINGMA,
            "they say that Adam converges as fast as AdaGrad there; we allow a tenth, on random texts",
            SPARSE,
            (ADAM, ADAGRAD),
            Bound::AtMost(1.1),
        ),
        claim(
            "papers-adam-dense",
            "On dense features, Adam ends with a training loss at most a tenth above that of SGD with \
             Nesterov momentum (ratio)",
            KINGMA,
            "they say that Adam yields similar convergence as SGD with momentum on MNIST; we allow a tenth, \
             on small digits",
            DENSE,
            (ADAM, NESTEROV),
            Bound::AtMost(1.1),
        ),
        claim(
            "papers-adagrad-dense",
            "On dense features, AdaGrad ends with a higher training loss than Adam (ratio)",
            KINGMA,
            images,
            DENSE,
            (ADAGRAD, ADAM),
            Bound::AtLeast(1.0),
        ),
        Claim::statistical(
            "papers-adagrad-accuracy",
            NOTEBOOK,
            "On sparse features, AdaGrad classifies more of the test texts than SGD (difference of the \
             shares)",
            DUCHI,
        )
        .reading(
            "they find lower test errors on texts than with rules that have one rate for all features; we \
             take random texts, and SGD at its best rate",
        )
        .measured_within(lead.value, lead.interval, Bound::AtLeast(0.0))
        .note("Both are tuned for the training loss."),
    ]
}

fn table(all: &[Vec<Tuned<Run>>]) -> Table {
    let rules = rules();
    let rows: Vec<(usize, usize)> =
        (0..TASKS.len()).flat_map(|t| (0..rules.len()).map(move |r| (t, r))).collect();
    let column =
        |of: &dyn Fn(&Tuned<Run>) -> f64| rows.iter().map(|&(t, r)| of(&all[t][r])).collect::<Vec<_>>();
    let caption = "Linear classifiers with the softmax loss after 5 epochs (texts) or 20 (digits), at the \
                   best of seven rates, which fall as 1/√t, or by themselves for AdaGrad: medians over ten \
                   seeds";
    Table::new("sparse", caption)
        .text("task", rows.iter().map(|r| TASKS[r.0]))
        .text("optimizer", rows.iter().map(|r| rules[r.1].0))
        .float_within("lr", column(&|tuned| tuned.setting), 2.2, 0.0)
        .float_within(
            "train_loss",
            column(&|t| median(&t.runs.iter().map(end).collect::<Vec<_>>())),
            0.2,
            1e-4,
        )
        .float_within(
            "test_accuracy",
            column(&|t| median(&t.runs.iter().map(|run| run.accuracy).collect::<Vec<_>>())),
            0.0,
            0.03,
        )
}

fn figure(all: &[Vec<Tuned<Run>>]) -> Figure {
    let caption = "Training loss over the epochs, each rule at its best rate: medians (lines) and quartiles \
                   (bands) over ten seeds.";
    let figure = Figure::new("sparse", "Sparse features and dense ones", caption).columns(2);
    TASKS.iter().zip(all).fold(figure, |figure, (task, of_task)| {
        let panel = Panel::new(*task, Axis::linear("epoch"), Axis::log("training loss").lower_is_better());
        figure.panel(of_task.iter().zip(rules()).fold(panel, |panel, (tuned, (name, ..))| {
            let losses: Vec<Vec<f64>> = tuned.runs.iter().map(|run| run.losses.clone()).collect();
            let (low, middle, high) = quartile_band(&losses);
            let (x, color) = ((0..middle.len()).map(|k| k as f64).collect::<Vec<_>>(), optimizer(name));
            panel.with(Layer::Band { x: x.clone(), low, high, color }).line(name, x, middle, color)
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_sparse_and_follow_zipf_s_law() {
        let (features, labels) = Texts::new(1).draw(2000, 1, 0);
        let share = |j: usize| features.column(j).iter().filter(|&&f| f == 1.0).count() as f64 / 2000.0;
        // A word of probability p is missing from a text with probability (1 − p)^40.
        let harmonic: f64 = (1..=WORDS).map(|j| 1.0 / j as f64).sum();
        for j in [0, 1, 9, 99] {
            let expected = 1.0 - (1.0 - 1.0 / ((j + 1) as f64 * harmonic)).powi(LENGTH as i32);
            assert!((share(j) - expected).abs() < 0.05, "{j}: {} and {expected}", share(j));
        }
        assert_eq!(share(WORDS), 1.0);
        let yes = labels.iter().filter(|&&label| label == 1).count();
        assert!((300..1700).contains(&yes), "{yes}");
    }
}
