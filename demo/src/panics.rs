//! The message of a panic, for the page: a panic in WebAssembly is otherwise only "unreachable".

use std::cell::RefCell;

thread_local! {
    /// Apart from everything else, which is borrowed by the very call that panics.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps the message of a panic where the page can read it.
#[unsafe(no_mangle)]
pub extern "C" fn hook_panics() {
    std::panic::set_hook(Box::new(|panic| PANIC.with(|message| *message.borrow_mut() = panic.to_string())));
}

/// Where the message of the last panic begins.
#[unsafe(no_mangle)]
pub extern "C" fn panic_text() -> *const u8 {
    PANIC.with(|message| message.borrow().as_ptr())
}

/// How many bytes it has.
#[unsafe(no_mangle)]
pub extern "C" fn panic_length() -> usize {
    PANIC.with(|message| message.borrow().len())
}
