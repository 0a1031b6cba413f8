//! One eigenvalue at a time: how fast Nesterov momentum damps it, and up to which learning rate it converges.

use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::minimize::minimize;
use crate::optimizer::first_order::{FirstOrder, Momentum, Nesterov, UpdateRule};
use crate::problems::Quadratic;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::{Array1, array};

const RHO: f64 = 0.9;
const SOURCE: &str = "gradus, closed form; O'Donoghue & Candès 2015";

/// Returns the larger modulus of the roots of z² − bz + c = 0.
fn modulus(b: f64, c: f64) -> f64 {
    let half = b / 2.0;
    let discriminant = half * half - c;
    if discriminant < 0.0 { c.sqrt() } else { half.abs() + discriminant.sqrt() }
}

/// Returns the modulus for momentum: z² − (1 + ρ − αλ)z + ρ.
fn of_momentum(product: f64, rho: f64) -> f64 {
    modulus(1.0 + rho - product, rho)
}

/// Returns the modulus for Nesterov momentum: z² − (1 + ρ)(1 − αλ)z + ρ(1 − αλ). If the roots are complex,
/// the modulus is √(ρ(1 − αλ)), so steep modes are damped more.
fn of_nesterov(product: f64, rho: f64) -> f64 {
    modulus((1.0 + rho) * (1.0 - product), rho * (1.0 - product))
}

/// Returns the factor per step over the second half of a run. It uses √(x_k² + x_{k−1}²), which does not
/// vanish where an oscillation passes through zero.
fn measured(rule: impl UpdateRule, eigenvalues: &[f64], lr: f64, steps: usize) -> Result<f64> {
    let start = Array1::ones(eigenvalues.len());
    let trace =
        minimize(Quadratic::new(eigenvalues), &start, FirstOrder::new(rule, lr)?, Stop::iterations(steps))?
            .trace;
    let size = |k: usize| trace.x.iter().map(|c| c[k].powi(2) + c[k - 1].powi(2)).sum::<f64>().sqrt();
    let (from, to) = (trace.len() / 2, trace.len() - 1);
    Ok((size(to) / size(from)).powf(1.0 / (to - from) as f64))
}

/// Returns the number of steps in which a rate reaches 1e-100, which is still far from underflow of the
/// squares. An oscillation needs many steps, since its phase affects the measured rate.
fn long(rate: f64) -> usize {
    (230.0 / -rate.ln()).clamp(100.0, 4_000.0) as usize
}

/// Returns the largest αλ at which a rule converges, by bisection.
fn limit(rule: impl UpdateRule) -> Result<f64> {
    let (mut low, mut high) = (0.5, 5.0);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        let found = minimize(
            Quadratic::new(&[1.0]),
            &array![1.0],
            FirstOrder::new(rule.clone(), middle)?,
            Stop::iterations(4_000),
        )?;
        // A diverging run may stop early, at infinity.
        let end = found.trace.value[found.trace.len() - 1];
        if end < found.trace.value[0] { low = middle } else { high = middle }
    }
    Ok(0.5 * (low + high))
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let products: Vec<f64> = (0..13).map(|i| 0.05 + 0.1 * f64::from(i)).collect();
    let ahead = products
        .iter()
        .map(|&p| measured(Nesterov::new(RHO), &[1.0], p, long(of_nesterov(p, RHO))))
        .collect::<Result<Vec<_>>>()?;
    let heavy = products
        .iter()
        .map(|&p| measured(Momentum::new(RHO), &[1.0], p, long(of_momentum(p, RHO))))
        .collect::<Result<Vec<_>>>()?;
    let off = products.iter().zip(&ahead).map(|(&p, m)| (m - of_nesterov(p, RHO)).abs()).fold(0.0, f64::max);
    findings.tables.push(
        Table::new(
            "modes",
            "Factor per step of one eigenvalue λ at ρ = .9, over the product of learning rate and \
             eigenvalue",
        )
        .float("lr_times_eigenvalue", products.clone())
        .float_within("momentum", heavy.clone(), 1e-5, 0.0)
        .float("momentum_theory", products.iter().map(|&p| of_momentum(p, RHO)).collect::<Vec<_>>())
        .float_within("nesterov", ahead.clone(), 1e-5, 0.0)
        .float("nesterov_theory", products.iter().map(|&p| of_nesterov(p, RHO)).collect::<Vec<_>>()),
    );
    let kappa: f64 = 100.0;
    let best = (kappa.sqrt() - 1.0) / (kappa.sqrt() + 1.0);
    let rate = measured(Nesterov::new(best), &[1.0 / kappa, 1.0], 1.0, 3_000)?;
    let (edge, edge_heavy) = (limit(Nesterov::new(RHO))?, limit(Momentum::new(RHO))?);
    let equals = |value, tolerance| Bound::Equals { value, tolerance };
    findings.claims.extend([
        Claim::exact(
            "nesterov-damping",
            "08",
            "With complex roots Nesterov momentum damps an eigenvalue by √(ρ(1 − lr·λ)) per step, steep \
             ones more; momentum damps all by √ρ (largest deviation)",
            SOURCE,
        )
        .said()
        .measured(off, Bound::AtMost(0.005)),
        Claim::exact(
            "nesterov-rate-quadratic",
            "08",
            "With lr 1/λmax and ρ = (√κ−1)/(√κ+1) the rate of Nesterov momentum on a quadratic is 1 − 1/√κ \
             (κ = 100)",
            "Nesterov 2004, section 2.2",
        )
        .reading(
            "the bound there is on f, for all strongly convex functions; we ask for \
                 equality of the distance on a quadratic",
        )
        .measured(rate, equals(1.0 - 1.0 / kappa.sqrt(), 1e-3)),
        Claim::exact(
            "nesterov-lr-limit",
            "08",
            "Nesterov momentum converges for learning rates below (2 + 2ρ)/(1 + 2ρ)/λmax (threshold at ρ = \
             .9 and λmax = 1)",
            SOURCE,
        )
        .ours()
        .measured(edge, equals((2.0 + 2.0 * RHO) / (1.0 + 2.0 * RHO), 1e-3)),
        Claim::exact(
            "momentum-lr-limit",
            "08",
            "Momentum converges for learning rates below 2(1 + ρ)/λmax, almost three times the limit of \
             Nesterov momentum (threshold at ρ = .9 and λmax = 1)",
            SOURCE,
        )
        .ours()
        .measured(edge_heavy, equals(2.0 * (1.0 + RHO), 1e-3)),
    ]);
    let fine: Vec<f64> = (0..=400).map(|i| 0.01 * f64::from(i)).collect();
    let curve = |of: fn(f64, f64) -> f64| fine.iter().map(|&p| of(p, RHO)).collect::<Vec<_>>();
    let panel = Panel::new(
        "",
        Axis::linear("learning rate × eigenvalue"),
        Axis::linear("rate: factor per step").range(0.0, 1.15),
    )
    .theory("theory", fine.clone(), curve(of_nesterov))
    .theory("", fine.clone(), curve(of_momentum))
    .with(Layer::Points {
        label: "momentum .9".into(),
        x: products.clone(),
        y: heavy,
        color: optimizer("momentum"),
    })
    .with(Layer::Points { label: "Nesterov .9".into(), x: products, y: ahead, color: optimizer("nesterov") })
    .with(Layer::HorizontalMark { label: "no progress".into(), y: 1.0 })
    .with(Layer::VerticalMark { label: "Nesterov's limit".into(), x: (2.0 + 2.0 * RHO) / (1.0 + 2.0 * RHO) })
    .with(Layer::VerticalMark { label: "momentum's limit".into(), x: 2.0 * (1.0 + RHO) });
    let caption = "Momentum damps all modes equally, by √ρ. Nesterov momentum damps steep modes more, at \
                   the price of a lower limit of the learning rate.";
    findings.figures.push(
        Figure::new("modes", "The damping of each eigenvalue, ρ = .9", caption).panel(panel).columns(1),
    );
    Ok(())
}
