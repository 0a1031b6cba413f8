//! The race: optimizers from one start on one surface.

use crate::classifier::Classifier;
use crate::limits;
use crate::plane_newton::PlaneNewton;
use crate::surface::{self, Noisy, Plane};
use gradus::error::Result;
use gradus::linalg;
use gradus::minimize::LoopState;
use gradus::notebook::*;
use gradus::optimizer::Iterate;
use gradus::optimizer::catalogue::{AnyOptimizer, Catalogue, Entry, Needs, Order, entries};
use std::ops::ControlFlow;

/// The optimizers in the race besides update rules. They choose their step length themselves.
pub const ALGORITHMS: [&str; 4] = ["newton-shifted", "bfgs", "lbfgs", "cg"];

/// Returns the optimizers that can race: the library's, with a Newton's method that needs no LAPACK. The page
/// stays small because nothing else is linked.
pub fn catalogue() -> Catalogue {
    let newton = Entry::optimizer("newton-shifted", Order::Second, Needs::Hessian, |_| {
        Ok(AnyOptimizer::new(PlaneNewton::shifted()))
    });
    let newton = newton.with_title("Newton, shifted");
    [newton, entries::bfgs(), entries::lbfgs(), entries::cg()]
        .into_iter()
        .fold(Catalogue::first_order(), Catalogue::with)
}

/// Returns the names of all optimizers that can race: the library's update rules, then [`ALGORITHMS`].
pub fn algorithms() -> impl Iterator<Item = &'static str> {
    AnyRule::names().into_iter().chain(ALGORITHMS)
}

/// Converged when no entry of the gradient is larger.
const GRAD_TOL: f64 = 1e-9;
/// A run above this value, and above a trillion times its start's, has diverged, although its numbers are
/// still finite.
const DIVERGED: f64 = 1e12;

/// One that takes part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entrant {
    /// Its name, one of [`algorithms`].
    pub name: &'static str,
    /// The learning rate (> 0), for an update rule.
    pub lr: f64,
    /// The momentum (0 ≤ ρ < 1), for a rule that has one.
    pub momentum: f64,
}

/// One run: its path, and how it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// x, y, f, and the gradient as the optimizer saw it, for each step from the start on.
    pub path: Vec<[f64; 5]>,
    /// Why it ended, in words; the reason alone, for colour.
    pub termination: Termination,
}

/// The surface and what is done on it.
pub struct Race {
    name: &'static str,
    kappa: f64,
    angle: f64,
    weights: [usize; 2],
}

impl Default for Race {
    fn default() -> Self {
        Race { name: "ravine", kappa: 20.0, angle: 0.0, weights: [0, 1] }
    }
}

impl Race {
    /// Chooses the surface: its place in [`surface::NAMES`], the ravine's κ ≥ 1 and angle, the slice's two
    /// parameters. `false`, and nothing changes, if there is no such thing.
    pub fn set_surface(&mut self, surface: usize, kappa: f64, angle: f64, weights: [usize; 2]) -> bool {
        let Some(&name) = surface::NAMES.get(surface) else { return false };
        let two = weights[0] != weights[1] && weights.iter().all(|&w| w < crate::PARAMETERS);
        let valid = kappa.is_finite() && kappa >= 1.0 && angle.is_finite() && two;
        if valid {
            *self = Race { name, kappa, angle, weights };
        }
        valid
    }

    /// The surface as an objective.
    pub fn surface(&self, classifier: &Classifier) -> Plane {
        surface::by_name(self.name, self.kappa, self.angle, self.weights, classifier)
            .expect("checked when it was set")
    }

    /// The surface's lowest value, where it is known.
    pub fn lowest(&self) -> Option<f64> {
        surface::lowest(self.name)
    }

    /// The values of the surface on a grid, row by row from `low` to `high`, ends included.
    pub fn field(
        &self,
        classifier: &Classifier,
        columns: usize,
        rows: usize,
        low: [f64; 2],
        high: [f64; 2],
    ) -> Vec<f64> {
        let mut surface = self.surface(classifier);
        let at = |axis: usize, i: usize, count: usize| {
            low[axis] + (high[axis] - low[axis]) * i as f64 / (count.max(2) - 1) as f64
        };
        let mut point = array![0.0, 0.0];
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
        let value = |(column, row)| {
            (point[0], point[1]) = (at(0, column, columns), at(1, row, rows));
            surface.value(&point)
        };
        places.map(value).collect()
    }

    /// Runs one entrant for at most `steps` steps, with gradients that have normal errors of deviation
    /// `noise`.
    ///
    /// # Errors
    /// If there is no such optimizer, or a setting is out of its range.
    pub fn run(
        &self,
        classifier: &Classifier,
        entrant: Entrant,
        start: [f64; 2],
        steps: usize,
        noise: f64,
        seed: u64,
    ) -> Result<Run> {
        let mut optimizer = optimizer(entrant)?;
        let objective = AnyObjective::new(Noisy::new(self.surface(classifier), noise, seed));
        let stop = Stop::grad(GRAD_TOL).max_iter(steps);
        // There is no clock on the page.
        let mut run = LoopState::new(objective, &array![start[0], start[1]])?.untimed();
        run.start(&mut optimizer);
        let bound = DIVERGED * run.iterate().value.abs().max(1.0);
        let mut path = Vec::with_capacity(steps + 1);
        let termination = run.run(&mut optimizer, |moment| {
            let iterate = moment.iterate;
            path.push([iterate.x[0], iterate.x[1], iterate.value, iterate.grad[0], iterate.grad[1]]);
            ended(&stop, iterate, bound).map_or(ControlFlow::Continue(()), ControlFlow::Break)
        });
        Ok(Run { path, termination })
    }
}

/// Returns the reason to stop, if there is one.
fn ended(stop: &Stop, iterate: &Iterate<f64>, bound: f64) -> Option<Termination> {
    let grad_norm = linalg::max_norm(&iterate.grad);
    limits::reached(stop, iterate, grad_norm, grad_norm.is_nan() || iterate.value > bound)
}

/// Makes the optimizer of an entrant.
fn optimizer(entrant: Entrant) -> Result<AnyOptimizer> {
    let catalogue = catalogue();
    let entry = catalogue.get(entrant.name)?;
    let mut configuration = entry.configure();
    if entry.is_rule() {
        configuration = configuration.learning_rate(entrant.lr)?;
    }
    if entry.is_rule() && entry.setting("momentum").is_some() {
        configuration = configuration.set("momentum", entrant.momentum)?;
    }
    configuration.optimizer()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn race(surface: &str, entrant: Entrant, start: [f64; 2], steps: usize, noise: f64) -> Run {
        let mut race = Race::default();
        assert!(race.set_surface(
            surface::NAMES.iter().position(|&n| n == surface).unwrap(),
            20.0,
            0.0,
            [0, 3]
        ));
        race.run(&Classifier::start(), entrant, start, steps, noise, 7).unwrap()
    }

    #[test]
    fn paths_are_those_of_minimize() {
        for name in AnyRule::names() {
            let entrant = Entrant { name, lr: 1e-3, momentum: 0.8 };
            let mine = race("rosenbrock", entrant, [-1.2, 1.0], 300, 0.0);
            let optimizer =
                FirstOrder::new(AnyRule::by_name(name).unwrap().with_momentum(0.8), 1e-3).unwrap();
            let theirs = minimize(
                problems::Rosenbrock::new(2),
                &array![-1.2, 1.0],
                optimizer,
                Stop::grad(GRAD_TOL).max_iter(300),
            )
            .unwrap();
            assert_eq!(mine.termination, theirs.termination, "{name}");
            let xs: Vec<f64> = mine.path.iter().map(|p| p[0]).collect();
            assert_eq!(xs, theirs.trace.x[0], "{name}");
        }
    }

    #[test]
    fn every_algorithm_races_on_every_surface() {
        for surface in surface::NAMES {
            for name in algorithms() {
                let run = race(surface, Entrant { name, lr: 1e-3, momentum: 0.9 }, [0.4, 0.3], 50, 0.0);
                assert!(run.path.iter().flatten().all(|v| v.is_finite()), "{surface} {name}");
                assert!(run.path.last().unwrap()[2] <= run.path[0][2] + 1e-9, "{surface} {name}");
            }
        }
    }

    #[test]
    fn divergence_is_said_while_the_numbers_are_still_finite() {
        let run = race("ravine", Entrant { name: "sgd", lr: 3.0, momentum: 0.0 }, [1.0, 1.0], 1000, 0.0);
        assert!(run.termination.to_string().contains("diverged"), "{}", run.termination);
        assert!(run.path.len() < 100 && run.path.last().unwrap()[2].is_finite());
    }

    #[test]
    fn noise_is_repeatable_and_only_in_gradients() {
        let entrant = Entrant { name: "sgd", lr: 0.5, momentum: 0.0 };
        let (once, again) =
            (race("ravine", entrant, [2.0, 1.0], 40, 0.3), race("ravine", entrant, [2.0, 1.0], 40, 0.3));
        assert_eq!(once, again);
        assert_ne!(once, race("ravine", entrant, [2.0, 1.0], 40, 0.0));
        let [x, y, value, ..] = once.path[20];
        assert!((value - 0.5 * (x * x / 20.0 + y * y)).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_chosen_changes_nothing() {
        let mut race = Race::default();
        assert!(!race.set_surface(99, 20.0, 0.0, [0, 1]));
        assert!(!race.set_surface(0, 0.5, 0.0, [0, 1]));
        assert!(!race.set_surface(6, 20.0, 0.0, [4, 4]));
        assert!(!race.set_surface(6, 20.0, 0.0, [4, 9]));
        assert_eq!(race.name, "ravine");
    }
}
