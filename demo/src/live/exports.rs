//! What a page calls: it makes room for a question, writes it there as UTF-8, asks, and reads the answer.

use super::answer::answer;
use std::cell::RefCell;

thread_local! {
    static QUESTION: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static ANSWER: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Makes room for a question of `length` bytes, and returns where the page writes it.
#[unsafe(no_mangle)]
pub extern "C" fn live_question(length: usize) -> *mut u8 {
    QUESTION.with(|question| {
        let mut question = question.borrow_mut();
        question.clear();
        question.resize(length, 0);
        question.as_mut_ptr()
    })
}

/// Answers the question: 1 if there is an answer, and 0 if there is a sentence why not.
#[unsafe(no_mangle)]
pub extern "C" fn live_answer() -> u32 {
    let question = QUESTION.with(|question| String::from_utf8_lossy(&question.borrow()).into_owned());
    let outcome = answer(&question);
    let answered = outcome.is_ok();
    ANSWER.with(|answer| *answer.borrow_mut() = outcome.unwrap_or_else(|sentence| sentence));
    answered.into()
}

/// Returns where the answer, or the sentence, begins, in UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn live_text() -> *const u8 {
    ANSWER.with(|answer| answer.borrow().as_ptr())
}

/// Returns how many bytes it has.
#[unsafe(no_mangle)]
pub extern "C" fn live_text_length() -> usize {
    ANSWER.with(|answer| answer.borrow().len())
}
