//! The prebuilt facade that notebook cells link against, in place of compiling `gradus` in every kernel.
//! Cells name it `gradus`; notebooks/kernel/README.md explains how.
#![allow(clippy::single_component_path_imports)]
pub use gradus::*;

/// What the kernel itself calls.
pub mod kernel {
    /// Called once, before the first cell: a panic becomes one line that a reader understands. evcxr turns
    /// backtraces on, and those of a cell show its own machinery.
    pub fn start() {
        std::panic::set_hook(Box::new(|panic| {
            let message = panic.payload_as_str().unwrap_or("(no message)");
            // The line of a cell's generated source says nothing to its reader; a line of the library does.
            match panic.location().filter(|at| at.file() != "src/lib.rs") {
                Some(at) => eprintln!("panicked: {message} ({}:{})", at.file(), at.line()),
                None => eprintln!("panicked: {message}"),
            }
        }));
    }
}
