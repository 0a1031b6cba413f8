//! From the CSV file of a measurement to the table, the chart and the README.

use super::*;
use crate::error::Result;
use crate::report::results::{Results, tests::provenance};
use crate::table::Table;
use std::fs;

const CSV: &str = "\
workload,title,kind,peer,version,median_s,q1_s,q3_s,unit,rounds,ratio,ratio_low,ratio_high,target,verdict,note
W1,softmax | small,ours,gradus,0.1.0,4e-05,3.9e-05,4.1e-05,step,9,1.0,1.0,1.0,,,
W1,softmax | small,peer,numpy,2.4.6,0.00024,0.00023,0.00025,step,9,6.0,5.5,6.5,5.0,reached,
W1,softmax | small,peer,jax,0.10.2,0.000192,0.00019,0.0002,step,9,4.8,4.6,5.1,5.0,cannot tell,
W1,softmax | small,peer,torch,,,,,step,,,,,5.0,,not measured: it is not installed
W1,softmax | small,limit,sgemm,OpenBLAS,2e-05,2e-05,2e-05,step,9,0.5,0.49,0.51,,,
W6/4096,Newton,ours,gradus,0.1.0,0.5,0.5,0.5,step,9,1.0,1.0,1.0,,,
W6/4096,Newton,limit,dgemm,OpenBLAS,0.4,0.4,0.4,step,9,0.8,0.79,0.81,0.7,reached,
";

fn written(text: &str) -> (tempfile::TempDir, Result<Table>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("measured.csv");
    fs::write(&path, text).unwrap();
    let table = read(&path);
    (folder, table)
}

#[test]
fn the_long_table_shows_the_closest_peer_and_what_is_missing() {
    let text = long_table(&written(CSV).1.unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[2],
        "| W1 | softmax \\| small | 40 µs [39, 41] per step | jax 4.8 [4.6, 5.1] | ≥ 5 | cannot tell | sgemm \
         50 % |"
    );
    assert_eq!(
        lines[3],
        "| W6/4096 | Newton | 500 ms [500, 500] per step | – |  |  | dgemm 80 % (≥ 70 %: reached) |"
    );
    assert_eq!(lines[5], "Not measured (the CSV file has the reason): W1 torch.");
}

#[test]
fn the_readme_shows_the_least_favourable_case_of_each_workload() {
    let smaller = "\
W6/512,Newton,ours,gradus,0.1.0,0.1,0.1,0.1,step,9,1.0,1.0,1.0,,,
W6/512,Newton,peer,scipy,1.17,0.3,0.3,0.3,step,9,3.0,2.9,3.1,2.0,reached,
W6/1024,Newton,ours,gradus,0.1.0,0.1,0.1,0.1,step,9,1.0,1.0,1.0,,,
W6/1024,Newton,peer,scipy,1.17,0.2,0.2,0.2,step,9,2.0,1.9,2.1,2.0,cannot tell,
W9/ready,kernel,ours,gradus,0.1.0,6,6,6,wait,3,1.0,1.0,1.0,,,
W9/ready,kernel,bound,promised,,4,4,4,wait,3,0.6,0.6,0.6,1.0,not reached,
";
    let block = block(Some(&written(&format!("{CSV}{smaller}")).1.unwrap())).unwrap();
    let rows: Vec<&str> = block.lines().skip(2).filter_map(|line| line.split(" | ").next()).collect();
    assert_eq!(rows, ["| W1", "| W6/1024"], "{block}");
}

#[test]
fn the_closest_peer_is_the_one_whose_target_is_closest() {
    let numpy_must_be_slow = CSV.replace("6.0,5.5,6.5,5.0,reached", "6.0,5.5,6.5,9.0,not reached");
    let block = block(Some(&written(&numpy_must_be_slow).1.unwrap())).unwrap();
    assert!(block.contains("| numpy 6 [5.5, 6.5] | ≥ 9 | not reached |"), "{block}");
}

#[test]
fn the_chart_has_a_dot_for_each_peer() {
    let figure = figure(&written(CSV).1.unwrap()).unwrap();
    let [panel] = figure.panels.as_slice() else { panic!("{:?}", figure.panels) };
    let crate::figure::Layer::Dots { labels, values, targets, .. } = &panel.layers[0] else {
        panic!("{:?}", panel.layers)
    };
    assert_eq!((labels[0].as_str(), values[0], targets[0]), ("W1 · numpy", 6.0, 5.0));
    assert!(labels.len() == 3 && values[2].is_nan());
    let svg = crate::report::charts::svg(&figure).unwrap();
    assert!(
        svg.contains("W1 · torch") && svg.contains("not measured") && svg.contains("time over ours"),
        "{svg}"
    );
}

/// A peer of a workload that no panel shows would be measured for nobody.
#[test]
fn every_workload_with_peers_has_a_panel() {
    let workloads = ["W1", "W2", "W3", "W4/minimum", "W5/adam/9", "W6/512", "W7/bfgs/2", "W8"];
    let newer = ["W11/1000-500/128", "W11/curves", "W12", "W15/muon", "W15/shampoo/between-roots"];
    let head = CSV.lines().next().unwrap();
    let row = |name: &&str| format!("{name},t,peer,torch,2,2e-4,2e-4,2e-4,step,9,2.0,1.9,2.1,1.0,reached,");
    let rows: Vec<String> = workloads.iter().chain(&newer).map(row).collect();
    let figure = figure(&written(&format!("{head}\n{}\n", rows.join("\n"))).1.unwrap()).unwrap();
    let dots = |panel: &crate::figure::Panel| match &panel.layers[0] {
        crate::figure::Layer::Dots { labels, .. } => labels.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(figure.panels.len(), 6);
    assert_eq!(figure.panels.iter().map(dots).sum::<usize>(), rows.len());
}

#[test]
fn the_files_are_written_noted_and_read_back() {
    let (folder, table) = written(CSV);
    let table = table.unwrap();
    let results = Results::at(folder.path().join("results"));
    results.write_peers(&table, &provenance()).unwrap();
    results.write_index().unwrap();
    let manifest = results.manifest().unwrap();
    assert!(
        ["peers.csv", "peers.parquet", "peers.svg", PAGE]
            .iter()
            .all(|file| manifest.files.contains_key(*file)),
        "{:?}",
        manifest.files
    );
    assert_eq!(manifest.peers, Some(provenance()));
    let page = fs::read_to_string(results.root.join(PAGE)).unwrap();
    assert!(page.contains(&long_table(&table).unwrap()), "{page}");
    let again = read(&results.root.join("peers.csv")).unwrap();
    assert_eq!(block(Some(&again)).unwrap(), block(Some(&table)).unwrap());
    assert!(fs::read_to_string(results.root.join("README.md")).unwrap().contains("](peers.svg)"));
}

#[test]
fn what_is_no_such_table_is_refused_with_the_reason() {
    let refused = |text: &str| written(text).1.unwrap_err().to_string();
    assert!(refused("a,b\n1,2\n").contains("the column workload is missing"));
    assert!(refused(&CSV.replace("4.8", "fast")).contains("ratio is no number"));
    assert!(refused(CSV.lines().next().unwrap()).contains("it has no rows"));
}

#[test]
fn processors_stand_side_by_side_once_there_are_two() {
    let slower = CSV.replace("4.8,4.6,5.1", "1.25,1.2,1.3").replace("W6/4096", "W7/bfgs/2");
    let tables: Vec<_> = [("amd", CSV), ("intel", slower.as_str())]
        .map(|(name, text)| (name.to_string(), written(text).1.unwrap()))
        .into();
    assert_eq!(side_by_side(&tables[..1]).unwrap(), "");
    let text = side_by_side(&tables).unwrap();
    let lines: Vec<&str> = text.lines().skip(3).collect();
    assert_eq!(
        lines,
        [
            "| | amd | intel |",
            "|:--|:--|:--|",
            "| W1 | jax 4.8 [4.6, 5.1]; sgemm 50 % | jax 1.25 [1.2, 1.3]; sgemm 50 % |",
            "| W6 | – (4096); dgemm 80 % | – |",
            "| W7 | – | – (bfgs/2); dgemm 80 % |",
        ]
    );
}

#[test]
fn workloads_without_a_number_come_last() {
    let odd = CSV.replace("W1,", ",").replace("W6/4096,", "é/4096,");
    let table = |name: &str| {
        (name.to_string(), written(&format!("{odd}{}", &CSV[CSV.find("W1,").unwrap()..])).1.unwrap())
    };
    let text = side_by_side(&[table("one"), table("two")]).unwrap();
    let first: Vec<&str> = text.lines().skip(5).filter_map(|line| line.split(" | ").next()).collect();
    assert_eq!(first, ["| W1", "| W6", "| ", "| é"]);
}

#[test]
fn a_processor_keeps_its_table_when_another_is_measured() {
    let (folder, table) = written(CSV);
    let (table, results) = (table.unwrap(), Results::at(folder.path().join("results")));
    for cpu in ["AMD EPYC", "Intel(R) Xeon(R) Processor", "AMD EPYC"] {
        let mut of_cpu = provenance();
        of_cpu.machine.cpu = cpu.into();
        results.write_peers(&table, &of_cpu).unwrap();
    }
    let found = on_processors(&results.root).unwrap();
    assert!(found.len() == 2 && found[0].0.starts_with("amd-epyc") && found[1].0.starts_with("intel-xeon"));
    results.write_index().unwrap();
    let page = fs::read_to_string(results.root.join(PAGE)).unwrap();
    assert!(page.contains(&side_by_side(&found).unwrap()) && page.ends_with(&long_table(&table).unwrap()));
}
