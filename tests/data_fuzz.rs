//! The readers of files on damaged files: no panic, a sentence for each, and never more memory than the file
//! could fill.

use flate2::Compression;
use flate2::write::GzEncoder;
use gradus::data::{cifar, csv, idx};
use gradus::error::Result;
use gradus::rng::{self, Stream};
use rand::RngExt;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

const MUTATIONS: usize = 4000;

/// Counts, thread by thread, the bytes that are allocated now and the most there were.
struct Counting;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(change: isize) {
    let live = LIVE.get() + change;
    LIVE.set(live);
    PEAK.set(PEAK.get().max(live));
}

// SAFETY: every call goes to the system's allocator unchanged; the counters neither allocate nor panic.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize);
        count(-(layout.size() as isize));
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The result of `work`, and the most bytes that were allocated above what there was before.
fn peak_of<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = LIVE.get();
    PEAK.set(before);
    let result = work();
    (result, (PEAK.get() - before) as usize)
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// One to four faults: flipped, replaced, inserted, removed, repeated or cut bytes, half of them near the
/// beginning, where headers are.
fn mutate(stream: &mut Stream, valid: &[u8]) -> Vec<u8> {
    let mut bytes = valid.to_vec();
    for _ in 0..stream.random_range(1..=4) {
        let near = if stream.random() { bytes.len().min(32) } else { bytes.len() };
        if near == 0 {
            return bytes;
        }
        let at = stream.random_range(0..near);
        let end = (at + stream.random_range(1..=8)).min(bytes.len());
        match stream.random_range(0..8) {
            0 => bytes[at] ^= 1 << stream.random_range(0..8),
            1 => bytes[at] = stream.random(),
            2 => bytes[at..end].fill(0xff),
            3 => bytes[at..end].fill(0),
            4 => bytes.truncate(at),
            5 => drop(bytes.drain(at..end)),
            6 => bytes.insert(at, stream.random()),
            _ => bytes.extend_from_within(at..end),
        }
    }
    bytes
}

/// Reads `valid`, which must succeed, and many mutations of it, of which most must be refused.
///
/// `decoded` is the length of the uncompressed file: what a reader may allocate is some multiple of it, so a
/// header that announces gigabytes must not be believed. A mutated gzip stream can hold a little more than
/// the original.
fn fuzz(name: &str, valid: &[u8], decoded: usize, read: impl Fn(&[u8]) -> Result<()>) {
    assert!(read(valid).is_ok(), "{name}: {:?}", read(valid));
    let bound = 4 * decoded + (256 << 10);
    let mut stream = rng::stream(20, name, 0);
    let mut refused = 0;
    for mutation in 0..MUTATIONS {
        let bytes = mutate(&mut stream, valid);
        let attempt = catch_unwind(AssertUnwindSafe(|| peak_of(|| read(&bytes))));
        let (result, peak) =
            attempt.unwrap_or_else(|_| panic!("{name}: mutation {mutation} panics: {bytes:?}"));
        assert!(peak <= bound, "{name}: mutation {mutation} allocates {peak} bytes, more than {bound}");
        if let Err(error) = result {
            refused += 1;
            let sentence = error.to_string();
            assert!(!sentence.contains('\n') && sentence.len() < 400, "{name}: {sentence}");
            assert!(sentence.starts_with("mutated is not usable as"), "{name}: {sentence}");
        }
    }
    assert!(refused > MUTATIONS / 20, "{name}: only {refused} of {MUTATIONS} were refused");
}

/// Fuzzes a format both as it is and gzipped.
fn fuzz_both(name: &str, valid: &[u8], read: impl Fn(&[u8]) -> Result<()>) {
    fuzz(name, valid, valid.len(), &read);
    fuzz(&format!("{name}, gzipped"), &gz(valid), valid.len(), &read);
}

fn path() -> &'static Path {
    Path::new("mutated")
}

fn noise(len: usize, below: u8) -> Vec<u8> {
    let mut stream = rng::stream(1, "fuzz content", 0);
    (0..len).map(|_| stream.random_range(0..below)).collect()
}

#[test]
fn idx_images() {
    let header = [0x0803u32, 20, 28, 28].map(u32::to_be_bytes).concat();
    let file = [header, noise(20 * 784, 255)].concat();
    fuzz_both("IDX images", &file, |bytes| idx::read_images(bytes, path(), idx::Limits::default()).map(drop));
}

#[test]
fn idx_labels() {
    let header = [0x0801u32, 5000].map(u32::to_be_bytes).concat();
    let file = [header, noise(5000, 10)].concat();
    fuzz_both("IDX labels", &file, |bytes| {
        idx::read_labels(bytes, path(), 10, idx::Limits::default()).map(drop)
    });
}

fn cifar_file() -> Vec<u8> {
    (0..4).flat_map(|label| [vec![label], noise(3072, 255)].concat()).collect()
}

#[test]
fn cifar_batches() {
    fuzz_both("CIFAR-10 batch", &cifar_file(), |bytes| {
        let mut records = cifar::Records::default();
        let read = cifar::read_batch(bytes, path(), &mut records);
        assert!(read.is_ok() || records == cifar::Records::default(), "a refused file must add nothing");
        read
    });
}

#[test]
fn cifar_archives() {
    let mut archive = tar::Builder::new(Vec::new());
    for name in cifar::BATCHES {
        let mut header = tar::Header::new_ustar();
        header.set_size(cifar_file().len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, format!("cifar-10-batches-bin/{name}"), &cifar_file()[..]).unwrap();
    }
    fuzz_both("CIFAR-10 archive", &archive.into_inner().unwrap(), |bytes| {
        cifar::read_archive(bytes, path()).map(drop)
    });
}

#[test]
fn csv_rows() {
    let form = csv::Form { features: 64, largest: 16, classes: 10, rows: 1797 };
    let mut file = String::new();
    for row in noise(60 * 65, 10).chunks(65) {
        let fields: Vec<String> = row.iter().map(u8::to_string).collect();
        file += &(fields.join(",") + "\n");
    }
    fuzz_both("CSV", file.as_bytes(), |bytes| csv::read(bytes, path(), form).map(drop));
}

/// A small file can announce, or unpack to, far more than anyone's memory.
#[test]
fn bombs() {
    let liar = [0x0803u32, 1_000_000, 64, 64].map(u32::to_be_bytes).concat();
    let (read, peak) = peak_of(|| idx::read_images(&liar[..], path(), idx::Limits::default()));
    assert!(read.is_err() && peak < 64 << 10, "{peak}");

    let zeros = gz(&vec![0; 200 << 20]);
    let limits = idx::Limits { examples: 1000, side: 28 };
    let bomb = [gz(&[0x0803u32, 1000, 28, 28].map(u32::to_be_bytes).concat()), zeros.clone()].concat();
    let (read, peak) = peak_of(|| idx::read_images(&bomb[..], path(), limits).map(drop));
    assert!(read.unwrap_err().to_string().contains("has more than the expected"));
    assert!(peak < 4 << 20, "{peak}");

    let (read, peak) = peak_of(|| cifar::read_batch(&zeros[..], path(), &mut cifar::Records::default()));
    assert!(read.unwrap_err().to_string().contains("has more than the expected"));
    assert!(peak < 70 << 20, "{peak}");

    let form = csv::Form { features: 2, largest: 16, classes: 10, rows: 10 };
    let (read, peak) = peak_of(|| csv::read(&zeros[..], path(), form).map(drop));
    assert!(read.unwrap_err().to_string().contains("line 1: it is longer"));
    assert!(peak < 1 << 20, "{peak}");
}
