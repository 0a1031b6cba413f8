//! What must hold of update rules that go by layers, whatever the numbers.

use gradus::minimize::{Minimization, SavedRun};
use gradus::notebook::*;
use gradus::optimizer::catalogue::Catalogue;
use gradus::real::Real;

/// The rules that go by layers, with decompositions often enough to be seen in a short run.
fn rules(convention: Convention) -> Vec<AnyRule> {
    let catalogue = Catalogue::built_in();
    let made = catalogue.rules().map(|entry| entry.make_rule(convention).unwrap());
    let mut rules: Vec<AnyRule> = made.filter(RuleInfo::by_layers).collect();
    for rule in &mut rules {
        for (name, value) in [("root-interval", 3.0), ("start", 4.0)] {
            if rule.hyperparameters().iter().any(|(known, _)| *known == name) {
                rule.set(name, value).unwrap();
            }
        }
    }
    assert!(rules.len() >= 4);
    rules
}

/// A net with a tall, a square and a wide matrix on drawn examples.
fn risk<F: Real>(features: usize, hidden: &[usize]) -> (EmpiricalRisk<F, Mlp>, Array1<F>) {
    let stream = |replicate| rng::stream(0, "layers", replicate);
    let x = rng::normal::<F>(&mut stream(0), 60 * features, 1.0);
    let x = x.into_shape_with_order((60, features)).unwrap();
    let model = Mlp::new(features, hidden, 3).unwrap().activation(Activation::Tanh);
    let start = model.initial(&mut stream(1));
    let labels: Vec<u8> = (0..60).map(|i| (i * 7 % 3) as u8).collect();
    (EmpiricalRisk::new(model, Softmax, x, labels, Regularizer::default()).unwrap(), start)
}

fn small<F: Real>() -> (EmpiricalRisk<F, Mlp>, Array1<F>) {
    risk(6, &[9, 9])
}

#[test]
fn a_zero_gradient_moves_nothing_that_is_zero() {
    let layout = small::<f64>().0.layout().clone();
    for convention in Convention::ALL {
        for rule in rules(convention) {
            let mut state = State::laid_out(&rule, &layout);
            let (zeros, mut x) = (vec![0.0; layout.len()], vec![0.0; layout.len()]);
            for _ in 0..8 {
                rule.step(&mut state, 0.1, &zeros, &mut x);
            }
            assert!(x.iter().all(|x| *x == 0.0) && state.not_positive.is_none(), "{}", rule.name());
        }
    }
}

#[test]
fn each_rule_lowers_the_loss_of_a_net() {
    for rule in rules(Convention::Torch) {
        let (risk, start) = small::<f64>();
        let (mut rule, mut lr) = (rule, 0.01);
        if rule.name() == "lars" {
            rule.set("trust", 0.05).unwrap();
            lr = 0.2;
        }
        let optimizer = FirstOrder::new(rule.clone(), lr).unwrap();
        let found = minimize(risk, &start, optimizer, Stop::iterations(60)).unwrap();
        let first = found.trace.value[0];
        assert!(found.value < 0.9 * first, "{}: from {first} to {}", rule.name(), found.value);
    }
}

#[test]
fn a_run_that_is_resumed_goes_on_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    let mut all = rules(Convention::Torch);
    all.push(AnyRule::new(Grouped::new(Matrices::Inner, Lamb::default(), RmsProp::default().centered())));
    for rule in all {
        let optimizer = || FirstOrder::new(rule.clone(), 1e-2).unwrap();
        let at_once = minimize(small::<f64>().0, &small().1, optimizer(), Stop::iterations(30)).unwrap();
        Minimization::new(small::<f64>().0, &small().1, optimizer(), Stop::iterations(13))
            .save_to(&file)
            .run()
            .unwrap();
        let saved = SavedRun::read(&file).unwrap();
        let resumed = Minimization::resume(small::<f64>().0, saved, optimizer(), Stop::iterations(30));
        let resumed = resumed.unwrap().run().unwrap();
        assert_eq!((&resumed.x, resumed.value), (&at_once.x, at_once.value), "{}", rule.name());
    }
}

#[test]
fn single_precision_resumes_with_the_same_bits_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    for rule in rules(Convention::Torch) {
        let optimizer = || FirstOrder::new(rule.clone(), 1e-2f32).unwrap();
        let at_once = minimize(small::<f32>().0, &small().1, optimizer(), Stop::iterations(20)).unwrap();
        let first = Minimization::new(small::<f32>().0, &small().1, optimizer(), Stop::iterations(8));
        first.save_to(&file).run().unwrap();
        let saved = SavedRun::read(&file).unwrap();
        let resumed = Minimization::resume(small::<f32>().0, saved, optimizer(), Stop::iterations(20));
        assert_eq!(resumed.unwrap().run().unwrap().x, at_once.x, "{}", rule.name());
    }
}

/// The loss is compared, since SOAP moves by rounding where all gradients are 0. The two types also give it
/// different eigenvectors wherever L or R has an eigenvalue more than once, as 0 is at the start: which ones
/// depends on rounding and so on the processor, and the loss feels it a little (1.4 % of its fall on an Intel
/// Xeon with AVX-512).
#[test]
fn both_float_types_take_the_same_way() {
    for rule in rules(Convention::Torch) {
        let wide = FirstOrder::new(rule.clone(), 0.01f64).unwrap();
        let start = small::<f32>().1;
        let (wide_risk, narrow_risk) = (small::<f64>().0, small::<f32>().0);
        let wide = minimize(wide_risk, &start.mapv(f64::from), wide, Stop::iterations(10)).unwrap();
        let narrow = FirstOrder::new(rule.clone(), 0.01f32).unwrap();
        let narrow = minimize(narrow_risk, &start, narrow, Stop::iterations(10)).unwrap();
        let (off, fallen) = ((wide.value - f64::from(narrow.value)).abs(), wide.trace.value[0] - wide.value);
        let most = if rule.name() == "soap" { 0.05 * fallen } else { 1e-3f64.min(0.1 * fallen) };
        assert!(off < most, "{}: {off} of {fallen}", rule.name());
    }
}

/// Products that are large enough for two threads.
#[test]
fn one_thread_and_two_give_the_same_bits() {
    for rule in rules(Convention::Torch) {
        let train_one = || {
            let (mut risk, start) = risk::<f32>(300, &[200, 100]);
            let settings = Training { epochs: 3, batch: Batch::Full, lr: 1e-2, ..Training::default() };
            train(&mut risk, rule.clone(), &start, &settings).unwrap().params
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert!(pool.install(train_one) == train_one(), "{}", rule.name());
    }
}

#[test]
fn the_same_rule_in_two_groups_is_that_rule() {
    let run = |rule: AnyRule| {
        let (mut risk, start) = small::<f64>();
        let settings = Training { epochs: 20, batch: Batch::Size(20), lr: 1e-2, ..Training::default() };
        train(&mut risk, rule, &start, &settings).unwrap().params
    };
    for matrices in [Matrices::Hidden, Matrices::Inner, Matrices::All] {
        let adam = AdamW::new(0.1);
        let grouped = Grouped::new(matrices, adam, adam);
        assert_eq!(run(AnyRule::new(grouped)), run(AnyRule::new(adam)), "{matrices:?}");
        // Muon and AdamW, as two rules and as the one that has both.
        let muon = Muon::default().matrices(matrices);
        let split = Grouped::new(matrices, muon, muon.rest);
        assert_eq!(run(AnyRule::new(split)), run(AnyRule::new(muon)), "{matrices:?}");
        let slower = Grouped::new(matrices, muon, muon.rest).rest_rate(0.1);
        assert_eq!(run(AnyRule::new(slower)), run(AnyRule::new(Muon { rest_rate: 0.1, ..muon })));
        assert_ne!(run(AnyRule::new(slower)), run(AnyRule::new(muon)));
    }
}

/// The parameters after some steps on gradients of changing size, each part of which `scale` multiplies.
fn walk(rule: &AnyRule, scale: f64) -> Vec<f64> {
    let layout = small::<f64>().0.layout().clone();
    let mut state = State::laid_out(rule, &layout);
    let mut x = rng::normal::<f64>(&mut rng::stream(1, "walk", 0), layout.len(), 0.5).to_vec();
    for k in 0..6 {
        let grad = rng::normal::<f64>(&mut rng::stream(2, "walk", k), layout.len(), 1.0) * scale;
        rule.step(&mut state, 0.01, grad.as_slice().unwrap(), &mut x);
    }
    x
}

/// A power of two in all gradients changes not a bit of a step that does not depend on their size.
#[test]
fn steps_that_do_not_depend_on_the_size_of_gradients() {
    let without_eps = |name: &str, eps: &[&str]| {
        let mut rule = Catalogue::built_in().get(name).unwrap().make_rule(Convention::Torch).unwrap();
        eps.iter().for_each(|eps| rule.set(eps, 0.0).unwrap());
        rule
    };
    for rule in [without_eps("muon", &["eps", "rest-eps"]), without_eps("lamb", &["eps"])] {
        assert!(walk(&rule, 1.0) == walk(&rule, 4096.0), "{}", rule.name());
    }
    let lars = without_eps("lars", &[]);
    let weights = small::<f64>().0.layout().parts()[0].range.clone();
    assert!(walk(&lars, 1.0)[weights.clone()] == walk(&lars, 4096.0)[weights]);
    // Its biases move by plain momentum.
    assert!(walk(&lars, 1.0) != walk(&lars, 4096.0));
}

#[test]
fn muon_makes_a_step_as_long_in_every_direction() {
    let layout = ParamLayout::new([("W1", (3, 3), true), ("b1", (1, 3), false), ("W2", (1, 3), true)]);
    let rule = AnyRule::new(Muon { weight_decay: 0.0, ..Muon::default() });
    let mut state = State::laid_out(&rule, &layout);
    // A diagonal matrix whose entries differ by a factor of 20.
    let mut grad = vec![0.0; layout.len()];
    (grad[0], grad[4], grad[8]) = (1.0, -0.2, 0.05);
    let mut x = vec![0.0; layout.len()];
    rule.step(&mut state, 1.0, &grad, &mut x);
    let diagonal = [-x[0], x[4], -x[8]];
    assert!(diagonal.iter().all(|step| (0.6..1.3).contains(step)), "{diagonal:?}");
    assert!(x.iter().enumerate().all(|(i, x)| [0, 4, 8].contains(&i) || f64::abs(*x) < 1e-12), "{x:?}");
}

#[test]
fn rules_that_need_layers_refuse_an_objective_without_them() {
    for rule in rules(Convention::Torch) {
        let needs = ["muon", "shampoo", "soap"].contains(&rule.name());
        let optimizer = FirstOrder::new(rule.clone(), 1e-3).unwrap();
        let run = minimize(
            problems::Rosenbrock::new(2),
            &array![-1.2, 1.0],
            Averaged::new(optimizer, Averaging::Off).unwrap(),
            Stop::iterations(20),
        );
        match run {
            Err(refused) => assert!(
                needs
                    && refused.to_string().starts_with(rule.name())
                    && refused.to_string().contains("layers"),
                "{refused}"
            ),
            Ok(found) => assert!(!needs && found.value < 24.2, "{}", rule.name()),
        }
    }
    // Two layers have none between hidden ones.
    let (mut risk, start) = risk::<f64>(4, &[5]);
    let inner = Muon::default().matrices(Matrices::Inner);
    let settings = Training { batch: Batch::Full, ..Training::default() };
    let refused = train(&mut risk, inner, &start, &settings).unwrap_err().to_string();
    assert!(refused.contains("no weight matrix of a layer between two hidden ones among W1, b1, W2, b2"));
}

#[cfg(feature = "lapack")]
#[test]
fn a_root_of_a_matrix_that_is_not_positive_ends_the_run_with_its_eigenvalue() {
    let rule = || Shampoo { matrix_eps: 0.0, root_interval: 4.0, ..Shampoo::default() };
    let (risk, start) = small::<f64>();
    let optimizer = FirstOrder::new(rule(), 0.01).unwrap();
    let found = minimize(risk, &start, optimizer, Stop::iterations(20)).unwrap();
    let Termination::NotPositive { iteration, eigenvalue, bound } = found.termination else {
        panic!("{}", found.termination)
    };
    assert!(iteration == 3 && eigenvalue <= bound && bound > 0.0 && bound < 1e-10, "{}", found.termination);
    assert!(found.x.iter().all(|x| x.is_finite()) && found.value.is_finite());
    assert_eq!(found.termination.word(), "not_positive");
    assert_eq!(found.termination.evidence(), (eigenvalue, bound));
    assert!(found.termination.to_string().contains("raise matrix-eps"), "{}", found.termination);

    let (mut risk, start) = small::<f64>();
    let settings = Training { batch: Batch::Full, ..Training::default() };
    let trained = train(&mut risk, rule(), &start, &settings).unwrap();
    assert!(trained.steps == 3 && trained.termination.word() == "not_positive");
    // With the default ε the same run goes on.
    let (risk, start) = small::<f64>();
    let whole = FirstOrder::new(Shampoo { root_interval: 4.0, ..Shampoo::default() }, 0.01).unwrap();
    assert_eq!(minimize(risk, &start, whole, Stop::iterations(20)).unwrap().iterations, 20);
}

#[test]
fn every_number_is_checked_and_names_its_range() {
    for rule in rules(Convention::Torch) {
        for (name, value) in rule.hyperparameters() {
            let mut changed = rule.clone();
            changed.set(name, value).unwrap();
            assert_eq!(changed, rule);
            for wrong in [f64::NAN, f64::NEG_INFINITY] {
                let refused = changed.set(name, wrong).unwrap_err().to_string();
                assert!(refused.contains(&format!("{name} must be")), "{}: {refused}", rule.name());
            }
        }
    }
}

#[test]
fn a_gradient_of_another_length_is_refused_with_both() {
    for rule in rules(Convention::Torch) {
        let stepped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            rule.step(&mut State::new(&rule, 3), 0.1, &[1.0; 2], &mut [1.0; 3])
        }));
        let said = *stepped.unwrap_err().downcast::<String>().unwrap();
        assert_eq!(said, "the gradient has 2 entries, the parameters 3", "{}", rule.name());
    }
}

#[test]
fn the_layout_says_where_each_matrix_stands() {
    use gradus::objective::{Depth, PartKind};
    let kinds = |hidden: &[usize]| {
        let parts = risk::<f64>(4, hidden).0.param_layout().unwrap();
        parts.parts().iter().map(|part| part.kind).collect::<Vec<_>>()
    };
    let weights = PartKind::Weights;
    assert_eq!(kinds(&[]), [weights(Depth::Only), PartKind::Bias]);
    let [first, between, last] = [Depth::First, Depth::Between, Depth::Last].map(weights);
    assert_eq!(kinds(&[5, 6]), [first, PartKind::Bias, between, PartKind::Bias, last, PartKind::Bias]);
    assert_eq!(problems::Rosenbrock::new(2).param_layout(), None);
    assert_eq!(ParamLayout::whole(3).parts()[0].kind, PartKind::Whole);
}

/// Curvature in every step, so that every step asks for a product.
fn sophia() -> Sophia {
    Sophia { every: 1.0, ..Sophia::default() }
}

#[test]
fn each_part_of_a_group_asks_for_its_own_product_and_learns_from_it() {
    let layout = small::<f64>().0.layout().clone();
    let mut both = Grouped::new(Matrices::Hidden, sophia(), sophia());
    let mut state = State::<f64>::laid_out(&both, &layout);
    let directions = |rule: &Grouped<Sophia, Sophia>, state: &State| {
        let mut v = vec![f64::NAN; layout.len()];
        assert!(rule.needs_products() && rule.direction(state, &mut v));
        assert!(v.iter().all(|v| v.abs() == 1.0));
        v
    };
    let v = directions(&both, &state);
    // The signs of two parts are drawn independently, or the estimate of the diagonal would be biased.
    let long: Vec<_> =
        layout.parts().iter().map(|part| &v[part.range.clone()]).filter(|v| v.len() > 20).collect();
    for (i, one) in long.iter().enumerate() {
        for other in &long[..i] {
            let equal = one.iter().zip(*other).filter(|(a, b)| a == b).count();
            let shared = one.len().min(other.len());
            assert!(0 < equal && equal < shared, "{equal} of {shared}");
        }
    }
    both.set_seed(5);
    assert!(directions(&both, &state) != v && both.first.seed != both.rest.seed);

    let product: Vec<f64> = v.iter().map(|v| 3.0 * v).collect();
    both.learn_curvature(&mut state, &v, &product);
    let learned = |part: &PartState| part.state.third.iter().all(|h| (h - 0.03).abs() < 1e-15);
    assert!(state.parts.iter().all(learned));

    // Only the first rule asks; the other one knows no curvature.
    let one = Grouped::new(Matrices::Hidden, sophia(), Sgd);
    let (mut state, mut v) = (State::<f64>::laid_out(&one, &layout), vec![f64::NAN; layout.len()]);
    assert!(one.direction(&state, &mut v));
    one.learn_curvature(&mut state, &v, &v);
    for part in &state.parts {
        let taken = Matrices::Hidden.takes(&part.part);
        assert!(v[part.part.range.clone()].iter().all(|v| (*v != 0.0) == taken), "{:?}", part.part);
        assert_eq!(part.state.third.is_empty(), !taken);
    }
    assert!(!Grouped::new(Matrices::All, Sgd, Sgd).needs_products());
}

#[test]
fn groups_run_with_products_where_a_rule_asks_for_them() {
    let rule = || Grouped::new(Matrices::Hidden, Momentum::default(), sophia());
    let refused = FirstOrder::new(rule(), 0.01).unwrap_err().to_string();
    assert!(refused.contains("products with the Hessian"), "{refused}");
    let (risk, start) = small::<f64>();
    let run = WithProducts::new(rule(), 0.01).unwrap();
    let found = minimize(risk, &start, run, Stop::iterations(30)).unwrap();
    assert_eq!(found.evaluations.hess, 30);
    assert!(found.value < 0.9 * found.trace.value[0], "{found}");
    let (mut risk, start) = small::<f64>();
    let settings = Training { epochs: 10, batch: Batch::Size(20), lr: 0.01, ..Training::default() };
    assert_eq!(train(&mut risk, rule(), &start, &settings).unwrap().steps, 30);
    // Without layers there are no groups, whether products are asked for or not.
    let flat = WithProducts::new(rule(), 0.01).unwrap();
    let refused = minimize(problems::Rosenbrock::new(2), &array![1.0, 2.0], flat, Stop::iterations(3));
    assert!(refused.unwrap_err().to_string().contains("has no layers"));
}

#[test]
fn what_concerns_all_parameters_goes_around_groups_and_not_into_them() {
    let refused = |rule: AnyRule| {
        let sides = [
            Grouped::new(Matrices::All, rule.clone(), AnyRule::new(Sgd)),
            Grouped::new(Matrices::All, AnyRule::new(Sgd), rule),
        ];
        let [one, other] = sides.map(|groups| groups.validate().unwrap_err().to_string());
        assert_eq!(one, other);
        one
    };
    let clipped = refused(AnyRule::new(Clipped::new(Adam::default(), Clip::Norm(1.0))));
    assert_eq!(
        clipped,
        "adam is a rule of a group and has around it: gradient clipped to norm 1: put that around Grouped"
    );
    assert!(refused(AnyRule::new(Lookahead::new(Sgd))).contains("lookahead every 5 steps"));
    assert!(refused(AnyRule::new(Sam::new(Sgd))).contains("sharpness-aware"));
    let nested = Grouped::new(Matrices::Hidden, sophia(), sophia());
    assert!(refused(AnyRule::new(nested)).contains("put no groups into a group"));
    // Around the groups they are as around any rule.
    let groups = || Grouped::new(Matrices::Hidden, Momentum::default(), Adam::default());
    let around = Lookahead::new(Sam::new(Clipped::new(groups(), Clip::Norm(0.1))));
    let (risk, start) = small::<f64>();
    let found = minimize(risk, &start, FirstOrder::new(around, 0.01).unwrap(), Stop::iterations(20));
    let found = found.unwrap();
    assert!(found.evaluations.grad == 41 && found.trace.clips() > 0, "{found}");
}

#[test]
fn numbers_that_single_precision_loses_are_refused_in_both_groups() {
    let tiny = Adam { eps: 1e-60, ..Adam::default() };
    for rule in [
        Grouped::new(Matrices::All, tiny, Adam::default()),
        Grouped::new(Matrices::All, Adam::default(), tiny),
    ] {
        assert!(FirstOrder::new(rule, 0.1f32).unwrap_err().to_string().contains("eps"));
        assert!(FirstOrder::new(rule, 0.1f64).is_ok());
    }
}

#[test]
fn two_groups_have_the_properties_of_either() {
    let has = |properties: Properties| {
        let Properties { first_moment, second_moment, leaky, bias_correction } = properties;
        [first_moment, second_moment, leaky, bias_correction]
    };
    let of = |rule: Grouped<AnyRule, AnyRule>| has(rule.properties());
    let catalogue = Catalogue::built_in();
    let named = |name: &str| catalogue.get(name).unwrap().make_rule(Convention::Torch).unwrap();
    let grouped = |first: &str, rest: &str| of(Grouped::new(Matrices::Hidden, named(first), named(rest)));
    assert_eq!(grouped("gd", "gd"), [false; 4]);
    for pair in [["momentum", "rmsprop"], ["rmsprop", "momentum"]] {
        assert_eq!(grouped(pair[0], pair[1]), [true, true, true, false], "{pair:?}");
    }
    for pair in [["adagrad", "adam"], ["adam", "adagrad"]] {
        assert_eq!(grouped(pair[0], pair[1]), [true; 4], "{pair:?}");
    }
}

#[test]
fn a_rule_of_layers_is_refused_where_there_are_none_with_products_too() {
    let muon = WithProducts::new(Muon::default(), 0.01).unwrap();
    let refused = minimize(problems::Rosenbrock::new(2), &array![0.0, 0.0], muon, Stop::iterations(3));
    assert!(refused.unwrap_err().to_string().contains("layers"));
}
