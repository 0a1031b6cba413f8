//! The subcommands, one a file, and what becomes of their outcome: an exit code and at most one sentence.

mod bench;
mod claims;
mod compare;
mod completions;
mod demo;
mod doctor;
mod fetch;
mod gradcheck;
mod list;
mod minimize;
mod new;
mod notebook;
mod run;
mod train;
mod verify;

use super::interrupt;
use super::optimizer_options::add_settings;
use super::project::Project;
use crate::optimizer::catalogue::Catalogue;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Optimization for machine learning, measured: trains, minimizes, compares, and holds every claim to its
/// numbers.
#[derive(Debug, Parser)]
#[command(name = "gradus", version, max_term_width = 110, after_help = EXAMPLES)]
struct Gradus {
    /// The project's folder, with results/ and notebooks/ [default: the one around the current folder]
    #[arg(long, global = true, value_name = "DIR", display_order = 1000)]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  gradus train --data digits              trains a linear classifier on handwritten digits
  gradus minimize rosenbrock              minimizes a test function
  gradus gradcheck --model mlp:20         holds an analytic gradient against differences
  gradus list optimizers                  what there is to choose from
  gradus compare --quick --out c          compares all optimizers, equally tuned
  gradus run all                          regenerates results/
  gradus verify                           holds results/ against a fresh run

Exit codes: 0 done; 1 a check failed; 2 bad input, or the system refused; 130 interrupted.
A run that diverges is an outcome, not an error: it ends with that termination and exit code 0.";

#[derive(Debug, Subcommand)]
enum Command {
    List(list::List),
    Train(train::Train),
    Minimize(minimize::Minimize),
    Gradcheck(gradcheck::Gradcheck),
    Run(run::Run),
    Verify(verify::Verify),
    Claims(claims::Claims),
    Compare(compare::Compare),
    New(new::New),
    Bench(bench::Bench),
    Notebook(notebook::Notebook),
    Fetch(fetch::Fetch),
    Demo(demo::Demo),
    Doctor(doctor::Doctor),
    Completions(completions::Completions),
}

/// What a subcommand came to, if nothing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All is well.
    Done,
    /// A check found what it looks for; what that is has been printed.
    CheckFailed,
    /// Another program ended with this exit code, and has said why.
    Ended(u8),
}

/// What every subcommand works with.
struct Session<'a> {
    out: &'a mut dyn Write,
    root: Option<PathBuf>,
    catalogue: &'a Catalogue,
}

impl Session<'_> {
    /// Returns the project's folder, for subcommands that need one.
    fn project(&self) -> anyhow::Result<Project> {
        Ok(Project::find(self.root.as_deref(), &env::current_dir()?)?)
    }
}

impl Command {
    fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        match self {
            Command::List(command) => command.run(session),
            Command::Train(command) => command.run(session),
            Command::Minimize(command) => command.run(session),
            Command::Gradcheck(command) => command.run(session),
            Command::Run(command) => command.run(session),
            Command::Verify(command) => command.run(session),
            Command::Claims(command) => command.run(session),
            Command::Compare(command) => command.run(session),
            Command::New(command) => command.run(session),
            Command::Bench(command) => command.run(session),
            Command::Notebook(command) => command.run(session),
            Command::Fetch(command) => command.run(session),
            Command::Demo(command) => command.run(session),
            Command::Doctor(command) => command.run(session),
            Command::Completions(command) => command.run(session),
        }
    }
}

/// Runs the command `gradus` with the arguments of the process.
pub fn main() -> ExitCode {
    main_with(&Catalogue::built_in())
}

/// Runs the command `gradus` with the arguments of the process and the optimizers of a catalogue, for a program
/// that adds its own.
///
/// ```no_run
/// use gradus::cli;
/// use gradus::optimizer::catalogue::{Catalogue, Entry};
/// use gradus::prelude::*;
///
/// fn main() -> std::process::ExitCode {
///     let heavy = Entry::rule("heavy", |_| Momentum::new(0.99)).with_summary("momentum with little friction");
///     cli::main_with(&Catalogue::built_in().with(heavy))
/// }
/// ```
pub fn main_with(catalogue: &Catalogue) -> ExitCode {
    interrupt::listen();
    one_blas_thread();
    ExitCode::from(run_with(env::args_os(), catalogue, &mut io::stdout().lock()))
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
    let parsed = definition(catalogue)
        .try_get_matches_from(arguments)
        .and_then(|matches| Gradus::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => return refused(&error),
    };
    let mut session = Session { out, root: arguments.root, catalogue };
    let outcome = arguments.command.run(&mut session).and_then(|outcome| {
        session.out.flush()?;
        Ok(outcome)
    });
    exit_code(outcome)
}

/// The definition of the command: its subcommands, with an option for each setting of the catalogue.
fn definition(catalogue: &Catalogue) -> clap::Command {
    ["minimize", "train"].into_iter().fold(Gradus::command(), |command, name| {
        command.mut_subcommand(name, |subcommand| add_settings(subcommand, catalogue))
    })
}

/// The variables by which a user tells OpenBLAS how many threads to take.
#[cfg(feature = "lapack")]
const BLAS_THREADS: [&str; 3] = ["OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"];

/// Ours do the dividing, and two sets of threads fight over the cores.
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
            // Whoever read our output has seen enough.
            Some(closed) if closed.kind() == io::ErrorKind::BrokenPipe => 0,
            Some(error) => complain(&format!("cannot write to the standard output: {error}")),
            None => complain(&error.to_string()),
        },
    }
}

/// One sentence on stderr, and the exit code for it.
fn complain(sentence: &str) -> u8 {
    eprintln!("error: {}", sentence.replace('\n', " "));
    2
}

/// Prints help as it is, and a complaint about arguments as one sentence.
fn refused(error: &clap::Error) -> u8 {
    if !error.use_stderr() {
        // Help that nobody reads to its end is no error.
        let _ = error.print();
        return 0;
    }
    let text = error.render().to_string();
    if !text.starts_with("error: ") {
        eprint!("{text}");
        return 2;
    }
    complain(&one_sentence(&text))
}

/// A complaint of clap without its usage, on one line.
fn one_sentence(text: &str) -> String {
    let lines = text.trim_start_matches("error: ").lines().map(str::trim);
    let said =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
    said.filter(|line| !line.is_empty()).fold(String::new(), |sentence, line| match sentence.as_str() {
        "" => line.into(),
        begun if begun.ends_with(':') => format!("{begun} {line}"),
        begun => format!("{begun}; {line}"),
    })
}

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
        let missing = sentence(&["gradus", "minimize"]);
        assert_eq!(missing, "the following required arguments were not provided: <PROBLEM>");
        let not_a_number = sentence(&["gradus", "train", "--lr", "fast"]);
        assert_eq!(not_a_number, "invalid value 'fast' for '--lr <X>': write a number, such as 0.02 or 1e-4");
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
