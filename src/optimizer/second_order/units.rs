//! The units of f and x in which an optimizer computes.

use crate::linalg::max_norm;
use crate::objective::{Differentiable, HessVec, Objective, TwiceDifferentiable};
use crate::optimizer::{Iterate, Saved};
use crate::real::Real;
use crate::stop::Termination;
use ndarray::{Array1, ArrayRef1, ArrayRef2};
use std::ops::ControlFlow;

/// The sizes of ‖∇f(x₀)‖∞ that are ordinary.
const ORDINARY: (f64, f64) = (1e-8, 1e20);
/// The size of ‖x₀‖∞ from which on lengths are measured in another unit.
const FAR: f64 = 1e10;
/// The same for a slope on which f hardly changes over such a distance: from this size on, if ‖x₀‖∞ is so
/// many times as large as ‖∇f(x₀)‖∞.
const FAR_ON_A_PLAIN: (f64, f64) = (1e3, 1e9);

/// The units of f and x. With units c and t, an optimizer minimizes c·f(t·z) over z = x/t.
///
/// Some numbers of an optimizer have a fixed size: a first step of length 1, a first radius, a longest step.
/// And squares of gradients over- or underflow long before the gradients do. An optimizer whose theory does
/// not depend on the scale of f or x therefore computes in units in which ‖∇f(x₀)‖∞ is about 1 if it is not
/// of an ordinary size, and x₀ is about 1 if it is far away. Units are powers of 2, so no number is rounded.
/// In the ordinary range both are 1, and nothing is converted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Units {
    /// The binary logarithms of c and t.
    value: i32,
    length: i32,
}

impl Units {
    /// Returns the units for a run from this point.
    pub fn of<F: Real>(start: &Iterate<F>) -> Self {
        let (grad, x) = (max_norm(&start.grad).wide(), max_norm(&start.x).wide());
        let on_a_plain = x > FAR_ON_A_PLAIN.0 && x > FAR_ON_A_PLAIN.1 * grad;
        let far = (x > FAR || on_a_plain) && x.is_finite();
        let ordinary = !far && (ORDINARY.0..=ORDINARY.1).contains(&grad);
        if ordinary || !(grad > 0.0 && grad.is_finite()) {
            return Units::default();
        }
        // Powers of 2 that the type can represent, with room for a product.
        let most = if F::epsilon().wide() > 1e-10 { 120 } else { 1000 };
        let exponent = |size: f64| size.log2().floor() as i32;
        let length = if far { exponent(x).min(most / 4) } else { 0 };
        let units = Units { value: (-exponent(grad) - length).clamp(-most, most), length };
        // A large constant beside a small gradient can overflow in the other units.
        let value = start.value * power::<F>(units.value);
        if value.is_finite() { units } else { Units::default() }
    }

    /// Takes the units for a run from this point, and returns whether they are other ones.
    pub fn change<F: Real>(&mut self, start: &Iterate<F>) -> bool {
        let before = std::mem::replace(self, Units::of(start));
        *self != before
    }

    /// Whether both units are 1.
    pub fn are_plain(self) -> bool {
        self == Units::default()
    }

    /// Makes an iteration in these units: `step` gets the objective and the point converted; the point and
    /// the reason of an end are then converted back.
    #[inline]
    pub fn within<F: Real, O: ?Sized>(
        self,
        objective: &mut O,
        iterate: &mut Iterate<F>,
        step: impl FnOnce(&mut InUnits<O>, &mut Iterate<F>) -> ControlFlow<Termination>,
    ) -> ControlFlow<Termination> {
        self.enter(iterate);
        let flow = step(&mut InUnits { objective, units: self }, iterate);
        self.leave(iterate);
        flow.map_break(|reason| self.tell(reason))
    }

    /// Makes an iteration as [`within`](Units::within) does, for a method whose step length α is a length of
    /// x, which is converted back too.
    #[inline]
    pub fn within_by_length<F: Real, O: ?Sized>(
        self,
        objective: &mut O,
        iterate: &mut Iterate<F>,
        step: impl FnOnce(&mut InUnits<O>, &mut Iterate<F>) -> ControlFlow<Termination>,
    ) -> ControlFlow<Termination> {
        let flow = self.within(objective, iterate, step);
        if flow.is_continue() {
            iterate.alpha = self.length(iterate.alpha);
        }
        flow
    }

    /// Converts a point into these units.
    fn enter<F: Real>(self, iterate: &mut Iterate<F>) {
        self.convert(iterate, 1);
    }

    /// Converts a point back.
    fn leave<F: Real>(self, iterate: &mut Iterate<F>) {
        self.convert(iterate, -1);
    }

    fn convert<F: Real>(self, iterate: &mut Iterate<F>, sign: i32) {
        if self.are_plain() {
            return;
        }
        iterate.x *= power::<F>(-sign * self.length);
        iterate.grad *= power::<F>(sign * (self.value + self.length));
        iterate.value *= power::<F>(sign * self.value);
    }

    /// Converts a length of x back.
    pub fn length<F: Real>(self, length: F) -> F {
        length * power::<F>(self.length)
    }

    /// Returns the factor by which second derivatives are larger in these units.
    pub fn of_hessian<F: Real>(self) -> F {
        power(self.value + 2 * self.length)
    }

    /// Returns the smallest positive value of f in these units: closer values cannot be told apart.
    pub fn least_value<F: Real>(self) -> f64 {
        F::min_positive_value().wide() * F::epsilon().wide() * power::<f64>(self.value)
    }

    /// Converts the numbers of a reason back.
    fn tell(self, reason: Termination) -> Termination {
        if self.are_plain() {
            return reason;
        }
        let plain = |value: f64| value * power::<f64>(-self.value);
        match reason {
            Termination::LineSearchFailed { alpha, slope, trials } => {
                Termination::LineSearchFailed { alpha, slope: plain(slope), trials }
            }
            Termination::GradientContradicted { slope, measured } => {
                Termination::GradientContradicted { slope: plain(slope), measured: plain(measured) }
            }
            Termination::Kink { before, after } => {
                Termination::Kink { before: plain(before), after: plain(after) }
            }
            Termination::Unbounded { value } => Termination::Unbounded { value: plain(value) },
            Termination::NotADescentDirection { iteration, slope } => {
                Termination::NotADescentDirection { iteration, slope: plain(slope) }
            }
            Termination::HessianFailed { iteration, shift } => {
                Termination::HessianFailed { iteration, shift: shift / self.of_hessian::<f64>() }
            }
            other => other,
        }
    }

    /// Saves the units, if they are not 1.
    pub fn save(self, saved: &mut Saved) {
        if !self.are_plain() {
            saved.put("units", [f64::from(self.value), f64::from(self.length)]);
        }
    }

    /// Returns the units that a run was saved with.
    pub fn restored(saved: &Saved) -> Self {
        match saved.get("units") {
            Some(&[value, length]) => Units { value: value as i32, length: length as i32 },
            _ => Units::default(),
        }
    }
}

/// Returns a power of 2, which is exact.
fn power<F: Real>(exponent: i32) -> F {
    F::of(2.0).powi(exponent)
}

/// An objective in other units. In plain units it is the objective itself.
pub(super) struct InUnits<'a, O: ?Sized> {
    pub objective: &'a mut O,
    pub units: Units,
}

impl<O: ?Sized> InUnits<'_, O> {
    /// The point in the units of the objective.
    fn plain<F: Real>(&self, z: &ArrayRef1<F>) -> Array1<F> {
        let unit = power::<F>(self.units.length);
        z.mapv(|z| z * unit)
    }
}

impl<F: Real, O: Objective<F> + ?Sized> Objective<F> for InUnits<'_, O> {
    fn dim(&self) -> usize {
        self.objective.dim()
    }

    #[inline]
    fn value(&mut self, x: &ArrayRef1<F>) -> F {
        if self.units.are_plain() {
            return self.objective.value(x);
        }
        let x = self.plain(x);
        self.objective.value(&x) * power::<F>(self.units.value)
    }
}

impl<F: Real, O: Differentiable<F> + ?Sized> Differentiable<F> for InUnits<'_, O> {
    #[inline]
    fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F {
        if self.units.are_plain() {
            return self.objective.value_grad(x, grad);
        }
        let x = self.plain(x);
        let value = self.objective.value_grad(&x, grad);
        *grad *= power::<F>(self.units.value + self.units.length);
        value * power::<F>(self.units.value)
    }
}

impl<F: Real, O: TwiceDifferentiable<F> + ?Sized> TwiceDifferentiable<F> for InUnits<'_, O> {
    fn hessian(&mut self, x: &ArrayRef1<F>, hessian: &mut ArrayRef2<F>) {
        if self.units.are_plain() {
            return self.objective.hessian(x, hessian);
        }
        let x = self.plain(x);
        self.objective.hessian(&x, hessian);
        *hessian *= self.units.of_hessian::<F>();
    }
}

impl<F: Real, O: HessVec<F> + ?Sized> HessVec<F> for InUnits<'_, O> {
    fn hess_vec(&mut self, x: &ArrayRef1<F>, v: &ArrayRef1<F>, product: &mut ArrayRef1<F>) {
        if self.units.are_plain() {
            return self.objective.hess_vec(x, v, product);
        }
        let x = self.plain(x);
        self.objective.hess_vec(&x, v, product);
        *product *= self.units.of_hessian::<F>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn start(x: f64, grad: f64) -> Iterate<f64> {
        Iterate { value: 1.0, grad: array![grad, 0.0], ..Iterate::new(&array![x, -x]) }
    }

    #[test]
    fn ordinary_runs_have_plain_units() {
        for (x, grad) in [(1.0, 1.0), (1e9, 10.0), (1.0, 1e-7), (0.0, 1e19), (1.0, 0.0), (1.0, f64::NAN)] {
            assert!(Units::of(&start(x, grad)).are_plain(), "{x} {grad}");
        }
    }

    #[test]
    fn other_runs_have_units_in_which_their_gradient_is_about_one_and_no_number_is_rounded() {
        for (x, grad) in
            [(1.0, 1e-200), (3.0, 7e250), (1e40, 1e-3), (1e11, 1e-300), (1e6, 1e-5), (5e-30, 1e30)]
        {
            let units = Units::of(&start(x, grad));
            let mut iterate = start(x, grad);
            units.enter(&mut iterate);
            assert!((0.5..=2.0).contains(&iterate.grad[0]), "{x} {grad}: {iterate:?}");
            assert!(iterate.x[0] <= 2.0f64.max(x.min(FAR)), "{x} {grad}: {iterate:?}");
            units.leave(&mut iterate);
            assert_eq!(iterate.grad, start(x, grad).grad);
            assert_eq!((&iterate.x, iterate.value), (&start(x, grad).x, 1.0));
        }
        let beside_a_constant = Iterate { value: 1e200, ..start(1.0, 1e-200) };
        assert!(Units::of(&beside_a_constant).are_plain());
        let narrow = Iterate { value: 1.0, grad: array![1e-35f32], ..Iterate::new(&array![1.0f32]) };
        assert!(!Units::of(&narrow).are_plain());
    }
}
