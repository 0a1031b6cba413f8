//! Measures messages, sums and steps over MPI: `mpirun -n 2 gradus-mpi-measure`. Rank 0 prints CSV lines.
//!
//! `scripts/ranks.sh` starts it with one and two processes, and keeps the table.

use gradus::data::{Dataset, Examples, Features};
use gradus::notebook::*;
use gradus::ranks::{Numbers, NumbersMut, Ranks, add_in_order};
use gradus::risk::Share;
use gradus::train::ByOptimizer;
use gradus_cluster::{OverMpi, share_processors, start};
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::CommunicatorCollectives;
use rand::RngExt;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The numbers of a gradient: a class of W4, W4, a net 784–100–10, a net 784–1000–500–10.
const LENGTHS: [usize; 4] = [785, 7_850, 79_510, 1_290_510];
/// How often a message or a sum is timed.
const TURNS: usize = 200;
/// How often an evaluation or a step is timed.
const STEPS: usize = 9;

/// Ranks that count the time in calls: on the wire, and waiting for others.
#[derive(Debug)]
struct Timed {
    inner: OverMpi,
    spent: Mutex<Duration>,
}

impl Timed {
    fn timed(&self, call: impl FnOnce(&OverMpi)) {
        let started = Instant::now();
        call(&self.inner);
        *self.spent.lock().expect("no thread panics with it") += started.elapsed();
    }

    /// Returns the seconds since the last call of this function.
    fn take(&self) -> f64 {
        std::mem::take(&mut *self.spent.lock().expect("no thread panics with it")).as_secs_f64()
    }
}

impl Ranks for Timed {
    fn rank(&self) -> usize {
        self.inner.rank()
    }

    fn size(&self) -> usize {
        self.inner.size()
    }

    fn send(&self, to: usize, numbers: Numbers) {
        self.timed(|ranks| ranks.send(to, numbers));
    }

    fn receive(&self, from: usize, numbers: NumbersMut) {
        self.timed(|ranks| ranks.receive(from, numbers));
    }

    fn broadcast(&self, from: usize, numbers: NumbersMut) {
        self.timed(|ranks| ranks.broadcast(from, numbers));
    }
}

/// What rank 0 prints: a line for each measurement.
struct Lines<'a> {
    ranks: &'a Timed,
}

impl Lines<'_> {
    fn print(&self, what: &str, numbers: usize, seconds: f64, waiting: f64) {
        if self.ranks.rank() == 0 {
            let (ranks, threads) = (self.ranks.size(), rayon::current_num_threads());
            println!("{what},{ranks},{threads},{numbers},{seconds:e},{waiting:e}");
        }
    }
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// Times `work` several times after two turns to warm up, and returns the medians of all its seconds and of
/// those in calls.
fn times(ranks: &Timed, turns: usize, mut work: impl FnMut()) -> (f64, f64) {
    let (mut all, mut waiting) = (Vec::new(), Vec::new());
    for turn in 0..turns + 2 {
        SimpleCommunicator::world().barrier();
        ranks.take();
        let started = Instant::now();
        work();
        if turn > 1 {
            all.push(started.elapsed().as_secs_f64());
            waiting.push(ranks.take());
        }
    }
    (median(all), median(waiting))
}

/// A message to the next rank and back, halved; a sum in order; MPI's own all-reduce, and how many of its
/// entries have other bits than the sum in order.
fn communication(lines: &Lines) {
    let (ranks, world) = (lines.ranks, SimpleCommunicator::world());
    for len in LENGTHS {
        let own: Vec<f64> = rng::normal(&mut rng::stream(7, "parts", ranks.rank() as u64), len, 1.0).to_vec();
        let mut room = own.clone();
        let (there_and_back, _) = times(ranks, TURNS, || match ranks.rank() {
            0 => {
                ranks.send(1, Numbers::F64(&own));
                ranks.receive(1, NumbersMut::F64(&mut room));
            }
            1 => {
                ranks.receive(0, NumbersMut::F64(&mut room));
                ranks.send(0, Numbers::F64(&own));
            }
            _ => {}
        });
        lines.print("message", len, there_and_back / 2.0, 0.0);
        let mut total = vec![0.0; len];
        let (in_order, waiting) = times(ranks, TURNS, || {
            total.fill(0.0);
            add_in_order(ranks, &mut total, |segment, part| {
                part.iter_mut().zip(&own[segment]).for_each(|(t, o)| *t += o);
            });
        });
        lines.print("sum in order", len, in_order, waiting);
        let mut reduced = vec![0.0f64; len];
        let (all_reduce, _) = times(ranks, TURNS, || {
            world.all_reduce_into(&own, &mut reduced, SystemOperation::sum());
        });
        lines.print("all-reduce", len, all_reduce, 0.0);
        let other = total.iter().zip(&reduced).filter(|(a, b)| a.to_bits() != b.to_bits()).count();
        lines.print("entries of an all-reduce with other bits", len, other as f64, 0.0);
    }
}

/// Images of bytes with ten classes, made up.
fn images(count: usize) -> Dataset {
    let stream = &mut rng::stream(0, "images for ranks", 0);
    let mut part = |count: usize| {
        let labels: Vec<u8> = (0..count).map(|i| (i % 10) as u8).collect();
        let pixels = Array2::from_shape_fn((count, 784), |(i, j)| {
            stream.random_range(0..156u8) + if j % 10 == usize::from(labels[i]) { 99 } else { 0 }
        });
        Examples::new(Features::Bytes(pixels), labels).expect("a label each")
    };
    let (train, test) = (part(count), part(100));
    let classes = (0..10).map(|class| class.to_string()).collect();
    Dataset { name: "made up".into(), classes, shape: None, full_scale: 255.0, train, test }
}

/// Returns the classifier of this process: of its own rows, or of all.
fn classifier<F: Real>(
    ranks: &Arc<Timed>,
    count: usize,
    model: &str,
    holds_all: bool,
) -> Result<Classifier<F>> {
    let (mut data, share) = (images(count), Share::new(ranks.clone(), count)?);
    let share = if holds_all { share.holding_all() } else { share };
    if let Features::Bytes(pixels) = &data.train.features {
        let own = pixels.slice(s![share.rows.clone(), ..]).to_owned();
        data.train = Examples::new(Features::Bytes(own), data.train.labels[share.rows.clone()].to_vec())?;
    }
    let prepared = match holds_all {
        true => Preprocessing::default().prepare(&data),
        false => Preprocessing::default().prepare_among(&data, &**ranks, count),
    };
    Ok(Classifier::new(prepared, ModelKind::parse(model)?, Regularizer::l2(1e-4)).shared(share))
}

/// W4: softmax over 60,000 images in f64, value and gradient.
fn full_batch(lines: &Lines, ranks: &Arc<Timed>) -> Result<()> {
    let mut risk = classifier::<f64>(ranks, 60_000, "linear", false)?.linear_risk(Softmax)?;
    let point = rng::normal(&mut rng::stream(0, "a point", 0), risk.dim(), 0.01);
    let mut grad = Array1::zeros(risk.dim());
    let (seconds, waiting) = times(ranks, 3 * STEPS, || _ = risk.value_grad(&point, &mut grad));
    lines.print("W4: a gradient", risk.dim(), seconds, waiting);
    Ok(())
}

/// A step of momentum on 64 batches of 128, by a net 784–1000–500–10 in f32.
fn large_batch(lines: &Lines, ranks: &Arc<Timed>) -> Result<()> {
    let classifier = classifier::<f32>(ranks, 8_192, "mlp:1000,500", true)?;
    let settings = Training { batch: Batch::Size(128), accumulate: 64, epochs: STEPS, ..Training::default() };
    let fit = classifier.fit(Softmax, Momentum::default(), &settings)?;
    let steps: Vec<f64> = fit.curve.seconds.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let numbers = classifier.layout().len();
    lines.print("net: a step on 8,192 examples", numbers, median(steps), f64::NAN);
    Ok(())
}

/// An iteration of K-FAC on 8,192 examples, by the same net in f64.
fn kfac(lines: &Lines, ranks: &Arc<Timed>) -> Result<()> {
    use gradus::optimizer::second_order::Labels;
    let classifier = classifier::<f64>(ranks, 8_192, "mlp:1000,500", false)?;
    let (risk, settings) =
        (classifier.network_risk()?, ByOptimizer { stop: Stop::iterations(6), ..ByOptimizer::default() });
    let optimizer = Kfac::new().labels(Labels::Sampled).refresh(1)?;
    let fit = classifier.fit_by(risk, optimizer, Softmax, &settings)?;
    let steps: Vec<f64> = fit.curve.seconds.windows(2).map(|pair| pair[1] - pair[0]).collect();
    lines.print("K-FAC: an iteration on 8,192 examples", classifier.layout().len(), median(steps), f64::NAN);
    Ok(())
}

fn main() -> ExitCode {
    let Some(universe) = start() else {
        eprintln!("error: MPI is initialized already");
        return ExitCode::from(2);
    };
    share_processors();
    let ranks = Arc::new(Timed { inner: OverMpi::of_world(), spent: Mutex::default() });
    let lines = Lines { ranks: &ranks };
    if ranks.size() > 1 {
        communication(&lines);
    }
    let outcome = full_batch(&lines, &ranks)
        .and_then(|()| large_batch(&lines, &ranks))
        .and_then(|()| kfac(&lines, &ranks));
    drop(universe);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
