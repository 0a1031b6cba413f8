//! Downloads from a server on this machine that breaks off, lies, refuses, and does not know ranges.
#![cfg(feature = "fetch")]

use flate2::Compression;
use flate2::write::GzEncoder;
use gradus::cli::fetch::{DownloadError, Published, Source, Unpacked, Verify, download, fetch};
use gradus::data::{Places, by_name_in};
use gradus::error::{DataProblem, Error};
use indicatif::ProgressBar;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use tempfile::TempDir;

/// What the server does with the next request; when none is left it serves normally.
#[derive(Clone, Copy)]
enum Whim {
    /// Closes the connection after this many bytes of the body.
    BreakAfter(usize),
    /// Answers with this status and no file.
    Refuse(u16),
    /// Serves the whole file whatever range was asked for.
    IgnoreRange,
    /// Sends this many bytes too many, duly announced.
    Lengthen(usize),
}

/// A server of one content under every path, on a port of its own; it lives as long as the test's process.
struct Server {
    url: String,
    /// The range that each request asked for.
    asked: Arc<Mutex<Vec<Option<usize>>>>,
}

impl Server {
    fn new(content: Vec<u8>, whims: &[Whim]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/files", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, whims) = (asked.clone(), whims.to_vec());
        thread::spawn(move || {
            let mut whims = whims.into_iter();
            for stream in listener.incoming().flatten() {
                let range = requested_range(&stream);
                log.lock().unwrap().push(range);
                // A client that hangs up early is no fault of the server's.
                drop(answer(stream, &content, range, whims.next()));
            }
        });
        Server { url, asked }
    }

    fn asked(&self) -> Vec<Option<usize>> {
        self.asked.lock().unwrap().clone()
    }
}

fn requested_range(stream: &TcpStream) -> Option<usize> {
    let lines = BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let mut range = None;
    for line in lines {
        if let Some(first) = line.to_ascii_lowercase().strip_prefix("range: bytes=") {
            range = first.trim_end_matches('-').parse().ok();
        }
    }
    range
}

fn answer(
    mut stream: TcpStream,
    content: &[u8],
    range: Option<usize>,
    whim: Option<Whim>,
) -> std::io::Result<()> {
    let first = if matches!(whim, Some(Whim::IgnoreRange)) { 0 } else { range.unwrap_or(0) };
    let mut body = content.get(first..).unwrap_or_default().to_vec();
    let mut status = if first == 0 { "200 OK".into() } else { "206 Partial Content".into() };
    let mut extra = format!("Content-Range: bytes {first}-{}/{}\r\n", content.len() - 1, content.len());
    if first >= content.len() {
        status = String::from("416 Range Not Satisfiable");
        extra = format!("Content-Range: bytes */{}\r\n", content.len());
    }
    let mut sent = usize::MAX;
    match whim {
        Some(Whim::Refuse(code)) => (status, body) = (format!("{code} No"), b"<html>no</html>".to_vec()),
        Some(Whim::BreakAfter(bytes)) => sent = bytes,
        Some(Whim::Lengthen(bytes)) => body.extend(vec![0; bytes]),
        Some(Whim::IgnoreRange) | None => {}
    }
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{extra}Connection: close\r\n\r\n", body.len());
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body[..sent.min(body.len())])?;
    stream.flush()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file large enough that a broken connection falls into its middle, and small enough to be quick.
fn content() -> Vec<u8> {
    (0..300_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

struct Fixture {
    folder: TempDir,
    content: Vec<u8>,
    sha256: String,
}

impl Fixture {
    fn new() -> Fixture {
        let content = content();
        Fixture { folder: tempfile::tempdir().unwrap(), sha256: sha256(&content), content }
    }

    fn download(&self, server: &Server) -> Result<bool, DownloadError> {
        let file = Published {
            name: "data.bin",
            length: self.content.len() as u64,
            sha256: &self.sha256,
            unpacked: None,
        };
        let source = Source::of(&server.url, &file);
        let (path, was_there) =
            download(&source, &file, self.folder.path(), Verify::Published, &ProgressBar::hidden())?;
        assert_eq!(path, self.folder.path().join("data.bin"));
        Ok(was_there)
    }

    fn part(&self) -> std::path::PathBuf {
        self.folder.path().join("data.bin.part")
    }

    fn names(&self) -> Vec<String> {
        names(self.folder.path())
    }

    fn assert_complete(&self) {
        assert_eq!(self.names(), ["data.bin"]);
        assert_eq!(fs::read(self.folder.path().join("data.bin")).unwrap(), self.content);
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_fetched_once() {
    let fixture = Fixture::new();
    let server = Server::new(fixture.content.clone(), &[]);
    assert!(!fixture.download(&server).unwrap());
    fixture.assert_complete();
    assert!(fixture.download(&server).unwrap());
    assert_eq!(server.asked(), [None]);
}

#[test]
fn a_broken_connection_is_resumed_where_it_broke() {
    let fixture = Fixture::new();
    let server = Server::new(fixture.content.clone(), &[Whim::BreakAfter(100_000), Whim::BreakAfter(50_000)]);
    fixture.download(&server).unwrap();
    fixture.assert_complete();
    assert_eq!(server.asked(), [None, Some(100_000), Some(150_000)]);
}

#[test]
fn a_download_that_is_given_up_leaves_only_its_part_and_the_next_goes_on() {
    let fixture = Fixture::new();
    let broken = Server::new(
        fixture.content.clone(),
        &[Whim::BreakAfter(120_000), Whim::BreakAfter(0), Whim::BreakAfter(0), Whim::BreakAfter(0)],
    );
    let error = fixture.download(&broken).unwrap_err();
    assert!(matches!(error, DownloadError::Connection { kept: 120_000, .. }), "{error}");
    assert!(!error.to_string().contains('\n'), "{error}");
    assert_eq!(fixture.names(), ["data.bin.part"]);
    let server = Server::new(fixture.content.clone(), &[]);
    fixture.download(&server).unwrap();
    fixture.assert_complete();
    assert_eq!(server.asked(), [Some(120_000)]);
}

#[test]
fn a_server_without_ranges_starts_again() {
    let fixture = Fixture::new();
    fs::write(fixture.part(), &fixture.content[..77_777]).unwrap();
    let server = Server::new(fixture.content.clone(), &[Whim::IgnoreRange]);
    fixture.download(&server).unwrap();
    fixture.assert_complete();
    assert_eq!(server.asked(), [Some(77_777)]);
}

#[test]
fn a_part_of_another_file_is_thrown_away() {
    for other in [vec![7; 1000], vec![7; 300_000], vec![7; 400_000]] {
        let fixture = Fixture::new();
        fs::write(fixture.part(), &other).unwrap();
        let server = Server::new(fixture.content.clone(), &[]);
        fixture.download(&server).unwrap();
        fixture.assert_complete();
    }
}

#[test]
fn a_part_that_is_whole_needs_no_more_bytes() {
    let fixture = Fixture::new();
    fs::write(fixture.part(), &fixture.content).unwrap();
    let server = Server::new(fixture.content.clone(), &[]);
    fixture.download(&server).unwrap();
    fixture.assert_complete();
    assert_eq!(server.asked(), [Some(300_000)]);
}

#[test]
fn wrong_bytes_never_take_the_files_place() {
    let fixture = Fixture::new();
    let mut wrong = fixture.content.clone();
    wrong[150_000] ^= 1;
    let error = fixture.download(&Server::new(wrong, &[])).unwrap_err();
    let is_checksum = |e: &DownloadError| {
        matches!(e, DownloadError::Local(Error::Data { problem: DataProblem::Checksum { .. }, .. }))
    };
    assert!(is_checksum(&error), "{error}");
    assert!(
        error.to_string().contains(&fixture.sha256) && error.to_string().contains("http://127.0.0.1"),
        "{error}"
    );
    assert!(fixture.names().is_empty(), "{:?}", fixture.names());
}

#[test]
fn a_damaged_file_in_place_is_replaced() {
    let fixture = Fixture::new();
    fs::write(fixture.folder.path().join("data.bin"), b"half").unwrap();
    assert!(!fixture.download(&Server::new(fixture.content.clone(), &[])).unwrap());
    fixture.assert_complete();
}

#[test]
fn a_refusal_is_one_sentence_and_is_tried_again_only_if_it_may_pass() {
    let fixture = Fixture::new();
    let server = Server::new(fixture.content.clone(), &[Whim::Refuse(404)]);
    let error = fixture.download(&server).unwrap_err();
    assert!(matches!(error, DownloadError::Status { status: 404, .. }), "{error}");
    assert_eq!(
        error.to_string(),
        format!(
            "cannot download {}/data.bin: the server answered 404; name another place with --from",
            server.url
        )
    );
    assert_eq!(server.asked().len(), 1);
    assert!(fixture.names().is_empty());
    let server = Server::new(fixture.content.clone(), &[Whim::Refuse(503)]);
    fixture.download(&server).unwrap();
    fixture.assert_complete();
}

#[test]
fn a_file_without_end_is_not_written_to_the_disk() {
    let fixture = Fixture::new();
    let error =
        fixture.download(&Server::new(fixture.content.clone(), &[Whim::Lengthen(2_000_000)])).unwrap_err();
    assert!(matches!(error, DownloadError::TooLong { .. }), "{error}");
    assert!(fixture.names().is_empty());
}

#[test]
fn a_server_that_is_not_there_is_one_sentence() {
    let fixture = Fixture::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = Server { url: format!("http://127.0.0.1:{port}"), asked: Arc::default() };
    let error = fixture.download(&nobody).unwrap_err();
    assert!(matches!(error, DownloadError::Connection { kept: 0, .. }), "{error}");
    assert!(!error.to_string().contains('\n'), "{error}");
}

#[test]
fn a_folder_that_cannot_be_written_is_one_sentence() {
    let fixture = Fixture::new();
    let file = fixture.folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error =
        fetch("mnist", Some("/nonexistent"), &file, Verify::Published, &ProgressBar::hidden()).unwrap_err();
    assert!(error.to_string().starts_with("cannot create the folder"), "{error}");
}

#[test]
fn another_packing_of_the_same_content_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let content = content();
    let sums = (sha256(b"as published"), sha256(&content));
    let unpacked = Some(Unpacked { length: content.len() as u64, sha256: &sums.1 });
    let file = Published { name: "data.gz", length: 12, sha256: &sums.0, unpacked };
    let attempt = |name: &str, bytes: &[u8]| {
        let source = folder.path().join("source").join(name);
        fs::create_dir_all(source.parent().unwrap()).unwrap();
        fs::write(&source, bytes).unwrap();
        let source = Source::of(source.to_str().unwrap(), &file);
        let to = tempfile::tempdir().unwrap();
        download(&source, &file, to.path(), Verify::Published, &ProgressBar::hidden()).map(|(path, _)| path)
    };
    assert!(attempt("data.gz", &gz(&content)).unwrap().ends_with("data.gz"));
    assert!(attempt("data", &content).unwrap().ends_with("data"));
    assert!(attempt("data.gz", b"as published").is_ok());
    assert!(attempt("data.gz", &gz(&content[1..])).is_err());
    assert!(attempt("data", &[&content[..], b"more"].concat()).is_err());
}

fn idx(magic: u32, sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let header = std::iter::once(&magic).chain(sizes).flat_map(|word| word.to_be_bytes());
    gz(&header.chain(bytes.iter().copied()).collect::<Vec<u8>>())
}

/// Files of one's own in the format of MNIST: fetched from a folder without verification, then read.
#[test]
fn files_of_ones_own_are_fetched_and_read() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (part, count) in [("train", 5u32), ("t10k", 2)] {
        let images = idx(0x0803, &[count, 28, 28], &vec![9; count as usize * 784]);
        fs::write(from.path().join(format!("{part}-images-idx3-ubyte.gz")), images).unwrap();
        fs::write(
            from.path().join(format!("{part}-labels-idx1-ubyte.gz")),
            idx(0x0801, &[count], &vec![1; count as usize]),
        )
        .unwrap();
    }
    let origin = from.path().to_str();
    let refused = fetch("mnist", origin, to.path(), Verify::Published, &ProgressBar::hidden());
    assert!(refused.unwrap_err().to_string().contains("SHA-256"));
    assert!(names(&to.path().join("mnist")).is_empty());
    let fetched = fetch("mnist", origin, to.path(), Verify::Nothing, &ProgressBar::hidden()).unwrap();
    assert_eq!((fetched.files.len(), fetched.already_there), (4, 0));
    let places = Places { chosen: Some(to.path().into()), ..Places::default() };
    let data = by_name_in("mnist", 0, &places).unwrap();
    assert_eq!((data.train.len(), data.test.len()), (5, 2));
    // One file only.
    let one = from.path().join("t10k-labels-idx1-ubyte.gz");
    let fetched = fetch("mnist", one.to_str(), to.path(), Verify::Nothing, &ProgressBar::hidden()).unwrap();
    assert_eq!(fetched.files, [to.path().join("mnist/t10k-labels-idx1-ubyte.gz")]);
}

/// Debian's files are packed anew, yet hold the published content.
#[test]
fn the_installed_fashion_mnist_is_the_published_one() {
    let installed = "/usr/share/datasets/fashion-mnist";
    if !Path::new(installed).is_dir() {
        return println!("skipped: Fashion-MNIST is not installed");
    }
    let to = tempfile::tempdir().unwrap();
    let fetched =
        fetch("fashion-mnist", Some(installed), to.path(), Verify::Published, &ProgressBar::hidden())
            .unwrap();
    assert_eq!((fetched.files.len(), fetched.already_there), (4, 0));
    let again = fetch("fashion-mnist", Some(installed), to.path(), Verify::Published, &ProgressBar::hidden())
        .unwrap();
    assert_eq!(again.already_there, 4);
}
