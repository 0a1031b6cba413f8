//! Which instruction set is used: the widest that this machine has, or the one that the environment names.

use crate::error::{Error, Result};
use pulp::Arch;
use std::sync::OnceLock;

/// The environment variable that chooses the instruction set.
const VARIABLE: &str = "GRADUS_SIMD";

/// Its values, the narrowest instructions first.
const WORDS: [&str; 3] = ["baseline", "avx2", "avx512"];

/// Returns the instruction set that the kernels use, or the one that a test has set for its thread. The
/// environment is read once.
#[inline(always)]
pub fn level() -> Arch {
    // A page has no environment, and one instruction set. The compiler knows it, and leaves out the code of
    // the others.
    if cfg!(target_arch = "wasm32") {
        return Arch::new();
    }
    #[cfg(test)]
    if let Some(chosen) = tests::CHOSEN.get() {
        return chosen;
    }
    static CHOSEN: OnceLock<Arch> = OnceLock::new();
    *CHOSEN.get_or_init(|| asked().ok().flatten().unwrap_or_default())
}

/// Returns the instruction set that the environment names; `None` if it names none.
fn asked() -> Result<Option<Arch>> {
    let Some(word) = std::env::var_os(VARIABLE) else { return Ok(None) };
    of_word(&word.to_string_lossy()).map(Some)
}

/// Returns the instruction set of a word, if this machine has it.
fn of_word(word: &str) -> Result<Arch> {
    if !WORDS.contains(&word) {
        return Err(Error::unknown("value of GRADUS_SIMD", word, &WORDS));
    }
    available(word).ok_or_else(|| Error::Unsupported {
        what: format!("{VARIABLE}={word} asks for instructions that this machine does not have"),
        remedy: "leave the variable out, or name a narrower set: baseline, avx2, avx512",
    })
}

/// Returns the instruction set of a known word; `None` if this machine does not have it.
fn available(word: &str) -> Option<Arch> {
    match word {
        "baseline" => Some(Arch::Scalar),
        #[cfg(target_arch = "x86_64")]
        "avx2" => pulp::x86::V3::try_new().map(Arch::V3),
        #[cfg(target_arch = "x86_64")]
        "avx512" => pulp::x86::V4::try_new().map(Arch::V4),
        _ => None,
    }
}

/// Returns the name of the vector instructions that the kernels use: "AVX-512", "AVX2", or "baseline" for
/// those that every machine of its kind has.
///
/// They are the widest that this machine has, unless the environment variable `GRADUS_SIMD` names narrower
/// ones (`baseline`, `avx2`, `avx512`), for example to compute the bits of another machine. The variable is
/// read once, before the first computation. A value that is unknown, or that this machine does not have, is
/// ignored by the library; [`check_vector_instructions`] reports it.
///
/// Sums of products over features run in as many lanes as a vector has, so their last bits depend on the
/// instruction set. Update rules, line searches, norms and inner products have the same bits on all of them.
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

/// Checks the environment variable `GRADUS_SIMD`. Returns whether it chooses the vector instructions.
///
/// ```
/// assert!(gradus::linalg::check_vector_instructions().is_ok());
/// ```
///
/// # Errors
/// If its value is unknown, or if this machine does not have these instructions.
pub fn check_vector_instructions() -> Result<bool> {
    Ok(asked()?.is_some())
}

/// Returns the values of `GRADUS_SIMD` that this machine accepts, the narrowest instructions first.
///
/// ```
/// assert_eq!(gradus::linalg::available_vector_instructions()[0], "baseline");
/// ```
pub fn available_vector_instructions() -> Vec<&'static str> {
    WORDS.into_iter().filter(|word| available(word).is_some()).collect()
}

/// Returns whether the instruction set in use has a·b + c with one rounding.
pub fn has_fused_arithmetic() -> bool {
    match level() {
        #[cfg(target_arch = "x86_64")]
        Arch::V3(_) | Arch::V4(_) => true,
        _ => cfg!(target_feature = "fma"),
    }
}

/// Runs `work`, a loop over slices, compiled for the vectors in use. Mark the closure `#[inline(always)]`;
/// otherwise it is compiled for the baseline machine.
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
        for word in available_vector_instructions() {
            CHOSEN.set(available(word));
            work();
        }
        CHOSEN.set(None);
    }

    #[test]
    fn a_word_names_its_instructions_and_others_are_refused() {
        let names = [("baseline", "baseline"), ("avx2", "AVX2"), ("avx512", "AVX-512")];
        for word in available_vector_instructions() {
            CHOSEN.set(of_word(word).ok());
            assert!(names.contains(&(word, vector_instructions())), "{word}: {}", vector_instructions());
        }
        CHOSEN.set(None);
        let said = of_word("avx").err().unwrap().to_string();
        assert!(said.contains("GRADUS_SIMD") && said.contains("known: baseline, avx2, avx512"), "{said}");
        assert!(of_word("").is_err() && of_word("AVX2").is_err() && of_word("baseline").is_ok());
    }
}
