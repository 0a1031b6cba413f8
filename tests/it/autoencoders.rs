//! Autoencoders: their gradients, beside torch, on any number of threads, interrupted and resumed.

use gradus::loss::TargetLoss;
use gradus::minimize::{Minimization, SavedRun};
use gradus::model::Linear;
use gradus::notebook::*;
use gradus::optimizer::catalogue::Catalogue;
use gradus::risk::reconstruction_error;
use std::fs;
use std::path::Path;

/// A risk whose model and loss are known by name only.
type Risk = EmpiricalRisk<f64, Box<dyn Model>, Box<dyn Loss>>;

const OF_TARGETS: [&str; 3] = ["squared", "logistic", "huber:0.2"];

fn autoencoder(model: &str, regularizer: Regularizer) -> Classifier<f64> {
    let model = ModelKind::parse(model).unwrap();
    let digits = Classifier::<f64>::preprocessing(&model).prepare(&data::digits());
    Classifier::new(digits, model, regularizer)
}

fn risk(model: &str, loss: &str, rows: usize) -> (Risk, Array1<f64>) {
    let classifier = autoencoder(model, Regularizer { l2: 0.01, l1: 0.003 }).first(rows);
    let risk = classifier.risk(loss::by_name(loss).unwrap()).unwrap();
    let x = classifier.initial(5) + rng::normal::<f64>(&mut rng::stream(5, "point", 0), risk.dim(), 0.1);
    (risk, x)
}

#[test]
fn every_autoencoder_has_the_right_derivatives_under_every_loss_of_targets() {
    for model in ["autoencoder:9,4", "autoencoder:9,4,tanh", "autoencoder:12,relu", "autoencoder:7,5,3"] {
        for loss in OF_TARGETS {
            let (mut risk, x) = risk(model, loss, 20);
            let report = check_gradient(&mut risk, &x).unwrap();
            assert!(report.passes() && report.entries.len() == x.len(), "{model}, {loss}: {report}");
            let report = check_hess_vec(&mut risk, &x, 5).unwrap();
            assert!(report.passes(), "{model}, {loss}: {report}");
        }
    }
}

/// Inputs are targets: features between 0 and 1, as they are.
#[test]
fn data_for_an_autoencoder_keep_their_mean() {
    let model = ModelKind::parse("autoencoder:5").unwrap();
    let ready = Classifier::<f64>::preprocessing(&model).prepare::<f64>(&data::digits());
    assert!(ready.train_x.iter().chain(ready.test_x.iter()).all(|x| (0.0..=1.0).contains(x)));
    assert!(ready.train_x.iter().any(|x| *x == 1.0) && ready.mean.iter().all(|m| *m == 0.0));
    assert_eq!(Classifier::<f64>::preprocessing(&ModelKind::Linear), Preprocessing::default());
}

/// A linear autoencoder under squared error finds the best affine approximation of rank 2, whose error is the
/// sum of the other eigenvalues of the covariance (Baldi & Hornik 1989).
#[cfg(feature = "lapack")]
#[test]
fn a_linear_autoencoder_finds_the_principal_components() {
    let x: Array2<f64> = rng::normal::<f64>(&mut rng::stream(2, "components", 0), 200 * 5, 1.0)
        .into_shape_with_order((200, 5))
        .unwrap()
        * &array![3.0, 2.0, 1.0, 0.5, 0.25];
    let centred = &x - &x.mean_axis(ndarray::Axis(0)).unwrap();
    let covariance = centred.t().dot(&centred) / 200.0;
    let lowest = gradus::linalg::symmetric_eigenvalues(covariance).unwrap().slice(s![..3]).sum();
    let net = Mlp::autoencoder(5, &[2]).unwrap();
    let start = Model::<f64>::initial(&net, &mut rng::stream(0, "components", 1));
    let risk =
        EmpiricalRisk::reconstruction(net.clone(), loss::Squared, x.clone(), Regularizer::default()).unwrap();
    let found = minimize(risk, &start, Lbfgs::new(10), Stop::grad(1e-9).max_iter(2000)).unwrap();
    let error = reconstruction_error(&net, &loss::Squared, &found.x, &x);
    assert!((found.value - lowest / 2.0).abs() < 1e-8, "{} instead of {}", found.value, lowest / 2.0);
    assert!((error - lowest).abs() < 1e-8, "{error} instead of {lowest}");
}

/// Curves through three points have six degrees of freedom, and a net learns some of them in a few steps.
/// Of 400 curves it soon learns too much: its error on others is lowest after some 40 epochs, and rises
/// again.
#[test]
fn a_net_learns_curves() {
    let model = ModelKind::parse("autoencoder:60,6").unwrap();
    let curves = data::Curves { train: 400, test: 100 }.generate(0).unwrap();
    let curves = Classifier::<f32>::preprocessing(&model).prepare::<f32>(&curves);
    let mean = curves.train_x.mean_axis(ndarray::Axis(0)).unwrap();
    let of_mean = (&*curves.test_x - &mean).mapv(|x| f64::from(x * x)).sum() / 100.0;
    let classifier = Classifier::new(curves, model, Regularizer::default());
    let settings = Training { epochs: 60, lr: 1e-2, batch: Batch::Size(50), ..Training::default() };
    let fit = classifier.fit(Logistic, Adam::default(), &settings).unwrap();
    let curve = &fit.curve;
    assert!(curve.train_accuracy.is_empty() && curve.test_accuracy.is_empty() && curve.has_errors());
    assert_eq!((curve.train_error.len(), curve.test_error.len()), (61, 61));
    let last = curve.test_error[60];
    assert!(last < 0.9 * of_mean, "{last}, and {of_mean} of the mean image");
    assert!(curve.train_error[60] < last, "{} and {last}", curve.train_error[60]);
    assert_eq!(last, classifier.test_error(&Logistic, &fit.trained.params));
    let table = curve.table("curve");
    assert!(table.floats("test_error").is_ok() && table.floats("test_accuracy").is_err());
}

#[test]
fn a_run_has_the_same_bits_alone_and_in_company() {
    fn trained<F: Real>(loss: &str) -> (Array1<F>, Vec<f64>) {
        let model = ModelKind::parse("autoencoder:100,20").unwrap();
        let curves = data::Curves { train: 300, test: 50 }.generate(0).unwrap();
        let curves = Classifier::<F>::preprocessing(&model).prepare::<F>(&curves);
        let classifier = Classifier::new(curves, model, Regularizer::l2(1e-4));
        let settings = Training { epochs: 3, lr: 1e-3, ..Training::default() };
        let fit = classifier.fit(loss::by_name::<F>(loss).unwrap(), Momentum::new(0.9), &settings).unwrap();
        (fit.trained.params, fit.curve.test_error)
    }
    fn compared<F: Real>() {
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        for loss in ["logistic", "squared"] {
            let one = alone.install(|| trained::<F>(loss));
            assert!(one == trained::<F>(loss), "{loss}");
        }
    }
    compared::<f32>();
    compared::<f64>();
}

#[test]
fn a_run_that_is_resumed_has_the_bits_of_one_that_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    let catalogue = Catalogue::built_in();
    for (name, loss) in
        [("lbfgs", "logistic"), ("momentum", "squared"), ("adam", "logistic"), ("cg", "huber")]
    {
        let make = || catalogue.get(name).unwrap().configure().optimizer().unwrap();
        let objective = || gradus::objective::AnyObjective::new(risk("autoencoder:9,4", loss, 50).0);
        let start = risk("autoencoder:9,4", loss, 50).1;
        let whole = Minimization::new(objective(), &start, make(), Stop::iterations(12)).run().unwrap();
        let first = Minimization::new(objective(), &start, make(), Stop::iterations(5));
        first.save_to(&file).run().unwrap();
        let saved = SavedRun::read(&file).unwrap();
        let resumed = Minimization::resume(objective(), saved, make(), Stop::iterations(12)).unwrap();
        let resumed = resumed.run().unwrap();
        assert_eq!((resumed.x, resumed.value), (whole.x, whole.value), "{name}");
    }
}

#[cfg(feature = "lapack")]
#[test]
fn kfac_lowers_the_error_of_reconstructions() {
    use gradus::optimizer::second_order::Labels;
    let classifier = autoencoder("autoencoder:20,6", Regularizer::default());
    let start = classifier.initial(0);
    let run = |labels: Labels, batch: Option<usize>, steps: usize| {
        let kfac = batch.map_or(Kfac::new(), |size| Kfac::minibatch(size, 0).unwrap()).labels(labels);
        let risk = classifier.network_risk_of(Logistic).unwrap();
        minimize(risk, &start, kfac, Stop::iterations(steps)).unwrap()
    };
    let mut whole = classifier.risk(Logistic).unwrap();
    let before = whole.value(&start);
    let descent = FirstOrder::new(Momentum::new(0.9), 0.02).unwrap();
    let momentum =
        minimize(classifier.risk(Logistic).unwrap(), &start, descent, Stop::iterations(40)).unwrap();
    for labels in [Labels::Exact, Labels::Sampled] {
        let found = run(labels, None, 40);
        assert!(found.value < momentum.value && found.value < 0.75 * before, "{labels:?}: {found}");
    }
    let found = run(Labels::Sampled, Some(200), 40);
    assert!(whole.value(&found.x) < 0.8 * before, "{found}");
}

#[test]
fn what_does_not_fit_is_refused() {
    let digits = || Preprocessing::default().prepare::<f64>(&data::digits());
    let curves =
        || Preprocessing::default().prepare(&data::Curves { train: 5, test: 5 }.generate(0).unwrap());
    let kind = |text: &str| ModelKind::parse(text).unwrap();
    let make = |data, kind| Classifier::<f64>::new(data, kind, Regularizer::default());
    let refused = |classifier: Classifier<f64>, loss: &str| {
        classifier.risk(loss::by_name::<f64>(loss).unwrap()).err().unwrap().to_string()
    };
    assert!(refused(make(digits(), kind("autoencoder:5")), "svm").contains("svm needs classes"));
    assert!(refused(make(curves(), kind("mlp:5")), "softmax").contains("mlp:5 needs classes"));
    assert!(refused(make(curves(), ModelKind::Linear), "squared").contains("choose an autoencoder"));
    let sparse = make(digits(), kind("autoencoder:5")).initialization(Initialization::Sparse(100));
    assert!(refused(sparse, "squared").contains("no layer has more than 64"));
    let sweep = make(digits(), kind("autoencoder:5")).over_rates(Logistic, Sgd, &Training::default(), 3);
    assert!(sweep.unwrap_err().to_string().contains("no accuracy"));
    let shallow = EmpiricalRisk::reconstruction(
        Linear::new(3, 2),
        loss::Squared,
        Array2::<f64>::zeros((4, 3)),
        Regularizer::default(),
    );
    assert!(shallow.err().unwrap().to_string().contains("a reconstruction has shape [2]"));
}

/// A loss of targets that somebody else writes takes part through [`Loss::of_targets`].
#[test]
fn ones_own_loss_of_targets_takes_part() {
    /// Σ (s − t)⁴.
    struct Quartic;

    impl Loss for Quartic {
        fn name(&self) -> &'static str {
            "quartic"
        }

        fn value(&self, _: &mut [f64], _: &[u8]) -> f64 {
            unreachable!("it is used with targets")
        }

        fn value_errors(&self, _: &mut [f64], _: &[u8]) -> f64 {
            unreachable!("it is used with targets")
        }

        fn hess_vec(&self, _: &mut [f64], _: &[u8], _: &mut [f64]) {
            unreachable!("it is used with targets")
        }

        fn of_targets(&self) -> Option<&dyn TargetLoss> {
            Some(self)
        }
    }

    impl TargetLoss for Quartic {
        fn target_errors(&self, outputs: &mut [f64], targets: &[f64]) -> f64 {
            let one = |(s, t): (&mut f64, &f64)| {
                let r = *s - t;
                *s = 4.0 * r.powi(3);
                r.powi(4)
            };
            outputs.iter_mut().zip(targets).map(one).sum()
        }

        fn target_hess_vec(&self, outputs: &mut [f64], targets: &[f64], tangent: &mut [f64]) {
            for (v, (s, t)) in tangent.iter_mut().zip(outputs.iter().zip(targets)) {
                *v *= 12.0 * (s - t).powi(2);
            }
        }
    }

    let classifier = autoencoder("autoencoder:6,2", Regularizer::default()).first(30);
    let mut risk = classifier.risk(Quartic).unwrap();
    let x = classifier.initial(1);
    assert!(check_gradient(&mut risk, &x).unwrap().passes());
    assert!(check_hess_vec(&mut risk, &x, 1).unwrap().passes());
}

/// The numbers (factor·i mod prime) / prime.
fn spread(count: usize, factor: usize, prime: usize) -> Array1<f64> {
    (0..count).map(|i| (i * factor % prime) as f64 / prime as f64).collect()
}

/// Compares with trajectories of torch: see the README of the fixtures.
#[test]
fn every_step_is_that_of_torch() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/autoencoder/torch.txt");
    let text = fs::read_to_string(path).unwrap();
    let cases: Vec<&str> = text.split("@ ").skip(1).collect();
    assert_eq!(cases.len(), 6);
    let x = spread(20 * 6, 37, 97).into_shape_with_order((20, 6)).unwrap();
    for case in cases {
        let (title, rows) = case.split_once('\n').unwrap();
        let words: Vec<&str> = title.split(' ').collect();
        let [loss, activation, rule, lr] = words[..] else { panic!("{title}") };
        let net = Mlp::autoencoder(6, &[5, 2]).unwrap().activation(Activation::parse(activation).unwrap());
        let loss = loss::by_name::<f64>(loss).unwrap();
        let risk =
            EmpiricalRisk::reconstruction(net.clone(), &loss, x.clone(), Regularizer::default()).unwrap();
        let start = 2.0 * &spread(risk.dim(), 53, 89) - 1.0;
        let rule = AnyRule::by_name(rule).unwrap();
        let optimizer = FirstOrder::new(rule, lr.parse().unwrap()).unwrap();
        let expected: Vec<Vec<f64>> =
            rows.lines().map(|row| row.split(' ').map(|n| n.parse().unwrap()).collect()).collect();
        assert_eq!(expected.len(), 20, "{title}");
        let mut seen = 0;
        minimize_observed(risk, &start, optimizer, Stop::iterations(101), |moment| {
            let (iterate, Some(expected)) = (moment.iterate, expected.get(seen)) else { return };
            if iterate.k != expected[0] as usize {
                return;
            }
            seen += 1;
            let w = &iterate.x;
            let error = reconstruction_error(&net, &loss, w, &x);
            let own = [iterate.value, error, w[7], w[30], w[40], w[w.len() - 1], w.dot(w).sqrt()];
            for (own, torch) in own.iter().zip(&expected[1..]) {
                let off = (own - torch).abs() / torch.abs().max(0.01);
                assert!(off < 1e-10, "{title}, step {}: {own} instead of {torch}", iterate.k);
            }
        })
        .unwrap();
        assert_eq!(seen, 20, "{title}");
    }
}
