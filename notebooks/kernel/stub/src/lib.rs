#[cfg(rust_analyzer)]
pub use seen::*;
