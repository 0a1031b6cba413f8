//! The options of optimizers, the same for `gradus minimize` and `gradus train`. Those of single optimizers
//! come from the catalogue.

use super::numbers;
use crate::error::{Error, Result};
use crate::optimizer::catalogue::{Catalogue, Configuration, Entry, SettingKind, SettingSpec, Value};
use crate::optimizer::first_order::{Averaging, Clip, Convention, Wrap};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Args, Command, FromArgMatches, Id};
use serde_json::{Map, json};

/// The options of one optimizer: its settings, and what all update rules have in common. An option that the
/// chosen optimizer does not have is refused, so that none is silently ignored.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Options of all update rules")]
pub struct OptimizerOptions {
    /// Whose defaults and placement of eps: torch, lecture, keras or optax [default: torch]
    #[arg(long, value_name = "NAME")]
    convention: Option<String>,
    /// Scale a gradient that is longer than this down to this length, > 0
    #[arg(
        long,
        value_name = "X",
        value_parser = numbers::number,
        allow_hyphen_values = true,
        conflicts_with = "clip_value"
    )]
    clip_norm: Option<f64>,
    /// Cut each entry of the gradient to at most this, > 0
    #[arg(long, value_name = "X", value_parser = numbers::number, allow_hyphen_values = true)]
    clip_value: Option<f64>,
    /// Evaluate an average of the parameters: polyak[:FROM], swa:FROM[,EVERY] (counted like the schedule) or
    /// ema:DECAY [default: off]
    #[arg(long, value_name = "AVERAGE")]
    average: Option<String>,
    /// Wrap the rule: lookahead[:K[,ALPHA]] lets slow weights follow every K steps by the share ALPHA,
    /// sam[:RHO] takes the gradient at the worst point within RHO [default: off; K 5, ALPHA 0.5, RHO 0.05]
    #[arg(long, value_name = "WRAPPING")]
    wrap: Option<String>,
    #[command(flatten)]
    given: GivenSettings,
}

/// The settings that were given, by the names of their options.
#[derive(Debug, Default)]
struct GivenSettings(Vec<(String, String)>);

/// The group of the arguments that are settings of the catalogue.
const GROUP: &str = "settings";

/// The catalogue is known at run time only, so that [`add_settings`] adds the arguments.
impl Args for GivenSettings {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}

impl FromArgMatches for GivenSettings {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let present = matches.get_many::<Id>(GROUP).into_iter().flatten().map(Id::as_str);
        let typed = present.filter(|id| matches.value_source(id) == Some(ValueSource::CommandLine));
        let given = typed.map(|id| {
            let text = matches.try_get_one::<String>(id).ok().flatten().cloned();
            (id.to_owned(), text.unwrap_or_default())
        });
        Ok(GivenSettings(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = GivenSettings::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Adds an option for each setting in the catalogue.
pub fn add_settings(command: Command, catalogue: &Catalogue) -> Command {
    let mut names: Vec<&'static str> = Vec::new();
    for spec in catalogue.iter().flat_map(Entry::settings) {
        for name in [spec.name, spec.alias] {
            let taken = command.get_arguments().any(|argument| argument.get_long() == Some(name));
            if !name.is_empty() && !taken && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let arguments: Vec<Arg> = names.iter().map(|name| argument(name, catalogue)).collect();
    let group = ArgGroup::new(GROUP).args(names).multiple(true);
    command.next_help_heading("Settings of single optimizers").args(arguments).group(group)
}

/// The option of one setting.
fn argument(name: &'static str, catalogue: &Catalogue) -> Arg {
    let argument = Arg::new(name).long(name).help(help(name, catalogue));
    let spec = catalogue.iter().find_map(|entry| entry.setting(name)).expect("a name of the catalogue");
    match spec.kind {
        SettingKind::Flag => argument.action(ArgAction::SetTrue),
        SettingKind::Choice(_) => argument.value_name("NAME"),
        SettingKind::Number(_) => {
            argument.value_name("X").value_parser(numbers::number_text).allow_hyphen_values(true)
        }
        SettingKind::Whole(_) => {
            argument.value_name("N").value_parser(numbers::whole_text).allow_hyphen_values(true)
        }
    }
}

/// The help of one setting: for each meaning, the optimizers that have it, the range and the defaults.
fn help(name: &str, catalogue: &Catalogue) -> String {
    let mut meanings: Vec<(String, Vec<(&str, Value)>)> = Vec::new();
    for entry in catalogue.iter() {
        let Some(spec) = entry.setting(name) else { continue };
        let meaning = meaning(name, spec);
        match meanings.iter_mut().find(|(known, _)| *known == meaning) {
            Some((_, optimizers)) => optimizers.push((entry.name(), spec.default)),
            None => meanings.push((meaning, vec![(entry.name(), spec.default)])),
        }
    }
    let sentence = |(meaning, optimizers): (String, Vec<(&str, Value)>)| {
        let names: Vec<&str> = optimizers.iter().map(|(name, _)| *name).collect();
        format!("Of {}: {meaning}{}", in_words(&names), defaults(&optimizers))
    };
    meanings.into_iter().map(sentence).collect::<Vec<_>>().join("; ")
}

/// What a setting means under a name, with its range.
fn meaning(name: &str, spec: &SettingSpec) -> String {
    if name != spec.name {
        return format!("the same as --{}", spec.name);
    }
    match spec.kind {
        SettingKind::Number(range) => format!("{}, {}", spec.meaning, range.words),
        SettingKind::Whole(least) => format!("{}, ≥ {least}", spec.meaning),
        SettingKind::Choice(names) => format!("{}: {}", spec.meaning, names.join(", ")),
        SettingKind::Flag => spec.meaning.into(),
    }
}

/// "[default: 0.9; rmsprop 0]": the default that most optimizers have, then the others.
fn defaults(optimizers: &[(&str, Value)]) -> String {
    let count = |value: &Value| optimizers.iter().filter(|(_, other)| other == value).count();
    let most = optimizers.iter().map(|(_, value)| count(value)).max().unwrap_or(0);
    let Some((_, usual)) = optimizers.iter().find(|(_, value)| count(value) == most) else {
        return String::new();
    };
    if matches!(usual, Value::Flag(_)) {
        return String::new();
    }
    let others = optimizers.iter().filter(|(_, value)| value != usual);
    let others: String = others.map(|(name, value)| format!("; {name} {value}")).collect();
    format!(" [default: {usual}{others}]")
}

/// "a, b and c".
fn in_words(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).into(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

impl OptimizerOptions {
    /// Returns the optimizer of that name with these settings.
    ///
    /// # Errors
    /// If there is no such optimizer, it does not have one of the settings, or a value is out of its range.
    pub fn configure(&self, name: &str, catalogue: &Catalogue) -> Result<Configuration> {
        let entry = catalogue.get(name)?;
        let mut configuration = entry.configure();
        if !entry.is_rule() {
            refuse(name, &self.of_rules())?;
        }
        if let Some(convention) = &self.convention {
            configuration = configuration.convention(Convention::by_name(convention)?)?;
        }
        for (setting, text) in &self.given.0 {
            if entry.setting(setting).is_none() && !is_number_of_rules(setting, entry, catalogue) {
                return Err(foreign(&format!("--{setting}"), name));
            }
            configuration = configuration.set_text(setting, text)?;
        }
        if let Some(wrap) = &self.wrap {
            configuration = configuration.wrap(Wrap::parse(wrap)?)?;
        }
        match self.clip() {
            Clip::Off => Ok(configuration),
            clip => configuration.clip(clip),
        }
    }

    /// Returns whether a setting was given.
    pub fn has(&self, setting: &str) -> bool {
        self.given.0.iter().any(|(name, _)| name == setting)
    }

    /// The options that only update rules have, and whether each was given.
    fn of_rules(&self) -> [(&'static str, bool); 5] {
        [
            ("--convention", self.convention.is_some()),
            ("--clip-norm", self.clip_norm.is_some()),
            ("--clip-value", self.clip_value.is_some()),
            ("--average", self.average.is_some()),
            ("--wrap", self.wrap.is_some()),
        ]
    }

    fn clip(&self) -> Clip {
        match (self.clip_norm, self.clip_value) {
            (Some(most), _) => Clip::Norm(most),
            (None, Some(most)) => Clip::Value(most),
            (None, None) => Clip::Off,
        }
    }

    /// Returns the average of the parameters, with FROM and EVERY in units of `unit` steps.
    pub fn average(&self, unit: usize) -> Result<Averaging> {
        self.average.as_deref().map_or(Ok(Averaging::Off), |text| Averaging::parse(text, unit))
    }

    /// Returns the text of the average, if one was asked for.
    pub fn average_text(&self) -> Option<&str> {
        self.average.as_deref().filter(|text| *text != "off")
    }

    /// Returns the settings of a run, defaults included, for `settings` in the JSON.
    pub fn json(&self, configuration: &Configuration) -> Result<Map<String, serde_json::Value>> {
        let values = configuration.values();
        let Some(rule) = configuration.rule()? else {
            let settings =
                values.settings().iter().map(|(name, value)| (name.replace('-', "_"), plain(*value)));
            return Ok(settings.collect());
        };
        let numbers: Map<_, _> = rule
            .rule
            .hyperparameters()
            .into_iter()
            .map(|(name, value)| (name.into(), json!(value)))
            .collect();
        let clip = Some(rule.clip.words()).filter(|words| !words.is_empty());
        let settings = [
            ("momentum", json!(rule.rule.momentum())),
            ("hyperparameters", numbers.into()),
            ("convention", json!(self.convention.as_deref().unwrap_or("torch"))),
            ("clip", json!(clip)),
            ("average", json!(self.average)),
            ("wrap", json!(self.wrap)),
        ];
        Ok(settings.map(|(name, value)| (name.to_owned(), value)).into_iter().collect())
    }
}

fn plain(value: Value) -> serde_json::Value {
    match value {
        Value::Number(number) => json!(number),
        Value::Whole(number) => json!(number),
        Value::Choice(name) => json!(name),
        Value::Flag(on) => json!(on),
    }
}

/// Whether a setting is a number that some update rule has, and `entry` is an update rule: the rule then says
/// itself which numbers it has. Momentum, which several kinds of optimizers have, is refused as an option.
fn is_number_of_rules(setting: &str, entry: &Entry, catalogue: &Catalogue) -> bool {
    let has = |rule: &Entry| {
        let named = rule.settings().iter().find(|spec| spec.name == setting);
        named.is_some_and(|spec| matches!(spec.kind, SettingKind::Number(_)))
    };
    entry.is_rule() && setting != "momentum" && catalogue.rules().any(has)
}

/// Refuses options that the optimizer would ignore.
pub fn refuse(name: &str, given: &[(&str, bool)]) -> Result<()> {
    match given.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((option, _)) => Err(foreign(option, name)),
    }
}

fn foreign(option: &str, name: &str) -> Error {
    let what = format!("{option} does not go with {name}, which has no such setting");
    Error::Unsupported { what, remedy: "leave it out, or choose another optimizer" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        options: OptimizerOptions,
    }

    /// The options of a command line.
    fn options(line: &str) -> OptimizerOptions {
        let catalogue = Catalogue::built_in();
        let command = add_settings(<Line as clap::CommandFactory>::command(), &catalogue);
        let words = ["gradus"].into_iter().chain(line.split_whitespace());
        Line::from_arg_matches(&command.try_get_matches_from(words).unwrap()).unwrap().options
    }

    fn configured(name: &str, line: &str) -> Result<Configuration> {
        options(line).configure(name, &Catalogue::built_in())
    }

    fn refused(name: &str, line: &str) -> String {
        configured(name, line).unwrap_err().to_string()
    }

    #[test]
    fn momentum_is_taken_by_rules_that_have_it_and_refused_by_others() {
        for name in ["momentum", "nesterov", "rmsprop", "adam", "adamw", "lion"] {
            let rule = configured(name, "--momentum 0.5").unwrap().rule().unwrap().unwrap().rule;
            assert_eq!(rule.momentum(), Some(0.5));
            assert!(refused(name, "--momentum 1").starts_with("momentum = 1 is out of range"));
        }
        for name in ["gd", "sgd", "adagrad", "adadelta"] {
            assert!(refused(name, "--momentum 0.5").contains("leave it out"), "{name}");
            assert!(configured(name, "").is_ok());
        }
    }

    #[test]
    fn an_option_that_an_optimizer_does_not_have_is_refused() {
        let catalogue = Catalogue::built_in();
        let numbers: Vec<&str> = catalogue
            .rules()
            .flat_map(Entry::settings)
            .filter(|spec| matches!(spec.kind, SettingKind::Number(_)))
            .map(|spec| spec.name)
            .collect();
        for entry in catalogue.rules() {
            for setting in numbers.iter().filter(|name| **name != "momentum") {
                match configured(entry.name(), &format!("--{setting} 0.5")) {
                    Ok(configuration) => {
                        let rule = configuration.rule().unwrap().unwrap().rule;
                        assert!(rule.hyperparameters().contains(&(setting, 0.5)), "{setting}");
                    }
                    Err(error) => {
                        let words = match entry.setting(setting) {
                            None => "has no",
                            Some(_) => "is out of range",
                        };
                        assert!(error.to_string().contains(words), "{} {setting}: {error}", entry.name());
                    }
                }
            }
        }
        assert!(refused("adam", "--centered").contains("--centered does not go with adam"));
        assert!(refused("sgd", "--form shifted").contains("--form"));
        assert!(configured("nesterov", "--form shifted").is_ok());
        assert!(refused("momentum", "--form shifted").contains("rate-inside"));
        assert!(refused("adamw", "--no-bias-correction").contains("does not go with adamw"));
        assert!(refused("bfgs", "--clip-norm 1").contains("--clip-norm does not go with bfgs"));
    }

    #[test]
    fn a_convention_brings_its_defaults_and_a_value_overrides_them() {
        let keras = configured("adam", "--convention keras --beta1 0.8").unwrap();
        let rule = keras.rule().unwrap().unwrap().rule;
        assert_eq!(rule.hyperparameters(), [("beta1", 0.8), ("beta2", 0.999), ("eps", 1e-7)]);
        assert!(refused("adam", "--convention kers").contains("did you mean 'keras'?"));
    }

    #[test]
    fn the_help_names_the_optimizers_the_range_and_the_defaults() {
        assert_eq!(
            help("decay", &Catalogue::built_in()),
            "Of rmsprop and adadelta: the share of squared gradients that is kept, at least 0 and below 1 \
             [default: 0.99; adadelta 0.9]"
        );
    }
}
