//! Each optimizer that SciPy also has, problem by problem.

use super::entrant::Entrant;
use super::scipy_pair::ScipyPair;
use super::sources::{NOTEBOOK, PAPER};
use super::{profiles, scipy};
use crate::claim::{Bound, Claim};
use crate::compare::statistics::median;
use crate::error::Result;
use crate::findings::Findings;
use crate::problems::more_garbow_hillstrom::NAMES;
use crate::table::Table;

pub(super) fn run(entrants: &[Entrant], findings: &mut Findings) -> Result<()> {
    let pairs = pairs(entrants)?;
    findings.tables.extend([totals(&pairs), problem_by_problem(&pairs)]);
    findings.claims.extend(pairs.iter().flat_map(claims));
    findings.figures.push(profiles::performance_profiles(&pairs));
    Ok(())
}

fn pairs(entrants: &[Entrant]) -> Result<Vec<ScipyPair>> {
    let recorded = scipy::recorded()?;
    let paired = entrants.iter().filter_map(|entrant| {
        let theirs = entrant.contender.scipy?;
        let our_costs = entrant
            .runs
            .iter()
            .map(|run| run.as_ref().filter(|run| run.solved).map(|run| run.cost() as f64))
            .collect();
        let cost = |name: &&str| {
            let found = recorded
                .iter()
                .find(|r| r.method == theirs && r.problem == *name)
                .expect("every problem is recorded");
            found.solved.then_some(found.cost as f64)
        };
        Some(ScipyPair {
            ours: entrant.contender.name,
            theirs,
            our_costs,
            their_costs: NAMES.iter().map(cost).collect(),
        })
    });
    Ok(paired.collect())
}

fn totals(pairs: &[ScipyPair]) -> Table {
    let solved = |of: fn(&ScipyPair) -> &[Option<f64>]| {
        pairs.iter().map(move |pair| ScipyPair::solved(of(pair)) as i64)
    };
    let medians = |of: fn(&ScipyPair) -> &[Option<f64>]| {
        let of_both = |pair: &ScipyPair| {
            let both = pair.our_costs.iter().zip(&pair.their_costs).zip(of(pair));
            both.filter_map(|((a, b), cost)| a.and(*b).and(*cost)).collect::<Vec<_>>()
        };
        pairs.iter().map(|pair| median(&of_both(pair))).collect::<Vec<_>>()
    };
    let caption = "The library against SciPy 1.17.1 on the same 35 problems from the same starts to the \
                   same ‖∇f‖∞ ≤ 1e-8: problems solved, median evaluations over the problems that both \
                   solve, and the median of the ratio there";
    Table::new("against_scipy", caption)
        .text("optimizer", pairs.iter().map(|p| p.ours))
        .text("scipy", pairs.iter().map(|p| p.theirs))
        .integer("solved", solved(|p| &p.our_costs))
        .integer("scipy_solved", solved(|p| &p.their_costs))
        .float("median_evals", medians(|p| &p.our_costs))
        .float("scipy_median_evals", medians(|p| &p.their_costs))
        .float("median_ratio", pairs.iter().map(|p| median(&p.ratios())).collect::<Vec<_>>())
}

fn problem_by_problem(pairs: &[ScipyPair]) -> Table {
    let rows = || pairs.iter().flat_map(|pair| (0..NAMES.len()).map(move |i| (pair, i)));
    let costs = |of: fn(&ScipyPair) -> &[Option<f64>]| {
        rows().map(move |(pair, i)| of(pair)[i].unwrap_or(f64::NAN)).collect::<Vec<_>>()
    };
    Table::new(
        "evaluations",
        "Evaluations (values + gradients + Hessians or products) of each pair on each problem; empty where \
         it was not solved",
    )
    .text("optimizer", rows().map(|(pair, _)| pair.ours))
    .text("problem", rows().map(|(_, i)| NAMES[i]))
    .float("evals", costs(|p| &p.our_costs))
    .float("scipy_evals", costs(|p| &p.their_costs))
}

fn claims(pair: &ScipyPair) -> [Claim; 2] {
    let claim = |what: &str, sentence: String| {
        Claim::exact(&format!("mgh-{}-{what}", pair.ours), NOTEBOOK, &sentence, PAPER).ours()
    };
    let (ours, theirs) = (ScipyPair::solved(&pair.our_costs), ScipyPair::solved(&pair.their_costs));
    let solves =
        format!("{} solves no fewer of the 35 problems than SciPy's {} (difference)", pair.ours, pair.theirs);
    let evaluations = format!(
        "{} needs no more evaluations than SciPy's {} (median ratio over problems both solve)",
        pair.ours, pair.theirs
    );
    let chosen_here = match pair.ours {
        "bfgs" => {
            " This is not a blind test: the first scale of our BFGS (8γ, Scaling::Ample) was chosen on \
             these same problems."
        }
        _ => "",
    };
    let mut note = format!("{ours} against {theirs}.{chosen_here}");
    if pair.theirs == "Newton-CG" {
        note += " SciPy's has no gradient tolerance; it is judged by the point where its steps vanish.";
    }
    [
        claim("solves", solves).measured(ours as f64 - theirs as f64, Bound::AtLeast(0.0)).note(note),
        claim("evaluations", evaluations)
            .measured(median(&pair.ratios()), Bound::AtMost(1.0))
            .note(chosen_here.trim_start()),
    ]
}
