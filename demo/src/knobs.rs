//! The hyperparameters of the update rules, as the page shows them.

use gradus::error::Result;
use gradus::notebook::*;

/// The ends of the slider of a hyperparameter with this name and default; what may be typed is decided by the
/// rule's own check.
pub fn slider(name: &str, default: f64) -> (f64, f64) {
    match name {
        "eps" => (0.0, 1e-3),
        "weight-decay" => (0.0, 0.1),
        "momentum-decay" => (0.0, 0.05),
        _ if (0.0..=0.999).contains(&default) => (0.0, 0.999),
        _ => (0.0, 10.0 * default),
    }
}

/// The rule of that name with these hyperparameters, in the order in which it lists them; those left out keep
/// their defaults.
///
/// # Errors
/// If there is no such rule, or a number is out of its range: the library's own sentences.
pub fn rule(name: &str, values: &[f64]) -> Result<AnyRule> {
    let mut rule = AnyRule::by_name(name)?;
    for ((knob, _), &value) in rule.hyperparameters().into_iter().zip(values) {
        rule.set(knob, value)?;
    }
    Ok(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_the_library_is_made_with_its_defaults_inside_the_sliders() {
        for name in AnyRule::names() {
            let defaults = AnyRule::by_name(name).unwrap();
            for (knob, value) in defaults.hyperparameters() {
                let (low, high) = slider(knob, value);
                assert!((low..=high).contains(&value), "{name} {knob}");
            }
            assert_eq!(rule(name, &[]).unwrap(), defaults);
        }
    }

    #[test]
    fn values_are_set_in_order_and_bad_ones_refused_in_words() {
        let adam = rule("adam", &[0.5, 0.9]).unwrap();
        assert_eq!(adam, AnyRule::new(Adam { beta1: 0.5, beta2: 0.9, ..Adam::default() }));
        assert!(rule("momentum", &[1.0]).unwrap_err().to_string().contains("momentum"));
        assert!(rule("adam-w", &[]).unwrap_err().to_string().contains("no optimizer named"));
    }
}
