//! Means and shares with intervals, quantiles, and slopes.

/// An estimate with the interval that contains the true value with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Lower and upper end of the interval.
    pub interval: (f64, f64),
}

/// 97.5 % quantiles of Student's distribution for 1, 2, … degrees of freedom.
const STUDENT: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
];

fn student(degrees: usize) -> f64 {
    match degrees {
        0 => f64::INFINITY,
        1..=30 => STUDENT[degrees - 1],
        // Cornish and Fisher's first term beyond the normal quantile: right to .001 from here on.
        _ => 1.959_964 + 2.372_27 / degrees as f64,
    }
}

/// The mean with Student's 95 % interval.
///
/// ```
/// use gradus::compare::statistics::mean;
/// let estimate = mean(&[1.0, 2.0, 3.0]);
/// assert_eq!(estimate.value, 2.0);
/// assert!((estimate.interval.1 - 2.0 - 4.303 / 3f64.sqrt()).abs() < 1e-9);
/// ```
pub fn mean(values: &[f64]) -> Estimate {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let half = student(values.len().saturating_sub(1)) * (variance / n).sqrt();
    Estimate { value: mean, interval: (mean - half, mean + half) }
}

/// The share `hits`/`of` with the exact 95 % interval of a binomial share, which is right also where none or
/// all hit, and for few.
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
    // Where at least `least` hits have the probability `wanted`, which rises with p.
    let solved = |least: usize, wanted: f64| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if at_least(least, of, middle) < wanted { low = middle } else { high = middle }
        }
        (low + high) / 2.0
    };
    let low = if hits == 0 { 0.0 } else { solved(hits, 0.025) };
    let high = if hits == of { 1.0 } else { solved(hits + 1, 0.975) };
    Estimate { value: hits as f64 / of as f64, interval: (low, high) }
}

/// The probability of at least so many hits, each of probability `p`.
fn at_least(least: usize, of: usize, p: f64) -> f64 {
    let mut log = of as f64 * (1.0 - p).ln();
    let mut sum = 0.0;
    for hits in 0..=of {
        if hits >= least {
            sum += log.exp();
        }
        log += ((of - hits) as f64 / (hits + 1) as f64).ln() + (p / (1.0 - p)).ln();
    }
    sum
}

/// The quantile `q` (0 to 1) with linear interpolation between order statistics; NaN for no values.
pub fn quantile(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = q * last as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    if below == above { below } else { below + (above - below) * place.fract() }
}

/// The median.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The slope of the least-squares line through the points.
pub fn slope(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let covariance: f64 = x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    covariance / x.iter().map(|x| (x - mean_x).powi(2)).sum::<f64>()
}

/// Lower quartile, median and upper quartile of curves at each place: `curves[seed][place]`.
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
    fn a_line_has_its_slope() {
        assert!((slope(&[1.0, 2.0, 4.0], &[-1.0, -3.0, -7.0]) + 2.0).abs() < 1e-12);
    }
}
