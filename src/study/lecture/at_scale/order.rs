//! The bits of a gradient that several processes add, in four orders.

use super::images::{CLASSES, PIXELS, classifier, images};
use super::sources::{GOLDBERG, NOTEBOOK, OURS};
use crate::claim::{Bound, Claim};
use crate::data::{Dataset, Prepared, Preprocessing};
use crate::error::Result;
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::model::Linear;
use crate::objective::{Differentiable, Objective};
use crate::ranks::{among, share_of};
use crate::real::Real;
use crate::risk::{EmpiricalRisk, Regularizer};
use crate::rng;
use crate::study::Context;
use crate::table::Table;
use ndarray::{Array1, s};

/// A power of two, as are the numbers of processes, so that every mean over a part is a sum times a power of
/// two, which rounds nothing: the order of the additions is all that differs.
const EXAMPLES: usize = 8192;
const PROCESSES: [usize; 3] = [2, 4, 8];

/// How the sums of the processes are added.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    /// In pairs, then in pairs of pairs.
    Doubling,
    /// Each part of the vector goes round in a ring, from another process on.
    Ring,
    /// From the first process to the last.
    InOrder,
}

const WAYS: [(&str, Way); 3] = [
    ("all-reduce by recursive doubling", Way::Doubling),
    ("all-reduce in a ring", Way::Ring),
    ("one process after the other", Way::InOrder),
];
const PIECES: &str = "in sixteen pieces, in order";

fn plus<F: Real>(a: &[F], b: &[F]) -> Vec<F> {
    a.iter().zip(b).map(|(&a, &b)| a + b).collect()
}

/// Adds the vectors of a power of two of processes.
fn added<F: Real>(way: Way, parts: &[Vec<F>]) -> Vec<F> {
    let (size, len) = (parts.len(), parts[0].len());
    match way {
        Way::Doubling if size == 1 => parts[0].clone(),
        Way::Doubling => {
            let halves = parts.split_at(size / 2);
            plus(&added(way, halves.0), &added(way, halves.1))
        }
        Way::Ring => {
            let mut sum = Vec::with_capacity(len);
            for first in 0..size {
                for i in share_of(len, first, size) {
                    // The process after the first adds its entry to that of the first, and so on.
                    let others = (1..size).map(|hop| parts[(first + hop) % size][i]);
                    sum.push(others.fold(parts[first][i], |sum, entry| sum + entry));
                }
            }
            sum
        }
        Way::InOrder => parts[1..].iter().fold(parts[0].clone(), |sum, part| plus(&sum, part)),
    }
}

/// Returns a point at which no entry of the gradient is special.
fn point<F: Real>(seed: u64) -> Array1<F> {
    rng::normal(&mut rng::stream(seed, "a point at scale", 0), CLASSES * (PIXELS + 1), 0.1)
}

/// Returns what each of several processes adds up by itself, in one go, as its share of the mean.
fn parts<F: Real>(data: &Prepared<F>, at: &Array1<F>, size: usize) -> Result<Vec<Vec<F>>> {
    let of_rank = |rank: usize| {
        let rows = share_of(EXAMPLES, rank, size);
        let (x, y) = (data.train_x.slice(s![rows.clone(), ..]).to_owned(), data.train_y[rows].to_vec());
        let model = Linear::new(PIXELS, CLASSES);
        let mut risk =
            EmpiricalRisk::<F, _, _>::new(model, Softmax, x, y, Regularizer::default())?.on_one_thread();
        let mut gradient = Array1::zeros(risk.dim());
        risk.value_grad(at, &mut gradient);
        Ok(gradient.iter().map(|&g| g * F::of(1.0 / size as f64)).collect())
    };
    (0..size).map(of_rank).collect()
}

/// Returns the gradient of the library, as each of several processes has it.
fn in_pieces<F: Real>(images: &Dataset, at: &Array1<F>, size: usize) -> Result<Vec<Vec<F>>> {
    let outcomes = among(size, |ranks| {
        let mut risk = classifier::<F>(images, "linear", &ranks, false)?.risk(Softmax)?;
        let mut gradient = Array1::zeros(risk.dim());
        risk.value_grad(at, &mut gradient);
        Ok(gradient.to_vec())
    });
    outcomes.into_iter().collect()
}

/// What differs between two vectors.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Difference {
    /// The entries with other bits.
    entries: usize,
    /// The largest difference, over the largest entry.
    largest: f64,
}

fn difference<F: Real>(one: &[F], other: &[F]) -> Difference {
    let scale = one.iter().fold(0.0f64, |most, x| most.max(x.wide().abs()));
    let apart = one.iter().zip(other).map(|(a, b)| (a.wide() - b.wide()).abs());
    Difference {
        entries: one.iter().zip(other).filter(|(a, b)| a.wide().to_bits() != b.wide().to_bits()).count(),
        largest: apart.fold(0.0, f64::max) / scale,
    }
}

/// Returns the differences from one process, by way and by number of processes. The last way is the
/// library's.
fn differences<F: Real>(images: &Dataset, seed: u64) -> Result<Vec<Vec<Difference>>> {
    let (data, at) = (Preprocessing::default().prepare::<F>(images), point::<F>(seed));
    let straight = parts(&data, &at, 1)?.remove(0);
    let by_size = PROCESSES.map(|size| parts(&data, &at, size)).into_iter().collect::<Result<Vec<_>>>()?;
    let mut all: Vec<Vec<Difference>> = WAYS
        .iter()
        .map(|(_, way)| by_size.iter().map(|parts| difference(&straight, &added(*way, parts))).collect())
        .collect();
    let alone = in_pieces(images, &at, 1)?.remove(0);
    let mut of_pieces = Vec::new();
    for size in PROCESSES {
        let outcomes = in_pieces(images, &at, size)?;
        let of_ranks = outcomes.iter().map(|gradient| difference(&alone, gradient));
        of_pieces.extend(of_ranks.max_by_key(|difference| difference.entries));
    }
    all.push(of_pieces);
    Ok(all)
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let images = images(EXAMPLES, context.seed)?;
    let single = differences::<f32>(&images, context.seed)?;
    let double = differences::<f64>(&images, context.seed)?;
    findings.claims.extend(claims(&single, &double));
    findings.tables.push(table(&single, &double));
    Ok(())
}

fn claims(single: &[Vec<Difference>], double: &[Vec<Difference>]) -> [Claim; 2] {
    let entries = |ways: std::ops::Range<usize>| -> Vec<usize> {
        let both = [single, double];
        both.iter().flat_map(|of| of[ways.clone()].iter().flatten().map(|d| d.entries)).collect()
    };
    let (added, pieces) = (entries(0..2), entries(WAYS.len()..WAYS.len() + 1));
    [
        Claim::exact(
            "at-scale-all-reduce",
            NOTEBOOK,
            "A gradient that is added by recursive doubling or in a ring has other bits on 2, 4 and 8 \
             processes than on one (least number of entries)",
            GOLDBERG,
        )
        .reading(
            "it says that the addition of rounded numbers is not associative; we count the entries of a \
             gradient that this concerns, in two precisions",
        )
        .measured(added.into_iter().min().map_or(f64::NAN, |n| n as f64), Bound::AtLeast(1.0))
        .note(
            "Each process adds its examples from the first to the last. The parts are of equal size, a \
             power of two, so that nothing but the order of the additions differs.",
        ),
        Claim::exact(
            "at-scale-pieces",
            NOTEBOOK,
            "A gradient in sixteen pieces, which are added in their order, has the same bits on 1, 2, 4 and \
             8 processes (entries with other bits)",
            OURS,
        )
        .ours()
        .measured(
            pieces.into_iter().max().map_or(f64::NAN, |n| n as f64),
            Bound::Equals { value: 0.0, tolerance: 0.0 },
        )
        .note("On all of the processes, in two precisions."),
    ]
}

fn table(single: &[Vec<Difference>], double: &[Vec<Difference>]) -> Table {
    let names: Vec<&str> = WAYS.iter().map(|way| way.0).chain([PIECES]).collect();
    let rows: Vec<(usize, usize)> =
        (0..names.len()).flat_map(|way| (0..PROCESSES.len()).map(move |size| (way, size))).collect();
    let column = |of: &[Vec<Difference>], what: fn(&Difference) -> f64| -> Vec<f64> {
        rows.iter().map(|&(way, size)| what(&of[way][size])).collect()
    };
    let caption = "The gradient of a softmax classifier over 8,192 images, added by several processes: of \
                   its 650 entries, those with other bits than on one process, and the largest difference \
                   over the largest entry";
    // Another processor adds the rows of a block in another order, so that other entries differ.
    Table::new("order", caption)
        .text("added", rows.iter().map(|r| names[r.0]))
        .integer("processes", rows.iter().map(|r| PROCESSES[r.1] as i64))
        .float_within("f32_entries", column(single, |d| d.entries as f64), 0.5, 0.0)
        .float_within("f32_difference", column(single, |d| d.largest), 0.9, 0.0)
        .float_within("f64_entries", column(double, |d| d.entries as f64), 0.5, 0.0)
        .float_within("f64_difference", column(double, |d| d.largest), 0.9, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_add_in_their_orders() {
        // 2⁵³ + 1 rounds to 2⁵³.
        let huge = 9_007_199_254_740_992.0;
        let parts = [[huge, 1.0], [1.0, 1.0], [1.0, 1.0], [-huge, 1.0]].map(|part| part.to_vec());
        // (huge + 1) + (1 − huge).
        assert_eq!(added(Way::Doubling, &parts), [1.0, 4.0]);
        assert_eq!(added(Way::InOrder, &parts), [0.0, 4.0]);
        // The first entry starts at the second process, the second at the last one.
        assert_eq!(added(Way::Ring, &parts), [2.0, 4.0]);
        let turned: Vec<Vec<f64>> = parts.iter().map(|part| vec![part[1], part[0]]).collect();
        // ((−huge + huge) + 1) + 1.
        assert_eq!(added(Way::Ring, &turned), [4.0, 2.0]);
        assert_eq!(added(Way::InOrder, &turned), [4.0, 0.0]);
    }

    #[test]
    fn differences_count_bits() {
        let found = difference(&[1.0, -4.0, 0.0], &[1.0, -4.5, -0.0]);
        assert_eq!(found, Difference { entries: 2, largest: 0.125 });
    }
}
