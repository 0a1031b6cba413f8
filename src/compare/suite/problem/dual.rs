//! A lower bound of the risk of a linear multiclass SVM, by its dual.

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
    /// Returns a lower bound of the risk. It is the tighter, the closer the parameters are to the minimum of
    /// the hinge that is smoothed over a width of `mu`.
    ///
    /// Since max(0, m) ≥ am for every a from 0 to 1, the risk is at least the minimum over W and b of 1/N Σᵢ
    /// Σⱼ aᵢⱼ(sᵢⱼ − sᵢᵧ + 1) + λ‖W‖² for any aᵢⱼ. If the sum does not depend on b, this minimum is 1/N Σ aᵢⱼ
    /// − ‖G‖²/4λ, where G is the derivative of the first sum in W. The slopes of the smoothed hinge are such
    /// aᵢⱼ. Balanced in b, they give a bound that is attained at the slopes of the minimum.
    ///
    /// Source: Crammer & Singer, "On the algorithmic implementation of multiclass kernel-based vector
    /// machines", JMLR 2 (2001), for the sum of hinges instead of their maximum (Weston & Watkins 1999).
    pub fn lower_bound(&self, x: &Array1<f64>, mu: f64) -> f64 {
        let mut slopes = self.margins(x).mapv(|margin| (margin / mu).clamp(0.0, 1.0));
        self.balance(&mut slopes);
        let count = self.labels.len() as f64;
        let pull = self.errors(&slopes).t().dot(self.features) / count;
        let squared: f64 = pull.iter().map(|p| p * p).sum();
        // Without λ, the minimum over W is −∞ unless G is 0; the risk itself is at least 0.
        if self.l2 > 0.0 { slopes.sum() / count - squared / (4.0 * self.l2) } else { 0.0 }
    }

    /// Returns sⱼ − s_y + 1 for every other class, and 0 for the right one.
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

    /// Returns the derivative of Σⱼ aⱼ(sⱼ − s_y) in the scores, for each example.
    fn errors(&self, slopes: &Array2<f64>) -> Array2<f64> {
        let mut errors = slopes.clone();
        for (mut row, &label) in errors.axis_iter_mut(Axis(0)).zip(self.labels) {
            row[usize::from(label)] = -row.sum();
        }
        errors
    }

    /// Balances the slopes: lowers some of them until the derivative of the sum in b is 0. The changes are
    /// small, and 0 at the minimum of the smoothed hinge.
    fn balance(&self, slopes: &mut Array2<f64>) {
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
        svm.balance(&mut slopes);
        assert!(slopes.iter().all(|slope| (0.0..=1.0).contains(slope)));
        let left = svm.errors(&slopes).sum_axis(Axis(0));
        assert!(left.iter().all(|pull| pull.abs() < 1e-9), "{left}");
    }
}
