//! The entry point of the command: turns arguments into an exit code, and errors into one sentence.

use super::definition::{Gradus, definition};
use super::session::{Outcome, Session};
use crate::cli::interrupt;
use crate::error::{Error, shown};
use crate::linalg::{check_vector_instructions, provide_threads};
use crate::optimizer::catalogue::Catalogue;
use crate::ranks::{Alone, Ranks};
use clap::FromArgMatches;
use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

/// Runs the command `gradus` with the arguments of the process.
pub fn main() -> ExitCode {
    main_with(&Catalogue::built_in())
}

/// Runs the command `gradus` with the arguments of the process and the optimizers of a catalogue, for a
/// program that adds its own optimizers.
///
/// ```no_run
/// use gradus::cli;
/// use gradus::optimizer::catalogue::{Catalogue, Entry};
/// use gradus::prelude::*;
///
/// fn main() -> std::process::ExitCode {
///     let heavy = Entry::rule("heavy", |_| Momentum::new(0.99));
///     let heavy = heavy.with_summary("momentum with little friction");
///     cli::main_with(&Catalogue::built_in().with(heavy))
/// }
/// ```
pub fn main_with(catalogue: &Catalogue) -> ExitCode {
    match prepared() {
        Err(code) => code,
        Ok(()) => ExitCode::from(run_with(env::args_os(), catalogue, &mut io::stdout().lock())),
    }
}

/// Runs `gradus train` with the arguments of the process as one of several processes that share the run. Only
/// rank 0 prints and writes files; an error is told by the lowest rank that has it.
pub fn train_among(ranks: Arc<dyn Ranks>) -> ExitCode {
    if let Err(code) = prepared() {
        return code;
    }
    let (mut nowhere, mut stdout) = (io::sink(), io::stdout().lock());
    let out: &mut dyn Write = if ranks.rank() == 0 { &mut stdout } else { &mut nowhere };
    let catalogue = Catalogue::built_in();
    let arguments: Vec<OsString> = env::args_os().collect();
    let first = arguments.iter().skip(1).find_map(|word| word.to_str());
    match first {
        Some("train" | "help" | "--help" | "-h" | "--version" | "-V") | None => {
            ExitCode::from(run_among(arguments, &catalogue, ranks, out))
        }
        Some(_) if ranks.rank() > 0 => ExitCode::from(2),
        Some(other) => {
            let sentence =
                format!("several processes share 'train' alone, not '{}': use gradus", shown(other, 40));
            ExitCode::from(complain(&sentence))
        }
    }
}

/// Sets up the process.
fn prepared() -> Result<(), ExitCode> {
    if let Err(error) = check_vector_instructions() {
        return Err(ExitCode::from(complain(&error.to_string())));
    }
    provide_threads();
    interrupt::listen();
    one_blas_thread();
    Ok(())
}

/// Runs the command `gradus` with the given arguments (the first is the program's name) and the optimizers of
/// a catalogue, writes its output to `out`, and returns the exit code. Errors go to the standard error.
///
/// ```
/// use gradus::cli;
/// use gradus::optimizer::catalogue::Catalogue;
/// let mut out = Vec::new();
/// let code = cli::run_with(["gradus", "list", "optimizers"], &Catalogue::built_in(), &mut out);
/// assert!(code == 0 && String::from_utf8_lossy(&out).contains("adam"));
/// ```
pub fn run_with<A: Into<OsString> + Clone>(
    arguments: impl IntoIterator<Item = A>,
    catalogue: &Catalogue,
    out: &mut dyn Write,
) -> u8 {
    run_among(arguments, catalogue, Arc::new(Alone), out)
}

/// Runs the command as one of several processes.
fn run_among<A: Into<OsString> + Clone>(
    arguments: impl IntoIterator<Item = A>,
    catalogue: &Catalogue,
    ranks: Arc<dyn Ranks>,
    out: &mut dyn Write,
) -> u8 {
    let definition = definition(catalogue);
    let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    let parsed = definition
        .clone()
        .try_get_matches_from(&arguments)
        .and_then(|matches| Gradus::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        // All processes have the same arguments.
        Err(error) if ranks.rank() > 0 => return if error.use_stderr() { 2 } else { 0 },
        Err(error) => {
            return match missing_value(&definition, &arguments).filter(|_| error.use_stderr()) {
                Some(sentence) => complain(&sentence),
                None => refused(&error, out),
            };
        }
    };
    let mut session = Session { out, root: arguments.root, catalogue, ranks, definition: &definition };
    let outcome = arguments.command.run(&mut session).and_then(|outcome| {
        session.out.flush()?;
        Ok(outcome)
    });
    exit_code(outcome)
}

/// The environment variables that set the number of OpenBLAS threads.
#[cfg(feature = "lapack")]
const BLAS_THREADS: [&str; 3] = ["OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"];

/// Limits OpenBLAS to one thread, unless the user chose a number: this library divides the work itself, and
/// two sets of threads would compete for the cores.
#[cfg(feature = "lapack")]
fn one_blas_thread() {
    if BLAS_THREADS.iter().all(|name| env::var_os(name).is_none()) {
        crate::linalg::set_blas_threads(1);
    }
}

#[cfg(not(feature = "lapack"))]
fn one_blas_thread() {}

fn exit_code(outcome: anyhow::Result<Outcome>) -> u8 {
    match outcome {
        _ if interrupt::heard() => interrupt::EXIT_CODE,
        Ok(Outcome::Done) => 0,
        Ok(Outcome::CheckFailed) => 1,
        Ok(Outcome::Ended(code)) => code,
        Err(error) => match error.downcast_ref::<io::Error>() {
            // The reader of the output has closed the pipe, which is no error.
            Some(closed) if closed.kind() == io::ErrorKind::BrokenPipe => 0,
            Some(error) => complain(&format!("cannot write to the standard output: {error}")),
            None if matches!(error.downcast_ref(), Some(Error::OtherRank { .. })) => 2,
            None => complain(&error.to_string()),
        },
    }
}

/// Returns a sentence about an option whose value is missing, because the next argument is another option.
/// Numbers may begin with a hyphen, so the parser takes that option for the value, and complains of what
/// follows it.
fn missing_value(definition: &clap::Command, arguments: &[OsString]) -> Option<String> {
    let mut definition = definition.clone();
    // An option can say its name only after this.
    definition.build();
    let words: Vec<&str> = arguments.iter().map(|word| word.to_str().unwrap_or_default()).collect();
    let command = definition.find_subcommand(words.iter().skip(1).find(|word| !word.starts_with('-'))?)?;
    let inner = words.iter().skip(2).find_map(|word| command.find_subcommand(word));
    let command = inner.unwrap_or(command);
    let option = |word: &str| {
        let name = word.strip_prefix("--")?;
        command.get_arguments().find(|argument| argument.get_long() == Some(name))
    };
    let (taker, _) = words.windows(2).find_map(|pair| {
        let taker = option(pair[0]).filter(|argument| argument.get_action().takes_values())?;
        Some((taker, option(pair[1])?))
    })?;
    Some(format!("a value is required for '{taker}' but none was supplied"))
}

/// Prints one sentence on stderr, and returns the exit code for it.
fn complain(sentence: &str) -> u8 {
    eprintln!("error: {}", sentence.replace('\n', " "));
    2
}

/// Writes help to `out`, in colour on a terminal, and prints an error about arguments as one sentence.
fn refused(error: &clap::Error, out: &mut dyn Write) -> u8 {
    if !error.use_stderr() {
        let help = error.render();
        let text = if io::stdout().is_terminal() { help.ansi().to_string() } else { help.to_string() };
        // It is no error if the reader closes the pipe before the end of the help.
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        return 0;
    }
    let text = error.render().to_string();
    if !text.starts_with("error: ") {
        eprint!("{text}");
        return 2;
    }
    complain(&one_sentence(&text))
}

/// Turns clap's error into one line, without the usage.
fn one_sentence(text: &str) -> String {
    let lines = text.trim_start_matches("error: ").lines().map(str::trim);
    // No value of ours begins with two hyphens, so the tip to pass such a word as a value helps nobody.
    let lines = lines.filter(|line| !line.starts_with("tip: to pass "));
    let said =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
    let sentence =
        said.filter(|line| !line.is_empty()).fold(String::new(), |sentence, line| match sentence.as_str() {
            "" => line.into(),
            begun if begun.ends_with(':') => format!("{begun} {line}"),
            begun => format!("{begun}; {line}"),
        });
    // A word of the user may be of any length.
    sentence.split(' ').map(|word| shown(word, LONGEST_WORD)).collect::<Vec<_>>().join(" ")
}

/// The most characters of a word that a sentence repeats.
const LONGEST_WORD: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        definition(&Catalogue::built_in()).debug_assert();
    }

    #[test]
    fn complaints_about_arguments_are_one_sentence() {
        let parsed = |arguments: &[&str]| definition(&Catalogue::built_in()).try_get_matches_from(arguments);
        let sentence =
            |arguments: &[&str]| one_sentence(&parsed(arguments).unwrap_err().render().to_string());
        let unknown = sentence(&["gradus", "train", "--optimiser", "sgd"]);
        assert_eq!(
            unknown,
            "unexpected argument '--optimiser' found; tip: a similar argument exists: '--optimizer'"
        );
        let strange = sentence(&["gradus", "minimize", "rosenbrock", "--sigma", "2"]);
        assert_eq!(strange, "unexpected argument '--sigma' found");
        let missing = sentence(&["gradus", "minimize"]);
        assert_eq!(missing, "the following required arguments were not provided: <PROBLEM>");
        let not_a_number = sentence(&["gradus", "train", "--lr", "fast"]);
        assert_eq!(not_a_number, "invalid value 'fast' for '--lr <X>': write a number, such as 0.02 or 1e-4");
        let endless = sentence(&["gradus", "train", "--lr", &"x".repeat(10_000)]);
        assert!(endless.len() < 300 && endless.contains("xxx…") && endless.ends_with("1e-4"), "{endless}");
    }

    #[test]
    fn an_option_in_place_of_a_value_is_named_as_a_missing_value() {
        let sentence = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            missing_value(&definition(&Catalogue::built_in()), &words)
        };
        for line in ["gradus minimize rosenbrock --lr --momentum 0.9", "gradus train --lr --optimizer adam"] {
            let expected = "a value is required for '--lr <X>' but none was supplied";
            assert_eq!(sentence(line).as_deref(), Some(expected), "{line}");
        }
        for line in ["gradus minimize rosenbrock --x0 -1,2 --json", "gradus train --json --lr 0.1", "gradus"]
        {
            assert_eq!(sentence(line), None, "{line}");
        }
    }

    #[test]
    fn a_closed_pipe_is_success_and_other_outcomes_have_their_codes() {
        let io = |kind| Err(anyhow::Error::from(io::Error::from(kind)));
        assert_eq!(exit_code(io(io::ErrorKind::BrokenPipe)), 0);
        assert_eq!(exit_code(io(io::ErrorKind::StorageFull)), 2);
        assert_eq!(
            [Outcome::Done, Outcome::CheckFailed, Outcome::Ended(7)].map(|o| exit_code(Ok(o))),
            [0, 1, 7]
        );
    }
}
