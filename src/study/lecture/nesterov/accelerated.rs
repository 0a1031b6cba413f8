//! The 1/k² bound, on Nesterov's own worst case, which is hardly strongly convex.

use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizers};
use crate::findings::Findings;
use crate::linalg::{slice, slice_mut};
use crate::minimize::minimize;
use crate::objective::{Differentiable, FunctionWithGradient};
use crate::optimizer::first_order::{FirstOrder, Nesterov, NesterovForm, Sgd, State, UpdateRule};
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::{Array1, ArrayRef1};

/// The number of steps k, and the dimension n = 2k + 1 of the function that is the worst one for k steps.
const STEPS: usize = 500;
const N: usize = 2 * STEPS + 1;
/// The Lipschitz constant of the gradient.
const L: f64 = 1.0;
const SOURCE: &str = "Nesterov 1983; with this constant Beck & Teboulle 2009, theorem 4.4";
const LOWER: &str = "Nemirovski & Yudin 1983; in this form Nesterov 2004, theorem 2.1.7";

/// Evaluates f(x) = L/4 (½[x₁² + Σ (xᵢ − xᵢ₊₁)² + xₙ²] − x₁), minus its minimum −L/8 (1 − 1/(n+1)).
fn value_grad(x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..=N {
        let before = if i == 0 { 0.0 } else { x[i - 1] };
        let after = if i == N { 0.0 } else { x[i] };
        sum += (before - after).powi(2);
    }
    for i in 0..N {
        let before = if i == 0 { 0.0 } else { x[i - 1] };
        let after = if i == N - 1 { 0.0 } else { x[i + 1] };
        grad[i] = L / 4.0 * (2.0 * x[i] - before - after);
    }
    grad[0] -= L / 4.0;
    L / 4.0 * (0.5 * sum - x[0]) + L / 8.0 * (1.0 - 1.0 / (N as f64 + 1.0))
}

/// Returns ‖x₀ − x*‖² from the origin, where x*ᵢ = 1 − i/(n+1).
fn distance() -> f64 {
    (1..=N).map(|i| (1.0 - i as f64 / (N as f64 + 1.0)).powi(2)).sum()
}

/// Runs Nesterov's method with ρ = (k − 1)/(k + 2) at step k, as in Su, Boyd & Candès 2014, and the
/// learning rate 1/L. The rule is the library's; only its ρ changes from step to step.
fn accelerated() -> Vec<f64> {
    let rule =
        |k: usize| Nesterov::new((k as f64 - 1.0).max(0.0) / (k as f64 + 2.0)).form(NesterovForm::LookAhead);
    let mut f = FunctionWithGradient::new(N, value_grad);
    let mut state = State::new(&rule(1), N);
    let (mut x, mut probe, mut grad) =
        (Array1::<f64>::zeros(N), Array1::<f64>::zeros(N), Array1::<f64>::zeros(N));
    let mut values = vec![f.value_grad(&x, &mut grad)];
    for k in 1..=STEPS {
        let rule = rule(k);
        let (point, at) = (slice_mut(&mut x), slice_mut(&mut probe));
        rule.probe(&state, 1.0 / L, point, at);
        f.value_grad(&probe, &mut grad);
        rule.step(&mut state, 1.0 / L, slice(&grad), slice_mut(&mut x));
        values.push(f.value_grad(&x, &mut grad));
    }
    values
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let far = distance();
    let ahead = accelerated();
    let start = Array1::<f64>::zeros(N);
    let constant = |optimizer: FirstOrder<Nesterov>| -> Result<Vec<f64>> {
        let run =
            minimize(FunctionWithGradient::new(N, value_grad), &start, optimizer, Stop::iterations(STEPS))?;
        Ok(run.trace.value)
    };
    let fixed = constant(FirstOrder::new(Nesterov::new(0.9), 1.0 / L)?)?;
    let plain = minimize(
        FunctionWithGradient::new(N, value_grad),
        &start,
        FirstOrder::new(Sgd, 1.0 / L)?,
        Stop::iterations(STEPS),
    )?
    .trace
    .value;
    let steps: Vec<f64> = (1..=STEPS).map(|k| k as f64).collect();
    let upper = |k: f64| 2.0 * L * far / (k + 1.0).powi(2);
    let lower = 3.0 * L * far / (32.0 * (STEPS as f64 + 1.0).powi(2));
    let of_bound = |values: &[f64], bound: &dyn Fn(f64) -> f64| {
        steps.iter().map(|&k| values[k as usize] / bound(k)).collect::<Vec<_>>()
    };
    let largest = |ratios: Vec<f64>| ratios.into_iter().fold(0.0, f64::max);
    findings.claims.extend([
        Claim::exact(
            "nesterov-rate",
            "08",
            "At the learning rate 1/L, on a convex function that is hardly strongly convex, f − f* stays \
             below 2L‖x₀ − x*‖²/(k + 1)² (largest ratio to the bound over 500 steps)",
            SOURCE,
        )
        .said()
        .measured(largest(of_bound(&ahead, &upper)), Bound::AtMost(1.0)),
        Claim::exact(
            "nesterov-lower-bound",
            "08",
            "No rule that steps along gradients gets below 3L‖x₀ − x*‖²/32(k + 1)² after the k = (n − 1)/2 \
             steps for which the function is constructed (smallest ratio to the bound, of three rules)",
            LOWER,
        )
        .said()
        .measured(
            [&ahead, &fixed, &plain].map(|v| v[STEPS] / lower).into_iter().fold(f64::INFINITY, f64::min),
            Bound::AtLeast(1.0),
        ),
        Claim::exact(
            "gd-not-accelerated",
            "08",
            "Gradient descent exceeds the 1/k² bound (ratio to it after 500 steps)",
            "gradus",
        )
        .ours()
        .measured(plain[STEPS] / upper(STEPS as f64), Bound::AtLeast(1.0)),
    ]);
    let shown: Vec<usize> = vec![1, 5, 10, 50, 100, 500];
    let at = |values: &[f64]| shown.iter().map(|&k| values[k]).collect::<Vec<_>>();
    findings.tables.push(
        Table::new(
            "accelerated",
            "f − f* on Nesterov's worst function of 1,001 variables, and the theoretical bound",
        )
        .integer("step", shown.iter().map(|&k| k as i64))
        .float("gradient_descent", at(&plain))
        .float("nesterov_rho_0.9", at(&fixed))
        .float("nesterov_rho_k", at(&ahead))
        .float("upper_bound", shown.iter().map(|&k| upper(k as f64)).collect::<Vec<_>>()),
    );
    let places = optimizers(["sgd", "nesterov", "nesterov"]);
    let panel = Panel::new("", Axis::log("step k"), Axis::log("f − f*").lower_is_better())
        .theory(
            "upper bound 2L‖x₀ − x*‖²/(k+1)²",
            steps.clone(),
            steps.iter().map(|&k| upper(k)).collect::<Vec<_>>(),
        )
        .line("gradient descent", steps.clone(), plain[1..].to_vec(), places[0])
        .line("Nesterov, ρ = .9", steps.clone(), fixed[1..].to_vec(), places[2])
        .line("Nesterov, ρ = (k−1)/(k+2)", steps, ahead[1..].to_vec(), places[1])
        .with(Layer::Mark { label: "lower bound for all rules".into(), x: STEPS as f64, y: lower });
    let caption = "With a ρ that rises towards one the method stays below the dashed bound. A fixed ρ is \
                   faster at first and falls behind later. No rule that steps along gradients gets below \
                   the mark at its step.";
    findings.figures.push(
        Figure::new("accelerated", "The worst smooth convex function", caption).panel(panel).columns(1),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objective::{FiniteDifference, Objective};
    use crate::rng;

    #[test]
    fn the_worst_function_has_its_minimum_and_its_gradient() {
        let minimizer = Array1::from_shape_fn(N, |i| 1.0 - (i + 1) as f64 / (N as f64 + 1.0));
        let mut grad = Array1::zeros(N);
        assert!(value_grad(&minimizer, &mut grad).abs() < 1e-12);
        assert!(crate::linalg::max_norm(&grad) < 1e-12);
        assert!((minimizer.dot(&minimizer) - distance()).abs() < 1e-9);
        let x = rng::normal::<f64>(&mut rng::stream(1, "x", 0), N, 1.0);
        let (mut analytic, mut numeric) = (Array1::zeros(N), Array1::zeros(N));
        value_grad(&x, &mut analytic);
        let mut f = FiniteDifference::new(FunctionWithGradient::new(N, value_grad));
        assert_eq!(f.dim(), N);
        f.value_grad(&x, &mut numeric);
        assert!(crate::linalg::max_norm(&(&analytic - &numeric)) < 1e-6);
    }
}
