use super::*;
use crate::objective::{
    Difference, Differentiable, Function, FunctionWithGradient, HessVec, Objective, TwiceDifferentiable,
};
use crate::rng;
use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2, array};

/// x ↦ Σ sin(xᵢ) + x₀x₁, with one entry of its gradient moved by `wrong`.
fn smooth(wrong: f64) -> FunctionWithGradient<'static> {
    FunctionWithGradient::new(3, move |x, grad| {
        grad.assign(&x.mapv(f64::cos));
        grad[0] += x[1];
        grad[1] += x[0] + wrong;
        x.mapv(f64::sin).sum() + x[0] * x[1]
    })
}

/// |x₀ − kink| + x₁², whose analytic slope on the left is −1 and on the right 1.
fn bent(kink: f64, at_kink: f64, wrong: f64) -> FunctionWithGradient<'static> {
    FunctionWithGradient::new(2, move |x, grad| {
        let off = x[0] - kink;
        grad[0] = wrong + if off == 0.0 { at_kink } else { off.signum() };
        grad[1] = 2.0 * x[1];
        off.abs() + x[1] * x[1]
    })
}

fn point() -> Array1<f64> {
    array![0.4, -1.3, 2.2]
}

#[test]
fn a_right_gradient_passes_at_the_cost_that_is_promised() {
    for (difference, values) in
        [(Difference::Forward, 4), (Difference::Central, 6), (Difference::Richardson, 12)]
    {
        let report =
            GradCheck::default().difference(difference).gradient(&mut smooth(0.0), &point()).unwrap();
        assert!(report.passes(), "{report}");
        assert_eq!(report.values, values);
    }
}

#[test]
fn a_wrong_entry_is_named_and_the_error_says_so() {
    let report = check_gradient(&mut smooth(0.01), &point()).unwrap().named(|i| format!("W[{i}, 0]"));
    assert_eq!((report.failing(), report.worst(1)[0].index), (1, 1));
    assert!(
        report.verdict().contains("WRONG at 1 of 3") && report.to_string().contains("W[1, 0]"),
        "{report}"
    );
    let error = report.require().unwrap_err().to_string();
    assert!(error.contains("worst W[1, 0]"), "{error}");
}

/// The rule and its numbers are torch's: just inside |a − n| = atol + rtol·|n| passes, just outside does not.
#[test]
fn the_bound_is_that_of_allclose() {
    let exact = point()[1].cos() + point()[0];
    let bound = 1e-5 + 1e-3 * exact.abs();
    assert!(check_gradient(&mut smooth(0.99 * bound), &point()).unwrap().passes());
    assert!(!check_gradient(&mut smooth(1.01 * bound), &point()).unwrap().passes());
}

#[test]
fn a_kink_between_the_points_is_no_error_and_is_located() {
    for kink in [3e-4, -7e-4, 9e-4, 1e-4, -2.4e-4] {
        let report =
            GradCheck::default().h(1e-3).gradient(&mut bent(kink, 0.0, 0.0), &array![0.0, 1.0]).unwrap();
        assert!(report.passes(), "{report}");
        let Finding::Kink { at, below, above } = report.entries[0].finding else {
            panic!("{kink}: {report}")
        };
        assert!((at - kink).abs() < 5e-5, "{kink}: {report}");
        assert!((below + 1.0).abs() < 1e-6 && (above - 1.0).abs() < 1e-6, "{report}");
        assert!(report.verdict().contains("1 at a kink"), "{report}");
    }
}

#[test]
fn on_a_kink_every_subgradient_is_right_and_nothing_else() {
    for (slope, passes) in [(0.3, true), (-1.0, true), (1.0, true), (1.5, false), (-1.1, false)] {
        let report = check_gradient(&mut bent(0.0, slope, 0.0), &array![0.0, 1.0]).unwrap();
        assert_eq!(report.passes(), passes, "{slope}: {report}");
        assert_eq!(report.count("kink"), usize::from(passes));
    }
}

/// A wrong gradient does not hide behind a kink.
#[test]
fn an_error_beside_a_kink_is_an_error() {
    for kink in [5e-4, 2e-4, -8e-4, 1.5] {
        let report =
            GradCheck::default().h(1e-3).gradient(&mut bent(kink, 0.0, 0.05), &array![0.0, 1.0]).unwrap();
        assert_eq!(report.entries[0].finding, Finding::Wrong, "{kink}: {report}");
    }
}

#[test]
fn a_step_too_large_or_too_small_is_not_the_gradients_fault() {
    let coarse = GradCheck::default().h(0.5).gradient(&mut smooth(0.0), &point()).unwrap();
    assert!(coarse.passes() && coarse.count("h too large") > 0, "{coarse}");
    let fine = GradCheck::default().h(1e-14).gradient(&mut smooth(0.0), &point()).unwrap();
    assert!(fine.passes() && fine.count("h too small") > 0, "{fine}");
    for h in [0.5, 1e-14] {
        let wrong = GradCheck::default().h(h).gradient(&mut smooth(0.1), &point()).unwrap();
        assert_eq!(wrong.entries[1].finding, Finding::Wrong, "{wrong}");
    }
}

/// Σ xᵢ⁴, of any dimension.
fn fourth_powers(dim: usize) -> FunctionWithGradient<'static> {
    FunctionWithGradient::new(dim, |x, grad| {
        grad.assign(&x.mapv(|x| 4.0 * x * x * x));
        x.mapv(|x| x * x * x * x).sum()
    })
}

/// Values of 1e20 have no digits left for a slope of one; nobody can say whether 2 is wrong.
#[test]
fn what_rounding_hides_is_unclear_and_does_not_pass() {
    let report = check_function(&array![1.0], |x, grad| {
        grad[0] = 2.0;
        1e20 + x[0]
    });
    let report = report.unwrap();
    assert!(matches!(report.entries[0].finding, Finding::Unclear { .. }) && !report.passes(), "{report}");
    assert!(report.verdict().contains("because of rounding at 1 of 1"), "{report}");
}

#[test]
fn a_sparse_check_looks_at_as_many_entries_as_asked_and_the_same_seed_at_the_same() {
    let x = rng::normal(&mut rng::stream(1, "x", 0), 100, 1.0);
    let indices = |seed| {
        let report = check_gradient_sparse(&mut fourth_powers(100), &x, 10, 1e-5, seed).unwrap();
        report.entries.iter().map(|e| e.index).collect::<Vec<_>>()
    };
    assert_eq!((indices(3).len(), indices(3)), (10, indices(3)));
    assert_ne!(indices(3), indices(4));
    let report = GradCheck::sparse(1_000, 0).gradient(&mut fourth_powers(100), &x).unwrap();
    assert_eq!((report.entries.len(), report.passes()), (100, true));
}

#[test]
fn what_is_not_finite_is_said_with_the_entry() {
    let mut log = FunctionWithGradient::new(2, |x, grad| {
        grad.assign(&array![1.0, 1.0 / x[1]]);
        x[0] + x[1].ln()
    });
    let report = check_gradient(&mut log, &array![1.0, 0.0]).unwrap();
    assert_eq!((report.entries[0].finding.fails(), report.entries[1].finding), (true, Finding::NotFinite));
    let one_sided = check_gradient(&mut log, &array![1.0, 1e-7]).unwrap();
    assert_eq!(one_sided.entries[1].finding, Finding::NotFinite);
    assert!(one_sided.verdict().contains("not finite at 1 of 2 entries checked, first x[1]"), "{one_sided}");
}

#[test]
fn a_function_that_does_not_repeat_itself_is_refused() {
    let mut calls = 0.0;
    let report = check_function(&array![1.0], |x, grad| {
        calls += 1e-3;
        grad[0] = 1.0;
        x[0] + calls
    });
    let report = report.unwrap();
    assert!(!report.passes() && report.verdict().contains("is not deterministic"), "{report}");
    assert!(report.require().is_err());
}

#[test]
fn bad_settings_are_sentences_with_the_range() {
    let refused = |check: GradCheck| check.gradient(&mut smooth(0.0), &point()).unwrap_err().to_string();
    assert_eq!(refused(GradCheck::default().h(0.0)), "h = 0 is out of range: h must be finite and > 0");
    assert!(refused(GradCheck::default().tolerance(-1.0, 0.0)).contains("atol must be finite and ≥ 0"));
    assert!(refused(GradCheck::sparse(0, 0)).contains("num-checks must be at least 1"));
    let shapes = check_gradient(&mut smooth(0.0), &array![1.0]).unwrap_err().to_string();
    assert_eq!(shapes, "the point x has shape [1], but [3] was expected");
}

/// Half the square of a matrix times x, with a Hessian that can be spoilt.
struct Square {
    matrix: Array2<f64>,
    spoilt: Option<((usize, usize), f64)>,
}

impl Square {
    fn new(spoilt: Option<((usize, usize), f64)>) -> Self {
        Square { matrix: array![[2.0, 0.5, 0.0], [0.5, 3.0, -1.0], [0.0, -1.0, 1.0]], spoilt }
    }
}

impl Objective for Square {
    fn dim(&self) -> usize {
        3
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        0.5 * x.dot(&self.matrix.dot(x))
    }
}

impl Differentiable for Square {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.assign(&self.matrix.dot(x));
        self.value(x)
    }
}

impl TwiceDifferentiable for Square {
    fn hessian(&mut self, _x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.assign(&self.matrix);
        if let Some((place, by)) = self.spoilt {
            hessian[place] += by;
        }
    }
}

impl HessVec for Square {
    fn hess_vec(&mut self, _x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        product.assign(&self.matrix.dot(v));
        if let Some(((i, _), by)) = self.spoilt {
            product[i] += by;
        }
    }
}

#[test]
fn second_derivatives_are_checked_and_a_spoilt_entry_is_named() {
    let report = check_second_derivatives(&mut Square::new(None), &point()).unwrap();
    assert!(report.passes() && report.entries.len() == 9 && report.gradients == 6, "{report}");
    let report = check_second_derivatives(&mut Square::new(Some(((2, 1), 0.1))), &point()).unwrap();
    let worst = report.worst(1)[0];
    assert_eq!((worst.index, worst.column, worst.finding), (2, Some(1), Finding::Wrong), "{report}");
    assert!(report.to_string().contains("x[2] × x[1]"));

    assert!(check_hess_vec(&mut Square::new(None), &point(), 0).unwrap().passes());
    let report = check_hess_vec(&mut Square::new(Some(((2, 1), 0.1))), &point(), 0).unwrap();
    assert_eq!((report.failing(), report.worst(1)[0].index, report.gradients), (1, 2, 2), "{report}");
}

/// An asymmetry too small for the differences to see is seen by comparing across the diagonal.
#[test]
fn symmetry_is_checked_to_rounding() {
    let report = check_second_derivatives(&mut Square::new(Some(((2, 1), 1e-9))), &point()).unwrap();
    assert!(!report.passes() && report.count("not symmetric") == 2, "{report}");
    assert!(report.verdict().contains("not symmetric at 2 of 9"), "{report}");
}

/// A hinge has second derivative 0 on both sides; a difference across it sees its slope's jump divided by h.
#[test]
fn a_second_derivative_across_a_kink_is_told_from_an_error() {
    struct Hinge(f64, f64);
    impl Objective for Hinge {
        fn dim(&self) -> usize {
            1
        }
        fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
            (x[0] - self.0).max(0.0)
        }
    }
    impl Differentiable for Hinge {
        fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
            grad[0] = if x[0] > self.0 { 1.0 } else { 0.0 };
            self.value(x)
        }
    }
    impl TwiceDifferentiable for Hinge {
        fn hessian(&mut self, _x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
            hessian.fill(self.1);
        }
    }
    let finding = |kink: f64, hessian: f64| {
        check_second_derivatives(&mut Hinge(kink, hessian), &array![0.0]).unwrap().entries[0].finding
    };
    assert!(
        matches!(finding(4e-7, 0.0), Finding::Kink { at, .. } if (at - 4e-7).abs() < 5e-8),
        "{}",
        finding(4e-7, 0.0)
    );
    assert!(matches!(finding(0.0, 0.0), Finding::Kink { .. }));
    assert_eq!(
        (finding(1.0, 0.0), finding(1.0, 1.0), finding(4e-7, 1.0)),
        (Finding::Agrees, Finding::Wrong, Finding::Wrong)
    );
}

#[test]
fn the_sweep_is_a_u_with_its_bottom_near_the_roots_of_epsilon() {
    let mut exponential = FunctionWithGradient::new(4, |x, grad| {
        grad.assign(&x.mapv(f64::exp));
        x.mapv(f64::exp).sum()
    });
    let sweep = GradCheck::default().sweep(&mut exponential, &array![0.1, -0.2, 0.3, -0.4]).unwrap();
    assert_eq!((sweep.h.len(), sweep.h[0], sweep.entries), (13, 0.1, 4));
    for difference in [Difference::Forward, Difference::Central, Difference::Richardson] {
        let (h, error) = sweep.best(difference);
        assert!((h / difference.best_step::<f64>()).log10().abs() < 1.1, "{sweep}");
        let errors = sweep.errors(difference);
        assert!(errors[0] > 50.0 * error && errors[12] > 1e3 * error, "{sweep}");
    }
    assert!(sweep.to_string().lines().count() == 16, "{sweep}");
}

#[test]
fn a_closure_without_gradient_can_be_given_one_and_checked() {
    use crate::objective::FiniteDifference;
    let mut f = FiniteDifference::new(Function::new(2, |x| x[0] * x[0] * x[1]));
    assert!(check_gradient(&mut f, &array![1.0, 2.0]).unwrap().passes());
}

mod report {
    use super::*;
    use crate::error::Error;

    fn entry(analytic: f64, numeric: f64, finding: Finding) -> Entry {
        Entry { index: 0, column: None, analytic, numeric, finding }
    }

    /// A report on one entry for each finding, with its index.
    fn of(findings: &[Finding]) -> Report {
        let numbered = |(index, &finding)| Entry { index, ..entry(1.0, 1.0, finding) };
        let entries = findings.iter().enumerate().map(numbered).collect();
        Report::new(Subject::Gradient, GradCheck::default(), findings.len(), entries)
    }

    const KINK: Finding = Finding::Kink { at: 1e-3, below: -1.0, above: 2.0 };
    const COARSE: Finding = Finding::TooCoarse { h: 1e-7 };
    const FINE: Finding = Finding::TooFine { h: 1e-3 };
    const UNCLEAR: Finding = Finding::Unclear { noise: 2e-4 };
    const ASYMMETRIC: Finding = Finding::Asymmetric { transposed: 0.5 };
    const ALL: [Finding; 8] =
        [Finding::Agrees, COARSE, FINE, KINK, UNCLEAR, ASYMMETRIC, Finding::Wrong, Finding::NotFinite];

    #[test]
    fn errors_are_relative_to_both_numbers() {
        let wrong = entry(3.0, -1.0, Finding::Wrong);
        assert_eq!((wrong.absolute_error(), wrong.relative_error(), wrong.band()), (4.0, 1.0, Band::Bad));
        let near = entry(1.0, 3.0, Finding::Wrong);
        assert_eq!((near.absolute_error(), near.relative_error()), (2.0, 0.5));
        assert_eq!(entry(0.0, 0.0, Finding::Agrees).relative_error(), 0.0);
    }

    #[test]
    fn a_band_contains_its_bound() {
        let bands = [0.0, 1e-7, 1.1e-7, 1e-4, 1.1e-4, 1e-2, 1.1e-2, f64::NAN].map(Band::of);
        let [good, fair, suspicious, bad] = Band::ALL;
        assert_eq!(bands, [good, good, fair, fair, suspicious, suspicious, bad, bad]);
        let mut report = of(&[Finding::Agrees; 3]);
        (report.entries[1].analytic, report.entries[2].analytic) = (1.0 + 1e-5, 2.0);
        assert_eq!(Band::ALL.map(|band| report.in_band(band)), [1, 1, 0, 1]);
        assert_eq!(report.bands(), "relative errors: 1 ≤ 1e-7, 1 ≤ 1e-4, 0 ≤ 1e-2, 1 > 1e-2");
    }

    #[test]
    fn findings_have_words_evidence_and_an_order() {
        let said = ALL.map(|finding| finding.to_string());
        let expected = [
            "agrees",
            "h too large, agrees at 1e-7",
            "h too small, agrees at 1e-3",
            "kink at +1.0e-3, slopes -1.0000 and 2.0000",
            "unclear, rounding is up to 2e-4",
            "not symmetric, 0.50000000 across the diagonal",
            "wrong",
            "not finite",
        ];
        assert_eq!(said, expected);
        assert_eq!(ALL.map(Finding::fails), [false, false, false, false, true, true, true, true]);
        let report = of(&ALL);
        let order: Vec<usize> = report.worst(9).iter().map(|entry| entry.index).collect();
        assert_eq!(order, [7, 6, 5, 4, 3, 1, 2, 0]);
        assert_eq!((report.failing(), report.worst(2).len(), report.count("kink")), (4, 2, 1));
    }

    #[test]
    fn of_equal_findings_the_one_further_beyond_its_tolerance_is_worse() {
        let mut report = of(&[Finding::Wrong; 3]);
        // The tolerance is 1e-5 + 1e-3·|n|.
        (report.entries[0].analytic, report.entries[0].numeric) = (1001.0, 1000.0);
        (report.entries[1].analytic, report.entries[1].numeric) = (0.5, 0.0);
        (report.entries[2].analytic, report.entries[2].numeric) = (1.1, 1.0);
        let order: Vec<usize> = report.worst(3).iter().map(|entry| entry.index).collect();
        assert_eq!(order, [1, 2, 0]);
        // An entry whose number is at most atol does not count, since its relative error says nothing.
        assert!((report.largest_relative_error() - 0.1 / 2.1).abs() < 1e-12);
    }

    #[test]
    fn the_verdict_names_the_worst_finding() {
        let agrees = Finding::Agrees;
        let cases: [(&[Finding], &str); 9] = [
            (&[agrees], "the gradient is right: the one entry checked agrees"),
            (&[agrees, agrees], "the gradient is right: all 2 entries checked agree"),
            (
                &[agrees, KINK, COARSE, FINE, FINE],
                "the gradient is right: 1 of 5 entries checked agree; 1 at a kink of the function, 1 only at a \
                 smaller h, 2 only at a larger h",
            ),
            (
                &[agrees, KINK],
                "the gradient is right: 1 of 2 entries checked agree; 1 at a kink of the function",
            ),
            (
                &[agrees, UNCLEAR],
                "the gradient cannot be verified because of rounding at 1 of 2 entries checked, worst x[1]",
            ),
            (&[UNCLEAR, ASYMMETRIC], "the gradient is not symmetric at 1 of 2 entries checked, worst x[1]"),
            (
                &[UNCLEAR, Finding::Wrong, Finding::Wrong],
                "the gradient is WRONG at 2 of 3 entries checked, worst x[1]",
            ),
            (
                &[Finding::Wrong, Finding::NotFinite],
                "the gradient cannot be checked: not finite at 1 of 2 entries checked, first x[1]",
            ),
            (&[], "the gradient is right: all 0 entries checked agree"),
        ];
        for (findings, verdict) in cases {
            assert_eq!(of(findings).verdict(), verdict);
        }
        let mut report = of(&[agrees]);
        (report.value, report.value_alone) = (1.0, 1.0 + 2e-9);
        assert!(!report.passes() && report.verdict().starts_with("value and value_grad disagree"));
        report.value_alone = 1.0 + 5e-10;
        assert!(report.passes());
        (report.value, report.value_alone) = (1e12, 1e12 + 100.0);
        assert!(report.passes(), "1e-10 of the value");
        report.value_alone = f64::NAN;
        assert!(report.passes());
        report.repeats = false;
        assert!(!report.passes() && report.verdict().contains("not deterministic"));
    }

    #[test]
    fn what_fails_is_an_error_with_its_evidence() {
        let mut report = of(&[Finding::Agrees, Finding::Wrong]).named(|i| format!("w{i}"));
        (report.entries[1].analytic, report.entries[1].numeric) = (2.0, 3.0);
        assert_eq!(report.name(&Entry { column: Some(0), ..report.entries[1] }), "w1 × w0");
        let Error::Derivative { what, wrong, checked, worst, analytic, numeric } =
            report.require().unwrap_err()
        else {
            panic!("another error")
        };
        assert_eq!((what, wrong, checked, worst.as_str()), ("gradient", 1, 2, "w1"));
        assert_eq!((analytic, numeric), (2.0, 3.0));
        let mut report = of(&[Finding::Agrees]);
        (report.value, report.value_alone) = (1.0, 2.0);
        let Error::Derivative { wrong, worst, analytic, numeric, .. } = report.require().unwrap_err() else {
            panic!("another error")
        };
        assert_eq!((wrong, worst.as_str(), analytic, numeric), (0, "the value itself", 1.0, 2.0));
    }

    #[test]
    fn the_method_counts_what_it_cost() {
        let mut report = of(&[Finding::Agrees]);
        (report.values, report.gradients) = (7, 5);
        assert!(report.method().ends_with("|a − n| ≤ 1e-5 + 1e-3·|n|; 7 values"), "{}", report.method());
        (report.further_values, report.further_gradients, report.subject) = (2, 3, Subject::Hessian);
        assert!(report.method().ends_with("; 5 gradients and 5 more"), "{}", report.method());
        let names = [Subject::Gradient, Subject::Hessian, Subject::HessianVector].map(Subject::name);
        assert_eq!(names, ["gradient", "Hessian", "Hessian-vector product"]);
    }

    #[test]
    fn the_table_shows_the_eight_worst_entries() {
        let shown = of(&[Finding::Agrees; 8]).to_string();
        assert_eq!(shown.lines().count(), 13, "{shown}");
        assert!(shown.ends_with("agrees") && !shown.contains("better ones"), "{shown}");
        let mut report = of(&[Finding::Agrees; 10]);
        (report.entries[9].analytic, report.entries[9].numeric) = (1e7, 1e-5);
        let shown = report.to_string();
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!((lines.len(), lines[13]), (14, "  … and 2 better ones"), "{shown}");
        assert!(lines[5].contains("x[9]") && lines[5].contains("1.000000e7  1.000000e-5"), "{shown}");
        assert!(lines[6].contains("1.00000000"), "{shown}");
    }
}
