//! Optimizers that use the Hessian, on LAPACK.

mod newton;

pub use newton::Newton;
