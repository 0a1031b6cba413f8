//! Line searches and the methods on them, seen from outside: which steps they try, and what they ask for.

use gradus::error::Result;
use gradus::line_search::{LineSearch, MoreThuente, Ray, Search};
use gradus::notebook::*;
use gradus::optimizer::second_order::{LineSearchMethod, SearchDirection, Step};
use std::cell::Cell;

/// In the third case of Moré & Thuente, a lower value and a flatter slope, the minimum lies beyond the trial.
/// Here ψ has the value of the start and the slope 0 at the first trial, up to the last bit: only a slope of
/// the opposite sign would bracket the minimum.
#[test]
fn a_slope_of_zero_is_not_of_the_opposite_sign() {
    let (value, slope) = (1.0, -0.7);
    let tilt = MoreThuente::default().decrease * slope;
    let first = (value + tilt).next_up();
    assert_eq!(first - tilt, value, "rounding hides that the first trial is above the line of Armijo");
    let mut trials = Vec::new();
    let search = LineSearch::from(MoreThuente { rounding: 0.0, ..MoreThuente::default() });
    let found = search.search(Ray { value, slope }, 1.0, |alpha: f64| {
        trials.push(alpha);
        if trials.len() == 1 { (first, tilt) } else { (0.0, 0.0) }
    });
    assert_eq!(trials, [1.0, 5.0]);
    assert!(matches!(found, Search::Found { alpha: 5.0, value: 0.0 }), "{found:?}");
}

/// Steepest descent that counts what the method around it asks for.
struct Steepest<'a, const SCALE_FREE: bool> {
    forgotten: &'a Cell<usize>,
    directions: &'a Cell<usize>,
}

impl<O: ?Sized, const SCALE_FREE: bool> SearchDirection<f64, O> for Steepest<'_, SCALE_FREE> {
    const SCALE_FREE: bool = SCALE_FREE;

    fn name(&self) -> String {
        "steepest-descent".into()
    }

    fn start(&mut self, _dim: usize) {}

    fn is_fresh(&self) -> bool {
        true
    }

    fn forget(&mut self) {
        self.forgotten.set(self.forgotten.get() + 1);
    }

    fn update_direction(&mut self, direction: &mut [f64], grad: &[f64], _grad_before: &[f64]) -> f64 {
        self.directions.set(self.directions.get() + 1);
        direction.iter_mut().zip(grad).for_each(|(d, &g)| *d = -g);
        -grad.iter().map(|g| g * g).sum::<f64>()
    }

    fn learn(&mut self, _step: Step<f64>) {}

    fn save(&self, _saved: &mut Saved) {}

    fn restore(&mut self, _saved: &Saved) -> Result<()> {
        Ok(())
    }
}

/// Runs on a plane with this slope, and returns how often the method forgot and asked for a direction.
fn asked<const SCALE_FREE: bool>(slope: f64) -> (usize, usize) {
    let plane = FunctionWithGradient::new(1, move |x, grad| {
        grad[0] = slope;
        3.0 + slope * x[0]
    });
    let (forgotten, directions) = (Cell::new(0), Cell::new(0));
    let steepest = Steepest::<SCALE_FREE> { forgotten: &forgotten, directions: &directions };
    let method = LineSearchMethod::from_direction(steepest, LineSearch::default());
    let found = minimize(plane, &array![1.0], method, Stop::iterations(4)).unwrap();
    assert_eq!((found.termination.word(), found.iterations), ("line_search_failed", 0));
    (forgotten.get(), directions.get())
}

/// A second attempt in other units is for gradients whose squares are lost, and for formulas that do not
/// depend on units.
#[test]
fn a_method_that_cannot_go_anywhere_is_asked_once() {
    assert_eq!(asked::<true>(0.0), (0, 1));
    assert_eq!(asked::<false>(0.0), (0, 1));
    assert_eq!(asked::<false>(1e-200), (0, 1));
}
