use super::tests::{Net, difference, factors, net, regularized_net};
use super::*;
use crate::linalg::invert_in_place;
use crate::loss::Softmax;
use crate::model::{Activation, Mlp};
use crate::objective::{CrossFactors, FiniteSum};
use crate::risk::{EmpiricalRisk, Regularizer};
use crate::rng::Stream;
use ndarray::linalg::kron;
use ndarray::{Array2, array, s};

fn cross(risk: &mut Net, x: &Array1<f64>, batch: &[u32], stream: Option<&mut Stream>) -> Both {
    let blocks = risk.kronecker_blocks();
    let mut factors: Vec<_> = blocks.iter().map(KroneckerFactors::zeros).collect();
    let mut cross = CrossFactors::zeros(&blocks);
    risk.write_factors_and_cross(x, batch, stream, &mut factors, &mut cross);
    (factors, cross)
}

type Both = (Vec<KroneckerFactors>, Vec<CrossFactors>);

fn all(risk: &Net) -> Vec<u32> {
    (0..risk.terms() as u32).collect()
}

fn inverse(matrix: &Array2<f64>) -> Array2<f64> {
    let mut inverse = matrix.clone();
    assert!(invert_in_place(&mut inverse));
    inverse
}

/// K-FAC in its tridiagonal form after the first factors at `x`.
fn started(risk: &mut Net, x: &Array1<f64>, damping: f64) -> (Kfac, Iterate<f64>) {
    let mut iterate = Iterate::new(x);
    let mut kfac = Kfac::new().damping(damping).unwrap().blocks(KfacBlocks::Tridiagonal);
    kfac.start(risk, &mut iterate);
    assert!(kfac.update_factors(risk, &iterate));
    (kfac, iterate)
}

/// The parameters in the order of the paper: the columns of (W, b) of each layer, one layer after another.
fn by_columns(blocks: &[KroneckerBlock]) -> Vec<usize> {
    let of_layer = |block: &KroneckerBlock| {
        let (weights, bias, inputs, outputs) =
            (block.weights.start, block.bias.start, block.inputs, block.outputs);
        let of_column = move |i: usize| {
            (0..outputs).map(move |o| if i == inputs { bias + o } else { weights + o * inputs + i })
        };
        (0..=inputs).flat_map(of_column).collect::<Vec<_>>()
    };
    blocks.iter().flat_map(of_layer).collect()
}

/// The matrix that the proposal applies to −∇f, in the order of the paper.
fn applied(kfac: &mut Kfac, order: &[usize]) -> Array2<f64> {
    let n = order.len();
    let mut matrix = Array2::zeros((n, n));
    for (column, &at) in order.iter().enumerate() {
        let mut iterate = Iterate::new(&Array1::zeros(n));
        iterate.grad = Array1::zeros(n);
        iterate.grad[at] = -1.0;
        kfac.propose(&iterate);
        for (row, &at) in order.iter().enumerate() {
            matrix[[row, column]] = kfac.run.proposal[at];
        }
    }
    matrix
}

/// The blocks of F̃ on the diagonal, damped with γ by section 6.3, and those beside them.
fn kronecker_products((factors, cross): &Both, gamma: f64) -> [Vec<Array2<f64>>; 2] {
    let damped = |of: &KroneckerFactors| {
        let (a, g) = (&of.a, &of.g);
        let pi = ((a.diag().sum() / a.nrows() as f64) / (g.diag().sum() / g.nrows() as f64)).sqrt();
        let eye = |n: usize, value: f64| Array2::from_diag_elem(n, value);
        kron(&(a + &eye(a.nrows(), pi * gamma.sqrt())), &(g + &eye(g.nrows(), gamma.sqrt() / pi)))
    };
    [factors.iter().map(damped).collect(), cross.iter().map(|of| kron(&of.a, &of.g)).collect()]
}

/// ΞᵀΛΞ of section 4.3 with dense matrices.
fn by_definition(diagonal: &[Array2<f64>], beside: &[Array2<f64>]) -> Array2<f64> {
    let starts: Vec<usize> = diagonal
        .iter()
        .scan(0, |end, block| {
            *end += block.nrows();
            Some(*end - block.nrows())
        })
        .collect();
    let n = diagonal.iter().map(Array2::nrows).sum();
    let (mut xi, mut lambda) = (Array2::<f64>::eye(n), Array2::<f64>::zeros((n, n)));
    for (i, block) in diagonal.iter().enumerate() {
        let rows = starts[i]..starts[i] + block.nrows();
        let mut sigma = block.clone();
        if let Some(cross) = beside.get(i) {
            let psi = cross.dot(&inverse(&diagonal[i + 1]));
            sigma -= &psi.dot(&diagonal[i + 1]).dot(&psi.t());
            xi.slice_mut(s![rows.clone(), starts[i + 1]..starts[i + 1] + psi.ncols()]).assign(&(-psi));
        }
        lambda.slice_mut(s![rows.clone(), rows]).assign(&inverse(&sigma));
    }
    xi.t().dot(&lambda).dot(&xi)
}

/// The products with F̂⁻¹ are those of its definition, and F̂ has the blocks that define it: those of the
/// Kronecker-factored matrix on the diagonal and beside it, with an inverse that has no others.
#[test]
fn the_inverse_is_that_of_the_definition() {
    let (mut risk, x) = net(&[4, 3], 150);
    let (mut kfac, _) = started(&mut risk, &x, 0.02);
    let blocks = risk.kronecker_blocks();
    let found = applied(&mut kfac, &by_columns(&blocks));
    let rows = all(&risk);
    let [diagonal, beside] = kronecker_products(&cross(&mut risk, &x, &rows, None), 0.02);
    let expected = by_definition(&diagonal, &beside);
    let size = expected.iter().fold(0.0f64, |most, v| most.max(v.abs()));
    assert!(difference(&found, &expected) < 1e-12 * size, "{}", difference(&found, &expected));
    let fisher = inverse(&found);
    let ends: Vec<usize> = diagonal
        .iter()
        .scan(0, |end, block| {
            *end += block.nrows();
            Some(*end)
        })
        .collect();
    let range = |i: usize| ends[i] - diagonal[i].nrows()..ends[i];
    for (i, block) in diagonal.iter().enumerate() {
        assert!(difference(&fisher.slice(s![range(i), range(i)]).to_owned(), block) < 1e-12, "block {i}");
    }
    for (i, block) in beside.iter().enumerate() {
        let found = fisher.slice(s![range(i), range(i + 1)]).to_owned();
        assert!(difference(&found, block) < 1e-12, "block {i} and the next");
        // The blocks would not be found if they were nearly zero.
        assert!(block.iter().any(|v| v.abs() > 1e-3));
    }
    assert!(found.slice(s![range(0), range(2)]).iter().all(|&v| v == 0.0));
    assert!(fisher.slice(s![range(0), range(2)]).iter().any(|&v| v.abs() > 1e-6));
}

#[test]
fn with_cross_factors_of_zero_it_is_the_diagonal_form() {
    let (mut risk, x) = net(&[5, 4], 150);
    let (mut kfac, iterate) = started(&mut risk, &x, 0.1);
    kfac.propose(&iterate);
    let correlated = kfac.run.proposal.clone();
    let (mut layers, mut form) = (kfac.run.layers.clone(), kfac.run.tridiagonal.take().unwrap());
    kfac.propose(&iterate);
    let diagonal = kfac.run.proposal.clone();
    for of_pair in form.fresh() {
        of_pair.a.fill(0.0);
        of_pair.g.fill(0.0);
    }
    form.average(0.0);
    assert!(form.invert(&layers, 0.1));
    let mut proposal = Array1::zeros(x.len());
    form.precondition(&mut layers, &iterate.grad, &mut proposal);
    let apart = |a: &Array1<f64>| (a - &diagonal).iter().fold(0.0f64, |most, d| most.max(d.abs()));
    assert!(apart(&proposal) < 1e-13, "{}", apart(&proposal));
    assert!(apart(&correlated) > 1e-3);
}

#[test]
fn of_one_layer_both_forms_are_the_same() {
    let run = |blocks: KfacBlocks| {
        let (mut risk, x) = regularized_net(&[], 120, 0.01);
        let (mut kfac, mut iterate) = (Kfac::new().blocks(blocks), Iterate::new(&x));
        kfac.start(&mut risk, &mut iterate);
        let before = iterate.value;
        for k in 0..25 {
            iterate.k = k;
            assert!(kfac.iterate(&mut risk, &mut iterate).is_continue());
        }
        assert!(iterate.value < before, "{} from {before}", iterate.value);
        (iterate.x, iterate.value)
    };
    let (diagonal, tridiagonal) = (run(KfacBlocks::Diagonal), run(KfacBlocks::Tridiagonal));
    assert_eq!(diagonal, tridiagonal);
}

/// The hidden layer of one unit of the diagonal factors, by hand. The derivatives at the outputs are t(1, −1)
/// with E[t²] = p(1 − p), and tu at the hidden unit, u = (v₁ − v₂)(1 − a²).
#[test]
fn cross_factors_computed_by_hand() {
    let model = Mlp::new(1, &[1], 2).unwrap().activation(Activation::Tanh);
    let mut risk =
        EmpiricalRisk::new(model, Softmax, array![[2.0]], vec![0], Regularizer::default()).unwrap();
    let (w, b, v, c) = (0.5, -0.3, [1.0, -0.5], [0.1, 0.2]);
    let (_, found) = cross(&mut risk, &array![w, b, v[0], v[1], c[0], c[1]], &[0], None);
    let a: f64 = (w * 2.0 + b).tanh();
    let p = 1.0 / (1.0 + f64::exp(v[1] * a + c[1] - v[0] * a - c[0]));
    let product = p * (1.0 - p) * (v[0] - v[1]) * (1.0 - a * a);
    assert!(difference(&found[0].a, &array![[2.0 * a, 2.0], [a, 1.0]]) < 1e-15);
    assert!(difference(&found[0].g, &array![[product, -product]]) < 1e-15);
}

/// Those of single examples are outer products, and those of a batch their mean.
#[test]
fn cross_factors_are_means_of_outer_products() {
    let (mut risk, x) = net(&[4, 3], 150);
    let rows = all(&risk);
    let (whole, together) = cross(&mut risk, &x, &rows, None);
    let mut mean = CrossFactors::zeros(&risk.kronecker_blocks());
    for row in rows {
        let (of_layers, single) = cross(&mut risk, &x, &[row], None);
        for (i, (of_pair, mean)) in single.iter().zip(&mut mean).enumerate() {
            // The last column of A is ā.
            let input = |layer: usize| of_layers[layer].a.slice(s![.., -1..]).to_owned();
            assert!(difference(&of_pair.a, &input(i).dot(&input(i + 1).t())) < 1e-14);
            mean.a.scaled_add(1.0 / 150.0, &of_pair.a);
            mean.g.scaled_add(1.0 / 150.0, &of_pair.g);
        }
    }
    for (mean, together) in mean.iter().zip(&together) {
        assert!(difference(&mean.a, &together.a) < 1e-13 && difference(&mean.g, &together.g) < 1e-13);
    }
    assert_eq!(whole, factors(&mut risk, &x, None), "the others do not depend on them");
}

#[test]
fn the_labels_are_drawn_once_and_give_the_exact_cross_factors_in_the_mean() {
    let (mut risk, x) = net(&[3], 150);
    let rows = all(&risk);
    let exact = cross(&mut risk, &x, &rows, None).1.remove(0);
    let (mut stream, mut again) = (rng::stream(3, "labels", 0), rng::stream(3, "labels", 0));
    let mut mean = Array2::zeros(exact.g.dim());
    for _ in 0..400 {
        let (of_layers, drawn) = cross(&mut risk, &x, &rows, Some(&mut stream));
        assert_eq!(of_layers, factors(&mut risk, &x, Some(&mut again)));
        assert_eq!(drawn[0].a, exact.a);
        mean.scaled_add(1.0 / 400.0, &drawn[0].g);
    }
    assert!(difference(&mean, &exact.g) < 0.015, "{mean} against {}", exact.g);
}

/// Cross factors that are too large for the others, as those of no mean are, leave a Σ that is not positive
/// definite. The run ends as it does where a factor of a layer has no inverse.
#[test]
fn what_is_not_positive_definite_ends_the_run() {
    let ended = |blocks: KfacBlocks, spoil: fn(&mut Kfac, &mut Iterate<f64>)| {
        let (mut risk, x) = net(&[5], 150);
        let (mut kfac, mut iterate) = (Kfac::new().blocks(blocks), Iterate::new(&x));
        kfac.start(&mut risk, &mut iterate);
        assert!(kfac.iterate(&mut risk, &mut iterate).is_continue());
        iterate.k = 1;
        spoil(&mut kfac, &mut iterate);
        kfac.iterate(&mut risk, &mut iterate).break_value()
    };
    let enlarge = |kfac: &mut Kfac, _: &mut Iterate<f64>| {
        if let Some(form) = &mut kfac.run.tridiagonal {
            form.fresh().iter_mut().for_each(|of_pair| of_pair.g.fill(1e3));
            form.average(0.0);
        }
    };
    let not_a_number = |_: &mut Kfac, iterate: &mut Iterate<f64>| iterate.x.fill(f64::NAN);
    for blocks in [KfacBlocks::Diagonal, KfacBlocks::Tridiagonal] {
        assert!(matches!(
            ended(blocks, not_a_number),
            Some(Termination::NotFinite { iteration: 1, value }) if value.is_nan()
        ));
        assert_eq!(ended(blocks, |_, _| {}), None);
    }
    assert_eq!(ended(KfacBlocks::Diagonal, enlarge), None);
    assert!(matches!(
        ended(KfacBlocks::Tridiagonal, enlarge),
        Some(Termination::NotFinite { iteration: 1, value }) if value.is_nan()
    ));
}

/// Layers of 3 → 4 → 3 → 4 units, so widths w = 4, 5, 4 and outputs o = 4, 3, 4.
#[test]
fn the_memory_is_that_of_the_table() {
    let blocks = net(&[4, 3], 4).0.kronecker_blocks();
    let of_layers = 3 * (16 + 16) + 32 + 3 * (25 + 9) + 30 + 3 * (16 + 16) + 32;
    let of_pairs = 2 * (16 + 16) + 3 * (20 + 12) + 20 + 2 * (25 + 9) + 3 * (20 + 12) + 20;
    let scratch = 16;
    assert_eq!(KfacBlocks::Diagonal.bytes(&blocks), 8 * of_layers);
    assert_eq!(KfacBlocks::Tridiagonal.bytes(&blocks), 8 * (of_layers + of_pairs + scratch));
}
