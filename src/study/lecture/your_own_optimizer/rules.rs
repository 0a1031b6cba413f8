//! Rules as a reader would write them: plain loops that use only the trait of the library.

use super::names::{BROKEN, HEAVY, SIGNED};
use crate::optimizer::Properties;
use crate::optimizer::first_order::{RuleInfo, State, UpdateRule};

/// v ← ρv + g, x ← x − lr·v: the same as the built-in momentum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heavy {
    pub rho: f64,
}

impl RuleInfo for Heavy {
    fn name(&self) -> &'static str {
        HEAVY
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, ..Properties::default() }
    }
}

impl UpdateRule for Heavy {
    fn step(&self, state: &mut State, lr: f64, grad: &[f64], x: &mut [f64]) {
        for i in 0..x.len() {
            state.first[i] = self.rho * state.first[i] + grad[i];
            x[i] -= lr * state.first[i];
        }
    }
}

/// x ← x − lr·sign(g).
#[derive(Debug, Clone, Copy)]
pub(super) struct Signed;

impl RuleInfo for Signed {
    fn name(&self) -> &'static str {
        SIGNED
    }
}

impl UpdateRule for Signed {
    fn step(&self, _: &mut State, lr: f64, grad: &[f64], x: &mut [f64]) {
        x.iter_mut().zip(grad).for_each(|(x, g)| *x -= lr * g.signum());
    }
}

/// A normalized step with a mistake: the sum in the denominator becomes negative, and its root is not a
/// number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Broken;

impl RuleInfo for Broken {
    fn name(&self) -> &'static str {
        BROKEN
    }

    fn properties(&self) -> Properties {
        Properties { second_moment: true, leaky: true, ..Properties::default() }
    }
}

impl UpdateRule for Broken {
    fn step(&self, state: &mut State, lr: f64, grad: &[f64], x: &mut [f64]) {
        for i in 0..x.len() {
            state.second[i] -= grad[i] * grad[i];
            x[i] -= lr * grad[i] / state.second[i].sqrt();
        }
    }
}
