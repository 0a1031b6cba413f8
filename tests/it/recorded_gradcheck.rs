//! Recorded reports of gradient checks. The functions here are made of sums and products alone, so that every
//! processor finds the same digits.

use crate::recorded::Record;
use crate::recorded_first_order::said;
use gradus::gradcheck::Subject;
use gradus::notebook::*;

/// A function of one variable and its two derivatives.
#[derive(Clone, Copy)]
struct Line {
    value: fn(f64, f64) -> f64,
    slope: fn(f64, f64) -> f64,
    second: fn(f64, f64) -> f64,
}

/// ½x² + |x − c|, whose slope jumps by 2 at c.
const BENT: Line = Line {
    value: |x, c| 0.5 * x * x + (x - c).abs(),
    slope: |x, c| x + if x == c { 0.0 } else { (x - c).signum() },
    second: |_, _| 1.0,
};

/// x³ − 2x, which is smooth whatever c is.
const CUBIC: Line =
    Line { value: |x, _| x * x * x - 2.0 * x, slope: |x, _| 3.0 * x * x - 2.0, second: |x, _| 6.0 * x };

/// 10⁶(x − c)⁴ + x, which bends sharply.
const SHARP: Line = Line {
    value: |x, c| 1e6 * ((x - c) * (x - c)) * ((x - c) * (x - c)) + x,
    slope: |x, c| 4e6 * (x - c) * (x - c) * (x - c) + 1.0,
    second: |x, c| 1.2e7 * (x - c) * (x - c),
};

/// A wave of parabolas with a period of 2c.
const WAVE: Line = Line {
    value: |x, c| {
        let along = (x / c).rem_euclid(2.0);
        let (half, sign) = if along < 1.0 { (along, 1.0) } else { (along - 1.0, -1.0) };
        x + 4.0 * sign * c * half * (1.0 - half)
    },
    slope: |x, c| {
        let along = (x / c).rem_euclid(2.0);
        if along < 1.0 { 1.0 + 4.0 * (1.0 - 2.0 * along) } else { 1.0 - 4.0 * (3.0 - 2.0 * along) }
    },
    second: |_, _| 0.0,
};

/// Three kinks around c, of different size.
const KINKS: Line = Line {
    value: |x, c| (x - c).abs() + 0.3 * (x - 1.3 * c).abs() + 0.1 * (x + c).abs(),
    slope: |x, c| (x - c).signum() + 0.3 * (x - 1.3 * c).signum() + 0.1 * (x + c).signum(),
    second: |_, _| 0.0,
};

/// The line on a large number, with derivatives that are off by `wrong`.
struct Off {
    line: Line,
    c: f64,
    offset: f64,
    wrong: f64,
}

impl Objective for Off {
    fn dim(&self) -> usize {
        1
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.offset + (self.line.value)(x[0], self.c)
    }
}

impl Differentiable for Off {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad[0] = (self.line.slope)(x[0], self.c) + self.wrong;
        self.value(x)
    }
}

/// The derivative of the line as a gradient, on a large number, with a Hessian that is off by `wrong`.
struct OffSecond(Off);

impl Objective for OffSecond {
    fn dim(&self) -> usize {
        1
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        (self.0.line.value)(x[0], self.0.c)
    }
}

impl Differentiable for OffSecond {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad[0] = self.0.offset + (self.0.line.slope)(x[0], self.0.c);
        self.value(x)
    }
}

impl TwiceDifferentiable for OffSecond {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian[[0, 0]] = (self.0.line.second)(x[0], self.0.c) + self.0.wrong;
    }
}

impl HessVec for OffSecond {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        product[0] = ((self.0.line.second)(x[0], self.0.c) + self.0.wrong) * v[0];
    }
}

/// What a check of one entry found, and how many further values or gradients that took.
fn found(report: Result<Report>) -> String {
    report.map_or_else(
        |error| error.to_string(),
        |report| {
            let more = report.further_values + report.further_gradients;
            format!("{} ({more})", report.entries[0].finding)
        },
    )
}

/// Errors of the analytic derivative.
const WRONG: [f64; 12] = [0.0, 1e-6, 0.9e-5, 1.2e-5, -1.2e-3, 4e-3, 0.3, 0.5, -0.5, 1.0, -1.3, 2.5];

/// Places of the kink, in steps.
const PLACES: [f64; 19] = [
    0.0, 1e-3, 0.02, 0.1, 0.26, 0.45, 0.5, 0.62, 0.75, 0.9, 1.0, 1.2, 3.0, -0.02, -0.3, -0.5, -0.7, -0.98,
    -1.5,
];

fn record_line(name: &str, line: Line, second: bool) {
    let mut record = Record::open(&format!("gradcheck/{name}{}", if second { "-second" } else { "" }));
    for h in [1e-2, 1e-5, 1e-9, 1e-13] {
        for place in PLACES {
            for offset in [0.0, 1e4, 1e10] {
                let check = |wrong| {
                    let mut off = Off { line, c: place * h, offset, wrong };
                    let check = GradCheck::default().h(h);
                    if second {
                        found(check.hessian(&mut OffSecond(off), &array![0.0]))
                    } else {
                        found(check.gradient(&mut off, &array![0.0]))
                    }
                };
                let mut all: Vec<(usize, String)> = vec![];
                for outcome in WRONG.map(check) {
                    match all.last_mut() {
                        Some((times, last)) if *last == outcome => *times += 1,
                        _ => all.push((1, outcome)),
                    }
                }
                let all: Vec<String> =
                    all.iter().map(|(times, outcome)| format!("{times} {outcome}")).collect();
                record.exact(format!("h {h:e}, kink at {place} h, on {offset:e}"), all.join("; "));
            }
        }
    }
    record.finish();
}

macro_rules! lines {
    ($($test:ident $name:literal $line:ident $second:literal,)*) => { $(
        #[test]
        fn $test() {
            record_line($name, $line, $second);
        }
    )* };
}

lines! {
    bent "bent" BENT false,
    bent_second "bent" BENT true,
    cubic "cubic" CUBIC false,
    cubic_second "cubic" CUBIC true,
    sharp "sharp" SHARP false,
    sharp_second "sharp" SHARP true,
    wave "wave" WAVE false,
    wave_second "wave" WAVE true,
    kinks "kinks" KINKS false,
    kinks_second "kinks" KINKS true,
}

/// xᵀAx/2 + Σ xᵢ³ with entries of the derivatives that are moved.
struct Spoilt {
    dim: usize,
    /// Moves this entry of the gradient.
    grad: (usize, f64),
    /// Moves this entry of the Hessian.
    hessian: ((usize, usize), f64),
    /// Adds this to what `value` returns alone.
    alone: f64,
}

impl Spoilt {
    fn new(dim: usize) -> Self {
        Spoilt { dim, grad: (0, 0.0), hessian: ((0, 0), 0.0), alone: 0.0 }
    }

    fn matrix(i: usize, j: usize) -> f64 {
        if i == j { 2.0 + i as f64 } else { 0.25 * ((i + j) % 3) as f64 - 0.25 }
    }

    fn sum(&self, x: &ArrayRef1<f64>) -> f64 {
        (0..self.dim).map(|i| (0.5 * self.row(i, x) + x[i] * x[i]) * x[i]).sum()
    }

    fn row(&self, i: usize, x: &ArrayRef1<f64>) -> f64 {
        (0..self.dim).map(|j| Spoilt::matrix(i, j) * x[j]).sum()
    }
}

impl Objective for Spoilt {
    fn dim(&self) -> usize {
        self.dim
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.sum(x) + self.alone
    }
}

impl Differentiable for Spoilt {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        (0..self.dim).for_each(|i| grad[i] = self.row(i, x) + 3.0 * x[i] * x[i]);
        grad[self.grad.0] += self.grad.1;
        self.sum(x)
    }
}

impl TwiceDifferentiable for Spoilt {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        for ((i, j), entry) in hessian.indexed_iter_mut() {
            *entry = Spoilt::matrix(i, j) + if i == j { 6.0 * x[i] } else { 0.0 };
        }
        hessian[self.hessian.0] += self.hessian.1;
    }
}

impl HessVec for Spoilt {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        let mut hessian = Array2::zeros((self.dim, self.dim));
        self.hessian(x, &mut hessian);
        (0..self.dim).for_each(|i| product[i] = (0..self.dim).map(|j| hessian[[i, j]] * v[j]).sum());
    }
}

fn point(dim: usize) -> Array1<f64> {
    (0..dim).map(|i| ((i * 5 + 3) % 7) as f64 / 4.0 - 0.75).collect()
}

fn whole(report: Result<Report>) -> String {
    report.map_or_else(
        |error| error.to_string(),
        |report| {
            let counts = (report.values, report.further_values, report.gradients, report.further_gradients);
            let largest = report.largest_relative_error();
            let (passes, failing, outcome) =
                (report.passes(), report.failing(), said(report.clone().require()));
            format!("{report}\n{counts:?} {passes} {failing} {largest:.3e}\n{outcome}")
        },
    )
}

#[test]
fn reports() {
    let mut record = Record::open("gradcheck/reports");
    let differences = [Difference::Forward, Difference::Central, Difference::Richardson];
    for difference in differences {
        for (what, dim, h) in [("usual", 3, 1e-6), ("many", 11, 1e-5), ("coarse", 3, 0.05), ("one", 1, 1e-4)]
        {
            let check = GradCheck::default().difference(difference).h(h);
            let key = format!("{difference:?}, {what}");
            let x = point(dim);
            record.exact(format!("{key}, gradient"), whole(check.gradient(&mut Spoilt::new(dim), &x)));
            let mut wrong = Spoilt { grad: (dim / 2, 0.01), ..Spoilt::new(dim) };
            record.exact(format!("{key}, wrong gradient"), whole(check.gradient(&mut wrong, &x)));
            record.exact(format!("{key}, Hessian"), whole(check.hessian(&mut Spoilt::new(dim), &x)));
            let mut wrong = Spoilt { hessian: ((dim / 2, 0), 0.1), ..Spoilt::new(dim) };
            record.exact(format!("{key}, wrong Hessian"), whole(check.hessian(&mut wrong, &x)));
            let v = point(dim + 1).slice(s![1..]).to_owned();
            record.exact(format!("{key}, wrong product"), whole(check.hess_vec(&mut wrong, &x, &v)));
            let mut near = Spoilt { hessian: ((dim / 2, 0), 1e-9), ..Spoilt::new(dim) };
            record.exact(format!("{key}, not symmetric"), whole(check.hessian(&mut near, &x)));
            record.exact(format!("{key}, product"), whole(check.hess_vec(&mut Spoilt::new(dim), &x, &v)));
        }
    }
    let sampled = GradCheck::sparse(3, 5);
    record.exact("sample of the gradient", whole(sampled.gradient(&mut Spoilt::new(9), &point(9))));
    record.exact("sample of columns", whole(sampled.hessian(&mut Spoilt::new(4), &point(4))));
    record.exact("sample of a product", whole(sampled.hess_vec(&mut Spoilt::new(9), &point(9), &point(9))));
    record.exact("sample of all", whole(GradCheck::sparse(3, 5).gradient(&mut Spoilt::new(3), &point(3))));
    record.exact("by function", whole(check_gradient_sparse(&mut Spoilt::new(9), &point(9), 2, 1e-4, 1)));
    record.exact("by default", whole(check_second_derivatives(&mut Spoilt::new(2), &point(2))));
    // The random direction has roots in it: its words, not its digits.
    let report = check_hess_vec(&mut Spoilt::new(3), &point(3), 4).unwrap();
    record.exact("a random direction", report.verdict());
    record.numbers("a random direction, product", &[0, 1, 2].map(|i| report.entries[i].analytic));
    for alone in [0.0, 1e-12, 1e-9, 1.0, f64::NAN] {
        let mut values = Spoilt { alone, ..Spoilt::new(2) };
        record.exact(format!("value off by {alone:e}"), whole(check_gradient(&mut values, &point(2))));
    }
    record.exact("named", Subject::Gradient.name());
    record.finish();
}

#[test]
fn many_wrong_entries() {
    let mut record = Record::open("gradcheck/many");
    for dim in [49, 50, 51, 60] {
        let report = check_function(&point(dim), |x, grad| {
            (0..dim).for_each(|i| grad[i] = x[i] + 1.0);
            (0..dim).map(|i| 0.5 * x[i] * x[i]).sum()
        });
        let report = report.unwrap();
        record.exact(dim, format!("{} {} {}", report.verdict(), report.values, report.further_values));
    }
    record.finish();
}

#[test]
fn settings_and_what_is_refused() {
    let mut record = Record::open("gradcheck/settings");
    let x = array![0.5, -3.0, 1e6];
    for h in [
        -1.0,
        0.0,
        f64::MIN_POSITIVE,
        1e-17,
        1e-16,
        1.5e-16,
        4e-16,
        1e-10,
        2e-10,
        1.0,
        f64::INFINITY,
        f64::NAN,
    ] {
        for difference in [Difference::Forward, Difference::Central, Difference::Richardson] {
            let check = GradCheck::default().h(h).difference(difference);
            for (dim, x) in [(1, array![1.0]), (1, array![-1.0]), (3, x.clone())] {
                let gradient = check.gradient(&mut Spoilt::new(dim), &x).map(|report| report.verdict());
                let gradient = gradient.unwrap_or_else(|error| error.to_string());
                record.exact(format!("h {h:e}, {difference:?}, at {x}"), gradient);
                let hessian = said(check.hessian(&mut Spoilt::new(dim), &x).map(drop));
                record.exact(format!("h {h:e}, {difference:?}, Hessian at {x}"), hessian);
            }
            record.exact(format!("h {h:e}, {difference:?}"), format!("{} {check:?}", said(check.validate())));
        }
    }
    for tolerance in [-1.0, -1e-300, 0.0, 1.0, f64::INFINITY, f64::NAN] {
        record.exact(
            format!("atol {tolerance:e}"),
            said(GradCheck::default().tolerance(tolerance, 1e-3).validate()),
        );
        record.exact(
            format!("rtol {tolerance:e}"),
            said(GradCheck::default().tolerance(1e-3, tolerance).validate()),
        );
    }
    for count in [0, 1] {
        record.exact(format!("{count} entries"), said(GradCheck::sparse(count, 0).validate()));
        let entries = Entries::Sample { count, seed: 1 };
        record.exact(format!("{count} entries set"), said(GradCheck::default().entries(entries).validate()));
    }
    let check = GradCheck::default();
    record.exact("gradient elsewhere", said(check.gradient(&mut Spoilt::new(2), &x)));
    record.exact("Hessian elsewhere", said(check.hessian(&mut Spoilt::new(2), &x)));
    record.exact("product elsewhere", said(check.hess_vec(&mut Spoilt::new(2), &x, &x)));
    record.exact("another direction", said(check.hess_vec(&mut Spoilt::new(3), &x, &array![1.0])));
    record.exact("sweep elsewhere", said(check.sweep(&mut Spoilt::new(2), &x)));
    record.exact(
        "not finite, but it may be checked",
        whole(check.gradient(&mut Spoilt::new(2), &array![f64::NAN, 1.0])),
    );
    record.finish();
}

#[test]
fn sweeps() {
    let mut record = Record::open("gradcheck/sweeps");
    for dim in [1, 4] {
        for entries in [Entries::All, Entries::Sample { count: 2, seed: 3 }] {
            let sweep =
                GradCheck::default().entries(entries).sweep(&mut Spoilt::new(dim), &point(dim)).unwrap();
            record.exact(format!("{dim}, {entries:?}"), &sweep);
            let best =
                [Difference::Forward, Difference::Central, Difference::Richardson].map(|d| sweep.best(d));
            record.exact(format!("{dim}, {entries:?}, best"), format!("{best:?}"));
        }
    }
    let level = GradCheck::default().sweep(
        &mut FunctionWithGradient::new(1, |_, grad| {
            grad[0] = 0.0;
            1.0
        }),
        &array![1.0],
    );
    record.exact("level", level.unwrap());
    let broken = FunctionWithGradient::new(1, |x, grad| {
        grad[0] = 1.0;
        if x[0] > 1.0 { f64::NAN } else { x[0] }
    });
    record
        .exact("not finite on one side", GradCheck::default().sweep(&mut { broken }, &array![1.0]).unwrap());
    record.finish();
}
