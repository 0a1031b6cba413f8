//! `gradus demo`: serves the demo page on this machine.

use super::session::{Outcome, Session};
use crate::cli::numbers;
use crate::cli::project::Project;
use crate::error::Error;
use anyhow::Context;
use clap::Args;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Serves the demo page: the linear classifier in the plane, and the race of optimizers
///
/// The page is one file, target/demo/gradus-demo.html, which `make demo` builds. A browser can also open it
/// from the disk. It is served to this machine only, on the loopback address, until Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus demo
  gradus demo --port 0")]
pub struct Demo {
    /// The port, from 0 (any that is free) to 65535
    #[arg(
        long,
        value_name = "N",
        default_value_t = 8642,
        value_parser = numbers::whole::<u16>,
        allow_hyphen_values = true
    )]
    port: u16,
}

/// The time that a browser has to send its request.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest number of lines and bytes of a request that are read.
const MOST_LINES: usize = 200;
const MOST_BYTES: u64 = 64 << 10;

impl Demo {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let path = page_of(&session.project()?);
        let page = fs::read(&path).map_err(|error| missing(&path, error))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).with_context(|| {
            format!(
                "cannot serve on port {} of 127.0.0.1, which may be taken: choose another, or any that is \
                 free with --port 0",
                self.port
            )
        })?;
        writeln!(
            session.out,
            "http://{}/ shows {}; Ctrl-C ends it",
            listener.local_addr()?,
            Project::shown(&path)
        )?;
        session.out.flush()?;
        for stream in listener.incoming() {
            // The server continues if a browser closes the connection early.
            let _ = stream.and_then(|stream| answer(&stream, &page));
        }
        Ok(Outcome::Done)
    }
}

/// The file in which `make demo` writes the page.
fn page_of(project: &Project) -> PathBuf {
    project.root.join("target/demo/gradus-demo.html")
}

fn missing(path: &Path, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::NotFound => Error::Unsupported {
            what: format!("the demo page is not built yet ({} is missing)", Project::shown(path)),
            remedy: "build it with 'make demo'",
        },
        _ => Error::io("read", path, error),
    }
}

/// Reads a request, and answers with the page or with an error.
fn answer(stream: &TcpStream, page: &[u8]) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream.take(MOST_BYTES)).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // The request is read to its last, empty line: closing earlier would reset the connection.
    for line in lines.take(MOST_LINES) {
        if line?.is_empty() {
            break;
        }
    }
    let (status, kind, body) = response(&request, page);
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\nConnection: \
         close\r\n\r\n",
        body.len()
    )?;
    if !request.starts_with("HEAD ") {
        stream.write_all(body)?;
    }
    stream.flush()
}

/// Returns status, type and body for the first line of a request.
fn response<'a>(request: &str, page: &'a [u8]) -> (&'static str, &'static str, &'a [u8]) {
    let mut words = request.split(' ');
    match (words.next(), words.next().map(|target| target.split('?').next().unwrap_or_default())) {
        (Some("GET" | "HEAD"), Some("/" | "/index.html" | "/gradus-demo.html")) => {
            ("200 OK", "text/html", page)
        }
        (Some("GET" | "HEAD"), Some(_)) => {
            ("404 Not Found", "text/plain", b"There is only one page here, at /\n")
        }
        _ => ("405 Method Not Allowed", "text/plain", b"This can only be read\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_page_and_it_can_only_be_read() {
        let status = |request: &str| response(request, b"page").0;
        assert_eq!(response("GET / HTTP/1.1", b"page"), ("200 OK", "text/html", &b"page"[..]));
        assert_eq!(status("GET /?from=here HTTP/1.1"), "200 OK");
        assert_eq!(status("GET /../Cargo.toml HTTP/1.1"), "404 Not Found");
        assert_eq!(status("POST / HTTP/1.1"), "405 Method Not Allowed");
        assert_eq!(status(""), "405 Method Not Allowed");
    }
}
