//! The node on which a shard runs.

use std::{env, fs};

/// The node on which a shard runs: its name, and the model of its processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::compare::suite) struct Node {
    pub host: String,
    pub processor: String,
}

impl Node {
    /// Describes this node. A scheduler's name of it goes before the system's.
    pub fn here() -> Self {
        let named = ["SLURMD_NODENAME", "HOSTNAME", "COMPUTERNAME"];
        let by_variable = |name: &&str| env::var(name).ok().filter(|host| !host.trim().is_empty());
        let system = || fs::read_to_string("/proc/sys/kernel/hostname").ok();
        let host = named.iter().take(1).find_map(by_variable).or_else(system);
        let host = host.or_else(|| named.iter().find_map(by_variable)).unwrap_or_else(|| "unknown".into());
        Node { host: host.trim().into(), processor: processor() }
    }
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    let model =
        pairs.map(|(name, value)| (name.trim(), value.trim())).find(|(name, _)| *name == "model name");
    model.map_or_else(|| env::consts::ARCH.into(), |(_, value)| value.into())
}
