//! How much the best of n draws lowers the loss: the gain grows like √(2 ln n), with a factor that theory
//! predicts.

use super::sources::SLIDE;
use super::trials::{SCALE, Trials};
use crate::claim::{Bound, Claim};
use crate::compare::statistics;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::table::Table;

/// Returns the mean of max(0, z₁, …, zₙ) for standard normal z, ∫₀^∞ 1 − Φ(z)ⁿ dz. This is the expected gain
/// of the best of n draws on a linear function, in standard deviations, if zero is kept when all draws are
/// worse.
pub(super) fn expected_best(n: f64) -> f64 {
    const STEP: f64 = 1e-3;
    let density = |z: f64| (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
    // Both Φ and the integral are summed by the trapezoidal rule. Beyond z = 9 nothing is left.
    let (mut below, mut sum) = (0.5f64, 0.0);
    for i in 0..9_000 {
        let z = f64::from(i) * STEP;
        let next = below + 0.5 * STEP * (density(z) + density(z + STEP));
        sum += STEP * (1.0 - 0.5 * (below.powf(n) + next.min(1.0).powf(n)));
        below = next.min(1.0);
    }
    sum
}

pub(super) fn run(trials: &[Trials], findings: &mut Findings) {
    let rows: Vec<(&Trials, f64, f64, f64)> = trials
        .iter()
        .map(|t| {
            let draws = (t.searches[0].best.len() - 1) as f64;
            (
                t,
                statistics::mean(&t.gains()).value,
                SCALE * t.slope * expected_best(draws),
                t.searches[0].best[0] - t.step.loss,
            )
        })
        .collect();
    let column = |of: fn(&(&Trials, f64, f64, f64)) -> f64| rows.iter().map(of).collect::<Vec<_>>();
    findings.tables.push(
        Table::new(
            "gain",
            "The fall of the loss below its value at W = 0: for the best of 1,000 draws and for one \
             gradient step of the same length, and how many draws would match that step in theory",
        )
        .text("data", rows.iter().map(|r| r.0.data.name.clone()))
        .integer("parameters", rows.iter().map(|r| r.0.dim as i64))
        .float_within("best_draw", column(|r| r.1), 0.05, 0.0)
        .float_within("best_draw_theory", column(|r| r.2), 1e-3, 0.0)
        .float_within("one_step", column(|r| r.3), 0.01, 0.0)
        .float("draws_to_match_log10", column(|r| r.0.dim as f64 / 2.0 / std::f64::consts::LN_10)),
    );
    for (trial, _, theory, step) in rows {
        let name = &trial.data.name;
        let ratios: Vec<f64> = trial.gains().iter().map(|gain| gain / theory).collect();
        let gain = statistics::mean(&ratios);
        let sentence = format!(
            "On {name} the best of 1,000 small random W lowers the loss by ‖∇L(0)‖ times the scale times \
             the mean maximum of 1,000 normal numbers (measured over theory)"
        );
        findings.claims.push(
            Claim::statistical(
                &format!("random-sqrt-log-{name}"),
                "02",
                &sentence,
                "gradus, from extreme-value theory",
            )
            .ours()
            .measured_within(
                gain.value,
                gain.interval,
                Bound::Equals { value: 1.0, tolerance: 0.1 },
            ),
        );
        let ratios: Vec<f64> = trial.gains().iter().map(|gain| step / gain).collect();
        let lead = statistics::mean(&ratios);
        let sentence = format!(
            "On {name} one gradient step lowers the loss at least five times as much as the best of 1,000 \
             random W of the same length (ratio)"
        );
        findings.claims.push(
            Claim::statistical(&format!("one-step-beats-{name}"), "02", &sentence, SLIDE)
                .ours()
                .measured_within(lead.value, lead.interval, Bound::AtLeast(5.0)),
        );
    }
    findings.figures.push(figure(trials));
}

/// Draws the gain over the number of draws, measured and in theory.
fn figure(trials: &[Trials]) -> Figure {
    let caption = "Each tenfold increase in the number of draws adds a little less than the one before: for \
                   large n, the gain grows like the square root of the logarithm of n. Median and quartiles \
                   (the band) over ten seeds. The horizontal line is one gradient step of the same length.";
    let figure = Figure::new("best_so_far", "The best of n random W", caption);
    trials.iter().fold(figure, |figure, trial| {
        let draws = trial.searches[0].best.len() - 1;
        let n: Vec<f64> = (1..=draws).map(|n| n as f64).collect();
        let gains: Vec<Vec<f64>> = trial
            .searches
            .iter()
            .map(|s| s.best[1..].iter().map(|best| s.best[0] - best).collect())
            .collect();
        let (low, median, high) = statistics::quartile_band(&gains);
        // The theoretical curve is smooth, so a few points suffice.
        let places: Vec<f64> = (0..=24).map(|i| (draws as f64).powf(f64::from(i) / 24.0)).collect();
        let theory: Vec<f64> = places.iter().map(|&n| SCALE * trial.slope * expected_best(n)).collect();
        let top = 1.25 * (trial.searches[0].best[0] - trial.step.loss);
        figure.panel(
            Panel::new(
                trial.data.name.clone(),
                Axis::log("draws n"),
                Axis::log("decrease of the loss below ln 10 (nats)")
                    .range(0.05 * theory[theory.len() - 1], top),
            )
            .with(Layer::Band { x: n.clone(), low, high, color: 0 })
            .line("best of n draws", n, median, 0)
            .theory("theory: maximum of n normal numbers", places, theory)
            .with(Layer::HorizontalMark {
                label: "one gradient step".into(),
                y: trial.searches[0].best[0] - trial.step.loss,
            }),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;

    #[test]
    fn the_expected_best_is_that_of_normal_numbers() {
        // For one draw: half of the mean of |z|. For large n: known to three digits (Harter 1961).
        assert!((expected_best(1.0) - 0.398942).abs() < 1e-5);
        assert!((expected_best(1000.0) - 3.2414).abs() < 1e-3, "{}", expected_best(1000.0));
        let mean = |n: usize| {
            let best = |r| {
                rng::normal::<f64>(&mut rng::stream(3, "maxima", r), n, 1.0).fold(0.0f64, |a, &b| a.max(b))
            };
            (0..4000).map(best).sum::<f64>() / 4000.0
        };
        assert!((mean(20) - expected_best(20.0)).abs() < 0.03);
    }
}
