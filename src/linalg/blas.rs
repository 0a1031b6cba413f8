//! The number of threads of OpenBLAS, and its kernels.

use std::ffi::{CStr, c_char};

unsafe extern "C" {
    fn openblas_get_config() -> *const c_char;
    fn openblas_get_corename() -> *const c_char;
    fn openblas_get_num_threads() -> i32;
    fn openblas_set_num_threads(count: i32);
}

/// Returns how many threads OpenBLAS uses for one call.
///
/// ```
/// assert!(gradus::linalg::blas_threads() >= 1);
/// ```
pub fn blas_threads() -> usize {
    // SAFETY: the function reads a number of the library, which is loaded.
    usize::try_from(unsafe { openblas_get_num_threads() }).unwrap_or(1)
}

/// Sets how many threads OpenBLAS uses for one call, in the whole program: at least 1, and at most the number
/// with which OpenBLAS has started.
///
/// The command `gradus` sets 1 unless the environment says otherwise. It divides its work itself, and on
/// small matrices a second thread costs more than it saves when the cores are busy. A program of your own
/// uses OpenBLAS's default, all cores, until it calls this function.
pub fn set_blas_threads(count: usize) {
    let count = i32::try_from(count.max(1)).unwrap_or(i32::MAX);
    // SAFETY: the function sets a number of the library, which is loaded. This thread is not inside another
    // call.
    unsafe { openblas_set_num_threads(count) }
}

/// Returns the name of the processor for which OpenBLAS has chosen its kernels, such as "Zen" or "SkylakeX".
///
/// ```
/// assert!(!gradus::linalg::blas_core().is_empty());
/// ```
pub fn blas_core() -> String {
    // SAFETY: the function returns a string that lives as long as the library.
    unsafe { CStr::from_ptr(openblas_get_corename()) }.to_string_lossy().into_owned()
}

/// Returns the version of OpenBLAS, such as "0.3.26"; "of unknown version" if it does not say.
///
/// ```
/// assert!(!gradus::linalg::blas_version().is_empty());
/// ```
pub fn blas_version() -> String {
    // SAFETY: the function returns a string that lives as long as the library.
    let config = unsafe { CStr::from_ptr(openblas_get_config()) }.to_string_lossy();
    let version = config.split_whitespace().skip_while(|word| *word != "OpenBLAS").nth(1);
    version.unwrap_or("of unknown version").to_owned()
}
