//! What a number may depend on apart from the code: the processor, the system, the compiler, BLAS, the
//! commit, the date.

use crate::linalg;
use serde::{Deserialize, Serialize};
use std::fs;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// The machine on which a run took place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// The model of the processor.
    pub cpu: String,
    /// The vector instructions that the library uses, the version and the kernels of OpenBLAS, and the
    /// library of elementary functions: "AVX2; OpenBLAS 0.3.26 Zen; glibc 2.39". Two machines with the same arithmetic
    /// compute the same bits, times aside. "unknown" in manifests older than this field.
    #[serde(default = "unknown")]
    pub arithmetic: String,
    /// The number of cores that a program may use.
    pub cores: usize,
    /// Memory in GiB, rounded to a tenth.
    pub memory_gib: f64,
    /// The governor of the processor's frequency ("performance", "schedutil", …); "unknown" in manifests
    /// older than this field.
    #[serde(default = "unknown")]
    pub governor: String,
    /// The mean number of programs that wanted a core over the last minute, this one included, if the system
    /// tells it.
    pub load: Option<f64>,
    /// The operating system and the architecture.
    pub os: String,
    /// The compiler.
    pub rustc: String,
    /// The library for BLAS and LAPACK.
    pub blas: String,
    /// The number of threads that BLAS may use for one call; none without BLAS.
    pub blas_threads: Option<usize>,
    /// A hash of the versions of the dependencies.
    pub lock: String,
}

impl Machine {
    /// Describes this machine. A property that cannot be found is "unknown" or 0.
    pub fn here() -> Self {
        Machine {
            cpu: value_of("/proc/cpuinfo", "model name", ':').unwrap_or_else(unknown),
            arithmetic: linalg::arithmetic(),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory_gib: memory_gib().unwrap_or(0.0),
            governor: governor().unwrap_or_else(unknown),
            load: load(),
            os: os(),
            rustc: env!("GRADUS_RUSTC").into(),
            blas: blas(),
            blas_threads: blas_threads(),
            lock: env!("GRADUS_LOCK_HASH").into(),
        }
    }

    /// Returns whether two machines compute the same bits: by their arithmetic, or by their processors if a
    /// manifest is older than that.
    ///
    /// ```
    /// use gradus::report::manifest::Machine;
    /// let here = Machine::here();
    /// let other = Machine { arithmetic: "AVX-1024; OpenBLAS Later".into(), ..here.clone() };
    /// assert!(here.computes_as(&here) && !here.computes_as(&other));
    /// ```
    pub fn computes_as(&self, other: &Machine) -> bool {
        match unknown() {
            word if word == self.arithmetic || word == other.arithmetic => self.cpu == other.cpu,
            _ => self.arithmetic == other.arithmetic,
        }
    }
}

fn unknown() -> String {
    "unknown".into()
}

/// Returns the value after a name in a file of lines such as `name : value`.
fn value_of(file: &str, name: &str, separator: char) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let pairs = text.lines().filter_map(|line| line.split_once(separator));
    pairs
        .map(|(k, v)| (k.trim(), v.trim().trim_matches('"')))
        .find(|(k, _)| *k == name)
        .map(|(_, v)| v.to_string())
}

fn memory_gib() -> Option<f64> {
    let kib: f64 = value_of("/proc/meminfo", "MemTotal", ':')?.split_whitespace().next()?.parse().ok()?;
    Some((kib / 1024.0 / 1024.0 * 10.0).round() / 10.0)
}

/// Returns the governor of the first core. A virtual machine often has none.
fn governor() -> Option<String> {
    let said = fs::read_to_string("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").ok()?;
    Some(said.trim().to_string())
}

fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

#[cfg(feature = "lapack")]
fn blas_threads() -> Option<usize> {
    Some(crate::linalg::blas_threads())
}

#[cfg(not(feature = "lapack"))]
fn blas_threads() -> Option<usize> {
    None
}

fn os() -> String {
    let name = value_of("/etc/os-release", "PRETTY_NAME", '=').unwrap_or_else(|| std::env::consts::OS.into());
    format!("{name} ({})", std::env::consts::ARCH)
}

/// Returns the BLAS that this program has loaded, by the name of its file.
fn blas() -> String {
    let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let loaded =
        maps.lines().filter_map(|line| line.split_whitespace().nth(5)).find(|path| path.contains("blas"));
    match loaded {
        Some(path) => path.rsplit('/').next().unwrap_or(path).to_string(),
        None if cfg!(feature = "lapack") => "OpenBLAS (system)".into(),
        None => "none".into(),
    }
}

/// Returns the commit of the current folder's repository, with "+" if its sources have uncommitted changes
/// (changes of `results/` do not count); empty outside of a repository.
pub(super) fn commit() -> String {
    let git = |args: &[&str]| {
        let out = Command::new("git").args(args).output().ok().filter(|out| out.status.success())?;
        Some(String::from_utf8_lossy(&out.stdout).trim().to_string())
    };
    let Some(commit) = git(&["rev-parse", "HEAD"]) else { return String::new() };
    let changed =
        git(&["status", "--porcelain", "--untracked-files=no", "--", ":/", ":(top,exclude)results"]);
    if changed.is_some_and(|changes| !changes.is_empty()) { format!("{commit}+") } else { commit }
}

/// Returns the current time in UTC, to the second.
pub(super) fn now() -> String {
    timestamp(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}

/// Converts seconds since 1970 into a date and time.
fn timestamp(seconds: u64) -> String {
    let (mut days, day_seconds) = (seconds / 86_400, seconds % 86_400);
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let mut month = 1;
    for length in [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute, second) = (day_seconds / 3600, day_seconds / 60 % 60, day_seconds % 60);
    format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let known = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_735_689_600, "2025-01-01T00:00:00Z"),
        ];
        for (seconds, date) in known {
            assert_eq!(timestamp(seconds), date);
        }
    }

    #[test]
    fn this_machine_is_described() {
        let here = Machine::here();
        assert!(here.cores > 0 && here.rustc.starts_with("rustc ") && here.lock.len() == 16, "{here:?}");
        assert!(here.load.is_none_or(|load| load >= 0.0) && !here.governor.is_empty(), "{here:?}");
        assert!(!here.arithmetic.contains("unknown"), "{}", here.arithmetic);
        assert_eq!(here.blas_threads.is_some(), cfg!(feature = "lapack"));
    }
}
