//! `gradus compare plan`, `status`, `merge` and `--shard`, run as processes: three shards make the report of
//! one, and what goes wrong is one sentence.
#![cfg(feature = "cli")]

use crate::common::{assert_refusal, folder, gradus, output, says, text, words};
use crate::compare::hash::{FNV_START, fnv1a_from};
use gradus::cli;
use gradus::files;
use gradus::optimizer::catalogue::{Catalogue, Entry};
use gradus::prelude::Momentum;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A comparison of a second.
const SELECTION: &str = "--quick --trials 4 --seeds 2 --optimizers random-search,sgd,adam,lbfgs --problems \
                         quadratic:100,rosenbrock,noisy-quadratic,digits/softmax";

fn plan(folder: &Path, shards: usize) -> String {
    says(folder, &format!("compare plan --shards {shards} --out d {SELECTION}"))
}

fn run(folder: &Path, shard: &str) -> String {
    says(folder, &format!("compare --plan d/plan.txt --shard {shard} --out d --threads 1"))
}

/// The log of the first process that ran a shard.
fn log(folder: &Path, shard: usize) -> PathBuf {
    let inside = files::below(&folder.join(format!("d/shards/{shard}"))).unwrap();
    inside.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "log")).unwrap()
}

/// The files of a report by their names, without the runs that are kept.
fn report(folder: &Path) -> Vec<String> {
    let names = files::below(folder).unwrap();
    let name = |path: &PathBuf| path.strip_prefix(folder).unwrap().display().to_string();
    names
        .iter()
        .map(name)
        .filter(|name| !name.starts_with("kept") && !name.starts_with("machines."))
        .collect()
}

/// The page, and its data without anything about seconds.
fn page(folder: &Path) -> (String, Value) {
    let page = fs::read_to_string(folder.join("index.html")).unwrap();
    let (before, rest) = page.split_once("id=\"data\">").unwrap();
    let (data, after) = rest.split_once("</script>").unwrap();
    let mut data: Value = serde_json::from_str(data).unwrap();
    for problem in data["curves"].as_object_mut().unwrap().values_mut() {
        for curves in problem.as_object_mut().unwrap().values_mut() {
            assert!(curves.as_object_mut().unwrap().remove("seconds").is_some());
        }
    }
    assert!(data["profiles"].as_object_mut().unwrap().remove("seconds").is_some());
    for table in ["outcomes_seconds", "profiles_seconds"] {
        assert!(data["tables"].as_object_mut().unwrap().remove(table).is_some());
    }
    (format!("{before}{after}"), data)
}

/// Whether a file of the report shows seconds, so that it differs from run to run.
fn shows_seconds(name: &str) -> bool {
    ["seconds", "convergence_", "performance_profiles", "index.html"].iter().any(|word| name.contains(word))
}

#[test]
fn three_shards_one_lost_and_one_cut_make_the_report_of_one_process() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let said = plan(folder.path(), 3);
    assert!(said.contains("12 pairs") && said.contains("in 3 shards"), "{said}");
    assert!(said.contains("for the longest shard") && said.contains("if all were equal"), "{said}");
    assert!(
        said.contains("sbatch --parsable --array=1-3 ") && said.contains("--dependency=afterany:"),
        "{said}"
    );
    assert!(at("d/shards.sbatch").exists() && at("d/merge.sbatch").exists());
    assert_eq!(plan(folder.path(), 3), said, "the same plan again");

    let first = run(folder.path(), "1/3");
    assert!(first.starts_with("shard 1 of 3: ") && !first.contains("kept from before"), "{first}");
    let task = ["compare", "--plan", "d/plan.txt"];
    let third = gradus(folder.path()).args(task).env("SLURM_ARRAY_TASK_ID", "3").output().unwrap();
    assert!(text(&third.stdout).starts_with("shard 3 of 3: "), "{third:?}");

    let status = says(folder.path(), "compare status d");
    assert!(
        status.contains("  done           2: 1,3\n") && status.contains("  not begun      1: 2\n"),
        "{status}"
    );
    assert!(status.contains(" runs are kept") && status.contains("left: about "), "{status}");

    // Incomplete: exit code 1, the pairs by name, the line that submits them, and no report.
    let incomplete = output(folder.path(), "compare merge d --out m");
    let said = text(&incomplete.stdout);
    assert_eq!((incomplete.status.code(), text(&incomplete.stderr).as_str()), (Some(1), ""));
    assert!(
        said.starts_with("incomplete: runs of ") && said.contains(" of 12 pairs are missing\n"),
        "{said}"
    );
    assert!(
        said.contains(" runs (shard 2)\n") && said.contains("\n  sbatch --array=2 d/shards.sbatch\n"),
        "{said}"
    );
    assert!(!at("m").exists());
    let partial = says(folder.path(), "compare merge d --out p --partial");
    assert!(partial.contains("This comparison is partial: "), "{partial}");
    let shown = fs::read_to_string(at("p/index.html")).unwrap();
    assert!(shown.contains("role=\"note\">This comparison is partial: "));
    assert!(fs::read_to_string(at("p/left_out.csv")).unwrap().contains("its runs are missing"));

    // The shard is interrupted in the middle of a line.
    run(folder.path(), "2/3");
    let lines = fs::read(log(folder.path(), 2)).unwrap();
    fs::write(log(folder.path(), 2), &lines[..lines.len() / 2]).unwrap();
    let cut = output(folder.path(), "compare merge d --out m");
    assert_refusal(&cut, &["shard 2 was done", "truncated", "run that shard again"]);
    fs::remove_file(at("d/shards/2/done")).unwrap();
    let cut = output(folder.path(), "compare merge d --out m");
    assert!(cut.status.code() == Some(1) && text(&cut.stdout).contains("damaged line"), "{cut:?}");
    assert!(says(folder.path(), "compare status d").contains("  lost           1: 2\n"));
    assert!(run(folder.path(), "2/3").contains("kept from before"));

    says(folder.path(), "compare merge d --out m");
    says(folder.path(), &format!("compare --out w {SELECTION}"));
    assert_eq!(report(&at("m")), report(&at("w")));
    for name in report(&at("w")).iter().filter(|name| !shows_seconds(name)) {
        assert!(
            fs::read(at("m").join(name)).unwrap() == fs::read(at("w").join(name)).unwrap(),
            "{name} differs"
        );
    }
    assert_eq!(page(&at("m")), page(&at("w")));
    let machines = fs::read_to_string(at("m/machines.csv")).unwrap();
    assert_eq!(machines.lines().count(), 2, "{machines}");

    // The lines of the logs are those of a comparison that was interrupted: with the same seconds, every byte
    // of the report is the same.
    fs::create_dir_all(at("k/kept")).unwrap();
    let logs = files::below(&at("d/shards")).unwrap();
    let logs = logs.iter().filter(|path| path.extension().is_some_and(|ending| ending == "log"));
    let whole_lines = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap();
        bytes
            .split_inclusive(|b| *b == b'\n')
            .filter(|line| line.ends_with(b"\n"))
            .collect::<Vec<_>>()
            .concat()
    };
    let kept: Vec<u8> = logs.flat_map(whole_lines).collect();
    fs::write(at("k/kept/runs.log"), kept).unwrap();
    let said = says(folder.path(), &format!("compare --out k {SELECTION}"));
    assert!(said.contains("kept from before"), "{said}");
    for name in report(&at("k")) {
        assert!(
            fs::read(at("m").join(&name)).unwrap() == fs::read(at("k").join(&name)).unwrap(),
            "{name} differs"
        );
    }
}

#[test]
fn an_empty_shard_succeeds_and_earlier_seconds_are_weights() {
    let folder = folder();
    let selection = "--quick --trials 1 --seeds 1 --optimizers sgd,adam --problems beale";
    says(folder.path(), &format!("compare --out old {selection}"));
    let said = says(folder.path(), &format!("compare plan --shards 3 --out d --weights old {selection}"));
    assert!(said.contains("the longest pair is beale × "), "{said}");
    // The seconds of an archive have seven digits, and the times that are told fewer.
    says(folder.path(), "archive add old --name olden");
    let by_name =
        says(folder.path(), &format!("compare plan --shards 3 --out e --weights olden {selection}"));
    let times = |said: &str| said.lines().skip(1).take(2).map(String::from).collect::<Vec<_>>();
    assert_eq!(times(&by_name), times(&said));
    let plain = says(folder.path(), &format!("compare plan --shards 3 --out f {selection}"));
    assert_ne!(times(&plain), times(&said), "without weights, the cost comes from the evaluations");
    assert_eq!(run(folder.path(), "3/3"), "shard 3 of 3 is empty: nothing to do\n");
    run(folder.path(), "1/3");
    run(folder.path(), "2/3");
    assert!(says(folder.path(), "compare status d").contains("nothing is left: merge them"));
    says(folder.path(), "compare merge d --out m");
    let windows =
        says(folder.path(), &format!("compare plan --shards 2500 --max-array-size 1001 --out w {selection}"));
    assert!(windows.contains("--array=1-500 --export=ALL,GRADUS_SHARDS_BEFORE=2000"), "{windows}");
    let script = fs::read_to_string(folder.path().join("w/shards.sbatch")).unwrap();
    assert!(script.contains("#SBATCH --array=1-1000\n"), "{script}");
}

/// The plan with another version, and a checksum that is right.
fn as_of_another_version(path: &Path) {
    let plan = fs::read_to_string(path).unwrap();
    let body = &plan[..plan.rfind("end\t").unwrap()];
    let version = body.lines().nth(1).unwrap();
    let body = body.replacen(version, "version\t0123456789abcdef-0", 1);
    let salted =
        |salt: u64| fnv1a_from(FNV_START ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15), body.as_bytes());
    fs::write(path, format!("{body}end\t{:016x}{:016x}\n", salted(1), salted(0))).unwrap();
}

#[test]
fn bad_input_is_one_sentence() {
    let folder = folder();
    plan(folder.path(), 2);
    let refused = |line: &str, words: &[&str]| assert_refusal(&output(folder.path(), line), words);
    let shard = |shard: &str| format!("compare --plan d/plan.txt --shard {shard}");
    refused(&shard("3/2"), &["no shard 3 in a plan of 2 shards", "from 1"]);
    refused(&shard("0/2"), &["no shard 0", "from 1"]);
    refused(&shard("1/3"), &["1/3 is a shard of 3, but the plan has 2"]);
    refused(&shard("one"), &["'one' is not a shard", "3/8"]);
    refused("compare --plan d/plan.txt", &["no shard", "SLURM_ARRAY_TASK_ID", "--shard K/N"]);
    refused("compare --plan none/plan.txt --shard 1/2", &["cannot read none/plan.txt"]);
    refused("compare --plan d/plan.txt --shard 1/2 --trials 3", &["--plan", "--trials"]);
    refused("compare --shard 1/2 --out d", &["--plan"]);
    refused("compare plan --shards 0 --out e", &["shards = 0 is out of range", "from 1 to 100000"]);
    refused("compare plan --shards --out e", &["a value is required for '--shards <N>'"]);
    refused("compare plan --shards 2 --out e --max-array-size 1", &["max-array-size"]);
    refused("compare plan --shards 2 --out e --weights none", &["no folder or archive named 'none'"]);
    refused("compare plan --shards 2 --out e --weights d", &["cannot read d/seconds.csv"]);
    refused("compare plan --shards 2 --out e --threads 0", &["threads", "from 1"]);
    refused("compare merge d d --out m", &["the folder d is given twice"]);
    refused("compare merge none --out m", &["no plan.txt in none", "gradus compare plan"]);
    refused("compare status none", &["no plan.txt in none"]);
    refused("compare --out", &["--out"]);
    refused("compare", &["--out"]);
    assert!(!folder.path().join("e").exists() && !folder.path().join("m").exists());

    run(folder.path(), "1/2");
    let other = format!("compare plan --shards 3 --out d {SELECTION}");
    refused(&other, &["the shards of another plan have begun in d", "another folder"]);
    let path = folder.path().join("d/plan.txt");
    let whole = fs::read_to_string(&path).unwrap();
    as_of_another_version(&path);
    refused(&shard("2/2"), &["the plan is of another version of gradus (0123456789abcdef-0"]);
    refused("compare merge d --out m", &["another version of gradus"]);
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    refused(&shard("2/2"), &["plan.txt is not a plan that can be used: it was cut or changed"]);
}

/// A shard with room for so many kilobytes in each file: what goes beyond fails, as on a full disk.
#[cfg(unix)]
#[test]
fn a_full_disk_ends_a_shard_with_a_sentence_and_with_room_again_only_the_rest_is_run() {
    let folder = folder();
    plan(folder.path(), 1);
    let limited = "trap '' XFSZ; ulimit -f 8; exec \"$@\"";
    let full = Command::new("bash")
        .current_dir(folder.path())
        .env_remove("GRADUS_SIMD")
        .args(["-c", limited, "bash", env!("CARGO_BIN_EXE_gradus")])
        .args(words("compare --plan d/plan.txt --shard 1/1"))
        .output()
        .unwrap();
    assert_refusal(&full, &["cannot write", "d/shards/1/", ".log"]);
    assert!(run(folder.path(), "1/1").contains("kept from before"));
    says(folder.path(), "compare merge d --out m");
}

#[test]
fn ones_own_optimizer_takes_part_in_shards_if_it_has_a_version() {
    let folder = folder();
    let own = || Entry::rule("heavy", |_| Momentum::new(0.99));
    let run = |entry: Entry, line: &str| {
        let line = line.replace("DIR", folder.path().to_str().unwrap());
        let mut out = Vec::new();
        let arguments: Vec<&str> = ["gradus", "compare"].into_iter().chain(line.split_whitespace()).collect();
        let code = cli::run_with(arguments, &Catalogue::built_in().with(entry), &mut out);
        (code, text(&out))
    };
    let planned =
        "plan --shards 2 --out DIR/d --quick --trials 2 --seeds 1 --optimizers sgd,heavy --problems beale";
    assert_eq!(run(own(), planned), (2, String::new()), "without a version");
    assert_eq!(run(own().with_version("1"), planned).0, 0);
    for shard in ["1/2", "2/2"] {
        let line = format!("--plan DIR/d/plan.txt --shard {shard}");
        assert_eq!(run(own().with_version("2"), &line).0, 2, "another version than the plan's");
        assert_eq!(run(own().with_version("1"), &line).0, 0);
    }
    assert_eq!(run(own().with_version("1"), "merge DIR/d --out DIR/m").0, 0);
    let runs = fs::read_to_string(folder.path().join("m/runs.csv")).unwrap();
    assert_eq!(runs.lines().filter(|line| line.contains(",heavy,")).count(), 4, "{runs}");
}
