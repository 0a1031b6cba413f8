//! The runs as tables. Seconds have a table of their own, so that all other tables are the same whenever a
//! comparison is repeated.

use super::origin_column::marked;
use super::{Comparison, CostAxis, Phase, Run};
use crate::table::Table;
use std::collections::BTreeSet;

impl Comparison {
    /// Returns a row for each run: how it ended, its last loss, and the cost to the target.
    pub fn runs_table(&self) -> Table {
        let to = |run: &Run, axis| {
            self.problem(&run.problem).and_then(|p| run.to_target(p.target, axis)).unwrap_or(f64::NAN)
        };
        let area = |run: &Run| self.problem(&run.problem).map_or(f64::NAN, |facts| run.area(facts));
        let column = |value: &dyn Fn(&Run) -> f64| self.runs.iter().map(value).collect::<Vec<f64>>();
        identified(
            Table::new("runs", "A row for each run, of the tuning, at the defaults and at the best setting"),
            self.runs.iter(),
        )
        .text("setting", self.runs.iter().map(|run| run.setting.clone()))
        .float("lr", column(&|run| run.lr))
        .text("outcome", self.runs.iter().map(|run| run.outcome.word()))
        .float("final_loss", column(&Run::final_loss))
        .float("test_accuracy", column(&Run::final_test_accuracy))
        .float("iterations", column(&|run| run.curve.iterations.last().map_or(f64::NAN, |&k| k as f64)))
        .float("evaluations", column(&|run| run.curve.evaluations.last().copied().unwrap_or(f64::NAN)))
        .float("iterations_to_target", column(&|run| to(run, CostAxis::Iterations)))
        .float("evaluations_to_target", column(&|run| to(run, CostAxis::Evaluations)))
        .float("area", column(&area))
        .text("reason", self.runs.iter().map(|run| run.reason.clone()))
    }

    /// Returns the seconds of every run, and the seconds to the target.
    pub fn seconds_table(&self) -> Table {
        let to = |run: &Run| {
            self.problem(&run.problem)
                .and_then(|p| run.to_target(p.target, CostAxis::Seconds))
                .unwrap_or(f64::NAN)
        };
        let table = identified(
            Table::new("seconds", "Wall-clock seconds of each run, without the evaluation of checkpoints"),
            self.runs.iter(),
        );
        let machine = |run: &Run| {
            self.origins.machines.get(run.machine).map_or(String::new(), |machine| machine.processor.clone())
        };
        let table = match self.origins.several_machines() {
            true => table.text("machine", self.runs.iter().map(machine)),
            false => table,
        };
        table
            .timing(
                "seconds",
                self.runs
                    .iter()
                    .map(|run| run.curve.seconds.last().copied().unwrap_or(f64::NAN))
                    .collect::<Vec<_>>(),
            )
            .timing("seconds_to_target", self.runs.iter().map(to).collect::<Vec<_>>())
    }

    /// Returns the curves at the best setting and at the defaults, a row for each checkpoint. Of runs from an
    /// archive, only those at the best setting have a curve.
    pub fn curves_table(&self) -> Table {
        let has_curve = |run: &&Run| run.phase == Phase::Best || run.known_area.is_none();
        let runs = || self.runs.iter().filter(|run| run.phase != Phase::Tuning).filter(has_curve);
        let rows = || runs().flat_map(|run| std::iter::repeat_n(run, run.curve.len()));
        let column =
            |of: fn(&Run) -> &Vec<f64>| runs().flat_map(|run| of(run).iter().copied()).collect::<Vec<f64>>();
        identified(
            Table::new(
                "curves",
                "A row for each checkpoint of the seeds at the best setting and at the defaults",
            ),
            rows(),
        )
        .integer(
            "iterations",
            runs().flat_map(|run| run.curve.iterations.iter().map(|&k| k as i64)).collect::<Vec<_>>(),
        )
        .float("evaluations", column(|run| &run.curve.evaluations))
        .float("loss", column(|run| &run.curve.loss))
        .float("test_accuracy", column(|run| &run.curve.test_accuracy))
    }

    /// Returns the problems, with their lowest values and how these are known.
    pub fn problems_table(&self) -> Table {
        let all = || self.problems.iter();
        Table::new(
            "problems",
            "The problems: their values at the start, their lowest values and how these are known",
        )
        .text("problem", all().map(|p| p.name.clone()))
        .text("title", all().map(|p| p.title.clone()))
        .text("group", all().map(|p| p.group.clone()))
        .integer("stochastic", all().map(|p| i64::from(p.stochastic)))
        .integer("dim", all().map(|p| p.dim as i64))
        .float("f_start", all().map(|p| p.f_start).collect::<Vec<_>>())
        .float("f_star", all().map(|p| p.f_star).collect::<Vec<_>>())
        .float("target", all().map(|p| p.target).collect::<Vec<_>>())
        .float("budget", all().map(|p| p.budget).collect::<Vec<_>>())
        .text("certificate", all().map(|p| p.certificate.clone()))
    }

    /// Returns the optimizers, with the hyperparameters that were tuned.
    pub fn optimizers_table(&self) -> Table {
        Table::new(
            "optimizers",
            "The optimizers: the order of the derivatives that each uses, and what was tuned",
        )
        .text("optimizer", self.optimizers.iter().map(|o| o.name.clone()))
        .integer("order", self.optimizers.iter().map(|o| i64::from(o.order)))
        .text("tuned", self.optimizers.iter().map(|o| o.tuned.join(" ")))
        .integer("own", self.optimizers.iter().map(|o| i64::from(o.own)))
    }

    /// Returns the problems on which an optimizer was not run, with what it needs and the problem does not
    /// have.
    pub fn left_out_table(&self) -> Table {
        let run: BTreeSet<(&str, &str)> =
            self.runs.iter().map(|run| (run.problem.as_str(), run.optimizer.as_str())).collect();
        let pairs = self.problems.iter().flat_map(|p| self.optimizers.iter().map(move |o| (p, o)));
        let out: Vec<_> = pairs.filter(|(p, o)| !run.contains(&(p.name.as_str(), o.name.as_str()))).collect();
        let missing = &self.origins.missing;
        let reason = |problem: &str, optimizer: &str, needs: &str| match needs {
            _ if missing.iter().any(|(p, o)| p == problem && o == optimizer) => {
                "its runs are missing".to_string()
            }
            "" => "it was not run".to_string(),
            needs => format!("it needs {needs}"),
        };
        Table::new("left_out", "Where an optimizer was not run, and why")
            .text("problem", out.iter().map(|(p, _)| p.name.clone()))
            .text("optimizer", out.iter().map(|(_, o)| o.name.clone()))
            .text("reason", out.iter().map(|(p, o)| reason(&p.name, &o.name, &o.needs)))
    }

    /// Returns the machines that ran the comparison.
    pub fn machines_table(&self) -> Table {
        let all = || self.origins.machines.iter();
        let runs = |place| self.runs.iter().filter(|run| run.machine == place).count() as i64;
        Table::new("machines", "The machines of the runs: nodes with the same processor count as one")
            .text("machine", all().map(|machine| machine.processor.clone()))
            .text("arithmetic", all().map(|machine| machine.arithmetic.clone()))
            .text("hosts", all().map(|machine| machine.hosts.join(" ")))
            .integer("runs", (0..self.origins.machines.len()).map(runs))
    }

    /// Returns all tables of the runs. If some come from an archive, tables of optimizers have a column
    /// `origin`.
    pub fn tables(&self) -> Vec<Table> {
        let tables = vec![
            self.problems_table(),
            self.optimizers_table(),
            self.left_out_table(),
            self.runs_table(),
            self.curves_table(),
            self.seconds_table(),
        ];
        marked(self, tables)
    }
}

/// Adds the columns that identify a run.
fn identified<'a>(table: Table, runs: impl Iterator<Item = &'a Run> + Clone) -> Table {
    table
        .text("problem", runs.clone().map(|run| run.problem.clone()))
        .text("optimizer", runs.clone().map(|run| run.optimizer.clone()))
        .text("phase", runs.clone().map(|run| run.phase.word()))
        .integer("trial", runs.clone().map(|run| run.trial as i64))
        .integer("seed", runs.map(|run| run.seed as i64))
}
