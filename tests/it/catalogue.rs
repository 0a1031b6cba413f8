//! An optimizer that is added through the public interface alone is found everywhere.
#![cfg(feature = "cli")]

use gradus::cli;
use gradus::notebook::*;
use gradus::optimizer::catalogue::{AnyOptimizer, Catalogue, Entry, Needs, Order, Range, SettingSpec, Walk};
use gradus::optimizer::first_order::{NamedSetting, SettingMut};
use gradus::optimizer::{Iterate, Optimizer};
use gradus::real::Real;
use serde_json::Value;
use std::ops::ControlFlow;
use tempfile::TempDir;

/// A rule: the sign of a velocity, times the learning rate.
#[derive(Debug, Clone)]
struct SignedVelocity {
    kept: f64,
}

impl RuleInfo for SignedVelocity {
    fn name(&self) -> &'static str {
        "signed-velocity"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, ..Properties::default() }
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![("momentum", SettingMut::Number(&mut self.kept))]
    }
}

impl<F: Real> UpdateRule<F> for SignedVelocity {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        let kept = F::of(self.kept);
        for ((x, &g), v) in x.iter_mut().zip(grad).zip(&mut state.first) {
            *v = kept * *v + g;
            *x -= lr * v.signum();
        }
    }
}

/// An optimizer: steps along the gradient of a length that shrinks where f rises.
#[derive(Debug, Clone)]
struct Cautious {
    first: f64,
    length: f64,
    trial: Array1<f64>,
    trial_grad: Array1<f64>,
}

impl<O: Differentiable + ?Sized> Optimizer<f64, O> for Cautious {
    fn name(&self) -> String {
        "cautious".into()
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) {
        self.length = self.first;
        self.trial = Array1::zeros(iterate.x.len());
        self.trial_grad = Array1::zeros(iterate.x.len());
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) -> ControlFlow<Termination> {
        for _ in 0..60 {
            self.trial.assign(&iterate.x);
            self.trial.scaled_add(-self.length, &iterate.grad);
            let value = objective.value_grad(&self.trial, &mut self.trial_grad);
            if value < iterate.value {
                iterate.value = value;
                iterate.alpha = self.length;
                std::mem::swap(&mut iterate.x, &mut self.trial);
                std::mem::swap(&mut iterate.grad, &mut self.trial_grad);
                self.length *= 1.5;
                return ControlFlow::Continue(());
            }
            self.length /= 2.0;
        }
        let slope = -iterate.grad.dot(&iterate.grad);
        ControlFlow::Break(Termination::LineSearchFailed { alpha: self.length, slope, trials: 60 })
    }
}

/// The built-in optimizers and both of ours.
fn catalogue() -> Catalogue {
    let length = SettingSpec::number("first-length", "the length of the first trial", Range::POSITIVE, 0.1);
    let rule = Entry::rule("signed-velocity", |_| SignedVelocity { kept: 0.9 })
        .with_summary("the sign of a velocity")
        .with_source("tests/it/catalogue.rs")
        .with_settings(&[SettingSpec::number("momentum", "the share that is kept", Range::SHARE, 0.9)])
        .with_learning_rate(0.01);
    let optimizer = Entry::optimizer("cautious", Order::First, Needs::ExactGradients, |values| {
        let (empty, first) = (Array1::zeros(0), values.number("first-length"));
        Ok(AnyOptimizer::new(Cautious { first, length: first, trial: empty.clone(), trial_grad: empty }))
    });
    let optimizer = optimizer
        .with_summary("gradient descent that halves a step that rises")
        .with_source("tests/it/catalogue.rs")
        .with_settings(&[length])
        .tuned_by("first-length", 0.1, Walk::Log(1e-4, 10.0));
    Catalogue::built_in().with(rule).with(optimizer)
}

/// Runs the command in this process, and returns what it prints.
fn gradus(arguments: &str) -> String {
    let mut out = Vec::new();
    let words = ["gradus"].into_iter().chain(arguments.split_whitespace());
    assert_eq!(cli::run_with(words, &catalogue(), &mut out), 0, "gradus {arguments}");
    String::from_utf8(out).unwrap()
}

fn json(arguments: &str) -> Value {
    serde_json::from_str(&gradus(arguments)).unwrap()
}

#[test]
fn it_is_listed_with_its_settings() {
    let listed = json("list optimizers --format json");
    let row = |name: &str| listed.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap().clone();
    let (rule, optimizer) = (row("signed-velocity"), row("cautious"));
    assert_eq!(
        (&rule["defaults"], &rule["first_moment"], &rule["lr"]),
        (&"momentum 0.9".into(), &"yes".into(), &"0.01".into())
    );
    assert_eq!(
        (&optimizer["defaults"], &optimizer["needs"]),
        (&"first-length 0.1".into(), &"exact gradients".into())
    );
    assert!(gradus("list").contains("signed-velocity"));
    assert!(gradus("minimize --help").contains("--first-length"));
    assert!(gradus("completions bash").contains("--first-length"));
}

#[test]
fn it_minimizes() {
    let rule = json("minimize himmelblau --optimizer signed-velocity --momentum 0.5 --max-iter 2000 --json");
    assert!(rule["value"].as_f64().unwrap() < 0.1, "{rule}");
    assert_eq!(rule["settings"]["hyperparameters"]["momentum"], 0.5);
    let optimizer = json("minimize himmelblau --optimizer cautious --first-length 0.5 --json");
    assert!(optimizer["value"].as_f64().unwrap() < 1e-6, "{optimizer}");
    assert_eq!(optimizer["settings"]["first_length"], 0.5);
}

#[test]
fn it_trains() {
    for precision in ["f32", "f64"] {
        let rule =
            json(&format!("train --optimizer signed-velocity --epochs 10 --precision {precision} --json"));
        assert!(rule["test_accuracy"].as_f64().unwrap() > 0.8, "{rule}");
    }
    let optimizer = json("train --optimizer cautious --epochs 60 --json");
    assert!(optimizer["test_accuracy"].as_f64().unwrap() > 0.8, "{optimizer}");
}

#[test]
fn it_is_compared_and_tuned() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    gradus(&format!(
        "compare --optimizers sgd,signed-velocity,cautious --problems quadratic:10,noisy-quadratic \
         --trials 4 \
         --seeds 2 --out {}",
        out.display()
    ));
    let runs = std::fs::read_to_string(out.join("runs.csv")).unwrap();
    let of = |name: &str, problem: &str| {
        runs.lines().filter(|line| line.contains(name) && line.contains(problem)).count()
    };
    assert!(
        of("signed-velocity", "quadratic:10") > 0 && of("signed-velocity", "noisy-quadratic") > 0,
        "{runs}"
    );
    assert!(of("cautious", "quadratic:10") > 0 && runs.contains("first-length="), "{runs}");
    // It needs exact gradients, which a noisy problem does not have.
    assert_eq!(of("cautious", "noisy-quadratic"), 0, "{runs}");
}

/// A number of steps is kept as an f64: far beyond 10¹⁵ it could not be told from the next one.
#[test]
fn every_setting_that_counts_has_a_bound_and_says_it() {
    let mut counts = Vec::new();
    for entry in Catalogue::built_in().iter() {
        for spec in entry.settings() {
            let takes = |text: &str| entry.configure().set_text(spec.name, text);
            if takes("3").is_err() || takes("3.5").is_ok() {
                continue;
            }
            for large in ["2e15", "1e16", "1e300"] {
                assert!(takes(large).is_err(), "{} {} = {large}", entry.name(), spec.name);
            }
            if takes("1000").is_ok() && takes("1e3").is_ok() {
                let most = takes("1e15").unwrap();
                assert!(most.rule().unwrap().is_some() && most.optimizer().is_ok());
                let sentence = takes("1e16").unwrap_err().to_string();
                assert!(sentence.ends_with("must be a whole number from 1 to 10¹⁵"), "{sentence}");
                counts.push((entry.name(), spec.name));
            }
        }
    }
    assert!(counts.contains(&("sophia", "every")), "{counts:?}");
    let on_lapack = [("shampoo", "root-interval"), ("shampoo", "start"), ("soap", "root-interval")];
    assert_eq!(on_lapack.iter().all(|count| counts.contains(count)), cfg!(feature = "lapack"));
}
