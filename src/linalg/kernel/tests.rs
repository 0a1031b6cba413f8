//! The kernels against their portable reference.

use super::planes::Planes;
use super::rows::Rows;
use super::traits::Kernel;
use super::{on_every_level, portable};
use crate::real::Real;
use crate::rng;

/// Both products against the portable reference, over shapes that hit every tile and every tail.
fn agree<F: Real>(tolerance: f64) {
    on_every_level(|| agree_on_this_level::<F>(tolerance));
}

fn agree_on_this_level<F: Real>(tolerance: f64) {
    let mut stream = rng::stream(1, "kernel test", 0);
    // Drawn once: each matrix is another part of it.
    let (drawn, mut start) = (rng::normal::<F>(&mut stream, 202_000, 1.0).to_vec(), 0);
    for classes in (1..=17).chain([32, 37, 64, 77]) {
        for features in [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 65, 256, 261, 1000] {
            for rows in [0, 1, 2, 3, 4, 5, 7, 129] {
                let mut draw = |len: usize| {
                    start = (start + 7919) % 1009;
                    drawn[start..][..len].to_vec()
                };
                let (data, weights, bias) =
                    (draw(200 * features + 2), draw(classes * features), draw(classes));
                let (errors, before) = (draw(rows * classes), draw(classes * features));
                let index: Vec<u32> = (0..rows as u32).map(|r| (r * 37) % 200).collect();
                // An odd start, so that the rows lie across cache lines, and a hint.
                let rows =
                    Rows::new(&data[classes % 3..], features, &index).before(&index[..index.len() / 2]);

                let mut scores = vec![F::zero(); index.len() * classes];
                let mut expected = scores.clone();
                F::scores(rows, &weights, &bias, &mut scores);
                portable::scores(rows, &weights, &bias, &mut expected);
                close(&scores, &expected, tolerance);

                let (mut grad, mut expected) = (before.clone(), before);
                F::accumulate(rows, &errors, &mut grad);
                portable::accumulate(rows, &errors, &mut expected);
                close(&grad, &expected, tolerance);
            }
        }
    }
}

#[test]
fn a_block_of_a_larger_matrix_is_accumulated_and_the_rest_left_alone() {
    let (data, errors) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, 10.0, 2.0, 20.0]);
    let mut whole = [0.5; 2 * 5];
    f64::accumulate_strided(Rows::all(&data, 3), &errors, &mut whole[1..], 5);
    assert_eq!(whole, [0.5, 9.5, 12.5, 15.5, 0.5, 0.5, 90.5, 120.5, 150.5, 0.5]);
}

#[test]
fn errors_are_propagated_by_the_matrix_product() {
    let mut stream = rng::stream(2, "kernel test", 0);
    for (rows, classes, features) in [(1, 1, 1), (3, 2, 5), (128, 10, 100), (7, 33, 19), (0, 3, 4)] {
        let mut draw = |len: usize| rng::normal::<f64>(&mut stream, len, 1.0).to_vec();
        let (errors, weights, mut propagated) =
            (draw(rows * classes), draw(classes * features), draw(rows * features));
        let mut expected = propagated.clone();
        for (i, e) in expected.iter_mut().enumerate() {
            *e += (0..classes)
                .map(|c| errors[i / features * classes + c] * weights[c * features + i % features])
                .sum::<f64>();
        }
        f64::propagate(
            &errors,
            Rows::all(&weights, features),
            &mut vec![0.0; rows * classes],
            &mut propagated,
        );
        close(&propagated, &expected, 1e-13);
    }
}

fn close<F: Real>(got: &[F], expected: &[F], tolerance: f64) {
    for (g, e) in got.iter().zip(expected) {
        assert!((g.wide() - e.wide()).abs() <= tolerance, "{g} instead of {e}");
    }
}

#[test]
fn simd_agrees_with_the_portable_kernel_in_f32() {
    agree::<f32>(2e-4);
}

#[test]
fn simd_agrees_with_the_portable_kernel_in_f64() {
    // Two orders of a sum of a thousand terms of size one differ by about √1000·ε times the largest
    // partial sum.
    agree::<f64>(1e-12);
}

#[test]
fn the_exponential_is_right_to_a_few_units_in_the_last_place() {
    let points: Vec<f64> = (-70_000..=8_000).map(|i| f64::from(i) * 0.01).collect();
    let mut wide = points.clone();
    f64::exp_all(&mut wide);
    for (x, e) in points.iter().zip(&wide) {
        assert!((e / x.exp() - 1.0).abs() <= 4.0 * f64::EPSILON, "exp({x}) = {e}");
    }
    let mut narrow: Vec<f32> = points.iter().map(|&x| (x / 8.05) as f32).collect();
    let points = narrow.clone();
    f32::exp_all(&mut narrow);
    for (x, e) in points.iter().zip(&narrow) {
        assert!(
            (f64::from(*e) / f64::from(*x).exp() - 1.0).abs() <= 4.0 * f64::from(f32::EPSILON),
            "exp({x}) = {e}"
        );
    }
}

#[test]
fn the_exponential_keeps_what_is_not_finite() {
    let mut values = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0];
    f32::exp_all(&mut values);
    assert!(
        values[0].is_nan() && values[1] == f32::INFINITY && values[2] < 1e-37 && values[3] == 1.0,
        "{values:?}"
    );
    let mut values = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0];
    f64::exp_all(&mut values);
    assert!(
        values[0].is_nan() && values[1] == f64::INFINITY && values[2] < 1e-307 && values[3] == 1.0,
        "{values:?}"
    );
}

/// Wide products go by copies of blocks, and have the bits of those that do not.
fn copies_change_nothing<F: Real + super::spare::Spare>() {
    use super::part::Strided;
    use super::{packing, simd};
    let mut stream = rng::stream(4, "kernel test", 0);
    let drawn = rng::normal::<F>(&mut stream, 200_000, 1.0).to_vec();
    for (rows, features, classes) in [(16, 64, 64), (129, 261, 125), (300, 100, 67), (131, 70, 200)] {
        assert!(packing::is_wide(rows, features, classes));
        let index: Vec<u32> = (0..rows as u32).map(|row| row * 7 % 150).collect();
        let x = Rows::new(&drawn[1..], features, &index);
        let templates = Rows::all(&drawn[3..3 + classes * features], features);
        let whole = |matrix: &mut [F], scores: &dyn Fn(Strided<F>)| {
            scores(Strided::new(matrix, rows, classes, classes));
        };
        let (mut plain, mut copied) = (vec![F::zero(); rows * classes], vec![F::one(); rows * classes]);
        whole(&mut plain, &|out| simd::scores(x, templates, out));
        whole(&mut copied, &|out| packing::scores(x, templates, out));
        assert!(plain == copied, "scores of {rows} rows, {features} features, {classes} classes");

        let errors = Rows::all(&drawn[9..9 + rows * classes], classes);
        let (mut plain, mut copied) = (drawn[5..5 + classes * (features + 2)].to_vec(), Vec::new());
        copied.clone_from(&plain);
        simd::accumulate(x, errors, Strided::new(&mut plain, classes, features, features + 2));
        packing::accumulate(x, errors, Strided::new(&mut copied, classes, features, features + 2));
        assert!(plain == copied, "gradient of {rows} rows, {features} features, {classes} classes");
    }
}

#[test]
fn wide_products_have_the_bits_of_others() {
    on_every_level(|| {
        copies_change_nothing::<f32>();
        copies_change_nothing::<f64>();
    });
}

/// The products of a convolution against their definitions, over shapes that hit every tile.
fn convolve<F: Real>(tolerance: f64) {
    let mut stream = rng::stream(3, "kernel test", 0);
    let drawn = rng::normal::<F>(&mut stream, 20_000, 1.0).to_vec();
    for (outputs, channels, positions) in [(1, 1, 16), (4, 2, 48), (8, 1, 64), (13, 3, 80), (21, 5, 112)] {
        for shifts in [&[0, 1, 2][..], &[0, 1, 2, 9, 10, 11, 18, 19, 20]] {
            let (len, taps) = (positions + 32, channels * shifts.len());
            let planes = Planes::new(&drawn[..channels * len], len, shifts);
            let (weights, bias) = (&drawn[7..7 + outputs * taps], &drawn[3..3 + outputs]);
            // The errors of two examples, in planes that are longer than there are positions.
            let (stride, first) = (positions + 5, 2);
            let at = [first];
            let between = [channels * len + 11, outputs * stride + 3];
            let error = |i: usize, m: usize, p: usize| drawn[100 + i * between[1] + m * stride + first + p];
            let input = |i: usize, k: usize, p: usize| {
                drawn[i * between[0] + k / shifts.len() * len + p + shifts[k % shifts.len()]]
            };
            let product =
                |m: usize, p: usize| -> F { (0..taps).map(|k| weights[m * taps + k] * input(0, k, p)).sum() };
            let of_error = |m: usize, k: usize| -> F {
                let of_example = |i| (0..positions).map(|p| error(i, m, p) * input(i, k, p)).sum::<F>();
                of_example(0) + of_example(1)
            };
            let places = |columns: usize| (0..outputs * columns).map(move |i| (i / columns, i % columns));

            let before = &drawn[500..500 + outputs * positions];
            let mut out = before.to_vec();
            F::correlate(planes, weights, None, &mut out);
            let expected: Vec<F> =
                places(positions).zip(before).map(|((m, p), &start)| start + product(m, p)).collect();
            close(&out, &expected, tolerance);
            F::correlate(planes, weights, Some(bias), &mut out);
            let expected: Vec<F> = places(positions).map(|(m, p)| bias[m] + product(m, p)).collect();
            close(&out, &expected, tolerance);

            let (mut sums, mut grad) =
                (vec![F::zero(); Planes::<F>::STEP * outputs * taps], vec![F::one(); outputs * taps]);
            let twice = F::of(2.0);
            let planes = Planes::of_examples(&drawn, (channels, len), shifts, (2, between[0]));
            let errors = Planes::of_examples(&drawn[100..], (outputs, stride), &at, (2, between[1]));
            F::correlate_errors(planes, errors, positions, &mut sums);
            F::correlate_errors(planes, errors, positions, &mut sums);
            F::add_sums(&sums, &mut grad);
            let expected: Vec<F> = places(taps).map(|(m, k)| F::one() + twice * of_error(m, k)).collect();
            close(&grad, &expected, tolerance);
        }
    }
}

#[test]
fn the_products_of_a_convolution_are_sums_over_shifted_planes() {
    on_every_level(|| {
        convolve::<f32>(1e-4);
        convolve::<f64>(1e-12);
    });
}
