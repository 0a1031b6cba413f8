use super::*;

const TEXT: &str = "fn f() {
    (match (a, b) {
        (__l, __r) => {
            match crate::__mutant::at(&[7u32, 8u32]) {
                7u32 => __l - __r,
                8u32 => __l * __r,
                _ => __l + __r,
            }
        }
    });
    other();
}
";

fn at(line: usize, columns: (usize, usize)) -> Vec<u32> {
    blame(TEXT, Place { start: (line, columns.0), end: (line, columns.1) }).expect("Rust")
}

#[test]
fn an_arm_names_its_mutant() {
    assert_eq!(at(6, (25, 34)), [8]);
}

#[test]
fn operands_name_all_mutants_of_their_operator() {
    assert_eq!(at(2, (13, 14)), [7, 8]);
}

#[test]
fn other_places_name_none() {
    assert!(at(11, (5, 10)).is_empty());
}

#[test]
fn a_match_that_lacks_an_arm_names_those_that_may_be_missing() {
    let text = "fn f() {
    match a {
        1 if crate::__mutant::at(&[7u32]) != 7u32 => b,
        2 => c,
    }
}
";
    assert_eq!(blame(text, Place { start: (2, 11), end: (2, 12) }).expect("Rust"), [7]);
}
