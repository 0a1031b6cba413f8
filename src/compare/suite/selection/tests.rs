use super::super::{DataSettings, Memory, Outcome, Phase};
use super::*;
use crate::data;
use crate::model::ModelKind;
use crate::optimizer::catalogue::Entry;
use crate::optimizer::first_order::{RuleInfo, Sgd, State};
use crate::problems::Beale;

#[derive(Debug, Clone, Copy)]
struct Panics;

impl RuleInfo for Panics {
    fn name(&self) -> &'static str {
        "panics"
    }
}

impl UpdateRule for Panics {
    fn step(&self, _: &mut State, lr: f64, _: &[f64], _: &mut [f64]) {
        assert!(lr < 1.0, "too fast");
    }
}

fn few() -> Settings {
    Settings { trials: 4, seeds: 2, scale: 0.1, ..Settings::default() }
}

/// All but the seconds.
fn rows(comparison: &Comparison) -> Vec<String> {
    let row = |run: &super::super::Run| {
        let mut run = run.clone();
        run.curve.seconds.clear();
        format!("{run:?}")
    };
    comparison.runs.iter().map(row).collect()
}

#[test]
fn a_run_that_fails_is_a_row_with_its_reason_and_the_others_go_on() {
    let suite = Suite::standard()
        .problems(&["beale"])
        .unwrap()
        .optimizers(&["sgd"])
        .unwrap()
        .with_rule("panics", |_| Panics);
    let compared = suite.compare(&few(), &Silent, &Memory::default()).unwrap().comparison;
    let failed: Vec<_> = compared.runs.iter().filter(|run| run.outcome == Outcome::Failed).collect();
    assert_eq!(failed.len(), 1, "the trial at lr 100");
    assert!(
        failed[0].reason.contains("too fast")
            && failed[0].optimizer == "panics"
            && failed[0].final_loss().is_infinite()
    );
    assert_eq!(compared.of("beale", "panics", Phase::Tuning).len(), 4);
}

#[test]
fn ones_own_problems_and_data_take_part_and_a_store_gives_back_the_same() {
    let settings = super::super::DataSettings { model: ModelKind::Linear, svm: true, l2: 1e-2, batch: 16 };
    let suite = Suite::standard()
        .optimizers(&["momentum", "lbfgs", "newton-cg"])
        .unwrap()
        .problems(&["beale"])
        .unwrap()
        .with_problem(ProblemSpec::function("mine", "own", "A function of mine", || Box::new(Beale)))
        .with_problem(ProblemSpec::data("clouds", "Clouds", || data::by_name("blobs", 0), settings, 20.0));
    let store = Memory::default();
    let first = suite.compare(&few(), &Silent, &store).unwrap().comparison;
    assert_eq!(rows(&suite.compare(&few(), &Silent, &store).unwrap().comparison), rows(&first));
    assert_eq!(rows(&suite.compare(&few(), &Silent, &Memory::default()).unwrap().comparison), rows(&first));
    // The hinge has no Hessian.
    assert!(first.best("clouds", "newton-cg").is_empty() && first.best("clouds", "lbfgs").len() == 2);
    let clouds = first.problem("clouds").unwrap();
    assert!(
        clouds.f_star > 0.0 && clouds.f_star < clouds.f_start && clouds.certificate.contains("≤ f* ≤"),
        "{clouds:?}"
    );
    assert_eq!(first.ranking("mine").len(), 3);
}

#[test]
fn an_entry_that_is_compared_by_name_takes_part_if_it_is_named() {
    let catalogue = Catalogue::built_in().with(Entry::rule("quiet", |_| Sgd).compared_by_name());
    let names = Suite::of(&catalogue).optimizer_names();
    assert!(names.contains(&"adam".into()) && !names.contains(&"quiet".into()), "{names:?}");
    let suite = Suite::of(&catalogue).optimizers(&["quiet", "adam", "schedule-free-sgd"]).unwrap();
    assert_eq!(suite.optimizer_names(), ["adam", "schedule-free-sgd", "quiet"]);
    let suite = suite.problems(&["quadratic:10"]).unwrap();
    let compared = suite.compare(&few(), &Silent, &Memory::default()).unwrap().comparison;
    assert_eq!(compared.best("quadratic:10", "quiet").len(), 2);
    assert!(Suite::standard().optimizers(&["sophi"]).err().unwrap().to_string().contains("sophia"));
}

/// The problems that take part if they are named, or in the wide suite.
const ON_REQUEST: [&str; 6] = [
    "curves-autoencoder",
    "fashion-mnist/mlp-wide",
    "fashion-mnist/autoencoder",
    "digits/conv",
    "fashion-mnist/conv",
    "alice/ngram",
];

#[test]
fn the_wide_suite_is_the_standard_one_and_all_that_is_named_otherwise() {
    let (standard, wide) = (Suite::standard(), Suite::wide());
    let names = [standard.problem_names(), ON_REQUEST.map(String::from).to_vec()].concat();
    assert_eq!(wide.problem_names(), names);
    assert_eq!(wide.optimizer_names(), [standard.optimizer_names(), standard.names_on_request()].concat());
    assert!(wide.problems_on_request().is_empty() && wide.names_on_request().is_empty());
    // Without their data, problems are left out, since nobody chose them by name.
    assert!(!wide.strict);
    let quiet = Catalogue::built_in().with(Entry::rule("quiet", |_| Sgd).compared_by_name());
    let wide = Suite::of(&quiet).with_all_on_request();
    assert!(wide.optimizer_names().contains(&"quiet".into()));
    let one = wide.problems(&["beale"]).unwrap().optimizers(&["quiet"]).unwrap();
    assert_eq!((one.problem_names(), one.optimizer_names()), (vec!["beale".into()], vec!["quiet".into()]));
    assert!(Suite::quick().problem_names().len() == 6 && !Suite::quick().problems_on_request().is_empty());
}

#[test]
fn a_large_model_is_taken_by_a_slow_rule_if_both_are_named() {
    let named = Suite::standard().problems(&["alice/ngram"]).unwrap();
    let problem = named.specs[0].build(&Settings::quick()).unwrap();
    assert!(problem.dim() > 3000);
    let big = Entry::rule("slow", |_| Sgd).with_needs(crate::optimizer::catalogue::Needs::Matrices);
    let suite = || Suite::of(&Catalogue::built_in().with(big.clone().compared_up_to(100)));
    let takes = |suite: &Suite| {
        let slow = suite.contenders.iter().find(|contender| contender.facts().name == "slow");
        slow.unwrap().takes(&problem)
    };
    assert!(!takes(&suite()) && !takes(&suite().optimizers(&["slow"]).unwrap()));
    assert!(!takes(&suite().problems(&["alice/ngram"]).unwrap()));
    let one_way = suite().problems(&["alice/ngram"]).unwrap().optimizers(&["slow"]).unwrap();
    let other_way = suite().optimizers(&["slow"]).unwrap().problems(&["alice/ngram"]).unwrap();
    assert!(takes(&one_way) && takes(&other_way));
}

#[test]
fn wrapped_rules_take_part_if_they_are_named_and_the_second_gradient_of_sam_is_paid() {
    let names = ["adamw+lookahead", "momentum+lookahead", "momentum+sam", "adamw+sam"];
    assert_eq!(Suite::standard().names_on_request(), names);
    let unknown = Suite::standard().optimizers(&["adamw+sma"]).err().unwrap().to_string();
    assert!(unknown.contains("did you mean 'adamw+sam'?"), "{unknown}");
    let suite = Suite::standard().problems(&["noisy-quadratic", "digits/softmax"]).unwrap();
    let suite = suite.optimizers(&[&names[..], &["adamw", "momentum"]].concat()).unwrap();
    let compared = suite.compare(&few(), &Silent, &Memory::default()).unwrap().comparison;
    for (problem, batches) in [("noisy-quadratic", 1.0), ("digits/softmax", 1438.0 / 64.0)] {
        let budget = compared.problem(problem).unwrap().budget;
        for optimizer in names.into_iter().chain(["adamw", "momentum"]) {
            let gradients = if optimizer.ends_with("+sam") { 2.0 } else { 1.0 };
            let best = compared.best(problem, optimizer);
            assert_eq!(best.len(), 2, "{optimizer} on {problem}");
            for run in best {
                assert_eq!(run.outcome, Outcome::Finished, "{optimizer} on {problem}: {}", run.reason);
                let (steps, cost) =
                    (*run.curve.iterations.last().unwrap(), *run.curve.evaluations.last().unwrap());
                // All but SAM evaluate the start too; the last batch of a pass is smaller.
                let expected = steps as f64 * gradients / batches;
                assert!((cost - expected).abs() < 0.05 * expected + 1.0 / batches, "{steps} for {cost}");
                assert!(cost >= budget && cost < budget + 2.0, "{optimizer} on {problem}: {cost}");
            }
        }
        // The same budget pays half as many steps of SAM.
        let steps =
            |optimizer: &str| *compared.best(problem, optimizer)[0].curve.iterations.last().unwrap() as f64;
        for rule in ["adamw", "momentum"] {
            let (alone, sam) = (steps(rule), steps(&format!("{rule}+sam")));
            assert!((alone / sam - 2.0).abs() < 0.1, "{rule} on {problem}: {alone} and {sam}");
            assert_eq!(steps(&format!("{rule}+lookahead")), alone);
        }
    }
}

#[test]
fn an_autoencoder_takes_part_if_it_is_named_and_no_run_ends_below_its_bound() {
    let suite = Suite::standard();
    assert!(!suite.problem_names().contains(&"curves-autoencoder".into()));
    assert_eq!(suite.problems_on_request(), ON_REQUEST);
    let named = suite.problems(&["curves-autoencoder", "beale"]).unwrap();
    assert_eq!(named.problem_names(), ["beale", "curves-autoencoder"]);

    let settings =
        DataSettings { model: ModelKind::parse("autoencoder:16,4").unwrap(), svm: false, l2: 0.0, batch: 50 };
    let names = if cfg!(feature = "lapack") { &["adam", "lbfgs", "kfac"][..] } else { &["adam", "lbfgs"] };
    let of = |settings: DataSettings| {
        Suite::standard()
            .optimizers(names)
            .unwrap()
            .problems(&["beale"])
            .unwrap()
            .with_problem(ProblemSpec::data("small", "A small one", || Ok(data::digits()), settings, 40.0))
            .problems(&["small"])
            .unwrap()
    };
    let compared = of(settings.clone()).compare(&few(), &Silent, &Memory::default()).unwrap().comparison;
    let facts = compared.problem("small").unwrap();
    assert!(0.0 < facts.f_star && facts.f_star < facts.target && facts.target < facts.f_start, "{facts:?}");
    assert!(facts.certificate.contains("entropy"), "{}", facts.certificate);
    for &optimizer in names {
        let best = compared.best("small", optimizer);
        let fell =
            |run: &&super::super::Run| facts.f_star < run.final_loss() && run.final_loss() < facts.f_start;
        assert!(best.len() == 2 && best.iter().all(fell), "{optimizer}: {best:?}");
        assert!(best.iter().all(|run| run.final_test_accuracy().is_nan()));
    }
    let hinge = of(DataSettings { svm: true, ..settings.clone() });
    let refused = hinge.compare(&few(), &Silent, &Memory::default()).unwrap_err().to_string();
    assert!(refused.contains("has no classes"), "{refused}");
}

#[test]
fn a_classifier_on_data_without_classes_is_refused() {
    let settings = DataSettings { model: ModelKind::Linear, svm: false, l2: 0.0, batch: 10 };
    let curves = || data::Curves { train: 20, test: 10 }.generate(0);
    let spec = ProblemSpec::data("curves", "Curves", curves, settings, 1.0);
    let suite = Suite::standard().problems(&["beale"]).unwrap().with_problem(spec);
    let refused = suite.compare(&few(), &Silent, &Memory::default()).unwrap_err().to_string();
    assert!(refused.contains("linear needs classes"), "{refused}");
}

#[test]
fn the_rules_of_after_the_lecture_take_part_wherever_they_can() {
    let suite = Suite::standard().problems(&["quadratic:10", "noisy-quadratic", "digits/svm", "digits/mlp"]);
    let suite = suite.unwrap().optimizers(&["prodigy", "rprop", "sophia", "muon", "lamb"]).unwrap();
    let settings = Settings { trials: 1, seeds: 1, scale: 0.05, ..Settings::default() };
    let compared = suite.compare(&settings, &Silent, &Memory::default()).unwrap().comparison;
    let out = compared.left_out_table();
    let cell = |column: &str, row: usize| out.get(column).unwrap().values.cell(row);
    let left_out: Vec<[String; 3]> =
        (0..out.rows()).map(|row| ["problem", "optimizer", "reason"].map(|name| cell(name, row))).collect();
    assert_eq!(
        left_out,
        [
            ["quadratic:10", "muon", "it needs weight matrices of layers"],
            ["noisy-quadratic", "muon", "it needs weight matrices of layers"],
            ["digits/svm", "sophia", "it needs a Hessian everywhere"],
        ]
    );
    assert!(compared.runs.iter().all(|run| run.outcome != Outcome::Failed), "{:?}", compared.runs);
}

#[test]
fn no_run_ends_below_the_certified_lowest_value() {
    let suite = Suite::standard()
        .problems(&["digits/softmax", "digits/svm"])
        .unwrap()
        .optimizers(&["adam", "lbfgs"])
        .unwrap();
    let compared = suite
        .compare(&Settings { trials: 6, seeds: 1, ..Settings::default() }, &Silent, &Memory::default())
        .unwrap()
        .comparison;
    for run in &compared.runs {
        let facts = compared.problem(&run.problem).unwrap();
        assert!(run.final_loss() >= facts.f_star * (1.0 - 1e-9), "{run:?} against {}", facts.f_star);
    }
    let best = compared.best("digits/softmax", "lbfgs")[0];
    assert!(best.final_loss() <= compared.problem("digits/softmax").unwrap().target, "{}", best.final_loss());
}
