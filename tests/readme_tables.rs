//! The README's table of ours beside its peers is what `results/peers.csv` gives: nobody typed a number, and none is stale.
#![cfg(feature = "report")]

use gradus::report::peers;
use std::fs;
use std::path::Path;

#[test]
fn the_readme_shows_what_was_measured() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let measured = root.join("results/peers.csv");
    let table = measured.is_file().then(|| peers::read(&measured).unwrap());
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let block = peers::block(table.as_ref()).unwrap();
    assert_eq!(peers::put_in(&readme, &block).unwrap(), readme, "the README is stale: `make peers` writes it");
}
