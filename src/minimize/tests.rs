//! Whole runs: why they end, their traces, saving and resuming.

use super::*;
use crate::objective::{FiniteDifference, Function, FunctionWithGradient};
use crate::optimizer::catalogue::Catalogue;
use crate::optimizer::first_order::{
    Adam, AnyRule, Averaged, Averaging, FirstOrder, Momentum, RuleInfo, Sgd, WithProducts, Wrap,
};
use crate::optimizer::zeroth_order::RandomSearch;
use crate::problems::{Quadratic, Rosenbrock};
use crate::stop::Stop;
use ndarray::{ArrayRef1, array};
use std::time::Duration;

/// Every update rule of the library that asks for no layers, and some of them wrapped.
fn rules() -> Vec<(String, AnyRule)> {
    let catalogue = Catalogue::built_in();
    let bare = |name: &str| catalogue.get(name).unwrap().make_rule(Default::default()).unwrap();
    let wrapped = |(text, name): (&str, &str)| {
        (format!("{text} {name}"), Wrap::parse(text).unwrap().around(bare(name)))
    };
    let all = catalogue.rules().map(|entry| (entry.name().into(), bare(entry.name())));
    let all = all.filter(|(_, rule): &(String, AnyRule)| rule.check_layout(None).is_ok());
    let cases =
        [("lookahead", "adam"), ("sam", "momentum"), ("lookahead:3,.8", "prodigy"), ("sam", "sophia")];
    all.chain(cases.map(wrapped)).collect()
}

#[test]
fn a_run_that_is_resumed_goes_on_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let (file, x0) = (folder.path().join("run.txt"), array![-1.2, 1.0, 0.7]);
    for (name, rule) in rules() {
        let optimizer = || WithProducts::new(rule.clone(), 1e-3).unwrap();
        let at_once = minimize(Rosenbrock::new(3), &x0, optimizer(), Stop::iterations(60)).unwrap();
        let first = Minimization::new(Rosenbrock::new(3), &x0, optimizer(), Stop::iterations(25))
            .save_to(&file)
            .label("here")
            .run();
        assert_eq!(first.unwrap().iterations, 25);
        let saved = SavedRun::read(&file).unwrap();
        assert_eq!((saved.label.as_str(), saved.iteration), ("here", 25));
        let resumed = Minimization::resume(Rosenbrock::new(3), saved, optimizer(), Stop::iterations(60))
            .unwrap()
            .run()
            .unwrap();
        assert_eq!((&resumed.x, resumed.value), (&at_once.x, at_once.value), "{name}");
        assert_eq!((resumed.iterations, resumed.evaluations), (60, at_once.evaluations), "{name}");
        assert_eq!(resumed.trace.value[..], at_once.trace.value[25..], "{name}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn averages_and_random_numbers_resume_too() {
    let folder = tempfile::tempdir().unwrap();
    let (file, x0) = (folder.path().join("run.txt"), array![-1.2, 1.0]);
    let averaged = || {
        let rule = FirstOrder::new(Momentum::default(), 1e-3).unwrap();
        Averaged::new(rule, Averaging::Mean { from: 3, every: 2 }).unwrap()
    };
    let at_once = minimize(Rosenbrock::new(2), &x0, averaged(), Stop::iterations(40)).unwrap();
    Minimization::new(Rosenbrock::new(2), &x0, averaged(), Stop::iterations(12))
        .save_to(&file)
        .run()
        .unwrap();
    let saved = SavedRun::read(&file).unwrap();
    let resumed = Minimization::resume(Rosenbrock::new(2), saved, averaged(), Stop::iterations(40))
        .unwrap()
        .run()
        .unwrap();
    assert_eq!((resumed.x, resumed.value), (at_once.x, at_once.value));

    let random = || RandomSearch::new(1.0, 3).unwrap();
    let at_once = minimize(Rosenbrock::new(2), &x0, random(), Stop::iterations(40)).unwrap();
    Minimization::new(Rosenbrock::new(2), &x0, random(), Stop::iterations(12)).save_to(&file).run().unwrap();
    let saved = SavedRun::read(&file).unwrap();
    let resumed = Minimization::resume(Rosenbrock::new(2), saved, random(), Stop::iterations(40))
        .unwrap()
        .run()
        .unwrap();
    assert_eq!(resumed.trace.value[..], at_once.trace.value[12..]);
}

#[test]
fn single_precision_resumes_with_the_same_bits_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    let objective = || {
        FunctionWithGradient::typed(1, |x: &ArrayRef1<f32>, grad: &mut ArrayRef1<f32>| {
            grad[0] = x[0].sin();
            -x[0].cos()
        })
    };
    let optimizer = || FirstOrder::new(Adam::default(), 0.1f32).unwrap();
    let at_once = minimize(objective(), &array![2.0f32], optimizer(), Stop::iterations(20)).unwrap();
    Minimization::new(objective(), &array![2.0f32], optimizer(), Stop::iterations(7))
        .save_to(&file)
        .run()
        .unwrap();
    let saved = SavedRun::read(&file).unwrap();
    let resumed =
        Minimization::resume(objective(), saved, optimizer(), Stop::iterations(20)).unwrap().run().unwrap();
    assert_eq!(resumed.x, at_once.x);
}

#[test]
fn a_saved_run_is_resumed_only_where_it_fits() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    let sgd = || FirstOrder::new(Sgd, 1e-3).unwrap();
    Minimization::new(Rosenbrock::new(3), &array![1.0, 2.0, 3.0], sgd(), Stop::iterations(1))
        .save_to(&file)
        .run()
        .unwrap();
    let saved = SavedRun::read(&file).unwrap();
    let refused =
        Minimization::resume(Rosenbrock::new(2), saved.clone(), sgd(), Stop::iterations(2)).err().unwrap();
    assert!(refused.to_string().contains("saved x has shape [3]"), "{refused}");
    let momentum = FirstOrder::new(Momentum::default(), 1e-3).unwrap();
    let refused =
        Minimization::resume(Rosenbrock::new(3), saved, momentum, Stop::iterations(2)).err().unwrap();
    assert!(refused.to_string().contains("saved by sgd, and cannot be resumed by momentum"), "{refused}");
    let nowhere = folder.path().join("missing/run.txt");
    let refused = Minimization::new(Rosenbrock::new(2), &array![1.0, 2.0], sgd(), Stop::iterations(1))
        .save_to(&nowhere)
        .run();
    assert!(refused.unwrap_err().to_string().contains("cannot write"));
}

#[test]
fn what_is_not_finite_at_the_start_ends_at_iteration_0() {
    let pole = || {
        FunctionWithGradient::new(1, |x, grad| {
            grad[0] = 1.0 / x[0];
            x[0].ln()
        })
    };
    let found =
        minimize(pole(), &array![-1.0], FirstOrder::new(Sgd, 0.1).unwrap(), Stop::grad(1e-8)).unwrap();
    assert_eq!((found.iterations, found.termination.word(), found.evaluations.value), (0, "not_finite", 1));
    assert_eq!(found.x, array![-1.0]);
    assert!(found.to_string().contains("at the start"), "{found}");
    let steep = FunctionWithGradient::new(1, |_, grad| {
        grad[0] = f64::NAN;
        0.0
    });
    let found = minimize(steep, &array![-1.0], FirstOrder::new(Sgd, 0.1).unwrap(), Stop::grad(1e-8)).unwrap();
    assert_eq!((found.iterations, found.termination.word()), (0, "not_finite"));
}

#[test]
fn no_progress_is_no_convergence() {
    let sgd = || FirstOrder::new(Sgd, 1e-6).unwrap();
    let by_step =
        minimize(Rosenbrock::new(2), &array![1.0, 1.5], sgd(), Stop::grad(1e-8).step_tol(1e-3)).unwrap();
    assert_eq!((by_step.termination.word(), by_step.iterations), ("step_too_small", 1));
    let by_value =
        minimize(Rosenbrock::new(2), &array![1.0, 1.5], sgd(), Stop::grad(1e-8).value_tol(0.5)).unwrap();
    assert_eq!((by_value.termination.word(), by_value.iterations), ("value_stalled", 1));
    assert!(!by_step.termination.converged() && !by_value.termination.converged());
    assert!(by_step.to_string().contains("that is not convergence"), "{by_step}");
}

#[test]
fn gradients_relative_to_the_start_and_in_the_other_norm() {
    let stop = Stop::relative_grad(1e-3).norm(crate::stop::Norm::Euclidean);
    let found =
        minimize(Quadratic::new(&[1.0, 1.0]), &array![3.0, 4.0], FirstOrder::new(Sgd, 0.5).unwrap(), stop)
            .unwrap();
    // Halved each time: 2⁻¹⁰ is the first share below 10⁻³.
    assert_eq!((found.iterations, found.termination.evidence()), (10, (1.0 / 1024.0, 1e-3)));
}

#[test]
fn a_summary_has_the_reason_the_counts_and_a_short_table() {
    let f = FiniteDifference::new(Function::new(2, |x| x[0] * x[0] + x[1] * x[1]));
    let found = minimize(f, &array![1.0, 2.0], FirstOrder::new(Sgd, 0.3).unwrap(), Stop::grad(1e-6)).unwrap();
    let text = found.to_string();
    assert!(text.starts_with("sgd: converged: ‖∇f‖∞ = ") && text.contains(" ≤ 1.0e-6"), "{text}");
    assert!(text.contains("17 iterations, 18 values, 18 gradients"), "{text}");
    let table: Vec<&str> = text.lines().skip_while(|line| !line.contains("iteration ")).collect();
    assert_eq!(table.len(), 10, "{text}");
    assert!(table[5].trim() == "…" && table.last().unwrap().trim_start().starts_with("17 "), "{text}");
}

#[test]
fn a_run_that_diverges_is_resumed_with_its_best_point() {
    let folder = tempfile::tempdir().unwrap();
    let (file, x0) = (folder.path().join("run.txt"), array![-1.2, 1.0]);
    for (name, rule) in rules() {
        let optimizer = || WithProducts::new(rule.clone(), 0.05).unwrap();
        let at_once = minimize(Rosenbrock::new(2), &x0, optimizer(), Stop::iterations(300)).unwrap();
        for cut in [1, 2, 3, 4, 6, 40] {
            Minimization::new(Rosenbrock::new(2), &x0, optimizer(), Stop::iterations(cut))
                .save_to(&file)
                .run()
                .unwrap();
            let saved = SavedRun::read(&file).unwrap();
            let resumed = Minimization::resume(Rosenbrock::new(2), saved, optimizer(), Stop::iterations(300));
            let resumed = resumed.unwrap().run().unwrap();
            assert_eq!((&resumed.x, resumed.value), (&at_once.x, at_once.value), "{name} cut at {cut}");
            assert_eq!(resumed.termination.word(), at_once.termination.word(), "{name} cut at {cut}");
        }
    }
    let diverging = || FirstOrder::new(Sgd, 0.05).unwrap();
    let found = minimize(Rosenbrock::new(2), &x0, diverging(), Stop::iterations(300)).unwrap();
    assert!(found.termination.diverged() && found.value.is_finite());
}

#[test]
fn a_resumed_run_compares_with_the_gradient_of_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    let (bowl, x0) = (|| Quadratic::new(&[1.0, 10.0]), array![3.0, -2.0]);
    let (rule, stop) = (|| FirstOrder::new(Sgd, 0.05).unwrap(), Stop::relative_grad(1e-3));
    let whole = minimize(bowl(), &x0, rule(), stop).unwrap();
    assert_eq!(whole.termination.word(), "converged_relatively");
    Minimization::new(bowl(), &x0, rule(), stop.max_iter(20)).save_to(&file).run().unwrap();
    let saved = SavedRun::read(&file).unwrap();
    assert_eq!(saved.start_grad_norm, 20.0);
    let rest = Minimization::resume(bowl(), saved, rule(), stop).unwrap().run().unwrap();
    assert_eq!((rest.iterations, rest.x), (whole.iterations, whole.x));
}

/// The tolerance of a step is relative to the largest coordinate, if that is above 1.
#[test]
fn a_step_is_measured_relative_to_x() {
    for (from, limit) in [(100.0, 1.0), (0.5, 0.01)] {
        let rule = FirstOrder::new(Sgd, 0.5).unwrap();
        let stop = Stop::iterations(100).step_tol(0.01);
        let mut points: Vec<f64> = Vec::new();
        let bowl = Quadratic::new(&[1.0]);
        let found = minimize_observed(bowl, &array![from], rule, stop, |moment| {
            points.push(moment.iterate.x[0]);
        })
        .unwrap();
        points.push(found.x[0]);
        let relative = |pair: &[f64]| (pair[1] - pair[0]).abs() / pair[1].abs().max(1.0);
        let steps: Vec<f64> = points.windows(2).map(relative).collect();
        assert_eq!(found.termination.word(), "step_too_small");
        assert!(steps[..steps.len() - 1].iter().all(|&step| step > 0.01) && steps[steps.len() - 1] <= 0.01);
        assert_eq!(found.termination.evidence(), (steps[steps.len() - 1], 0.01));
        assert!(found.x[0] <= limit);
    }
}

#[test]
fn what_was_found_is_returned_if_it_cannot_be_saved() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    let run = || {
        let rule = FirstOrder::new(Sgd, 0.5).unwrap();
        Minimization::new(Quadratic::new(&[1.0]), &array![8.0], rule, Stop::iterations(3)).save_to(&file)
    };
    std::fs::create_dir(&file).unwrap();
    let (found, saved) = run().observed_whether_saved(|_| {}).unwrap();
    assert!(found.x[0] == 1.0 && saved.is_err());
    assert!(run().run().is_err());
    std::fs::remove_dir(&file).unwrap();
    let (_, saved) = run().observed_whether_saved(|_| {}).unwrap();
    assert!(saved.is_ok() && file.is_file());
}

#[test]
fn a_failed_save_in_the_middle_is_told_once_and_the_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    std::fs::create_dir(&file).unwrap();
    let slow = Function::new(1, |x: &ArrayRef1<f64>| {
        std::thread::sleep(Duration::from_millis(100));
        x[0] * x[0]
    });
    let told = std::cell::RefCell::new(Vec::new());
    let run = Minimization::new(slow, &array![8.0], RandomSearch::new(1.0, 0).unwrap(), Stop::iterations(12))
        .save_to(&file)
        .on_failed_save(|error| told.borrow_mut().push(error.to_string()));
    let (found, saved) = run.observed_whether_saved(|_| {}).unwrap();
    assert!(found.iterations == 12 && saved.is_err());
    let told = told.into_inner();
    assert!(told.len() == 1 && told[0].starts_with("cannot write"), "{told:?}");
}
