//! Whether downloads are verified.

/// Whether a file must have the published content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verify {
    /// The SHA-256 of the file, or of its unpacked content, must match.
    #[default]
    Published,
    /// Any content is accepted, for your own data sets in the same format.
    Nothing,
}
