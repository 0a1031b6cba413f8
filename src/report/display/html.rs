//! Claims and findings as HTML that is readable in light and dark themes, and without its styles.

use crate::claim::{Claim, Verdict};
use crate::figure::Figure;
use crate::findings::Findings;
use crate::gradcheck::Report;
use crate::report::claims::{measurement, short_bound, verdict};
use crate::report::numbers::digits;
use crate::report::tables::pages::escape;
use crate::report::{charts, tables};
use std::fmt::Write;

const CELL: &str = "text-align:left;vertical-align:top;padding:.3em .8em;border:0;border-bottom:1px solid \
                    rgba(128,128,128,.35)";

/// Returns a table of claims: verdict, sentence with source and note, measured value, claimed bound.
pub(super) fn claims(claims: &[Claim]) -> String {
    let mut html =
        String::from("<table style=\"border-collapse:collapse;font-size:90%;margin:.4em 0\">\n<thead><tr>");
    for heading in ["verdict", "claim", "measured", "claimed"] {
        let _ = write!(html, "<th align=\"left\" style=\"{CELL}\">{heading}</th>");
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for claim in claims {
        let cells = [
            badge(claim.verdict()),
            sentence(claim),
            escape(&measurement(claim)),
            escape(&short_bound(&claim.bound)),
        ];
        let cells: String =
            cells.iter().map(|cell| format!("<td align=\"left\" style=\"{CELL}\">{cell}</td>")).collect();
        let _ = writeln!(html, "<tr>{cells}</tr>");
    }
    html.push_str("</tbody></table>\n");
    html
}

/// Returns claims, figures and tables, one below the other.
pub(super) fn findings(findings: &Findings) -> String {
    let mut html = if findings.claims.is_empty() { String::new() } else { claims(&findings.claims) };
    for figure in &findings.figures {
        html.push_str(&image(figure));
    }
    findings.tables.iter().for_each(|table| html.push_str(&tables::html(table)));
    html
}

/// Returns a summary in plain text, as it is, above a figure.
pub(super) fn summary(text: &str, figure: &Figure) -> String {
    format!("<pre style=\"margin:.4em 0\">{}</pre>\n{}", escape(text), image(figure))
}

/// Returns a figure as a picture within a page.
fn image(figure: &Figure) -> String {
    let shown = match charts::svg(figure) {
        Ok(svg) => {
            let (caption, data) = (escape(&figure.caption), charts::base64(svg.as_bytes()));
            format!(
                "<img alt=\"{caption}\" src=\"data:image/svg+xml;base64,{data}\"/><br>\
                 <small>{caption}</small>"
            )
        }
        Err(error) => escape(&format!("figure {}: {error}", figure.name)),
    };
    format!("<p>{shown}</p>\n")
}

/// The number of entries of a gradient check that are shown.
const SHOWN: usize = 8;

/// Returns a gradient check: its verdict, its method, and the worst entries.
pub(super) fn gradient_check(report: &Report) -> String {
    let (color, word) = if report.passes() { ("#0b7a4b", "✓ right") } else { ("#b3391f", "✗ wrong") };
    let method = format!("{}; {}", report.method(), report.bands());
    let mut html = format!(
        "<p>{} {}<br><small style=\"opacity:.75\">{}</small></p>\n",
        pill(color, word),
        escape(&report.verdict()),
        escape(&method)
    );
    html.push_str("<table style=\"border-collapse:collapse;font-size:90%;margin:.4em 0\">\n<thead><tr>");
    for heading in ["entry", "analytic", "numeric", "difference", "relative", "finding"] {
        let _ = write!(html, "<th align=\"left\" style=\"{CELL}\">{heading}</th>");
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for entry in report.worst(SHOWN) {
        let numbers = [
            digits(entry.analytic, 8),
            digits(entry.numeric, 8),
            digits(entry.absolute_error(), 2),
            digits(entry.relative_error(), 2),
        ];
        let cells = std::iter::once(report.name(entry)).chain(numbers).chain([entry.finding.to_string()]);
        let cells: String =
            cells.map(|cell| format!("<td align=\"left\" style=\"{CELL}\">{}</td>", escape(&cell))).collect();
        let _ = writeln!(html, "<tr>{cells}</tr>");
    }
    html.push_str("</tbody></table>\n");
    if report.entries.len() > SHOWN {
        let _ = writeln!(
            html,
            "<p style=\"font-size:85%;opacity:.8\">… and {} better ones</p>",
            report.entries.len() - SHOWN
        );
    }
    html
}

fn sentence(claim: &Claim) -> String {
    let mut html = escape(&claim.sentence);
    let mut small = vec![claim.kind.to_string()];
    small.extend([claim.whose(), claim.note.clone()].into_iter().filter(|text| !text.is_empty()));
    let _ = write!(html, "<br><small style=\"opacity:.75\">{}</small>", escape(&small.join(" · ")));
    html
}

/// Returns a verdict in white on a dark color, which is readable in every theme.
fn badge(given: Verdict) -> String {
    let color = match given {
        Verdict::Holds => "#0b7a4b",
        Verdict::Refuted => "#b3391f",
        Verdict::Undecided => "#63636b",
    };
    pill(color, verdict(given))
}

fn pill(color: &str, word: &str) -> String {
    let style =
        format!("background:{color};color:#fff;border-radius:.7em;padding:.1em .7em;white-space:nowrap");
    format!("<span style=\"{style}\">{word}</span>")
}
