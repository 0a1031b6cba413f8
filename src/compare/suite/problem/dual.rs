//! A lower bound of a linear multiclass SVM's risk, by its dual.

use ndarray::{Array1, Array2, ArrayView2, Axis, s};

/// A linear multiclass SVM over data: the mean over examples of Σ_{j≠y} max(0, sⱼ − s_y + 1) with s = Wx + b,
/// and λ‖W‖².
pub(super) struct LinearSvm<'a> {
    pub features: &'a Array2<f64>,
    pub labels: &'a [u8],
    pub classes: usize,
    pub l2: f64,
}

impl LinearSvm<'_> {
    /// A value below which no risk lies, the better the closer the parameters are to the minimum of the hinge
    /// with its kink rounded off over a width of `mu`.
    ///
    /// Since max(0, m) ≥ am for every a from 0 to 1, the risk is at least min over W, b of 1/N Σᵢ Σⱼ aᵢⱼ(sᵢⱼ
    /// − sᵢᵧ + 1) + λ‖W‖², whatever the aᵢⱼ. If b has no part in it, that is 1/N Σ aᵢⱼ − ‖G‖²/4λ with G the
    /// derivative of the first sum in W. The rounded hinge's slopes are such aᵢⱼ, and made even in b they
    /// give a bound that is attained where they are those of the minimum.
    ///
    /// Source: Crammer & Singer, "On the algorithmic implementation of multiclass kernel-based vector
    /// machines", JMLR 2 (2001), for the sum of hinges instead of their maximum (Weston & Watkins 1999).
    pub fn lower_bound(&self, x: &Array1<f64>, mu: f64) -> f64 {
        let mut slopes = self.margins(x).mapv(|margin| (margin / mu).clamp(0.0, 1.0));
        self.even(&mut slopes);
        let count = self.labels.len() as f64;
        let pull = self.errors(&slopes).t().dot(self.features) / count;
        let squared: f64 = pull.iter().map(|p| p * p).sum();
        // Without λ only W's that have no part in the sum would do.
        if self.l2 > 0.0 { slopes.sum() / count - squared / (4.0 * self.l2) } else { 0.0 }
    }

    /// sⱼ − s_y + 1 for every other class, 0 for the right one.
    fn margins(&self, x: &Array1<f64>) -> Array2<f64> {
        let columns = self.features.ncols();
        let (weights, biases) =
            (x.slice(s![..self.classes * columns]), x.slice(s![self.classes * columns..]));
        let weights = ArrayView2::from_shape((self.classes, columns), weights.to_slice().expect("one row"))
            .expect("a row a class");
        let mut margins = self.features.dot(&weights.t()) + biases;
        for (mut row, &label) in margins.axis_iter_mut(Axis(0)).zip(self.labels) {
            let right = row[usize::from(label)] - 1.0;
            row -= right;
            row[usize::from(label)] = 0.0;
        }
        margins
    }

    /// The derivative of Σⱼ aⱼ(sⱼ − s_y) in the scores, example by example.
    fn errors(&self, slopes: &Array2<f64>) -> Array2<f64> {
        let mut errors = slopes.clone();
        for (mut row, &label) in errors.axis_iter_mut(Axis(0)).zip(self.labels) {
            row[usize::from(label)] = -row.sum();
        }
        errors
    }

    /// Lowers some slopes until every class is pulled up as much as it is pulled down, so that b has no part
    /// in the sum. It is little that is taken: at the minimum of the rounded hinge nothing.
    fn even(&self, slopes: &mut Array2<f64>) {
        let mut surplus = self.errors(slopes).sum_axis(Axis(0));
        for (mut row, &label) in slopes.axis_iter_mut(Axis(0)).zip(self.labels) {
            let label = usize::from(label);
            for class in 0..self.classes {
                let taken = row[class].min(surplus[class]).min(-surplus[label]);
                if taken > 0.0 {
                    row[class] -= taken;
                    surplus[class] -= taken;
                    surplus[label] += taken;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::MulticlassSvm;
    use crate::model::Linear;
    use crate::objective::Objective;
    use crate::risk::{EmpiricalRisk, Regularizer};
    use crate::rng;

    fn clouds() -> (Array2<f64>, Vec<u8>) {
        let mut stream = rng::stream(3, "clouds", 0);
        let labels: Vec<u8> = (0..120).map(|i| (i % 3) as u8).collect();
        let noise: Array1<f64> = rng::normal(&mut stream, 240, 0.8);
        let features = Array2::from_shape_fn((120, 2), |(i, j)| {
            noise[2 * i + j] + f64::from(u8::from(usize::from(labels[i]) == j))
        });
        (features, labels)
    }

    #[test]
    fn it_is_below_every_risk_wherever_it_is_taken() {
        let (features, labels) = clouds();
        let svm = LinearSvm { features: &features, labels: &labels, classes: 3, l2: 0.01 };
        let mut risk = EmpiricalRisk::new(
            Linear::new(2, 3),
            MulticlassSvm,
            features.clone(),
            labels.clone(),
            Regularizer::l2(0.01),
        )
        .unwrap();
        let points: Vec<Array1<f64>> =
            (0..40).map(|r| rng::normal(&mut rng::stream(4, "points", r), 9, 1.0)).collect();
        let lowest = points.iter().map(|x| risk.value(x)).fold(f64::INFINITY, f64::min);
        for (x, mu) in points.iter().zip([1.0, 0.1, 0.01].into_iter().cycle()) {
            let bound = svm.lower_bound(x, mu);
            assert!(bound <= lowest, "{bound} above {lowest}");
        }
    }

    #[test]
    fn evened_slopes_stay_slopes_and_pull_no_bias() {
        let (features, labels) = clouds();
        let svm = LinearSvm { features: &features, labels: &labels, classes: 3, l2: 0.01 };
        let x = rng::normal(&mut rng::stream(5, "points", 0), 9, 0.3);
        let mut slopes = svm.margins(&x).mapv(|margin| (margin / 0.1).clamp(0.0, 1.0));
        svm.even(&mut slopes);
        assert!(slopes.iter().all(|slope| (0.0..=1.0).contains(slope)));
        let left = svm.errors(&slopes).sum_axis(Axis(0));
        assert!(left.iter().all(|pull| pull.abs() < 1e-9), "{left}");
    }
}
