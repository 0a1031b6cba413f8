//! What is compared: the options that choose optimizers, problems and settings.

use crate::cli::numbers;
use crate::compare::suite::{Settings, Suite};
use crate::error::Result;
use crate::optimizer::catalogue::Catalogue;
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(super) struct Selection {
    /// Optimizers, separated by commas [default: all that `gradus list optimizers` has and that can be
    /// compared; in the wide suite others too]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    optimizers: Option<Vec<String>>,
    /// Problems, separated by commas [default: those of the suite whose data are installed]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    problems: Option<Vec<String>>,
    /// The suite [default: standard]
    #[arg(long, value_name = "NAME", value_enum, conflicts_with = "quick")]
    suite: Option<Size>,
    /// The same as --suite quick
    #[arg(long)]
    quick: bool,
    /// Trials of each tuning [default: 36, or 8 in the quick suite]
    #[arg(long, value_name = "N", value_parser = numbers::whole::<usize>, allow_hyphen_values = true)]
    trials: Option<usize>,
    /// Seeds at the best setting, and at the defaults [default: 12, or 3 in the quick suite]
    #[arg(long, value_name = "N", value_parser = numbers::whole::<usize>, allow_hyphen_values = true)]
    seeds: Option<usize>,
    /// The seed from which every random number comes
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = numbers::whole::<u64>,
        allow_hyphen_values = true
    )]
    seed: u64,
}

/// The size of a suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Size {
    /// A first look in seconds: six problems, 8 trials, 3 seeds, a fifth of the evaluations
    Quick,
    /// The standard problems, in ten minutes to half an hour
    #[default]
    Standard,
    /// The standard problems and those that otherwise take part only if they are named: larger nets and
    /// autoencoders. The same for optimizers: Lookahead and SAM around other rules. It may take hours, and
    /// days if there are few cores: `gradus compare plan` deals it to several machines
    Wide,
}

impl Selection {
    /// The options, which a plan replaces.
    pub const OPTIONS: [&'static str; 7] =
        ["optimizers", "problems", "suite", "quick", "trials", "seeds", "seed"];

    fn size(&self) -> Size {
        if self.quick { Size::Quick } else { self.suite.unwrap_or_default() }
    }

    /// Returns the chosen optimizers and problems.
    pub fn suite(&self, catalogue: &Catalogue) -> Result<Suite> {
        let mut suite = Suite::of(catalogue);
        match self.size() {
            Size::Quick if self.problems.is_none() => suite = suite.quick_problems(),
            Size::Quick | Size::Standard => {}
            Size::Wide => suite = suite.with_all_on_request(),
        }
        if let Some(names) = &self.optimizers {
            let known = [suite.optimizer_names(), suite.names_on_request()].concat();
            // Other names of an optimizer, such as "gd", are those of the catalogue.
            let own_name = |given: &str| {
                let own = catalogue.get(given).map(|entry| entry.name().to_owned());
                own.ok().filter(|own| known.contains(own)).unwrap_or(given.into())
            };
            suite = suite.optimizers(&given(names).into_iter().map(own_name).collect::<Vec<_>>())?;
        }
        match &self.problems {
            Some(names) => suite.problems(&given(names)),
            None => Ok(suite),
        }
    }

    /// Returns the size of the comparison.
    pub fn settings(&self) -> Result<Settings> {
        let usual = if self.size() == Size::Quick { Settings::quick() } else { Settings::default() };
        let trials = self.trials.unwrap_or(usual.trials);
        let settings =
            Settings { trials, seeds: self.seeds.unwrap_or(usual.seeds), seed: self.seed, ..usual };
        settings.validate()?;
        Ok(settings)
    }
}

/// Returns the names of a list, without empty ones.
fn given(names: &[String]) -> Vec<&str> {
    names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect()
}
