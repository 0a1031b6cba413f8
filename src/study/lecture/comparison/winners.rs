//! The optimizer that wins each problem, and those that do not differ significantly from it.

use super::areas::areas;
use super::sources::NOTEBOOK;
use crate::claim::{Bound, Claim};
use crate::compare::bootstrap::over_problems;
use crate::compare::statistics::{mean, median};
use crate::compare::suite::{Comparison, ProblemFacts};
use crate::findings::Findings;
use crate::table::Table;

/// The best optimizer of a problem, and those whose seeds do not differ significantly from it.
struct Winner<'a> {
    problem: &'a ProblemFacts,
    name: &'a str,
    area: f64,
    tied: Vec<&'a str>,
}

pub(super) fn run(contest: &Comparison, seed: u64, findings: &mut Findings) {
    let winners: Vec<Winner> =
        contest.problems.iter().filter_map(|problem| winner(contest, problem)).collect();
    let column = |of: &dyn Fn(&Winner) -> String| winners.iter().map(of).collect::<Vec<_>>();
    let caption = "The best optimizer of each problem after equal tuning, by the mean log₁₀ of the relative \
                   gap over the budget (the area), and those that the paired seeds cannot tell from it (95 \
                   % interval of the mean difference)";
    findings.tables.push(
        Table::new("best_by_area", caption)
            .text("problem", column(&|w| w.problem.name.clone()))
            .text("best", column(&|w| w.name.into()))
            .float_within("area", winners.iter().map(|w| w.area).collect::<Vec<_>>(), 0.05, 0.05)
            .text(
                "not_told_apart",
                column(&|w| if w.tied.is_empty() { "–".into() } else { w.tied.join(", ") }),
            ),
    );
    let wins = |w: &Winner, name: &str| w.name == name || w.tied.contains(&name);
    let beaten = |drawn: &[usize]| {
        let of = |name: &str| drawn.iter().filter(|&&problem| wins(&winners[problem], name)).count();
        let most = contest.optimizers.iter().map(|facts| of(&facts.name)).max().unwrap_or(0);
        (drawn.len() - most) as f64
    };
    let all: Vec<usize> = (0..winners.len()).collect();
    let sentence = "No optimizer is the best, or not significantly worse than the best, on every problem \
                    (problems on which even the most successful one is beaten)";
    findings.claims.push(
        Claim::statistical(
            "no-single-winner",
            NOTEBOOK,
            sentence,
            "Wolpert & Macready 1997; slide \"In practice\"",
        )
        .reading("the theorem averages over all possible problems; we ask it of this suite")
        .measured_within(beaten(&all), over_problems(winners.len(), seed, beaten), Bound::AtLeast(1.0))
        .note(
            "Over all problems of the suite, including optimizers that use curvature, where they apply. The \
             interval is a bootstrap over problems.",
        ),
    );
}

fn winner<'a>(contest: &'a Comparison, problem: &'a ProblemFacts) -> Option<Winner<'a>> {
    let entries: Vec<(&str, Vec<f64>)> = contest
        .optimizers
        .iter()
        .map(|facts| (facts.name.as_str(), areas(contest, problem, &facts.name)))
        .filter(|(_, areas)| !areas.is_empty())
        .collect();
    let (name, best) = entries.iter().min_by(|a, b| median(&a.1).total_cmp(&median(&b.1)))?;
    let tied = entries
        .iter()
        .filter(|(other, areas)| other != name && !told_apart(best, areas))
        .map(|(other, _)| *other)
        .collect();
    Some(Winner { problem, name, area: median(best), tied })
}

/// Whether the interval of the paired differences of the seeds excludes 0.
pub(super) fn told_apart(a: &[f64], b: &[f64]) -> bool {
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let (low, high) = mean(&differences).interval;
    low > 0.0 || high < 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_less_than_it_varies_is_not_told_apart() {
        assert!(told_apart(&[1.0, 2.0, 3.0], &[1.5, 2.6, 3.4]));
        assert!(!told_apart(&[1.0, 2.0, 3.0], &[1.5, 1.6, 3.4]));
        assert!(!told_apart(&[1.0, 2.0], &[1.0, 2.0]));
    }
}
