//! The page to browse: its parts are plain files, put together here with the data.

use super::data;
use crate::compare::suite::Comparison;
use crate::table::Table;

const FRAME: &str = include_str!("page/index.html");
const STYLE: &str = include_str!("page/style.css");
const SCRIPTS: [&str; 4] = [
    include_str!("page/state.js"),
    include_str!("page/table.js"),
    include_str!("page/chart.js"),
    include_str!("page/main.js"),
];

/// The page as one HTML document that needs nothing else: no network, no file beside it. Its tables are those
/// given.
pub fn page(comparison: &Comparison, tables: &[Table]) -> String {
    // A `<` inside a JSON text may be written as an escape, and then nothing in a name can end the script
    // element.
    let data = data::of(comparison, tables).to_string().replace('<', "\\u003c");
    let mut page = String::with_capacity(data.len() + 64_000);
    for (k, part) in FRAME.split("{{").enumerate() {
        match part.split_once("}}") {
            Some((name, rest)) if k > 0 => {
                match name {
                    "style" => page.push_str(STYLE),
                    "data" => page.push_str(&data),
                    _ => SCRIPTS.iter().for_each(|script| page.push_str(script)),
                }
                page.push_str(rest);
            }
            _ => page.push_str(part),
        }
    }
    page
}
