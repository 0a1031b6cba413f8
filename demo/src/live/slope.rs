//! Notebook 03.

use super::shown::{Shown, knobs, short};
use crate::report::numbers::plain;
use gradus::error::check_hyperparameter;
use gradus::notebook::*;

/// What remains of the disagreement between an analytic and a numeric slope as h shrinks. The knobs: the
/// distance of a kink, and by how many per cent a wrong slope is off.
pub(super) fn shrinking(values: &[f64]) -> Result<Shown> {
    let [distance, off] = knobs(values);
    check_hyperparameter("distance", distance, "from 1e-9 to 1", |v| (1e-9..=1.0).contains(&v))?;
    check_hyperparameter("error", off, "from 0 to 1000", |v| (0.0..=1000.0).contains(&v))?;
    let h: Vec<f64> = (4..=32).map(|k| 10f64.powf(-f64::from(k) / 4.0)).collect();
    let remains = |kink: f64, wrong: f64| -> Vec<f64> {
        let (mut f, x) = (bent(kink, wrong), array![0.2]);
        let mut grad = Array1::zeros(1);
        f.value_grad(&x, &mut grad);
        let mut at = |h: f64| {
            (Difference::Central.quotient(x[0], h, 0.0, |moved| f.value(&array![moved])) - grad[0]).abs()
        };
        h.iter().map(|&h| at(h)).collect()
    };
    let kinked = remains(0.2 + distance, 0.0);
    let panel = Panel::new("", Axis::log("step h"), Axis::log("|analytic − numeric|").range(1e-9, 10.0))
        .line("smooth", h.clone(), remains(-5.0, 0.0), 0)
        .line(format!("a kink at a distance of {}", short(distance)), h.clone(), kinked.clone(), 1)
        .line(
            format!("off by {} %", plain(off)),
            h.clone(),
            remains(-5.0, 0.01 * off * (3.0 * 0.6f64.cos() + 1.0)),
            2,
        )
        .with(Layer::VerticalMark { label: "distance of the kink".into(), x: distance });
    let caption = "What remains of the disagreement between two slopes as h shrinks.";
    let figure = Figure::new("shrinking", "Shrink h: a disagreement that remains is an error", caption)
        .panel(panel)
        .columns(1);
    let agrees = h.iter().zip(&kinked).find(|(_, remains)| **remains < 1e-3);
    let note = match agrees {
        Some((h, _)) => format!("The check agrees to .001 beside the kink from h = {} on.", plain(*h)),
        None => "The check never agrees to .001 beside the kink: all its steps reach across it.".into(),
    };
    Ok(Shown::new(figure, [note]))
}

/// Returns the function sin 3x + |x − kink|, with an analytic slope that is off by `wrong`.
fn bent(kink: f64, wrong: f64) -> impl Differentiable {
    FunctionWithGradient::new(1, move |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
        let off = x[0] - kink;
        grad[0] = 3.0 * (3.0 * x[0]).cos() + off.signum() + wrong;
        (3.0 * x[0]).sin() + off.abs()
    })
}
