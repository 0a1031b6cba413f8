//! The activation functions between the layers of a network.

use crate::error::{Error, Result};
use crate::real::Real;
use std::fmt;

/// The activation function φ of hidden layers, applied to each entry.
///
/// ```
/// use gradus::model::Activation;
/// use gradus::prelude::*;
/// assert_eq!(Activation::parse("tanh")?, Activation::Tanh);
/// assert_eq!(Activation::default(), Activation::Relu);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activation {
    /// max(0, z). Its derivative at z = 0 is taken as 0.
    #[default]
    Relu,
    /// The hyperbolic tangent.
    Tanh,
    /// The logistic function σ(z) = 1 / (1 + e^−z).
    Sigmoid,
    /// z itself.
    Linear,
}

/// The number of entries whose exponentials are computed together.
const CHUNK: usize = 256;

impl Activation {
    /// The names on the command line.
    pub const NAMES: [&str; 4] = ["relu", "tanh", "sigmoid", "linear"];

    /// Reads an activation from its name.
    ///
    /// # Errors
    /// If the name is not among [`Activation::NAMES`].
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "relu" => Ok(Activation::Relu),
            "tanh" => Ok(Activation::Tanh),
            "sigmoid" => Ok(Activation::Sigmoid),
            "linear" => Ok(Activation::Linear),
            _ => Err(Error::unknown("activation", name, &Activation::NAMES)),
        }
    }

    /// Returns the text of a model with layers of these sizes: `mlp:100,50,tanh`. The activation is left out
    /// if it is the default one.
    pub(super) fn after_sizes(self, kind: &str, sizes: &[usize], default: Activation) -> String {
        let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
        let own = if self == default { String::new() } else { format!(",{self}") };
        format!("{kind}:{}{own}", sizes.join(","))
    }

    /// Replaces every z by a = φ(z).
    pub(super) fn apply<F: Real>(self, values: &mut [F]) {
        match self {
            // This comparison, unlike `max`, keeps NaN: a diverged net must not look like one with dead
            // units.
            Activation::Relu => {
                values.iter_mut().for_each(|z| *z = if *z < F::zero() { F::zero() } else { *z })
            }
            Activation::Tanh => values.chunks_mut(CHUNK).for_each(tanh),
            Activation::Sigmoid => values.chunks_mut(CHUNK).for_each(sigmoid),
            Activation::Linear => {}
        }
    }

    /// Multiplies each of `values` by φ′(z), given a = φ(z).
    pub(super) fn multiply_by_slope<F: Real>(self, activations: &[F], values: &mut [F]) {
        let pairs = values.iter_mut().zip(activations);
        match self {
            Activation::Relu => pairs.for_each(|(v, &a)| *v = if a > F::zero() { *v } else { F::zero() }),
            Activation::Tanh => pairs.for_each(|(v, &a)| *v *= F::one() - a * a),
            Activation::Sigmoid => pairs.for_each(|(v, &a)| *v *= a * (F::one() - a)),
            Activation::Linear => {}
        }
    }

    /// Adds e·φ″(z)·ż to each of `values`, given a = φ(z), its derivative ȧ = φ′(z)·ż and the error e.
    pub(super) fn add_bend<F: Real>(self, activations: &[F], tangents: &[F], errors: &[F], values: &mut [F]) {
        let minus_two = F::of(-2.0);
        let places = values.iter_mut().zip(activations.iter().zip(tangents).zip(errors));
        match self {
            Activation::Relu | Activation::Linear => {}
            // φ″ = −2a(1 − a²) = −2a·φ′.
            Activation::Tanh => places.for_each(|(v, ((&a, &t), &e))| *v += minus_two * a * t * e),
            // φ″ = (1 − 2a)·a(1 − a) = (1 − 2a)·φ′.
            Activation::Sigmoid => {
                places.for_each(|(v, ((&a, &t), &e))| *v += (F::one() + minus_two * a) * t * e)
            }
        }
    }
}

/// Replaces every z by tanh z = ±(1 − q)/(1 + q) with q = e^(−2|z|), by the vectorized exponential. The
/// absolute error is about the machine precision.
fn tanh<F: Real>(chunk: &mut [F]) {
    let mut powers = [F::zero(); CHUNK];
    let powers = &mut powers[..chunk.len()];
    powers.iter_mut().zip(&*chunk).for_each(|(q, z)| *q = F::of(-2.0) * z.abs());
    F::exp_all(powers);
    chunk.iter_mut().zip(powers).for_each(|(z, &mut q)| {
        let size = (F::one() - q) / (F::one() + q);
        *z = if *z < F::zero() { -size } else { size };
    });
}

/// Replaces every z by σ(z), computed from e^−|z|, which cannot overflow, by the vectorized exponential.
fn sigmoid<F: Real>(chunk: &mut [F]) {
    let mut powers = [F::zero(); CHUNK];
    let powers = &mut powers[..chunk.len()];
    powers.iter_mut().zip(&*chunk).for_each(|(q, z)| *q = -z.abs());
    F::exp_all(powers);
    chunk.iter_mut().zip(powers).for_each(|(z, &mut q)| {
        *z = (if *z < F::zero() { q } else { F::one() }) / (F::one() + q);
    });
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Activation::Relu => "relu",
            Activation::Tanh => "tanh",
            Activation::Sigmoid => "sigmoid",
            Activation::Linear => "linear",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tanh_is_the_hyperbolic_tangent() {
        let points: Vec<f64> = (-4000..=4000).map(|i| f64::from(i) * 0.01).collect();
        let mut values = points.clone();
        Activation::Tanh.apply(&mut values);
        for (x, t) in points.iter().zip(&values) {
            assert!((t - x.tanh()).abs() <= 4.0 * f64::EPSILON, "tanh({x}) = {t}");
        }
    }

    #[test]
    fn the_sigmoid_is_the_logistic_function_of_either_sign() {
        let points: Vec<f64> = (-7000..=7000).map(|i| f64::from(i) * 0.1).collect();
        let mut values = points.clone();
        Activation::Sigmoid.apply(&mut values);
        for (x, s) in points.iter().zip(&values) {
            let expected = if *x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) };
            assert!((s - expected).abs() <= 4.0 * f64::EPSILON * expected, "σ({x}) = {s}");
        }
    }

    #[test]
    fn texts_are_read_and_written() {
        for name in Activation::NAMES {
            assert_eq!(Activation::parse(name).unwrap().to_string(), name);
        }
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        for name in Activation::NAMES {
            let mut values = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
            Activation::parse(name).unwrap().apply(&mut values);
            assert!(values[0].is_nan() && values[1] >= 1.0 && values[2] < 1e-300, "{name}: {values:?}");
        }
    }
}
