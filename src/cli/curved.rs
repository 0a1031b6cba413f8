//! The optimizers that use curvature, from their options to a run: the same for `gradus minimize` and `gradus
//! train`.

use super::settings;
use crate::error::{Error, Result, check_hyperparameter};
use crate::linalg::{available_memory, bytes_in_words, dense_bytes};
use crate::line_search::{LineSearch, MoreThuente};
use crate::optimizer::second_order::Conjugacy;
use clap::Args;
use serde_json::{Map, Value, json};

/// Each is accepted only by optimizers that have it, so that none is silently ignored.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Options of optimizers that use curvature")]
pub struct CurvedOptions {
    /// Of lbfgs: how many steps it remembers, ≥ 1 [default: 10]
    #[arg(long, value_name = "M", value_parser = settings::whole::<usize>, allow_hyphen_values = true)]
    memory: Option<usize>,
    /// Of bfgs, cholesky-bfgs, lbfgs, cg and newton-cg: more-thuente, hager-zhang, backtracking or exact
    /// [default: more-thuente]
    #[arg(long, value_name = "NAME")]
    line_search: Option<String>,
    /// Of cg: hager-zhang, polak-ribiere or fletcher-reeves [default: hager-zhang]
    #[arg(long, value_name = "NAME")]
    conjugacy: Option<String>,
    /// Of lbfgs, in `gradus train --model linear`: with the diagonal blocks of the Hessian, from a sample, as
    /// preconditioner
    #[arg(long)]
    preconditioned: bool,
}

/// An optimizer of a function as a whole, with its settings checked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Curved {
    Bfgs { search: LineSearch },
    CholeskyBfgs { search: LineSearch },
    Lbfgs { memory: usize, search: LineSearch, preconditioned: bool },
    ConjugateGradient { conjugacy: Conjugacy, search: LineSearch },
    Sr1,
    NewtonCg { search: LineSearch },
}

impl Curved {
    /// Names on the command line.
    #[cfg(test)]
    pub const NAMES: &[&str] = &["bfgs", "cholesky-bfgs", "lbfgs", "cg", "sr1", "newton-cg"];

    /// The optimizer of that name; `None` if it is none of these.
    pub fn by_name(name: &str, options: &CurvedOptions) -> Result<Option<Self>> {
        let search = |default: LineSearch| match &options.line_search {
            Some(name) => LineSearch::by_name(name),
            None => Ok(default),
        };
        let curved = match name {
            "bfgs" => Curved::Bfgs { search: search(LineSearch::default())? },
            "cholesky-bfgs" => Curved::CholeskyBfgs { search: search(LineSearch::default())? },
            "lbfgs" => {
                let memory = options.memory.unwrap_or(10);
                check_hyperparameter("memory", memory as f64, "at least 1", |m| m >= 1.0)?;
                Curved::Lbfgs {
                    memory,
                    search: search(LineSearch::default())?,
                    preconditioned: options.preconditioned,
                }
            }
            "cg" => Curved::ConjugateGradient {
                conjugacy: options
                    .conjugacy
                    .as_deref()
                    .map_or(Ok(Conjugacy::default()), Conjugacy::by_name)?,
                search: search(MoreThuente { curvature: 0.1, ..MoreThuente::default() }.into())?,
            },
            "sr1" => Curved::Sr1,
            "newton-cg" => Curved::NewtonCg { search: search(LineSearch::default())? },
            _ => return Ok(None),
        };
        curved.refuse(name, options)?;
        Ok(Some(curved))
    }

    /// Refuses options that the optimizer would ignore.
    fn refuse(self, name: &str, options: &CurvedOptions) -> Result<()> {
        let foreign =
            options.given().into_iter().filter(|(_, given)| *given).find(|(option, _)| match *option {
                "--memory" | "--preconditioned" => !matches!(self, Curved::Lbfgs { .. }),
                "--conjugacy" => !matches!(self, Curved::ConjugateGradient { .. }),
                _ => self == Curved::Sr1,
            });
        match foreign {
            None => Ok(()),
            Some((option, _)) => {
                let what = format!("{option} does not go with {name}, which has no such setting");
                Err(Error::Unsupported { what, remedy: "leave it out, or choose another optimizer" })
            }
        }
    }

    /// Refuses a number of parameters whose matrix would not fit.
    pub fn check_size(self, name: &str, dim: usize) -> Result<()> {
        let matrix = matches!(self, Curved::Bfgs { .. } | Curved::CholeskyBfgs { .. } | Curved::Sr1);
        let bytes = dense_bytes(dim, 1);
        let Some(available) = available_memory().filter(|&available| matrix && bytes > u128::from(available))
        else {
            return Ok(());
        };
        let what = format!(
            "{name} on {dim} parameters needs a matrix of {dim} × {dim}, {bytes} bytes ({}), and {} are \
             available",
            bytes_in_words(bytes),
            bytes_in_words(available.into())
        );
        Err(Error::Unsupported { what, remedy: "choose lbfgs or cg, which need a few vectors only" })
    }

    /// Refuses a preconditioner whose matrices, `width` × `width` for each of the classes, would not fit.
    pub fn check_blocks(self, classes: usize, width: usize) -> Result<()> {
        let preconditioned = matches!(self, Curved::Lbfgs { preconditioned: true, .. });
        let bytes = dense_bytes(width, classes);
        let Some(available) =
            available_memory().filter(|&available| preconditioned && bytes > u128::from(available))
        else {
            return Ok(());
        };
        let what = format!(
            "--preconditioned keeps a matrix of {width} × {width} for each of {classes} classes, {}, and {} \
             are available",
            bytes_in_words(bytes),
            bytes_in_words(available.into())
        );
        Err(Error::Unsupported { what, remedy: "leave it out" })
    }

    /// Refuses the preconditioner of a linear classifier's risk, for what is none.
    pub fn refuse_preconditioner(self) -> Result<()> {
        match self {
            Curved::Lbfgs { preconditioned: true, .. } => Err(Error::Unsupported {
                what: "--preconditioned needs the risk of a linear classifier".into(),
                remedy: "leave it out, or use `gradus train --model linear --optimizer lbfgs`",
            }),
            _ => Ok(()),
        }
    }

    /// The line search, of those that have one.
    fn search(self) -> Option<LineSearch> {
        match self {
            Curved::Bfgs { search }
            | Curved::CholeskyBfgs { search }
            | Curved::Lbfgs { search, .. }
            | Curved::ConjugateGradient { search, .. }
            | Curved::NewtonCg { search } => Some(search),
            Curved::Sr1 => None,
        }
    }

    /// The settings in words.
    pub fn words(self) -> String {
        let search = self.search().map_or(String::new(), |search| format!("{} line search", search.name()));
        match self {
            Curved::Lbfgs { memory, preconditioned, .. } => {
                let preconditioner = if preconditioned { "preconditioned by blocks, " } else { "" };
                format!("{preconditioner}memory {memory}, {search}")
            }
            Curved::ConjugateGradient { conjugacy, .. } => {
                format!("{} conjugacy, {search}", conjugacy.name())
            }
            Curved::Sr1 => "trust region".into(),
            Curved::Bfgs { .. } | Curved::CholeskyBfgs { .. } | Curved::NewtonCg { .. } => search,
        }
    }

    /// The settings for machines.
    pub fn json(self) -> Map<String, Value> {
        let mut settings = Map::new();
        if let Some(search) = self.search() {
            settings.insert("line_search".into(), json!(search.name()));
        }
        match self {
            Curved::Lbfgs { memory, preconditioned, .. } => {
                settings.insert("memory".into(), json!(memory));
                settings.insert("preconditioned".into(), json!(preconditioned));
            }
            Curved::ConjugateGradient { conjugacy, .. } => {
                _ = settings.insert("conjugacy".into(), json!(conjugacy.name()))
            }
            _ => {}
        }
        settings
    }
}

impl CurvedOptions {
    /// Each option and whether it was given.
    pub fn given(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("--memory", self.memory.is_some()),
            ("--line-search", self.line_search.is_some()),
            ("--conjugacy", self.conjugacy.is_some()),
            ("--preconditioned", self.preconditioned),
        ]
    }
}

/// Evaluates `$run` with `$optimizer` bound to the optimizer that a [`Curved`] stands for. Each is a type of
/// its own, so this is the one place that has to know them all.
macro_rules! with_curved {
    ($curved:expr, $optimizer:ident => $run:expr) => {{
        use $crate::optimizer::second_order::{Bfgs, CholeskyBfgs, ConjugateGradient, Lbfgs, NewtonCg, Sr1};
        match $curved {
            $crate::cli::curved::Curved::Bfgs { search } => {
                let $optimizer = Bfgs::new().line_search(search)?;
                $run
            }
            $crate::cli::curved::Curved::CholeskyBfgs { search } => {
                let $optimizer = CholeskyBfgs::new().line_search(search)?;
                $run
            }
            $crate::cli::curved::Curved::Lbfgs { memory, search, .. } => {
                let $optimizer = Lbfgs::new(memory).line_search(search)?;
                $run
            }
            $crate::cli::curved::Curved::ConjugateGradient { conjugacy, search } => {
                let $optimizer = ConjugateGradient::new(conjugacy).line_search(search)?;
                $run
            }
            $crate::cli::curved::Curved::Sr1 => {
                let $optimizer = Sr1::new();
                $run
            }
            $crate::cli::curved::Curved::NewtonCg { search } => {
                let $optimizer = NewtonCg::new().line_search(search)?;
                $run
            }
        }
    }};
}
pub(super) use with_curved;
