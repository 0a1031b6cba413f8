//! The published autoencoder of *curves*, for an hour (Sutskever et al. 2013, table 1).

use super::rising::Rising;
use super::sources::NOTEBOOK;
use crate::compare::ModelKind;
use crate::data::Curves;
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::loss::Logistic;
use crate::model::Initialization;
use crate::progress::Progress;
use crate::risk::Regularizer;
use crate::study::{Context, Study};
use crate::table::Table;
use crate::train::{Batch, Classifier, Training};
use ndarray::{Array2, Axis as Along};
use rayon::prelude::*;

pub(in crate::study::lecture) const LONG: Study = Study {
    name: "papers-long",
    notebook: NOTEBOOK,
    title: "The papers behind the slides: the published autoencoder",
    question: "Does momentum that rises train the published autoencoder of curves as in the paper, in an \
               hour in place of days?",
    run,
};

/// The rates of the paper's grid.
const RATES: [f64; 6] = [0.05, 0.01, 0.005, 0.001, 0.0005, 0.0001];
/// The seed of the initial weights and of the batches, which all runs share.
const SEED: u64 = 100;

/// A column of the paper's table, and the squared error that it has there for *curves*.
struct Method {
    name: &'static str,
    most: f64,
    published: f64,
}

impl Method {
    const fn new(name: &'static str, most: f64, published: f64) -> Self {
        Method { name, most, published }
    }

    fn label(&self) -> String {
        if self.most == 0.0 { "SGD".into() } else { format!("up to {}", self.most) }
    }
}

/// Seven of the table's nine columns; those of .995 are left out.
const METHODS: [Method; 7] = [
    Method::new("sgd", 0.0, 0.48),
    Method::new("momentum", 0.9, 0.15),
    Method::new("momentum", 0.99, 0.10),
    Method::new("momentum", 0.999, 0.10),
    Method::new("nesterov", 0.9, 0.16),
    Method::new("nesterov", 0.99, 0.096),
    Method::new("nesterov", 0.999, 0.074),
];

/// How large everything is.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    model: &'static str,
    curves: Curves,
    batch: usize,
    /// The updates of a run. The paper has 750,000.
    updates: usize,
    /// The updates after which the best rate is chosen.
    trial: usize,
    /// The updates between two rises of the momentum. The paper has 250, which is the same share of its run.
    every: u64,
    /// The last updates, with a momentum of at most .9. The paper has 1000 too.
    last: u64,
    /// How often the errors are computed in a run.
    looks: usize,
}

/// The published net and number of images, and a twenty-fifth of the published updates.
const HOUR: Sizes = Sizes {
    model: "autoencoder:400,200,100,50,25,6",
    curves: Curves { train: 20_000, test: 1000 },
    batch: 200,
    updates: 30_000,
    trial: 3000,
    every: 10,
    last: 1000,
    looks: 30,
};

const SECONDS: Sizes = Sizes {
    model: "autoencoder:4",
    curves: Curves { train: 40, test: 10 },
    batch: 20,
    updates: 12,
    trial: 4,
    every: 2,
    last: 2,
    looks: 3,
};

/// A run: the rule and its rate.
type Job = (Rising, f64);

/// The training losses and errors at the looks.
#[derive(Debug, Clone, PartialEq)]
struct Course {
    updates: Vec<usize>,
    losses: Vec<f64>,
    errors: Vec<f64>,
}

/// Returns the value at the end; infinity for a run that diverged.
fn last(values: &[f64]) -> f64 {
    values.last().copied().filter(|value| value.is_finite()).unwrap_or(f64::INFINITY)
}

/// A column of the table with the rate that was chosen, and the run at this rate.
struct Row {
    method: &'static Method,
    lr: f64,
    course: Course,
}

struct Experiment {
    sizes: Sizes,
    classifier: Classifier<f32>,
    seed: u64,
}

impl Experiment {
    fn new(sizes: Sizes, seed: u64) -> Result<Self> {
        let model = ModelKind::parse(sizes.model)?;
        let curves = sizes.curves.generate(seed)?;
        let curves = Classifier::<f32>::preprocessing(&model).prepare::<f32>(&curves);
        let classifier = Classifier::new(curves, model, Regularizer::default())
            .initialization(Initialization::Sparse(Initialization::INCOMING));
        Ok(Experiment { sizes, classifier, seed: seed + SEED })
    }

    fn rule(&self, method: &Method) -> Rising {
        let Sizes { updates, every, last, .. } = self.sizes;
        let look_ahead = method.name == "nesterov";
        Rising { most: method.most, look_ahead, updates: updates as u64, every, last }
    }

    /// Runs the first updates of one job, and reports each look.
    fn run(&self, (rule, lr): Job, updates: usize, looks: usize, progress: &dyn Progress) -> Result<Course> {
        let settings = Training {
            batch: Batch::Size(self.sizes.batch),
            lr,
            seed: self.seed,
            checkpoint_every: Some(updates / looks),
            ..Training::default()
        };
        let epochs = updates.div_ceil(settings.steps_per_epoch(self.classifier.examples()));
        let settings = Training { epochs, ..settings };
        let fit = self.classifier.fit_observed(Logistic, rule, &settings, |_, _| progress.advance(1))?;
        let (mut losses, mut errors) = (fit.curve.train_loss, fit.curve.train_error);
        if fit.trained.termination.diverged() {
            losses.push(f64::INFINITY);
            errors.push(f64::INFINITY);
        }
        Ok(Course { updates: fit.curve.steps, losses, errors })
    }

    /// Runs jobs side by side, one on each thread.
    fn all(
        &self,
        jobs: &[Job],
        updates: usize,
        looks: usize,
        part: &str,
        progress: &dyn Progress,
    ) -> Result<Vec<Course>> {
        progress.start(part, (jobs.len() * (looks + 1)) as u64);
        jobs.par_iter().with_max_len(1).map(|&job| self.run(job, updates, looks, progress)).collect()
    }

    /// Returns, for each method, the rate of the paper's grid with the lowest loss after the trial.
    fn best_rates(&self, progress: &dyn Progress) -> Result<Vec<f64>> {
        let jobs: Vec<Job> =
            METHODS.iter().flat_map(|method| RATES.map(|lr| (self.rule(method), lr))).collect();
        let part = "trials of the rates, in looks at a run";
        let trials = self.all(&jobs, self.sizes.trial, 1, part, progress)?;
        Ok(trials.chunks(RATES.len()).map(best_rate).collect())
    }

    fn rows(&self, progress: &dyn Progress) -> Result<Vec<Row>> {
        let rates = self.best_rates(progress)?;
        let jobs: Vec<Job> =
            METHODS.iter().zip(&rates).map(|(method, &lr)| (self.rule(method), lr)).collect();
        let Sizes { updates, looks, .. } = self.sizes;
        let courses =
            self.all(&jobs, updates, looks, "runs at the best rates, in looks at a run", progress)?;
        let rows = METHODS.iter().zip(rates).zip(courses);
        Ok(rows.map(|((method, lr), course)| Row { method, lr, course }).collect())
    }
}

/// Returns the rate whose trial ended with the lowest loss.
fn best_rate(trials: &[Course]) -> f64 {
    let ends = trials.iter().map(|course| last(&course.losses));
    let best = ends.zip(RATES).min_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or(RATES[0], |(_, rate)| rate)
}

/// Returns the squared error of the mean image, in place of every image.
fn error_of_mean(images: &Array2<f32>) -> f64 {
    let images = images.mapv(f64::from);
    images.var_axis(Along(0), 0.0).sum()
}

fn run(context: &Context) -> Result<Findings> {
    let experiment = Experiment::new(context.choose(HOUR, SECONDS), context.seed)?;
    let rows = experiment.rows(context.progress)?;
    let of_mean = error_of_mean(experiment.classifier.training_examples().0);
    let (tables, figures) = (vec![table(&rows, of_mean)], vec![figure(&rows, of_mean)]);
    Ok(Findings { tables, figures, claims: Vec::new() })
}

fn table(rows: &[Row], of_mean: f64) -> Table {
    let column = |of: &dyn Fn(&Row) -> f64| rows.iter().map(of).collect::<Vec<_>>();
    let caption = format!(
        "The published autoencoder of curves, 784–400–200–100–50–25–6 and back, after 30,000 updates with \
         batches of 200, for each largest momentum at the rate, of the paper's six, that was best after 3000 \
         updates: one run each. The squared error of an image, on average over the 20,000 training images, \
         stands beside that of the paper, which has 750,000 updates and images of another generator. The \
         mean image has an error of {of_mean:.1}"
    );
    Table::new("curves", caption)
        .text("method", rows.iter().map(|row| row.method.name))
        .float("largest_momentum", column(&|row| row.method.most))
        .float_within("lr", column(&|row| row.lr), 5.1, 0.0)
        .float_within("train_loss", column(&|row| last(&row.course.losses)), 0.05, 0.0)
        .float_within("squared_error", column(&|row| last(&row.course.errors)), 0.2, 0.0)
        .float("published_error", column(&|row| row.method.published))
}

fn figure(rows: &[Row], of_mean: f64) -> Figure {
    let caption = "Squared error of the published autoencoder on its 20,000 training images over 30,000 \
                   updates, for each largest momentum at its best rate: one run each. Plain SGD is in both \
                   panels. In the last 1000 updates momentum is at most .9.";
    let title = "Momentum that rises, on the published autoencoder";
    let figure = Figure::new("curves", title, caption).columns(2);
    ["momentum", "nesterov"].into_iter().fold(figure, |figure, name| {
        let panel = Panel::new(name, Axis::linear("update"), Axis::log("squared error").lower_is_better())
            .with(Layer::HorizontalMark { label: "the mean image".into(), y: of_mean });
        let shown = rows.iter().filter(|row| row.method.name == name || row.method.name == "sgd");
        figure.panel(shown.enumerate().fold(panel, |panel, (color, row)| {
            let points = row.course.updates.iter().zip(&row.course.errors).skip(1);
            let (x, y): (Vec<f64>, Vec<f64>) = points.map(|(&update, &error)| (update as f64, error)).unzip();
            panel.line(row.method.label(), x, y, color)
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::study::Budget;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn a_tiny_budget_fills_every_row_and_the_progress() {
        /// Counts the looks, and those that were announced.
        struct Counted(AtomicU64, AtomicU64);

        impl Progress for Counted {
            fn start(&self, _: &str, total: u64) {
                self.1.fetch_add(total, Ordering::Relaxed);
            }

            fn advance(&self, steps: u64) {
                self.0.fetch_add(steps, Ordering::Relaxed);
            }
        }

        let counted = Counted(AtomicU64::new(0), AtomicU64::new(0));
        let findings = run(&Context { seed: 0, budget: Budget::Quick, progress: &counted }).unwrap();
        assert_eq!(counted.0.into_inner(), counted.1.into_inner());
        let table = findings.table("curves").unwrap();
        assert_eq!(table.rows(), METHODS.len());
        assert!(table.floats("lr").unwrap().iter().all(|lr| RATES.contains(lr)));
        assert!(table.floats("squared_error").unwrap().iter().all(|error| error.is_finite()));
        assert_eq!(findings.figure("curves").unwrap().panels.len(), 2);
    }

    #[test]
    fn a_trial_is_the_beginning_of_the_run() {
        let experiment = Experiment::new(SECONDS, 1).unwrap();
        let Sizes { updates, trial, looks, .. } = SECONDS;
        for method in &METHODS {
            let job = (experiment.rule(method), 0.01);
            let whole = experiment.run(job, updates, looks, &Silent).unwrap();
            assert_eq!(whole.updates, [0, 4, 8, 12], "{}", method.label());
            let begun = experiment.run(job, trial, 1, &Silent).unwrap();
            assert_eq!((begun.updates, last(&begun.losses)), (vec![0, 4], whole.losses[1]));
        }
    }

    #[test]
    fn a_run_that_diverged_is_not_chosen() {
        let course =
            |loss: f64| Course { updates: vec![0], losses: vec![9.0, loss], errors: vec![1.0, loss] };
        let trials = [f64::NAN, 5.0, 4.0, 4.5, f64::INFINITY, 6.0].map(course);
        assert_eq!(best_rate(&trials), 0.005);
    }

    #[test]
    fn the_momentum_rises_in_the_share_of_the_published_run() {
        let published = 250.0 / 750_000.0;
        assert!((HOUR.every as f64 / HOUR.updates as f64 - published).abs() < 1e-15);
        let model = ModelKind::parse(HOUR.model).unwrap();
        let epoch = HOUR.curves.train / HOUR.batch;
        assert_eq!((HOUR.updates % epoch, HOUR.trial % epoch, HOUR.updates % HOUR.looks), (0, 0, 0));
        assert_eq!(model.to_string(), HOUR.model);
    }

    #[test]
    fn the_mean_image_has_the_variance_of_the_pixels_as_its_error() {
        let images = ndarray::array![[0.0f32, 1.0], [1.0, 1.0], [0.5, 0.25], [0.5, 0.75]];
        let mean = [0.5, 0.75];
        let direct: f64 = images
            .rows()
            .into_iter()
            .map(|row| row.iter().zip(mean).map(|(&x, m)| (f64::from(x) - m).powi(2)).sum::<f64>())
            .sum::<f64>()
            / 4.0;
        assert!((error_of_mean(&images) - direct).abs() < 1e-12);
    }
}
