//! The functions that are minimized: traits of an objective, and adapters that turn one into another.
//!
//! | to minimize | implement | or wrap |
//! |---|---|---|
//! | a function without a gradient | [`Objective`] | a closure in [`Function`] |
//! | a function with its gradient | [`Differentiable`] | a closure in [`FunctionWithGradient`]; any objective in [`FiniteDifference`]; a complex function in [`ComplexStep`] |
//! | a function with its Hessian | [`TwiceDifferentiable`] | any differentiable function in [`GradientDifference`] |
//! | a function with products of its Hessian | [`HessVec`] | the same, or a function with a Hessian in [`ThroughHessian`] |
//! | a sum of squares | [`Residuals`] | |
//! | a mean over examples | [`FiniteSum`] | |
//!
//! Methods take `&mut self`, because an objective owns its scratch memory. Arguments are
//! [`ArrayRef1`](ndarray::ArrayRef1), which accepts owned arrays and views.
//!
//! ```
//! use gradus::prelude::*;
//!
//! /// f(x) = ‖x‖² in three dimensions.
//! struct Sphere;
//!
//! impl Objective for Sphere {
//!     fn dim(&self) -> usize { 3 }
//!     fn value(&mut self, x: &ArrayRef1<f64>) -> f64 { x.dot(x) }
//! }
//!
//! impl Differentiable for Sphere {
//!     fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
//!         grad.assign(&(x * 2.0));
//!         self.value(x)
//!     }
//! }
//!
//! let found = minimize(&mut Sphere, &array![1.0, 2.0, 3.0], Lbfgs::new(5), Stop::grad(1e-8))?;
//! assert!(found.value < 1e-15);
//! # Ok::<(), gradus::error::Error>(())
//! ```

mod any_objective;
mod closure;
mod complex_step;
mod counted;
mod curvature;
mod finite_difference;
mod gradient_difference;
mod layout;
mod pointers;
mod through_hessian;
mod traits;

pub use any_objective::{AnyObjective, Capabilities, DynamicObjective, FullObjective};
pub use closure::{Function, FunctionWithGradient};
pub use complex_step::ComplexStep;
pub use counted::{Counted, Evaluations};
pub use curvature::{BlockCurvature, CrossFactors, KroneckerBlock, KroneckerFactored, KroneckerFactors};
pub use finite_difference::{Difference, FiniteDifference, numeric_gradient};
pub use gradient_difference::GradientDifference;
pub use layout::{Depth, ParamLayout, Part, PartKind};
pub use through_hessian::ThroughHessian;
pub use traits::{
    BatchHessVec, Differentiable, FiniteSum, HessVec, Objective, Residuals, TwiceDifferentiable,
};
