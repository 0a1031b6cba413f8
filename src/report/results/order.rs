//! The order in which studies are shown.

use crate::report::manifest::{Entry, Manifest};

/// Returns the studies in the order of their notebooks.
pub(super) fn in_order(manifest: &Manifest) -> Vec<(&String, &Entry)> {
    let mut studies: Vec<(&String, &Entry)> = manifest.studies.iter().collect();
    studies.sort_by(|a, b| (&a.1.notebook, a.0).cmp(&(&b.1.notebook, b.0)));
    studies
}
