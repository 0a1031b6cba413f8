//! The buffers of a rule, separate from its hyperparameters.

use super::room::Room;
use super::rule_info::RuleInfo;
use crate::error::Result;
#[cfg(feature = "lapack")]
use crate::linalg::Decomposition;
use crate::linalg::filled;
use crate::objective::{ParamLayout, Part};
use crate::optimizer::Saved;
use crate::real::Real;

/// The buffers of a rule.
///
/// ```
/// use gradus::optimizer::first_order::{State, UpdateRule};
/// use gradus::prelude::*;
/// let rule = Momentum::new(0.5);
/// let mut state = State::new(&rule, 1);
/// let mut x = [1.0];
/// rule.step(&mut state, 0.1, &[2.0], &mut x);
/// rule.step(&mut state, 0.1, &[2.0], &mut x);
/// assert_eq!((state.steps, state.first[0]), (2, 3.0)); // v = .5·2 + 2
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct State<F = f64> {
    /// Velocity or first moment; empty if the rule tracks none.
    pub first: Vec<F>,
    /// Sum or mean of squares, the second moment; empty if the rule tracks none.
    pub second: Vec<F>,
    /// Anything else that a rule remembers of each parameter: AMSGrad's largest second moment, centred
    /// RMSProp's mean gradient, Adadelta's mean squared update, the point z of the schedule-free rules. Empty
    /// for the other rules.
    pub third: Vec<F>,
    /// One more of these: Adan's last gradient, the point where Prodigy began. Empty for the other rules.
    pub fourth: Vec<F>,
    /// The slow weights of [`Lookahead`](super::Lookahead); empty without it.
    pub slow: Vec<F>,
    /// The number of steps done, for rules that count them.
    pub steps: u64,
    /// The number of steps that [`Lookahead`](super::Lookahead) has counted.
    pub fast_steps: u64,
    /// A product over the steps, 1 at the start: the product of NAdam's momenta.
    pub product: f64,
    /// What a rule that [goes by layers](RuleInfo::by_layers) keeps of each part of the parameters, in place
    /// of the buffers above; empty for the other rules.
    pub parts: Vec<PartState<F>>,
    /// Why a rule did not make its last step: the smallest eigenvalue of a matrix that is not positive
    /// definite, and the bound that it had to exceed.
    pub not_positive: Option<(f64, f64)>,
    /// Two numbers that a rule keeps of all parameters together, 0 at the start: Prodigy's distance and
    /// numerator, the sum of weights and the largest rate of the schedule-free rules.
    pub numbers: [f64; 2],
}

impl<F: Real> State<F> {
    /// Makes the buffers that a rule needs for `dim` parameters, filled as the rule asks. A rule that goes by
    /// layers sees one part with all parameters.
    pub fn new(rule: &impl RuleInfo, dim: usize) -> Self {
        if rule.by_layers() {
            return State::laid_out(rule, &ParamLayout::whole(dim));
        }
        let buffers = rule.buffers();
        let buffer = |filling: Option<f64>| filling.map_or(Vec::new(), |value| filled(dim, F::of(value)));
        State {
            first: buffer(buffers.first),
            second: buffer(buffers.second),
            third: buffer(buffers.third),
            fourth: buffer(buffers.fourth),
            slow: buffer(buffers.slow),
            ..State::empty()
        }
    }

    /// Makes the buffers that a rule needs for parameters in layers. A rule that does not go by layers gets
    /// those of [`State::new`].
    pub fn laid_out(rule: &impl RuleInfo, layout: &ParamLayout) -> Self {
        if !rule.by_layers() {
            return State::new(rule, layout.len());
        }
        let parts = layout.parts().iter().map(|part| PartState::new(part, &rule.room(part)));
        let slow = rule.buffers().slow.map_or(Vec::new(), |value| filled(layout.len(), F::of(value)));
        State { parts: parts.collect(), slow, ..State::empty() }
    }

    fn empty() -> Self {
        State {
            first: Vec::new(),
            second: Vec::new(),
            third: Vec::new(),
            fourth: Vec::new(),
            slow: Vec::new(),
            steps: 0,
            fast_steps: 0,
            product: 1.0,
            parts: Vec::new(),
            not_positive: None,
            numbers: [0.0; 2],
        }
    }

    /// Calls `step` for each part of the parameters with its gradient and its numbers.
    ///
    /// # Panics
    /// If `grad` or `x` have another length than the parts together.
    pub fn each_part(
        &mut self,
        grad: &[F],
        x: &mut [F],
        mut step: impl FnMut(&mut PartState<F>, &[F], &mut [F]),
    ) {
        assert!(grad.len() == x.len(), "the gradient has {} entries, the parameters {}", grad.len(), x.len());
        let of_parts = self.parts.last().map_or(0, |part| part.part.range.end);
        assert!(of_parts == x.len(), "the parts have {of_parts} entries, the parameters {}", x.len());
        for part in &mut self.parts {
            let range = part.part.range.clone();
            step(part, &grad[range.clone()], &mut x[range]);
        }
    }

    /// Saves the buffers, so that a run can be resumed.
    pub(crate) fn save(&self, by_layers: bool, saved: &mut Saved) {
        saved.put("first", self.first.iter().copied());
        saved.put("second", self.second.iter().copied());
        saved.put("third", self.third.iter().copied());
        saved.put("fourth", self.fourth.iter().copied());
        saved.put("slow", self.slow.iter().copied());
        saved.put_one("steps", self.steps as f64);
        saved.put_one("fast_steps", self.fast_steps as f64);
        saved.put_one("product", self.product);
        saved.put("numbers", self.numbers);
        if by_layers {
            saved.put("parts", self.numbers_of_parts());
        }
    }

    /// Puts back what [`save`](State::save) wrote.
    pub(crate) fn restore(&mut self, by_layers: bool, saved: &Saved) -> Result<()> {
        saved.take("first", &mut self.first)?;
        saved.take("second", &mut self.second)?;
        saved.take("third", &mut self.third)?;
        saved.take("fourth", &mut self.fourth)?;
        saved.take("slow", &mut self.slow)?;
        self.steps = saved.take_one("steps")? as u64;
        self.product = saved.take_one("product")?;
        // Runs that were saved before there were rules with these have neither.
        if saved.get("numbers").is_some() {
            saved.take("numbers", &mut self.numbers)?;
            self.fast_steps = saved.take_one("fast_steps")? as u64;
        }
        if by_layers {
            let mut numbers = self.numbers_of_parts();
            saved.take("parts", &mut numbers)?;
            self.put_back_parts(&numbers);
        }
        Ok(())
    }

    /// Returns all numbers of the parts, for a saved run.
    fn numbers_of_parts(&self) -> Vec<f64> {
        let mut numbers = Vec::new();
        for part in &self.parts {
            let own = &part.state;
            let vectors = [&own.first, &own.second, &own.third, &own.fourth].into_iter().chain(&part.kept);
            vectors.for_each(|vector| numbers.extend(vector.iter().map(|v| v.wide())));
            numbers.extend([own.steps as f64, own.product]);
            numbers.extend(own.numbers);
        }
        numbers
    }

    /// Puts back what [`numbers_of_parts`](State::numbers_of_parts) has returned. The caller has compared the
    /// lengths.
    fn put_back_parts(&mut self, numbers: &[f64]) {
        let mut numbers = numbers.iter();
        for part in &mut self.parts {
            let own = &mut part.state;
            let vectors = [&mut own.first, &mut own.second, &mut own.third, &mut own.fourth];
            let mut next = || *numbers.next().expect("the lengths are equal");
            for value in vectors.into_iter().chain(&mut part.kept).flatten() {
                *value = F::of(next());
            }
            own.steps = next() as u64;
            own.product = next();
            own.numbers = [next(), next()];
        }
    }
}

/// What a rule that goes by layers keeps of one part of the parameters.
#[derive(Debug, Clone)]
pub struct PartState<F = f64> {
    /// The part: its name, shape and place.
    pub part: Part,
    /// The buffers that are as long as the part, and the number of steps done.
    pub state: State<F>,
    /// Other buffers: means of rows, matrices.
    pub kept: Vec<Vec<F>>,
    /// Scratch memory: its numbers mean nothing between steps.
    pub scratch: Vec<F>,
    /// The work space of LAPACK, one for each matrix that is decomposed.
    #[cfg(feature = "lapack")]
    pub(super) decompositions: Vec<Decomposition>,
}

impl<F: Real> PartState<F> {
    fn new(part: &Part, room: &Room) -> Self {
        let len = part.range.len();
        let buffer = |filling: Option<f64>| filling.map_or(Vec::new(), |value| filled(len, F::of(value)));
        PartState {
            part: part.clone(),
            state: State {
                first: buffer(room.buffers.first),
                second: buffer(room.buffers.second),
                third: buffer(room.buffers.third),
                fourth: buffer(room.buffers.fourth),
                ..State::empty()
            },
            kept: room.kept.iter().map(|&len| filled(len, F::zero())).collect(),
            scratch: filled(room.scratch, F::zero()),
            #[cfg(feature = "lapack")]
            decompositions: room.decomposed.iter().map(|&order| Decomposition::new(order)).collect(),
        }
    }
}

/// Two are equal if what they keep is; scratch memory does not count.
impl<F: PartialEq> PartialEq for PartState<F> {
    fn eq(&self, other: &Self) -> bool {
        self.part == other.part && self.state == other.state && self.kept == other.kept
    }
}
