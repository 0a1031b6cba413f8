//! Charts of every kind, checked as documents. With `GRADUS_PICTURES=folder` they are written there, to look
//! at.

use super::test_figures::{bars, contour, descent, grid, heat_map, learning_curves, log_log, templates};
use super::{pdf, svg};
use crate::error::Error;
use crate::figure::{Axis, Figure, Layer, Palette, Panel, Role};
use flate2::read::ZlibDecoder;
use std::io::Read;

fn drawn(figure: &Figure) -> String {
    let (svg, pdf) = (svg(figure).unwrap(), pdf(figure).unwrap());
    if let Some(folder) = std::env::var_os("GRADUS_PICTURES") {
        let path = std::path::Path::new(&folder).join(&figure.name);
        std::fs::write(path.with_extension("svg"), &svg).unwrap();
        std::fs::write(path.with_extension("pdf"), &pdf).unwrap();
    }
    well_formed(&svg);
    printable(&pdf, &svg);
    svg
}

/// Every tag closed in order, attributes quoted, no bare ampersand, no number that is none.
fn well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        assert!(!rest[..start].contains('>'), "a bare > before {}", &rest[start..]);
        let end = start + rest[start..].find('>').expect("an unclosed tag");
        let tag = &rest[start + 1..end];
        assert_eq!(tag.matches('"').count() % 2, 0, "quotes in <{tag}>");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap());
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?} left open");
    for (at, _) in svg.match_indices('&') {
        let entity = &svg[at..svg.len().min(at + 6)];
        assert!(
            ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"].iter().any(|e| entity.starts_with(e)),
            "{entity}"
        );
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf\""), "a number that is none");
    assert!(!svg.chars().any(|c| c.is_control() && c != '\n'), "a control character");
}

/// A PDF of one page as large as the SVG, with its letters embedded, and operators that are balanced and hold
/// no number that is none.
fn printable(pdf: &[u8], svg: &str) {
    assert!(pdf.starts_with(b"%PDF-1.") && pdf.ends_with(b"%%EOF"));
    let text = String::from_utf8_lossy(pdf);
    let after = |key: &str| text.rsplit_once(key).map(|(_, rest)| rest.trim_start());
    let table: usize = after("startxref")
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .expect("the table's place");
    assert!(pdf[table..].starts_with(b"xref"));
    assert!(text.contains("/Count 1") && text.matches("/Type /Page\n").count() == 1);
    let size = |name: &str| {
        svg.split_once(&format!(" {name}=\""))
            .and_then(|(_, rest)| rest.split_once('"')?.0.parse::<f64>().ok())
            .unwrap()
    };
    assert!(
        text.contains(&format!("/MediaBox [0 0 {} {}]", 0.75 * size("width"), 0.75 * size("height"))),
        "{text}"
    );
    let fonts = text.matches("/FontFile2").count();
    assert_eq!(fonts == 0, !svg.contains("<text"), "a text without its letters");
    let operators = content(pdf);
    let count = |operator: &str| {
        operators.lines().filter(|line| line.split_whitespace().next_back() == Some(operator)).count()
    };
    assert!(count("q") == count("Q") && count("BT") == count("ET") && count("cm") > 0, "{operators}");
    assert!(!operators.contains("NaN") && !operators.contains("inf"), "{operators}");
}

/// What is drawn on the page: the first stream of the file.
fn content(pdf: &[u8]) -> String {
    let start = pdf.windows(7).position(|w| w == b"stream\n").expect("a stream") + 7;
    let mut operators = Vec::new();
    ZlibDecoder::new(&pdf[start..]).read_to_end(&mut operators).unwrap();
    String::from_utf8_lossy(&operators).into_owned()
}

#[test]
fn the_marks_of_a_grid_stand_at_their_row_and_column() {
    let svg = drawn(&grid());
    // The places of the texts and of the marks, as (x, y).
    let at = |piece: &str, names: [&str; 2]| -> (f64, f64) {
        let number = |name: &str| {
            let rest = piece.split_once(&format!("{name}=\"")).expect(name).1;
            rest.split_once('"').unwrap().0.parse().unwrap()
        };
        (number(names[0]), number(names[1]))
    };
    let text = |name: &str| {
        let piece = svg.split("<text").find(|piece| piece.contains(&format!(">{name}<"))).unwrap();
        at(piece, [" x", " y"])
    };
    let marks: Vec<(f64, f64)> = svg
        .split("<circle")
        .skip(1)
        .filter(|piece| piece.contains("fill=\"#1463f8\""))
        .map(|piece| at(piece, ["cx", "cy"]))
        .collect();
    for ((row, column), mark) in [("bowl", "SGD"), ("valley", "trust-region")].into_iter().zip(marks) {
        assert!((text(row).1 - mark.1).abs() < 2.0 && (text(column).0 - mark.0).abs() < 2.0, "{svg}");
    }
    assert_eq!(svg.matches("rotate(-90 ").count(), 3);
    // In the PDF, the names of the columns run upward: their matrix has a 0 first.
    let upward = content(&pdf(&grid()).unwrap());
    assert_eq!(
        upward.lines().filter(|line| line.starts_with("0 -1 -1 0 ") && line.ends_with("Tm")).count(),
        3
    );
}

#[test]
fn every_kind_of_chart_is_a_well_formed_document() {
    for figure in [learning_curves(), contour(), templates(), log_log(), bars(), heat_map(), grid()] {
        let svg = drawn(&figure);
        assert_eq!(svg, super::svg(&figure).unwrap(), "equal figures, equal bytes");
        let document = pdf(&figure).unwrap();
        assert_eq!(document, pdf(&figure).unwrap(), "equal figures, equal bytes");
        assert!(
            svg.len() < 200_000 && document.len() < 100_000,
            "{} has {} and {} bytes",
            figure.name,
            svg.len(),
            document.len()
        );
    }
}

#[test]
fn charts_hold_what_they_should() {
    let svg = drawn(&learning_curves());
    for text in [
        ">10⁻²<",
        "↓ lower is better",
        ">Adam<",
        ">target<",
        "stroke-dasharray",
        "<title>Momentum reaches",
        "role=\"img\"",
    ] {
        assert!(svg.contains(text), "{text}");
    }
    assert_eq!(svg.matches(">Adam<").count(), 1, "the panels share one legend");
    assert_eq!(drawn(&templates()).matches("data:image/png;base64,iVBORw0KGgo").count(), 10);
    let text = String::from_utf8_lossy(&pdf(&templates()).unwrap()).into_owned();
    assert_eq!(text.matches("/Subtype /Image").count(), 10);
    let text = String::from_utf8_lossy(&pdf(&learning_curves()).unwrap()).into_owned();
    for part in
        ["+DejaVuSans", "+DejaVuSans-Bold", "/ToUnicode", "/ca 0.17", "/Title (Momentum reaches the target"]
    {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn a_line_from_the_right_to_the_left_has_its_markers_too() {
    let (x, y) = descent(0.97, 60);
    let back = |v: &[f64]| v.iter().rev().copied().collect::<Vec<f64>>();
    let markers = |turned: bool| {
        let line = |panel: Panel, place: usize| {
            let (x, y) = if turned { (back(&x), back(&y)) } else { (x.clone(), y.clone()) };
            panel.line(
                format!("{place}"),
                x,
                y.iter().map(|v| v * (1.0 + place as f64)).collect::<Vec<f64>>(),
                place,
            )
        };
        let panel = (0..2).fold(Panel::new("", Axis::linear("x"), Axis::linear("y")), line);
        drawn(&Figure::new("turned", "", "").columns(1).panel(panel)).matches("<circle").count()
    };
    assert!(markers(false) > 3);
    assert_eq!(markers(true), markers(false));
}

#[test]
fn arrows_point_along_their_axis() {
    let svg = drawn(&bars());
    assert!(svg.contains("← lower is better") && !svg.contains("↓"), "{svg}");
}

#[test]
fn names_of_categories_are_whole() {
    let names = ["W5/momentum/30000000 · torch", "W4/minimum · sklearn-newton-cg"];
    let column = |value: f64| vec![value; names.len()];
    let (labels, targets) = (names.map(String::from).to_vec(), column(1.3));
    let dots =
        Layer::Dots { labels, values: column(3.0), low: column(2.8), high: column(3.2), targets, color: 0 };
    let panel = Panel::new("", Axis::log("ratio"), Axis::linear("")).with(dots);
    let svg = drawn(&Figure::new("dots", "", "").panel(panel.clone()).panel(panel));
    assert!(names.iter().all(|name| svg.contains(name)) && !svg.contains('…'), "{svg}");
}

#[test]
fn nasty_figures_are_drawn_and_stay_well_formed() {
    let nan = f64::NAN;
    let hard: [(&[f64], &[f64]); 9] = [
        (&[], &[]),
        (&[1.0], &[1.0]),
        (&[1.0, 2.0], &[3.0, 3.0]),
        (&[nan, nan], &[nan, 1.0]),
        (&[0.0, 1.0, 2.0, 3.0], &[1.0, f64::INFINITY, nan, 2.0]),
        (&[-1e308, 1e308], &[1e308, -1e308]),
        (&[0.0, -1.0], &[0.0, -2.0]),
        (&[1e-320, 2e-320], &[5e-324, 1e-323]),
        (&[1e9, 1e9 + 1e-7], &[1e-9, 1e-9 + 1e-25]),
    ];
    for (i, (x, y)) in hard.into_iter().enumerate() {
        for (name, axis) in [("linear", Axis::linear as fn(&'static str) -> Axis), ("log", Axis::log)] {
            let panel = Panel::new(
                "a < b & \"c\" > 'd' \u{0} \u{7}",
                axis("x & <y>"),
                axis("π ≥ 3").higher_is_better(),
            )
            .line("<&>", x, y, i)
            .theory("\u{1b}", x, y)
            .path("p", x, y, 1)
            .with(Layer::Points { label: "q".into(), x: x.to_vec(), y: y.to_vec(), color: 99 })
            .with(Layer::Band {
                x: x.to_vec(),
                low: y.to_vec(),
                high: y.iter().map(|v| v * 2.0).collect(),
                color: 0,
            })
            .with(Layer::HorizontalMark {
                label: "a very long label ".repeat(20),
                y: y.first().copied().unwrap_or(nan),
            })
            .with(Layer::VerticalMark { label: "<v>".into(), x: nan })
            .with(Layer::Mark { label: "&".into(), x: 0.0, y: 0.0 })
            .with(Layer::Contour {
                x: x.to_vec(),
                y: y.to_vec(),
                z: vec![1.0; x.len() * y.len()],
                levels: vec![nan, 1.0],
            });
            drawn(
                &Figure::new(format!("nasty_{name}_{i}"), "<script>&", "caption \u{b} & <tag>").panel(panel),
            );
        }
    }
    drawn(&Figure::new("no_panels", "Nothing", ""));
    let none = Layer::Bars {
        labels: vec!["a".into(), "b".into()],
        values: vec![nan, -1.0],
        low: vec![nan, -2.0],
        high: vec![nan, nan],
        color: 3,
    };
    drawn(
        &Figure::new("bad_bars", "", "").panel(Panel::new("", Axis::log("x"), Axis::linear("")).with(none)),
    );
    drawn(&Figure::new("no_pixels", "", "").panel(Panel::image("", 0, 0, vec![], Palette::Ink)));
}

#[test]
fn columns_of_different_length_are_an_error() {
    let line =
        Layer::Line { label: "a".into(), x: vec![1.0], y: vec![1.0, 2.0], color: 0, role: Role::Measured };
    let figure =
        Figure::new("a", "", "").panel(Panel::new("", Axis::linear(""), Axis::linear("")).with(line));
    assert!(matches!(svg(&figure), Err(Error::Shape { .. })));
    assert!(matches!(pdf(&figure), Err(Error::Shape { .. })));
    let figure = Figure::new("a", "", "").panel(Panel::image("", 3, 3, vec![0.0; 8], Palette::Ink));
    assert!(matches!(svg(&figure), Err(Error::Shape { .. })));
}

#[test]
fn small_and_wide_figures_are_drawn_too() {
    let axes = || {
        (
            Axis::linear("a rather long label of an abscissa that hardly fits (µs)"),
            Axis::linear("an ordinate with a long label as well (nats per example)").lower_is_better(),
        )
    };
    let mut figure =
        Figure::new("narrow", "Eight panels in four columns, each with its own legend", "Narrow.").columns(4);
    for i in 0..8 {
        let (x, y) = descent(0.9 + 0.01 * i as f64, 30);
        let (x_axis, y_axis) = axes();
        let scaled: Vec<f64> = y.iter().map(|v| v * 10f64.powi(i - 4)).collect();
        figure = figure.panel(Panel::new(format!("λ = 10⁻{i}"), x_axis, y_axis).line(
            format!("run {i} of the series"),
            x,
            scaled,
            i as usize,
        ));
    }
    drawn(&figure);
    let lr: Vec<f64> = (0..12).map(|i| 10f64.powf(-5.0 + 0.6 * i as f64)).collect();
    let mut panel =
        Panel::new("", Axis::log("learning rate"), Axis::linear("test accuracy").higher_is_better());
    for (place, name) in ["SGD", "momentum", "Adam"].into_iter().enumerate() {
        let best = -2.5 + place as f64 * 0.7;
        let y: Vec<f64> = lr
            .iter()
            .map(|v| {
                if v.log10() > best + 1.5 {
                    f64::NAN
                } else {
                    0.85 * (-(v.log10() - best).powi(2) / 6.0).exp()
                }
            })
            .collect();
        panel = panel.line(name, lr.clone(), y, place);
    }
    let marks = [0.83, 0.835, 0.842].map(|y| Layer::HorizontalMark { label: format!("published {y}"), y });
    let panel =
        marks.into_iter().fold(panel, Panel::with).with(Layer::VerticalMark { label: "2/L".into(), x: 1.0 });
    drawn(
        &Figure::new("sensitivity", "Sensitivity to the learning rate", "Sensitivity.")
            .columns(1)
            .panel(panel),
    );
    let (x, y) = descent(0.97, 200);
    let mixed = templates().panels.swap_remove(3);
    let one = Panel::new("", Axis::linear("k"), Axis::log("loss")).line("", x, y, 0);
    drawn(&Figure::new("mixed", "An image beside a curve", "Mixed.").panel(mixed).panel(one));
}
