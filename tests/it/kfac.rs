//! K-FAC on the digits needs fewer steps than momentum to the same risk.
#![cfg(feature = "lapack")]

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

/// K-FAC on the whole and on batches, with exact and drawn labels, with both kinds of step.
fn forms() -> Vec<Kfac> {
    let rate = KfacStep::Rate { lr: 0.3, momentum: 0.9, clip: 1e-3 };
    let batches = || Kfac::minibatch(100, 3).unwrap();
    vec![
        Kfac::new(),
        Kfac::new().labels(Labels::Sampled).refresh(4).unwrap(),
        batches().labels(Labels::Sampled),
        batches().step(rate).unwrap(),
    ]
}

/// Before and after the inversions of each of the first steps, between two inversions and two adaptations of
/// the damping, and beyond an epoch of batches.
#[test]
fn a_run_that_is_resumed_has_the_bits_of_one_that_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    let (_, start) = digits(0);
    for (form, make) in forms().into_iter().enumerate() {
        let run = |to: usize| Minimization::new(digits(0).0, &start, make.clone(), Stop::iterations(to));
        let mut whole = make.clone();
        let at_once = minimize(digits(0).0, &start, &mut whole, Stop::iterations(24)).unwrap();
        for cut in [0, 2, 7, 14, 21] {
            run(cut).save_to(&file).run().unwrap();
            let (saved, mut again) = (SavedRun::read(&file).unwrap(), make.clone());
            let resumed = Minimization::resume(digits(0).0, saved, &mut again, Stop::iterations(24))
                .unwrap()
                .run()
                .unwrap();
            let ends = [&resumed, &at_once].map(|run| (run.x.clone(), run.value, run.evaluations));
            assert!(ends[0] == ends[1], "form {form}, cut at {cut}");
            assert_eq!(again.current_damping(), whole.current_damping(), "form {form}, cut at {cut}");
        }
    }
}

#[test]
fn a_saved_run_that_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    let (risk, start) = digits(0);
    let batches = Kfac::minibatch(100, 3).unwrap();
    Minimization::new(risk, &start, batches.clone(), Stop::iterations(3)).save_to(&file).run().unwrap();
    let refused = |saved: SavedRun, kfac: Kfac| {
        let run = Minimization::resume(digits(0).0, saved, kfac, Stop::iterations(5)).unwrap();
        run.run().unwrap_err().to_string()
    };
    let saved = SavedRun::read(&file).unwrap();
    assert!(refused(saved.clone(), Kfac::new()).contains("with other settings: its batches has"));
    // The first numbers are the batches drawn and three pieces of a place; examples follow.
    for (place, to) in [(0, 0.5), (0, -1.0), (2, 1e12), (4, 1e9), (9, f64::NAN)] {
        let mut memory = Saved::default();
        for (name, values) in saved.memory.columns() {
            let mut values = values.to_vec();
            if name == "batches" {
                values[place] = to;
            }
            memory.put(name, values);
        }
        let sentence = refused(SavedRun { memory, ..saved.clone() }, batches.clone());
        assert!(sentence.contains("'batches'") && sentence.contains("whole number"), "{sentence}");
    }
}
