//! Averages of the iterates: Polyak's, stochastic weight averaging, and an exponential moving average.

use crate::error::{Error, Result, check_hyperparameter};
use crate::linalg::slice_mut;
use crate::objective::Differentiable;
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::real::Real;
use crate::stop::Termination;
use ndarray::{Array1, ArrayRef1};
use std::num::IntErrorKind;
use std::ops::ControlFlow;

/// The average of the parameters that is evaluated in place of the last parameters.
///
/// The rule continues from its own parameters and does not see the average. Until the first parameters enter,
/// the average equals the last parameters.
///
/// ```
/// use gradus::optimizer::first_order::Averaging;
/// use gradus::prelude::*;
/// assert_eq!(Averaging::parse("swa:10,2", 45)?, Averaging::Mean { from: 450, every: 90 });
/// assert_eq!(Averaging::parse("ema:.999", 45)?, Averaging::Exponential { decay: 0.999 });
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Averaging {
    /// No average.
    #[default]
    Off,
    /// The mean of the parameters after the steps `from`, `from` + `every`, … (steps count from 1). With
    /// `every` = 1 this is Polyak–Ruppert averaging (Polyak & Juditsky 1992); with one entry per epoch it is
    /// stochastic weight averaging (Izmailov et al. 2018).
    Mean {
        /// The first step whose parameters enter.
        from: usize,
        /// The number of steps from one entry to the next (≥ 1).
        every: usize,
    },
    /// a ← decay·a + (1 − decay)·x after every step. a starts at the parameters after the first step, as in
    /// torch.optim.swa_utils.
    Exponential {
        /// The share that is kept, 0 ≤ decay < 1.
        decay: f64,
    },
}

impl Averaging {
    /// Checks that `every` is at least 1 and `decay` in its range.
    pub fn validate(&self) -> Result<()> {
        match *self {
            Averaging::Mean { every: 0, .. } => {
                Err(Error::Hyperparameter { name: "every", value: 0.0, range: "at least 1" })
            }
            Averaging::Exponential { decay } => {
                check_hyperparameter("decay", decay, "at least 0 and below 1", |v| (0.0..1.0).contains(&v))
                    .map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Reads an average from its text: `off`, `polyak[:FROM]`, `swa:FROM[,EVERY]` or `ema:DECAY`. FROM and
    /// EVERY count units of `unit` steps: 1, or the steps of an epoch. By default FROM is 1 step and EVERY is
    /// 1 unit.
    pub fn parse(text: &str, unit: usize) -> Result<Self> {
        const FORM: &str = "off, polyak[:FROM], swa:FROM[,EVERY] with EVERY ≥ 1, or ema:DECAY with 0 ≤ DECAY \
                            < 1, such as ema:0.999";
        let wrong = || Error::Syntax { what: "average", text: text.into(), form: FORM };
        // A count that is too large for the machine is never reached, like its largest.
        let whole = |text: &str| match text.trim().parse::<usize>() {
            Err(error) if *error.kind() == IntErrorKind::PosOverflow => Ok(usize::MAX),
            count => count.map(|n| n.saturating_mul(unit)).map_err(|_| wrong()),
        };
        let average = match text.split_once(':') {
            None if text == "off" => Averaging::Off,
            None if text == "polyak" => Averaging::Mean { from: 1, every: 1 },
            Some(("polyak", from)) => Averaging::Mean { from: whole(from)?, every: 1 },
            Some(("swa", numbers)) => match numbers.split_once(',') {
                None => Averaging::Mean { from: whole(numbers)?, every: unit },
                Some((from, every)) => Averaging::Mean { from: whole(from)?, every: whole(every)? },
            },
            Some(("ema", decay)) => {
                Averaging::Exponential { decay: decay.trim().parse().map_err(|_| wrong())? }
            }
            _ => return Err(wrong()),
        };
        average.validate().map(|()| average).map_err(|_| wrong())
    }

    /// Describes the average for a summary: "mean of the iterates from step 450 on, every 90"; empty without
    /// averaging.
    pub fn words(&self) -> String {
        match self {
            Averaging::Off => String::new(),
            Averaging::Mean { from, every: 1 } => format!("mean of the iterates from step {from} on"),
            Averaging::Mean { from, every } => {
                format!("mean of the iterates from step {from} on, every {every}")
            }
            Averaging::Exponential { decay } => {
                format!("exponential moving average of the iterates, {decay} kept")
            }
        }
    }
}

/// An average with the parameters that have entered so far.
#[derive(Debug, Clone)]
pub(crate) struct Average<F> {
    averaging: Averaging,
    entered: u64,
    mean: Array1<F>,
}

impl<F: Real> Average<F> {
    pub(crate) fn new(averaging: Averaging, x: &ArrayRef1<F>) -> Self {
        Average { averaging, entered: 0, mean: x.to_owned() }
    }

    /// Adds the parameters after step `step` (the first is 1) to the average, if they enter.
    pub(crate) fn update(&mut self, step: usize, x: &ArrayRef1<F>) {
        let enters = match self.averaging {
            Averaging::Off => false,
            Averaging::Mean { from, every } => step >= from && (step - from).is_multiple_of(every),
            Averaging::Exponential { .. } => true,
        };
        self.entered += u64::from(enters);
        match (self.entered, self.averaging) {
            (0 | 1, _) if enters || self.entered == 0 => self.mean.assign(x),
            _ if !enters => {}
            (_, Averaging::Exponential { decay }) => self.approach(x, F::of(1.0 - decay)),
            (count, _) => self.approach(x, F::of(1.0 / count as f64)),
        }
    }

    fn approach(&mut self, x: &ArrayRef1<F>, share: F) {
        self.mean.zip_mut_with(x, |mean, &x| *mean += share * (x - *mean));
    }

    pub(crate) fn mean(&self) -> &Array1<F> {
        &self.mean
    }

    pub(crate) fn into_mean(self) -> Array1<F> {
        self.mean
    }

    /// Saves the average.
    pub(crate) fn save(&self, saved: &mut Saved) {
        saved.put_one("entered", self.entered as f64);
        saved.put("mean", self.mean.iter().copied());
    }

    /// Puts back what [`save`](Average::save) wrote.
    pub(crate) fn restore(&mut self, saved: &Saved) -> Result<()> {
        self.entered = saved.take_one("entered")? as u64;
        saved.take("mean", slice_mut(&mut self.mean))
    }
}

/// Any optimizer, evaluated at an average of its iterates. Values, gradients and limits are those of the
/// average, which costs one more evaluation per iteration. The optimizer itself does not see the average.
///
/// ```
/// use gradus::optimizer::first_order::{Averaged, Averaging};
/// use gradus::prelude::*;
/// // At this rate gradient descent jumps from wall to wall; the mean of its jumps is near the middle.
/// let jumping = FirstOrder::new(Sgd, 1.99)?;
/// let averaged = Averaged::new(jumping.clone(), Averaging::Mean { from: 1, every: 1 })?;
/// let run = minimize(problems::Quadratic::new(&[1.0]), &array![1.0], jumping, Stop::iterations(50))?;
/// let mean = minimize(problems::Quadratic::new(&[1.0]), &array![1.0], averaged, Stop::iterations(50))?;
/// assert!(mean.value < run.value / 100.0);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Averaged<P, F = f64> {
    optimizer: P,
    averaging: Averaging,
    own: Option<Iterate<F>>,
    average: Option<Average<F>>,
}

impl<P, F: Real> Averaged<P, F> {
    /// Wraps `optimizer`.
    ///
    /// # Errors
    /// If a number of the average is out of its range.
    pub fn new(optimizer: P, averaging: Averaging) -> Result<Self> {
        averaging.validate()?;
        Ok(Averaged { optimizer, averaging, own: None, average: None })
    }
}

impl<F: Real, P: Optimizer<F, O>, O: Differentiable<F> + ?Sized> Optimizer<F, O> for Averaged<P, F> {
    fn name(&self) -> String {
        match self.averaging {
            Averaging::Off => self.optimizer.name(),
            averaging => format!("{}, {}", self.optimizer.name(), averaging.words()),
        }
    }

    fn check(&self, objective: &O) -> Result<()> {
        self.optimizer.check(objective)
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<F>) {
        self.optimizer.start(objective, iterate);
        self.average = Some(Average::new(self.averaging, &iterate.x));
        self.own = Some(iterate.clone());
    }

    fn blame(&self, iterate: &Iterate<F>) -> Option<Termination> {
        self.optimizer.blame(iterate)
    }

    fn save(&self, saved: &mut Saved) {
        self.optimizer.save(saved);
        if let Some((own, average)) = self.own.as_ref().zip(self.average.as_ref()) {
            saved.put("own_x", own.x.iter().copied());
            saved.put("own_grad", own.grad.iter().copied());
            saved.put("own", [own.k as f64, own.value.wide(), own.alpha.wide(), average.entered as f64]);
            saved.put("mean", average.mean.iter().copied());
        }
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        self.optimizer.restore(saved)?;
        let Some((own, average)) = self.own.as_mut().zip(self.average.as_mut()) else { return Ok(()) };
        saved.take("own_x", slice_mut(&mut own.x))?;
        saved.take("own_grad", slice_mut(&mut own.grad))?;
        saved.take("mean", slice_mut(&mut average.mean))?;
        let mut numbers = [0.0; 4];
        saved.take("own", &mut numbers)?;
        (own.k, own.value, own.alpha, average.entered) =
            (numbers[0] as usize, F::of(numbers[1]), F::of(numbers[2]), numbers[3] as u64);
        Ok(())
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<F>) -> ControlFlow<Termination> {
        if self.averaging == Averaging::Off {
            return self.optimizer.iterate(objective, iterate);
        }
        let (own, average) = self.own.as_mut().zip(self.average.as_mut()).expect("it was started");
        self.optimizer.iterate(objective, own)?;
        own.k += 1;
        average.update(own.k, &own.x);
        (iterate.alpha, iterate.clipped) = (own.alpha, own.clipped);
        iterate.x.assign(average.mean());
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn averages(averaging: Averaging) -> Vec<f64> {
        let mut average = Average::new(averaging, &array![100.0]);
        let steps = (1..=6).map(|step| {
            average.update(step, &array![step as f64 * step as f64]);
            average.mean()[0]
        });
        steps.collect()
    }

    #[test]
    fn each_average_is_what_its_formula_says() {
        // Parameters 1, 4, 9, 16, 25, 36 after the steps 1 to 6.
        let cases = [
            (Averaging::Off, [1.0, 4.0, 9.0, 16.0, 25.0, 36.0]),
            (Averaging::Mean { from: 1, every: 1 }, [1.0, 2.5, 14.0 / 3.0, 7.5, 11.0, 91.0 / 6.0]),
            (Averaging::Mean { from: 2, every: 2 }, [1.0, 4.0, 4.0, 10.0, 10.0, 56.0 / 3.0]),
            (Averaging::Exponential { decay: 0.5 }, [1.0, 2.5, 5.75, 10.875, 17.9375, 26.96875]),
        ];
        for (averaging, expected) in cases {
            let got = averages(averaging);
            assert!(
                got.iter().zip(expected).all(|(got, expected)| (got - expected).abs() < 1e-13),
                "{averaging:?}: {got:?}"
            );
        }
    }

    #[test]
    fn texts_give_averages_or_a_sentence() {
        assert_eq!(Averaging::parse("polyak", 10).unwrap(), Averaging::Mean { from: 1, every: 1 });
        assert_eq!(Averaging::parse("polyak:3", 10).unwrap(), Averaging::Mean { from: 30, every: 1 });
        let endless = Averaging::parse("polyak:99999999999999999999", 10).unwrap();
        assert_eq!(endless, Averaging::Mean { from: usize::MAX, every: 1 });
        assert_eq!(Averaging::parse("swa:3", 10).unwrap(), Averaging::Mean { from: 30, every: 10 });
        assert_eq!(Averaging::parse("off", 10).unwrap(), Averaging::Off);
        for wrong in
            ["", "swa", "swa:1,0", "swa:x", "ema", "ema:1", "ema:-.1", "ema:nan", "polyak:-1", "mean"]
        {
            assert!(Averaging::parse(wrong, 1).unwrap_err().to_string().contains("ema:DECAY"), "{wrong}");
        }
    }
}
