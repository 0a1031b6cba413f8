//! The loss at which SGD stalls at a constant learning rate is proportional to that rate.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::compare::statistics::{self, Estimate};
use crate::compare::{ModelKind, replicates};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::minimize::minimize;
use crate::objective::Objective;
use crate::optimizer::first_order::{FirstOrder, Nesterov, Sgd};
use crate::problems::Quadratic;
use crate::risk::Regularizer;
use crate::rng;
use crate::stop::{Stop, Termination};
use crate::study::Context;
use crate::table::Table;
use crate::train::{Batch, Classifier, Training, train_observed};
use ndarray::{Array1, array};
use rand::RngExt;
use rand_distr::StandardNormal;

/// f(x) = ½x² with gradients x + z, z standard normal, from x = 3.
const RATES: [f64; 4] = [0.5, 0.1, 0.02, 0.004];
/// The same on the digits: softmax with λ = .01, batches of 8.
const L2: f64 = 0.01;
const DIGITS_RATES: [f64; 4] = [0.4, 0.2, 0.1, 0.05];
const BATCH: usize = 8;

/// Returns the mean of ½x² at which x ← x − lr(x + z) settles.
fn floor(lr: f64) -> f64 {
    0.5 * lr / (2.0 - lr)
}

/// Returns ½x² after each step, and its mean over the last half.
fn walk(lr: f64, steps: usize, seed: u64, replicate: u64) -> (Vec<f64>, f64) {
    let mut stream = rng::stream(seed, "gradient noise", replicate);
    let mut x = 3.0f64;
    let f: Vec<f64> = (0..steps)
        .map(|_| {
            x -= lr * (x + stream.sample::<f64, _>(StandardNormal));
            0.5 * x * x
        })
        .collect();
    let late = &f[steps / 2..];
    let mean = late.iter().sum::<f64>() / late.len() as f64;
    (f, mean)
}

/// Floors per learning rate and seed.
struct Floors {
    rates: Vec<f64>,
    /// `values[seed][rate]`
    values: Vec<Vec<f64>>,
}

impl Floors {
    fn means(&self) -> Vec<Estimate> {
        (0..self.rates.len())
            .map(|i| statistics::mean(&self.values.iter().map(|v| v[i]).collect::<Vec<_>>()))
            .collect()
    }

    /// Returns the log-log slope of the floor over the learning rate, for each seed.
    fn slope(&self) -> Estimate {
        let logs = |values: &[f64]| values.iter().map(|v| v.log10()).collect::<Vec<_>>();
        statistics::mean(
            &self.values.iter().map(|v| statistics::slope(&logs(&self.rates), &logs(v))).collect::<Vec<_>>(),
        )
    }
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let steps = context.choose(20_000, 4_000);
    let walks: Vec<Vec<(Vec<f64>, f64)>> =
        replicates(context.choose(20, 10), context.progress, "SGD under noise", |replicate| {
            RATES.iter().map(|&lr| walk(lr, steps, context.seed, replicate)).collect()
        });
    let quadratic = Floors {
        rates: RATES.to_vec(),
        values: walks.iter().map(|w| w.iter().map(|r| r.1).collect()).collect(),
    };
    let digits = on_digits(context)?;
    findings.tables.push(table(&quadratic, &digits));
    let (slope, real) = (quadratic.slope(), digits.slope());
    let proportional = |id, sentence, slope: Estimate, tolerance| {
        Claim::statistical(id, "06", sentence, SLIDE).ours().measured_within(
            slope.value,
            slope.interval,
            Bound::Equals { value: 1.0, tolerance },
        )
    };
    let ratios: Vec<f64> = quadratic.values.iter().map(|v| v[1] / floor(RATES[1])).collect();
    let ratio = statistics::mean(&ratios);
    findings.claims.extend([
        proportional(
            "noise-floor",
            "On a noisy quadratic, SGD at a constant learning rate stalls at a loss proportional to that \
             rate (log-log slope)",
            slope,
            0.1,
        ),
        Claim::statistical(
            "noise-floor-theory",
            "06",
            "On a noisy quadratic with curvature 1 and noise of variance 1, that loss is lr/(2(2 − lr)) \
             (measured over theory at lr .1)",
            "gradus, closed form",
        )
        .ours()
        .measured_within(ratio.value, ratio.interval, Bound::Equals { value: 1.0, tolerance: 0.1 }),
        proportional(
            "noise-floor-digits",
            "On the digits, too, the excess loss at which SGD stalls is proportional to the learning rate \
             (log-log slope)",
            real,
            0.2,
        ),
    ]);
    findings.figures.push(paths(context.seed)?);
    findings.figures.push(figure(&walks, &quadratic, &digits));
    Ok(())
}

/// Returns the excess losses at which SGD on the digits settles. The runs start at the minimum, so that there
/// is nothing left to gain.
fn on_digits(context: &Context) -> Result<Floors> {
    let classifier = Classifier::new(
        Preprocessing::default().prepare::<f64>(&data::digits()),
        ModelKind::Linear,
        Regularizer::l2(L2),
    );
    let dim = classifier.risk(Softmax)?.dim();
    // The risk is strongly convex with modulus 2λ in all parameters but the biases, so this gradient
    // certifies the minimum to 1e-10.
    let best = minimize(
        classifier.risk(Softmax)?,
        &Array1::zeros(dim),
        FirstOrder::new(Nesterov::new(0.95), 0.5)?,
        Stop::grad(1e-8),
    )?;
    if !matches!(best.termination, Termination::Converged { .. }) {
        return Err(crate::error::Error::Hyperparameter {
            name: "the minimum on the digits",
            value: best.grad_norm,
            range: "found to a gradient of 1e-8",
        });
    }
    let epochs = context.choose(60, 10);
    // The last third, in which every rate has settled.
    let late = epochs - epochs / 3;
    let runs = replicates(
        context.choose(10, 3),
        context.progress,
        "SGD on the digits at four rates",
        |replicate| -> Result<Vec<f64>> {
            let run = |&lr: &f64| -> Result<f64> {
                let (mut risk, mut whole) = (classifier.risk(Softmax)?, classifier.risk(Softmax)?);
                let settings = Training {
                    epochs,
                    batch: Batch::WithReplacement(BATCH),
                    lr,
                    seed: context.seed + replicate,
                    ..Training::default()
                };
                let mut excess = Vec::new();
                train_observed(&mut risk, Sgd, &best.x, &settings, |checkpoint| {
                    excess.push(whole.value(checkpoint.params) - best.value);
                })?;
                Ok(excess[late..].iter().sum::<f64>() / excess[late..].len() as f64)
            };
            DIGITS_RATES.iter().map(run).collect()
        },
    );
    Ok(Floors { rates: DIGITS_RATES.to_vec(), values: runs.into_iter().collect::<Result<_>>()? })
}

fn table(quadratic: &Floors, digits: &Floors) -> Table {
    let rows: Vec<(&str, f64, Estimate, f64)> =
        (quadratic.rates.iter().zip(quadratic.means()).map(|(&lr, e)| ("½x² with noise", lr, e, floor(lr))))
            .chain(digits.rates.iter().zip(digits.means()).map(|(&lr, e)| ("digits", lr, e, f64::NAN)))
            .collect();
    Table::new("noise_floor", "The excess loss at which SGD stalls: mean over seeds with its 95 % interval")
        .text("problem", rows.iter().map(|r| r.0))
        .float("lr", rows.iter().map(|r| r.1).collect::<Vec<_>>())
        .float_within("excess_loss", rows.iter().map(|r| r.2.value).collect::<Vec<_>>(), 0.05, 0.0)
        .float_within("low", rows.iter().map(|r| r.2.interval.0).collect::<Vec<_>>(), 0.1, 0.0)
        .float_within("high", rows.iter().map(|r| r.2.interval.1).collect::<Vec<_>>(), 0.1, 0.0)
        .float("theory", rows.iter().map(|r| r.3).collect::<Vec<_>>())
}

/// Draws gradient descent in a ravine, with and without noise in the gradient.
fn paths(seed: u64) -> Result<Figure> {
    const STEPS: usize = 60;
    const LR: f64 = 0.15;
    let clear = minimize(
        Quadratic::new(&[0.4, 2.0]),
        &array![-5.0, -2.0],
        FirstOrder::new(Sgd, LR)?,
        Stop::iterations(STEPS),
    )?;
    let mut stream = rng::stream(seed, "noisy path", 0);
    let (mut x, mut y) = (vec![-5.0f64], vec![-2.0f64]);
    for k in 0..STEPS {
        let mut noise = || 1.5 * stream.sample::<f64, _>(StandardNormal);
        let (dx, dy) = (0.4 * x[k] + noise(), 2.0 * y[k] + noise());
        x.push(x[k] - LR * dx);
        y.push(y[k] - LR * dy);
    }
    let panel = Panel::new("", Axis::linear("x₁").range(-5.6, 1.6), Axis::linear("x₂").range(-2.6, 1.6))
        .contour(|a, b| 0.2 * a * a + b * b, 12)
        .path("the true gradient", clear.trace.x[0].clone(), clear.trace.x[1].clone(), 0)
        .path("a noisy gradient", x, y, 1)
        .with(Layer::Mark { label: "minimum".into(), x: 0.0, y: 0.0 });
    let caption = "Far from the minimum the slope outweighs the noise; near it the noise outweighs the \
                   slope. The path gets near the minimum and then wanders around it.";
    Ok(Figure::new("noisy_path", "Sixty steps with a noisy gradient", caption).panel(panel).columns(1))
}

fn figure(walks: &[Vec<(Vec<f64>, f64)>], quadratic: &Floors, digits: &Floors) -> Figure {
    let steps = walks[0][0].0.len();
    // Evenly spaced in the logarithm. Each value is the mean over the seeds and over a neighbourhood.
    let edges: Vec<usize> = (0..=30).map(|i| (steps as f64).powf(f64::from(i) / 30.0) as usize).collect();
    let falling = Panel::new("½x² with noise", Axis::log("step"), Axis::log("mean of f"));
    let falling = RATES.iter().enumerate().fold(falling, |panel, (i, &lr)| {
        let mut places = Vec::new();
        let mut means = Vec::new();
        for pair in edges.windows(2).filter(|pair| pair[0] < pair[1]) {
            let sum: f64 = walks.iter().map(|w| w[i].0[pair[0]..pair[1]].iter().sum::<f64>()).sum();
            places.push(0.5 * (pair[0] + pair[1] + 1) as f64);
            means.push(sum / (walks.len() * (pair[1] - pair[0])) as f64);
        }
        panel.line(format!("lr = {lr}"), places, means, i).theory(
            "floor: lr / 2(2 − lr)",
            [1.0, steps as f64],
            [floor(lr), floor(lr)],
        )
    });
    let floors =
        Panel::new("the loss at which SGD stalls", Axis::log("learning rate"), Axis::log("excess loss"));
    let fine: Vec<f64> = (0..=20).map(|i| 0.003 * 200f64.powf(f64::from(i) / 20.0)).collect();
    let values = |floors: &Floors| floors.means().iter().map(|e| e.value).collect::<Vec<_>>();
    let floors = floors
        .theory("floor: lr / 2(2 − lr)", fine.clone(), fine.iter().map(|&lr| floor(lr)).collect::<Vec<_>>())
        .with(Layer::Points {
            label: "½x² with noise".into(),
            x: quadratic.rates.clone(),
            y: values(quadratic),
            color: 0,
        })
        .with(Layer::Points {
            label: "digits, batch 8".into(),
            x: digits.rates.clone(),
            y: values(digits),
            color: 1,
        });
    let caption = format!(
        "A larger learning rate gets down sooner and stalls higher. Halving the rate halves the floor. A \
         rate that falls to zero has no floor. Lines and points are means over seeds ({} on the left).",
        walks.len()
    );
    Figure::new("noise_floor", "The floor of SGD at a constant learning rate", caption)
        .panel(falling)
        .panel(floors)
}
