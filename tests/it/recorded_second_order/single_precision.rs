//! Runs in single precision.

use crate::recorded::Record;
use gradus::notebook::*;

type Single = FunctionWithGradient<'static, f32>;

/// Records runs in single precision, in ordinary units and in others.
fn in_single<P: Optimizer<f32, Counted<Single>>>(out: &mut Record, key: &str, make: impl Fn() -> P) {
    for (unit, length) in [(1.0, 1.0), (1e-30, 1.0), (1e-3, 3e11), (1e25, 1.0)] {
        let f = FunctionWithGradient::typed(2, move |x: &ArrayRef1<f32>, grad: &mut ArrayRef1<f32>| {
            let (a, b) = (x[0] / length, x[1] / length);
            let (u, v) = (b - a * a, 1.0 - a);
            grad[0] = unit * (-8.0 * a * u - 2.0 * v) / length;
            grad[1] = unit * 4.0 * u / length;
            unit * (2.0 * u * u + v * v)
        });
        let (x0, stop) = (array![-length, 0.5 * length], Stop::relative_grad(0.05).max_iter(4));
        let found = minimize(f, &x0, make(), stop).unwrap();
        let key = format!("{key} in units {unit:e} and {length:e}");
        out.exact(format!("{key}: end"), format!("{} {:?}", found.termination.word(), found.evaluations));
        let x: Vec<f64> = found.x.iter().map(|&x| x.into()).collect();
        out.numbers(format!("{key}: x"), &x);
        out.numbers(format!("{key}: f"), &found.trace.value);
    }
}

#[test]
fn single_precision() {
    let mut out = Record::open("single_precision");
    out.within(1e-3);
    in_single(&mut out, "bfgs", Bfgs::new);
    in_single(&mut out, "cholesky-bfgs", CholeskyBfgs::new);
    in_single(&mut out, "lbfgs", || Lbfgs::new(2));
    in_single(&mut out, "cg", ConjugateGradient::default);
    in_single(&mut out, "sr1", Sr1::new);
    in_single(&mut out, "random search", || RandomSearch::new(0.5, 1).unwrap());
    out.finish();
}
