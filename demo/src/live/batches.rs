//! Notebook 05.

use super::shown::{Shown, knobs};
use crate::report::numbers::plain;
use gradus::error::check_hyperparameter;
use gradus::notebook::*;
use std::cell::RefCell;

type Risk = EmpiricalRisk<f64, Linear, Softmax>;

/// A risk at a point, with its full gradient there.
struct Place {
    risk: Risk,
    at: Array1<f64>,
    full: Array1<f64>,
}

thread_local! {
    /// Kept from one answer to the next: unpacking the digits takes longer than everything else.
    static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// The number of batches that are drawn.
const DRAWN: usize = 5;

/// The softmax loss of the training digits at a random point.
fn place() -> Result<Place> {
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    let mut risk = EmpiricalRisk::new(
        Linear::new(64, 10),
        Softmax,
        digits.train_x.clone(),
        digits.train_y.clone(),
        Regularizer::default(),
    )?;
    let at = rng::normal::<f64>(&mut rng::stream(1, "a point", 0), risk.dim(), 0.1);
    let mut full = Array1::zeros(risk.dim());
    risk.value_grad(&at, &mut full);
    Ok(Place { risk, at, full })
}

/// Five minibatch gradients beside the full gradient, as arrows: each in the plane that it spans with the
/// full gradient, which is the horizontal arrow of length one. The knob: the batch size.
pub(super) fn angles(values: &[f64]) -> Result<Shown> {
    let [size] = knobs(values);
    PLACE.with(|cell| {
        let mut kept = cell.borrow_mut();
        let place = match kept.take() {
            Some(place) => place,
            None => place()?,
        };
        drawn(kept.insert(place), size)
    })
}

fn drawn(Place { risk, at, full }: &mut Place, size: f64) -> Result<Shown> {
    let range = "a whole number from 1 to the number of training digits, 1438";
    let valid = |v: f64| v.fract() == 0.0 && (1.0..=risk.terms() as f64).contains(&v);
    let size = check_hyperparameter("batch size", size, range, valid)? as usize;
    let mut grad = Array1::zeros(full.len());
    let mut batches = Batches::with_replacement(risk.terms(), size, 7)?;
    let axes = (
        Axis::linear("along the full gradient").range(-0.5, 3.0),
        Axis::linear("across it").range(-2.5, 2.5),
    );
    let mut panel = Panel::new("", axes.0, axes.1);
    let mut degrees = Vec::new();
    for k in 0..DRAWN {
        risk.batch_value_grad(at, batches.next(), &mut grad);
        let (product, squared) = (grad.dot(&*full), full.dot(&*full));
        let cosine = product / (grad.dot(&grad) * squared).sqrt();
        degrees.push(cosine.acos().to_degrees());
        let along = product / squared;
        let across = (grad.dot(&grad) / squared - along * along).max(0.0).sqrt();
        // Only the size of the part across is known. Drawn up and down in turn, arrows do not hide each
        // other.
        let side = if k % 2 == 0 { across } else { -across };
        let label = if k == 0 { "gradients of minibatches" } else { "" };
        panel = panel.path(label, [0.0, along], [0.0, side], 1);
    }
    let panel = panel.path("the full gradient", [0.0, 1.0], [0.0, 0.0], 0);
    let caption = "Five minibatch gradients and the full gradient at one point, as arrows.";
    let figure = Figure::new("angles", format!("Five gradients of batches of {size}"), caption)
        .columns(1)
        .panel(panel);
    let listed: Vec<String> = degrees.iter().map(|angle| format!("{angle:.0}°")).collect();
    let mean = degrees.iter().sum::<f64>() / DRAWN as f64;
    let notes = [format!("{} off.", listed.join(", ")), format!("On average {}°.", plain(mean.round()))];
    Ok(Shown::new(figure, notes))
}
