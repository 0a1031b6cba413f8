//! BFGS with the inverse matrix.

use super::line_search_method::{LineSearchMethod, QuasiNewton};
use super::scaling::Scaling;
use super::search_direction::{SearchDirection, Step};
use crate::error::Result;
use crate::linalg::{bytes_of, vector};
use crate::line_search::LineSearch;
use crate::optimizer::Saved;
use crate::real::Real;
use ndarray::{Array2, ArrayView2};

/// BFGS (Broyden, Fletcher, Goldfarb, Shanno 1970; slide "Second-Order Optimization"): x ← x − αH∇f, with α
/// by a line search. H approximates the inverse Hessian. After each step s, which changes the gradient by y,
/// H is corrected so that H·y = s (the secant equation):
///
/// H ← (I − ρsyᵀ)·H·(I − ρysᵀ) + ρssᵀ, ρ = 1/sᵀy (Nocedal & Wright 2006, equation 6.17).
///
/// H stays positive definite as long as sᵀy > 0, which the Wolfe conditions ensure; a pair that violates this
/// is skipped. Before the first correction H is a multiple of I ([`Scaling`]). Memory *n*², time *n*² per
/// iteration, in one pass over H: the correction is carried out together with the next product. H·∇f was the
/// last direction, and so H·y costs no product of its own.
///
/// ```
/// use gradus::prelude::*;
/// let mut valley = problems::Rosenbrock::new(2);
/// let found = minimize(&mut valley, &array![-1.2, 1.0], Bfgs::new(), Stop::grad(1e-8)).unwrap();
/// assert!(found.termination.converged() && found.evaluations.grad < 60, "{found}");
/// ```
pub type Bfgs<F = f64> = LineSearchMethod<F, InverseBfgs<F>>;

/// The directions of [`Bfgs`].
#[derive(Debug, Clone)]
pub struct InverseBfgs<F> {
    scaling: Scaling,
    /// H, *n* × *n*, without the correction that `s` and `a` still hold.
    h: Vec<F>,
    /// The last step, and the other vector of its correction: H + s·aᵀ + a·sᵀ.
    s: Vec<F>,
    a: Vec<F>,
    product: Vec<F>,
    state: State<F>,
}

/// What is known about the curvature.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State<F> {
    /// Nothing: the direction is −∇f, and H has no values yet.
    Fresh,
    /// One step of this length was taken along −∇f.
    First(F),
    /// The last step, of this length, was taken along −H∇f.
    Later(F),
}

impl<F: Real> Default for Bfgs<F> {
    fn default() -> Self {
        let empty = Vec::new;
        let method = InverseBfgs {
            scaling: Scaling::Ample,
            h: empty(),
            s: empty(),
            a: empty(),
            product: empty(),
            state: State::Fresh,
        };
        LineSearchMethod::from_direction(method, LineSearch::default())
    }
}

impl<F: Real> Bfgs<F> {
    /// BFGS with strong Wolfe steps and an initial matrix scaled by the first pair.
    pub fn new() -> Self {
        Bfgs::default()
    }

    /// Returns the approximation of the inverse Hessian that gave the last direction: *n* × *n*, symmetric.
    pub fn inverse_hessian(&self) -> Array2<F> {
        let (n, InverseBfgs { h, s, a, state, .. }) = (self.direction.len(), &self.method);
        if matches!(state, State::Fresh | State::First(_)) {
            return Array2::eye(n);
        }
        let h = ArrayView2::from_shape((n, n), h).expect("H is n × n");
        let unit = self.units.of_hessian::<F>();
        Array2::from_shape_fn((n, n), |(i, j)| unit * (h[[i, j]] + s[i] * a[j] + a[i] * s[j]))
    }
}

impl<F: Real> InverseBfgs<F> {
    /// Sets H to a multiple of I, and the product H∇f. Returns the multiple.
    fn scale(&mut self, direction: &[F], grad: &[F], before: &[F], alpha: F) -> F {
        let (sy, yy) = direction
            .iter()
            .zip(grad)
            .zip(before)
            .fold((F::zero(), F::zero()), |(sy, yy), ((&d, &g), &b)| {
                (sy + alpha * d * (g - b), yy + (g - b) * (g - b))
            });
        let scale = self.scaling.of_first_pair(sy, yy);
        self.h.fill(F::zero());
        self.h.iter_mut().step_by(grad.len() + 1).for_each(|diagonal| *diagonal = scale);
        vector::scale_to(grad, scale, &mut self.product);
        scale
    }

    /// Corrects H and writes the new direction, in operations on vectors alone. With p = H∇f at the new point
    /// and d = −H∇f at the old one (`scale`·direction), Hy = p + d. With c = ρ(1 + ρ·yᵀHy)/2 and
    /// a = c·s − ρ·Hy, the correction is H ← H + s·aᵀ + a·sᵀ. Returns the slope along the new direction.
    fn correct(&mut self, direction: &mut [F], grad: &[F], before: &[F], alpha: F, scale: F) -> F {
        let sums = vector::by_length(
            grad.len(),
            #[inline(always)]
            || sums(&self.product, direction, scale, before, grad),
        );
        let (sy, sg) = (alpha * sums.dy, alpha * sums.dg);
        // As in L-BFGS-B, a pair is skipped if its curvature is negative or no more than rounding.
        let usable = sy > F::epsilon() * alpha * sums.dg_before.abs();
        let (c, rho) = if usable {
            let rho = F::one() / sy;
            (rho * (F::one() + rho * sums.yhy) / F::of(2.0), rho)
        } else {
            (F::zero(), F::zero())
        };
        let ag = c * sg - rho * sums.ghy;
        let correction = Correction { alpha, scale, c, rho, ag, sg };
        vector::by_length(
            grad.len(),
            #[inline(always)]
            || correction.apply(&self.product, &mut self.s, &mut self.a, direction),
        );
        vector::dot(direction, grad)
    }
}

impl<F> QuasiNewton for InverseBfgs<F> {
    fn scaling_mut(&mut self) -> &mut Scaling {
        &mut self.scaling
    }
}

impl<F: Real, O: ?Sized> SearchDirection<F, O> for InverseBfgs<F> {
    const SCALE_FREE: bool = true;

    fn bytes(&self, dim: usize) -> u128 {
        bytes_of::<F>(&[dim as u128, dim as u128])
    }

    fn name(&self) -> String {
        "bfgs".into()
    }

    fn start(&mut self, dim: usize) {
        self.h = vec![F::zero(); dim * dim];
        for buffer in [&mut self.s, &mut self.a, &mut self.product] {
            *buffer = vec![F::zero(); dim];
        }
        self.state = State::Fresh;
    }

    fn is_fresh(&self) -> bool {
        self.state == State::Fresh
    }

    fn forget(&mut self) {
        self.state = State::Fresh;
    }

    /// Corrects H by the last step, and sets the direction to −H∇f.
    fn update_direction(&mut self, direction: &mut [F], grad: &[F], before: &[F]) -> F {
        match self.state {
            State::Fresh => {
                direction.iter_mut().zip(grad).for_each(|(d, &g)| *d = -g);
                -vector::dot(grad, grad)
            }
            State::First(alpha) => {
                let scale = self.scale(direction, grad, before, alpha);
                // The last direction was −∇f. The correction treats it as the one that H would have given.
                self.state = State::Later(alpha);
                self.correct(direction, grad, before, alpha / scale, scale)
            }
            State::Later(alpha) => {
                vector::rank_two_product(&mut self.h, &self.s, &self.a, grad, &mut self.product);
                self.correct(direction, grad, before, alpha, F::one())
            }
        }
    }

    fn learn(&mut self, Step { alpha, .. }: Step<F>) {
        let fresh = self.state == State::Fresh;
        self.state = if fresh { State::First(alpha) } else { State::Later(alpha) };
    }

    fn save(&self, saved: &mut Saved) {
        saved.put("h", self.h.iter().copied());
        saved.put("s", self.s.iter().copied());
        saved.put("a", self.a.iter().copied());
        saved.put("product", self.product.iter().copied());
        let (known, alpha) = match self.state {
            State::Fresh => (0.0, F::nan()),
            State::First(alpha) => (1.0, alpha),
            State::Later(alpha) => (2.0, alpha),
        };
        saved.put("state", [known, alpha.wide()]);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        saved.take("h", &mut self.h)?;
        saved.take("s", &mut self.s)?;
        saved.take("a", &mut self.a)?;
        saved.take("product", &mut self.product)?;
        let mut state = [0.0; 2];
        saved.take("state", &mut state)?;
        self.state = match state {
            [1.0, alpha] => State::First(F::of(alpha)),
            [2.0, alpha] => State::Later(F::of(alpha)),
            _ => State::Fresh,
        };
        Ok(())
    }
}

/// The inner products of a correction.
#[derive(Clone, Copy)]
struct Sums<F> {
    dy: F,
    dg: F,
    dg_before: F,
    yhy: F,
    ghy: F,
}

/// Returns all inner products in one pass. Here d = `scale`·direction, y = grad − before, Hy = product + d.
#[inline(always)]
fn sums<F: Real>(product: &[F], direction: &[F], scale: F, before: &[F], grad: &[F]) -> Sums<F> {
    const L: usize = 8;
    let mut lanes = [[F::zero(); L]; 5];
    let mut add = |lane: usize, p: F, d: F, b: F, g: F| {
        let (d, y) = (scale * d, g - b);
        let hy = p + d;
        lanes[0][lane] += d * y;
        lanes[1][lane] += d * g;
        lanes[2][lane] += d * b;
        lanes[3][lane] += y * hy;
        lanes[4][lane] += g * hy;
    };
    let ((p, p_rest), (d, d_rest)) = (product.as_chunks::<L>(), direction.as_chunks::<L>());
    let ((b, b_rest), (g, g_rest)) = (before.as_chunks::<L>(), grad.as_chunks::<L>());
    for (((p, d), b), g) in p.iter().zip(d).zip(b).zip(g) {
        for i in 0..L {
            add(i, p[i], d[i], b[i], g[i]);
        }
    }
    for (((&p, &d), &b), &g) in p_rest.iter().zip(d_rest).zip(b_rest).zip(g_rest) {
        add(0, p, d, b, g);
    }
    let [dy, dg, dg_before, yhy, ghy] =
        lanes.map(|l| ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7])));
    Sums { dy, dg, dg_before, yhy, ghy }
}

/// The scalars of a correction.
#[derive(Clone, Copy)]
struct Correction<F> {
    alpha: F,
    scale: F,
    c: F,
    rho: F,
    ag: F,
    sg: F,
}

impl<F: Real> Correction<F> {
    /// Writes s, a and the new direction −(p + s·aᵀg + a·sᵀg).
    #[inline(always)]
    fn apply(self, product: &[F], s: &mut [F], a: &mut [F], direction: &mut [F]) {
        let Correction { alpha, scale, c, rho, ag, sg } = self;
        for (((s, a), d), &p) in s.iter_mut().zip(a.iter_mut()).zip(direction.iter_mut()).zip(product) {
            let d_before = scale * *d;
            *s = alpha * d_before;
            *a = c * *s - rho * (p + d_before);
            *d = -(p + *s * ag + *a * sg);
        }
    }
}
