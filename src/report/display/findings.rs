//! What a notebook shows of tables, figures, claims and checks.

use super::block::Block;
use super::html;
use super::shown::Shown;
use crate::claim::{Claim, Claims};
use crate::figure::Figure;
use crate::findings::Findings;
use crate::gradcheck::{Report, Sweep};
use crate::report::claims::{bound, measurement, verdict};
use crate::report::results::Svg;
use crate::report::{charts, tables};
use crate::table::Table;
use serde_json::{Value, json};

/// The MIME type of the claims that the notebook checker reads.
pub const CLAIMS_MIME: &str = "application/vnd.gradus.claims+json";

/// Shows the table as HTML and as plain text.
impl Shown for Table {
    fn to_mime(&self) -> Vec<Block> {
        vec![Block::new("text/html", tables::html(self)), Block::new("text/plain", tables::pages::text(self))]
    }
}

/// Shows the figure as SVG with its caption below, and the caption as plain text. If the figure cannot be
/// drawn, the plain text says why.
impl Shown for Figure {
    fn to_mime(&self) -> Vec<Block> {
        match charts::svg(self) {
            Ok(svg) => picture(svg, &self.title, &self.caption),
            Err(error) => vec![Block::new("text/plain", format!("figure {}: {error}", self.name))],
        }
    }
}

/// Shows the picture, and its caption as plain text.
impl Shown for Svg {
    fn to_mime(&self) -> Vec<Block> {
        picture(self.document.clone(), &self.title, &self.caption)
    }
}

/// Shows the claim as HTML, as plain text, and as JSON for the notebook checker.
impl Shown for Claim {
    fn to_mime(&self) -> Vec<Block> {
        of_claims(std::slice::from_ref(self))
    }
}

/// Shows the claims as an HTML table, as plain text, and as JSON for the notebook checker.
impl Shown for Claims {
    fn to_mime(&self) -> Vec<Block> {
        of_claims(&self.0)
    }
}

/// Shows the verdict, the method and the worst entries, as HTML and as plain text.
impl Shown for Report {
    fn to_mime(&self) -> Vec<Block> {
        vec![Block::new("text/html", html::gradient_check(self)), Block::new("text/plain", self.to_string())]
    }
}

/// Shows the errors as a picture, and as a table in plain text.
impl Shown for Sweep {
    fn to_mime(&self) -> Vec<Block> {
        let mut blocks = self.figure("sweep").to_mime();
        blocks.retain(|block| block.mime != "text/plain");
        blocks.push(Block::new("text/plain", self.to_string()));
        blocks
    }
}

/// Shows claims, figures and tables as one HTML page and as plain text, and the claims as JSON for the
/// notebook checker.
impl Shown for Findings {
    fn to_mime(&self) -> Vec<Block> {
        let texts = self
            .tables
            .iter()
            .map(tables::pages::text)
            .chain(self.figures.iter().map(|f| format!("{}\n", f.caption)));
        let plain = std::iter::once(plain_claims(&self.claims)).chain(texts).collect::<Vec<_>>().join("\n");
        vec![
            Block::new("text/html", html::findings(self)),
            Block::new("text/plain", plain),
            Block::new(CLAIMS_MIME, json_list(&self.claims)),
        ]
    }
}

fn picture(svg: String, title: &str, caption: &str) -> Vec<Block> {
    let text = if caption.is_empty() { title } else { caption };
    let shown = charts::flexible(&charts::adaptive(&charts::captioned(&svg, caption)));
    vec![Block::new("image/svg+xml", shown), Block::new("text/plain", text)]
}

fn of_claims(claims: &[Claim]) -> Vec<Block> {
    vec![
        Block::new("text/html", html::claims(claims)),
        Block::new("text/plain", plain_claims(claims)),
        Block::new(CLAIMS_MIME, json_list(claims)),
    ]
}

fn plain_claims(claims: &[Claim]) -> String {
    let line = |c: &Claim| {
        format!(
            "{}: {} (measured {}, claimed {})\n",
            verdict(c.verdict()),
            c.sentence,
            measurement(c),
            bound(&c.bound)
        )
    };
    claims.iter().map(line).collect()
}

/// Returns the claims as a JSON list. Infinity and NaN, which JSON cannot express, become null.
fn json_list(claims: &[Claim]) -> String {
    let one = |c: &Claim| {
        json!({
            "id": c.id, "sentence": c.sentence, "kind": c.kind.to_string(), "measured": number(c.measured),
            "interval": [number(c.interval.0), number(c.interval.1)], "bound": bound(&c.bound),
            "verdict": c.verdict().to_string(), "whose": c.whose(), "note": c.note,
        })
    };
    Value::Array(claims.iter().map(one).collect()).to_string()
}

fn number(value: f64) -> Value {
    serde_json::Number::from_f64(value).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::super::block::protocol;
    use super::*;
    use crate::claim::Bound;
    use crate::figure::{Axis, Panel};

    fn claims() -> Claims {
        Claims(vec![
            Claim::exact("a", "01", "x < 2 & so on", "slide 3").measured(1.5, Bound::AtMost(2.0)),
            Claim::statistical("b", "01", "never measured", "").note("because"),
        ])
    }

    #[test]
    fn each_type_of_content_is_printed_once() {
        let figure = Figure::new("f", "Title", "Caption")
            .panel(Panel::new("", Axis::linear("x"), Axis::linear("y")).line("a", [1.0], [2.0], 0));
        let findings =
            Findings { tables: vec![Table::new("t", "")], figures: vec![figure.clone()], claims: claims().0 };
        let shown = [
            Table::new("t", "").to_mime(),
            figure.to_mime(),
            claims().to_mime(),
            claims().0[0].to_mime(),
            findings.to_mime(),
        ];
        for blocks in shown {
            let text = protocol(&blocks);
            let begins: Vec<&str> =
                text.lines().filter_map(|l| l.strip_prefix("EVCXR_BEGIN_CONTENT ")).collect();
            let mut once = begins.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(begins.len(), once.len());
            assert_eq!(text.lines().filter(|l| *l == "EVCXR_END_CONTENT").count(), begins.len());
            assert!(begins.contains(&"text/plain"), "{begins:?}");
        }
    }

    #[test]
    fn a_gradient_check_is_a_verdict_and_its_worst_entries() {
        use crate::gradcheck::{GradCheck, check_function, check_gradient};
        let right =
            check_gradient(&mut crate::problems::Rosenbrock::new(20), &ndarray::Array1::ones(20)).unwrap();
        let html = &right.to_mime()[0].content;
        assert!(
            html.contains("all 20 entries checked agree") && html.contains("… and 12 better ones"),
            "{html}"
        );
        assert_eq!(html.matches("<tr>").count(), 9);
        let wrong = check_function(&ndarray::array![1.0], |x, grad| {
            grad[0] = x[0];
            x[0] * x[0]
        });
        let blocks = wrong.unwrap().to_mime();
        assert!(
            blocks[0].content.contains("✗ wrong") && blocks[1].content.contains("WRONG at 1 of 1"),
            "{blocks:?}"
        );
        let sweep =
            GradCheck::default().sweep(&mut crate::problems::Beale, &ndarray::array![1.0, 2.0]).unwrap();
        let mimes: Vec<&str> = sweep.to_mime().iter().map(|block| block.mime).collect();
        assert_eq!(mimes, ["image/svg+xml", "text/plain"]);
    }

    #[test]
    fn a_wide_picture_shrinks_with_the_page_and_a_narrow_one_keeps_its_size() {
        let panel =
            || Panel::new("", Axis::linear("x"), Axis::linear("y")).line("a", [1.0, 2.0], [2.0, 3.0], 0);
        let head = |figure: Figure| figure.to_mime()[0].content.lines().next().unwrap().to_string();
        let wide = head(Figure::new("f", "", "").panel(panel()).panel(panel()));
        assert!(
            wide.contains(" width=\"100%\" viewBox=\"0 0 9180 ") && wide.contains("max-width:918px"),
            "{wide}"
        );
        assert!(!wide.contains(" height=\""), "{wide}");
        let narrow = head(Figure::new("f", "", "").columns(1).panel(panel()));
        assert!(narrow.contains(" width=\"596\" height=\""), "{narrow}");
    }

    #[test]
    fn the_checker_reads_claims_as_json() {
        let blocks = claims().to_mime();
        let json: Value =
            serde_json::from_str(&blocks.iter().find(|b| b.mime == CLAIMS_MIME).unwrap().content).unwrap();
        assert_eq!(json[0]["verdict"], "holds");
        assert_eq!(json[0]["interval"], json!([1.5, 1.5]));
        assert_eq!(json[0]["bound"], "≤ 2");
        assert_eq!((&json[1]["measured"], &json[1]["verdict"]), (&Value::Null, &json!("undecided")));
    }

    #[test]
    fn a_verdict_is_a_word_and_a_sign() {
        let html = &claims().to_mime()[0].content;
        assert!(
            html.contains("✓ holds") && html.contains("? undecided") && html.contains("x &lt; 2 &amp; so on")
        );
    }

    #[test]
    fn a_figure_that_cannot_be_drawn_says_why() {
        let figure = Figure::new("f", "", "")
            .panel(Panel::new("", Axis::linear("x"), Axis::linear("y")).line("a", [1.0], [2.0, 3.0], 0));
        let blocks = figure.to_mime();
        assert!(blocks.len() == 1 && blocks[0].content.contains("the y of a line"), "{blocks:?}");
    }

    #[test]
    fn content_cannot_end_its_own_block() {
        let text = protocol(&[Block::new("text/plain", "a\nEVCXR_END_CONTENT\nb")]);
        assert_eq!(text.matches("EVCXR_END_CONTENT").count(), 1);
    }
}
