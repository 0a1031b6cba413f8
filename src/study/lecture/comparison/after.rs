//! What the rules of after the lecture promise, on the training problems of this suite.

use super::practice::{LEVEL, training};
use super::sources::NOTEBOOK;
use crate::claim::{Bound, Claim};
use crate::compare::paired::{Judgement, SignedRank, holm, judge, signed_rank};
use crate::compare::statistics::{Estimate, mean};
use crate::compare::suite::{Comparison, Phase, ProblemArea, ProblemFacts, Run, views};
use crate::findings::Findings;
use crate::table::Table;

pub(super) fn run(contest: &Comparison, findings: &mut Findings) {
    layers(contest, findings);
    prodigy(contest, findings);
    schedule_free(contest, findings);
}

/// The rules that see layers and promise to train nets faster than AdamW.
const SEE_LAYERS: [&str; 3] = ["muon", "shampoo", "soap"];

/// A rule that sees layers against AdamW on one net, both tuned.
struct Duel<'a> {
    net: &'a str,
    rule: &'static str,
    /// The score of the rule minus that of AdamW. Below 0, the rule is better.
    difference: Estimate,
    test: SignedRank,
}

/// The largest score that counts, a gap a hundred times that of the target: a run that diverges has it too.
const WORST: f64 = 2.0;

/// Returns the scores of the seeds in one phase, in decades of the budget to the target, or of the gap.
fn scores(comparison: &Comparison, facts: &ProblemFacts, optimizer: &str, phase: Phase) -> Vec<f64> {
    let runs = comparison.of(&facts.name, optimizer, phase);
    runs.iter().map(|run| views::score(run, facts).min(WORST)).collect()
}

/// Returns the differences of the pairs of two lists; `None` if there are none.
fn differences(of: &[f64], minus: &[f64]) -> Option<Vec<f64>> {
    let differences: Vec<f64> = of.iter().zip(minus).map(|(a, b)| a - b).collect();
    (!differences.is_empty()).then_some(differences)
}

fn layers(contest: &Comparison, findings: &mut Findings) {
    let nets: Vec<&ProblemFacts> =
        contest.problems.iter().filter(|facts| ProblemArea::of(facts) == ProblemArea::Nets).collect();
    let duel = |net: &&'_ ProblemFacts, rule| {
        let tuned = |optimizer| scores(contest, net, optimizer, Phase::Best);
        let of_seeds = differences(&tuned(rule), &tuned("adamw"))?;
        Some((rule, mean(&of_seeds), signed_rank(&of_seeds)))
    };
    let duels: Vec<Duel> = nets
        .iter()
        .flat_map(|net| {
            SEE_LAYERS.iter().filter_map(move |rule| Some((net.name.as_str(), duel(net, *rule)?)))
        })
        .map(|(net, (rule, difference, test))| Duel { net, rule, difference, test })
        .collect();
    let column = |of: &dyn Fn(&Duel) -> f64| duels.iter().map(of).collect::<Vec<_>>();
    let caption = "The rules that see layers against AdamW on the nets, all equally tuned: difference of the \
                   scores in decades (−0.3 is half the evaluations to the target) with its 95 % interval \
                   over paired seeds";
    findings.tables.push(
        Table::new("layers_against_adamw", caption)
            .text("problem", duels.iter().map(|duel| duel.net))
            .text("optimizer", duels.iter().map(|duel| duel.rule))
            .float_within("difference", column(&|d| d.difference.value), 0.2, 0.02)
            .float_within("low", column(&|d| d.difference.interval.0), 0.2, 0.02)
            .float_within("high", column(&|d| d.difference.interval.1), 0.2, 0.02),
    );
    let corrected = holm(&duels.iter().map(|duel| duel.test.p).collect::<Vec<_>>());
    let verdicts: Vec<Judgement> =
        duels.iter().zip(&corrected).map(|(duel, p)| judge(&duel.test, *p, LEVEL)).collect();
    let count = |wanted: &dyn Fn(&Duel, &Judgement) -> bool| {
        let any =
            |net: &str| duels.iter().zip(&verdicts).any(|(d, verdict)| d.net == net && wanted(d, verdict));
        nets.iter().filter(|net| any(&net.name)).count() as f64
    };
    let won = count(&|duel, _| duel.difference.interval.1 < 0.0);
    let surely = count(&|_, verdict| *verdict == Judgement::Better);
    let perhaps = count(&|_, verdict| *verdict != Judgement::Worse);
    let sentence = "On every net of the suite, a rule that sees layers (Muon, Shampoo or SOAP) beats AdamW, \
                    all equally tuned (nets on which the interval of a paired difference of scores says so)";
    findings.claims.push(
        Claim::statistical(
            "comparison-layers-beat-adamw",
            NOTEBOOK,
            sentence,
            "Vyas et al. 2024; Jordan 2024; Gupta, Koren & Singer 2018",
        )
        .reading(
            "the papers report fewer steps than AdamW and other rules on language models and large nets; we \
             ask for two small nets, and count evaluations to the target, not their time",
        )
        .measured_within(won, (surely.min(won), perhaps.max(won)), Bound::AtLeast(nets.len() as f64))
        .note(
            "Shampoo and SOAP decompose matrices and are run on nets of at most 5,000 parameters here. The \
             interval runs from the number of nets on which Wilcoxon's exact test, after Holm's correction \
             for all pairs, finds such a rule better, to the number of those on which it does not find all \
             of them worse. Two nets with one hidden layer say little about large ones.",
        ),
    );
}

/// Two optimizers on one training problem, in percent of the test examples.
struct Accuracies<'a> {
    problem: &'a str,
    adam: f64,
    prodigy: f64,
    /// The accuracy of tuned Adam minus that of untuned Prodigy.
    behind: Estimate,
}

/// Returns the test accuracy of each run at its end in percent; a run that diverged classifies nothing.
fn percent(runs: &[&Run]) -> Vec<f64> {
    let of = |run: &&Run| 100.0 * run.final_test_accuracy();
    runs.iter().map(of).map(|percent| if percent.is_nan() { 0.0 } else { percent }).collect()
}

fn prodigy(contest: &Comparison, findings: &mut Findings) {
    let row = |problem: &'_ ProblemFacts| {
        let adam = percent(&contest.best(&problem.name, "adam"));
        let prodigy = percent(&contest.defaults(&problem.name, "prodigy"));
        let behind = mean(&differences(&adam, &prodigy)?);
        Some((mean(&adam).value, mean(&prodigy).value, behind))
    };
    let rows: Vec<Accuracies> = training(contest)
        .filter_map(|problem| Some((problem.name.as_str(), row(problem)?)))
        .map(|(problem, (adam, prodigy, behind))| Accuracies { problem, adam, prodigy, behind })
        .collect();
    let column = |of: &dyn Fn(&Accuracies) -> f64| rows.iter().map(of).collect::<Vec<_>>();
    let caption = "Prodigy untuned against Adam tuned: test accuracy at the end of the budget on the \
                   training problems, means over the seeds in percent, and by how many points Prodigy is \
                   behind, with the 95 % interval over paired seeds";
    findings.tables.push(
        Table::new("prodigy_untuned", caption)
            .text("problem", rows.iter().map(|row| row.problem))
            .float_within("adam_tuned", column(&|row| row.adam), 0.0, 1.0)
            .float_within("prodigy_untuned", column(&|row| row.prodigy), 0.0, 1.0)
            .float_within("behind", column(&|row| row.behind.value), 0.0, 1.0)
            .float_within("low", column(&|row| row.behind.interval.0), 0.0, 1.0)
            .float_within("high", column(&|row| row.behind.interval.1), 0.0, 1.0),
    );
    let behind = mean(&column(&|row| row.behind.value));
    let sentence = "Prodigy at its default rate, untuned, comes within one point of the test accuracy of \
                    tuned Adam on the training problems (mean number of points behind)";
    findings.claims.push(
        Claim::statistical("comparison-prodigy-untuned", NOTEBOOK, sentence, "Mishchenko & Defazio 2023")
            .reading(
                "the abstract says “test accuracy values close to that of hand-tuned Adam”; we take a point \
                 of accuracy as close, and the constant rate that all rules have here",
            )
            .measured_within(behind.value, behind.interval, Bound::AtMost(1.0))
            .note(
                "Adam is tuned for the training loss, as all rules are. The interval is that of the mean \
                 over the training problems.",
            ),
    );
}

/// Schedule-free AdamW against AdamW on one training problem: differences of the scores.
struct Freed<'a> {
    problem: &'a str,
    /// Both tuned.
    tuned: Estimate,
    /// Schedule-free AdamW at its defaults against AdamW tuned.
    untuned: Estimate,
}

fn schedule_free(contest: &Comparison, findings: &mut Findings) {
    let row = |problem: &'_ ProblemFacts| {
        let adamw = scores(contest, problem, "adamw", Phase::Best);
        let free = |phase| scores(contest, problem, "schedule-free-adamw", phase);
        let against = |phase| Some(mean(&differences(&free(phase), &adamw)?));
        Some((against(Phase::Best)?, against(Phase::Defaults)?))
    };
    let rows: Vec<Freed> = training(contest)
        .filter_map(|problem| Some((problem.name.as_str(), row(problem)?)))
        .map(|(problem, (tuned, untuned))| Freed { problem, tuned, untuned })
        .collect();
    let column = |of: &dyn Fn(&Freed) -> f64| rows.iter().map(of).collect::<Vec<_>>();
    let caption = "Schedule-free AdamW against tuned AdamW on the training problems: difference of the \
                   scores in decades (below 0 the schedule-free rule is better) with its 95 % interval over \
                   paired seeds, where it is tuned equally, and at its defaults";
    findings.tables.push(
        Table::new("schedule_free_against_adamw", caption)
            .text("problem", rows.iter().map(|row| row.problem))
            .float_within("tuned", column(&|row| row.tuned.value), 0.2, 0.02)
            .float_within("tuned_low", column(&|row| row.tuned.interval.0), 0.2, 0.02)
            .float_within("tuned_high", column(&|row| row.tuned.interval.1), 0.2, 0.02)
            .float_within("untuned", column(&|row| row.untuned.value), 0.2, 0.02)
            .float_within("untuned_low", column(&|row| row.untuned.interval.0), 0.2, 0.02)
            .float_within("untuned_high", column(&|row| row.untuned.interval.1), 0.2, 0.02),
    );
    let ahead = mean(&column(&|row| row.tuned.value));
    let sentence = "Schedule-free AdamW beats AdamW at a constant rate on the training problems, both \
                    equally tuned (mean difference of the scores, in decades)";
    findings.claims.push(
        Claim::statistical("comparison-schedule-free-adamw", NOTEBOOK, sentence, "Defazio et al. 2024")
            .reading(
                "the paper compares with tuned schedules and matches or surpasses them; we take a rival \
                 without a schedule, which should be easier to beat",
            )
            .measured_within(ahead.value, ahead.interval, Bound::AtMost(0.0))
            .note(
                "A score is the logarithm of the evaluations to the target over the budget, or of the gap \
                 over that of the target, by which all are tuned. The interval is that of the mean over the \
                 training problems.",
            ),
    );
}
