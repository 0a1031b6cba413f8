//! The optimizers that use curvature, from gradients or from a Hessian. To add one, write its file in
//! `optimizer/second_order/` and its entry here.

use super::any_optimizer::AnyOptimizer;
use super::entry::{Entry, Order, Walk};
use super::needs::Needs;
#[cfg(feature = "lapack")]
use super::setting::Value;
use super::setting::{Range, SettingSpec};
use super::values::Values;
use crate::error::Result;
use crate::line_search::{LineSearch, MoreThuente};
use crate::optimizer::second_order::{
    Bfgs, CholeskyBfgs, Conjugacy, ConjugateGradient, Lbfgs, NewtonCg, Sr1,
};
#[cfg(feature = "lapack")]
use crate::optimizer::second_order::{
    BlockDiagonal, GaussNewton, Kfac, KfacBlocks, Labels, LevenbergMarquardt, Newton, TrustRegion,
};

const LINE_SEARCH: SettingSpec =
    SettingSpec::choice("line-search", "how the step length is chosen", LineSearch::NAMES);

/// The constant of the curvature condition, with the default of an optimizer.
const fn curvature(default: f64) -> SettingSpec {
    SettingSpec::number(
        "curvature",
        "the share of the first slope that may be left after a more-thuente line search",
        Range {
            words: "above 1e-4, the sufficient decrease, and below 1",
            contains: |c| c > 1e-4 && c < 1.0,
        },
        default,
    )
}

/// The curvature constant that suits most directions.
const LOOSE: f64 = 0.9;
/// Conjugate gradients need a sharper search.
const SHARP: f64 = 0.1;

fn line_search(values: &Values) -> Result<LineSearch> {
    match values.choice("line-search") {
        "more-thuente" => {
            Ok(MoreThuente { curvature: values.number("curvature"), ..MoreThuente::default() }.into())
        }
        other => LineSearch::by_name(other),
    }
}

/// An optimizer that uses exact gradients.
fn from_gradients(
    name: &'static str,
    make: impl Fn(&Values) -> Result<AnyOptimizer> + Send + Sync + 'static,
) -> Entry {
    Entry::optimizer(name, Order::Second, Needs::ExactGradients, make)
}

pub(super) fn entries() -> Vec<Entry> {
    let mut entries = vec![cg(), bfgs(), cholesky_bfgs(), lbfgs(), sr1(), newton_cg()];
    entries.extend(on_lapack());
    entries
}

/// Returns the entry of [`ConjugateGradient`].
pub fn cg() -> Entry {
    from_gradients("cg", |values| {
        let conjugacy = Conjugacy::by_name(values.choice("conjugacy"))?;
        Ok(AnyOptimizer::new(ConjugateGradient::new(conjugacy).line_search(line_search(values)?)?))
    })
    .with_title("Conjugate gradient")
    .with_summary("nonlinear conjugate gradient; stores four vectors")
    .with_source("Hager & Zhang 2005")
    .with_settings(&[
        SettingSpec::choice("conjugacy", "the formula for β", Conjugacy::NAMES),
        LINE_SEARCH,
        curvature(SHARP),
    ])
    .tuned_by("curvature", SHARP, Walk::Log(1e-2, 0.9))
}

/// Returns the entry of [`Bfgs`].
pub fn bfgs() -> Entry {
    from_gradients("bfgs", |values| Ok(AnyOptimizer::new(Bfgs::new().line_search(line_search(values)?)?)))
        .with_title("BFGS")
        .with_summary("quasi-Newton: builds an inverse Hessian from changes of the gradient")
        .with_source("Broyden, Fletcher, Goldfarb, Shanno 1970, slide \"Second-Order Optimization\"")
        .with_matrices(1)
        .with_settings(&[LINE_SEARCH, curvature(LOOSE)])
        .tuned_by("curvature", LOOSE, Walk::Log(1e-2, 0.99))
        .compared_up_to(1000)
}

fn cholesky_bfgs() -> Entry {
    from_gradients("cholesky-bfgs", |values| {
        Ok(AnyOptimizer::new(CholeskyBfgs::new().line_search(line_search(values)?)?))
    })
    .with_title("BFGS, Cholesky factors")
    .with_summary("BFGS that stores a Cholesky factor of the Hessian's approximation")
    .with_source("Goldfarb 1976")
    .with_matrices(1)
    .with_settings(&[LINE_SEARCH, curvature(LOOSE)])
    .not_compared()
}

fn sr1() -> Entry {
    from_gradients("sr1", |_| Ok(AnyOptimizer::new(Sr1::new())))
        .with_title("SR1")
        .with_summary("symmetric rank-one updates of the Hessian's approximation, in a trust region")
        .with_source("Conn, Gould & Toint 1991")
        .with_matrices(1)
        .compared_up_to(200)
}

fn newton_cg() -> Entry {
    Entry::optimizer("newton-cg", Order::Second, Needs::Products, |values| {
        let optimizer = NewtonCg::new().forcing(values.number("forcing"))?;
        Ok(AnyOptimizer::new(optimizer.line_search(line_search(values)?)?))
    })
    .with_title("Newton-CG")
    .with_summary("solves Newton's equations by conjugate gradient, from products with the Hessian")
    .with_source("Dembo & Steihaug 1983")
    .with_settings(&[
        LINE_SEARCH,
        curvature(LOOSE),
        SettingSpec::number(
            "forcing",
            "the largest residual of Newton's equations, relative to the gradient",
            Range::INSIDE_ONE,
            0.5,
        ),
    ])
    .tuned_by("forcing", 0.5, Walk::Log(1e-4, 0.9))
}

/// Returns the entry of [`Lbfgs`].
pub fn lbfgs() -> Entry {
    let memory = SettingSpec::whole("memory", "how many steps it remembers", 1, 10);
    #[cfg(feature = "lapack")]
    let settings = [
        memory,
        LINE_SEARCH,
        curvature(LOOSE),
        SettingSpec::flag(
            "preconditioned",
            "for `gradus train --model linear`: precondition by sampled diagonal blocks of the Hessian",
        )
        .needing(Needs::Blocks),
    ];
    #[cfg(not(feature = "lapack"))]
    let settings = [memory, LINE_SEARCH, curvature(LOOSE)];
    from_gradients("lbfgs", |values| {
        let optimizer = Lbfgs::new(values.whole("memory")).line_search(line_search(values)?)?;
        #[cfg(feature = "lapack")]
        if values.flag("preconditioned") {
            let blocks = BlockDiagonal::default().seed(values.seed);
            return Ok(AnyOptimizer::new(optimizer.preconditioned(blocks)));
        }
        Ok(AnyOptimizer::new(optimizer))
    })
    .with_title("L-BFGS")
    .with_summary("BFGS from the last few steps; stores vectors instead of a matrix")
    .with_source("Liu & Nocedal 1989, slide \"L-BFGS\"")
    .with_settings(&settings)
    .tuned_by("memory", 10.0, Walk::Whole(1, 36))
}

#[cfg(not(feature = "lapack"))]
fn on_lapack() -> Vec<Entry> {
    Vec::new()
}

/// The names of the optimizers that a build without LAPACK leaves out.
#[cfg(not(feature = "lapack"))]
pub(super) const ON_LAPACK: [&str; 8] = [
    "newton",
    "newton-damped",
    "newton-shifted",
    "trust-region",
    "gauss-newton",
    "levenberg-marquardt",
    "lm",
    "kfac",
];

/// The optimizers whose linear algebra is LAPACK's.
#[cfg(feature = "lapack")]
fn on_lapack() -> Vec<Entry> {
    let by_hessian = |name, make: fn() -> Newton| {
        Entry::optimizer(name, Order::Second, Needs::Hessian, move |_| Ok(AnyOptimizer::new(make())))
            .with_source("slide \"Second-Order Optimization\"")
            .with_matrices(1)
    };
    vec![
        by_hessian("newton", Newton::pure)
            .with_title("Newton")
            .with_summary("full Newton steps, without a line search or a shift")
            .not_compared(),
        by_hessian("newton-damped", Newton::damped)
            .with_title("Newton, damped")
            .with_summary("Newton steps with a line search")
            .not_compared(),
        by_hessian("newton-shifted", Newton::shifted)
            .with_title("Newton, shifted")
            .with_summary("Newton with a line search; shifts the Hessian until it is positive definite")
            .compared_up_to(200),
        Entry::optimizer("trust-region", Order::Second, Needs::Hessian, |values| {
            Ok(AnyOptimizer::new(TrustRegion::new().radii(values.number("radius"), LARGEST_RADIUS)?))
        })
        .with_title("Trust region")
        .with_summary("minimizes the quadratic model within a radius, exactly")
        .with_source("Moré & Sorensen 1983")
        .with_matrices(2)
        .with_settings(&[SettingSpec::number(
            "radius",
            "the first radius",
            Range { words: "above 0 and at most 1e10", contains: |v| v > 0.0 && v <= LARGEST_RADIUS },
            1.0,
        )])
        .tuned_by("radius", 1.0, Walk::Log(1e-3, 1e3))
        .compared_up_to(200),
        Entry::optimizer("gauss-newton", Order::Second, Needs::Residuals, |_| {
            Ok(AnyOptimizer::new(GaussNewton::new()))
        })
        .with_title("Gauss–Newton")
        .with_summary("least squares: linearizes the residuals, with a line search")
        .with_source("Nocedal & Wright 2006, section 10.3")
        .not_compared(),
        Entry::optimizer("levenberg-marquardt", Order::Second, Needs::Residuals, |_| {
            Ok(AnyOptimizer::new(LevenbergMarquardt::new()))
        })
        .with_title("Levenberg–Marquardt")
        .with_aliases(&["lm"])
        .with_summary("least squares: linearizes the residuals, with damping")
        .with_source("Levenberg 1944, Marquardt 1963")
        .not_compared(),
        kfac(),
    ]
}

/// The largest radius of a trust region, as [`TrustRegion::new`] has it.
#[cfg(feature = "lapack")]
const LARGEST_RADIUS: f64 = 1e10;

#[cfg(feature = "lapack")]
fn kfac() -> Entry {
    Entry::optimizer("kfac", Order::Second, Needs::Layers, |values| {
        let kfac = match values.batch {
            Some(batch) => Kfac::minibatch(batch, values.seed)?,
            None => Kfac::new(),
        };
        let labels = match values.choice("labels") {
            "sampled" => Labels::Sampled,
            _ => Labels::Exact,
        };
        let blocks = KfacBlocks::by_name(values.choice("blocks"))?;
        Ok(AnyOptimizer::new(kfac.damping(values.number("damping"))?.labels(labels).blocks(blocks)))
    })
    .with_title("K-FAC")
    .with_summary("trains nets by the natural gradient, with Kronecker factors of each layer")
    .with_source("Martens & Grosse 2015, slide \"Second-Order Optimization\"")
    .with_settings(&[
        SettingSpec::number("damping", "the damping λ at the start", Range::POSITIVE, Kfac::DEFAULT_DAMPING),
        SettingSpec::choice(
            "labels",
            "the labels of the Fisher information, in expectation or drawn from the model",
            &["exact", "sampled"],
        ),
        SettingSpec::choice(
            "blocks",
            "the blocks of the inverse Fisher information: of each layer, or also between neighbours",
            KfacBlocks::NAMES,
        ),
    ])
    .tuned_by("damping", Kfac::DEFAULT_DAMPING, Walk::Log(1e-4, 1e2))
    .compared_up_to(5000)
    .compared_with("labels", Value::Choice("sampled"))
}
