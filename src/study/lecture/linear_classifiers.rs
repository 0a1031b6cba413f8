//! Linear classifiers and losses: three views of f(x, W) = Wx, and the two losses that judge the scores.

mod pictures;
mod seeded_fits;

use crate::claim::{Bound, Claim};
use crate::compare::ModelKind;
use crate::compare::statistics::{self, Estimate};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::findings::Findings;
use crate::loss::{self, Loss, MulticlassSvm, Softmax};
use crate::objective::Objective;
use crate::risk::Regularizer;
use crate::study::{Context, Study};
use crate::table::Table;
use crate::train::{Classifier, Fit};
use ndarray::Array1;
use seeded_fits::{L2, SeededFits, trained};

pub(super) const STUDY: Study = Study {
    name: "linear-classifiers",
    notebook: "01",
    title: "Linear classifiers and losses",
    question: "What does a linear classifier compute, and how do the two losses judge its scores?",
    run,
};

/// The scores of the cat, car and frog images for the classes cat, car and frog (slides of the previous
/// lecture).
const WORKED: [[f64; 3]; 3] = [[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]];
const ANIMALS: [&str; 3] = ["cat", "car", "frog"];
const SLIDE: &str = "lecture 3, the worked example";

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    worked_example(&mut findings);
    losses_at_zero(&mut findings)?;
    let runs = trained(context)?;
    accuracies(&runs, &mut findings);
    findings.figures.extend(pictures::all(context.seed, &runs)?);
    Ok(findings)
}

fn worked_example(findings: &mut Findings) {
    let hinge: Vec<f64> = (0..3).map(|i| loss::of_scores(&MulticlassSvm, &WORKED[i], i as u8)).collect();
    let cross_entropy: Vec<f64> = (0..3).map(|i| loss::of_scores(&Softmax, &WORKED[i], i as u8)).collect();
    let score = |class: usize| WORKED.map(|scores| scores[class]);
    findings.tables.push(
        Table::new(
            "worked",
            "Three images with their scores, their losses under both losses, and the probability of the \
             right class",
        )
        .text("image", ANIMALS)
        .float("score_cat", score(0))
        .float("score_car", score(1))
        .float("score_frog", score(2))
        .float("svm_loss", hinge.clone())
        .float("softmax_loss", cross_entropy.clone())
        .float("probability", cross_entropy.iter().map(|l| (-l).exp()).collect::<Vec<_>>()),
    );
    let off =
        hinge.iter().zip([2.9, 0.0, 12.9]).map(|(l, expected)| (l - expected).abs()).fold(0.0, f64::max);
    let equals = |value, tolerance| Bound::Equals { value, tolerance };
    findings.claims.extend([
        Claim::exact(
            "worked-svm",
            "01",
            "The SVM losses of the cat, the car and the frog are 2.9, 0 and 12.9 (largest deviation)",
            SLIDE,
        )
        .said()
        .measured(off, Bound::AtMost(1e-12)),
        Claim::exact("worked-svm-mean", "01", "Their mean is 5.27", SLIDE)
            .said()
            .measured(hinge.iter().sum::<f64>() / 3.0, equals(5.27, 0.005)),
        Claim::exact("worked-softmax", "01", "The softmax loss of the cat is 2.04", SLIDE)
            .said()
            .measured(cross_entropy[0], equals(2.04, 0.005)),
        Claim::exact(
            "worked-softmax-probability",
            "01",
            "The softmax gives the cat a probability of .13",
            SLIDE,
        )
        .said()
        .measured((-cross_entropy[0]).exp(), equals(0.13, 0.005)),
        Claim::exact(
            "shift",
            "01",
            "Adding a constant to all scores changes neither loss (largest change)",
            "lecture 3",
        )
        .ours()
        .measured(largest_change_by_shift(), Bound::AtMost(1e-12)),
    ]);
}

fn largest_change_by_shift() -> f64 {
    let change = |loss: &dyn Fn(&[f64], u8) -> f64| {
        let of_image = |i: usize| {
            let moved = |by: f64| WORKED[i].map(|s| s + by);
            let at_rest = loss(&WORKED[i], i as u8);
            [-100.0, -1.0, 0.5, 100.0]
                .map(|by| (loss(&moved(by), i as u8) - at_rest).abs())
                .into_iter()
                .fold(0.0, f64::max)
        };
        (0..3).map(of_image).fold(0.0, f64::max)
    };
    change(&|s, y| loss::of_scores(&MulticlassSvm, s, y)).max(change(&|s, y| loss::of_scores(&Softmax, s, y)))
}

fn losses_at_zero(findings: &mut Findings) -> Result<()> {
    let classifier = Classifier::new(
        Preprocessing::default().prepare::<f64>(&data::digits()),
        ModelKind::Linear,
        Regularizer::l2(L2),
    );
    let at_zero = |loss: Box<dyn Loss<f64>>| -> Result<f64> {
        let mut risk = classifier.risk(loss)?;
        let zero = Array1::zeros(risk.dim());
        Ok(risk.value(&zero))
    };
    let (softmax, svm) = (at_zero(Box::new(Softmax))?, at_zero(Box::new(MulticlassSvm))?);
    let equals = |value| Bound::Equals { value, tolerance: 1e-12 };
    findings.claims.extend([
        Claim::exact(
            "loss-at-zero-softmax",
            "01",
            "At W = 0 the softmax loss of ten classes is ln 10",
            "lecture 3",
        )
        .reading(
            "asked there for small random scores; we ask at W = 0, where the answer \
                 is exact",
        )
        .measured(softmax, equals(10f64.ln())),
        Claim::exact(
            "loss-at-zero-svm",
            "01",
            "At W = 0 the multiclass SVM loss of ten classes is 9",
            "lecture 3",
        )
        .reading(
            "asked there for small random scores; we ask at W = 0, where the answer \
                 is exact",
        )
        .measured(svm, equals(9.0)),
    ]);
    Ok(())
}

fn accuracies(runs: &[SeededFits], findings: &mut Findings) {
    let last = |curve: &[f64]| curve.last().copied().unwrap_or(f64::NAN);
    let of = |run: &SeededFits, value: fn(&Fit<f32>) -> &[f64]| -> Estimate {
        statistics::mean(&run.fits.iter().map(|fit| last(value(fit))).collect::<Vec<_>>())
    };
    let test: Vec<Estimate> = runs.iter().map(|run| of(run, |fit| &fit.curve.test_accuracy)).collect();
    let train: Vec<Estimate> = runs.iter().map(|run| of(run, |fit| &fit.curve.train_accuracy)).collect();
    let train_loss: Vec<Estimate> = runs.iter().map(|run| of(run, |fit| &fit.curve.train_loss)).collect();
    let values = |of: &[Estimate]| of.iter().map(|e| e.value).collect::<Vec<_>>();
    findings.tables.push(
        Table::new(
            "accuracy",
            "Linear classifiers trained with momentum and a half-cosine schedule: mean over seeds, with its \
             95 % interval",
        )
        .text("data", runs.iter().map(|r| r.data.name.clone()))
        .text("loss", runs.iter().map(|r| r.loss))
        .integer("seeds", runs.iter().map(|r| r.fits.len() as i64))
        .float_within("train_loss", values(&train_loss), 1e-3, 1e-6)
        .float_within("train_accuracy", values(&train), 0.0, 1e-3)
        .float_within("test_accuracy", values(&test), 0.0, 2e-3)
        .float_within("test_low", test.iter().map(|e| e.interval.0).collect::<Vec<_>>(), 0.0, 3e-3)
        .float_within("test_high", test.iter().map(|e| e.interval.1).collect::<Vec<_>>(), 0.0, 3e-3),
    );
    let of = |name: &str, loss: &str| {
        let found = runs.iter().position(|r| r.data.name == name && r.loss == loss).map(|i| test[i]);
        found.expect("every data set is trained with every loss")
    };
    let claim = |id, sentence, source, estimate: Estimate, bound| {
        Claim::statistical(id, "01", sentence, source).measured_within(
            estimate.value,
            estimate.interval,
            bound,
        )
    };
    let paper = "Xiao, Rasul & Vollgraf 2017, table 3";
    findings.claims.extend([
        claim(
            "digits-accuracy",
            "A linear softmax classifier classifies at least 95 % of the test digits correctly",
            "gradus",
            of("digits", "softmax"),
            Bound::AtLeast(0.95),
        )
        .ours(),
        claim(
            "fashion-softmax",
            "Logistic regression reaches a test accuracy of .842 on Fashion-MNIST",
            paper,
            of("fashion-mnist", "softmax"),
            Bound::Equals { value: 0.842, tolerance: 0.005 },
        )
        .said(),
        claim(
            "fashion-svm",
            "A linear SVM reaches a test accuracy of .836 on Fashion-MNIST",
            paper,
            of("fashion-mnist", "svm"),
            Bound::AtLeast(0.831),
        )
        .said(),
        claim(
            "fashion-people",
            "A linear classifier recognizes clothing at least as accurately as people do (difference from \
             .835, the accuracy of people on 1,000 of the test images)",
            "README of Fashion-MNIST, crowd-sourced human performance",
            ahead_of_people(of("fashion-mnist", "softmax")),
            Bound::AtLeast(0.0),
        )
        .ours()
        .note(
            "The two cannot be told apart. The README has .835 for people (the majority of three labels on \
             1,000 random test images) in a table of which it says: \"we haven't yet tested these \
             results\". Its standard error is .0117, larger than the difference.",
        ),
    ]);
}

/// Returns how far an accuracy is ahead of the published accuracy of people, with the uncertainty of both.
fn ahead_of_people(classifier: Estimate) -> Estimate {
    const PEOPLE: f64 = 0.835;
    const IMAGES: f64 = 1000.0;
    let standard_error = (PEOPLE * (1.0 - PEOPLE) / IMAGES).sqrt();
    let half = 0.5 * (classifier.interval.1 - classifier.interval.0);
    let reach = (1.96 * standard_error).hypot(half);
    let ahead = classifier.value - PEOPLE;
    Estimate { value: ahead, interval: (ahead - reach, ahead + reach) }
}
