//! The linear least-squares problem at an iterate: the residuals and their Jacobian.

use crate::linalg::{Householder, bytes_of, max_norm};
use crate::objective::Residuals;
use crate::optimizer::Iterate;
use ndarray::linalg::general_mat_vec_mul;
use ndarray::{Array1, Array2, ArrayRef1, s};
use std::mem::swap;

/// r(x) and J(x), the same at a trial point, and the factorization of \[J r\].
#[derive(Debug, Clone)]
pub(super) struct Linearization {
    /// c in f = c·Σrᵢ².
    scale: f64,
    pub residuals: Array1<f64>,
    pub jacobian: Array2<f64>,
    pub trial: Array1<f64>,
    trial_residuals: Array1<f64>,
    trial_grad: Array1<f64>,
    trial_jacobian: Array2<f64>,
    /// \[J r\], followed by rows of zeros if there are more parameters than residuals; later its triangular
    /// factor.
    pub factor: Array2<f64>,
    pub qr: Householder,
}

impl Linearization {
    /// A linearization without buffers, before a run begins.
    pub fn empty() -> Self {
        let (empty, none) = (Array1::default(0), Array2::default((0, 0)));
        Linearization {
            scale: 1.0,
            residuals: empty.clone(),
            jacobian: none.clone(),
            trial: empty.clone(),
            trial_residuals: empty.clone(),
            trial_grad: empty,
            trial_jacobian: none.clone(),
            factor: none,
            qr: Householder::new(1, 1),
        }
    }

    /// Returns the bytes of the buffers for `m` residuals of `n` parameters.
    pub fn bytes(m: usize, n: usize) -> u128 {
        let (m, n) = (m as u128, n as u128);
        bytes_of::<f64>(&[2, m, n]).saturating_add(bytes_of::<f64>(&[m.max(n + 1), n + 1]))
    }

    /// Allocates the buffers, and evaluates the start.
    pub fn start<O: Residuals<f64> + ?Sized>(objective: &mut O, iterate: &mut Iterate<f64>) -> Self {
        let (m, n) = (objective.residual_count(), iterate.x.len());
        let rows = m.max(n + 1);
        let mut at = Linearization {
            scale: objective.scale(),
            residuals: Array1::zeros(m),
            jacobian: Array2::zeros((m, n)),
            trial: Array1::zeros(n),
            trial_residuals: Array1::zeros(m),
            trial_grad: Array1::zeros(n),
            trial_jacobian: Array2::zeros((m, n)),
            factor: Array2::zeros((rows, n + 1)),
            qr: Householder::new(rows, n + 1),
        };
        objective.residuals(&iterate.x, &mut at.residuals);
        objective.jacobian(&iterate.x, &mut at.jacobian);
        iterate.value = at.scale * at.residuals.dot(&at.residuals);
        general_mat_vec_mul(2.0 * at.scale, &at.jacobian.t(), &at.residuals, 0.0, &mut iterate.grad);
        at
    }

    /// Computes the triangular factor of \[J r\].
    pub fn triangularize(&mut self) {
        let (m, n) = self.jacobian.dim();
        self.factor.slice_mut(s![..m, ..n]).assign(&self.jacobian);
        self.factor.slice_mut(s![..m, n]).assign(&self.residuals);
        self.factor.slice_mut(s![m.., ..]).fill(0.0);
        self.qr.triangularize(&mut self.factor);
    }

    /// Returns f at x + alpha·direction, which becomes the trial point.
    pub fn try_step<O: Residuals<f64> + ?Sized>(
        &mut self,
        objective: &mut O,
        x: &ArrayRef1<f64>,
        alpha: f64,
        direction: &ArrayRef1<f64>,
    ) -> f64 {
        self.trial.assign(x);
        self.trial.scaled_add(alpha, direction);
        objective.residuals(&self.trial, &mut self.trial_residuals);
        self.scale * self.trial_residuals.dot(&self.trial_residuals)
    }

    /// Evaluates the Jacobian at the trial point, and makes it the iterate. If `only_if_flatter` and the
    /// gradient is not smaller there, the iterate stays where it is, and the result is `false`.
    pub fn take<O: Residuals<f64> + ?Sized>(
        &mut self,
        objective: &mut O,
        iterate: &mut Iterate<f64>,
        value: f64,
        only_if_flatter: bool,
    ) -> bool {
        objective.jacobian(&self.trial, &mut self.trial_jacobian);
        general_mat_vec_mul(
            2.0 * self.scale,
            &self.trial_jacobian.t(),
            &self.trial_residuals,
            0.0,
            &mut self.trial_grad,
        );
        let flatter = max_norm(&self.trial_grad) < max_norm(&iterate.grad);
        if only_if_flatter && !flatter {
            return false;
        }
        swap(&mut iterate.x, &mut self.trial);
        swap(&mut iterate.grad, &mut self.trial_grad);
        swap(&mut self.residuals, &mut self.trial_residuals);
        swap(&mut self.jacobian, &mut self.trial_jacobian);
        iterate.value = value;
        true
    }

    /// Returns whether every entry of the Jacobian is finite.
    pub fn is_finite(&self) -> bool {
        self.jacobian.iter().all(|v| v.is_finite())
    }
}
