//! The promises of every line search, checked on the functions of one variable of Moré & Thuente's paper and
//! on difficult ones.

use super::*;

type Phi = fn(f64) -> (f64, f64);

/// Table 1 to 3 of Moré & Thuente 1994: functions (5.1), (5.2) and (5.3), with β = 2, .004 and .01 and l =
/// 39.
fn papers() -> [(&'static str, Phi); 3] {
    fn first(a: f64) -> (f64, f64) {
        let under = a * a + 2.0;
        (-a / under, (a * a - 2.0) / (under * under))
    }
    fn second(a: f64) -> (f64, f64) {
        let t = a + 0.004;
        (t.powi(5) - 2.0 * t.powi(4), 5.0 * t.powi(4) - 8.0 * t.powi(3))
    }
    fn third(a: f64) -> (f64, f64) {
        let (beta, l) = (0.01, 39.0);
        let (bend, slope) = if a <= 1.0 - beta {
            (1.0 - a, -1.0)
        } else if a >= 1.0 + beta {
            (a - 1.0, 1.0)
        } else {
            ((a - 1.0) * (a - 1.0) / (2.0 * beta) + beta / 2.0, (a - 1.0) / beta)
        };
        let angle = l * std::f64::consts::FRAC_PI_2;
        let wave = 2.0 * (1.0 - beta) / (l * std::f64::consts::PI);
        (bend + wave * (angle * a).sin(), slope + wave * angle * (angle * a).cos())
    }
    [("5.1", first), ("5.2", second), ("5.3", third)]
}

fn run(
    search: &LineSearch,
    phi: impl Fn(f64) -> (f64, f64),
    first: f64,
) -> (Search<f64>, Ray<f64>, usize, f64) {
    let (value, slope) = phi(0.0);
    let (mut trials, mut last) = (0, f64::NAN);
    let ray = Ray { value, slope };
    let found = search.search(ray, first, |alpha| {
        (trials, last) = (trials + 1, alpha);
        phi(alpha)
    });
    (found, ray, trials, last)
}

#[test]
fn the_strong_wolfe_conditions_hold_at_what_more_and_thuente_find() {
    for (name, phi) in papers() {
        for first in [1e-3, 1e-1, 1e1, 1e3] {
            for (decrease, curvature) in [(1e-3, 0.1), (1e-4, 0.9), (0.1, 0.1001)] {
                let search = MoreThuente { decrease, curvature, ..MoreThuente::default() }.into();
                let (found, ray, trials, last) = run(&search, phi, first);
                let Search::Found { alpha, value } = found else { panic!("{name} from {first}: {found:?}") };
                assert_eq!(alpha, last, "the last trial is the one that is found");
                assert!(ray.sufficient_decrease(alpha, value, decrease), "{name} from {first}");
                assert!(
                    phi(alpha).1.abs() <= curvature * -ray.slope,
                    "{name} from {first}: slope {}",
                    phi(alpha).1
                );
                assert!(trials <= 20, "{name} from {first}: {trials} trials");
            }
        }
    }
}

/// Table I of the paper: function (5.1), μ = .001, η = .1, from 10⁻³, 10⁻¹, 10 and 10³.
#[test]
fn the_papers_table_is_reproduced() {
    let (_, phi) = papers()[0];
    let search =
        MoreThuente { decrease: 1e-3, curvature: 0.1, rounding: 0.0, ..MoreThuente::default() }.into();
    let expected = [(1e-3, 6, 1.4), (1e-1, 3, 1.4), (1e1, 1, 10.0), (1e3, 4, 37.0)];
    for (first, trials, alpha) in expected {
        let (Search::Found { alpha: found, .. }, _, taken, _) = run(&search, phi, first) else { panic!() };
        assert_eq!(taken, trials, "from {first}");
        assert!((found / alpha - 1.0).abs() < 0.05, "from {first}: {found}");
    }
}

#[test]
fn the_wolfe_or_approximate_wolfe_conditions_hold_at_what_hager_and_zhang_find() {
    let search = HagerZhang::default();
    for (name, phi) in papers() {
        for first in [1e-3, 1e-1, 1.0, 1e1, 1e3] {
            let (found, ray, trials, last) = run(&search.into(), phi, first);
            let Search::Found { alpha, value } = found else { panic!("{name} from {first}: {found:?}") };
            let slope = phi(alpha).1;
            assert_eq!(alpha, last);
            assert!(slope >= 0.9 * ray.slope, "{name} from {first}");
            let approximate = slope <= -0.8 * ray.slope && value <= ray.value + 1e-6 * ray.value.abs();
            assert!(ray.sufficient_decrease(alpha, value, 0.1) || approximate, "{name} from {first}");
            assert!(trials <= 20, "{name} from {first}: {trials}");
        }
    }
}

/// Hager & Zhang's approximate conditions, by their definition: (2δ − 1)φ′(0) ≥ φ′(α) ≥ σφ′(0) and φ(α) ≤
/// φ(0) + ε|φ(0)|, with δ = .1, σ = .9, ε = 10⁻⁶, at φ(0) = 1 and φ′(0) = −1. Armijo's condition fails in all
/// cases but the last.
#[test]
fn the_approximate_wolfe_conditions_accept_what_they_say() {
    let search = LineSearch::from(HagerZhang::default());
    let accepted = |value: f64, slope: f64| {
        let mut trials = 0;
        let found = search.search(Ray { value: 1.0, slope: -1.0 }, 1.0, |alpha| {
            trials += 1;
            // The first trial is the case. The others are a parabola with its minimum at .3.
            if alpha == 1.0 { (value, slope) } else { (1.0 - alpha + alpha * alpha / 0.6, alpha / 0.3 - 1.0) }
        });
        trials == 1 && found == Search::Found { alpha: 1.0, value }
    };
    assert!(accepted(1.0 + 9e-7, 0.79) && accepted(1.0 + 9e-7, -0.89), "inside all bounds");
    assert!(!accepted(1.0 + 1.1e-6, 0.79), "a value above φ(0) + ε|φ(0)|");
    assert!(!accepted(1.0 + 9e-7, 0.81), "a slope above (2δ − 1)φ′(0)");
    assert!(!accepted(1.0 + 9e-7, -0.91), "a slope below σφ′(0)");
    assert!(accepted(0.89, 5.0), "with Armijo's condition, no upper bound holds for the slope");
}

#[test]
fn the_exact_search_finds_the_minimum_of_a_parabola_by_two_evaluations() {
    for first in [1e-3, 1.0, 50.0] {
        let parabola: Phi = |a| (3.0 * (a - 0.7).powi(2) + 5.0, 6.0 * (a - 0.7));
        let (found, _, trials, _) = run(&Exact::default().into(), parabola, first);
        let Search::Found { alpha, .. } = found else { panic!("{found:?}") };
        assert!((alpha - 0.7).abs() < 1e-10 && trials <= 2, "from {first}: {alpha} in {trials}");
    }
    for ((name, phi), minimum) in papers().into_iter().zip([2f64.sqrt(), 1.596]) {
        let (found, ..) = run(&Exact::default().into(), phi, 0.5);
        let Search::Found { alpha, .. } = found else { panic!("{name}: {found:?}") };
        assert!((alpha - minimum).abs() < 1e-9, "{name}: {alpha}");
    }
}

#[test]
fn every_search_backs_off_from_what_is_not_finite() {
    // −ln(1 − α) − 2α has its minimum at ½ and no value from 1 on; eᵉˣᵖ overflows to infinity.
    let pole: Phi = |a| (-(1.0 - a).ln() - 2.0 * a, 1.0 / (1.0 - a) - 2.0);
    let overflow: Phi = |a| ((200.0 * (a - 0.2)).exp() - 40.0 * a, 200.0 * (200.0 * (a - 0.2)).exp() - 40.0);
    for name in LineSearch::NAMES {
        let search = LineSearch::by_name(name).unwrap();
        assert_eq!(&search.name(), name);
        for (phi, first) in [(pole, 1.0), (pole, 30.0), (pole, 0.999), (overflow, 100.0), (overflow, 1.0)] {
            let (found, ray, trials, _) = run(&search, phi, first);
            let Search::Found { alpha, value } = found else { panic!("{name} from {first}: {found:?}") };
            assert!(
                value < ray.value && phi(alpha).0.is_finite() && trials < 50,
                "{name} from {first}: {trials}"
            );
        }
    }
}

#[test]
fn where_values_are_rounding_slopes_decide() {
    // A parabola of height 1e-18 on a plain of height 1: no difference of values can be seen.
    let parabola: Phi = |a| (1.0 + 1e-18 * (a - 0.3).powi(2), 2e-18 * (a - 0.3));
    for search in [
        LineSearch::from(MoreThuente { curvature: 0.1, ..MoreThuente::default() }),
        HagerZhang::default().into(),
    ] {
        let (found, ..) = run(&search, parabola, 1.0);
        let Search::Found { alpha, .. } = found else { panic!("{search:?}: {found:?}") };
        assert!((alpha - 0.3).abs() < 0.3, "{alpha}");
    }
}

#[test]
fn uphill_and_unbounded_and_contradictory_rays_end() {
    let uphill: Phi = |a| (a, 1.0);
    let unbounded: Phi = |a| (-a, -1.0);
    // The slope says down and the values go up: a wrong gradient.
    let wrong: Phi = |a| (1.0 + a, -1.0);
    for name in LineSearch::NAMES {
        let search = LineSearch::by_name(name).unwrap();
        assert_eq!(run(&search, uphill, 1.0).0, Search::Failed { alpha: 0.0, trials: 0 });
        assert!(matches!(run(&search, wrong, 1.0).0, Search::Failed { trials: 1.., .. }), "{name}");
        let (found, _, trials, last) = run(&search, unbounded, 1.0);
        assert!(trials <= 100);
        match (name, found) {
            (&"hager-zhang" | &"exact" | &"more-thuente", Search::Unbounded { alpha, value }) => {
                assert!(alpha == last && value == -alpha && alpha > 1e30, "{name}: {alpha}");
            }
            (&"backtracking", Search::Found { .. }) => {}
            _ => panic!("{name}: {found:?}"),
        }
        // −eᵅ reaches −∞ within the trials: the last finite point is the outcome.
        let steep: Phi = |a| (-a.exp(), -a.exp());
        if let (Search::Unbounded { alpha, value }, _, _, last) = run(&search, steep, 1.0) {
            assert!(alpha == last && value.is_finite() && value < -1.0, "{name}: {value}");
        }
    }
}

#[test]
fn a_long_way_down_is_not_taken_for_a_bottomless_one() {
    let search = LineSearch::from(MoreThuente::default());
    // Minima at 10¹³ and 10²⁵, and a slope that flattens: the longest step is the outcome, as in MINPACK-2.
    for minimum in [1e13, 1e25] {
        let (found, _, _, last) = run(&search, move |a| (a * a / minimum / 2.0 - a, a / minimum - 1.0), 1.0);
        let Search::Found { alpha, value } = found else { panic!("{minimum}: {found:?}") };
        assert!(alpha == 1e10 && last == 1e10 && value < -9e9, "{minimum}: {alpha} {value}");
    }
    let (found, ..) = run(&search, |a| (-(1.0 + a).ln(), -1.0 / (1.0 + a)), 1.0);
    assert!(matches!(found, Search::Found { .. }), "{found:?}");
    // Who sets a longest step gets no longer trial.
    let short = LineSearch::from(MoreThuente { max_step: 8.0, ..MoreThuente::default() });
    let line = |a: f64| {
        assert!(a <= 8.0);
        (-a, -1.0)
    };
    assert_eq!(run(&short, line, 1.0).0, Search::Found { alpha: 8.0, value: -8.0 });
}

#[test]
fn parameters_out_of_range_are_named() {
    let refused = |search: LineSearch, word: &str| {
        let sentence = search.validate().unwrap_err().to_string();
        assert!(sentence.contains(word), "{sentence}");
    };
    refused(
        MoreThuente { decrease: 0.5, ..MoreThuente::default() }.into(),
        "decrease must be above 0 and below ½",
    );
    refused(
        MoreThuente { curvature: 1e-5, ..MoreThuente::default() }.into(),
        "curvature must be above decrease and below 1",
    );
    refused(MoreThuente { width: 1.0, ..MoreThuente::default() }.into(), "width");
    refused(HagerZhang { expand: 1.0, ..HagerZhang::default() }.into(), "expand");
    refused(Backtracking { shrink: 1.0, ..Backtracking::default() }.into(), "shrink");
    refused(Exact { tolerance: 0.0, ..Exact::default() }.into(), "tolerance");
    refused(
        Backtracking { max_trials: 0, ..Backtracking::default() }.into(),
        "max_trials must be at least 1",
    );
    assert!(LineSearch::by_name("wolf").unwrap_err().to_string().contains("more-thuente"));
    LineSearch::NAMES.iter().for_each(|name| LineSearch::by_name(name).unwrap().validate().unwrap());
}
