//! The page to browse. Its parts are plain files, which are combined here with the data.

use super::data;
use crate::compare::suite::Comparison;
use crate::figure::{COLORS, Color, Rgb};
use crate::table::Table;

const FRAME: &str = include_str!("page/index.html");
const STYLE: &str = include_str!("page/style.css");
const SCRIPTS: [&str; 4] = [
    include_str!("page/state.js"),
    include_str!("page/table.js"),
    include_str!("page/chart.js"),
    include_str!("page/main.js"),
];

/// Returns the page with the given tables as one HTML document, which needs no network and no other file.
pub fn page(comparison: &Comparison, tables: &[Table]) -> String {
    // JSON allows `<` as an escape in strings. With it, no name can end the script element.
    let data = data::of(comparison, tables).to_string().replace('<', "\\u003c");
    let mut page = String::with_capacity(data.len() + 64_000);
    for (k, part) in FRAME.split("{{").enumerate() {
        match part.split_once("}}") {
            Some((name, rest)) if k > 0 => {
                match name {
                    "style" => page.push_str(&(colors() + STYLE)),
                    "data" => page.push_str(&data),
                    "notes" => page.push_str(&notes(comparison)),
                    _ => SCRIPTS.iter().for_each(|script| page.push_str(script)),
                }
                page.push_str(rest);
            }
            _ => page.push_str(part),
        }
    }
    page
}

/// Returns what a reader of a merged comparison must know, such as that it is partial.
fn notes(comparison: &Comparison) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let notes = comparison.origins.notes.iter();
    notes.map(|note| format!("<p class=\"card note origin\" role=\"note\">{}</p>\n", escaped(note))).collect()
}

/// Returns the colours of optimizers, `--c0` and so on, for both themes.
fn colors() -> String {
    let list = |shade: fn(&Color) -> Rgb| -> String {
        let of = |(i, color): (usize, &Color)| {
            let (r, g, b) = shade(color);
            format!("--c{i}:#{r:02x}{g:02x}{b:02x};")
        };
        COLORS.iter().enumerate().map(of).collect()
    };
    format!(":root{{{}}}\n:root[data-theme=\"dark\"]{{{}}}\n", list(|c| c.light), list(|c| c.dark))
}
