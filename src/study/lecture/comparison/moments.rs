//! The lecture's table of what each rule tracks, derived from the properties that the rules declare.

use super::sources::NOTEBOOK;
use crate::claim::{Bound, Claim};
use crate::findings::Findings;
use crate::optimizer::Properties;
use crate::optimizer::catalogue::Catalogue;
use crate::optimizer::first_order::{AnyRule, Convention, RuleInfo};
use crate::table::Table;

/// The table on the slide, for the first rules of the list: first moments, second moments, leaky, bias
/// correction.
const SLIDE: [(&str, [bool; 4]); AnyRule::OF_THE_LECTURE] = [
    ("sgd", [false; 4]),
    ("momentum", [true, false, false, false]),
    ("nesterov", [true, false, false, false]),
    ("adagrad", [false, true, false, false]),
    ("rmsprop", [false, true, true, false]),
    ("adam", [true; 4]),
];

pub(super) fn run(findings: &mut Findings) {
    let catalogue = Catalogue::built_in();
    let rules =
        catalogue.rules().filter_map(|entry| Some((entry.name(), entry.make_rule(Convention::Torch)?)));
    let rows: Vec<(&str, [bool; 4])> = rules.map(|(name, rule)| (name, row(rule.properties()))).collect();
    let column = |at: usize| rows.iter().map(move |(_, row)| if row[at] { "✓" } else { "–" });
    findings.tables.push(
        Table::new(
            "moments",
            "What each update rule tracks, as the rule declares; the first six are on the slide",
        )
        .text("optimizer", rows.iter().map(|(name, _)| *name))
        .text("first_moments", column(0))
        .text("second_moments", column(1))
        .text("leaky", column(2))
        .text("bias_correction", column(3)),
    );
    let of_slide = |name: &str| rows.iter().find(|(known, _)| *known == name).map(|(_, row)| *row);
    let agree: usize = SLIDE
        .iter()
        .map(|(name, slide)| of_slide(name).map_or(0, |row| (0..4).filter(|&i| row[i] == slide[i]).count()))
        .sum();
    let sentence = "The properties that the rules declare agree with the slide's table of what each rule \
                    tracks (entries of 24 that agree)";
    findings.claims.push(
        Claim::exact("table-of-moments", NOTEBOOK, sentence, "slide \"Optimization Algorithm Comparison\"")
            .said()
            .measured(agree as f64, Bound::Equals { value: 24.0, tolerance: 0.0 }),
    );
}

fn row(properties: Properties) -> [bool; 4] {
    let Properties { first_moment, second_moment, leaky, bias_correction } = properties;
    [first_moment, second_moment, leaky, bias_correction]
}
