//! The instructions that are used: the widest that this machine has.

use pulp::Arch;

/// The level of this machine; in a test, that which the test has set for its thread.
#[inline(always)]
pub fn level() -> Arch {
    #[cfg(test)]
    if let Some(chosen) = tests::CHOSEN.get() {
        return chosen;
    }
    Arch::new()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::cell::Cell;

    thread_local! {
        pub static CHOSEN: Cell<Option<Arch>> = const { Cell::new(None) };
    }

    /// Runs `work` on every level that this machine has.
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
