//! Whether downloads are verified.

/// Whether the content of a file must be that of the published one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verify {
    /// It must: its SHA-256, or that of its unpacked content, is compared.
    #[default]
    Published,
    /// Any content is accepted, for data sets of one's own in the same format.
    Nothing,
}
