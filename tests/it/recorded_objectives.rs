//! Each method of an objective through each of its wrappers, and the adapters that add derivatives.

use crate::recorded::Record;
use gradus::notebook::*;
use gradus::objective::{CrossFactors, Depth, Difference, FullObjective, KroneckerFactors, numeric_gradient};
use gradus::rng::Stream;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

/// An objective that notes what it is asked for, with other numbers for each method.
#[derive(Default)]
struct Probe(Rc<RefCell<Vec<String>>>);

impl Probe {
    fn note(&mut self, text: String) {
        self.0.borrow_mut().push(text);
    }
}

impl Objective for Probe {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.note(format!("value {x}"));
        3.25
    }

    fn param_layout(&self) -> Option<ParamLayout> {
        Some(ParamLayout::new([("W", (1, 1), true), ("b", (1, 1), false)]))
    }
}

impl Differentiable for Probe {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        self.note(format!("value_grad {x}"));
        grad.assign(&array![5.0, 7.0]);
        3.5
    }
}

impl TwiceDifferentiable for Probe {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        self.note(format!("hessian {x}"));
        hessian.assign(&array![[11.0, 12.0], [12.0, 13.0]]);
    }
}

impl HessVec for Probe {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        self.note(format!("hess_vec {x} {v}"));
        product.assign(&array![17.0, 19.0]);
    }
}

impl Residuals for Probe {
    fn residual_count(&self) -> usize {
        3
    }

    fn scale(&self) -> f64 {
        0.5
    }

    fn residuals(&mut self, x: &ArrayRef1<f64>, residuals: &mut ArrayRef1<f64>) {
        self.note(format!("residuals {x}"));
        residuals.assign(&array![23.0, 29.0, 31.0]);
    }

    fn jacobian(&mut self, x: &ArrayRef1<f64>, jacobian: &mut ArrayRef2<f64>) {
        self.note(format!("jacobian {x}"));
        jacobian.fill(37.0);
    }
}

impl BatchHessVec for Probe {
    fn batch_hess_vec(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        v: &ArrayRef1<f64>,
        product: &mut ArrayRef1<f64>,
    ) {
        self.note(format!("batch_hess_vec {x} {batch:?} {v}"));
        product.fill(41.0);
    }
}

impl FiniteSum for Probe {
    fn terms(&self) -> usize {
        43
    }

    fn batch_value_grad(&mut self, x: &ArrayRef1<f64>, batch: &[u32], grad: &mut ArrayRef1<f64>) -> f64 {
        self.note(format!("batch_value_grad {x} {batch:?}"));
        grad.fill(47.0);
        53.0
    }

    fn batch_value_grad_before(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        upcoming: &[u32],
        grad: &mut ArrayRef1<f64>,
    ) -> f64 {
        self.note(format!("batch_value_grad_before {x} {batch:?} {upcoming:?}"));
        grad.fill(59.0);
        61.0
    }

    fn as_batch_products(&mut self) -> Option<&mut dyn BatchHessVec> {
        Some(self)
    }
}

impl BlockCurvature for Probe {
    fn curvature_blocks(&self) -> Vec<Vec<Range<usize>>> {
        vec![vec![0..1, 1..2]]
    }

    fn write_curvature_blocks(&mut self, x: &ArrayRef1<f64>, batch: &[u32], blocks: &mut [Array2<f64>]) {
        self.note(format!("write_curvature_blocks {x} {batch:?} {}", blocks.len()));
        blocks[0].fill(67.0);
    }
}

impl KroneckerFactored for Probe {
    fn kronecker_blocks(&self) -> Vec<KroneckerBlock> {
        vec![KroneckerBlock { weights: 0..1, bias: 1..2, inputs: 1, outputs: 1 }]
    }

    fn write_factors_and_cross(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        stream: Option<&mut Stream>,
        factors: &mut [KroneckerFactors],
        cross: &mut [CrossFactors],
    ) {
        self.note(format!("write_factors {x} {batch:?} {} {}", stream.is_some(), factors.len()));
        factors[0].g.fill(71.0);
        for of_pair in cross {
            self.note("with cross factors".into());
            of_pair.a.fill(73.0);
        }
    }

    fn fisher_forms(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        u: &ArrayRef1<f64>,
        v: &ArrayRef1<f64>,
    ) -> [f64; 3] {
        self.note(format!("fisher_forms {x} {batch:?} {u} {v}"));
        [73.0, 79.0, 83.0]
    }

    fn regularization_curvature(&self) -> f64 {
        89.0
    }
}

impl DynamicObjective for Probe {
    fn as_products(&mut self) -> Option<&mut dyn HessVec> {
        Some(self)
    }

    fn as_hessian(&mut self) -> Option<&mut dyn TwiceDifferentiable> {
        Some(self)
    }

    fn as_residuals(&mut self) -> Option<&mut dyn Residuals> {
        Some(self)
    }

    fn as_sum(&mut self) -> Option<&mut dyn FiniteSum> {
        Some(self)
    }

    fn as_blocks(&mut self) -> Option<&mut dyn BlockCurvature> {
        Some(self)
    }

    fn as_layers(&mut self) -> Option<&mut dyn KroneckerFactored> {
        Some(self)
    }
}

/// Calls every method but those of layers once. Returns the results.
fn most_methods(f: &mut (impl TwiceDifferentiable + HessVec + Residuals + BlockCurvature)) -> Vec<String> {
    let (x, v) = (array![1.5, -2.0], array![0.25, 4.0]);
    let (mut pair, mut three, mut square) = (array![0.0, 0.0], array![0.0, 0.0, 0.0], Array2::zeros((2, 2)));
    let mut seen = vec![format!("{} {:?}", f.dim(), f.param_layout().map(|layout| layout.name_of(1)))];
    seen.push(f.value(&x).to_string());
    seen.push(f.value_grad(&x, &mut pair).to_string());
    f.hessian(&x, &mut square);
    seen.push(format!("{pair} {square}"));
    f.hess_vec(&x, &v, &mut pair);
    f.residuals(&x, &mut three);
    let mut jacobian = Array2::zeros((3, 2));
    f.jacobian(&x, &mut jacobian);
    seen.push(format!("{pair} {three} {jacobian} {} {}", f.residual_count(), f.scale()));
    seen.push(f.batch_value_grad(&x, &[4, 2], &mut pair).to_string());
    seen.push(format!("{pair} {}", f.terms()));
    seen.push(f.batch_value_grad_before(&x, &[4, 2], &[6, 1, 0], &mut pair).to_string());
    seen.push(format!("{pair}"));
    if let Some(products) = f.as_batch_products() {
        products.batch_hess_vec(&x, &[3], &v, &mut pair);
        seen.push(format!("{pair}"));
    }
    let mut blocks = [Array2::zeros((2, 2))];
    f.write_curvature_blocks(&x, &[5], &mut blocks);
    seen.push(format!("{} {:?}", blocks[0], f.curvature_blocks()));
    seen
}

/// Calls every method once. Returns the results.
fn every_method(f: &mut impl FullObjective) -> Vec<String> {
    let (x, v, mut seen) = (array![1.5, -2.0], array![0.25, 4.0], most_methods(f));
    let layers = f.kronecker_blocks();
    let mut factors = [KroneckerFactors::zeros(&layers[0])];
    f.write_factors(&x, &[8], None, &mut factors);
    f.write_factors(&x, &[9], Some(&mut rng::stream(0, "a", 0)), &mut factors);
    seen.push(format!("{factors:?} {layers:?} {}", f.regularization_curvature()));
    let mut cross = CrossFactors::zeros(&[layers[0].clone(), layers[0].clone()]);
    f.write_factors_and_cross(&x, &[6], None, &mut factors, &mut cross);
    seen.push(format!("{cross:?}"));
    seen.push(format!("{:?}", f.fisher_forms(&x, &[7], &v, &x)));
    seen
}

#[test]
fn every_method_through_every_wrapper() {
    let mut out = Record::open("objective_wrappers");
    let noted = Rc::new(RefCell::new(Vec::new()));
    let probe = || Probe(noted.clone());
    let mut note = |key: &str, results: Vec<String>| {
        out.exact(format!("{key}: results"), results.join("; "));
        out.exact(format!("{key}: calls"), noted.take().join("; "));
    };
    note("itself", every_method(&mut probe()));
    note("reference", most_methods(&mut &mut probe()));
    note("box", most_methods(&mut Box::new(probe())));
    let mut counted = Counted::new(probe());
    note("counted", every_method(&mut counted));
    let counts = format!("{:?}", counted.evaluations());
    counted.set_evaluations(Evaluations { value: 5, grad: 6, hess: 7 });
    note("counts", vec![counts, format!("{:?}", counted.evaluations())]);
    let mut any = AnyObjective::new(probe());
    note("any", every_method(&mut any));
    note("any: offers", vec![format!("{:?}", any.capabilities())]);
    for name in ["rosenbrock", "saddle"] {
        let (mut problem, boxed) = (problems::by_name(name).unwrap(), problems::by_name(name).unwrap());
        let any = AnyObjective::new(&mut *problem);
        let offered = [any.capabilities(), AnyObjective::new(boxed).capabilities()].map(|c| format!("{c:?}"));
        note(&format!("{name}: offers"), offered.to_vec());
        let constants = (any.terms(), any.residual_count(), any.scale(), any.regularization_curvature());
        let blocks = (any.curvature_blocks(), any.kronecker_blocks());
        note(&format!("{name}: constants"), vec![format!("{constants:?} {blocks:?}")]);
    }
    note("nothing", vec![format!("{:?}", AnyObjective::new(Nothing).capabilities())]);
    out.finish();
}

/// A function that offers no more than its gradient.
struct Nothing;

impl Objective for Nothing {
    fn dim(&self) -> usize {
        1
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        x[0]
    }
}

impl Differentiable for Nothing {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.fill(1.0);
        x[0]
    }
}

impl DynamicObjective for Nothing {}

/// A function of three variables of different sizes.
fn f(x: &ArrayRef1<f64>) -> f64 {
    x[0].powi(3) * x[1] + x[1] * x[2] / 64.0 - x[2] * x[2] / 1024.0
}

fn gradient(x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
    grad[0] = 3.0 * x[0] * x[0] * x[1];
    grad[1] = x[0].powi(3) + x[2] / 64.0;
    grad[2] = x[1] / 64.0 - x[2] / 512.0;
    f(x)
}

/// Derivatives by differences with steps so long that their errors show.
#[test]
fn adapters_that_add_derivatives() {
    let mut out = Record::open("objective_adapters");
    let points = [array![1.0, -2.0, 64.0], array![0.0, 0.0, 0.0], array![-3.0, 0.5, -0.25]];
    for difference in [Difference::Forward, Difference::Central, Difference::Richardson] {
        let known = (
            difference.to_string(),
            difference.order(),
            difference.evaluations(0),
            difference.evaluations(3),
        );
        out.exact(format!("{difference}"), format!("{known:?}"));
        out.numbers(format!("{difference}: step"), &[difference.best_step::<f64>()]);
        out.within(1e-6).numbers(
            format!("{difference}: step in single precision"),
            &[difference.best_step::<f32>().into()],
        );
        out.within(1e-9);
        for (number, x) in points.iter().enumerate() {
            let h = 0.25;
            let by_hand = numeric_gradient(&mut Function::new(3, f), x, difference, h);
            out.numbers(format!("{difference}, point {number}: gradient"), by_hand.as_slice().unwrap());
            let mut counted = Counted::new(Function::new(3, f));
            let mut adapter = FiniteDifference::with(&mut counted, difference, h);
            let mut grad = Array1::zeros(3);
            let value = adapter.value_grad(x, &mut grad);
            out.numbers(format!("{difference}, point {number}: adapter"), grad.as_slice().unwrap());
            out.numbers(
                format!("{difference}, point {number}: value"),
                &[value, adapter.value(x), adapter.dim() as f64],
            );
            out.exact(
                format!("{difference}, point {number}: counts"),
                format!("{:?}", counted.evaluations()),
            );
            let quotient = difference.quotient(x[0], 0.5, x[0].powi(4), |x: f64| x.powi(4));
            out.numbers(format!("{difference}, point {number}: quotient"), &[quotient]);
        }
    }
    for (number, x) in points.iter().enumerate() {
        let mut by_default = FiniteDifference::new(Function::new(3, f));
        let (mut grad, mut square) = (Array1::zeros(3), Array2::zeros((3, 3)));
        by_default.value_grad(x, &mut grad);
        out.within(1e-6).numbers(format!("default, point {number}"), grad.as_slice().unwrap());
        out.within(1e-9);
        for h in [None, Some(0.125)] {
            let inner = Counted::new(FunctionWithGradient::new(3, gradient));
            let mut adapter = match h {
                None => GradientDifference::new(inner),
                Some(h) => GradientDifference::with_step(inner, h),
            };
            let key = format!("gradient differences by {h:?}, point {number}");
            let tolerance = if h.is_none() { 1e-7 } else { 1e-9 };
            out.within(tolerance);
            for v in [array![1.0, 0.0, 0.0], array![30.0, -40.0, 120.0], array![0.0, 0.0, 0.0]] {
                adapter.hess_vec(x, &v, &mut grad);
                out.numbers(format!("{key}: product with {v}"), grad.as_slice().unwrap());
            }
            adapter.hessian(x, &mut square);
            out.numbers(format!("{key}: Hessian"), square.as_slice().unwrap());
            let value = adapter.value_grad(x, &mut grad);
            out.numbers(
                format!("{key}: itself"),
                &[value, adapter.value(x), adapter.dim() as f64, grad[0], grad[2]],
            );
            out.within(1e-9);
        }
        let mut by_hessian = ThroughHessian::new(Probe::default());
        let mut pair = array![0.0, 0.0];
        by_hessian.hess_vec(&array![1.0, number as f64], &array![2.0, -1.0], &mut pair);
        let mut square = Array2::zeros((2, 2));
        by_hessian.hessian(&array![1.0, 2.0], &mut square);
        let value = by_hessian.value_grad(&array![1.0, 2.0], &mut grad.slice_mut(s![..2]));
        let numbers = (by_hessian.value(&array![0.0, 1.0]), value, by_hessian.dim(), pair, square);
        out.exact(format!("through the Hessian {number}"), format!("{numbers:?} {grad}"));
        let names = [
            by_hessian.param_layout().is_some(),
            FiniteDifference::new(Probe::default()).param_layout().is_some(),
            GradientDifference::new(Probe::default()).param_layout().is_some(),
            by_default.param_layout().is_some(),
        ];
        out.exact(format!("layouts {number}"), format!("{names:?}"));
        let mut complex =
            ComplexStep::new(3, |z| z[0].powi(3) * z[1] + z[1] * z[2] / 64.0 - z[2] * z[2] / 1024.0);
        let mut grad = Array1::zeros(3);
        let value = complex.value_grad(x, &mut grad);
        out.numbers(format!("complex step {number}"), grad.as_slice().unwrap());
        out.numbers(
            format!("complex step {number}: value"),
            &[value, complex.value(x), complex.dim() as f64],
        );
        out.exact(format!("complex step {number}: repeated"), complex.value_grad(x, &mut grad) == value);
    }
    let mut closure = FunctionWithGradient::new(3, gradient);
    out.numbers(
        "closure",
        &[closure.value(&points[0]), closure.dim() as f64, Function::new(4, f).dim() as f64],
    );
    out.finish();
}

/// A layout's parts: name, shape, and whether it is a matrix of weights.
type Parts = Vec<(&'static str, (usize, usize), bool)>;

#[test]
fn layouts() {
    let mut out = Record::open("objective_layouts");
    let layouts: [(&str, Parts); 6] = [
        ("linear", vec![("W", (3, 2), true), ("b", (1, 3), false)]),
        (
            "two layers",
            vec![("W1", (2, 4), true), ("b1", (1, 2), false), ("W2", (3, 2), true), ("b2", (1, 3), false)],
        ),
        ("three layers", vec![("A", (1, 2), true), ("B", (2, 1), true), ("C", (1, 1), true)]),
        ("biases", vec![("a", (1, 2), false), ("b", (1, 0), false), ("c", (1, 1), false)]),
        ("empty", vec![]),
        ("of no size", vec![("W", (0, 3), true)]),
    ];
    for (name, parts) in layouts {
        let layout = ParamLayout::new(parts.clone());
        out.exact(format!("{name}: parts"), format!("{:?}", layout.parts()));
        let names: Vec<String> = (0..layout.len() + 2).map(|i| layout.name_of(i)).collect();
        out.exact(
            format!("{name}: names"),
            format!("{} {} {}", layout.len(), layout.is_empty(), names.join(" ")),
        );
        let params = Array1::from_iter((0..layout.len()).map(|i| i as f64));
        for (part, ..) in parts {
            out.exact(format!("{name}: {part}"), layout.view(&params, part));
        }
    }
    for dim in [0, 1, 7] {
        let layout = ParamLayout::whole(dim);
        let shown = (layout.parts(), layout.len(), layout.is_empty(), layout.name_of(0), layout.name_of(6));
        out.exact(format!("whole {dim}"), format!("{shown:?}"));
    }
    let depths = [Depth::First, Depth::Between, Depth::Last, Depth::Only];
    out.exact("depths", format!("{depths:?}"));
    let block = KroneckerBlock { weights: 0..6, bias: 6..8, inputs: 3, outputs: 2 };
    let zeros = KroneckerFactors::zeros(&block);
    out.exact(
        "factors",
        format!("{:?} {:?} {}", zeros.a.dim(), zeros.g.dim(), zeros.a.sum() + zeros.g.sum()),
    );
    out.finish();
}
