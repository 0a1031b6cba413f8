//! AMSGrad: Adam with the largest second moment so far.

use super::adam::Adam;
use super::settings::NamedSetting;
use super::sweep::sweep;
use super::{Buffers, Convention, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// AMSGrad (Reddi et al. 2018): Adam with the largest second moment so far in place of the second moment.
///
/// torch.optim and Keras take the maximum of the uncorrected moments and correct it afterwards. optax takes
/// the maximum of the corrected moments, in which the first gradient has an effect for much longer. A step
/// reads or writes 9 numbers per parameter (36 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::AmsGrad;
/// use gradus::prelude::*;
/// let found = minimize(
///     problems::Quadratic::new(&[1.0, 9.0]),
///     &array![3.0, 1.0],
///     FirstOrder::new(AmsGrad::default(), 0.1)?,
///     Stop::grad(1e-6),
/// )?;
/// assert!(found.termination.converged());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct AmsGrad {
    /// The hyperparameters of Adam.
    pub adam: Adam,
    /// Whether the maximum is of the corrected moments (optax); no by default.
    pub of_corrected: bool,
}

impl AmsGrad {
    /// Returns the rule with the defaults and the arithmetic of a library.
    pub fn following(convention: Convention) -> Self {
        AmsGrad { adam: Adam::following(convention), of_corrected: convention == Convention::Optax }
    }
}

impl RuleInfo for AmsGrad {
    fn name(&self) -> &'static str {
        "amsgrad"
    }

    fn properties(&self) -> Properties {
        self.adam.properties()
    }

    fn buffers(&self) -> Buffers {
        Buffers::of(self.properties()).with_third(true)
    }

    fn validate(&self) -> Result<()> {
        self.adam.check()
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        self.adam.numbers()
    }
}

impl<F: Real> UpdateRule<F> for AmsGrad {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        state.steps += 1;
        let step = self.adam.at(state.steps, lr);
        let larger = |most: F, s: F| if s > most || s.is_nan() { s } else { most };
        let buffers = [&mut state.first[..], &mut state.second, &mut state.third];
        if self.of_corrected {
            let (unbias, eps) = (step.unroot * step.unroot, step.eps);
            sweep(x, buffers, grad, |x, [m, s, most], g| {
                step.moments(m, s, g);
                *most = larger(*most, *s * unbias);
                *x -= step.rate * *m / (most.sqrt() + eps);
            });
        } else {
            sweep(x, buffers, grad, |x, [m, s, most], g| {
                step.moments(m, s, g);
                *most = larger(*most, *s);
                *x -= step.update(*m, *most);
            });
        }
    }
}
