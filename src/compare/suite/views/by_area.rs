//! The ranks of the optimizers within each area of problems, with intervals.

use super::confidence::BOOTSTRAP_SEED;
use super::score::Scores;
use super::standings::{leaders, medians};
use crate::compare::ranks::{MeanRank, mean_ranks};
use crate::compare::suite::{Comparison, ProblemArea};
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::table::Table;

/// The number of problems from which on there is a mean rank.
const ENOUGH: usize = 2;
/// The number of optimizers in a panel, besides momentum, Adam and those of the user.
const SHOWN: usize = 10;

/// The rank of an optimizer within one area.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaStanding {
    /// The area.
    pub area: ProblemArea,
    /// The name of the optimizer.
    pub optimizer: String,
    /// The index in [`Comparison::optimizers`].
    pub index: usize,
    /// The mean rank over the problems of the area, with its interval; `None` if it was run on fewer than two
    /// of them.
    pub rank: Option<MeanRank>,
    /// The number of problems of the area on which it was run.
    pub problems: usize,
    /// The number of problems of the area.
    pub of: usize,
}

/// Returns the optimizers in the order of their mean ranks within each area that has a problem, the best
/// first, and those without a rank last.
///
/// ```
/// use gradus::compare::suite::{Memory, ProblemArea, Settings, Suite, views};
/// use gradus::progress::Silent;
/// let suite = Suite::standard().optimizers(&["sgd", "lbfgs"])?;
/// let suite = suite.problems(&["quadratic:10", "quadratic:100", "rosenbrock"])?;
/// let compared = suite.compare(&Settings::quick(), &Silent, &Memory::default())?.comparison;
/// let standings = views::standings_by_area(&compared);
/// let first = &standings[0];
/// assert_eq!((first.area, first.optimizer.as_str()), (ProblemArea::Quadratics, "lbfgs"));
/// assert_eq!(first.rank.map(|rank| rank.mean), Some(1.0));
/// // One function is too few for a mean rank.
/// assert!(standings.iter().all(|s| s.area != ProblemArea::Functions || s.rank.is_none()));
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn standings_by_area(comparison: &Comparison) -> Vec<AreaStanding> {
    ordered(comparison, &Scores::new(comparison))
}

fn ordered(comparison: &Comparison, scores: &Scores) -> Vec<AreaStanding> {
    ProblemArea::ALL.iter().flat_map(|&area| within(comparison, scores, area)).collect()
}

/// Returns the optimizers of one area. As over all problems, one that was not run on a problem ranks last
/// there.
fn within(comparison: &Comparison, scores: &Scores, area: ProblemArea) -> Vec<AreaStanding> {
    let all = comparison.problems.iter().enumerate();
    let problems: Vec<usize> =
        all.filter(|(_, facts)| ProblemArea::of(facts) == area).map(|(place, _)| place).collect();
    if problems.is_empty() {
        return Vec::new();
    }
    let ranks = mean_ranks(&medians(comparison, scores, &problems), BOOTSTRAP_SEED);
    let standing = |index: usize| {
        let run_on = problems.iter().filter(|&&p| scores.median(p, index).is_some()).count();
        AreaStanding {
            area,
            optimizer: comparison.optimizers[index].name.clone(),
            index,
            rank: (run_on >= ENOUGH).then(|| ranks[index]),
            problems: run_on,
            of: problems.len(),
        }
    };
    let mut standings: Vec<AreaStanding> = (0..comparison.optimizers.len()).map(standing).collect();
    let mean = |standing: &AreaStanding| standing.rank.map_or(f64::INFINITY, |rank| rank.mean);
    standings.sort_by(|a, b| mean(a).total_cmp(&mean(b)));
    standings
}

pub(super) fn table(comparison: &Comparison, scores: &Scores) -> Table {
    let standings = ordered(comparison, scores);
    let floats = |of: fn(MeanRank) -> f64| {
        standings.iter().map(|standing| standing.rank.map_or(f64::NAN, of)).collect::<Vec<_>>()
    };
    let caption = "Mean rank within each area of problems, with its 95 % bootstrap interval over the \
                   problems of the area; no rank for an optimizer that was run on fewer than two of them. \
                   Over two or three problems an interval shows little more than the ranks on these. Then \
                   the number of problems on which the optimizer was run, of those in the area";
    Table::new("ranks_by_area", caption)
        .text("area", standings.iter().map(|s| s.area.words()))
        .text("optimizer", standings.iter().map(|s| s.optimizer.clone()))
        .float_within("mean_rank", floats(|rank| rank.mean), 0.05, 0.5)
        .float_within("low", floats(|rank| rank.interval.0), 0.1, 1.0)
        .float_within("high", floats(|rank| rank.interval.1), 0.1, 1.0)
        .integer("problems", standings.iter().map(|s| s.problems as i64))
        .integer("of", standings.iter().map(|s| s.of as i64))
}

/// Draws the best optimizers of each area; `None` if no area has two problems.
pub(super) fn figure(comparison: &Comparison, scores: &Scores) -> Option<Figure> {
    let caption = format!(
        "The best {SHOWN} optimizers of each area of problems, with momentum and Adam. Whiskers are 95 % \
         bootstrap intervals over the problems of the area; of two or three problems they show little more \
         than the ranks on these. The table has all optimizers."
    );
    let figure = Figure::new("ranks_by_area", "Mean ranks by area", caption).columns(2);
    let panels: Vec<Panel> =
        ProblemArea::ALL.iter().filter_map(|&area| panel(comparison, scores, area)).collect();
    (!panels.is_empty()).then(|| panels.into_iter().fold(figure, Figure::panel))
}

fn panel(comparison: &Comparison, scores: &Scores, area: ProblemArea) -> Option<Panel> {
    let mut ranked = within(comparison, scores, area);
    ranked.retain(|standing| standing.rank.is_some());
    let order: Vec<usize> = ranked.iter().map(|standing| standing.index).collect();
    let shown = leaders(comparison, &order, SHOWN);
    ranked.retain(|standing| shown.contains(&standing.index));
    let ranks: Vec<MeanRank> = ranked.iter().filter_map(|standing| standing.rank).collect();
    let count = ranked.first()?.of;
    let bars = Layer::Bars {
        labels: ranked.iter().map(|standing| standing.optimizer.clone()).collect(),
        values: ranks.iter().map(|rank| rank.mean).collect(),
        low: ranks.iter().map(|rank| rank.interval.0).collect(),
        high: ranks.iter().map(|rank| rank.interval.1).collect(),
        color: 0,
    };
    let axis = Axis::linear(format!("mean rank over {count} problems"))
        .lower_is_better()
        .range(0.0, comparison.optimizers.len().max(2) as f64);
    Some(Panel::new(area.words(), axis, Axis::linear("")).with(bars))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::suite::{OptimizerFacts, Outcome, Phase, ProblemFacts, Run, RunCurve};

    fn facts(name: &str, group: &str) -> ProblemFacts {
        ProblemFacts {
            name: name.into(),
            title: name.into(),
            group: group.into(),
            stochastic: false,
            dim: 2,
            f_start: 1.0,
            f_star: 0.0,
            certificate: "exact".into(),
            target: 1e-9,
            budget: 10.0,
        }
    }

    /// A run that ends at a loss.
    fn run(problem: &str, optimizer: &str, loss: f64) -> Run {
        let mut curve = RunCurve::default();
        curve.push(0, 0.0, 0.0, 1.0, f64::NAN);
        curve.push(1, 10.0, 0.1, loss, f64::NAN);
        Run {
            problem: problem.into(),
            optimizer: optimizer.into(),
            phase: Phase::Best,
            trial: 0,
            setting: String::new(),
            lr: f64::NAN,
            seed: 0,
            outcome: Outcome::Finished,
            reason: String::new(),
            machine: 0,
            known_area: None,
            curve,
        }
    }

    /// Three optimizers on two quadratics (one noisy), one function and three nets; `c` knows nets alone.
    fn tiny() -> Comparison {
        let problems =
            [("q", "quadratic"), ("n", "noisy"), ("f", "mgh"), ("1", "net"), ("2", "net"), ("3", "net")];
        let losses: [(&str, &[f64]); 3] = [
            ("a", &[0.1, 0.2, 0.3, 0.1, 0.1, 0.3]),
            ("b", &[0.2, 0.1, 0.1, 0.2, 0.2, 0.2]),
            ("c", &[f64::NAN, f64::NAN, f64::NAN, 0.3, f64::NAN, 0.1]),
        ];
        let runs = losses.iter().flat_map(|(optimizer, losses)| {
            let on = problems.iter().zip(*losses).filter(|(_, loss)| !loss.is_nan());
            on.map(move |((problem, _), &loss)| run(problem, optimizer, loss))
        });
        let optimizer = |(name, _): &(&str, &[f64])| OptimizerFacts {
            name: (*name).into(),
            order: 1,
            tuned: Vec::new(),
            own: false,
            needs: String::new(),
        };
        Comparison {
            problems: problems.iter().map(|(name, group)| facts(name, group)).collect(),
            optimizers: losses.iter().map(optimizer).collect(),
            runs: runs.collect(),
            trials: 1,
            seeds: 1,
            ..Comparison::default()
        }
    }

    #[test]
    fn ranks_by_hand() {
        let standings = standings_by_area(&tiny());
        let row = |area: ProblemArea, name: &str| {
            let found = standings.iter().find(|s| s.area == area && s.optimizer == name).unwrap();
            (found.rank.map(|rank| rank.mean), found.problems, found.of)
        };
        // a and b are first and second, and second and first.
        assert_eq!(row(ProblemArea::Quadratics, "a"), (Some(1.5), 2, 2));
        assert_eq!(row(ProblemArea::Quadratics, "b"), (Some(1.5), 2, 2));
        assert_eq!(row(ProblemArea::Quadratics, "c"), (None, 0, 2));
        // One function is no area to rank in.
        assert_eq!(row(ProblemArea::Functions, "b"), (None, 1, 1));
        // (1 + 1 + 3)/3, (2 + 2 + 2)/3 and (3 + 3 + 1)/3: where c was not run, it is last.
        assert_eq!(row(ProblemArea::Nets, "a"), (Some(5.0 / 3.0), 3, 3));
        assert_eq!(row(ProblemArea::Nets, "b"), (Some(2.0), 3, 3));
        assert_eq!(row(ProblemArea::Nets, "c"), (Some(7.0 / 3.0), 2, 3));
        let nets: Vec<&str> =
            standings.iter().filter(|s| s.area == ProblemArea::Nets).map(|s| s.optimizer.as_str()).collect();
        assert_eq!(nets, ["a", "b", "c"]);
        // No linear model, no row.
        assert_eq!(standings.len(), 9);
    }

    #[test]
    fn intervals_are_over_the_problems_of_the_area() {
        let standings = standings_by_area(&tiny());
        let interval = |area: ProblemArea, name: &str| {
            standings.iter().find(|s| s.area == area && s.optimizer == name).unwrap().rank.unwrap().interval
        };
        // Of two problems a quarter of the resamples has one twice; of three equal ranks all have the same.
        assert_eq!(interval(ProblemArea::Quadratics, "a"), (1.0, 2.0));
        assert_eq!(interval(ProblemArea::Nets, "b"), (2.0, 2.0));
        assert_eq!(interval(ProblemArea::Nets, "a"), (1.0, 3.0));
    }

    #[test]
    fn the_table_has_every_optimizer_and_the_figure_the_areas_of_two_problems() {
        let comparison = tiny();
        let scores = Scores::new(&comparison);
        let table = table(&comparison, &scores);
        assert_eq!(table.rows(), 9);
        let ranks = table.floats("mean_rank").unwrap();
        assert_eq!(ranks.iter().filter(|rank| rank.is_nan()).count(), 4);
        let titles: Vec<String> =
            figure(&comparison, &scores).unwrap().panels.iter().map(|panel| panel.title.clone()).collect();
        assert_eq!(titles, ["quadratics", "nets"]);
        let alone = Comparison { problems: vec![facts("f", "mgh")], ..comparison };
        assert!(figure(&alone, &Scores::new(&alone)).is_none());
    }
}
