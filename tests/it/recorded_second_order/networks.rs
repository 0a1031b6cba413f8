//! K-FAC, and L-BFGS with a preconditioner, on small networks.

use super::paths::{numbers, open};
use crate::recorded::Record;
use gradus::notebook::*;
use gradus::optimizer::second_order::{KfacStep, Labels};

/// Small data: two clouds for each of three classes.
fn data(examples: usize) -> (Array2<f64>, Vec<u8>) {
    let noise = rng::normal::<f64>(&mut rng::stream(5, "clouds", 0), examples * 4, 0.5);
    let noise = noise.into_shape_with_order((examples, 4)).unwrap();
    let x = Array2::from_shape_fn((examples, 4), |(i, j)| noise[[i, j]] + if i % 3 == j { 1.0 } else { 0.0 });
    (x, (0..examples).map(|i| (i % 3) as u8).collect())
}

fn net() -> (EmpiricalRisk<f64, Mlp, Softmax>, Array1<f64>) {
    let ((x, y), model) = (data(30), Mlp::new(4, &[3], 3).unwrap());
    let start = model.initial(&mut rng::stream(3, "initial parameters", 0));
    (EmpiricalRisk::new(model, Softmax, x, y, Regularizer::l2(1e-2)).unwrap(), start)
}

/// Records a run on the net, or on the linear classifier, at each of its first iterations.
fn trained<O: Objective, P: Optimizer<f64, Counted<O>>>(
    out: &mut Record,
    key: &str,
    (objective, x0): (O, Array1<f64>),
    optimizer: &mut P,
) {
    let found = minimize_observed(objective, &x0, &mut *optimizer, Stop::iterations(13), |moment| {
        let Iterate { k, x, value, alpha, .. } = moment.iterate;
        if *k % 3 == 0 || *k == 4 {
            numbers(out, format!("{key}: x after {k}"), x.as_slice().unwrap());
        }
        out.numbers(format!("{key}: f after {k}"), &[*value, *alpha]);
    })
    .unwrap();
    out.exact(
        format!("{key}: end"),
        format!("{} {:?} {:?}", found.optimizer, found.evaluations, found.termination),
    );
    out.numbers(format!("{key}: x"), found.x.as_slice().unwrap());
    let mut saved = Saved::default();
    optimizer.save(&mut saved);
    for (name, column) in saved.columns() {
        out.numbers(format!("{key}: saved {name}"), column);
    }
}

#[test]
fn kfac() {
    let mut out = open("kfac");
    let rate = |lr: f64, momentum: f64, clip: f64| KfacStep::Rate { lr, momentum, clip };
    let batches = |size: usize| Kfac::minibatch(size, 7).unwrap();
    let cases = [
        ("default", Kfac::new()),
        ("damping 1", Kfac::new().damping(1.0).unwrap()),
        ("damping 1e-4", Kfac::new().damping(1e-4).unwrap()),
        ("decay .5", Kfac::new().decay(0.5).unwrap()),
        ("decay 0", Kfac::new().decay(0.0).unwrap()),
        ("refresh 1", Kfac::new().refresh(1).unwrap()),
        ("refresh 4", Kfac::new().refresh(4).unwrap()),
        ("drawn labels", Kfac::new().labels(Labels::Sampled)),
        ("rate", Kfac::new().step(rate(0.2, 0.5, 1e-2)).unwrap()),
        ("rate without a bound", Kfac::new().step(rate(0.05, 0.0, f64::INFINITY)).unwrap()),
        ("batches", batches(10)),
        ("batches and a rate", batches(8).step(rate(0.2, 0.9, 1e-3)).unwrap()),
        ("batches and drawn labels", batches(15).labels(Labels::Sampled)),
        ("tridiagonal", Kfac::new().blocks(KfacBlocks::Tridiagonal)),
        (
            "tridiagonal batches and drawn labels",
            batches(15).blocks(KfacBlocks::Tridiagonal).labels(Labels::Sampled),
        ),
    ];
    for (name, mut kfac) in cases {
        trained(&mut out, name, net(), &mut kfac);
        out.number(format!("{name}: damping"), kfac.current_damping());
    }
    let (risk, _) = net();
    out.exact("bytes", Kfac::bytes(&risk.kronecker_blocks()));
    out.exact("bytes of nothing", Kfac::bytes(&[]));
    out.exact("tridiagonal bytes", KfacBlocks::Tridiagonal.bytes(&risk.kronecker_blocks()));
    out.exact("tridiagonal bytes of nothing", KfacBlocks::Tridiagonal.bytes(&[]));
    out.finish();
}

#[test]
fn block_diagonal_preconditioner() {
    let mut out = open("block_diagonal");
    let linear = || {
        let (x, y) = data(60);
        let risk = EmpiricalRisk::new(Linear::new(4, 3), Softmax, x, y, Regularizer::l2(1e-3)).unwrap();
        let start = rng::normal(&mut rng::stream(2, "start", 0), 15, 0.5);
        (risk, start)
    };
    let of = |m: usize| BlockDiagonal::default().sample(m).unwrap().seed(4);
    let cases = [
        ("default", 3, BlockDiagonal::default()),
        ("sample 20", 3, of(20)),
        ("sample 1", 2, of(1)),
        ("damping 0", 2, of(50).damping(0.0).unwrap()),
        ("damping 2", 5, of(50).damping(2.0).unwrap()),
    ];
    for (name, memory, blocks) in cases {
        for scaling in [Scaling::Pair, Scaling::Identity] {
            let mut lbfgs = Lbfgs::new(memory).scaling(scaling).preconditioned(blocks.clone());
            trained(&mut out, &format!("{name}, {scaling:?}"), linear(), &mut lbfgs);
        }
    }
    let mut lbfgs = Lbfgs::new(0).first_trial(FirstTrial::LastDecrease).preconditioned(of(20));
    trained(&mut out, "without memory", linear(), &mut lbfgs);
    out.finish();
}
