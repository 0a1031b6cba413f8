//! The definition of the command line: its subcommands and options.

use super::session::{Outcome, Session};
use super::{
    archive, bench, claims, compare, completions, demo, doctor, fetch, gradcheck, list, minimize, new,
    notebook, reproduce, run, train, verify,
};
use crate::cli::optimizer_options::add_settings;
use crate::optimizer::catalogue::Catalogue;
use clap::{CommandFactory, Parser, Subcommand};
use std::path::PathBuf;

/// Measures optimization for machine learning: trains, minimizes, compares, and checks every claim against
/// its measurement.
#[derive(Debug, Parser)]
#[command(name = "gradus", version, max_term_width = 110, after_help = EXAMPLES)]
pub struct Gradus {
    /// The project's folder, with results/ and notebooks/ [default: the one around the current folder]
    #[arg(long, global = true, value_name = "DIR", display_order = 1000)]
    pub root: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  gradus train --data digits              trains a linear classifier on handwritten digits
  gradus minimize rosenbrock              minimizes a test function
  gradus gradcheck --model mlp:20         checks an analytic gradient against differences
  gradus list optimizers                  lists all optimizers
  gradus compare --quick --out c          compares all optimizers, equally tuned
  gradus reproduce --light                runs studies here, beside the committed results
  gradus run all                          regenerates results/
  gradus verify                           compares results/ with a fresh run

GRADUS_SIMD=baseline|avx2|avx512 in the environment computes with these vector instructions; the default is
the widest that this machine has.

Exit codes: 0 done; 1 a check failed; 2 bad input, or the system refused; 130 interrupted.
A run that diverges is an outcome, not an error: it ends with that termination and exit code 0.";

#[derive(Debug, Subcommand)]
pub enum Command {
    List(list::List),
    Train(train::Train),
    Minimize(minimize::Minimize),
    Gradcheck(gradcheck::Gradcheck),
    Run(run::Run),
    Reproduce(reproduce::Reproduce),
    Verify(verify::Verify),
    Claims(claims::Claims),
    Compare(compare::Compare),
    Archive(archive::Archive),
    New(new::New),
    Bench(bench::Bench),
    Notebook(notebook::Notebook),
    Fetch(fetch::Fetch),
    Demo(demo::Demo),
    Doctor(doctor::Doctor),
    Completions(completions::Completions),
}

impl Command {
    pub fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        match self {
            Command::List(command) => command.run(session),
            Command::Train(command) => command.run(session),
            Command::Minimize(command) => command.run(session),
            Command::Gradcheck(command) => command.run(session),
            Command::Run(command) => command.run(session),
            Command::Reproduce(command) => command.run(session),
            Command::Verify(command) => command.run(session),
            Command::Claims(command) => command.run(session),
            Command::Compare(command) => command.run(session),
            Command::Archive(command) => command.run(session),
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

/// Returns the definition of the command: its subcommands, with an option for each setting of the catalogue.
pub fn definition(catalogue: &Catalogue) -> clap::Command {
    ["minimize", "train"].into_iter().fold(Gradus::command(), |command, name| {
        command.mut_subcommand(name, |subcommand| add_settings(subcommand, catalogue))
    })
}
