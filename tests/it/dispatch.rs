//! The command under each set of vector instructions, number of threads, and core of OpenBLAS.
//!
//! The contract:
//! - The number of threads never changes a bit.
//! - Update rules, line searches and test functions without a matrix have the same bits on all vector
//!   instructions and cores. Their loops are element-wise, or sum in sixteen lanes everywhere.
//! - Products with data (training) sum in as many lanes as a vector has, and the baseline has no fused
//!   multiply-add: losses agree up to rounding, and counts of steps exactly.
//! - Factorizations are OpenBLAS's: its cores agree up to rounding.
#![cfg(feature = "cli")]

use crate::common::{folder, gradus, text};
use gradus::linalg::available_vector_instructions;
use serde_json::Value;
use std::collections::BTreeSet;

/// The cores of OpenBLAS that run on every machine with AVX2, and on one with AVX-512.
const CORES: [(&str, &str); 2] = [("Haswell", "avx2"), ("SkylakeX", "avx512")];
const THREADS: [&str; 4] = ["1", "2", "3", "8"];

/// What a process computes with.
#[derive(Clone, Copy)]
struct Machine {
    instructions: &'static str,
    threads: &'static str,
    core: Option<&'static str>,
}

/// Returns each available set of instructions with each core that the machine has.
fn machines() -> Vec<Machine> {
    let available = available_vector_instructions();
    let cores = CORES.iter().filter(|(_, needed)| available.contains(needed)).map(|(core, _)| Some(*core));
    let cores: Vec<_> = cores.chain([None]).collect();
    let of = |instructions| cores.iter().map(move |&core| Machine { instructions, threads: "2", core });
    available.into_iter().flat_map(of).collect()
}

/// Runs a command line and returns its JSON without seconds.
fn printed(line: &str, machine: Machine) -> Value {
    let folder = folder();
    let mut command = gradus(folder.path());
    command.args(line.split(' ')).arg("--json");
    command.env("GRADUS_SIMD", machine.instructions).env("RAYON_NUM_THREADS", machine.threads);
    if let Some(core) = machine.core {
        command.env("OPENBLAS_CORETYPE", core);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{line}: {}", text(&output.stderr));
    let mut json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let object = json.as_object_mut().unwrap();
    object.retain(|name, _| !name.contains("seconds") && !name.contains("per_second"));
    json
}

/// Returns the different answers to a command line on several machines.
fn answers(line: &str, machines: &[Machine]) -> BTreeSet<String> {
    machines.iter().map(|&machine| printed(line, machine).to_string()).collect()
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    for line in [
        "train --data digits --model linear --optimizer momentum --epochs 3",
        "train --data digits --model mlp:300 --optimizer adam --epochs 2 --batch 256",
        "train --data digits --model mlp:40,30,tanh --loss svm --optimizer rmsprop --epochs 2",
        "train --data digits --model mlp:300 --optimizer sgd --epochs 1 --batch 256 --precision f64",
        // All of its products but those of the last layer have more than ten million multiplications.
        "train --data digits --model mlp:1300,64 --optimizer momentum --epochs 1 --batch 256",
        "train --data digits --model linear --optimizer lbfgs --epochs 15",
        "minimize rosenbrock:3000 --optimizer lbfgs --max-iter 60",
        "minimize rosenbrock:100 --optimizer trust-region --max-iter 60",
    ] {
        for instructions in available_vector_instructions() {
            let machines = THREADS.map(|threads| Machine { instructions, threads, core: None });
            assert_eq!(answers(line, &machines).len(), 1, "{line}, {instructions}");
        }
    }
}

#[test]
fn without_products_of_matrices_every_processor_computes_the_same_bits() {
    for line in [
        "minimize rosenbrock:100 --optimizer gd --lr 1e-4 --max-iter 500",
        "minimize rosenbrock:100 --optimizer momentum --lr 1e-4 --max-iter 500",
        "minimize rosenbrock:100 --optimizer adam --lr .01 --max-iter 500",
        "minimize rosenbrock:100 --optimizer adagrad --lr .1 --max-iter 500",
        "minimize rosenbrock:100 --optimizer rmsprop --lr .01 --max-iter 500 --clip-norm 1",
        "minimize rosenbrock:100 --optimizer lbfgs --max-iter 80",
        "minimize rosenbrock:100 --optimizer lbfgs --max-iter 80 --line-search hager-zhang",
        "minimize rosenbrock:100 --optimizer cg --max-iter 80",
        "minimize rosenbrock:100 --optimizer bfgs --max-iter 80",
    ] {
        let found = answers(line, &machines());
        assert_eq!(found.len(), 1, "{line}: {found:#?}");
    }
}

/// Each line with the relative difference that rounding may make of its loss or value.
#[test]
fn products_of_matrices_agree_up_to_rounding_on_every_processor() {
    for (line, loss, rtol) in [
        ("train --data digits --model linear --optimizer momentum --epochs 3", "train_loss", 1e-4),
        ("train --data digits --model linear --loss svm --optimizer sgd --epochs 2", "train_loss", 1e-4),
        ("train --data digits --model linear --loss huber --optimizer adam --epochs 2", "train_loss", 1e-4),
        (
            "train --data digits --model mlp:32,tanh --optimizer adam --epochs 2 --precision f64",
            "train_loss",
            1e-9,
        ),
        (
            "train --data digits --model linear --optimizer lbfgs --epochs 10 --precision f64",
            "train_loss",
            1e-9,
        ),
        ("minimize rosenbrock:60 --optimizer newton --max-iter 30 --grad-tol 1e-6", "value", 1e-9),
        ("minimize meyer --optimizer levenberg-marquardt --relative-grad-tol 1e-6", "value", 1e-9),
        ("minimize rosenbrock:60 --optimizer trust-region --max-iter 20", "value", 1e-6),
    ] {
        let found: Vec<Value> = machines().into_iter().map(|machine| printed(line, machine)).collect();
        let (first, number) = (&found[0], |of: &Value| of[loss].as_f64().unwrap());
        for other in &found {
            let (expected, got) = (number(first), number(other));
            let near = (expected - got).abs() <= rtol * expected.abs() + 1e-12;
            assert!(near, "{line}: {loss} {expected} and {got}");
            for same in ["steps", "iterations", "epochs", "settings"] {
                assert_eq!(first[same], other[same], "{line}: {same}");
            }
            assert_eq!(first["termination"]["reason"], other["termination"]["reason"], "{line}");
        }
    }
}

#[test]
fn the_instructions_are_those_that_the_environment_names_or_a_sentence() {
    let folder = folder();
    for word in available_vector_instructions() {
        let output = gradus(folder.path()).arg("doctor").env("GRADUS_SIMD", word).output().unwrap();
        let said = text(&output.stdout);
        let row = said
            .lines()
            .find(|line| line.contains("vector instructions"))
            .unwrap_or_else(|| panic!("{said}"));
        let name = match word {
            "avx512" => "AVX-512",
            "avx2" => "AVX2",
            other => other,
        };
        assert!(row.contains(&format!("{name}, as GRADUS_SIMD says")), "{row}");
    }
    for wrong in ["avx1024", "", "AVX2"] {
        let output = gradus(folder.path()).arg("list").env("GRADUS_SIMD", wrong).output().unwrap();
        let complaint = text(&output.stderr);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""), "{complaint}");
        let known = "known: baseline, avx2, avx512";
        assert!(complaint.contains(known) && complaint.lines().count() == 1, "{complaint}");
    }
}
