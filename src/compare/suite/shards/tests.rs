use super::layout::{self, LOG};
use super::*;
use crate::compare::suite::store::{sealed, unsealed};
use crate::compare::suite::{Comparison, Memory, Outcome, Run, Settings, Suite};
use crate::optimizer::catalogue::{Catalogue, Entry};
use crate::optimizer::first_order::{RuleInfo, Sgd, State, UpdateRule};
use crate::progress::Silent;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::{TempDir, tempdir};

/// A rule that panics at one of its rates.
#[derive(Debug, Clone, Copy)]
struct Panics;

impl RuleInfo for Panics {
    fn name(&self) -> &'static str {
        "panics"
    }
}

impl UpdateRule for Panics {
    fn step(&self, _: &mut State, lr: f64, _: &[f64], _: &mut [f64]) {
        assert!(lr < 1.0, "too\nfast");
    }
}

fn settings() -> Settings {
    Settings { trials: 4, seeds: 2, scale: 0.05, ..Settings::default() }
}

fn suite() -> Suite {
    let suite = Suite::standard().problems(&["quadratic:10", "beale", "noisy-quadratic"]).unwrap();
    let suite = suite.optimizers(&["sgd", "adam", "lbfgs"]).unwrap();
    suite.with_rule("panics", |_| Panics).with_version("panics", "1").unwrap()
}

fn plan(shards: usize) -> Plan {
    suite().plan(&settings(), shards, &Weights::default(), &Silent).unwrap().0
}

/// All but the seconds.
fn rows(comparison: &Comparison) -> Vec<String> {
    let row = |run: &Run| {
        let mut run = run.clone();
        run.curve.seconds.clear();
        format!("{run:?}")
    };
    comparison.runs.iter().map(row).collect()
}

fn run(plan: &Plan, shard: usize, folder: &Path) -> Finished {
    suite().run_shard(plan, shard, folder, false, &Silent).unwrap()
}

/// A folder in which the given shards have been run.
fn folder_with(plan: &Plan, shards: &[usize]) -> TempDir {
    let folder = tempdir().unwrap();
    plan.write(folder.path()).unwrap();
    shards.iter().for_each(|&shard| _ = run(plan, shard, folder.path()));
    folder
}

fn merge(plan: &Plan, folders: &[&Path], allowed: Allowed) -> crate::error::Result<Merged> {
    suite().merge(plan, &folders.iter().map(|folder| PathBuf::from(*folder)).collect::<Vec<_>>(), allowed)
}

fn refusal(plan: &Plan, folders: &[&Path]) -> String {
    merge(plan, folders, Allowed::default()).unwrap_err().to_string()
}

fn log_of(folder: &Path, shard: usize) -> PathBuf {
    let inside = fs::read_dir(layout::of_shard(folder, shard)).unwrap().map(|entry| entry.unwrap().path());
    inside.into_iter().find(|path| path.extension().is_some_and(|ending| ending == LOG)).unwrap()
}

/// Changes every line of a log by its word and its run, with a checksum that is right again.
fn rewrite(path: &Path, change: impl Fn(&str, &str) -> (String, String)) {
    let text = fs::read(path).unwrap();
    let lines = text.split_inclusive(|&byte| byte == b'\n').map(|line| {
        let (word, key, run) = unsealed(line).unwrap();
        let (word, run) = change(word, run);
        sealed(&word, key, &run)
    });
    let text: String = lines.collect();
    fs::write(path, text).unwrap();
}

#[test]
fn shards_merge_to_the_comparison_of_one_process() {
    let whole = suite().compare(&settings(), &Silent, &Memory::default()).unwrap().comparison;
    for shards in [1, 3, 20] {
        let plan = plan(shards);
        let all: Vec<usize> = (1..=shards).rev().collect();
        let folder = folder_with(&plan, &all);
        let merged = merge(&plan, &[folder.path()], Allowed::default()).unwrap();
        let comparison = merged.comparison.unwrap();
        assert_eq!(rows(&comparison), rows(&whole), "{shards} shards");
        assert_eq!(format!("{:?}", comparison.problems), format!("{:?}", whole.problems));
        assert_eq!((&comparison.optimizers, comparison.trials), (&whole.optimizers, whole.trials));
        assert!(merged.missing.is_empty() && merged.notices.is_empty() && merged.failed > 0);
        let origins = &comparison.origins;
        assert_eq!((origins.machines.len(), &origins.notes, &origins.missing), (1, &vec![], &vec![]));
    }
}

#[test]
fn an_empty_shard_succeeds_and_a_shard_that_is_run_again_runs_only_what_failed() {
    let plan = plan(20);
    let folder = folder_with(&plan, &[20]);
    assert_eq!(plan.of_shard(20).count(), 0);
    let shard = plan.pairs.iter().find(|pair| plan.name(pair) == "beale × panics").unwrap().shard;
    let first = run(&plan, shard, folder.path());
    assert!(first.pairs == 1 && first.failed > 0 && first.reused == 0, "{first:?}");
    let again = run(&plan, shard, folder.path());
    assert!(again.failed == first.failed && again.reused >= first.runs - 2 * first.failed, "{again:?}");
    assert!(again.reused < again.runs, "{again:?}");
}

#[test]
fn a_lost_shard_is_named_with_its_pairs_and_failed_runs_are_not_lost() {
    let plan = plan(3);
    let folder = folder_with(&plan, &[1, 3]);
    let merged = merge(&plan, &[folder.path()], Allowed::default()).unwrap();
    assert!(merged.comparison.is_none(), "no partial report unless it is allowed");
    assert_eq!(merged.shards(), [2]);
    let names: Vec<String> =
        merged.missing.iter().map(|pair| format!("{} × {}", pair.problem, pair.optimizer)).collect();
    let mut lost: Vec<String> = plan.of_shard(2).map(|pair| plan.name(pair)).collect();
    lost.sort();
    let mut found = names.clone();
    found.sort();
    assert_eq!(found, lost);
    assert!(merged.missing.iter().all(|pair| pair.runs == (8, 8)), "{:?}", merged.missing);

    let partial = merge(&plan, &[folder.path()], Allowed { partial: true, mixed: false }).unwrap();
    let comparison = partial.comparison.unwrap();
    assert!(comparison.origins.notes[0].contains("is partial"), "{:?}", comparison.origins.notes);
    assert!(
        comparison.runs.iter().all(|run| !names.contains(&format!("{} × {}", run.problem, run.optimizer)))
    );
    let left_out = format!("{:?}", comparison.left_out_table());
    assert_eq!(left_out.matches("its runs are missing").count(), names.len(), "{left_out}");
    let failed = comparison.runs.iter().filter(|run| run.outcome == Outcome::Failed);
    assert!(failed.clone().all(|run| run.reason.contains("too fast")) && failed.count() == partial.failed);
}

#[test]
fn what_an_interrupted_process_left_is_used_and_its_cut_line_is_not() {
    let plan = plan(2);
    let folder = folder_with(&plan, &[1, 2]);
    let path = log_of(folder.path(), 2);
    let text = fs::read_to_string(&path).unwrap();
    // It was killed in the middle of a line, and the shard was not done.
    fs::write(&path, &text[..text.len() / 2]).unwrap();
    fs::remove_file(layout::done(folder.path(), 2)).unwrap();
    let merged = merge(&plan, &[folder.path()], Allowed::default()).unwrap();
    assert_eq!((merged.shards(), merged.notices.len()), (vec![2], 1));
    assert!(merged.notices[0].contains("1 damaged line of"), "{:?}", merged.notices);
    let again = run(&plan, 2, folder.path());
    assert!(again.reused > 0 && again.reused < again.runs, "{again:?}");
    let merged = merge(&plan, &[folder.path()], Allowed::default()).unwrap();
    let whole = suite().compare(&settings(), &Silent, &Memory::default()).unwrap().comparison;
    assert_eq!(rows(&merged.comparison.unwrap()), rows(&whole));
}

#[test]
fn a_log_that_was_cut_after_its_shard_was_done_is_refused() {
    let plan = plan(2);
    let folder = folder_with(&plan, &[1, 2]);
    let path = log_of(folder.path(), 2);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, &text[..text.len() / 2]).unwrap();
    let refused = refusal(&plan, &[folder.path()]);
    assert!(refused.starts_with("shard 2 was done") && refused.contains("truncated"), "{refused}");
    assert!(refused.contains(&path.display().to_string()), "{refused}");
    assert!(merge(&plan, &[folder.path()], Allowed { partial: true, mixed: false }).is_ok());
    run(&plan, 2, folder.path());
    assert!(merge(&plan, &[folder.path()], Allowed::default()).unwrap().missing.is_empty());
}

#[test]
fn equal_duplicates_are_taken_once_and_others_name_the_pair_and_the_machines() {
    let plan = plan(2);
    let (one, two) = (folder_with(&plan, &[1, 2]), folder_with(&plan, &[2]));
    let alone = merge(&plan, &[one.path()], Allowed::default()).unwrap().comparison.unwrap();
    let both = merge(&plan, &[one.path(), two.path()], Allowed::default()).unwrap().comparison.unwrap();
    assert_eq!(rows(&both), rows(&alone));
    rewrite(&log_of(two.path(), 2), |word, run| {
        (word.into(), run.replacen("out of evaluations", "other", 1))
    });
    let refused = refusal(&plan, &[one.path(), two.path()]);
    assert!(refused.contains(" × ") && refused.contains("was run twice, on "), "{refused}");
    let paths = [log_of(one.path(), 2), log_of(two.path(), 2)];
    assert!(paths.iter().all(|path| refused.contains(&path.display().to_string())), "{refused}");
}

#[test]
fn folders_are_given_once_and_belong_to_the_plan() {
    let (small, large) = (plan(1), plan(2));
    let (folder, other) = (folder_with(&small, &[1]), folder_with(&large, &[1]));
    let twice = refusal(&small, &[folder.path(), &folder.path().join(".")]);
    assert!(twice.contains("is given twice"), "{twice}");
    let another = refusal(&small, &[folder.path(), other.path()]);
    assert!(another.contains("is another plan"), "{another}");
    fs::remove_file(other.path().join("plan.txt")).unwrap();
    let foreign = refusal(&small, &[folder.path(), other.path()]);
    assert!(foreign.contains("belongs to another plan"), "{foreign}");
    let empty = tempdir().unwrap();
    assert!(refusal(&small, &[empty.path()]).contains("neither a plan nor shards"));
    assert!(refusal(&small, &[&empty.path().join("none")]).starts_with("cannot read the folder"));
}

#[test]
fn another_arithmetic_is_refused_unless_it_is_allowed_and_seconds_keep_their_machine() {
    let mut plan = plan(2);
    let here = plan.arithmetic.clone();
    plan.arithmetic.probes[0].1 ^= 1;
    plan.arithmetic.words = "AVX-1024".into();
    let folder = tempdir().unwrap();
    plan.write(folder.path()).unwrap();
    let refused = suite().run_shard(&plan, 1, folder.path(), false, &Silent).unwrap_err().to_string();
    assert!(refused.contains("AVX-1024 against") && refused.contains("dot products"), "{refused}");
    assert!(!layout::of_shard(folder.path(), 1).exists(), "nothing was written");
    for shard in [1, 2] {
        suite().run_shard(&plan, shard, folder.path(), true, &Silent).unwrap();
    }
    assert!(refusal(&plan, &[folder.path()]).contains("another arithmetic"));
    let head = |word: &str, run: &str| {
        let run = if word.starts_with("shard-log") { run.replace(&here.words, "SSE") } else { run.into() };
        (word.to_owned(), run)
    };
    rewrite(&log_of(folder.path(), 2), head);
    let merged = merge(&plan, &[folder.path()], Allowed { partial: false, mixed: true }).unwrap();
    let comparison = merged.comparison.unwrap();
    assert!(comparison.origins.notes[0].contains("different arithmetic"), "{:?}", comparison.origins.notes);
    assert_eq!(comparison.origins.machines.len(), 2);
    let on_two = plan.of_shard(2).map(|pair| plan.name(pair)).collect::<Vec<_>>();
    let first = comparison.runs[0].machine;
    let is_second = |run: &Run| on_two.contains(&format!("{} × {}", run.problem, run.optimizer));
    let of_second = if is_second(&comparison.runs[0]) { first } else { 1 - first };
    assert!(comparison.runs.iter().all(|run| (run.machine == of_second) == is_second(run)));
    assert!(comparison.seconds_table().names().contains(&"machine"));
}

#[test]
fn another_version_or_program_is_refused() {
    let plan = plan(2);
    let folder = folder_with(&plan, &[1]);
    let other = Plan { version: "0-0".into(), ..plan.clone() };
    let refused = suite().run_shard(&other, 1, folder.path(), false, &Silent).unwrap_err().to_string();
    assert!(refused.contains("another version of gradus (0-0"), "{refused}");
    assert!(refusal(&other, &[folder.path()]).contains("another version"));
    for shard in [0, 3] {
        let refused = suite().run_shard(&plan, shard, folder.path(), false, &Silent).unwrap_err().to_string();
        assert!(refused.contains(&format!("no shard {shard} in a plan of 2")), "{refused}");
    }
    let newer = || suite().with_version("panics", "2").unwrap();
    let refused = newer().run_shard(&plan, 1, folder.path(), false, &Silent).unwrap_err().to_string();
    assert!(refused.contains("panics is another one here (version \"2\")"), "{refused}");
    let standard =
        Suite::standard().run_shard(&plan, 1, folder.path(), false, &Silent).unwrap_err().to_string();
    assert!(standard.contains("no optimizer named 'panics'"), "{standard}");
    let unversioned = Suite::standard().problems(&["beale"]).unwrap().with_rule("mine", |_| Panics);
    let refused = unversioned.plan(&settings(), 2, &Weights::default(), &Silent).unwrap_err().to_string();
    assert!(refused.contains("mine has no version") && refused.contains("with_version"), "{refused}");
    for shards in [0, 100_001] {
        assert!(suite().plan(&settings(), shards, &Weights::default(), &Silent).is_err());
    }
}

#[test]
fn a_problem_with_other_data_is_refused() {
    let mut plan = plan(1);
    plan.problems[0].identity.push('!');
    let folder = tempdir().unwrap();
    let refused = suite().run_shard(&plan, 1, folder.path(), false, &Silent).unwrap_err().to_string();
    assert!(refused.contains("the problem quadratic:10 is another one here"), "{refused}");
}

#[test]
fn the_status_tells_done_from_lost_and_from_not_begun() {
    let plan = plan(3);
    let folder = folder_with(&plan, &[1, 2]);
    fs::remove_file(log_of(folder.path(), 2)).unwrap();
    let of = || suite().status(&plan, &[folder.path().into()]).unwrap();
    let status = of();
    assert_eq!(status.shards, [ShardState::Done, ShardState::Lost, ShardState::Waiting]);
    assert_eq!((status.in_state(ShardState::Lost), status.runs), (vec![2], plan.runs()));
    assert!(status.kept > 0 && status.kept < status.runs && status.failed <= status.kept);
    assert!(status.seconds_left[0] == 0.0 && status.seconds_left[1] > 0.0 && status.seconds_left[2] > 0.0);
    fs::write(layout::of_shard(folder.path(), 2).join("node-1-1.beat"), "").unwrap();
    assert_eq!(of().shards[1], ShardState::Running);
    run(&plan, 2, folder.path());
    run(&plan, 3, folder.path());
    let status = of();
    assert_eq!((status.kept, status.in_state(ShardState::Done)), (plan.runs(), vec![1, 2, 3]));
}

#[test]
fn the_same_selection_is_always_planned_alike() {
    let (a, b) = (plan(3), plan(3));
    assert!(a.is_same_as(&b));
    assert!(!a.is_same_as(&plan(2)));
    let seconds: Vec<f64> = a.pairs.iter().map(|pair| pair.seconds).collect();
    assert!(seconds.windows(2).all(|pair| pair[0] >= pair[1]), "the longest first: {seconds:?}");
    assert!(
        a.longest_shard() >= a.seconds() / 3.0 && a.longest_shard() <= a.seconds() / 3.0 + a.longest_pair()
    );
    let mut weights = Weights::default();
    weights.add("beale", "adam", 1e3);
    weights.add("quadratic:10", "sgd", 1e-3);
    let weighted = suite().plan(&settings(), 3, &weights, &Silent).unwrap().0;
    assert_eq!(weighted.name(&weighted.pairs[0]), "beale × adam");
}

#[test]
fn rules_that_take_part_only_if_they_are_named_are_found_by_the_shards() {
    let quiet = Entry::rule("quiet", |_| Sgd).compared_by_name().with_version("1");
    let catalogue = Catalogue::built_in().with(quiet);
    let standard = || Suite::of(&catalogue);
    let named = standard().problems(&["beale"]).unwrap().optimizers(&["sgd", "quiet"]).unwrap();
    let plan = named.plan(&settings(), 1, &Weights::default(), &Silent).unwrap().0;
    let folder = tempdir().unwrap();
    plan.write(folder.path()).unwrap();
    let finished = standard().run_shard(&plan, 1, folder.path(), false, &Silent).unwrap();
    assert_eq!(finished.pairs, 2);
    let merged = standard().merge(&plan, &[folder.path().into()], Allowed::default()).unwrap();
    assert_eq!(merged.comparison.unwrap().ranking("beale").len(), 2);
}
