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
}

/// The number of entries whose exponentials are computed together.
const CHUNK: usize = 256;

impl Activation {
    /// The names on the command line.
    pub const NAMES: [&str; 2] = ["relu", "tanh"];

    /// Reads an activation from its name.
    ///
    /// # Errors
    /// If the name is not among [`Activation::NAMES`].
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "relu" => Ok(Activation::Relu),
            "tanh" => Ok(Activation::Tanh),
            _ => Err(Error::unknown("activation", name, &Activation::NAMES)),
        }
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
        }
    }

    /// Multiplies each of `values` by φ′(z), given a = φ(z).
    pub(super) fn multiply_by_slope<F: Real>(self, activations: &[F], values: &mut [F]) {
        let pairs = values.iter_mut().zip(activations);
        match self {
            Activation::Relu => pairs.for_each(|(v, &a)| *v = if a > F::zero() { *v } else { F::zero() }),
            Activation::Tanh => pairs.for_each(|(v, &a)| *v *= F::one() - a * a),
        }
    }

    /// Adds e·φ″(z)·ż to each of `values`, given a = φ(z), its derivative ȧ = φ′(z)·ż and the error e.
    pub(super) fn add_bend<F: Real>(self, activations: &[F], tangents: &[F], errors: &[F], values: &mut [F]) {
        if self == Activation::Tanh {
            let minus_two = F::of(-2.0);
            let places = activations.iter().zip(tangents).zip(errors);
            // φ″ = −2a(1 − a²) = −2a·φ′.
            values.iter_mut().zip(places).for_each(|(v, ((&a, &t), &e))| *v += minus_two * a * t * e);
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

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Activation::Relu => "relu",
            Activation::Tanh => "tanh",
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
    fn what_is_not_a_number_stays_so() {
        for activation in [Activation::Relu, Activation::Tanh] {
            let mut values = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
            activation.apply(&mut values);
            assert!(values[0].is_nan() && values[1] >= 1.0 && values[2] <= 0.0, "{values:?}");
        }
    }
}
