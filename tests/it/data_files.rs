//! Data sets from files: generated ones of the official formats, and the real ones where they are installed.

use flate2::Compression;
use flate2::write::GzEncoder;
use gradus::data::{Dataset, Features, Places, Preprocessing, by_name_in, cifar};
use gradus::error::{DataProblem, Error};
use std::fs;
use std::io::Write;
use std::path::Path;
use tempfile::TempDir;

/// How the labels of the official training sets begin.
const MNIST_LABELS: [u8; 12] = [5, 0, 4, 1, 9, 2, 1, 3, 1, 4, 3, 5];
const FASHION_LABELS: [u8; 12] = [9, 0, 0, 3, 0, 2, 7, 2, 5, 5, 0, 9];

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn idx(magic: u32, sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let header = std::iter::once(&magic).chain(sizes).flat_map(|word| word.to_be_bytes());
    header.chain(bytes.iter().copied()).collect()
}

fn images(count: u32, side: u32) -> Vec<u8> {
    let pixels: Vec<u8> = (0..count * side * side).map(|i| (i % 251) as u8).collect();
    idx(0x0803, &[count, side, side], &pixels)
}

fn labels(labels: &[u8]) -> Vec<u8> {
    idx(0x0801, &[labels.len() as u32], labels)
}

/// Small files of MNIST's format, some gzipped and some not.
fn write_mnist(folder: &Path, train_labels: &[u8]) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("train-images-idx3-ubyte.gz"), gz(&images(train_labels.len() as u32, 28))).unwrap();
    fs::write(folder.join("train-labels-idx1-ubyte"), labels(train_labels)).unwrap();
    fs::write(folder.join("t10k-images-idx3-ubyte"), images(3, 28)).unwrap();
    fs::write(folder.join("t10k-labels-idx1-ubyte.gz"), gz(&labels(&[7, 2, 1]))).unwrap();
}

fn chosen(folder: &TempDir) -> Places {
    Places { chosen: Some(folder.path().into()), ..Places::default() }
}

fn load(name: &str, folder: &TempDir) -> Result<Dataset, Error> {
    by_name_in(name, 0, &chosen(folder))
}

fn problem(result: Result<Dataset, Error>) -> DataProblem {
    match result.unwrap_err() {
        Error::Data { problem, .. } => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn mnist_is_read_gzipped_or_not() {
    let folder = tempfile::tempdir().unwrap();
    write_mnist(&folder.path().join("mnist"), &MNIST_LABELS);
    let data = load("mnist", &folder).unwrap();
    assert_eq!((data.train.len(), data.test.len(), data.features()), (12, 3, 784));
    assert_eq!(data.train.labels, MNIST_LABELS);
    assert_eq!(data.test.labels, [7, 2, 1]);
    let Features::Bytes(pixels) = &data.train.features else { panic!("images are bytes") };
    assert_eq!(pixels[[1, 0]], (784 % 251) as u8);
}

#[test]
fn mnist_and_fashion_mnist_are_never_taken_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    write_mnist(&folder.path().join("mnist"), &FASHION_LABELS);
    write_mnist(&folder.path().join("fashion-mnist"), &MNIST_LABELS);
    assert_eq!(problem(load("mnist", &folder)), DataProblem::OtherDataSet { got: "fashion-mnist" });
    assert_eq!(problem(load("fashion-mnist", &folder)), DataProblem::OtherDataSet { got: "mnist" });
    // The chosen folder itself, under another name, could hold either.
    let loose = tempfile::tempdir().unwrap();
    write_mnist(loose.path(), &MNIST_LABELS);
    assert!(matches!(load("mnist", &loose), Err(Error::DataMissing { .. })));
    let named = loose.path().join("mnist");
    write_mnist(&named, &MNIST_LABELS);
    assert!(by_name_in("mnist", 0, &Places { chosen: Some(named), ..Places::default() }).is_ok());
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mnist = folder.path().join("mnist");
    write_mnist(&mnist, &MNIST_LABELS);
    fs::write(mnist.join("t10k-labels-idx1-ubyte.gz"), gz(&labels(&[7, 2]))).unwrap();
    assert_eq!(problem(load("mnist", &folder)), DataProblem::Counts { expected: 3, got: 2 });
    fs::write(mnist.join("t10k-images-idx3-ubyte"), images(2, 27)).unwrap();
    assert_eq!(problem(load("mnist", &folder)), DataProblem::ImageSize { expected: (28, 28), got: (27, 27) });
    fs::remove_file(mnist.join("t10k-images-idx3-ubyte")).unwrap();
    let message = load("mnist", &folder).unwrap_err().to_string();
    assert!(message.starts_with("cannot read") && message.contains("t10k-images"), "{message}");
}

#[test]
fn a_missing_data_set_says_where_it_was_looked_for_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let message = load("cifar-10", &folder).unwrap_err().to_string();
    assert!(message.contains(&folder.path().join("cifar-10").display().to_string()), "{message}");
    assert!(message.contains("gradus fetch cifar-10"), "{message}");
}

/// Two records a file; the label is the number of the file, and the pixels tell the channel.
fn cifar_file(which: u8) -> Vec<u8> {
    let record =
        [vec![which], vec![10 + which; 1024], vec![100 + which; 1024], vec![200 + which; 1024]].concat();
    [&record[..], &record[..]].concat()
}

fn cifar_archive(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, format!("cifar-10-batches-bin/{name}"), &content[..]).unwrap();
    }
    gz(&archive.into_inner().unwrap())
}

#[test]
fn cifar_10_is_read_from_its_archive_and_from_its_files() {
    let mut files: Vec<(&str, Vec<u8>)> = (0..6).map(|i| (cifar::BATCHES[i], cifar_file(i as u8))).collect();
    let unpacked = tempfile::tempdir().unwrap();
    let subfolder = unpacked.path().join("cifar-10/cifar-10-batches-bin");
    fs::create_dir_all(&subfolder).unwrap();
    for (name, content) in &files {
        fs::write(subfolder.join(name), content).unwrap();
    }
    // As in the official archive, the order of the files is not that of their numbers, and there are others.
    files.reverse();
    files.insert(2, ("batches.meta.txt", b"airplane\n".to_vec()));
    let packed = tempfile::tempdir().unwrap();
    fs::create_dir(packed.path().join("cifar-10")).unwrap();
    fs::write(packed.path().join("cifar-10/cifar-10-binary.tar.gz"), cifar_archive(&files)).unwrap();

    let data = load("cifar-10", &unpacked).unwrap();
    assert_eq!(data, load("cifar-10", &packed).unwrap());
    assert_eq!(data.train.labels, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    assert_eq!(data.test.labels, [5, 5]);
    let (shape, Features::Bytes(pixels)) = (data.shape.unwrap(), &data.test.features) else {
        panic!("images are bytes")
    };
    assert_eq!([0, 1, 2].map(|channel| pixels[[0, shape.index(3, 4, channel)]]), [15, 105, 205]);
}

#[test]
fn a_damaged_archive_of_cifar_10_is_refused() {
    let files: Vec<(&str, Vec<u8>)> = (0..6).map(|i| (cifar::BATCHES[i], cifar_file(i as u8))).collect();
    let read = |bytes: &[u8]| cifar::read_archive(bytes, "a".as_ref()).map(|_| ()).unwrap_err().to_string();
    let whole = cifar_archive(&files);
    assert!(cifar::read_archive(&whole[..], "a".as_ref()).is_ok());
    assert!(read(&cifar_archive(&files[1..])).contains("data_batch_1.bin is not in it"));
    assert!(read(&whole[..whole.len() / 2]).contains("damaged"), "{}", read(&whole[..whole.len() / 2]));
    // Without its last bytes, which hold the checksum, every file is there, yet the archive is not whole.
    assert!(read(&whole[..whole.len() - 6]).contains("damaged"));
    let mut short = files.clone();
    short[3].1.truncate(4000);
    assert!(
        read(&cifar_archive(&short)).contains("data_batch_4.bin: it has only 4000 bytes"),
        "{}",
        read(&cifar_archive(&short))
    );
}

/// The real Fashion-MNIST, as Debian's package installs it.
#[test]
fn fashion_mnist_is_what_its_paper_says() {
    let data = match by_name_in("fashion-mnist", 0, &Places::from_env()) {
        Err(Error::DataMissing { .. }) => return println!("skipped: Fashion-MNIST is not installed"),
        read => read.unwrap(),
    };
    assert_eq!((data.train.len(), data.test.len(), data.features()), (60_000, 10_000, 784));
    assert_eq!(data.train.class_counts(10), [6000; 10]);
    assert_eq!(data.test.class_counts(10), [1000; 10]);
    assert_eq!(data.train.labels[..10], FASHION_LABELS[..10]);
    assert_eq!(data.classes[usize::from(data.train.labels[0])], "Ankle boot");
    let Features::Bytes(pixels) = &data.train.features else { panic!("images are bytes") };
    let sum: u64 = pixels.iter().map(|&p| u64::from(p)).sum();
    // The mean that is published everywhere with the data set: 0.2860 of full scale, 72.94 of 255.
    assert!((sum as f64 / pixels.len() as f64 - 72.94).abs() < 0.005, "{}", sum as f64 / pixels.len() as f64);

    let ready = Preprocessing::default().prepare::<f32>(&data);
    assert!((ready.mean.sum() / 784.0 - 0.2860).abs() < 1e-4);
    let column_means = ready.train_x.mapv(f64::from).mean_axis(ndarray::Axis(0)).unwrap();
    assert!(column_means.iter().all(|m| m.abs() < 1e-6));
}
