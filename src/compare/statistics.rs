//! Means and shares with intervals, quantiles, and slopes.

use statrs::distribution::{Beta, ContinuousCDF, StudentsT};

/// An estimate with its 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The lower and upper ends of the interval.
    pub interval: (f64, f64),
}

/// Returns the 97.5 % quantile of Student's t distribution; infinite for 0 degrees of freedom.
fn student(degrees: usize) -> f64 {
    StudentsT::new(0.0, 1.0, degrees as f64).map_or(f64::INFINITY, |t| t.inverse_cdf(0.975))
}

/// Returns the mean with Student's 95 % interval.
///
/// ```
/// use gradus::compare::statistics::mean;
/// let estimate = mean(&[1.0, 2.0, 3.0]);
/// assert_eq!(estimate.value, 2.0);
/// assert!((estimate.interval.1 - 2.0 - 4.302_652_729_749_46 / 3f64.sqrt()).abs() < 1e-9);
/// ```
pub fn mean(values: &[f64]) -> Estimate {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let half = student(values.len().saturating_sub(1)) * (variance / n).sqrt();
    Estimate { value: mean, interval: (mean - half, mean + half) }
}

/// Returns the share `hits`/`of` with the exact 95 % interval of a binomial proportion, which holds for small
/// counts and for 0 or all hits too.
///
/// Source: Clopper & Pearson, "The use of confidence or fiducial limits illustrated in the case of the
/// binomial", Biometrika 26 (1934).
///
/// ```
/// use gradus::compare::statistics::share;
/// let none = share(0, 10);
/// assert_eq!((none.value, none.interval.0), (0.0, 0.0));
/// assert!((none.interval.1 - (1.0 - 0.025f64.powf(0.1))).abs() < 1e-9);
/// ```
pub fn share(hits: usize, of: usize) -> Estimate {
    if of == 0 {
        return Estimate { value: f64::NAN, interval: (f64::NAN, f64::NAN) };
    }
    // The probability of at least k of n hits is the distribution function of Beta(k, n − k + 1).
    let quantile = |hits: usize, misses: usize, p| {
        let beta = Beta::new(hits as f64, misses as f64).expect("both counts are at least 1");
        beta.inverse_cdf(p)
    };
    let low = if hits == 0 { 0.0 } else { quantile(hits, of - hits + 1, 0.025) };
    let high = if hits == of { 1.0 } else { quantile(hits + 1, of - hits, 0.975) };
    Estimate { value: hits as f64 / of as f64, interval: (low, high) }
}

/// Returns the quantile `q` (0 to 1), with linear interpolation between order statistics; NaN for no values.
pub fn quantile(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = q * last as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    if below == above { below } else { below + (above - below) * place.fract() }
}

/// Returns the median.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// Returns the slope of the least-squares line through the points.
pub fn slope(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let covariance: f64 = x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    covariance / x.iter().map(|x| (x - mean_x).powi(2)).sum::<f64>()
}

/// Returns lower quartile, median and upper quartile of `curves[seed][place]` at each place.
pub fn quartile_band(curves: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let places = curves.iter().map(Vec::len).min().unwrap_or(0);
    let at =
        |q: f64| (0..places).map(|i| quantile(&curves.iter().map(|c| c[i]).collect::<Vec<_>>(), q)).collect();
    (at(0.25), at(0.5), at(0.75))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&[4.0, 1.0, 3.0, 2.0], 0.5), 2.5);
        assert_eq!(quantile(&[1.0, 2.0, 3.0], 1.0), 3.0);
        assert_eq!(quantile(&[1.0, f64::INFINITY], 0.0), 1.0);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn the_interval_covers_the_mean_as_often_as_it_says() {
        let covers = |replicate| {
            let sample = rng::normal::<f64>(&mut rng::stream(4, "coverage", replicate), 10, 1.0).to_vec();
            let (low, high) = mean(&sample).interval;
            low <= 0.0 && 0.0 <= high
        };
        let share = (0..4000).filter(|&r| covers(r)).count() as f64 / 4000.0;
        assert!((share - 0.95).abs() < 0.012, "{share}");
    }

    #[test]
    fn the_interval_of_a_share_is_the_tables() {
        // scipy.stats.binomtest(k, n).proportion_ci(method="exact").
        for (hits, of, low, high) in
            [(5, 10, 0.187_086, 0.812_914), (3, 22, 0.029_056, 0.349_122), (17, 17, 0.804_936, 1.0)]
        {
            let Estimate { value, interval } = share(hits, of);
            assert_eq!(value, hits as f64 / of as f64);
            assert!(
                (interval.0 - low).abs() < 1e-6 && (interval.1 - high).abs() < 1e-6,
                "{hits} of {of}: {interval:?}"
            );
        }
        assert!(share(0, 0).value.is_nan());
        assert_eq!(share(0, 400).interval.0, 0.0);
    }

    #[test]
    fn quantiles_of_the_distributions_are_the_true_ones() {
        // By mpmath, with 30 digits: roots of its regularized incomplete beta function.
        for (degrees, quantile) in [
            (1, 12.706_204_736_174_705),
            (2, 4.302_652_729_749_464),
            (9, 2.262_157_162_798_205_5),
            (29, 2.045_229_642_132_704_3),
            (31, 2.039_513_446_396_408_5),
            (100, 1.983_971_518_523_552_3),
            (10_000, 1.960_201_239_890_626_3),
        ] {
            let computed = student(degrees);
            assert!((computed - quantile).abs() < 1e-9, "{degrees}: {computed}");
        }
        assert_eq!(student(0), f64::INFINITY);
        for (hits, of, low, high) in [
            (5, 10, 0.187_086_028_447_398_5, 0.812_913_971_552_601_5),
            (17, 40, 0.270_429_031_268_862_9, 0.591_099_419_573_036_7),
            (1, 1000, 2.531_748_749_129_404e-5, 0.005_558_924_279_826_673),
            (399, 400, 0.986_150_230_037_986_7, 0.999_936_707_483_095_1),
        ] {
            let interval = share(hits, of).interval;
            assert!(
                (interval.0 - low).abs() < 1e-9 && (interval.1 - high).abs() < 1e-9,
                "{hits} of {of}: {interval:?}"
            );
        }
    }

    #[test]
    fn the_interval_of_41_values_is_wider_than_a_normal_one() {
        // 2.0211 of Student's table for 40 degrees of freedom, not 1.96.
        let values: Vec<f64> = (0..41).map(f64::from).collect();
        let deviation = (41.0f64 * 42.0 / 12.0).sqrt();
        let Estimate { value, interval } = mean(&values);
        let half = (interval.1 - interval.0) / 2.0 / (deviation / 41f64.sqrt());
        assert!(value == 20.0 && (half - 2.0211).abs() < 5e-5, "{half}");
    }

    #[test]
    fn a_line_has_its_slope() {
        assert!((slope(&[1.0, 2.0, 4.0], &[-1.0, -3.0, -7.0]) + 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_band_has_the_quartiles_of_each_place() {
        let curves = [vec![0.0, 5.0], vec![4.0, 6.0, 9.0], vec![1.0, 7.0], vec![2.0, 8.0], vec![3.0, 9.0]];
        let band = (vec![1.0, 6.0], vec![2.0, 7.0], vec![3.0, 8.0]);
        assert_eq!(quartile_band(&curves), band);
        assert_eq!(quartile_band(&[]), (vec![], vec![], vec![]));
    }
}
