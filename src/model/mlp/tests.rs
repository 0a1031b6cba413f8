use crate::linalg::Rows;
use crate::model::{Activation, Initialization, Linear, Mlp, Model};
use crate::rng;
use ndarray::Array1;

fn forward(net: &Mlp, params: &[f64], x: &[f64]) -> Vec<f64> {
    let features = Model::<f64>::features(net);
    let rows = Rows::all(x, features);
    let mut scratch = vec![0.0; Model::<f64>::scratch_len(net, rows.len())];
    let mut scores = vec![0.0; rows.len() * Model::<f64>::classes(net)];
    net.scores(params, rows, &mut scratch, &mut scores);
    scores
}

#[test]
fn a_net_computed_by_hand() {
    let params = [1.0, -1.0, 0.5, 2.0, 0.25, -1.0, 3.0, 1.0, -0.5];
    let net = Mlp::new(2, &[2], 1).unwrap();
    let layout = Model::<f64>::layout(&net);
    assert_eq!(
        (layout.len(), layout.name_of(3).as_str(), layout.name_of(8).as_str()),
        (9, "W1[1, 1]", "b2[0]")
    );
    // x = (1, 2): z = (1 − 2 + .25, .5 + 4 − 1) = (−.75, 3.5).
    assert!((forward(&net, &params, &[1.0, 2.0])[0] - 3.0).abs() < 1e-15);
    let tanh = forward(&net.activation(Activation::Tanh), &params, &[1.0, 2.0])[0];
    assert!((tanh - (3.0 * (-0.75f64).tanh() + 3.5f64.tanh() - 0.5)).abs() < 1e-15);
}

#[test]
fn without_hidden_layers_it_is_the_linear_classifier() {
    let mut stream = rng::stream(1, "net", 0);
    let (params, x) = (
        rng::normal::<f64>(&mut stream, 18, 1.0).to_vec(),
        rng::normal::<f64>(&mut stream, 20, 1.0).to_vec(),
    );
    let mut expected = vec![0.0; 12];
    Linear::new(5, 3).scores(&params, Rows::all(&x, 5), &mut [], &mut expected);
    assert_eq!(forward(&Mlp::new(5, &[], 3).unwrap(), &params, &x), expected);
}

#[test]
fn initial_weights_have_the_deviation_of_their_layer() {
    let net = Mlp::new(200, &[300], 10).unwrap();
    for (net, first, second) in [
        (net.clone(), (2.0f64 / 200.0).sqrt(), (2.0f64 / 300.0).sqrt()),
        (net.clone().activation(Activation::Tanh), (2.0f64 / 500.0).sqrt(), (2.0f64 / 310.0).sqrt()),
        (net.initialization(Initialization::Normal(0.5)), 0.5, 0.5),
    ] {
        let params: Array1<f64> = net.initial(&mut rng::stream(0, "net", 0));
        let layout = Model::<f64>::layout(&net);
        let deviation = |name: &str| layout.view(&params, name).std(0.0);
        assert!(
            (deviation("W1") / first - 1.0).abs() < 0.02 && (deviation("W2") / second - 1.0).abs() < 0.05
        );
        assert_eq!((deviation("b1"), deviation("b2")), (0.0, 0.0));
    }
}

#[test]
fn an_autoencoder_computed_by_hand() {
    // Two inputs, one sigmoid unit, a linear code of one, and back.
    let net = Mlp::autoencoder(2, &[1, 1]).unwrap();
    assert_eq!((net.hidden(), Model::<f64>::name(&net).as_str()), (vec![1, 1, 1], "autoencoder:1,1"));
    let params = [1.0, -1.0, 0.5, 3.0, -1.0, -2.0, 0.25, 2.0, -4.0, 0.0, 1.0];
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    let code = 3.0 * sigmoid(1.0 - 2.0 + 0.5) - 1.0;
    let above = sigmoid(-2.0 * code + 0.25);
    let outputs = forward(&net, &params, &[1.0, 2.0]);
    assert!((outputs[0] - 2.0 * above).abs() < 1e-15 && (outputs[1] - (1.0 - 4.0 * above)).abs() < 1e-15);
}

#[test]
fn sparse_weights_of_tanh_units_behave_as_those_of_sigmoid_units() {
    let sigmoid = Mlp::autoencoder(30, &[20, 5]).unwrap();
    let tanh = sigmoid.clone().activation(Activation::Tanh);
    let drawn = |net: &Mlp| -> Array1<f64> { net.initial(&mut rng::stream(0, "net", 0)) };
    let (of_sigmoid, of_tanh, layout) = (drawn(&sigmoid), drawn(&tanh), Model::<f64>::layout(&tanh));
    // 30 – tanh – linear – tanh – outputs: every layer has one end of tanh units.
    for name in ["W1", "W2", "W3", "W4"] {
        assert_eq!(layout.view(&of_tanh, name), 0.5 * &layout.view(&of_sigmoid, name), "{name}");
    }
    let bias = |name: &str| layout.view(&of_tanh, name)[[0, 0]];
    assert_eq!([bias("b1"), bias("b2"), bias("b3"), bias("b4")], [0.5, 0.0, 0.5, 0.0]);
    let deep = Mlp::new(30, &[20, 10], 4).unwrap().initialization(Initialization::Sparse(15));
    let (plain, tanh) =
        (drawn(&deep.clone().activation(Activation::Sigmoid)), drawn(&deep.activation(Activation::Tanh)));
    // The 200 weights of the second layer, between tanh units.
    let second = 30 * 20 + 20..30 * 20 + 20 + 200;
    assert!(second.clone().all(|i| tanh[i] == 0.25 * plain[i]) && second.end < plain.len());
}

#[test]
fn a_layer_of_nothing_is_refused() {
    assert_eq!(
        Mlp::new(4, &[3, 0], 2).unwrap_err().to_string(),
        "layer size = 0 is out of range: layer size must be at least 1"
    );
}
