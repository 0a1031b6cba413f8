//! `gradus compare` and `gradus new`, run as processes: what they print, keep and refuse.
#![cfg(feature = "cli")]

#[path = "../../src/hash.rs"]
pub mod hash;

use crate::common::{folder, gradus, succeeds, text};
use hash::fnv1a;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Exit code 2 and one sentence with these words.
fn assert_refusal(output: &Output, words: &[&str]) {
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(complaint.starts_with("error: ") && complaint.lines().count() == 1, "{complaint}");
    assert!(words.iter().all(|word| complaint.contains(word)), "{words:?} in {complaint}");
}

/// A comparison of a second or two.
const SMALL: [&str; 8] = [
    "compare",
    "--quick",
    "--optimizers",
    "random-search,sgd,adam,lbfgs,newton-shifted",
    "--problems",
    "quadratic:100,rosenbrock,noisy-quadratic,digits/softmax",
    "--out",
    "c",
];

/// The tables that must not depend on threads or interruptions: all but the seconds.
fn assert_same_tables(a: &Path, b: &Path) {
    for name in ["problems", "optimizers", "left_out", "runs", "curves"] {
        for ending in ["csv", "parquet"] {
            let file = format!("c/{name}.{ending}");
            let read = |folder: &Path| fs::read(folder.join(&file)).unwrap();
            assert!(read(a) == read(b), "{file} differs");
        }
    }
}

fn kept_lines(folder: &Path) -> usize {
    fs::read_to_string(folder.join("c/kept/runs.log")).unwrap_or_default().lines().count()
}

#[test]
fn threads_do_not_change_the_tables_and_nothing_is_run_twice() {
    let (one, two) = (folder(), folder());
    succeeds(one.path(), &[&SMALL[..], &["--threads", "1"]].concat());
    let said = succeeds(two.path(), &[&SMALL[..], &["--threads", "2"]].concat());
    assert!(said.contains("4 problems, 5 optimizers:") && !said.contains("kept from before"), "{said}");
    assert_same_tables(one.path(), two.path());
    let runs = fs::read_to_string(one.path().join("c/runs.csv")).unwrap();
    let count = runs.lines().count() - 1;
    let left_out = fs::read_to_string(one.path().join("c/left_out.csv")).unwrap();
    assert!(
        left_out.contains("digits/softmax,newton-shifted,") && left_out.contains("Hessian can be formed"),
        "{left_out}"
    );
    assert!(
        runs.contains(",diverged,") && runs.contains(",reached_optimum,"),
        "no run diverged, or none reached an optimum"
    );
    let again = succeeds(two.path(), &SMALL);
    let kept =
        again.split(" runs, ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().replace(',', "");
    assert!(
        kept.parse::<usize>().unwrap() >= kept_lines(two.path()) && kept.parse::<usize>().unwrap() <= count,
        "{again}"
    );
    assert_same_tables(one.path(), two.path());
}

#[test]
fn a_comparison_that_is_killed_goes_on_where_it_was() {
    let (whole, killed) = (folder(), folder());
    succeeds(whole.path(), &SMALL);
    let mut process =
        gradus(killed.path()).args(SMALL).args(["--threads", "1"]).stdout(Stdio::null()).spawn().unwrap();
    let (started, half) = (Instant::now(), kept_lines(whole.path()) / 2);
    while kept_lines(killed.path()) < half && started.elapsed() < Duration::from_secs(120) {
        sleep(Duration::from_millis(2));
    }
    // Sends SIGKILL: nothing can be tidied up.
    process.kill().unwrap();
    process.wait().unwrap();
    let (left, all) = (kept_lines(killed.path()), kept_lines(whole.path()));
    assert!(
        left >= half && left < all && !killed.path().join("c/runs.csv").exists(),
        "{left} of {all} were there"
    );
    let said = succeeds(killed.path(), &SMALL);
    assert!(said.contains("kept from before"), "{said}");
    // What was there was not written again, but for a line that the kill cut.
    assert_eq!(kept_lines(killed.path()), all);
    assert_same_tables(whole.path(), killed.path());
}

#[test]
fn a_damaged_entry_is_set_aside_and_run_again() {
    let (whole, damaged) = (folder(), folder());
    succeeds(whole.path(), &SMALL);
    succeeds(damaged.path(), &SMALL);
    let path = damaged.path().join("c/kept/runs.log");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] = if bytes[middle] == b'1' { b'2' } else { b'1' };
    fs::write(&path, bytes).unwrap();
    let said = succeeds(damaged.path(), &SMALL);
    assert!(said.contains("1 damaged line of runs.log set aside into set-aside.log"), "{said}");
    assert_eq!(fs::read_to_string(damaged.path().join("c/kept/set-aside.log")).unwrap().lines().count(), 1);
    assert_same_tables(whole.path(), damaged.path());
}

/// The command with room for so many kilobytes in each file: what goes beyond fails in the middle of a write,
/// as on a full disk.
#[cfg(unix)]
fn with_room_for(kilobytes: u64, folder: &Path) -> Output {
    let limited = "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"";
    let mut shell = Command::new("bash");
    shell
        .current_dir(folder)
        .env_remove("GRADUS_DATA")
        .env_remove("CARGO_TARGET_DIR")
        .env("OPENBLAS_NUM_THREADS", "1");
    shell
        .args(["-c", limited, &kilobytes.to_string(), env!("CARGO_BIN_EXE_gradus")])
        .args(SMALL)
        .output()
        .unwrap()
}

/// The files below a folder, but for the runs that are kept.
#[cfg(unix)]
fn files_of_the_report(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder.join("c")).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() && !entry.ends_with("kept") {
            found.extend(
                fs::read_dir(&entry).unwrap().map(|inner| inner.unwrap().path().display().to_string()),
            );
        } else if entry.is_file() {
            found.push(entry.display().to_string());
        }
    }
    found
}

#[cfg(unix)]
#[test]
fn a_full_disk_ends_it_with_a_sentence_and_with_room_again_only_the_rest_is_run() {
    let (whole, full) = (folder(), folder());
    succeeds(whole.path(), &SMALL);
    let kilobytes = |name: &str| fs::metadata(whole.path().join(name)).unwrap().len() / 1024;

    // In the middle of the runs: no table is begun.
    assert_refusal(
        &with_room_for(kilobytes("c/kept/runs.log") / 2, full.path()),
        &["cannot write", "c/kept/runs.log"],
    );
    assert_eq!(files_of_the_report(full.path()), [""; 0]);
    let left = kept_lines(full.path());
    assert!(left > 0 && left < kept_lines(whole.path()), "{left}");

    let said = succeeds(full.path(), &SMALL);
    assert!(said.contains("kept from before"), "{said}");
    assert_eq!(kept_lines(full.path()), kept_lines(whole.path()));
    assert_same_tables(whole.path(), full.path());

    // In the middle of a table: it is not there in part, nor under another name.
    files_of_the_report(full.path()).iter().for_each(|file| fs::remove_file(file).unwrap());
    let (smaller, larger) = (kilobytes("c/runs.csv"), kilobytes("c/curves.csv"));
    assert!(
        larger > smaller + 64,
        "the table of curves, {larger} kB, is no longer the largest: {smaller} kB of runs"
    );
    assert_refusal(&with_room_for((smaller + larger) / 2, full.path()), &["cannot write", "c/curves.csv"]);
    let there: Vec<String> = files_of_the_report(full.path())
        .iter()
        .map(|file| file.rsplit('/').next().unwrap_or_default().to_string())
        .collect();
    assert!(
        there
            .iter()
            .all(|name| !name.contains("curves.csv") && !name.contains("tmp") && name != "index.html"),
        "{there:?}"
    );

    succeeds(full.path(), &SMALL);
    assert_eq!(kept_lines(full.path()), kept_lines(whole.path()));
    assert_same_tables(whole.path(), full.path());
}

/// Every line of the runs, as if another version of the code had written it: with a checksum that is right.
fn as_of_another_version(folder: &Path) {
    let path = folder.join("c/kept/runs.log");
    let other = |line: &str| {
        let body = format!("0123456789abcdef-{}", line.split_once('-').unwrap().1);
        format!("{:016x} {body}\n", fnv1a(body.as_bytes()))
    };
    let lines: String = fs::read_to_string(&path).unwrap().lines().map(other).collect();
    fs::write(path, lines).unwrap();
}

#[test]
fn runs_of_another_version_are_left_and_not_used() {
    let (whole, older) = (folder(), folder());
    succeeds(whole.path(), &SMALL);
    succeeds(older.path(), &SMALL);
    let before = kept_lines(older.path());
    as_of_another_version(older.path());
    let said = succeeds(older.path(), &SMALL);
    assert!(
        said.contains(&format!("{before} runs of another version of the code are left unused")),
        "{said}"
    );
    assert!(!said.contains("kept from before"), "{said}");
    assert_eq!(kept_lines(older.path()), 2 * before);
    assert_same_tables(whole.path(), older.path());
}

#[test]
fn two_comparisons_do_not_write_into_one_folder() {
    let folder = folder();
    let mut first = gradus(folder.path())
        .args(["compare", "--out", "c", "--threads", "1"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !folder.path().join("c/kept/runs.log").exists() && started.elapsed() < Duration::from_secs(60) {
        sleep(Duration::from_millis(5));
    }
    let second = gradus(folder.path()).args(SMALL).output().unwrap();
    first.kill().unwrap();
    first.wait().unwrap();
    assert_refusal(&second, &["another comparison is writing to", "c/kept", "choose another folder"]);
    // The lock of a process that has died is free.
    succeeds(folder.path(), &SMALL);
}

#[test]
fn bad_input_is_one_sentence_and_leaves_nothing() {
    let refused = |arguments: &[&str], words: &[&str]| {
        let folder = folder();
        let output =
            gradus(folder.path()).arg("compare").args(arguments).args(["--out", "c"]).output().unwrap();
        assert_refusal(&output, words);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{arguments:?} left a file");
    };
    refused(&["--optimizers", "adam,adamm"], &["adamm", "did you mean 'adam'?"]);
    refused(&["--problems", "rosenbrok"], &["did you mean 'rosenbrock'?"]);
    refused(&["--optimizers", ""], &["no optimizer"]);
    refused(&["--problems", " , "], &["no problem"]);
    refused(&["--trials", "0"], &["trials", "from 1 to 1000"]);
    refused(&["--seeds", "0"], &["seeds", "from 1 to 10000"]);
    refused(&["--threads", "0"], &["threads", "from 1"]);
    refused(&["--trials", "many"], &["--trials"]);
    refused(&["--suite", "wid"], &["'wid'", "--suite", "quick, standard, wide"]);
    refused(&["--suite", "wide", "--quick"], &["--suite", "--quick"]);
    let wrong = ["plan", "--shards", "2", "--suite", "all"];
    refused(&wrong, &["'all'", "--suite", "quick, standard, wide"]);
}

#[test]
fn the_quick_suite_is_the_quick_comparison() {
    let (named, usual) = (folder(), folder());
    let small = ["--problems", "beale,quadratic:10", "--optimizers", "sgd,adam", "--out", "c"];
    succeeds(named.path(), &[&["compare", "--suite", "quick"][..], &small[..]].concat());
    succeeds(usual.path(), &[&["compare", "--quick"][..], &small[..]].concat());
    assert_same_tables(named.path(), usual.path());
}

#[test]
fn the_wide_suite_is_planned_and_has_what_is_named_otherwise() {
    let folder = folder();
    let few = ["--trials", "1", "--seeds", "1", "--optimizers", "adamw,adamw+sam", "--out"];
    let plan = |suite: &[&str], out: &str| {
        succeeds(folder.path(), &[&["compare", "plan", "--shards", "1"], suite, &few[..], &[out]].concat());
        fs::read_to_string(folder.path().join(out).join("plan.txt")).unwrap()
    };
    let (standard, wide) = (plan(&[], "s"), plan(&["--suite", "wide"], "w"));
    assert!(wide.contains("curves-autoencoder") && !standard.contains("curves-autoencoder"), "{wide}");
    let help = succeeds(folder.path(), &["compare", "--help"]);
    assert!(help.contains("--suite <NAME>") && help.contains("may take hours"), "{help}");
}

#[test]
fn optimizers_and_problems_that_do_not_go_together_are_refused() {
    let folder = folder();
    let arguments = ["compare", "--optimizers", "newton-cg", "--problems", "noisy-quadratic", "--out", "c"];
    assert_refusal(
        &gradus(folder.path()).args(arguments).output().unwrap(),
        &["none of these optimizers", "exact gradients"],
    );
}

#[test]
fn a_place_that_cannot_be_written_is_said_so() {
    let folder = folder();
    fs::write(folder.path().join("c"), "a file").unwrap();
    assert_refusal(
        &gradus(folder.path()).args(SMALL).output().unwrap(),
        &["cannot create the folder", "c/kept"],
    );
}

#[test]
fn a_crate_of_ones_own_appears_in_the_tables() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = folder();
    let root_text = root.to_str().unwrap();
    succeeds(folder.path(), &["--root", root_text, "new", "my-optimizer"]);
    let own = folder.path().join("my-optimizer");
    // The versions that are there already, so that nothing is fetched.
    fs::copy(root.join("Cargo.lock"), own.join("Cargo.lock")).unwrap();
    let built = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline"])
        .current_dir(&own)
        // Built once, and kept for the next time.
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("my-optimizer"))
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", text(&built.stderr));
    let printed = text(&built.stdout);
    assert!(
        printed.lines().count() == 6 && printed.lines().all(|line| line.contains("my-optimizer")),
        "{printed}"
    );
    let runs = fs::read_to_string(own.join("comparison/runs.csv")).unwrap();
    let of = |name: &str| runs.lines().filter(|line| line.split(',').nth(1) == Some(name)).count();
    assert_eq!(of("my-optimizer"), of("adam"));
    // Runs of one's own optimizer are not kept: only its author knows when it has changed.
    assert!(!fs::read_to_string(own.join("comparison/kept/runs.log")).unwrap().contains("my-optimizer"));
}

#[test]
fn a_crate_outside_of_a_clone_finds_the_library() {
    let folder = folder();
    succeeds(folder.path(), &["new", "my-optimizer"]);
    let own = folder.path().join("my-optimizer");
    // The versions that are there already, so that nothing is fetched.
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"), own.join("Cargo.lock")).unwrap();
    // Resolves all packages of this machine's build, as building would.
    let resolved = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--prefix", "none"])
        .current_dir(&own)
        .output()
        .unwrap();
    assert!(resolved.status.success(), "{}", text(&resolved.stderr));
    let packages = text(&resolved.stdout);
    assert!(packages.starts_with("my-optimizer v0.1.0") && packages.contains("\ngradus v"), "{packages}");
    // A folder that was named and is none is not passed over.
    let refused = gradus(folder.path()).args(["--root", "nowhere", "new", "other"]).output().unwrap();
    assert_refusal(&refused, &["nowhere"]);
}

#[test]
fn a_folder_with_something_in_it_and_a_name_that_is_none_are_refused() {
    let folder = folder();
    fs::create_dir(folder.path().join("taken")).unwrap();
    fs::write(folder.path().join("taken/mine.txt"), "mine").unwrap();
    let new = |arguments: &[&str]| gradus(folder.path()).arg("new").args(arguments).output().unwrap();
    assert_refusal(&new(&["taken"]), &["taken is there already, and not empty"]);
    assert_eq!(fs::read_dir(folder.path().join("taken")).unwrap().count(), 1);
    assert_refusal(&new(&["My Optimizer"]), &["small letters"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
