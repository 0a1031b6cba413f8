//! Which instruction set is used: the widest that this machine has.

use pulp::Arch;

/// Returns the instruction set of this machine, or the one that a test has set for its thread.
#[inline(always)]
pub fn level() -> Arch {
    #[cfg(test)]
    if let Some(chosen) = tests::CHOSEN.get() {
        return chosen;
    }
    Arch::new()
}

/// Returns the name of the vector instructions that the kernels use on this machine: "AVX-512", "AVX2", or
/// "baseline" for those that every machine of its kind has.
///
/// ```
/// assert!(["AVX-512", "AVX2", "baseline"].contains(&gradus::linalg::vector_instructions()));
/// ```
pub fn vector_instructions() -> &'static str {
    match level() {
        #[cfg(target_arch = "x86_64")]
        Arch::V4(_) => "AVX-512",
        #[cfg(target_arch = "x86_64")]
        Arch::V3(_) => "AVX2",
        _ => "baseline",
    }
}

/// Runs `work`, a loop over slices, compiled for the widest vectors that this machine has. Mark the closure
/// `#[inline(always)]`; otherwise it is compiled for the baseline machine.
#[inline(always)]
pub fn vectorized<R>(work: impl FnOnce() -> R) -> R {
    level().dispatch(work)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::cell::Cell;

    thread_local! {
        pub static CHOSEN: Cell<Option<Arch>> = const { Cell::new(None) };
    }

    /// Runs `work` on every instruction set that this machine has.
    pub fn on_every_level(work: impl Fn()) {
        let levels = [
            Some(Arch::Scalar),
            #[cfg(target_arch = "x86_64")]
            pulp::x86::V3::try_new().map(Arch::V3),
            #[cfg(target_arch = "x86_64")]
            pulp::x86::V4::try_new().map(Arch::V4),
            Some(Arch::new()),
        ];
        for level in levels.into_iter().flatten() {
            CHOSEN.set(Some(level));
            work();
        }
        CHOSEN.set(None);
    }
}
