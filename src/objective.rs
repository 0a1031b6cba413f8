//! What is minimized: the traits of an objective, and adapters that make one from another.
//!
//! All methods take `&mut self`, since an objective owns its scratch memory. Arguments are
//! [`ArrayRef1`], so owned arrays and views both pass.

mod any_objective;
mod closure;
mod complex_step;
mod counted;
mod curvature;
mod finite_difference;
mod gradient_difference;
mod pointers;
mod through_hessian;
mod traits;

pub use any_objective::{AnyObjective, Capabilities, DynamicObjective, FullObjective};
pub use closure::{Function, FunctionWithGradient};
pub use complex_step::ComplexStep;
pub use counted::{Counted, Evaluations};
pub use curvature::{BlockCurvature, KroneckerBlock, KroneckerFactored, KroneckerFactors};
pub use finite_difference::{Difference, FiniteDifference, numeric_gradient};
pub use gradient_difference::GradientDifference;
pub use through_hessian::ThroughHessian;
pub use traits::{Differentiable, FiniteSum, HessVec, Objective, Residuals, TwiceDifferentiable};
