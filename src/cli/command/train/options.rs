//! The options of `gradus train`.

use crate::cli::numbers;
use crate::cli::optimizer_options::OptimizerOptions;
use clap::Args;
use std::path::PathBuf;

/// Trains a classifier or an autoencoder by minibatches or on the whole loss, and evaluates it after every
/// epoch or iteration
///
/// Images are scaled to [0, 1] and their mean is subtracted (not for an autoencoder, which reconstructs
/// them: its error is the mean over images of the squared distance, summed over pixels). The loss is the
/// mean over the training examples plus l2·Σw² + l1·Σ|w| (biases left out). The reported time does not
/// include evaluation. The same seed gives the same numbers.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus train
  gradus train --data digits --loss svm --optimizer adam --epochs 30
  gradus train --data fashion-mnist --model mlp:100 --lr 0.05 --l2 1e-5 --schedule cosine --epochs 15
  gradus train --data fashion-mnist --lr 0.02 --momentum 0.9 --schedule cosine --l2 1e-4 --epochs 20
  gradus train --optimizer gd --batch full --lr 1 --epochs 200 --trace curve.parquet
  gradus train --data fashion-mnist --optimizer lbfgs --batch full --precision f64 --l2 1e-4 --grad-tol 1e-4
  gradus train --model mlp:32 --optimizer kfac --l2 1e-4 --epochs 5
  gradus train --model autoencoder:30,20,6 --optimizer kfac --blocks tridiagonal --epochs 5
  gradus train --model mlp:32 --optimizer schedule-free-adamw --lr .01
  gradus train --model mlp:32 --lr .1 --wrap sam:.05
  gradus train --model mlp:100,50 --optimizer muon --lr 0.02 --rest-rate 0.1 --epochs 5
  gradus train --data curves --model autoencoder:400,200,100,50,25,6 --optimizer nesterov --lr 0.001
  gradus train --data fashion-mnist --optimizer lbfgs --checkpoint run.txt --max-iter 50
  gradus train --data fashion-mnist --optimizer lbfgs --resume run.txt --max-iter 100
  mpirun -n 2 gradus-mpi train --data fashion-mnist --optimizer lbfgs      (see the folder cluster/)

Ctrl-C ends the run after its epoch: what the finished epochs found is printed, and --trace and --save
keep it. A second Ctrl-C ends it at once.

In the JSON, a number that is not finite is null. If a run diverges, its termination says so, the
losses and accuracies are those of the last epoch before, and the trace is kept.")]
pub struct Train {
    /// digits, alice (embedded), fashion-mnist, mnist, cifar-10 (see `gradus fetch`), blobs, spiral or curves
    /// (generated; curves have no classes, and are for an autoencoder)
    #[arg(long, value_name = "NAME", default_value = "digits")]
    pub(super) data: String,
    /// linear; mlp:H[,H…][,relu|tanh|sigmoid|linear], a fully connected net with hidden layers of these
    /// sizes, such as mlp:100,50,tanh; conv:C[,C…][,relu|tanh|sigmoid|linear], 3×3 convolutions of square
    /// images to these numbers of channels, each with 2×2 max pooling; ngram:M,H[,H…][,tanh|relu|…], a net
    /// that predicts the next character of a text; or autoencoder:H[,H…][,sigmoid|tanh|relu|linear], a net
    /// that reconstructs its inputs through layers of these sizes, the last a linear code, and back
    #[arg(long, value_name = "MODEL", default_value = "linear")]
    pub(super) model: String,
    /// softmax (cross-entropy), svm (multiclass hinge), one-vs-all or structured (other hinges), squared,
    /// logistic, huber[:DELTA]; an autoencoder takes squared (½ Σ (x̂ − x)²), logistic (binary
    /// cross-entropy of sigmoid outputs, summed) or huber [default: softmax; logistic for an autoencoder]
    #[arg(long, value_name = "LOSS")]
    pub(super) loss: Option<String>,
    /// Initial weights: zero, normal:DEVIATION, xavier, he or sparse[:COUNT] (COUNT weights a unit, 15 if
    /// it is left out) [default: zero for linear, he for relu, xavier for other nets, sparse for an
    /// autoencoder]
    #[arg(long, value_name = "INIT")]
    pub(super) init: Option<String>,
    /// gd (or sgd), momentum, nesterov, adagrad, rmsprop, adam, … by minibatches (the first-order ones of
    /// `gradus list optimizers`); bfgs, lbfgs, cg, … on the whole loss; kfac on either
    #[arg(long, value_name = "NAME", default_value = "momentum")]
    pub(super) optimizer: String,
    /// Learning rate, > 0, of an optimizer that has one [default: that of the optimizer, see `gradus list
    /// optimizers`]
    #[arg(long, value_name = "X", value_parser = numbers::number, allow_hyphen_values = true)]
    pub(super) lr: Option<f64>,
    /// Examples per step, from 1 to all, drawn without replacement; or full [default: 128; full for bfgs,
    /// lbfgs, cg, …]
    #[arg(long, value_name = "N|full", allow_hyphen_values = true)]
    pub(super) batch: Option<String>,
    /// Number of batches whose gradients are averaged before each step, ≥ 1
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = numbers::whole::<usize>,
        allow_hyphen_values = true
    )]
    pub(super) accumulate: usize,
    /// Passes over the training examples, ≥ 1 [default: 10]
    #[arg(long, value_name = "N", value_parser = numbers::whole::<usize>, allow_hyphen_values = true)]
    pub(super) epochs: Option<usize>,
    /// Of bfgs, lbfgs, cg, …: limit of iterations, ≥ 1 [default: --epochs, else 1000]
    #[arg(long, value_name = "N", value_parser = numbers::whole::<usize>, allow_hyphen_values = true)]
    pub(super) max_iter: Option<usize>,
    /// Of bfgs, lbfgs, cg, …: converged when no entry of the gradient is larger than this, ≥ 0 [default:
    /// 1e-4]
    #[arg(long, value_name = "X", value_parser = numbers::number, allow_hyphen_values = true)]
    pub(super) grad_tol: Option<f64>,
    /// λ of the penalty λ·Σw², ≥ 0
    #[arg(
        long,
        value_name = "X",
        default_value_t = 0.0,
        value_parser = numbers::number,
        allow_hyphen_values = true
    )]
    pub(super) l2: f64,
    /// λ of the penalty λ·Σ|w|, ≥ 0
    #[arg(
        long,
        value_name = "X",
        default_value_t = 0.0,
        value_parser = numbers::number,
        allow_hyphen_values = true
    )]
    pub(super) l1: f64,
    /// Schedule of the learning rate, in epochs: constant, cosine (to 0 at the end), step:EVERY,FACTOR,
    /// exponential:EVERY,FACTOR, inverse:EVERY, inverse-root:EVERY, restarts:PERIOD[,GROWTH],
    /// onecycle[:SHARE], each after warmup:EPOCHS+ if wanted
    #[arg(long, value_name = "SCHEDULE", default_value = "constant")]
    pub(super) schedule: String,
    /// Seed of the batches, of initial weights, and of generated data
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = numbers::whole::<u64>,
        allow_hyphen_values = true
    )]
    pub(super) seed: u64,
    /// f32 or f64 [default: f32; f64 for bfgs, lbfgs, cg, …]
    #[arg(long, value_name = "TYPE")]
    pub(super) precision: Option<String>,
    /// Write a row for each epoch: epoch, steps, example_grads, losses, accuracies (or errors), lr,
    /// clipped, seconds
    #[arg(long, value_name = "FILE.csv|FILE.parquet")]
    pub(super) trace: Option<PathBuf>,
    /// Write the parameters at the end, a row for each: name and value, such as W[2, 1] or b[0]
    #[arg(long, value_name = "FILE.csv|FILE.parquet")]
    pub(super) save: Option<PathBuf>,
    /// Keep the run in this file, at most twice a second and at its end, so that --resume can go on with it
    #[arg(long, value_name = "FILE", help_heading = "A run in a file")]
    pub(super) checkpoint: Option<PathBuf>,
    /// Go on with a run that --checkpoint kept, with the same bits if all settings are the same; the limits
    /// count from its start
    #[arg(long, value_name = "FILE", help_heading = "A run in a file")]
    pub(super) resume: Option<PathBuf>,
    /// Print one JSON object instead of a summary
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) options: OptimizerOptions,
}
