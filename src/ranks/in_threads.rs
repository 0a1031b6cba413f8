//! Ranks that are threads of one process.

use super::interface::Ranks;
use super::numbers::{Numbers, NumbersMut};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Ranks that are threads of this process, with a channel from each to each.
#[derive(Debug)]
struct InThreads {
    rank: usize,
    to: Vec<Sender<Vec<f64>>>,
    from: Vec<Mutex<Receiver<Vec<f64>>>>,
}

impl Ranks for InThreads {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.to.len()
    }

    fn send(&self, to: usize, numbers: Numbers) {
        // Each f32 is a f64.
        let message = match numbers {
            Numbers::F32(numbers) => numbers.iter().map(|&n| f64::from(n)).collect(),
            Numbers::F64(numbers) => numbers.to_vec(),
        };
        self.to[to].send(message).unwrap();
    }

    fn receive(&self, from: usize, numbers: NumbersMut) {
        let message = self.from[from].lock().unwrap_or_else(PoisonError::into_inner).recv().unwrap();
        match numbers {
            NumbersMut::F32(room) => {
                assert_eq!(room.len(), message.len());
                room.iter_mut().zip(message).for_each(|(r, m)| *r = m as f32);
            }
            NumbersMut::F64(room) => room.copy_from_slice(&message),
        }
    }

    fn broadcast(&self, from: usize, numbers: NumbersMut) {
        if self.rank != from {
            return self.receive(from, numbers);
        }
        let numbers = match &numbers {
            NumbersMut::F32(numbers) => Numbers::F32(numbers),
            NumbersMut::F64(numbers) => Numbers::F64(numbers),
        };
        (0..self.size()).filter(|&to| to != from).for_each(|to| self.send(to, numbers));
    }
}

/// Runs `work` on each of `size` ranks, which are threads of this process, and returns their outcomes in
/// order: for tests and for lessons, since it saves no time.
///
/// ```
/// use gradus::ranks::{add_in_order, among};
/// let sums = among(3, |ranks| {
///     let mut total = [0.0];
///     add_in_order(&*ranks, &mut total, |_, part| part[0] += ranks.rank() as f64);
///     total
/// });
/// assert_eq!(sums, [[3.0], [3.0], [3.0]]);
/// ```
///
/// # Panics
/// If `work` panics on a rank.
pub fn among<T: Send>(size: usize, work: impl Fn(Arc<dyn Ranks>) -> T + Sync) -> Vec<T> {
    let mut to: Vec<Vec<_>> = (0..size).map(|_| Vec::new()).collect();
    let mut from: Vec<Vec<_>> = (0..size).map(|_| Vec::new()).collect();
    for sender in &mut to {
        for receivers in &mut from {
            let (send, receive) = channel();
            sender.push(send);
            receivers.push(Mutex::new(receive));
        }
    }
    let ranks: Vec<InThreads> =
        to.into_iter().zip(from).enumerate().map(|(rank, (to, from))| InThreads { rank, to, from }).collect();
    thread::scope(|scope| {
        let runs: Vec<_> = ranks.into_iter().map(|own| scope.spawn(|| work(Arc::new(own)))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    })
}
