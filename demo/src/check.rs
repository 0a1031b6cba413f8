//! The gradient-check light: the analytic gradient against central differences.

use gradus::notebook::*;

/// What the light shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// Every entry agrees within [`GradientCheck::TOLERANCE`].
    Agrees,
    /// An entry does not, but the function has a corner there (a hinge exactly at its kink): its slopes to
    /// the left and to the right differ, and the analytic entry lies between them. Differences cannot tell
    /// more.
    Corner,
    /// An entry does not, and no corner excuses it.
    Differs,
}

/// The outcome of one check.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradientCheck {
    /// The largest |analytic − numeric| of an entry, over max(1, ‖∇f‖∞, |f|): rounding in f limits what
    /// differences can show.
    pub error: f64,
    /// The entry that has it.
    pub entry: usize,
    /// What it means.
    pub agreement: Agreement,
}

impl GradientCheck {
    /// The largest error that counts as agreement.
    pub const TOLERANCE: f64 = 1e-7;
    /// From here on two one-sided slopes are different slopes, not one slope with curvature.
    const JUMP: f64 = 1e-3;

    /// Checks the gradient of `f` at `x`, as [`FiniteDifference`] sees it.
    pub fn of(f: &mut impl Differentiable, x: &Array1<f64>) -> Self {
        let (mut analytic, mut numeric) = (Array1::zeros(x.len()), Array1::zeros(x.len()));
        let value = f.value_grad(x, &mut analytic);
        FiniteDifference::new(&mut *f).value_grad(x, &mut numeric);
        let scale = analytic.iter().fold(value.abs().max(1.0), |scale, g| scale.max(g.abs()));
        let errors = (&analytic - &numeric).mapv(|e| e.abs() / scale);
        let entry = (0..x.len())
            .fold(0, |worst, i| if errors[i] > errors[worst] || errors[i].is_nan() { i } else { worst });
        let wrong: Vec<usize> =
            (0..x.len()).filter(|&i| errors[i].is_nan() || errors[i] > Self::TOLERANCE).collect();
        let agreement = if wrong.is_empty() {
            Agreement::Agrees
        } else if wrong.iter().all(|&i| corner(f, x, i, value, analytic[i])) {
            Agreement::Corner
        } else {
            Agreement::Differs
        };
        GradientCheck { error: errors[entry], entry, agreement }
    }
}

/// Whether `f` has a corner along coordinate `i` that has `slope` between its two one-sided slopes.
fn corner(f: &mut impl Objective, x: &Array1<f64>, i: usize, value: f64, slope: f64) -> bool {
    let h = Difference::Central.best_step::<f64>() * x[i].abs().max(1.0);
    let mut one_sided = |h: f64| {
        let mut moved = x.clone();
        moved[i] += h;
        (f.value(&moved) - value) / h
    };
    let (left, right) = (one_sided(-h), one_sided(h));
    let (low, high) = (left.min(right), left.max(right));
    high - low > GradientCheck::JUMP
        && (low - GradientCheck::JUMP..=high + GradientCheck::JUMP).contains(&slope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: fn(f64) -> f64, slope: fn(f64) -> f64, at: f64) -> Agreement {
        let f = move |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
            grad[0] = slope(x[0]);
            value(x[0])
        };
        GradientCheck::of(&mut FunctionWithGradient::new(1, f), &array![at]).agreement
    }

    #[test]
    fn a_wrong_gradient_is_told_from_a_corner() {
        assert_eq!(check(f64::sin, f64::cos, 0.7), Agreement::Agrees);
        assert_eq!(check(f64::sin, |x| 1.001 * x.cos(), 0.7), Agreement::Differs);
        // The course's own page: λw² with the derivative λw.
        assert_eq!(check(|w| 0.1 * w * w, |w| 0.1 * w, 3.0), Agreement::Differs);
        assert_eq!(check(|x| x.max(0.0), |x| f64::from(x > 0.0), 0.0), Agreement::Corner);
        assert_eq!(check(|x| x.max(0.0), |_| 3.0, 0.0), Agreement::Differs);
        assert_eq!(check(|x| x, |_| f64::NAN, 0.0), Agreement::Differs);
    }
}
