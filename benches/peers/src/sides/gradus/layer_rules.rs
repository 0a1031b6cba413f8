//! W15: a step of the rules that came after the lecture, on the parameters of 784–1000–500–10 in f32.

use super::training::mean_distance;
use crate::data::{self, GRADIENTS, WIDE};
use crate::protocol::Prepared;
use crate::timing::{repeated, timed};
use gradus::linalg::with_helper_thread;
use gradus::notebook::*;
use gradus::optimizer::catalogue::Catalogue;
use std::path::Path;

/// Steps from one root, basis or estimate of the curvature to the next.
const INTERVAL: usize = 10;
/// Steps before anything is timed: beyond the first root, and the next step takes another.
const CHECKED: usize = 19;

/// Returns the rule with the defaults of the library beside which it is timed, and its learning rate.
fn rule(name: &str) -> Result<(AnyRule, f32)> {
    let catalogue = Catalogue::built_in();
    let rule = catalogue.get(name)?.make_rule(Convention::Torch);
    let mut rule = rule.ok_or_else(|| Error::unknown("update rule", name, &AnyRule::names()))?;
    if name == "shampoo" {
        rule.set("root-interval", INTERVAL as f64)?;
        rule.set("start", INTERVAL as f64)?;
    }
    let lr = match name {
        "muon" => 0.02,
        "prodigy" => 1.0,
        _ => 1e-3,
    };
    Ok((rule, lr))
}

/// A rule on its way: each step takes the next of the given gradients.
struct Run {
    rule: AnyRule,
    lr: f32,
    state: State<f32>,
    x: Vec<f32>,
    gradients: Vec<Vec<f32>>,
    /// The point where a schedule-free rule would ask for its gradient.
    point: Vec<f32>,
    /// For a rule that needs products with the Hessian: the direction, and the given product with it.
    /// Together they estimate the diagonal as the absolute values of the first gradient.
    product: Option<[Vec<f32>; 2]>,
    done: usize,
}

impl Run {
    fn new(folder: &Path, name: &str) -> Result<Self, String> {
        let (rule, lr) = rule(name).map_err(|error| error.to_string())?;
        let layout = data::built(WIDE)?.layout();
        let x = data::numbers(&folder.join(data::start_of(WIDE)))?;
        let given = data::numbers(&folder.join("gradients.f32"))?;
        let gradients: Vec<Vec<f32>> = given.chunks_exact(x.len()).map(<[f32]>::to_vec).collect();
        if gradients.len() != GRADIENTS {
            return Err(format!("there are {} gradients instead of {GRADIENTS}", gradients.len()));
        }
        let estimate = || gradients[0].iter().map(|g| g.abs()).collect();
        let product = rule.needs_products().then(|| [vec![1.0; x.len()], estimate()]);
        let (state, point) = (State::laid_out(&rule, &layout), vec![0.0; x.len()]);
        Ok(Run { rule, lr, state, x, gradients, point, product, done: 0 })
    }

    fn steps(&mut self, count: usize) {
        for _ in 0..count {
            let asked = self.product.is_some() && self.done.is_multiple_of(INTERVAL);
            let grad = &self.gradients[self.done % GRADIENTS];
            self.rule.step(&mut self.state, self.lr, grad, &mut self.x);
            if let Some([direction, product]) = self.product.as_ref().filter(|_| asked) {
                self.rule.learn_curvature(&mut self.state, direction, product);
            }
            self.rule.probe(&self.state, self.lr, &self.x, &mut self.point);
            self.done += 1;
        }
    }
}

/// A step in the mean of an interval: with its root, or of those after it. The check is how far the
/// parameters are from their start, in the mean, before anything is timed.
pub fn step(folder: &Path, name: &str, between_roots: bool) -> Prepared {
    let mut run = Run::new(folder, name)?;
    let start = run.x.clone();
    with_helper_thread(|| run.steps(CHECKED));
    if let Some((value, bound)) = run.state.not_positive {
        return Err(format!("a matrix has the eigenvalue {value:e}, below {bound:e}"));
    }
    let check = mean_distance(&start, &run.x);
    Ok(Some(Box::new(move || {
        let seconds = with_helper_thread(|| {
            if !between_roots {
                return repeated(|| run.steps(INTERVAL)) / INTERVAL as f64;
            }
            run.steps(1);
            timed(|| run.steps(INTERVAL - 1)).0 / (INTERVAL - 1) as f64
        });
        Ok((seconds, check))
    })))
}
