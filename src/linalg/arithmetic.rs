//! The name of the arithmetic of this process.

/// Returns what the bits of results depend on, in words: the vector instructions that the library uses, the
/// version and the kernels of OpenBLAS, and the library of elementary functions, as in "AVX2; OpenBLAS 0.3.26
/// Zen; glibc 2.39".
///
/// ```
/// assert!(gradus::linalg::arithmetic().contains("; "));
/// ```
pub fn arithmetic() -> String {
    let vectors = super::vector_instructions();
    #[cfg(feature = "lapack")]
    let vectors = format!("{vectors}; OpenBLAS {} {}", super::blas_version(), super::blas_core());
    format!("{vectors}; {}", super::math_library())
}
