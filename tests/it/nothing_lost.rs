//! What users reported of other libraries, tried on the command: nothing false, nothing lost, no crash.
#![cfg(feature = "cli")]

use crate::common::{folder, gradus, succeeds, text};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn json(folder: &Path, arguments: &str) -> Value {
    let words: Vec<&str> = arguments.split(' ').chain(["--json"]).collect();
    serde_json::from_str(&succeeds(folder, &words)).unwrap()
}

/// Runs the command, which must refuse this, and returns its one sentence.
fn refusal(folder: &Path, arguments: &str) -> String {
    let output = gradus(folder).args(arguments.split(' ')).output().unwrap();
    let (out, complaint) = (text(&output.stdout), text(&output.stderr));
    assert_eq!((output.status.code(), out.as_str()), (Some(2), ""), "{arguments}: {complaint}");
    assert!(complaint.starts_with("error: ") && complaint.lines().count() == 1, "{arguments}: {complaint}");
    complaint
}

mod lost {
    use super::*;

    #[test]
    fn a_run_that_diverges_is_resumed_with_its_best_point() {
        let folder = folder();
        for rule in ["gd", "momentum", "nesterov"] {
            let minimize =
                |rest: &str| json(folder.path(), &format!("minimize wood --optimizer {rule} {rest}"));
            let whole = minimize("--max-iter 20");
            for cut in [1, 2, 3, 5] {
                minimize(&format!("--max-iter {cut} --save a"));
                let rest = minimize("--resume a --max-iter 20");
                for key in ["value", "x", "iterations", "value_evals", "termination"] {
                    assert_eq!(rest[key], whole[key], "{rule} cut at {cut}: {key}");
                }
            }
            minimize("--max-iter 100 --save diverged");
            let (again, whole) = (minimize("--resume diverged --max-iter 200"), minimize("--max-iter 200"));
            assert_eq!((&again["value"], &again["x"]), (&whole["value"], &whole["x"]), "{rule}");
            assert!(again["value"].is_number());
        }
    }

    #[test]
    fn what_is_written_follows_links_keeps_modes_and_replaces_only_files() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("real"), "old").unwrap();
        fs::write(at("real.csv"), "old").unwrap();
        for name in ["real", "real.csv"] {
            fs::set_permissions(at(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        symlink("real", at("link")).unwrap();
        symlink("real.csv", at("link.csv")).unwrap();
        json(folder.path(), "minimize beale --max-iter 3 --save link --trace link.csv");
        assert!(at("link").is_symlink() && at("link.csv").is_symlink());
        for name in ["real", "real.csv"] {
            assert_ne!(fs::read_to_string(at(name)).unwrap(), "old");
            assert_eq!(fs::metadata(at(name)).unwrap().permissions().mode() & 0o777, 0o600);
        }
        for (option, place) in [("--save", "/dev/null"), ("--save", ".")] {
            let sentence = refusal(folder.path(), &format!("minimize beale {option} {place}"));
            assert!(sentence.contains("cannot write"), "{sentence}");
        }
        let long = "n".repeat(300);
        for line in [format!("minimize beale --save {long}"), format!("train --trace {long}.csv")] {
            assert!(refusal(folder.path(), &line).contains("cannot write"));
        }
        for line in
            ["--save b.csv --trace b.csv", "--save b.csv --trace ./b.csv", "--save real.csv --trace link.csv"]
        {
            let sentence = refusal(folder.path(), &format!("minimize beale {line}"));
            assert!(sentence.contains("--trace and --save name the same file"), "{sentence}");
            let sentence = refusal(folder.path(), &format!("train {line}"));
            assert!(sentence.contains("--trace and --save name the same file"), "{sentence}");
        }
        assert!(!at("b.csv").exists());
    }

    #[test]
    fn a_result_is_shown_before_its_trace_is_written() {
        let folder = folder();
        let out = succeeds(folder.path(), &["minimize", "beale", "--max-iter", "10", "--trace", "t.csv"]);
        let (found, rows) = (out.find("f = ").unwrap(), out.find("rows in t.csv").unwrap());
        assert!(found < rows, "{out}");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_does_not_lose_what_was_found() {
        use std::process::Command;
        let folder = folder();
        let small = folder.path().join("small");
        fs::create_dir(&small).unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=16k", "tmpfs"]).arg(&small).output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            return println!("skipped: a small file system cannot be mounted here");
        }
        let run = |line: &str| {
            let output = gradus(folder.path()).args(line.split(' ')).output().unwrap();
            (output.status.code(), text(&output.stdout), text(&output.stderr))
        };
        let lines = [
            "minimize rosenbrock --max-iter 3000 --trace small/t.csv",
            "minimize rosenbrock --max-iter 3000 --trace small/t.parquet",
            "minimize rosenbrock:400 --max-iter 30 --save small/s",
            "train --data blobs --epochs 500 --trace small/t.csv",
        ];
        let outcomes = lines.map(run);
        let unmounted = Command::new("umount").arg(&small).status();
        assert!(unmounted.unwrap().success());
        for (line, (code, out, complaint)) in lines.iter().zip(outcomes) {
            assert_eq!(code, Some(2), "{line}: {complaint}");
            assert!(
                complaint.contains("No space left") && complaint.lines().count() == 1,
                "{line}: {complaint}"
            );
            // The disk is to blame, and not the format of the file.
            assert!(!complaint.contains("specification"), "{line}: {complaint}");
            assert!(out.contains("f = ") || out.contains("train_loss"), "{line}: {out}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_save_that_fails_in_the_middle_is_told_once_and_at_once() {
        let folder = folder();
        // No byte fits into a file: the check before the run creates an empty one, and each save fails.
        let limited = "trap '' XFSZ; ulimit -f 0; exec \"$@\"";
        let line = "minimize rosenbrock:1000 --optimizer gd --lr 1e-5 --grad-tol 0 --max-time 1.8 --save s";
        let mut child = std::process::Command::new("bash")
            .current_dir(folder.path())
            .args(["-c", limited, "-", env!("CARGO_BIN_EXE_gradus")])
            .args(line.split(' '))
            .args(["--max-iter", "10000000"])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut complaints = std::io::BufReader::new(child.stderr.take().unwrap());
        std::io::BufRead::read_line(&mut complaints, &mut said).unwrap();
        let ended = child.try_wait().unwrap().is_some();
        assert!(said.starts_with("warning: cannot write s") && said.contains("the run goes on"), "{said}");
        assert!(!ended, "it is told before the end");
        let output = child.wait_with_output().unwrap();
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut complaints, &mut rest).unwrap();
        assert!(rest.starts_with("error: cannot write s") && rest.lines().count() == 1, "{rest}");
        assert_eq!(output.status.code(), Some(2), "{rest}");
        assert!(text(&output.stdout).contains("f = "), "what was found is shown");
    }

    #[test]
    #[cfg(unix)]
    fn ctrl_c_ends_a_minimization_and_shows_what_it_found() {
        for more in ["", " --json", " --trace t.csv"] {
            let folder = folder();
            let line = format!("minimize rosenbrock:500 --optimizer gd --lr 1e-6 --grad-tol 0{more}");
            let mut command = gradus(folder.path());
            command.args(line.split(' ')).args(["--max-iter", "10000000"]);
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            let child = command.spawn().unwrap();
            std::thread::sleep(std::time::Duration::from_millis(700));
            let signal = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
            assert!(signal.unwrap().success());
            let output = child.wait_with_output().unwrap();
            let out = text(&output.stdout);
            assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(130), ""), "{out}");
            assert!(out.contains("interrupted"), "{more}: {out}");
            match more {
                " --json" => {
                    let found: Value = serde_json::from_str(&out).unwrap();
                    assert!(found["iterations"].as_u64() > Some(0) && found["value"].is_number(), "{out}");
                }
                " --trace t.csv" => assert!(folder.path().join("t.csv").is_file()),
                _ => assert!(out.contains("f = ") && out.contains("x = ["), "{out}"),
            }
        }
    }

    #[test]
    fn figures_of_an_earlier_comparison_do_not_stay() {
        let folder = folder();
        let compare = |problems: &str| {
            let line = format!(
                "compare --quick --trials 4 --seeds 2 --optimizers sgd,adam --problems {problems} --out c"
            );
            succeeds(folder.path(), &line.split(' ').collect::<Vec<_>>());
        };
        let of_beale = || {
            let names = gradus::files::below(&folder.path().join("c/figures")).unwrap();
            names.iter().filter(|path| path.to_string_lossy().contains("beale")).count()
        };
        compare("rosenbrock,beale");
        assert!(of_beale() > 0);
        fs::write(folder.path().join("c/figures/mine.txt"), "kept").unwrap();
        compare("rosenbrock");
        assert_eq!(of_beale(), 0);
        assert!(folder.path().join("c/figures/mine.txt").exists());
    }
}

mod crashes {
    use super::*;

    #[test]
    fn sizes_that_do_not_fit_into_memory_are_refused() {
        let folder = folder();
        for line in [
            "minimize rosenbrock:1000 --optimizer lbfgs --memory 1000000000",
            "minimize rosenbrock --optimizer lbfgs --memory 18446744073709551615",
            "minimize extended-rosenbrock:400000 --optimizer lm",
            "minimize penalty-1:400000 --optimizer gauss-newton",
            "minimize rosenbrock:10000000 --optimizer bfgs",
            "train --data blobs --model mlp:4000000000",
            "train --data blobs --model mlp:18446744073709551615",
            "train --data blobs --model mlp:1000000,1000000",
            "train --data blobs --model mlp:200000 --optimizer kfac",
            "gradcheck --model mlp:18446744073709551615",
            "gradcheck --model mlp:1000000000",
        ] {
            let sentence = refusal(folder.path(), line);
            assert!(sentence.contains("available") || sentence.contains("counted"), "{line}: {sentence}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    /// A limit of processes binds users other than root, so the command runs as one of them, where the system
    /// allows that.
    #[test]
    #[cfg(target_os = "linux")]
    fn without_threads_a_table_is_refused_before_the_run() {
        use std::os::unix::fs::PermissionsExt;
        use std::process::Command;
        let folder = folder();
        let program = folder.path().join("gradus");
        fs::copy(env!("CARGO_BIN_EXE_gradus"), &program).unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let run = |limit: &str, line: &str| {
            let script = format!("ulimit -u {limit}; exec ./gradus {line}");
            let mut shell = Command::new("setpriv");
            shell.args(["--reuid", "64123", "--regid", "64123", "--clear-groups", "bash", "-c", &script]);
            shell.current_dir(folder.path()).env("OPENBLAS_NUM_THREADS", "1").output().unwrap()
        };
        if !run("100", "list data").status.success() {
            return println!("skipped: the command cannot run as another user here");
        }
        for line in ["minimize beale --trace t.parquet", "train --data blobs --epochs 2 --trace t.parquet"] {
            for form in ["parquet", "csv"] {
                let (line, file) = (line.replace("parquet", form), folder.path().join(format!("t.{form}")));
                let output = run("3", &line);
                let complaint = text(&output.stderr);
                assert_eq!(output.status.code(), Some(2), "{line}: {complaint}");
                assert!(complaint.contains("threads that write tables: raise"), "{line}: {complaint}");
                assert!(complaint.lines().count() == 1 && !file.exists());
                assert_eq!(run("100", &line).status.code(), Some(0), "{line}");
                fs::remove_file(file).unwrap();
            }
            let without = line.split(" --trace").next().unwrap();
            assert_eq!(run("3", without).status.code(), Some(0), "{without}");
        }
        let output = run("3", "compare --quick --problems beale --optimizers sgd --out c");
        let complaint = text(&output.stderr);
        assert!(output.status.code() == Some(2) && complaint.lines().count() == 1, "{complaint}");
    }

    #[test]
    #[cfg(feature = "lapack")]
    fn what_kfac_has_no_room_for_is_refused_before_its_start_is_evaluated() {
        let folder = folder();
        let started = std::time::Instant::now();
        let sentence = refusal(folder.path(), "train --data blobs --model mlp:200000 --optimizer kfac");
        assert!(
            sentence.contains("kfac on a net of this size needs") && sentence.contains("adam"),
            "{sentence}"
        );
        // One pass of 5,000 examples over such a net takes longer than all of this.
        assert!(started.elapsed() < std::time::Duration::from_secs(2), "{:?}", started.elapsed());
    }

    #[test]
    fn a_saved_run_that_was_changed_is_refused() {
        let folder = folder();
        json(folder.path(), "minimize rosenbrock --optimizer lbfgs --max-iter 15 --save s");
        let saved = fs::read_to_string(folder.path().join("s")).unwrap();
        let change = |name: &str, place: usize, to: &str| {
            let lines = saved.lines().map(|line| {
                let mut words: Vec<&str> = line.split(' ').collect();
                if line.starts_with(name) {
                    words[place] = to;
                }
                words.join(" ") + "\n"
            });
            fs::write(folder.path().join("s"), lines.collect::<String>()).unwrap();
        };
        for (place, to) in [(3, "77.0"), (4, "77.0"), (3, "NaN"), (4, "-1.0"), (4, "0.5")] {
            change("memory pairs ", place, to);
            let sentence = refusal(folder.path(), "minimize rosenbrock --optimizer lbfgs --resume s");
            assert!(sentence.contains("pairs") && sentence.contains("whole number"), "{sentence}");
        }
        for (name, place, to, word) in [
            ("x ", 2, "NaN", "x has an entry that is not finite"),
            ("iteration ", 1, "18446744073709551615", "no run can"),
            ("evaluations ", 3, "18446744073709551615", "no run can"),
            ("seconds ", 1, "-5", "no number of seconds"),
            ("end", 0, "end\nmore", "after 'end'"),
        ] {
            change(name, place, to);
            let sentence = refusal(folder.path(), "minimize rosenbrock --optimizer lbfgs --resume s");
            assert!(sentence.contains(word), "{sentence}");
        }
        fs::write(folder.path().join("s"), saved).unwrap();
        let with = "minimize rosenbrock --optimizer lbfgs --resume s --memory 5";
        let sentence = refusal(folder.path(), with);
        assert!(sentence.contains("with other settings: its s has 20 numbers, not 10"), "{sentence}");
    }

    #[test]
    fn counts_of_runs_points_and_epochs_have_a_bound_that_is_said() {
        let folder = folder();
        let most = u64::MAX.to_string();
        for line in [
            "compare --problems rosenbrock --optimizers sgd --out c --seeds",
            "compare --problems rosenbrock --optimizers sgd --out c --trials",
            "gradcheck rosenbrock --points",
            "train --data blobs --epochs",
            "train --data blobs --optimizer lbfgs --max-iter",
            "minimize rosenbrock --max-iter",
        ] {
            for count in [&most, "1000000000000"] {
                let sentence = refusal(folder.path(), &format!("{line} {count}"));
                assert!(sentence.contains("out of range"), "{sentence}");
            }
            let sentence = refusal(folder.path(), &format!("{line} 99999999999999999999"));
            assert!(sentence.contains("too large"), "{sentence}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

mod sentences {
    use super::*;

    fn said(folder: &Path, arguments: &str) -> String {
        succeeds(folder, &arguments.split(' ').collect::<Vec<_>>())
    }

    #[test]
    #[cfg(feature = "lapack")]
    fn a_singular_minimum_is_not_called_a_saddle() {
        let folder = folder();
        for optimizer in
            ["lm", "gauss-newton", "lbfgs", "bfgs", "newton-shifted", "trust-region", "newton-cg", "cg"]
        {
            let found = json(folder.path(), &format!("minimize linear-rank-1 --optimizer {optimizer}"));
            if found["converged"] == true {
                assert_eq!(found["verdict"], "cannot tell (singular Hessian)", "{optimizer}: {found}");
            }
        }
        let found = json(folder.path(), "minimize biggs-exp6 --optimizer lbfgs");
        assert_eq!(found["verdict"], "saddle", "{found}");
        assert_eq!(json(folder.path(), "minimize beale --optimizer lbfgs")["verdict"], "minimum");
    }

    #[test]
    fn kinks_of_losses_are_told() {
        let folder = folder();
        for line in [
            "--loss svm --optimizer lbfgs",
            "--l1 1e-2 --optimizer cg",
            "--loss structured --l2 1e-2 --optimizer lbfgs",
            "--loss one-vs-all --optimizer bfgs",
        ] {
            let out = said(folder.path(), &format!("train --data blobs {line}"));
            assert!(!out.contains("gradient is wrong"), "{line}: {out}");
        }
        let out = said(folder.path(), "train --data blobs --loss svm --optimizer lbfgs");
        assert!(out.contains("kink"), "{out}");
    }

    #[test]
    fn an_unbounded_function_is_told() {
        let folder = folder();
        for search in ["hager-zhang", "exact", "more-thuente"] {
            let line = format!("minimize quadratic:-1,1 --x0 1,1 --optimizer lbfgs --line-search {search}");
            let found = json(folder.path(), &line);
            assert_eq!(found["termination"]["reason"], "unbounded", "{search}: {found}");
            assert!(found["value"].as_f64().unwrap() < -1e30, "{search}: {found}");
        }
    }

    #[test]
    fn the_culprit_is_named_before_the_run_where_it_can_be_known() {
        let folder = folder();
        for (line, words) in [
            ("--l2 1e39", "l2 = 1e39 is out of range"),
            ("--l1 1e-50", "l1 = 1e-50 is out of range"),
            ("--lr 1e-50", "lr = 1e-50 is out of range"),
            ("--clip-norm 1e-60", "clip-norm = 1e-60 is out of range"),
            ("--optimizer adam --eps 1e-60", "eps = 1e-60 is out of range"),
            ("--loss huber:1e-300", "delta = 1e-300 is out of range"),
            ("--model mlp:4 --init normal:1e300", "init = 1e300 is out of range"),
            ("--model mlp:4 --init normal:1e300 --precision f64", "--init normal:1e300 are too large"),
        ] {
            let sentence = refusal(folder.path(), &format!("train --data blobs {line}"));
            assert!(sentence.contains(words), "{line}: {sentence}");
        }
        let out = said(folder.path(), "train --data digits --optimizer adagrad --eps 0");
        assert!(out.contains("divided 0 by 0") && out.contains("eps"), "{out}");
        // In f64 the same numbers are possible.
        said(folder.path(), "train --data blobs --lr 1e-50 --precision f64 --epochs 1");
    }

    #[test]
    fn sentences_agree_with_each_other_and_are_short() {
        let folder = folder();
        let found = json(folder.path(), "minimize jennrich-sampson --optimizer gd --x0 300,300");
        assert_eq!(found["value"], Value::Null);
        let out = said(folder.path(), "minimize jennrich-sampson --x0 300,300");
        assert!(
            out.contains("f = inf at the start") && out.contains("f = inf,") && !out.contains("f = NaN"),
            "{out}"
        );
        for line in ["minimize quadratic:1e-200", "minimize quadratic:1e200,1e201 --max-iter 0"] {
            let out = said(folder.path(), line);
            assert!(out.starts_with("quadratic:1e") && out.lines().all(|line| line.len() < 200), "{out}");
        }
        let out = said(folder.path(), "minimize rosenbrock --x0 1e100,1e100 --max-iter 0");
        assert!(out.contains("1.000000e100"), "{out}");
        assert!(refusal(folder.path(), "minimize beale --average mean").contains("is not an average"));
        let sentence = refusal(folder.path(), "minimize rosenbrock --lr --momentum 0.9");
        assert!(sentence.contains("a value is required for '--lr <X>'"), "{sentence}");
        let sentence = refusal(folder.path(), "fetch mnist --from ftp://example.org/mnist --to d");
        assert!(sentence.contains("cannot be fetched by ftp"), "{sentence}");
        let sentence = refusal(folder.path(), "fetch mnist --from http://[::1 --to d");
        assert!(sentence.contains("'http://[::1' is not an address of a server"), "{sentence}");
        let sentence = refusal(folder.path(), "minimize rosenbrock --optimizer lbfgs --curvature 1e-5");
        assert!(sentence.contains("must be above 1e-4, the sufficient decrease, and below 1"), "{sentence}");
        let sentence = refusal(folder.path(), "gradcheck rosenbrock --h 1e-17");
        assert!(sentence.contains("h must be large enough"), "{sentence}");
    }

    #[test]
    #[cfg(feature = "lapack")]
    fn epochs_of_batches_are_those_asked_for() {
        let found = json(folder().path(), "train --data blobs --model mlp:4 --optimizer kfac --epochs 2");
        assert_eq!((found["epochs"].as_f64(), found["steps"].as_u64()), (Some(2.0), Some(10)), "{found}");
    }

    #[test]
    fn names_that_cannot_be_built_or_are_taken_are_refused() {
        let folder = folder();
        for name in ["build", "deps", "examples", "incremental", "test", "fn", "adam", "lm"] {
            let sentence = refusal(folder.path(), &format!("new {name}"));
            assert!(sentence.contains("choose another name"), "{sentence}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
