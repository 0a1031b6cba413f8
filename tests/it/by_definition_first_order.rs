//! Values of losses, update rules, training and gradient checks that follow from a definition alone, computed
//! by hand in a comment.

use gradus::notebook::*;

/// A rule divides by zero if it says so, whatever is around it.
#[test]
fn what_is_around_a_rule_does_not_hide_that_it_divides_by_zero() {
    fn around<R: UpdateRule<f32> + UpdateRule<f64>>(rule: R) -> [bool; 5] {
        [
            rule.may_divide_by_zero(),
            AnyRule::new(rule.clone()).may_divide_by_zero(),
            Clipped::new(rule.clone(), Clip::Norm(1.0)).may_divide_by_zero(),
            Lookahead::new(rule.clone()).may_divide_by_zero(),
            Sam::new(rule).may_divide_by_zero(),
        ]
    }
    // ε₁ of Adafactor and the ε of Muon's other rule are not called "eps".
    assert_eq!(around(Adafactor { eps1: Some(0.0), ..Adafactor::default() }), [true; 5]);
    let rest = AdamW { adam: Adam { eps: 0.0, ..Adam::default() }, ..AdamW::default() };
    assert_eq!(around(Muon { rest, ..Muon::default() }), [true; 5]);
    assert_eq!(around(Adam::default()), [false; 5]);
    // Shampoo's ε is that of its graft, and gradient descent divides by nothing.
    #[cfg(feature = "lapack")]
    assert_eq!(around(Shampoo { eps: 0.0, ..Shampoo::default() }), [false; 5]);
}
