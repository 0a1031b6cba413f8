//! What makes problems the same ones on every machine: words, the data before any rounding, and f with its
//! gradient at a start, as numbers.

use super::built_problem::TUNING_SEED;
use super::data::Material;
use crate::compare::suite::Likeness;
use crate::compare::suite::store::hashed;
use crate::data::{Dataset, Examples, Features};
use crate::error::Result;
use crate::objective::Differentiable;
use crate::problems::Problem;
use ndarray::Array1;

/// The number of entries of a start that are named. The norm stands for the others.
const ENTRIES: usize = 20;

/// Describes a function with the deviation of its noise.
pub(super) fn of_function(
    title: &str,
    function: &mut dyn Problem,
    start: &Array1<f64>,
    deviation: f64,
) -> Likeness {
    let named = start.iter().copied().take(ENTRIES).chain([norm(start)]);
    let likeness = Likeness::default().with("title", title).with("noise", deviation);
    let likeness = likeness.with("number of parameters", start.len()).with_numbers("start", named);
    at_the_start(likeness, function, start)
}

/// Describes a sum over data.
pub(super) fn of_data(title: &str, material: &Material, seed: u64) -> Result<Likeness> {
    let counts = [material.examples(), material.tests(), material.classes()].map(|count| count as f64);
    let likeness = Likeness::default()
        .with("title", title)
        .with("model and loss", format!("{:?}", material.settings()))
        .with_numbers("number of examples, tests and classes", counts)
        .with("data", format!("#{:016x}", material.raw()));
    let start = material.start(seed, TUNING_SEED);
    Ok(at_the_start(likeness, &mut *material.risk()?, &start))
}

fn at_the_start(
    likeness: Likeness,
    objective: &mut (impl Differentiable<f64> + ?Sized),
    start: &Array1<f64>,
) -> Likeness {
    let mut grad = Array1::zeros(start.len());
    let value = objective.value_grad(start, &mut grad);
    likeness.with_numbers("value and slope at the start", [value, norm(&grad)])
}

fn norm(x: &Array1<f64>) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Returns a hash of the labels and of features that are bytes. Real features were computed, so that their
/// last bits may differ; the value and the slope at the start stand for them.
pub(super) fn raw_hash(data: &Dataset) -> u64 {
    let of = |hash: u64, examples: &Examples| {
        let labels = hashed(hash, &examples.labels);
        match &examples.features {
            Features::Bytes(bytes) => bytes.iter().fold(labels, |hash, &byte| hashed(hash, &[byte])),
            Features::Real(_) => labels,
        }
    };
    of(of(0, &data.train), &data.test)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::suite::{DataSettings, ProblemFacts, ProblemSpec, Settings};
    use crate::data;
    use crate::model::ModelKind;
    use crate::problems::{Beale, Himmelblau};

    fn digits(change: fn(&mut Dataset)) -> ProblemSpec {
        let settings = DataSettings { model: ModelKind::Linear, svm: false, l2: 1e-3, batch: 64 };
        let data = move || {
            let mut data = data::digits();
            change(&mut data);
            Ok(data)
        };
        ProblemSpec::data("digits", "Digits", data, settings, 10.0)
    }

    #[test]
    fn one_pixel_or_label_makes_other_data_and_a_moved_minimum_does_not() {
        let here = digits(|_| {}).build(&Settings::quick()).unwrap();
        let moved = ProblemFacts { f_star: here.facts().f_star * (1.0 + 1e-14), ..here.facts().clone() };
        let again = digits(|_| {}).build_with(&Settings::quick(), &moved).unwrap();
        assert_eq!(here.likeness().difference(again.likeness()), None);
        let differs = |change: fn(&mut Dataset), word: &str| {
            let other = digits(change).build_with(&Settings::quick(), here.facts()).unwrap();
            let difference = here.likeness().difference(other.likeness()).unwrap();
            assert!(difference.starts_with(&format!("its {word} is ")), "{difference}");
        };
        differs(|data| data.test.labels[0] ^= 1, "data");
        let pixel = |data: &mut Dataset| match &mut data.train.features {
            Features::Bytes(bytes) => bytes[[3, 20]] ^= 1,
            Features::Real(_) => panic!("pixels are bytes"),
        };
        differs(pixel, "data");
        let other = digits(|_| {}).build(&Settings { seed: 1, ..Settings::quick() }).unwrap();
        assert!(here.likeness().difference(other.likeness()).is_some());
        let budget = digits(|_| {}).build_with(&Settings::default(), here.facts()).unwrap();
        assert!(here.likeness().difference(budget.likeness()).unwrap().starts_with("its budget is "));
    }

    #[test]
    fn another_function_under_the_same_name_is_told() {
        let named = |build: fn() -> Box<dyn Problem>| {
            ProblemSpec::function("f", "own", "F", build).build(&Settings::quick()).unwrap()
        };
        let (one, other) = (named(|| Box::new(Beale)), named(|| Box::new(Himmelblau)));
        assert_eq!(one.likeness().difference(named(|| Box::new(Beale)).likeness()), None);
        assert!(one.likeness().difference(other.likeness()).is_some());
    }
}
