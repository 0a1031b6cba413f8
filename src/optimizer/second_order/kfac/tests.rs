use super::*;
use crate::loss::Softmax;
use crate::model::{Activation, Mlp};
use crate::objective::{FiniteSum, HessVec, KroneckerFactors, Objective, TwiceDifferentiable};
use crate::risk::{EmpiricalRisk, Regularizer};
use crate::rng::Stream;
use ndarray::{Array2, array};

type Net = EmpiricalRisk<f64, Mlp, Softmax>;

fn factors(risk: &mut Net, x: &Array1<f64>, stream: Option<&mut Stream>) -> Vec<KroneckerFactors> {
    let mut factors: Vec<_> = risk.kronecker_blocks().iter().map(KroneckerFactors::zeros).collect();
    let all: Vec<u32> = (0..risk.terms() as u32).collect();
    risk.write_factors(x, &all, stream, &mut factors);
    factors
}

fn net(hidden: &[usize], rows: usize) -> (Net, Array1<f64>) {
    regularized_net(hidden, rows, 0.0)
}

fn regularized_net(hidden: &[usize], rows: usize, l2: f64) -> (Net, Array1<f64>) {
    let mut stream = rng::stream(3, "kfac test", 0);
    let features = rng::normal(&mut stream, rows * 3, 1.0).into_shape_with_order((rows, 3)).unwrap();
    let labels: Vec<u8> = (0..rows).map(|i| (i % 4) as u8).collect();
    let model = Mlp::new(3, hidden, 4).unwrap().activation(Activation::Tanh);
    let risk = EmpiricalRisk::new(model, Softmax, features, labels, Regularizer::l2(l2)).unwrap();
    let x = rng::normal(&mut stream, risk.dim(), 0.7);
    (risk, x)
}

fn difference(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    (a - b).iter().fold(0.0, |largest, d| largest.max(d.abs()))
}

/// Two examples, two inputs, two classes, by hand: with s = 0 both classes have probability ½.
#[test]
fn factors_computed_by_hand() {
    let model = Mlp::new(2, &[], 2).unwrap();
    let x = array![[1.0, 2.0], [3.0, -1.0]];
    let mut risk = EmpiricalRisk::new(model, Softmax, x, vec![0, 1], Regularizer::default()).unwrap();
    let zeros = Array1::zeros(6);
    let found = factors(&mut risk, &zeros, None);
    assert_eq!(found[0].a, array![[5.0, -0.5, 2.0], [-0.5, 2.5, 0.5], [2.0, 0.5, 1.0]]);
    assert!(difference(&found[0].g, &array![[0.25, -0.25], [-0.25, 0.25]]) < 1e-15);
}

/// A hidden layer of one unit by hand: a₁ = tanh(w·x + b), and its derivative (p − e_c)·v·(1 − a₁²).
#[test]
fn factors_of_a_hidden_layer_computed_by_hand() {
    let model = Mlp::new(1, &[1], 2).unwrap().activation(Activation::Tanh);
    let mut risk =
        EmpiricalRisk::new(model, Softmax, array![[2.0]], vec![0], Regularizer::default()).unwrap();
    let (w, b, v, c) = (0.5, -0.3, [1.0, -0.5], [0.1, 0.2]);
    let found = factors(&mut risk, &array![w, b, v[0], v[1], c[0], c[1]], None);
    let a: f64 = (w * 2.0 + b).tanh();
    let (s0, s1) = (v[0] * a + c[0], v[1] * a + c[1]);
    let p = 1.0 / (1.0 + f64::exp(s1 - s0));
    // The two labels give derivatives (1 − p)(−1, 1) and p(1, −1) at the outputs, with probabilities p and 1
    // − p.
    let variance = p * (1.0 - p);
    let slope = (v[0] - v[1]) * (1.0 - a * a);
    assert!(difference(&found[0].a, &array![[4.0, 2.0], [2.0, 1.0]]) < 1e-15);
    assert!(difference(&found[0].g, &array![[variance * slope * slope]]) < 1e-15);
    assert!(difference(&found[1].a, &array![[a * a, a], [a, 1.0]]) < 1e-15);
    assert!(difference(&found[1].g, &array![[variance, -variance], [-variance, variance]]) < 1e-15);
}

/// With one example and one layer, A ⊗ G is the Fisher information, which for softmax regression is the
/// Hessian.
#[test]
fn of_one_example_the_block_is_the_exact_fisher_information() {
    let (mut risk, x) = net(&[], 1);
    let found = factors(&mut risk, &x, None);
    let mut hessian = Array2::zeros((16, 16));
    risk.hessian(&x, &mut hessian);
    // Parameter (o, i) of W̄ = (W, b) lies at 3o + i, and the biases behind all weights.
    let place = |o: usize, i: usize| if i < 3 { 3 * o + i } else { 12 + o };
    for (o, i) in (0..16).map(|k| (k / 4, k % 4)) {
        for (q, j) in (0..16).map(|k| (k / 4, k % 4)) {
            let kronecker = found[0].a[[i, j]] * found[0].g[[o, q]];
            assert!(
                (kronecker - hessian[[place(o, i), place(q, j)]]).abs() < 1e-14,
                "({o}, {i}), ({q}, {j})"
            );
        }
    }
}

#[test]
fn quadratic_forms_are_those_of_the_exact_fisher_information() {
    let (mut risk, x) = net(&[], 200);
    let (u, v) = (
        rng::normal(&mut rng::stream(3, "u", 0), 16, 1.0),
        rng::normal(&mut rng::stream(3, "v", 0), 16, 1.0),
    );
    let all: Vec<u32> = (0..200).collect();
    let forms = risk.fisher_forms(&x, &all, &u, &v);
    let mut product = Array1::zeros(16);
    risk.hess_vec(&x, &v, &mut product);
    assert!(
        (forms[1] - u.dot(&product)).abs() < 1e-13 && (forms[2] - v.dot(&product)).abs() < 1e-13,
        "{forms:?}"
    );
}

#[test]
fn drawn_labels_give_the_exact_factors_in_the_mean() {
    let (mut risk, x) = net(&[3], 150);
    let exact = factors(&mut risk, &x, None);
    let mut mean: Vec<Array2<f64>> = exact.iter().map(|f| Array2::zeros(f.g.dim())).collect();
    let mut stream = rng::stream(3, "labels", 0);
    for _ in 0..400 {
        let drawn = factors(&mut risk, &x, Some(&mut stream));
        mean.iter_mut().zip(&drawn).for_each(|(m, f)| m.scaled_add(1.0 / 400.0, &f.g));
        assert_eq!(drawn[1].a, exact[1].a);
    }
    for (mean, exact) in mean.iter().zip(&exact) {
        // The mean of 60,000 draws of numbers of size ≤ 1: a standard error below .004.
        assert!(difference(mean, &exact.g) < 0.015, "{mean} against {}", exact.g);
    }
}

/// The step solves the damped Kronecker system: (G + √γ/π) ΔW̄ (A + π√γ) = −∇W̄.
#[test]
fn the_direction_solves_the_damped_system() {
    let (mut risk, x) = net(&[5], 150);
    let mut iterate = Iterate::new(&x);
    let mut kfac = Kfac::new().damping(0.3).unwrap();
    kfac.start(&mut risk, &mut iterate);
    assert!(kfac.update_factors(&mut risk, &iterate));
    for layer in &mut kfac.run.layers {
        layer.precondition(&iterate.grad, &mut kfac.run.proposal);
    }
    for (block, factors) in risk.kronecker_blocks().iter().zip(factors(&mut risk, &x, None)) {
        let augmented = |of: &Array1<f64>| {
            Array2::from_shape_fn((block.outputs, block.inputs + 1), |(o, i)| match i == block.inputs {
                true => of[block.bias.start + o],
                false => of[block.weights.start + o * block.inputs + i],
            })
        };
        let (a, g) = (factors.a, factors.g);
        let pi = ((a.diag().sum() / a.nrows() as f64) / (g.diag().sum() / g.nrows() as f64)).sqrt();
        let eye = |n: usize, value: f64| Array2::from_diag_elem(n, value);
        let left = &g + &eye(g.nrows(), 0.3f64.sqrt() / pi);
        let right = &a + &eye(a.nrows(), 0.3f64.sqrt() * pi);
        let product = left.dot(&augmented(&kfac.run.proposal)).dot(&right);
        assert!(difference(&product, &(-augmented(&iterate.grad))) < 1e-12);
    }
}

/// The update d = αu + μv minimizes ∇fᵀd + ½dᵀ(F + ηI + λI)d, where F + ηI is the Hessian of a regularized
/// softmax regression: its gradient is orthogonal to u and v, and the change that it predicts is that of d.
#[test]
fn the_step_minimizes_the_quadratic_model_with_penalty_and_damping() {
    let (mut risk, x) = regularized_net(&[], 120, 0.8);
    let (mut iterate, lambda) = (Iterate::new(&x), 0.4);
    let mut kfac = Kfac::new().damping(lambda).unwrap();
    kfac.start(&mut risk, &mut iterate);
    kfac.run.proposal = rng::normal(&mut rng::stream(3, "u", 1), x.len(), 1.0);
    kfac.run.update = rng::normal(&mut rng::stream(3, "v", 1), x.len(), 1.0);
    let (u, v) = (kfac.run.proposal.clone(), kfac.run.update.clone());
    let predicted = kfac.by_model(&mut risk, &iterate);
    let d = &kfac.run.update;
    let mut curved = Array1::zeros(x.len());
    risk.hess_vec(&x, d, &mut curved);
    curved.scaled_add(lambda, d);
    let slope = &iterate.grad + &curved;
    for (name, along) in [("u", &u), ("v", &v)] {
        assert!(slope.dot(along).abs() < 1e-12, "{name}: {}", slope.dot(along));
    }
    let model = iterate.grad.dot(d) + 0.5 * d.dot(&curved);
    assert!((predicted - model).abs() < 1e-12 && predicted < 0.0, "{predicted} instead of {model}");
}

/// Levenberg & Marquardt's rule in section 6.5: ω = (19/20)⁵ downwards from a ratio of ¾ on, upwards below ¼.
#[test]
fn the_damping_follows_the_ratio_of_the_changes() {
    let after = |change: f64, predicted: f64| {
        let mut kfac = Kfac::new();
        kfac.run.damping = 2.0;
        kfac.adapt(change, predicted);
        kfac.run.damping
    };
    let factor = 0.95f64.powi(5);
    assert_eq!((after(-0.76, -1.0), after(-3.0, -1.0)), (2.0 * factor, 2.0 * factor));
    assert_eq!((after(-0.74, -1.0), after(-0.26, -1.0)), (2.0, 2.0));
    for bad in [-0.24, 0.0, 1.0, f64::NAN] {
        assert_eq!(after(bad, -1.0), 2.0 / factor, "{bad}");
    }
    // A run adapts it after each fifth step.
    let (mut risk, x) = regularized_net(&[5], 150, 0.01);
    let (mut iterate, mut kfac, mut dampings) = (Iterate::new(&x), Kfac::new(), Vec::new());
    kfac.start(&mut risk, &mut iterate);
    for k in 0..11 {
        iterate.k = k;
        assert!(kfac.iterate(&mut risk, &mut iterate).is_continue());
        dampings.push(kfac.run.damping);
    }
    let changes: Vec<usize> = (1..11).filter(|&k| dampings[k] != dampings[k - 1]).collect();
    assert!(!changes.is_empty() && changes.iter().all(|k| k % 5 == 4), "{dampings:?}");
}

#[test]
fn settings_out_of_range_are_refused() {
    let message = |refused: Result<Kfac>| refused.unwrap_err().to_string();
    assert_eq!(
        message(Kfac::new().damping(0.0)),
        "damping = 0 is out of range: damping must be finite and > 0"
    );
    assert!(message(Kfac::new().refresh(0)).contains("at least 1"));
    assert!(message(Kfac::new().decay(1.0)).contains("below 1"));
    assert!(message(Kfac::minibatch(0, 0)).contains("batch"));
    assert!(Kfac::new().step(KfacStep::Rate { lr: f64::NAN, momentum: 0.9, clip: 1.0 }).is_err());
}
