//! The update rules that go by the layers of a model. To add one, write its file in `optimizer/first_order/`
//! and its entry here. They are apart from the other rules so that a program that needs none of them is
//! linked without their code.

use super::entry::{Entry, Walk};
use super::first_order::{BETA1, BETA2, DAMPENING, EPS, FROM_RULE, MOMENTUM, WEIGHT_DECAY, WEIGHT_DECAYS};
use super::needs::Needs;
use super::setting::{Range, SettingSpec};
use crate::optimizer::first_order::{Adafactor, Lamb, Lars, Muon};
#[cfg(feature = "lapack")]
use crate::optimizer::first_order::{Shampoo, Soap};

const NS_STEPS: SettingSpec = SettingSpec::number(
    "ns-steps",
    "the number of Newton–Schulz iterations",
    Range {
        words: "a whole number from 1 to 99",
        contains: |n| n.fract() == 0.0 && (1.0..=99.0).contains(&n),
    },
    FROM_RULE,
);
const REST_RATE: SettingSpec = SettingSpec::number(
    "rest-rate",
    "the learning rate of the parameters that it leaves to AdamW, as a share of --lr",
    Range::POSITIVE,
    FROM_RULE,
);
const REST_BETA1: SettingSpec =
    SettingSpec::number("rest-beta1", "beta1 of that AdamW", Range::SHARE, FROM_RULE);
const REST_BETA2: SettingSpec =
    SettingSpec::number("rest-beta2", "beta2 of that AdamW", Range::SHARE, FROM_RULE);
const REST_EPS: SettingSpec =
    SettingSpec::number("rest-eps", "eps of that AdamW", Range::NOT_NEGATIVE, FROM_RULE);
const REST_WEIGHT_DECAY: SettingSpec =
    SettingSpec::number("rest-weight-decay", "weight decay of that AdamW", Range::NOT_NEGATIVE, FROM_RULE);
const ADJUSTMENT: SettingSpec = SettingSpec::choice(
    "adjustment",
    "the factor of the learning rate by the shape of a matrix",
    &["original", "match-rms-adamw", "spectral-unclamped"],
);
const MATRICES: SettingSpec = SettingSpec::choice(
    "matrices",
    "the weight matrices that it takes: of hidden layers, of those between hidden ones, or all",
    &["hidden", "inner", "all"],
);
const NO_NESTEROV: SettingSpec = SettingSpec::flag("no-nesterov", "plain momentum instead of Nesterov's");
const NESTEROV: SettingSpec = SettingSpec::flag("nesterov", "Nesterov momentum instead of the plain one");
const TRUST: SettingSpec = SettingSpec::number(
    "trust",
    "the length of a step at a learning rate of 1, as a share of the weights of its layer",
    Range::NOT_NEGATIVE,
    FROM_RULE,
);
const BETA2_DECAY: SettingSpec = SettingSpec::number(
    "beta2-decay",
    "the power of the step number by which a gradient enters the second moments",
    Range { words: "finite and ≤ 0", contains: |value| value.is_finite() && value <= 0.0 },
    FROM_RULE,
);
const EPS2: SettingSpec = SettingSpec::number(
    "eps2",
    "the least size of weights by which a step is scaled",
    Range::NOT_NEGATIVE,
    FROM_RULE,
);
const THRESHOLD: SettingSpec = SettingSpec::number(
    "threshold",
    "the largest root mean square of a step before it is scaled",
    Range { words: "finite and ≥ 1", contains: |value| value.is_finite() && value >= 1.0 },
    FROM_RULE,
);

pub(super) fn entries() -> Vec<Entry> {
    let mut entries = vec![muon(), lamb(), lars(), adafactor()];
    entries.extend(on_lapack());
    entries
}

fn muon() -> Entry {
    Entry::rule("muon", Muon::following)
        .with_title("Muon")
        .with_summary("steps along hidden matrices made orthogonal; AdamW for the rest")
        .with_source("Jordan 2024")
        .with_needs(Needs::Matrices)
        .with_settings(&[
            MOMENTUM,
            WEIGHT_DECAY,
            NS_STEPS,
            EPS,
            REST_RATE,
            REST_BETA1,
            REST_BETA2,
            REST_EPS,
            REST_WEIGHT_DECAY,
            ADJUSTMENT,
            MATRICES,
            NO_NESTEROV,
        ])
        // Momentum, iterations and coefficients are the same in the author's records. Decay is what larger
        // runs needed (Liu et al. 2025).
        .tuned_by("weight-decay", 0.1, WEIGHT_DECAYS)
}

fn lamb() -> Entry {
    Entry::rule("lamb", Lamb::following)
        .with_title("LAMB")
        .with_summary("Adam with a step as long as the weights of its layer; elsewhere one layer")
        .with_source("You et al. 2020")
        .with_settings(&[BETA1, BETA2, EPS, WEIGHT_DECAY])
        // The paper fixes β₁, β₂ and ε, and tunes the rate; decay is a part of its step (You et al. 2020).
        .tuned_by("weight-decay", 0.0, WEIGHT_DECAYS)
}

fn lars() -> Entry {
    Entry::rule("lars", Lars::following)
        .with_title("LARS")
        .with_summary("momentum with gradients as long as the weights of their layer; elsewhere one layer")
        .with_source("You, Gitman & Ginsburg 2017")
        .with_settings(&[MOMENTUM, DAMPENING, TRUST, WEIGHT_DECAY, NESTEROV])
        // The coefficient of trust only multiplies the rate. Nado et al. 2021 tune the momentum.
        .tuned_by("momentum", 0.9, Walk::KeptShare)
}

fn adafactor() -> Entry {
    Entry::rule("adafactor", Adafactor::following)
        .with_title("Adafactor")
        .with_summary("RMSProp with second moments of rows and columns only; elsewhere of each parameter")
        .with_source("Shazeer & Stern 2018")
        .with_settings(&[BETA2_DECAY, EPS2, THRESHOLD, WEIGHT_DECAY])
        .with_learning_rate(1e-2)
        // Steps are relative to the size of the weights, but to no less than ε₂ (Shazeer & Stern 2018), which
        // matters where weights start near 0. With ε₂ = 1, steps hardly depend on the weights, as with the
        // option `scale_parameter=False` that Hugging Face's documentation of Adafactor describes.
        .tuned_by("eps2", 1e-3, Walk::Drawn(1e-4, 1.0))
}

/// The number of parameters up to which comparisons include the rules that decompose matrices. On 784 pixels
/// a run takes half a minute of eigenvectors, and a comparison has thousands of runs.
#[cfg(feature = "lapack")]
const MOST_PARAMETERS: usize = 5000;

/// The rules that take roots and eigenvectors of matrices.
#[cfg(not(feature = "lapack"))]
pub(super) const ON_LAPACK: &[&str] = &["shampoo", "soap"];

#[cfg(not(feature = "lapack"))]
fn on_lapack() -> Vec<Entry> {
    Vec::new()
}

#[cfg(feature = "lapack")]
fn on_lapack() -> Vec<Entry> {
    const ROOT_INTERVAL: SettingSpec = SettingSpec::number(
        "root-interval",
        "the number of steps from one decomposition of the matrices to the next",
        Range::COUNT,
        FROM_RULE,
    );
    const START: SettingSpec =
        SettingSpec::number("start", "the first step that uses the roots", Range::COUNT, FROM_RULE);
    const MATRIX_EPS: SettingSpec = SettingSpec::number(
        "matrix-eps",
        "the diagonal with which the matrices start",
        Range::NOT_NEGATIVE,
        FROM_RULE,
    );
    const SUM_BETA2: SettingSpec = SettingSpec::number(
        "beta2",
        "the share of the matrices that is kept; 1 for sums",
        Range::ZERO_TO_ONE,
        FROM_RULE,
    );
    const SHAMPOO_BETA: SettingSpec = SettingSpec::number(
        "shampoo-beta",
        "the share of the matrices that is kept",
        Range::SHARE,
        FROM_RULE,
    );
    const GRAFT: SettingSpec = SettingSpec::choice(
        "graft",
        "the rule whose step length is taken over",
        &["off", "sgd", "adagrad", "rmsprop", "sign"],
    );
    let shampoo = Entry::rule("shampoo", Shampoo::following)
        .with_title("Shampoo")
        .with_summary("puts the gradient of a matrix between roots of its second moments")
        .with_source("Gupta, Koren & Singer 2018")
        .with_needs(Needs::Matrices)
        .with_settings(&[BETA1, SUM_BETA2, ROOT_INTERVAL, START, MATRIX_EPS, EPS, WEIGHT_DECAY, GRAFT])
        // The paper sums; in practice the matrices forget (Anil et al. 2020; Shi et al. 2023).
        .tuned_by("beta2", 0.999, Walk::Kept(0.9, 0.999))
        .compared_up_to(MOST_PARAMETERS);
    let soap = Entry::rule("soap", Soap::following)
        .with_title("SOAP")
        .with_summary("Adam in the eigenbases of Shampoo's matrices")
        .with_source("Vyas et al. 2024")
        .with_needs(Needs::Matrices)
        .with_settings(&[BETA1, BETA2, SHAMPOO_BETA, ROOT_INTERVAL, EPS, WEIGHT_DECAY])
        .with_learning_rate(3e-3)
        // How long the matrices remember. The interval, which the paper adds to the settings of Adam (Vyas
        // et al. 2024), would only save time, not evaluations.
        .tuned_by("shampoo-beta", 0.95, Walk::KeptShare)
        .compared_up_to(MOST_PARAMETERS);
    vec![shampoo, soap]
}
