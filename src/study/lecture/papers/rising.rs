//! The momentum that rises during training (Sutskever et al. 2013, section 3).

use crate::optimizer::Properties;
use crate::optimizer::first_order::{RuleInfo, State, UpdateRule};
use crate::real::Real;

/// Momentum that rises by μ = min(1 − 1/(2⌊t/every⌋ + 2), most), in the form of the paper: v ← μv − lr·g,
/// x ← x + v, with g at x or, looking ahead, at x + μv. In the last updates it is at most .9.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rising {
    pub most: f64,
    pub look_ahead: bool,
    /// The updates of the run.
    pub updates: u64,
    /// The updates between two rises.
    pub every: u64,
    /// The number of last updates.
    pub last: u64,
}

impl Rising {
    fn at(&self, t: u64) -> f64 {
        let rising = 1.0 - 1.0 / (2.0 * (t / self.every) as f64 + 2.0);
        let most = if t + self.last >= self.updates { self.most.min(0.9) } else { self.most };
        rising.min(most)
    }
}

impl RuleInfo for Rising {
    fn name(&self) -> &'static str {
        if self.look_ahead { "nesterov" } else { "momentum" }
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, ..Properties::default() }
    }
}

impl<F: Real> UpdateRule<F> for Rising {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        let kept = F::of(self.at(state.steps));
        state.steps += 1;
        for ((x, v), &g) in x.iter_mut().zip(&mut state.first).zip(grad) {
            *v = kept * *v - lr * g;
            *x += *v;
        }
    }

    fn probe(&self, state: &State<F>, _: F, x: &[F], point: &mut [F]) -> bool {
        if self.look_ahead {
            let kept = F::of(self.at(state.steps));
            point.iter_mut().zip(x).zip(&state.first).for_each(|((p, &x), &v)| *p = x + kept * v);
        }
        self.look_ahead
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn momentum_rises_as_in_the_paper_and_falls_at_the_end() {
        let rule = Rising { most: 0.99, look_ahead: false, updates: 1000, every: 2, last: 100 };
        // 1 − 2^(−1 − log₂(⌊t/every⌋ + 1)).
        let paper = |t: u64| 1.0 - 2f64.powf(-1.0 - ((t / 2) as f64 + 1.0).log2());
        for t in [0, 1, 2, 7, 30] {
            assert!((rule.at(t) - paper(t)).abs() < 1e-12, "{t}");
        }
        assert_eq!((rule.at(500), rule.at(899), rule.at(900), rule.at(999)), (0.99, 0.99, 0.9, 0.9));
        assert_eq!(Rising { most: 0.0, ..rule }.at(999), 0.0);
    }

    #[test]
    fn looking_ahead_is_the_library_s_nesterov_at_a_constant_momentum() {
        use crate::optimizer::first_order::{FirstOrder, Nesterov, NesterovForm};
        use crate::problems::Quadratic;
        use crate::stop::Stop;
        use ndarray::array;
        // From the 20th update on, momentum is at its bound of .9; before, it is lower.
        let rule = Rising { most: 0.5, look_ahead: true, updates: 10_000, every: 2, last: 100 };
        let at = |rule| {
            let first = FirstOrder::new(rule, 0.05).unwrap();
            crate::minimize::minimize(
                Quadratic::new(&[1.0, 9.0]),
                &array![1.0, 1.0],
                first,
                Stop::iterations(30),
            )
        };
        let theirs = Nesterov::new(0.5).form(NesterovForm::LookAhead);
        let theirs = FirstOrder::new(theirs, 0.05).unwrap();
        let quadratic = Quadratic::new(&[1.0, 9.0]);
        let theirs =
            crate::minimize::minimize(quadratic, &array![1.0, 1.0], theirs, Stop::iterations(30)).unwrap();
        assert_eq!(at(rule).unwrap().x, theirs.x);
    }
}
