//! BFGS in both of its forms, L-BFGS and SR1.

use super::functions::{IN_UNITS, SMOOTH, SOME};
use super::paths::{flat, in_units, nothing, on_difficult, open, paths};
use gradus::line_search::LineSearch;
use gradus::notebook::*;

#[test]
fn bfgs() {
    let mut out = open("bfgs");
    let look = |bfgs: &Bfgs| vec![("inverse Hessian", flat(bfgs.inverse_hessian()))];
    paths(&mut out, "default", SMOOTH, Bfgs::new, look);
    in_units(&mut out, "default", IN_UNITS, Bfgs::new, look);
    for scaling in [Scaling::Pair, Scaling::Identity] {
        paths(&mut out, &format!("{scaling:?}"), SOME, || Bfgs::new().scaling(scaling), look);
    }
    for first in [FirstTrial::UnitOneNorm, FirstTrial::LastDecrease] {
        paths(&mut out, &format!("{first:?}"), SOME, || Bfgs::new().first_trial(first), look);
    }
    for name in LineSearch::NAMES {
        let search = LineSearch::by_name(name).unwrap();
        paths(&mut out, name, &SOME[..4], || Bfgs::new().line_search(search).unwrap(), look);
    }
    out.finish();
}

#[test]
fn bfgs_where_it_is_difficult() {
    let mut out = open("bfgs_difficult");
    on_difficult(&mut out, "default", Bfgs::new);
    on_difficult(&mut out, "backtracking", || Bfgs::new().line_search(Backtracking::default()).unwrap());
    on_difficult(&mut out, "hager-zhang", || Bfgs::new().line_search(HagerZhang::default()).unwrap());
    out.finish();
}

#[test]
fn cholesky_bfgs() {
    let mut out = open("cholesky_bfgs");
    let look = |bfgs: &CholeskyBfgs| vec![("Hessian", flat(bfgs.hessian()))];
    paths(&mut out, "default", SMOOTH, CholeskyBfgs::new, look);
    in_units(&mut out, "default", IN_UNITS, CholeskyBfgs::new, look);
    on_difficult(&mut out, "default", CholeskyBfgs::new);
    for scaling in [Scaling::Pair, Scaling::Identity] {
        paths(&mut out, &format!("{scaling:?}"), SOME, || CholeskyBfgs::new().scaling(scaling), look);
    }
    paths(
        &mut out,
        "backtracking",
        SOME,
        || CholeskyBfgs::new().line_search(Backtracking::default()).unwrap(),
        look,
    );
    out.finish();
}

#[test]
fn lbfgs() {
    let mut out = open("lbfgs");
    for memory in [0, 1, 2, 3, 12] {
        let names = if memory == 3 { SMOOTH } else { SOME };
        paths(&mut out, &format!("memory {memory}"), names, || Lbfgs::new(memory), nothing);
    }
    in_units(&mut out, "memory 2", IN_UNITS, || Lbfgs::new(2), nothing);
    for scaling in [Scaling::Ample, Scaling::Identity] {
        paths(&mut out, &format!("{scaling:?}"), SOME, || Lbfgs::new(3).scaling(scaling), nothing);
    }
    for first in [FirstTrial::UnitOneNorm, FirstTrial::LastDecrease] {
        paths(&mut out, &format!("{first:?}"), SOME, || Lbfgs::new(3).first_trial(first), nothing);
    }
    paths(
        &mut out,
        "backtracking",
        SOME,
        || Lbfgs::new(2).line_search(Backtracking::default()).unwrap(),
        nothing,
    );
    out.finish();
}

#[test]
fn lbfgs_where_it_is_difficult() {
    let mut out = open("lbfgs_difficult");
    on_difficult(&mut out, "default", Lbfgs::default);
    on_difficult(&mut out, "memory 1", || Lbfgs::new(1).line_search(Backtracking::default()).unwrap());
    out.finish();
}

#[test]
fn sr1() {
    let mut out = open("sr1");
    let look = |sr1: &Sr1| vec![("Hessian", flat(sr1.hessian()))];
    paths(&mut out, "default", SMOOTH, Sr1::new, look);
    in_units(&mut out, "default", IN_UNITS, Sr1::new, look);
    for scaling in [Scaling::Ample, Scaling::Identity] {
        paths(&mut out, &format!("{scaling:?}"), SOME, || Sr1::new().scaling(scaling), look);
    }
    out.finish();
}

#[test]
fn sr1_where_it_is_difficult() {
    let mut out = open("sr1_difficult");
    on_difficult(&mut out, "default", Sr1::new);
    out.finish();
}
