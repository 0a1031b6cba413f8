//! The page about a reproduction.

use super::claims::{Outcome, Pair};
use super::differences::Kind;
use super::study::{Reproduced, table};
use crate::claim::{Claim, Verdict};
use crate::report::claims::{measurement, short_bound, verdict};
use crate::report::manifest::{Machine, Provenance};
use crate::report::tables;
use crate::report::tables::pages::escape;
use std::fmt::Write;

const STYLE: &str = "\
body{font:1rem/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1b1b1f;
background:#fff}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}
th,td{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0;border-bottom:1px solid #ddd}
.wide{overflow-x:auto}
.other{background:#fbe3dc}
.moved{background:#fdf4d7}
small{color:#55555c}
@media (prefers-color-scheme:dark){
body{color:#e6e6ea;background:#16161a}
th,td{border-color:#3a3a40}
.other{background:#55261a}
.moved{background:#4a3f14}
small{color:#a8a8b0}
}";

/// Returns the page as one HTML document: the two machines, the claims whose verdicts differ, all claims, and
/// the differences of each study's tables by kind. `not_run` names the studies that did not run.
pub fn page(studies: &[Reproduced], not_run: &[String]) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>Reproduction</title>\n<style>{STYLE}</style>\n\
         <h1>Reproduction</h1>\n<p>{}</p>\n",
        escape(&summary(studies))
    );
    if !not_run.is_empty() {
        let _ = writeln!(
            html,
            "<p>Not run: {}. <code>make reproduce</code> runs everything.</p>",
            escape(&not_run.join(", "))
        );
    }
    if let Some(study) = studies.first() {
        html.push_str("<h2>The two machines</h2>\n");
        machines(&mut html, &study.committed, &study.here);
    }
    html.push_str("<h2>Studies</h2>\n<div class=\"wide\">");
    html.push_str(&tables::html(&table(studies)));
    html.push_str("</div>\n");
    let all = || studies.iter().flat_map(|study| &study.claims);
    let others: Vec<&Pair> = all().filter(|pair| pair.outcome() == Outcome::Other).collect();
    if !others.is_empty() {
        html.push_str("<h2>Claims with another verdict</h2>\n");
        claims(&mut html, others.into_iter());
    }
    html.push_str(
        "<h2>All claims</h2>\n<p><i>Same</i>: the verdict and the number, within what the kind of claim \
         allows. <i>Moved</i>: the same verdict with another number, or a time that is too close to call on \
         one of the machines. <i>Other</i>: another verdict.</p>\n",
    );
    claims(&mut html, all());
    html.push_str("<h2>Tables</h2>\n");
    studies.iter().for_each(|study| differences(&mut html, study));
    html
}

fn summary(studies: &[Reproduced]) -> String {
    let count = |outcome| studies.iter().map(|study| study.count(outcome)).sum::<usize>();
    let claims: usize = studies.iter().map(|study| study.claims.len()).sum();
    format!(
        "{} of {claims} claims have the verdict of the committed results: {} with the same number, {} with \
         another number. {} have another verdict.",
        claims - count(Outcome::Other),
        count(Outcome::Same),
        count(Outcome::Moved),
        count(Outcome::Other),
    )
}

fn machines(html: &mut String, committed: &Provenance, here: &Provenance) {
    let mut row = |name: &str, of: &dyn Fn(&Provenance) -> String| {
        let (old, new) = (escape(&of(committed)), escape(&of(here)));
        let _ = writeln!(html, "<tr><th>{name}</th><td>{old}</td><td>{new}</td></tr>");
    };
    let of = |field: fn(&Machine) -> String| move |from: &Provenance| field(&from.machine);
    row("", &|from| if std::ptr::eq(from, committed) { "committed".into() } else { "here".into() });
    row("processor", &of(|machine| machine.cpu.clone()));
    row("arithmetic", &of(|machine| machine.arithmetic.clone()));
    row("cores", &of(|machine| machine.cores.to_string()));
    row("memory", &of(|machine| format!("{} GiB", machine.memory_gib)));
    row("system", &of(|machine| machine.os.clone()));
    row("compiler", &of(|machine| machine.rustc.clone()));
    row("BLAS", &of(|machine| machine.blas.clone()));
    row("commit", &|from| from.commit.clone());
    row("finished", &|from| from.finished.clone());
    html.insert_str(html.rfind("<tr><th></th>").unwrap_or(html.len()), "<table>\n");
    html.push_str("</table>\n");
}

fn claims<'a>(html: &mut String, pairs: impl Iterator<Item = &'a Pair>) {
    html.push_str("<div class=\"wide\"><table>\n<tr>");
    for heading in ["notebook", "claim", "bound", "committed", "here", "outcome"] {
        let _ = write!(html, "<th>{heading}</th>");
    }
    html.push_str("</tr>\n");
    let cell = |claim: &Claim, given: Verdict| format!("{} ({})", measurement(claim), verdict(given));
    let none = || "–".to_string();
    for pair in pairs {
        let (claim, outcome) = (pair.claim(), pair.outcome());
        let committed = pair.committed.as_ref().map_or_else(none, |(claim, given)| cell(claim, *given));
        let here = pair.here.as_ref().map_or_else(none, |claim| cell(claim, claim.verdict()));
        let _ = writeln!(
            html,
            "<tr class=\"{outcome}\"><td>{}</td><td>{}<br><small>{}</small></td><td>{}</td><td>{}</td>\
             <td>{}</td><td>{outcome}</td></tr>",
            escape(&claim.notebook),
            escape(&claim.sentence),
            escape(&claim.id),
            escape(&short_bound(&claim.bound)),
            escape(&committed),
            escape(&here),
        );
    }
    html.push_str("</table></div>\n");
}

/// Lists the differences of a study's tables, by kind.
fn differences(html: &mut String, study: &Reproduced) {
    let _ = writeln!(html, "<h3>{}</h3>", escape(&study.name));
    if study.differences.0.is_empty() {
        html.push_str("<p>Every number of every table is the same, times aside.</p>\n");
    }
    for kind in [Kind::File, Kind::Structure, Kind::Value, Kind::WithinRule] {
        let sentences = study.differences.of_kind(kind);
        if sentences.is_empty() {
            continue;
        }
        let _ = writeln!(html, "<details><summary>{} {kind}</summary>\n<ul>", sentences.len());
        for sentence in sentences {
            let _ = writeln!(html, "<li>{}</li>", escape(sentence));
        }
        html.push_str("</ul></details>\n");
    }
}
