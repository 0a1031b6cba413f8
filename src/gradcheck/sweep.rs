//! The error of a numeric gradient as a function of its step: truncation dominates for large steps, rounding
//! for small ones, and the minimum lies between them.

use crate::objective::{Difference, Differentiable};
use ndarray::{Array1, ArrayRef1};
use std::fmt;

/// The error of each difference quotient at each step. Errors are relative to the largest entry of the
/// analytic gradient, which is assumed to be correct.
///
/// ```
/// use gradus::gradcheck::GradCheck;
/// use gradus::objective::Difference;
/// use gradus::prelude::*;
/// use gradus::rng;
/// let x = rng::normal(&mut rng::stream(0, "point", 0), 20, 1.0);
/// let sweep = GradCheck::default().sweep(&mut problems::Rastrigin::new(20), &x)?;
/// let (h, error) = sweep.best(Difference::Central);
/// assert!((1e-7..1e-4).contains(&h) && error < 1e-8);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// The number of compared entries of the gradient.
    pub entries: usize,
    /// The steps, in decreasing order.
    pub h: Vec<f64>,
    /// The largest error of the forward quotient at each step.
    pub forward: Vec<f64>,
    /// The largest error of the central quotient at each step.
    pub central: Vec<f64>,
    /// The largest error of Richardson's extrapolation at each step.
    pub richardson: Vec<f64>,
}

impl Sweep {
    /// Returns the errors of a quotient at each step.
    pub fn errors(&self, difference: Difference) -> &[f64] {
        match difference {
            Difference::Forward => &self.forward,
            Difference::Central => &self.central,
            Difference::Richardson => &self.richardson,
        }
    }

    /// Returns the step at which a quotient has its smallest error, and that error.
    pub fn best(&self, difference: Difference) -> (f64, f64) {
        let pairs = self.h.iter().copied().zip(self.errors(difference).iter().copied());
        pairs.fold(
            (f64::NAN, f64::INFINITY),
            |best, (h, error)| if error < best.1 { (h, error) } else { best },
        )
    }
}

pub(super) fn sweep<O: Differentiable + ?Sized>(
    f: &mut O,
    x: &ArrayRef1<f64>,
    entries: &[usize],
    steps: &[f64],
) -> Sweep {
    let mut analytic = Array1::zeros(x.len());
    f.value_grad(x, &mut analytic);
    let value = f.value(x);
    let largest = entries.iter().map(|&i| analytic[i].abs()).fold(0.0, f64::max);
    let scale = if largest > 0.0 { largest } else { 1.0 };
    let mut point = x.to_owned();
    let mut errors = |difference: Difference| -> Vec<f64> {
        let mut of =
            |h: f64, i: usize| (difference.partial(f, &mut point, i, h, value) - analytic[i]).abs() / scale;
        // A NaN counts as the largest error.
        let worst = |a: f64, b: f64| if b > a || b.is_nan() { b } else { a };
        steps.iter().map(|&h| entries.iter().map(|&i| of(h, i)).fold(0.0, worst)).collect()
    };
    let (forward, central, richardson) =
        (errors(Difference::Forward), errors(Difference::Central), errors(Difference::Richardson));
    Sweep { entries: entries.len(), h: steps.to_vec(), forward, central, richardson }
}

impl fmt::Display for Sweep {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "relative error over the step h ({} entries of the gradient)", self.entries)?;
        write!(f, "{:>8}  {:>8}  {:>8}  {:>10}", "h", "forward", "central", "Richardson")?;
        let all = [Difference::Forward, Difference::Central, Difference::Richardson];
        for (row, h) in self.h.iter().enumerate() {
            write!(f, "\n{h:>8.0e}")?;
            for (difference, width) in all.into_iter().zip([8, 8, 10]) {
                let mark = if self.best(difference).0 == *h { '*' } else { ' ' };
                write!(
                    f,
                    "  {:>width$}{mark}",
                    format!("{:.1e}", self.errors(difference)[row]),
                    width = width - 1
                )?;
            }
        }
        write!(f, "\n* the best step of its column")
    }
}
