//! Newton's method in three forms: pure, damped by a line search, and with a Hessian that is shifted to be
//! positive definite.

use super::curvature::{self, out_of_memory};
use super::damping::Damping;
use super::units::Units;
use crate::error::Result;
use crate::linalg::triangular::mirror_upper;
use crate::linalg::{BunchKaufman, all_finite, cholesky_in_place, cholesky_solve};
use crate::objective::TwiceDifferentiable;
use crate::optimizer::{Iterate, Optimizer, Saved, Spectrum};
use crate::stop::Termination;
use ndarray::{Array1, Array2, ArrayRef1};
use std::ops::ControlFlow;

/// Newton: x ← x − α(H + τI)⁻¹∇f (slide "Second-Order Optimization"), in three forms.
///
/// | form | α | τ | if H is not positive definite |
/// |---|---|---|---|
/// | [`Newton::pure`] | 1 | 0 | continues, by LDLᵀ |
/// | [`Newton::damped`] | line search | 0 | ends if the step would go uphill |
/// | [`Newton::new`], [`Newton::shifted`] | line search | as needed | shifts H by τI |
///
/// The pure form solves ∇f = 0, and a saddle point is a solution too. The damped form ends with
/// [`Termination::NotADescentDirection`]. The shifted form uses the smallest τ = 10⁻³‖H‖·4ʲ for which H + τI
/// is positive definite.
///
/// LAPACK's Cholesky factors H in place; it fails exactly if H is not positive definite. The line search
/// tries α = 1, and then shorter steps by Armijo's rule (Nocedal & Wright 2006, algorithms 3.2 and 3.3). Near
/// a minimum with a positive definite H, all three forms make the same steps, and the number of correct
/// digits doubles in each iteration.
///
/// Memory: one matrix of n² numbers, 8n² bytes. If the available memory is smaller, the run ends with
/// [`Termination::OutOfMemory`].
///
/// ```
/// use gradus::prelude::*;
/// let at_the_saddle =
///     minimize(problems::Saddle, &array![0.1, 0.1], Newton::pure(), Stop::grad(1e-8)).unwrap();
/// assert_eq!(at_the_saddle.smallest_eigenvalue, Some(-1.0));
/// let mut newton = Newton::new();
/// let at_a_minimum = minimize(problems::Saddle, &array![0.1, 0.1], &mut newton, Stop::grad(1e-8)).unwrap();
/// assert_eq!(at_a_minimum.smallest_eigenvalue, Some(1.0));
/// assert_eq!(newton.shift(), 0.0);
/// ```
#[derive(Debug, Clone)]
pub struct Newton {
    form: Form,
    damping: Damping,
    /// H, whose lower triangle is replaced by its factor.
    matrix: Array2<f64>,
    /// The diagonal of H, which the factor overwrites.
    diagonal: Array1<f64>,
    direction: Array1<f64>,
    /// The factorization of a Hessian that is not positive definite, in the forms that do not shift.
    indefinite: Option<BunchKaufman>,
    shift: f64,
    refused: Option<Termination>,
    units: Units,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Pure,
    Damped,
    Shifted,
}

impl Default for Newton {
    fn default() -> Self {
        Newton::new()
    }
}

impl Newton {
    /// Newton's method with a line search, and with a Hessian that is shifted if it is not positive definite:
    /// the form that finds minima.
    pub fn new() -> Self {
        Newton::of(Form::Shifted)
    }

    /// The same as [`Newton::new`].
    pub fn shifted() -> Self {
        Newton::of(Form::Shifted)
    }

    /// Newton's method with full steps and an unchanged Hessian. Finds stationary points of any kind.
    pub fn pure() -> Self {
        Newton::of(Form::Pure)
    }

    /// Newton's method with a line search and an unchanged Hessian.
    pub fn damped() -> Self {
        Newton::of(Form::Damped)
    }

    fn of(form: Form) -> Self {
        Newton {
            form,
            damping: Damping::default(),
            matrix: Array2::default((0, 0)),
            diagonal: Array1::default(0),
            direction: Array1::default(0),
            indefinite: None,
            shift: 0.0,
            refused: None,
            units: Units::default(),
        }
    }

    /// Returns the shift τ of the last iteration: 0 if the Hessian was positive definite, and for the forms
    /// that do not shift.
    pub fn shift(&self) -> f64 {
        self.shift / self.units.of_hessian::<f64>()
    }

    /// Makes one iteration, in the units of the run.
    fn take_step<O: TwiceDifferentiable<f64> + ?Sized>(
        &mut self,
        objective: &mut O,
        iterate: &mut Iterate<f64>,
    ) -> ControlFlow<Termination> {
        objective.hessian(&iterate.x, &mut self.matrix);
        self.solve(iterate)?;
        if self.form != Form::Pure {
            return self.damping.step(objective, iterate, &self.direction);
        }
        iterate.x += &self.direction;
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
        iterate.alpha = 1.0;
        ControlFlow::Continue(())
    }

    /// Solves (H + τI)·d = −∇f, with H in `matrix`.
    fn solve(&mut self, iterate: &Iterate<f64>) -> ControlFlow<Termination> {
        self.shift = 0.0;
        self.diagonal.assign(&self.matrix.diag());
        self.direction.zip_mut_with(&iterate.grad, |d, &g| *d = -g);
        let solved = cholesky_in_place(&mut self.matrix).is_ok() || self.solve_indefinite(iterate)?;
        if solved {
            cholesky_solve(&self.matrix, &mut self.direction);
        }
        match all_finite(&self.direction) {
            true => ControlFlow::Continue(()),
            false => {
                ControlFlow::Break(Termination::HessianFailed { iteration: iterate.k, shift: self.shift })
            }
        }
    }

    /// Handles a Hessian that is not positive definite. Returns `true` if it has been shifted and factored,
    /// and `false` if the system has been solved already.
    fn solve_indefinite(&mut self, iterate: &Iterate<f64>) -> ControlFlow<Termination, bool> {
        let Some(largest) = self.largest_entry() else {
            return ControlFlow::Break(Termination::HessianNotFinite { iteration: iterate.k });
        };
        let Some(ldl) = &mut self.indefinite else { return self.factor_shifted(iterate.k, largest) };
        restore(&mut self.matrix, &self.diagonal, 0.0);
        if !ldl.factor_in_place(&mut self.matrix) {
            return ControlFlow::Break(Termination::HessianFailed { iteration: iterate.k, shift: 0.0 });
        }
        ldl.solve(&self.matrix, &mut self.direction);
        ControlFlow::Continue(false)
    }

    /// Factors H + τI with the smallest shift for which it is positive definite.
    fn factor_shifted(&mut self, iteration: usize, largest: f64) -> ControlFlow<Termination, bool> {
        // For H = 0, any positive shift is right.
        let size = if largest > 0.0 { largest } else { 1.0 };
        for attempt in 0..40 {
            self.shift = 1e-3 * size * 4f64.powi(attempt);
            restore(&mut self.matrix, &self.diagonal, self.shift);
            if cholesky_in_place(&mut self.matrix).is_ok() {
                return ControlFlow::Continue(true);
            }
        }
        ControlFlow::Break(Termination::HessianFailed { iteration, shift: self.shift })
    }

    /// Returns the largest absolute entry of H, from its upper triangle, or `None` if an entry is not finite.
    fn largest_entry(&self) -> Option<f64> {
        let rows = self.matrix.rows().into_iter().enumerate();
        let above = rows.flat_map(|(i, row)| row.into_iter().skip(i + 1));
        // A sum keeps a NaN; a maximum would lose it.
        let (largest, sum) = above
            .chain(&self.diagonal)
            .fold((0.0f64, 0.0), |(most, sum), h| (most.max(h.abs()), sum + h * 0.0));
        (sum == 0.0).then_some(largest)
    }
}

/// Writes H + τI into the lower triangle, from the upper one and the diagonal.
fn restore(matrix: &mut Array2<f64>, diagonal: &ArrayRef1<f64>, shift: f64) {
    mirror_upper(matrix);
    matrix.diag_mut().zip_mut_with(diagonal, |entry, &d| *entry = d + shift);
}

impl<O: TwiceDifferentiable<f64> + ?Sized> Optimizer<f64, O> for Newton {
    fn name(&self) -> String {
        match self.form {
            Form::Pure => "newton",
            Form::Damped => "newton-damped",
            Form::Shifted => "newton-shifted",
        }
        .into()
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) {
        let dim = iterate.x.len();
        self.refused = out_of_memory(dim, 1);
        if self.refused.is_none() {
            self.matrix = Array2::zeros((dim, dim));
            self.diagonal = Array1::zeros(dim);
            self.direction = Array1::zeros(dim);
            self.indefinite = (self.form != Form::Shifted).then(|| BunchKaufman::new(dim));
            self.damping.start(dim);
        }
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
        self.units = Units::of(iterate);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) -> ControlFlow<Termination> {
        if let Some(refused) = self.refused {
            return ControlFlow::Break(refused);
        }
        self.units.within(objective, iterate, |objective, iterate| self.take_step(objective, iterate))
    }

    fn save(&self, saved: &mut Saved) {
        self.units.save(saved);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        self.units = Units::restored(saved);
        Ok(())
    }

    fn stays_finite(&self) -> bool {
        self.form != Form::Pure
    }

    fn shift(&self) -> Option<f64> {
        (self.form == Form::Shifted).then_some(self.shift())
    }

    fn spectrum(&mut self, objective: &mut O, x: &ArrayRef1<f64>) -> Option<Spectrum> {
        curvature::spectrum(objective, x)
    }
}
