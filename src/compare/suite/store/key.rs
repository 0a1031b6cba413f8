//! The key under which a run is kept.

use crate::hash::{FNV_START, fnv1a_from};

/// A hash of 128 bits of everything that the outcome of a run depends on: problem, data, optimizer, setting,
/// seed and the version of the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub u128);

impl Key {
    /// Returns the key of a text.
    pub fn of(text: &str) -> Self {
        let (low, high) = (hashed(0, text.as_bytes()), hashed(1, text.as_bytes()));
        Key(u128::from(high) << 64 | u128::from(low))
    }
}

/// Returns the 64-bit FNV-1a hash, with another start for each `salt`.
pub(in crate::compare::suite) fn hashed(salt: u64, bytes: &[u8]) -> u64 {
    fnv1a_from(FNV_START ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15), bytes)
}
