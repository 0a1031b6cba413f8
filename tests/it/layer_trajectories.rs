//! Update rules that go by layers, step by step against torch.optim, pytorch-optimizer and optax:
//! `fixtures/layers/README.md`.

use gradus::notebook::*;
use gradus::optimizer::catalogue::Catalogue;
use std::fs;
use std::path::Path;

/// What the fixtures have a rule do on a problem.
struct Case {
    rule: AnyRule,
    lr: f64,
    title: String,
    /// Steps, with what was recorded after each.
    rows: Vec<(usize, Vec<f64>)>,
}

fn cases(convention: &str, problem: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/layers");
    let text = fs::read_to_string(folder.join(format!("{convention}-{problem}.txt"))).unwrap();
    let mut cases: Vec<Option<Case>> = Vec::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("@ ") {
            cases.push(case(convention, head));
        } else if let Some(case) = cases.last_mut().unwrap() {
            let (step, numbers) = line.split_once(' ').unwrap();
            let numbers = numbers.split(' ').map(|number| number.parse().unwrap()).collect();
            case.rows.push((step.parse().unwrap(), numbers));
        }
    }
    let cases: Vec<Case> = cases.into_iter().flatten().collect();
    assert!(cases.iter().all(|case| case.rows.len() == 20 && case.rows[19].0 == 100));
    cases
}

/// A case from its line, such as "muon lr=0.02 matrices=all no-nesterov"; `None` if the rule needs LAPACK and
/// this build has none.
fn case(convention: &str, head: &str) -> Option<Case> {
    let mut words = head.split(' ');
    let name = words.next().unwrap();
    if !cfg!(feature = "lapack") && ["shampoo", "soap"].contains(&name) {
        return None;
    }
    let convention_of = Convention::by_name(convention).unwrap();
    let mut rule = Catalogue::built_in().get(name).unwrap().make_rule(convention_of).unwrap();
    let lr = words.next().unwrap().strip_prefix("lr=").unwrap().parse().unwrap();
    for word in words {
        match word.split_once('=') {
            Some((name, value)) => match value.parse() {
                Ok(number) => rule.set(name, number).unwrap(),
                Err(_) => rule.choose(name, value).unwrap(),
            },
            None => rule.give(word).unwrap(),
        }
    }
    Some(Case { rule, lr, title: format!("{convention} {head}"), rows: Vec::new() })
}

/// Numbers from −1 to 1 that any language computes to the last bit.
fn spread(count: usize, factor: usize, prime: usize) -> Vec<f64> {
    (0..count).map(|i| (i * factor % prime) as f64 / prime as f64 * 2.0 - 1.0).collect()
}

/// The net of the fixtures, with its start.
fn net(features: usize, hidden: usize, classes: usize) -> (EmpiricalRisk<f64, Mlp>, Array1<f64>) {
    let x = Array2::from_shape_vec((20, features), spread(20 * features, 37, 97)).unwrap();
    let labels: Vec<u8> = (0..20).map(|i| (i * 7 % 11 % classes) as u8).collect();
    let model = Mlp::new(features, &[hidden], classes).unwrap().activation(Activation::Tanh);
    let risk = EmpiricalRisk::new(model, Softmax, x, labels, Regularizer::default()).unwrap();
    let start = spread(risk.dim(), 53, 89).into();
    (risk, start)
}

/// What is recorded of a net: loss, W1[1, 2], b1[3], W2[2, 4], b2[0] and ‖w‖₂.
fn of_net(layout: &ParamLayout, x: &Array1<f64>, loss: f64) -> Vec<f64> {
    let [w1, b1, w2, b2] = ["W1", "b1", "W2", "b2"].map(|name| layout.view(x, name));
    vec![loss, w1[[1, 2]], b1[[0, 3]], w2[[2, 4]], b2[[0, 0]], x.dot(x).sqrt()]
}

/// Compares all cases of a problem. `tolerance` says how much of its own size, or of .01 if that is larger, a
/// number of a rule may differ.
fn compare<O: Differentiable>(
    problem: &str,
    make: impl Fn() -> (O, Array1<f64>),
    record: impl Fn(&Array1<f64>, f64) -> Vec<f64>,
    tolerance: impl Fn(&str) -> f64,
) {
    let mut wrong = Vec::new();
    for convention in ["torch", "optax"] {
        let path = format!("tests/fixtures/layers/{convention}-{problem}.txt");
        if !Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists() {
            continue;
        }
        for case in cases(convention, problem) {
            let (objective, start) = make();
            let (mut worst, mut at, mut seen) = (0.0, 0, 0);
            let optimizer = FirstOrder::new(case.rule.clone(), case.lr).unwrap();
            minimize_observed(objective, &start, optimizer, Stop::iterations(101), |moment| {
                let iterate = moment.iterate;
                let Some((step, expected)) = case.rows.get(seen) else { return };
                if *step != iterate.k {
                    return;
                }
                seen += 1;
                for (got, expected) in record(&iterate.x, iterate.value).into_iter().zip(expected) {
                    let off = (got - expected).abs() / expected.abs().max(0.01);
                    if off > worst || off.is_nan() {
                        (worst, at) = (off, *step);
                    }
                }
            })
            .unwrap();
            println!("{problem}: {}: {worst:.1e} at step {at}", case.title);
            if seen != 20 || worst.is_nan() || worst > tolerance(case.rule.name()) {
                wrong.push(format!("{}: {worst:.1e} at step {at}, {seen} rows", case.title));
            }
        }
    }
    assert!(wrong.is_empty(), "{problem}:\n  {}", wrong.join("\n  "));
}

#[test]
fn rules_that_take_any_objective_as_one_layer_on_a_quadratic() {
    let bowl = || (problems::Quadratic::new(&[1.0, 30.0, 1000.0]), array![1.3, -0.7, 0.9]);
    compare("vector", bowl, |x, _| x.to_vec(), |_| 1e-11);
}

/// Small singular values of the sums are known to the rounding of the large ones only, and their roots enter
/// Shampoo's steps; see the README of the fixtures.
fn tolerance(rule: &str) -> f64 {
    match rule {
        "shampoo" | "soap" => 1e-8,
        _ => 1e-10,
    }
}

#[test]
fn every_rule_on_a_net_of_two_layers() {
    let layout = net(5, 8, 3).0.layout().clone();
    compare("net", || net(5, 8, 3), |x, loss| of_net(&layout, x, loss), tolerance);
}

#[test]
fn soap_on_a_net_of_square_layers() {
    let layout = net(5, 5, 5).0.layout().clone();
    compare("square", || net(5, 5, 5), |x, loss| of_net(&layout, x, loss), tolerance);
}

/// Every rule that goes by layers stands against a library, with two settings at least.
#[test]
fn nothing_is_left_out() {
    let recorded: Vec<Case> = ["vector", "net", "square"]
        .into_iter()
        .flat_map(|problem| cases("torch", problem))
        .chain(["vector", "net"].into_iter().flat_map(|problem| cases("optax", problem)))
        .collect();
    for entry in Catalogue::built_in().rules() {
        let rule = entry.make_rule(Convention::Torch).unwrap();
        let count = recorded.iter().filter(|case| case.rule.name() == entry.name()).count();
        assert_eq!(rule.by_layers(), count >= 2, "{}: {count}", entry.name());
    }
}
