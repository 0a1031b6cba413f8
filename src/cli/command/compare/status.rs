//! `gradus compare status`: how far the shards are.

use super::merge::plan_in;
use crate::cli::command::session::{Outcome, Session};
use crate::cli::output::{counted, grouped};
use crate::compare::suite::{self, ShardState, Suite, ranges};
use clap::Args;
use std::path::PathBuf;

/// Shows how far the shards of a comparison are
///
/// A shard is running while its process gives signs of life, which it does every ten seconds; after a minute
/// without one it is lost, and can be run again. The time left is estimated at the pace so far.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus compare status d
  watch -n 30 gradus compare status d")]
pub struct Status {
    /// The folders that were given to --out of the shards
    #[arg(value_name = "DIR", required = true)]
    folders: Vec<PathBuf>,
}

/// The states in the order in which they are shown.
const STATES: [(ShardState, &str); 4] = [
    (ShardState::Done, "done"),
    (ShardState::Running, "running"),
    (ShardState::Lost, "lost"),
    (ShardState::Waiting, "not begun"),
];

impl Status {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let (_, plan) = plan_in(&self.folders)?;
        let status = Suite::of(session.catalogue).status(&plan, &self.folders)?;
        writeln!(session.out, "{}", counted(plan.shards, "shard"))?;
        for (state, word) in STATES {
            let shards = status.in_state(state);
            let names = if shards.is_empty() { String::new() } else { format!(": {}", ranges(&shards)) };
            writeln!(session.out, "  {word:<10}{:>6}{names}", grouped(shards.len()))?;
        }
        let failed = if status.failed > 0 {
            format!(", {} of them failed", grouped(status.failed))
        } else {
            String::new()
        };
        writeln!(session.out, "{} of {} runs are kept{failed}", grouped(status.kept), grouped(status.runs))?;
        writeln!(session.out, "{}", left(&status))?;
        Ok(Outcome::Done)
    }
}

/// Says how long the rest takes.
fn left(status: &suite::Status) -> String {
    let (all, longest) = status
        .seconds_left
        .iter()
        .fold((0.0, 0.0), |(sum, longest): (f64, f64), &seconds| (sum + seconds, longest.max(seconds)));
    match status.kept == status.runs {
        true => "nothing is left: merge them".into(),
        false => {
            let minutes = |seconds: f64| format!("{:.1} minutes", (seconds / 60.0).max(0.1));
            format!("left: about {} for the longest shard, {} for all", minutes(longest), minutes(all))
        }
    }
}
