//! FNV-1a, a hash of 64 bits that is the same for every compiler and release, unlike the standard library's.
//!
//! `build.rs` and `tests/` include this file, so it must not name anything else of the library.
//!
//! Source: Fowler, Noll & Vo, "The FNV non-cryptographic hash algorithm", IETF draft.

/// The hash of no bytes at all, from which a chain of [`fnv1a_from`] begins.
pub const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// Returns the hash of `bytes`.
pub fn fnv1a(bytes: &[u8]) -> u64 {
    fnv1a_from(FNV_START, bytes)
}

/// Continues a hash with more bytes: `fnv1a_from(fnv1a(a), b)` is the hash of `a` followed by `b`.
pub fn fnv1a_from(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
