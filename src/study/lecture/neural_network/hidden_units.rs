//! The features that hidden units detect: their weights as images, compared with the templates of a linear
//! classifier.

use super::classifiers::{CosineTraining, classifier};
use crate::data;
use crate::error::{Error, Result};
use crate::figure::{Figure, Palette, Panel};
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::model::Initialization;
use crate::study::Context;
use ndarray::ArrayView1;

/// The number of units shown per net.
const SHOWN: usize = 10;

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let recipes = [
        ("digits", "mlp:50", CosineTraining { lr: 0.1, epochs: 40, batch: 32 }),
        ("fashion-mnist", "mlp:100", CosineTraining { lr: 0.1, epochs: 6, batch: 128 }),
    ];
    for (name, net, recipe) in context.choose(&recipes[..], &recipes[..1]) {
        let data = match data::by_name(name, context.seed) {
            Err(Error::DataMissing { .. }) => continue,
            other => other?,
        };
        let shape = data.shape.expect("digits and clothing are images");
        let recipe = CosineTraining { epochs: context.choose(recipe.epochs, 3), ..*recipe };
        let caption = "Above: the linear classifier, with one template per class, which has to fit the \
                       whole class. Below: the ten hidden units with the largest weights in and out, which \
                       detect local contrasts that several classes use. The net started from small weights, \
                       so the images show what it learned. Orange counts in favour, blue against.";
        let figure =
            Figure::new(format!("hidden-{name}"), format!("Templates and hidden units ({name})"), caption)
                .columns(10)
                .aspect(1.0);
        let image = |title: String, row: ArrayView1<f32>| {
            Panel::image(
                title,
                shape.width,
                shape.height,
                row.iter().map(|&w| f64::from(w)).collect(),
                Palette::Diverging,
            )
        };
        let linear = classifier::<f32>(&data, "linear")?;
        let params =
            CosineTraining { lr: recipe.lr / 3.0, ..recipe }.train(&linear, context.seed)?.trained.params;
        let layout = linear.risk(Softmax)?.layout().clone();
        let figure = layout.view(&params, "W").rows().into_iter().zip(&data.classes).fold(
            figure,
            |figure, (row, class)| {
                figure.panel(image(class.split('/').next().unwrap_or(class).to_string(), row))
            },
        );
        // With He's initial weights, the noise of the start would hide what the net learned.
        let deep = classifier::<f32>(&data, net)?.initialization(Initialization::Normal(0.01));
        let params = recipe.train(&deep, context.seed)?.trained.params;
        let layout = deep.risk(Softmax)?.layout().clone();
        let (w1, w2) = (layout.view(&params, "W1"), layout.view(&params, "W2"));
        let size = |row: ArrayView1<f32>| row.iter().map(|w| w * w).sum::<f32>();
        // The product of the weights in and out of each unit.
        let mut units: Vec<usize> = (0..w1.nrows()).collect();
        units.sort_by(|&a, &b| {
            (size(w1.row(b)) * size(w2.column(b))).total_cmp(&(size(w1.row(a)) * size(w2.column(a))))
        });
        findings.figures.push(
            units[..SHOWN]
                .iter()
                .fold(figure, |figure, &unit| figure.panel(image(format!("unit {unit}"), w1.row(unit)))),
        );
    }
    Ok(())
}
