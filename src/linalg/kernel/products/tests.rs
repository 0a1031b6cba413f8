//! Products in parts have the bits of whole ones, and so have wide products on any number of threads.

use super::*;
use crate::linalg::kernel::traits::Kernel;
use crate::linalg::{on_every_level, with_helper_thread};
use crate::rng;
use std::process::Command;

/// The operands of a product: rows of a matrix with an odd start, in another order, and what it starts from.
struct Operands<F> {
    shape: (usize, usize, usize),
    data: Vec<F>,
    index: Vec<u32>,
    weights: Vec<F>,
    bias: Vec<F>,
    errors: Vec<F>,
}

impl<F: Spare + Kernel> Operands<F> {
    fn draw(shape: (usize, usize, usize)) -> Self {
        let (rows, features, classes) = shape;
        let drawn = rng::normal::<F>(&mut rng::stream(3, "parts", 0), 4001, 1.0).to_vec();
        let draw = |first: usize, len: usize| drawn.iter().skip(first).cycle().copied().take(len).collect();
        let index = (0..rows as u32).map(|r| r * 7 % rows as u32).collect();
        Operands {
            shape,
            data: draw(17, rows * features + 1),
            index,
            weights: draw(101, classes * features),
            bias: draw(5, classes),
            errors: draw(1009, rows * classes),
        }
    }

    fn rows(&self) -> Rows<'_, F> {
        Rows::new(&self.data[1..], self.shape.1, &self.index).before(&self.index[..self.shape.0 / 2])
    }

    fn templates(&self) -> Rows<'_, F> {
        Rows::all(&self.weights, self.shape.1)
    }

    /// Returns the scores, and the sum of the weights and the gradient.
    fn products(&self) -> [Vec<F>; 2] {
        let (mut scores, mut grad) = (vec![F::zero(); self.errors.len()], self.weights.clone());
        F::scores(self.rows(), &self.weights, &self.bias, &mut scores);
        F::accumulate(self.rows(), &self.errors, &mut grad);
        [scores, grad]
    }

    /// Returns the same, computed in so many parts one after another.
    fn products_in_parts(&self, parts: usize) -> [Vec<F>; 2] {
        let (rows, features, classes) = self.shape;
        let (mut scores, mut grad) = (vec![F::zero(); self.errors.len()], self.weights.clone());
        if classes < MANY && features >= LONG {
            let mut right = vec![F::zero(); scores.len()];
            let (scores, right) = (&mut scores[..], &mut right[..]);
            in_parts(parts, SumOfHalves { rows: self.rows(), weights: self.templates(), scores, right });
        } else {
            let scores = whole(&mut scores, rows, classes);
            in_parts(parts, Scores { rows: self.rows(), weights: self.templates(), scores });
        }
        scores.chunks_mut(classes).for_each(|row| row.iter_mut().zip(&self.bias).for_each(|(s, &b)| *s += b));
        let errors = Rows::all(&self.errors, classes);
        in_parts(parts, Accumulate { rows: self.rows(), errors, grad: whole(&mut grad, classes, features) });
        [scores, grad]
    }
}

fn in_parts(parts: usize, work: impl Divisible) {
    match if parts < 2 { Err(work) } else { work.cut(parts) } {
        Ok((first, others)) => {
            first.on_this_thread();
            in_parts(parts - 1, others);
        }
        Err(work) => work.on_this_thread(),
    }
}

fn parts_have_the_bits_of_the_whole<F: Spare + Kernel>() {
    // Rows, features and classes: few classes with long and with short rows, many classes, odd numbers, and
    // products with few rows.
    for shape in [
        (129, 811, 10),
        (63, 300, 31),
        (201, 47, 13),
        (37, 61, 131),
        (130, 35, 33),
        (3, 900, 5),
        (5, 33, 257),
    ] {
        let operands = Operands::<F>::draw(shape);
        let expected = operands.products();
        for parts in [1, 2, 3, 5, 8, 40] {
            assert!(operands.products_in_parts(parts) == expected, "{shape:?} in {parts} parts");
        }
    }
}

#[test]
fn no_cut_changes_a_bit() {
    on_every_level(parts_have_the_bits_of_the_whole::<f32>);
    on_every_level(parts_have_the_bits_of_the_whole::<f64>);
}

/// More than ten million multiplications each.
const WIDE: [(usize, usize, usize); 6] =
    [(129, 8111, 10), (1301, 261, 31), (3001, 255, 14), (130, 785, 101), (37, 601, 467), (5, 70_001, 31)];

/// Compares wide products on all threads with those of this thread alone.
fn threads_change_no_bit<F: Spare + Kernel>() {
    for shape in WIDE {
        let operands = Operands::<F>::draw(shape);
        let expected = operands.products();
        let shared = with_helper_thread(|| [(); 3].map(|()| operands.products()));
        assert!(shared.iter().all(|products| *products == expected), "{shape:?}");
    }
}

/// The number of threads belongs to a process, so each number has a process of its own.
#[cfg_attr(miri, ignore = "Miri starts no processes")]
#[test]
fn wide_products_have_the_same_bits_on_1_2_3_and_8_threads() {
    const ALONE: &str = "GRADUS_TEST_BITS";
    if let Ok(threads) = std::env::var(ALONE) {
        assert_eq!(rayon::current_num_threads().to_string(), threads);
        threads_change_no_bit::<f32>();
        threads_change_no_bit::<f64>();
        return;
    }
    let name = "linalg::kernel::products::tests::wide_products_have_the_same_bits_on_1_2_3_and_8_threads";
    for threads in ["1", "2", "3", "8"] {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", name]).env(ALONE, threads).env("RAYON_NUM_THREADS", threads);
        let output = child.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{threads} threads: {said}");
    }
}
