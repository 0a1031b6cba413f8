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
