//! The rate of convergence on a quadratic, measured and in theory.

use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Palette, Panel};
use crate::findings::Findings;
use crate::minimize::minimize;
use crate::optimizer::first_order::{FirstOrder, Momentum};
use crate::problems::Quadratic;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::Array1;

const EIGENVALUES: [f64; 3] = [0.01, 0.1, 1.0];
const GOH: &str = "Goh, Why Momentum Really Works, Distill 2017";

/// Returns the largest modulus of the roots of z² − (1 + ρ − αλ)z + ρ = 0, which is the rate of one
/// eigenvalue λ. If the roots are complex, it is √ρ for every λ.
fn theory(lr: f64, rho: f64, eigenvalue: f64) -> f64 {
    let half = (1.0 + rho - lr * eigenvalue) / 2.0;
    let discriminant = half * half - rho;
    if discriminant < 0.0 { rho.sqrt() } else { half.abs() + discriminant.sqrt() }
}

fn worst(lr: f64, rho: f64) -> f64 {
    EIGENVALUES.iter().map(|&l| theory(lr, rho, l)).fold(0.0, f64::max)
}

/// Returns the rate measured along each eigenvector, over the second half of the run. It is the geometric
/// mean of the factor of √(x_k² + x_{k−1}²), which does not vanish where a complex mode passes through zero.
fn measured(lr: f64, rho: f64, steps: usize) -> Result<[f64; 3]> {
    let optimizer = FirstOrder::new(Momentum::new(rho), lr)?;
    let trace =
        minimize(Quadratic::new(&EIGENVALUES), &Array1::ones(3), optimizer, Stop::iterations(steps))?.trace;
    Ok(std::array::from_fn(|mode| {
        let size = |k: usize| trace.x[mode][k].hypot(trace.x[mode][k - 1]);
        let (from, to) = (trace.len() / 2, trace.len() - 1);
        (size(to) / size(from)).powf(1.0 / (to - from) as f64)
    }))
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let kappa: f64 = EIGENVALUES[2] / EIGENVALUES[0];
    let root = kappa.sqrt();
    let gradient = (2.0 / (EIGENVALUES[0] + EIGENVALUES[2]), 0.0, (kappa - 1.0) / (kappa + 1.0));
    let best = (
        4.0 / (1.0 + EIGENVALUES[0].sqrt()).powi(2),
        ((root - 1.0) / (root + 1.0)).powi(2),
        (root - 1.0) / (root + 1.0),
    );
    let (of_gradient, of_best) = (measured(gradient.0, gradient.1, 800)?, measured(best.0, best.1, 3000)?);
    let settings = [("gradient descent", gradient, of_gradient), ("momentum", best, of_best)];
    let rows = || {
        settings
            .iter()
            .flat_map(|&(name, setting, rates)| (0..3).map(move |mode| (name, setting, mode, rates[mode])))
    };
    findings.tables.push(
        Table::new(
            "rates",
            "Rate of each eigenvalue of the quadratic at the best settings: the factor by which the \
             distance shrinks per step",
        )
        .text("optimizer", rows().map(|r| r.0))
        .float("lr", rows().map(|r| r.1.0).collect::<Vec<_>>())
        .float("rho", rows().map(|r| r.1.1).collect::<Vec<_>>())
        .float("eigenvalue", rows().map(|r| EIGENVALUES[r.2]).collect::<Vec<_>>())
        .float("theory", rows().map(|r| theory(r.1.0, r.1.1, EIGENVALUES[r.2])).collect::<Vec<_>>())
        .float("measured", rows().map(|r| r.3).collect::<Vec<_>>()),
    );
    let largest = |rates: [f64; 3]| rates.into_iter().fold(0.0, f64::max);
    let apart = largest(of_best) - of_best.into_iter().fold(1.0, f64::min);
    let equals = |value, tolerance| Bound::Equals { value, tolerance };
    findings.claims.extend([
        Claim::exact(
            "gd-rate-best",
            "07",
            "Gradient descent at its best learning rate has the rate (κ−1)/(κ+1)",
            GOH,
        )
        .said()
        .measured(largest(of_gradient), equals(gradient.2, 1e-6)),
        Claim::exact(
            "momentum-rate",
            "07",
            "Momentum at its best learning rate and ρ has the rate (√κ−1)/(√κ+1)",
            GOH,
        )
        .said()
        .measured(largest(of_best), equals(best.2, 1e-3)),
        Claim::exact(
            "momentum-rate-per-eigenvalue",
            "07",
            "At the best settings of momentum, all eigenvalues have the same rate √ρ (largest difference)",
            GOH,
        )
        .reading("the article says that the rate does not depend on the eigenvalue, and misprints it as 2√β")
        .measured(apart, Bound::AtMost(1e-3))
        .note(
            "The extreme eigenvalues have a double root, so their iterates shrink like k·rateᵏ. Over 1,500 \
             steps the factor k adds less than 5e-4.",
        ),
    ]);
    findings.figures.push(rate_over_rho()?);
    findings.figures.push(rate_map(context)?);
    Ok(())
}

/// Draws the rate over ρ, in a panel for each of two learning rates: theory as a line, measurements as
/// points.
fn rate_over_rho() -> Result<Figure> {
    let fine: Vec<f64> = (0..=198).map(|i| f64::from(i) * 0.005).collect();
    let coarse: Vec<f64> = (0..=16).map(|i| f64::from(i) * 0.06).collect();
    let caption = "More momentum helps until the roots of the slowest mode become complex. From there on \
                   the rate is √ρ, and more momentum only prolongs the oscillation.";
    let figure = Figure::new("friction", "How fast momentum converges (eigenvalues .01, .1, 1)", caption);
    [1.0, 3.0].into_iter().try_fold(figure, |figure, lr| -> Result<Figure> {
        let rates: Vec<f64> = fine.iter().map(|&rho| worst(lr, rho)).collect();
        // Settings that diverge are outside the figure.
        let shown: Vec<f64> = coarse.iter().copied().filter(|&rho| worst(lr, rho) < 1.0).collect();
        let points = shown
            .iter()
            .map(|&rho| Ok(measured(lr, rho, 1500)?.into_iter().fold(0.0, f64::max)))
            .collect::<Result<Vec<_>>>()?;
        let (x, y) = fine
            .iter()
            .zip(&rates)
            .filter(|(_, rate)| **rate <= 1.0)
            .map(|(&x, &y)| (x, y))
            .unzip::<f64, f64, Vec<_>, Vec<_>>();
        // Both panels have the same axes, so that they can be compared.
        let axes =
            (Axis::linear("ρ").range(0.0, 1.0), Axis::linear("rate: factor per step").range(0.82, 1.0));
        let panel = Panel::new(format!("lr = {lr}"), axes.0, axes.1).theory("theory", x, y);
        Ok(figure.panel(panel.with(Layer::Points {
            label: "measured".into(),
            x: shown,
            y: points,
            color: 0,
        })))
    })
}

/// Draws the measured rate over lr and ρ.
fn rate_map(context: &Context) -> Result<Figure> {
    let pixels = context.choose(48, 12);
    let (lr_range, rho_range) = ((0.0, 4.0), (0.0, 1.0));
    let at = |(from, to): (f64, f64), i: usize| from + (to - from) * (i as f64 + 0.5) / pixels as f64;
    let rate = |i: usize| -> Result<f64> {
        let (lr, rho) = (at(lr_range, i % pixels), at(rho_range, pixels - 1 - i / pixels));
        let found = measured(lr, rho, 1000)?.into_iter().fold(0.0, f64::max);
        // Close to 1, a measured rate may be above it by rounding.
        Ok(if found < 1.002 { found.min(1.0) } else { f64::NAN })
    };
    let values = (0..pixels * pixels).map(rate).collect::<Result<Vec<_>>>()?;
    let root: f64 = (EIGENVALUES[2] / EIGENVALUES[0]).sqrt();
    let best = (4.0 / (1.0 + EIGENVALUES[0].sqrt()).powi(2), ((root - 1.0) / (root + 1.0)).powi(2));
    let axes = (Axis::linear("learning rate").range(0.0, 4.0), Axis::linear("ρ").range(0.0, 1.0));
    let panel = Panel::new("", axes.0, axes.1)
        .with(Layer::Raster {
            width: pixels,
            height: pixels,
            values,
            x: lr_range,
            y: rho_range,
            palette: Palette::Sequential,
            label: "factor per step".into(),
        })
        .theory("limit 2(1 + ρ)", [2.0, 4.0], [0.0, 1.0])
        .with(Layer::Mark { label: "best in theory".into(), x: best.0, y: best.1 });
    let caption = "The factor by which the slowest of three modes shrinks per step: dark is fast, and \
                   settings in gray do not converge. Without momentum, learning rates above 2 diverge; with \
                   it, rates up to 2(1 + ρ), the dashed line, converge.";
    Ok(Figure::new("rate_map", "Measured rate over learning rate and ρ", caption).panel(panel).columns(1))
}
