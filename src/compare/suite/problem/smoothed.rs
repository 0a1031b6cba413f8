//! A smoothed hinge of the multiclass SVM. Optimizers that need smoothness can minimize it, and its minimum
//! is close to that of the hinge.

use crate::loss::Loss;
use crate::real::Real;

/// The loss Σ_{j≠y} h(sⱼ − s_y + 1) with h(m) = 0 for m ≤ 0, m²/2μ for 0 < m < μ, and m − μ/2 for m ≥ μ.
/// Since 0 ≤ max(0, m) − h(m) ≤ μ/2, its minimum is a lower bound of that of the SVM.
#[derive(Debug, Clone, Copy)]
pub(super) struct SmoothedSvm {
    pub mu: f64,
}

impl SmoothedSvm {
    /// Returns h and its derivative.
    fn hinge(self, margin: f64) -> (f64, f64) {
        match margin {
            m if m <= 0.0 => (0.0, 0.0),
            m if m < self.mu => (m * m / (2.0 * self.mu), m / self.mu),
            m => (m - self.mu / 2.0, 1.0),
        }
    }
}

fn rows<'a, F>(scores: &'a mut [F], labels: &'a [u8]) -> impl Iterator<Item = (&'a mut [F], usize)> {
    let classes = scores.len() / labels.len().max(1);
    scores.chunks_exact_mut(classes.max(1)).zip(labels).map(|(row, &label)| (row, usize::from(label)))
}

impl<F: Real> Loss<F> for SmoothedSvm {
    fn name(&self) -> &'static str {
        "smoothed-svm"
    }

    fn value(&self, scores: &mut [F], labels: &[u8]) -> F {
        let one = |(row, label): (&mut [F], usize)| -> f64 {
            let threshold = row[label].wide() - 1.0;
            let others = row.iter().enumerate().filter(|(j, _)| *j != label);
            others.map(|(_, s)| self.hinge(s.wide() - threshold).0).sum()
        };
        F::of(rows(scores, labels).map(one).sum())
    }

    fn value_errors(&self, scores: &mut [F], labels: &[u8]) -> F {
        let mut sum = 0.0;
        for (row, label) in rows(scores, labels) {
            let threshold = row[label].wide() - 1.0;
            let mut pulled = 0.0;
            for (j, score) in row.iter_mut().enumerate() {
                let (value, slope) =
                    if j == label { (0.0, 0.0) } else { self.hinge(score.wide() - threshold) };
                sum += value;
                pulled += slope;
                *score = F::of(slope);
            }
            row[label] = F::of(-pulled);
        }
        F::of(sum)
    }

    fn hess_vec(&self, scores: &mut [F], labels: &[u8], tangent: &mut [F]) {
        for ((row, label), (tangent, _)) in rows(scores, labels).zip(rows(tangent, labels)) {
            let threshold = row[label].wide() - 1.0;
            let own = tangent[label].wide();
            let mut pulled = 0.0;
            for j in (0..row.len()).filter(|&j| j != label) {
                let margin = row[j].wide() - threshold;
                let bends = margin > 0.0 && margin < self.mu;
                let product = if bends { (tangent[j].wide() - own) / self.mu } else { 0.0 };
                tangent[j] = F::of(product);
                pulled += product;
            }
            tangent[label] = F::of(-pulled);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::MulticlassSvm;

    #[test]
    fn it_lies_below_the_hinge_by_at_most_half_its_width_a_margin() {
        let (scores, label) = ([0.3, 1.2, 0.25, -4.0], [1u8]);
        let hinge: f64 = MulticlassSvm.value(&mut scores.clone(), &label);
        for mu in [1e-3, 0.06, 0.2] {
            let smoothed: f64 = SmoothedSvm { mu }.value(&mut scores.clone(), &label);
            assert!(
                smoothed <= hinge && hinge - smoothed <= 3.0 * mu / 2.0,
                "{mu}: {smoothed} against {hinge}"
            );
        }
    }

    #[test]
    fn its_derivatives_are_those_of_its_value() {
        let (scores, label, loss) = ([0.32, 1.2, 0.25, -4.0], [1u8], SmoothedSvm { mu: 0.2 });
        let mut errors = scores;
        let _: f64 = loss.value_errors(&mut errors, &label);
        for j in 0..4 {
            let at = |h: f64| -> f64 {
                let mut moved = scores;
                moved[j] += h;
                loss.value(&mut moved, &label)
            };
            assert!(((at(1e-5) - at(-1e-5)) / 2e-5 - errors[j]).abs() < 1e-8);
            let slope = |h: f64| {
                let mut moved = scores;
                moved[j] += h;
                let _: f64 = loss.value_errors(&mut moved, &label);
                moved
            };
            let (up, down, mut product) = (slope(1e-5), slope(-1e-5), [0.0; 4]);
            product[j] = 1.0;
            loss.hess_vec(&mut scores.clone(), &label, &mut product);
            (0..4).for_each(|i| assert!(((up[i] - down[i]) / 2e-5 - product[i]).abs() < 1e-6, "{i} {j}"));
        }
    }
}
