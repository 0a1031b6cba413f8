//! Values that follow from a definition alone: the trials of a line search, the boundaries of its settings,
//! and single steps of an optimizer that can be computed by hand.

use gradus::line_search::{Ray, Search};
use gradus::notebook::*;

/// Runs a search on φ with φ(0) and φ′(0) = `start`. Returns the outcome and all trials.
fn trials(
    search: impl Into<LineSearch>,
    start: (f64, f64),
    first: f64,
    phi: impl Fn(f64) -> (f64, f64),
) -> (Search<f64>, Vec<f64>) {
    let (mut tried, ray) = (vec![], Ray { value: start.0, slope: start.1 });
    let search: LineSearch = search.into();
    let found = search.search(ray, first, |alpha| {
        tried.push(alpha);
        phi(alpha)
    });
    (found, tried)
}

fn accepted(search: impl Into<LineSearch>) -> bool {
    let search: LineSearch = search.into();
    search.validate().is_ok()
}

#[test]
fn the_bounds_of_the_constants_of_a_line_search_are_outside_of_their_ranges() {
    let (armijo, wolfe) = (Backtracking::default(), MoreThuente::default());
    let (secants, exact) = (HagerZhang::default(), Exact::default());
    for bound in [0.0, 0.5] {
        assert!(!accepted(Backtracking { decrease: bound, ..armijo }));
        assert!(!accepted(MoreThuente { decrease: bound, ..wolfe }));
        assert!(!accepted(HagerZhang { decrease: bound, ..secants }));
    }
    for bound in [0.0, 1.0] {
        assert!(!accepted(Backtracking { shrink: bound, ..armijo }));
        assert!(!accepted(HagerZhang { split: bound, ..secants }));
        assert!(!accepted(HagerZhang { shrink: bound, ..secants }));
        assert!(!accepted(Exact { tolerance: bound, ..exact }));
    }
    for curvature in [1e-4, 1.0] {
        assert!(!accepted(MoreThuente { curvature, ..wolfe }));
    }
    for curvature in [0.1, 1.0] {
        assert!(!accepted(HagerZhang { curvature, ..secants }));
    }
    assert!(!accepted(HagerZhang { expand: 1.0, ..secants }));
    assert!(!accepted(HagerZhang { rounding: 1.0, ..secants }));
    assert!(!accepted(MoreThuente { width: 1.0, ..wolfe }));
    assert!(!accepted(MoreThuente { rounding: 1e-4, ..wolfe }));
    assert!(!accepted(MoreThuente { max_step: 0.0, ..wolfe }));
    // Zero is allowed where it switches something off.
    assert!(accepted(HagerZhang { rounding: 0.0, ..secants }));
    assert!(accepted(MoreThuente { width: 0.0, rounding: 0.0, ..wolfe }));
    assert!(accepted(Backtracking { max_trials: 1, ..armijo }));
    assert!(!accepted(Backtracking { max_trials: 0, ..armijo }));
}

#[test]
fn backtracking_ends_where_the_largest_decrease_is_below_rounding() {
    // The rounding of 4·10¹⁵ is .89. A step of ½ with the slope −1 could lower f by ½ at most.
    let mut tried = vec![];
    let found = Backtracking::default().search(Ray { value: 4e15, slope: -1.0 }, |alpha: f64| {
        tried.push(alpha);
        5e15
    });
    assert_eq!((found, tried), (Search::Failed { alpha: 0.5, trials: 1 }, vec![1.0]));
}

#[test]
fn an_exact_search_that_has_seen_a_rise_is_not_unbounded() {
    // φ′ = eᵅ − 5 is convex, so its secants fall short of the zero: the second trial is beyond it, the third
    // before it.
    let phi = |a: f64| (a.exp() - 5.0 * a, a.exp() - 5.0);
    let (found, tried) = trials(Exact { max_trials: 3, ..Exact::default() }, phi(0.0), 1.0, phi);
    assert!(tried[1] > 5f64.ln() && tried[2] < 5f64.ln() && tried[2] > 1.0, "{tried:?}");
    assert!(matches!(found, Search::Failed { trials: 3, .. }), "{found:?}");
}

#[test]
fn a_level_function_is_not_unbounded() {
    let (found, tried) =
        trials(Exact { max_trials: 4, ..Exact::default() }, (2.0, -1.0), 1.0, |_| (2.0, -1.0));
    assert!(matches!(found, Search::Failed { trials: 4, .. }), "{found:?}");
    assert_eq!(tried, [1.0, 4.0, 16.0, 64.0]);
}

#[test]
fn a_first_trial_that_is_as_high_as_allowed_is_a_good_end() {
    // φ(1) = φ(0) = 0 with a steep slope: ρ = 5 times as far is tried next.
    let phi = |a: f64| if a < 5.0 { (0.0, -1.0) } else { (-10.0, 0.0) };
    let (found, tried) = trials(HagerZhang::default(), (0.0, -1.0), 1.0, phi);
    assert_eq!((found, tried), (Search::Found { alpha: 5.0, value: -10.0 }, vec![1.0, 5.0]));
}

#[test]
fn a_finite_rise_is_split_from_zero_and_an_infinite_one_from_the_last_good_end() {
    let run = |high: f64| {
        trials(HagerZhang::default(), (0.0, -1.0), 1.0, move |a| match a {
            1.0 => (-1.0, -2.0),
            5.0 => (high, -1.5),
            _ => (-5.0, 0.0),
        })
    };
    assert_eq!(run(10.0).1, [1.0, 5.0, 2.5]);
    assert_eq!(run(f64::INFINITY).1, [1.0, 5.0, 3.0]);
}

#[test]
fn the_secant_of_a_bracket_that_does_not_begin_at_zero_is_the_minimum_of_a_parabola() {
    let search = HagerZhang { curvature: 0.15, ..HagerZhang::default() };
    let phi = |a: f64| ((a - 2.6).powi(2), 2.0 * (a - 2.6));
    let (found, tried) = trials(search, phi(0.0), 1.0, phi);
    let Search::Found { alpha, .. } = found else { panic!("{found:?}") };
    assert_eq!(tried.len(), 3);
    assert_eq!(tried[..2], [1.0, 5.0]);
    assert!((alpha - 2.6).abs() < 1e-14, "{alpha}");
}

#[test]
fn the_trapezoid_of_the_slopes_decides_up_to_the_rounding_itself() {
    // φ(1) − φ(0) is 2⁻²⁰, exactly the rounding of 1. The trapezoid is 1 + ½·(−2 + ½) = ¼, below Armijo's
    // 1 − .3·2.
    let search = MoreThuente { decrease: 0.3, rounding: 0.5f64.powi(20), ..MoreThuente::default() };
    let value = 1.0 + 0.5f64.powi(20);
    let (found, tried) = trials(search, (1.0, -2.0), 1.0, |_| (value, 0.5));
    assert_eq!((found, tried), (Search::Found { alpha: 1.0, value }, vec![1.0]));
}

#[test]
fn at_a_kink_the_interval_shrinks_to_nothing_and_its_best_end_is_found() {
    // No slope of |α − ⅓| is flat enough. A width of 0 lets the search go on until no number is between.
    let search = MoreThuente { width: 0.0, rounding: 0.0, max_trials: 2000, ..MoreThuente::default() };
    let kink = 1.0 / 3.0;
    let phi = |a: f64| if a < kink { (kink - a, -1.0) } else { (a - kink, 1.0) };
    let (found, tried) = trials(search, phi(0.0), 1.0, phi);
    let Search::Found { alpha, value } = found else { panic!("{found:?}") };
    assert!((alpha - kink).abs() <= f64::EPSILON && value <= f64::EPSILON, "{alpha}");
    assert_eq!(tried.last(), Some(&alpha));
    assert!(tried.len() < 1000, "{}", tried.len());
}

#[test]
fn before_a_wall_the_distance_is_halved_until_no_number_is_between() {
    // φ is not finite beyond 1: 5 = 1 + 4 is tried next, and then 1 + 4·2⁻ᵏ, down to the second number
    // after 1.
    let search = MoreThuente { curvature: 0.5, ..MoreThuente::default() };
    let wall = |a: f64| if a <= 1.0 { (-a, -1.0) } else { (f64::INFINITY, 0.0) };
    let (found, tried) = trials(search, (0.0, -1.0), 1.0, wall);
    assert_eq!(found, Search::Found { alpha: 1.0, value: -1.0 });
    let mut expected = vec![1.0];
    expected.extend((0..54).map(|k| 1.0 + 4.0 * 0.5f64.powi(k)));
    expected.push(1.0);
    assert_eq!(tried, expected);
}

#[test]
fn the_shortest_step_that_is_tried_is_the_smallest_normal_number() {
    let least = f64::MIN_POSITIVE;
    let nowhere = |_| (f64::INFINITY, f64::NAN);
    let (found, tried) = trials(MoreThuente::default(), (0.0, -1.0), 2.0 * least, nowhere);
    assert_eq!(tried, [2.0 * least, least]);
    assert_eq!(found, Search::Failed { alpha: least / 2.0, trials: 2 });
}

/// The functions of the next test: (5.1) and (5.2) of Moré & Thuente 1994, a polynomial and a wave.
const CURVES: [fn(f64) -> (f64, f64); 4] = [
    |a| (-a / (a * a + 2.0), (a * a - 2.0) / (a * a + 2.0).powi(2)),
    |a| {
        let t = a + 0.004;
        (t.powi(5) - 2.0 * t.powi(4), 5.0 * t.powi(4) - 8.0 * t.powi(3))
    },
    |a| (a.powi(4) / 4.0 - a.powi(3) / 3.0 - a * a / 2.0 - a / 10.0, a.powi(3) - a * a - a - 0.1),
    |a| {
        let (value, slope) = (1.5 * (-a).exp() + 0.02 * a * a, -1.5 * (-a).exp() + 0.04 * a);
        (value + 0.05 * (6.0 * a).sin(), slope + 0.3 * (6.0 * a).cos())
    },
];

#[test]
fn without_rounding_more_and_thuentes_trials_are_those_of_minpack() {
    // Recorded from SciPy's `DCSRCH`. The last one ends by its width, and tries the best point once more.
    let up = [1e-3, 5e-3, 0.021, 0.085, 0.341, 1.365, 5.461, 2.1070247668786957, 1.551692634475675];
    let by_slope = [&up[..], &[1.5975830448985595, 1.595861148209162, 1.596000000186075]].concat();
    let by_width = [&up[..], &[1.5975830448985595; 2]].concat();
    let rows: [(usize, f64, f64, f64, &[f64]); 8] = [
        (1, 0.1, 0.11, 1e-14, &by_slope),
        (2, 1e-4, 0.1, 1e-14, &[0.1, 0.5, 2.1, 0.8436018957345972, 1.6294244466622003, 1.6453130833591567]),
        (
            3,
            1e-4,
            0.1,
            1e-14,
            &[
                1.0,
                1.2292161014266447,
                2.146080507133224,
                1.7443027956705461,
                2.0001862700147233,
                1.9198546717930633,
            ],
        ),
        (3, 0.1, 0.11, 1e-14, &[0.1, 0.5, 2.1, 1.7690021543442243, 1.9666646961304133]),
        (
            3,
            0.3,
            0.31,
            1e-14,
            &[60.0, 11.0011879543698, 3.399405544047028, 1.4062538793563466, 2.332850748575536],
        ),
        (0, 0.1, 0.11, 1e-14, &[60.0, 17.21921007618179, 5.014681936198119, 1.7241536861785864]),
        (0, 0.3, 0.31, 1e-14, &[60.0, 12.447278133385172, 2.6537198150674772, 0.9471854501112463]),
        (1, 1e-4, 0.1, 0.1, &by_width),
    ];
    for (curve, decrease, curvature, width, expected) in rows {
        let search = MoreThuente { decrease, curvature, width, rounding: 0.0, ..MoreThuente::default() };
        let phi = CURVES[curve];
        let (found, tried) = trials(search, phi(0.0), expected[0], phi);
        assert!(matches!(found, Search::Found { .. }), "{found:?}");
        let again = usize::from(width == 0.1);
        assert_eq!(tried.len(), expected.len() + again, "{curve} {decrease}: {tried:?}");
        for (a, b) in tried.iter().zip(expected) {
            assert!((a - b).abs() <= 1e-9 * b, "{curve} {decrease}: {tried:?}");
        }
    }
}

#[test]
fn a_step_that_rounding_swallows_is_refused_on_both_sides_and_by_richardson_at_its_half() {
    let check = |x: f64, h: f64, difference| {
        let check = GradCheck::default().h(h).difference(difference);
        check.gradient(&mut problems::Quadratic::new(&[1.0]), &array![x]).is_ok()
    };
    let eps = f64::EPSILON;
    assert!(check(1.0, eps, Difference::Central));
    assert!(!check(1.0, eps, Difference::Richardson));
    assert!(check(1.0, 2.0 * eps, Difference::Richardson));
    // 1 − ε/2 and −1 + ε/2 are numbers, 1 + ε/2 and −1 − ε/2 are not.
    assert!(!check(1.0, eps / 2.0, Difference::Central));
    assert!(!check(-1.0, eps / 2.0, Difference::Central));
}

#[test]
fn forward_differences_confirm_the_hessian_of_a_parabola() {
    let check = GradCheck::default().difference(Difference::Forward);
    let report = check.hessian(&mut problems::Quadratic::new(&[1.0, 10.0]), &array![0.5, -2.0]).unwrap();
    assert!(report.passes(), "{report}");
    for entry in &report.entries {
        assert!((entry.analytic - entry.numeric).abs() < 1e-6, "{report}");
    }
}

#[test]
fn the_softmax_loss_of_many_classes_is_its_formula() {
    let classes = 200;
    let scores: Vec<f64> = (0..2 * classes).map(|j| (j as f64 * 0.7).sin() * 3.0).collect();
    let labels = [3u8, 150];
    let (mut errors, mut expected) = (scores.clone(), 0.0);
    let value = Loss::<f64>::value_errors(&Softmax, &mut errors, &labels);
    for (i, &label) in labels.iter().enumerate() {
        let row = &scores[i * classes..(i + 1) * classes];
        let total: f64 = row.iter().map(|s| s.exp()).sum();
        expected += total.ln() - row[usize::from(label)];
        for (j, s) in row.iter().enumerate() {
            let error = s.exp() / total - f64::from(u8::from(j == usize::from(label)));
            assert!((errors[i * classes + j] - error).abs() < 1e-14, "{i} {j}");
        }
    }
    assert!((value - expected).abs() < 1e-12, "{value} {expected}");
}

#[test]
fn of_equally_high_scores_the_first_is_the_runner_up() {
    let mut errors = [0.0, 5.0, 5.0];
    let value = Loss::<f64>::value_errors(&StructuredSvm, &mut errors, &[0]);
    assert_eq!((value, errors), (6.0, [-1.0, 1.0, 0.0]));
}

#[test]
fn a_penalty_that_is_zero_in_single_precision_is_refused() {
    assert!(Regularizer::l2(1e-60).check_fits::<f32>().is_err());
    assert!(Regularizer::l1(1e-60).check_fits::<f32>().is_err());
    assert!(Regularizer::l1(1e-60).check_fits::<f64>().is_ok());
    assert!(Regularizer::elastic(0.1, 0.0).check_fits::<f32>().is_ok());
}

#[test]
fn a_net_under_the_softmax_loss_offers_its_hessian_its_layers_and_its_terms() {
    let (x, y) = (array![[0.0, 1.0], [1.0, 0.5], [2.0, -1.0]], vec![0u8, 1, 1]);
    let net = Mlp::new(2, &[3], 2).unwrap();
    let mut risk = EmpiricalRisk::new(net, Softmax, x, y, Regularizer::l2(0.1)).unwrap();
    assert!(risk.as_products().is_some() && risk.as_sum().is_some());
    assert!(risk.as_hessian().is_some() && risk.as_layers().is_some());
    let point = Array1::from_shape_fn(risk.dim(), |i| (i as f64).sin());
    let (mut grad, mut before) = (Array1::zeros(point.len()), Array1::zeros(point.len()));
    let mut any = AnyObjective::new(risk);
    assert_eq!(FiniteSum::terms(&any), 3);
    let value = any.batch_value_grad(&point, &[0, 2], &mut grad);
    assert_eq!(any.batch_value_grad_before(&point, &[0, 2], &[1], &mut before), value);
    assert!(value > 0.0 && grad == before);
}

#[test]
fn a_saved_number_that_is_no_count_is_refused() {
    for (number, good) in [(0.0, true), (7.0, true), (8.0, false), (-1.0, false), (1.5, false)] {
        assert_eq!(Saved::whole("place", number, 7).is_ok(), good, "{number}");
    }
    let mut saved = Saved::default();
    assert!(saved.is_empty());
    saved.put_one("place", 1.0);
    assert!(!saved.is_empty());
}

#[test]
fn an_eigenvalue_below_its_own_rounding_leaves_the_verdict_open() {
    let found =
        minimize(problems::Quadratic::new(&[1.0]), &array![1.0], Bfgs::new(), Stop::grad(1e-8)).unwrap();
    let spectrum = gradus::optimizer::Spectrum { smallest: 1e-20, rounding: 1e-10 };
    let found = found.with_spectrum(spectrum);
    assert_eq!((found.smallest_eigenvalue, found.eigenvalue_rounding), (Some(1e-20), Some(1e-10)));
    assert_eq!(found.verdict(), Some(gradus::optimizer::Stationary::Unknown));
    let shown = [1.5, -2e9, 1e100].map(gradus::minimize::coordinate);
    assert_eq!(shown, ["1.500000", "-2000000000.000000", "1.000000e100"]);
}

/// Checks that two forms of one rule make the same two steps of a 2 × 3 matrix.
fn same_steps_of_a_part(rule: impl UpdateRule, wrapped: impl UpdateRule) {
    let layout = ParamLayout::new([("W", (2, 3), true)]);
    let start = [1.0, -2.0, 0.5, 3.0, 0.25, -1.0];
    let grad = [0.5, 1.0, -1.0, 2.0, -0.75, 0.1];
    let (mut ours, mut theirs) = (State::laid_out(&rule, &layout), State::laid_out(&wrapped, &layout));
    let (mut x, mut z) = (start, start);
    for _ in 0..2 {
        rule.prepare_part(&mut ours.parts[0], &grad);
        wrapped.prepare_part(&mut theirs.parts[0], &grad);
        rule.step_part(&mut ours.parts[0], 0.1, &grad, &mut x);
        wrapped.step_part(&mut theirs.parts[0], 0.1, &grad, &mut z);
    }
    assert!(x == z && x != start, "{}: {x:?} {z:?}", rule.name());
    assert!(ours.parts[0] == theirs.parts[0], "{}", rule.name());
    let mut other = ours.parts[0].clone();
    for numbers in &mut other.kept {
        numbers[0] += 1.0;
    }
    assert_eq!(other == ours.parts[0], other.kept.is_empty(), "what is kept counts");
}

#[test]
fn a_wrapped_rule_moves_a_part_as_the_rule_itself_does() {
    same_steps_of_a_part(Adafactor::default(), AnyRule::new(Adafactor::default()));
    same_steps_of_a_part(Adafactor::default(), Lookahead::new(Adafactor::default()));
    same_steps_of_a_part(Muon::default(), AnyRule::new(Muon::default()));
    same_steps_of_a_part(Muon::default(), Clipped::new(Muon::default(), Clip::default()));
    #[cfg(feature = "lapack")]
    same_steps_of_a_part(Shampoo::default(), AnyRule::new(Shampoo::default()));
    #[cfg(feature = "lapack")]
    same_steps_of_a_part(Shampoo::default(), Lookahead::new(Shampoo::default()));
}

#[cfg(feature = "lapack")]
#[test]
fn shampoo_has_room_for_a_matrix_of_one_entry() {
    let (rule, layout) = (Shampoo::default(), ParamLayout::new([("W", (1, 1), true)]));
    let (mut state, mut x) = (State::laid_out(&rule, &layout), [1.0f64]);
    for _ in 0..2 {
        rule.prepare_part(&mut state.parts[0], &[0.5]);
        rule.step_part(&mut state.parts[0], 0.1, &[0.5], &mut x);
    }
    assert!(x[0].is_finite() && x[0] < 1.0, "{x:?}");
}

#[test]
fn a_wrapped_rule_tells_what_the_rule_itself_tells() {
    let (adam, sophia) = (Adam::default(), Sophia::default());
    let clip = Clip::default();
    assert!(!Lookahead::new(adam).needs_products() && Lookahead::new(sophia).needs_products());
    assert!(!AnyRule::new(adam).needs_products() && AnyRule::new(sophia).needs_products());
    assert!(!Clipped::new(adam, clip).needs_products() && Clipped::new(sophia, clip).needs_products());
    let (mut ahead, mut clipped) = (Lookahead::new(sophia), Clipped::new(sophia, clip));
    ahead.set_seed(7);
    clipped.set_seed(7);
    assert_eq!((ahead.rule.seed, clipped.rule.seed), (7, 7));
    assert_eq!(Lookahead::new(adam).named_numbers(), adam.named_numbers());
    assert_eq!(Clipped::new(adam, clip).named_numbers(), adam.named_numbers());
    assert!(adam.named_numbers().len() >= 3);
    assert_eq!(Clipped::new(adam, clip).settings_mut().len(), adam.clone().settings_mut().len());
    assert!(Sam::new(Muon::default()).check_layout(None).is_err());
    assert!(Sam::new(Sgd).check_layout(None).is_ok());
}

#[test]
fn a_rule_without_an_epsilon_may_divide_by_zero() {
    assert!(!Adafactor::default().may_divide_by_zero() && !Muon::default().may_divide_by_zero());
    assert!(Adafactor { eps1: Some(0.0), ..Adafactor::default() }.may_divide_by_zero());
    assert!(Muon { eps: 0.0, ..Muon::default() }.may_divide_by_zero());
    let mut rest = Muon::default();
    rest.rest.adam.eps = 0.0;
    assert!(rest.may_divide_by_zero());
}

#[test]
fn a_learning_rate_of_zero_is_refused() {
    assert!(FirstOrder::<Sgd, f64>::new(Sgd, 0.0).is_err());
    assert!(FirstOrder::<Sgd, f64>::new(Sgd, 1e-300).is_ok());
}

#[test]
fn an_average_names_itself() {
    let mean = Averaging::Mean { from: 450, every: 90 };
    assert_eq!(mean.words(), "mean of the iterates from step 450 on, every 90");
    let averaged = Averaged::new(FirstOrder::new(Sgd, 0.1).unwrap(), mean).unwrap();
    let name = Optimizer::<f64, problems::Quadratic>::name(&averaged);
    assert_eq!(name, format!("sgd, {}", mean.words()));
}

/// Makes one step of one parameter for each gradient. Returns the parameter after each.
fn walk(rule: impl UpdateRule, lr: f64, start: f64, gradients: &[f64]) -> Vec<f64> {
    let (mut state, mut x) = (State::new(&rule, 1), [start]);
    let step = |g: &f64| {
        rule.step(&mut state, lr, &[*g], &mut x);
        x[0]
    };
    gradients.iter().map(step).collect()
}

fn close(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    for (x, y) in a.iter().zip(b) {
        assert!((x - y).abs() <= 1e-13 * y.abs().max(1.0), "{a:?} {b:?}");
    }
}

#[test]
fn schedule_free_rules_decay_the_point_of_the_gradient() {
    // z ← z − lr·u − lr·λ·y with y = βx + (1−β)z, x ← x + (z − x)/t; u is the gradient, or Adam's step of it.
    let (lr, decay, beta, beta2, eps) = (0.1, 0.3, 0.75, 0.9, 1e-3);
    let gradients = [1.0, -0.5, 2.0, 0.25];
    let expected = |adaptive: bool| {
        let (mut x, mut z, mut s) = (2.0f64, 2.0f64, 0.0f64);
        let step = |(k, g): (usize, &f64)| {
            let t = (k + 1) as i32;
            s = beta2 * s + (1.0 - beta2) * g * g;
            let u = if adaptive { g / ((s / (1.0 - f64::powi(beta2, t))).sqrt() + eps) } else { *g };
            z -= lr * u + lr * decay * (beta * x + (1.0 - beta) * z);
            x += (z - x) / f64::from(t);
            x
        };
        gradients.iter().enumerate().map(step).collect::<Vec<f64>>()
    };
    let sgd =
        ScheduleFreeSgd { beta1: beta, weight_decay: decay, ..ScheduleFreeSgd::following(Convention::Torch) };
    close(&walk(sgd, lr, 2.0, &gradients), &expected(false));
    let mut adamw =
        ScheduleFreeAdamW { weight_decay: decay, ..ScheduleFreeAdamW::following(Convention::Torch) };
    adamw.adam = Adam { beta1: beta, beta2, eps, eps_on: EpsilonOn::default(), ..adamw.adam };
    close(&walk(adamw, lr, 2.0, &gradients), &expected(true));
}

#[test]
fn sophias_first_step_is_the_gradient_over_the_curvature() {
    let rule = Sophia { weight_decay: 0.0, ..Sophia::default() };
    let (mut state, mut x) = (State::new(&rule, 1), [0.0]);
    state.third[0] = 4.0;
    let grad = 0.5 * rule.gamma * 4.0 * rule.threshold;
    rule.step(&mut state, 0.1, &[grad], &mut x);
    close(&x, &[-0.05 * rule.threshold]);
    // AnyRule and Lookahead pass the product on: h ← β₂·h + (1 − β₂)·v·Hv.
    let any = AnyRule::new(rule);
    any.learn_curvature(&mut state, &[-1.0], &[-2.0]);
    close(&state.third, &[rule.beta2 * 4.0 + (1.0 - rule.beta2) * 2.0]);
}

#[test]
fn nadam_always_corrects_its_bias() {
    let corrected = NAdam::following(Convention::Torch);
    let plain = NAdam { adam: Adam { bias_correction: false, ..corrected.adam }, ..corrected };
    let corrected = NAdam { adam: Adam { bias_correction: true, ..corrected.adam }, ..corrected };
    let gradients = [1.0, -0.5, 2.0];
    assert_eq!(walk(plain, 0.1, 1.0, &gradients), walk(corrected, 0.1, 1.0, &gradients));
}

#[test]
fn optaxs_adan_weighs_the_difference_of_gradients_by_one_minus_beta2() {
    let rule = Adan { weight_decay: 0.0, eps: 0.5, ..Adan::following(Convention::Optax) };
    assert!(rule.like_optax);
    let gradients = [1.0, 3.0];
    let (mut m, mut v, mut n, mut last, mut x) = (0.0, 0.0, 0.0, 1.0, 2.0);
    let mut expected = vec![];
    for (t, g) in (1..).zip(gradients) {
        let weight = 1.0 - rule.beta2;
        m = rule.beta1 * m + (1.0 - rule.beta1) * g;
        v = rule.beta2 * v + (1.0 - rule.beta2) * (g - last);
        n = rule.beta3 * n + (1.0 - rule.beta3) * (g + weight * (g - last)).powi(2);
        last = g;
        let unbias = |beta: f64| 1.0 - beta.powi(t);
        let step = m / unbias(rule.beta1) + weight * v / unbias(rule.beta2);
        x -= 0.1 * step / ((n / unbias(rule.beta3)).sqrt() + rule.eps);
        expected.push(x);
    }
    for (a, b) in walk(rule, 0.1, 2.0, &gradients).iter().zip(expected) {
        // Optax adds 1e-8 under the root.
        assert!((a - b).abs() < 1e-8, "{a} {b}");
    }
}

#[test]
fn prodigys_distance_is_its_numerator_over_the_length_of_its_sum() {
    let rule = Prodigy { weight_decay: 0.0, d0: 0.01, ..Prodigy::default() };
    let gradients = [1.0, 0.8, 0.9, 0.4, 0.7];
    let (beta1, beta2) = (rule.adam.beta1, rule.adam.beta2);
    let beta3 = rule.beta3.unwrap_or(beta2.sqrt());
    let (mut d, mut r, mut s, mut m, mut v, mut x) = (rule.d0, 0.0, 0.0f64, 0.0, 0.0, 2.0);
    let mut expected = vec![];
    for (t, g) in (1..).zip(gradients) {
        let corrected = ((1.0 - beta2.powi(t)).sqrt() / (1.0 - beta1.powi(t)), 1.0);
        let rate = d * if rule.adam.bias_correction { corrected.0 } else { corrected.1 };
        r = beta3 * r + d / rule.d0 * rate * g * (2.0 - x);
        s = beta3 * s + rate / rule.d0 * d * g;
        m = beta1 * m + (1.0 - beta1) * d * g;
        v = beta2 * v + (1.0 - beta2) * d * d * g * g;
        d = f64::max(d, rule.coefficient * r / s.abs());
        x -= rate * m / (f64::sqrt(v) + d * rule.adam.eps);
        expected.push(x);
    }
    close(&walk(rule, 1.0, 2.0, &gradients), &expected);
    assert!(d > rule.d0);
}

#[test]
fn lars_leaves_its_zero_point_at_full_rate() {
    let rule = Lars { momentum: 0.0, dampening: 0.0, ..Lars::default() };
    let (mut state, mut x) = (State::new(&rule, 2), [0.0, 0.0]);
    rule.step(&mut state, 0.1, &[3.0, 4.0], &mut x);
    close(&x, &[-0.1 * 3.0, -0.1 * 4.0]);
}

#[test]
fn a_conjugacy_is_found_by_its_name() {
    for name in Conjugacy::NAMES {
        assert_eq!(&Conjugacy::by_name(name).unwrap().name(), name);
    }
    assert!(Conjugacy::by_name("hestenes-stiefel").is_err());
}

#[test]
fn the_first_trial_is_one_over_the_norm_of_the_gradient() {
    for (first, length) in [(FirstTrial::Unit, 1.0 / 5.0), (FirstTrial::UnitOneNorm, 1.0 / 7.0)] {
        let mut f = problems::Quadratic::new(&[1.0, 1.0]);
        let (mut iterate, mut bfgs) = (Iterate::new(&array![3.0, 4.0]), Bfgs::new().first_trial(first));
        bfgs.start(&mut f, &mut iterate);
        assert_eq!(iterate.grad, array![3.0, 4.0]);
        assert!(bfgs.iterate(&mut f, &mut iterate).is_continue());
        assert!((iterate.alpha - length).abs() < 1e-15, "{}", iterate.alpha);
    }
}

#[test]
fn far_away_and_steep_functions_are_minimized_as_near_ones() {
    let minimum = 3e12;
    let f = FunctionWithGradient::new(1, move |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
        grad[0] = 1e30 * (x[0] - minimum);
        0.5 * grad[0] * (x[0] - minimum)
    });
    let found = minimize(f, &array![1e12], Bfgs::new(), Stop::relative_grad(1e-8).max_iter(20)).unwrap();
    assert!((found.x[0] / minimum - 1.0).abs() < 1e-7, "{found}");
    let slope = FunctionWithGradient::new(1, |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
        grad[0] = -1e30;
        -1e30 * x[0]
    });
    let found = minimize(slope, &array![1.0], Bfgs::new(), Stop::grad(1e-8)).unwrap();
    let Termination::Unbounded { value } = found.termination else { panic!("{found}") };
    assert_eq!(value, found.value);
}

#[test]
fn sr1_tells_its_hessian_in_the_units_of_the_function() {
    let mut f = FunctionWithGradient::new(2, |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
        grad.assign(&array![1e-30 * x[0], 4e-30 * x[1]]);
        0.5 * grad.dot(x)
    });
    let (mut iterate, mut sr1) = (Iterate::new(&array![1.0, 1.0]), Sr1::new());
    sr1.start(&mut f, &mut iterate);
    for _ in 0..3 {
        assert!(sr1.iterate(&mut f, &mut iterate).is_continue());
    }
    let b: Array2<f64> = sr1.hessian();
    let apart = [b[[0, 0]] - 1e-30, b[[1, 1]] - 4e-30, b[[0, 1]]];
    assert!(apart.iter().all(|d| d.abs() < 1e-36), "{b}");
}

/// f of one variable by its value and slope.
fn curve(phi: impl FnMut(f64) -> (f64, f64) + 'static) -> impl Differentiable {
    let mut phi = phi;
    FunctionWithGradient::new(1, move |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
        let (value, slope) = phi(x[0]);
        grad[0] = slope;
        value
    })
}

#[test]
fn without_curvature_the_first_scale_of_bfgs_is_one() {
    // A straight line, and a plain whose gradient turns at right angles to the first step.
    let line = FunctionWithGradient::new(2, |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
        grad.assign(&array![1.0, 0.0]);
        x[0]
    });
    let turn = FunctionWithGradient::new(2, |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
        grad.assign(&array![1.0, if x[0] < 0.0 { 1.0 } else { 0.0 }]);
        x[0] + x[1]
    });
    fn second_point(mut f: impl Differentiable) -> Array1<f64> {
        let mut bfgs = Bfgs::new().line_search(Backtracking::default()).unwrap();
        let mut iterate = Iterate::new(&array![0.0, 0.0]);
        bfgs.start(&mut f, &mut iterate);
        assert!(bfgs.iterate(&mut f, &mut iterate).is_continue());
        assert!(bfgs.iterate(&mut f, &mut iterate).is_continue());
        iterate.x
    }
    assert_eq!(second_point(line), array![-2.0, 0.0]);
    assert_eq!(second_point(turn), array![-2.0, -1.0]);
}

#[test]
fn one_pair_is_all_that_bfgs_needs_of_a_steep_parabola() {
    let mut f = curve(|x| (0.5e9 * x * x, 1e9 * x));
    let (mut iterate, mut bfgs) = (Iterate::new(&array![3.0]), Bfgs::new().scaling(Scaling::Identity));
    bfgs.start(&mut f, &mut iterate);
    for _ in 0..2 {
        assert!(bfgs.iterate(&mut f, &mut iterate).is_continue());
    }
    assert!(iterate.alpha == 1.0 && iterate.x[0].abs() < 1e-12, "{iterate:?}");
}

#[test]
fn a_model_of_sr1_that_is_exact_is_not_corrected() {
    let mut f = curve(|x| (2.0 * x * x, 4.0 * x));
    let (mut iterate, mut sr1) = (Iterate::new(&array![64.0]), Sr1::new());
    sr1.start(&mut f, &mut iterate);
    for _ in 0..5 {
        assert!(sr1.iterate(&mut f, &mut iterate).is_continue());
    }
    assert!((sr1.hessian()[[0, 0]] - 4.0).abs() < 1e-12, "{}", sr1.hessian());
}

#[test]
fn sr1_rejects_a_step_that_leaves_f_as_it_is_and_one_to_an_infinite_gradient() {
    let level = |x: f64| if x >= 0.9 { (1.0, 0.5) } else { (1.0 - x + 0.5 * x * x, x - 1.0) };
    let steep = |x: f64| if x >= 0.9 { (-x, f64::INFINITY) } else { (-x, -1.0) };
    for phi in [level as fn(f64) -> (f64, f64), steep] {
        let (mut f, mut iterate, mut sr1) = (curve(phi), Iterate::new(&array![0.0]), Sr1::new());
        sr1.start(&mut f, &mut iterate);
        let before = iterate.value;
        assert!(sr1.iterate(&mut f, &mut iterate).is_continue());
        assert!(iterate.value < before && iterate.x[0] == 0.5, "{iterate:?}");
    }
}

#[test]
fn sr1_does_not_correct_a_model_that_is_exact_from_the_start() {
    // The identity is the Hessian, so that y − Bs is 0, and the correction 0/0.
    let mut f = curve(|x| (0.5 * x * x, x));
    let (mut iterate, mut sr1) = (Iterate::new(&array![64.0]), Sr1::new().scaling(Scaling::Identity));
    sr1.start(&mut f, &mut iterate);
    for _ in 0..3 {
        assert!(sr1.iterate(&mut f, &mut iterate).is_continue());
    }
    assert_eq!(sr1.hessian(), array![[1.0]]);
}

#[test]
fn sr1_ends_on_a_quadratic_function_one_step_after_as_many_as_directions() {
    // Nocedal & Wright 2006, theorem 6.1: its matrix is then the Hessian.
    let eigenvalues: Vec<f64> = (1..=8).map(f64::from).collect();
    let start = Array1::from_elem(8, 0.25);
    let found =
        minimize(problems::Quadratic::new(&eigenvalues), &start, Sr1::new(), Stop::grad(1e-10)).unwrap();
    assert!(found.termination.converged() && found.iterations <= 9, "{found}");
}

#[test]
fn limits_compare_what_they_are_named_after() {
    let line = |x: f64| (1e6 - x, -1.0);
    let descent = || FirstOrder::new(Sgd, 10.0).unwrap();
    // Each step lowers 10⁶ by 10: a relative change of 10⁻⁵.
    let run = |stop| minimize(curve(line), &array![0.0], descent(), stop).unwrap().iterations;
    assert_eq!(run(Stop::iterations(50).value_tol(1e-4)), 1);
    assert_eq!(run(Stop::iterations(50).value_tol(1e-6)), 50);
    assert!(run(Stop::iterations(50).max_evals(5)) < 10);
}

#[test]
fn of_equally_low_points_before_a_divergence_the_first_is_returned() {
    let phi = |x: f64| if x < 1.5 { (1.0, -1.0) } else { (f64::NAN, f64::NAN) };
    let descent = FirstOrder::new(Sgd, 1.0).unwrap();
    let found = minimize(curve(phi), &array![0.0], descent, Stop::iterations(9)).unwrap();
    assert!(matches!(found.termination, Termination::NotFinite { .. }), "{found}");
    assert_eq!(found.x, array![0.0]);
}

#[test]
fn a_function_is_bottomless_only_far_below_its_own_start() {
    // From 10¹⁰ to −10¹⁵, which is not 10²⁰ times as low, and then to no number.
    let phi = |x: f64| match x {
        0.0 => (1e10, -1.0),
        1.0 => (-1e15, -1.0),
        _ => (f64::NAN, f64::NAN),
    };
    let descent = FirstOrder::new(Sgd, 1.0).unwrap();
    let found = minimize(curve(phi), &array![0.0], descent, Stop::iterations(9)).unwrap();
    assert!(matches!(found.termination, Termination::NotFinite { .. }), "{found}");
    assert_eq!(found.value, -1e15);
}

#[test]
fn an_entry_of_the_catalogue_has_the_title_and_version_that_it_was_given() {
    let entry =
        gradus::optimizer::catalogue::Entry::rule("mine", |_| Sgd).with_title("My rule").with_version("2");
    assert_eq!((entry.name(), entry.title(), entry.version()), ("mine", "My rule", Some("2")));
}

/// Methods that need LAPACK, on functions of one variable.
#[cfg(feature = "lapack")]
mod of_one_variable {
    use super::*;

    /// A function by its value and two derivatives.
    struct Curve<T>(T);

    impl<T: Fn(f64) -> [f64; 3]> Objective for Curve<T> {
        fn dim(&self) -> usize {
            1
        }

        fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
            (self.0)(x[0])[0]
        }
    }

    impl<T: Fn(f64) -> [f64; 3]> Differentiable for Curve<T> {
        fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
            let [value, first, _] = (self.0)(x[0]);
            grad[0] = first;
            value
        }
    }

    impl<T: Fn(f64) -> [f64; 3]> TwiceDifferentiable for Curve<T> {
        fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
            hessian[[0, 0]] = (self.0)(x[0])[2];
        }
    }

    /// One residual with its derivative, and the constant c of f = c·r².
    struct Fit<T>(f64, T);

    impl<T: Fn(f64) -> [f64; 2]> Objective for Fit<T> {
        fn dim(&self) -> usize {
            1
        }

        fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
            self.0 * (self.1)(x[0])[0].powi(2)
        }
    }

    impl<T: Fn(f64) -> [f64; 2]> Differentiable for Fit<T> {
        fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
            let [r, slope] = (self.1)(x[0]);
            grad[0] = 2.0 * self.0 * r * slope;
            self.0 * r * r
        }
    }

    impl<T: Fn(f64) -> [f64; 2]> Residuals for Fit<T> {
        fn residual_count(&self) -> usize {
            1
        }

        fn scale(&self) -> f64 {
            self.0
        }

        fn residuals(&mut self, x: &ArrayRef1<f64>, residuals: &mut ArrayRef1<f64>) {
            residuals[0] = (self.1)(x[0])[0];
        }

        fn jacobian(&mut self, x: &ArrayRef1<f64>, jacobian: &mut ArrayRef2<f64>) {
            jacobian[[0, 0]] = (self.1)(x[0])[1];
        }
    }

    #[test]
    fn a_linear_fit_divides_the_damping_by_three_in_each_iteration() {
        for scale in [0.5, 1.0] {
            let mut f = Fit(scale, |x| [3.0 * (x - 2.0), 3.0]);
            let (mut iterate, mut method) = (Iterate::new(&array![0.0]), LevenbergMarquardt::new());
            method.start(&mut f, &mut iterate);
            assert_eq!(iterate.grad[0], 2.0 * scale * -18.0);
            for k in 1..3 {
                assert!(method.iterate(&mut f, &mut iterate).is_continue());
                let damping = 1e-3 / 3f64.powi(k);
                assert!((method.damping() - damping).abs() < 1e-9 * damping, "{}", method.damping());
            }
        }
    }

    #[test]
    fn a_step_without_decrease_is_shortened_to_the_rounding_of_the_point() {
        // The derivative of the residual has the wrong sign.
        let mut f = Fit(1.0, |x| [x, -1.0]);
        let (mut iterate, mut method) = (Iterate::new(&array![1e6]), LevenbergMarquardt::new());
        method.start(&mut f, &mut iterate);
        let end = method.iterate(&mut f, &mut iterate);
        let std::ops::ControlFlow::Break(Termination::TrustRegionFailed { radius, bound, .. }) = end else {
            panic!("{end:?}")
        };
        assert!(radius <= bound && radius > 1e-6 * bound, "{radius:e} {bound:e}");
    }

    #[test]
    fn a_flatter_gradient_does_not_excuse_gauss_newton_from_armijos_condition() {
        // The full step lowers f by 1e-5, less than 1e-4 of the slope −2. Half of it is good.
        let mut f = Fit(1.0, |x: f64| match x {
            0.0 => [1.0, -1.0],
            0.5 => [0.9, -0.5],
            _ => [(1.0f64 - 1e-5).sqrt(), -0.1],
        });
        let (mut iterate, mut method) = (Iterate::new(&array![0.0]), GaussNewton::new());
        method.start(&mut f, &mut iterate);
        assert!(method.iterate(&mut f, &mut iterate).is_continue());
        assert_eq!((iterate.alpha, iterate.x[0]), (0.5, 0.5));
    }

    #[test]
    fn where_rounding_hides_the_decrease_a_full_newton_step_that_flattens_the_gradient_is_good() {
        // f at the minimum is 1e-9 higher than elsewhere: the rounding of 10⁶.
        let noisy = |x: f64| [if x.abs() < 1e-9 { 1e6 + 1e-9 } else { 1e6 }, x, 1.0];
        let mut f = Curve(noisy);
        let (mut iterate, mut newton) = (Iterate::new(&array![1e-6]), Newton::new());
        newton.start(&mut f, &mut iterate);
        assert!(newton.iterate(&mut f, &mut iterate).is_continue());
        assert!(iterate.alpha == 1.0 && iterate.x[0].abs() < 1e-12, "{iterate:?}");
    }

    #[test]
    fn a_step_that_raises_f_is_rejected_although_f_was_tiny_and_the_gradient_is_flatter() {
        let raised = |x: f64| {
            if x >= 0.9 { [0.2, 0.1, 1.0] } else { [1e-14 - x + 0.5 * x * x, x - 1.0, 1.0] }
        };
        let mut f = Curve(raised);
        let (mut iterate, mut region) = (Iterate::new(&array![0.0]), TrustRegion::new());
        region.start(&mut f, &mut iterate);
        assert!(region.iterate(&mut f, &mut iterate).is_continue());
        assert!(iterate.value < 0.0 && iterate.x[0] < 0.9, "{iterate:?}");
    }

    #[test]
    fn a_share_of_exactly_three_quarters_leaves_the_radius() {
        // Beyond 0, f falls by ¾ of what the model −2p + ½p² predicts.
        let mut f = Curve(|x: f64| [-0.75 * (2.0 * x - 0.5 * x * x), -2.0, 1.0]);
        let (mut iterate, mut region) = (Iterate::new(&array![0.0]), TrustRegion::new());
        region.start(&mut f, &mut iterate);
        assert!(region.iterate(&mut f, &mut iterate).is_continue());
        assert_eq!(region.radius(), 1.0);
    }

    #[test]
    fn a_trust_region_ends_where_it_contains_no_other_point() {
        // The gradient has the wrong sign. ¼²⁶ is the rounding of 1.
        let mut f = Curve(|x: f64| [x, -1.0, 1.0]);
        let (mut iterate, mut region) = (Iterate::new(&array![0.0]), TrustRegion::new());
        iterate.x[0] = 1.0;
        region.start(&mut f, &mut iterate);
        let end = region.iterate(&mut f, &mut iterate);
        let std::ops::ControlFlow::Break(Termination::TrustRegionFailed { radius, bound, trials }) = end
        else {
            panic!("{end:?}")
        };
        assert!(radius <= bound && trials <= 27, "{radius:e} {bound:e} {trials}");
    }

    #[test]
    fn kfac_begins_with_its_default_damping() {
        assert_eq!(Kfac::new().current_damping(), Kfac::DEFAULT_DAMPING);
    }

    #[test]
    fn the_catalogues_newton_tells_its_shift() {
        let (start, stop) = (array![0.1, 0.1], Stop::iterations(1));
        let catalogue = gradus::optimizer::catalogue::Catalogue::built_in();
        let shift_of = |name: &str| {
            let problem: Box<dyn Problem> = Box::new(problems::Saddle);
            let optimizer = catalogue.get(name).unwrap().configure().optimizer().unwrap();
            minimize(AnyObjective::new(problem), &start, optimizer, stop).unwrap().shift
        };
        let shift = minimize(problems::Saddle, &start, Newton::shifted(), stop).unwrap().shift;
        assert!(shift.unwrap() > 0.0, "{shift:?}");
        assert_eq!((shift_of("newton-shifted"), shift_of("bfgs")), (shift, None));
    }
}

#[test]
fn a_slope_below_the_smallest_number_does_not_contradict_the_gradient() {
    // f = ½·5e-324·x²: the only numbers that f and its slope can take here are 0 and 5e-324.
    let found = minimize(
        problems::Quadratic::new(&[5e-324]),
        &array![1.0],
        Lbfgs::default(),
        Stop { grad_tol: Some(0.0), ..Stop::iterations(10) },
    )
    .unwrap();
    let said = found.termination.to_string();
    assert!(!said.contains("the gradient is wrong"), "{said}");
}
