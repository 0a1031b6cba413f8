use super::image_of;
use crate::linalg::Rows;
use crate::model::{Activation, ConvNet, Initialization, Model};
use crate::rng;
use ndarray::Array1;

/// A batch of images, channel by channel, as the definition reads them: 0 outside.
struct Images<'a> {
    pixels: &'a [f64],
    channels: usize,
    side: usize,
}

impl Images<'_> {
    fn at(&self, channel: usize, y: isize, x: isize) -> f64 {
        let inside = |i: isize| (0..self.side as isize).contains(&i);
        assert!(channel < self.channels);
        if inside(y) && inside(x) {
            self.pixels[(channel * self.side + y as usize) * self.side + x as usize]
        } else {
            0.0
        }
    }
}

/// Returns the scores of one image by the definition.
fn by_definition(net: &ConvNet, params: &Array1<f64>, image: &[f64]) -> Vec<f64> {
    let layout = Model::<f64>::layout(net);
    let (channels, mut side) = image_of(image.len()).unwrap();
    let (mut pixels, mut channels) = (image.to_vec(), channels);
    for number in 1..=net.front.stages.len() {
        let (kernels, biases) =
            (layout.view(params, &format!("K{number}")), layout.view(params, &format!("c{number}")));
        let input = Images { pixels: &pixels, channels, side };
        let convolved = |m: usize, y: usize, x: usize| {
            let taps = (0..channels).flat_map(|k| (0..9).map(move |tap| (k, tap)));
            let product = |(k, tap): (usize, usize)| {
                let (i, j) = (tap as isize / 3, tap as isize % 3);
                kernels[[m, 9 * k + tap]] * input.at(k, y as isize + i - 1, x as isize + j - 1)
            };
            let mut value = [biases[[0, m]] + taps.map(product).sum::<f64>()];
            net.front.activation.apply(&mut value);
            value[0]
        };
        let half = side / 2;
        let mut pooled = Vec::new();
        for m in 0..kernels.nrows() {
            for (y, x) in (0..half).flat_map(|y| (0..half).map(move |x| (2 * y, 2 * x))) {
                let four = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(i, j)| convolved(m, y + i, x + j));
                pooled.push(four.into_iter().fold(f64::NEG_INFINITY, f64::max));
            }
        }
        (channels, side, pixels) = (kernels.nrows(), half, pooled);
    }
    let (weights, bias) = (layout.view(params, "W1"), layout.view(params, "b1"));
    (0..weights.nrows())
        .map(|c| bias[[0, c]] + weights.row(c).iter().zip(&pixels).map(|(w, a)| w * a).sum::<f64>())
        .collect()
}

fn drawn(net: &ConvNet) -> Array1<f64> {
    rng::normal(&mut rng::stream(3, "net", 0), Model::<f64>::layout(net).len(), 0.5)
}

#[test]
fn the_scores_are_those_of_the_definition_on_every_level() {
    // Grey and coloured, even and odd, one stage to three, channels that fill tiles and that do not.
    let nets: [(usize, &[usize], Activation); 5] = [
        (16, &[1], Activation::Relu),
        (49, &[5, 3], Activation::Tanh),
        (3 * 64, &[4, 9, 2], Activation::Sigmoid),
        (784, &[8, 16], Activation::Relu),
        (3 * 25, &[13], Activation::Linear),
    ];
    for (features, channels, activation) in nets {
        let net = ConvNet::new(features, channels, 3).unwrap().activation(activation);
        let params = drawn(&net);
        for count in [1, 2, 5] {
            let x = rng::normal::<f64>(&mut rng::stream(4, "images", 0), count * features, 1.0).to_vec();
            let expected: Vec<f64> =
                x.chunks(features).flat_map(|image| by_definition(&net, &params, image)).collect();
            crate::linalg::on_every_level(|| {
                // What the scratch memory holds before does not matter.
                let mut scratch = vec![f64::NAN; Model::<f64>::scratch_len(&net, count)];
                let mut scores = vec![f64::NAN; 3 * count];
                net.scores(params.as_slice().unwrap(), Rows::all(&x, features), &mut scratch, &mut scores);
                for (score, expected) in scores.iter().zip(&expected) {
                    assert!((score - expected).abs() < 1e-12 * (1.0 + expected.abs()), "{score} {expected}");
                }
            });
        }
    }
}

#[test]
fn initial_weights_have_the_deviation_of_their_stage() {
    let net = ConvNet::new(784, &[40, 60], 10).unwrap();
    let params: Array1<f64> = net.initial(&mut rng::stream(0, "net", 0));
    let layout = Model::<f64>::layout(&net);
    let deviation = |name: &str| layout.view(&params, name).std(0.0);
    for (name, expected) in [("K1", 2.0 / 9.0), ("K2", 2.0 / 360.0), ("W1", 2.0 / (60.0 * 49.0))] {
        assert!((deviation(name) / f64::sqrt(expected) - 1.0).abs() < 0.1, "{name}: {}", deviation(name));
    }
    assert_eq!((deviation("c1"), deviation("c2"), deviation("b1")), (0.0, 0.0, 0.0));
    let normal: Array1<f64> =
        net.initialization(Initialization::Normal(2.0)).initial(&mut rng::stream(0, "net", 0));
    assert!(["K1", "K2", "W1"].iter().all(|name| (layout.view(&normal, name).std(0.0) - 2.0).abs() < 0.3));
}

#[test]
fn features_are_one_image_at_most() {
    assert_eq!(image_of(64), Some((1, 8)));
    assert_eq!(image_of(3072), Some((3, 32)));
    assert_eq!([image_of(9), image_of(27), image_of(65), image_of(128), image_of(0)], [None; 5]);
}
