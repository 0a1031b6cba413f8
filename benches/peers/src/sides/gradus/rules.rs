//! W5: one step of an update rule in f32.

use crate::protocol::Prepared;
use crate::timing::repeated;
use gradus::linalg::with_helper_thread;
use gradus::notebook::*;

/// Parameters, state and gradient of `n` numbers, and a step of the rule; conventions are torch's.
pub fn step(name: &str, n: usize) -> Prepared {
    let rule = AnyRule::following(Convention::Torch, name).map_err(|error| error.to_string())?;
    let mut state = State::<f32>::new(&rule, n);
    let grad: Vec<f32> = (0..n).map(|i| ((i % 17) as f32 - 8.0) * 0.1).collect();
    let mut x: Vec<f32> = (0..n).map(|i| (i % 13) as f32 * 0.01).collect();
    rule.step(&mut state, 1e-3, &grad, &mut x);
    // After the first step from this start; the peers must agree to rounding.
    let check = x.iter().map(|&v| f64::from(v)).sum::<f64>() / n as f64;
    let mut steps = move || with_helper_thread(|| repeated(|| rule.step(&mut state, 1e-6, &grad, &mut x)));
    Ok(Some(Box::new(move || Ok((steps(), check)))))
}
