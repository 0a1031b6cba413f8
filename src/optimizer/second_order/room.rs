//! Whether the buffers of an optimizer fit into memory.

use crate::linalg::available_memory;
use crate::stop::Termination;

/// The size below which the system is not asked for the memory there is, which takes as long as a small run.
const SMALL: u128 = 64 << 20;

/// Returns a reason to stop if this number of bytes does not fit into the available memory.
pub(super) fn out_of_memory(bytes: u128) -> Option<Termination> {
    let available = if bytes > SMALL { available_memory()? } else { return None };
    (bytes > u128::from(available))
        .then_some(Termination::OutOfMemory { bytes: bytes as f64, bound: available as f64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_fit_is_refused() {
        assert_eq!(out_of_memory(1 << 20), None);
        if available_memory().is_some() {
            let refused = out_of_memory(u128::MAX).unwrap();
            assert!(matches!(refused, Termination::OutOfMemory { bytes, bound } if bytes > bound));
        }
    }
}
