//! The last line: how many files, studies and numbers were compared.

use crate::cli::output::counted;
use crate::report::verify::Drift;
use std::fmt;

/// The counts in the last line.
#[derive(Debug, Default)]
pub struct Tally {
    pub files: usize,
    pub differences: usize,
    /// Columns and values that changed within their rules.
    columns: usize,
    values: usize,
    /// The studies that ran again.
    studies: usize,
    /// How many claims have the committed verdict, and how many are committed.
    verdicts: [usize; 2],
    /// The values that differ because the committed ones come from another arithmetic.
    pub elsewhere: usize,
}

impl Tally {
    /// Counts a study with what moved in it, and its verdicts: those that are the same, and all.
    pub fn add(&mut self, moved: &[(String, Drift)], [same, all]: [usize; 2]) {
        self.studies += 1;
        self.verdicts = [self.verdicts[0] + same, self.verdicts[1] + all];
        self.columns += moved.len();
        self.values += moved.iter().map(|(_, drift)| drift.values).sum::<usize>();
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.differences {
            0 => write!(f, "verified: {} as written", counted(self.files, "file"))?,
            some => f.write_str(&counted(some, "difference"))?,
        }
        match self.studies {
            0 => {}
            1 => f.write_str("; 1 study run again")?,
            some => write!(f, "; {some} studies run again")?,
        }
        let [same, all] = self.verdicts;
        if all > 0 {
            write!(f, "; {same} of {} the same", counted(all, "verdict"))?;
        }
        if self.values > 0 {
            write!(
                f,
                "; {} in {} moved within what is allowed",
                counted(self.values, "value"),
                counted(self.columns, "column")
            )?;
        }
        if self.elsewhere > 0 {
            write!(
                f,
                "; {} differ because the committed results come from another arithmetic",
                counted(self.elsewhere, "number")
            )?;
        }
        Ok(())
    }
}
