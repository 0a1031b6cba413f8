//! The loss over the steps, in bounded memory.

/// One recorded step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// Updates done before it.
    pub step: u64,
    /// The mean loss of the points.
    pub data: f64,
    /// The regularization term.
    pub regularization: f64,
}

/// The loss over the steps. When it is full, every second moment is dropped and from then on half as many are
/// kept, so that it always spans the whole run.
#[derive(Debug, Clone)]
pub struct History {
    moments: Vec<Moment>,
    every: u64,
    most: usize,
}

impl History {
    /// An empty history of at most `most` moments (≥ 2).
    pub fn new(most: usize) -> Self {
        History { moments: Vec::with_capacity(most), every: 1, most }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.moments.clear();
        self.every = 1;
    }

    /// Records a moment, if it is one that is kept.
    pub fn push(&mut self, moment: Moment) {
        if !moment.step.is_multiple_of(self.every) {
            return;
        }
        if self.moments.len() == self.most {
            self.every *= 2;
            let every = self.every;
            self.moments.retain(|m| m.step.is_multiple_of(every));
            if !moment.step.is_multiple_of(every) {
                return;
            }
        }
        self.moments.push(moment);
    }

    /// What is kept, in order.
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_is_kept_evenly_from_its_beginning() {
        let mut history = History::new(100);
        for step in 0..12_345 {
            history.push(Moment { step, data: step as f64, regularization: 0.0 });
        }
        let steps: Vec<u64> = history.moments().iter().map(|m| m.step).collect();
        assert!(steps.len() > 49 && steps.len() <= 100, "{}", steps.len());
        assert_eq!(steps[0], 0);
        assert!(steps.windows(2).all(|pair| pair[1] - pair[0] == steps[1]), "{steps:?}");
        assert!(12_345 - steps.last().unwrap() <= steps[1]);
    }
}
