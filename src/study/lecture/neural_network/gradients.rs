//! The gradient of a two-layer net: by hand, by the library, and by differences, for every entry.

use super::classifiers::L2;
use super::sources::SOURCE;
use crate::claim::{Bound, Claim};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::findings::Findings;
use crate::gradcheck::{GradCheck, Report, check_gradient, check_hess_vec};
use crate::loss;
use crate::model::{ModelKind, ParamLayout};
use crate::objective::{Differentiable, Objective};
use crate::risk::Regularizer;
use crate::rng;
use crate::study::Context;
use crate::table::Table;
use crate::train::Classifier;
use ndarray::{Array1, Array2, Axis, s};

const HIDDEN: usize = 20;
const EXAMPLES: usize = 40;
/// A step so large that many hidden units switch within it.
const COARSE: f64 = 1e-3;

/// One check, which is a row of the table.
struct GradientCheckRow {
    loss: &'static str,
    what: String,
    report: Report,
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    let kind = ModelKind::parse(&format!("mlp:{HIDDEN}"))?;
    let classifier = Classifier::new(digits, kind, Regularizer::l2(L2)).first(EXAMPLES);
    let mut rows = Vec::new();
    for loss in ["softmax", "svm"] {
        let mut risk = classifier.risk(loss::by_name(loss)?)?;
        let noise: Array1<f64> =
            rng::normal(&mut rng::stream(context.seed, "point of a gradient check", 0), risk.dim(), 0.1);
        let x = classifier.initial(context.seed) + noise;
        rows.push(GradientCheckRow {
            loss,
            what: "gradient, h = 1e-6".into(),
            report: check_gradient(&mut risk, &x)?,
        });
        let coarse = GradCheck::default().h(COARSE).gradient(&mut risk, &x)?;
        rows.push(GradientCheckRow { loss, what: format!("gradient, h = {COARSE:e}"), report: coarse });
        rows.push(GradientCheckRow {
            loss,
            what: "Hessian times a vector".into(),
            report: check_hess_vec(&mut risk, &x, context.seed)?,
        });
    }
    let wrong = |coarse: bool| {
        rows.iter().filter(|r| r.what.ends_with("1e-3") == coarse).map(|r| r.report.failing()).sum::<usize>()
    };
    let kinks: usize = rows.iter().map(|r| r.report.count("kink")).sum();
    let none = Bound::Equals { value: 0.0, tolerance: 0.0 };
    let entries =
        rows.iter().filter(|r| !r.what.ends_with("1e-3")).map(|r| r.report.entries.len()).sum::<usize>();
    findings.claims.extend([
        Claim::exact(
            "grad-check-mlp",
            "14",
            "Every entry of the gradient of a two-layer net passes the check, with softmax and SVM, and so \
             do its second derivatives (number of wrong entries)",
            SOURCE,
        )
        .ours()
        .measured(wrong(false) as f64, none)
        .note(format!("Of {entries} entries.")),
        Claim::exact(
            "grad-check-mlp-kinks",
            "14",
            "Checked with a step of .001, within which hidden units switch, no entry is called wrong: kinks \
             are told from errors (number of wrong entries)",
            SOURCE,
        )
        .ours()
        .measured(wrong(true) as f64, none)
        .note(format!("{kinks} entries have a kink between the points of their difference.")),
        by_hand(&classifier, context)?,
    ]);
    let count = |of: &dyn Fn(&Report) -> usize| rows.iter().map(|r| of(&r.report) as i64).collect::<Vec<_>>();
    findings.tables.push(
        Table::new(
            "gradient_check",
            format!(
                "Derivatives of a net with {HIDDEN} hidden units on {EXAMPLES} digits compared with \
                 differences"
            ),
        )
        .text("loss", rows.iter().map(|r| r.loss))
        .text("check", rows.iter().map(|r| r.what.clone()))
        .integer("entries", count(&|r| r.entries.len()))
        .integer("agree", count(&|r| r.count("agrees")))
        .integer("kinks", count(&|r| r.count("kink")))
        .integer("wrong", count(&|r| r.failing())),
    );
    Ok(())
}

/// Compares handwritten backpropagation with the library's.
fn by_hand(classifier: &Classifier<f64>, context: &Context) -> Result<Claim> {
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    let (x, y) = (digits.train_x.slice(s![..EXAMPLES, ..]).to_owned(), &digits.train_y[..EXAMPLES]);
    let mut risk = classifier.risk(loss::Softmax)?;
    let layout = risk.layout().clone();
    let params = classifier.initial(context.seed);
    let mut grad = Array1::zeros(params.len());
    risk.value_grad(&params, &mut grad);
    let written = backward(&layout, &params, &x, y);
    let largest = grad.iter().fold(0.0f64, |m, g| m.max(g.abs()));
    let apart = grad.iter().zip(&written).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) / largest;
    let sentence = "Backpropagation written by hand, matrix by matrix, gives the library's gradient \
                    (largest difference, relative)";
    Ok(Claim::exact("backprop-by-hand", "14", sentence, SOURCE).ours().measured(apart, Bound::AtMost(1e-12)))
}

/// Returns the gradient of the mean softmax loss with λ‖W‖² of a two-layer ReLU net, in the layout of the
/// parameters.
fn backward(layout: &ParamLayout, params: &Array1<f64>, x: &Array2<f64>, y: &[u8]) -> Vec<f64> {
    let [w1, b1, w2, b2] = ["W1", "b1", "W2", "b2"].map(|name| layout.view(params, name));
    let hidden = (x.dot(&w1.t()) + b1).mapv(|z| z.max(0.0));
    let scores = hidden.dot(&w2.t()) + b2;
    let powers = scores.mapv(f64::exp);
    let mut errors = &powers / &powers.sum_axis(Axis(1)).insert_axis(Axis(1));
    y.iter().enumerate().for_each(|(i, &class)| errors[[i, usize::from(class)]] -= 1.0);
    errors /= x.nrows() as f64;
    let mut deltas = errors.dot(&w2);
    deltas.zip_mut_with(&hidden, |d, &h| {
        if h == 0.0 {
            *d = 0.0
        }
    });
    let (dw2, db2) = (errors.t().dot(&hidden) + 2.0 * L2 * &w2, errors.sum_axis(Axis(0)));
    let (dw1, db1) = (deltas.t().dot(x) + 2.0 * L2 * &w1, deltas.sum_axis(Axis(0)));
    dw1.iter().chain(&db1).chain(&dw2).chain(&db2).copied().collect()
}
