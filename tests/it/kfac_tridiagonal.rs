//! The tridiagonal form of K-FAC needs no more steps than the diagonal one.
#![cfg(feature = "lapack")]

use gradus::minimize::{Minimization, SavedRun};
use gradus::notebook::*;
use gradus::optimizer::second_order::Labels;
use std::ops::ControlFlow;

type Net = EmpiricalRisk<f64, Mlp, Softmax>;

fn digits(seed: u64, hidden: &[usize]) -> (Net, Array1<f64>) {
    let data = Preprocessing::default().prepare::<f64>(&data::digits());
    let model = Mlp::new(64, hidden, 10).unwrap();
    let x = model.initial(&mut rng::stream(seed, "initial parameters", 0));
    (EmpiricalRisk::new(model, Softmax, data.train_x, data.train_y, Regularizer::l2(1e-4)).unwrap(), x)
}

/// Returns the steps until the risk over all data is at most `target`, checked every fifth step.
fn steps(seed: u64, kfac: Kfac, target: f64) -> usize {
    let ((risk, x), (mut whole, _)) = (digits(seed, &[32]), digits(seed, &[32]));
    let found = minimize_observed(risk, &x, kfac, Stop::iterations(300), |seen| {
        match seen.iterate.k % 5 == 0 && whole.value(&seen.iterate.x) <= target {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    found.unwrap().iterations
}

/// With a net of one hidden layer the tridiagonal form keeps every block, and should not need more steps.
#[test]
fn the_tridiagonal_form_needs_as_few_steps_on_digits() {
    for seed in 0..3 {
        let found = [KfacBlocks::Diagonal, KfacBlocks::Tridiagonal].map(|blocks| {
            [Kfac::new(), Kfac::minibatch(128, seed).unwrap()]
                .map(|kfac| steps(seed, kfac.blocks(blocks), 0.05))
        });
        let [[whole, batches], [whole_tridiagonal, batches_tridiagonal]] = found;
        assert!(whole < 300 && batches < 300, "{seed}: {found:?}");
        assert!(whole_tridiagonal <= whole + 5 && batches_tridiagonal <= batches + 10, "{seed}: {found:?}");
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

/// A run that is saved between two inversions goes on with the same bits.
#[test]
fn a_resumed_run_of_the_tridiagonal_form_has_the_bits_of_one_that_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    for (name, make) in [
        ("whole", Kfac::new as fn() -> Kfac),
        ("batches", || Kfac::minibatch(128, 3).unwrap().labels(Labels::Sampled)),
    ] {
        let make = || make().blocks(KfacBlocks::Tridiagonal);
        let (objective, start) = (|| digits(0, &[12, 8]).0, digits(0, &[12, 8]).1);
        let whole = minimize(objective(), &start, make(), Stop::iterations(14)).unwrap();
        let first = Minimization::new(objective(), &start, make(), Stop::iterations(6));
        first.save_to(&file).run().unwrap();
        let saved = || SavedRun::read(&file).unwrap();
        let resumed = Minimization::resume(objective(), saved(), make(), Stop::iterations(14)).unwrap();
        let resumed = resumed.run().unwrap();
        assert_eq!((resumed.x, resumed.value), (whole.x, whole.value), "{name}");
        let diagonal = make().blocks(KfacBlocks::Diagonal);
        let refused =
            Minimization::resume(objective(), saved(), diagonal, Stop::iterations(14)).unwrap().run();
        assert!(refused.unwrap_err().to_string().contains("neighbours"), "{name}");
    }
}
