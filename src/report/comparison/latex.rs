//! Tables for papers.

use crate::report::numbers::plain;
use crate::table::{Table, Values};
use std::fmt::Write;

/// The table as LaTeX, with the rules of the package booktabs, its caption and the label `tab:NAME`. Numbers
/// stand in four significant digits. For a paper: `\usepackage{booktabs}` and `\input{ranks.tex}`.
///
/// ```
/// use gradus::{report::comparison::latex, table::Table};
/// let text = latex(&Table::new("t", "Rates").text("rule", ["a_b & c"]).float("mean_rank", [2.5e-7]));
/// assert!(
///     text.contains("rule & mean rank \\\\") && text.contains("a\\_b \\& c & $2.5\\times10^{-7}$ \\\\")
/// );
/// ```
pub fn latex(table: &Table) -> String {
    let columns = table.columns();
    let sides: String = columns
        .iter()
        .map(|column| if matches!(column.values, Values::Text(_)) { 'l' } else { 'r' })
        .collect();
    let heads: Vec<String> = columns.iter().map(|column| escaped(&column.name.replace('_', " "))).collect();
    let mut text = String::from("\\begin{table}\n  \\centering\n");
    let _ = writeln!(text, "  \\caption{{{}}}\n  \\label{{tab:{}}}", escaped(&table.caption), table.name);
    let _ = writeln!(
        text,
        "  \\begin{{tabular}}{{{sides}}}\n    \\toprule\n    {} \\\\\n    \\midrule",
        heads.join(" & ")
    );
    for row in 0..table.rows() {
        let cells: Vec<String> = columns.iter().map(|column| cell(&column.values, row)).collect();
        let _ = writeln!(text, "    {} \\\\", cells.join(" & "));
    }
    text.push_str("    \\bottomrule\n  \\end{tabular}\n\\end{table}\n");
    text
}

fn cell(values: &Values, row: usize) -> String {
    match values {
        Values::Float(v) => number(v[row]),
        Values::Integer(v) => format!("${}$", v[row]),
        Values::Text(v) => escaped(&v[row]),
    }
}

/// Returns a number in LaTeX's math mode; a dash for NaN, which means that the column does not apply.
fn number(value: f64) -> String {
    if value.is_nan() {
        return "--".into();
    }
    let text: String =
        plain(value).chars().map(|c| translated(c).map_or(c.to_string(), str::to_string)).collect();
    // Superscript digits are translated one by one: 10^{-}^{7} means 10^{-7}.
    format!("${}$", text.replace("}^{", "").replace(',', "{,}"))
}

/// Returns LaTeX's command, in math mode, for a character outside its own alphabet.
fn translated(c: char) -> Option<&'static str> {
    Some(match c {
        '−' => "-",
        '×' => "\\times",
        '∞' => "\\infty",
        '⁻' => "^{-}",
        '⁰' => "^{0}",
        '¹' => "^{1}",
        '²' => "^{2}",
        '³' => "^{3}",
        '⁴' => "^{4}",
        '⁵' => "^{5}",
        '⁶' => "^{6}",
        '⁷' => "^{7}",
        '⁸' => "^{8}",
        '⁹' => "^{9}",
        '₀' => "_{0}",
        '₁' => "_{1}",
        'α' => "\\alpha",
        'β' => "\\beta",
        'ε' => "\\varepsilon",
        'κ' => "\\kappa",
        'λ' => "\\lambda",
        'ρ' => "\\rho",
        'τ' => "\\tau",
        'χ' => "\\chi",
        '≤' => "\\le",
        '≥' => "\\ge",
        _ => return None,
    })
}

/// Escapes the characters of a text that LaTeX would interpret.
fn escaped(text: &str) -> String {
    let one = |c: char| match c {
        '\\' => "\\textbackslash{}".to_string(),
        '~' => "\\textasciitilde{}".to_string(),
        '^' => "\\textasciicircum{}".to_string(),
        '&' | '%' | '$' | '#' | '_' | '{' | '}' => format!("\\{c}"),
        '–' => "--".to_string(),
        '\n' | '\r' => " ".to_string(),
        c => translated(c).map_or(c.to_string(), |math| format!("${math}$")),
    };
    text.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_latex_would_obey_is_written_out() {
        assert_eq!(escaped("50 % of $x_1^2$ \\input{a} {#1} ~ & κ ≤ 10⁶"), {
            "50 \\% of \\$x\\_1\\textasciicircum{}2\\$ \\textbackslash{}input\\{a\\} \\{\\#1\\} \
             \\textasciitilde{} \\& $\\kappa$ $\\le$ 10$^{6}$"
        });
    }

    #[test]
    fn numbers_are_mathematics() {
        let cases = [
            (2.5e-17, "$2.5\\times10^{-17}$"),
            (-0.5, "$-0.5$"),
            (f64::INFINITY, "$\\infty$"),
            (f64::NAN, "--"),
            (12_345.0, "$12{,}345$"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }
}
