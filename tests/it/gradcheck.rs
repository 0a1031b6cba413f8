//! The gradient check on the library's own losses, models and problems, and on gradients that are wrong on
//! purpose.

use gradus::gradcheck::Band;
use gradus::notebook::*;

/// Hidden layers, and every loss of the library.
const MODELS: [&str; 4] = ["linear", "mlp:6", "mlp:5,4", "mlp:6,tanh"];

/// A risk whose model and loss are known by name only.
type Risk = EmpiricalRisk<f64, Box<dyn Model>, Box<dyn Loss>>;

/// A risk over a few of the digits, at random parameters.
fn risk(model: &str, loss: &str, regularizer: Regularizer) -> (Risk, Array1<f64>) {
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    let classifier = Classifier::new(digits, ModelKind::parse(model).unwrap(), regularizer).first(20);
    let risk = classifier.risk(loss::by_name(loss).unwrap()).unwrap();
    let x = classifier.initial(5) + rng::normal::<f64>(&mut rng::stream(5, "point", 0), risk.dim(), 0.1);
    (risk, x)
}

/// A gradient of which one entry is spoilt.
struct OneEntryWrong<T> {
    inner: T,
    index: usize,
    by: f64,
}

impl<T: Objective> Objective for OneEntryWrong<T> {
    fn dim(&self) -> usize {
        self.inner.dim()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.inner.value(x)
    }
}

impl<T: Differentiable> Differentiable for OneEntryWrong<T> {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let value = self.inner.value_grad(x, grad);
        grad[self.index] += self.by;
        value
    }
}

/// The course's web demo has λ/2·W as the gradient of λ·ΣW², where 2λ·W is right.
struct HalfLambda<T> {
    inner: T,
    layout: ParamLayout,
    lambda: f64,
}

impl<T: Objective> Objective for HalfLambda<T> {
    fn dim(&self) -> usize {
        self.inner.dim()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.inner.value(x)
    }
}

impl<T: Differentiable> Differentiable for HalfLambda<T> {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let value = self.inner.value_grad(x, grad);
        for part in self.layout.parts().iter().filter(|part| part.regularized) {
            part.range.clone().for_each(|i| grad[i] -= 1.5 * self.lambda * x[i]);
        }
        value
    }
}

#[test]
fn every_loss_of_every_model_has_the_right_gradient() {
    for model in MODELS {
        for loss in loss::NAMES {
            let (mut risk, x) = risk(model, loss, Regularizer { l2: 0.01, l1: 0.003 });
            let layout = risk.layout().clone();
            let report = check_gradient(&mut risk, &x).unwrap().named(|i| layout.name_of(i));
            assert!(
                report.passes() && report.count("agrees") == report.entries.len(),
                "{model}, {loss}: {report}"
            );
            assert!(report.in_band(Band::Good) > report.entries.len() / 2, "{model}, {loss}: {report}");
        }
    }
}

#[test]
fn every_loss_of_every_model_has_the_right_hessian_vector_product() {
    for model in MODELS {
        for loss in loss::NAMES {
            let (mut risk, x) = risk(model, loss, Regularizer { l2: 0.01, l1: 0.003 });
            let report = check_hess_vec(&mut risk, &x, 1).unwrap();
            assert!(report.passes() && report.entries.len() == x.len(), "{model}, {loss}: {report}");
        }
    }
}

#[test]
fn every_problem_has_right_first_and_second_derivatives() {
    for mut problem in problems::examples() {
        let facts = problem.facts();
        for replicate in 0..3 {
            let x = rng::about(&mut rng::stream(2, "point", replicate), &facts.start, 0.1, 0.01);
            let (first, second) = (
                check_gradient(&mut problem, &x).unwrap(),
                check_second_derivatives(&mut problem, &x).unwrap(),
            );
            assert!(first.passes() && second.passes(), "{}: {first}\n{second}", facts.name);
        }
    }
}

#[test]
fn one_wrong_entry_is_named_through_the_layout() {
    for loss in ["softmax", "svm"] {
        let (inner, x) = risk("linear", loss, Regularizer::default());
        let layout = inner.layout().clone();
        let index = 2 * 64 + 1; // W[2, 1]
        let report = check_gradient(&mut OneEntryWrong { inner, index, by: 1e-3 }, &x)
            .unwrap()
            .named(|i| layout.name_of(i));
        assert_eq!((report.failing(), report.name(report.worst(1)[0])), (1, "W[2, 1]".into()), "{report}");
        assert!(report.require().unwrap_err().to_string().contains("W[2, 1]"));
    }
}

#[test]
fn the_web_demos_gradient_of_the_penalty_is_caught() {
    let lambda = 0.1;
    let (inner, x) = risk("linear", "svm", Regularizer::l2(lambda));
    let layout = inner.layout().clone();
    let mut wrong = HalfLambda { inner, layout: layout.clone(), lambda };
    let report = check_gradient(&mut wrong, &x).unwrap().named(|i| layout.name_of(i));
    assert!(!report.passes() && report.failing() > 600, "{report}");
    // The biases are not penalized, so theirs are right.
    assert!(
        report
            .entries
            .iter()
            .filter(|entry| entry.finding.fails())
            .all(|entry| report.name(entry).starts_with('W'))
    );
    let sparse = check_gradient_sparse(&mut wrong, &x, 10, 1e-5, 0).unwrap();
    assert!(!sparse.passes(), "{sparse}");
}

/// With a wide difference the hinges of the SVM and the corners of ReLU lie between its points: those entries
/// are told as kinks or as too coarse, none as wrong; and a wrong entry among them is still wrong.
#[test]
fn kinks_of_the_library_are_no_errors_and_hide_none() {
    for (model, loss) in [
        ("linear", "svm"),
        ("mlp:6", "softmax"),
        ("mlp:6", "svm"),
        ("linear", "one-vs-all"),
        ("linear", "structured"),
    ] {
        let (inner, x) = risk(model, loss, Regularizer { l2: 0.01, l1: 0.003 });
        let mut wrong = OneEntryWrong { inner, index: 7, by: 0.02 };
        let report = GradCheck::default().h(1e-2).gradient(&mut wrong, &x).unwrap();
        let failing: Vec<usize> =
            report.entries.iter().filter(|entry| entry.finding.fails()).map(|entry| entry.index).collect();
        assert_eq!(failing, [7], "{model}, {loss}: {report}");
        assert!(report.count("kink") > 0, "{model}, {loss}: {report}");
    }
}

/// All weights of an L1 penalty at 0 stand on its kink; 0, which the library takes there, is a subgradient.
#[test]
fn weights_at_zero_are_on_the_kink_of_the_l1_penalty() {
    let (mut risk, x) = risk("linear", "softmax", Regularizer::l1(0.5));
    let report = check_gradient(&mut risk, &(x * 0.0)).unwrap();
    assert!(report.passes(), "{report}");
}

#[test]
fn a_complex_step_agrees_to_rounding() {
    let polynomial = |z: &ArrayRef1<Complex64>| (z[0] * z[1] + z[1].powi(3)).exp() / (z[0] * z[0] + 1.0);
    let mut exact = ComplexStep::new(2, polynomial);
    let report = GradCheck::default()
        .h(1e-3)
        .difference(Difference::Richardson)
        .gradient(&mut exact, &array![0.3, -0.7])
        .unwrap();
    assert!(report.passes() && report.largest_relative_error() < 1e-9, "{report}");
}

/// |x₀ − kink| + x₁², with a given slope in place of ∓1.
fn beside(kink: f64, slope: f64) -> FunctionWithGradient<'static> {
    FunctionWithGradient::new(2, move |x, grad| {
        grad.assign(&array![slope, 2.0 * x[1]]);
        (x[0] - kink).abs() + x[1] * x[1]
    })
}

/// At steps as short as 1e-13 the slope is rounding, and every step that rounding spares crosses the kink.
#[test]
fn beside_a_kink_that_rounding_hides_nobody_can_tell_and_a_wrong_slope_is_wrong() {
    let far = array![1000.0, 0.0];
    // Rounding of a large value with a kink within h, and of a large x beside a value near 0.
    for (x, off) in [(array![0.0, 1.0], 5e-14), (far, 1e-9), (array![-30.0, 0.0], 3e-11)] {
        for side in [-1.0, 1.0] {
            let finding = |slope: f64, h: f64| {
                let mut f = beside(x[0] + side * off, slope);
                GradCheck::default().h(h).gradient(&mut f, &x).unwrap().entries[0].finding
            };
            for h in [1e-13, 2e-13, 5e-13] {
                assert_ne!(finding(-side, h), Finding::Wrong, "{x}, {side}, h {h}");
                for wrong in [1.3, -1.3, 40.0, -1e6] {
                    assert_eq!(finding(wrong, h), Finding::Wrong, "{x}, {side}, h {h}, slope {wrong}");
                }
            }
            if off < 1e-13 {
                assert!(matches!(finding(-side, 1e-13), Finding::Unclear { .. }));
            }
        }
    }
}

/// A hinge beside its kink: its value is near 0, the score in it is not.
#[test]
fn beside_the_kink_of_a_hinge_a_step_of_rounding_is_no_proof() {
    let x = array![0.7, -1.3, 2.9];
    let score = x.dot(&array![1.1, -0.4, 0.3]);
    let hinge = |spoilt: f64| {
        FunctionWithGradient::new(3, move |x, grad| {
            grad.assign(&array![-1.1, 0.4, -0.3 + spoilt]);
            (score + 1e-9 - x.dot(&array![1.1, -0.4, 0.3])).max(0.0)
        })
    };
    for h in [1e-14, 1e-13, 1e-12] {
        let check = GradCheck::default().h(h);
        let right = check.gradient(&mut hinge(0.0), &x).unwrap();
        assert!(right.entries.iter().all(|entry| entry.finding != Finding::Wrong), "{right}");
        let wrong = check.gradient(&mut hinge(-2.0), &x).unwrap();
        assert_eq!(wrong.entries[2].finding, Finding::Wrong, "{h}: {wrong}");
    }
}

/// Weights of 1e-9 under an L1 penalty: each has its kink nearer than any step that rounding spares.
#[test]
fn weights_beside_the_kink_of_their_penalty_are_not_wrong_at_steps_of_rounding() {
    let (mut risk, x) = risk("linear", "structured", Regularizer { l2: 0.0, l1: 0.1 });
    let x = 1e-9 * x;
    for h in [1e-12, 1e-13, 3e-14] {
        let report = GradCheck::default().h(h).gradient(&mut risk, &x).unwrap();
        assert_eq!(report.count("wrong"), 0, "{report}");
        for (index, by) in [(70, 1.0), (300, -1.0)] {
            let mut spoilt = OneEntryWrong { inner: &mut risk, index, by };
            let report = GradCheck::default().h(h).gradient(&mut spoilt, &x).unwrap();
            assert_eq!(report.entries[index].finding, Finding::Wrong, "h {h}: {report}");
        }
    }
}
