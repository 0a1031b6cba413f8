//! A claim as committed and as measured again.

use crate::claim::{Claim, Kind, Verdict};
use crate::report::verify::allowed_change;
use std::fmt;

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The verdict is the same, and so is the number, within what its kind allows.
    Same,
    /// The number moved, but the verdict is the same. A time whose verdict is open on one of the two machines
    /// belongs here too.
    Moved,
    /// The verdict differs, or one of the two results lacks the claim.
    Other,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Outcome::Same => "same",
            Outcome::Moved => "moved",
            Outcome::Other => "other",
        })
    }
}

/// A claim as committed and as measured again; one of the two may be missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The claim as committed, with its verdict.
    pub committed: Option<(Claim, Verdict)>,
    /// The claim as measured here.
    pub here: Option<Claim>,
}

impl Pair {
    /// Returns the claim, as measured here if it was.
    pub fn claim(&self) -> &Claim {
        let committed = self.committed.as_ref().map(|(claim, _)| claim);
        self.here.as_ref().or(committed).expect("a pair has one of the two")
    }

    /// Returns what became of the claim.
    ///
    /// ```
    /// use gradus::claim::{Bound, Claim, Verdict};
    /// use gradus::report::reproduction::{Outcome, Pair};
    /// let claim = |measured| Claim::exact("a", "01", "a ≤ 2", "").measured(measured, Bound::AtMost(2.0));
    /// let pair = |here| Pair { committed: Some((claim(1.5), Verdict::Holds)), here: Some(claim(here)) };
    /// assert_eq!(pair(1.5).outcome(), Outcome::Same);
    /// assert_eq!(pair(1.7).outcome(), Outcome::Moved);
    /// assert_eq!(pair(2.5).outcome(), Outcome::Other);
    /// ```
    pub fn outcome(&self) -> Outcome {
        let (Some((committed, verdict)), Some(here)) = (&self.committed, &self.here) else {
            return Outcome::Other;
        };
        if *verdict != here.verdict() {
            let open = [*verdict, here.verdict()].contains(&Verdict::Undecided);
            return if here.kind == Kind::Timing && open { Outcome::Moved } else { Outcome::Other };
        }
        let (old, new) = (committed.measured, here.measured);
        let equal = old == new || old.is_nan() && new.is_nan();
        let near = allowed_change(committed).is_some_and(|room| (old - new).abs() <= room);
        if equal || near { Outcome::Same } else { Outcome::Moved }
    }
}

/// Pairs claims by their id: first the committed ones in their order, then those that only exist here.
pub fn pairs(committed: Vec<(Claim, Verdict)>, mut here: Vec<Claim>) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(committed.len());
    for old in committed {
        let place = here.iter().position(|new| new.id == old.0.id);
        pairs.push(Pair { here: place.map(|place| here.remove(place)), committed: Some(old) });
    }
    pairs.extend(here.into_iter().map(|new| Pair { committed: None, here: Some(new) }));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Bound;

    fn timed(measured: f64, interval: (f64, f64)) -> Claim {
        Claim::timing("t", "01", "fast", "").measured_within(measured, interval, Bound::AtLeast(2.0))
    }

    #[test]
    fn a_time_that_is_open_on_one_machine_has_moved() {
        let (decided, open) = (timed(3.0, (2.5, 3.5)), timed(2.0, (1.5, 2.5)));
        let pair = Pair { committed: Some((decided.clone(), decided.verdict())), here: Some(open) };
        assert_eq!(pair.outcome(), Outcome::Moved);
        let slow = timed(1.0, (0.5, 1.5));
        let pair = Pair { committed: Some((decided.clone(), decided.verdict())), here: Some(slow) };
        assert_eq!(pair.outcome(), Outcome::Other);
    }

    #[test]
    fn claims_are_paired_by_their_id_and_none_is_lost() {
        let claim = |id: &str| Claim::exact(id, "01", id, "").measured(1.0, Bound::AtMost(2.0));
        let committed = vec![(claim("a"), Verdict::Holds), (claim("b"), Verdict::Holds)];
        let paired = pairs(committed, vec![claim("c"), claim("b")]);
        let outcomes: Vec<_> = paired.iter().map(|pair| (pair.claim().id.as_str(), pair.outcome())).collect();
        assert_eq!(outcomes, [("a", Outcome::Other), ("b", Outcome::Same), ("c", Outcome::Other)]);
    }
}
