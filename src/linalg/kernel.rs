//! placeholder
/// kernel
pub trait Kernel {}
impl Kernel for f32 {}
impl Kernel for f64 {}
