//! The kernels of `f32` and `f64`.

use super::exponential::{exp_f32, exp_f64};
use super::level::vectorized;
use super::planes::{self, Planes};
use super::products;
use super::rows::Rows;
use super::traits::Kernel;

impl Kernel for f32 {
    fn scores(rows: Rows<f32>, weights: &[f32], bias: &[f32], scores: &mut [f32]) {
        products::scores(rows, weights, bias, scores);
    }

    fn accumulate_strided(rows: Rows<f32>, errors: &[f32], grad: &mut [f32], stride: usize) {
        products::accumulate(rows, errors, grad, stride);
    }

    fn correlate(planes: Planes<f32>, weights: &[f32], bias: Option<&[f32]>, out: &mut [f32]) {
        planes::correlate(planes, weights, bias, out);
    }

    fn correlate_errors(planes: Planes<f32>, errors: Planes<f32>, positions: usize, sums: &mut [f32]) {
        planes::correlate_errors(planes, errors, positions, sums);
    }

    fn add_sums(sums: &[f32], grad: &mut [f32]) {
        planes::add_sums(sums, grad);
    }

    fn exp_all(values: &mut [f32]) {
        vectorized(|| values.iter_mut().for_each(|v| *v = exp_f32(*v)));
    }
}

impl Kernel for f64 {
    fn scores(rows: Rows<f64>, weights: &[f64], bias: &[f64], scores: &mut [f64]) {
        products::scores(rows, weights, bias, scores);
    }

    fn accumulate_strided(rows: Rows<f64>, errors: &[f64], grad: &mut [f64], stride: usize) {
        products::accumulate(rows, errors, grad, stride);
    }

    fn correlate(planes: Planes<f64>, weights: &[f64], bias: Option<&[f64]>, out: &mut [f64]) {
        planes::correlate(planes, weights, bias, out);
    }

    fn correlate_errors(planes: Planes<f64>, errors: Planes<f64>, positions: usize, sums: &mut [f64]) {
        planes::correlate_errors(planes, errors, positions, sums);
    }

    fn add_sums(sums: &[f64], grad: &mut [f64]) {
        planes::add_sums(sums, grad);
    }

    fn exp_all(values: &mut [f64]) {
        vectorized(|| values.iter_mut().for_each(|v| *v = exp_f64(*v)));
    }
}
