//! The 35 problems of Moré, Garbow & Hillstrom: what is solved, and at what cost. Neither may get worse.
#![cfg(feature = "lapack")]

use gradus::study::{self, Budget, Context, Silent};

#[test]
fn show() {
    let context = Context { seed: 0, budget: Budget::Full, progress: &Silent };
    let findings = (study::by_name("mgh").unwrap().run)(&context).unwrap();
    for table in &findings.tables {
        println!("# {}", table.caption);
        println!("{}", table.names().join(" "));
        for row in 0..table.rows() {
            println!("{}", table.columns().iter().map(|c| c.values.cell(row)).collect::<Vec<_>>().join(" "));
        }
    }
    for claim in &findings.claims {
        println!("{:?} {} {} {}", claim.verdict(), claim.id, claim.measured, claim.note);
    }
}
