//! `gradus archive` and `gradus compare --against`, run as processes: an archive and the optimizers that it
//! lacks make the tables of one comparison, and what goes wrong is one sentence.
#![cfg(feature = "cli")]

use crate::common::{assert_refusal, folder, gradus, output, says, text, words};
use crate::compare::hash::{FNV_START, fnv1a_from};
use gradus::cli;
use gradus::compare::suite::{Arithmetic, Memory, Suite};
use gradus::files;
use gradus::optimizer::catalogue::{Catalogue, Entry};
use gradus::prelude::Momentum;
use gradus::progress::Silent;
use gradus::report::archive;
use gradus::report::tables::csv::{Cells, read_cells};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

/// A comparison of a second.
const SIZE: &str = "--quick --trials 4 --seeds 2";
const PROBLEMS: &str = "quadratic:100,rosenbrock,noisy-quadratic,digits/softmax";

/// Makes `archive/few` of a comparison of two optimizers.
fn few(folder: &Path) -> PathBuf {
    says(folder, &format!("compare --out few {SIZE} --optimizers sgd,adam --problems {PROBLEMS}"));
    let said = says(folder, "archive add few --name few");
    assert!(said.contains("archive/few: 4 problems, 2 optimizers, 64 runs, "), "{said}");
    folder.join("archive/few")
}

/// A table without the column that says where its rows come from.
fn without_origin(path: &Path) -> Cells {
    let Cells { mut header, mut rows } = read_cells(path).unwrap();
    let place = header.iter().position(|name| name == "origin").unwrap();
    header.remove(place);
    rows.iter_mut().for_each(|row| _ = row.remove(place));
    Cells { header, rows }
}

/// The cells of a column, by the optimizer of the row.
fn by_optimizer(path: &Path, column: &str) -> Vec<(String, String)> {
    let Cells { header, rows } = read_cells(path).unwrap();
    let place = |name: &str| header.iter().position(|known| known == name).unwrap();
    let (optimizer, column) = (place("optimizer"), place(column));
    rows.iter().map(|row| (row[optimizer].clone(), row[column].clone())).collect()
}

/// The names of the CSV files of a report that show no seconds.
fn tables(folder: &Path) -> Vec<String> {
    let name = |path: PathBuf| path.strip_prefix(folder).unwrap().display().to_string();
    let names = files::below(folder).unwrap().into_iter().map(name);
    names
        .filter(|name| name.ends_with(".csv") && !name.contains("seconds") && !name.starts_with("machines"))
        .collect()
}

#[test]
fn an_archive_and_the_optimizers_that_it_lacks_make_the_tables_of_one_comparison() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    few(folder.path());
    says(
        folder.path(),
        &format!("compare --out all {SIZE} --optimizers sgd,adam,lbfgs --problems {PROBLEMS}"),
    );
    let said = says(folder.path(), "compare --against few --optimizers lbfgs --out a");
    assert!(said.contains("4 problems, 3 optimizers: 64 runs from the archive; here 24 runs; "), "{said}");
    assert!(
        said.contains("The runs of 2 optimizers come from the archive few, which was made on "),
        "{said}"
    );

    assert_eq!(tables(&at("a")), tables(&at("all")));
    let mut with_origin = 0;
    for name in tables(&at("all")).iter().filter(|name| *name != "curves.csv") {
        let (mine, whole) = (at("a").join(name), at("all").join(name));
        let is_marked = read_cells(&mine).unwrap().header.contains(&"origin".to_owned());
        with_origin += usize::from(is_marked);
        let mine = if is_marked { without_origin(&mine) } else { read_cells(&mine).unwrap() };
        assert!(mine == read_cells(&whole).unwrap(), "{name} differs");
    }
    assert!(with_origin >= 8, "{with_origin} tables say where their rows come from");
    same_curves(&at("a/curves.csv"), &at("all/curves.csv"));
    for name in ["ranks.svg", "winners.svg", "data_profiles.svg", "tuning_gain.svg"] {
        let read = |report: &str| fs::read(at(report).join("figures").join(name)).unwrap();
        assert!(read("a") == read("all"), "{name} differs");
    }
    for name in ["tables/ranks.csv", "tables/outcomes.csv", "runs.csv", "optimizers.csv"] {
        for (optimizer, origin) in by_optimizer(&at("a").join(name), "origin") {
            let from_archive = origin.starts_with("few (") && origin.ends_with(')');
            assert!(
                if optimizer == "lbfgs" { origin == "here" } else { from_archive },
                "{optimizer}: {origin}"
            );
        }
    }
    // The archive was made on this machine, so its seconds can stand beside the new ones.
    let seconds = |report: &str| by_optimizer(&at(report).join("seconds.csv"), "seconds");
    assert!(seconds("a").iter().all(|(_, seconds)| seconds.parse::<f64>().unwrap() >= 0.0));
    let page = fs::read_to_string(at("a/index.html")).unwrap();
    assert!(page.contains("role=\"note\">The runs of 2 optimizers come from the archive few"));
    assert!(page.contains("\"archive\":{\"name\":\"few\",\"optimizers\":[\"sgd\",\"adam\"]}"));

    // What was run is kept, and an archive of a part is none.
    let again = says(folder.path(), "compare --against few --optimizers lbfgs --out a");
    assert!(again.contains("here 24 runs, 24 of them kept from before"), "{again}");
    let refused = output(folder.path(), "archive add a --name part");
    assert_refusal(&refused, &["a is not the folder of a comparison", "against an archive does not count"]);
    // Nothing is missing: the report of the archive alone, on one problem, found by a part of its name.
    let nothing = says(folder.path(), "compare --against fe --optimizers sgd --problems rosenbrock --out n");
    assert!(
        nothing.contains("1 problem, 2 optimizers: 16 runs from the archive; no optimizer was missing"),
        "{nothing}"
    );
}

/// Curves at the best setting are the same in seven digits; the others are not kept.
fn same_curves(mine: &Path, whole: &Path) {
    let (mine, whole) = (without_origin(mine), read_cells(whole).unwrap());
    let column = |name: &str| whole.header.iter().position(|known| known == name).unwrap();
    let (optimizer, phase) = (column("optimizer"), column("phase"));
    let kept: Vec<&Vec<String>> =
        whole.rows.iter().filter(|row| row[phase] == "best" || row[optimizer] == "lbfgs").collect();
    assert_eq!((mine.header.len(), mine.rows.len()), (whole.header.len(), kept.len()));
    for (mine, whole) in mine.rows.iter().zip(kept) {
        for (mine, whole) in mine.iter().zip(whole) {
            let near =
                |a: f64, b: f64| (a - b).abs() <= 1e-6 * b.abs() || a.is_nan() == b.is_nan() && b.is_nan();
            let numbers = mine.parse().ok().zip(whole.parse().ok());
            assert!(mine == whole || numbers.is_some_and(|(a, b)| near(a, b)), "{mine} {whole}");
        }
    }
}

/// Changes the manifest of an archive.
fn change_manifest(archive: &Path, change: impl Fn(&mut Value)) {
    let path = archive.join("manifest.json");
    let mut manifest: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    change(&mut manifest);
    fs::write(&path, manifest.to_string()).unwrap();
}

/// Changes the plan of an archive, with a checksum that is right, and a manifest that knows the new file.
fn change_plan(archive: &Path, change: impl Fn(String) -> String) {
    let path = archive.join("plan.txt");
    let plan = fs::read_to_string(&path).unwrap();
    let body = change(plan[..plan.rfind("end\t").unwrap()].to_owned());
    let salted =
        |salt: u64| fnv1a_from(FNV_START ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15), body.as_bytes());
    let plan = format!("{body}end\t{:016x}{:016x}\n", salted(1), salted(0));
    let sha256: String = Sha256::digest(&plan).iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(&path, &plan).unwrap();
    let note = json!({ "bytes": plan.len(), "sha256": sha256 });
    change_manifest(archive, |manifest| manifest["files"]["plan.txt"] = note.clone());
}

#[test]
fn an_archive_of_another_machine_is_compared_with_and_its_seconds_are_blank() {
    let folder = folder();
    let archive = few(folder.path());
    change_manifest(&archive, |manifest| manifest["machines"][0][0] = json!("Pocket calculator"));
    let words = Arithmetic::here().words;
    let other_f_star = |line: &str| {
        let mut fields: Vec<String> = line.split('\t').map(String::from).collect();
        if fields[0] == "problem" && fields[1] == "digits/softmax" {
            // The eighth field is f*, whose last bits depend on the machine.
            fields[7] = format!("{:?}", fields[7].parse::<f64>().unwrap() * (1.0 + 1e-14));
        }
        fields.join("\t") + "\n"
    };
    change_plan(&archive, |plan| {
        let plan: String = plan.lines().map(other_f_star).collect();
        let probe = plan.lines().find(|line| line.starts_with("probe\t")).unwrap().to_owned();
        plan.replace(&words, "AVX-1024").replace(&probe, "probe\tdot products\t0000000000000000")
    });
    let said = says(folder.path(), "compare --against archive/few --optimizers lbfgs --out a");
    for part in
        ["made on Pocket calculator (AVX-1024)", "Seconds of another machine than this one are left blank"]
    {
        assert!(said.contains(part), "{said}");
    }
    let known = |table: &str, column: &str| -> Vec<(String, bool)> {
        let cells = by_optimizer(&folder.path().join("a").join(table), column).into_iter();
        cells.map(|(optimizer, cell)| (optimizer, cell.parse::<f64>().is_ok_and(f64::is_finite))).collect()
    };
    for (table, column) in [("seconds.csv", "seconds"), ("tables/outcomes_seconds.csv", "seconds")] {
        let found = known(table, column);
        assert!(
            found.iter().all(|(optimizer, known)| *known == (optimizer == "lbfgs")),
            "{table}: {found:?}"
        );
    }
    let machines = by_optimizer(&folder.path().join("a/seconds.csv"), "machine");
    assert!(machines.iter().all(|(name, machine)| (name == "lbfgs") == (machine != "Pocket calculator")));
    let checked = says(folder.path(), "archive check few --sample 3");
    assert!(checked.contains("the archive was made on another arithmetic: AVX-1024 against "), "{checked}");
    assert!(checked.contains("checked: few is as written; 3 of 8 pairs run again, 24 runs"), "{checked}");
}

#[test]
fn ones_own_optimizer_runs_alone_and_not_under_a_name_of_the_archive() {
    let folder = folder();
    let place = few(folder.path());
    let run = |entry: Entry, line: &str| {
        let line = line.replace("DIR", folder.path().to_str().unwrap());
        let mut out = Vec::new();
        let arguments: Vec<&str> = ["gradus", "compare"].into_iter().chain(line.split_whitespace()).collect();
        let code = cli::run_with(arguments, &Catalogue::built_in().with(entry), &mut out);
        (code, text(&out))
    };
    let heavy = || Entry::rule("heavy", |_| Momentum::new(0.99)).with_version("1");
    let line = "--against DIR/archive/few --optimizers heavy --out DIR/a";
    let (code, said) = run(heavy(), line);
    assert!(code == 0 && said.contains("3 optimizers: 64 runs from the archive; here 32 runs; "), "{said}");
    assert!(run(heavy(), line).1.contains("32 of them kept from before"));
    let runs = by_optimizer(&folder.path().join("a/runs.csv"), "origin");
    assert_eq!(runs.iter().filter(|(name, origin)| name == "heavy" && origin == "here").count(), 32);
    let adam = || Entry::rule("adam", |_| Momentum::new(0.99)).with_version("1");
    assert_eq!(run(adam(), "--against DIR/archive/few --out DIR/b").0, 2);
    let archive = archive::read(&place).unwrap();
    let against = |suite: Suite| suite.compare_against(&archive, &Silent, &Memory::default());
    let suite = || Suite::standard().optimizers(&["sgd"]).unwrap().problems(&["rosenbrock"]).unwrap();
    let refused = against(suite().with_rule("adam", |_| Momentum::new(0.99))).unwrap_err().to_string();
    assert!(refused.contains("the archive few has an optimizer named adam already"), "{refused}");
    // A rule from a program of one's own, by the library.
    let found = against(suite().with_rule("mine", |trial| Momentum::new(trial.kept(0.9)))).unwrap();
    assert_eq!((found.own_runs, found.comparison.ranking("rosenbrock").len()), (8, 3));
}

#[test]
fn a_check_passes_and_finds_an_altered_value_even_under_a_right_checksum() {
    let folder = folder();
    let place = few(folder.path());
    let passed = says(folder.path(), "archive check few --sample 3 --draw 2 --threads 2");
    assert!(passed.contains("checked: few is as written; 3 of 8 pairs run again, 24 runs, in "), "{passed}");
    let list = says(folder.path(), "archive list");
    assert!(list.lines().next().unwrap().starts_with("name") && list.contains("few "), "{list}");
    assert!(list.contains("archive/few"), "{list}");
    let mut altered = archive::read(&place).unwrap();
    let better =
        |run: &&mut gradus::compare::suite::Run| run.optimizer == "sgd" && run.final_loss().is_finite();
    let run = altered.runs.iter_mut().rfind(better).unwrap();
    *run.curve.loss.last_mut().unwrap() *= 0.999;
    archive::write(&altered, &folder.path().join("archive")).unwrap();
    let found = output(folder.path(), "archive check few --sample 100");
    let said = text(&found.stdout);
    assert_eq!((found.status.code(), text(&found.stderr).as_str()), (Some(1), ""), "{said}");
    assert!(
        said.contains("few/runs.parquet, row ") && said.contains("column final_loss: committed "),
        "{said}"
    );
    assert!(said.contains("1 difference in few; 8 of 8 pairs run again"), "{said}");
}

#[test]
fn an_archive_is_fetched_whole_or_not_at_all() {
    let folder = folder();
    let place = few(folder.path());
    let url = served(folder.path().join("archive"));
    let said = says(folder.path(), &format!("fetch archive few --from {url} --to data"));
    assert!(said.contains("data/archive/few"), "{said}");
    let names = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    let files = ["curves.parquet", "manifest.json", "plan.txt", "runs.parquet"];
    assert_eq!(names(&folder.path().join("data/archive/few")), files);
    fs::rename(folder.path().join("archive"), folder.path().join("elsewhere")).unwrap();
    let listed = gradus(folder.path()).env("GRADUS_DATA", "data").args(["archive", "list"]).output().unwrap();
    assert!(text(&listed.stdout).contains("few "), "{listed:?}");
    // The folder itself by its path, again.
    says(folder.path(), "fetch archive few --from elsewhere/few --to data");
    let runs = folder.path().join("elsewhere/few/runs.parquet");
    let mut bytes = fs::read(&runs).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&runs, bytes).unwrap();
    let altered = output(folder.path(), "fetch archive few --from elsewhere --to other");
    assert_refusal(&altered, &["runs.parquet", "SHA-256"]);
    assert!(!folder.path().join("other/archive/few").exists());
    let refused = |line: &str, words: &[&str]| assert_refusal(&output(folder.path(), line), words);
    refused("fetch archive", &["gradus fetch archive NAME"]);
    refused("fetch archive few", &["no address is known", "--from"]);
    refused("fetch mnist few", &["'few' follows the name of a data set"]);
    refused("fetch archive few --from nowhere --to other", &["cannot read nowhere/few/manifest.json"]);
    refused("fetch archive ../few --from elsewhere --to other", &["name of an archive"]);
    drop(place);
}

/// Serves the files below a folder over HTTP, as long as the process lives.
fn served(root: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let request = lines.next().unwrap_or_default();
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let path = request.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
            let (status, body) = match fs::read(root.join(path)) {
                Ok(body) => ("200 OK", body),
                Err(_) => ("404 Not Found", Vec::new()),
            };
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    url
}

#[test]
fn bad_input_is_one_sentence() {
    let folder = folder();
    let place = few(folder.path());
    let refused = |line: &str, words: &[&str]| assert_refusal(&output(folder.path(), line), words);
    let against = |name: &str| format!("compare --against {name} --optimizers lbfgs --out a");
    refused(&against("fwe"), &["no archive named 'fwe' (did you mean 'few'?)", "few"]);
    refused(&against("https://example.org/few"), &["is an address", "gradus fetch archive"]);
    refused("archive add few --name few", &["an archive in ", "archive/few already", "--replace"]);
    says(folder.path(), "archive add few --name few --replace");
    says(folder.path(), "archive add few --name few-again");
    refused(&against("fe"), &["several archives: few, few-again", "more of the name"]);
    refused("archive add few --name Few!", &["'Few!' is not a name of an archive"]);
    refused("archive add none --name n", &["none is not the folder of a comparison", "--out"]);
    refused("archive check few --sample 0", &["sample = 0 is out of range"]);
    refused("archive check none-such", &["no archive named 'none-such'", "known: few, few-again"]);
    refused(&(against("few") + " --trials 9"), &["--against", "--trials"]);
    refused(&(against("few") + " --quick"), &["--against", "--quick"]);
    refused(&(against("few") + " --suite wide"), &["--against", "--suite"]);
    refused(
        &(against("few") + " --problems beale"),
        &["no problem of the archive named 'beale'", "rosenbrock"],
    );
    refused("compare --against few --optimizers rmsprp --out a", &["did you mean 'rmsprop'?"]);
    refused("compare --against few", &["--out"]);

    // Files that were cut or changed.
    let runs = place.join("runs.parquet");
    let whole = fs::read(&runs).unwrap();
    fs::write(&runs, &whole[..whole.len() - 9]).unwrap();
    refused(&against("archive/few"), &["archive/few/runs.parquet is not usable", "it has only"]);
    let changed: Vec<u8> = whole.iter().enumerate().map(|(at, byte)| byte ^ u8::from(at == 200)).collect();
    fs::write(&runs, changed).unwrap();
    refused(&against("archive/few"), &["archive/few/runs.parquet", "its SHA-256 is"]);
    fs::remove_file(&runs).unwrap();
    refused(&against("archive/few"), &["cannot read archive/few/runs.parquet"]);
    fs::write(&runs, whole).unwrap();
    refuses_other_archives(folder.path(), &place);
    assert!(!folder.path().join("a/index.html").exists());
}

/// Archives of another format, other rules, other problems and other data.
fn refuses_other_archives(folder: &Path, place: &Path) {
    let kept: Vec<(PathBuf, Vec<u8>)> = ["manifest.json", "plan.txt"]
        .map(|name| (place.join(name), fs::read(place.join(name)).unwrap()))
        .into();
    let refused = |words: &[&str]| {
        assert_refusal(&output(folder, "compare --against archive/few --optimizers lbfgs --out a"), words);
        kept.iter().for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
    };
    change_manifest(place, |manifest| manifest["format"] = json!(2));
    refused(&["an archive of format 2", "reads format 1"]);
    change_manifest(place, |manifest| manifest["files"] = json!(7));
    refused(&["manifest.json is not usable as the manifest of an archive: line 1"]);
    change_manifest(place, |manifest| manifest["counting"] = json!("a value is free"));
    refused(&["the archive few was made by another counting (a value is free, and here edition 1"]);
    change_manifest(place, |manifest| manifest["tuning"] = json!("by hand"));
    refused(&["another tuning rule (by hand, and here edition 1"]);
    change_manifest(place, |manifest| manifest["machines"] = json!([]));
    refused(&["runs.parquet names a machine that the manifest lacks"]);
    change_plan(place, |plan| plan.replace("\tdata\t#", "\tdata\t#0"));
    refused(&["the problem digits/softmax of the archive few is another one: its data is #0"]);
    change_plan(place, |plan| plan.replace("\tbudget\t2000\t", "\tbudget\t10000\t"));
    refused(&["is another one: its budget is 10000, and here 2000"]);
    let beside = |plan: String| plan.replace("problem\trosenbrock\t", "problem\trosenbrook\t");
    change_plan(place, beside);
    refused(&["runs.parquet has runs of rosenbrock, which the plan lacks"]);
    change_plan(place, |plan| plan[..plan.len() / 2].to_owned());
    refused(&["plan.txt is not a plan that can be used"]);
}

/// An archive with room for so many kilobytes in each file: what goes beyond fails, as on a full disk.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_no_half_an_archive() {
    let folder = folder();
    few(folder.path());
    let limited = "trap '' XFSZ; ulimit -f 4; exec \"$@\"";
    let full = Command::new("bash")
        .current_dir(folder.path())
        .env_remove("GRADUS_SIMD")
        .args(["-c", limited, "bash", env!("CARGO_BIN_EXE_gradus")])
        .args(words("archive add few --name full"))
        .output()
        .unwrap();
    assert_refusal(&full, &["cannot write", ".full.tmp"]);
    let names = fs::read_dir(folder.path().join("archive")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.collect::<Vec<_>>(), ["few"]);
}

/// The archives of the repository can be used by this code, are small, and have the ranks of the results.
#[test]
fn the_committed_archives_are_usable_and_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, place) in archive::Archives::in_folders([root.join("archive")]).all() {
        let archive = archive::read(&place).unwrap();
        archive.check_rules().unwrap();
        let bytes: u64 =
            files::below(&place).unwrap().iter().map(|path| path.metadata().unwrap().len()).sum();
        assert!(bytes <= 3_000_000, "{name} has {bytes} bytes");
        if name == "standard" {
            let ranks = gradus::compare::suite::views::table(&archive.comparison(), "ranks").unwrap();
            let written =
                gradus::report::tables::read_csv(&root.join("results/comparison/ranks.csv")).unwrap();
            assert_eq!(ranks.get("optimizer").unwrap().values, written.get("optimizer").unwrap().values);
            assert_eq!(ranks.floats("mean_rank").unwrap(), written.floats("mean_rank").unwrap());
        }
    }
}
