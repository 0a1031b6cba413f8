//! Tables as people read them: HTML for notebooks, Markdown for pages.

use crate::report::numbers::{grouped, plain};
use crate::table::{Table, Values};
use std::fmt::Write;

/// The number of rows that a notebook shows. The file holds all rows.
const SHOWN: usize = 40;

/// Returns the table as HTML, with at most 40 rows; a line below tells the number of the others. Numbers have
/// four significant digits and are right-aligned. The table is readable in light and dark themes, and without
/// its styles.
///
/// ```
/// use gradus::{report::tables, table::Table};
/// let html =
///     tables::html(&Table::new("t", "Rates").text("rule", ["a < b"]).float("test_accuracy", [0.84211]));
/// assert!(html.contains("a &lt; b") && html.contains("test accuracy") && html.contains("0.8421"));
/// ```
pub fn html(table: &Table) -> String {
    let mut html = String::from("<table style=\"border-collapse:collapse;font-size:90%;margin:.4em 0\">\n");
    if !table.caption.is_empty() {
        let _ = writeln!(
            html,
            "<caption style=\"text-align:left;padding:.2em 0;opacity:.8\">{}</caption>",
            escape(&table.caption)
        );
    }
    html.push_str("<thead><tr>");
    for column in table.columns() {
        let _ =
            write!(html, "<th{}>{}</th>", cell_style(&column.values, "2px"), escape(&title(&column.name)));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in 0..table.rows().min(SHOWN) {
        html.push_str("<tr>");
        for column in table.columns() {
            let _ = write!(
                html,
                "<td{}>{}</td>",
                cell_style(&column.values, "1px"),
                escape(&unbroken(&cell(&column.values, row)))
            );
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody></table>\n");
    if table.rows() > SHOWN {
        let _ = writeln!(
            html,
            "<p style=\"font-size:85%;opacity:.8\">… and {} more rows</p>",
            table.rows() - SHOWN
        );
    }
    html
}

/// Returns the first `rows` rows of the table as Markdown; a last line tells the number of the others.
///
/// ```
/// use gradus::{report::tables, table::Table};
/// let text = tables::markdown(&Table::new("t", "").text("rule", ["a|b"]).float("lr", [0.1]), 15);
/// assert_eq!(text, "| rule | lr |\n|:--|--:|\n| a\\|b | 0.1 |\n");
/// ```
pub fn markdown(table: &Table, rows: usize) -> String {
    let columns = table.columns();
    if columns.is_empty() {
        return String::new();
    }
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(columns.iter().map(|c| bare(&title(&c.name))).collect());
    let rule: Vec<&str> = columns.iter().map(|c| if is_text(&c.values) { ":--" } else { "--:" }).collect();
    let _ = writeln!(text, "|{}|", rule.join("|"));
    for row in 0..table.rows().min(rows) {
        text.push_str(&line(columns.iter().map(|c| bare(&cell(&c.values, row))).collect()));
    }
    if table.rows() > rows {
        let _ = writeln!(text, "\n*… and {} more rows*", table.rows() - rows);
    }
    text
}

/// Returns the table as aligned plain text, for a notebook without HTML.
pub(crate) fn text(table: &Table) -> String {
    text_of(table, SHOWN)
}

/// Returns the table as [`text`] does, with at most `most` rows.
pub(crate) fn text_of(table: &Table, rows: usize) -> String {
    let shown = table.rows().min(rows);
    let columns: Vec<(Vec<String>, bool)> = table
        .columns()
        .iter()
        .map(|c| {
            let cells = std::iter::once(c.name.clone())
                .chain((0..shown).map(|row| cell(&c.values, row).replace('\n', " ")))
                .collect();
            (cells, is_text(&c.values))
        })
        .collect();
    let mut text = if table.caption.is_empty() { String::new() } else { format!("{}\n", table.caption) };
    for row in 0..=shown {
        let cells: Vec<String> = columns
            .iter()
            .map(|(cells, left)| {
                let width = cells.iter().map(|c| c.chars().count()).max().unwrap_or(0);
                if *left { format!("{:<width$}", cells[row]) } else { format!("{:>width$}", cells[row]) }
            })
            .collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    if table.rows() > shown {
        let _ = writeln!(text, "… and {} more rows", table.rows() - shown);
    }
    text
}

/// Returns the heading for the name of a column.
fn title(name: &str) -> String {
    name.replace('_', " ")
}

fn is_text(values: &Values) -> bool {
    matches!(values, Values::Text(_))
}

/// Returns one value in a form for readers.
pub(crate) fn cell(values: &Values, row: usize) -> String {
    match values {
        Values::Float(v) => plain(v[row]),
        Values::Integer(v) => grouped(&v[row].to_string()).replace('-', "−"),
        Values::Text(v) => v[row].clone(),
    }
}

/// Lets a time such as "2.31 µs [2.29, 2.34]" break only before its interval.
fn unbroken(cell: &str) -> String {
    match cell.split_once(" [") {
        Some((value, interval)) if interval.ends_with(']') => {
            [value, interval].map(|part| part.replace(' ', "\u{a0}")).join(" [")
        }
        _ => cell.into(),
    }
}

fn cell_style(values: &Values, line: &str) -> String {
    let side = if is_text(values) { "left" } else { "right" };
    format!(
        " align=\"{side}\" style=\"text-align:{side};padding:.2em .8em;border:0;border-bottom:{line} solid \
         rgba(128,128,128,.35)\""
    )
}

/// Escapes a text for the content of an HTML element.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Escapes a text for a cell of a Markdown table.
pub(crate) fn bare(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long() -> Table {
        Table::new("t", "A <caption>")
            .integer("step", 0..100)
            .text("note", (0..100).map(|i| format!("{i} & \"so\"")))
    }

    #[test]
    fn html_is_escaped_and_says_what_it_leaves_out() {
        let html = html(&long());
        assert!(html.contains("A &lt;caption&gt;") && html.contains("7 &amp; &quot;so&quot;"));
        assert!(html.contains("… and 60 more rows"));
        assert_eq!(html.matches("<tr>").count(), 41);
    }

    #[test]
    fn a_value_and_its_interval_are_broken_between_them_alone() {
        let html = html(
            &Table::new("t", "")
                .text("time", ["2.31 µs [2.29, 2.34]"])
                .text("words", ["see [1] and [2] there"]),
        );
        assert!(
            html.contains("2.31\u{a0}µs [2.29,\u{a0}2.34]") && html.contains("see [1] and [2] there"),
            "{html}"
        );
    }

    #[test]
    fn markdown_has_the_rows_asked_for() {
        let text = markdown(&long(), 15);
        assert_eq!(text.lines().filter(|l| l.starts_with('|')).count(), 17);
        assert!(text.ends_with("*… and 85 more rows*\n"));
        assert_eq!(markdown(&Table::new("t", ""), 15), "");
    }

    #[test]
    fn plain_text_is_aligned() {
        let table = Table::new("t", "").text("rule", ["sgd", "momentum"]).float("lr", [0.1, 12.5]);
        assert_eq!(text(&table), "rule        lr\nsgd        0.1\nmomentum  12.5\n");
    }
}
