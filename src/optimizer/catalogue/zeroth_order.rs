//! Optimizers that use values alone.

use super::any_optimizer::AnyOptimizer;
use super::entry::{Entry, Order, Walk};
use super::needs::Needs;
use super::setting::{Range, SettingSpec};
use crate::optimizer::zeroth_order::RandomSearch;

pub(super) fn entries() -> Vec<Entry> {
    let random = Entry::optimizer("random-search", Order::Zeroth, Needs::Values, |values| {
        Ok(AnyOptimizer::new(RandomSearch::new(values.number("scale"), values.seed)?))
    });
    vec![
        random
            .with_title("Random search")
            .with_summary("draws points around the origin and keeps the best")
            .with_source("slide \"Strategy #1: Random Search\"")
            .with_settings(&[SettingSpec::number(
                "scale",
                "standard deviation of the draws",
                Range::POSITIVE,
                1.0,
            )])
            .tuned_by("scale", 1e-4, Walk::LikeRates)
            .compared_on_sums("on a function it would draw about the origin, which may be the minimum"),
    ]
}
