//! Random search.

use super::functions::SOME;
use super::paths::{nothing, open, paths};
use gradus::notebook::*;

/// Random search: every draw that is kept.
#[test]
fn random_search() {
    let mut out = open("random_search");
    for (scale, seed) in [(1.0, 0), (0.1, 0), (2.5, 9)] {
        paths(
            &mut out,
            &format!("scale {scale}, seed {seed}"),
            SOME,
            || RandomSearch::new(scale, seed).unwrap(),
            nothing,
        );
    }
    out.finish();
}
