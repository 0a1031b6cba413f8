//! `gradus completions`: completions of the arguments for a shell.

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
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        // The script is generated in memory first, since clap_complete panics if a write fails.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut session.definition.clone(), "gradus", &mut script);
        session.out.write_all(&script)?;
        Ok(Outcome::Done)
    }
}
