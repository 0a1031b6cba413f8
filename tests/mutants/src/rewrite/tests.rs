use super::*;

/// Rewrites `source` with one mutant of `replaced`, which stands there once.
fn with(genre: Genre, source: &str, replaced: &str, replacements: &[&str]) -> String {
    let before = &source[..source.find(replaced).expect("the text to replace")];
    let (line, column) =
        (before.lines().count(), before.len() - before.rfind('\n').map_or(0, |end| end + 1) + 1);
    let lines = replaced.lines().count() - 1;
    let width = replaced.lines().last().unwrap_or_default().len();
    let place = [line, column, line + lines, if lines == 0 { column + width } else { width + 1 }];
    let mutants =
        (7..).zip(replacements).map(|(id, text)| Mutant { id, genre, place, replacement: text.to_string() });
    let (text, without) = rewrite(source, mutants.collect()).expect("Rust");
    assert_eq!(without, [0u32; 0], "a mutant has no switch in\n{text}");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn arithmetic_takes_its_operands_once() {
    let text = with(Genre::BinaryOperator, "fn f() {\n a() + b(); }", "+", &["-", "*"]);
    assert!(
        text.contains("match (a(), b()) { (__l, __r) => { match crate::__mutant::at(&[7u32, 8u32])"),
        "{text}"
    );
    assert!(text.contains("7u32 => __l - __r, 8u32 => __l * __r, _ => __l + __r"), "{text}");
}

#[test]
fn assignments_take_the_right_side_first() {
    let text = with(Genre::BinaryOperator, "fn f() {\n a[i] += b; }", "+=", &["-="]);
    assert!(
        text.contains(
            "match b { __r => { match crate::__mutant::at(&[7u32]) { 7u32 => a[i] -= __r, _ => a[i] += __r"
        ),
        "{text}"
    );
}

#[test]
fn comparisons_note_what_differs() {
    let text = with(Genre::BinaryOperator, "fn f() {\n a < b; }", "<", &["<="]);
    assert!(
        text.contains("RECORD => { crate::__mutant::differ(*__l < *__r, &[(7u32, *__l <= *__r)])"),
        "{text}"
    );
    assert!(text.contains("7u32 => *__l <= *__r, _ => *__l < *__r"), "{text}");
}

#[test]
fn and_becomes_or_by_a_branch() {
    let text = with(Genre::BinaryOperator, "fn f() {\n a && b; }", "&&", &["||"]);
    assert!(text.contains("at(&[7u32]) == 7u32 { __m => if (a) != __m { b } else { __m }"), "{text}");
}

#[test]
fn a_chain_of_patterns_has_no_or() {
    let place = [2, 7, 2, 9];
    let mutant = Mutant { id: 7, genre: Genre::BinaryOperator, place, replacement: "||".to_owned() };
    let (text, without) = rewrite("fn f() {\n if a && let Some(b) = c {} }", vec![mutant]).expect("Rust");
    assert!(without == [7] && !text.contains("__mutant"), "{text}");
}

#[test]
fn unary_operators_are_left_out() {
    let text = with(Genre::UnaryOperator, "fn f() {\n -a; }", "-", &[""]);
    assert!(
        text.contains("match a { __v => { match crate::__mutant::at(&[7u32]) { 7u32 => __v, _ => -__v"),
        "{text}"
    );
}

#[test]
fn functions_return_at_once() {
    let text =
        with(Genre::FnValue, "fn f() -> f64 {\n let a = 1.0;\n  a }", "let a = 1.0;\n  a", &["0.0", "1.0"]);
    assert!(text.contains("7u32 => return 0.0, 8u32 => return 1.0, _ => {} }"), "{text}");
}

#[test]
fn arms_and_guards_of_a_match() {
    let source = "fn f() {\n match a {\n 1 if b > c => d,\n 2 => e,\n _ => g } }";
    let deleted = with(Genre::MatchArm, source, "2 => e,", &[""]);
    assert!(deleted.contains("2 if crate::__mutant::at(&[7u32]) != 7u32 => e"), "{deleted}");
    let guarded = with(Genre::MatchArmGuard, source, "b > c", &["true", "false"]);
    assert!(guarded.contains("differ(__v, &[(7u32, true), (8u32, false)])"), "{guarded}");
}

#[test]
fn a_field_has_the_value_of_the_rest() {
    let text = with(Genre::StructField, "fn f() {\n S { a: 1, b: 2, ..c }; }", "a: 1,", &[""]);
    assert!(text.contains("a: match crate::__mutant::at(&[7u32]) { 7u32 => (c).a, _ => 1"), "{text}");
    let text = with(Genre::StructField, "fn f() {\n S { a: 1, ..c() }; }", "a: 1,", &[""]);
    assert!(text.contains("match c() { __rest => {") && text.contains("7u32 => (__rest).a"), "{text}");
}

#[test]
fn operators_within_operands_keep_their_own_switch() {
    let mutant = |id, column| Mutant {
        id,
        genre: Genre::BinaryOperator,
        place: [1, column, 1, column + 1],
        replacement: "-".to_owned(),
    };
    let (text, without) = rewrite("fn f() { a + b + c; }", vec![mutant(1, 12), mutant(2, 16)]).expect("Rust");
    assert!(without.is_empty() && text.contains("&[1u32]") && text.contains("&[2u32]"), "{text}");
}

#[test]
fn constants_have_no_switch() {
    let mutant =
        Mutant { id: 1, genre: Genre::BinaryOperator, place: [1, 16, 1, 17], replacement: "-".to_owned() };
    assert_eq!(rewrite("const A: u8 = 1 + 2;", vec![mutant]).expect("Rust").1, [1]);
}
