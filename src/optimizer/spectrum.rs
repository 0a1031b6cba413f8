//! What the eigenvalues of a Hessian say about a stationary point.

/// The smallest eigenvalue of a Hessian, and how much of it may be rounding.
///
/// An eigenvalue of a matrix is known up to *n*·ε times the largest one. If the smallest is closer to 0 than
/// that, its sign says nothing: the Hessian is singular as far as numbers show.
///
/// ```
/// use gradus::optimizer::{Spectrum, Stationary};
/// assert_eq!(Spectrum::of(&[1.0, 1e5], 0.0).unwrap().verdict(), Stationary::Minimum);
/// assert_eq!(Spectrum::of(&[-1.0, 1e5], 0.0).unwrap().verdict(), Stationary::Saddle);
/// assert_eq!(Spectrum::of(&[-1e-12, 1e5], 0.0).unwrap().verdict(), Stationary::Unknown);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spectrum {
    /// The smallest eigenvalue.
    pub smallest: f64,
    /// The largest part of it that may be rounding.
    pub rounding: f64,
}

/// The kind of a stationary point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stationary {
    /// All eigenvalues are positive.
    Minimum,
    /// An eigenvalue is negative: a saddle point or a maximum.
    Saddle,
    /// The smallest eigenvalue is 0 up to rounding, and the next derivatives decide.
    Unknown,
}

impl Spectrum {
    /// Returns the spectrum of a matrix with these eigenvalues, in ascending order, or `None` if there are
    /// none. `asymmetry` is the largest difference of two entries across the diagonal, which shows how exact
    /// the entries are.
    pub fn of(eigenvalues: &[f64], asymmetry: f64) -> Option<Self> {
        let (&smallest, &largest) = (eigenvalues.first()?, eigenvalues.last()?);
        let n = eigenvalues.len() as f64;
        let rounding = n * (f64::EPSILON * smallest.abs().max(largest.abs()) + asymmetry);
        Some(Spectrum { smallest, rounding })
    }

    /// Returns what it says about a stationary point.
    pub fn verdict(self) -> Stationary {
        match self.smallest {
            smallest if smallest > self.rounding => Stationary::Minimum,
            smallest if smallest < -self.rounding => Stationary::Saddle,
            _ => Stationary::Unknown,
        }
    }
}

impl Stationary {
    /// Returns the verdict in words.
    pub fn word(self) -> &'static str {
        match self {
            Stationary::Minimum => "minimum",
            Stationary::Saddle => "saddle",
            Stationary::Unknown => "cannot tell (singular Hessian)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvalues_are_judged_by_the_size_of_the_matrix() {
        let verdict =
            |eigenvalues: &[f64], asymmetry| Spectrum::of(eigenvalues, asymmetry).unwrap().verdict();
        for size in [1e-30, 1.0, 1e30] {
            assert_eq!(verdict(&[1e-3 * size, size], 0.0), Stationary::Minimum);
            assert_eq!(verdict(&[-1e-3 * size, size], 0.0), Stationary::Saddle);
            assert_eq!(verdict(&[-size, 1e-20 * size], 0.0), Stationary::Saddle);
            for nothing in [-1e-16, 0.0, 1e-16] {
                assert_eq!(verdict(&[nothing * size, size], 0.0), Stationary::Unknown);
            }
        }
        assert_eq!(verdict(&[0.0], 0.0), Stationary::Unknown);
        assert_eq!(verdict(&[-1e-9, 1.0], 1e-8), Stationary::Unknown);
        assert_eq!(verdict(&[f64::NAN, 1.0], 0.0), Stationary::Unknown);
        assert_eq!(Spectrum::of(&[], 0.0), None);
    }
}
