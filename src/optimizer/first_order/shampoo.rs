//! Shampoo: the gradient between roots of the second moments of its rows and columns.

use super::hyperparameters::{count, not_negative, share, zero_to_one};
use super::matrices::Matrices;
use super::settings::SettingMut::{Choice, Number};
use super::settings::{NamedChoice, NamedSetting};
use super::sweep::sweep;
use super::update_rule::step_by_parts;
use super::{Buffers, Convention, PartState, Room, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::linalg::{Rows, vector};
use crate::objective::{ParamLayout, Part, PartKind};
use crate::optimizer::Properties;
use crate::real::Real;

/// The rule whose step length Shampoo takes over for each part of the parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Graft {
    /// None: Shampoo's own length.
    Off,
    /// Gradient descent: ‖G‖ (the default).
    #[default]
    Sgd,
    /// AdaGrad: ‖G/(√ΣG² + ε)‖.
    AdaGrad,
    /// RMSProp with the decay β₂: ‖G/(√s + ε)‖.
    RmsProp,
    /// The sign of the gradient.
    Sign,
}

impl NamedChoice for Graft {
    fn names(&self) -> &'static [&'static str] {
        &["off", "sgd", "adagrad", "rmsprop", "sign"]
    }

    fn place(&self) -> usize {
        *self as usize
    }

    fn choose(&mut self, place: usize) {
        *self = [Graft::Off, Graft::Sgd, Graft::AdaGrad, Graft::RmsProp, Graft::Sign][place];
    }
}

/// The largest side of a matrix that is preconditioned, as in pytorch-optimizer.
const LARGEST_SIDE: usize = 8192;
/// What keeps the quotient of two norms finite.
const TINY: f64 = 1e-16;

/// Shampoo (Gupta, Koren & Singer 2018), in the form that is used in practice (Anil et al. 2020): running
/// means, grafting, and roots every k steps. For a matrix with the gradient G:
/// L ← β₂L + (1−β₂)GGᵀ, R ← β₂R + (1−β₂)GᵀG from L = εI, R = εI,
/// P = L^(−1/4) G R^(−1/4), with roots that are taken at the steps k, 2k, …, and P = G before,
/// Δ = P·‖D‖/‖P‖ with the step D of the [`Graft`], V ← β₁V + Δ, W ← W − lr(Δ + β₁V).
///
/// The arithmetic is that of pytorch-optimizer's ScalableShampoo with `use_svd` under every convention: with
/// decoupled learning rates and Nesterov momentum, without blocks and without merging of short sides. Its
/// defaults hold but for k: its 1000 would leave a run of a few hundred steps without a root. Up to step
/// `start`, W moves by the momentum of D. β₂ = 1 sums the squares, as in the paper. Weight decay λ adds λW to
/// Δ.
///
/// Biases, and matrices with a side above 8192, have no roots: they move by the momentum of D. An objective
/// without a matrix is refused.
///
/// Eigenvalues of L and R below what their start leaves, ε·β₂ᵗ, are rounding, and are raised to it. With ε =
/// 0 a matrix may be singular: the run then ends as
/// [`Termination::NotPositive`](crate::stop::Termination::NotPositive), with the eigenvalue.
///
/// State: 2 + 2(m² + n²)/(mn) numbers per entry of an m × n matrix, 2 per other parameter, 1 more with
/// AdaGrad or RMSProp as graft. A step costs four products, 4mn(m + n) operations on the sums and as many on
/// P, and every k-th step two eigendecompositions in `f64` by LAPACK, about 9(m³ + n³) each.
///
/// ```
/// use gradus::optimizer::first_order::Shampoo;
/// use gradus::prelude::*;
/// let digits = Preprocessing::default().prepare::<f32>(&data::digits());
/// let classifier = Classifier::new(digits, ModelKind::parse("mlp:32")?, Regularizer::default());
/// let settings = Training { epochs: 20, lr: 0.02, ..Training::default() };
/// let fit = classifier.fit(Softmax, Shampoo::default(), &settings)?;
/// assert!(fit.curve.test_accuracy.last() > Some(&0.9));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shampoo {
    /// β₁, the share of velocity that is kept, 0 ≤ β₁ < 1, default .9.
    pub beta1: f64,
    /// β₂, the share of L and R that is kept, 0 ≤ β₂ ≤ 1, default .999. With 1 they are sums.
    pub beta2: f64,
    /// k, the number of steps from one root to the next, a whole number from 1 to 10¹⁵, default 10
    /// (pytorch-optimizer 1000).
    pub root_interval: f64,
    /// The first step that uses the roots, a whole number from 1 to 10¹⁵, default 25.
    pub start: f64,
    /// ε of L and R at the start: finite and ≥ 0, default 1e-6.
    pub matrix_eps: f64,
    /// ε of the divisions of AdaGrad and RMSProp as graft: finite and ≥ 0, default 1e-10.
    pub eps: f64,
    /// λ, the rate of decay, which is added to the step: finite and ≥ 0, default 0.
    pub weight_decay: f64,
    /// The rule whose step length is taken over.
    pub graft: Graft,
}

impl Default for Shampoo {
    fn default() -> Self {
        Shampoo {
            beta1: 0.9,
            beta2: 0.999,
            root_interval: 10.0,
            start: 25.0,
            matrix_eps: 1e-6,
            eps: 1e-10,
            weight_decay: 0.0,
            graft: Graft::Sgd,
        }
    }
}

/// The places of the matrices among what is kept of a part.
const LEFT: usize = 0;
const RIGHT: usize = 1;
const LEFT_ROOT: usize = 2;
const RIGHT_ROOT: usize = 3;

/// What [`Shampoo::precondition`] reads of a part.
struct PartView<'a, F> {
    shape: (usize, usize),
    steps: u64,
    kept: &'a [Vec<F>],
}

/// Returns the scratch memory for the square of the longer side, and as many zeros as that has entries.
fn square(part: &Part) -> usize {
    let longest = part.shape.0.max(part.shape.1);
    longest * longest + longest
}

impl Shampoo {
    /// Returns the rule with its defaults, which are the same under every convention.
    pub fn following(_: Convention) -> Self {
        Shampoo::default()
    }

    fn preconditions(part: &Part) -> bool {
        let (rows, columns) = part.shape;
        matches!(part.kind, PartKind::Weights(_)) && rows.max(columns) <= LARGEST_SIDE
    }

    /// Returns the share of a new gradient in sums of squares.
    fn fresh(&self) -> f64 {
        if self.beta2 == 1.0 { 1.0 } else { 1.0 - self.beta2 }
    }

    /// Adds GGᵀ to L and GᵀG to R, which start as εI.
    fn add_statistics<F: Real>(&self, part: &mut PartState<F>, grad: &[F]) {
        let (rows, columns) = part.part.shape;
        if part.state.steps == 1 {
            for (place, order) in [(LEFT, rows), (RIGHT, columns)] {
                let diagonal = part.kept[place].iter_mut().step_by(order + 1);
                diagonal.for_each(|entry| *entry = F::of(self.matrix_eps));
            }
        }
        let (kept, fresh) = (F::of(self.beta2), F::of(self.fresh()));
        let (gram, zeros) = part.scratch[2 * grad.len()..].split_at_mut(rows.max(columns).pow(2));
        for (place, order) in [(LEFT, rows), (RIGHT, columns)] {
            let gram = &mut gram[..order * order];
            if place == LEFT {
                F::scores(Rows::all(grad, columns), grad, &zeros[..rows], gram);
            } else {
                gram.fill(F::zero());
                F::accumulate(Rows::all(grad, columns), grad, gram);
            }
            sweep(&mut part.kept[place], [], gram, |mean, [], g| *mean = kept * *mean + fresh * g);
        }
    }

    /// Takes the roots of L and R. If one is not positive, its smallest eigenvalue and the bound.
    fn take_roots<F: Real>(&self, part: &mut PartState<F>) -> Option<(f64, f64)> {
        let steps = 2 * part.part.range.len();
        let left_by_start = self.matrix_eps * self.beta2.powf(part.state.steps as f64);
        for (place, root) in [(LEFT, LEFT_ROOT), (RIGHT, RIGHT_ROOT)] {
            let (sums, roots) = part.kept.split_at_mut(LEFT_ROOT);
            let decomposition = &mut part.decompositions[place];
            let Some((values, vectors)) = decomposition.eigen(&sums[place]) else {
                return Some((f64::NAN, 0.0));
            };
            let (order, largest) = (values.len(), values.last().copied().unwrap_or(0.0));
            let rounding = order as f64 * F::epsilon().wide() * largest.max(0.0);
            let least = values[0].max(left_by_start);
            if left_by_start == 0.0 && least <= rounding {
                return Some((values[0], rounding));
            }
            // Λ^(−1/8) times the eigenvectors, whose product with themselves is the root.
            let scaled = &mut part.scratch[steps..steps + order * order];
            for ((row, vector), &value) in
                scaled.chunks_exact_mut(order).zip(vectors.chunks_exact(order)).zip(values)
            {
                let factor = value.max(left_by_start).powf(-0.125);
                row.iter_mut().zip(vector).for_each(|(row, &v)| *row = F::of(factor * v));
            }
            let root = &mut roots[root - LEFT_ROOT];
            root.fill(F::zero());
            F::accumulate(Rows::all(scaled, order), scaled, root);
        }
        None
    }

    /// Writes P into `out`.
    fn precondition<F: Real>(&self, part: &PartView<F>, square: &mut [F], grad: &[F], out: &mut [F]) {
        let (rows, columns) = part.shape;
        if part.steps < self.root_interval as u64 {
            return out.copy_from_slice(grad);
        }
        let (product, zeros) = square.split_at_mut(rows.max(columns).pow(2));
        let product = &mut product[..rows * columns];
        // Both roots are symmetric: G R is a product of rows with rows, L G of columns with rows.
        F::scores(Rows::all(grad, columns), &part.kept[RIGHT_ROOT], &zeros[..columns], product);
        out.fill(F::zero());
        F::accumulate(Rows::all(product, columns), &part.kept[LEFT_ROOT], out);
    }

    /// Writes the step D of the graft into `out`, and updates its sum of squares.
    fn graft_step<F: Real>(&self, squares: &mut [F], grad: &[F], out: &mut [F]) {
        let (eps, kept, fresh) = (F::of(self.eps), F::of(self.beta2), F::of(1.0 - self.beta2));
        match self.graft {
            Graft::Off | Graft::Sgd => out.copy_from_slice(grad),
            Graft::Sign => {
                let sign = |g: F| if g == F::zero() { g } else { F::one().copysign(g) };
                out.iter_mut().zip(grad).for_each(|(out, &g)| *out = sign(g));
            }
            Graft::AdaGrad => sweep(out, [squares], grad, |d, [s], g| {
                *s += g * g;
                *d = g / (s.sqrt() + eps);
            }),
            Graft::RmsProp => sweep(out, [squares], grad, |d, [s], g| {
                *s = kept * *s + fresh * g * g;
                *d = g / (s.sqrt() + eps);
            }),
        }
    }
}

impl RuleInfo for Shampoo {
    fn name(&self) -> &'static str {
        "shampoo"
    }

    fn properties(&self) -> Properties {
        Properties {
            first_moment: true,
            second_moment: true,
            leaky: self.beta2 < 1.0,
            bias_correction: false,
        }
    }

    fn by_layers(&self) -> bool {
        true
    }

    fn room(&self, part: &Part) -> Room {
        let (rows, columns) = part.shape;
        let squares = matches!(self.graft, Graft::AdaGrad | Graft::RmsProp);
        let zeros = |needed: bool| needed.then_some(0.0);
        // The velocities of Δ and of D, and the squares of the graft.
        let (first, third) = (Some(0.0), Some(0.0));
        let buffers = Buffers { first, second: zeros(squares), third, ..Buffers::default() };
        let steps = 2 * part.range.len();
        if !Shampoo::preconditions(part) {
            return Room { scratch: steps, ..Room::of(buffers) };
        }
        Room {
            kept: vec![rows * rows, columns * columns, rows * rows, columns * columns],
            scratch: steps + square(part),
            decomposed: vec![rows, columns],
            buffers,
        }
    }

    fn check_layout(&self, layout: Option<&ParamLayout>) -> Result<()> {
        Matrices::All.check("shampoo", layout)
    }

    fn validate(&self) -> Result<()> {
        share("beta1", self.beta1)?;
        zero_to_one("beta2", self.beta2)?;
        count("root-interval", self.root_interval)?;
        count("start", self.start)?;
        not_negative("matrix-eps", self.matrix_eps)?;
        not_negative("eps", self.eps)?;
        not_negative("weight-decay", self.weight_decay)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![
            ("beta1", Number(&mut self.beta1)),
            ("beta2", Number(&mut self.beta2)),
            ("root-interval", Number(&mut self.root_interval)),
            ("start", Number(&mut self.start)),
            ("matrix-eps", Number(&mut self.matrix_eps)),
            ("eps", Number(&mut self.eps)),
            ("weight-decay", Number(&mut self.weight_decay)),
            ("graft", Choice(&mut self.graft)),
        ]
    }

    fn may_divide_by_zero(&self) -> bool {
        self.eps == 0.0 && matches!(self.graft, Graft::AdaGrad | Graft::RmsProp)
    }
}

impl<F: Real> UpdateRule<F> for Shampoo {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        step_by_parts(self, state, lr, grad, x);
    }

    fn prepare_part(&self, part: &mut PartState<F>, grad: &[F]) {
        part.state.steps += 1;
        if Shampoo::preconditions(&part.part) {
            self.add_statistics(part, grad);
            if part.state.steps.is_multiple_of(self.root_interval as u64) {
                part.state.not_positive = self.take_roots(part);
            }
        }
    }

    fn step_part(&self, part: &mut PartState<F>, lr: F, grad: &[F], x: &mut [F]) {
        let PartState { part, state, kept, scratch, .. } = part;
        let (step, scratch) = scratch.split_at_mut(grad.len());
        let (of_graft, scratch) = scratch.split_at_mut(grad.len());
        self.graft_step(&mut state.second, grad, of_graft);
        if Shampoo::preconditions(part) {
            let view = PartView { shape: part.shape, steps: state.steps, kept };
            self.precondition(&view, scratch, grad, step);
        } else {
            step.copy_from_slice(of_graft);
        }
        let length = |v: &[F]| vector::dot(v, v).sqrt();
        let scale = match self.graft {
            Graft::Off => F::one(),
            _ => length(of_graft) / (length(step) + F::of(TINY)),
        };
        let (kept, decay) = (F::of(self.beta1), F::of(self.weight_decay));
        let preconditioned = state.steps >= self.start as u64;
        let velocities = [&mut state.first, &mut state.third, of_graft];
        sweep(x, velocities, step, |x, [v, of_graft, d], p| {
            let p = scale * p + decay * *x;
            let d = *d + decay * *x;
            *v = kept * *v + p;
            *of_graft = kept * *of_graft + d;
            *x -= lr * if preconditioned { kept * *v + p } else { kept * *of_graft + d };
        });
    }
}
