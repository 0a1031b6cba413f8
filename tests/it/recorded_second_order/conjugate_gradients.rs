//! Conjugate gradients by each formula for β.

use super::functions::{IN_UNITS, SMOOTH, SOME};
use super::paths::{in_units, nothing, on_difficult, open, paths};
use gradus::notebook::*;

#[test]
fn conjugate_gradients() {
    let mut out = open("cg");
    for name in Conjugacy::NAMES {
        let conjugacy = Conjugacy::by_name(name).unwrap();
        out.exact(format!("name {name}"), format!("{} {conjugacy:?}", conjugacy.name()));
        paths(&mut out, name, SMOOTH, || ConjugateGradient::new(conjugacy), nothing);
        paths(
            &mut out,
            &format!("{name}, backtracking"),
            &SOME[..4],
            || ConjugateGradient::new(conjugacy).line_search(Backtracking::default()).unwrap(),
            nothing,
        );
    }
    in_units(&mut out, "default", IN_UNITS, ConjugateGradient::default, nothing);
    out.exact("unknown name", Conjugacy::by_name("polak").unwrap_err());
    out.finish();
}

#[test]
fn conjugate_gradients_where_it_is_difficult() {
    let mut out = open("cg_difficult");
    on_difficult(&mut out, "default", ConjugateGradient::default);
    on_difficult(&mut out, "fletcher-reeves", || ConjugateGradient::new(Conjugacy::FletcherReeves));
    out.finish();
}
