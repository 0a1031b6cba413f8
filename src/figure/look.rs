//! How series look: their colours, dashes and markers, in figures, pages and the demo alike.
//!
//! The table of optimizers stands here and nowhere else. Two optimizers differ in colour, also to
//! colour-blind readers and on dark paper, or in both their dashes and their markers, which a gray print
//! shows. The tests measure this.

/// A colour: red, green and blue.
pub type Rgb = (u8, u8, u8);

/// A colour of series, in the shade for light paper and in the one for dark paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    /// The shade on light paper.
    pub light: Rgb,
    /// The shade on dark paper.
    pub dark: Rgb,
}

/// The colours of series. Lines in them have a contrast of at least 3 with the paper. The last one, a gray,
/// is for optimizers that the table does not know.
pub const COLORS: [Color; 9] = [
    Color { light: (0x14, 0x63, 0xf8), dark: (0x74, 0xbd, 0xff) },
    Color { light: (0xa3, 0x4e, 0x10), dark: (0xfe, 0x86, 0x26) },
    Color { light: (0x28, 0x7b, 0x6e), dark: (0x3d, 0xba, 0xb6) },
    Color { light: (0xf0, 0x34, 0x8b), dark: (0xfc, 0x63, 0x9c) },
    Color { light: (0xb9, 0x89, 0x52), dark: (0xf1, 0xe0, 0xb0) },
    Color { light: (0x48, 0x9b, 0xbc), dark: (0xbb, 0xf6, 0xfe) },
    Color { light: (0x75, 0x1c, 0x83), dark: (0xa6, 0x60, 0xf7) },
    Color { light: (0x6e, 0x39, 0x31), dark: (0xb3, 0x7b, 0x5a) },
    Color { light: (0x5c, 0x5c, 0x64), dark: (0xb4, 0xb4, 0xbc) },
];

/// The number of colours in the cycle of series that are no optimizers.
const CYCLE: usize = COLORS.len() - 1;

/// How a line is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dash {
    /// Not at all.
    Solid,
    /// Dashes.
    Dashed,
    /// Dots.
    Dotted,
    /// Dashes and dots in turn.
    DashDot,
    /// Long dashes.
    LongDashed,
    /// A dash and two dots in turn.
    DashDotDot,
}

/// The shapes that mark points, by which series differ even without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// A disc.
    Circle,
    /// A square.
    Square,
    /// A triangle that stands on its side.
    Triangle,
    /// A square that stands on its corner.
    Diamond,
    /// A triangle that stands on its corner.
    Down,
    /// A plus sign.
    Plus,
}

/// The cycle of dashes. The last two belong to single optimizers, and are not in it.
const DASHES: [Dash; 4] = [Dash::Solid, Dash::Dashed, Dash::Dotted, Dash::DashDot];
const MARKERS: [Marker; 6] =
    [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Diamond, Marker::Down, Marker::Plus];

/// The markers in the gray of optimizers that the table does not know: not those of the green ones, whose
/// colour looks gray to some readers.
const OTHER_MARKERS: [Marker; 3] = [Marker::Circle, Marker::Down, Marker::Plus];

/// The look of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The position in [`COLORS`].
    pub color: usize,
    /// How its line is broken.
    pub dash: Dash,
    /// The shape of its points.
    pub marker: Marker,
}

/// The looks of the catalogue's optimizers, by their names in the catalogue: first those of the lecture.
const OPTIMIZERS: [(&str, usize, Dash, Marker); 34] = [
    ("sgd", 0, Dash::Solid, Marker::Circle),
    ("momentum", 1, Dash::Solid, Marker::Square),
    ("nesterov", 2, Dash::Solid, Marker::Triangle),
    ("adagrad", 4, Dash::Solid, Marker::Diamond),
    ("rmsprop", 5, Dash::Solid, Marker::Down),
    ("adam", 3, Dash::Solid, Marker::Plus),
    ("adamw", 6, Dash::Solid, Marker::Circle),
    ("lbfgs", 7, Dash::Solid, Marker::Square),
    ("newton", 5, Dash::Dashed, Marker::Square),
    ("bfgs", 2, Dash::Dashed, Marker::Diamond),
    ("cg", 4, Dash::Dashed, Marker::Circle),
    ("newton-cg", 3, Dash::Dashed, Marker::Circle),
    ("newton-shifted", 6, Dash::Dashed, Marker::Triangle),
    ("trust-region", 0, Dash::Dashed, Marker::Down),
    ("kfac", 1, Dash::Dashed, Marker::Triangle),
    ("sr1", 7, Dash::Dashed, Marker::Down),
    ("amsgrad", 3, Dash::Dotted, Marker::Square),
    ("nadam", 1, Dash::Dotted, Marker::Diamond),
    ("adamax", 6, Dash::Dotted, Marker::Plus),
    ("adadelta", 4, Dash::Dotted, Marker::Plus),
    ("lion", 0, Dash::Dotted, Marker::Plus),
    ("newton-damped", 5, Dash::Dotted, Marker::Diamond),
    ("cholesky-bfgs", 2, Dash::Dotted, Marker::Square),
    ("gauss-newton", 7, Dash::Dotted, Marker::Triangle),
    ("levenberg-marquardt", 0, Dash::DashDot, Marker::Triangle),
    ("random-search", 7, Dash::DashDot, Marker::Circle),
    ("radam", 3, Dash::DashDot, Marker::Diamond),
    ("rprop", 1, Dash::DashDot, Marker::Plus),
    ("adan", 5, Dash::DashDot, Marker::Plus),
    ("ademamix", 6, Dash::DashDot, Marker::Square),
    ("prodigy", 5, Dash::LongDashed, Marker::Circle),
    ("schedule-free-sgd", 4, Dash::DashDot, Marker::Down),
    ("schedule-free-adamw", 0, Dash::LongDashed, Marker::Square),
    ("sophia", 7, Dash::LongDashed, Marker::Diamond),
];

/// Other words for some of them, as labels write them.
const OTHER_WORDS: [(&str, &str); 8] = [
    ("gradientdescent", "sgd"),
    ("steepestdescent", "sgd"),
    ("gd", "sgd"),
    ("sgdmomentum", "momentum"),
    ("newtonline", "newton-damped"),
    ("newtonpure", "newton"),
    ("conjugategradients", "cg"),
    ("lm", "levenberg-marquardt"),
];

/// The places from which on the looks are those of optimizers, and of optimizers that the table does not
/// know. The looks of other runs of the same optimizer follow at a distance.
const KNOWN: usize = 1000;
const AGAIN: usize = 100;
const UNKNOWN: usize = 2000;

/// Returns the look at a place: that of an optimizer at a place from [`optimizer`], and otherwise the next
/// in a cycle of eight colours and six markers. The second round of colours is dashed, the third dotted.
///
/// ```
/// use gradus::figure::{Dash, look, optimizer};
/// assert_eq!(look(0).color, 0);
/// assert_eq!((look(9).color, look(9).dash), (1, Dash::Dashed));
/// assert_ne!(look(optimizer("adam")).color, look(optimizer("momentum")).color);
/// ```
pub fn look(place: usize) -> Look {
    if let Some(count) = place.checked_sub(UNKNOWN) {
        let (dash, marker) = (DASHES[3 - (count / OTHER_MARKERS.len()) % 3], OTHER_MARKERS[count % 3]);
        return Look { color: CYCLE, dash, marker };
    }
    let again = place.saturating_sub(KNOWN) / AGAIN;
    match place.checked_sub(KNOWN).and_then(|place| OPTIMIZERS.get(place % AGAIN)) {
        Some(&(_, color, dash, marker)) => Look {
            color,
            dash: if again == 0 { dash } else { DASHES[(dash as usize + again) % DASHES.len()] },
            marker: MARKERS[(marker as usize + again) % MARKERS.len()],
        },
        None => Look {
            color: place % CYCLE,
            dash: DASHES[(place / CYCLE).min(2)],
            marker: MARKERS[place % MARKERS.len()],
        },
    }
}

/// Returns the place of an optimizer of the catalogue, whose [`look`] it has in all figures. `label` is its
/// name, or begins with it, as in "momentum .9" or "L-BFGS, 10 pairs". All other labels share one gray look;
/// [`optimizers`] tells them apart.
///
/// ```
/// use gradus::figure::optimizer;
/// assert_eq!(optimizer("gradient descent, lr .1"), optimizer("sgd"));
/// assert_eq!(optimizer("Newton, shifted"), optimizer("newton-shifted"));
/// ```
pub fn optimizer(label: &str) -> usize {
    let letters =
        |word: &str| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let mut words = label.split_whitespace().map(letters);
    let first = words.next().unwrap_or_default();
    let both = first.clone() + &words.next().unwrap_or_default();
    let named = |wanted: &str| {
        let name = OTHER_WORDS.iter().find(|other| other.0 == wanted).map_or(wanted, |other| other.1);
        OPTIMIZERS.iter().position(|known| letters(known.0) == letters(name))
    };
    named(&both).or_else(|| named(&first)).map_or(UNKNOWN, |place| KNOWN + place)
}

/// Returns the places of several series by their labels, as [`optimizer`] does. Several runs of one optimizer
/// have its colour, and differ in their dashes and markers. Optimizers that the table does not know are gray,
/// and differ in the same way.
///
/// ```
/// use gradus::figure::{look, optimizer, optimizers};
/// let places = optimizers(["momentum .5", "momentum .9", "mine", "another"]);
/// assert_eq!(places[0], optimizer("momentum"));
/// assert_eq!(look(places[1]).color, look(places[0]).color);
/// assert_ne!(look(places[1]).dash, look(places[0]).dash);
/// assert_ne!(look(places[2]).marker, look(places[3]).marker);
/// ```
pub fn optimizers<'a>(labels: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
    let mut seen: Vec<usize> = Vec::new();
    for label in labels {
        let place = optimizer(label);
        let step = if place == UNKNOWN { 1 } else { AGAIN };
        let same = |other: &&usize| {
            place <= **other && **other < place + 10 * step && (**other - place).is_multiple_of(step)
        };
        seen.push(place + step * seen.iter().filter(same).count().min(9));
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimizer::catalogue::Catalogue;

    /// The papers behind charts: the card, and those of dark pages and of JupyterLab's dark theme.
    const LIGHT: [Rgb; 2] = [(255, 255, 255), (253, 253, 252)];
    const DARK: [Rgb; 2] = [(28, 28, 32), (17, 17, 17)];

    /// What a reader sees of red, green and blue light, as rows: everything, without long waves, without
    /// middle waves (Machado, Oliveira, Fernandes 2009, severity 1).
    const EYES: [[[f64; 3]; 3]; 3] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    ];

    fn linear((r, g, b): Rgb) -> [f64; 3] {
        [r, g, b].map(|v| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn times(rows: &[[f64; 3]; 3], v: [f64; 3]) -> [f64; 3] {
        rows.map(|row| row.iter().zip(v).map(|(m, v)| m * v).sum::<f64>())
    }

    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let light =
            |c| linear(c).iter().zip([0.2126, 0.7152, 0.0722]).map(|(v, share)| v * share).sum::<f64>();
        let (a, b) = (light(a) + 0.05, light(b) + 0.05);
        (a / b).max(b / a)
    }

    /// The colour in CIELAB (D65), as one of the eyes sees it.
    fn lab(color: Rgb, eye: &[[f64; 3]; 3]) -> [f64; 3] {
        const XYZ: [[f64; 3]; 3] = [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ];
        let seen = times(eye, linear(color)).map(|v| v.clamp(0.0, 1.0));
        let [x, y, z] = times(&XYZ, seen);
        let f = |t: f64| {
            if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 }
        };
        let (x, y, z) = (f(x / 0.95047), f(y), f(z / 1.08883));
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// CIEDE2000 (Sharma, Wu, Dalal 2005).
    fn difference([l1, a1, b1]: [f64; 3], [l2, a2, b2]: [f64; 3]) -> f64 {
        let seventh = |c: f64| (c.powi(7) / (c.powi(7) + 25f64.powi(7))).sqrt();
        let g = 1.5 - 0.5 * seventh((a1.hypot(b1) + a2.hypot(b2)) / 2.0);
        let (a1, a2) = (g * a1, g * a2);
        let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
        let hue = |a: f64, b: f64| b.atan2(a).to_degrees().rem_euclid(360.0);
        let (h1, h2) = (hue(a1, b1), hue(a2, b2));
        let gray = c1 * c2 == 0.0;
        let turn = if gray { 0.0 } else { (h2 - h1 + 180.0).rem_euclid(360.0) - 180.0 };
        let mean = match (h1 + h2) / 2.0 {
            _ if gray => h1 + h2,
            half if (h1 - h2).abs() <= 180.0 => half,
            half if half < 180.0 => half + 180.0,
            half => half - 180.0,
        };
        let (l, c) = ((l1 + l2) / 2.0, (c1 + c2) / 2.0);
        let cos = |degrees: f64| degrees.to_radians().cos();
        let t = 1.0 - 0.17 * cos(mean - 30.0) + 0.24 * cos(2.0 * mean) + 0.32 * cos(3.0 * mean + 6.0)
            - 0.2 * cos(4.0 * mean - 63.0);
        let far = (l - 50.0).powi(2);
        let light = (l2 - l1) / (1.0 + 0.015 * far / (20.0 + far).sqrt());
        let chroma = (c2 - c1) / (1.0 + 0.045 * c);
        let hue = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin() / (1.0 + 0.015 * c * t);
        let bend = 60.0 * (-((mean - 275.0) / 25.0).powi(2)).exp();
        let twist = -bend.to_radians().sin() * 2.0 * seventh(c);
        (light * light + chroma * chroma + hue * hue + twist * chroma * hue).sqrt()
    }

    /// The smallest difference of two colours to any eye, on light and on dark paper.
    fn apart(a: Color, b: Color) -> f64 {
        let seen = EYES.iter().flat_map(|eye| {
            [(a.light, b.light), (a.dark, b.dark)].map(|(a, b)| difference(lab(a, eye), lab(b, eye)))
        });
        seen.fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn differences_are_those_of_the_published_test_data() {
        // Pairs 1, 7, 16 and 19 of Sharma, Wu and Dalal.
        for (a, b, expected) in [
            ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
            ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
            ([50.0, 2.5, 0.0], [50.0, 3.2592, 0.335], 1.0),
            ([50.0, 2.5, 0.0], [61.0, -5.0, 29.0], 22.8977),
        ] {
            assert!((difference(a, b) - expected).abs() < 1e-4, "{a:?} {b:?}: {}", difference(a, b));
        }
    }

    #[test]
    fn every_two_colours_differ_to_every_reader() {
        for (i, &a) in COLORS[..CYCLE].iter().enumerate() {
            for (j, &b) in COLORS[..i].iter().enumerate() {
                assert!(apart(a, b) >= 14.0, "{i} and {j}: {}", apart(a, b));
            }
        }
    }

    #[test]
    fn every_colour_can_be_seen_on_its_paper() {
        for color in COLORS {
            assert!(LIGHT.iter().all(|&paper| contrast(color.light, paper) >= 3.0), "{color:?}");
            assert!(DARK.iter().all(|&paper| contrast(color.dark, paper) >= 3.0), "{color:?}");
        }
    }

    #[test]
    fn every_two_optimizers_differ_in_colour_or_in_dash_and_marker() {
        let looks = || OPTIMIZERS.iter().map(|known| (known.0, look(optimizer(known.0))));
        let unknown = (0..3).map(|i| ("unknown", look(UNKNOWN + i)));
        for (i, (a, first)) in looks().chain(unknown).enumerate() {
            for (b, second) in looks().take(i) {
                let color = apart(COLORS[first.color], COLORS[second.color]) >= 10.0;
                let shape = first.dash != second.dash && first.marker != second.marker;
                assert!(color || shape, "{a} and {b}");
            }
        }
        // Those that most figures draw differ in colour alone.
        let common = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "lbfgs"];
        let mut colors: Vec<usize> = common.iter().map(|name| look(optimizer(name)).color).collect();
        colors.sort_unstable();
        colors.dedup();
        assert_eq!(colors.len(), common.len());
    }

    #[test]
    fn runs_of_one_optimizer_share_its_colour_alone() {
        let places = optimizers(["Adam", "adam, lr .1", "AdamW", "Adam without correction", "x", "y"]);
        let looks: Vec<Look> = places.iter().map(|&place| look(place)).collect();
        assert!(looks[1].color == looks[0].color && looks[3].color == looks[0].color);
        for (i, a) in looks.iter().enumerate() {
            assert!(looks[..i].iter().all(|b| b != a), "{i}");
        }
        assert_eq!(places[2], optimizer("adamw"));
    }

    #[test]
    fn every_optimizer_of_the_catalogue_has_a_look() {
        for entry in Catalogue::built_in().iter() {
            assert_ne!(optimizer(entry.name()), UNKNOWN, "{}", entry.name());
        }
    }
}
