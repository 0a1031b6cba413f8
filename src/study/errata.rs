//! Errata: mistakes of well-known material, each written out, with the test that misses it and the check that
//! does not.

mod adam;
mod data_set;
mod gradient;
mod momentum;
mod prose;

use super::{Context, Study};
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::findings::Findings;
use crate::minimize::Minimum;
use crate::table::Table;

pub(super) const STUDY: Study = Study {
    name: "errata",
    notebook: "15",
    title: "Errata of well-known material",
    question: "Which mistakes stood in print, and which check would have caught them?",
    run,
};

/// A mistake, the test that most people would run on it, and the check of this project.
struct Erratum {
    id: &'static str,
    /// What is wrong, in a few words.
    mistake: &'static str,
    /// Where it stood.
    seen_in: &'static str,
    /// The test that only asks whether it gets there; none where there is nothing to run.
    plain: Option<Plain>,
    /// What the check measures: a deviation.
    check: &'static str,
    /// The largest deviation that passes.
    allowed: f64,
    /// The deviation of the right version, which is the library's.
    right: f64,
    /// The deviation of the wrong one.
    wrong: f64,
}

/// A test that asks whether the wrong version gets there.
struct Plain {
    asks: &'static str,
    passes: bool,
}

impl Plain {
    fn new(asks: &'static str, passes: bool) -> Option<Self> {
        Some(Plain { asks, passes })
    }
}

/// Writes some of them out.
type Part = fn(&Context, &mut Findings) -> Result<Vec<Erratum>>;

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    let mut errata = Vec::new();
    let parts: [Part; 5] = [gradient::run, momentum::run, adam::run, data_set::run, prose::run];
    context.progress.start("gradients, momentum, Adam, a data set, printed numbers", parts.len() as u64);
    for part in parts {
        errata.extend(part(context, &mut findings)?);
        context.progress.advance(1);
    }
    claims(&errata, &mut findings);
    findings.tables.splice(0..0, tables(&errata));
    Ok(findings)
}

fn claims(errata: &[Erratum], findings: &mut Findings) {
    let caught = errata.iter().map(|e| {
        let sentence = format!("{}: caught ({})", e.mistake, e.check);
        Claim::exact(&format!("check-catches-{}", e.id), "15", &sentence, e.seen_in)
            .measured(e.wrong, Bound::AtLeast(e.allowed))
            .note(format!("The check lets a deviation of {:.0e} pass.", e.allowed))
    });
    let mut claims: Vec<Claim> = caught.collect();
    // A data set whose files are missing has no right version here.
    let known = || errata.iter().filter(|e| e.right.is_finite());
    let alarms = known().filter(|e| e.right > e.allowed).count();
    let noticed = errata.iter().filter(|e| e.plain.as_ref().is_some_and(|plain| !plain.passes)).count();
    let none = Bound::Equals { value: 0.0, tolerance: 0.0 };
    claims.extend([
        Claim::exact(
            "check-passes-right",
            "15",
            "The right version passes each of these checks (how many do \
                                                  not)",
            "gradus",
        )
        .measured(alarms as f64, none)
        .note(format!("Of {}.", known().count())),
        Claim::exact(
            "plain-test-misses",
            "15",
            "A test that only asks whether the run gets there notices none of these mistakes (how many it \
             notices)",
            "gradus",
        )
        .measured(noticed as f64, none)
        .note(format!("Of the {} that can be run.", errata.iter().filter(|e| e.plain.is_some()).count())),
    ]);
    // The summary first, before what the parts found on the way.
    claims.append(&mut findings.claims);
    findings.claims = claims;
}

/// What stood where, and what both tests say of it; then what ours measures.
fn tables(errata: &[Erratum]) -> [Table; 2] {
    let ids = || errata.iter().map(|e| e.id);
    let plain = |of: fn(&Plain) -> &'static str| {
        errata.iter().map(move |e| e.plain.as_ref().map_or("–", of)).collect::<Vec<_>>()
    };
    let float = |of: fn(&Erratum) -> f64| errata.iter().map(of).collect::<Vec<_>>();
    let said = Table::new(
        "errata",
        "Mistakes of well-known material: what a plain test says of each, and what our check does",
    )
    .text("name", ids())
    .text("mistake", errata.iter().map(|e| e.mistake))
    .text("seen_in", errata.iter().map(|e| e.seen_in))
    .text("plain_test", plain(|p| p.asks))
    .text("it_says", plain(|p| if p.passes { "passes" } else { "fails" }))
    .text("our_check", errata.iter().map(|e| if e.wrong > e.allowed { "caught" } else { "missed" }));
    let measured = Table::new(
        "checks",
        "What our checks measure: the deviation that they allow, and those of the right \
                              and the wrong version",
    )
    .text("name", ids())
    .text("measures", errata.iter().map(|e| e.check))
    .float("allowed", float(|e| e.allowed))
    // Rounding decides what the right version deviates by.
    .float_within("right", float(|e| e.right), 1e-3, 1e-5)
    .float_within("wrong", float(|e| e.wrong), 1e-3, 1e-9);
    [said, measured]
}

/// The iterates of a run of few parameters, a point a step, the start included.
fn path(run: &Minimum) -> Vec<Vec<f64>> {
    (0..run.trace.len()).map(|k| run.trace.x.iter().map(|column| column[k]).collect()).collect()
}

/// The largest difference of any coordinate at any step of two paths, relative to the largest coordinate of
/// the second.
fn apart(path: &[Vec<f64>], reference: &[Vec<f64>]) -> f64 {
    let largest = reference.iter().flatten().fold(0.0f64, |m, x| m.max(x.abs()));
    let pairs = path.iter().flatten().zip(reference.iter().flatten());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) / largest
}
