//! The hyperparameters of the update rules, as the page shows them.

use gradus::prelude::*;

/// A hyperparameter that the page can turn.
pub struct Knob<'a> {
    /// Its name, as the rule's field.
    pub name: &'static str,
    /// Its value.
    pub value: &'a mut f64,
    /// The ends of its slider; what may be typed is decided by the rule's own check.
    pub range: (f64, f64),
}

/// The hyperparameters of a rule, the momentum-like one first. A rule that is not named here runs with its defaults.
pub fn of(rule: &mut Rule) -> Vec<Knob<'_>> {
    let share = |name, value| Knob { name, value, range: (0.0, 0.999) };
    let eps = |value| Knob { name: "eps", value, range: (0.0, 1e-3) };
    #[allow(unreachable_patterns)]
    match rule {
        Rule::Momentum(Momentum { rho, .. }) | Rule::Nesterov(Nesterov { rho, .. }) => vec![share("rho", rho)],
        Rule::AdaGrad(AdaGrad { eps: e, .. }) => vec![eps(e)],
        Rule::RmsProp(RmsProp { decay, eps: e, .. }) => vec![share("decay", decay), eps(e)],
        Rule::Adam(Adam { beta1, beta2, eps: e, .. }) => vec![share("beta1", beta1), share("beta2", beta2), eps(e)],
        _ => Vec::new(),
    }
}

/// The rule of that name with these hyperparameters, in the order of [`of`]; those left out keep their defaults.
///
/// # Errors
/// If there is no such rule, or a number is out of its range: the library's own sentences.
pub fn rule(name: &str, values: &[f64]) -> gradus::error::Result<Rule> {
    let mut rule = Rule::by_name(name)?;
    of(&mut rule).into_iter().zip(values).for_each(|(knob, &value)| *knob.value = value);
    UpdateRule::<f64>::validate(&rule)?;
    Ok(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_the_library_is_made_with_its_defaults_inside_the_sliders() {
        for name in Rule::NAMES {
            let mut defaults = Rule::by_name(name).unwrap();
            for knob in of(&mut defaults) {
                assert!((knob.range.0..=knob.range.1).contains(&*knob.value), "{name} {}", knob.name);
            }
            assert_eq!(rule(name, &[]).unwrap(), defaults);
        }
    }

    #[test]
    fn values_are_set_in_order_and_bad_ones_refused_in_words() {
        let Rule::Adam(adam) = rule("adam", &[0.5, 0.9]).unwrap() else { panic!() };
        assert_eq!((adam.beta1, adam.beta2, adam.eps), (0.5, 0.9, 1e-8));
        assert!(rule("momentum", &[1.0]).unwrap_err().to_string().contains("momentum"));
        assert!(rule("adam-w", &[]).unwrap_err().to_string().contains("no optimizer named"));
    }
}
