//! The numeric gradient, by differences of values: slow and approximate, but easy to write.

use super::layout::ParamLayout;
use super::traits::{Differentiable, Objective};
use crate::real::Real;
use ndarray::{Array1, ArrayRef1};
use std::fmt;

/// The difference quotient that approximates a derivative.
///
/// ```
/// use gradus::objective::Difference;
/// // The derivative of sin at 1, from differences of sin.
/// let error = |difference: Difference| {
///     (difference.quotient(1.0, 1e-3, 1f64.sin(), |x: f64| x.sin()) - 1f64.cos()).abs()
/// };
/// assert!(error(Difference::Central) < error(Difference::Forward));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Difference {
    /// (f(x+h) − f(x)) / h. A gradient costs *n* + 1 values; the error is O(h).
    Forward,
    /// D(h) = (f(x+h) − f(x−h)) / 2h. A gradient costs 2*n* values; the error is O(h²).
    #[default]
    Central,
    /// (4·D(h/2) − D(h)) / 3, Richardson's extrapolation of the central quotient D. A gradient costs 4*n*
    /// values; the error is O(h⁴).
    Richardson,
}

impl Difference {
    /// Returns the step that balances truncation against rounding for a function whose values and derivatives
    /// have size one: ε^(1/(p+1)) for a quotient with error O(hᵖ), where ε is the machine precision of `F`.
    /// This is √ε (forward), ∛ε (central) or ε^⅕ (Richardson).
    pub fn best_step<F: Real>(self) -> F {
        match self {
            Difference::Forward => F::epsilon().sqrt(),
            Difference::Central => F::epsilon().cbrt(),
            Difference::Richardson => F::epsilon().powf(F::of(0.2)),
        }
    }

    /// Returns the power p of h in the truncation error.
    pub fn order(self) -> u32 {
        match self {
            Difference::Forward => 1,
            Difference::Central => 2,
            Difference::Richardson => 4,
        }
    }

    /// Returns the number of values that n = `entries` partial derivatives cost: n + 1, 2n or 4n.
    pub fn evaluations(self, entries: usize) -> usize {
        match self {
            Difference::Forward => entries + 1,
            Difference::Central => 2 * entries,
            Difference::Richardson => 4 * entries,
        }
    }

    /// Returns the quotient of the function `at` of one variable at `x`. The `value` of the function at `x`
    /// is used by the forward quotient only.
    ///
    /// The divisor is the distance between the points that are evaluated. It differs from the nominal h or 2h
    /// because x + h is rounded, which matters for small h.
    ///
    /// ```
    /// use gradus::objective::Difference;
    /// use gradus::prelude::*;
    /// let slope = Difference::Central.quotient(2.0, 1e-5, f64::NAN, |x: f64| x * x);
    /// assert!((slope - 4.0).abs() < 1e-10);
    /// ```
    pub fn quotient<F: Real>(self, x: F, h: F, value: F, mut at: impl FnMut(F) -> F) -> F {
        let mut central = |h: F| (at(x + h) - at(x - h)) / ((x + h) - (x - h));
        match self {
            Difference::Forward => (at(x + h) - value) / ((x + h) - x),
            Difference::Central => central(h),
            Difference::Richardson => {
                let coarse = central(h);
                let fine = central(h / F::of(2.0));
                fine + (fine - coarse) / F::of(3.0)
            }
        }
    }

    /// Returns the quotient along coordinate `i` of `point`, and restores the point afterwards.
    pub(crate) fn partial<F: Real, T: Objective<F> + ?Sized>(
        self,
        f: &mut T,
        point: &mut Array1<F>,
        i: usize,
        h: F,
        value: F,
    ) -> F {
        let x = point[i];
        let slope = self.quotient(x, h, value, |moved| {
            point[i] = moved;
            f.value(point)
        });
        point[i] = x;
        slope
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Difference::Forward => "forward",
            Difference::Central => "central",
            Difference::Richardson => "Richardson",
        })
    }
}

/// Returns the numeric gradient of `f` at `x`, with step `h` (> 0) along every coordinate (slides "numeric
/// gradient"). It costs exactly [`Difference::evaluations`] values.
///
/// ```
/// use gradus::objective::{Difference, numeric_gradient};
/// use gradus::prelude::*;
/// let mut bowl = Function::new(2, |x| x[0] * x[0] + 3.0 * x[1] * x[1]);
/// let gradient = numeric_gradient(&mut bowl, &array![1.0, 2.0], Difference::Central, 1e-5);
/// assert!((gradient - array![2.0, 12.0]).iter().all(|error| error.abs() < 1e-9));
/// ```
///
/// # Panics
/// If the length of `x` differs from the dimension of `f`.
pub fn numeric_gradient<F: Real, T: Objective<F> + ?Sized>(
    f: &mut T,
    x: &ArrayRef1<F>,
    difference: Difference,
    h: F,
) -> Array1<F> {
    assert_eq!(x.len(), f.dim(), "x has {} entries, the objective {}", x.len(), f.dim());
    let value = if difference == Difference::Forward { f.value(x) } else { F::nan() };
    let mut point = x.to_owned();
    (0..x.len()).map(|i| difference.partial(f, &mut point, i, h, value)).collect()
}

/// Adds a gradient by differences to any objective (slides 24–31).
///
/// The step along coordinate *i* is h·max(1, |xᵢ|). By default the quotient is central and h = ∛ε, which is
/// about 6e-6 in `f64`.
///
/// ```
/// use gradus::prelude::*;
/// let mut f = FiniteDifference::new(Function::new(1, |x| x[0].sin()));
/// let mut grad = Array1::zeros(1);
/// f.value_grad(&array![0.5], &mut grad);
/// assert!((grad[0] - 0.5f64.cos()).abs() < 1e-9);
/// ```
pub struct FiniteDifference<F, T> {
    inner: T,
    difference: Difference,
    h: F,
    point: Array1<F>,
}

impl<F: Real, T: Objective<F>> FiniteDifference<F, T> {
    /// Uses central differences with [`Difference::best_step`].
    pub fn new(inner: T) -> Self {
        FiniteDifference::with(inner, Difference::Central, Difference::Central.best_step())
    }

    /// Uses the given difference quotient and step `h` (> 0).
    pub fn with(inner: T, difference: Difference, h: F) -> Self {
        let point = Array1::zeros(inner.dim());
        FiniteDifference { inner, difference, h, point }
    }
}

impl<F: Real, T: Objective<F>> Objective<F> for FiniteDifference<F, T> {
    fn dim(&self) -> usize {
        self.inner.dim()
    }

    fn value(&mut self, x: &ArrayRef1<F>) -> F {
        self.inner.value(x)
    }

    fn param_layout(&self) -> Option<ParamLayout> {
        self.inner.param_layout()
    }
}

impl<F: Real, T: Objective<F>> Differentiable<F> for FiniteDifference<F, T> {
    fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F {
        let value = self.inner.value(x);
        self.point.assign(x);
        for i in 0..x.len() {
            let h = self.h * x[i].abs().max(F::one());
            grad[i] = self.difference.partial(&mut self.inner, &mut self.point, i, h, value);
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objective::{Counted, Function};
    use ndarray::array;

    const ALL: [Difference; 3] = [Difference::Forward, Difference::Central, Difference::Richardson];

    #[test]
    fn a_quotient_is_exact_on_polynomials_up_to_its_order() {
        // Central quotients are exact on squares, Richardson's on fourth powers; the forward one on lines
        // alone.
        for (difference, exact) in ALL.into_iter().zip([1, 2, 4]) {
            for power in 1..=5 {
                let slope = difference.quotient(1.0, 0.25, 1.0, |x: f64| x.powi(power));
                let right = (slope - f64::from(power)).abs() < 1e-12;
                assert_eq!(right, power <= exact, "{difference} on x^{power}: {slope}");
            }
        }
    }

    #[test]
    fn the_error_falls_with_the_power_that_is_promised() {
        for difference in ALL {
            let error = |h: f64| (difference.quotient(0.3, h, 0.3f64.exp(), f64::exp) - 0.3f64.exp()).abs();
            let order = (error(0.1) / error(0.05)).log2();
            assert!((order - f64::from(difference.order())).abs() < 0.1, "{difference}: {order}");
        }
    }

    #[test]
    fn a_numeric_gradient_costs_exactly_what_is_said() {
        for difference in ALL {
            let mut f = Counted::new(Function::new(3, |x| x[0] * x[1] + x[2].sin()));
            let gradient =
                numeric_gradient(&mut f, &array![1.0, 2.0, 0.5], difference, difference.best_step());
            assert_eq!(f.evaluations().value, difference.evaluations(3));
            assert!(
                (gradient - array![2.0, 1.0, 0.5f64.cos()]).iter().all(|e| e.abs() < 1e-7),
                "{difference}"
            );
        }
    }
}
