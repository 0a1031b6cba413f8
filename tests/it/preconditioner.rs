//! The block-diagonal preconditioner of L-BFGS: the right blocks minimize a quadratic in one step, and a run
//! can be resumed.
#![cfg(feature = "lapack")]

use gradus::notebook::*;
use gradus::objective::BlockCurvature;
use std::ops::Range;

/// ½(x − 1)ᵀA(x − 1), where A consists of two diagonal blocks. The second block is not contiguous.
struct Blocks([Array2<f64>; 2]);

impl Blocks {
    fn new() -> Self {
        Blocks([
            array![[4.0, 1.0], [1.0, 3.0]],
            array![[1e4, 20.0, 0.0], [20.0, 5.0, 1e-2], [0.0, 1e-2, 1e-3]],
        ])
    }

    fn gradient(&self, x: &ArrayRef1<f64>) -> Array1<f64> {
        let d = x - 1.0;
        let (first, second) = (self.0[0].dot(&array![d[1], d[2]]), self.0[1].dot(&array![d[3], d[4], d[0]]));
        array![second[2], first[0], first[1], second[0], second[1]]
    }
}

impl Objective<f64> for Blocks {
    fn dim(&self) -> usize {
        5
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        0.5 * self.gradient(x).dot(&(x - 1.0))
    }
}

impl Differentiable<f64> for Blocks {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.assign(&self.gradient(x));
        self.value(x)
    }
}

impl FiniteSum<f64> for Blocks {
    fn terms(&self) -> usize {
        3
    }

    fn batch_value_grad(&mut self, x: &ArrayRef1<f64>, _batch: &[u32], grad: &mut ArrayRef1<f64>) -> f64 {
        self.value_grad(x, grad)
    }
}

impl BlockCurvature for Blocks {
    fn curvature_blocks(&self) -> Vec<Vec<Range<usize>>> {
        vec![vec![1..3], vec![3..5, 0..1]]
    }

    fn write_curvature_blocks(&mut self, _x: &ArrayRef1<f64>, batch: &[u32], blocks: &mut [Array2<f64>]) {
        assert_eq!(batch.len(), 3, "no more examples than there are");
        blocks.iter_mut().zip(&self.0).for_each(|(block, own)| block.assign(own));
    }
}

#[test]
fn with_its_own_hessian_a_quadratic_ends_in_one_step() {
    let start = array![3.0, -2.0, 0.0, 0.5, 10.0];
    let found = minimize(
        Blocks::new(),
        &start,
        Lbfgs::new(5).preconditioned(BlockDiagonal::default().damping(0.0).unwrap()),
        Stop::grad(1e-9),
    )
    .unwrap();
    assert!(found.termination.converged() && found.iterations == 1, "{found}");
    assert!((&found.x - 1.0).iter().all(|d| d.abs() < 1e-6), "{}", found.x);
    assert_eq!(found.evaluations.hess, 1);
    let plain = minimize(Blocks::new(), &start, Lbfgs::new(5), Stop::grad(1e-9)).unwrap();
    assert!(plain.iterations > 5, "{plain}");
}

fn digits() -> EmpiricalRisk<f64> {
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    EmpiricalRisk::new(Linear::new(64, 10), Softmax, digits.train_x, digits.train_y, Regularizer::l2(1e-4))
        .unwrap()
}

fn sampled() -> Lbfgs<f64, BlockDiagonal> {
    Lbfgs::new(10).preconditioned(BlockDiagonal::default().sample(200).unwrap().seed(3))
}

#[test]
fn a_resumed_run_goes_on_with_the_same_bits_and_the_blocks_do_not_depend_on_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    let start = Array1::zeros(650);
    // Between two renewals, so that the resumed run must compute the blocks again at the old point.
    Minimization::new(digits(), &start, sampled(), Stop::iterations(7)).save_to(&file).run().unwrap();
    let saved = SavedRun::read(&file).unwrap();
    let resumed =
        Minimization::resume(digits(), saved, sampled(), Stop::iterations(15)).unwrap().run().unwrap();
    let at_once = minimize(digits(), &start, sampled(), Stop::iterations(15)).unwrap();
    assert_eq!(resumed.x, at_once.x);
    // The blocks at 0, 4 and 12, and those that the resumed run has computed again.
    assert_eq!((at_once.evaluations.hess, resumed.evaluations.hess), (3, 4));
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(
        one.install(|| minimize(digits(), &start, sampled(), Stop::iterations(15)).unwrap()).x,
        at_once.x
    );
}

#[test]
fn a_saved_run_is_resumed_by_the_same_preconditioner_and_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    Minimization::new(digits(), &Array1::zeros(650), sampled(), Stop::iterations(5))
        .save_to(&file)
        .run()
        .unwrap();
    let other =
        Minimization::resume(digits(), SavedRun::read(&file).unwrap(), Lbfgs::new(10), Stop::iterations(9))
            .err()
            .unwrap();
    assert!(
        other.to_string().contains("saved by lbfgs-block-diagonal, and cannot be resumed by lbfgs"),
        "{other}"
    );
    let text = std::fs::read_to_string(&file).unwrap();
    let without: String =
        text.lines().filter(|line| !line.contains("anchor")).map(|line| format!("{line}\n")).collect();
    assert_ne!(text, without);
    std::fs::write(&file, without).unwrap();
    let damaged =
        Minimization::resume(digits(), SavedRun::read(&file).unwrap(), sampled(), Stop::iterations(9))
            .unwrap()
            .run();
    assert!(damaged.unwrap_err().to_string().contains("anchor"));
}

#[test]
fn an_empty_sample_and_a_negative_damping_are_refused() {
    assert_eq!(
        BlockDiagonal::default().sample(0).unwrap_err().to_string(),
        "sample = 0 is out of range: sample must be at least 1"
    );
    let refused = BlockDiagonal::default().damping(-1.0).unwrap_err().to_string();
    assert_eq!(refused, "damping = -1 is out of range: damping must be finite and ≥ 0");
}
