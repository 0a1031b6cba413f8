//! The update rules: those of the lecture in its order, then the others. To add one, write its file in
//! `optimizer/first_order/` and its entry here.

use super::entry::{Entry, Walk};
use super::setting::{Range, SettingSpec};
use crate::optimizer::first_order::{
    AdaGrad, Adadelta, Adam, AdamW, Adamax, AmsGrad, Lion, Momentum, NAdam, Nesterov, RmsProp, Sgd,
};

// The defaults stand in the rules, since they depend on the convention.
pub(super) const FROM_RULE: f64 = f64::NAN;

pub(super) const MOMENTUM: SettingSpec =
    SettingSpec::number("momentum", "the share of velocity that is kept", Range::SHARE, FROM_RULE);
pub(super) const DAMPENING: SettingSpec = SettingSpec::number(
    "dampening",
    "the share of each gradient that is left out of the velocity",
    Range::ZERO_TO_ONE,
    FROM_RULE,
);
const DECAY: SettingSpec =
    SettingSpec::number("decay", "the share of squared gradients that is kept", Range::SHARE, FROM_RULE);
pub(super) const BETA1: SettingSpec =
    SettingSpec::number("beta1", "the share of the first moment that is kept", Range::SHARE, FROM_RULE)
        .alias("momentum");
pub(super) const BETA2: SettingSpec =
    SettingSpec::number("beta2", "the share of the second moment that is kept", Range::SHARE, FROM_RULE);
pub(super) const EPS: SettingSpec =
    SettingSpec::number("eps", "the number that keeps the division finite", Range::NOT_NEGATIVE, FROM_RULE);
const MOMENTUM_DECAY: SettingSpec = SettingSpec::number(
    "momentum-decay",
    "how fast the momentum warms up",
    Range { words: "≥ 0, or inf for a constant momentum", contains: |value| value >= 0.0 },
    FROM_RULE,
);
pub(super) const WEIGHT_DECAY: SettingSpec = SettingSpec::number(
    "weight-decay",
    "decay of the weights apart from the gradient, times the learning rate",
    Range::NOT_NEGATIVE,
    FROM_RULE,
);
/// The rates of decoupled weight decay that comparisons try. Its authors tune it together with the learning
/// rate (Loshchilov & Hutter 2019; Chen et al. 2023). On a training loss the best decay is often next to
/// none, as the lower end is.
pub(super) const WEIGHT_DECAYS: Walk = Walk::Drawn(1e-6, 0.1);

const FORM: SettingSpec =
    SettingSpec::choice("form", "where the learning rate stands", &["rate-outside", "rate-inside"]);
const NESTEROV_FORM: SettingSpec = SettingSpec::choice(
    "form",
    "where the learning rate or the gradient stands",
    &["rate-outside", "shifted", "look-ahead"],
);
const CENTERED: SettingSpec =
    SettingSpec::flag("centered", "divide by the deviation of the gradient instead of its mean square");
const NO_BIAS_CORRECTION: SettingSpec = SettingSpec::flag(
    "no-bias-correction",
    "the lecture's first version, whose first step is 3.162 times too long",
);

pub(super) fn entries() -> Vec<Entry> {
    vec![
        Entry::rule("sgd", |_| Sgd)
            .with_title("Gradient descent")
            .with_aliases(&["gd"])
            .with_summary("steps against the gradient; on minibatches, stochastic gradient descent")
            .with_source("slide \"Gradient Descent\""),
        Entry::rule("momentum", Momentum::following)
            .with_title("Momentum")
            .with_summary("accumulates gradients into a velocity and steps along it")
            .with_source("Polyak 1964, slide \"SGD + Momentum\"")
            .with_settings(&[MOMENTUM, DAMPENING, FORM]),
        Entry::rule("nesterov", Nesterov::following)
            .with_title("Nesterov momentum")
            .with_summary("momentum with the gradient taken at the look-ahead point")
            .with_source("Nesterov 1983, slide \"Nesterov Momentum\"")
            .with_settings(&[MOMENTUM, NESTEROV_FORM]),
        Entry::rule("adagrad", AdaGrad::following)
            .with_title("AdaGrad")
            .with_summary("divides each entry of the step by the root of its sum of squared gradients")
            .with_source("Duchi et al. 2011, slide \"AdaGrad\"")
            .with_settings(&[EPS])
            .with_learning_rate(1e-2),
        Entry::rule("rmsprop", RmsProp::following)
            .with_title("RMSProp")
            .with_summary("divides each entry of the step by the root of a running mean of squared gradients")
            .with_source("Tieleman & Hinton 2012, slide \"RMSProp\"")
            .with_settings(&[DECAY, EPS, MOMENTUM, FORM, CENTERED])
            .with_learning_rate(1e-2),
        Entry::rule("adam", Adam::following)
            .with_title("Adam")
            .with_summary("momentum and RMSProp together, with bias correction")
            .with_source("Kingma & Ba 2015, slide \"Adam\"")
            .with_settings(&[BETA1, BETA2, EPS, NO_BIAS_CORRECTION]),
        Entry::rule("adamw", AdamW::following)
            .with_title("AdamW")
            .with_summary("Adam with decoupled weight decay")
            .with_source("Loshchilov & Hutter 2019")
            .with_settings(&[BETA1, BETA2, EPS, WEIGHT_DECAY])
            .tuned_by("weight-decay", 1e-2, WEIGHT_DECAYS),
        Entry::rule("amsgrad", AmsGrad::following)
            .with_title("AMSGrad")
            .with_summary("Adam that divides by the largest second moment so far")
            .with_source("Reddi et al. 2018")
            .with_settings(&[BETA1, BETA2, EPS]),
        Entry::rule("nadam", NAdam::following)
            .with_title("NAdam")
            .with_summary("Adam with Nesterov momentum")
            .with_source("Dozat 2016")
            .with_settings(&[BETA1, BETA2, EPS, MOMENTUM_DECAY])
            .with_learning_rate(2e-3),
        Entry::rule("adamax", Adamax::following)
            .with_title("AdaMax")
            .with_summary("Adam with a decaying maximum instead of the mean of squares")
            .with_source("Kingma & Ba 2015")
            .with_settings(&[BETA1, BETA2, EPS])
            .with_learning_rate(2e-3),
        Entry::rule("adadelta", Adadelta::following)
            .with_title("Adadelta")
            .with_summary("RMSProp that also multiplies by the root of a running mean of squared steps")
            .with_source("Zeiler 2012")
            .with_settings(&[DECAY, EPS])
            .with_learning_rate(1.0),
        Entry::rule("lion", Lion::following)
            .with_title("Lion")
            .with_summary("steps by the sign of a mix of momentum and gradient")
            .with_source("Chen et al. 2023")
            .with_settings(&[BETA1, BETA2, WEIGHT_DECAY])
            .with_learning_rate(1e-4)
            .tuned_by("weight-decay", 0.0, WEIGHT_DECAYS),
    ]
}
