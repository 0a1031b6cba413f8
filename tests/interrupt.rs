//! A request to end early reaches every kind of run, and leaves nothing behind. The request concerns a whole
//! process, so this test has one of its own.

use gradus::compare::suite::{Settings, Store, Suite};
use gradus::notebook::*;
use gradus::progress::Silent;
use gradus::stop::interrupt;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// Held by the test that requests something.
static ALONE: Mutex<()> = Mutex::new(());

/// Runs `run`, and requests its end after `after`. Returns what it found, and how long it took to end.
fn interrupted<T>(after: Duration, run: impl FnOnce() -> T) -> (T, Duration) {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let asked = thread::spawn(move || {
        thread::sleep(after);
        interrupt::request();
        Instant::now()
    });
    let found = run();
    let ended = Instant::now();
    let asked = asked.join().unwrap();
    interrupt::withdraw();
    (found, ended - asked)
}

const SOON: Duration = Duration::from_millis(100);

/// The promise of the notebook kernel is two seconds; a busy machine gets more.
const LONG: Duration = Duration::from_secs(10);

fn endless() -> Stop {
    Stop::iterations(usize::MAX)
}

fn creep() -> FirstOrder<Sgd> {
    FirstOrder::new(Sgd, 1e-12).unwrap()
}

#[test]
fn a_minimization_ends_with_what_it_found() {
    let x0 = array![-1.2, 1.0];
    let run = || minimize(problems::Rosenbrock::new(2), &x0, creep(), endless()).unwrap();
    let (found, took) = interrupted(SOON, run);
    assert_eq!(found.termination, Termination::Interrupted { iterations: found.iterations });
    assert!(found.iterations > 1000 && took < LONG, "{} iterations, {took:?}", found.iterations);
    assert!(found.x != x0 && found.value < 24.2, "{found}");
    // A trace is thinned beyond a million rows, which a fast machine reaches.
    let rows = found.trace.value.len();
    assert!(rows == found.iterations + 1 || found.iterations >= 1_000_000 && rows >= 500_000, "{rows} rows");
}

#[test]
fn a_training_ends_with_what_it_found_before_the_end_of_its_epoch() {
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    let classifier = Classifier::new(digits, ModelKind::Linear, Regularizer::default());
    let settings = Training { epochs: 1_000_000, lr: 0.01, ..Training::default() };
    let (fit, took) = interrupted(SOON, || classifier.fit(Softmax, Sgd, &settings).unwrap());
    assert_eq!(fit.trained.termination, Termination::Interrupted { iterations: fit.trained.steps });
    assert!(fit.finite() && fit.trained.steps > 0 && took < LONG, "{took:?}");
    assert!(fit.curve.train_loss.len() > 1);
}

/// A store that counts what it is given.
#[derive(Default)]
struct Counting(Memory, Mutex<usize>);

impl Store for Counting {
    fn get(&self, key: suite::Key) -> Option<String> {
        self.0.get(key)
    }

    fn put(&self, key: suite::Key, line: &str) -> Result<()> {
        *self.1.lock().unwrap() += 1;
        assert!(!line.contains("interrupted"), "{line}");
        self.0.put(key, line)
    }
}

#[test]
fn a_comparison_ends_with_an_error_and_keeps_only_runs_that_were_finished() {
    let suite = Suite::standard();
    let store = Counting::default();
    let compare = || suite.compare(&Settings::quick(), &Silent, &store);
    let (compared, took) = interrupted(SOON, compare);
    assert_eq!(compared.unwrap_err().to_string(), "the comparison was interrupted before its end");
    assert!(took < LONG, "{took:?}");
}

#[test]
fn runs_go_on_after_a_request_is_withdrawn() {
    let run =
        || minimize(problems::Rosenbrock::new(2), &array![-1.2, 1.0], creep(), Stop::iterations(7)).unwrap();
    let (found, _) = interrupted(Duration::ZERO, || {
        while !interrupt::requested() {
            thread::yield_now();
        }
        run()
    });
    assert_eq!((found.termination.word(), found.iterations), ("interrupted", 0));
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    assert_eq!(run().iterations, 7);
}
