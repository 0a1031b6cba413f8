//! The table on the slides: W, W + h, and the slopes in between.

use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::findings::Findings;
use crate::objective::Difference;
use crate::study::Context;
use crate::table::Table;

/// The step on the slides.
const H: f64 = 0.0001;
/// The loss at W, to the five decimals that the slides print.
const LOSS: f64 = 1.25347;
/// For the first three dimensions: W, the loss with h added to W, and the slope on the slides.
const SLIDES: [(f64, f64, f64); 3] = [(0.34, 1.25322, -2.5), (-1.11, 1.25353, 0.6), (0.78, 1.25347, 0.0)];
/// Half a unit in the last printed decimal.
const PRINTED: f64 = 5e-6;

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    // The library's forward quotient, given the two losses that the slides print.
    let slopes = SLIDES.map(|(w, moved, _)| Difference::Forward.quotient(w, H, LOSS, |_| moved));
    let off = slopes.iter().zip(SLIDES).map(|(slope, slide)| (slope - slide.2).abs()).fold(0.0, f64::max);
    let sentence = "The slopes of the first three dimensions on the slides are −2.5, 0.6 and 0 (largest \
                    deviation)";
    let doubt = 2.0 * PRINTED / H;
    findings.claims.extend([
        Claim::exact("worked-slopes", "03", sentence, "slides \"W + h\"")
            .said()
            .measured(off, Bound::AtMost(1e-9)),
        Claim::exact(
            "worked-slopes-doubt",
            "03",
            "With losses printed to five decimals and h = 1e-4, a slope is known only to within ±0.1",
            "gradus",
        )
        .ours()
        .measured(doubt, Bound::Equals { value: 0.1, tolerance: 1e-12 })
        .note("So the third slope on the slides, 0, may be anything between −0.1 and 0.1."),
    ]);
    findings.tables.push(
        Table::new("worked", "The table on the slides: the loss at W is 1.25347, h is 0.0001")
            .integer("dimension", 1..=3)
            .float("w", SLIDES.map(|s| s.0))
            .float("w_plus_h", SLIDES.map(|s| s.0 + H))
            .float("loss", [LOSS; 3])
            .float("loss_at_w_plus_h", SLIDES.map(|s| s.1))
            .float_within("slope", slopes, 1e-6, 1e-9)
            .float("known_to", [doubt; 3]),
    );
    Ok(())
}
