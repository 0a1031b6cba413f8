//! The pictures: accuracies as bars, and what the best random W looks like.

use super::Trials;
use crate::figure::{Axis, Figure, Layer, Palette, Panel};
use crate::model::{Linear, Model};

/// What chance, random search, one gradient step and one epoch get right.
pub(super) fn accuracies(trials: &[Trials]) -> Figure {
    let caption =
        "Mean over the seeds with its 95 % interval. The epoch of SGD is the cheapest of the three by far.";
    let figure = Figure::new("accuracy", "What guessing finds, and what a slope finds", caption);
    trials.iter().fold(figure, |figure, trial| {
        let (searched, trained) = (trial.searched(), trial.trained());
        let (step, chance) = (trial.step.accuracy, 1.0 / trial.data.classes.len() as f64);
        let bars = Layer::Bars {
            labels: ["chance", "best of 1,000", "one gradient step", "one epoch of SGD"]
                .map(String::from)
                .to_vec(),
            values: vec![chance, searched.value, step, trained.value],
            low: vec![chance, searched.interval.0, step, trained.interval.0],
            high: vec![chance, searched.interval.1, step, trained.interval.1],
            color: 0,
        };
        let axis = Axis::linear("test accuracy").range(0.0, 1.05).higher_is_better();
        figure.panel(Panel::new(trial.data.name.clone(), axis, Axis::linear("")).with(bars))
    })
}

/// Templates of some classes: the best random draw above, an epoch of SGD below.
pub(super) fn templates(trial: &Trials) -> Figure {
    const SHOWN: [usize; 5] = [0, 1, 5, 8, 9];
    let shape = trial.data.shape.expect("clothing is shown as images");
    let layout = Model::<f32>::layout(&Linear::new(trial.data.train_x.ncols(), trial.data.classes.len()));
    let caption = "Rows of W as images: above the best of 1,000 draws, which is noise that happens to lean \
                   the right way; below one epoch of SGD.";
    let figure = Figure::new("templates", "What was found: by chance (above), by slope (below)", caption)
        .columns(5)
        .aspect(1.0);
    [&trial.searches[0].params, &trial.epochs[0].params].into_iter().fold(figure, |figure, params| {
        let weights = layout.view(params, "W");
        SHOWN.iter().fold(figure, |figure, &class| {
            let values = weights.row(class).iter().map(|&w| f64::from(w)).collect();
            figure.panel(Panel::image(
                trial.data.classes[class].clone(),
                shape.width,
                shape.height,
                values,
                Palette::Diverging,
            ))
        })
    })
}
