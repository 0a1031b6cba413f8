//! The update rules of after the lecture. They stand in a list of their own, so that a program that needs
//! only those of the lecture and its time, such as the demo, is linked without them. To add one, write its
//! file in `optimizer/first_order/` and its entry here.

use super::entry::{Entry, Walk};
use super::first_order::{BETA1, BETA2, EPS, FROM_RULE, WEIGHT_DECAY, WEIGHT_DECAYS};
use super::needs::Needs;
use super::setting::{Range, SettingSpec};
use crate::optimizer::first_order::{
    AdEmaMix, Adan, Prodigy, RAdam, Rprop, ScheduleFreeAdamW, ScheduleFreeSgd, Sophia,
};

const BETA3: SettingSpec =
    SettingSpec::number("beta3", "the share of the third mean that is kept", Range::SHARE, FROM_RULE);
const ALPHA: SettingSpec =
    SettingSpec::number("alpha", "the weight of the slow mean of gradients", Range::NOT_NEGATIVE, FROM_RULE);
const AVERAGED: SettingSpec =
    SettingSpec::number("beta1", "how near to the average the gradient is taken", Range::SHARE, FROM_RULE);
const WEIGHT_POWER: SettingSpec = SettingSpec::number(
    "weight-power",
    "the power of the learning rate in the weights of the average",
    Range::NOT_NEGATIVE,
    FROM_RULE,
);
const D0: SettingSpec =
    SettingSpec::number("d0", "the first estimate of the distance to go", Range::POSITIVE, FROM_RULE);
const D_COEFFICIENT: SettingSpec =
    SettingSpec::number("d-coefficient", "the factor of these estimates", Range::POSITIVE, FROM_RULE);
const SAFEGUARD_WARMUP: SettingSpec =
    SettingSpec::flag("safeguard-warmup", "estimate without the learning rate, for one that warms up");
const ETA_MINUS: SettingSpec =
    SettingSpec::number("eta-minus", "the factor of a step after a turn", Range::INSIDE_ONE, FROM_RULE);
const ETA_PLUS: SettingSpec = SettingSpec::number(
    "eta-plus",
    "the factor of a step in the same direction",
    Range { words: "finite and > 1", contains: |value| value > 1.0 && value.is_finite() },
    FROM_RULE,
);
const MIN_STEP: SettingSpec =
    SettingSpec::number("min-step", "the smallest step", Range::NOT_NEGATIVE, FROM_RULE);
const MAX_STEP: SettingSpec = SettingSpec::number("max-step", "the largest step", Range::POSITIVE, FROM_RULE);
const LEAST_DIVISOR: SettingSpec =
    SettingSpec::number("eps", "the least divisor", Range::POSITIVE, FROM_RULE);
const GAMMA: SettingSpec =
    SettingSpec::number("gamma", "the factor of the curvature", Range::POSITIVE, FROM_RULE);
const THRESHOLD: SettingSpec =
    SettingSpec::number("threshold", "the limit of each entry of a step", Range::POSITIVE, FROM_RULE);
const EVERY: SettingSpec = SettingSpec::number(
    "every",
    "the number of steps from one estimate of the curvature to the next",
    Range::COUNT,
    FROM_RULE,
);

/// The entries. Each names the setting that comparisons tune beside the learning rate, and where that choice
/// comes from.
pub(super) fn entries() -> Vec<Entry> {
    vec![
        Entry::rule("radam", RAdam::following)
            .with_title("RAdam")
            .with_summary("Adam that begins as momentum, until its second moment can be trusted")
            .with_source("Liu et al. 2020")
            .with_settings(&[BETA1, BETA2, EPS])
            // As Adam, whose rival it is.
            .tuned_by("beta1", 0.9, Walk::KeptShare),
        Entry::rule("rprop", Rprop::following)
            .with_title("Rprop")
            .with_summary(
                "a step for each parameter, longer while its gradient keeps its sign (full batches)",
            )
            .with_source("Riedmiller & Braun 1993")
            .with_settings(&[ETA_MINUS, ETA_PLUS, MIN_STEP, MAX_STEP])
            .with_learning_rate(1e-2)
            // The authors learn "by epoch", from whole gradients, with a factor of 1.2 (Riedmiller & Braun
            // 1993). Where a run has few steps, the factor says how far it comes.
            .compared_on_whole_data()
            .tuned_by("eta-plus", 1.2, Walk::Drawn(1.05, 3.0)),
        Entry::rule("adan", Adan::following)
            .with_title("Adan")
            .with_summary("Adam with Nesterov momentum from differences of gradients")
            .with_source("Xie et al. 2022")
            .with_settings(&[BETA1, BETA2, BETA3, EPS, WEIGHT_DECAY])
            // The authors keep the three shares from task to task, and choose rate and decay.
            .tuned_by("weight-decay", 0.0, WEIGHT_DECAYS),
        Entry::rule("ademamix", AdEmaMix::following)
            .with_title("AdEMAMix")
            .with_summary("Adam with a second, much slower mean of the gradients")
            .with_source("Pagliardini et al. 2024")
            .with_settings(&[BETA1, BETA2, EPS, BETA3, ALPHA, WEIGHT_DECAY])
            // The slow mean must fit the length of the run (Pagliardini et al. 2024), and ours are short.
            .tuned_by("beta3", 0.9999, Walk::Kept(0.9, 0.9999)),
        Entry::rule("prodigy", Prodigy::following)
            .with_title("Prodigy")
            .with_summary("Adam that estimates its own learning rate; the given one multiplies it")
            .with_source("Mishchenko & Defazio 2023")
            .with_settings(&[BETA1, BETA2, EPS, D0, D_COEFFICIENT, WEIGHT_DECAY, SAFEGUARD_WARMUP])
            .with_learning_rate(1.0)
            // "We recommend using lr=1. (default) for all networks": for another rate, change the coefficient,
            // from .1 to 10 (README of the authors' code). The range here is wider.
            .compared_at_its_rate()
            .tuned_by("d-coefficient", 1.0, Walk::Log(1e-2, 1e2)),
        Entry::rule("schedule-free-sgd", ScheduleFreeSgd::following)
            .with_title("Schedule-free SGD")
            .with_summary("averages the points of gradient descent, and takes gradients near the average")
            .with_source("Defazio et al. 2024")
            .with_settings(&[AVERAGED, WEIGHT_DECAY, WEIGHT_POWER])
            .with_learning_rate(1.0)
            // "Training is sensitive to β": .9, and .95 or .98 for long runs (README of the authors' code).
            .tuned_by("beta1", 0.9, Walk::KeptShare),
        Entry::rule("schedule-free-adamw", ScheduleFreeAdamW::following)
            .with_title("Schedule-free AdamW")
            .with_summary("the same with the steps of AdamW")
            .with_source("Defazio et al. 2024")
            .with_settings(&[AVERAGED, BETA2, EPS, WEIGHT_DECAY, WEIGHT_POWER])
            .with_learning_rate(2.5e-3)
            .tuned_by("beta1", 0.9, Walk::KeptShare),
        Entry::rule("sophia", Sophia::following)
            .with_title("Sophia")
            .with_summary("momentum over an estimate of the Hessian's diagonal, each entry limited")
            .with_source("Liu et al. 2023")
            .with_settings(&[BETA1, BETA2, LEAST_DIVISOR, GAMMA, THRESHOLD, EVERY, WEIGHT_DECAY])
            .with_needs(Needs::BatchProducts)
            // The authors tune it so that a tenth to a half of the entries are not limited (Liu et al. 2023).
            .tuned_by("gamma", 1e-2, Walk::Drawn(1e-3, 1.0)),
    ]
}
