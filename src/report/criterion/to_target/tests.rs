use super::estimates::words;
use super::*;
use crate::report::charts;
use crate::table::Table;

/// Seconds as Criterion gives them, nanoseconds with an interval of a tenth to both sides.
fn times(rows: &[(&str, &str, &str, f64, f64)]) -> Table {
    let column = |of: fn(&(&str, &str, &str, f64, f64)) -> f64| rows.iter().map(of).collect::<Vec<f64>>();
    Table::new("wall_clock", "")
        .text("group", rows.iter().map(|row| row.0))
        .text("function", rows.iter().map(|row| row.1))
        .text("parameter", rows.iter().map(|row| row.2))
        .float("elements", column(|row| row.3))
        .timing("mean_ns", column(|row| 1e9 * row.4))
        .timing("median_ns", column(|row| 1e9 * row.4))
        .timing("low_ns", column(|row| 0.9e9 * row.4))
        .timing("high_ns", column(|row| 1.1e9 * row.4))
}

fn measured() -> Table {
    times(&[
        ("iteration", "adam", "bowl", 10.0, 1e-5),
        ("iteration", "lbfgs", "bowl", 4.0, 1e-5),
        ("iteration", "adam", "digits/net", 10.0, 2e-2),
        ("time_to_target", "adam", "bowl", 100.0, 1e-4),
        ("time_to_target", "lbfgs", "bowl", 20.0, 5e-5),
        ("time_to_target", "sgd", "bowl", 90.0, 5.2e-5),
        ("time_to_target", "adam", "digits/net", 30.0, 0.1),
        ("time_to_target", "lbfgs", "digits/net", 30.0, 0.2),
        ("time_to_target", "random-search", "digits/net", 30.0, 0.2),
        ("update_rule", "adam", "1000", 1000.0, 1e-6),
    ])
}

/// Random search does not reach its target, whatever was timed once; sgd reaches one, but nobody timed it.
fn outcomes() -> Table {
    let rows = [
        ("bowl", "lbfgs", 21.0, 1.0),
        ("bowl", "adam", 101.0, 1.0),
        ("bowl", "sgd", 15.0, 1.0),
        ("digits/net", "lbfgs", 40.0, 0.5),
        ("digits/net", "adam", 1.5, 1.0),
        ("digits/net", "sgd", 2.0, 1.0),
        ("digits/net", "random-search", f64::NAN, 0.0),
    ];
    Table::new("outcomes", "")
        .text("problem", rows.map(|row| row.0))
        .text("optimizer", rows.map(|row| row.1))
        .text("setting", rows.map(|row| format!("lr={}", row.2)))
        .float("evaluations_to_target", rows.map(|row| row.2))
        .float("solved", rows.map(|row| row.3))
}

#[test]
fn every_pair_has_its_time_with_an_interval_or_none() {
    let [pairs, ..] = tables(&measured(), &outcomes()).unwrap().unwrap();
    let order: Vec<String> = words(&pairs, "optimizer").unwrap();
    assert_eq!(
        order,
        ["lbfgs", "sgd", "adam", "adam", "lbfgs", "sgd", "random-search"],
        "the fastest first, those without a time last"
    );
    let [seconds, low, high] =
        ["seconds", "seconds_low", "seconds_high"].map(|name| pairs.floats(name).unwrap());
    for row in 0..5 {
        assert!(low[row] < seconds[row] && seconds[row] < high[row], "row {row}");
    }
    assert!((seconds[0] - 5e-5).abs() < 1e-15 && (low[0] - 4.5e-5).abs() < 1e-15);
    assert!([&seconds, &low, &high].iter().all(|column| column[5].is_nan() && column[6].is_nan()));
    assert_eq!(pairs.floats("evaluations").unwrap()[..2], [21.0, 15.0]);
    let iterations = pairs.floats("iterations").unwrap();
    assert!(iterations[0] == 20.0 && iterations[6].is_nan());
    assert_eq!(words(&pairs, "setting").unwrap()[0], "lr=21");
}

#[test]
fn the_fastest_of_a_problem_stands_beside_those_it_is_not_told_from() {
    let [_, by_problem, _] = tables(&measured(), &outcomes()).unwrap().unwrap();
    let row = |row: usize| by_problem.columns().iter().map(|c| c.values.cell(row)).collect::<Vec<_>>();
    assert_eq!(row(0), ["bowl", "3", "lbfgs", "50 µs [45, 55]", "sgd", "sgd", "52 µs [46.8, 57.2]"]);
    assert_eq!(row(1), ["digits/net", "2", "adam", "100 ms [90, 110]", "–", "adam", "100 ms [90, 110]"]);
    assert_eq!(by_problem.rows(), 2);
}

#[test]
fn an_optimizer_is_so_many_times_slower_than_the_fastest() {
    let [.., by_optimizer] = tables(&measured(), &outcomes()).unwrap().unwrap();
    assert_eq!(words(&by_optimizer, "optimizer").unwrap(), ["adam", "lbfgs", "random-search", "sgd"]);
    let [ratio, low, high] =
        ["times_the_fastest", "low", "high"].map(|name| by_optimizer.floats(name).unwrap());
    assert!((ratio[0] - 2f64.sqrt()).abs() < 1e-12, "twice on one problem, once on the other: {ratio:?}");
    assert!(low[0] < ratio[0] && ratio[0] < high[0]);
    assert!(ratio[3].is_nan() && low[3].is_nan(), "one problem leaves no interval");
    assert_eq!(words(&by_optimizer, "solves").unwrap(), ["2", "2", "0", "1"]);
    assert_eq!(
        words(&by_optimizer, "iteration_on_bowl").unwrap(),
        ["1 µs [0.9, 1.1]", "2.5 µs [2.25, 2.75]", "–", "–"]
    );
    assert_eq!(words(&by_optimizer, "iteration_on_digits/net").unwrap()[0], "2 ms [1.8, 2.2]");
}

#[test]
fn the_chart_has_a_panel_for_each_problem_of_an_iteration_and_one_of_the_targets() {
    let [.., by_optimizer] = tables(&measured(), &outcomes()).unwrap().unwrap();
    let figure = figure(&measured(), &by_optimizer).unwrap();
    let titles: Vec<&str> = figure.panels.iter().map(|panel| panel.title.as_str()).collect();
    assert_eq!(titles, ["An iteration on bowl", "An iteration on digits/net", "To the target"]);
    let svg = charts::svg(&figure).unwrap();
    assert!(svg.contains(">lbfgs<") && !svg.contains("not measured"));
    let others = crate::report::criterion::figure(&measured()).unwrap();
    assert_eq!(others.panels.len(), 1, "the other chart leaves them out");
}

#[test]
fn without_any_such_time_there_are_no_tables() {
    assert_eq!(tables(&times(&[("update_rule", "adam", "1000", 1000.0, 1e-6)]), &outcomes()).unwrap(), None);
    assert!(tables(&measured(), &Table::new("outcomes", "")).is_err());
}
