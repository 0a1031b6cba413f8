//! SOAP: Adam in the eigenbases of Shampoo.

use super::hyperparameters::{count, not_negative, share};
use super::lerp::lerp;
use super::matrices::Matrices;
use super::newton_schulz::transpose;
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::update_rule::step_by_parts;
use super::{Buffers, Convention, PartState, Room, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::linalg::{Decomposition, Rows, vector};
use crate::objective::{ParamLayout, Part, PartKind};
use crate::optimizer::Properties;
use crate::real::Real;

/// The largest side of a matrix that is rotated, as in pytorch-optimizer.
const LARGEST_SIDE: usize = 10_000;

/// SOAP (Vyas et al. 2024), with the defaults and the arithmetic of pytorch-optimizer under every convention.
/// For a matrix with the gradient G, and t counted from the second step on:
/// M ← β₁M + (1−β₁)G, S ← β₂S + (1−β₂)(Q_LᵀGQ_R)², elementwise,
/// N = Q_L[(Q_LᵀMQ_R) / (√S + ε)]Q_Rᵀ,
/// W ← (1 − lr·λ)(W − lr·√(1−β₂ᵗ)/(1−β₁ᵗ)·N),
/// L ← βL + (1−β)GGᵀ, R ← βR + (1−β)GᵀG.
///
/// The first step does not move: it fills L and R, and takes their eigenvectors as Q_L and Q_R. Every k steps
/// after that, Q becomes the orthogonal factor of LQ, one power iteration, and S follows the order of the
/// eigenvalues. pytorch-optimizer rounds this factorization to f32; here it is in f64 whatever the type.
///
/// Biases, and matrices with a side above 10,000, are not rotated: there it is AdamW with the decay after the
/// step. An objective without a matrix is refused.
///
/// State: 2 + 2(m² + n²)/(mn) numbers per entry of an m × n matrix, 2 per other parameter. A step costs eight
/// products, 8mn(m + n) operations in all, and every k-th step two more of m³ + n³ and two factorizations by
/// LAPACK.
///
/// ```
/// use gradus::optimizer::first_order::Soap;
/// use gradus::prelude::*;
/// let digits = Preprocessing::default().prepare::<f32>(&data::digits());
/// let classifier = Classifier::new(digits, ModelKind::parse("mlp:32")?, Regularizer::default());
/// let settings = Training { epochs: 20, lr: 3e-3, ..Training::default() };
/// let fit = classifier.fit(Softmax, Soap::default(), &settings)?;
/// assert!(fit.curve.test_accuracy.last() > Some(&0.9));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Soap {
    /// β₁, the share of the first moment that is kept, 0 ≤ β₁ < 1, default .95.
    pub beta1: f64,
    /// β₂, the share of the second moment that is kept, 0 ≤ β₂ < 1, default .95.
    pub beta2: f64,
    /// β, the share of L and R that is kept, 0 ≤ β < 1, default .95.
    pub shampoo_beta: f64,
    /// k, the number of steps from one basis to the next, a whole number from 1 to 10¹⁵, default 10.
    pub root_interval: f64,
    /// ε: finite and ≥ 0, default 1e-8. With 0 a coordinate whose gradients were all 0 becomes NaN.
    pub eps: f64,
    /// λ, the rate of decay: finite and ≥ 0, default 1e-2.
    pub weight_decay: f64,
}

impl Default for Soap {
    fn default() -> Self {
        Soap {
            beta1: 0.95,
            beta2: 0.95,
            shampoo_beta: 0.95,
            root_interval: 10.0,
            eps: 1e-8,
            weight_decay: 1e-2,
        }
    }
}

/// The places of the matrices among what is kept of a part: the means, and the eigenvectors by rows.
const LEFT: usize = 0;
const RIGHT: usize = 1;
const LEFT_BASIS: usize = 2;
const RIGHT_BASIS: usize = 3;

/// Scratch memory cut into its parts.
struct Cut<'a, F> {
    /// Two matrices of the part's size.
    a: &'a mut [F],
    b: &'a mut [F],
    /// A square of the longer side, which also holds a third matrix of the part's size.
    square: &'a mut [F],
    /// Zeros, as many as the longer side has entries.
    zeros: &'a mut [F],
}

fn cut<F>(memory: &mut [F], rows: usize, columns: usize) -> Cut<'_, F> {
    let (len, longest) = (rows * columns, rows.max(columns));
    let (a, memory) = memory.split_at_mut(len);
    let (b, memory) = memory.split_at_mut(len);
    let (square, zeros) = memory.split_at_mut(longest * longest);
    Cut { a, b, square, zeros }
}

/// Eigenvectors of both sides of a matrix, by rows.
struct Bases<'a, F> {
    left: &'a [F],
    right: &'a [F],
    shape: (usize, usize),
}

impl<F: Real> Bases<'_, F> {
    /// Writes Q_LᵀXQ_R into `x`, with scratch memory `spare` of the size of X, a square and zeros.
    fn forward(&self, x: &mut [F], spare: &mut [F], square: &mut [F], zeros: &[F]) {
        let (rows, columns) = self.shape;
        transpose(self.left, rows, rows, &mut square[..rows * rows]);
        spare.fill(F::zero());
        F::accumulate(Rows::all(x, columns), &square[..rows * rows], spare);
        F::scores(Rows::all(spare, columns), self.right, &zeros[..columns], x);
    }

    /// Writes Q_L X Q_Rᵀ into `x`.
    fn backward(&self, x: &mut [F], spare: &mut [F], square: &mut [F]) {
        let (rows, columns) = self.shape;
        let transposed = &mut square[..rows * columns];
        transpose(x, rows, columns, transposed);
        spare.fill(F::zero());
        F::accumulate(Rows::all(self.right, columns), transposed, spare);
        x.fill(F::zero());
        F::accumulate(Rows::all(spare, columns), self.left, x);
    }
}

impl Soap {
    /// Returns the rule with its defaults, which are the same under every convention.
    pub fn following(_: Convention) -> Self {
        Soap::default()
    }

    fn rotates(part: &Part) -> bool {
        let (rows, columns) = part.shape;
        matches!(part.kind, PartKind::Weights(_)) && rows.max(columns) <= LARGEST_SIDE
    }

    /// Moves L and R towards GGᵀ and GᵀG.
    fn add_statistics<F: Real>(&self, part: &mut PartState<F>, grad: &[F]) {
        let (rows, columns) = part.part.shape;
        let fresh = F::of(1.0 - self.shampoo_beta);
        let work = cut(&mut part.scratch, rows, columns);
        let gram = &mut work.square[..rows * rows];
        F::scores(Rows::all(grad, columns), grad, &work.zeros[..rows], gram);
        sweep(&mut part.kept[LEFT], [], gram, |mean, [], g| *mean = lerp(*mean, g, fresh));
        let gram = &mut work.square[..columns * columns];
        gram.fill(F::zero());
        F::accumulate(Rows::all(grad, columns), grad, gram);
        sweep(&mut part.kept[RIGHT], [], gram, |mean, [], g| *mean = lerp(*mean, g, fresh));
    }

    /// Takes the eigenvectors of L and R as bases, those of the largest eigenvalues first.
    fn take_bases<F: Real>(part: &mut PartState<F>) {
        for (place, basis) in [(LEFT, LEFT_BASIS), (RIGHT, RIGHT_BASIS)] {
            let (means, bases) = part.kept.split_at_mut(LEFT_BASIS);
            let Some((values, vectors)) = part.decompositions[place].eigen(&means[place]) else {
                part.state.not_positive = Some((f64::NAN, 0.0));
                return;
            };
            let order = values.len();
            let rows = bases[basis - LEFT_BASIS].chunks_exact_mut(order);
            for (row, vector) in rows.zip(vectors.chunks_exact(order).rev()) {
                row.iter_mut().zip(vector).for_each(|(row, &v)| *row = F::of(v));
            }
        }
    }

    /// Makes one power iteration on both bases.
    fn refresh_bases<F: Real>(part: &mut PartState<F>) {
        let (rows, columns) = part.part.shape;
        let PartState { state, kept, scratch, decompositions, .. } = part;
        for (place, basis, order) in [(LEFT, LEFT_BASIS, rows), (RIGHT, RIGHT_BASIS, columns)] {
            let work = cut(scratch, rows, columns);
            let (means, bases) = kept.split_at_mut(LEFT_BASIS);
            let basis = &mut bases[basis - LEFT_BASIS];
            let products = &mut work.square[..order * order];
            F::scores(Rows::all(basis, order), &means[place], &work.zeros[..order], products);
            let values = &mut work.a[..order];
            for ((value, vector), product) in
                values.iter_mut().zip(basis.chunks_exact(order)).zip(products.chunks_exact(order))
            {
                *value = vector::dot(vector, product);
            }
            sort(values, products, &mut state.second, (rows, columns), place == LEFT);
            basis.copy_from_slice(products);
            Soap::orthonormalize(&mut decompositions[place], basis, &mut state.not_positive);
        }
    }

    fn orthonormalize<F: Real>(
        decomposition: &mut Decomposition,
        basis: &mut [F],
        not_positive: &mut Option<(f64, f64)>,
    ) {
        if !decomposition.orthonormalize_rows(basis) {
            *not_positive = Some((f64::NAN, 0.0));
        }
    }

    /// Writes N of a matrix into its first piece of scratch memory.
    fn rotated_step<F: Real>(&self, part: &mut PartState<F>, grad: &[F]) {
        let shape = part.part.shape;
        let (fresh, eps) = (F::of(1.0 - self.beta2), F::of(self.eps));
        let work = cut(&mut part.scratch, shape.0, shape.1);
        let bases = Bases { left: &part.kept[LEFT_BASIS], right: &part.kept[RIGHT_BASIS], shape };
        work.a.copy_from_slice(grad);
        bases.forward(work.a, work.b, work.square, work.zeros);
        sweep(&mut part.state.second, [], work.a, |s, [], g| *s = lerp(*s, g * g, fresh));
        work.a.copy_from_slice(&part.state.first);
        bases.forward(work.a, work.b, work.square, work.zeros);
        sweep(work.a, [], &part.state.second, |m, [], s| *m /= s.sqrt() + eps);
        bases.backward(work.a, work.b, work.square);
    }

    /// Writes N of a vector into its scratch memory.
    fn plain_step<F: Real>(&self, part: &mut PartState<F>, grad: &[F]) {
        let (fresh, eps) = (F::of(1.0 - self.beta2), F::of(self.eps));
        let moments = [&mut *part.state.first, &mut part.state.second];
        sweep(&mut part.scratch[..grad.len()], moments, grad, |n, [m, s], g| {
            *s = lerp(*s, g * g, fresh);
            *n = *m / (s.sqrt() + eps);
        });
    }
}

/// Sorts the values in descending order, and with them the rows of `vectors`, and the rows or columns of
/// `moments`, a matrix of that shape.
fn sort<F: Real>(
    values: &mut [F],
    vectors: &mut [F],
    moments: &mut [F],
    (rows, columns): (usize, usize),
    by_rows: bool,
) {
    let order = values.len();
    for i in 0..order {
        // The first of the largest that are left.
        let largest = (i..order).reduce(|best, j| if values[j] > values[best] { j } else { best });
        let Some(j) = largest.filter(|&j| j != i) else { continue };
        values.swap(i, j);
        swap_rows(vectors, order, i, j);
        if by_rows {
            swap_rows(moments, columns, i, j);
        } else {
            (0..rows).for_each(|row| moments.swap(row * columns + i, row * columns + j));
        }
    }
}

/// Swaps the rows `i` < `j` of a matrix.
fn swap_rows<F>(matrix: &mut [F], columns: usize, i: usize, j: usize) {
    let (upper, lower) = matrix.split_at_mut(j * columns);
    upper[i * columns..(i + 1) * columns].swap_with_slice(&mut lower[..columns]);
}

impl RuleInfo for Soap {
    fn name(&self) -> &'static str {
        "soap"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: true, leaky: true, bias_correction: true }
    }

    fn by_layers(&self) -> bool {
        true
    }

    fn room(&self, part: &Part) -> Room {
        let (rows, columns) = part.shape;
        let (len, longest) = (part.range.len(), rows.max(columns));
        let buffers = Buffers::of(self.properties());
        if !Soap::rotates(part) {
            return Room { scratch: len, ..Room::of(buffers) };
        }
        Room {
            kept: vec![rows * rows, columns * columns, rows * rows, columns * columns],
            scratch: 2 * len + longest * longest + longest,
            decomposed: vec![rows, columns],
            buffers,
        }
    }

    fn check_layout(&self, layout: Option<&ParamLayout>) -> Result<()> {
        Matrices::All.check("soap", layout)
    }

    fn validate(&self) -> Result<()> {
        share("beta1", self.beta1)?;
        share("beta2", self.beta2)?;
        share("shampoo-beta", self.shampoo_beta)?;
        count("root-interval", self.root_interval)?;
        not_negative("eps", self.eps)?;
        not_negative("weight-decay", self.weight_decay)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![
            ("beta1", Number(&mut self.beta1)),
            ("beta2", Number(&mut self.beta2)),
            ("shampoo-beta", Number(&mut self.shampoo_beta)),
            ("root-interval", Number(&mut self.root_interval)),
            ("eps", Number(&mut self.eps)),
            ("weight-decay", Number(&mut self.weight_decay)),
        ]
    }
}

impl<F: Real> UpdateRule<F> for Soap {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        step_by_parts(self, state, lr, grad, x);
    }

    /// Only the first step, which does not move, can fail here.
    fn prepare_part(&self, part: &mut PartState<F>, grad: &[F]) {
        part.state.steps += 1;
        if part.state.steps == 1 && Soap::rotates(&part.part) {
            self.add_statistics(part, grad);
            Soap::take_bases(part);
        }
    }

    fn step_part(&self, part: &mut PartState<F>, lr: F, grad: &[F], x: &mut [F]) {
        let t = part.state.steps - 1;
        if t == 0 {
            return;
        }
        let fresh = F::of(1.0 - self.beta1);
        sweep(&mut part.state.first, [], grad, |m, [], g| *m = lerp(*m, g, fresh));
        let rotates = Soap::rotates(&part.part);
        if rotates {
            self.rotated_step(part, grad);
        } else {
            self.plain_step(part, grad);
        }
        let power = |beta: f64| 1.0 - beta.powi(i32::try_from(t).unwrap_or(i32::MAX));
        let rate = F::of(lr.wide() * power(self.beta2).sqrt() / power(self.beta1));
        let keep = F::of(1.0 - lr.wide() * self.weight_decay);
        sweep(x, [], &part.scratch[..grad.len()], |x, [], n| *x = (*x - rate * n) * keep);
        if rotates {
            self.add_statistics(part, grad);
            if t.is_multiple_of(self.root_interval as u64) {
                Soap::refresh_bases(part);
            }
        }
    }
}
