//! Recorded values of the statistics of comparisons: tests, ranks, profiles, intervals.

use crate::recorded::Record;
use crate::recorded_first_order::spread;
use gradus::compare::bootstrap::over_problems;
use gradus::compare::paired::{Judgement, holm, judge, signed_rank};
use gradus::compare::profiles::{performance_ratios, staircase};
use gradus::compare::ranks::{friedman, mean_ranks, ranks};
use gradus::compare::statistics::{mean, median, quantile, quartile_band, share, slope};

/// Samples of several lengths, with ties, zeros and what is no number.
fn samples() -> Vec<(String, Vec<f64>)> {
    let mut samples = vec![("none".to_owned(), vec![])];
    for n in [1, 2, 3, 5, 6, 31, 41] {
        let plain = spread::<f64>(n, 37, 97);
        samples.push((format!("ties of {n}"), plain.iter().map(|v| (4.0 * v).round() / 4.0).collect()));
        samples.push((format!("shifted {n}"), plain.iter().map(|v| v + 0.4).collect()));
        samples.push((format!("plain {n}"), plain));
    }
    samples.push(("equal".into(), vec![2.5; 7]));
    samples.push(("zeros".into(), vec![0.0; 4]));
    samples.push(("infinite".into(), vec![f64::INFINITY, -1.0, 2.0, f64::NEG_INFINITY, -0.5]));
    samples.push(("a NaN".into(), vec![f64::NAN, 1.0, -2.0, f64::NAN, 0.0]));
    samples
}

#[test]
fn of_one_sample() {
    let mut record = Record::open("compare/samples");
    for (name, sample) in samples() {
        let average = mean(&sample);
        record.numbers(format!("{name}, mean"), &[average.value, average.interval.0, average.interval.1]);
        let quantiles = [0.0, 0.025, 0.25, 0.5, 0.6, 0.975, 1.0].map(|q| quantile(&sample, q));
        record.numbers(format!("{name}, quantiles"), &quantiles);
        record.number(format!("{name}, median"), median(&sample));
        record.numbers(format!("{name}, ranks"), &ranks(&sample));
        let test = signed_rank(&sample);
        record.numbers(format!("{name}, signed ranks"), &[test.pairs as f64, test.positive, test.negative]);
        record.number(format!("{name}, p"), test.p);
        for (corrected, level) in [(0.05, 0.05), (0.06, 0.05), (0.01, 0.05), (f64::NAN, 0.05)] {
            record.exact(format!("{name}, judged at {corrected}"), judge(&test, corrected, level));
        }
        let p: Vec<f64> =
            sample.iter().map(|v| if v.is_nan() { *v } else { (v.abs() / 9.0).min(1.0) }).collect();
        record.numbers(format!("{name}, Holm"), &holm(&p));
        let places: Vec<f64> = (0..sample.len()).map(|i| (i * i) as f64).collect();
        record.number(format!("{name}, slope"), slope(&places, &sample));
        if !sample.is_empty() && sample.iter().all(|v| v.is_finite()) {
            let (low, high) = over_problems(sample.len(), 3, |drawn| drawn.iter().map(|&i| sample[i]).sum());
            record.numbers(format!("{name}, bootstrap"), &[low, high]);
        }
    }
    record.exact(
        "words",
        [Judgement::Better, Judgement::Worse, Judgement::CannotTell].map(|j| j.to_string()).join(" "),
    );
    for (hits, of) in [(0, 0), (0, 1), (1, 1), (0, 41), (41, 41), (1, 41), (40, 41), (20, 41), (16, 31)] {
        let share = share(hits, of);
        record.numbers(format!("{hits} of {of}"), &[share.value, share.interval.0, share.interval.1]);
    }
    record.finish();
}

#[test]
fn of_several_contestants() {
    let mut record = Record::open("compare/contestants");
    for (problems, contestants) in [(0, 0), (1, 1), (1, 3), (3, 2), (31, 5), (41, 3)] {
        for ties in [false, true] {
            let key = format!("{problems} × {contestants} {ties}");
            let scores = spread::<f64>(problems * contestants, 37, 97);
            let score = |s: f64| if ties { (2.0 * s).round() } else { s };
            let by_problem =
                |i: usize| (0..contestants).map(|j| score(scores[i * contestants + j])).collect();
            let scores: Vec<Vec<f64>> = (0..problems).map(by_problem).collect();
            record.number(format!("{key}, Friedman"), friedman(&scores));
            for (place, rank) in mean_ranks(&scores, 7).iter().enumerate() {
                record
                    .numbers(format!("{key}, rank {place}"), &[rank.mean, rank.interval.0, rank.interval.1]);
            }
            let (low, middle, high) = quartile_band(&scores);
            record.numbers(format!("{key}, band"), &[low, middle, high].concat());
            let work: Vec<Vec<Option<f64>>> = scores
                .iter()
                .map(|of| of.iter().map(|&s| (s > -0.4).then_some((10.0 * s.max(0.0)).round())).collect())
                .collect();
            record.exact(format!("{key}, ratios"), format!("{:?}", performance_ratios(&work)));
        }
    }
    let uneven = [vec![1.0, 2.0], vec![3.0]];
    record.exact("uneven curves", format!("{:?}", quartile_band(&uneven)));
    record.exact(
        "uneven work",
        format!("{:?}", performance_ratios(&[vec![Some(2.0), None, Some(0.0)], vec![Some(1.0)]])),
    );
    let at = vec![3.0, 1.0, 2.0, 2.0, 9.0, 0.5];
    for (of, from, to) in
        [(6, 1.0, 9.0), (8, 0.0, 8.5), (6, 2.0, 2.0), (6, 1.5, 3.0), (0, 1.0, 4.0), (6, 10.0, 12.0)]
    {
        record.exact(
            format!("staircase {of} {from} {to}"),
            format!("{:?}", staircase(at.clone(), of, from, to)),
        );
    }
    record.exact("no stairs", format!("{:?}", staircase(vec![], 3, 1.0, 2.0)));
    record.finish();
}
