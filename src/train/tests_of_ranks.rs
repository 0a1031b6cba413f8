//! Processes that share a run have the bits of one. The processes are threads here.

use super::{Batch, ByOptimizer, Classifier, Curve, Keeping, Training};
use crate::data::{Dataset, Examples, Features, Preprocessing};
use crate::loss::Softmax;
use crate::minimize::SavedRun;
use crate::model::ModelKind;
use crate::optimizer::first_order::{Adam, Averaging, Momentum, Sam};
use crate::optimizer::second_order::{ConjugateGradient, Lbfgs, NewtonCg};
use crate::ranks::{Ranks, among};
use crate::real::Real;
use crate::risk::{Regularizer, Share};
use crate::rng;
use crate::stop::Stop;
use ndarray::{Array1, Array2, s};
use rand::RngExt;
use std::path::Path;
use std::sync::Arc;

/// Above the least number of examples that processes share, and no multiple of anything.
const EXAMPLES: usize = 4_999;

/// Bytes around a centre for each of three classes.
fn data() -> Dataset {
    let stream = &mut rng::stream(1, "shared examples", 0);
    let part = |count: usize, stream: &mut rng::Stream| {
        let labels: Vec<u8> = (0..count).map(|_| stream.random_range(0..3)).collect();
        let pixel = |(i, j): (usize, usize)| 40 * (u8::from(j % 3 == usize::from(labels[i]))) + labels[i];
        let mut pixels = Array2::from_shape_fn((count, 7), pixel);
        pixels.iter_mut().for_each(|pixel| *pixel += stream.random_range(0..90u8));
        Examples::new(Features::Bytes(pixels), labels).unwrap()
    };
    let classes = ["a", "b", "c"].map(String::from).into();
    let (train, test) = (part(EXAMPLES, stream), part(501, stream));
    Dataset { name: "three".into(), classes, shape: None, full_scale: 255.0, train, test }
}

/// Returns the classifier of a process that holds its own rows, or all of them.
fn classifier<F: Real>(model: &str, ranks: &Arc<dyn Ranks>, holds_all: bool) -> Classifier<F> {
    let (mut data, model) = (data(), ModelKind::parse(model).unwrap());
    let share = Share::new(ranks.clone(), EXAMPLES).unwrap();
    let share = if holds_all { share.holding_all() } else { share };
    let Features::Bytes(pixels) = &data.train.features else { unreachable!() };
    let own = pixels.slice(s![share.rows.clone(), ..]).to_owned();
    assert!(holds_all || ranks.size() == 1 || own.nrows() < EXAMPLES);
    data.train = Examples::new(Features::Bytes(own), data.train.labels[share.rows.clone()].to_vec()).unwrap();
    let preprocessing = Classifier::<F>::preprocessing(&model);
    let prepared = match holds_all {
        true => preprocessing.prepare(&data),
        false => Preprocessing::prepare_among(preprocessing, &data, &**ranks, EXAMPLES),
    };
    Classifier::new(prepared, model, Regularizer::l2(1e-3)).shared(share)
}

/// What a run found.
#[derive(Debug)]
struct Found {
    bits: Vec<u64>,
    curve: Curve,
}

/// Two are equal if all is but the seconds; a number that is none equals another.
impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        let timeless = |curve: &Curve| format!("{:?}", Curve { seconds: Vec::new(), ..curve.clone() });
        self.bits == other.bits && timeless(&self.curve) == timeless(&other.curve)
    }
}

fn found<F: Real>(params: &Array1<F>, curve: Curve) -> Found {
    Found { bits: params.iter().map(|x| x.wide().to_bits()).collect(), curve }
}

/// Checks that a run has the same outcome for one process and for several, on all of them.
fn assert_same(what: &str, run: impl Fn(&Arc<dyn Ranks>) -> Found + Sync) {
    let alone = among(1, |ranks| run(&ranks)).remove(0);
    let losses = &alone.curve.train_loss;
    assert!(losses.len() > 2 && losses[losses.len() - 1] < losses[0], "{what}: {losses:?}");
    for size in [2, 3, 5] {
        for (rank, outcome) in among(size, |ranks| run(&ranks)).into_iter().enumerate() {
            assert!(outcome == alone, "{what}: rank {rank} of {size} has other bits");
        }
    }
}

#[test]
fn optimizers_of_the_whole_risk_have_the_bits_of_one_process() {
    let settings = ByOptimizer { stop: Stop::iterations(8), ..ByOptimizer::default() };
    for model in ["linear", "mlp:6,tanh"] {
        assert_same("lbfgs", |ranks| {
            let classifier = classifier::<f64>(model, ranks, false);
            let risk = classifier.risk(Softmax).unwrap();
            let fit = classifier.fit_by(risk, Lbfgs::new(5), Softmax, &settings).unwrap();
            found(&fit.trained.params, fit.curve)
        });
    }
    assert_same("cg", |ranks| {
        let classifier = classifier::<f64>("linear", ranks, false);
        let risk = classifier.risk(Softmax).unwrap();
        let fit = classifier.fit_by(risk, ConjugateGradient::default(), Softmax, &settings).unwrap();
        found(&fit.trained.params, fit.curve)
    });
    assert_same("newton-cg", |ranks| {
        let classifier = classifier::<f64>("mlp:4", ranks, false);
        let risk = classifier.risk(Softmax).unwrap();
        let fit = classifier.fit_by(risk, NewtonCg::new(), Softmax, &settings).unwrap();
        found(&fit.trained.params, fit.curve)
    });
}

#[cfg(feature = "lapack")]
#[test]
fn preconditioners_and_kfac_have_the_bits_of_one_process() {
    use crate::optimizer::second_order::{BlockDiagonal, Kfac, KfacBlocks, Labels};
    let settings = ByOptimizer { stop: Stop::iterations(6), ..ByOptimizer::default() };
    assert_same("block-preconditioned lbfgs", |ranks| {
        let classifier = classifier::<f64>("linear", ranks, false);
        let risk = classifier.linear_risk(Softmax).unwrap();
        let lbfgs = Lbfgs::new(5).preconditioned(BlockDiagonal::default());
        let fit = classifier.fit_by(risk, lbfgs, Softmax, &settings).unwrap();
        found(&fit.trained.params, fit.curve)
    });
    for (blocks, labels) in [
        (KfacBlocks::Diagonal, Labels::Exact),
        (KfacBlocks::Diagonal, Labels::Sampled),
        (KfacBlocks::Tridiagonal, Labels::Sampled),
    ] {
        assert_same("kfac", |ranks| {
            let classifier = classifier::<f64>("mlp:6,5", ranks, false);
            let kfac = Kfac::new().blocks(blocks).labels(labels);
            let risk = classifier.network_risk().unwrap();
            let fit = classifier.fit_by(risk, kfac, Softmax, &settings).unwrap();
            found(&fit.trained.params, fit.curve)
        });
    }
}

#[test]
fn rules_have_the_bits_of_one_process_on_the_full_batch_and_on_accumulated_batches() {
    let full = Training { batch: Batch::Full, epochs: 6, lr: 0.5, ..Training::default() };
    assert_same("momentum on the full batch", |ranks| {
        let classifier = classifier::<f32>("linear", ranks, false);
        let fit = classifier.fit(Softmax, Momentum::default(), &full).unwrap();
        found(&fit.trained.params, fit.curve)
    });
    // 17 batches an epoch, the last of 199: steps of 5, 5, 5 and 2 batches.
    let batches = Training {
        batch: Batch::Size(300),
        accumulate: 5,
        epochs: 4,
        average: Averaging::Exponential { decay: 0.5 },
        ..Training::default()
    };
    assert_same("momentum on accumulated batches", |ranks| {
        let classifier = classifier::<f32>("mlp:6", ranks, true);
        let fit = classifier.fit(Softmax, Momentum::default(), &batches).unwrap();
        found(&fit.trained.params, fit.curve)
    });
    assert_same("sam on accumulated batches", |ranks| {
        let classifier = classifier::<f64>("mlp:6", ranks, true);
        let sam = Sam::new(Adam::default());
        let fit = classifier.fit(Softmax, sam, &batches).unwrap();
        assert_eq!(fit.curve.example_grads[4], 2 * 4 * EXAMPLES as u64);
        found(&fit.trained.params, fit.curve)
    });
}

#[test]
fn an_autoencoder_has_the_errors_of_one_process() {
    let settings = ByOptimizer { stop: Stop::iterations(5), ..ByOptimizer::default() };
    assert_same("an autoencoder", |ranks| {
        let classifier = classifier::<f64>("autoencoder:5,2", ranks, false);
        let risk = classifier.risk(crate::loss::Logistic).unwrap();
        let fit = classifier.fit_by(risk, Lbfgs::new(5), crate::loss::Logistic, &settings).unwrap();
        assert_eq!(fit.curve.test_error.len(), 6);
        found(&fit.trained.params, fit.curve)
    });
}

#[test]
fn a_loss_that_is_not_finite_ends_all_processes_alike() {
    let settings =
        Training { batch: Batch::Size(300), accumulate: 4, epochs: 20, lr: 1e30, ..Training::default() };
    let run = |size: usize| {
        among(size, |ranks| {
            let classifier = classifier::<f32>("mlp:6", &ranks, true);
            let fit = classifier.fit(Softmax, Momentum::default(), &settings).unwrap();
            assert!(fit.trained.termination.diverged(), "{}", fit.trained.termination);
            format!("{} {}", fit.trained.termination, fit.trained.steps)
        })
    };
    let alone = run(1);
    assert!(run(3).iter().all(|outcome| *outcome == alone[0]), "{alone:?}");
}

#[test]
fn one_batch_a_step_is_not_shared() {
    let sentences = among(2, |ranks| {
        let fit =
            classifier::<f32>("linear", &ranks, true).fit(Softmax, Momentum::default(), &Training::default());
        fit.unwrap_err().to_string()
    });
    assert!(sentences[0].contains("a step has one batch, and 2 processes would share it"), "{sentences:?}");
    let many = among(17, |ranks| Share::new(ranks, 10_000).unwrap_err().to_string());
    assert!(many[16].contains("17 processes"), "{}", many[16]);
}

/// Trains by Adam on accumulated batches for some epochs, in a run that is kept in a file, or goes on with
/// it.
fn by_adam(size: usize, epochs: usize, file: &Path, resumes: bool) -> Vec<u64> {
    let settings = Training { batch: Batch::Size(300), accumulate: 5, epochs, ..Training::default() };
    let outcomes = among(size, |ranks| {
        let classifier = classifier::<f32>("mlp:6", &ranks, true);
        let keeping = keeping(&*ranks, file, resumes);
        let (fit, saved) =
            classifier.fit_kept(Softmax, Adam::default(), &settings, keeping, |_, _| {}).unwrap();
        saved.unwrap();
        found(&fit.trained.params, fit.curve).bits
    });
    outcomes.into_iter().next().unwrap()
}

/// The same by L-BFGS, for some iterations.
fn by_lbfgs(size: usize, iterations: usize, file: &Path, resumes: bool) -> Vec<u64> {
    let settings = ByOptimizer { stop: Stop::iterations(iterations), ..ByOptimizer::default() };
    let outcomes = among(size, |ranks| {
        let classifier = classifier::<f64>("linear", &ranks, false);
        let (risk, keeping) = (classifier.risk(Softmax).unwrap(), keeping(&*ranks, file, resumes));
        let fit = classifier.fit_by_kept(risk, Lbfgs::new(4), Softmax, &settings, keeping, |_, _| {});
        let (fit, saved) = fit.unwrap();
        saved.unwrap();
        found(&fit.trained.params, fit.curve).bits
    });
    outcomes.into_iter().next().unwrap()
}

/// Only rank 0 writes.
fn keeping(ranks: &dyn Ranks, file: &Path, resumes: bool) -> Keeping {
    let resumed = resumes.then(|| SavedRun::read(file).unwrap());
    Keeping { label: "kept".into(), file: (ranks.rank() == 0 && !resumes).then(|| file.into()), resumed }
}

#[test]
fn a_kept_run_goes_on_with_another_number_of_processes() {
    let folder = tempfile::tempdir().unwrap();
    for by in [by_adam, by_lbfgs] {
        let (file, elsewhere) = (folder.path().join("run.txt"), folder.path().join("other.txt"));
        let at_once = by(1, 6, &elsewhere, false);
        by(2, 2, &file, false);
        for size in [1, 3] {
            assert!(by(size, 6, &file, true) == at_once, "{size} processes go on with other bits");
        }
    }
}
