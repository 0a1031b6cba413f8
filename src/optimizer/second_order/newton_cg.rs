//! Newton's method with products of the Hessian alone: conjugate gradients solve its system approximately.

use super::damping::Damping;
use super::units::Units;
use crate::error::{Result, check_hyperparameter};
use crate::linalg::norm;
use crate::line_search::{LineSearch, MoreThuente};
use crate::objective::HessVec;
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::stop::Termination;
use ndarray::Array1;
use std::ops::ControlFlow;

/// Line-search Newton-CG, the truncated Newton method (Dembo & Steihaug 1983; Nocedal & Wright 2006,
/// algorithm 7.1).
///
/// Conjugate gradients, started at 0, solve the system ∇²f·d = −∇f. They need products ∇²f·v only, and stop
/// when the residual is ‖r‖₁ ≤ η‖∇f‖₁, with the forcing term η = min(η₀, √‖∇f‖₁) (Eisenstat & Walker 1996).
/// The tolerance is loose far from the minimum and tight near it, and convergence is superlinear. If the
/// curvature vᵀ∇²f·v is not positive, the method uses the direction found so far, or steepest descent if
/// there is none yet. The line search starts at step length 1.
///
/// The iterates are those of `scipy.optimize.minimize(method="Newton-CG")` as long as SciPy's line search
/// accepts step length 1. SciPy's line search may start below 1, and its bound on the curvature does not
/// scale with v.
///
/// [`GradientDifference`](crate::objective::GradientDifference) computes the products for any function with a
/// gradient.
///
/// ```
/// use gradus::objective::ThroughHessian;
/// use gradus::prelude::*;
/// let mut valley = ThroughHessian::new(problems::Rosenbrock::new(100));
/// let start = problems::Rosenbrock::new(100).facts().start;
/// let found = minimize(&mut valley, &start, NewtonCg::new(), Stop::grad(1e-8)).unwrap();
/// assert!(found.termination.converged());
/// ```
#[derive(Debug, Clone)]
pub struct NewtonCg {
    forcing: f64,
    most_products: Option<usize>,
    damping: Damping,
    direction: Array1<f64>,
    residual: Array1<f64>,
    conjugate: Array1<f64>,
    product: Array1<f64>,
    units: Units,
}

impl Default for NewtonCg {
    fn default() -> Self {
        NewtonCg::new()
    }
}

impl NewtonCg {
    /// Newton-CG with η₀ = ½ and at most 20*n* products per iteration.
    pub fn new() -> Self {
        let empty = Array1::default(0);
        NewtonCg {
            forcing: 0.5,
            most_products: None,
            damping: Damping::by(MoreThuente::default().into()),
            direction: empty.clone(),
            residual: empty.clone(),
            conjugate: empty.clone(),
            product: empty,
            units: Units::default(),
        }
    }

    /// Sets η₀, the largest share of the residual that may remain, 0 < η₀ < 1.
    ///
    /// # Errors
    /// If it is not above 0 and below 1.
    pub fn forcing(self, most: f64) -> Result<Self> {
        check_hyperparameter("forcing", most, "above 0 and below 1", |v| v > 0.0 && v < 1.0)?;
        Ok(NewtonCg { forcing: most, ..self })
    }

    /// Sets the largest number of products per iteration, ≥ 1.
    ///
    /// # Errors
    /// If it is 0.
    pub fn most_products(self, most: usize) -> Result<Self> {
        check_hyperparameter("products", most as f64, "at least 1", |v| v >= 1.0)?;
        Ok(NewtonCg { most_products: Some(most), ..self })
    }

    /// Sets the line search, which starts at step length 1. The default is that of Moré & Thuente.
    ///
    /// # Errors
    /// If one of its parameters is out of its range.
    pub fn line_search(mut self, search: impl Into<LineSearch>) -> Result<Self> {
        self.damping.line_search = search.into();
        self.damping.line_search.validate()?;
        Ok(self)
    }

    /// Makes one iteration, in the units of the run.
    fn take_step<O: HessVec<f64> + ?Sized>(
        &mut self,
        objective: &mut O,
        iterate: &mut Iterate<f64>,
    ) -> ControlFlow<Termination> {
        self.solve(objective, iterate)?;
        self.damping.step(objective, iterate, &self.direction)
    }

    /// Solves the Newton system approximately by conjugate gradients.
    fn solve<O: HessVec<f64> + ?Sized>(
        &mut self,
        objective: &mut O,
        iterate: &Iterate<f64>,
    ) -> ControlFlow<Termination> {
        let size: f64 = iterate.grad.iter().map(|g| g.abs()).sum();
        let tolerance = self.forcing.min(size.sqrt()) * size;
        self.direction.fill(0.0);
        self.residual.assign(&iterate.grad);
        self.conjugate.zip_mut_with(&iterate.grad, |c, &g| *c = -g);
        let mut squared = self.residual.dot(&self.residual);
        let most = self.most_products.unwrap_or(20 * iterate.x.len());
        for inner in 0..most {
            if self.residual.iter().map(|r| r.abs()).sum::<f64>() <= tolerance {
                break;
            }
            objective.hess_vec(&iterate.x, &self.conjugate, &mut self.product);
            let curvature = self.conjugate.dot(&self.product);
            if !curvature.is_finite() {
                return ControlFlow::Break(Termination::HessianNotFinite { iteration: iterate.k });
            }
            if curvature <= 3.0 * f64::EPSILON * norm(&self.conjugate).powi(2) {
                if inner == 0 {
                    // The length that the curvature would give if it were positive.
                    let length = if curvature < 0.0 { squared / -curvature } else { 1.0 };
                    self.direction.zip_mut_with(&iterate.grad, |d, &g| *d = -length * g);
                }
                break;
            }
            let alpha = squared / curvature;
            self.direction.scaled_add(alpha, &self.conjugate);
            self.residual.scaled_add(alpha, &self.product);
            let now = self.residual.dot(&self.residual);
            let beta = now / squared;
            self.conjugate.zip_mut_with(&self.residual, |c, &r| *c = beta * *c - r);
            squared = now;
        }
        ControlFlow::Continue(())
    }
}

impl<O: HessVec<f64> + ?Sized> Optimizer<f64, O> for NewtonCg {
    fn name(&self) -> String {
        "newton-cg".into()
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) {
        let dim = iterate.x.len();
        for buffer in [&mut self.direction, &mut self.residual, &mut self.conjugate, &mut self.product] {
            *buffer = Array1::zeros(dim);
        }
        self.damping.start(dim);
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
        self.units = Units::of(iterate);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) -> ControlFlow<Termination> {
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
        true
    }

    #[cfg(feature = "lapack")]
    fn spectrum(
        &mut self,
        objective: &mut O,
        x: &ndarray::ArrayRef1<f64>,
    ) -> Option<crate::optimizer::Spectrum> {
        let n = x.len();
        if n == 0 || n > super::MOST_FOR_EIGENVALUES {
            return None;
        }
        let (mut hessian, mut unit) = (ndarray::Array2::zeros((n, n)), Array1::zeros(n));
        for i in 0..n {
            unit[i] = 1.0;
            objective.hess_vec(x, &unit, &mut self.product);
            hessian.row_mut(i).assign(&self.product);
            unit[i] = 0.0;
        }
        // The products may be differences of gradients, whose error shows across the diagonal.
        let asymmetry =
            hessian.indexed_iter().fold(0.0f64, |most, ((i, j), h)| most.max((h - hessian[[j, i]]).abs()));
        super::curvature::spectrum_of(hessian, asymmetry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problems::Quadratic;
    use ndarray::array;

    /// Returns the direction for ½Σλᵢxᵢ² at x.
    fn direction(eigenvalues: &[f64], x: Array1<f64>) -> Array1<f64> {
        let (mut bowl, mut iterate) = (Quadratic::new(eigenvalues), Iterate::new(&x));
        let mut newton = NewtonCg::new();
        newton.start(&mut bowl, &mut iterate);
        assert!(newton.solve(&mut bowl, &iterate).is_continue());
        newton.direction
    }

    /// Nocedal & Wright's algorithm 7.1: if the first curvature is not positive, the direction is −∇f.
    #[test]
    fn negative_curvature_at_once_gives_steepest_descent() {
        // ∇f = (−2, −2) and ∇fᵀ∇²f∇f = −4 − 8: the length is that of the curvature with the other sign.
        assert_eq!(direction(&[-1.0, -2.0], array![2.0, 1.0]), array![8.0 / 12.0 * 2.0, 8.0 / 12.0 * 2.0]);
        let flat = direction(&[1.0, -1.0], array![1.0, 1.0]);
        assert_eq!(flat, array![-1.0, 1.0], "the curvature along (1, −1) is 0, and the length 1");
    }

    /// If a later curvature is not positive, the direction is what was found before.
    #[test]
    fn negative_curvature_later_keeps_what_was_found() {
        // ∇f = (2, 1): the first curvature is 4 − 1 = 3, the first step 5/3, the second curvature negative.
        let found = direction(&[1.0, -1.0], array![2.0, -1.0]);
        let expected = array![-2.0, -1.0] * (5.0 / 3.0);
        assert!((&found - &expected).iter().all(|d| d.abs() < 1e-15), "{found}");
        // It descends, although the full Newton step (−2, 1) goes uphill in the second coordinate.
        assert!(found.dot(&array![2.0, 1.0]) < 0.0);
    }
}
