//! What must hold between update rules, whatever the numbers: forms that are one, rules that contain others,
//! scales that do not matter.

use gradus::notebook::*;
use gradus::optimizer::catalogue::Catalogue;

/// Every update rule of the library in a convention.
fn rules(convention: Convention) -> Vec<(&'static str, AnyRule)> {
    let catalogue = Catalogue::built_in();
    catalogue.rules().map(|entry| (entry.name(), entry.make_rule(convention).unwrap())).collect()
}

fn rule(name: &str) -> AnyRule {
    Catalogue::built_in().get(name).unwrap().make_rule(Convention::Torch).unwrap()
}

/// Gradients that no rule has a reason to like: of changing sign and size.
fn gradients(count: usize) -> Vec<[f64; 4]> {
    (0..count)
        .map(|k| {
            [1.0, 7.0, 0.3, 2.0].map(|p: f64| (p * (k as f64 + 1.0)).sin() * (2.0 + (k as f64 * 0.37).cos()))
        })
        .collect()
}

/// The parameters after each step on a given sequence of gradients.
fn walk(rule: impl UpdateRule, lr: f64, gradients: &[[f64; 4]]) -> Vec<[f64; 4]> {
    let (mut state, mut x) = (State::new(&rule, 4), [0.0; 4]);
    let step = |gradient: &[f64; 4]| {
        rule.step(&mut state, lr, gradient, &mut x);
        x
    };
    gradients.iter().map(step).collect()
}

fn largest_difference(a: &[[f64; 4]], b: &[[f64; 4]]) -> f64 {
    a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// f = ½(x² + 25y²) from (1, 1), lr .03, ρ .9: f after 50 steps.
fn end(rule: impl UpdateRule, schedule: Schedule) -> f64 {
    let optimizer = FirstOrder::new(rule, 0.03).unwrap().schedule(schedule);
    minimize(problems::Quadratic::new(&[1.0, 25.0]), &array![1.0, 1.0], optimizer, Stop::iterations(50))
        .unwrap()
        .value
}

const CUT: Schedule = Schedule::Step { every: 25, factor: 0.1 };

#[test]
fn two_ways_of_momentum_are_one_until_the_rate_changes() {
    let (outside, inside) = (Momentum::new(0.9), Momentum::new(0.9).rate_inside());
    let constant = [end(outside, Schedule::Constant), end(inside, Schedule::Constant)];
    assert!((constant[0] - constant[1]).abs() < 1e-12 * constant[0]);
    let given = gradients(40);
    assert!(largest_difference(&walk(outside, 0.1, &given), &walk(inside, 0.1, &given)) < 1e-12);
    // Computed apart from this library, from the two formulas.
    let cut = [end(outside, CUT), end(inside, CUT)];
    assert!(
        (cut[0] - 0.0024658194384951948).abs() < 1e-14 && (cut[1] - 0.17916269356117503).abs() < 1e-13,
        "{cut:?}"
    );
}

#[test]
fn two_ways_of_nesterov_are_one_until_the_rate_changes() {
    let [torch, shifted, ahead] = [NesterovForm::RateOutside, NesterovForm::Shifted, NesterovForm::LookAhead]
        .map(|form| Nesterov::new(0.9).form(form));
    let constant = [end(torch, Schedule::Constant), end(shifted, Schedule::Constant)];
    assert!((constant[0] - constant[1]).abs() < 1e-12 * constant[0]);
    let cut = [torch, shifted, ahead].map(|rule| end(rule, CUT));
    for (got, computed) in
        cut.into_iter().zip([0.0012358516416146226, 0.00462451634202872, 0.004611024076620071])
    {
        assert!((got - computed).abs() < 1e-13, "{cut:?}");
    }
}

#[test]
fn dampening_scales_the_velocity_but_for_its_first_step() {
    let rule = Momentum { dampening: 0.5, ..Momentum::new(0.9) };
    let given = gradients(3);
    let expected = {
        let [g0, g1, g2] = [0, 1, 2].map(|k| given[k][0]);
        let (v0, v1) = (g0, 0.9 * g0 + 0.5 * g1);
        -0.1 * (v0 + v1 + 0.9 * v1 + 0.5 * g2)
    };
    assert!((walk(rule, 0.1, &given)[2][0] - expected).abs() < 1e-15);
}

#[test]
fn adam_without_momentum_is_rmsprop_with_its_bias_corrected() {
    let (decay, eps, lr) = (0.99, 1e-8, 0.1);
    let given = gradients(200);
    let adam = Adam { beta1: 0.0, beta2: decay, eps, ..Adam::default() };
    let (mut s, mut x) = ([0.0; 4], [0.0; 4]);
    let corrected: Vec<[f64; 4]> = given
        .iter()
        .enumerate()
        .map(|(k, gradient)| {
            for i in 0..4 {
                s[i] = decay * s[i] + (1.0 - decay) * gradient[i].powi(2);
                x[i] -= lr * gradient[i] / ((s[i] / (1.0 - decay.powi(k as i32 + 1))).sqrt() + eps);
            }
            x
        })
        .collect();
    assert!(largest_difference(&walk(adam, lr, &given), &corrected) < 1e-12);
    // And RMSProp itself is what is left without the correction; with it the first steps are ten times
    // shorter.
    let rmsprop = walk(RmsProp { decay, eps, ..RmsProp::default() }, lr, &given);
    assert!(largest_difference(&walk(Adam { bias_correction: false, ..adam }, lr, &given), &rmsprop) < 1e-12);
    assert!((rmsprop[0][0] / corrected[0][0] - 10.0).abs() < 1e-6);
}

#[test]
fn rules_contain_each_other() {
    let given = gradients(60);
    let same =
        |a: AnyRule, b: AnyRule| largest_difference(&walk(a, 0.1, &given), &walk(b, 0.1, &given)) < 1e-12;
    assert!(same(AnyRule::new(Momentum::new(0.0)), AnyRule::new(Sgd)));
    assert!(same(AnyRule::new(Nesterov::new(0.0)), AnyRule::new(Sgd)));
    assert!(same(AnyRule::new(AdamW::new(0.0)), AnyRule::new(Adam::default())));
    let constant = Adam { beta1: 0.0, ..Adam::default() };
    assert!(same(AnyRule::new(NAdam { adam: constant, ..NAdam::default() }), AnyRule::new(constant)));
    let no_slow = AdEmaMix { alpha: 0.0, ..AdEmaMix::default() };
    assert!(same(AnyRule::new(no_slow), AnyRule::new(Adam::default())));
    // Without differences the weight of none is left of Adan, and Adam's corrected moments.
    let still = Adan { beta1: 0.9, beta2: 0.0, beta3: 0.999, ..Adan::default() };
    assert!(same(AnyRule::new(still), AnyRule::new(Adam::default())));
    // Averaged from the start, without a look at the average: Adam without momentum, and Polyak's average.
    let free = ScheduleFreeAdamW { adam: constant, ..ScheduleFreeAdamW::default() };
    let mut mean = [0.0; 4];
    let polyak: Vec<[f64; 4]> = walk(constant, 0.1, &given)
        .iter()
        .enumerate()
        .map(|(k, x)| {
            (0..4).for_each(|i| mean[i] += (x[i] - mean[i]) / (k + 1) as f64);
            mean
        })
        .collect();
    assert!(largest_difference(&walk(free, 0.1, &given), &polyak) < 1e-12);
    // A wrapper that does nothing.
    let all_of_the_way = Lookahead::new(Adam::default()).alpha(1.0);
    assert!(same(AnyRule::new(all_of_the_way), AnyRule::new(Adam::default())));
    assert!(!same(AnyRule::new(Lookahead::new(Adam::default())), AnyRule::new(Adam::default())));
    assert!(!same(AnyRule::new(AmsGrad::default()), AnyRule::new(Adam::default())));
    assert!(!same(AnyRule::new(Momentum::new(0.1)), AnyRule::new(Sgd)));
}

/// With ε = 0 a rescaling of each coordinate's gradients by a power of two changes not a bit of an adaptive
/// rule's steps.
#[test]
fn adaptive_rules_do_not_feel_the_scale_of_a_coordinate() {
    let given = gradients(300);
    let scaled: Vec<[f64; 4]> =
        given.iter().map(|g| [g[0] * 1024.0, g[1] / 4096.0, g[2] * 2.0, g[3]]).collect();
    let invariant = |rule: AnyRule| walk(rule.clone(), 0.1, &given) == walk(rule, 0.1, &scaled);
    for name in ["adagrad", "rmsprop", "adam", "adamw", "amsgrad", "nadam", "adamax", "adan", "ademamix"] {
        let mut rule = rule(name);
        rule.set("eps", 0.0).unwrap();
        assert!(invariant(rule.clone()), "{name}");
        rule.set("eps", 1e-3).unwrap();
        assert!(!invariant(rule), "{name} with an ε feels it");
    }
    for rule in [
        RmsProp::default().momentum(0.9),
        RmsProp::default().centered(),
        RmsProp::default().centered().momentum(0.5),
    ] {
        assert!(invariant(AnyRule::new(RmsProp { eps: 0.0, ..rule })));
    }
    assert!(invariant(AnyRule::new(Lion::default())) && invariant(AnyRule::new(Rprop::default())));
    let eps = |eps| Adam { eps, ..Adam::default() };
    assert!(invariant(AnyRule::new(ScheduleFreeAdamW { adam: eps(0.0), ..ScheduleFreeAdamW::default() })));
    // The first steps of RAdam are those of momentum.
    assert!(!invariant(AnyRule::new(RAdam { adam: eps(0.0) })));
    for name in ["sgd", "momentum", "nesterov", "schedule-free-sgd"] {
        assert!(!invariant(rule(name)), "{name} is not adaptive");
    }
}

/// On a quadratic whose axes are the coordinates' an adaptive rule walks the diagonal, however steep one of
/// them is.
#[test]
fn adaptive_rules_take_the_same_steps_along_steep_and_flat_axes() {
    for name in ["adagrad", "rmsprop", "adam", "amsgrad", "nadam", "adamax"] {
        let mut rule = AnyRule::by_name(name).unwrap();
        rule.set("eps", 0.0).unwrap();
        let optimizer = FirstOrder::new(rule, 0.01).unwrap();
        let path = minimize(
            problems::Quadratic::new(&[1.0, 1024.0]),
            &array![1.0, 1.0],
            optimizer,
            Stop::iterations(60),
        )
        .unwrap()
        .trace
        .x;
        assert_eq!(path[0], path[1], "{name}");
    }
}

/// Each rule that divides is finite where a gradient has always been 0, and a gradient that is not finite is
/// seen.
#[test]
fn zero_gradients_are_harmless_and_bad_ones_are_seen() {
    for convention in Convention::ALL {
        // Sophia asks for products, and some rules for layers, which this bowl has not; their cases are
        // elsewhere.
        let all = rules(convention).into_iter();
        for (name, rule) in all.filter(|(name, rule)| *name != "sophia" && rule.check_layout(None).is_ok()) {
            assert_eq!(walk(rule.clone(), 0.1, &[[0.0; 4]; 3])[2], [0.0; 4], "{name}");
            for bad in [f64::NAN, f64::INFINITY] {
                let found = minimize(
                    Broken { bad, evaluations: 0 },
                    &array![1.0, 1.0],
                    FirstOrder::new(rule.clone(), 1e-3).unwrap(),
                    Stop::iterations(20),
                )
                .unwrap();
                // A look-ahead asks twice an iteration, and steps on what it is told there.
                let ahead = name.starts_with("schedule-free")
                    || name == "nesterov" && convention == Convention::Lecture;
                let at = if ahead { 2 } else { 3 };
                let seen =
                    matches!(found.termination, Termination::NotFinite { iteration, .. } if iteration == at);
                assert!(seen, "{name}: {}", found.termination);
                assert!(found.x.iter().all(|x| x.is_finite()) && found.value.is_finite(), "{name}");
            }
        }
    }
}

#[test]
fn the_first_steps_of_radam_are_those_of_momentum_and_the_others_are_rectified() {
    let given = gradients(6);
    let (mut m, mut x) = ([0.0; 4], [0.0; 4]);
    let expected: Vec<[f64; 4]> = (0..5)
        .map(|k| {
            for i in 0..4 {
                m[i] = 0.9 * m[i] + 0.1 * given[k][i];
                x[i] -= 0.1 * m[i] / (1.0 - 0.9f64.powi(k as i32 + 1));
            }
            x
        })
        .collect();
    let walked = walk(RAdam::default(), 0.1, &given);
    assert!(largest_difference(&walked[..5], &expected) < 1e-14);
    // With β₂ small the second moment is never trusted.
    let never = RAdam { adam: Adam { beta2: 0.5, ..Adam::default() } };
    assert!(largest_difference(&walk(never, 0.1, &given)[..5], &expected) < 1e-14);
}

#[test]
fn rprop_grows_with_agreement_turns_without_a_step_and_stays_in_its_bounds() {
    let rule = Rprop { max_step: 0.13, min_step: 0.04, ..Rprop::default() };
    let walked = walk(rule, 0.1, &[[1.0; 4], [9.0; 4], [1e-9; 4], [-1.0; 4], [-1.0; 4], [1.0; 4]]);
    let x: Vec<f64> = walked.iter().map(|x| x[0]).collect();
    let expected = [-0.1, -0.22, -0.35, -0.35, -0.285, -0.285];
    assert!(x.iter().zip(expected).all(|(x, expected)| (x - expected).abs() < 1e-15), "{x:?}");
    let refused =
        Rprop { min_step: 2.0, max_step: 1.0, ..Rprop::default() }.validate().unwrap_err().to_string();
    assert!(refused.contains("max-step must be not below min-step"), "{refused}");
}

/// d* estimates the distance to go: it does not grow without end, and the scale of the problem does not
/// matter.
#[test]
fn prodigy_finds_its_own_rate_at_every_scale() {
    let run = |far: f64, steep: f64| {
        let bowl = problems::Quadratic::new(&[steep, 9.0 * steep]);
        let optimizer = FirstOrder::new(Prodigy::default(), 1.0).unwrap();
        minimize(bowl, &array![far, -far], optimizer, Stop::iterations(800)).unwrap().value
            / (steep * far * far)
    };
    for (far, steep) in [(1.0, 1.0), (1e3, 1.0), (1.0, 1e4), (1e-2, 1e-2)] {
        assert!(run(far, steep) < 1e-4, "{far} {steep}: {}", run(far, steep));
    }
    // Without gradients there is no estimate, and none is made up.
    let (rule, mut x) = (Prodigy::default(), [1.0, 2.0]);
    let mut state = State::new(&rule, 2);
    rule.step(&mut state, 1.0, &[0.0, 0.0], &mut x);
    assert_eq!((x, state.numbers[0]), ([1.0, 2.0], 1e-6));
}

#[test]
fn schedule_free_rules_report_their_average_and_take_gradients_near_it() {
    // By hand: z = x = 1 − .5 after the first step; y = .5, z = .25 and x = (.5 + .25)/2 after the second.
    let optimizer = || FirstOrder::new(ScheduleFreeSgd::default(), 0.5).unwrap();
    let bowl = || problems::Quadratic::new(&[1.0]);
    let found = minimize(bowl(), &array![1.0], optimizer(), Stop::iterations(2)).unwrap();
    assert!((found.x[0] - 0.375).abs() < 1e-15, "{}", found.x[0]);
    assert!((found.value - 0.5 * found.x[0] * found.x[0]).abs() < 1e-15);
    // The start, then x in each of two iterations, and y in the second: it is x in the first.
    assert_eq!(found.evaluations.grad, 4);
    // A warm-up weighs by the squares of its rates.
    let schedule = Schedule::parse("warmup:2+constant", 1, 10).unwrap();
    let warm = minimize(bowl(), &array![1.0], optimizer().schedule(schedule), Stop::iterations(3)).unwrap();
    assert!(warm.x[0].is_finite() && warm.x[0] > 0.0 && warm.x[0] < 1.0);
}

/// Training evaluates where the rule says, and counts what it evaluates.
#[test]
fn a_climb_takes_two_gradients_of_the_same_examples() {
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    let (x, y) = (digits.train_x, digits.train_y);
    let make = || {
        EmpiricalRisk::new(Linear::new(64, 10), Softmax, x.clone(), y.clone(), Regularizer::default())
            .unwrap()
    };
    let (start, settings) = (Array1::zeros(650), Training { epochs: 1, ..Training::default() });
    let trained = train(&mut make(), Sam::new(Sgd).rho(0.5), &start, &settings).unwrap();
    let plain = train(&mut make(), Sgd, &start, &settings).unwrap();
    assert_eq!(trained.example_grads, 2 * plain.example_grads);
    assert_eq!((trained.epochs, trained.steps), (plain.epochs, plain.steps));
    // The first step by hand, on the first batch of the same seed.
    let (mut risk, mut batches) = (make(), Batches::without_replacement(y.len(), 128, 0).unwrap());
    let (mut grad, batch) = (Array1::zeros(650), batches.next().to_vec());
    risk.batch_value_grad(&start, &batch, &mut grad);
    let above = &start + &(&grad * (0.5 / grad.dot(&grad).sqrt()));
    risk.batch_value_grad(&above, &batch, &mut grad);
    let one = Training { checkpoint_every: Some(1), ..settings };
    let mut after_one = None;
    train_observed(&mut make(), Sam::new(Sgd).rho(0.5), &start, &one, |checkpoint| {
        if checkpoint.steps == 1 {
            after_one = Some(checkpoint.params.clone());
        }
    })
    .unwrap();
    let off = (&after_one.unwrap() + &(&grad * 0.01)).iter().fold(0.0f64, |most, v| most.max(v.abs()));
    assert!(off < 1e-12, "{off}");
}

#[test]
fn sophia_trains_by_products_of_its_batch_and_is_refused_where_there_are_none() {
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    let (x, y) = (digits.train_x, digits.train_y);
    let mut risk = EmpiricalRisk::new(Linear::new(64, 10), Softmax, x, y, Regularizer::l2(1e-4)).unwrap();
    let start = Array1::zeros(650);
    let sophia = Sophia { gamma: 1.0, ..Sophia::default() };
    for batch in [Batch::Size(128), Batch::Full] {
        let epochs = if batch == Batch::Full { 60 } else { 5 };
        let settings = Training { epochs, batch, lr: 0.02, ..Training::default() };
        let trained = train(&mut risk, sophia, &start, &settings).unwrap();
        assert!(risk.value(&trained.params) < 0.5, "{batch:?}: {}", risk.value(&trained.params));
        let again = train(&mut risk, Sophia { seed: 1, ..sophia }, &start, &settings).unwrap();
        assert_ne!(trained.params, again.params, "the seed of the signs");
    }
    let accumulated = Training { accumulate: 2, ..Training::default() };
    let refused = train(&mut risk, sophia, &start, &accumulated).unwrap_err().to_string();
    assert!(refused.contains("the Hessian of one batch, and 2 are accumulated"), "{refused}");
    let refused = FirstOrder::new(sophia, 0.1).unwrap_err().to_string();
    assert!(refused.contains("sophia needs products with the Hessian"), "{refused}");
    // A gradient that is not finite is seen.
    for bad in [f64::NAN, f64::INFINITY] {
        let broken = Broken { bad, evaluations: 0 };
        let rule = WithProducts::new(AnyRule::new(sophia), 1e-3).unwrap();
        let found = minimize(broken, &array![1.0, 1.0], rule, Stop::iterations(20)).unwrap();
        assert!(matches!(found.termination, Termination::NotFinite { iteration: 3, .. }), "{found}");
    }
}

/// Wrappers go around every rule, and only they count their steps.
#[test]
fn every_rule_can_be_wrapped() {
    let start = array![1.0, -1.0];
    let rules = rules(Convention::Torch).into_iter();
    for (name, rule) in rules.filter(|(_, rule)| rule.check_layout(None).is_ok()) {
        for wrap in ["lookahead:3,.5", "sam:.01"] {
            let wrapped = Wrap::parse(wrap).unwrap().around(rule.clone());
            let run = |rule: AnyRule| {
                let optimizer = WithProducts::new(rule, 1e-2).unwrap();
                minimize(problems::Quadratic::new(&[1.0, 30.0]), &start, optimizer, Stop::iterations(7))
                    .unwrap()
            };
            let (own, plain) = (run(wrapped), run(rule.clone()));
            assert!(own.x.iter().all(|x| x.is_finite()), "{name} {wrap}");
            assert!(own.optimizer.starts_with(&format!("{name}, ")), "{}", own.optimizer);
            let gradients = own.evaluations.grad - plain.evaluations.grad;
            assert_eq!(gradients, if wrap.starts_with("sam") { 7 } else { 0 }, "{name} {wrap}");
        }
    }
}

/// A bowl whose gradient is not finite from its fourth evaluation on, while its value is.
struct Broken {
    bad: f64,
    evaluations: usize,
}

impl Objective for Broken {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        0.5 * x.dot(x)
    }
}

impl gradus::objective::HessVec for Broken {
    fn hess_vec(&mut self, _: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        product.assign(v);
    }
}

impl Differentiable for Broken {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.assign(x);
        self.evaluations += 1;
        if self.evaluations >= 4 {
            grad[1] = self.bad;
        }
        self.value(x)
    }
}

/// f(x) = x₀² in two coordinates: the second one never has a gradient, and f does not feel what it becomes.
fn deaf() -> FunctionWithGradient<'static> {
    FunctionWithGradient::new(2, |x, grad| {
        grad.assign(&array![2.0 * x[0], 0.0]);
        x[0] * x[0]
    })
}

#[test]
fn nan_in_x_ends_a_run_with_its_reason_whether_f_feels_it_or_not() {
    let mut divided = Vec::new();
    for convention in Convention::ALL {
        for entry in Catalogue::built_in().rules() {
            let mut rule = entry.make_rule(convention).unwrap();
            if rule.set("eps", 0.0).is_err() || rule.needs_products() {
                continue;
            }
            let name = rule.name();
            for rule in [rule.clone(), AnyRule::new(Lookahead::new(rule))] {
                let Ok(run) = FirstOrder::new(rule, 1e-3) else { continue };
                let mut lost = false;
                let see = |moment: &Moment<f64, _>| lost |= moment.iterate.x.iter().any(|x| x.is_nan());
                let found = minimize_observed(deaf(), &array![1.0, 1.0], run, Stop::iterations(30), see);
                let Ok(found) = found else { continue };
                assert!(!lost && found.x.iter().all(|x| x.is_finite()), "{name}: {found}");
                match found.termination {
                    Termination::DividedByZero { .. } => divided.push(name),
                    end => assert_eq!(end.word(), "out_of_iterations", "{name}"),
                }
            }
        }
    }
    for name in ["adagrad", "rmsprop", "adadelta", "adam", "radam", "adan", "adamax", "lamb", "nadam"] {
        assert!(divided.contains(&name), "{name} is not among {divided:?}");
    }
    // Another reason than a division: the rule itself.
    let wild = minimize(deaf(), &array![1.0, 1.0], FirstOrder::new(Spoils, 1e-3).unwrap(), Stop::grad(1e-9));
    let wild = wild.unwrap();
    assert_eq!(wild.termination, Termination::PointNotFinite { iteration: 3 });
    assert!(wild.x.iter().all(|x| x.is_finite()), "{wild}");
    let start =
        minimize(deaf(), &array![1.0, f64::NAN], FirstOrder::new(Sgd, 0.1).unwrap(), Stop::grad(1e-9));
    assert_eq!(start.unwrap().termination, Termination::PointNotFinite { iteration: 0 });
}

/// Gradient descent that spoils the second coordinate in its third step.
#[derive(Debug, Clone)]
struct Spoils;

impl RuleInfo for Spoils {
    fn name(&self) -> &'static str {
        "spoils"
    }
}

impl UpdateRule for Spoils {
    fn step(&self, state: &mut State, lr: f64, grad: &[f64], x: &mut [f64]) {
        state.steps += 1;
        x[0] -= lr * grad[0];
        x[1] += if state.steps == 3 { f64::INFINITY } else { 0.0 };
    }
}

#[test]
fn a_rule_names_its_momentum_or_has_none() {
    let momentum = |name: &str| rule(name).momentum();
    assert_eq!(momentum("momentum"), Some(0.9));
    assert_eq!(momentum("adam"), Some(0.9));
    assert_eq!((momentum("gd"), momentum("adagrad")), (None, None));
    assert_eq!(rule("adam").with_momentum(0.5).momentum(), Some(0.5));
}
