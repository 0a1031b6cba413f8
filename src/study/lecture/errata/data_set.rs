//! A benchmark whose "Fashion-MNIST" was another data set.

use super::erratum::{Erratum, PlainTest};
use crate::compare::ModelKind;
use crate::data::{self, Dataset, Examples, Features, ImageShape, Preprocessing};
use crate::error::{Error, Result};
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::optimizer::first_order::Momentum;
use crate::risk::Regularizer;
use crate::study::Context;
use crate::table::Table;
use crate::train::{Batch, Classifier, Training};
use ndarray::Array2;

/// The mean and standard deviation of the training pixels of Fashion-MNIST divided by 255, which are commonly
/// used for normalization.
const PUBLISHED: [f64; 2] = [0.2860, 0.3530];

/// Returns the handwritten digits disguised as Fashion-MNIST: 28 × 28 pixels, bytes up to 255, ten classes,
/// and its name.
fn impostor() -> Result<Dataset> {
    const SIDE: usize = 28;
    let digits = data::digits();
    let enlarge = |examples: &Examples| -> Result<Examples> {
        let small = examples.features::<f64>();
        let pixel = |i: usize, place: usize| {
            let (row, column) = (place / SIDE * 8 / SIDE, place % SIDE * 8 / SIDE);
            (small[[i, row * 8 + column]] * 255.0 / digits.full_scale).round() as u8
        };
        let large = Array2::from_shape_fn((small.nrows(), SIDE * SIDE), |(i, place)| pixel(i, place));
        Examples::new(Features::Bytes(large), examples.labels.clone())
    };
    Ok(Dataset {
        name: "fashion-mnist".into(),
        classes: [
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ]
        .map(String::from)
        .to_vec(),
        shape: Some(ImageShape::grey(SIDE, SIDE)),
        full_scale: 255.0,
        train: enlarge(&digits.train)?,
        test: enlarge(&digits.test)?,
    })
}

/// Returns the mean and standard deviation of the training pixels as a share of the full scale.
fn moments(data: &Dataset) -> [f64; 2] {
    let (sum, squares, count) = match &data.train.features {
        Features::Bytes(bytes) => bytes.iter().fold((0.0, 0.0, 0.0), |(s, q, n), &b| {
            let v = f64::from(b) / data.full_scale;
            (s + v, q + v * v, n + 1.0)
        }),
        Features::Real(values) => {
            values.iter().fold((0.0, 0.0, 0.0), |(s, q, n), v| (s + v, q + v * v, n + 1.0))
        }
    };
    let mean = sum / count;
    [mean, (squares / count - mean * mean).sqrt()]
}

fn deviation(of: [f64; 2]) -> f64 {
    of.iter().zip(PUBLISHED).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<Vec<Erratum>> {
    let impostor = impostor()?;
    let real = match data::by_name("fashion-mnist", context.seed) {
        Ok(data) => Some(moments(&data)),
        Err(Error::DataMissing { .. }) => None,
        Err(other) => return Err(other),
    };
    let accuracy = accuracy(&impostor, context)?;
    let unknown = [f64::NAN; 2];
    let rows = [
        ("published", PUBLISHED),
        ("the library's files", real.unwrap_or(unknown)),
        ("the impostor", moments(&impostor)),
    ];
    findings.tables.push(
        Table::new(
            "fingerprint",
            "A fingerprint of Fashion-MNIST: mean and standard deviation of its training pixels as shares \
             of white",
        )
        .text("data", rows.map(|r| r.0))
        .float("pixel_mean", rows.map(|r| r.1[0]))
        .float("pixel_deviation", rows.map(|r| r.1[1]))
        // The published test accuracy of logistic regression.
        .float_within("linear_test_accuracy", [0.842, f64::NAN, accuracy], 0.0, 0.01),
    );
    Ok(vec![Erratum {
        id: "data-set",
        mistake: "A \"Fashion-MNIST\" that reads handwritten digits",
        seen_in: "README of Fashion-MNIST, \"Loading data with Tensorflow\": the loader reads the digits \
                  if the files are missing",
        plain: PlainTest::new(
            "a linear classifier trained on it has a test accuracy above .8",
            accuracy > 0.8,
        ),
        check: "largest deviation of the pixels' mean and standard deviation from the published .2860 and \
                .3530",
        allowed: 1e-3,
        right: real.map_or(f64::NAN, deviation),
        wrong: deviation(moments(&impostor)),
    }])
}

fn accuracy(data: &Dataset, context: &Context) -> Result<f64> {
    let classifier = Classifier::new(
        Preprocessing::default().prepare::<f32>(data),
        ModelKind::Linear,
        Regularizer::l2(1e-4),
    );
    let settings =
        Training { epochs: 10, batch: Batch::Size(128), lr: 0.02, seed: context.seed, ..Training::default() };
    let fit = classifier.fit(Softmax, Momentum::new(0.9), &settings)?;
    Ok(fit.curve.test_accuracy.last().copied().unwrap_or(f64::NAN))
}
