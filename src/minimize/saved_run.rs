//! A saved run: a file of plain text, with numbers that are exact to the last bit.

use super::moment::Moment;
use crate::error::{DataProblem, Error, Result};
use crate::files;
use crate::objective::{Counted, Evaluations};
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::real::Real;
use ndarray::Array1;
use std::fmt::Write;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

/// A saved run: the iterate, the counts, and the memory of the optimizer.
///
/// The file is text. Each line has a name and its values. Numbers have the shortest decimal form that reads
/// back as the same number, so the file is readable and exact.
///
/// ```
/// use gradus::minimize::{Minimization, SavedRun};
/// use gradus::prelude::*;
/// # let folder = std::env::temp_dir().join(format!("gradus-doc-saved-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).unwrap();
/// # let file = folder.join("run.txt");
/// let (bowl, rule) = (problems::Quadratic::new(&[1.0]), FirstOrder::new(Sgd, 0.5)?);
/// Minimization::new(bowl, &array![8.0], rule, Stop::iterations(3)).save_to(&file).run()?;
/// let saved = SavedRun::read(&file)?;
/// assert_eq!((saved.optimizer.as_str(), saved.iteration, saved.x[0]), ("sgd", 3, 1.0));
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SavedRun {
    /// The text of [`Minimization::label`](super::Minimization::label), one line.
    pub label: String,
    /// The name of the optimizer.
    pub optimizer: String,
    /// The number of iterations.
    pub iteration: usize,
    /// The iterate.
    pub x: Array1<f64>,
    /// The value f(x).
    pub value: f64,
    /// The gradient ∇f(x).
    pub grad: Array1<f64>,
    /// The learning rate or step length of the last iteration.
    pub alpha: f64,
    /// The numbers of values, gradients and Hessians that were evaluated.
    pub evaluations: Evaluations,
    /// ‖∇f‖ at the start of the run, with which [`Stop::relative_grad`](crate::stop::Stop::relative_grad)
    /// compares.
    pub start_grad_norm: f64,
    /// The wall-clock time in seconds.
    pub seconds: f64,
    /// The point with the lowest finite value, if that is another one: a run that diverges ends there.
    pub best: Option<SavedPoint>,
    /// The memory of the optimizer.
    pub memory: Saved,
}

/// A point of a saved run.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedPoint {
    /// The number of iterations that led to it.
    pub iteration: usize,
    /// The point.
    pub x: Array1<f64>,
    /// The value f(x).
    pub value: f64,
    /// The gradient ∇f(x).
    pub grad: Array1<f64>,
    /// The learning rate or step length of the iteration.
    pub alpha: f64,
}

impl SavedPoint {
    /// Returns the point of an iterate.
    fn of<F: Real>(iterate: &Iterate<F>) -> Self {
        SavedPoint {
            iteration: iterate.k,
            x: iterate.x.mapv(F::wide),
            value: iterate.value.wide(),
            grad: iterate.grad.mapv(F::wide),
            alpha: iterate.alpha.wide(),
        }
    }

    /// Copies the point into an iterate of the same length.
    pub(super) fn put_back<F: Real>(&self, iterate: &mut Iterate<F>) {
        iterate.k = self.iteration;
        iterate.x.zip_mut_with(&self.x, |x, &saved| *x = F::of(saved));
        iterate.grad.zip_mut_with(&self.grad, |g, &saved| *g = F::of(saved));
        (iterate.value, iterate.alpha) = (F::of(self.value), F::of(self.alpha));
    }
}

const HEADER: &str = "gradus run 1";
const FORMAT: &str = "a saved run";
/// Counts are added up; this leaves room, and a century of evaluations reaches none of it.
const LARGEST_COUNT: u64 = 1 << 53;
/// A run that is older has a damaged file.
const LONGEST: Duration = Duration::from_secs(1 << 32);

impl SavedRun {
    /// Returns the run in its present state.
    pub(super) fn of<F: Real, O, P: Optimizer<F, Counted<O>>>(
        moment: &Moment<F, Counted<O>>,
        label: &str,
        optimizer: &P,
        start_grad_norm: f64,
        best: Option<&Iterate<F>>,
    ) -> Self {
        let iterate = moment.iterate;
        let earlier = |best: &&Iterate<F>| best.k != iterate.k && best.value.is_finite();
        let mut memory = Saved::default();
        optimizer.save(&mut memory);
        SavedRun {
            label: label.lines().next().unwrap_or_default().trim().into(),
            optimizer: optimizer.name(),
            iteration: iterate.k,
            x: iterate.x.mapv(F::wide),
            value: iterate.value.wide(),
            grad: iterate.grad.mapv(F::wide),
            alpha: iterate.alpha.wide(),
            evaluations: moment.evaluations(),
            start_grad_norm,
            seconds: moment.elapsed.as_secs_f64(),
            best: best.filter(earlier).map(SavedPoint::of),
            memory,
        }
    }

    /// Copies the saved point into an iterate of the same length.
    pub(super) fn put_back<F: Real>(&self, iterate: &mut Iterate<F>) {
        iterate.k = self.iteration;
        iterate.x.zip_mut_with(&self.x, |x, &saved| *x = F::of(saved));
        iterate.grad.zip_mut_with(&self.grad, |g, &saved| *g = F::of(saved));
        (iterate.value, iterate.alpha) = (F::of(self.value), F::of(self.alpha));
    }

    /// Writes the file by [`files::write_with`](crate::files::write_with): a reader, or a crash, finds either
    /// the old run or the new one.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        files::write_atomically(path, self.text())
    }

    /// Reads a file that [`write`](SavedRun::write) has written.
    ///
    /// # Errors
    /// If the file cannot be read, or is not a saved run. The message names the line.
    pub fn read(path: &Path) -> Result<Self> {
        let text = files::read_text(path)?;
        Self::parse(&text).map_err(|(line, reason)| Error::Data {
            path: path.into(),
            format: FORMAT,
            problem: DataProblem::Line { line, reason },
        })
    }

    fn text(&self) -> String {
        let mut text = format!(
            "{HEADER}\nlabel {}\noptimizer {}\niteration {}\n",
            self.label, self.optimizer, self.iteration
        );
        let Evaluations { value, grad, hess } = self.evaluations;
        let _ = writeln!(text, "evaluations {value} {grad} {hess}");
        for (name, number) in [
            ("seconds", self.seconds),
            ("start_grad_norm", self.start_grad_norm),
            ("value", self.value),
            ("alpha", self.alpha),
        ] {
            let _ = writeln!(text, "{name} {number:?}");
        }
        column(&mut text, "x", self.x.iter());
        column(&mut text, "grad", self.grad.iter());
        if let Some(best) = &self.best {
            let _ = writeln!(text, "best {} {:?} {:?}", best.iteration, best.value, best.alpha);
            column(&mut text, "best_x", best.x.iter());
            column(&mut text, "best_grad", best.grad.iter());
        }
        for (name, values) in self.memory.columns() {
            column(&mut text, &format!("memory {name}"), values.iter());
        }
        text + "end\n"
    }

    /// Returns the run, or the number of a line and what is wrong there.
    fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut lines = Lines { lines: text.lines(), at: 0 };
        if lines.next()? != HEADER {
            return Err(lines.wrong(&format!("it does not begin with '{HEADER}'")));
        }
        let label = lines.after("label")?.to_owned();
        let optimizer = lines.after("optimizer")?.to_owned();
        let [iteration] = lines.counts("iteration")?;
        let [value, grad, hess] = lines.counts("evaluations")?;
        let evaluations = Evaluations { value, grad, hess };
        let [seconds] = lines.numbers("seconds")?;
        if !Duration::try_from_secs_f64(seconds).is_ok_and(|time| time < LONGEST) {
            return Err(lines.wrong(&format!("{seconds:?} is no number of seconds of a run")));
        }
        let [start_grad_norm] = lines.numbers("start_grad_norm")?;
        let [value]: [f64; 1] = lines.numbers("value")?;
        let [alpha] = lines.numbers("alpha")?;
        let (x, grad) = (lines.column("x")?, lines.column("grad")?);
        if x.len() != grad.len() {
            return Err(lines.wrong(&format!("the gradient has {} entries, x has {}", grad.len(), x.len())));
        }
        lines.check_point(value, &x)?;
        let (mut memory, mut best) = (Saved::default(), None);
        loop {
            let line = lines.next()?;
            if line == "end" {
                break;
            }
            if let (Some(numbers), None) = (line.strip_prefix("best "), &best) {
                best = Some(lines.best(numbers, x.len())?);
                continue;
            }
            let column = line.strip_prefix("memory ").and_then(|rest| rest.split_once(' '));
            let (name, values) =
                column.ok_or_else(|| lines.wrong("neither 'memory NAME COUNT …' nor 'end'"))?;
            memory.put(name, lines.counted(values)?);
        }
        if lines.next().is_ok() {
            return Err(lines.wrong("there is more after 'end'"));
        }
        let (x, grad) = (x.into(), grad.into());
        Ok(SavedRun {
            label,
            optimizer,
            iteration,
            x,
            value,
            grad,
            alpha,
            evaluations,
            start_grad_norm,
            seconds,
            best,
            memory,
        })
    }
}

/// Adds a line with a name, the number of values, and the values.
fn column<'a>(text: &mut String, name: &str, values: impl ExactSizeIterator<Item = &'a f64>) {
    let _ = write!(text, "{name} {}", values.len());
    for value in values {
        // The shortest form that reads back as the same number.
        let _ = write!(text, " {value:?}");
    }
    text.push('\n');
}

/// The lines of a file, with their numbers.
struct Lines<'a> {
    lines: std::str::Lines<'a>,
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<&'a str, (usize, String)> {
        self.at += 1;
        self.lines.next().ok_or_else(|| self.wrong("the file ends too early"))
    }

    fn wrong(&self, reason: &str) -> (usize, String) {
        (self.at, reason.into())
    }

    /// Reads a line with this name, and returns the rest of it.
    fn after(&mut self, name: &str) -> Result<&'a str, (usize, String)> {
        let line = self.next()?;
        let rest = line.strip_prefix(name).filter(|rest| rest.is_empty() || rest.starts_with(' '));
        rest.map(str::trim).ok_or_else(|| self.wrong(&format!("'{name}' was expected")))
    }

    /// Reads a line with this name and `N` numbers.
    fn numbers<T: FromStr + Copy, const N: usize>(&mut self, name: &str) -> Result<[T; N], (usize, String)> {
        let numbers: Option<Vec<T>> =
            self.after(name)?.split(' ').map(|number| number.parse().ok()).collect();
        let numbers = numbers.and_then(|numbers| numbers.try_into().ok());
        let s = if N == 1 { "" } else { "s" };
        numbers.ok_or_else(|| self.wrong(&format!("'{name}' is not followed by {N} number{s}")))
    }

    /// Reads a line with this name and `N` counts, which a run could have reached.
    fn counts<const N: usize>(&mut self, name: &str) -> Result<[usize; N], (usize, String)> {
        let counts = self.numbers(name)?;
        match counts.iter().find(|&&count| count as u64 > LARGEST_COUNT) {
            Some(count) => Err(self.wrong(&format!("'{name}' counts to {count}, which no run can"))),
            None => Ok(counts),
        }
    }

    /// Checks that a point with a finite value is finite itself.
    fn check_point(&self, value: f64, x: &[f64]) -> Result<(), (usize, String)> {
        if value.is_finite() && !x.iter().all(|x| x.is_finite()) {
            return Err(self.wrong("x has an entry that is not finite, although f(x) is"));
        }
        Ok(())
    }

    /// Reads the point after a line "best ITERATION VALUE ALPHA", of which these are the numbers.
    fn best(&mut self, numbers: &str, dim: usize) -> Result<SavedPoint, (usize, String)> {
        let wrong = |lines: &Self| lines.wrong("'best' is not followed by an iteration, a value and a step");
        let mut words = numbers.split(' ');
        let iteration = words.next().and_then(|word| word.parse().ok()).ok_or_else(|| wrong(self))?;
        let rest: Option<Vec<f64>> = words.map(|word| word.parse().ok()).collect();
        let Some(&[value, alpha]) = rest.as_deref() else { return Err(wrong(self)) };
        let (x, grad) = (self.column("best_x")?, self.column("best_grad")?);
        if x.len() != dim || grad.len() != dim {
            return Err(self.wrong(&format!("the best point does not have {dim} entries, like x")));
        }
        if !value.is_finite() {
            return Err(self.wrong("the value of the best point is not finite"));
        }
        self.check_point(value, &x)?;
        Ok(SavedPoint { iteration, x: x.into(), value, grad: grad.into(), alpha })
    }

    fn column(&mut self, name: &str) -> Result<Vec<f64>, (usize, String)> {
        let rest = self.after(name)?;
        self.counted(rest)
    }

    /// Reads a count, and as many numbers.
    fn counted(&self, text: &str) -> Result<Vec<f64>, (usize, String)> {
        let mut words = text.split(' ');
        let count: Option<usize> = words.next().and_then(|count| count.parse().ok());
        let numbers: Option<Vec<f64>> = words.map(|number| number.parse().ok()).collect();
        let numbers = numbers.filter(|numbers| Some(numbers.len()) == count);
        numbers.ok_or_else(|| self.wrong("the numbers are not as many as the line says, or are none"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::loop_state::LoopState;
    use super::*;
    use crate::optimizer::first_order::{FirstOrder, Sgd};
    use crate::problems::Quadratic;
    use ndarray::array;

    fn run() -> SavedRun {
        let mut memory = Saved::default();
        memory.put("velocity", [0.1f64, -0.0, f64::MIN_POSITIVE / 3.0]);
        memory.put("empty", [0.0f64; 0]);
        memory.put_one("radius", f64::INFINITY);
        SavedRun {
            label: "rosenbrock:3, of the lecture".into(),
            optimizer: "trust-region".into(),
            iteration: 17,
            x: array![1.0 / 3.0, -1e-300, f64::MAX],
            value: 0.1 + 0.2,
            grad: array![2.0f64.sqrt(), 1e22, 5e-324],
            alpha: 1.0,
            evaluations: Evaluations { value: 3, grad: 2, hess: 1 },
            start_grad_norm: 232.8677,
            seconds: 0.25,
            best: None,
            memory,
        }
    }

    fn best() -> SavedPoint {
        SavedPoint {
            iteration: 5,
            x: array![0.1, f64::MIN_POSITIVE, -0.0],
            value: -1.0 / 3.0,
            grad: array![f64::NAN, 1e22, 5e-324],
            alpha: 0.7,
        }
    }

    #[test]
    fn every_bit_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.txt");
        run().write(&path).unwrap();
        let back = SavedRun::read(&path).unwrap();
        assert_eq!(back, run());
        let bits = |run: &SavedRun| {
            run.memory.get("velocity").unwrap().iter().map(|v| v.to_bits()).collect::<Vec<_>>()
        };
        assert_eq!(bits(&back), bits(&run()));
        // The gradient of a run by random search is NaN.
        let unknown = SavedRun { grad: array![f64::NAN, f64::NAN, f64::NAN], alpha: f64::NAN, ..run() };
        unknown.write(&path).unwrap();
        assert!(SavedRun::read(&path).unwrap().grad.iter().all(|g| g.is_nan()));
    }

    #[test]
    fn the_best_point_comes_back_and_a_point_that_cannot_be_is_refused() {
        let diverged = SavedRun {
            x: array![f64::NAN, f64::NAN, f64::NAN],
            value: f64::NAN,
            best: Some(best()),
            ..run()
        };
        let text = diverged.text();
        assert_eq!(SavedRun::parse(&text).unwrap().text(), text);
        let back = SavedRun::parse(&text).unwrap().best.unwrap();
        assert_eq!((back.iteration, &back.x, back.value), (5, &best().x, best().value));
        let refused = |text: &str| SavedRun::parse(text).unwrap_err();
        assert_eq!(refused(&text.replace("best 5 ", "best -5 ")).0, 12);
        assert_eq!(refused(&text.replace("best_x 3 0.1 ", "best_x 2 ")).0, 14);
        assert_eq!(refused(&text.replace("best_x 3 0.1 ", "best_x 3 NaN ")).0, 14);
        assert_eq!(refused(&text.replace("best 5 -0.3", "best 5 inf -0.3").replace(" 0.7\n", "\n")).0, 14);
        let not_a_point = SavedRun { x: array![1.0, f64::NAN, 1.0], ..run() };
        let (line, sentence) = refused(&not_a_point.text());
        assert!(line == 11 && sentence.contains("x has an entry that is not finite"), "{sentence}");
    }

    #[test]
    fn numbers_that_no_run_reaches_are_refused_by_line() {
        let (text, most) = (run().text(), u64::MAX);
        for (line, from, to) in [
            (4, "iteration 17", format!("iteration {most}")),
            (5, "evaluations 3 2 1", format!("evaluations 3 2 {most}")),
            (5, "evaluations 3 2 1", format!("evaluations {most} 2 1")),
            (6, "seconds 0.25", "seconds -1".into()),
            (6, "seconds 0.25", "seconds NaN".into()),
            (6, "seconds 0.25", "seconds 1e300".into()),
        ] {
            let changed = text.replace(from, &to);
            assert_ne!(changed, text);
            assert_eq!(SavedRun::parse(&changed).unwrap_err().0, line, "{to}");
        }
        let (line, sentence) = SavedRun::parse(&(text.clone() + "x 1 2.0\n")).unwrap_err();
        assert!(line == text.lines().count() + 1 && sentence.contains("after 'end'"), "{sentence}");
    }

    #[test]
    fn a_file_that_is_no_saved_run_is_refused_by_line() {
        let whole = run().text();
        let refused = |text: &str| SavedRun::parse(text).unwrap_err();
        assert_eq!(refused("").0, 1);
        assert_eq!(refused("iteration,value\n0,1\n").0, 1);
        for cut in 1..whole.lines().count() {
            let text: String = whole.lines().take(cut).map(|line| format!("{line}\n")).collect();
            assert_eq!(refused(&text), (cut + 1, "the file ends too early".into()));
        }
        assert_eq!(refused(&whole.replace("iteration 17", "iteration -17")).0, 4);
        assert_eq!(refused(&whole.replace("x 3 ", "x 4 ")).0, 10);
        assert_eq!(refused(&whole.replace("x 3 0.3333333333333333 ", "x 2 ")).0, 11);
        assert_eq!(refused(&whole.replace("memory empty 0", "memory")).0, 13);
        assert_eq!(refused(&whole.replace("alpha 1.0", "beta 1.0")), (9, "'alpha' was expected".into()));
    }

    #[test]
    fn a_label_stays_one_line() {
        let mut rule = FirstOrder::new(Sgd, 0.1).unwrap();
        let mut state = LoopState::new(Counted::new(Quadratic::new(&[1.0])), &array![1.0]).unwrap();
        state.start(&mut rule);
        let saved = SavedRun::of(&state.moment(), "a\nend\nb", &rule, 1.0, None);
        assert_eq!(SavedRun::parse(&saved.text()).unwrap().label, "a");
    }
}
