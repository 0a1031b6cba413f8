//! Convolutional nets and models of n-grams beside torch, on any number of threads, and from the command.

use gradus::notebook::*;
use std::fs;
use std::path::Path;

/// The numbers (factor · i mod prime) / prime.
fn spread(count: usize, factor: usize, prime: usize) -> Array1<f64> {
    (0..count).map(|i| (i * factor % prime) as f64 / prime as f64).collect()
}

const ROWS: usize = 20;
const CLASSES: usize = 5;

fn features(kind: &ModelKind, count: usize) -> Array2<f64> {
    let numbers = match kind.takes_codes() {
        true => (0..ROWS * count).map(|i| (i * 37 % 97 % CLASSES) as f64).collect(),
        false => spread(ROWS * count, 37, 97),
    };
    numbers.into_shape_with_order((ROWS, count)).unwrap()
}

#[test]
fn products_and_trajectories_are_those_of_torch() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/nets/torch.txt");
    let text = fs::read_to_string(path).unwrap();
    let cases: Vec<&str> = text.split("@ ").skip(1).collect();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let (title, rows) = case.split_once('\n').unwrap();
        let words: Vec<&str> = title.split(' ').collect();
        let [model, count, rule, lr] = words[..] else { panic!("{title}") };
        let (kind, count) = (ModelKind::parse(model).unwrap(), count.parse().unwrap());
        let labels: Vec<u8> = (0..ROWS).map(|i| (i * i % CLASSES) as u8).collect();
        let net = kind.build::<f64>(count, CLASSES, None);
        let mut risk =
            EmpiricalRisk::new(net, Softmax, features(&kind, count), labels, Regularizer::default()).unwrap();
        let start = spread(risk.dim(), 53, 89) - 0.5;
        let expected: Vec<Vec<f64>> =
            rows.lines().map(|row| row.split(' ').map(|n| n.parse().unwrap()).collect()).collect();
        assert_eq!(expected.len(), 20, "{title}");
        let close = |step: usize, loss: f64, w: &ArrayRef1<f64>, expected: &[f64]| {
            let own = [loss, w[0], w[7], w[20], w[w.len() - 1], w.dot(w).sqrt()];
            for (own, torch) in own.iter().zip(&expected[1..]) {
                let off = (own - torch).abs() / torch.abs().max(0.01);
                assert!(off < 1e-10, "{title}, step {step}: {own} instead of {torch}");
            }
        };
        let mut product = start.clone();
        risk.hess_vec(&start, &(spread(start.len(), 31, 83) - 0.5), &mut product);
        close(0, risk.value(&start), &product, &expected[0]);

        let optimizer = FirstOrder::new(AnyRule::by_name(rule).unwrap(), lr.parse().unwrap()).unwrap();
        let mut seen = 1;
        minimize_observed(risk, &start, optimizer, Stop::iterations(61), |moment| {
            let (iterate, Some(expected)) = (moment.iterate, expected.get(seen)) else { return };
            if iterate.k == expected[0] as usize {
                seen += 1;
                close(iterate.k, iterate.value, &iterate.x, expected);
            }
        })
        .unwrap();
        assert_eq!(seen, 20, "{title}");
    }
}

#[test]
fn a_run_has_the_same_bits_on_one_thread_and_on_more() {
    fn trained<F: Real>() -> (Array1<F>, Vec<f64>) {
        let digits = Preprocessing::default().prepare::<F>(&data::digits());
        let classifier =
            Classifier::new(digits, ModelKind::parse("conv:6,9").unwrap(), Regularizer::l2(1e-4));
        let settings = Training { epochs: 2, lr: 0.05, ..Training::default() };
        let fit = classifier.fit(Softmax, Momentum::new(0.9), &settings).unwrap();
        (fit.trained.params, fit.curve.train_loss)
    }
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert!(alone.install(trained::<f32>) == trained::<f32>());
    assert!(alone.install(trained::<f64>) == trained::<f64>());
}

#[test]
fn a_convolutional_net_beats_a_linear_classifier_on_images() {
    let digits = || Preprocessing::default().prepare::<f32>(&data::digits());
    let settings = Training { epochs: 20, lr: 1e-2, ..Training::default() };
    let test_accuracy = |model: &str| {
        let classifier = Classifier::new(digits(), ModelKind::parse(model).unwrap(), Regularizer::default());
        let fit = classifier.fit(Softmax, Adam::default(), &settings).unwrap();
        *fit.curve.test_accuracy.last().unwrap()
    };
    let (linear, conv) = (test_accuracy("linear"), test_accuracy("conv:8,16"));
    assert!(conv > 0.96 && conv > linear, "{conv}, and {linear} of the linear classifier");
}

/// The model of pairs has a table of probabilities to learn: its loss cannot be lower than the entropy of the
/// next character given the one before, and comes close to it.
#[test]
fn a_model_of_pairs_learns_how_often_they_occur() {
    let pattern = b"abacabadabacabaeabac";
    let code = |c: u8| c - b'a';
    let pairs: Vec<(u8, u8)> = pattern.windows(2).map(|pair| (code(pair[0]), code(pair[1]))).collect();
    let entropy: f64 = pairs
        .iter()
        .map(|(before, after)| {
            let of_both = pairs.iter().filter(|pair| **pair == (*before, *after)).count() as f64;
            let of_first = pairs.iter().filter(|pair| pair.0 == *before).count() as f64;
            -(of_both / of_first).ln()
        })
        .sum::<f64>()
        / pairs.len() as f64;
    let x = Array2::from_shape_fn((pairs.len(), 1), |(i, _)| f64::from(pairs[i].0));
    let y: Vec<u8> = pairs.iter().map(|pair| pair.1).collect();
    let model = gradus::model::Ngram::new(1, 5, 3, &[8]).unwrap();
    let start = Model::<f64>::initial(&model, &mut rng::stream(0, "initial parameters", 0));
    let risk = EmpiricalRisk::new(model, Softmax, x, y, Regularizer::default()).unwrap();
    let found = minimize(risk, &start, Lbfgs::new(10), Stop::grad(1e-4).max_iter(500)).unwrap();
    assert!(found.value > entropy && found.value < entropy + 1e-2, "{} and {entropy}", found.value);
}

#[cfg(feature = "cli")]
mod from_the_command {
    use crate::common::{assert_refusal, folder, output, says};

    #[test]
    fn convolutional_nets_train_and_are_checked() {
        let folder = folder();
        for model in ["conv:8,16", "conv:6,tanh", "conv:4,4,4,sigmoid"] {
            let rate = "--optimizer adam --lr 0.01 --epochs 4";
            let said = says(folder.path(), &format!("train --model {model} {rate}"));
            assert!(said.starts_with(&format!("{model} on digits, softmax loss")), "{said}");
        }
        let whole = says(folder.path(), "train --model conv:4 --optimizer lbfgs --max-iter 5");
        assert!(whole.contains("conv:4 on digits") && whole.contains("f64"), "{whole}");
        let checked = says(folder.path(), "gradcheck --model conv:3,4,tanh --second");
        assert!(checked.contains("conv:3,4,tanh with") && checked.contains("is right"), "{checked}");
        let models = says(folder.path(), "list models");
        assert!(models.contains("conv:C[,C…]") && models.contains("ngram:M,H[,H…]"), "{models}");
    }

    #[test]
    fn what_does_not_fit_a_net_is_refused_with_one_sentence() {
        let folder = folder();
        for (line, words) in [
            ("train --model conv:8 --data blobs", &["square images", "2 features"][..]),
            ("train --model conv:8,8,8,8", &["8 × 8 pixels cannot be halved 4 times", "fewer stages"]),
            ("train --model conv:0", &["conv:8,16"]),
            ("train --model conv:1000000000", &["of memory", "use fewer channels"]),
            ("train --model conv:18446744073709551615", &["more parameters than can be counted"]),
            ("train --model conv:8 --optimizer kfac", &["not fully connected", "mlp"]),
            ("train --model conv:8 --init sparse:600", &["sparse:600", "no layer has more than"]),
            ("train --model ngram:8", &["ngram:16,64"]),
            ("train --model ngram:8,4", &["codes of symbols", "from 0 to 9", "the data set alice"]),
            ("gradcheck --model conv:2 --data spiral", &["square images"]),
            ("gradcheck --model ngram:2,3", &["codes of symbols"]),
        ] {
            assert_refusal(&output(folder.path(), line), words);
        }
    }
}
