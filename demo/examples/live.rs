//! The native answers to the questions that the site's live figures ask, for the browser tests: each line of
//! the standard input is a question, each line of the output its answer.

use std::io::{self, BufRead};

fn main() {
    for question in io::stdin().lock().lines() {
        let question = question.expect("readable input");
        match gradus_demo::live::answer(&question) {
            Ok(answer) => println!("{answer}"),
            Err(sentence) => panic!("{question}: {sentence}"),
        }
    }
}
