//! Images of smooth curves through three random points.

use super::dataset::{Dataset, Examples, Features, ImageShape};
use crate::error::{Result, check_hyperparameter};
use crate::rng::{self, Stream};
use ndarray::Array2;
use rand::RngExt;

/// Images of curves: 28×28 grey images, each of a smooth curve through three random points. Six numbers
/// determine an image, so that an autoencoder with a code of six units can learn them. There are no classes.
///
/// The three points P₀, P₁, P₂ are independent and uniform in the unit square. The curve is the parabola
/// through them at t = 0, ½ and 1:
///
/// c(t) = (1 − t)(1 − 2t) P₀ + 4t(1 − t) P₁ + t(2t − 1) P₂, for t from 0 to 1.
///
/// It leaves the square by at most ⅛, so that the place 28·(.1 + .8 c) is always in the image. A pixel is
/// clamp(1.25 − d, 0, 1), where d is the distance of its centre from the curve in pixels: a line that is
/// 1.5 pixels wide with smooth edges. For the distance, the curve consists of 64 straight pieces. Pixels
/// are rounded to 256 levels of grey, as those of all images here; scaled, they lie in \[0, 1\].
///
/// Hinton & Salakhutdinov, "Reducing the dimensionality of data with neural networks", Science 313 (2006),
/// introduced such a data set of 20,000 images for training and 10,000 for testing, "images of curves that
/// were generated from three randomly chosen points in two dimensions". They do not publish the generator.
/// This one follows their description; its images differ from theirs, and so do the errors of a net that
/// reconstructs them.
///
/// ```
/// use gradus::data::Curves;
/// let curves = Curves { train: 50, test: 20 }.generate(0)?;
/// assert_eq!((curves.train.len(), curves.test.len(), curves.features()), (50, 20, 784));
/// assert!(curves.classes.is_empty());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Curves {
    /// The number of training images, from 1 to 1,000,000.
    pub train: usize,
    /// The number of test images, from 1 to 1,000,000.
    pub test: usize,
}

impl Default for Curves {
    /// Returns the published sizes: 20,000 images for training and 10,000 for testing.
    fn default() -> Self {
        Curves { train: 20_000, test: 10_000 }
    }
}

/// The shape of an image.
pub(super) const SHAPE: ImageShape = ImageShape::grey(28, 28);
/// The number of pixels of a side.
const SIDE: usize = 28;
/// The number of straight pieces of a curve.
const PIECES: usize = 64;
/// The distance from the curve at which a pixel is black.
const REACH: f64 = 1.25;

/// A point, as its column and its row in pixels.
type Point = [f64; 2];

impl Curves {
    /// Draws the images. The same seed gives the same images on every machine.
    ///
    /// # Errors
    /// If a size is out of range.
    pub fn generate(&self, seed: u64) -> Result<Dataset> {
        for (name, size) in [("train", self.train), ("test", self.test)] {
            check_hyperparameter(name, size as f64, "from 1 to 1,000,000", |v| (1.0..=1e6).contains(&v))?;
        }
        Ok(Dataset {
            name: "curves".into(),
            classes: Vec::new(),
            shape: Some(SHAPE),
            full_scale: 255.0,
            train: part(seed, "curves train", self.train),
            test: part(seed, "curves test", self.test),
        })
    }
}

fn part(seed: u64, purpose: &str, count: usize) -> Examples {
    let mut stream = rng::stream(seed, purpose, 0);
    let mut pixels = Vec::with_capacity(count * SHAPE.features());
    for _ in 0..count {
        pixels.extend(image(drawn(&mut stream)));
    }
    let pixels = Array2::from_shape_vec((count, SHAPE.features()), pixels).expect("784 pixels each");
    Examples { features: Features::Bytes(pixels), labels: Vec::new() }
}

/// Draws three points in the unit square.
fn drawn(stream: &mut Stream) -> [Point; 3] {
    std::array::from_fn(|_| std::array::from_fn(|_| stream.random::<f64>()))
}

/// Returns the image of the curve through three points of the unit square.
fn image(points: [Point; 3]) -> [u8; SHAPE.features()] {
    let mut nearest = [f64::INFINITY; SHAPE.features()];
    let at = |piece: usize| place(points, piece as f64 / PIECES as f64);
    let mut from = at(0);
    for piece in 1..=PIECES {
        let to = at(piece);
        approach([from, to], &mut nearest);
        from = to;
    }
    nearest.map(|squared| (255.0 * (REACH - squared.sqrt()).clamp(0.0, 1.0)).round() as u8)
}

/// Returns the place of c(t) in pixels.
fn place(points: [Point; 3], t: f64) -> Point {
    let weights = [(1.0 - t) * (1.0 - 2.0 * t), 4.0 * t * (1.0 - t), t * (2.0 * t - 1.0)];
    let coordinate = |axis: usize| (0..3).map(|i| weights[i] * points[i][axis]).sum::<f64>();
    [0, 1].map(|axis| SIDE as f64 * (0.1 + 0.8 * coordinate(axis)))
}

/// Lowers the squared distances of the pixels near a straight piece to those from this piece.
fn approach([from, to]: [Point; 2], nearest: &mut [f64; SHAPE.features()]) {
    let along = [to[0] - from[0], to[1] - from[1]];
    let length = along[0] * along[0] + along[1] * along[1];
    // The centre of pixel i is at i + ½.
    let range = |axis: usize| {
        let low = (from[axis].min(to[axis]) - REACH - 0.5).ceil().max(0.0);
        let high = (from[axis].max(to[axis]) + REACH - 0.5).floor().min(SIDE as f64 - 1.0);
        low as usize..(high + 1.0) as usize
    };
    for row in range(1) {
        for column in range(0) {
            let off = [column as f64 + 0.5 - from[0], row as f64 + 0.5 - from[1]];
            let share = (off[0] * along[0] + off[1] * along[1]) / length;
            // Two equal points give 0/0; the piece is then a point.
            let share = if share > 0.0 { share.min(1.0) } else { 0.0 };
            let left = [off[0] - share * along[0], off[1] - share * along[1]];
            let squared = left[0] * left[0] + left[1] * left[1];
            let known = &mut nearest[SHAPE.index(row, column, 0)];
            *known = known.min(squared);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixel(image: &[u8; 784], row: usize, column: usize) -> u8 {
        image[row * 28 + column]
    }

    #[test]
    fn a_straight_line_by_hand() {
        // From (.5, .5) upwards: the column 14 of the image, at the border of two pixels.
        let line = image([[0.5, 0.25], [0.5, 0.5], [0.5, 0.75]]);
        // The rows of its ends are 28·(.1 + .8·.25) = 8.4 and 19.6.
        for row in 9..19 {
            // Centres at a distance of ½ are white, and those at 1½ black.
            let seen = [12, 13, 14, 15].map(|column| pixel(&line, row, column));
            assert_eq!(seen, [0, 191, 191, 0], "row {row}");
        }
        assert!((0..7).chain(21..28).all(|row| (0..28).all(|column| pixel(&line, row, column) == 0)));
    }

    #[test]
    fn a_point_is_a_disc() {
        let disc = image([[0.5, 0.5]; 3]);
        let distance = 0.5f64.hypot(0.5);
        assert_eq!(pixel(&disc, 13, 13), (255.0 * (1.25 - distance)).round() as u8);
        assert_eq!(disc.iter().filter(|&&p| p > 0).count(), 4);
    }

    #[test]
    fn the_curve_passes_its_points_and_never_leaves_the_image() {
        let mut stream = rng::stream(1, "curves", 0);
        let corners = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
        let all = corners.iter().flat_map(|a| corners.iter().map(move |b| (*a, *b)));
        let extreme = all.flat_map(|(a, b)| corners.iter().map(move |c| [a, b, *c]));
        for points in extreme.chain((0..1000).map(|_| drawn(&mut stream))) {
            for (t, point) in [(0.0, points[0]), (0.5, points[1]), (1.0, points[2])] {
                let at = place(points, t);
                assert!((0..2).all(|axis| (at[axis] - 28.0 * (0.1 + 0.8 * point[axis])).abs() < 1e-12));
            }
            for i in 0..=100 {
                let at = place(points, f64::from(i) / 100.0);
                assert!(at.iter().all(|x| (-1e-12..=28.0 + 1e-12).contains(x)), "{points:?}: {at:?}");
            }
        }
    }

    #[test]
    fn pixels_are_grey_and_the_seed_decides() {
        let few = Curves { train: 300, test: 100 };
        let curves = few.generate(1).unwrap();
        let pixels = curves.train.features::<f64>();
        assert_eq!(pixels.iter().fold(0.0, |a: f64, &p| a.max(p)), 255.0);
        // Every image has white pixels, edges between white and black, and a black border around most of it.
        for image in pixels.rows() {
            let white = image.iter().filter(|p| **p > 180.0).count();
            let grey = image.iter().filter(|p| (1.0..180.0).contains(*p)).count();
            assert!((2..250).contains(&white) && (2..400).contains(&grey), "{white} {grey}");
        }
        let ink = pixels.mean().unwrap() / 255.0;
        assert!((0.04..0.12).contains(&ink), "{ink}");
        assert_eq!(few.generate(1).unwrap(), curves);
        assert_ne!(few.generate(2).unwrap().train, curves.train);
        assert_ne!(curves.test.features::<f64>().row(0), pixels.row(0));
        // More images continue those of a smaller set.
        let more = Curves { train: 301, test: 100 }.generate(1).unwrap().train.features::<f64>();
        assert_eq!(more.slice(ndarray::s![..300, ..]), pixels);
        assert!(Curves { train: 0, test: 1 }.generate(0).is_err());
        assert!(Curves { train: 1, test: 2_000_000 }.generate(0).is_err());
    }
}
