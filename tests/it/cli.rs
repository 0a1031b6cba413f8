//! The command `gradus`, run as a process: what it prints, which exit code it gives, and which files it
//! leaves.
#![cfg(feature = "cli")]

use crate::common::{folder, gradus, succeeds, text};
use serde_json::Value;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let printed = succeeds(folder, arguments);
    serde_json::from_str(&printed)
        .unwrap_or_else(|error| panic!("{arguments:?} printed no JSON ({error}): {printed}"))
}

/// Bad input: exit code 2, nothing on stdout, one sentence on stderr with these words, and no file left.
fn refuses(arguments: &[&str], words: &[&str]) {
    let folder = folder();
    refuses_in(folder.path(), arguments, words);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{arguments:?} left a file");
}

fn refuses_in(folder: &Path, arguments: &[&str], words: &[&str]) {
    let output = gradus(folder).args(arguments).output().unwrap();
    assert_refusal(&output, arguments, words);
}

fn assert_refusal(output: &Output, arguments: &[&str], words: &[&str]) {
    let (out, complaint) = (text(&output.stdout), text(&output.stderr));
    assert_eq!((output.status.code(), out.as_str()), (Some(2), ""), "{arguments:?}: {complaint}");
    assert!(complaint.starts_with("error: ") && complaint.lines().count() == 1, "{arguments:?}: {complaint}");
    for word in words {
        assert!(complaint.contains(word), "{arguments:?}: '{word}' is not in: {complaint}");
    }
}

mod bad_input {
    use super::*;

    #[test]
    fn unknown_names_come_with_the_nearest() {
        refuses(&["train", "--optimizer", "momentun"], &["did you mean 'momentum'?"]);
        refuses(&["train", "--data", "fashion-mnits"], &["did you mean 'fashion-mnist'?"]);
        refuses(&["train", "--loss", "sotfmax"], &["did you mean 'softmax'?"]);
        refuses(&["train", "--model", "liner"], &["did you mean 'linear'?"]);
        refuses(&["train", "--optimiser", "sgd"], &["--optimizer"]);
        refuses(&["train", "--precision", "f16"], &["f32, f64"]);
        refuses(&["train", "--schedule", "linear"], &["constant, cosine, step:EVERY,FACTOR"]);
        refuses(&["minimize", "rosenbrok"], &["did you mean 'rosenbrock'?"]);
        refuses(&["minimize", "beale", "--optimizer", "newtom"], &["did you mean 'newton'?"]);
        refuses(&["run", "momentumm"], &["no study named 'momentumm'"]);
        refuses(&["run", "momentum", "--budget", "long"], &["momentum has no long form", "papers"]);
        refuses(&["list", "optimizer"], &["did you mean 'optimizers'?"]);
        refuses(&["fetch", "mnistt"], &["did you mean 'mnist'?"]);
        refuses(&["trian"], &["train"]);
    }

    #[test]
    fn exchanged_letters_are_understood_wherever_a_name_is_asked_for() {
        refuses(&["train", "--optimizer", "adma"], &["did you mean 'adam'?"]);
        refuses(&["train", "--data", "mnits"], &["did you mean 'mnist'?"]);
        refuses(&["train", "--model", "mpl:3"], &["did you mean 'mlp:"]);
        refuses(&["train", "--init", "xaveir"], &["did you mean 'xavier'?"]);
        refuses(&["train", "--convention", "troch"], &["did you mean 'torch'?"]);
        refuses(&["minimize", "rosenbrok:10"], &["did you mean 'rosenbrock"]);
        refuses(&["minimize", "beale", "--optimizer", "bfsg"], &["did you mean 'bfgs'?"]);
        refuses(&["gradcheck", "baele"], &["did you mean 'beale'?"]);
        refuses(&["compare", "--optimizers", "sdg", "--out", "c"], &["did you mean 'sgd'?"]);
        refuses(&["compare", "--problems", "baele", "--out", "c"], &["did you mean 'beale'?"]);
        refuses(&["run", "momentmu"], &["did you mean 'momentum'?"]);
        refuses(&["list", "lossse"], &["did you mean 'losses'?"]);
        let [other, known] = ["did you mean 'mnist'?", "known: fashion-mnist, mnist, cifar-10"];
        refuses(&["fetch", "mnits"], &[other, known]);
    }

    #[test]
    fn numbers_out_of_range_name_the_range() {
        for lr in ["0", "-0.1", "nan", "inf"] {
            refuses(&["train", "--lr", lr], &["lr must be finite and > 0"]);
            refuses(&["minimize", "beale", "--lr", lr], &["lr must be finite and > 0"]);
        }
        refuses(&["train", "--lr", "fast"], &["--lr", "number"]);
        refuses(&["train", "--batch", "0"], &["batch must be at least 1"]);
        refuses(&["train", "--batch", "1439"], &["1439 out of 1438 examples"]);
        refuses(&["train", "--batch", "-1"], &["whole number from 1 on, or full"]);
        refuses(&["train", "--epochs", "0"], &["epochs must be from 1 to 10000000"]);
        refuses(&["train", "--seed", "-1"], &["--seed", "whole number"]);
        refuses(&["train", "--momentum", "1"], &["momentum", "below 1"]);
        refuses(&["train", "--l2", "-1e-4"], &["l2 must be finite and ≥ 0"]);
        refuses(&["train", "--l1", "nan"], &["l1 must be finite and ≥ 0"]);
        refuses(&["train", "--schedule", "step:0,.1"], &["EVERY ≥ 1"]);
        refuses(&["minimize", "beale", "--grad-tol", "-1"], &["grad-tol must be finite and ≥ 0"]);
        refuses(&["minimize", "beale", "--target", "nan"], &["target must be a number"]);
        refuses(&["minimize", "beale", "--max-iter", "99999999999"], &["max-iter must be at most"]);
        refuses(&["minimize", "rosenbrock:1"], &["from 2 to"]);
        refuses(&["minimize", "quadratic:1,inf"], &["finite numbers"]);
    }

    #[test]
    fn options_that_a_rule_does_not_have_are_refused_and_values_out_of_range_name_it() {
        refuses(
            &["train", "--optimizer", "adam", "--dampening", "0.5"],
            &["adam has no dampening: it has beta1, beta2, eps"],
        );
        refuses(&["train", "--optimizer", "sgd", "--eps", "1e-8"], &["sgd has no eps: it has none"]);
        refuses(
            &["minimize", "beale", "--optimizer", "adam", "--weight-decay", "0.1"],
            &["adam has no weight-decay"],
        );
        refuses(
            &["minimize", "beale", "--optimizer", "adam", "--beta2", "1"],
            &["beta2 must be at least 0 and below 1"],
        );
        refuses(
            &["minimize", "beale", "--optimizer", "adam", "--eps", "-1"],
            &["eps must be finite and ≥ 0"],
        );
        refuses(
            &["minimize", "beale", "--optimizer", "adam", "--convention", "tensorflow"],
            &["torch, lecture, keras, optax"],
        );
        refuses(
            &["minimize", "beale", "--optimizer", "nesterov", "--form", "rate-inside"],
            &["rate-outside, shifted, look-ahead"],
        );
        refuses(
            &["minimize", "beale", "--optimizer", "adamw", "--centered"],
            &["--centered does not go with adamw"],
        );
        refuses(
            &["minimize", "beale", "--optimizer", "newton", "--beta1", "0.9"],
            &["--beta1 does not go with newton"],
        );
        refuses(&["minimize", "beale", "--clip-norm", "0"], &["clip-norm must be finite and > 0"]);
        refuses(
            &["minimize", "beale", "--clip-norm", "1", "--clip-value", "1"],
            &["--clip-norm", "--clip-value"],
        );
        refuses(&["train", "--average", "ema:1"], &["ema:DECAY with 0 ≤ DECAY < 1"]);
        refuses(&["train", "--wrap", "lookahed"], &["lookahead[:K[,ALPHA]]", "sam[:RHO]"]);
        refuses(&["train", "--wrap", "sam:-1"], &["rho must be finite and ≥ 0"]);
        refuses(&["minimize", "beale", "--wrap", "lookahead:0"], &["k must be at least 1"]);
        refuses(
            &["minimize", "beale", "--optimizer", "lbfgs", "--wrap", "sam"],
            &["--wrap does not go with lbfgs"],
        );
        refuses(&["train", "--optimizer", "rprop", "--eta-plus", "1"], &["eta-plus must be finite and > 1"]);
        refuses(
            &["train", "--optimizer", "sophia", "--every", "1.5"],
            &["every must be a whole number from 1 to 10¹⁵"],
        );
        refuses(
            &["train", "--optimizer", "sophia", "--accumulate", "2"],
            &["the Hessian of one batch, and 2 are accumulated"],
        );
        refuses(&["train", "--accumulate", "0"], &["accumulate must be at least 1"]);
        refuses(&["train", "--schedule", "warmup:0+cosine"], &["warmup:STEPS+"]);
    }

    #[test]
    fn settings_that_do_not_fit_together_are_refused() {
        refuses(
            &["train", "--optimizer", "sgd", "--momentum", "0.9"],
            &["--momentum does not go with sgd", "leave it out"],
        );
        refuses(&["train", "--optimizer", "newton"], &["minibatches", "gradus minimize"]);
        refuses(
            &["minimize", "beale", "--optimizer", "newton", "--lr", "1"],
            &["--lr does not go with newton"],
        );
        refuses(&["minimize", "beale", "--scale", "1"], &["--scale does not go with gd"]);
        refuses(&["minimize", "rosenbrock", "--x0=1,2,3"], &["[3]", "[2]"]);
        refuses(&["minimize", "rosenbrock", "--x0=1,x"], &["finite numbers with commas"]);
        refuses(&["minimize", "rosenbrock", "--x0=1,nan"], &["finite numbers with commas"]);
        refuses(
            &["minimize", "rosenbrock:1000000", "--optimizer", "newton"],
            &["8000000000000 bytes (8.0 TB)", "lbfgs"],
        );
        refuses(&["minimize", "saddle", "--optimizer", "lm"], &["lm needs residuals", "no sum of squares"]);
        refuses(
            &["minimize", "beale", "--optimizer", "trust-region", "--memory", "3"],
            &["--memory does not go with trust-region"],
        );
        refuses(&["minimize", "beale", "--grad-norm", "1"], &["no gradient norm named '1'", "max, 2"]);
        refuses(&["minimize", "beale", "--step-tol", "-1"], &["step-tol must be finite and ≥ 0"]);
        refuses(&["minimize", "beale", "--max-time", "nan"], &["max-time must be from 0 to 1e9 seconds"]);
    }

    #[test]
    fn settings_of_optimizers_that_use_curvature_are_checked() {
        refuses(&["train", "--optimizer", "lbfgs", "--batch", "128"], &["whole loss", "--batch full"]);
        refuses(&["train", "--optimizer", "lbfgs", "--precision", "f32"], &["f64"]);
        refuses(&["train", "--optimizer", "lbfgs", "--lr", "1"], &["--lr does not go with lbfgs"]);
        refuses(&["train", "--optimizer", "bfgs", "--memory", "5"], &["--memory does not go with bfgs"]);
        refuses(&["train", "--grad-tol", "1e-3"], &["--grad-tol does not go with momentum"]);
        refuses(
            &["minimize", "beale", "--optimizer", "lbfgs", "--preconditioned"],
            &["the risk of a linear classifier", "gradus train"],
        );
        refuses(
            &["train", "--optimizer", "cg", "--preconditioned"],
            &["--preconditioned does not go with cg"],
        );
        refuses(
            &["train", "--optimizer", "lbfgs", "--model", "mlp:5", "--preconditioned"],
            &["mlp:5 has no block", "linear"],
        );
        refuses(
            &["minimize", "beale", "--optimizer", "lbfgs", "--memory", "0"],
            &["memory must be at least 1"],
        );
        refuses(
            &["minimize", "beale", "--optimizer", "lbfgs", "--line-search", "wolfe"],
            &["no line search named 'wolfe'"],
        );
        refuses(
            &["minimize", "beale", "--optimizer", "sr1", "--line-search", "exact"],
            &["--line-search does not go with sr1"],
        );
        refuses(
            &["minimize", "beale", "--optimizer", "adam", "--conjugacy", "hager-zhang"],
            &["--conjugacy does not go with adam"],
        );
        refuses(&["minimize", "rosenbrock:100000", "--optimizer", "bfgs"], &["80000000000 bytes", "lbfgs"]);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_refused_before_the_run() {
        let long = ["--epochs", "10000000"];
        let trace = |path| [&["train", "--trace", path], &long[..]].concat();
        refuses(&trace("curve.txt"), &["FILE.csv or FILE.parquet"]);
        refuses(&trace("curve"), &["FILE.csv or FILE.parquet"]);
        refuses(&trace("missing/curve.csv"), &["cannot write missing/curve.csv"]);
        refuses(
            &["minimize", "beale", "--max-iter", "10000000", "--trace", "missing/path.parquet"],
            &["cannot write missing/path.parquet"],
        );
        let folder = folder();
        fs::create_dir(folder.path().join("taken.csv")).unwrap();
        refuses_in(folder.path(), &trace("taken.csv"), &["cannot write taken.csv"]);
        fs::write(folder.path().join("file"), "").unwrap();
        refuses_in(folder.path(), &["run", "all", "--out", "file"], &["cannot", "file"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn missing_data_names_the_places_and_the_remedy() {
        let folder = folder();
        let mut command = gradus(folder.path());
        command
            .args(["train", "--data", "cifar-10"])
            .env("GRADUS_DATA", folder.path())
            .env("HOME", folder.path());
        let output = command.env_remove("XDG_DATA_HOME").output().unwrap();
        if output.status.success() {
            return println!("skipped: cifar-10 is installed on this system");
        }
        assert_refusal(&output, &["train"], &["looked in", "gradus fetch cifar-10"]);
    }

    #[test]
    fn damaged_data_is_one_sentence() {
        let folder = folder();
        let mnist = folder.path().join("mnist");
        fs::create_dir(&mnist).unwrap();
        for name in [
            "train-images-idx3-ubyte",
            "train-labels-idx1-ubyte",
            "t10k-images-idx3-ubyte",
            "t10k-labels-idx1-ubyte",
        ] {
            fs::write(mnist.join(name), "no IDX file").unwrap();
        }
        let output = gradus(folder.path())
            .args(["train", "--data", "mnist"])
            .env("GRADUS_DATA", folder.path())
            .output()
            .unwrap();
        assert_refusal(&output, &["train"], &["train-images-idx3-ubyte", "IDX"]);
    }

    #[test]
    fn a_file_that_is_not_the_published_one_is_not_fetched() {
        let folder = folder();
        fs::write(folder.path().join("train-images-idx3-ubyte.gz"), "another file").unwrap();
        let arguments = ["fetch", "mnist", "--from", "train-images-idx3-ubyte.gz", "--to", "data"];
        refuses_in(folder.path(), &arguments, &["SHA-256", "train-images-idx3-ubyte.gz"]);
        assert_eq!(fs::read_dir(folder.path().join("data/mnist")).unwrap().count(), 0);
        refuses(&["fetch", "digits"], &["nothing to fetch for digits"]);
    }

    #[test]
    fn outside_a_project_it_says_where_one_is_looked_for() {
        for arguments in [
            &["verify"][..],
            &["claims"],
            &["run", "all"],
            &["bench"],
            &["notebook", "run"],
            &["list", "claims"],
            &["demo"],
        ] {
            refuses(arguments, &["--root"]);
        }
    }

    #[test]
    fn a_full_disk_is_one_sentence_and_leaves_no_half_file() {
        if !Path::new("/dev/full").exists() {
            return println!("skipped: this system has no /dev/full");
        }
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = gradus(folder().path()).arg("list").stdout(full).output().unwrap();
        assert_refusal(&output, &["list"], &["cannot write to the standard output"]);
    }
}

mod minimize {
    use super::*;

    const KEYS: [&str; 13] = [
        "problem",
        "optimizer",
        "value",
        "grad_norm",
        "x",
        "iterations",
        "value_evals",
        "grad_evals",
        "hess_evals",
        "termination",
        "converged",
        "seconds",
        "seed",
    ];

    fn x(found: &Value) -> Vec<f64> {
        found["x"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
    }

    #[test]
    fn the_lectures_numbers_come_out() {
        let folder = folder();
        let two = [
            "minimize",
            "quadratic:.2,4",
            "--x0=-5,-2",
            "--optimizer",
            "gd",
            "--lr",
            ".4",
            "--max-iter",
            "20",
            "--json",
        ];
        let found = json(folder.path(), &two);
        assert!((x(&found)[0] + 0.943467).abs() < 1e-6 && (x(&found)[1] + 0.000073).abs() < 1e-6, "{found}");
        let one = json(
            folder.path(),
            &["minimize", "quadratic:2", "--x0", "10", "--lr", "0.2", "--max-iter", "10", "--json"],
        );
        assert!((x(&one)[0] - 0.060466).abs() < 1e-6, "{one}");
        for key in KEYS {
            assert!(one.get(key).is_some(), "{key} is missing");
        }
        let reason = &one["termination"];
        let (measured, bound) = (reason["measured"].as_f64(), reason["bound"].as_f64());
        assert_eq!(
            (reason["reason"].as_str(), measured, bound),
            (Some("out_of_iterations"), Some(10.0), Some(10.0))
        );
        assert_eq!(
            (one["iterations"].as_u64(), one["grad_evals"].as_u64(), one["hess_evals"].as_u64()),
            (Some(10), Some(11), Some(0))
        );
    }

    #[test]
    fn every_optimizer_of_the_list_minimizes() {
        let folder = folder();
        let listed = json(folder.path(), &["list", "optimizers", "--format", "json"]);
        let names: Vec<&str> =
            listed.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
        assert!(names.len() >= 7, "{names:?}");
        // These train nets; that they are refused here is tested elsewhere.
        let of_nets = ["kfac", "muon", "shampoo", "soap"];
        for name in names.into_iter().filter(|name| !of_nets.contains(name)) {
            // Least squares take sums of squares only; unshifted, Newton ends at whatever is stationary, or
            // where the Hessian is indefinite.
            let (problem, least) = match name {
                "gauss-newton" | "levenberg-marquardt" => ("beale", 1e-8),
                "newton" | "newton-damped" => ("beale", f64::INFINITY),
                _ => ("himmelblau", 3.0),
            };
            // Rates that come down within the default number of iterations.
            let rate: &[&str] = match name {
                "rmsprop" | "adam" | "adamw" | "amsgrad" | "nadam" | "adamax" => &["--lr", "0.01"],
                "adagrad" => &["--lr", "0.1"],
                "lion" => &["--lr", "0.001"],
                "radam" | "adan" | "ademamix" | "sophia" => &["--lr", "0.01"],
                "schedule-free-sgd" => &["--lr", "0.01"],
                "schedule-free-adamw" => &["--lr", "0.1"],
                // Steps relative to the point, which starts at 0.
                "lamb" => &["--lr", "0.01"],
                "lars" => &["--lr", "0.01", "--trust", "0.5"],
                "adafactor" => &["--eps2", "1"],
                _ => &[],
            };
            let arguments = ["minimize", problem, "--optimizer", name, "--json"];
            let found = json(folder.path(), &[&arguments[..], rate].concat());
            let value = found["value"].as_f64().unwrap();
            assert!(value < least, "{name} ended at {value}");
        }
    }

    /// The rows that tests/fixtures/first_order/README.md describes, with its tolerance.
    #[test]
    fn adam_agrees_with_torch_row_by_row() {
        let folder = folder();
        succeeds(
            folder.path(),
            &[
                "minimize",
                "rosenbrock",
                "--optimizer",
                "adam",
                "--lr",
                ".01",
                "--max-iter",
                "1000",
                "--trace",
                "t.csv",
            ],
        );
        let csv = fs::read_to_string(folder.path().join("t.csv")).unwrap();
        let header: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
        let column = |name: &str| header.iter().position(|column| *column == name).unwrap();
        let rows: Vec<Vec<&str>> = csv.lines().skip(1).map(|line| line.split(',').collect()).collect();
        assert_eq!(rows.len(), 1001);
        let recorded = include_str!("../fixtures/first_order/torch-rosenbrock.txt")
            .split("@ ")
            .find(|case| case.starts_with("adam lr=0.01\n"));
        let recorded: Vec<Vec<f64>> = recorded
            .unwrap()
            .lines()
            .skip(1)
            .map(|line| line.split(' ').map(|number| number.parse().unwrap()).collect())
            .collect();
        assert_eq!(recorded.len(), 60);
        for expected in recorded {
            let row = &rows[expected[0] as usize];
            assert_eq!(row[column("iteration")].parse::<f64>().unwrap(), expected[0]);
            let tolerance = if expected[0] <= 50.0 { 1e-12 } else { 1e-9 };
            for (name, expected) in [("x0", expected[1]), ("x1", expected[2])] {
                let got: f64 = row[column(name)].parse().unwrap();
                assert!(
                    (got - expected).abs() <= tolerance * expected.abs().max(1.0),
                    "{name}: {got} is not {expected}"
                );
            }
        }
    }

    #[test]
    fn clipping_and_averaging_are_said() {
        let folder = folder();
        let clipped = [
            "minimize",
            "rosenbrock",
            "--lr",
            "0.01",
            "--clip-norm",
            "1",
            "--max-iter",
            "50",
            "--trace",
            "t.csv",
        ];
        let summary = succeeds(folder.path(), &clipped);
        assert!(
            summary.contains("gradient clipped to norm 1")
                && summary.contains("gradient clipped in 50 of 50 iterations"),
            "{summary}"
        );
        let csv = fs::read_to_string(folder.path().join("t.csv")).unwrap();
        assert!(csv.starts_with("iteration,value,grad_norm,alpha,clipped,"), "{csv}");
        let found = json(folder.path(), &[&clipped[..8], &["--json"]].concat());
        assert_eq!(
            (&found["clipped"], &found["settings"]["clip"]),
            (&Value::from(50), &Value::from("gradient clipped to norm 1"))
        );
        let wrapped = ["minimize", "rosenbrock", "--wrap", "sam:.01", "--lr", "1e-4", "--max-iter", "5"];
        let summary = succeeds(folder.path(), &wrapped);
        assert!(
            summary.contains("sharpness-aware within 0.01") && summary.contains("11 gradients"),
            "{summary}"
        );
        let found = json(folder.path(), &[&wrapped[..], &["--json"]].concat());
        assert_eq!(found["settings"]["wrap"], "sam:.01");
        let summary = succeeds(folder.path(), &["train", "--epochs", "1", "--wrap", "lookahead"]);
        assert!(summary.contains("lookahead every 5 steps by 0.5"), "{summary}");
        let averaged =
            succeeds(folder.path(), &["minimize", "rosenbrock", "--average", "polyak", "--max-iter", "5"]);
        assert!(averaged.contains("mean of the iterates from step 1 on"), "{averaged}");
        let trained = [
            "train",
            "--clip-value",
            ".001",
            "--accumulate",
            "3",
            "--average",
            "swa:2",
            "--epochs",
            "4",
            "--schedule",
            "warmup:1+onecycle",
        ];
        let summary = succeeds(folder.path(), &trained);
        for words in [
            "gradient entries clipped to ±0.001",
            "accumulating 3 batches",
            "average swa:2",
            "gradient clipped in 16 of 16 steps",
        ] {
            assert!(summary.contains(words), "'{words}' is not in {summary}");
        }
    }

    #[test]
    #[cfg(feature = "lapack")]
    fn everything_with_curvature_converges_on_a_hundred_coordinates() {
        let folder = folder();
        for name in [
            "newton",
            "newton-shifted",
            "newton-cg",
            "trust-region",
            "levenberg-marquardt",
            "lm",
            "lbfgs",
            "bfgs",
        ] {
            let found = json(
                folder.path(),
                &["minimize", "rosenbrock:100", "--optimizer", name, "--grad-tol", "1e-8", "--json"],
            );
            assert_eq!(
                (&found["converged"], &found["optimizer"]),
                (&Value::Bool(true), &Value::from(name)),
                "{found}"
            );
            assert!(found["smallest_eigenvalue"].as_f64().unwrap() > 0.0, "{found}");
        }
    }

    #[test]
    #[cfg(feature = "lapack")]
    fn newton_ends_at_the_saddle_and_says_so_and_the_trust_region_leaves_it() {
        let folder = folder();
        let run = |optimizer| {
            json(folder.path(), &["minimize", "saddle", "--optimizer", optimizer, "--x0", ".1,.1", "--json"])
        };
        let saddle = run("newton");
        assert_eq!(
            (saddle["converged"].as_bool(), saddle["smallest_eigenvalue"].as_f64()),
            (Some(true), Some(-1.0))
        );
        assert!(saddle["remark"].as_str().unwrap().contains("saddle point"), "{saddle}");
        assert!(x(&saddle).iter().all(|x| x.abs() < 1e-8));
        for optimizer in ["trust-region", "newton-shifted", "newton-cg"] {
            let minimum = run(optimizer);
            assert!(
                (minimum["value"].as_f64().unwrap() + 0.25).abs() < 1e-9 && minimum["remark"].is_null(),
                "{minimum}"
            );
        }
        assert_eq!(run("newton-shifted")["shift"].as_f64(), Some(0.0));
        // Gradient descent from the ridge ends there too, and the summary for people says so.
        let output = succeeds(folder.path(), &["minimize", "saddle", "--x0", ".1,0", "--lr", ".5"]);
        assert!(
            output.contains(
                "a saddle point or maximum, no minimum: smallest eigenvalue of the Hessian -1.000e0 < 0"
            ),
            "{output}"
        );
    }

    #[test]
    fn a_run_that_is_saved_is_resumed_with_the_same_bits() {
        let folder = folder();
        let minimize = |rest: &[&str]| {
            json(
                folder.path(),
                &[&["minimize", "rosenbrock:3", "--optimizer", "lbfgs", "--json"], rest].concat(),
            )
        };
        let whole = minimize(&[]);
        let first = minimize(&["--max-iter", "9", "--save", "run.txt"]);
        assert_eq!(first["iterations"], 9);
        let rest = minimize(&["--resume", "run.txt"]);
        assert_eq!(
            (&rest["x"], &rest["iterations"], &rest["value_evals"]),
            (&whole["x"], &whole["iterations"], &whole["value_evals"])
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let resume = |arguments: &[&str], words: &[&str]| {
            refuses_in(folder.path(), &[&["minimize"], arguments, &["--resume", "run.txt"]].concat(), words);
        };
        resume(&["beale", "--optimizer", "lbfgs"], &["run.txt is a run of rosenbrock:3, not of beale"]);
        resume(&["rosenbrock:3", "--optimizer", "bfgs"], &["saved by lbfgs, and cannot be resumed by bfgs"]);
        resume(&["rosenbrock:3", "--x0", "1,2,3"], &["--resume"]);
        fs::write(folder.path().join("other.txt"), "iteration,value\n").unwrap();
        refuses_in(
            folder.path(),
            &["minimize", "beale", "--resume", "other.txt"],
            &["other.txt is not usable as a saved run", "line 1"],
        );
        refuses_in(
            folder.path(),
            &["minimize", "beale", "--save", "missing/run.txt"],
            &["cannot write missing/run.txt"],
        );
    }

    #[test]
    #[cfg(unix)]
    fn ctrl_c_ends_a_run_after_its_iteration_and_keeps_its_file() {
        use std::process::{Command, Stdio};
        let folder = folder();
        let mut command = gradus(folder.path());
        command.args([
            "minimize",
            "quadratic:1e-9,1",
            "--lr",
            "1e-9",
            "--grad-tol",
            "0",
            "--max-iter",
            "10000000",
            "--save",
            "run.txt",
        ]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let file = folder.path().join("run.txt");
        let started = std::time::Instant::now();
        while !file.exists() && started.elapsed().as_secs() < 60 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let status = child.wait().unwrap();
        // A fast machine may be done before.
        assert!(matches!(status.code(), Some(130 | 0)), "{status}");
        assert!(fs::read_to_string(&file).unwrap().ends_with("end\n"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no half file is left");
    }

    #[test]
    fn every_limit_stops_with_its_own_word() {
        let folder = folder();
        let word = |rest: &[&str]| {
            let found = json(folder.path(), &[&["minimize", "rosenbrock", "--json"], rest].concat());
            (
                found["termination"]["reason"].as_str().unwrap().to_owned(),
                found["converged"].as_bool().unwrap(),
            )
        };
        assert_eq!(word(&["--relative-grad-tol", ".1"]), ("converged_relatively".into(), true));
        assert_eq!(word(&["--grad-norm", "2", "--grad-tol", "1"]), ("converged".into(), true));
        assert_eq!(word(&["--step-tol", ".01"]), ("step_too_small".into(), false));
        assert_eq!(word(&["--value-tol", ".01"]), ("value_stalled".into(), false));
        assert_eq!(word(&["--max-evals", "7"]), ("out_of_evaluations".into(), false));
        assert_eq!(word(&["--max-time", "0"]), ("out_of_time".into(), false));
    }

    #[test]
    #[cfg(feature = "lapack")]
    fn newton_converges_with_its_evidence() {
        let found = json(folder().path(), &["minimize", "rosenbrock", "--optimizer", "newton", "--json"]);
        assert_eq!(found["converged"], true);
        let reason = &found["termination"];
        assert!(reason["measured"].as_f64().unwrap() <= reason["bound"].as_f64().unwrap(), "{reason}");
        assert!(found["hess_evals"].as_u64().unwrap() > 0);
    }

    #[test]
    fn a_target_and_a_seed_are_heeded() {
        let folder = folder();
        let run = |seed: &str| {
            let arguments = [
                "minimize",
                "rosenbrock",
                "--optimizer",
                "random-search",
                "--target",
                "0.5",
                "--seed",
                seed,
                "--json",
            ];
            json(folder.path(), &arguments)
        };
        let (first, again, other) = (run("1"), run("1"), run("2"));
        assert_eq!(first["termination"]["reason"], "target_reached");
        assert_eq!((&first["x"], &first["grad_norm"]), (&again["x"], &Value::Null));
        assert_ne!(first["x"], other["x"]);
    }

    #[test]
    fn the_trace_has_a_row_for_each_iteration_from_0() {
        let folder = folder();
        succeeds(folder.path(), &["minimize", "rosenbrock:3", "--max-iter", "50", "--trace", "path.csv"]);
        let csv = fs::read_to_string(folder.path().join("path.csv")).unwrap();
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(
            lines[0],
            "iteration,value,grad_norm,alpha,value_evals,grad_evals,hess_evals,seconds,x0,x1,x2"
        );
        assert_eq!(lines.len(), 52);
        assert!(lines[1].starts_with("0,") && lines[51].starts_with("50,"));
        succeeds(folder.path(), &["minimize", "rosenbrock:21", "--max-iter", "5", "--trace", "long.csv"]);
        let header =
            fs::read_to_string(folder.path().join("long.csv")).unwrap().lines().next().unwrap().to_owned();
        assert!(header.ends_with("seconds"), "{header}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_run_that_diverges_says_so_and_keeps_its_trace() {
        let folder = folder();
        let found =
            json(folder.path(), &["minimize", "rosenbrock", "--lr", "1", "--json", "--trace", "path.csv"]);
        assert_eq!(
            (found["termination"]["reason"].as_str(), &found["converged"]),
            (Some("not_finite"), &Value::Bool(false))
        );
        assert_eq!(found["termination"]["measured"], Value::Null);
        assert!(found["value"].as_f64().unwrap().is_finite());
        let rows = fs::read_to_string(folder.path().join("path.csv")).unwrap().lines().count() - 1;
        assert_eq!(rows as u64, found["iterations"].as_u64().unwrap() + 1);
    }
}

mod gradcheck {
    use super::*;

    #[test]
    fn a_model_passes_and_its_table_names_the_parameters() {
        let printed = succeeds(
            folder().path(),
            &["gradcheck", "--model", "mlp:20", "--loss", "svm", "--data", "digits"],
        );
        for words in [
            "mlp:20 with svm loss on digits",
            "the gradient is right: all 1510 entries checked agree",
            "W1[",
            "3020 values",
        ] {
            assert!(printed.contains(words), "'{words}' is not in: {printed}");
        }
    }

    #[test]
    fn first_and_second_derivatives_and_the_sweep_are_in_the_json() {
        let found = json(
            folder().path(),
            &["gradcheck", "rosenbrock:3", "--second", "--sweep", "--points", "2", "--json"],
        );
        assert_eq!((&found["passes"], found["points"].as_array().unwrap().len()), (&Value::Bool(true), 2));
        let point = &found["points"][0];
        let subjects: Vec<&str> =
            point["checks"].as_array().unwrap().iter().map(|c| c["subject"].as_str().unwrap()).collect();
        assert_eq!(subjects, ["gradient", "Hessian"]);
        assert_eq!(
            (point["checks"][0]["values"].as_u64(), point["checks"][1]["checked"].as_u64()),
            (Some(6), Some(9))
        );
        assert_eq!(point["sweep"]["h"].as_array().unwrap().len(), 13);
        let model = json(
            folder().path(),
            &["gradcheck", "--data", "blobs", "--num-checks", "3", "--second", "--seed", "4", "--json"],
        );
        let checks = &model["points"][0]["checks"];
        assert_eq!((checks[0]["checked"].as_u64(), checks[0]["h"].as_f64()), (Some(3), Some(1e-5)));
        assert_eq!(checks[1]["subject"], "Hessian-vector product");
    }

    /// No gradient of the library is wrong, so tolerances without any allowance stand in for one that is.
    #[test]
    fn what_fails_exits_1_and_names_the_entry() {
        let arguments = ["gradcheck", "rosenbrock", "--atol", "0", "--rtol", "0"];
        let output = gradus(folder().path()).args(arguments).output().unwrap();
        let printed = text(&output.stdout);
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(1), ""), "{printed}");
        assert!(printed.contains("x[0]") && !printed.contains("is right"), "{printed}");
    }

    #[test]
    fn bad_input_is_one_sentence() {
        refuses(&["gradcheck", "rosenbrok"], &["did you mean 'rosenbrock'?"]);
        refuses(&["gradcheck", "beale", "--loss", "svm"], &["--loss does not go with beale"]);
        refuses(&["gradcheck", "--points", "3"], &["--points goes with a test function"]);
        refuses(&["gradcheck", "--loss", "sotfmax"], &["did you mean 'softmax'?"]);
        refuses(&["gradcheck", "--h", "0"], &["h must be finite and > 0"]);
        refuses(&["gradcheck", "--num-checks", "0"], &["num-checks must be at least 1"]);
        refuses(&["gradcheck", "--num-checks", "3", "--all"], &["--all"]);
        refuses(&["gradcheck", "--examples", "0"], &["examples must be at least 1"]);
        refuses(&["gradcheck", "--atol", "-1"], &["atol must be finite and ≥ 0"]);
        refuses(&["gradcheck", "--l2", "-1"], &["l2 must be finite and ≥ 0"]);
        refuses(&["gradcheck", "rosenbrock:2000", "--second"], &["Hessian of 2000 × 2000"]);
    }
}

mod train {
    use super::*;

    const KEYS: [&str; 10] = [
        "train_loss",
        "train_accuracy",
        "test_accuracy",
        "steps",
        "epochs",
        "seconds",
        "steps_per_second",
        "termination",
        "seed",
        "settings",
    ];

    fn accuracy(trained: &Value) -> f64 {
        trained["test_accuracy"].as_f64().unwrap()
    }

    #[test]
    fn digits_are_learned_and_the_same_seed_gives_the_same_numbers() {
        let folder = folder();
        let run = |seed: &str| {
            json(
                folder.path(),
                &[
                    "train", "--data", "digits", "--lr", "0.1", "--epochs", "60", "--batch", "32", "--seed",
                    seed, "--json",
                ],
            )
        };
        let (first, again, other) = (run("3"), run("3"), run("4"));
        assert!(accuracy(&first) >= 0.95, "{first}");
        for key in KEYS {
            assert!(first.get(key).is_some(), "{key} is missing");
        }
        assert_eq!(
            (first["steps"].as_u64(), first["epochs"].as_f64(), first["seed"].as_u64()),
            (Some(60 * 45), Some(60.0), Some(3))
        );
        assert_eq!(
            (&first["train_loss"], &first["test_accuracy"]),
            (&again["train_loss"], &again["test_accuracy"])
        );
        assert_ne!(first["train_loss"], other["train_loss"]);
    }

    #[test]
    fn fashion_mnist_reaches_the_published_accuracy() {
        let arguments = "train --data fashion-mnist --model linear --loss softmax --optimizer momentum --lr \
                         0.02 --momentum 0.9 \
                         --schedule cosine --l2 1e-4 --batch 128 --epochs 20 --seed 0 --json";
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        let output = gradus(folder().path()).args(&arguments).output().unwrap();
        if text(&output.stderr).contains("was not found") {
            return println!("skipped: Fashion-MNIST is not installed on this system");
        }
        let trained: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(accuracy(&trained) >= 0.84, "{trained}");
    }

    #[test]
    fn every_rule_loss_and_precision_trains() {
        let folder = folder();
        let rules = [
            "gd",
            "sgd",
            "momentum",
            "nesterov",
            "adagrad",
            "rmsprop",
            "adam",
            "adamw",
            "amsgrad",
            "nadam",
            "adamax",
            "adadelta",
            "lion",
            "radam",
            "rprop",
            "adan",
            "ademamix",
            "prodigy",
            "schedule-free-sgd",
            "schedule-free-adamw",
            "sophia",
            "muon",
            "lamb",
            "lars",
            "adafactor",
            "shampoo",
            "soap",
        ];
        for optimizer in rules {
            let rate = match optimizer {
                "gd" | "sgd" => "0.5",
                "momentum" | "nesterov" => "0.1",
                "adagrad" => "0.05",
                "adadelta" => "1",
                "lion" => "0.001",
                "prodigy" => "1",
                "schedule-free-sgd" => "0.5",
                "lars" => "5",
                _ => "0.01",
            };
            for (loss, precision) in [("softmax", "f32"), ("svm", "f64")] {
                let arguments = [
                    "train",
                    "--data",
                    "blobs",
                    "--optimizer",
                    optimizer,
                    "--lr",
                    rate,
                    "--loss",
                    loss,
                    "--precision",
                    precision,
                    "--json",
                ];
                let trained = json(folder.path(), &arguments);
                assert!(accuracy(&trained) > 0.9, "{optimizer} {loss} {precision}: {trained}");
            }
        }
    }

    #[test]
    fn optimizers_that_use_curvature_converge_on_the_whole_loss() {
        for optimizer in ["lbfgs", "bfgs", "cg"] {
            let arguments =
                ["train", "--optimizer", optimizer, "--l2", "1e-3", "--grad-tol", "1e-4", "--json"];
            let trained = json(folder().path(), &arguments);
            for key in KEYS {
                assert!(trained.get(key).is_some(), "{key} is missing");
            }
            assert_eq!(trained["termination"]["reason"], "converged", "{trained}");
            assert_eq!(
                (&trained["settings"]["batch"], &trained["settings"]["precision"]),
                (&"full".into(), &"f64".into())
            );
            assert!(accuracy(&trained) > 0.95, "{trained}");
        }
        let few = json(folder().path(), &["train", "--optimizer", "lbfgs", "--epochs", "3", "--json"]);
        assert_eq!(
            (few["steps"].as_u64(), few["termination"]["reason"].as_str()),
            (Some(3), Some("out_of_iterations"))
        );
    }

    #[cfg(feature = "lapack")]
    #[test]
    fn lbfgs_preconditioned_by_blocks_takes_fewer_steps_to_the_same_loss() {
        let lbfgs = ["train", "--optimizer", "lbfgs", "--l2", "1e-5", "--grad-tol", "1e-6", "--json"];
        let (plain, blocks) = (
            json(folder().path(), &lbfgs),
            json(folder().path(), &[&lbfgs[..], &["--preconditioned"]].concat()),
        );
        let steps = |trained: &Value| trained["steps"].as_u64().unwrap();
        assert!(3 * steps(&blocks) < 2 * steps(&plain), "{blocks} and {plain}");
        assert!(
            (blocks["train_loss"].as_f64().unwrap() - plain["train_loss"].as_f64().unwrap()).abs() < 1e-6,
            "{blocks} and {plain}"
        );
        assert_eq!(blocks["settings"]["preconditioned"], true);
    }

    /// SciPy's L-BFGS-B with NumPy ends at .405458.
    #[test]
    fn fashion_mnist_is_minimized_as_far_as_scipy_does() {
        let arguments = "train --data fashion-mnist --model linear --optimizer lbfgs --batch full \
                         --precision f64 --l2 1e-4 \
                         --grad-tol 1e-4 --json";
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        let output = gradus(folder().path()).args(&arguments).output().unwrap();
        if text(&output.stderr).contains("was not found") {
            return println!("skipped: Fashion-MNIST is not installed on this system");
        }
        let trained: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(trained["termination"]["reason"], "converged", "{trained}");
        assert!(trained["train_loss"].as_f64().unwrap() <= 0.40546, "{trained}");
    }

    #[test]
    fn full_batches_are_one_step_an_epoch() {
        let trained = json(
            folder().path(),
            &["train", "--optimizer", "gd", "--batch", "full", "--epochs", "7", "--json"],
        );
        assert_eq!(
            (trained["steps"].as_u64(), trained["settings"]["batch"].as_str()),
            (Some(7), Some("full"))
        );
    }

    #[test]
    fn the_trace_has_a_row_for_each_epoch_in_both_forms() {
        use polars::prelude::{ParquetReader, SerReader};
        let folder = folder();
        for name in ["curve.csv", "curve.parquet"] {
            succeeds(folder.path(), &["train", "--epochs", "4", "--trace", name]);
        }
        let csv = fs::read_to_string(folder.path().join("curve.csv")).unwrap();
        assert_eq!(
            csv.lines().next(),
            Some("epoch,steps,example_grads,train_loss,train_accuracy,test_accuracy,lr,clipped,seconds")
        );
        assert_eq!(csv.lines().count(), 6);
        let parquet = fs::File::open(folder.path().join("curve.parquet")).unwrap();
        assert_eq!(ParquetReader::new(parquet).finish().unwrap().shape(), (5, 9));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_run_that_diverges_says_so_and_keeps_its_trace() {
        let folder = folder();
        let arguments = [
            "train",
            "--optimizer",
            "sgd",
            "--lr",
            "1e30",
            "--l2",
            "1",
            "--epochs",
            "5",
            "--trace",
            "curve.csv",
        ];
        let trained = json(folder.path(), &[&arguments[..], &["--json"]].concat());
        assert_eq!(trained["termination"]["reason"], "not_finite");
        let csv = fs::read_to_string(folder.path().join("curve.csv")).unwrap();
        assert!(csv.lines().count() >= 2, "{csv}");
        assert!(succeeds(folder.path(), &arguments).contains("diverged"));
    }
}

mod list {
    use super::*;

    #[test]
    fn every_list_has_three_forms() {
        let folder = folder();
        for what in [
            &["list"][..],
            &["list", "data"],
            &["list", "problems"],
            &["list", "optimizers"],
            &["list", "studies"],
        ] {
            let table = succeeds(folder.path(), what);
            let csv = succeeds(folder.path(), &[what, &["--format", "csv"]].concat());
            let rows = json(folder.path(), &[what, &["--format", "json"]].concat());
            let rows = rows.as_array().unwrap();
            assert!(!rows.is_empty(), "{what:?}");
            assert_eq!(
                (table.lines().count(), csv.lines().count()),
                (rows.len() + 1, rows.len() + 1),
                "{what:?}"
            );
        }
    }

    #[test]
    fn the_lectures_table_of_optimizers() {
        let listed = json(folder().path(), &["list", "optimizers", "--format", "json"]);
        let row = |name: &str| listed.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap();
        // The slide's table: first moments, second moments, leaky second moments, bias correction.
        let slide = [
            ("sgd", ["no", "no", "no", "no"]),
            ("momentum", ["yes", "no", "no", "no"]),
            ("nesterov", ["yes", "no", "no", "no"]),
            ("adagrad", ["no", "yes", "no", "no"]),
            ("rmsprop", ["no", "yes", "yes", "no"]),
            ("adam", ["yes", "yes", "yes", "yes"]),
        ];
        for (name, expected) in slide {
            assert_eq!(
                ["first_moment", "second_moment", "leaky", "bias_correction"]
                    .map(|column| row(name)[column].as_str().unwrap()),
                expected
            );
        }
        let csv = succeeds(folder().path(), &["list", "optimizers", "--format", "csv"]);
        assert!(
            csv.starts_with("name,order,first_moment,second_moment,leaky,bias_correction,buffers,"),
            "{csv}"
        );
        let lbfgs = row("lbfgs");
        assert_eq!(
            (lbfgs["needs"].as_str(), lbfgs["lr"].as_str(), row("adam")["lr"].as_str()),
            (Some("exact gradients"), Some(""), Some("0.001"))
        );
        assert_eq!(row("sgd")["aliases"], "gd");
        let adam = row("adam");
        for column in ["first_moment", "second_moment", "leaky", "bias_correction"] {
            assert_eq!(adam[column], "yes", "{column}");
        }
        assert_eq!(
            (adam["order"].as_str(), adam["defaults"].as_str()),
            (Some("first"), Some("beta1 0.9, beta2 0.999, eps 1e-8"))
        );
    }

    #[test]
    fn a_reader_that_has_seen_enough_is_no_failure() {
        // `gradus list | head -1`: the first line is read, then the pipe is closed, often while there is more
        // to come.
        for arguments in [&["list"][..], &["completions", "bash"], &["--help"]] {
            let mut child = gradus(folder().path())
                .args(arguments)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut first = [0u8; 1];
            child.stdout.take().unwrap().read_exact(&mut first).unwrap();
            let output = child.wait_with_output().unwrap();
            assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{arguments:?}");
        }
        let mut child = gradus(folder().path()).arg("list").stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }

    #[test]
    #[cfg(unix)]
    fn bash_completes_names() {
        let folder = folder();
        fs::write(folder.path().join("gradus.bash"), succeeds(folder.path(), &["completions", "bash"]))
            .unwrap();
        let completed = |line: &str| -> Vec<String> {
            let words: Vec<&str> = line.split(' ').collect();
            let [last, before] = [words[words.len() - 1], words[words.len() - 2]];
            let script = format!(
                "source ./gradus.bash; COMP_WORDS=({line}); [ -n '{last}' ] || COMP_WORDS+=(''); \
                 COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _gradus gradus '{last}' '{before}'; \
                 printf '%s\\n' \"${{COMPREPLY[@]}}\""
            );
            let Ok(output) = Command::new("bash").args(["-c", &script]).current_dir(folder.path()).output()
            else {
                // There is no bash here.
                return Vec::new();
            };
            text(&output.stdout).lines().map(str::to_owned).collect()
        };
        if completed("gradus ").is_empty() {
            return;
        }
        assert_eq!(completed("gradus train --optimizer nes"), ["nesterov"]);
        assert_eq!(completed("gradus train --data fa"), ["fashion-mnist"]);
        assert_eq!(completed("gradus minimize rosen"), ["rosenbrock"]);
        assert_eq!(completed("gradus run quasi"), ["quasi-newton"]);
        assert_eq!(completed("gradus verify adag"), ["adagrad-rmsprop"]);
        assert_eq!(completed("gradus list op"), ["optimizers"]);
        assert_eq!(completed("gradus fetch ci"), ["cifar-10"]);
        assert_eq!(completed("gradus minimize --line-search hag"), ["hager-zhang"]);
    }

    #[test]
    fn help_shows_examples() {
        let folder = folder();
        for command in [
            "list",
            "archive",
            "train",
            "minimize",
            "gradcheck",
            "run",
            "verify",
            "claims",
            "bench",
            "notebook",
            "fetch",
            "demo",
            "doctor",
            "completions",
        ] {
            assert!(succeeds(folder.path(), &[command, "--help"]).contains("Examples:\n"), "{command}");
        }
        assert!(succeeds(folder.path(), &["completions", "zsh"]).contains("#compdef gradus"));
        assert!(succeeds(folder.path(), &["--version"]).starts_with("gradus 0."));
    }
}

mod results {
    use super::*;

    /// A project with the quick results of a study that takes no time.
    fn project() -> TempDir {
        let folder = folder();
        let root = folder.path();
        fs::write(root.join("Cargo.toml"), "[package]\nname = \"gradus\"\n").unwrap();
        let said = succeeds(root, &["run", "momentum", "--quick"]);
        assert!(said.starts_with("momentum: ") && said.contains("claims"), "{said}");
        folder
    }

    fn verify(root: &Path) -> (Option<i32>, String) {
        let output = gradus(root).args(["verify", "momentum"]).output().unwrap();
        (output.status.code(), text(&output.stdout))
    }

    /// Replaces the first decimal digit after a point, and gives the file back as it was.
    fn change_a_number(path: &Path) -> Vec<u8> {
        let before = fs::read(path).unwrap();
        let header = before.iter().position(|&byte| byte == b'\n').unwrap();
        let point =
            before[header..].windows(2).position(|pair| pair[0] == b'.' && pair[1].is_ascii_digit()).unwrap();
        let mut after = before.clone();
        let digit = &mut after[header + point + 1];
        *digit = if *digit == b'9' { b'1' } else { *digit + 1 };
        fs::write(path, after).unwrap();
        before
    }

    #[test]
    fn what_was_run_is_verified_and_a_number_changed_by_hand_is_found() {
        let folder = project();
        let (root, results) = (folder.path(), folder.path().join("results"));
        for file in ["README.md", "CLAIMS.md", "claims.csv", "manifest.json", "momentum/claims.csv"] {
            assert!(results.join(file).is_file(), "{file}");
        }
        assert!(succeeds(root, &["run", "momentum", "--quick"]).starts_with("momentum: up to date\n"));
        let (code, said) = verify(root);
        assert_eq!(code, Some(0), "{said}");

        for file in ["momentum/rates.csv", "momentum/claims.csv", "claims.csv"] {
            let before = change_a_number(&results.join(file));
            let (code, said) = verify(root);
            assert!(code == Some(1) && said.contains(&format!("results/{file}")), "{file}: {said}");
            fs::write(results.join(file), before).unwrap();
        }
        fs::remove_file(results.join("momentum/rates.csv")).unwrap();
        assert_eq!(verify(root).0, Some(1));
        // Running again mends it, since a study with a changed file is not up to date.
        assert!(!succeeds(root, &["run", "momentum", "--quick"]).contains("up to date"));
        assert_eq!(verify(root).0, Some(0));
    }

    #[cfg(feature = "lapack")]
    #[test]
    fn a_long_form_has_results_of_its_own_that_other_runs_keep() {
        let folder = project();
        let (root, results) = (folder.path(), folder.path().join("results"));
        let long = ["run", "papers", "--budget", "long", "--quick"];
        assert!(succeeds(root, &long).starts_with("papers-long: 1 table, 1 figure, 0 claims"));
        assert!(succeeds(root, &long).starts_with("papers-long: up to date"));
        let table = fs::read_to_string(results.join("papers-long/curves.csv")).unwrap();
        succeeds(root, &["run", "momentum", "--quick", "--force"]);
        assert_eq!(fs::read_to_string(results.join("papers-long/curves.csv")).unwrap(), table);
        assert_eq!(gradus(root).args(["verify", "--files"]).output().unwrap().status.code(), Some(0));
        let page = fs::read_to_string(results.join("README.md")).unwrap();
        assert!(
            page.contains("`gradus run papers --budget long`") && page.contains("A long run: "),
            "{page}"
        );
    }

    #[test]
    fn results_of_another_arithmetic_are_confirmed_by_verdicts_and_words() {
        let folder = project();
        let (root, manifest) = (folder.path(), folder.path().join("results/manifest.json"));
        let rates = root.join("results/momentum/rates.csv");
        let sha256 = |path: &Path| {
            let output = std::process::Command::new("sha256sum").arg(path).output().unwrap();
            text(&output.stdout).split_whitespace().next().unwrap().to_string()
        };
        let old = sha256(&rates);
        change_a_number(&rates);
        let as_written = fs::read_to_string(&manifest).unwrap().replace(&old, &sha256(&rates));
        fs::write(&manifest, &as_written).unwrap();
        let (code, said) = verify(root);
        assert!(code == Some(1) && said.contains("results/momentum/rates.csv, row"), "{said}");

        let lines = as_written.lines().map(|line| match line.contains("\"arithmetic\"") {
            true => "\"arithmetic\": \"AVX-1024; OpenBLAS Later\",",
            false => line,
        });
        fs::write(&manifest, lines.collect::<Vec<_>>().join("\n")).unwrap();
        let (code, said) = verify(root);
        assert!(code == Some(0) && said.contains("allowed on another arithmetic"), "{said}");
    }

    #[test]
    fn a_sample_is_drawn_by_study_and_runs_side_by_side() {
        let folder = folder();
        let root = folder.path();
        fs::write(root.join("Cargo.toml"), "[package]\nname = \"gradus\"\n").unwrap();
        let light = ["momentum", "nesterov", "adagrad-rmsprop", "errata"];
        succeeds(root, &[&["run", "--quick"][..], &light[..]].concat());
        let verified = |more: &[&str]| {
            let said = succeeds(root, &[&["verify"][..], &light[..], more].concat());
            let again =
                |name: &&&str| said.lines().any(|line| line.starts_with(&format!("{name}: the same")));
            (light.iter().filter(again).count(), said)
        };
        let (count, said) = verified(&["--jobs", "3"]);
        assert!(count == 4 && said.starts_with("verifying 4 studies, up to "), "{said}");
        assert!(said.contains(" at a time: about ") && said.contains("verdicts the same"), "{said}");
        let (count, said) = verified(&["--sample", "2"]);
        assert!(count == 2 && said.starts_with("verifying 2 of 4 studies ("), "{said}");
        assert!(said.contains("; 2 studies run again"), "{said}");
        let drawn = |draw: &str| verified(&["--sample", "1", "--draw", draw, "--jobs", "1"]).1;
        let first_line = |said: String| said.lines().next().unwrap().to_owned();
        let lines: Vec<String> = (0..8).map(|draw| first_line(drawn(&draw.to_string()))).collect();
        assert!(lines.iter().any(|line| *line != lines[0]), "{lines:?}");
        assert_eq!(first_line(drawn("5")), lines[5]);
        // A difference is found in whatever order the studies end.
        let before = change_a_number(&root.join("results/errata/claims.csv"));
        let output = gradus(root).args(["verify", "--jobs", "2"]).args(light).output().unwrap();
        assert!(
            output.status.code() == Some(1) && text(&output.stdout).contains("results/errata/claims.csv")
        );
        fs::write(root.join("results/errata/claims.csv"), before).unwrap();
        for wrong in ["0", "200%", "few"] {
            refuses_in(root, &["verify", "--sample", wrong], &["is not a sample", "20%"]);
        }
        refuses_in(root, &["verify", "--jobs", "0"], &["jobs must be from 1 to 64"]);
    }

    #[test]
    fn a_reproduction_sets_its_claims_beside_the_committed_ones() {
        let folder = project();
        let root = folder.path();
        let said = succeeds(root, &["reproduce", "--light"]);
        assert!(said.starts_with("running 1 study (about "), "{said}");
        assert!(said.contains("claims have the verdict of the committed results"), "{said}");
        let row: Vec<&str> = said
            .lines()
            .find(|line| line.starts_with("momentum "))
            .unwrap_or_else(|| panic!("{said}"))
            .split_whitespace()
            .collect();
        assert!(row[1] == row[2] && row[3..5] == ["0", "0"], "{said}");
        let page = fs::read_to_string(root.join("target/reproduction/reproduction.html")).unwrap();
        assert!(page.contains("The two machines") && page.contains("<tr class=\"same\">"), "{page}");
        // A study that has run is not run again.
        let marker = root.join("target/reproduction/momentum/claims.csv");
        let written = fs::metadata(&marker).unwrap().modified().unwrap();
        assert!(succeeds(root, &["reproduce", "momentum"]).starts_with("all of these studies have run"));
        assert_eq!(fs::metadata(&marker).unwrap().modified().unwrap(), written);

        let claims = root.join("results/momentum/claims.csv");
        let text_of_claims = fs::read_to_string(&claims).unwrap();
        fs::write(&claims, text_of_claims.replacen(",holds,", ",refuted,", 1)).unwrap();
        let output = gradus(root).args(["reproduce"]).output().unwrap();
        let said = text(&output.stdout);
        assert!(output.status.code() == Some(1) && said.contains("other"), "{said}");
    }

    #[test]
    fn a_reproduction_never_replaces_the_committed_results() {
        let folder = project();
        refuses_in(folder.path(), &["reproduce", "--out", "results"], &["--out results", "committed"]);
        refuses_in(folder.path(), &["reproduce", "adam"], &["no committed results", "adam"]);
    }

    #[test]
    fn a_study_that_cannot_run_is_named_and_keeps_no_other_from_running() {
        let folder = folder();
        let damaged = folder.path().join("fashion-mnist");
        fs::create_dir(&damaged).unwrap();
        for name in [
            "train-images-idx3-ubyte",
            "train-labels-idx1-ubyte",
            "t10k-images-idx3-ubyte",
            "t10k-labels-idx1-ubyte",
        ] {
            fs::write(damaged.join(name), "no IDX file").unwrap();
        }
        let arguments = ["run", "linear-classifiers", "momentum", "--quick", "--out", "out"];
        let output =
            gradus(folder.path()).args(arguments).env("GRADUS_DATA", folder.path()).output().unwrap();
        let (said, complaint) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(2), "{complaint}");
        assert!(
            complaint.starts_with("error: the study linear-classifiers did not run: ")
                && complaint.lines().count() == 1
        );
        assert!(
            complaint.contains("train-images-idx3-ubyte") && said.starts_with("momentum: "),
            "{said}{complaint}"
        );
        let results = folder.path().join("out");
        assert!(results.join("momentum/claims.csv").is_file() && results.join("README.md").is_file());
        assert!(!results.join("linear-classifiers").exists());
    }

    #[test]
    fn verify_without_results_says_so() {
        let folder = folder();
        let output = gradus(folder.path()).args(["verify", "momentum", "--out", "none"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stdout).contains("no results yet"));
    }

    #[test]
    fn claims_are_shown_from_below_the_project_and_by_root() {
        let folder = project();
        let root = folder.path();
        let notebooks = root.join("notebooks");
        fs::create_dir(&notebooks).unwrap();
        assert!(succeeds(&notebooks, &["claims"]).starts_with("verdict"));
        let shown = json(
            Path::new("/"),
            &["claims", "momentum", "--format", "json", "--root", root.to_str().unwrap()],
        );
        let all = shown.as_array().unwrap();
        assert!(!all.is_empty() && all.iter().all(|claim| claim["notebook"] == "07"), "{shown}");
        let listed = succeeds(root, &["list", "claims", "--format", "csv"]);
        assert!(listed.starts_with("id,notebook,kind,sentence,"), "{listed}");
    }

    #[test]
    fn the_seed_and_force_are_heeded() {
        let folder = project();
        let root = folder.path();
        assert!(!succeeds(root, &["run", "momentum", "--quick", "--force"]).contains("up to date"));
        assert!(!succeeds(root, &["run", "momentum", "--quick", "--seed", "1"]).contains("up to date"));
        // Verified under the seed that it was run with.
        assert_eq!(verify(root).0, Some(0));
    }

    #[test]
    fn what_needs_set_up_names_the_command() {
        let folder = project();
        fs::create_dir(folder.path().join("benches")).unwrap();
        refuses_in(folder.path(), &["notebook", "check"], &["make setup"]);
        refuses_in(folder.path(), &["bench", "--collect"], &["make bench"]);
        let output = gradus(folder.path()).arg("doctor").output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stdout).contains("make setup") && text(&output.stdout).contains("gradus run"));
    }

    #[test]
    #[cfg(unix)]
    fn ctrl_c_ends_a_run_without_leaving_half_of_it() {
        use std::thread::sleep;
        use std::time::Duration;
        let folder = folder();
        let child = gradus(folder.path())
            .args(["compare", "--out", "c", "--problems", "digits/mlp", "--trials", "1000"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(500));
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(130), "interrupted\n"));
        assert!(!folder.path().join("c/index.html").exists());
    }

    #[test]
    #[cfg(unix)]
    fn ctrl_c_ends_a_training_run_and_keeps_what_its_epochs_found() {
        let interrupted = |more: &[&str]| {
            let folder = folder();
            let mut arguments =
                vec!["train", "--epochs", "10000000", "--trace", "curve.csv", "--save", "w.csv"];
            arguments.extend(more);
            let mut command = gradus(folder.path());
            let child =
                command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            std::thread::sleep(std::time::Duration::from_millis(1500));
            assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
            let output = child.wait_with_output().unwrap();
            assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(130), ""));
            let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
            (text(&output.stdout), read("curve.csv"), read("w.csv"))
        };
        let (printed, curve, parameters) = interrupted(&[]);
        let epochs = curve.lines().count() - 2;
        assert!(epochs > 0 && printed.contains("interrupted: this is what "), "{printed}");
        assert_eq!(parameters.lines().count(), 1 + 650, "W is 10 by 64, b has 10 entries");
        assert!(
            parameters.starts_with("name,value\n\"W[0, 0]\",") && parameters.contains("\nb[9],"),
            "{parameters}"
        );
        let (printed, ..) =
            interrupted(&["--json", "--optimizer", "kfac", "--model", "mlp:16", "--l2", "1e-2"]);
        let json: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(json["termination"]["reason"], "stopped_by_observer");
    }
}

mod models_and_losses {
    use super::*;

    fn trained(arguments: &str) -> Value {
        json(folder().path(), &format!("train {arguments} --json").split_whitespace().collect::<Vec<_>>())
    }

    fn accuracy(trained: &Value) -> f64 {
        trained["test_accuracy"].as_f64().unwrap()
    }

    #[test]
    fn every_loss_trains_the_digits() {
        for loss in ["softmax", "svm", "one-vs-all", "structured", "squared", "logistic", "huber:0.5"] {
            let run = trained(&format!("--loss {loss} --lr 0.02 --epochs 20"));
            assert!(accuracy(&run) > 0.9, "{loss}: {run}");
        }
    }

    #[test]
    fn nets_of_any_depth_learn_the_digits() {
        for model in ["mlp:32", "mlp:32,tanh", "mlp:24,16", "mlp:20,15,12,tanh"] {
            let run = trained(&format!("--model {model} --lr 0.1 --epochs 20"));
            assert!(accuracy(&run) > 0.93, "{model}: {run}");
            assert_eq!(run["settings"]["model"], model);
        }
        // From zero no hidden unit ever moves: what is left to learn are the frequencies of the classes.
        assert!(accuracy(&trained("--model mlp:32 --init zero --lr 0.1 --epochs 2")) < 0.15);
        assert!(accuracy(&trained("--model mlp:32 --init normal:0.1 --lr 0.1 --epochs 20")) > 0.95);
    }

    #[test]
    fn autoencoders_report_the_error_of_their_reconstructions() {
        let error = |run: &Value| run["test_error"].as_f64().unwrap();
        for (model, loss) in [
            ("autoencoder:30,10", None),
            ("autoencoder:30,10,tanh", Some("squared")),
            ("autoencoder:8", None),
        ] {
            let loss = loss.map_or(String::new(), |loss| format!("--loss {loss} "));
            let run = trained(&format!("--model {model} {loss}--optimizer adam --lr 0.01 --epochs 20"));
            assert!(error(&run) < 4.5 && run["train_error"].as_f64().unwrap() < 4.5, "{model}: {run}");
            assert!(run.get("test_accuracy").is_none() && run.get("train_accuracy").is_none(), "{run}");
            let expected = if loss.is_empty() { "logistic" } else { "squared" };
            assert_eq!(
                (&run["settings"]["model"], &run["settings"]["loss"]),
                (&model.into(), &expected.into())
            );
        }
        // The mean image has an error of 4.7.
        let whole = trained("--model autoencoder:30,10 --optimizer lbfgs --max-iter 60");
        assert!(error(&whole) < 4.0 && whole["settings"]["precision"] == "f64", "{whole}");
        let folder = folder();
        let arguments = ["train", "--model", "autoencoder:9,4", "--epochs", "2", "--trace", "curve.csv"];
        let said = succeeds(folder.path(), &arguments);
        assert!(said.contains("test_error") && said.contains("logistic loss") && !said.contains("accuracy"));
        let csv = fs::read_to_string(folder.path().join("curve.csv")).unwrap();
        let header = "epoch,steps,example_grads,train_loss,train_error,test_error,lr,clipped,seconds";
        assert_eq!((csv.lines().next(), csv.lines().count()), (Some(header), 4));
    }

    #[cfg(feature = "lapack")]
    #[test]
    fn kfac_trains_autoencoders_with_drawn_labels() {
        let run = trained("--model autoencoder:20,6 --optimizer kfac --epochs 5");
        assert!(run["test_error"].as_f64().unwrap() < 4.0 && run["settings"]["labels"] == "sampled", "{run}");
        let squared = trained("--model autoencoder:20,6 --loss squared --optimizer kfac --epochs 5");
        assert!(squared["test_error"].as_f64().unwrap() < 4.0, "{squared}");
        let exact = "--model autoencoder:20,6 --optimizer kfac --labels exact --batch full --max-iter 3";
        assert_eq!(trained(exact)["settings"]["labels"], "exact");
        assert!(accuracy(&trained("--model mlp:32 --loss squared --optimizer kfac --epochs 3")) > 0.9);
    }

    #[test]
    fn an_autoencoder_and_what_needs_classes_do_not_go_together() {
        let autoencoder = ["train", "--model", "autoencoder:9,4"];
        let with = |more: &[&str], words: &[&str]| refuses(&[&autoencoder[..], more].concat(), words);
        for loss in ["softmax", "svm", "one-vs-all", "structured"] {
            with(&["--loss", loss], &[loss, "needs classes", "squared, logistic or huber"]);
        }
        with(&["--optimizer", "kfac", "--loss", "huber"], &["huber has none", "the last two"]);
        with(&["--init", "sparse:2000"], &["sparse:2000", "no layer has more than 64"]);
        with(&["--init", "sparse:0"], &["the count of sparse must be at least 1"]);
        with(&["--init", "sparse:x"], &["sparse:COUNT"]);
        with(&["--optimizer", "lbfgs", "--preconditioned"], &["autoencoder:9,4 has no block of curvature"]);
        with(&["--data", "nothing"], &["curves"]);
        refuses(&["train", "--model", "autoencoder"], &["autoencoder:400,200,100,50,25,6"]);
        refuses(&["train", "--model", "autoencoder:9,0"], &["sizes H ≥ 1"]);
        refuses(&["train", "--model", "autoencoder:9,sigmoit"], &["did you mean 'sigmoid'?"]);
        refuses(&["train", "--model", "autoencodr:9"], &["did you mean 'autoencoder"]);
        for model in ["linear", "mlp:9"] {
            let words = [model, "needs classes", "choose an autoencoder"];
            refuses(&["train", "--data", "curves", "--model", model], &words);
            refuses(&["gradcheck", "--data", "curves", "--model", model], &words);
        }
        refuses(&["gradcheck", "--model", "autoencoder:9", "--loss", "svm"], &["svm needs classes"]);
        refuses(
            &["compare", "--problems", "curves-autoencodr", "--out", "c"],
            &["did you mean 'curves-autoencoder'?"],
        );
    }

    #[test]
    fn the_derivatives_of_autoencoders_are_checked() {
        for loss in ["squared", "logistic", "huber:0.2"] {
            let arguments = ["gradcheck", "--model", "autoencoder:9,4,tanh", "--loss", loss, "--second"];
            let said = succeeds(folder().path(), &arguments);
            assert!(said.contains("autoencoder:9,4,tanh with") && said.contains("is right"), "{said}");
        }
        let curves = ["gradcheck", "--data", "curves", "--model", "autoencoder:20,6", "--num-checks", "20"];
        assert!(succeeds(folder().path(), &curves).contains("logistic loss on curves (100 examples"));
    }

    #[cfg(feature = "lapack")]
    #[test]
    fn kfac_needs_few_epochs() {
        let run = trained("--model mlp:32 --optimizer kfac --l2 1e-4 --epochs 3");
        assert!(run["train_loss"].as_f64().unwrap() < 0.08 && accuracy(&run) > 0.93, "{run}");
        assert_eq!((run["steps"].as_u64(), run["settings"]["precision"].as_str()), (Some(36), Some("f64")));
        let whole =
            trained("--model linear --optimizer kfac --batch full --l2 1e-3 --max-iter 60 --grad-tol 1e-5");
        assert_eq!(whole["termination"]["reason"], "converged", "{whole}");
    }

    #[cfg(feature = "lapack")]
    #[test]
    fn kfac_trains_with_tridiagonal_blocks() {
        let run = trained("--model mlp:32 --optimizer kfac --blocks tridiagonal --l2 1e-4 --epochs 3");
        assert!(run["train_loss"].as_f64().unwrap() < 0.08 && accuracy(&run) > 0.93, "{run}");
        assert_eq!(run["settings"]["blocks"], "tridiagonal");
        let diagonal = trained("--model mlp:32 --optimizer kfac --l2 1e-4 --epochs 3");
        assert_eq!(diagonal["settings"]["blocks"], "diagonal");
        assert_ne!(run["train_loss"], diagonal["train_loss"]);
        let autoencoder = "--model autoencoder:20,6 --optimizer kfac --blocks tridiagonal --epochs 5";
        assert!(trained(autoencoder)["test_error"].as_f64().unwrap() < 4.0);
        let kfac = ["train", "--model", "mlp:32", "--optimizer", "kfac"];
        let with = |more: &[&str], words: &[&str]| refuses(&[&kfac[..], more].concat(), words);
        with(
            &["--blocks", "tridiagnal"],
            &["no choice of blocks named 'tridiagnal'", "did you mean 'tridiagonal'?"],
        );
        with(&["--blocks", ""], &["diagonal, tridiagonal"]);
        refuses(&["train", "--blocks", "tridiagonal"], &["--blocks does not go with momentum"]);
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        refuses(&["train", "--model", "mlp"], &["mlp:100,50,tanh"]);
        refuses(&["train", "--model", "mlp:0"], &["sizes H ≥ 1"]);
        refuses(&["train", "--model", "mlp:9,tan"], &["did you mean 'tanh'?"]);
        refuses(&["train", "--init", "hee"], &["zero, normal:DEVIATION, xavier, he"]);
        refuses(&["train", "--init", "normal:-1"], &["deviation must be finite and ≥ 0"]);
        refuses(&["train", "--loss", "huber:0"], &["delta must be finite and > 0"]);
        refuses(&["train", "--optimizer", "kfac", "--loss", "svm"], &["--loss softmax"]);
        refuses(&["train", "--optimizer", "kfac", "--lr", "1"], &["--lr does not go with kfac"]);
        refuses(&["train", "--optimizer", "kfac", "--damping", "0"], &["damping must be finite and > 0"]);
        #[cfg(feature = "lapack")]
        refuses(&["train", "--optimizer", "kfac", "--batch", "2000"], &["2000 out of 1438 examples"]);
        refuses(&["minimize", "beale", "--optimizer", "kfac"], &["gradus train"]);
        refuses(&["train", "--damping", "1"], &["--damping does not go with momentum"]);
    }

    #[test]
    fn losses_and_models_are_listed() {
        let folder = folder();
        let losses = succeeds(folder.path(), &["list", "losses", "--format", "csv"]);
        assert!(losses.lines().count() == 8 && losses.contains("structured"), "{losses}");
        assert_eq!(losses.matches("classes or inputs").count(), 3, "{losses}");
        let models = succeeds(folder.path(), &["list", "models"]);
        assert!(models.contains("mlp:H[,H…]") && models.contains("autoencoder:H[,H…]"), "{models}");
        let data = succeeds(folder.path(), &["list", "data", "--format", "csv"]);
        assert!(data.contains("curves") && data.contains("\nalice,127542,14165,8,38,embedded,"), "{data}");
    }
}

mod demo {
    use super::*;
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpStream;

    fn project() -> TempDir {
        let folder = folder();
        fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"gradus\"\n").unwrap();
        folder
    }

    fn get(address: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn a_page_that_is_not_built_or_a_port_that_is_none_is_one_sentence() {
        let folder = project();
        refuses_in(folder.path(), &["demo"], &["make demo"]);
        refuses_in(folder.path(), &["demo", "--port", "70000"], &["--port"]);
    }

    #[test]
    fn the_page_is_served_to_this_machine() {
        let folder = project();
        fs::create_dir_all(folder.path().join("target/demo")).unwrap();
        fs::write(folder.path().join("target/demo/gradus-demo.html"), "<p>the page</p>").unwrap();
        let mut server =
            gradus(folder.path()).args(["demo", "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let address = said
            .strip_prefix("http://")
            .and_then(|rest| rest.split('/').next())
            .unwrap_or_default()
            .to_string();
        let answers = [get(&address, "/"), get(&address, "/else"), get(&address, "/")];
        server.kill().unwrap();
        server.wait().unwrap();
        assert!(address.starts_with("127.0.0.1:") && said.contains("gradus-demo.html"), "{said}");
        assert!(
            answers[0].starts_with("HTTP/1.1 200 OK\r\n") && answers[0].ends_with("<p>the page</p>"),
            "{}",
            answers[0]
        );
        assert!(answers[1].starts_with("HTTP/1.1 404 "), "{}", answers[1]);
        assert_eq!(answers[0], answers[2]);
    }
}
