//! The paths of every optimizer that uses curvature, for many settings, problems and starts.
#![cfg(feature = "lapack")]

mod conjugate_gradients;
mod eigenvalues;
mod failures;
mod functions;
mod least_squares;
mod networks;
mod newton;
mod paths;
mod quasi_newton;
mod random_search;
mod scale;
mod settings;
mod single_precision;
mod trust_region;
