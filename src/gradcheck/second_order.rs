//! Checks of second derivatives against differences of the gradient.

use super::diagnosis::Smooth;
use super::report::{Entry, Finding, Report, Subject};
use super::settings::GradCheck;
use crate::linalg::max_norm;
use crate::objective::{Counted, Difference, Differentiable, HessVec, TwiceDifferentiable};
use ndarray::{Array1, Array2, ArrayRef1};

/// The relative difference up to which two entries across the diagonal count as equal.
const SYMMETRY: f64 = 64.0 * f64::EPSILON;

/// The gradient of `f` along lines through `x`.
struct GradientAlong<'a, O: ?Sized> {
    f: Counted<&'a mut O>,
    x: Array1<f64>,
    at_x: Array1<f64>,
    grad: Array1<f64>,
}

impl<'a, O: Differentiable + ?Sized> GradientAlong<'a, O> {
    fn new(f: &'a mut O, x: &ArrayRef1<f64>) -> Self {
        let mut f = Counted::new(f);
        let mut at_x = Array1::zeros(x.len());
        f.value_grad(x, &mut at_x);
        GradientAlong { f, x: x.to_owned(), grad: at_x.clone(), at_x }
    }

    fn at(&mut self, direction: &Array1<f64>, t: f64) -> &Array1<f64> {
        let point = &self.x + &(direction * t);
        self.f.value_grad(&point, &mut self.grad);
        &self.grad
    }

    /// Returns the derivative of the gradient along a direction, by the given quotient.
    fn derivative(&mut self, direction: &Array1<f64>, difference: Difference, h: f64) -> Array1<f64> {
        match difference {
            Difference::Forward => (self.at(direction, h).clone() - &self.at_x) / h,
            Difference::Central => self.central(direction, h),
            Difference::Richardson => {
                let (coarse, fine) = (self.central(direction, h), self.central(direction, h / 2.0));
                (4.0 * fine - coarse) / 3.0
            }
        }
    }

    fn central(&mut self, direction: &Array1<f64>, h: f64) -> Array1<f64> {
        (self.at(direction, h).clone() - self.at(direction, -h)) / (2.0 * h)
    }

    fn report(&self, subject: Subject, check: &GradCheck, entries: Vec<Entry>, gradients: usize) -> Report {
        let mut report = Report::new(subject, *check, self.x.len(), entries);
        report.gradients = gradients;
        report.further_gradients = self.f.evaluations().grad - gradients;
        report
    }
}

pub(super) fn hessian<O: TwiceDifferentiable + ?Sized>(
    check: &GradCheck,
    f: &mut O,
    x: &ArrayRef1<f64>,
) -> Report {
    let dim = x.len();
    let mut analytic = Array2::from_elem((dim, dim), f64::NAN);
    f.hessian(x, &mut analytic);
    let mut gradient = GradientAlong::new(f, x);
    let scale = max_norm(&gradient.at_x);
    let unit = |j: usize| Array1::from_shape_fn(dim, |i| if i == j { 1.0 } else { 0.0 });
    let columns = check.entries.of(dim);
    let before = gradient.f.evaluations().grad;
    let mut entries = Vec::with_capacity(dim * columns.len());
    for &j in &columns {
        let numeric = gradient.derivative(&unit(j), check.difference, check.h);
        let entry = |i: usize| Entry {
            index: i,
            column: Some(j),
            analytic: analytic[[i, j]],
            numeric: numeric[i],
            finding: Finding::Agrees,
        };
        entries.extend((0..dim).map(entry));
    }
    let gradients =
        gradient.f.evaluations().grad - before + usize::from(check.difference == Difference::Forward);
    check.judge(&mut entries, Smooth::Gradient, scale, |entry, t| {
        gradient.at(&unit(entry.column.unwrap_or(0)), t)[entry.index]
    });
    let asymmetric = |i: usize, j: usize| {
        (analytic[[i, j]] - analytic[[j, i]]).abs()
            > SYMMETRY * analytic[[i, j]].abs().max(analytic[[j, i]].abs())
    };
    for entry in entries.iter_mut().filter(|entry| entry.finding == Finding::Agrees) {
        let (i, j) = (entry.index, entry.column.unwrap_or(0));
        if asymmetric(i, j) {
            entry.finding = Finding::Asymmetric { transposed: analytic[[j, i]] };
        }
    }
    gradient.report(Subject::Hessian, check, entries, gradients)
}

pub(super) fn hess_vec<O: HessVec + ?Sized>(
    check: &GradCheck,
    f: &mut O,
    x: &ArrayRef1<f64>,
    direction: &ArrayRef1<f64>,
) -> Report {
    let direction = direction.to_owned();
    let mut analytic = Array1::from_elem(x.len(), f64::NAN);
    f.hess_vec(x, &direction, &mut analytic);
    let mut gradient = GradientAlong::new(f, x);
    let scale = max_norm(&gradient.at_x);
    let before = gradient.f.evaluations().grad;
    let numeric = gradient.derivative(&direction, check.difference, check.h);
    let gradients =
        gradient.f.evaluations().grad - before + usize::from(check.difference == Difference::Forward);
    let entry = |i: usize| Entry {
        index: i,
        column: None,
        analytic: analytic[i],
        numeric: numeric[i],
        finding: Finding::Agrees,
    };
    let mut entries: Vec<Entry> = check.entries.of(x.len()).into_iter().map(entry).collect();
    check.judge(&mut entries, Smooth::Gradient, scale, |entry, t| gradient.at(&direction, t)[entry.index]);
    gradient.report(Subject::HessianVector, check, entries, gradients)
}
