use super::*;
use crate::compare::suite::views;
use crate::compare::suite::{
    Comparison, Machine, OptimizerFacts, Origins, Outcome, Phase, ProblemFacts, Run, RunCurve,
};
use crate::files;
use std::fs;

/// Two problems and three optimizers, one of which diverges, under names that would break out of a page that
/// lets them.
pub(crate) fn comparison() -> Comparison {
    let names = ["</script><img src=x onerror=alert(1)>", "fast & \"loud\"", "wild_50%"];
    let facts = |name: &str| ProblemFacts {
        name: name.into(),
        title: format!("The problem <b>{name}</b>"),
        group: "plane".into(),
        stochastic: false,
        dim: 2,
        f_start: 1.0,
        f_star: 0.0,
        certificate: "exact".into(),
        target: 1e-3,
        budget: 100.0,
    };
    let optimizers = names.map(|name| OptimizerFacts {
        name: name.into(),
        order: 1,
        tuned: vec!["lr".into()],
        own: name == names[2],
        needs: String::new(),
    });
    let mut runs = Vec::new();
    for problem in ["quadratic:10", "a'b"] {
        for (o, name) in names.iter().enumerate() {
            for (phase, count) in [(Phase::Tuning, 12), (Phase::Defaults, 10), (Phase::Best, 10)] {
                runs.extend((0..count).map(|seed| run(problem, name, o, phase, seed)));
            }
        }
    }
    Comparison {
        problems: vec![facts("quadratic:10"), facts("a'b")],
        optimizers: optimizers.into(),
        runs,
        trials: 12,
        seeds: 10,
        origins: Origins::default(),
    }
}

fn run(problem: &str, name: &str, o: usize, phase: Phase, seed: u64) -> Run {
    let mut curve = RunCurve::default();
    let pace = (4 + 8 * o) as f64 * (1.0 + 0.02 * seed as f64);
    for k in 0..=50u32 {
        let loss = if o == 2 && k > 3 { f64::NAN } else { 10f64.powf(-2.0 * f64::from(k) / pace) };
        curve.push(k.into(), 2.0 * f64::from(k), 1e-3 * f64::from(k), loss, f64::NAN);
    }
    let outcome = if o == 2 { Outcome::Diverged } else { Outcome::Finished };
    let lr = if phase == Phase::Tuning { 10f64.powf(-4.0 + 0.5 * seed as f64) } else { 0.1 };
    let reason = if o == 2 { "f is NaN <i>here</i>" } else { "out of evaluations" };
    let (setting, trial) = (format!("lr={lr:e}"), seed as usize);
    Run {
        problem: problem.into(),
        optimizer: name.into(),
        phase,
        trial,
        setting,
        lr,
        seed,
        outcome,
        reason: reason.into(),
        machine: 0,
        known_area: None,
        curve,
    }
}

#[test]
fn the_folder_holds_every_format_and_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    write(&comparison(), folder.path()).unwrap();
    let names: Vec<String> = files::below(folder.path())
        .unwrap()
        .iter()
        .map(|path| path.strip_prefix(folder.path()).unwrap().display().to_string())
        .collect();
    for name in [
        "index.html",
        "runs.csv",
        "seconds.parquet",
        "tables/ranks.csv",
        "tables/ranks.parquet",
        "tables/ranks.tex",
        "tables/ranks.md",
        "tables/outcomes.csv",
    ] {
        assert!(names.iter().any(|known| known == name), "{name} is not among {names:?}");
    }
    for name in ["ranks", "convergence_quadratic-10", "sensitivity_a-b", "performance_profiles"] {
        let both = ["svg", "pdf"].map(|ending| format!("figures/{name}.{ending}"));
        assert!(both.iter().all(|name| names.contains(name)), "{both:?} are not among {names:?}");
    }
    // Six tables, each twice, and the page.
    assert_eq!(names.iter().filter(|name| !name.contains('/')).count(), 13, "{names:?}");
    let again = tempfile::tempdir().unwrap();
    write(&comparison(), again.path()).unwrap();
    for name in names {
        assert_eq!(
            fs::read(folder.path().join(&name)).unwrap(),
            fs::read(again.path().join(&name)).unwrap(),
            "{name} differs"
        );
    }
}

#[test]
fn no_name_can_break_out_of_the_page() {
    let comparison = comparison();
    let page = page(&comparison, &views::tables(&comparison));
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(
        !page.contains("<img src=x") && !page.contains("<b>quadratic") && page.contains("\\u003c/script>")
    );
    assert!(
        !page.contains("http://")
            || page.matches("http").count() == page.matches("http://www.w3.org/2000/svg").count()
    );
}

#[test]
fn a_place_that_cannot_be_written_is_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tables"), "a file").unwrap();
    let refused = write(&comparison(), folder.path()).unwrap_err().to_string();
    assert!(
        refused.starts_with("cannot create the folder") && !folder.path().join("index.html").exists(),
        "{refused}"
    );
}

#[test]
fn nothing_to_compare_is_still_a_page() {
    let empty = Comparison::default();
    assert!(page(&empty, &views::tables(&empty)).contains("</html>"));
}

#[test]
fn a_merged_comparison_says_what_is_missing_and_which_machines_ran_it() {
    let mut merged = comparison();
    let machine = |processor: &str| Machine {
        processor: processor.into(),
        arithmetic: "AVX2".into(),
        hosts: vec!["n1".into(), "n2".into()],
    };
    merged.origins.machines = vec![machine("A"), machine("B")];
    merged.origins.notes = vec!["It is partial: <b> & more".into()];
    let wild = merged.optimizers[2].name.clone();
    merged.runs.iter_mut().filter(|run| run.optimizer == wild).for_each(|run| run.machine = 1);
    let shown = page(&merged, &views::tables(&merged));
    assert!(shown.contains("role=\"note\">It is partial: &lt;b&gt; &amp; more</p>"));
    assert!(shown.contains("\"machines\":[\"A\",\"B\"]"));
    assert!(!page(&comparison(), &views::tables(&comparison())).contains("class=\"card note origin\""));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("machines.csv");
    write(&merged, folder.path()).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 3);
    assert!(fs::read_to_string(folder.path().join("seconds.csv")).unwrap().contains(",machine,"));
    write(&comparison(), folder.path()).unwrap();
    assert!(!path.exists(), "that of an earlier report is gone");
}
