//! `gradus fetch`: downloads a data set, or an archive of a comparison.

mod archive;

use super::session::{Outcome, Session};
use crate::cli::fetch::{self, Verify};
use crate::cli::output::counted;
use crate::cli::project::Project;
use crate::data::Places;
use crate::error::Error;
use clap::Args;
use std::path::PathBuf;

/// Downloads a data set or an archive, verifies it, and puts it where the other commands look for it
///
/// A file is written as NAME.part, and renamed once its SHA-256 matches that of the published file. An
/// interrupted download is resumed the next time. Files that are in place and correct are not downloaded
/// again.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus fetch fashion-mnist
  gradus fetch cifar-10 --from ~/Downloads/cifar-10-binary.tar.gz
  gradus fetch mnist --from https://example.org/mirror/mnist/ --to /data
  gradus fetch archive standard --from https://example.org/gradus/archive/")]
pub struct Fetch {
    /// fashion-mnist, mnist or cifar-10; or the word archive
    name: String,
    /// The name of an archive of a comparison, after the word archive
    #[arg(value_name = "ARCHIVE")]
    archive: Option<String>,
    /// Source: the URL or path of a folder with files of the official names, or of one such file [default:
    /// the official servers]; of an archive, the URL or path of its folder, or of the folder above it
    #[arg(long, value_name = "URL|PATH")]
    from: Option<String>,
    /// Destination: files go into a subfolder with the name of the data set [default: $GRADUS_DATA, or else
    /// the user's data folder]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Accept files that are not the published ones, for your own data in the same format
    #[arg(long)]
    any: bool,
}

impl Fetch {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        match (self.name.as_str(), self.archive) {
            ("archive", Some(name)) => {
                return archive::fetch(&name, self.from.as_deref(), self.to.as_deref(), session);
            }
            ("archive", None) => return Err(archive::without_name().into()),
            (_, Some(other)) => return Err(archive::another_word(&other).into()),
            (_, None) => {}
        }
        let places = Places::from_env();
        let to = match self.to.as_deref().or(places.writable()) {
            Some(folder) => folder,
            None => return Err(nowhere().into()),
        };
        let verify = if self.any { Verify::Nothing } else { Verify::Published };
        let bar = fetch::progress_bar();
        let fetched = fetch::fetch(&self.name, self.from.as_deref(), to, verify, &bar);
        bar.finish_and_clear();
        let fetched = fetched?;
        for file in &fetched.files {
            writeln!(session.out, "{}", Project::shown(file))?;
        }
        let new = fetched.files.len() - fetched.already_there;
        let (new, kept) = (counted(new, "file"), counted(fetched.already_there, "file"));
        writeln!(session.out, "{new} fetched, {kept} already there")?;
        Ok(Outcome::Done)
    }
}

fn nowhere() -> Error {
    Error::Unsupported {
        what: "there is no folder for data ($GRADUS_DATA and $HOME are unset)".into(),
        remedy: "name one with --to",
    }
}
