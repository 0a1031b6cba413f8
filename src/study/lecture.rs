//! The studies of the lecture, one module each.

mod adagrad_rmsprop;
mod adam;
#[cfg(feature = "lapack")]
mod at_scale;
mod comparison;
mod errata;
mod follow_the_slope;
mod gradient_descent;
mod half_lambda;
mod in_practice;
mod linear_classifiers;
#[cfg(feature = "lapack")]
mod mgh;
mod momentum;
mod nesterov;
mod neural_network;
#[cfg(feature = "lapack")]
mod newton;
#[cfg(feature = "lapack")]
mod papers;
mod problems_with_sgd;
#[cfg(feature = "lapack")]
mod quasi_newton;
mod random_search;
#[cfg(feature = "lapack")]
mod run_to_target;
#[cfg(feature = "lapack")]
mod second_order;
mod stochastic_gradient_descent;
#[cfg(feature = "lapack")]
mod what_came_after;
mod your_own_optimizer;

use crate::study::Study;

/// The studies of the lecture, in the order of the notebooks.
pub(super) const STUDIES: &[Study] = &[
    linear_classifiers::STUDY,
    random_search::STUDY,
    follow_the_slope::STUDY,
    gradient_descent::STUDY,
    stochastic_gradient_descent::STUDY,
    problems_with_sgd::STUDY,
    momentum::STUDY,
    nesterov::STUDY,
    adagrad_rmsprop::STUDY,
    adam::STUDY,
    comparison::STUDY,
    your_own_optimizer::STUDY,
    #[cfg(feature = "lapack")]
    newton::STUDY,
    #[cfg(feature = "lapack")]
    quasi_newton::STUDY,
    #[cfg(feature = "lapack")]
    mgh::STUDY,
    neural_network::STUDY,
    in_practice::STUDY,
    #[cfg(feature = "lapack")]
    what_came_after::STUDY,
    #[cfg(feature = "lapack")]
    papers::STUDY,
    #[cfg(feature = "lapack")]
    at_scale::STUDY,
    errata::STUDY,
];

/// The studies that a long budget asks for: the name of the study with `-long`.
pub(super) const LONG: &[Study] = &[
    #[cfg(feature = "lapack")]
    papers::LONG,
];

#[cfg(test)]
mod tests;
