//! Two runs whose gradients differ in the last bits.

use super::sources::{GOLDBERG, NOTEBOOK};
use crate::claim::{Bound, Claim};
use crate::compare::statistics::{mean, median, quartile_band};
use crate::compare::{ModelKind, replicates};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::linalg::norm;
use crate::loss::Softmax;
use crate::minimize::minimize_observed;
use crate::objective::{Differentiable, FiniteSum, Objective};
use crate::optimizer::first_order::Momentum;
use crate::optimizer::second_order::Lbfgs;
use crate::ranks::share_of;
use crate::risk::Regularizer;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use crate::train::{Batch, Classifier, Training, train_observed};
use ndarray::{Array1, ArrayRef1};

/// A power of two, as is the batch, so that the halves of both are weighted without rounding.
const EXAMPLES: usize = 1024;
const BATCH: usize = 32;
/// The iterations of L-BFGS, and the epochs of momentum.
const ITERATIONS: usize = 200;
const EPOCHS: usize = 50;
/// How much further than at the first look the runs have to be apart at the end.
const GROWTH: f64 = 1e6;

/// A mean over examples that several processes would compute: each its part, one part after the other.
struct InParts<R> {
    risk: R,
    parts: usize,
    all: Vec<u32>,
    room: Array1<f64>,
}

impl<R: FiniteSum> InParts<R> {
    fn new(risk: R, parts: usize) -> Self {
        let (all, room) = ((0..risk.terms() as u32).collect(), Array1::zeros(risk.dim()));
        InParts { risk, parts, all, room }
    }

    fn add(&mut self, x: &ArrayRef1<f64>, batch: &[u32], grad: &mut ArrayRef1<f64>) -> f64 {
        grad.fill(0.0);
        let mut value = 0.0;
        for part in 0..self.parts {
            let own = &batch[share_of(batch.len(), part, self.parts)];
            let weight = own.len() as f64 / batch.len() as f64;
            value += weight * self.risk.batch_value_grad(x, own, &mut self.room);
            grad.scaled_add(weight, &self.room);
        }
        value
    }
}

impl<R: FiniteSum> Objective for InParts<R> {
    fn dim(&self) -> usize {
        self.risk.dim()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        let mut unused = Array1::zeros(x.len());
        self.value_grad(x, &mut unused)
    }
}

impl<R: FiniteSum> Differentiable for InParts<R> {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let all = std::mem::take(&mut self.all);
        let value = self.add(x, &all, grad);
        self.all = all;
        value
    }
}

impl<R: FiniteSum> FiniteSum for InParts<R> {
    fn terms(&self) -> usize {
        self.risk.terms()
    }

    fn batch_value_grad(&mut self, x: &ArrayRef1<f64>, batch: &[u32], grad: &mut ArrayRef1<f64>) -> f64 {
        self.add(x, batch, grad)
    }
}

#[derive(Clone, Copy)]
enum Method {
    Momentum,
    Lbfgs,
}

/// The runs: a name, a model, and a method.
const RUNS: [(&str, &str, Method); 4] = [
    ("momentum, softmax", "linear", Method::Momentum),
    ("momentum, a net", "mlp:16", Method::Momentum),
    ("L-BFGS, softmax", "linear", Method::Lbfgs),
    ("L-BFGS, a net", "mlp:16", Method::Lbfgs),
];
const LBFGS_NET: usize = 3;
const MOMENTUM_SOFTMAX: usize = 0;

/// The iterates of a run at its looks, and its last loss.
struct Path {
    iterates: Vec<Array1<f64>>,
    loss: f64,
}

fn path(classifier: &Classifier<f64>, method: Method, parts: usize, scale: f64, seed: u64) -> Result<Path> {
    let mut objective = InParts::new(classifier.risk(Softmax)?, parts);
    let (start, mut iterates) = (classifier.initial(seed), Vec::new());
    let length = |full: usize| ((full as f64 * scale) as usize).max(2);
    match method {
        Method::Momentum => {
            let settings = Training {
                batch: Batch::Size(BATCH),
                lr: 0.05,
                seed,
                epochs: length(EPOCHS),
                ..Training::default()
            };
            train_observed(&mut objective, Momentum::new(0.9), &start, &settings, |seen| {
                iterates.push(seen.params.clone());
            })?;
        }
        Method::Lbfgs => {
            minimize_observed(
                &mut objective,
                &start,
                Lbfgs::new(10),
                Stop::iterations(length(ITERATIONS)),
                |moment| iterates.push(moment.iterate.x.clone()),
            )?;
        }
    }
    let loss = iterates.last().map_or(f64::NAN, |last| objective.value(last));
    Ok(Path { iterates, loss })
}

/// How far two runs are apart.
struct Apart {
    /// The distance over the length of the iterate, at every look but the start, which they share.
    distances: Vec<f64>,
    /// The difference of the last losses, over one of them.
    losses: f64,
}

impl Apart {
    /// Returns the growth from the first look to the last.
    fn growth(&self) -> f64 {
        self.last() / self.distances.first().copied().unwrap_or(f64::NAN)
    }

    fn last(&self) -> f64 {
        self.distances.last().copied().unwrap_or(f64::NAN)
    }
}

fn apart(model: &str, method: Method, scale: f64, seed: u64) -> Result<Apart> {
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    let classifier = Classifier::new(digits, ModelKind::parse(model)?, Regularizer::l2(1e-4)).first(EXAMPLES);
    let one = path(&classifier, method, 1, scale, seed)?;
    let two = path(&classifier, method, 2, scale, seed)?;
    let pairs = one.iterates.iter().zip(&two.iterates).skip(1);
    // A distance of zero has no place on a logarithmic axis: it becomes less than any rounding.
    let distances = pairs.map(|(a, b)| (norm(&(a - b)) / norm(a)).max(1e-18));
    Ok(Apart { distances: distances.collect(), losses: (one.loss / two.loss - 1.0).abs() })
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let scale = context.choose(1.0, 0.1);
    let mut all = Vec::new();
    for (name, model, method) in RUNS {
        let runs = replicates(context.choose(10, 2), context.progress, name, |replicate| {
            apart(model, method, scale, context.seed + replicate)
        });
        all.push(runs.into_iter().collect::<Result<Vec<_>>>()?);
    }
    findings.claims.extend(claims(&all));
    findings.tables.push(table(&all));
    findings.figures.push(figure(&all));
    Ok(())
}

fn claims(all: &[Vec<Apart>]) -> [Claim; 2] {
    let decades = |of: usize| {
        let logs: Vec<f64> = all[of].iter().map(|apart| apart.growth().log10()).collect();
        mean(&logs)
    };
    let (net, softmax) = (decades(LBFGS_NET), decades(MOMENTUM_SOFTMAX));
    let reading = "it says that a rounding error can grow in what follows; we measure by how much it does \
                   in a training run";
    [
        Claim::statistical(
            "at-scale-apart",
            NOTEBOOK,
            "Two runs of L-BFGS on a net whose gradients differ in the last bits are a million times \
             further apart at the end than after the first iteration (decades)",
            GOLDBERG,
        )
        .reading(reading)
        .measured_within(net.value, net.interval, Bound::AtLeast(GROWTH.log10()))
        .note(
            "Each iteration adds new rounding errors and passes the old ones on. On a net there are \
             directions in which the gradient pushes two iterates apart.",
        ),
        Claim::statistical(
            "at-scale-together",
            NOTEBOOK,
            "Two runs of momentum on a softmax classifier whose gradients differ in the last bits are at \
             most a thousand times further apart at the end than after the first epoch (decades)",
            GOLDBERG,
        )
        .reading(reading)
        .measured_within(softmax.value, softmax.interval, Bound::AtMost(3.0))
        .note(
            "The loss is convex: a step of gradient descent brings two iterates closer together, if its \
             rate is not too large.",
        ),
    ]
}

fn table(all: &[Vec<Apart>]) -> Table {
    let column = |of: &dyn Fn(&Apart) -> f64| -> Vec<f64> {
        all.iter().map(|runs| median(&runs.iter().map(of).collect::<Vec<_>>())).collect()
    };
    let caption = "Two runs on the same 1,024 digits with the same batches, one with each gradient from two \
                   halves: their distance over the length of the iterate, after the first iteration \
                   (L-BFGS) or epoch (momentum) and at the end, and the difference of their last losses \
                   over the loss. Medians over ten seeds";
    Table::new("apart", caption)
        .text("run", RUNS.iter().map(|run| run.0))
        .float_within(
            "first",
            column(&|apart| apart.distances.first().copied().unwrap_or(f64::NAN)),
            9.0,
            1e-15,
        )
        .float_within("last", column(&Apart::last), 99.0, 1e-13)
        .float_within("loss_difference", column(&|apart| apart.losses), 99.0, 1e-12)
}

fn figure(all: &[Vec<Apart>]) -> Figure {
    let caption = "The distance of two runs that differ in the order of one addition per gradient, over the \
                   length of the iterate: medians (lines) and quartiles (bands) over ten seeds.";
    let figure = Figure::new("apart", "Two runs that differ in the last bits", caption).columns(2);
    [("momentum", "epoch", 0..2), ("L-BFGS", "iteration", 2..4)].into_iter().fold(
        figure,
        |figure, (title, unit, runs)| {
            let panel = Panel::new(title, Axis::linear(unit), Axis::log("distance of the two runs"));
            figure.panel(runs.zip(["softmax", "a net"]).enumerate().fold(
                panel,
                |panel, (color, (run, label))| {
                    let curves: Vec<Vec<f64>> =
                        all[run].iter().map(|apart| apart.distances.clone()).collect();
                    let (low, middle, high) = quartile_band(&curves);
                    let x: Vec<f64> = (1..=middle.len()).map(|k| k as f64).collect();
                    panel.with(Layer::Band { x: x.clone(), low, high, color }).line(label, x, middle, color)
                },
            ))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_halves_give_the_same_gradient_up_to_rounding_and_not_beyond() {
        let digits = Preprocessing::default().prepare::<f64>(&data::digits());
        let classifier = Classifier::new(digits, ModelKind::parse("mlp:16").unwrap(), Regularizer::l2(1e-4))
            .first(EXAMPLES);
        let gradients = [1, 2].map(|parts| {
            let mut objective = InParts::new(classifier.risk(Softmax).unwrap(), parts);
            let mut gradient = Array1::zeros(objective.dim());
            objective.value_grad(&classifier.initial(0), &mut gradient);
            gradient
        });
        let distance = norm(&(&gradients[0] - &gradients[1])) / norm(&gradients[0]);
        assert!(distance > 0.0 && distance < 1e-14, "{distance}");
    }
}
