//! The arithmetic of a machine, by what it computes.

use crate::compare::suite::store::hashed;
use crate::linalg::{self, vector};
use crate::loss::Softmax;
use crate::model::ModelKind;
use crate::objective::Differentiable;
use crate::risk::{EmpiricalRisk, Regularizer};
use ndarray::{Array1, Array2};

/// The arithmetic of a machine: its name in words, and hashes of the bits of small computations. Two machines
/// with the same hashes round alike, so the runs of one may stand beside those of the other.
///
/// ```
/// use gradus::compare::suite::Arithmetic;
/// let here = Arithmetic::here();
/// assert_eq!(here.difference(&Arithmetic::here()), None);
/// assert!(here.probes.iter().any(|(name, _)| name == "exponentials"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arithmetic {
    /// The vector instructions and the libraries that round: "AVX-512; OpenBLAS 0.3.26 SkylakeX; glibc 2.39".
    pub words: String,
    /// The computations by name, with a hash of the bits of each.
    pub probes: Vec<(String, u64)>,
}

impl Arithmetic {
    /// Computes the probes on this machine, in a few milliseconds.
    pub fn here() -> Self {
        let mut probes = vec![
            ("dot products", dot_products()),
            ("matrix product", matrix_product()),
            ("exponentials", exponentials()),
            ("gradient of a net", gradient_of_a_net()),
        ];
        probes.extend(factorization().map(|hash| ("Cholesky factor", hash)));
        let probes = probes.into_iter().map(|(name, hash)| (name.to_owned(), hash)).collect();
        Arithmetic { words: linalg::arithmetic(), probes }
    }

    /// Returns in words how this arithmetic differs from another; `None` if both compute the same bits.
    pub fn difference(&self, other: &Arithmetic) -> Option<String> {
        if self.probes == other.probes {
            return None;
        }
        let of =
            |all: &Arithmetic, name: &str| all.probes.iter().find(|(n, _)| n == name).map(|(_, hash)| *hash);
        let names = self.probes.iter().chain(&other.probes).map(|(name, _)| name.as_str());
        let mut differing: Vec<&str> = names.filter(|name| of(self, name) != of(other, name)).collect();
        differing.sort_unstable();
        differing.dedup();
        Some(format!(
            "{} against {}, which differ in the bits of: {}",
            self.words,
            other.words,
            differing.join(", ")
        ))
    }

    /// Returns one number for all probes.
    pub(super) fn fingerprint(&self) -> u64 {
        self.probes
            .iter()
            .fold(0, |hash, (name, probe)| hashed(hashed(hash, name.as_bytes()), &probe.to_le_bytes()))
    }
}

/// Returns numbers in [−½, ½] without any rounding that could depend on the machine.
fn numbers(count: usize, step: usize) -> impl Iterator<Item = f64> {
    (0..count).map(move |i| (i * step % 128) as f64 / 128.0 + 1.0 / 3.0 - 0.8125)
}

fn bits<'a>(values: impl IntoIterator<Item = &'a f64>) -> u64 {
    values.into_iter().fold(0, |hash, value| hashed(hash, &value.to_bits().to_le_bytes()))
}

fn dot_products() -> u64 {
    let (a, b): (Vec<f64>, Vec<f64>) = (numbers(1003, 37).collect(), numbers(1003, 59).collect());
    let single = |x: &[f64]| x.iter().map(|&x| x as f32).collect::<Vec<f32>>();
    let short = f64::from(vector::dot(&single(&a), &single(&b)));
    bits(&[vector::dot(&a, &b), vector::one_norm(&a), short])
}

fn matrix(rows: usize, columns: usize, step: usize) -> Array2<f64> {
    Array2::from_shape_vec((rows, columns), numbers(rows * columns, step).collect()).expect("as many numbers")
}

fn matrix_product() -> u64 {
    bits(&matrix(37, 41, 29).dot(&matrix(41, 43, 53)))
}

fn exponentials() -> u64 {
    let of = |x: f64| [x.exp(), (x * 40.0).exp(), x.abs().ln(), x.tanh(), x.abs().powf(1.7), x.sin()];
    let values: Vec<f64> = numbers(512, 31).flat_map(of).collect();
    bits(&values)
}

fn gradient_of_a_net() -> u64 {
    const EXAMPLES: usize = 70;
    let net = ModelKind::parse("mlp:16").expect("a model").network(33, 7).expect("a net");
    let labels: Vec<u8> = (0..EXAMPLES).map(|i| (i % 7) as u8).collect();
    let features = matrix(EXAMPLES, 33, 61);
    let risk = EmpiricalRisk::new(net, Softmax, features, labels, Regularizer::l2(1e-3));
    let Ok(mut risk) = risk.map(EmpiricalRisk::on_one_thread) else { return 0 };
    let parameters = 33 * 16 + 16 + 16 * 7 + 7;
    let x: Array1<f64> = numbers(parameters, 47).collect();
    let mut grad = Array1::zeros(parameters);
    let value = risk.value_grad(&x, &mut grad);
    bits(grad.iter().chain([&value]))
}

/// Returns the probe of LAPACK; `None` without it.
fn factorization() -> Option<u64> {
    #[cfg(feature = "lapack")]
    {
        let a = matrix(48, 48, 43);
        let mut spd = a.dot(&a.t()) + Array2::<f64>::eye(48);
        let mut x: Array1<f64> = numbers(48, 23).collect();
        let order = linalg::cholesky_in_place(&mut spd).err().unwrap_or(0);
        linalg::cholesky_solve(&spd, &mut x);
        // The other triangle is that of the matrix, as our own product rounds it.
        let lower = spd.indexed_iter().filter(|((i, j), _)| i >= j).map(|(_, value)| value);
        Some(bits(lower.chain(&x)) ^ order as u64)
    }
    #[cfg(not(feature = "lapack"))]
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_the_probes_and_both_machines() {
        let here = Arithmetic::here();
        assert_eq!(here, Arithmetic::here());
        let mut other = here.clone();
        other.words = "AVX-1024".into();
        assert_eq!(here.difference(&other), None, "the bits count, not the words");
        other.probes[2].1 ^= 1;
        let said = here.difference(&other).unwrap();
        assert!(said.contains("against AVX-1024") && said.ends_with("the bits of: exponentials"), "{said}");
        assert_ne!(here.fingerprint(), other.fingerprint());
        other.probes.truncate(1);
        assert!(here.difference(&other).unwrap().contains("matrix product"));
    }
}
