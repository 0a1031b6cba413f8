//! K-FAC on the digits needs fewer steps than momentum to the same risk, and its tridiagonal form no more.
#![cfg(feature = "lapack")]

use gradus::minimize::{Minimization, SavedRun};
use gradus::notebook::*;
use gradus::optimizer::second_order::Labels;
use std::ops::ControlFlow;

type Net = EmpiricalRisk<f64, Mlp, Softmax>;

fn digits(seed: u64) -> (Net, Array1<f64>) {
    let data = Preprocessing::default().prepare::<f64>(&data::digits());
    let model = Mlp::new(64, &[32], 10).unwrap();
    let x = model.initial(&mut rng::stream(seed, "initial parameters", 0));
    (EmpiricalRisk::new(model, Softmax, data.train_x, data.train_y, Regularizer::l2(1e-4)).unwrap(), x)
}

/// Returns the steps until the risk over all data is at most `target`, checked every fifth step.
fn momentum_steps(seed: u64, lr: f64, target: f64) -> usize {
    let ((mut risk, x), (mut whole, _)) = (digits(seed), digits(seed));
    let settings = Training {
        epochs: 30,
        batch: Batch::Size(128),
        lr,
        seed,
        checkpoint_every: Some(5),
        ..Training::default()
    };
    let trained = train_observed(&mut risk, Momentum::default(), &x, &settings, |seen| {
        match whole.value(seen.params) <= target {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    trained.unwrap().steps
}

fn kfac_steps(seed: u64, kfac: Kfac, target: f64) -> usize {
    let ((risk, x), (mut whole, _)) = (digits(seed), digits(seed));
    let found = minimize_observed(risk, &x, kfac, Stop::iterations(300), |seen| {
        match seen.iterate.k % 5 == 0 && whole.value(&seen.iterate.x) <= target {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    })
    .unwrap();
    found.iterations
}

/// Compares K-FAC with its defaults to momentum at the best of four learning rates, with the same batch sizes
/// and seeds.
#[test]
fn kfac_needs_fewer_steps_than_momentum() {
    for seed in 0..3 {
        let momentum =
            [0.1, 0.2, 0.4, 0.8].map(|lr| momentum_steps(seed, lr, 0.06)).into_iter().min().unwrap();
        let kfac = kfac_steps(seed, Kfac::minibatch(128, seed).unwrap(), 0.06);
        assert!(2 * kfac <= momentum + 10, "seed {seed}: {kfac} steps of K-FAC, {momentum} of momentum");
        let whole = kfac_steps(seed, Kfac::new(), 0.06);
        assert!(whole <= kfac, "seed {seed}: {whole} steps on the whole, {kfac} on batches");
    }
}

#[test]
fn steps_by_a_rate_and_drawn_labels_train_too() {
    let step = KfacStep::Rate { lr: 0.3, momentum: 0.9, clip: 1e-3 };
    let kfac = Kfac::minibatch(128, 0).unwrap().step(step).unwrap().labels(Labels::Sampled);
    assert!(kfac_steps(0, kfac, 0.1) <= 60);
}

/// With a net of one hidden layer the tridiagonal form keeps every block, and should not need more steps.
#[test]
fn the_tridiagonal_form_needs_as_few_steps_on_digits() {
    for seed in 0..3 {
        let steps = [KfacBlocks::Diagonal, KfacBlocks::Tridiagonal].map(|blocks| {
            [Kfac::new(), Kfac::minibatch(128, seed).unwrap()]
                .map(|kfac| kfac_steps(seed, kfac.blocks(blocks), 0.05))
        });
        let [[whole, batches], [whole_tridiagonal, batches_tridiagonal]] = steps;
        assert!(whole_tridiagonal <= whole + 5 && batches_tridiagonal <= batches + 10, "{seed}: {steps:?}");
    }
}

/// Compares both forms on an autoencoder of six layers, step by step.
#[test]
fn the_tridiagonal_form_lowers_the_error_of_reconstructions_as_far() {
    let model = ModelKind::parse("autoencoder:30,20,6").unwrap();
    let digits = Classifier::<f64>::preprocessing(&model).prepare(&data::digits());
    let classifier = Classifier::new(digits, model, Regularizer::l2(1e-5));
    for seed in 0..2 {
        let start = classifier.initial(seed);
        let values = [KfacBlocks::Diagonal, KfacBlocks::Tridiagonal].map(|blocks| {
            let risk = classifier.network_risk_of(Logistic).unwrap();
            let kfac = Kfac::minibatch(500, seed).unwrap().labels(Labels::Sampled).blocks(blocks);
            let found = minimize(risk, &start, kfac, Stop::iterations(80)).unwrap();
            classifier.risk(Logistic).unwrap().value(&found.x)
        });
        let before = classifier.risk(Logistic).unwrap().value(&start);
        let [diagonal, tridiagonal] = values;
        assert!(tridiagonal < 0.8 * before && tridiagonal < 1.02 * diagonal, "{before} to {values:?}");
    }
}

/// A run that is resumed goes on as the diagonal form does: both as if it had not been interrupted, or both
/// with new averages.
#[test]
fn both_forms_resume_alike() {
    let [diagonal, tridiagonal] = [KfacBlocks::Diagonal, KfacBlocks::Tridiagonal].map(|blocks| {
        let run = |from: &Array1<f64>, iterations: usize| {
            minimize(digits(0).0, from, Kfac::new().blocks(blocks), Stop::iterations(iterations)).unwrap().x
        };
        let file = std::env::temp_dir().join(format!("gradus-kfac-{}-{blocks:?}", std::process::id()));
        let (make, start) = (|| Kfac::new().blocks(blocks), digits(0).1);
        let first = Minimization::new(digits(0).0, &start, make(), Stop::iterations(6));
        first.save_to(&file).run().unwrap();
        let saved = SavedRun::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let resumed = Minimization::resume(digits(0).0, saved, make(), Stop::iterations(9)).unwrap();
        let resumed = resumed.run().unwrap();
        [resumed.x == run(&start, 9), resumed.x == run(&run(&start, 6), 3)]
    });
    assert_eq!(diagonal, tridiagonal);
}
