//! The built-in contenders: all update rules, random search, and those with curvature.

use super::contender::kept_share;
use super::{AnyOptimizer, Arena, Contender, OptimizerFacts, Setting, Sight, Trial};
use crate::error::Result;
use crate::line_search::MoreThuente;
use crate::optimizer::first_order::{FirstOrder, Rule};
use crate::optimizer::second_order::{Bfgs, ConjugateGradient, Lbfgs, NewtonCg, Sr1};
#[cfg(feature = "lapack")]
use crate::optimizer::second_order::{Kfac, Labels, Newton, TrustRegion};
use crate::optimizer::zeroth_order::RandomSearch;
use std::fmt;

/// All of them, in the order of the lecture.
pub(super) fn all() -> Vec<Box<dyn Contender>> {
    let rules = Rule::NAMES.iter().map(|name| Box::new(BuiltIn { name }) as Box<dyn Contender>);
    std::iter::once(Box::new(Random) as Box<dyn Contender>)
        .chain(rules)
        .chain(CURVED.iter().map(|curved| Box::new(curved) as Box<dyn Contender>))
        .collect()
}

/// Said of every built-in contender: the code's own version covers it.
const COVERED: &str = "built-in";

/// A built-in rule: its learning rate, and of those that keep a share of the past that share, where Rule's
/// first such number is.
struct BuiltIn {
    name: &'static str,
}

impl BuiltIn {
    fn rule(&self, trial: &Trial) -> Result<Rule> {
        let mut rule = Rule::by_name(self.name)?;
        if let (Some(name), Some(draw)) = (share_of(rule), trial.draw()) {
            rule.set(name, kept_share(draw))?;
        }
        Ok(rule)
    }

    /// torch.optim's default; of Lion that of its paper, of plain and heavy-ball descent torch's too, of
    /// AdaDelta 1.
    fn default_lr(&self) -> f64 {
        match self.name {
            "adagrad" | "rmsprop" => 1e-2,
            "nadam" | "adamax" => 2e-3,
            "adadelta" => 1.0,
            "lion" => 1e-4,
            _ => 1e-3,
        }
    }
}

/// The share of the past that a rule keeps and that is tuned with the learning rate: ρ of momentum, the decay
/// of RMSProp and AdaDelta, β₁ of Adam's family.
fn share_of(rule: Rule) -> Option<&'static str> {
    let names: Vec<&str> = rule.hyperparameters().iter().map(|(name, _)| *name).collect();
    ["decay", "momentum", "beta1"].into_iter().find(|name| names.contains(name))
}

impl Contender for BuiltIn {
    fn facts(&self) -> OptimizerFacts {
        let share = Rule::by_name(self.name).ok().and_then(share_of);
        let tuned = std::iter::once("lr").chain(share).map(String::from).collect();
        OptimizerFacts { name: self.name.into(), order: 1, tuned, own: false, needs: String::new() }
    }

    fn setting(&self, trial: &Trial) -> Setting {
        let lr = trial.lr(self.default_lr());
        let drawn = self.rule(trial).ok().zip(trial.draw()).and_then(|(rule, _)| {
            let name = share_of(rule)?;
            let value = rule.hyperparameters().into_iter().find(|(known, _)| *known == name)?.1;
            Some(format!(" {name}={}", (value * 1e6).round() / 1e6))
        });
        Setting { text: format!("lr={lr:e}{}", drawn.unwrap_or_default()), lr }
    }

    fn optimizer(&self, trial: &Trial, _: &Arena) -> Result<AnyOptimizer> {
        Ok(Box::new(FirstOrder::new(self.rule(trial)?, trial.lr(self.default_lr()))?))
    }

    fn version(&self) -> Option<String> {
        Some(COVERED.into())
    }
}

/// Random search, with the scale of its draws where others have their learning rate; the lecture's 1e-4 by
/// default.
struct Random;

impl Contender for Random {
    fn facts(&self) -> OptimizerFacts {
        let needs =
            "a sum over data: on a function it would draw about the origin, which may be the minimum".into();
        OptimizerFacts {
            name: "random-search".into(),
            order: 0,
            tuned: vec!["scale".into()],
            own: false,
            needs,
        }
    }

    /// Sums over data alone, as in the lecture. It draws about the origin, and where a function has its
    /// minimum there, it would find it by its smallest scale and without any search.
    fn takes(&self, arena: &Arena) -> bool {
        arena.exact() && !arena.is_function()
    }

    fn sight(&self) -> Sight {
        Sight::Whole
    }

    fn setting(&self, trial: &Trial) -> Setting {
        Setting { text: format!("scale={:e}", trial.lr(1e-4)), lr: f64::NAN }
    }

    fn optimizer(&self, trial: &Trial, _: &Arena) -> Result<AnyOptimizer> {
        Ok(Box::new(RandomSearch::new(trial.lr(1e-4), trial.seed())?))
    }

    fn version(&self) -> Option<String> {
        Some(COVERED.into())
    }
}

/// What an optimizer with curvature needs of a problem.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Exact gradients, and as many numbers as it keeps: at most so many parameters.
    Gradients { most: usize },
    /// Products with a Hessian.
    Products,
    /// The Hessian itself, of at most so many parameters.
    #[cfg_attr(not(feature = "lapack"), expect(dead_code))]
    Hessian { most: usize },
    /// Layers, of which it draws batches itself and inverts the factors: at most so many parameters.
    #[cfg_attr(not(feature = "lapack"), expect(dead_code))]
    Layers { most: usize },
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Needs::Gradients { most: usize::MAX } => f.write_str("exact gradients"),
            Needs::Gradients { most } => {
                write!(f, "exact gradients, and at most {most} parameters, of which it keeps a matrix")
            }
            Needs::Products => f.write_str("exact gradients, and a Hessian everywhere"),
            Needs::Hessian { most } => {
                write!(f, "a function whose Hessian can be formed, of at most {most} parameters")
            }
            Needs::Layers { most } => write!(
                f,
                "layers under the softmax loss, of at most {most} parameters, whose factors it inverts"
            ),
        }
    }
}

/// An optimizer with curvature.
struct Curved {
    name: &'static str,
    needs: Needs,
    /// The hyperparameter that its tuning walks along; none if it has none.
    tuned: &'static [&'static str],
    /// Its value in a trial.
    value: fn(&Trial) -> f64,
    make: fn(f64, &Trial, &Arena) -> Result<AnyOptimizer>,
}

/// No hyperparameter.
fn nothing(_: &Trial) -> f64 {
    f64::NAN
}

const CURVED: &[Curved] = &[
    Curved {
        name: "cg",
        needs: Needs::Gradients { most: usize::MAX },
        tuned: &["curvature"],
        value: |trial| trial.log(0.1, 1e-2, 0.9),
        make: |curvature, _, _| {
            let search = MoreThuente { curvature, ..MoreThuente::default() };
            Ok(Box::new(ConjugateGradient::default().line_search(search)?))
        },
    },
    Curved {
        name: "bfgs",
        needs: Needs::Gradients { most: 1000 },
        tuned: &["curvature"],
        value: |trial| trial.log(0.9, 1e-2, 0.99),
        make: |curvature, _, _| {
            Ok(Box::new(Bfgs::new().line_search(MoreThuente { curvature, ..MoreThuente::default() })?))
        },
    },
    Curved {
        name: "lbfgs",
        needs: Needs::Gradients { most: usize::MAX },
        tuned: &["memory"],
        value: |trial| trial.whole(10, 1, 36) as f64,
        make: |memory, _, _| Ok(Box::new(Lbfgs::new(memory as usize))),
    },
    Curved {
        name: "sr1",
        needs: Needs::Gradients { most: 200 },
        tuned: &[],
        value: nothing,
        make: |_, _, _| Ok(Box::new(Sr1::new())),
    },
    Curved {
        name: "newton-cg",
        needs: Needs::Products,
        tuned: &["forcing"],
        value: |trial| trial.log(0.5, 1e-4, 0.9),
        make: |forcing, _, _| Ok(Box::new(NewtonCg::new().forcing(forcing)?)),
    },
    #[cfg(feature = "lapack")]
    Curved {
        name: "newton",
        needs: Needs::Hessian { most: 200 },
        tuned: &[],
        value: nothing,
        make: |_, _, _| Ok(Box::new(Newton::shifted())),
    },
    #[cfg(feature = "lapack")]
    Curved {
        name: "trust-region",
        needs: Needs::Hessian { most: 200 },
        tuned: &["radius"],
        value: |trial| trial.log(1.0, 1e-3, 1e3),
        make: |radius, _, _| Ok(Box::new(TrustRegion::new().radii(radius, 1e10)?)),
    },
    #[cfg(feature = "lapack")]
    Curved {
        name: "kfac",
        needs: Needs::Layers { most: 5000 },
        tuned: &["damping"],
        value: |trial| trial.log(0.03, 1e-4, 1e2),
        make: |damping, trial, arena| {
            Ok(Box::new(
                Kfac::minibatch(arena.kfac_batch(), trial.seed())?.damping(damping)?.labels(Labels::Sampled),
            ))
        },
    },
];

impl Contender for &'static Curved {
    fn facts(&self) -> OptimizerFacts {
        let tuned = self.tuned.iter().map(|name| (*name).into()).collect();
        OptimizerFacts { name: self.name.into(), order: 2, tuned, own: false, needs: self.needs.to_string() }
    }

    fn takes(&self, arena: &Arena) -> bool {
        match self.needs {
            Needs::Gradients { most } => arena.exact() && arena.dim() <= most,
            Needs::Products => arena.exact() && arena.smooth(),
            Needs::Hessian { most } => arena.is_function() && arena.dim() <= most,
            Needs::Layers { most } => arena.layered() && arena.dim() <= most,
        }
    }

    fn sight(&self) -> Sight {
        Sight::Whole
    }

    fn setting(&self, trial: &Trial) -> Setting {
        let text =
            self.tuned.first().map_or("defaults".into(), |name| format!("{name}={}", (self.value)(trial)));
        Setting { text, lr: f64::NAN }
    }

    fn optimizer(&self, trial: &Trial, arena: &Arena) -> Result<AnyOptimizer> {
        (self.make)((self.value)(trial), trial, arena)
    }

    fn version(&self) -> Option<String> {
        Some(COVERED.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_tuning_has_as_many_settings_as_trials_and_reads_as_it_is() {
        for contender in all() {
            let facts = contender.facts();
            if facts.tuned.is_empty() {
                continue;
            }
            let settings: BTreeSet<String> =
                (0..36).map(|number| contender.setting(&Trial::new(number, 36, 0)).text).collect();
            assert_eq!(settings.len(), 36, "{}: {settings:?}", facts.name);
            assert!(
                settings.iter().all(|text| text.split_whitespace().all(|part| part.contains('='))),
                "{settings:?}"
            );
        }
    }

    #[test]
    fn names_are_unique_and_the_defaults_are_the_libraries_own() {
        let names: BTreeSet<String> = all().iter().map(|contender| contender.facts().name).collect();
        assert_eq!(names.len(), all().len());
        let setting = |name: &str| {
            all().iter().find(|c| c.facts().name == name).unwrap().setting(&Trial::defaults(0)).text
        };
        assert_eq!([setting("adam"), setting("lion"), setting("lbfgs")], ["lr=1e-3", "lr=1e-4", "memory=10"]);
    }
}
