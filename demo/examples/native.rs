//! The library's own answers to what the page shows, for the browser tests: nothing here uses the demo's
//! classifier or race, only `EmpiricalRisk`, `minimize` and the problems.
//!
//! Each line of the standard input is a question in words separated by spaces, each line of the output its
//! answer in numbers:
//!
//! - `evaluate LOSS L2 N x y class … p0 … p8`: data loss, regularization, nine derivatives, then for each
//!   point its three scores and its loss.
//! - `train LOSS L2 RULE LR STEPS N x y class … p0 … p8`: the nine parameters after so many steps.
//! - `race PROBLEM OPTIMIZER LR MOMENTUM X Y STEPS`: the path, x, y and f of each step; problems as `gradus
//!   minimize` writes them.

use gradus::notebook::*;
use std::io::{self, BufRead};
use std::str::FromStr;

type Words<'a> = std::str::SplitWhitespace<'a>;

fn next<T: FromStr>(words: &mut Words) -> T {
    let word = words.next().expect("the question is too short");
    word.parse().unwrap_or_else(|_| panic!("'{word}' is not what is expected here"))
}

fn numbers(words: &mut Words, count: usize) -> Vec<f64> {
    (0..count).map(|_| next(words)).collect()
}

/// Points, classes and parameters.
fn data(words: &mut Words) -> (Array2<f64>, Vec<u8>, Array1<f64>) {
    let count: usize = next(words);
    let points = numbers(words, 3 * count);
    let features = Array2::from_shape_fn((count, 2), |(i, j)| points[3 * i + j]);
    let labels = (0..count).map(|i| points[3 * i + 2] as u8).collect();
    (features, labels, Array1::from(numbers(words, 9)))
}

fn risk(
    loss: &str,
    l2: f64,
    features: Array2<f64>,
    labels: Vec<u8>,
) -> EmpiricalRisk<f64, Linear, Box<dyn Loss<f64>>> {
    let loss = loss::by_name(loss).expect("a loss");
    EmpiricalRisk::new(Linear::new(2, 3), loss, features, labels, Regularizer::l2(l2)).expect("valid points")
}

fn evaluate(words: &mut Words) -> Vec<f64> {
    let (name, l2): (String, f64) = (next(words), next(words));
    let (features, labels, params) = data(words);
    let (w, b) = (
        params.slice(s![..6]).to_owned().into_shape_with_order((3, 2)).expect("3 × 2"),
        params.slice(s![6..]).to_owned(),
    );
    let scores = features.dot(&w.t()) + &b;
    let loss = loss::by_name::<f64>(&name).expect("a loss");
    let losses: Vec<f64> = scores
        .rows()
        .into_iter()
        .zip(&labels)
        .map(|(s, &y)| loss::of_scores(&loss, &s.to_vec(), y))
        .collect();
    let mut grad = Array1::zeros(9);
    let mut risk = risk(&name, l2, features, labels);
    let total = risk.value_grad(&params, &mut grad);
    let regularization = risk.regularization(&params);
    let per_point =
        scores.rows().into_iter().zip(&losses).flat_map(|(s, &l)| [s[0], s[1], s[2], l]).collect::<Vec<_>>();
    [total - regularization, regularization].into_iter().chain(grad).chain(per_point).collect()
}

fn train(words: &mut Words) -> Vec<f64> {
    let (loss, l2): (String, f64) = (next(words), next(words));
    let (rule, lr, steps): (String, f64, usize) = (next(words), next(words), next(words));
    let (features, labels, params) = data(words);
    let optimizer = FirstOrder::new(AnyRule::by_name(&rule).expect("a rule"), lr).expect("a rate");
    minimize(risk(&loss, l2, features, labels), &params, optimizer, Stop::iterations(steps))
        .expect("the start fits")
        .x
        .to_vec()
}

fn race(words: &mut Words) -> Vec<f64> {
    let (problem, name): (String, String) = (next(words), next(words));
    let (lr, momentum, x, y, steps): (f64, f64, f64, f64, usize) =
        (next(words), next(words), next(words), next(words), next(words));
    let (problem, start, stop) =
        (problems::by_name(&problem).expect("a problem"), array![x, y], Stop::grad(1e-9).max_iter(steps));
    let found = match name.as_str() {
        "newton-shifted" => minimize(problem, &start, Newton::new(), stop),
        "bfgs" => minimize(problem, &start, Bfgs::default(), stop),
        "lbfgs" => minimize(problem, &start, Lbfgs::default(), stop),
        "cg" => minimize(problem, &start, ConjugateGradient::default(), stop),
        rule => {
            let rule = AnyRule::by_name(rule).expect("a rule").with_momentum(momentum);
            minimize(problem, &start, FirstOrder::new(rule, lr).expect("a rate"), stop)
        }
    };
    let trace = found.expect("the start fits").trace;
    (0..trace.value.len()).flat_map(|k| [trace.x[0][k], trace.x[1][k], trace.value[k]]).collect()
}

fn main() {
    for line in io::stdin().lock().lines() {
        let line = line.expect("readable input");
        let mut words = line.split_whitespace();
        let answer = match words.next() {
            Some("evaluate") => evaluate(&mut words),
            Some("train") => train(&mut words),
            Some("race") => race(&mut words),
            other => panic!("no such question: {other:?}"),
        };
        println!("{}", answer.iter().map(|v| format!("{v:?}")).collect::<Vec<_>>().join(" "));
    }
}
