//! `gradus completions`: completions of the arguments for a shell.

use super::archive::known_archives;
use super::list;
use super::session::{Outcome, Session};
use crate::compare::suite::Suite;
use crate::data::{self, Origin};
use crate::loss;
use crate::model::Initialization;
use crate::optimizer::catalogue::{Catalogue, Entry, SettingKind};
use crate::optimizer::first_order::Convention;
use crate::problems;
use crate::study;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap_complete::Shell;

/// Prints the completions for a shell
///
/// They complete subcommands, options, and the names of optimizers, data sets, problems, losses, studies and
/// lists.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus completions bash > ~/.local/share/bash-completion/completions/gradus
  gradus completions zsh > ~/.zfunc/_gradus
  gradus completions fish > ~/.config/fish/completions/gradus.fish")]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        session.out.write_all(&script(self.shell, session.definition, session.catalogue))?;
        Ok(Outcome::Done)
    }
}

/// Returns the script. It is generated in memory, since clap_complete panics if a write fails.
fn script(shell: Shell, definition: &clap::Command, catalogue: &Catalogue) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut with_values(definition.clone(), catalogue), "gradus", &mut script);
    if shell == Shell::Fish {
        script.extend(fish_positionals(definition, catalogue).into_bytes());
    }
    script
}

/// Returns what clap_complete leaves out for fish: the values of arguments that are no options.
fn fish_positionals(definition: &clap::Command, catalogue: &Catalogue) -> String {
    let mut lines = String::new();
    for offers in offers(catalogue) {
        let names: Vec<&str> = offers.values.iter().map(|(name, _)| name.as_str()).collect();
        for name in offers.subcommands {
            let mut arguments =
                definition.find_subcommand(name).into_iter().flat_map(clap::Command::get_positionals);
            if arguments.any(|argument| argument.get_id() == offers.argument) {
                let using = format!("__fish_gradus_using_subcommand {name}");
                lines += &format!("complete -c gradus -n \"{using}\" -f -a \"{}\"\n", names.join(" "));
            }
        }
    }
    lines
}

/// A name to complete, with what it stands for.
type Offer = (String, String);

/// The values of an argument of some subcommands.
struct Offers {
    subcommands: &'static [&'static str],
    argument: &'static str,
    values: Vec<Offer>,
}

/// Returns the definition with the values that arguments may have. It serves completions alone: when a
/// command is parsed, values are checked where they are used, with a sentence that suggests the nearest name.
fn with_values(definition: clap::Command, catalogue: &Catalogue) -> clap::Command {
    offers(catalogue).into_iter().fold(definition, |definition, offers| {
        let values: Vec<PossibleValue> = offers.values.into_iter().map(possible).collect();
        offers.subcommands.iter().fold(definition, |definition, subcommand| {
            let parser = PossibleValuesParser::new(values.clone());
            definition.mut_subcommand(subcommand, |command| {
                command.mut_arg(offers.argument, |argument| argument.value_parser(parser))
            })
        })
    })
}

/// Clap keeps names for the whole life of the program, which here ends after the script.
fn possible((name, what): Offer) -> PossibleValue {
    let kept = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let value = PossibleValue::new(kept(name));
    if what.is_empty() { value } else { value.help(kept(what)) }
}

fn offers(catalogue: &Catalogue) -> Vec<Offers> {
    let suite = Suite::of(catalogue);
    let optimizers = || catalogue.iter().map(|entry| (entry.name().into(), entry.summary().into())).collect();
    let sets = |wanted: fn(Origin) -> bool| -> Vec<Offer> {
        data::ALL
            .iter()
            .filter(|set| wanted(set.origin))
            .map(|set| (set.name.into(), set.title.into()))
            .collect()
    };
    let studies = || study::ALL.iter().map(|study| (study.name.into(), study.title.into())).collect();
    let every_study = [("all".into(), "all studies".into())].into_iter().chain(studies()).collect();
    let losses = loss::ALL.iter().map(|loss| (loss.name.into(), loss.title.into())).collect();
    let offer = |subcommands, argument, values| Offers { subcommands, argument, values };
    let mut offers = vec![
        offer(&["train", "minimize"], "optimizer", optimizers()),
        offer(&["train", "minimize"], "convention", plain(Convention::NAMES)),
        offer(&["train", "gradcheck"], "data", sets(|_| true)),
        offer(&["train", "gradcheck"], "loss", losses),
        offer(
            &["train", "gradcheck"],
            "model",
            plain([
                "linear",
                "mlp:100",
                "mlp:100,50",
                "autoencoder:400,200,100,50,25,6",
                "conv:8,16",
                "ngram:16,64",
            ]),
        ),
        offer(
            &["train"],
            "init",
            plain(Initialization::FORMS.map(|form| form.split([':', '[']).next().unwrap_or(form))),
        ),
        offer(
            &["train"],
            "schedule",
            plain(["constant", "cosine", "warmup:1+cosine", "step:10,0.1", "onecycle"]),
        ),
        offer(&["train"], "precision", plain(["f32", "f64"])),
        offer(&["minimize", "gradcheck"], "problem", problems_by_name()),
        offer(
            &["compare"],
            "optimizers",
            plain([suite.optimizer_names(), suite.names_on_request()].concat()),
        ),
        offer(&["compare"], "problems", plain([suite.problem_names(), suite.problems_on_request()].concat())),
        offer(&["run"], "studies", every_study),
        offer(&["verify", "claims"], "studies", studies()),
        offer(&["list"], "what", plain(list::KINDS)),
        offer(&["list", "claims"], "format", plain(["table", "csv", "json"])),
        offer(&["fetch"], "name", to_fetch(sets(|origin| origin == Origin::Files))),
    ];
    let archives = known_archives();
    if !archives.is_empty() {
        offers.push(offer(&["compare"], "against", plain(archives)));
    }
    offers.extend(choices(catalogue));
    offers
}

/// The data sets to fetch, and the word before the name of an archive.
fn to_fetch(sets: Vec<Offer>) -> Vec<Offer> {
    let archive = ("archive".into(), "an archive of a comparison, by its name".into());
    sets.into_iter().chain([archive]).collect()
}

/// The settings of single optimizers that are one of some names.
fn choices(catalogue: &Catalogue) -> Vec<Offers> {
    let mut found: Vec<Offers> = Vec::new();
    for spec in catalogue.iter().flat_map(Entry::settings) {
        let SettingKind::Choice(names) = spec.kind else { continue };
        match found.iter_mut().find(|offers| offers.argument == spec.name) {
            Some(known) => {
                let new = names.iter().filter(|name| !known.values.iter().any(|(value, _)| value == *name));
                let new: Vec<Offer> = plain(new.copied());
                known.values.extend(new);
            }
            None => found.push(Offers {
                subcommands: &["train", "minimize"],
                argument: spec.name,
                values: plain(names.iter().copied()),
            }),
        }
    }
    found
}

fn plain(names: impl IntoIterator<Item = impl Into<String>>) -> Vec<Offer> {
    names.into_iter().map(|name| (name.into(), String::new())).collect()
}

/// The problems without a parameter. Those with one accept it after a colon.
fn problems_by_name() -> Vec<Offer> {
    let named = |facts: problems::Facts| {
        (facts.name.split(':').next().unwrap_or_default().to_owned(), facts.formula.to_owned())
    };
    problems::examples().iter().map(|problem| named(problem.facts())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command::definition::definition;

    #[test]
    fn every_argument_whose_values_are_known_exists() {
        let catalogue = Catalogue::built_in();
        let definition = definition(&catalogue);
        for offers in offers(&catalogue) {
            assert!(!offers.values.is_empty(), "{}", offers.argument);
            for name in offers.subcommands {
                let subcommand = definition.find_subcommand(name).unwrap();
                let known = subcommand.get_arguments().any(|argument| argument.get_id() == offers.argument);
                assert!(known, "{name} {}", offers.argument);
            }
        }
    }

    #[test]
    fn every_shell_completes_names() {
        let catalogue = Catalogue::built_in();
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish] {
            let script = String::from_utf8(script(shell, &definition(&catalogue), &catalogue)).unwrap();
            // PowerShell and Elvish complete no values yet.
            let names =
                ["nadam", "fashion-mnist", "rosenbrock", "adagrad-rmsprop", "optimizers", "more-thuente"];
            let missing: Vec<&str> = names.into_iter().filter(|name| !script.contains(name)).collect();
            assert!(
                missing.is_empty() || matches!(shell, Shell::PowerShell | Shell::Elvish),
                "{shell} {missing:?}"
            );
        }
    }
}
