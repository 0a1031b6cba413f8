//! What must hold between update rules, whatever the numbers: forms that are one, rules that contain others,
//! scales that do not matter.

use gradus::notebook::*;

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
    for name in ["adagrad", "rmsprop", "adam", "adamw", "amsgrad", "nadam", "adamax"] {
        let mut rule = AnyRule::by_name(name).unwrap();
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
    assert!(invariant(AnyRule::new(Lion::default())));
    for name in ["sgd", "momentum", "nesterov"] {
        assert!(!invariant(AnyRule::by_name(name).unwrap()), "{name} is not adaptive");
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
        for name in AnyRule::names() {
            let rule = AnyRule::following(convention, name).unwrap();
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
                let at = if name == "nesterov" && convention == Convention::Lecture { 2 } else { 3 };
                let seen =
                    matches!(found.termination, Termination::NotFinite { iteration, .. } if iteration == at);
                assert!(seen, "{name}: {}", found.termination);
                assert!(found.x.iter().all(|x| x.is_finite()) && found.value.is_finite(), "{name}");
            }
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
