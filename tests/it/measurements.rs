//! The command around measurements of time: the threads that BLAS takes, and what `make peers` hands over.
#![cfg(feature = "cli")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const README: &str =
    "# Here\n\n<!-- Written by `make peers`. -->\n<!-- The end of what `make peers` wrote. -->\n\nthe end\n";
const MEASURED: &str = "\
workload,title,kind,peer,version,median_s,q1_s,q3_s,unit,rounds,ratio,ratio_low,ratio_high,target,verdict,note
W1,softmax,ours,gradus,0.1.0,4e-05,3.9e-05,4.1e-05,step,9,1.0,1.0,1.0,,,
W1,softmax,peer,numpy,2.4.6,0.00024,0.00023,0.00025,step,9,6.0,5.5,6.5,5.0,reached,
W10,fresh machine,ours,gradus,,,,,set-up,,,,,,,not measured here
";

fn gradus(arguments: &[&str], threads: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gradus"));
    for name in ["OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"] {
        command.env_remove(name);
    }
    command.args(arguments).envs(threads.map(|count| ("OPENBLAS_NUM_THREADS", count))).output().unwrap()
}

fn show(root: &Path, measured: &Path) -> Output {
    gradus(&["--root", root.to_str().unwrap(), "bench", "--peers", measured.to_str().unwrap()], None)
}

#[cfg(feature = "lapack")]
#[test]
fn blas_has_one_thread_unless_the_environment_says_otherwise() {
    let said = |threads| String::from_utf8(gradus(&["doctor", "--format", "csv"], threads).stdout).unwrap();
    assert!(said(None).contains("solves, on 1 thread\""), "{}", said(None));
    assert!(said(Some("1")).contains("solves, on 1 thread\""));
    if std::thread::available_parallelism().unwrap().get() >= 2 {
        assert!(said(Some("2")).contains("solves, on 2 threads\""), "{}", said(Some("2")));
    }
}

#[test]
fn a_comparison_with_other_libraries_goes_into_results_and_readme() {
    let folder = tempfile::tempdir().unwrap();
    let (root, measured) = (folder.path(), folder.path().join("measured.csv"));
    fs::create_dir(root.join("benches")).unwrap();
    fs::write(root.join("README.md"), README).unwrap();
    fs::write(&measured, MEASURED).unwrap();
    let output = show(root, &measured);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    assert!(
        readme.contains("| W1 | softmax | 40 µs [39, 41] per step | numpy 6 [5.5, 6.5] | ≥ 5 | reached |")
            && readme.ends_with("the end\n"),
        "{readme}"
    );
    for file in ["peers.csv", "peers.parquet", "peers.svg", "manifest.json", "README.md", "PEERS.md"] {
        assert!(root.join("results").join(file).is_file(), "{file}");
    }
    let of_processors = fs::read_dir(root.join("results/peers")).unwrap().count();
    assert_eq!(of_processors, 2, "a CSV file and a Parquet file of this processor");
    assert_eq!(gradus(&["--root", root.to_str().unwrap(), "verify", "--files"], None).status.code(), Some(0));
}

#[test]
fn without_a_place_in_the_readme_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let measured = folder.path().join("measured.csv");
    fs::write(folder.path().join("README.md"), "# Nothing here\n").unwrap();
    for text in [MEASURED, "a,b\n1,2\n"] {
        fs::write(&measured, text).unwrap();
        let output = show(folder.path(), &measured);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), complaint.lines().count()), (Some(2), 1), "{complaint}");
        assert!(!folder.path().join("results").exists());
    }
}
