//! `gradus completions`: what a shell needs to complete our arguments.

use super::session::{Outcome, Session};
use clap::Args;
use clap_complete::Shell;

/// Prints the completions for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus completions bash > ~/.local/share/bash-completion/completions/gradus
  gradus completions zsh > ~/.zfunc/_gradus
  gradus completions fish > ~/.config/fish/completions/gradus.fish")]
pub struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        // Generated in memory first: clap_complete panics where a write fails.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut session.definition.clone(), "gradus", &mut script);
        session.out.write_all(&script)?;
        Ok(Outcome::Done)
    }
}
