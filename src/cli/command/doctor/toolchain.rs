//! Checks of the compiler and of the linear algebra for second-order methods.

use super::check::Check;
use crate::cli::child::answer;
use crate::linalg;
use crate::report::manifest::Machine;
use std::process::Command;

const RUSTUP: &str = "rustup update stable (https://rustup.rs)";

pub(super) fn checks() -> Vec<Check> {
    vec![
        Check::of("rustc", rustc(), RUSTUP),
        Check::of(
            "cargo",
            answer(Command::new("cargo").arg("--version")).ok_or("it cannot be run".into()),
            RUSTUP,
        ),
        Check::ready("vector instructions", vector_instructions()),
        Check::of("BLAS and LAPACK", lapack(), "make setup, then build with the feature lapack"),
    ]
}

/// Checks that the compiler is new enough.
fn rustc() -> Result<String, String> {
    let said = answer(Command::new("rustc").arg("--version")).ok_or("it cannot be run")?;
    let needed = env!("CARGO_PKG_RUST_VERSION");
    let version = said.split_whitespace().nth(1).unwrap_or_default();
    if numbers(version) >= numbers(needed) { Ok(said) } else { Err(format!("{said} is older than {needed}")) }
}

/// Returns the numbers of a version: 1, 95, 0 for 1.95.0.
fn numbers(version: &str) -> Vec<u32> {
    version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}

/// Says which vector instructions the library uses, and why these.
fn vector_instructions() -> String {
    let name = linalg::vector_instructions();
    match linalg::check_vector_instructions() {
        Ok(true) => format!("{name}, as GRADUS_SIMD says"),
        _ => format!("{name}, the widest here (GRADUS_SIMD chooses others)"),
    }
}

/// Checks LAPACK by solving 4x = 1 and 2y = 2.
#[cfg(feature = "lapack")]
fn lapack() -> Result<String, String> {
    use ndarray::array;
    let mut x = array![1.0, 2.0];
    let factor =
        crate::linalg::Cholesky::new(array![[4.0, 0.0], [0.0, 2.0]]).ok_or("it cannot factor a matrix")?;
    factor.solve_in_place(&mut x);
    let right = (x[0] - 0.25).abs() < 1e-12 && (x[1] - 1.0).abs() < 1e-12;
    let threads = crate::cli::output::counted(crate::linalg::blas_threads(), "thread");
    if right {
        Ok(format!("{} solves, on {threads}", Machine::here().blas))
    } else {
        Err(format!("it solves wrongly: {x}"))
    }
}

#[cfg(not(feature = "lapack"))]
fn lapack() -> Result<String, String> {
    Err(format!("this build has none ({})", Machine::here().blas))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_their_numbers() {
        assert!(numbers("1.100.0") > numbers("1.95") && numbers("1.95.0-nightly") >= numbers("1.95"));
        assert!(numbers("1.94.1") < numbers("1.95") && numbers("").is_empty());
    }

    #[test]
    fn the_machine_that_tests_has_all_of_it() {
        for check in checks() {
            assert_eq!(check.state, super::super::check::State::Ready, "{check:?}");
        }
    }
}
