//! Questions in words, answers in JSON.

use super::catalogue::{ALL, Live};
use super::json;
use super::shown::Shown;
use crate::report::charts::drawn;
use gradus::figure::{Figure, Layer};

/// Answers a question, or says in a sentence why there is no answer:
///
/// - `draw ID VALUE…`: the title, the number of columns, the panels as SVG, the entries of the legend, and
///   the notes of a figure with its knobs at these values;
/// - `numbers ID VALUE…`: the label and the points of each line, path and set of points in that figure.
///
/// # Errors
/// If the question is none of these, there is no such figure, the number of knobs is wrong, or the library
/// refuses a value: its own sentence.
pub fn answer(question: &str) -> Result<String, String> {
    let mut words = question.split_whitespace();
    let (kind, id) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let live =
        ALL.iter().find(|live| live.id == id).ok_or_else(|| format!("there is no live figure {id:?}"))?;
    let shown = shown(live, words)?;
    match kind {
        "draw" => drawing(&shown),
        "numbers" => Ok(numbers(&shown.figure)),
        _ => Err(format!("{kind:?} is neither draw nor numbers")),
    }
}

fn shown<'w>(live: &Live, words: impl Iterator<Item = &'w str>) -> Result<Shown, String> {
    let number = |word: &str| match word.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(format!("{word:?} is not a number")),
    };
    let values = words.map(number).collect::<Result<Vec<_>, _>>()?;
    if values.len() != live.knobs {
        return Err(format!("{} has {} knobs, not {}", live.id, live.knobs, values.len()));
    }
    (live.show)(&values).map_err(|refusal| refusal.to_string())
}

fn drawing(shown: &Shown) -> Result<String, String> {
    let parts = drawn(&shown.figure).map_err(|error| error.to_string())?;
    let keys = parts.keys.iter().map(|(swatch, label)| {
        format!("{{\"swatch\":{},\"label\":{}}}", json::text(swatch), json::text(label))
    });
    Ok(format!(
        "{{\"title\":{},\"columns\":{},\"panels\":{},\"keys\":{},\"notes\":{}}}",
        json::text(&shown.figure.title),
        parts.columns,
        json::list(parts.panels.iter().map(|svg| json::text(svg))),
        json::list(keys),
        json::list(shown.notes.iter().map(|note| json::text(note))),
    ))
}

fn numbers(figure: &Figure) -> String {
    json::list(figure.panels.iter().flat_map(|panel| &panel.layers).filter_map(|layer| match layer {
        Layer::Line { label, x, y, .. }
        | Layer::Path { label, x, y, .. }
        | Layer::Points { label, x, y, .. } => Some(format!(
            "{{\"label\":{},\"x\":{},\"y\":{}}}",
            json::text(label),
            json::numbers(x),
            json::numbers(y)
        )),
        _ => None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_sentences() {
        let cases = [
            ("draw 99-nothing 1", "there is no live figure \"99-nothing\""),
            ("sing 04-parabola .2", "\"sing\" is neither draw nor numbers"),
            ("draw 04-parabola", "04-parabola has 1 knobs, not 0"),
            ("draw 04-parabola x", "\"x\" is not a number"),
            ("draw 04-parabola inf", "\"inf\" is not a number"),
        ];
        for (question, sentence) in cases {
            assert_eq!(answer(question).unwrap_err(), sentence);
        }
        for question in
            ["draw 04-parabola -1", "draw 07-ravine .1 1", "draw 05-angles 2.5", "draw 06-noise .1 0"]
        {
            assert!(answer(question).unwrap_err().contains("must be"), "{question}");
        }
    }

    #[test]
    fn an_answer_has_the_panels_the_legend_and_the_notes() {
        let drawn = answer("draw 07-ravine 0.1 0.8").unwrap();
        for part in [
            "\"title\":\"Paths on quadratic:0.2,4\"",
            "\"columns\":1",
            "momentum, ρ = 0.8",
            "after 20 steps.",
        ] {
            assert!(drawn.contains(part), "{part} is not in {drawn}");
        }
        let numbers = answer("numbers 07-ravine 0.1 0.8").unwrap();
        assert!(numbers.starts_with("[{\"label\":\"gradient descent\",\"x\":[-5.0,-4.9,"), "{numbers}");
    }
}
