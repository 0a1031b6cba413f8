//! The figures: accuracies as bars, and the best random W as images.

use super::trials::Trials;
use crate::figure::{Axis, Figure, Layer, Palette, Panel};
use crate::model::{Linear, Model};

/// Draws the accuracies of chance, random search, one gradient step and one epoch of SGD.
pub(super) fn accuracies(trials: &[Trials]) -> Figure {
    let caption = "Mean over ten seeds; whiskers are its 95 % interval; chance and the gradient step have \
                   no seeds. The gradient step costs at most as much as the epoch of SGD, and the thousand \
                   draws cost far more than either.";
    let figure = Figure::new("accuracy", "Test accuracy of random search and of gradients", caption);
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

/// Draws templates of some classes: the best random draw in the upper row, one epoch of SGD in the lower row.
pub(super) fn templates(trial: &Trials) -> Figure {
    const SHOWN: [usize; 5] = [0, 1, 5, 8, 9];
    let shape = trial.data.shape.expect("clothing is shown as images");
    let layout = Model::<f32>::layout(&Linear::new(trial.data.train_x.ncols(), trial.data.classes.len()));
    let caption = "Rows of W as images. Upper row: the best of 1,000 draws, which is noise that happens to \
                   point in a useful direction. Lower row: one epoch of SGD.";
    let figure =
        Figure::new("templates", "Templates found by random search (above) and by SGD (below)", caption)
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
