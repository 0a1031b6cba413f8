//! Newton's method, with factorizations and with products.

use super::functions::{IN_UNITS, SMOOTH, SOME};
use super::paths::{Any, in_units, nothing, on_difficult, open, paths};
use gradus::notebook::*;

#[test]
fn newton() {
    let mut out = open("newton");
    let look = |newton: &Newton| vec![("its shift", vec![newton.shift()])];
    for (form, make) in
        [("shifted", Newton::new as fn() -> Newton), ("pure", Newton::pure), ("damped", Newton::damped)]
    {
        // Where the Hessian is singular or the slope 0, rounding decides what the other forms do.
        let regular =
            |name: &&&str| form == "shifted" || !["extended-powell-singular:8", "beale"].contains(*name);
        let of = |names: &[&'static str]| names.iter().filter(regular).copied().collect::<Vec<_>>();
        paths(&mut out, form, &of(SMOOTH), make, look);
        in_units(&mut out, form, &of(IN_UNITS), make, look);
        let optimizer = make();
        let name = |newton: &Newton| Optimizer::<f64, Counted<Any>>::name(newton);
        out.exact(format!("{form}: name"), name(&optimizer));
        out.exact(format!("{form}: stays finite"), Optimizer::<f64, Counted<Any>>::stays_finite(&optimizer));
    }
    out.finish();
}

#[test]
fn newton_where_it_is_difficult() {
    let mut out = open("newton_difficult");
    on_difficult(&mut out, "shifted", Newton::new);
    on_difficult(&mut out, "pure", Newton::pure);
    on_difficult(&mut out, "damped", Newton::damped);
    out.finish();
}

#[test]
fn newton_cg() {
    let mut out = open("newton_cg");
    paths(&mut out, "default", SMOOTH, NewtonCg::new, nothing);
    in_units(&mut out, "default", IN_UNITS, NewtonCg::new, nothing);
    for forcing in [0.01, 0.99] {
        paths(
            &mut out,
            &format!("forcing {forcing}"),
            SOME,
            || NewtonCg::new().forcing(forcing).unwrap(),
            nothing,
        );
    }
    for most in [1, 2] {
        paths(
            &mut out,
            &format!("{most} products"),
            SOME,
            || NewtonCg::new().most_products(most).unwrap(),
            nothing,
        );
    }
    paths(
        &mut out,
        "backtracking",
        SOME,
        || NewtonCg::new().line_search(Backtracking::default()).unwrap(),
        nothing,
    );
    on_difficult(&mut out, "default", NewtonCg::new);
    out.finish();
}
