//! The corrected moments are unbiased from the first step on, as measured from the steps that the rule makes.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::compare::{replicates, statistics};
use crate::figure::{Axis, Figure, Layer, Panel, optimizers};
use crate::findings::Findings;
use crate::optimizer::first_order::{Adam, State, UpdateRule};
use crate::rng;
use crate::study::Context;
use crate::table::Table;
use rand::RngExt;
use rand_distr::StandardNormal;

const TIMES: [usize; 10] = [1, 2, 3, 5, 10, 20, 50, 100, 300, 1000];
/// The true gradient, and the standard deviation of its noise.
const GRADIENT: f64 = 1.0;

/// Both moments, deduced from the steps of a rule. A rule with β₁ = 0 steps by lr·g/√ŝ, which gives ŝ. The
/// rule itself steps by lr·m̂/√ŝ, which then gives m̂.
struct RecoveredMoments {
    rule: Adam,
    only_second: Adam,
    states: [State; 2],
}

impl RecoveredMoments {
    fn new(bias_correction: bool) -> Self {
        let rule = Adam { eps: 0.0, bias_correction, ..Adam::default() };
        let only_second = Adam { beta1: 0.0, ..rule };
        RecoveredMoments { states: [State::new(&rule, 1), State::new(&only_second, 1)], rule, only_second }
    }

    fn step(&mut self, gradient: f64) -> (f64, f64) {
        let mut moved = |rule: Adam, which: usize| {
            let mut x = [0.0];
            rule.step(&mut self.states[which], 1.0, &[gradient], &mut x);
            -x[0]
        };
        let (both, second) = (moved(self.rule, 0), moved(self.only_second, 1));
        let root = gradient / second;
        (both * root, root * root)
    }
}

/// The means of both moments at the given times, with and without correction, over many runs:
/// `[corrected][moment][time]`.
type Means = [[Vec<f64>; 2]; 2];

fn noisy_means(runs: usize, seed: u64, replicate: u64) -> Means {
    let mut stream = rng::stream(seed, "gradient noise", replicate);
    let zero = || vec![0.0; TIMES.len()];
    let mut means: Means = [[zero(), zero()], [zero(), zero()]];
    for _ in 0..runs {
        let mut watched = [RecoveredMoments::new(false), RecoveredMoments::new(true)];
        let mut place = 0;
        for t in 1..=TIMES[TIMES.len() - 1] {
            let gradient = GRADIENT + stream.sample::<f64, _>(StandardNormal);
            let moments = [watched[0].step(gradient), watched[1].step(gradient)];
            if TIMES[place] == t {
                for (mean, (first, second)) in means.iter_mut().zip(moments) {
                    mean[0][place] += first / runs as f64;
                    mean[1][place] += second / runs as f64;
                }
                place += 1;
            }
        }
    }
    means
}

pub(super) fn run(context: &Context, findings: &mut Findings) {
    let mut constant = RecoveredMoments::new(true);
    let exact = (0..1000)
        .map(|_| constant.step(GRADIENT))
        .map(|(m, s)| (m - 1.0).abs().max((s - 1.0).abs()))
        .fold(0.0, f64::max);
    let means = replicates(10, context.progress, "moments of a noisy gradient", |replicate| {
        noisy_means(context.choose(1_000, 50), context.seed, replicate)
    });
    let of = |corrected: usize, moment: usize, place: usize| {
        statistics::mean(&means.iter().map(|m| m[corrected][moment][place]).collect::<Vec<_>>())
    };
    let column = |corrected, moment| {
        (0..TIMES.len()).map(|place| of(corrected, moment, place).value).collect::<Vec<_>>()
    };
    findings.tables.push(
        Table::new(
            "moments",
            "Mean of Adam's moments for a gradient of 1 with noise of variance 1, whose true moments are 1 \
             and 2",
        )
        .integer("step", TIMES.map(|t| t as i64))
        .float_within("first_uncorrected", column(0, 0), 0.05, 1e-3)
        .float_within("first_corrected", column(1, 0), 0.05, 1e-3)
        .float_within("second_uncorrected", column(0, 1), 0.05, 1e-3)
        .float_within("second_corrected", column(1, 1), 0.05, 1e-3),
    );
    let second = of(1, 1, 0);
    let first = of(1, 0, 0);
    findings.claims.extend([
        Claim::exact(
            "corrected-moments",
            "10",
            "On a constant gradient both corrected moments are right from the first step on (largest \
             deviation of m̂ from g and of ŝ from g², 1,000 steps)",
            SLIDE,
        )
        .reading(
            "the slide says that the correction is for moments that start at zero; we \
                 ask that both are exact from the first step on",
        )
        .measured(exact, Bound::AtMost(1e-9)),
        Claim::statistical(
            "corrected-first-moment",
            "10",
            "On a noisy gradient the corrected first moment is unbiased at the first step (mean; the true \
             value is 1)",
            "Kingma & Ba 2015, section 3",
        )
        .said()
        .measured_within(
            first.value,
            first.interval,
            Bound::Equals { value: GRADIENT, tolerance: 0.05 },
        ),
        Claim::statistical(
            "corrected-second-moment",
            "10",
            "On a noisy gradient the corrected second moment is unbiased at the first step (mean; the true \
             value is 2)",
            "Kingma & Ba 2015, section 3",
        )
        .said()
        .measured_within(
            second.value,
            second.interval,
            Bound::Equals { value: GRADIENT * GRADIENT + 1.0, tolerance: 0.1 },
        ),
    ]);
    let t: Vec<f64> = TIMES.iter().map(|&t| t as f64).collect();
    let fine: Vec<f64> = (0..=60).map(|i| 1000f64.powf(f64::from(i) / 60.0)).collect();
    let caption = "Without correction both means begin at zero. The first is right after some thirty steps, \
                   the second after thousands. With correction both are right at once.";
    let places = optimizers(["Adam", "Adam"]);
    let figure = Figure::new("moments", "Means of Adam's moments for a noisy gradient", caption);
    let figure = [("first moment", 0, 1.0, 0.9f64), ("second moment", 1, 2.0, 0.999)].into_iter().fold(
        figure,
        |figure, (title, moment, truth, beta)| {
            let theory: Vec<f64> = fine.iter().map(|&t| truth * (1.0 - beta.powf(t))).collect();
            figure.panel(
                Panel::new(
                    title,
                    Axis::log("step t"),
                    Axis::linear("mean over runs").range(0.0, 1.25 * truth),
                )
                .theory("true value · (1 − βᵗ)", fine.clone(), theory)
                .with(Layer::Points {
                    label: "without correction".into(),
                    x: t.clone(),
                    y: column(0, moment),
                    color: places[1],
                })
                .with(Layer::Points {
                    label: "with correction".into(),
                    x: t.clone(),
                    y: column(1, moment),
                    color: places[0],
                })
                .with(Layer::HorizontalMark { label: "truth".into(), y: truth }),
            )
        },
    );
    findings.figures.push(figure);
}
