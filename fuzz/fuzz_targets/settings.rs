//! Settings of every optimizer as text, `NAME=VALUE` lines after the optimizer's name: accepted settings make an optimizer.
#![no_main]
use gradus::optimizer::catalogue::Catalogue;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let Some(name) = lines.next() else { return };
    let catalogue = Catalogue::built_in();
    let Ok(entry) = catalogue.get(name) else { return };
    let mut chosen = entry.configure();
    for line in lines {
        let Some((setting, value)) = line.split_once('=') else { return };
        chosen = match chosen.set_text(setting, value) {
            Ok(chosen) => chosen,
            Err(error) => return assert!(!error.to_string().contains('\n'), "{error}"),
        };
    }
    assert!(!chosen.words().is_empty());
    if let Err(error) = chosen.optimizer() {
        assert!(!error.to_string().contains('\n'), "{error}");
    }
});
