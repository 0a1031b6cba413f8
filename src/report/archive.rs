//! Archives of comparisons as folders: `archive/NAME/` with a manifest, the plan, the runs and the curves.
//!
//! | file | holds |
//! |---|---|
//! | `manifest.json` | format, version, arithmetic, machines, settings, rules; SHA-256 of the others |
//! | `plan.txt` | the plan: problems with their likeness, facts and targets; optimizers; pairs |
//! | `runs.parquet` | a row for each run, as `runs.parquet` of the comparison, with its seconds |
//! | `curves.parquet` | the curves at the best settings, losses in seven digits |

mod check;
mod folder;
mod make;
mod manifest;
mod named;
mod place;
mod rows;
mod summary;
mod weights;

pub use check::{Checked, check};
pub use folder::{read, write};
pub use make::{KEPT, of_comparison};
pub use manifest::{FILES, FileNote, MANIFEST, Manifest};
pub use named::named;
pub use place::{ARCHIVE, Archives, check_name};
pub use weights::weights;
