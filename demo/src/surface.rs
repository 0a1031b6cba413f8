//! The surfaces of the race: the library's problems, laid in the plane.

use crate::classifier::Classifier;
use gradus::notebook::*;
use gradus::problems::{Plateau, Quadratic, Rastrigin, Rosenbrock, Saddle, TwoBasins};
use gradus::rng::Stream;

/// A function of two parameters with its derivatives.
pub type Plane = Box<dyn TwiceDifferentiable>;

/// The names of the surfaces, in the order of the lecture.
pub const NAMES: [&str; 7] =
    ["ravine", "rosenbrock", "saddle", "two-basins", "plateau", "rastrigin", "slice"];

/// The surface of that name. `kappa` (≥ 1) and `angle` (radians) are the ravine's, `weights` the slice's two
/// of the nine parameters (0 to 8, not the same).
pub fn by_name(
    name: &str,
    kappa: f64,
    angle: f64,
    weights: [usize; 2],
    classifier: &Classifier,
) -> Option<Plane> {
    Some(match name {
        "ravine" => Box::new(Ravine::new(kappa, angle)),
        "rosenbrock" => Box::new(Rosenbrock::new(2)),
        "saddle" => Box::new(Saddle),
        "two-basins" => Box::new(Trough { along: TwoBasins }),
        "plateau" => Box::new(Round { along: Plateau }),
        "rastrigin" => Box::new(Rastrigin::new(2)),
        "slice" => Box::new(Slice::new(classifier.objective(), classifier.params().clone(), weights)),
        _ => return None,
    })
}

/// The lowest value of that surface, where the library knows it.
pub fn lowest(name: &str) -> Option<f64> {
    let problem: &dyn Problem = match name {
        "ravine" => &Quadratic::new(&[1.0, 1.0]),
        "rosenbrock" => &Rosenbrock::new(2),
        "saddle" => &Saddle,
        "two-basins" => &TwoBasins,
        "plateau" => &Plateau,
        "rastrigin" => &Rastrigin::new(2),
        _ => return None,
    };
    problem.facts().minima.first().map(|&(_, value)| value)
}

/// The library's quadratic with eigenvalues 1/κ and 1, turned by an angle: ½(u²/κ + v²) in turned coordinates
/// u, v.
struct Ravine {
    quadratic: Quadratic,
    cos: f64,
    sin: f64,
}

impl Ravine {
    fn new(kappa: f64, angle: f64) -> Self {
        let (sin, cos) = angle.sin_cos();
        Ravine { quadratic: Quadratic::new(&[1.0 / kappa, 1.0]), cos, sin }
    }

    fn turned(&self, x: &ArrayRef1<f64>) -> Array1<f64> {
        array![self.cos * x[0] + self.sin * x[1], self.cos * x[1] - self.sin * x[0]]
    }
}

impl Objective for Ravine {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        let turned = self.turned(x);
        self.quadratic.value(&turned)
    }
}

impl Differentiable for Ravine {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let (turned, mut inner) = (self.turned(x), array![0.0, 0.0]);
        let value = self.quadratic.value_grad(&turned, &mut inner);
        grad[0] = self.cos * inner[0] - self.sin * inner[1];
        grad[1] = self.sin * inner[0] + self.cos * inner[1];
        value
    }
}

impl TwiceDifferentiable for Ravine {
    fn hessian(&mut self, _x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        let (l, (c, s)) = (self.quadratic.eigenvalues(), (self.cos, self.sin));
        hessian[[0, 0]] = l[0] * c * c + l[1] * s * s;
        hessian[[1, 1]] = l[0] * s * s + l[1] * c * c;
        hessian[[0, 1]] = (l[0] - l[1]) * c * s;
        hessian[[1, 0]] = hessian[[0, 1]];
    }
}

/// A problem on the line, with a bowl across: p(x) + ½y².
struct Trough<P> {
    along: P,
}

impl<P: Objective> Objective for Trough<P> {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.along.value(&array![x[0]]) + 0.5 * x[1] * x[1]
    }
}

impl<P: Differentiable> Differentiable for Trough<P> {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let mut slope = array![0.0];
        let value = self.along.value_grad(&array![x[0]], &mut slope);
        (grad[0], grad[1]) = (slope[0], x[1]);
        value + 0.5 * x[1] * x[1]
    }
}

impl<P: TwiceDifferentiable> TwiceDifferentiable for Trough<P> {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        let mut curvature = array![[0.0]];
        self.along.hessian(&array![x[0]], &mut curvature);
        hessian.fill(0.0);
        (hessian[[0, 0]], hessian[[1, 1]]) = (curvature[[0, 0]], 1.0);
    }
}

/// An even problem on the line, turned around the origin: p(r) with r² = x² + y².
struct Round<P> {
    along: P,
}

impl<P: Differentiable> Round<P> {
    /// r with p(r) and p′(r).
    fn radial(&mut self, x: &ArrayRef1<f64>) -> (f64, f64, f64) {
        let (r, mut slope) = (x[0].hypot(x[1]), array![0.0]);
        let value = self.along.value_grad(&array![r], &mut slope);
        (r, value, slope[0])
    }
}

impl<P: Differentiable> Objective for Round<P> {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.radial(x).1
    }
}

impl<P: Differentiable> Differentiable for Round<P> {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let (r, value, slope) = self.radial(x);
        // An even function is flat at the origin.
        let over_r = if r > 0.0 { slope / r } else { 0.0 };
        (grad[0], grad[1]) = (over_r * x[0], over_r * x[1]);
        value
    }
}

impl<P: TwiceDifferentiable> TwiceDifferentiable for Round<P> {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        let (r, _, slope) = self.radial(x);
        let mut curvature = array![[0.0]];
        self.along.hessian(&array![r], &mut curvature);
        let along = curvature[[0, 0]];
        // Along the ray p″, across it p′/r, which tends to p″ at the origin.
        let (across, u) = if r > 0.0 { (slope / r, [x[0] / r, x[1] / r]) } else { (along, [1.0, 0.0]) };
        for i in 0..2 {
            for j in 0..2 {
                hessian[[i, j]] = (along - across) * u[i] * u[j] + if i == j { across } else { 0.0 };
            }
        }
    }
}

/// A function of many parameters, seen over two of them while the others stay where they are.
struct Slice<T> {
    inner: T,
    point: Array1<f64>,
    grad: Array1<f64>,
    free: [usize; 2],
}

impl<T: Differentiable> Slice<T> {
    fn new(inner: T, point: Array1<f64>, free: [usize; 2]) -> Self {
        Slice { inner, grad: point.clone(), point, free }
    }

    fn place(&mut self, x: &ArrayRef1<f64>) {
        self.free.iter().zip(x).for_each(|(&i, &x)| self.point[i] = x);
    }
}

impl<T: Differentiable> Objective for Slice<T> {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.place(x);
        self.inner.value(&self.point)
    }
}

impl<T: Differentiable> Differentiable for Slice<T> {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        self.place(x);
        let value = self.inner.value_grad(&self.point, &mut self.grad);
        self.free.iter().zip(grad).for_each(|(&i, g)| *g = self.grad[i]);
        value
    }
}

impl<T: Differentiable> TwiceDifferentiable for Slice<T> {
    /// By central differences of the gradient, made symmetric: of all the losses this is what they have in
    /// common.
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        for j in 0..2 {
            let h = Difference::Central.best_step::<f64>() * x[j].abs().max(1.0);
            let mut slope = |h: f64| {
                let (mut moved, mut grad) = (x.to_owned(), array![0.0, 0.0]);
                moved[j] += h;
                self.value_grad(&moved, &mut grad);
                grad
            };
            let column = (slope(h) - slope(-h)) / (2.0 * h);
            (hessian[[0, j]], hessian[[1, j]]) = (column[0], column[1]);
        }
        let mean = 0.5 * (hessian[[0, 1]] + hessian[[1, 0]]);
        (hessian[[0, 1]], hessian[[1, 0]]) = (mean, mean);
    }
}

/// A surface of which only a noisy gradient is seen, as of a minibatch: each entry has a normal error of this
/// deviation. Values (and Hessians) are the true ones.
pub struct Noisy {
    inner: Plane,
    deviation: f64,
    stream: Stream,
}

impl Noisy {
    /// The same seed gives the same errors in the same order.
    pub fn new(inner: Plane, deviation: f64, seed: u64) -> Self {
        Noisy { inner, deviation, stream: rng::stream(seed, "demo noise", 0) }
    }
}

impl Objective for Noisy {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.inner.value(x)
    }
}

impl Differentiable for Noisy {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let value = self.inner.value_grad(x, grad);
        if self.deviation > 0.0 {
            let error = rng::normal::<f64>(&mut self.stream, 2, self.deviation);
            grad.iter_mut().zip(&error).for_each(|(g, e)| *g += e);
        }
        value
    }
}

impl TwiceDifferentiable for Noisy {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        self.inner.hessian(x, hessian);
    }
}

impl DynamicObjective for Noisy {
    fn as_hessian(&mut self) -> Option<&mut dyn TwiceDifferentiable> {
        Some(self)
    }
}

/// The best constant settings on the ravine with eigenvalues 1/κ and 1, and the factor by which the error
/// then shrinks a step: (algorithm, lr, momentum, rate).
///
/// Gradient descent and momentum: Polyak 1964. Nesterov's: Lessard, Recht & Packard 2016, table 1.
pub fn best_on_ravine(kappa: f64) -> [(&'static str, f64, f64, f64); 3] {
    let (root, wide) = (kappa.sqrt(), (3.0 * kappa + 1.0).sqrt());
    let polyak = (root - 1.0) / (root + 1.0);
    [
        ("sgd", 2.0 * kappa / (kappa + 1.0), 0.0, (kappa - 1.0) / (kappa + 1.0)),
        ("momentum", (2.0 * root / (root + 1.0)).powi(2), polyak * polyak, polyak),
        ("nesterov", 4.0 * kappa / (3.0 * kappa + 1.0), (wide - 2.0) / (wide + 2.0), 1.0 - 2.0 / wide),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        let classifier = Classifier::start();
        for name in NAMES {
            let mut surface = by_name(name, 20.0, 0.4, [0, 3], &classifier).unwrap();
            for x in [array![0.7, -0.3], array![-1.4, 1.1]] {
                let (mut analytic, mut numeric) = (array![0.0, 0.0], array![0.0, 0.0]);
                let value = surface.value_grad(&x, &mut analytic);
                assert!((value - surface.value(&x)).abs() < 1e-12 * value.abs().max(1.0), "{name}");
                FiniteDifference::new(&mut *surface).value_grad(&x, &mut numeric);
                assert!(
                    (&analytic - &numeric).iter().all(|e| e.abs() < 1e-5),
                    "{name}: {analytic} is not {numeric}"
                );
                let (mut hessian, h) = (Array2::zeros((2, 2)), 1e-5);
                surface.hessian(&x, &mut hessian);
                for j in 0..2 {
                    let (mut above, mut below, mut moved) = (array![0.0, 0.0], array![0.0, 0.0], x.clone());
                    moved[j] = x[j] + h;
                    surface.value_grad(&moved, &mut above);
                    moved[j] = x[j] - h;
                    surface.value_grad(&moved, &mut below);
                    let column = (above - below) / (2.0 * h);
                    let scale = column.iter().fold(1.0f64, |a, v| a.max(v.abs()));
                    assert!(
                        (&hessian.column(j) - &column).iter().all(|e| e.abs() < 1e-5 * scale),
                        "{name}: {hessian}, {column}"
                    );
                }
            }
        }
    }

    #[test]
    fn nothing_lies_below_the_lowest_value() {
        for name in NAMES {
            let mut surface = by_name(name, 20.0, 0.4, [0, 3], &Classifier::start()).unwrap();
            let Some(lowest) = lowest(name) else { continue };
            let grid = (-60..=60)
                .flat_map(|i| (-60..=60).map(move |j| array![f64::from(i) / 20.0, f64::from(j) / 20.0]));
            let seen = grid.map(|x| surface.value(&x)).fold(f64::INFINITY, f64::min);
            assert!(seen >= lowest && seen - lowest < 1e-2, "{name}: {seen} against {lowest}");
        }
    }

    #[test]
    fn the_origin_of_a_turned_problem_is_no_hole() {
        let mut plateau = by_name("plateau", 1.0, 0.0, [0, 1], &Classifier::start()).unwrap();
        let (mut grad, mut hessian) = (array![9.0, 9.0], Array2::zeros((2, 2)));
        assert_eq!(plateau.value_grad(&array![0.0, 0.0], &mut grad), 0.0);
        plateau.hessian(&array![0.0, 0.0], &mut hessian);
        assert_eq!((grad, hessian), (array![0.0, 0.0], array![[2.0, 0.0], [0.0, 2.0]]));
    }

    /// The rates promised are the rates run: spectral radii do not lie, but a misprint in a formula would.
    #[test]
    fn the_best_settings_reach_their_rates() {
        for kappa in [4.0f64, 20.0, 100.0] {
            for (name, lr, momentum, rate) in best_on_ravine(kappa) {
                let rule = AnyRule::by_name(name).unwrap().with_momentum(momentum);
                let run = |steps: usize| {
                    let start = array![1.0, 1.0];
                    let optimizer = FirstOrder::new(rule.clone(), lr).unwrap();
                    let found = minimize(Ravine::new(kappa, 0.3), &start, optimizer, Stop::iterations(steps))
                        .unwrap();
                    found.x.dot(&found.x).sqrt()
                };
                // Momentum's two modes coincide in a double root, whence a factor k before the power.
                let (early, late) = (100, 400);
                let measured = (run(late) / run(early) / if name == "sgd" { 1.0 } else { 4.0 })
                    .powf(1.0 / (late - early) as f64);
                let lost = (1.0 - measured) / (1.0 - rate);
                if rate.powi(late as i32) > 1e-12 {
                    assert!((0.9..1.1).contains(&lost), "{name} at κ = {kappa}: {measured}, not {rate}");
                }
            }
        }
    }
}
