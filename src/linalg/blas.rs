//! How many threads OpenBLAS takes for itself.

unsafe extern "C" {
    fn openblas_get_num_threads() -> i32;
    fn openblas_set_num_threads(count: i32);
}

/// How many threads OpenBLAS may take for one call.
///
/// ```
/// assert!(gradus::linalg::blas_threads() >= 1);
/// ```
pub fn blas_threads() -> usize {
    // SAFETY: it reads a number of the library, which is loaded.
    usize::try_from(unsafe { openblas_get_num_threads() }).unwrap_or(1)
}

/// Sets how many threads OpenBLAS takes for one call, for all of the program: at least 1, at most as many as
/// it began with.
///
/// The command `gradus` sets 1 unless the environment says otherwise: it divides its work itself, and on
/// small matrices a second thread costs more than it brings as soon as the cores are busy. A program of your
/// own keeps OpenBLAS's choice, all cores, until it calls this.
pub fn set_blas_threads(count: usize) {
    let count = i32::try_from(count.max(1)).unwrap_or(i32::MAX);
    // SAFETY: it sets a number of the library, which is loaded; no call of ours is under way on this thread.
    unsafe { openblas_set_num_threads(count) }
}
