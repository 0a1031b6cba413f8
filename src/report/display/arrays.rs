//! Arrays in a notebook, as NumPy prints them.

use super::block::Block;
use super::shown::Shown;
use ndarray::{ArrayBase, ArrayRef, ArrayViewD, Axis, Data, Dimension};
use num_complex::Complex;

/// The number of entries above which only the ends of an array are shown, and how many of them.
const LARGE: usize = 1000;
const ENDS: usize = 3;
/// The largest number of decimals.
const DECIMALS: usize = 8;

/// A number in an array that a notebook shows.
pub trait Entry: Copy {
    /// Returns the entry as a number with decimals, if it is one: such numbers share their form.
    fn real(self) -> Option<f64> {
        None
    }

    /// Returns the entry as text.
    fn text(self) -> String;
}

macro_rules! entries {
    ($($type:ty)*) => {$(
        impl Entry for $type {
            fn text(self) -> String {
                self.to_string()
            }
        }
    )*};
}
entries!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize bool);

impl Entry for f64 {
    fn real(self) -> Option<f64> {
        Some(self)
    }

    fn text(self) -> String {
        self.to_string()
    }
}

impl Entry for f32 {
    fn real(self) -> Option<f64> {
        // Through its decimal digits: 0.1 as f32 is shown as 0.1.
        self.to_string().parse().ok()
    }

    fn text(self) -> String {
        self.to_string()
    }
}

impl<T: Entry> Entry for Complex<T> {
    fn text(self) -> String {
        let imaginary = self.im.text();
        let sign = if imaginary.starts_with('-') { "" } else { "+" };
        format!("{}{sign}{imaginary}i", self.re.text())
    }
}

impl<A: Entry, S: Data<Elem = A>, D: Dimension> Shown for ArrayBase<S, D> {
    fn to_mime(&self) -> Vec<Block> {
        vec![Block::new("text/plain", array(&self.view().into_dyn()))]
    }
}

impl<A: Entry, D: Dimension> Shown for ArrayRef<A, D> {
    fn to_mime(&self) -> Vec<Block> {
        vec![Block::new("text/plain", array(&self.view().into_dyn()))]
    }
}

/// Returns an array as text: its entries in columns, with the same number of decimals. Of an array with more
/// than 1000 entries it shows the ends of each axis, and the shape.
pub fn array<A: Entry>(array: &ArrayViewD<A>) -> String {
    let large = array.len() > LARGE;
    let mut seen = Vec::new();
    visit(array, large, &mut |entry| seen.push(entry));
    let reals: Vec<f64> = seen.iter().filter_map(|entry| entry.real()).collect();
    let form = Form::of(&reals);
    let text = |entry: A| entry.real().map_or_else(|| entry.text(), |value| form.text(value));
    let width = seen.iter().map(|&entry| text(entry).chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    write(array, large, 1, &|entry| format!("{:>width$}", text(entry)), &mut out);
    if large {
        let shape: Vec<String> = array.shape().iter().map(usize::to_string).collect();
        out.push_str(&format!("\nshape {}", shape.join(" × ")));
    }
    out
}

/// How the numbers of an array are written.
enum Form {
    Fixed(usize),
    Scientific(usize),
}

impl Form {
    /// Chooses the form in which NumPy writes these numbers.
    fn of(values: &[f64]) -> Self {
        let sizes = || values.iter().map(|v| v.abs()).filter(|&v| v > 0.0 && v.is_finite());
        let (low, high) = sizes().fold((f64::INFINITY, 0.0), |(low, high), v| (v.min(low), v.max(high)));
        let digits = |of: &dyn Fn(f64) -> String| {
            let decimals =
                |text: String| text.split('e').next().and_then(|lead| Some(lead.split_once('.')?.1.len()));
            sizes().filter_map(|v| decimals(of(v))).max().unwrap_or(0).min(DECIMALS)
        };
        if high >= 1e8 || low < 1e-4 || high > 1e3 * low {
            Form::Scientific(digits(&|v| format!("{v:e}")))
        } else {
            Form::Fixed(digits(&|v| v.to_string()).max(1))
        }
    }

    fn text(&self, value: f64) -> String {
        match *self {
            _ if !value.is_finite() => value.to_string(),
            Form::Fixed(decimals) => format!("{value:.decimals$}"),
            Form::Scientific(decimals) => format!("{value:.decimals$e}"),
        }
    }
}

/// Returns the places along an axis that are shown, with `None` for a gap.
fn places(count: usize, large: bool) -> Vec<Option<usize>> {
    if !large || count <= 2 * ENDS {
        return (0..count).map(Some).collect();
    }
    (0..ENDS).map(Some).chain([None]).chain((count - ENDS..count).map(Some)).collect()
}

/// Calls `see` for each entry that is shown.
fn visit<A: Entry>(array: &ArrayViewD<A>, large: bool, see: &mut dyn FnMut(A)) {
    match array.ndim() {
        0 => array.iter().for_each(|&entry| see(entry)),
        _ => places(array.shape()[0], large)
            .into_iter()
            .flatten()
            .for_each(|at| visit(&array.index_axis(Axis(0), at), large, see)),
    }
}

fn write<A: Entry>(
    array: &ArrayViewD<A>,
    large: bool,
    depth: usize,
    text: &dyn Fn(A) -> String,
    out: &mut String,
) {
    if array.ndim() == 0 {
        array.iter().for_each(|&entry| out.push_str(&text(entry)));
        return;
    }
    let between = if array.ndim() == 1 { " ".into() } else { format!("\n{}", " ".repeat(depth)) };
    out.push('[');
    for (number, place) in places(array.shape()[0], large).into_iter().enumerate() {
        if number > 0 {
            out.push_str(&between);
        }
        match place {
            Some(at) => write(&array.index_axis(Axis(0), at), large, depth + 1, text, out),
            None => out.push_str("..."),
        }
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, Array2, array, s};

    fn text<T: Shown>(value: &T) -> String {
        value.to_mime()[0].content.clone()
    }

    #[test]
    fn numbers_share_their_decimals_and_their_width() {
        assert_eq!(text(&array![1.0, -2.5, 10.25]), "[ 1.00 -2.50 10.25]");
        assert_eq!(text(&array![[1, 20], [-3, 4]]), "[[ 1 20]\n [-3  4]]");
        assert_eq!(text(&array![1.0, 2.0]), "[1.0 2.0]");
        assert_eq!(text(&array![0.1f32, 0.2]), "[0.1 0.2]");
    }

    #[test]
    fn wide_ranges_are_scientific_and_rounded() {
        assert_eq!(text(&array![1.0, 2.5e-7]), "[ 1.0e0 2.5e-7]");
        assert_eq!(text(&array![1.0 / 3.0]), "[0.33333333]");
        assert_eq!(text(&array![f64::NAN, f64::INFINITY, 0.0]), "[NaN inf 0.0]");
    }

    #[test]
    fn a_large_array_shows_its_ends_and_its_shape() {
        let many = Array1::from_iter((0..2000).map(f64::from));
        assert!(text(&many).ends_with("]\nshape 2000"), "{}", text(&many));
        assert_eq!(text(&many).matches("...").count(), 1);
        let matrix = Array2::<u8>::zeros((100, 50));
        assert_eq!(text(&matrix).lines().count(), 8);
        assert!(text(&matrix).ends_with("shape 100 × 50"));
    }

    #[test]
    fn views_references_and_empty_arrays_are_shown() {
        let matrix = array![[1.0, 2.0], [3.0, 4.0]];
        assert_eq!(text(&matrix.slice(s![.., 1])), "[2.0 4.0]");
        let reference: &ndarray::ArrayRef2<f64> = &matrix;
        assert_eq!(reference.to_mime()[0].content, "[[1.0 2.0]\n [3.0 4.0]]");
        assert_eq!(text(&Array1::<f64>::zeros(0)), "[]");
        assert_eq!(text(&array![Complex::new(1.0, -2.0)]), "[1-2i]");
    }
}
