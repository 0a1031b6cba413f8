//! The run in a file: `--checkpoint` and `--resume`.

use super::options::Train;
use crate::error::{Error, Result};
use crate::files;
use crate::minimize::SavedRun;
use crate::train::Keeping;

impl Train {
    /// Returns the file of the run and the run to go on with. Fails now if the file could not be written, or
    /// the run is one of other data, of another model or loss.
    pub(super) fn keeping(&self, loss: &str, double: bool) -> Result<Keeping> {
        let label = format!(
            "train {} {} {loss} batch {} accumulate {} l2 {:?} l1 {:?} seed {} {}",
            self.data,
            self.model,
            self.batch.as_deref().unwrap_or("default"),
            self.accumulate,
            self.l2,
            self.l1,
            self.seed,
            if double { "f64" } else { "f32" }
        );
        if let Some(file) = &self.checkpoint {
            files::check_writable(file)?;
        }
        let resumed = self.resume.as_deref().map(SavedRun::read).transpose()?;
        if let (Some(run), Some(file)) = (&resumed, &self.resume)
            && run.label != label
        {
            let what = format!("{} is the run '{}', not '{label}'", file.display(), run.label);
            return Err(Error::Unsupported {
                what,
                remedy: "resume it with the settings that it was kept with",
            });
        }
        Ok(Keeping { label, file: self.checkpoint.clone(), resumed })
    }
}
