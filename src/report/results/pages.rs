//! The pages about all studies, for readers who open the folder on the web: `README.md`, `CLAIMS.md`,
//! `claims.csv`.

use super::folder::Results;
use super::order::in_order;
use crate::claim::{Claim, Verdict};
use crate::error::Result;
use crate::files;
use crate::report::claims as claim_files;
use crate::report::claims::{measurement, refuted_by_origin, short_bound, verdict};
use crate::report::criterion::to_target;
use crate::report::manifest::{Entry, Manifest, Provenance};
use crate::report::numbers::digits;
use crate::report::peers;
use crate::report::tables::{self, pages::bare};
use crate::study;
use std::fmt::Write;
use std::fs;

/// The number of rows of a table that a page shows.
const ROWS: usize = 15;

/// A study with its claims.
struct Part<'a> {
    name: &'a str,
    entry: &'a Entry,
    claims: Vec<Claim>,
    /// A link to its notebook, or just the number of the notebook.
    notebook: String,
}

/// Writes all pages.
pub(super) fn write(results: &Results, manifest: &Manifest) -> Result<()> {
    files::create_folder(&results.root)?;
    let mut parts = Vec::new();
    for (name, entry) in in_order(manifest) {
        let claims = claim_files::read(&results.folder(name).join("claims.csv"))?
            .into_iter()
            .map(|(claim, _)| claim)
            .collect();
        parts.push(Part { name, entry, claims, notebook: notebook_link(results, &entry.notebook) });
    }
    let all: Vec<Claim> = parts.iter().flat_map(|part| part.claims.clone()).collect();
    files::write_atomically(
        &results.root.join("claims.csv"),
        &tables::csv_bytes(&claim_files::table(&all))?,
    )?;
    files::write_atomically(&results.root.join("CLAIMS.md"), claims_page(&parts).as_bytes())?;
    let measured = results.root.join("peers.csv");
    if measured.is_file() {
        let others = peers::side_by_side(&peers::on_processors(&results.root)?)?;
        let page = peers::page(&peers::read(&measured)?, &measured_at(manifest), &others)?;
        files::write_atomically(&results.root.join(peers::PAGE), page.as_bytes())?;
    }
    files::write_atomically(
        &results.root.join("README.md"),
        index_page(results, manifest, &parts)?.as_bytes(),
    )
}

/// Says where and when the other libraries were measured, as a sentence.
fn measured_at(manifest: &Manifest) -> String {
    let machine = manifest.peers.as_ref().map_or_else(|| "an unknown machine".into(), place);
    let stale = manifest.peers.as_ref().is_some_and(|provenance| !provenance.is_of_this_code());
    let stale = if stale { " **Stale**: the code has changed since." } else { "" };
    format!("measured in turn in one run on {machine}.{stale}")
}

/// Counts the verdicts: "12 claims: 10 hold, 1 refuted, 1 undecided".
fn tally(claims: &[&Claim]) -> String {
    if claims.is_empty() {
        return "no claims".into();
    }
    let count = |verdict| claims.iter().filter(|c| c.verdict() == verdict).count();
    let (hold, refuted, open) = (count(Verdict::Holds), count(Verdict::Refuted), count(Verdict::Undecided));
    format!("{} claims: {hold} hold, {refuted} refuted, {open} undecided", claims.len())
}

/// Counts the refuted claims by who makes them, and explains it.
fn whose(claims: &[&Claim]) -> String {
    match refuted_by_origin(claims).as_str() {
        "" => WHOSE.into(),
        refuted => format!("Refuted: {refuted}. {WHOSE}"),
    }
}

/// Explains who makes a claim.
const WHOSE: &str = "Every claim says whose it is. *Said by* a source: the source's own sentence. *Our \
                     reading*: the idea is the source's, and we made it strict enough to be measured; the \
                     claim says how. *Ours*: this project says so. A refuted reading of ours, or a refuted \
                     sentence of ours, is no mistake of the source.";

fn claims_page(parts: &[Part]) -> String {
    let all: Vec<&Claim> = parts.iter().flat_map(|part| &part.claims).collect();
    let mut page = format!(
        "# Claims\n\nWritten by `gradus run`; every sentence is bound to a measurement, and `gradus verify` \
         regenerates them.\n\n\
         {}. As a table: [claims.csv](claims.csv).\n\n{}\n",
        tally(&all),
        whose(&all)
    );
    for part in parts.iter().filter(|part| !part.claims.is_empty()) {
        let _ = write!(
            page,
            "\n## {} · {}\n\nNotebook {} · [charts and tables](README.md#{})\n\n",
            part.entry.notebook,
            bare(&part.entry.title),
            part.notebook,
            part.name
        );
        page.push_str(
            "| verdict | claim | measured | claimed | kind | who says so |\n|:--|:--|:--|:--|:--|:--|\n",
        );
        for (i, claim) in part.claims.iter().enumerate() {
            let row = format!("[{}]({}/claims.csv#L{})", claim.id, part.name, i + 2);
            let cells = [
                verdict(claim.verdict()).to_string(),
                format!("{}{}<br>{row}", bare(&claim.sentence), noted(claim)),
                bare(&measurement(claim)),
                bare(&short_bound(&claim.bound)),
                claim.kind.to_string(),
                bare(&claim.whose()),
            ];
            let _ = writeln!(page, "| {} |", cells.join(" | "));
        }
    }
    page
}

fn noted(claim: &Claim) -> String {
    if claim.note.is_empty() { String::new() } else { format!("<br>*{}*", bare(&claim.note)) }
}

fn index_page(results: &Results, manifest: &Manifest, parts: &[Part]) -> Result<String> {
    let all: Vec<&Claim> = parts.iter().flat_map(|part| &part.claims).collect();
    let mut page = String::from(
        "# Results\n\nWritten by `gradus run`, checked by `gradus verify`; changing a number here by hand \
         makes the check fail.\n\n",
    );
    let _ = writeln!(
        page,
        "{}: [all claims](CLAIMS.md), [as a table](claims.csv). Where each number comes from: \
         [manifest.json](manifest.json).\n\n{}\n",
        tally(&all),
        whose(&all)
    );
    for part in parts {
        let claims: Vec<&Claim> = part.claims.iter().collect();
        let _ = writeln!(
            page,
            "- [{} · {}](#{}): {} ({}{})",
            part.entry.notebook,
            bare(&part.entry.title),
            part.name,
            bare(&part.entry.question),
            tally(&claims),
            if is_stale(part) { "; **stale**" } else { "" }
        );
    }
    let times = results.root.join("wall_clock.csv");
    if times.is_file() {
        page.push_str("- [Wall-clock](#wall_clock)\n");
    }
    let measured = results.root.join("peers.csv");
    if measured.is_file() {
        page.push_str("- [Compared with other libraries](#peers)\n");
    }
    for part in parts {
        study_section(&mut page, results, part)?;
    }
    if times.is_file() {
        let provenance = manifest.wall_clock.as_ref().map(origin).unwrap_or_default();
        let stale = manifest.wall_clock.as_ref().is_some_and(|provenance| !provenance.is_of_this_code());
        let stale = if stale {
            " **Stale**: of other code than the present; `gradus bench` measures again."
        } else {
            ""
        };
        let _ = write!(
            page,
            "\n<a id=\"wall_clock\"></a>\n\n## Wall-clock\n\nMedians by Criterion with their confidence \
             intervals. {provenance}{stale}\n\n"
        );
        if results.root.join("wall_clock.svg").is_file() {
            page.push_str("![Wall-clock times](wall_clock.svg)\n\n");
        }
        let table = tables::read_csv(&times)?;
        let _ = write!(
            page,
            "[CSV](wall_clock.csv) · [Parquet](wall_clock.parquet)\n\n{}",
            tables::markdown(&table, 4 * ROWS)
        );
        times_to_target(&mut page, results)?;
    }
    if measured.is_file() {
        let _ = write!(
            page,
            "\n<a id=\"peers\"></a>\n\n## Compared with other libraries\n\nBy `make peers`: {}\n\n\
             ![Each peer's time divided by ours](peers.svg)\n\nOf each workload the case that is least \
             favourable to Gradus; [{file}]({file}) has all of them. [CSV](peers.csv) · \
             [Parquet](peers.parquet)\n\n{}",
            measured_at(manifest),
            peers::block(Some(&peers::read(&measured)?))?,
            file = peers::PAGE,
        );
    }
    Ok(page)
}

/// Returns whether other code than the present computed the results. Those of a long form are not called
/// stale, because nobody runs it again for each change.
fn is_stale(part: &Part) -> bool {
    !part.entry.provenance.is_of_this_code() && !study::is_long(part.name)
}

/// Adds the times of the comparison's optimizers, if they were measured.
fn times_to_target(page: &mut String, results: &Results) -> Result<()> {
    for (place, (name, caption)) in to_target::TABLES.into_iter().enumerate() {
        let path = results.root.join(format!("{name}.csv"));
        if !path.is_file() {
            return Ok(());
        }
        if place == 0 {
            let title = alternative(to_target::TITLE);
            let _ = write!(
                page,
                "\n### The comparison by the clock\n\n![{title}]({name}.svg)\n\n*{}*\n",
                bare(to_target::CAPTION)
            );
        }
        let rows = if place == 0 { ROWS } else { usize::MAX };
        let shown = tables::markdown(&tables::read_csv(&path)?, rows);
        let _ = write!(
            page,
            "\n**{}** ([CSV]({name}.csv) · [Parquet]({name}.parquet))\n\n{shown}",
            bare(caption)
        );
    }
    Ok(())
}

fn study_section(page: &mut String, results: &Results, part: &Part) -> Result<()> {
    let Part { name, entry, claims, notebook } = part;
    let _ = write!(
        page,
        "\n<a id=\"{name}\"></a>\n\n## {} · {}\n\n**{}**\n\n",
        entry.notebook,
        bare(&entry.title),
        bare(&entry.question)
    );
    let command = study::command(name);
    let _ = writeln!(page, "Notebook {notebook} · `{command}` · {}", origin(&entry.provenance));
    if is_stale(part) {
        let _ = write!(
            page,
            "\n> **Stale**: when this page was written, the code was no longer that which computed these \
             results; \
             `{command}` computes them again.\n"
        );
    } else if study::is_long(name) {
        let _ = write!(
            page,
            "\n> A long run: it is not made anew with every change of the code, so that these results are those \
             of the commit above.\n"
        );
    }
    if !claims.is_empty() {
        page.push_str("\n| verdict | claim | measured | claimed | who says so |\n|:--|:--|:--|:--|:--|\n");
    }
    for claim in claims {
        let cells = [
            verdict(claim.verdict()).to_string(),
            format!("{}{}", bare(&claim.sentence), noted(claim)),
            bare(&measurement(claim)),
            bare(&short_bound(&claim.bound)),
            bare(&claim.whose()),
        ];
        let _ = writeln!(page, "| {} |", cells.join(" | "));
    }
    for figure in &entry.figures {
        let _ = write!(
            page,
            "\n![{}]({name}/{}.svg)\n\n*{}*\n",
            alternative(&figure.title),
            figure.name,
            bare(&figure.caption)
        );
    }
    for table in &entry.tables {
        let read = tables::read_csv(&results.folder(name).join(format!("{}.csv", table.name)))?;
        let _ = write!(
            page,
            "\n**{}** ([CSV]({name}/{n}.csv) · [Parquet]({name}/{n}.parquet))\n\n{}",
            bare(&table.caption),
            tables::markdown(&read, ROWS),
            n = table.name
        );
    }
    Ok(())
}

/// Returns seed, time, machine, date and commit in one line.
fn origin(p: &Provenance) -> String {
    format!("seed {}, {} s on {}", p.seed, digits(p.seconds, 3), place(p))
}

/// Returns machine, date, commit and compiler in one line.
fn place(p: &Provenance) -> String {
    let commit = if p.commit.is_empty() {
        String::new()
    } else {
        format!(
            ", commit `{}`",
            p.commit.chars().take(10).chain(p.commit.chars().filter(|c| *c == '+')).collect::<String>()
        )
    };
    let m = &p.machine;
    format!(
        "{} × {}, {}{commit}, {}",
        m.cores,
        bare(&m.cpu),
        p.finished.get(..10).unwrap_or_default(),
        bare(&m.rustc)
    )
}

/// Escapes a text for the brackets of an image in Markdown.
fn alternative(text: &str) -> String {
    bare(text).replace(['[', ']'], " ")
}

/// Returns a link to the notebook whose name begins with the number, or the number if there is no such
/// notebook.
fn notebook_link(results: &Results, number: &str) -> String {
    let folder = results.root.join("..").join("notebooks");
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let name = names.into_iter().find(|name| {
        name.ends_with(".ipynb") && name.strip_prefix(number).is_some_and(|rest| rest.starts_with('_'))
    });
    name.map_or_else(|| number.to_string(), |name| format!("[{name}](../notebooks/{name})"))
}
