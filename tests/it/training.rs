//! What training counts, and the ends of trainings at many learning rates, by their definitions.

use gradus::notebook::*;
use gradus::optimizer::catalogue::Needs;
use gradus::train::ByOptimizer;

fn digits(model: ModelKind, count: usize) -> Classifier<f64> {
    let prepared = Preprocessing::default().prepare::<f64>(&data::digits());
    Classifier::new(prepared, model, Regularizer::l2(1e-3)).first(count)
}

fn small_net() -> ModelKind {
    ModelKind::Mlp { hidden: vec![8], activation: Activation::default() }
}

#[test]
fn rates_are_evenly_spaced_logarithms_and_each_accuracy_is_that_of_its_training() {
    let classifier = digits(ModelKind::Linear, 100);
    let settings = Training { epochs: 2, batch: Batch::Size(20), ..Training::default() };
    let sweep = classifier.over_rates(Softmax, Momentum::new(0.9), &settings, 8).unwrap();
    for (rate, expected) in sweep.rates.iter().zip([1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0]) {
        assert!((rate / expected - 1.0).abs() < 1e-12, "{rate}");
    }
    for (&lr, &accuracy) in sweep.rates.iter().zip(&sweep.accuracies) {
        let fit = classifier.fit(Softmax, Momentum::new(0.9), &Training { lr, ..settings }).unwrap();
        let expected =
            if fit.finite() { fit.curve.test_accuracy[fit.curve.test_accuracy.len() - 1] } else { 0.0 };
        assert_eq!(accuracy, expected, "{lr}");
    }
    assert_eq!(classifier.over_rates(Softmax, Sgd, &settings, 1).unwrap().rates, [1e-5]);
}

#[test]
fn a_rate_is_good_if_it_is_within_the_margin() {
    let accuracies = vec![0.25, 0.75, 0.5, 0.0];
    let sweep = RateSweep { rates: vec![1.0; 4], accuracies };
    assert_eq!((sweep.best(), sweep.good(0.0), sweep.good(0.25), sweep.good(0.5)), (0.75, 1, 2, 3));
}

#[test]
fn a_run_on_the_whole_risk_counts_its_gradients() {
    let classifier = digits(ModelKind::Linear, 100);
    let settings = ByOptimizer { stop: Stop::iterations(5), seed: 3, batch: None };
    let rule = FirstOrder::new(Sgd, 0.125).unwrap();
    let fit = classifier.fit_by(classifier.risk(Softmax).unwrap(), rule, Softmax, &settings).unwrap();
    // One gradient at the start and one after each step.
    assert_eq!((fit.trained.steps, fit.trained.example_grads, fit.trained.epochs), (5, 600, 6.0));
    assert_eq!(fit.curve.steps, [0, 1, 2, 3, 4, 5]);
    assert_eq!(fit.curve.epoch, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!(fit.curve.example_grads, [100, 200, 300, 400, 500, 600]);
    assert_eq!(fit.curve.lr[5], 0.125);
    let mut risk = classifier.risk(Softmax).unwrap();
    let start = classifier.initial(3);
    let near = |loss: f64, expected: f64| assert!((loss - expected).abs() < 1e-12, "{loss} {expected}");
    near(fit.curve.train_loss[0], risk.value(&start));
    near(fit.curve.train_loss[5], risk.value(&fit.trained.params));
    assert_eq!(fit.curve.test_accuracy[5], classifier.test_accuracy(&fit.trained.params));
}

#[test]
fn epochs_of_batches_are_rounded_up() {
    let settings = ByOptimizer::batches(30, 4, 100, 7).unwrap();
    assert_eq!((settings.stop, settings.seed, settings.batch), (Stop::iterations(16), 7, Some(30)));
    assert_eq!(ByOptimizer::batches(50, 3, 100, 0).unwrap().stop.max_iter, 6);
    assert!(ByOptimizer::batches(0, 1, 100, 0).is_err() && ByOptimizer::batches(101, 1, 100, 0).is_err());
}

#[cfg(feature = "lapack")]
#[test]
fn a_run_on_batches_has_a_point_for_each_epoch() {
    let classifier = digits(small_net(), 100);
    let settings = ByOptimizer::batches(30, 2, 100, 1).unwrap();
    let risk = classifier.network_risk().unwrap();
    let kfac = Kfac::minibatch(30, 1).unwrap();
    let fit = classifier.fit_by(risk, kfac, Softmax, &settings).unwrap();
    assert_eq!((fit.trained.steps, fit.trained.epochs), (8, 2.0));
    assert_eq!((&fit.curve.steps[..], &fit.curve.epoch[..]), (&[0, 4, 8][..], &[0.0, 1.0, 2.0][..]));
    // The loss of the curve is that of all examples, not that of the last batch.
    let mut whole = classifier.risk(Softmax).unwrap();
    assert_eq!(fit.curve.train_loss[2], whole.value(&fit.trained.params));
}

#[test]
fn a_net_has_no_blocks_of_curvature() {
    let sentence = digits(small_net(), 100).linear_risk(Softmax).err().unwrap().to_string();
    assert!(sentence.contains("choose the model linear"), "{sentence}");
    assert!(digits(ModelKind::Linear, 100).linear_risk(Softmax).is_ok());
}

#[test]
fn an_elastic_net_adds_both_penalties() {
    let (x, y) = (array![[0.0, 0.0]], vec![0u8]);
    let net = Regularizer::elastic(0.1, 0.01);
    let mut risk = EmpiricalRisk::new(Linear::new(2, 2), MulticlassSvm, x, y, net).unwrap();
    // W = [3, −1; 0, 2]: the hinge at equal scores is 1, and R = .1·14 + .01·6.
    let (at, mut grad) = (array![3.0, -1.0, 0.0, 2.0, 0.0, 0.0], Array1::zeros(6));
    let value: f64 = risk.value_grad(&at, &mut grad);
    assert!((value - 2.46).abs() < 1e-12, "{value}");
    // 2·.1·w + .01·sign w, without a penalty of a weight that is 0.
    let expected = array![0.61, -0.21, 0.0, 0.41];
    assert!(gradus::linalg::max_norm(&(&grad.slice(s![..4]) - &expected)) < 1e-12, "{grad}");
}

#[test]
fn each_need_is_met_by_its_own_capability_alone() {
    use Needs::{Blocks, ExactGradients, Gradients, Hessian, Layers, Products, Residuals, Values};
    let all = [Values, Gradients, ExactGradients, Products, Hessian, Residuals, Blocks, Layers];
    let none = Capabilities::default();
    let met = |offered: Capabilities| all.map(|need| need.are_met_by(offered));
    let mut expected = [true, true, true, false, false, false, false, false];
    assert_eq!(met(none), expected);
    for (place, offered) in [
        (3, Capabilities { products: true, ..none }),
        (4, Capabilities { hessian: true, ..none }),
        (5, Capabilities { residuals: true, ..none }),
        (6, Capabilities { blocks: true, ..none }),
        (7, Capabilities { layers: true, ..none }),
    ] {
        expected[place] = true;
        assert_eq!(met(offered), expected, "{offered:?}");
        expected[place] = false;
    }
    assert_eq!(all.map(Needs::takes_batches), [false, true, false, false, false, false, false, true]);
}
