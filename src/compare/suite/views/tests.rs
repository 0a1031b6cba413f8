use super::*;
use crate::compare::suite::{
    Comparison, CostAxis, Machine, OptimizerFacts, Outcome, Phase, ProblemFacts, Run, RunCurve,
};
use crate::table::{Table, Values};

fn facts(name: &str, stochastic: bool) -> ProblemFacts {
    ProblemFacts {
        name: name.into(),
        title: name.into(),
        group: "quadratic".into(),
        stochastic,
        dim: 2,
        f_start: 1.0,
        f_star: 0.0,
        certificate: "exact".into(),
        target: 1e-3,
        budget: 100.0,
    }
}

/// A run that gains a power of ten in every `pace` evaluations, for 100 of them.
fn run(problem: &str, optimizer: &str, phase: Phase, seed: u64, pace: f64) -> Run {
    let mut curve = RunCurve::default();
    for k in 0..=20 {
        let evaluations = 5.0 * f64::from(k);
        curve.push(k as u64, evaluations, 0.01 * evaluations, 10f64.powf(-evaluations / pace), f64::NAN);
    }
    let outcome = if pace > 0.0 { Outcome::Finished } else { Outcome::Diverged };
    let (setting, reason) =
        ("lr=1e-1".into(), if pace > 0.0 { "out of evaluations" } else { "f was no longer finite" }.into());
    let lr = if phase == Phase::Tuning { 0.1 * (1.0 + seed as f64) } else { 0.1 };
    Run {
        problem: problem.into(),
        optimizer: optimizer.into(),
        phase,
        trial: 0,
        setting,
        lr,
        seed,
        outcome,
        reason,
        machine: 0,
        known_area: None,
        curve,
    }
}

/// Three optimizers of clear order: fast, slow, one that diverges; the first two differ by a little noise
/// over ten seeds.
fn comparison(seeds: u64) -> Comparison {
    let problems: Vec<ProblemFacts> =
        ["a/b", "c", "d", "e", "f", "g", "h"].into_iter().map(|name| facts(name, false)).collect();
    let optimizer = |name: &str, own| OptimizerFacts {
        name: name.into(),
        order: 1,
        tuned: vec!["lr".into()],
        own,
        needs: String::new(),
    };
    let optimizers = vec![optimizer("slow", false), optimizer("fast", false), optimizer("wild", true)];
    let mut runs = Vec::new();
    for problem in &problems {
        for (name, pace) in [("slow", 20.0), ("fast", 5.0), ("wild", -1.0)] {
            for seed in 0..seeds {
                let noisy = pace * (1.0 + 0.01 * seed as f64);
                let phases = [(Phase::Tuning, noisy), (Phase::Defaults, 4.0 * noisy), (Phase::Best, noisy)];
                runs.extend(phases.map(|(phase, pace)| run(&problem.name, name, phase, seed, pace)));
            }
        }
    }
    Comparison {
        problems,
        optimizers,
        runs,
        trials: seeds as usize,
        seeds: seeds as usize,
        ..Comparison::default()
    }
}

fn words<'a>(table: &'a Table, column: &str) -> &'a [String] {
    let Values::Text(words) = &table.get(column).unwrap().values else { panic!("{column} holds no words") };
    words
}

#[test]
fn a_score_is_decades_of_the_budget_or_of_the_gap() {
    let facts = facts("a", false);
    // 1e-3 is reached after 15 of 100 evaluations.
    assert!((score(&run("a", "x", Phase::Best, 0, 5.0), &facts) - 0.15f64.log10()).abs() < 1e-12);
    // The end is at 10^-2, ten times the target.
    assert!((score(&run("a", "x", Phase::Best, 0, 50.0), &facts) - 1.0).abs() < 1e-9);
    assert_eq!(score(&run("a", "x", Phase::Best, 0, -1.0), &facts), f64::INFINITY);
}

#[test]
fn the_order_of_scores_is_that_of_the_tuning() {
    let facts = facts("a", false);
    let runs: Vec<Run> =
        [3.0, 5.0, 33.0, 40.0, 80.0, -1.0].map(|pace| run("a", "x", Phase::Best, 0, pace)).into();
    for (a, b) in runs.iter().flat_map(|a| runs.iter().map(move |b| (a, b))) {
        let by_score = score(a, &facts).total_cmp(&score(b, &facts));
        assert!(by_score == a.better(b, facts.target) || by_score.is_eq(), "{by_score:?}");
    }
}

#[test]
fn the_fast_one_wins_and_the_wild_one_is_a_row_with_its_reason() {
    let tables = tables(&comparison(10));
    let table = |name: &str| tables.iter().find(|t| t.name == name).unwrap();
    assert_eq!(words(table("ranks"), "optimizer"), ["fast", "slow", "wild"]);
    assert_eq!(table("ranks").floats("mean_rank").unwrap(), [1.0, 2.0, 3.0]);
    assert_eq!(words(table("verdicts"), "verdict")[..3], ["best", "worse", "worse"]);
    assert!(words(table("winners"), "best").iter().all(|best| best == "fast"));
    assert_eq!(words(table("pairwise"), "verdict"), ["worse", "better", "better"]);
    assert_eq!(words(table("outcomes"), "reason")[2], "f was no longer finite");
    assert_eq!(table("outcomes").floats("diverged").unwrap()[..3], [0.0, 0.0, 1.0]);
    assert_eq!(runs(&comparison(10)).rows(), 7 * 3 * 30);
    assert!(table("tuning").floats("decades_gained").unwrap()[0] > 0.5);
}

#[test]
fn the_figure_of_the_winners_marks_what_the_table_says() {
    use crate::figure::Layer;
    let marks = |seeds: u64, label: &str| {
        let drawn = figure(&comparison(seeds), "winners").unwrap();
        let Layer::Grid { rows, columns } = &drawn.panels[0].layers[0] else { panic!("no grid") };
        assert_eq!((rows.len(), columns.len()), (7, 3));
        let points = drawn.panels[0].layers.iter().find_map(|layer| match layer {
            Layer::Points { label: of, x, y, .. } if of == label => Some((x.clone(), y.clone())),
            _ => None,
        });
        points.unwrap()
    };
    let middles: Vec<f64> = (0..7).map(|row| f64::from(row) + 0.5).collect();
    assert_eq!(marks(10, "the best"), (vec![0.5; 7], middles));
    assert!(marks(10, "cannot be told from it").0.is_empty());
    assert_eq!(marks(3, "cannot be told from it").0.len(), 2 * 7);
    assert!(marks(3, "not run there").0.is_empty());
}

#[test]
fn with_few_seeds_nothing_is_told_apart() {
    for seeds in [1, 5] {
        let verdicts = table(&comparison(seeds), "verdicts").unwrap();
        assert_eq!(words(&verdicts, "verdict")[..3], ["best", "cannot tell apart", "cannot tell apart"]);
    }
    assert!(table(&comparison(1), "verdict").unwrap_err().to_string().contains("did you mean 'verdicts'"));
}

#[test]
fn seconds_are_those_of_the_checkpoints_whatever_one_run_was_kept_waiting() {
    let facts = facts("a", false);
    let mut runs: Vec<Run> = (0..3).map(|seed| run("a", "x", Phase::Best, seed, 5.0)).collect();
    runs[1].curve.seconds.iter_mut().skip(3).for_each(|seconds| *seconds += 100.0);
    let band = band(&runs.iter().collect::<Vec<_>>(), &facts, crate::compare::suite::CostAxis::Seconds, 80);
    assert_eq!((band.at.len(), band.at[20]), (21, 1.0));
    assert!(band.low.iter().zip(&band.high).all(|(low, high)| low == high));
}

#[test]
fn names_of_tables_and_figures_differ_and_are_files() {
    let comparison = comparison(2);
    let mut names: Vec<String> = tables(&comparison)
        .into_iter()
        .map(|t| t.name)
        .chain(figures(&comparison).into_iter().map(|f| f.name))
        .collect();
    assert!(
        names.iter().all(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')),
        "{names:?}"
    );
    names.sort();
    let count = names.len();
    names.dedup_by(|a, b| a == b);
    // The table and the figure of the ranks are two files with two endings, and so are those of the ranks by
    // area and of the winners.
    assert_eq!(names.len() + 3, count, "{names:?}");
}

#[test]
fn every_profile_rises_and_a_users_optimizer_is_drawn_wherever_it_stands() {
    for figure in figures(&comparison(3)) {
        for panel in figure.panels.iter().filter(|_| figure.name.ends_with("profiles")) {
            let lines: Vec<(&String, &Vec<f64>)> = panel
                .layers
                .iter()
                .filter_map(|layer| {
                    if let crate::figure::Layer::Line { label, y, .. } = layer {
                        Some((label, y))
                    } else {
                        None
                    }
                })
                .collect();
            assert_eq!(lines.len(), 3);
            assert!(lines.iter().all(|(_, y)| y.windows(2).all(|pair| pair[0] <= pair[1])));
            let end =
                |name: &str| lines.iter().find(|line| line.0 == name).map(|line| line.1[line.1.len() - 1]);
            assert_eq!((end("fast"), end("wild")), (Some(1.0), Some(0.0)));
        }
    }
}

#[test]
fn nothing_to_compare_is_empty_tables() {
    let empty = Comparison::default();
    assert!(tables(&empty).iter().all(|table| table.rows() == 0));
    assert_eq!(overview(&empty).len(), 5);
}

#[test]
fn seconds_are_compared_within_one_machine_alone() {
    let mut merged = comparison(3);
    assert_eq!(comparable(&merged, "c"), [true; 3]);
    let machine =
        |name: &str| Machine { processor: name.into(), arithmetic: String::new(), hosts: Vec::new() };
    merged.origins.machines = vec![machine("A"), machine("B")];
    let is_fast_on_c = |run: &Run| run.problem == "c" && run.optimizer == "fast";
    merged.runs.iter_mut().filter(|run| is_fast_on_c(run)).for_each(|run| run.machine = 1);
    assert_eq!(comparable(&merged, "c"), [true, false, true]);
    assert_eq!(comparable(&merged, "d"), [true; 3]);
    let instances = |merged: &Comparison, axis| ratios(merged, axis).1;
    let (of_all, of_one) = (instances(&merged, CostAxis::Evaluations), instances(&merged, CostAxis::Seconds));
    assert_eq!(of_one, of_all - 3, "the seeds of one problem do not count");

    // Seeds of one optimizer on two machines have no quartile in common.
    let is_first = |run: &&mut Run| is_fast_on_c(run) && run.phase == Phase::Best && run.seed == 0;
    merged.runs.iter_mut().find(is_first).unwrap().machine = 0;
    assert_eq!(comparable(&merged, "c"), [true, false, true]);
    let seconds = table(&merged, "outcomes_seconds").unwrap();
    let column = |name: &str| &seconds.columns().iter().find(|column| column.name == name).unwrap().values;
    let Values::Text(machines) = column("machine") else { panic!("words") };
    let Values::Float(medians) = column("seconds") else { panic!("numbers") };
    let both = machines.iter().zip(medians).filter(|(machine, _)| *machine == "A and B");
    assert_eq!(both.map(|(_, median)| median.is_nan()).collect::<Vec<_>>(), [true]);
    assert_eq!(medians.iter().filter(|median| median.is_nan()).count(), 1);
}
