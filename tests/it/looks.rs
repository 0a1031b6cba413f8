//! The pages have the colours of the library's charts.

use gradus::figure::{COLORS, Color, Rgb};
use std::fs;
use std::path::Path;

fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// The colours as the demo's style sheet names them, on one line.
fn line(shade: fn(&Color) -> Rgb) -> String {
    let colors: Vec<String> =
        COLORS.iter().enumerate().map(|(i, color)| format!("--c{i}: {};", hex(shade(color)))).collect();
    format!("  {}\n", colors.join(" "))
}

#[test]
fn the_demo_has_the_colours_of_the_charts_in_both_themes() {
    let style = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/page/style.css");
    let style = fs::read_to_string(style).unwrap();
    for expected in [line(|color| color.light), line(|color| color.dark)] {
        assert_eq!(
            style.matches(&expected).count(),
            1,
            "demo/page/style.css should have the line\n{expected}"
        );
    }
}

/// The numbers of seeds, rounds and so on, as captions write them.
fn counts(caption: &str) -> bool {
    let words: Vec<&str> =
        caption.split_whitespace().filter(|word| !["the", "paired"].contains(word)).collect();
    let number = |word: &str| ["ten", "twenty", "five"].contains(&word) || word.parse::<usize>().is_ok();
    let things = ["seeds", "rounds", "pairs", "problems"];
    let thing = |word: &str| things.contains(&word.trim_end_matches([';', ',', '.', ':']));
    words.windows(2).any(|pair| thing(pair[1]) && (number(pair[0]) || pair[0] == "over"))
}

#[test]
fn captions_of_studies_say_what_a_band_or_a_whisker_is_and_over_how_many_seeds() {
    let mut checked = 0;
    let studies = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("results")).unwrap();
    for study in studies.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for file in fs::read_dir(study).unwrap().map(|entry| entry.unwrap().path()) {
            if file.extension().is_none_or(|ending| ending != "svg") {
                continue;
            }
            let drawing = fs::read_to_string(&file).unwrap();
            // The opacity of a band, and the line of a whisker.
            let whisker = "stroke=\"#212124\" stroke-width=\"13\"";
            if !drawing.contains("opacity=\"0.17\"") && !drawing.contains(whisker) {
                continue;
            }
            let caption = drawing.split("<desc>").nth(1).and_then(|rest| rest.split("</desc>").next());
            let caption = caption.unwrap_or_default();
            let kinds = ["quartile", "interval", "range"];
            assert!(kinds.iter().any(|kind| caption.contains(kind)), "{}: {caption}", file.display());
            assert!(counts(caption), "{}: {caption}", file.display());
            checked += 1;
        }
    }
    assert!(checked > 15, "{checked}");
}
