//! Settings at their bounds.

use crate::recorded::Record;
use gradus::notebook::*;
use gradus::optimizer::second_order::KfacStep;

/// Every setting inside, at and outside its bounds.
#[test]
fn bounds_of_the_settings() {
    fn shown<T>(result: Result<T>) -> String {
        result.map_or_else(|error| error.to_string(), |_| "allowed".into())
    }
    let mut out = Record::open("second_order_bounds");
    let values = [
        f64::NEG_INFINITY,
        -1.0,
        -1e-300,
        -0.0,
        0.0,
        1e-300,
        0.1,
        0.5,
        0.9999,
        1.0,
        1.0001,
        2.0,
        1e300,
        f64::INFINITY,
        f64::NAN,
    ];
    for value in values {
        let rate = |lr, momentum, clip| Kfac::new().step(KfacStep::Rate { lr, momentum, clip });
        for (name, text) in [
            ("newton-cg forcing", shown(NewtonCg::new().forcing(value))),
            ("levenberg-marquardt damping", shown(LevenbergMarquardt::new().initial_damping(value))),
            ("trust-region radius", shown(TrustRegion::new().radii(value, 1.0))),
            ("trust-region largest", shown(TrustRegion::new().radii(0.5, value))),
            ("trust-region both", shown(TrustRegion::new().radii(value, value))),
            ("kfac lr", shown(rate(value, 0.5, 1.0))),
            ("kfac momentum", shown(rate(1.0, value, 1.0))),
            ("kfac clip", shown(rate(1.0, 0.5, value))),
            ("kfac damping", shown(Kfac::new().damping(value))),
            ("kfac decay", shown(Kfac::new().decay(value))),
            ("block-diagonal damping", shown(BlockDiagonal::default().damping(value))),
            ("random search scale", shown(RandomSearch::<f64>::new(value, 0))),
        ] {
            out.exact(format!("{name} = {value:e}"), text);
        }
    }
    for count in [0, 1, 2] {
        for (name, text) in [
            ("newton-cg products", shown(NewtonCg::new().most_products(count))),
            ("kfac batch", shown(Kfac::minibatch(count, 0))),
            ("kfac refresh", shown(Kfac::new().refresh(count))),
            ("block-diagonal sample", shown(BlockDiagonal::default().sample(count))),
        ] {
            out.exact(format!("{name} = {count}"), text);
        }
    }
    let bad = Backtracking { shrink: 1.0, ..Backtracking::default() };
    out.exact("newton-cg line search", shown(NewtonCg::new().line_search(bad)));
    out.exact("bfgs line search", shown(Bfgs::<f64>::new().line_search(bad)));
    out.finish();
}
