//! What every line search tries and finds, for many settings, functions and first steps.

use crate::recorded::Record;
use gradus::line_search::{Backtracking, Exact, HagerZhang, LineSearch, MoreThuente, Ray, Search};

type Phi = fn(f64) -> (f64, f64);

/// Moré & Thuente's fourth to sixth function: two bends, at −β₁ and at 1 + β₂.
fn yanai(alpha: f64, (one, two): (f64, f64)) -> (f64, f64) {
    let gamma = |beta: f64| (1.0 + beta * beta).sqrt() - beta;
    let (left, right) = ((1.0 - alpha).hypot(two), alpha.hypot(one));
    let slope = -gamma(one) * (1.0 - alpha) / left + gamma(two) * alpha / right;
    (gamma(one) * left + gamma(two) * right, slope)
}

/// Functions of one variable with their value and slope.
const FUNCTIONS: &[(&str, Phi)] = &[
    ("rational", |a| (-a / (a * a + 2.0), (a * a - 2.0) / (a * a + 2.0).powi(2))),
    ("quintic", |a| {
        let t = a + 0.004;
        (t.powi(5) - 2.0 * t.powi(4), 5.0 * t.powi(4) - 8.0 * t.powi(3))
    }),
    ("bends-1", |a| yanai(a, (0.001, 0.001))),
    ("bends-2", |a| yanai(a, (0.01, 0.001))),
    ("bends-3", |a| yanai(a, (0.001, 0.01))),
    ("parabola", |a| ((a - 0.3).powi(2), 2.0 * (a - 0.3))),
    ("far parabola", |a| ((a - 70.0).powi(2) / 8.0 + 2.0, (a - 70.0) / 4.0)),
    ("quartic", |a| ((a - 2.0).powi(4) - a, 4.0 * (a - 2.0).powi(3) - 1.0)),
    ("two valleys", |a| {
        let (u, v) = (a * a - 5.0 * a + 4.0, 2.0 * a - 5.0);
        (u * u / 4.0 - a, u * v / 2.0 - 1.0)
    }),
    ("kink", |a| ((a - 0.375).abs() - 0.25 * a, if a < 0.375 { -1.25 } else { 0.75 })),
    ("steps", |a| (-(4.0 * a).floor() / 4.0, -1.0)),
    ("wall", |a| if a < 1.75 { (1.0 - a, -1.0) } else { (f64::INFINITY, f64::NAN) }),
    ("pole", |a| (1.0 / (1.5 - a) - 4.0 * a, 1.0 / (1.5 - a).powi(2) - 4.0)),
    ("strip", |a| {
        let hidden = (0.75..1.25).contains(&a);
        ((a - 3.0).powi(2), if hidden { f64::NAN } else { 2.0 * (a - 3.0) })
    }),
    ("downhill", |a| (-a, -1.0)),
    ("flattening", |a| (1.0 / (1.0 + a), -1.0 / (1.0 + a).powi(2))),
    ("steepening", |a| (-a - a.powi(5), -1.0 - 5.0 * a.powi(4))),
    ("to minus infinity", |a| (-1.0 / (2.0 - a), -1.0 / (2.0 - a).powi(2))),
    ("level", |_| (1.0, -0.25)),
    ("uphill values", |a| (1.0 + a, -1.0)),
    ("coarse", |a| (1e16 + (a - 40.0).powi(2), 2.0 * (a - 40.0))),
    ("plain", |a| (1.0 + 1e-17 * (a - 0.3).powi(2), 2e-17 * (a - 0.3))),
    ("near the minimum", |a| (1e-3 + 1e-12 * (a - 1.2).powi(2), 2e-12 * (a - 1.2))),
];

/// Records the trials of a search, and what it found.
fn record(out: &mut Record, key: &str, search: &LineSearch, phi: impl Fn(f64) -> (f64, f64), first: f64) {
    let (value, slope) = phi(0.0);
    let mut trials = Vec::new();
    let found = search.search(Ray { value, slope }, first, |alpha| {
        trials.push(alpha);
        phi(alpha)
    });
    outcome(out, key, found, &trials);
}

fn outcome(out: &mut Record, key: &str, found: Search<f64>, trials: &[f64]) {
    let (word, numbers) = match found {
        Search::Found { alpha, value } => ("found", [alpha, value]),
        Search::Unbounded { alpha, value } => ("unbounded", [alpha, value]),
        Search::Failed { alpha, trials } => ("failed", [alpha, trials as f64]),
    };
    out.numbers(format!("{key}: trials"), &few(trials));
    out.numbers(format!("{key}: {word} at"), &numbers[..1]);
    out.numbers(format!("{key}: {word} with"), &numbers[1..]);
}

/// The first trials, the last, and how many there are, with as many digits as are compared.
fn few(trials: &[f64]) -> Vec<f64> {
    let (first, last) = trials.split_at(trials.len().min(8));
    let count = (!last.is_empty()).then_some(trials.len() as f64);
    let chosen = first.iter().chain(last.last()).copied().chain(count);
    chosen.map(|trial| format!("{trial:.11e}").parse().unwrap()).collect()
}

/// Records a search on all functions.
fn on_all(out: &mut Record, settings: &str, search: impl Into<LineSearch>, firsts: &[f64]) {
    let search = search.into();
    for &(name, phi) in FUNCTIONS {
        for &first in firsts {
            record(out, &format!("{settings}, {name} from {first:e}"), &search, phi, first);
        }
    }
}

/// Records searches whose values and slopes are drawn from a few round numbers, whatever the step: the
/// conditions are then often met with equality, and each path is taken.
fn on_scripts(out: &mut Record, settings: &str, search: impl Into<LineSearch>, most: usize) {
    const VALUES: [f64; 14] =
        [1.0, 1.0, 0.75, 0.875, 0.5, 0.5, 0.25, 1.25, 1.5, 0.0, 0.9375, 1.0625, f64::INFINITY, f64::NAN];
    const SLOPES: [f64; 10] = [-1.0, -0.5, 0.5, -0.25, 0.25, 0.0, 1.0, -2.0, 0.75, -0.125];
    let search = search.into();
    for script in 0..most {
        let mut state = 1 + script as u64;
        let mut draw = |count: usize| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize % count
        };
        let first = [0.5, 1.0, 2.0][script % 3];
        let mut trials = Vec::new();
        let found = search.search(Ray { value: 1.0, slope: -1.0 }, first, |alpha| {
            trials.push(alpha);
            (VALUES[draw(VALUES.len())], SLOPES[draw(SLOPES.len())])
        });
        let (word, end) = match found {
            Search::Found { value, .. } => ("found", value),
            Search::Unbounded { value, .. } => ("unbounded", value),
            Search::Failed { alpha, .. } => ("failed", alpha),
        };
        trials.push(end);
        out.numbers(format!("{settings}, script {script}, {word}"), &few(&trials));
    }
}

fn open(name: &str) -> Record {
    let mut out = Record::open(name);
    out.within(1e-10);
    out
}

#[test]
fn more_and_thuentes_search() {
    let mut out = open("line_search_more_thuente");
    let usual = MoreThuente::default();
    on_all(&mut out, "default", usual, &[1e-3, 0.5, 1.0, 10.0, 1e3, 1e12]);
    for (settings, search) in [
        ("decrease .3", MoreThuente { decrease: 0.3, ..usual }),
        ("curvature .01", MoreThuente { curvature: 0.01, ..usual }),
        ("curvature .5", MoreThuente { decrease: 0.25, curvature: 0.5, ..usual }),
        ("width .1", MoreThuente { width: 0.1, curvature: 1.1e-4, ..usual }),
        ("width 0", MoreThuente { width: 0.0, curvature: 1.1e-4, ..usual }),
        ("rounding 0", MoreThuente { rounding: 0.0, curvature: 0.01, ..usual }),
        ("rounding 1e-5", MoreThuente { rounding: 1e-5, curvature: 1.1e-4, ..usual }),
        ("longest 1.5", MoreThuente { max_step: 1.5, ..usual }),
        ("longest 1e11", MoreThuente { max_step: 1e11, ..usual }),
        ("one trial", MoreThuente { max_trials: 1, ..usual }),
        ("four trials", MoreThuente { max_trials: 4, curvature: 0.01, ..usual }),
    ] {
        on_all(&mut out, settings, search, &[0.25, 8.0]);
    }
    out.finish();
}

#[test]
fn more_and_thuentes_search_by_scripts() {
    let mut out = open("line_search_more_thuente_scripts");
    let usual = MoreThuente { decrease: 0.25, curvature: 0.5, rounding: 0.0, ..MoreThuente::default() };
    on_scripts(&mut out, "plain", usual, 300);
    on_scripts(&mut out, "few", MoreThuente { max_trials: 3, max_step: 2.0, ..usual }, 100);
    on_scripts(&mut out, "wide", MoreThuente { width: 0.5, max_step: 4.0, ..usual }, 150);
    on_scripts(&mut out, "steep", MoreThuente { curvature: 0.2501, rounding: 9e-5, ..usual }, 200);
    out.finish();
}

/// What lies beyond the longest step, for values and slopes there that are just at the bounds.
#[test]
fn more_and_thuente_beyond_the_longest_step() {
    let mut out = open("line_search_beyond");
    let search = LineSearch::from(MoreThuente { decrease: 0.25, ..MoreThuente::default() });
    for slope in [-1.0f64, -0.5, -0.4999, -0.25] {
        for (name, share) in
            [("steep", -0.5), ("less steep", -0.4999), ("flat", 0.0), ("not a number", f64::NAN)]
        {
            for probe in 1..=3 {
                let beyond = 10f64.powi(10 * probe + 5);
                let phi =
                    |a: f64| if a > beyond { (-a, share) } else { (-a, if a > 0.0 { slope } else { -1.0 }) };
                record(&mut out, &format!("slope {slope}, {name} from probe {probe}"), &search, phi, 1e10);
            }
        }
    }
    for (name, value) in [("level", 0.25), ("above", 0.2499), ("endless", f64::INFINITY), ("none", f64::NAN)]
    {
        for probe in 1..=3 {
            let beyond = 10f64.powi(10 * probe + 5);
            let phi = |a: f64| if a > beyond { (-a * value, -1.0) } else { (-a, -1.0) };
            record(&mut out, &format!("value {name} from probe {probe}"), &search, phi, 1e10);
        }
    }
    out.finish();
}

#[test]
fn hager_and_zhangs_search() {
    let mut out = open("line_search_hager_zhang");
    let usual = HagerZhang::default();
    on_all(&mut out, "default", usual, &[1e-3, 0.5, 1.0, 10.0, 1e3]);
    for (settings, search) in [
        ("decrease .4", HagerZhang { decrease: 0.4, curvature: 0.5, ..usual }),
        ("curvature .11", HagerZhang { curvature: 0.11, ..usual }),
        ("decrease .01", HagerZhang { decrease: 0.01, curvature: 0.011, ..usual }),
        ("rounding 0", HagerZhang { rounding: 0.0, curvature: 0.2, ..usual }),
        ("rounding .5", HagerZhang { rounding: 0.5, curvature: 0.2, ..usual }),
        ("split .1", HagerZhang { split: 0.1, curvature: 0.11, ..usual }),
        ("split .9", HagerZhang { split: 0.9, curvature: 0.11, ..usual }),
        ("shrink .1", HagerZhang { shrink: 0.1, decrease: 0.01, curvature: 0.011, ..usual }),
        ("shrink .95", HagerZhang { shrink: 0.95, decrease: 0.01, curvature: 0.011, ..usual }),
        ("expand 1.5", HagerZhang { expand: 1.5, ..usual }),
        ("one trial", HagerZhang { max_trials: 1, ..usual }),
        ("four trials", HagerZhang { max_trials: 4, curvature: 0.11, ..usual }),
    ] {
        on_all(&mut out, settings, search, &[0.25, 8.0]);
    }
    out.finish();
}

#[test]
fn hager_and_zhangs_search_by_scripts() {
    let mut out = open("line_search_hager_zhang_scripts");
    let usual = HagerZhang {
        decrease: 0.25,
        curvature: 0.5,
        rounding: 0.25,
        split: 0.5,
        shrink: 0.5,
        expand: 2.0,
        max_trials: 12,
    };
    on_scripts(&mut out, "plain", usual, 300);
    on_scripts(&mut out, "few", HagerZhang { max_trials: 4, rounding: 0.0, ..usual }, 150);
    on_scripts(
        &mut out,
        "strict",
        HagerZhang { decrease: 0.125, curvature: 0.126, rounding: 0.5, ..usual },
        300,
    );
    out.finish();
}

#[test]
fn backtracking() {
    let mut out = open("line_search_backtracking");
    let usual = Backtracking::default();
    on_all(&mut out, "default", usual, &[1e-3, 0.5, 1.0, 10.0, 1e3]);
    let settings = [
        ("decrease .4", Backtracking { decrease: 0.4, ..usual }),
        ("shrink .125", Backtracking { shrink: 0.125, ..usual }),
        ("shrink .9", Backtracking { shrink: 0.9, ..usual }),
        ("one trial", Backtracking { max_trials: 1, ..usual }),
        ("three trials", Backtracking { max_trials: 3, ..usual }),
    ];
    for (settings, search) in settings {
        on_all(&mut out, settings, search, &[0.25, 8.0]);
    }
    // By values alone, from 1 on.
    for (settings, search) in [("default", usual)].into_iter().chain(settings) {
        for &(name, phi) in FUNCTIONS {
            let (mut trials, (value, slope)) = (Vec::new(), phi(0.0));
            let found = search.search(Ray { value, slope: 4.0 * slope }, |alpha| {
                trials.push(alpha);
                phi(4.0 * alpha).0
            });
            outcome(&mut out, &format!("by values, {settings}, {name}"), found, &trials);
        }
    }
    out.finish();
}

#[test]
fn backtracking_by_scripts() {
    let mut out = open("line_search_backtracking_scripts");
    let usual = Backtracking { decrease: 0.25, shrink: 0.5, max_trials: 6 };
    on_scripts(&mut out, "plain", usual, 200);
    on_scripts(&mut out, "slow", Backtracking { shrink: 0.75, ..usual }, 50);
    // A slope whose effect is rounding at the second trial: equal to it, above it and below it.
    for slope in [1.9, 2.0, 2.1, 4.0, 4.1].map(|multiple| -multiple * f64::EPSILON) {
        let mut trials = Vec::new();
        let found = usual.search(Ray { value: 1.0, slope }, |alpha: f64| {
            trials.push(alpha);
            1.0 + alpha
        });
        outcome(&mut out, &format!("by values, slope {slope:e}"), found, &trials);
        record(&mut out, &format!("slope {slope:e}"), &usual.into(), |a| (1.0 + a, slope), 1.0);
    }
    out.finish();
}

#[test]
fn exact_search() {
    let mut out = open("line_search_exact");
    let usual = Exact::default();
    on_all(&mut out, "default", Exact { tolerance: 1e-6, ..usual }, &[1e-3, 0.5, 1.0, 10.0, 1e3]);
    for (settings, search) in [
        ("tolerance .3", Exact { tolerance: 0.3, ..usual }),
        ("tolerance 1e-3", Exact { tolerance: 1e-3, ..usual }),
        ("one trial", Exact { max_trials: 1, ..usual }),
        ("five trials", Exact { max_trials: 5, ..usual }),
    ] {
        on_all(&mut out, settings, search, &[0.25, 8.0]);
    }
    out.finish();
}

#[test]
fn exact_search_by_scripts() {
    let mut out = open("line_search_exact_scripts");
    let usual = Exact { tolerance: 0.125, max_trials: 8 };
    on_scripts(&mut out, "plain", usual, 300);
    on_scripts(&mut out, "strict", Exact { tolerance: 1e-3, ..usual }, 300);
    // Ends whose value is as high as the start, or a little higher: a ten-thousandth of it is allowed.
    for value in [1.0, 1.00009, 1.0001, 1.00011, -1.0] {
        record(
            &mut out,
            &format!("flat at {value}"),
            &usual.into(),
            |a| (if a > 0.0 { value } else { 1.0 }, if a > 0.0 { 0.0 } else { -1.0 }),
            1.0,
        );
    }
    // A jump of the slope, at which the bounds meet.
    for place in [0.3, 3.0, 1e-9, 1e9] {
        let phi = move |a: f64| ((a - place).abs(), if a < place { -1.0 } else { 0.5 });
        record(
            &mut out,
            &format!("jump at {place:e}"),
            &Exact { tolerance: 1e-3, max_trials: 200 }.into(),
            phi,
            1.0,
        );
    }
    out.finish();
}

#[test]
fn single_precision() {
    let mut out = Record::open("line_search_single");
    out.within(1e-4);
    for name in LineSearch::NAMES {
        let search = LineSearch::by_name(name).unwrap();
        for first in [0.125f32, 4.0] {
            let mut trials = Vec::new();
            let found = search.search(Ray { value: 9.0f32, slope: -6.0 }, first, |alpha| {
                trials.push(f64::from(alpha));
                ((alpha - 3.0).powi(2), 2.0 * (alpha - 3.0))
            });
            let Search::Found { alpha, value } = found else { panic!("{name}: {found:?}") };
            out.numbers(format!("{name} from {first}"), &trials);
            out.numbers(format!("{name} from {first}: at"), &[alpha.into(), f64::from(value) + 1.0]);
        }
    }
    out.finish();
}

/// Rays along which there is nothing to search.
#[test]
fn rays_that_do_not_descend() {
    let mut out = Record::open("line_search_rays");
    for name in LineSearch::NAMES {
        let search = LineSearch::by_name(name).unwrap();
        out.exact(format!("{name}: name"), search.name());
        let values = [0.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        for (value, slope) in values.iter().flat_map(|&v| [0.0, 1.0, -1.0, -0.0, f64::NAN].map(|s| (v, s))) {
            let found = search.search(Ray { value, slope }, 1.0, |a: f64| ((a - 1.0) * (a - 1.0) - 2.0, 0.0));
            out.exact(format!("{name} at {value} along {slope}"), format!("{found:?}"));
        }
    }
    for word in ["", "exac", "Exact", "hz"] {
        out.exact(format!("name {word:?}"), LineSearch::by_name(word).unwrap_err());
    }
    let ray = Ray { value: 1.0, slope: -1.0 };
    for value in [0.7499, 0.75, 0.7501] {
        out.exact(format!("Armijo at {value}"), ray.sufficient_decrease(0.5, value, 0.5));
    }
    out.finish();
}

/// Every setting inside, at and outside its bounds.
#[test]
fn bounds_of_the_settings() {
    let mut out = Record::open("line_search_bounds");
    let values = [
        f64::NEG_INFINITY,
        -1.0,
        -1e-300,
        0.0,
        1e-300,
        1e-5,
        1e-4,
        1.1e-4,
        0.1,
        0.2,
        0.4999,
        0.5,
        0.9,
        0.9999,
    ];
    let values = values.into_iter().chain([1.0, 1.0001, 2.0, 1e10, 1e300, f64::INFINITY, f64::NAN]);
    type Set = fn(f64) -> LineSearch;
    let settings: [(&str, Set); 15] = [
        ("more-thuente decrease", |v| MoreThuente { decrease: v, ..MoreThuente::default() }.into()),
        ("more-thuente curvature", |v| MoreThuente { curvature: v, ..MoreThuente::default() }.into()),
        ("more-thuente width", |v| MoreThuente { width: v, ..MoreThuente::default() }.into()),
        ("more-thuente rounding", |v| MoreThuente { rounding: v, ..MoreThuente::default() }.into()),
        ("more-thuente max_step", |v| MoreThuente { max_step: v, ..MoreThuente::default() }.into()),
        ("hager-zhang decrease", |v| HagerZhang { decrease: v, ..HagerZhang::default() }.into()),
        ("hager-zhang curvature", |v| HagerZhang { curvature: v, ..HagerZhang::default() }.into()),
        ("hager-zhang rounding", |v| HagerZhang { rounding: v, ..HagerZhang::default() }.into()),
        ("hager-zhang split", |v| HagerZhang { split: v, ..HagerZhang::default() }.into()),
        ("hager-zhang shrink", |v| HagerZhang { shrink: v, ..HagerZhang::default() }.into()),
        ("hager-zhang expand", |v| HagerZhang { expand: v, ..HagerZhang::default() }.into()),
        ("backtracking decrease", |v| Backtracking { decrease: v, ..Backtracking::default() }.into()),
        ("backtracking shrink", |v| Backtracking { shrink: v, ..Backtracking::default() }.into()),
        ("exact tolerance", |v| Exact { tolerance: v, ..Exact::default() }.into()),
        ("more-thuente both", |v| MoreThuente { decrease: v, curvature: v, ..MoreThuente::default() }.into()),
    ];
    let shown =
        |search: LineSearch| search.validate().map_or_else(|error| error.to_string(), |()| "allowed".into());
    for value in values {
        for (name, set) in settings {
            out.exact(format!("{name} = {value:e}"), shown(set(value)));
        }
    }
    for max_trials in [0, 1, 2] {
        out.exact(
            format!("more-thuente trials {max_trials}"),
            shown(MoreThuente { max_trials, ..MoreThuente::default() }.into()),
        );
        out.exact(
            format!("hager-zhang trials {max_trials}"),
            shown(HagerZhang { max_trials, ..HagerZhang::default() }.into()),
        );
        out.exact(
            format!("backtracking trials {max_trials}"),
            shown(Backtracking { max_trials, ..Backtracking::default() }.into()),
        );
        out.exact(
            format!("exact trials {max_trials}"),
            shown(Exact { max_trials, ..Exact::default() }.into()),
        );
    }
    out.finish();
}

/// A step is halved while it is not smaller than the smallest normal number, 2⁻¹⁰²²: from 2⁻¹⁰¹⁹ on these
/// are four trials, and the fifth would be 2⁻¹⁰²³.
#[test]
fn steps_are_halved_down_to_the_smallest_normal_number() {
    let search = LineSearch::from(MoreThuente::default());
    let nowhere = |_| (f64::NAN, f64::NAN);
    let found = search.search(Ray { value: 1.0, slope: -1.0 }, 2f64.powi(-1019), nowhere);
    assert_eq!(found, Search::Failed { alpha: 2f64.powi(-1023), trials: 4 });
}
