//! The effect of the scale of the draws, which is the only hyperparameter of random search.

use super::trials::DRAWS;
use crate::compare::{replicates, statistics};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::minimize::minimize;
use crate::model::Linear;
use crate::objective::Objective;
use crate::optimizer::zeroth_order::RandomSearch;
use crate::risk::{EmpiricalRisk, Regularizer, accuracy};
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::Array1;
use std::sync::Arc;

const SCALES: [f64; 9] = [1e-4, 1e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0];

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    let (pixels, classes) = (digits.train_x.ncols(), digits.classes.len());
    let (x, y): (_, Arc<[u8]>) = (digits.train_x, digits.train_y.into());
    let (draws, seeds) = (context.choose(DRAWS, DRAWS / 20), context.choose(10, 2));
    // Returns the test accuracy and the training loss at the end of a search, for each seed and each scale.
    let runs = replicates(
        seeds,
        context.progress,
        "random search at nine scales",
        |replicate| -> Result<Vec<(f64, f64)>> {
            let search = |&scale: &f64| -> Result<(f64, f64)> {
                let risk = EmpiricalRisk::new(
                    Linear::new(pixels, classes),
                    Softmax,
                    x.clone(),
                    y.clone(),
                    Regularizer::default(),
                )?;
                let zero = Array1::zeros(risk.dim());
                let found = minimize(
                    risk,
                    &zero,
                    RandomSearch::new(scale, context.seed + replicate)?,
                    Stop::iterations(draws),
                )?;
                Ok((
                    accuracy(&Linear::new(pixels, classes), &found.x, &digits.test_x, &digits.test_y),
                    found.value,
                ))
            };
            SCALES.iter().map(search).collect()
        },
    );
    let runs = runs.into_iter().collect::<Result<Vec<_>>>()?;
    let curves = |of: fn(&(f64, f64)) -> f64| {
        runs.iter().map(|run| run.iter().map(of).collect()).collect::<Vec<Vec<f64>>>()
    };
    let (low, median, high) = statistics::quartile_band(&curves(|r| r.0));
    let (loss_low, loss, loss_high) = statistics::quartile_band(&curves(|r| r.1));
    findings.tables.push(
        Table::new(
            "scales",
            "The best of 1,000 draws on the digits, for several scales of the draws: quartiles over seeds",
        )
        .float("scale", SCALES)
        .float_within("test_accuracy", median.clone(), 0.0, 0.02)
        .float_within("test_low", low.clone(), 0.0, 0.03)
        .float_within("test_high", high.clone(), 0.0, 0.03)
        .float_within("train_loss", loss.clone(), 0.02, 1e-6),
    );
    let accuracy = Panel::new("", Axis::log("scale of the draws"), Axis::linear("test accuracy"))
        .with(Layer::Band { x: SCALES.to_vec(), low, high, color: 0 })
        .line("", SCALES, median, 0)
        .with(Layer::HorizontalMark { label: "chance".into(), y: 0.1 })
        .with(Layer::VerticalMark { label: "the slide's 1e-4".into(), x: 1e-4 });
    let losses = Panel::new("", Axis::log("scale of the draws"), Axis::linear("training loss (nats)"))
        .with(Layer::Band { x: SCALES.to_vec(), low: loss_low, high: loss_high, color: 0 })
        .line("", SCALES, loss, 0)
        .with(Layer::HorizontalMark { label: "W = 0".into(), y: 10f64.ln() });
    let caption = "The ranking of the classes hardly depends on the scale, so the accuracy stays the same. \
                   Larger draws reach lower losses, until all of them are worse than W = 0, which is then \
                   kept. Median and quartiles (the band) over ten seeds.";
    findings.figures.push(
        Figure::new("scales", "The effect of the scale of the draws (digits)", caption)
            .panel(accuracy)
            .panel(losses),
    );
    Ok(())
}
