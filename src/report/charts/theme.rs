//! The colors of charts on dark paper.
//!
//! A document of [`svg`](super::svg) is dark on light wherever it is opened. [`adaptive`] adds a style for
//! viewers that show it as an image; the site has the same rules, from `dark.css`, in its style sheet.

use super::style::{AXIS, CARD, CARD_EDGE, CONTOUR, GRID, INK, MARK, MUTED, Rgb, THEORY};
use crate::figure::COLORS;

/// The class of a group whose colors stay, since it lies on a picture, whose colors stay as well.
pub(super) const ON_PICTURE: &str = "picture";

const NEUTRAL: [(Rgb, Rgb); 8] = [
    (CARD, (28, 28, 32)),
    (CARD_EDGE, (58, 59, 64)),
    (INK, (228, 228, 233)),
    (MUTED, (172, 172, 180)),
    (AXIS, (132, 132, 140)),
    (GRID, (48, 48, 54)),
    (THEORY, (219, 219, 224)),
    (MARK, (158, 158, 168)),
];
const DARK_CONTOUR: [Rgb; 6] =
    [(126, 138, 154), (112, 122, 137), (98, 107, 120), (85, 92, 103), (72, 78, 87), (60, 65, 72)];

/// Returns the colors of charts, each with its shade on dark paper.
fn pairs() -> impl Iterator<Item = (Rgb, Rgb)> {
    let series = COLORS.iter().map(|color| (color.light, color.dark));
    NEUTRAL.into_iter().chain(CONTOUR.into_iter().zip(DARK_CONTOUR)).chain(series)
}

/// Returns a color as six digits, as it stands in a document.
pub(super) fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Returns the rules that turn the colors of a document into those on dark paper, a line for each attribute
/// and color that the document has.
fn rules(has: impl Fn(&str) -> bool) -> String {
    let of = |(light, dark): (Rgb, Rgb)| {
        ["fill", "stroke"].map(|name| (format!("{name}=\"{}\"", hex(light)), format!("{name}:{}", hex(dark))))
    };
    pairs()
        .flat_map(of)
        .filter(|(attribute, _)| has(attribute))
        .map(|(attribute, shade)| format!("[{attribute}]:not(.{ON_PICTURE} *){{{shade}}}\n"))
        .collect()
}

/// Returns a document of [`svg`](super::svg) that is light on dark where the page that shows it, or else the
/// reader's system, is dark. Notebooks show a chart as an image, which no style of the page can reach. A
/// document with other colors is returned as it is.
pub(crate) fn adaptive(svg: &str) -> String {
    if !colors(svg).all(|color| pairs().any(|(light, _)| hex(light) == color)) {
        return svg.to_string();
    }
    let rules = rules(|attribute| svg.contains(attribute));
    let style =
        format!("</desc>\n<style>\n@media screen and (prefers-color-scheme:dark) {{\n{rules}}}\n</style>");
    svg.replacen("</desc>", &style, 1)
}

/// Returns the colors in the attributes of a document.
fn colors(svg: &str) -> impl Iterator<Item = &str> {
    let values = |name: &'static str| svg.split(name).skip(1).filter_map(|rest| rest.split('"').next());
    values("fill=\"").chain(values("stroke=\"")).filter(|value| *value != "none")
}

#[cfg(test)]
mod tests {
    use super::super::svg;
    use super::*;
    use crate::figure::{Axis, Figure, Layer, Palette, Panel};

    /// The rules that the site reads.
    const OF_THE_SITE: &str = include_str!("dark.css");

    #[test]
    fn the_site_has_the_same_rules() {
        let all = rules(|_| true);
        assert_eq!(OF_THE_SITE, all, "write this into src/report/charts/dark.css:\n{all}");
    }

    /// Every kind of layer, so that every colour of a chart is in the document.
    fn drawing() -> String {
        let line = (0..9).map(f64::from).collect::<Vec<_>>();
        let ones = vec![1.0; 9];
        let axes = || (Axis::linear("x").range(0.0, 8.0), Axis::linear("y").range(0.0, 8.0));
        let lines = (0..9).fold(Panel::new("lines", axes().0, axes().1), |panel, i| {
            panel.line(format!("run {i}"), line.clone(), line.clone(), if i == 8 { 2000 } else { i })
        });
        let lines = lines
            .theory("theory", line.clone(), ones.clone())
            .with(Layer::Band { x: line.clone(), low: line.clone(), high: ones.clone(), color: 1 })
            .with(Layer::HorizontalMark { label: "mark".into(), y: 2.0 })
            .with(Layer::Mark { label: "point".into(), x: 1.0, y: 2.0 });
        let contour = Panel::new("contour", axes().0, axes().1).contour(|x, y| x * x + y * y, 12).path(
            "path",
            line.clone(),
            line.clone(),
            3,
        );
        let names = || vec!["a".to_string(), "b".into()];
        let two = || vec![1.0, 2.0];
        let bars = Layer::Bars { labels: names(), values: two(), low: two(), high: two(), color: 4 };
        let dots = Layer::Dots {
            labels: names(),
            values: two(),
            low: two(),
            high: two(),
            targets: vec![3.0, f64::NAN],
            color: 5,
        };
        let raster = Layer::Raster {
            width: 3,
            height: 3,
            values: line.clone(),
            x: (0.0, 8.0),
            y: (0.0, 8.0),
            palette: Palette::Sequential,
            label: "quantity".into(),
        };
        let picture = Panel::new("picture", axes().0, axes().1).with(raster).with(Layer::Mark {
            label: "on it".into(),
            x: 4.0,
            y: 4.0,
        });
        let figure = Figure::new("f", "Title", "")
            .panel(lines)
            .panel(contour)
            .panel(Panel::new("bars", axes().0, Axis::linear("")).with(bars))
            .panel(Panel::new("dots", axes().0, Axis::linear("")).with(dots))
            .panel(picture);
        svg(&figure).unwrap()
    }

    #[test]
    fn every_colour_of_a_document_has_a_shade_on_dark_paper() {
        let drawing = drawing();
        let known: Vec<String> = pairs().map(|(light, _)| hex(light)).collect();
        assert!(colors(&drawing).count() > 100);
        for color in colors(&drawing) {
            assert!(known.contains(&color.to_string()), "{color}");
        }
    }

    #[test]
    fn a_document_names_the_rules_for_its_own_colours_only() {
        let adapted = adaptive(&drawing());
        assert!(adapted.contains("[fill=\"#212124\"]:not(.picture *){fill:#e4e4e9}"), "{adapted}");
        assert!(!adapted.contains("[stroke=\"#fdfdfc\"]{"));
        assert_eq!(adapted.matches("<style>").count(), 1);
        assert!(adapted.find("<style>") < adapted.find("<rect"));
    }

    #[test]
    fn a_document_in_other_colours_stays_as_it_is() {
        let other = drawing().replace("#212124", "#0072b2");
        assert_eq!(adaptive(&other), other);
    }

    #[test]
    fn what_lies_on_a_picture_keeps_its_colours() {
        let drawing = drawing();
        let group = drawing.split("<g class=\"picture\">").nth(1).expect("a group on the picture");
        assert!(group.contains("<image") && group.contains(">on it</text>"));
        assert_eq!(drawing.matches("<g class=\"picture\">").count(), 1);
    }
}
