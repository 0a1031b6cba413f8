//! Blocks of content in evcxr's protocol.

use std::io::Write;

/// The content of one MIME type.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The MIME type.
    pub mime: &'static str,
    /// The content.
    pub content: String,
}

impl Block {
    pub(super) fn new(mime: &'static str, content: impl Into<String>) -> Self {
        Block { mime, content: content.into() }
    }
}

/// Encodes blocks in evcxr's protocol.
pub fn protocol(blocks: &[Block]) -> String {
    let quoted = |content: &str| content.trim_end().replace("EVCXR_END_CONTENT", "EVCXR END CONTENT");
    blocks
        .iter()
        .map(|b| format!("EVCXR_BEGIN_CONTENT {}\n{}\nEVCXR_END_CONTENT\n", b.mime, quoted(&b.content)))
        .collect()
}

/// Prints blocks for the notebook. An error is ignored, because it means that the notebook is closed.
pub(super) fn show(blocks: &[Block]) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(protocol(blocks).as_bytes()).and_then(|()| out.flush());
}
