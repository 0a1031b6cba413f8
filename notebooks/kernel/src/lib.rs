//! The prebuilt facade that notebook cells link against, in place of compiling `gradus` in every kernel.
//! Cells name it `gradus`; notebooks/kernel/README.md explains how.
#![allow(clippy::single_component_path_imports)]
pub use gradus::*;

/// What the kernel itself calls.
pub mod kernel {
    use gradus::stop::interrupt;
    use std::env;
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;
    use std::panic::PanicHookInfo;
    use std::sync::{Mutex, OnceLock};
    use std::thread::{self, ThreadId};

    /// The thread that runs the cells.
    static CELLS: OnceLock<ThreadId> = OnceLock::new();

    /// The last panic: its message, and where in the library it was.
    static LAST: Mutex<Option<(String, Option<String>)>> = Mutex::new(None);

    /// Prepares the process that runs the cells: a panic becomes one line that a reader understands. evcxr turns
    /// backtraces on, and those of a cell show its own machinery. The front can ask runs to end.
    pub fn start() {
        std::panic::set_hook(Box::new(remember));
        if CELLS.set(thread::current().id()).is_ok() {
            listen();
        }
    }

    /// Listens to notebooks/kernel/front, which names its socket in the environment: a letter `1` asks the
    /// library's runs to end, and any other lets them go on. Without the front nothing is heard.
    fn listen() {
        let front = env::var_os("GRADUS_INTERRUPTS").and_then(|path| UnixStream::connect(path).ok());
        let Some(mut front) = front else { return };
        thread::spawn(move || {
            let mut letter = [0];
            while front.read_exact(&mut letter).is_ok() {
                match letter {
                    [b'1'] => interrupt::request(),
                    _ => interrupt::withdraw(),
                }
            }
        });
    }

    /// Keeps the message of a panic for [`panicked`]. Prints it if another thread panics, because the cell may go
    /// on.
    fn remember(panic: &PanicHookInfo) {
        let message = panic.payload_as_str().unwrap_or("(no message)").to_owned();
        // The line of a cell's generated source says nothing to its reader; a line of the library does.
        let place = panic.location().filter(|at| at.file() != "src/lib.rs");
        let place = place.map(|at| format!("{}:{}", at.file(), at.line()));
        if CELLS.get() != Some(&thread::current().id()) {
            let place = place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
            eprintln!("panicked: {message}{place}");
        }
        *LAST.lock().unwrap_or_else(|broken| broken.into_inner()) = Some((message, place));
    }

    /// Tells the kernel that the cell ended with a panic. `scripts/rustc_for_cells.sh` adds the call to each cell.
    pub fn panicked() {
        let last = LAST.lock().unwrap_or_else(|broken| broken.into_inner()).take();
        let (message, place) = last.unwrap_or_else(|| ("(no message)".into(), None));
        tell("panicked", &message, place.as_deref().unwrap_or_default());
    }

    /// Tells the kernel that a `?` of the cell met an error. `scripts/rustc_for_cells.sh` adds the call.
    pub fn failed(message: &str) {
        tell("error", message, "");
    }

    /// Prints a failure as a block of evcxr's protocol. notebooks/kernel/front makes an error of it.
    fn tell(kind: &str, message: &str, place: &str) {
        let fields = [("kind", kind), ("message", message), ("at", place)];
        let fields = fields.map(|(name, text)| format!("{}:{}", quoted(name), quoted(text)));
        let block = format!(
            "EVCXR_BEGIN_CONTENT application/vnd.gradus.failure+json\n{{{}}}\nEVCXR_END_CONTENT\n",
            fields.join(",")
        );
        // An error means that the notebook is closed.
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(block.as_bytes()).and_then(|()| out.flush());
    }

    /// Returns a string of JSON.
    fn quoted(text: &str) -> String {
        let mut json = String::from("\"");
        for letter in text.chars() {
            match letter {
                '"' | '\\' => json.extend(['\\', letter]),
                letter if (letter as u32) < 0x20 => json.push_str(&format!("\\u{:04x}", letter as u32)),
                letter => json.push(letter),
            }
        }
        json.push('"');
        json
    }
}
