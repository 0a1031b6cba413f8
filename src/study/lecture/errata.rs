//! Errata: mistakes in well-known material. Each is implemented, and compared with a simple test that misses
//! it and a check that finds it.

mod adam;
mod data_set;
mod erratum;
mod gradient;
mod momentum;
mod paths;
mod prose;

use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};
use crate::table::Table;
use erratum::{Erratum, PlainTest};

pub(super) const STUDY: Study = Study {
    name: "errata",
    notebook: "15",
    title: "Errata of well-known material",
    question: "Which mistakes were published, and which check finds them?",
    run,
};

/// Measures some of the errata.
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
            .ours()
            .measured(e.wrong, Bound::AtLeast(e.allowed))
            .note(format!("The check allows a deviation of {:.0e}.", e.allowed))
    });
    let mut claims: Vec<Claim> = caught.collect();
    // If the files of a data set are missing, there is no correct version.
    let known = || errata.iter().filter(|e| e.right.is_finite());
    let alarms = known().filter(|e| e.right > e.allowed).count();
    let noticed = errata.iter().filter(|e| e.plain.as_ref().is_some_and(|plain| !plain.passes)).count();
    let none = Bound::Equals { value: 0.0, tolerance: 0.0 };
    claims.extend([
        Claim::exact(
            "check-passes-right",
            "15",
            "The correct version passes each of these checks (number that fail)",
            "gradus",
        )
        .ours()
        .measured(alarms as f64, none)
        .note(format!("Of {}.", known().count())),
        Claim::exact(
            "plain-test-misses",
            "15",
            "A test that asks only whether the run reaches its goal finds none of these mistakes (number \
             that it finds)",
            "gradus",
        )
        .ours()
        .measured(noticed as f64, none)
        .note(format!("Of the {} that can be run.", errata.iter().filter(|e| e.plain.is_some()).count())),
    ]);
    // The summary comes before the claims of the parts.
    claims.append(&mut findings.claims);
    findings.claims = claims;
}

/// Returns a table of the mistakes with the results of both tests, and a table of the deviations.
fn tables(errata: &[Erratum]) -> [Table; 2] {
    let ids = || errata.iter().map(|e| e.id);
    let plain = |of: fn(&PlainTest) -> &'static str| {
        errata.iter().map(move |e| e.plain.as_ref().map_or("–", of)).collect::<Vec<_>>()
    };
    let float = |of: fn(&Erratum) -> f64| errata.iter().map(of).collect::<Vec<_>>();
    let said = Table::new(
        "errata",
        "Seven mistakes of published material and two that are constructed, with the results of a simple \
         test and of our check",
    )
    .text("name", ids())
    .text("mistake", errata.iter().map(|e| e.mistake))
    .text("seen_in", errata.iter().map(|e| e.seen_in))
    .text("plain_test", plain(|p| p.asks))
    .text("it_says", plain(|p| if p.passes { "passes" } else { "fails" }))
    .text("our_check", errata.iter().map(|e| if e.wrong > e.allowed { "caught" } else { "missed" }));
    let measured = Table::new(
        "checks",
        "What our checks measure: the deviation that each allows, and the deviations of the correct and the \
         wrong version",
    )
    .text("name", ids())
    .text("measures", errata.iter().map(|e| e.check))
    .float("allowed", float(|e| e.allowed))
    // The deviation of the correct version is due to rounding.
    .float_within("right", float(|e| e.right), 1e-3, 1e-5)
    .float_within("wrong", float(|e| e.wrong), 1e-3, 1e-9);
    [said, measured]
}
