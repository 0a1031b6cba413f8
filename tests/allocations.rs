//! Hot loops allocate nothing after the first step. An allocator counts the allocations of each thread.

use gradus::data::Preprocessing;
use gradus::linalg::{Kernel, Rows, with_helper_thread};
use gradus::notebook::*;
use gradus::optimizer::catalogue::Catalogue;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}
/// Those of all threads together.
static ALL: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator unchanged. The counter is a constant-initialized
// thread-local without a destructor, so its use allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        ALL.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations() -> usize {
    ALLOCATIONS.with(Cell::get)
}

#[test]
fn the_counter_counts() {
    let before = allocations();
    drop(std::hint::black_box(vec![1u8; 100]));
    assert_eq!(allocations() - before, 1);
}

/// Every update rule of the library, and some of them wrapped.
fn rules() -> Vec<(String, AnyRule)> {
    let catalogue = Catalogue::built_in();
    let rule = |name: &str| catalogue.get(name).unwrap().make_rule(Convention::Torch).unwrap();
    let wrapped = |(wrap, name): (&str, &str)| {
        (format!("{wrap} {name}"), Wrap::parse(wrap).unwrap().around(rule(name)))
    };
    let wrapped = [("lookahead", "adam"), ("sam", "momentum"), ("sam", "sophia")].map(wrapped);
    catalogue.rules().map(|entry| (entry.name().into(), rule(entry.name()))).chain(wrapped).collect()
}

#[test]
fn training_allocates_nothing_between_the_first_and_the_last_step() {
    for (name, rule) in rules() {
        let prepared = Preprocessing::default().prepare::<f32>(&data::digits());
        let model = Linear::new(64, 10);
        let mut risk =
            EmpiricalRisk::new(model, Softmax, prepared.train_x, prepared.train_y, Regularizer::l2(1e-4))
                .unwrap();
        let (start, settings) = (
            Array1::zeros(risk.dim()),
            Training { epochs: 3, checkpoint_every: Some(1), ..Training::default() },
        );
        let mut counts = Vec::with_capacity(100);
        let observer = |_: &Checkpoint<f32>| counts.push(allocations());
        train_observed(&mut risk, rule, &start, &settings, observer).unwrap();
        assert_eq!(counts.len(), 37);
        assert_eq!(counts[36] - counts[1], 0, "{name} allocated while training");
    }
}

/// The rules that go by layers, with decompositions within the run.
#[test]
fn training_by_layers_allocates_nothing_either() {
    use gradus::optimizer::catalogue::Catalogue;
    for entry in Catalogue::built_in().rules() {
        let mut rule = entry.make_rule(Convention::Torch).unwrap();
        if !rule.by_layers() {
            continue;
        }
        if entry.setting("root-interval").is_some() {
            rule.set("root-interval", 2.0).unwrap();
        }
        let prepared = Preprocessing::default().prepare::<f32>(&data::digits());
        let model = Mlp::new(64, &[70, 20], 10).unwrap();
        let start = model.initial(&mut rng::stream(0, "layers", 0));
        let mut risk =
            EmpiricalRisk::new(model, Softmax, prepared.train_x, prepared.train_y, Regularizer::default())
                .unwrap();
        let settings = Training { epochs: 2, lr: 1e-3, checkpoint_every: Some(1), ..Training::default() };
        let mut counts = Vec::with_capacity(100);
        train_observed(&mut risk, rule, &start, &settings, |_| counts.push(allocations())).unwrap();
        assert_eq!(counts[counts.len() - 1] - counts[1], 0, "{}: {counts:?}", entry.name());
    }
}

/// Steps that are large enough for a second thread, of every kind of layer.
#[test]
fn training_in_company_allocates_nothing_either() {
    // A net whose products go by packed blocks, convolutions of 24 × 24 pixels, and embeddings of codes.
    for (model, columns) in
        [("linear", 600), ("mlp:100", 600), ("mlp:200", 600), ("conv:4,8", 576), ("ngram:8,64", 40)]
    {
        let kind = ModelKind::parse(model).unwrap();
        let mut features = rng::normal::<f32>(&mut rng::stream(0, "company", 0), 500 * columns, 1.0)
            .into_shape_with_order((500, columns))
            .unwrap();
        if kind.takes_codes() {
            features.mapv_inplace(|v| (v.abs() * 4.0).floor().min(9.0));
        }
        let labels: Vec<u8> = (0..500).map(|i| (i % 10) as u8).collect();
        let built = kind.build::<f32>(columns, 10, None);
        let start = built.initial(&mut rng::stream(0, "company", 1));
        let mut risk = EmpiricalRisk::new(built, Softmax, features, labels, Regularizer::l2(1e-4)).unwrap();
        let settings = Training { epochs: 5, lr: 1e-3, checkpoint_every: Some(1), ..Training::default() };
        let mut counts = Vec::with_capacity(100);
        train_observed(&mut risk, Momentum::default(), &start, &settings, |_| counts.push(allocations()))
            .unwrap();
        assert_eq!(counts[counts.len() - 1] - counts[1], 0, "{model}: {counts:?}");
    }
}

/// Products of which each of three threads computes a part. All threads of a process are counted, so the test
/// has a process of its own.
#[test]
fn wide_products_allocate_nothing_on_any_thread() {
    const ALONE: &str = "GRADUS_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let name = "wide_products_allocate_nothing_on_any_thread";
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        let output =
            child.args(["--exact", name]).env(ALONE, "1").env("RAYON_NUM_THREADS", "3").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    for (rows, features, classes) in [(128, 7900, 10), (128, 390, 210)] {
        let (data, weights) = (vec![1f32; rows * features], vec![0.5f32; classes * features]);
        let (bias, mut scores, mut grad) =
            (vec![0.0; classes], vec![0.0; rows * classes], vec![0.0; classes * features]);
        let mut step = || {
            f32::scores(Rows::all(&data, features), &weights, &bias, &mut scores);
            f32::accumulate(Rows::all(&data, features), &scores, &mut grad);
        };
        let allocated = with_helper_thread(|| {
            (0..50).for_each(|_| step());
            let before = ALL.load(Ordering::Relaxed);
            (0..500).for_each(|_| step());
            ALL.load(Ordering::Relaxed) - before
        });
        assert_eq!(allocated, 0, "in 1,000 products of {classes} classes");
    }
}

#[test]
fn look_ahead_training_allocates_nothing_either() {
    let prepared = Preprocessing::default().prepare::<f64>(&data::digits());
    let mut risk = EmpiricalRisk::new(
        Linear::new(64, 10),
        MulticlassSvm,
        prepared.train_x,
        prepared.train_y,
        Regularizer::l2(1e-4),
    )
    .unwrap();
    let (start, settings) =
        (Array1::zeros(risk.dim()), Training { epochs: 2, checkpoint_every: Some(1), ..Training::default() });
    let mut counts = Vec::with_capacity(100);
    let rule = Nesterov::new(0.9).form(NesterovForm::LookAhead);
    train_observed(&mut risk, rule, &start, &settings, |_| counts.push(allocations())).unwrap();
    assert_eq!(counts[counts.len() - 1] - counts[1], 0);
}

#[test]
fn clipping_averaging_and_accumulating_allocate_nothing_either() {
    let prepared = Preprocessing::default().prepare::<f32>(&data::digits());
    let mut risk = EmpiricalRisk::new(
        Linear::new(64, 10),
        Softmax,
        prepared.train_x,
        prepared.train_y,
        Regularizer::default(),
    )
    .unwrap();
    let average = Averaging::Exponential { decay: 0.9 };
    let settings =
        Training { epochs: 4, accumulate: 2, average, checkpoint_every: Some(1), ..Training::default() };
    let (start, mut counts) = (Array1::zeros(risk.dim()), Vec::with_capacity(100));
    let rule = Clipped::new(RmsProp::default().centered().momentum(0.9), Clip::Norm(0.1));
    train_observed(&mut risk, rule, &start, &settings, |_| counts.push(allocations())).unwrap();
    assert_eq!(counts[counts.len() - 1] - counts[1], 0);
    let optimizer = FirstOrder::new(Clipped::new(Adam::default(), Clip::Value(0.1)), 1e-3).unwrap();
    let averaged = Averaged::new(optimizer, Averaging::Mean { from: 1, every: 1 }).unwrap();
    let mut counts = Vec::with_capacity(200);
    minimize_observed(
        problems::Rosenbrock::new(10),
        &Array1::zeros(10),
        averaged,
        Stop::iterations(100),
        |_| counts.push(allocations()),
    )
    .unwrap();
    assert_eq!(counts[99] - counts[0], 0);
}

#[test]
fn minimizing_allocates_nothing_between_the_first_and_the_last_iteration() {
    // A function has none of the matrices that these need.
    let of_matrices = ["muon", "shampoo", "soap"];
    for (name, rule) in rules().into_iter().filter(|(name, _)| !of_matrices.contains(&name.as_str())) {
        let optimizer = WithProducts::new(rule, 1e-4).unwrap();
        let mut counts = Vec::with_capacity(200);
        minimize_observed(
            problems::Rosenbrock::new(10),
            &Array1::zeros(10),
            optimizer,
            Stop::iterations(100),
            |_| counts.push(allocations()),
        )
        .unwrap();
        assert_eq!(counts.len(), 100);
        assert_eq!(counts[99] - counts[0], 0, "{name} allocated while minimizing");
    }
}

#[test]
fn so_do_the_quasi_newton_methods_and_conjugate_gradients() {
    fn counted<P: Optimizer<f64, Counted<problems::Rosenbrock>>>(optimizer: P) {
        let (name, mut counts) = (optimizer.name(), Vec::with_capacity(200));
        minimize_observed(
            problems::Rosenbrock::new(30),
            &Array1::zeros(30),
            optimizer,
            Stop::iterations(100),
            |_| counts.push(allocations()),
        )
        .unwrap();
        assert_eq!(counts.len(), 100, "{name}");
        assert_eq!(counts[99] - counts[0], 0, "{name} allocated while minimizing");
    }
    counted(Bfgs::new());
    counted(CholeskyBfgs::new());
    counted(Lbfgs::new(10).line_search(HagerZhang::default()).unwrap());
    counted(ConjugateGradient::default());
    counted(Sr1::new());
}

#[test]
fn test_functions_allocate_nothing_once_they_are_built() {
    for mut problem in problems::examples() {
        let (name, x) = (problem.facts().name, problem.facts().start);
        let (mut grad, mut product, mut hessian) =
            (Array1::zeros(x.len()), Array1::zeros(x.len()), Array2::zeros((x.len(), x.len())));
        let before = allocations();
        problem.value(&x);
        problem.value_grad(&x, &mut grad);
        problem.hessian(&x, &mut hessian);
        problem.hess_vec(&x, &grad, &mut product);
        assert_eq!(allocations() - before, 0, "{name} allocated");
        let Some(residuals) = problem.as_residuals() else { continue };
        let mut r = Array1::zeros(residuals.residual_count());
        let mut jacobian = Array2::zeros((r.len(), x.len()));
        let before = allocations();
        residuals.residuals(&x, &mut r);
        residuals.jacobian(&x, &mut jacobian);
        assert_eq!(allocations() - before, 0, "{name} allocated");
    }
}

fn digits_net() -> (EmpiricalRisk<f64, Mlp, Softmax>, Array1<f64>) {
    let prepared = Preprocessing::default().prepare::<f64>(&data::digits());
    let net = Mlp::new(64, &[20, 10], 10).unwrap().activation(Activation::Tanh);
    let start = net.initial(&mut rng::stream(0, "initial parameters", 0));
    (
        EmpiricalRisk::new(
            net,
            Softmax,
            prepared.train_x,
            prepared.train_y,
            Regularizer::elastic(1e-4, 1e-5),
        )
        .unwrap(),
        start,
    )
}

#[test]
fn training_a_net_allocates_nothing_between_the_first_and_the_last_step() {
    let (mut risk, start) = digits_net();
    let settings = Training { epochs: 3, checkpoint_every: Some(1), ..Training::default() };
    let mut counts = Vec::with_capacity(100);
    train_observed(&mut risk, Momentum::default(), &start, &settings, |_| counts.push(allocations()))
        .unwrap();
    assert_eq!(counts[counts.len() - 1] - counts[1], 0);
}

/// Steps that are large enough for a second thread.
#[test]
fn training_an_autoencoder_allocates_nothing_either() {
    let model = ModelKind::parse("autoencoder:100,20").unwrap();
    let curves = data::Curves { train: 300, test: 10 }.generate(0).unwrap();
    let features = Classifier::<f32>::preprocessing(&model).prepare::<f32>(&curves).train_x;
    for loss in ["logistic", "squared", "huber"] {
        let net = model.build::<f32>(784, 0, None);
        let start = net.initial(&mut rng::stream(0, "autoencoder", 0));
        let loss = loss::by_name::<f32>(loss).unwrap();
        let mut risk =
            EmpiricalRisk::reconstruction(net, loss, features.clone(), Regularizer::l2(1e-4)).unwrap();
        let settings = Training { epochs: 5, lr: 1e-3, checkpoint_every: Some(1), ..Training::default() };
        let mut counts = Vec::with_capacity(100);
        train_observed(&mut risk, Momentum::default(), &start, &settings, |_| counts.push(allocations()))
            .unwrap();
        assert_eq!(counts[counts.len() - 1] - counts[1], 0, "{counts:?}");
        let (v, mut product) = (Array1::ones(start.len()), Array1::zeros(start.len()));
        risk.hess_vec(&start, &v, &mut product);
        let before = allocations();
        risk.hess_vec(&start, &v, &mut product);
        assert_eq!(allocations() - before, 0);
    }
}

#[test]
fn products_with_the_hessian_allocate_nothing_after_the_first() {
    let (mut risk, start) = digits_net();
    let (v, mut product) = (Array1::ones(start.len()), Array1::zeros(start.len()));
    let batch: Vec<u32> = (0..300).collect();
    risk.hess_vec(&start, &v, &mut product);
    let before = allocations();
    for _ in 0..3 {
        risk.hess_vec(&start, &v, &mut product);
        risk.batch_hess_vec(&start, &batch, &v, &mut product);
    }
    assert_eq!(allocations() - before, 0);
}

#[cfg(feature = "lapack")]
#[test]
fn kfac_allocates_nothing_between_the_first_and_the_last_iteration() {
    let tridiagonal = Kfac::new().blocks(KfacBlocks::Tridiagonal);
    for kfac in [Kfac::new(), Kfac::minibatch(128, 0).unwrap(), tridiagonal] {
        let (risk, start) = digits_net();
        let mut counts = Vec::with_capacity(100);
        minimize_observed(risk, &start, kfac, Stop::iterations(31), |_| counts.push(allocations())).unwrap();
        assert_eq!(counts.len(), 31);
        assert_eq!(counts[30] - counts[1], 0, "{counts:?}");
    }
}

#[cfg(feature = "lapack")]
#[test]
fn so_do_newton_and_its_relatives() {
    fn counted<O: Objective, P: Optimizer<f64, Counted<O>>>(objective: O, x0: Array1<f64>, optimizer: P) {
        let (name, mut counts) = (optimizer.name(), Vec::with_capacity(200));
        minimize_observed(objective, &x0, optimizer, Stop::grad(1e-8).max_iter(100), |_| {
            counts.push(allocations())
        })
        .unwrap();
        assert!(counts.len() > 10, "{name}");
        assert_eq!(counts[counts.len() - 1] - counts[0], 0, "{name} allocated while minimizing");
    }
    let valley = || problems::Rosenbrock::new(30);
    let x0 = || valley().facts().start;
    // The Hessian is indefinite on the way, so the steps include shifts and both factorizations.
    counted(valley(), x0(), Newton::pure());
    counted(valley(), x0(), Newton::new());
    counted(valley(), x0(), TrustRegion::new());
    counted(valley(), x0(), NewtonCg::new());
    counted(GradientDifference::new(valley()), x0(), NewtonCg::new());
    counted(valley(), x0(), GaussNewton::new());
    counted(valley(), x0(), LevenbergMarquardt::new());
}
