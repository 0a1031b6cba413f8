//! Update rules of after the lecture, and wrappers, step by step against torch.optim, optax and
//! pytorch-optimizer: `fixtures/modern/README.md`.

use gradus::notebook::*;
use gradus::objective::HessVec;
use gradus::optimizer::catalogue::Catalogue;
use gradus::optimizer::first_order::NamedSetting;
use std::fs;
use std::path::Path;

const LIBRARIES: [(&str, Convention); 3] =
    [("torch", Convention::Torch), ("optax", Convention::Optax), ("pytorch-optimizer", Convention::Torch)];

/// What the fixtures have a rule do on a problem.
struct Case {
    rule: AnyRule,
    lr: f64,
    title: String,
    /// Steps, with what was recorded after each.
    rows: Seen,
}

/// A trajectory at the recorded steps.
type Seen = Vec<(usize, Vec<f64>)>;

/// How far two trajectories are apart at these steps.
type Distances = Vec<(usize, f64)>;

fn cases(library: &str, convention: Convention, problem: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/modern");
    let text = fs::read_to_string(folder.join(format!("{library}-{problem}.txt"))).unwrap();
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("@ ") {
            cases.push(case(library, convention, head));
            continue;
        }
        let mut numbers = line.split(' ');
        let step = numbers.next().unwrap().parse().unwrap();
        cases.last_mut().unwrap().rows.push((step, numbers.map(|number| number.parse().unwrap()).collect()));
    }
    assert!(cases.iter().all(|case| case.rows.len() == 19 && case.rows[18].0 == 300));
    cases
}

/// A case from its line, such as "adam lr=0.03 sam:0.2".
fn case(library: &str, convention: Convention, head: &str) -> Case {
    let mut words = head.split(' ');
    let name = words.next().unwrap();
    let mut rule = Catalogue::built_in().get(name).unwrap().make_rule(convention).unwrap();
    let lr = words.next().unwrap().strip_prefix("lr=").unwrap().parse().unwrap();
    let mut wrap = Wrap::Off;
    for word in words {
        match word.split_once('=') {
            Some((name, value)) => rule.set(name, value.parse().unwrap()).unwrap(),
            None if word.contains(':') => wrap = Wrap::parse(word).unwrap(),
            None => rule.give(word).unwrap(),
        }
    }
    if name == "sophia" {
        rule = AnyRule::new(WithGivenSigns { every: rule.hyperparameters()[5].1, rule });
    }
    Case { rule: wrap.around(rule), lr, title: format!("{library} {head}"), rows: Vec::new() }
}

/// Sophia with the signs of the fixtures in place of random ones.
#[derive(Debug, Clone)]
struct WithGivenSigns {
    rule: AnyRule,
    every: f64,
}

impl RuleInfo for WithGivenSigns {
    fn name(&self) -> &'static str {
        self.rule.name()
    }

    fn buffers(&self) -> Buffers {
        self.rule.buffers()
    }

    fn needs_products(&self) -> bool {
        true
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        Vec::new()
    }
}

impl<F: Real> UpdateRule<F> for WithGivenSigns {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        self.rule.step(state, lr, grad, x);
    }

    fn direction(&self, state: &State<F>, v: &mut [F]) -> bool {
        let (wanted, estimate) = (self.rule.direction(state, v), state.steps as f64 / self.every);
        let sign = |i: usize| (1.0 + 12.9 * i as f64 + 78.2 * estimate).sin().signum();
        v.iter_mut().enumerate().for_each(|(i, v)| *v = F::of(sign(i)));
        wanted
    }

    fn learn_curvature(&self, state: &mut State<F>, v: &[F], product: &[F]) {
        self.rule.learn_curvature(state, v, product);
    }
}

fn trajectory(
    case: &Case,
    mut objective: impl HessVec,
    start: &Array1<f64>,
    record: impl Fn(&Array1<f64>, f64) -> Vec<f64>,
) -> Seen {
    let mut seen = Vec::new();
    let rule = WithProducts::new(case.rule.clone(), case.lr).unwrap();
    minimize_observed(&mut objective, start, rule, Stop::iterations(301), |moment| {
        let iterate = moment.iterate;
        if case.rows.get(seen.len()).is_some_and(|(step, _)| *step == iterate.k) {
            seen.push((iterate.k, record(&iterate.x, iterate.value)));
        }
    })
    .unwrap();
    assert_eq!(seen.len(), case.rows.len(), "{}: the run was too short", case.title);
    seen
}

/// The tolerance at a step, relative to a number's own size.
fn tolerance(step: usize) -> f64 {
    if step <= 60 { 1e-12 } else { 1e-9 }
}

/// How far two trajectories are apart at each recorded step, in units of the [`tolerance`] of that step, of a
/// number's own size or of `floor` if that is larger.
fn apart(a: &Seen, b: &Seen, floor: f64) -> Distances {
    let off = |step: usize, a: &[f64], b: &[f64]| {
        assert_eq!(a.len(), b.len());
        let each = a.iter().zip(b).map(|(a, b)| (a - b).abs() / (tolerance(step) * b.abs().max(floor)));
        each.fold(0.0, |worst: f64, off| if off > worst || off.is_nan() { off } else { worst })
    };
    a.iter().zip(b).map(|((step, a), (_, b))| (*step, off(*step, a, b))).collect()
}

/// The largest distance of our own run from itself, started eight units in the last place away, at which a
/// comparison still says something about the rule.
const STILL_THE_RULE: f64 = 1e-7;

/// Compares every case of a problem: at each step within its tolerance, or within ten times what three starts
/// that are eight units in the last place away make of our own run, if that is more. (The order of a few
/// operations may make as much: see `first_order_trajectories.rs`. There are three starts, since rules that
/// go by signs feel a difference only where it turns one.) `chaotic` names the cases in which those starts
/// end further away than [`STILL_THE_RULE`], with a step up to which they are compared on every processor.
fn compare<O: HessVec>(
    problem: &str,
    make: impl Fn() -> O,
    start: Array1<f64>,
    record: impl Fn(&Array1<f64>, f64) -> Vec<f64>,
    chaotic: &[(&str, usize)],
) {
    let (mut report, mut wrong, floor) = (Vec::new(), Vec::new(), if problem == "net" { 0.1 } else { 1.0 });
    for case in LIBRARIES.iter().flat_map(|(library, convention)| cases(library, *convention, problem)) {
        let own = trajectory(&case, make(), &start, &record);
        let twins = [[8.0, 8.0], [-8.0, -8.0], [8.0, -8.0]].map(|ulps| {
            let moved = start.iter().enumerate().map(|(i, x)| x * (1.0 + ulps[i % 2] * f64::EPSILON));
            apart(&own, &trajectory(&case, make(), &moved.collect(), &record), floor)
        });
        // Where a net's loss is nothing but rounding, so are the signs of its gradients.
        let above_rounding = |at: usize| problem != "net" || own[at].1[0] > 1e-12;
        let (mut compared, mut worst) = (0, (0.0, 0));
        for (at, (step, off)) in apart(&own, &case.rows, floor).into_iter().enumerate() {
            let felt = twins.iter().map(|twin| twin[at].1).fold(0.0, f64::max);
            if felt * tolerance(step) > STILL_THE_RULE || !above_rounding(at) {
                break;
            }
            compared = step;
            let share = off / (10.0 * felt).max(1.0);
            if share > worst.0 || share.is_nan() {
                worst = (share, step);
            }
        }
        let line = format!("{}: {:.2e} of what is allowed, at step {}", case.title, worst.0, worst.1);
        let least = chaotic.iter().find(|(title, _)| *title == case.title).map_or(300, |(_, least)| *least);
        if worst.0 > 1.0 || worst.0.is_nan() {
            wrong.push(line.clone());
        }
        if compared < least {
            wrong.push(format!("{}: compared up to step {compared} of {least}", case.title));
        }
        report.push((worst.0, format!("{line}, compared up to step {compared}")));
    }
    report.sort_by(|a, b| b.0.total_cmp(&a.0));
    let lines: Vec<&str> = report.iter().map(|(_, line)| line.as_str()).collect();
    println!("{problem}:\n  {}", lines.join("\n  "));
    assert!(wrong.is_empty(), "{problem}:\n  {}", wrong.join("\n  "));
}

/// The cases that cannot be compared to their end: the fixtures' README.
const CHAOTIC_ON_A_QUADRATIC: [(&str, usize); 2] = [
    ("optax rprop lr=0.01 eta-minus=0.3 eta-plus=1.5 min-step=0.001 max-step=0.008", 60),
    ("pytorch-optimizer adan lr=0.03 beta1=0.9 beta2=0.8 beta3=0.95 weight-decay=0.1", 100),
];
const CHAOTIC_ON_A_NET: [(&str, usize); 3] = [
    ("torch rprop lr=0.01", 50),
    ("optax prodigy lr=1.0", 50),
    ("pytorch-optimizer adan lr=0.02 beta1=0.9 beta2=0.8 beta3=0.95 weight-decay=0.1", 50),
];

#[test]
fn an_ill_conditioned_quadratic() {
    let (eigenvalues, start) = ([1.0, 30.0, 1000.0], array![1.3, -0.7, 0.9]);
    let problem = || problems::Quadratic::new(&eigenvalues);
    compare("quadratic", problem, start, |x, _| x.to_vec(), &CHAOTIC_ON_A_QUADRATIC);
}

#[test]
fn rosenbrock() {
    let start = array![-1.2, 1.0];
    compare("rosenbrock", || problems::Rosenbrock::new(2), start, |x, _| x.to_vec(), &[]);
}

#[test]
fn a_net_with_two_layers() {
    let features =
        Array2::from_shape_fn((40, 5), |(i, j)| ((37 * i + 11 * j + 5 * i * j) % 101) as f64 / 50.0 - 1.0);
    let labels: Vec<u8> = (0..40).map(|i| ((7 * i + i * i / 3) % 3) as u8).collect();
    let start = Array1::from_shape_fn(66, |k| ((29 * k + 7 * k * k) % 97) as f64 / 97.0 - 0.5);
    let risk = || {
        let net = Mlp::new(5, &[7], 3).unwrap().activation(Activation::Tanh);
        EmpiricalRisk::new(net, Softmax, features.clone(), labels.clone(), Regularizer::default()).unwrap()
    };
    let record = |w: &Array1<f64>, loss| vec![loss, w[8], w[40], w[50], w.dot(w).sqrt()];
    compare("net", risk, start, record, &CHAOTIC_ON_A_NET);
}

/// Every rule and wrapper stands against a library, in at least two settings.
#[test]
fn nothing_is_left_out() {
    for problem in ["quadratic", "rosenbrock", "net"] {
        let all: Vec<Case> = LIBRARIES.iter().flat_map(|(name, of)| cases(name, *of, problem)).collect();
        let settings = |has: &dyn Fn(&Case) -> bool| {
            let title = |case: &Case| case.title.split_once(' ').unwrap().1.to_owned();
            let mut titles: Vec<String> = all.iter().filter(|case| has(case)).map(title).collect();
            titles.sort();
            titles.dedup();
            titles.len()
        };
        for entry in Catalogue::modern().iter() {
            assert!(settings(&|case| case.rule.name() == entry.name()) >= 2, "{} {problem}", entry.name());
        }
        for wrapper in ["lookahead", "sharpness-aware"] {
            assert!(settings(&|case| case.rule.wrapping().contains(wrapper)) >= 2, "{wrapper} {problem}");
        }
    }
}

/// What distinguishes the libraries' forms is larger than any tolerance.
#[test]
fn conventions_are_told_apart() {
    for name in ["adan", "radam", "rprop"] {
        let after = |convention| {
            let rule = Catalogue::built_in().get(name).unwrap().make_rule(convention).unwrap();
            let optimizer = FirstOrder::new(rule, 0.03).unwrap();
            let bowl = problems::Quadratic::new(&[1e-6]);
            minimize(bowl, &array![1.3], optimizer, Stop::iterations(8)).unwrap().x[0]
        };
        let apart = (after(Convention::Torch) - after(Convention::Optax)).abs();
        assert!(apart > 1e-6, "{name}: {apart}");
    }
}

#[test]
fn the_first_estimate_of_sophia_enters_the_second_step() {
    let rule = Sophia { gamma: 1.0, weight_decay: 0.0, beta1: 0.0, beta2: 0.0, ..Sophia::default() };
    let path = |steps| {
        let rule = WithProducts::new(rule, 0.1).unwrap();
        minimize(problems::Quadratic::new(&[4.0]), &array![0.5], rule, Stop::iterations(steps)).unwrap().x[0]
    };
    // A sign, then g/h = x.
    assert!((path(1) - 0.4).abs() < 1e-15 && (path(2) - 0.36).abs() < 1e-15, "{} {}", path(1), path(2));
}
