//! The data of the page in little space: columns instead of rows, repeated values as indices, numbers with
//! four digits, curves with few points.

use crate::compare::suite::views::{self, Band};
use crate::compare::suite::{Comparison, CostAxis, OptimizerFacts, ProblemFacts};
use crate::figure::{Look, look};
use crate::table::{Column, Table, Values};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The number of points of a curve on the page.
const POINTS: usize = 24;

const AXES: [(CostAxis, &str); 3] = [
    (CostAxis::Iterations, "iterations"),
    (CostAxis::Evaluations, "evaluations"),
    (CostAxis::Seconds, "seconds"),
];

/// Returns all data of the page.
pub(super) fn of(comparison: &Comparison, tables: &[Table]) -> Value {
    let runs = views::runs(comparison);
    let tables = tables.iter().chain([&runs]);
    let curves_of = |facts: &ProblemFacts| (facts.name.clone(), curves(comparison, facts));
    let curves_by_problem: Map<_, _> = comparison.problems.iter().map(curves_of).collect();
    let profiles: Map<_, _> =
        AXES.iter().map(|(axis, name)| (name.to_string(), profile(comparison, *axis))).collect();
    let mut data = json!({
        "trials": comparison.trials,
        "seeds": comparison.seeds,
        "level": views::LEVEL,
        "problems": comparison.problems.iter().map(problem).collect::<Vec<_>>(),
        "optimizers": comparison.optimizers.iter().zip(views::looks(comparison)).map(optimizer)
            .collect::<Vec<_>>(),
        "tables": tables.map(|table| (table.name.clone(), of_table(table))).collect::<Map<_, _>>(),
        "curves": curves_by_problem,
        "profiles": profiles,
    });
    if comparison.origins.several_machines() {
        data["machines"] =
            comparison.origins.machines.iter().map(|machine| json!(machine.processor)).collect();
    }
    if let Some(archive) = &comparison.origins.archive {
        data["archive"] = json!({ "name": archive.name, "optimizers": archive.optimizers });
    }
    if !comparison.origins.missing.is_empty() {
        data["missing"] = json!(comparison.origins.missing);
    }
    data
}

fn problem(facts: &ProblemFacts) -> Value {
    json!({
        "name": facts.name, "title": facts.title, "group": facts.group, "stochastic": facts.stochastic,
        "dim": facts.dim,
        "sum": views::sum_over_data(facts), "f_start": number(facts.f_start), "f_star": number(facts.f_star),
        "certificate": facts.certificate, "target": number(facts.target),
        "target_gap": number(facts.gap(facts.target)),
        "budget": number(facts.budget),
    })
}

/// Describes an optimizer. Its look is a colour, a marker and dashes, as places in the lists of `chart.js`.
fn optimizer((facts, place): (&OptimizerFacts, usize)) -> Value {
    let Look { color, dash, marker } = look(place);
    json!({
        "name": facts.name, "order": facts.order, "tuned": facts.tuned, "own": facts.own,
        "needs": facts.needs, "look": [color, marker as usize, dash as usize],
    })
}

fn of_table(table: &Table) -> Value {
    json!({
        "caption": table.caption, "rows": table.rows(),
        "columns": table.columns().iter().map(column).collect::<Vec<_>>(),
    })
}

/// Encodes a column. A column with few different values becomes a list of them and, for each row, an index
/// into the list.
fn column(column: &Column) -> Value {
    let (values, text) = match &column.values {
        Values::Float(v) => (numbers(v), false),
        Values::Integer(v) => (v.iter().map(|v| json!(v)).collect(), false),
        Values::Text(v) => (v.iter().map(|v| json!(v)).collect(), true),
    };
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut words: Vec<&Value> = Vec::new();
    let mut place = |value| {
        *places.entry(Value::to_string(value)).or_insert_with(|| {
            words.push(value);
            words.len() - 1
        })
    };
    let at: Vec<usize> = values.iter().map(&mut place).collect();
    if text || words.len() * 4 < values.len() {
        return json!({ "name": column.name, "text": text, "words": words, "values": at });
    }
    json!({ "name": column.name, "text": text, "values": values })
}

/// Returns by optimizer and axis: the places, the lower quartile, the median and the upper quartile of the
/// gap, and the median test accuracy.
fn curves(comparison: &Comparison, facts: &ProblemFacts) -> Value {
    let mut by_optimizer = Map::new();
    let timed = views::timed(comparison, &facts.name);
    for (optimizer, timed) in comparison.optimizers.iter().zip(timed) {
        let runs = comparison.best(&facts.name, &optimizer.name);
        if runs.is_empty() {
            continue;
        }
        let along = |axis: CostAxis| {
            let Band { at, low, middle, high } = views::band(&runs, facts, axis, POINTS);
            let accuracy = views::accuracy(&runs, axis, POINTS).middle;
            json!([numbers(&at), numbers(&low), numbers(&middle), numbers(&high), numbers(&accuracy)])
        };
        by_optimizer.insert(
            optimizer.name.clone(),
            AXES.iter()
                .filter(|(axis, _)| timed || *axis != CostAxis::Seconds)
                .map(|(axis, name)| (name.to_string(), along(*axis)))
                .collect(),
        );
    }
    Value::Object(by_optimizer)
}

fn profile(comparison: &Comparison, axis: CostAxis) -> Value {
    let (ratios, instances) = views::ratios(comparison, axis);
    json!({
        "instances": instances, "ratios": ratios.iter().map(|ratios| numbers(ratios)).collect::<Vec<_>>(),
    })
}

fn numbers(values: &[f64]) -> Vec<Value> {
    values.iter().map(|value| number(*value)).collect()
}

/// Returns a number with four significant digits, as many as the page shows. Infinity becomes a string and
/// NaN becomes null, since JSON cannot express them.
fn number(value: f64) -> Value {
    if value.is_infinite() {
        return json!(if value > 0.0 { "inf" } else { "-inf" });
    }
    if value == value.trunc() && value.abs() < 1e9 {
        return json!(value as i64);
    }
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(f64::NAN);
    serde_json::Number::from_f64(rounded).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_few_values_is_written_by_their_places() {
        let few = Table::new("t", "")
            .float("lr", [0.1, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, f64::NAN].repeat(2))
            .integer("step", 0..18);
        let [lr, step] = [0, 1].map(|i| column(&few.columns()[i]));
        assert_eq!((&lr["words"], &lr["values"][8]), (&json!([0.1, 0.2, null]), &json!(2)));
        assert_eq!((step.get("words"), &step["values"][17]), (None, &json!(17)));
    }

    #[test]
    fn numbers_are_short_and_every_kind_of_number_has_a_word() {
        let cases = [
            (0.123_456_789, "0.1235"),
            (3.0, "3"),
            (f64::NAN, "null"),
            (f64::INFINITY, "\"inf\""),
            (1.5e-300, "1.5e-300"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value).to_string(), text);
        }
    }
}
