//! The time of one run on many processes: a prediction, beside what two processes measured.

use super::measured::Measured;
use super::sources::{AMDAHL, KFAC, NOTEBOOK, OURS, THAKUR};
use super::wire::Wire;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::table::Table;

/// The pieces of a full pass, and the batches that a large one is made of.
const PIECES: usize = 16;
const BATCHES: usize = 64;
/// The most processes that are predicted.
const MOST: usize = 64;
/// The gain for which one doubles the processes.
const GAIN: f64 = 1.1;
/// The inputs with the 1, and the outputs, of each layer of the net 784–1000–500–10.
const LAYERS: [(usize, usize); 3] = [(785, 1000), (1001, 500), (501, 10)];
const W4_NUMBERS: usize = 7850;
const EXAMPLES: usize = 8192;

fn weights() -> usize {
    LAYERS.iter().map(|(inputs, outputs)| inputs * outputs).sum()
}

fn factors() -> usize {
    LAYERS.iter().map(|(inputs, outputs)| inputs * inputs + outputs * outputs).sum()
}

/// A work that processes share.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Work {
    Gradient,
    Step,
    Kfac,
}

/// The works, with their names here and in the table of measurements.
const WORKS: [(&str, &str, Work); 3] = [
    ("W4: a gradient", "W4: a gradient", Work::Gradient),
    ("net: a step of momentum", "net: a step on 8,192 examples", Work::Step),
    ("net: an iteration of K-FAC", "K-FAC: an iteration on 8,192 examples", Work::Kfac),
];

/// Returns the part of `pieces` that the busiest of `ranks` processes has.
fn busiest(pieces: usize, ranks: usize) -> f64 {
    pieces.div_ceil(ranks) as f64 / pieces as f64
}

/// The parts of an iteration of K-FAC, by their multiplications: passes over the examples, which are shared
/// by pieces; inverses, which are shared by layers; and products with the inverses, which every process
/// makes.
struct Parts {
    passes: f64,
    inverses: f64,
    products: f64,
}

impl Parts {
    fn of_kfac() -> Self {
        // For each example and weight: a gradient 3; the derivatives by drawn labels 2; the quadratic model
        // a pass forward and two directions with 2 each. For each example and entry of a factor: 1.
        let passes = EXAMPLES * (10 * weights() + factors());
        let inverses: usize = LAYERS.iter().map(|&layer| inverse(layer)).sum();
        let products: usize = LAYERS.iter().map(|(a, g)| a * g * (a + g)).sum();
        let all = (passes + inverses + products) as f64;
        Parts {
            passes: passes as f64 / all,
            inverses: inverses as f64 / all,
            products: products as f64 / all,
        }
    }
}

/// Returns the multiplications of the two inverses of a layer.
fn inverse((inputs, outputs): (usize, usize)) -> usize {
    inputs.pow(3) + outputs.pow(3)
}

/// Returns the part of the inverses that the busiest of `ranks` processes has. The dearest layer goes first,
/// each to the process that has least to do.
fn inverses_of_busiest(ranks: usize) -> f64 {
    let (mut costs, mut loads) = (LAYERS.map(inverse), vec![0; ranks]);
    costs.sort_unstable_by(|a, b| b.cmp(a));
    for cost in costs {
        if let Some(least) = loads.iter_mut().min() {
            *least += cost;
        }
    }
    loads.into_iter().max().unwrap_or(0) as f64 / costs.iter().sum::<usize>() as f64
}

impl Work {
    /// Returns the seconds on `ranks` processes of a work that takes one of them `alone` seconds.
    fn seconds(self, alone: f64, wire: Wire, ranks: usize) -> f64 {
        match self {
            Work::Gradient => alone * busiest(PIECES, ranks) + wire.sum(ranks, W4_NUMBERS),
            Work::Step => alone * busiest(BATCHES, ranks) + wire.in_single_precision().sum(ranks, weights()),
            Work::Kfac => {
                let Parts { passes, inverses, products } = Parts::of_kfac();
                let part = passes * busiest(PIECES, ranks) + inverses * inverses_of_busiest(ranks) + products;
                let sums = wire.sum(ranks, weights()) + wire.sum(ranks, factors());
                alone * part + sums + wire.broadcast(ranks, factors())
            }
        }
    }
}

/// The measurements, and what follows from them.
struct Prediction {
    measured: Measured,
    wire: Wire,
}

impl Prediction {
    fn alone(&self, work: usize) -> f64 {
        self.measured.seconds(WORKS[work].1, 1, 1)
    }

    fn seconds(&self, work: usize, ranks: usize) -> f64 {
        WORKS[work].2.seconds(self.alone(work), self.wire, ranks)
    }

    fn speed_up(&self, work: usize, ranks: usize) -> f64 {
        self.alone(work) / self.seconds(work, ranks)
    }

    /// Returns the predicted seconds of two processes over the measured ones, or the inverse if that is
    /// larger.
    fn factor(&self, work: usize) -> f64 {
        let ratio = self.seconds(work, 2) / self.measured.seconds(WORKS[work].1, 2, 1);
        if ratio.is_nan() { ratio } else { ratio.max(1.0 / ratio) }
    }

    /// Returns the number of processes that it does not pay to double.
    fn enough(&self, work: usize) -> usize {
        let mut doublings = (0..).map(|exponent| 1usize << exponent);
        let pays = |&ranks: &usize| {
            ranks < MOST && self.seconds(work, ranks) >= GAIN * self.seconds(work, 2 * ranks)
        };
        doublings.find(|ranks| !pays(ranks)).unwrap_or(MOST)
    }
}

pub(super) fn run(findings: &mut Findings) -> Result<()> {
    let measured = Measured::kept()?;
    let wire = Wire::fitted(&measured.by_length("message"));
    let prediction = Prediction { measured, wire };
    findings.claims.extend(claims(&prediction));
    findings.tables.extend([messages(&prediction), times(&prediction)]);
    findings.figures.push(figure(&prediction));
    Ok(())
}

fn claims(prediction: &Prediction) -> Vec<Claim> {
    let said = [
        ("at-scale-predicted-w4", "of W4's gradient"),
        ("at-scale-predicted-net", "of a step of momentum on 64 batches by a net 784–1000–500–10"),
        ("at-scale-predicted-kfac", "of an iteration of K-FAC by a net 784–1000–500–10"),
    ];
    let sources = [AMDAHL, AMDAHL, KFAC];
    let mut claims: Vec<Claim> = said
        .iter()
        .enumerate()
        .map(|(work, (id, what))| {
            let sentence = format!(
                "The predicted time {what} on two processes differs from the measured one by at most a \
                 factor of 1.5"
            );
            Claim::timing(id, NOTEBOOK, &sentence, sources[work])
                .ours()
                .measured(prediction.factor(work), Bound::AtMost(1.5))
                .note(
                    "The formula knows the time of one process and of a message. It does not know that two \
                     processes share the memory and the caches of one processor.",
                )
        })
        .collect();
    let of = |ranks, threads| prediction.measured.seconds("W4: a gradient", ranks, threads);
    let sum = prediction.measured.by_length("sum in order").into_iter().find(|(n, _)| *n == W4_NUMBERS);
    claims.push(
        Claim::timing(
            "at-scale-threads",
            NOTEBOOK,
            "W4's gradient takes two processes at most 1.1 times as long as two threads (ratio)",
            OURS,
        )
        .ours()
        .measured(of(2, 1) / of(1, 2), Bound::AtMost(1.1))
        .note("Two threads add in the same memory. Two processes send each other what they have added."),
    );
    claims.push(
        Claim::timing(
            "at-scale-wire",
            NOTEBOOK,
            "The sum of W4's gradient over two processes takes at most a tenth of the time of the gradient \
             (ratio)",
            THAKUR,
        )
        .ours()
        .measured(sum.map_or(f64::NAN, |(_, seconds)| seconds) / of(2, 1), Bound::AtMost(0.1))
        .note("Both on the same processor: a message between two machines takes longer."),
    );
    claims
}

fn messages(prediction: &Prediction) -> Table {
    let (measured, wire) = (&prediction.measured, prediction.wire);
    let lengths: Vec<usize> = measured.by_length("message").iter().map(|m| m.0).collect();
    let of = |what: &str| -> Vec<f64> {
        let found = measured.by_length(what);
        let seconds = |n: &usize| found.iter().find(|m| m.0 == *n).map_or(f64::NAN, |m| 1e6 * m.1);
        lengths.iter().map(seconds).collect()
    };
    let formula = |of: &dyn Fn(usize) -> f64| lengths.iter().map(|&n| 1e6 * of(n)).collect::<Vec<_>>();
    let caption = "Vectors of numbers in double precision between two processes on one processor, in \
                   microseconds: a message, a sum in order and the all-reduce of Open MPI, measured; and \
                   the first two by the formula";
    Table::new("messages", caption)
        .integer("numbers", lengths.iter().map(|&n| n as i64))
        .float("message_us", of("message"))
        .float("message_formula_us", formula(&|n| wire.message(n)))
        .float("sum_us", of("sum in order"))
        .float("sum_formula_us", formula(&|n| wire.sum(2, n)))
        .float("all_reduce_us", of("all-reduce"))
}

fn times(prediction: &Prediction) -> Table {
    let column = |of: &dyn Fn(usize) -> f64| (0..WORKS.len()).map(of).collect::<Vec<_>>();
    let measured =
        |ranks, threads| column(&|work| 1e3 * prediction.measured.seconds(WORKS[work].1, ranks, threads));
    let caption = "Milliseconds of one process with one thread, of two threads and of two processes, \
                   measured; those of two processes by the formula, with the speed-up that it predicts for \
                   16; and the number of processes whose doubling it predicts to gain less than 10 %";
    Table::new("times", caption)
        .text("work", WORKS.iter().map(|work| work.0))
        .float("one_ms", measured(1, 1))
        .float("two_threads_ms", measured(1, 2))
        .float("two_ms", measured(2, 1))
        .float("two_formula_ms", column(&|work| 1e3 * prediction.seconds(work, 2)))
        .float("speed_up_of_16", column(&|work| prediction.speed_up(work, 16)))
        .integer("enough", (0..WORKS.len()).map(|work| prediction.enough(work) as i64))
}

fn figure(prediction: &Prediction) -> Figure {
    let caption = "How many times as fast as one process: predicted for up to 64 processes, and measured \
                   with two processes and with two threads. The dashed line is the ideal. A full pass has \
                   16 pieces, and the library takes no more processes than that.";
    let figure = Figure::new("speed_up", "One run on many processes", caption).columns(3);
    let ranks: Vec<f64> = (1..=MOST).map(|ranks| ranks as f64).collect();
    let panels = WORKS.iter().enumerate().map(|(work, (name, measured, _))| {
        let panel = Panel::new(*name, Axis::log("processes"), Axis::log("speed-up").higher_is_better());
        let predicted: Vec<f64> = (1..=MOST).map(|ranks| prediction.speed_up(work, ranks)).collect();
        let at = |ranks, threads| {
            let seconds = prediction.measured.seconds(measured, ranks, threads);
            prediction.alone(work) / seconds
        };
        let points = |label: &str, y: Vec<f64>, color| Layer::Points {
            label: label.into(),
            x: (3 - y.len()..=2).map(|ranks| ranks as f64).collect(),
            y,
            color,
        };
        panel
            .theory("ideal", ranks.clone(), ranks.clone())
            .line("predicted", ranks.clone(), predicted, 0)
            .with(points("measured, processes", vec![at(1, 1), at(2, 1)], 1))
            .with(points("measured, two threads", vec![at(1, 2)], 2))
    });
    panels.fold(figure, Figure::panel)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Wire = Wire { latency: 0.0, per_number: 0.0 };

    #[test]
    fn the_busiest_process_has_whole_pieces() {
        assert_eq!(
            [1, 2, 3, 5, 16, 64].map(|ranks| 16.0 * busiest(16, ranks)),
            [16.0, 8.0, 6.0, 4.0, 1.0, 1.0]
        );
        assert_eq!(Work::Gradient.seconds(16.0, FREE, 64), 1.0);
        assert_eq!(Work::Step.seconds(64.0, FREE, 64), 1.0);
        assert!((Work::Kfac.seconds(1.0, FREE, 1) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn inverses_are_shared_by_layers() {
        assert_eq!(inverses_of_busiest(1), 1.0);
        let dearest = inverse(LAYERS[0]) as f64 / LAYERS.iter().map(|&l| inverse(l)).sum::<usize>() as f64;
        assert_eq!(inverses_of_busiest(2), dearest);
        assert_eq!(inverses_of_busiest(64), dearest);
    }

    #[test]
    fn doubling_pays_until_messages_cost_what_it_gains() {
        let lines = "W4: a gradient,1,1,7850,1.6e0,0\nmessage,2,1,1,LATENCY,0\nmessage,2,1,1000,LATENCY,0\n";
        let enough = |latency: &str| {
            let measured = Measured::read(&lines.replace("LATENCY", latency)).unwrap();
            let wire = Wire::fitted(&measured.by_length("message"));
            Prediction { measured, wire }.enough(0)
        };
        assert_eq!(enough("1e-9"), 16);
        // Two processes take .8 and a chain and a broadcast of .4 each.
        assert_eq!(enough("4e-1"), 1);
    }
}
