//! The data that all sides read: written once as bare little-endian numbers, row by row.

use gradus::data::{Curves, Features};
use gradus::linalg::{DesignMatrix, slice};
use gradus::notebook::*;
use std::fs;
use std::io;
use std::path::Path;

/// Examples of the images of 784 pixels (Fashion-MNIST, or as many made up where it is not installed).
pub const IMAGES: usize = 60_000;
/// Examples of the images of 3,072 numbers, always made up: more than any cache holds.
pub const LARGE: usize = 20_480;
/// Examples a step.
pub const BATCH: usize = 128;

/// The net of W15, and its given gradients.
pub const WIDE: &str = "mlp:1000,500";
/// How many gradients W15 has.
pub const GRADIENTS: usize = 4;
/// The net of W12.
pub const CONVOLUTIONAL: &str = "conv:8,16";
/// The classifiers with a start that the sides share.
const CLASSIFIERS: [&str; 4] = ["mlp:100", "mlp:512", WIDE, CONVOLUTIONAL];
/// The autoencoders of W11, with the names of their images.
pub const AUTOENCODERS: [(&str, &str); 2] =
    [("curves", "autoencoder:400,200,100,50,25,6"), ("images", "autoencoder:1000,500,250,30")];
/// Images of an autoencoder.
const RECONSTRUCTED: usize = 8_000;

/// Features and labels of one set.
pub struct Examples<F: Real = f32> {
    /// N × D.
    pub x: DesignMatrix<F>,
    /// N classes.
    pub y: Vec<u8>,
}

/// Writes every file that a side may read, and `source.txt`, which says where the images come from.
pub fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let installed = data::by_name("fashion-mnist", 0).ok();
    let source = if installed.is_some() { "Fashion-MNIST" } else { "made-up images" };
    write_examples(folder, &installed.clone().unwrap_or_else(|| made_up(IMAGES, 784)))?;
    write_examples(folder, &made_up(LARGE, 3072))?;
    write_grey(folder, installed)?;
    for model in CLASSIFIERS.into_iter().chain(AUTOENCODERS.map(|(_, model)| model)) {
        let start = built(model).map_err(io::Error::other)?.initial(&mut rng::stream(0, "peers: net", 0));
        write_numbers(&folder.join(start_of(model)), &start)?;
    }
    let parameters = built(WIDE).map_err(io::Error::other)?.layout().len();
    let gradients = rng::normal(&mut rng::stream(0, "peers: gradients", 0), GRADIENTS * parameters, 0.01);
    write_numbers(&folder.join("gradients.f32"), &gradients)?;
    let point = rng::normal::<f64>(&mut rng::stream(0, "peers: point", 0), 7850, 0.01);
    write_doubles(&folder.join("point.f64"), &point)?;
    fs::write(folder.join("source.txt"), source)
}

/// Ten clouds that overlap, with the spread of images, as bytes.
fn made_up(rows: usize, features: usize) -> Dataset {
    let mut stream = rng::stream(0, "peers: images", features as u64);
    let centres = rng::normal::<f32>(&mut stream, 10 * features, 0.03);
    let mut x = rng::normal::<f32>(&mut stream, rows * features, 0.25)
        .into_shape_with_order((rows, features))
        .expect("as many numbers");
    let y: Vec<u8> = (0..rows).map(|i| (i % 10) as u8).collect();
    for (mut row, &class) in x.rows_mut().into_iter().zip(&y) {
        row += &centres.slice(s![usize::from(class) * features..(usize::from(class) + 1) * features]);
    }
    // Rounded to whole numbers from 0 to 255; the conversion saturates.
    let bytes = Features::Bytes(x.mapv(|x| (255.0 * (x + 0.5)).round() as u8));
    let train = data::Examples::new(bytes, y).expect("a label for each");
    let (name, classes) = ("made-up images".into(), (0..10).map(|class| class.to_string()).collect());
    Dataset { name, classes, shape: None, full_scale: 255.0, test: train.clone(), train }
}

/// Writes bytes and the mean of each column after scaling, from which the features follow, and these in f32,
/// which is what the products of the other libraries take.
fn write_examples(folder: &Path, dataset: &Dataset) -> io::Result<()> {
    let (prepared, features) = (Preprocessing::default().prepare::<f32>(dataset), dataset.features());
    let Features::Bytes(bytes) = &dataset.train.features else {
        return Err(io::Error::other(format!("{} has no bytes", dataset.name)));
    };
    let mean = Preprocessing::default().prepare::<f64>(dataset).mean;
    write_numbers(&folder.join(format!("x{features}.f32")), &*prepared.train_x)?;
    fs::write(folder.join(format!("x{features}.u8")), slice(bytes))?;
    write_doubles(&folder.join(format!("mean{features}.f64")), &mean)?;
    fs::write(folder.join(format!("y{features}.u8")), &prepared.train_y)
}

/// Writes the images of the autoencoders, scaled to \[0, 1\]: curves, and those that are installed, or other
/// curves in their place.
fn write_grey(folder: &Path, installed: Option<Dataset>) -> io::Result<()> {
    let curves = |seed| Curves { train: RECONSTRUCTED, test: 1 }.generate(seed).map_err(io::Error::other);
    let scaled = Preprocessing { subtract_mean: false, ..Preprocessing::default() };
    for (name, dataset) in [("curves", curves(0)?), ("images", installed.map_or_else(|| curves(1), Ok)?)] {
        let x = scaled.prepare::<f32>(&dataset).train_x;
        write_numbers(&folder.join(format!("{name}.f32")), &x.slice(s![..RECONSTRUCTED, ..]))?;
    }
    Ok(())
}

fn write_numbers<'a>(path: &Path, numbers: impl IntoIterator<Item = &'a f32>) -> io::Result<()> {
    fs::write(path, numbers.into_iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())
}

fn write_doubles<'a>(path: &Path, numbers: impl IntoIterator<Item = &'a f64>) -> io::Result<()> {
    fs::write(path, numbers.into_iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())
}

/// Returns the name of the file with the start of a model.
pub fn start_of(model: &str) -> String {
    format!("{}.f32", model.replace([':', ','], "-"))
}

/// Builds a model for the images from its text on the command line.
pub fn built(model: &str) -> Result<Box<dyn Model<f32>>, String> {
    Ok(ModelKind::parse(model).map_err(|error| error.to_string())?.build(784, 10, None))
}

/// Reads the examples with so many features, the first `rows` of them if there are that many. They are bytes,
/// and stay so, as those of a data set of images do.
pub fn read<F: Real>(folder: &Path, features: usize, rows: usize) -> Result<Examples<F>, String> {
    let whole = |name: String| {
        let path = folder.join(name);
        fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
    };
    let (mut y, mut bytes) = (whole(format!("y{features}.u8"))?, whole(format!("x{features}.u8"))?);
    y.truncate(rows);
    bytes.truncate(y.len() * features);
    let bytes = Array2::from_shape_vec((y.len(), features), bytes).map_err(|error| error.to_string())?;
    let mean = doubles(&folder.join(format!("mean{features}.f64")))?;
    let x = DesignMatrix::of_bytes(&bytes, 1.0 / 255.0, mean.into_iter().map(F::of).collect());
    Ok(Examples { x, y })
}

/// Reads the images of an autoencoder.
pub fn grey(folder: &Path, images: &str) -> Result<Array2<f32>, String> {
    let numbers = numbers(&folder.join(format!("{images}.f32")))?;
    Array2::from_shape_vec((numbers.len() / 784, 784), numbers).map_err(|error| error.to_string())
}

/// Reads a file of `f32`.
pub fn numbers(path: &Path) -> Result<Vec<f32>, String> {
    let bytes = fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(bytes.as_chunks::<4>().0.iter().map(|&b| f32::from_le_bytes(b)).collect())
}

/// Reads a file of `f64`.
pub fn doubles(path: &Path) -> Result<Vec<f64>, String> {
    let bytes = fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(bytes.as_chunks::<8>().0.iter().map(|&b| f64::from_le_bytes(b)).collect())
}
