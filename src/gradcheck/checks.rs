//! The checks of gradients, Hessians and products, as methods of the settings and as functions.

use super::diagnosis::Smooth;
use super::report::{Entry, Finding, Report, Subject};
use super::second_order;
use super::settings::GradCheck;
use super::sweep::{self, Sweep};
use crate::error::{Error, Result};
use crate::linalg::norm;
use crate::objective::{
    Counted, Difference, Differentiable, FunctionWithGradient, HessVec, Objective, TwiceDifferentiable,
};
use crate::rng;
use ndarray::{Array1, ArrayRef1};

impl GradCheck {
    /// Checks the gradient of `f` at `x`.
    ///
    /// # Errors
    /// If the length of `x` is not the dimension of the objective, or a setting is out of range. A wrong
    /// gradient is not an error but a [`Report`] that does not pass; [`Report::require`] turns it into an
    /// error.
    pub fn gradient<O: Differentiable + ?Sized>(&self, f: &mut O, x: &ArrayRef1<f64>) -> Result<Report> {
        self.accepts(f.dim(), x)?;
        self.moves(x)?;
        let mut f = Counted::new(f);
        let (mut analytic, mut again) = (Array1::zeros(x.len()), Array1::zeros(x.len()));
        let value = f.value_grad(x, &mut analytic);
        let value_again = f.value_grad(x, &mut again);
        let alone = f.value(x);
        let repeats = value.to_bits() == value_again.to_bits()
            && analytic.iter().zip(&again).all(|(a, b)| a.to_bits() == b.to_bits());

        let before = f.evaluations().value;
        let at_x = if self.difference == Difference::Forward { f.value(x) } else { f64::NAN };
        let mut point = x.to_owned();
        let compare = |i: usize| Entry {
            index: i,
            column: None,
            analytic: analytic[i],
            numeric: self.difference.partial(&mut f, &mut point, i, self.h, at_x),
            finding: Finding::Agrees,
        };
        let mut entries: Vec<Entry> = self.entries.of(x.len()).into_iter().map(compare).collect();
        let values = f.evaluations().value - before;

        self.judge(&mut entries, Smooth::Function, alone.abs(), |entry, t| {
            let i = entry.index;
            point[i] = x[i] + t;
            let value = f.value(&point);
            point[i] = x[i];
            value
        });
        let mut report = Report::new(Subject::Gradient, *self, x.len(), entries);
        report.repeats = repeats;
        report.value = value;
        report.value_alone = alone;
        report.values = values;
        report.further_values = f.evaluations().value - values;
        Ok(report)
    }

    /// Checks the Hessian of `f` at `x` against differences of its gradient, and checks that it is symmetric.
    ///
    /// A check of a sample examines whole columns. The gradient is assumed to be correct, so check it first.
    ///
    /// # Errors
    /// As for [`GradCheck::gradient`].
    pub fn hessian<O: TwiceDifferentiable + ?Sized>(&self, f: &mut O, x: &ArrayRef1<f64>) -> Result<Report> {
        self.accepts(f.dim(), x)?;
        self.moves(x)?;
        Ok(second_order::hessian(self, f, x))
    }

    /// Checks the product of the Hessian of `f` at `x` with `direction` against a difference of the gradient
    /// along `direction`.
    ///
    /// # Errors
    /// As for [`GradCheck::gradient`]; also if the length of `direction` is not that of `x`.
    pub fn hess_vec<O: HessVec + ?Sized>(
        &self,
        f: &mut O,
        x: &ArrayRef1<f64>,
        direction: &ArrayRef1<f64>,
    ) -> Result<Report> {
        self.accepts(f.dim(), x)?;
        if direction.len() != x.len() {
            return Err(Error::Shape {
                what: "the direction",
                expected: vec![x.len()],
                got: vec![direction.len()],
            });
        }
        Ok(second_order::hess_vec(self, f, x, direction))
    }

    /// Measures the error of all three quotients for h = 1e-1, 1e-2, …, 1e-13, assuming that the analytic
    /// gradient of `f` is correct. On logarithmic axes the error has the shape of a U. The check's own h is
    /// not used.
    ///
    /// # Errors
    /// As for [`GradCheck::gradient`].
    pub fn sweep<O: Differentiable + ?Sized>(&self, f: &mut O, x: &ArrayRef1<f64>) -> Result<Sweep> {
        self.accepts(f.dim(), x)?;
        let steps: Vec<f64> = (1..=13).map(|k| 10f64.powi(-k)).collect();
        Ok(sweep::sweep(f, x, &self.entries.of(x.len()), &steps))
    }
}

/// Checks all entries of the gradient of `f` at `x`, with the settings of `torch.autograd.gradcheck`: central
/// differences with h = 1e-6, and |a − n| ≤ 1e-5 + 1e-3·|n|. [`GradCheck`] has other settings.
///
/// ```
/// use gradus::prelude::*;
/// let report = check_gradient(&mut problems::Rosenbrock::new(4), &array![-1.2, 1.0, 0.5, 2.0])?;
/// assert!(report.passes(), "{report}");
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// If the length of `x` is not the dimension of the objective. A wrong gradient is not an error but a
/// [`Report`] that does not pass.
pub fn check_gradient<O: Differentiable + ?Sized>(f: &mut O, x: &ArrayRef1<f64>) -> Result<Report> {
    GradCheck::default().gradient(f, x)
}

/// Checks `num_checks` random entries of the gradient of `f` at `x`, with step `h`: the sparse check of the
/// lecture, whose code uses 10 entries and h = 1e-5. The same seed selects the same entries.
///
/// ```
/// use gradus::gradcheck::check_gradient_sparse;
/// use gradus::prelude::*;
/// let x = Array1::from_elem(1_000, 0.5);
/// let report = check_gradient_sparse(&mut problems::Rosenbrock::new(1_000), &x, 10, 1e-5, 0)?;
/// assert_eq!((report.entries.len(), report.passes()), (10, true));
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// If the length of `x` is not the dimension of the objective, `num_checks` is 0, or `h` is not finite and >
/// 0.
pub fn check_gradient_sparse<O: Differentiable + ?Sized>(
    f: &mut O,
    x: &ArrayRef1<f64>,
    num_checks: usize,
    h: f64,
    seed: u64,
) -> Result<Report> {
    GradCheck::sparse(num_checks, seed).h(h).gradient(f, x)
}

/// Checks a closure that writes the gradient and returns the value, with the settings of [`check_gradient`].
///
/// ```
/// use gradus::gradcheck::check_function;
/// use gradus::prelude::*;
/// let report = check_function(&array![0.5, 2.0], |x, grad| {
///     grad[0] = x[1] * x[0].cos();
///     grad[1] = x[0].sin();
///     x[1] * x[0].sin()
/// })?;
/// assert!(report.passes(), "{report}");
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// None: the conditions of [`check_gradient`] always hold here.
pub fn check_function(
    x: &ArrayRef1<f64>,
    value_grad: impl FnMut(&ArrayRef1<f64>, &mut ArrayRef1<f64>) -> f64,
) -> Result<Report> {
    check_gradient(&mut FunctionWithGradient::new(x.len(), value_grad), x)
}

/// Checks every entry of the Hessian of `f` at `x` against differences of its gradient, and checks that the
/// Hessian is symmetric. Torch calls this check `gradgradcheck`. For an objective that only multiplies by its
/// Hessian, use [`check_hess_vec`].
///
/// ```
/// use gradus::gradcheck::check_second_derivatives;
/// use gradus::prelude::*;
/// let report = check_second_derivatives(&mut problems::Rosenbrock::new(4), &array![-1.2, 1.0, 0.5, 2.0])?;
/// assert!(report.passes(), "{report}");
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// If the length of `x` is not the dimension of the objective.
pub fn check_second_derivatives<O: TwiceDifferentiable + ?Sized>(
    f: &mut O,
    x: &ArrayRef1<f64>,
) -> Result<Report> {
    GradCheck::default().hessian(f, x)
}

/// Checks a Hessian-vector product of `f` at `x` along a random direction of length one.
///
/// ```
/// use gradus::gradcheck::check_hess_vec;
/// use gradus::prelude::*;
/// let report = check_hess_vec(&mut problems::Rosenbrock::new(100), &Array1::zeros(100), 0)?;
/// assert!(report.passes(), "{report}");
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// If the length of `x` is not the dimension of the objective.
pub fn check_hess_vec<O: HessVec + ?Sized>(f: &mut O, x: &ArrayRef1<f64>, seed: u64) -> Result<Report> {
    let direction =
        rng::normal::<f64>(&mut rng::stream(seed, "direction of a Hessian-vector check", 0), x.len(), 1.0);
    let length = norm(&direction).max(f64::MIN_POSITIVE);
    GradCheck::default().hess_vec(f, x, &(direction / length))
}
