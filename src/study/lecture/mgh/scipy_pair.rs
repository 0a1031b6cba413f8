//! A pair of optimizers: one of the library and the one of the same kind in SciPy.

/// An optimizer of the library and SciPy's of the same kind, with their costs in the order of
/// [`NAMES`](crate::problems::more_garbow_hillstrom::NAMES). `None` where the problem was not solved.
pub(super) struct ScipyPair {
    pub ours: &'static str,
    pub theirs: &'static str,
    pub our_costs: Vec<Option<f64>>,
    pub their_costs: Vec<Option<f64>>,
}

impl ScipyPair {
    /// Returns our cost over SciPy's for each problem that both solve.
    pub fn ratios(&self) -> Vec<f64> {
        let both = self.our_costs.iter().zip(&self.their_costs).filter_map(|(a, b)| Some(((*a)?, (*b)?)));
        both.map(|(ours, theirs)| ours / theirs).collect()
    }

    pub fn solved(costs: &[Option<f64>]) -> usize {
        costs.iter().flatten().count()
    }
}
