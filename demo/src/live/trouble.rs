//! Notebook 06.

use super::run::run;
use super::shown::{Shown, bowl, descend, ended, knobs, path, short, steps};
use crate::report::numbers::plain;
use gradus::error::check_hyperparameter;
use gradus::notebook::*;

/// The curvatures of the ravine.
const RAVINE: [f64; 2] = [0.2, 4.0];

/// Twenty steps in a ravine, and their coordinates. The knob: the learning rate.
pub(super) fn ravine(values: &[f64]) -> Result<Shown> {
    let [lr] = knobs(values);
    let run = descend(AnyRule::new(Sgd), RAVINE, lr, 20)?;
    let careful = descend(AnyRule::new(Sgd), RAVINE, 0.05, 20)?;
    let panel = path(bowl("", RAVINE, 1.5), format!("lr = {}", short(lr)), &run, 1);
    let panel =
        path(panel, "lr = .05", &careful, 0).with(Layer::Mark { label: "minimum".into(), x: 0.0, y: 0.0 });
    let coordinates = Panel::new(
        format!("coordinates at lr = {}", short(lr)),
        Axis::linear("step"),
        Axis::linear("coordinate (minimum at 0)"),
    )
    .line("shallow: x₁", steps(&run), run.x[0].clone(), 2)
    .line("steep: x₂", steps(&run), run.x[1].clone(), 3);
    let caption = "The path of gradient descent in a ravine, and its coordinates over the steps.";
    let figure = Figure::new("paths", "Twenty steps in a ravine", caption).panel(panel).panel(coordinates);
    let changes = run.x[1].windows(2).filter(|pair| pair[0] * pair[1] < 0.0).count();
    let notes = [
        ended(&format!("lr = {}", short(lr)), &run),
        format!("The steep coordinate changed its sign in {changes} of {} steps.", run.len()),
    ];
    Ok(Shown::new(figure, notes))
}

/// Gradient descent beside the ridge of a saddle. The knobs: the distance of the start from the ridge, and
/// the learning rate.
pub(super) fn saddle(values: &[f64]) -> Result<Shown> {
    let [start, lr] = knobs(values);
    check_hyperparameter("start", start, "above 0 and at most 1", |v| v > 0.0 && v <= 1.0)?;
    let run = run(&mut problems::Saddle, &[1.0, start], AnyRule::new(Sgd), lr, Stop::iterations(400))?;
    let left = run.x[1].iter().take_while(|y| y.abs() < 0.1).count();
    let theory = (0.1 / start).ln() / (1.0 + lr).ln();
    let figure = values_over_steps(&[("gradient descent", &run.minimum())]);
    let note = if left <= run.len() {
        format!("It is 0.1 away after {left} steps; theory: {theory:.1}.")
    } else {
        format!("After {} steps it is not yet 0.1 away; theory: {theory:.1}.", run.len())
    };
    Ok(Shown::new(figure, [note, ended("gradient descent", &run)]))
}

/// Sixty steps with the true gradient, and with the gradient of a minibatch, whose noise is 1.5/√B. The
/// knobs: the learning rate, and the batch size B.
pub(super) fn noise(values: &[f64]) -> Result<Shown> {
    const STEPS: usize = 60;
    let [lr, batch] = knobs(values);
    let batch = check_hyperparameter("batch size", batch, "from 1 to 1e6", |v| (1.0..=1e6).contains(&v))?;
    let mut quadratic = problems::Quadratic::new(&[0.4, 2.0]);
    let clear = run(&mut quadratic, &[-5.0, -2.0], AnyRule::new(Sgd), lr, Stop::iterations(STEPS))?;
    let errors = rng::normal::<f64>(&mut rng::stream(0, "noisy path", 0), 2 * STEPS, 1.5);
    let mut seen = 0;
    let mut noisy = FunctionWithGradient::new(2, |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
        let value = quadratic.value_grad(x, grad);
        for g in grad.iter_mut() {
            // The gradient at the last point, which no step follows, has no noise.
            *g += errors.get(seen).map_or(0.0, |error| error / batch.sqrt());
            seen += 1;
        }
        value
    });
    let run = run(&mut noisy, &[-5.0, -2.0], AnyRule::new(Sgd), lr, Stop::iterations(STEPS))?;
    let panel = Panel::new("", Axis::linear("x₁").range(-5.6, 1.6), Axis::linear("x₂").range(-2.6, 1.6))
        .contour(|a, b| 0.2 * a * a + b * b, 12);
    let panel = path(path(panel, "the true gradient", &clear, 0), "a noisy gradient", &run, 1)
        .with(Layer::Mark { label: "minimum".into(), x: 0.0, y: 0.0 });
    let caption = "A path along true gradients, and one along noisy gradients.";
    let figure =
        Figure::new("noisy_path", "Sixty steps with a noisy gradient", caption).panel(panel).columns(1);
    let late = &run.value[run.value.len() / 2..];
    let mean = late.iter().sum::<f64>() / late.len() as f64;
    let notes = [
        format!("Each entry of the gradient has noise of deviation 1.5/√B = {}.", plain(1.5 / batch.sqrt())),
        format!("Mean of f over the second half of the noisy path: {}.", plain(mean)),
        ended("the true gradient", &clear),
    ];
    Ok(Shown::new(figure, notes))
}
