//! What the page calls. Numbers go in and out through two buffers of `f64`, text through one of bytes; after
//! each call the page makes its views of the memory anew, since a call may have moved it.
//!
//! Functions that can refuse give 1 if all is well, and else 0 with a sentence in the text buffer.

use crate::check::Agreement;
use crate::classifier::{self, CLASSES, Classifier, LOSSES, PARAMETERS};
use crate::race::{Entrant, Race, algorithms, catalogue};
use crate::{knobs, surface};
use gradus::figure::{Look, look, optimizer};
use gradus::notebook::*;
use std::cell::RefCell;
use std::fmt::Display;

/// What there is while the page is open.
struct Page {
    classifier: Classifier,
    race: Race,
    input: Vec<f64>,
    output: Vec<f64>,
    text: String,
}

thread_local! {
    static PAGE: RefCell<Page> = RefCell::new(Page {
        classifier: Classifier::start(),
        race: Race::default(),
        input: Vec::new(),
        output: Vec::new(),
        text: String::new(),
    });
}

fn with<R>(work: impl FnOnce(&mut Page) -> R) -> R {
    PAGE.with(|page| work(&mut page.borrow_mut()))
}

impl Page {
    /// 1 if all is well, else 0 and the sentence.
    fn answer<T, E: Display>(&mut self, outcome: Result<T, E>) -> u32 {
        outcome.map_err(|refusal| self.text = refusal.to_string()).is_ok().into()
    }
}

/// Makes room for `length` numbers and says where the page writes them.
#[unsafe(no_mangle)]
pub extern "C" fn input(length: usize) -> *mut f64 {
    with(|page| {
        page.input.clear();
        page.input.resize(length, 0.0);
        page.input.as_mut_ptr()
    })
}

/// Where the numbers of the last answer begin.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const f64 {
    with(|page| page.output.as_ptr())
}

/// How many numbers the last answer has.
#[unsafe(no_mangle)]
pub extern "C" fn output_length() -> usize {
    with(|page| page.output.len())
}

/// Where the last text begins, in UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn text() -> *const u8 {
    with(|page| page.text.as_ptr())
}

/// How many bytes the last text has.
#[unsafe(no_mangle)]
pub extern "C" fn text_length() -> usize {
    with(|page| page.text.len())
}

/// The text: what there is to choose from, as JSON.
#[unsafe(no_mangle)]
pub extern "C" fn describe() {
    let quoted = |names: Vec<&str>| names.iter().map(|n| format!("{n:?}")).collect::<Vec<_>>().join(",");
    let losses: Vec<String> =
        LOSSES.iter().map(|(name, title)| format!("{{\"name\":{name:?},\"title\":{title:?}}}")).collect();
    let rules: Vec<String> = AnyRule::names().iter().map(|name| described(name)).collect();
    let text = format!(
        "{{\"losses\":[{}],\"rules\":[{}],\"algorithms\":[{}],\"surfaces\":[{}],\"optimizers\":{{{}}}}}",
        losses.join(","),
        rules.join(","),
        quoted(algorithms().collect()),
        quoted(surface::NAMES.to_vec()),
        entries().join(","),
    );
    with(|page| page.text = text);
}

/// Describes each optimizer of the race by its entry in the catalogue: its title, its default learning rate
/// (or `null`), and the colour, marker and dashes that it has in all figures, as places in the page's lists.
fn entries() -> Vec<String> {
    let catalogue = catalogue();
    let described = |name: &str| {
        let entry = catalogue.get(name).ok()?;
        let rate = entry.learning_rate().map_or("null".into(), |lr| format!("{lr:?}"));
        let Look { color, dash, marker } = look(optimizer(name));
        let look = format!("[{color},{},{}]", marker as usize, dash as usize);
        Some(format!("{name:?}:{{\"title\":{:?},\"lr\":{rate},\"look\":{look}}}", entry.title()))
    };
    algorithms().filter_map(described).collect()
}

/// A rule with its hyperparameters, and its momentum (or `null`), which the race's slider moves.
fn described(name: &str) -> String {
    let rule = AnyRule::by_name(name).expect("one of its names");
    let momentum = rule.momentum().map_or("null".into(), |momentum| format!("{momentum:?}"));
    let knobs = rule.hyperparameters().into_iter().map(|(knob, value)| {
        let (low, high) = knobs::slider(knob, value);
        format!("{{\"name\":{knob:?},\"value\":{value:?},\"low\":{low:?},\"high\":{high:?}}}")
    });
    format!(
        "{{\"name\":{name:?},\"momentum\":{momentum},\"knobs\":[{}]}}",
        knobs.collect::<Vec<_>>().join(",")
    )
}

/// Puts the points of the input in place: x, y and class of each.
#[unsafe(no_mangle)]
pub extern "C" fn classifier_points() -> u32 {
    with(|page| {
        let points: Vec<[f64; 3]> = page.input.chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect();
        let outcome = page.classifier.set_points(&points);
        page.answer(outcome)
    })
}

/// Puts the nine parameters of the input in place.
#[unsafe(no_mangle)]
pub extern "C" fn classifier_params() {
    with(|page| page.classifier.set_params(&page.input));
}

/// Chooses one of [`LOSSES`] by its name, given as its place, and λ.
#[unsafe(no_mangle)]
pub extern "C" fn classifier_loss(place: usize, l2: f64) -> u32 {
    with(|page| {
        let name = LOSSES.get(place).map_or("", |(name, _)| name);
        let outcome = page.classifier.set_loss(name, l2);
        page.answer(outcome)
    })
}

/// Chooses the update rule by its place in `AnyRule::names()`, its learning rate, and its hyperparameters
/// (the input).
#[unsafe(no_mangle)]
pub extern "C" fn classifier_rule(place: usize, lr: f64) -> u32 {
    with(|page| {
        let name = AnyRule::names().get(place).copied().unwrap_or("");
        let outcome = knobs::rule(name, &page.input).and_then(|rule| page.classifier.set_rule(rule, lr));
        page.answer(outcome)
    })
}

/// Starts the run anew at the present parameters.
#[unsafe(no_mangle)]
pub extern "C" fn classifier_restart() {
    with(|page| page.classifier.restart());
}

/// Random parameters: the `draw`-th of a seed (whole numbers).
#[unsafe(no_mangle)]
pub extern "C" fn classifier_randomize(seed: f64, draw: f64) {
    with(|page| page.classifier.randomize(seed as u64, draw as u64));
}

/// Makes up to `count` updates; gives how many were made. Fewer means that the run diverged.
#[unsafe(no_mangle)]
pub extern "C" fn classifier_step(count: usize) -> usize {
    with(|page| page.classifier.step(count))
}

/// The output: updates done, 1 if diverged, data loss, regularization, accuracy, error, entry and outcome (0
/// agrees, 1 corner, 2 differs) of the gradient check, the nine parameters, their nine derivatives, then for
/// each point its three scores and its loss.
#[unsafe(no_mangle)]
pub extern "C" fn classifier_evaluate() {
    with(|page| {
        let shown = page.classifier.evaluate();
        let agreement = match shown.check.agreement {
            Agreement::Agrees => 0.0,
            Agreement::Corner => 1.0,
            Agreement::Differs => 2.0,
        };
        let out = &mut page.output;
        out.clear();
        out.extend([page.classifier.steps() as f64, f64::from(page.classifier.diverged())]);
        out.extend([
            shown.data,
            shown.regularization,
            shown.accuracy,
            shown.check.error,
            shown.check.entry as f64,
            agreement,
        ]);
        out.extend(page.classifier.params());
        out.extend(&shown.grad);
        out.extend(shown.points.as_flattened());
        debug_assert_eq!(out.len(), 8 + 2 * PARAMETERS + shown.points.len() * (CLASSES + 1));
    });
}

/// The output: step, data loss and regularization of each recorded moment.
#[unsafe(no_mangle)]
pub extern "C" fn classifier_history() {
    with(|page| {
        page.output.clear();
        page.output.extend(
            page.classifier
                .history()
                .moments()
                .iter()
                .flat_map(|m| [m.step as f64, m.data, m.regularization]),
        );
    });
}

/// The output: generated points (x, y, class), clouds or the arms of a spiral. Nothing is put in place.
#[unsafe(no_mangle)]
pub extern "C" fn scatter(spiral: u32, per_class: usize, seed: f64) -> u32 {
    with(|page| {
        let outcome = classifier::scattered(spiral != 0, per_class, seed as u64)
            .map(|points| page.output = points.as_flattened().to_vec());
        page.answer(outcome)
    })
}

/// Chooses the race's surface: see [`Race::set_surface`].
#[unsafe(no_mangle)]
pub extern "C" fn race_surface(surface: usize, kappa: f64, angle: f64, first: usize, second: usize) -> u32 {
    with(|page| {
        let chosen = page.race.set_surface(surface, kappa, angle, [first, second]);
        page.answer(
            chosen
                .then_some(())
                .ok_or("there is no such surface: κ must be ≥ 1, and the slice needs two different weights"),
        )
    })
}

/// The output: the surface's values on a grid, row by row from (x0, y0) to (x1, y1).
#[unsafe(no_mangle)]
pub extern "C" fn race_field(columns: usize, rows: usize, x0: f64, y0: f64, x1: f64, y1: f64) {
    with(|page| page.output = page.race.field(&page.classifier, columns, rows, [x0, y0], [x1, y1]));
}

/// The output: the surface's lowest value; not a number where it is unknown.
#[unsafe(no_mangle)]
pub extern "C" fn race_lowest() {
    with(|page| page.output = vec![page.race.lowest().unwrap_or(f64::NAN)]);
}

/// Runs one optimizer (its place among those described). The output: x, y, f and the gradient's two entries
/// for each step; the text: the word for its ending, a line break, and the sentence.
#[unsafe(no_mangle)]
pub extern "C" fn race_run(
    algorithm: usize,
    lr: f64,
    momentum: f64,
    x: f64,
    y: f64,
    steps: usize,
    noise: f64,
    seed: f64,
) -> u32 {
    with(|page| {
        let entrant = Entrant { name: algorithms().nth(algorithm).unwrap_or(""), lr, momentum };
        let outcome =
            page.race.run(&page.classifier, entrant, [x, y], steps, noise, seed as u64).map(|run| {
                page.output.clear();
                page.output.extend(run.path.as_flattened());
                page.text = format!("{}\n{}", run.termination.word(), run.termination);
            });
        page.answer(outcome)
    })
}

/// The output: for gradient descent, momentum and Nesterov's momentum in turn the best learning rate,
/// momentum and rate on the ravine of this κ.
#[unsafe(no_mangle)]
pub extern "C" fn race_best(kappa: f64) {
    with(|page| {
        page.output = surface::best_on_ravine(kappa)
            .iter()
            .flat_map(|&(_, lr, momentum, rate)| [lr, momentum, rate])
            .collect()
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_described_is_json_with_every_name() {
        describe();
        let text = with(|page| page.text.clone());
        let balanced = |open, close| text.matches(open).count() == text.matches(close).count();
        assert!(balanced('{', '}') && balanced('[', ']'), "{text}");
        for name in algorithms().chain(surface::NAMES) {
            assert!(text.contains(&format!("{name:?}")), "{name} is not in {text}");
        }
        assert!(text.contains("1e-8"), "{text}");
    }

    #[test]
    fn numbers_come_out_as_documented() {
        classifier_evaluate();
        with(|page| {
            assert_eq!(page.output.len(), 8 + 18 + 9 * 4);
            assert!((page.output[2] - 1.836640).abs() < 1e-6 && (page.output[3] - 3.5).abs() < 1e-12);
            assert_eq!(page.output[8..17], [1.0, 2.0, 2.0, -4.0, 3.0, -1.0, 0.0, 0.5, -0.5]);
        });
        assert_eq!(classifier_step(3), 3);
        classifier_history();
        assert_eq!(with(|page| page.output.len()), 4 * 3);
        classifier_restart();
    }

    #[test]
    fn refusals_are_sentences() {
        input(0);
        assert_eq!(classifier_points(), 0);
        assert_eq!(classifier_rule(0, -1.0), 0);
        assert!(with(|page| page.text.contains("lr")), "{}", with(|page| page.text.clone()));
        assert_eq!(race_run(99, 0.1, 0.0, 0.0, 0.0, 10, 0.0, 0.0), 0);
        assert_eq!(race_run(0, 0.1, 0.0, 1.0, 1.0, 10, 0.0, 0.0), 1);
    }
}
