//! The data that all sides read: written once as bare little-endian numbers, row by row.

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

/// Features and labels of one set.
pub struct Examples {
    /// N × D.
    pub x: Array2<f32>,
    /// N classes.
    pub y: Vec<u8>,
}

/// Writes every file that a side may read, and `source.txt`, which says where the images come from.
pub fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let (images, source) = match data::by_name("fashion-mnist", 0) {
        Ok(dataset) => {
            let prepared = Preprocessing::default().prepare::<f32>(&dataset);
            (Examples { x: prepared.train_x, y: prepared.train_y }, "Fashion-MNIST")
        }
        Err(_) => (made_up(IMAGES, 784), "made-up images"),
    };
    write_examples(folder, &images)?;
    write_examples(folder, &made_up(LARGE, 3072))?;
    let net = Mlp::new(784, &[100], 10).map_err(io::Error::other)?;
    let start: Array1<f32> = net.initial(&mut rng::stream(0, "peers: net", 0));
    fs::write(folder.join("net.f32"), start.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())?;
    let point = rng::normal::<f64>(&mut rng::stream(0, "peers: point", 0), 7850, 0.01);
    fs::write(folder.join("point.f64"), point.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())?;
    fs::write(folder.join("source.txt"), source)
}

/// Ten clouds that overlap, with the spread of centred images.
fn made_up(rows: usize, features: usize) -> Examples {
    let mut stream = rng::stream(0, "peers: images", features as u64);
    let centres = rng::normal::<f32>(&mut stream, 10 * features, 0.03);
    let mut x = rng::normal::<f32>(&mut stream, rows * features, 0.25)
        .into_shape_with_order((rows, features))
        .expect("as many numbers");
    let y: Vec<u8> = (0..rows).map(|i| (i % 10) as u8).collect();
    for (mut row, &class) in x.rows_mut().into_iter().zip(&y) {
        row += &centres.slice(s![usize::from(class) * features..(usize::from(class) + 1) * features]);
    }
    Examples { x, y }
}

fn write_examples(folder: &Path, examples: &Examples) -> io::Result<()> {
    let features = examples.x.ncols();
    fs::write(
        folder.join(format!("x{features}.f32")),
        examples.x.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>(),
    )?;
    fs::write(folder.join(format!("y{features}.u8")), &examples.y)
}

/// Reads the examples with so many features, the first `rows` of them if there are that many.
pub fn read(folder: &Path, features: usize, rows: usize) -> Result<Examples, String> {
    let numbers = numbers(&folder.join(format!("x{features}.f32")))?;
    let path = folder.join(format!("y{features}.u8"));
    let mut y = fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    y.truncate(rows);
    let x = Array2::from_shape_vec((y.len(), features), numbers[..y.len() * features].to_vec())
        .map_err(|error| error.to_string())?;
    Ok(Examples { x, y })
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
