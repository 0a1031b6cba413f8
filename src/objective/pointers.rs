//! A mutable reference to an objective, or a box of one, is an objective.

use super::curvature::BlockCurvature;
use super::layout::ParamLayout;
use super::traits::{
    BatchHessVec, Differentiable, FiniteSum, HessVec, Objective, Residuals, TwiceDifferentiable,
};
use crate::ranks::Ranks;
use crate::real::Real;
use ndarray::{Array2, ArrayRef1, ArrayRef2};
use std::ops::Range;
use std::sync::Arc;

/// Implements every trait of an objective for `$pointer`, a pointer to an implementor `T`.
macro_rules! forward {
    ($pointer:ty) => {
        impl<F: Real, T: Objective<F> + ?Sized> Objective<F> for $pointer {
            fn dim(&self) -> usize {
                (**self).dim()
            }

            fn value(&mut self, x: &ArrayRef1<F>) -> F {
                (**self).value(x)
            }

            fn param_layout(&self) -> Option<ParamLayout> {
                (**self).param_layout()
            }
        }

        impl<F: Real, T: Differentiable<F> + ?Sized> Differentiable<F> for $pointer {
            fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F {
                (**self).value_grad(x, grad)
            }
        }

        impl<F: Real, T: TwiceDifferentiable<F> + ?Sized> TwiceDifferentiable<F> for $pointer {
            fn hessian(&mut self, x: &ArrayRef1<F>, hessian: &mut ArrayRef2<F>) {
                (**self).hessian(x, hessian);
            }
        }

        impl<F: Real, T: HessVec<F> + ?Sized> HessVec<F> for $pointer {
            fn hess_vec(&mut self, x: &ArrayRef1<F>, v: &ArrayRef1<F>, product: &mut ArrayRef1<F>) {
                (**self).hess_vec(x, v, product);
            }
        }

        impl<F: Real, T: Residuals<F> + ?Sized> Residuals<F> for $pointer {
            fn residual_count(&self) -> usize {
                (**self).residual_count()
            }

            fn scale(&self) -> F {
                (**self).scale()
            }

            fn residuals(&mut self, x: &ArrayRef1<F>, residuals: &mut ArrayRef1<F>) {
                (**self).residuals(x, residuals);
            }

            fn jacobian(&mut self, x: &ArrayRef1<F>, jacobian: &mut ArrayRef2<F>) {
                (**self).jacobian(x, jacobian);
            }
        }

        impl<F: Real, T: FiniteSum<F> + ?Sized> FiniteSum<F> for $pointer {
            fn terms(&self) -> usize {
                (**self).terms()
            }

            fn batch_value_grad(&mut self, x: &ArrayRef1<F>, batch: &[u32], grad: &mut ArrayRef1<F>) -> F {
                (**self).batch_value_grad(x, batch, grad)
            }

            fn batch_value_grad_before(
                &mut self,
                x: &ArrayRef1<F>,
                batch: &[u32],
                upcoming: &[u32],
                grad: &mut ArrayRef1<F>,
            ) -> F {
                (**self).batch_value_grad_before(x, batch, upcoming, grad)
            }

            fn as_batch_products(&mut self) -> Option<&mut dyn BatchHessVec<F>> {
                (**self).as_batch_products()
            }

            fn ranks(&self) -> Option<Arc<dyn Ranks>> {
                (**self).ranks()
            }
        }

        impl<T: BlockCurvature + ?Sized> BlockCurvature for $pointer {
            fn curvature_blocks(&self) -> Vec<Vec<Range<usize>>> {
                (**self).curvature_blocks()
            }

            fn write_curvature_blocks(
                &mut self,
                x: &ArrayRef1<f64>,
                batch: &[u32],
                blocks: &mut [Array2<f64>],
            ) {
                (**self).write_curvature_blocks(x, batch, blocks);
            }
        }
    };
}
forward!(&mut T);
forward!(Box<T>);
