//! A training run gives the same bits on one thread, on two, and on more.

use gradus::notebook::*;

type Net<F> = EmpiricalRisk<F, Box<dyn Model<F>>, Softmax>;

/// A problem whose steps are large enough for a second thread, except for the last batch, and whose rows have
/// an odd length.
fn risk<F: Real>(model: &str) -> (Net<F>, Array1<F>) {
    let (rows, columns) = (300, 600 + 1);
    let mut stream = rng::stream(7, "threads", 0);
    let features =
        rng::normal::<F>(&mut stream, rows * columns, 1.0).into_shape_with_order((rows, columns)).unwrap();
    let labels: Vec<u8> = (0..rows).map(|i| (i * 7 % 10) as u8).collect();
    let model = ModelKind::parse(model).unwrap().build(columns, 10, None);
    let start = model.initial(&mut stream);
    (EmpiricalRisk::new(model, Softmax, features, labels, Regularizer::elastic(1e-4, 1e-5)).unwrap(), start)
}

fn trained<F: Real>(model: &str, rule: AnyRule) -> Trained<F> {
    let (mut risk, start) = risk::<F>(model);
    let settings = Training { epochs: 4, lr: 1e-3, ..Training::default() };
    train(&mut risk, rule, &start, &settings).unwrap()
}

fn same_bits<F: Real>() {
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    for (model, rule) in [("linear", "momentum"), ("mlp:100", "adam"), ("mlp:40,50,tanh", "momentum")] {
        let rule = AnyRule::by_name(rule).unwrap();
        let one = alone.install(|| trained::<F>(model, rule.clone()));
        for _ in 0..5 {
            let two = trained::<F>(model, rule.clone());
            assert!(one.params == two.params && one.steps == two.steps, "{model}");
        }
    }
}

#[test]
fn a_run_has_the_same_bits_alone_and_in_company() {
    same_bits::<f32>();
    same_bits::<f64>();
}

/// Steps with products for all threads and others for two. The number of threads belongs to a process, so
/// each number has a process of its own.
#[test]
fn a_wide_run_has_the_same_bits_on_1_2_3_and_8_threads() {
    const ALONE: &str = "GRADUS_TEST_ALONE";
    if let Ok(threads) = std::env::var(ALONE) {
        assert_eq!(rayon::current_num_threads().to_string(), threads);
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let run = || trained::<f32>("mlp:300,60", AnyRule::by_name("momentum").unwrap()).params;
        assert!(alone.install(run) == run());
        return;
    }
    for threads in ["1", "2", "3", "8"] {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "a_wide_run_has_the_same_bits_on_1_2_3_and_8_threads"]);
        let output = child.env(ALONE, threads).env("RAYON_NUM_THREADS", threads).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{threads} threads: {said}");
    }
}

#[test]
fn runs_side_by_side_do_not_disturb_each_other() {
    let rule = AnyRule::by_name("momentum").unwrap();
    let expected = trained::<f32>("linear", rule.clone()).params;
    std::thread::scope(|scope| {
        let runs: Vec<_> =
            (0..6).map(|_| scope.spawn(|| trained::<f32>("linear", rule.clone()).params)).collect();
        for run in runs {
            assert!(run.join().unwrap() == expected);
        }
    });
}
