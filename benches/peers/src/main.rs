//! One side of the comparison: `side NAME FOLDER` answers on the standard output, `side data FOLDER` writes
//! the data for all.

use gradus_peers::{data, sides};
use std::path::Path;
use std::process::ExitCode;

const SIDES: &str = "gradus, argmin, basin, limits, or data";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, folder] = arguments.as_slice() else {
        return refused(&format!("usage: side NAME FOLDER, with NAME one of {SIDES}"));
    };
    let folder = Path::new(folder);
    let outcome = match name.as_str() {
        "data" => data::write(folder),
        "gradus" => sides::gradus::serve(folder),
        "argmin" => sides::argmin::serve(),
        "basin" => sides::basin::serve(),
        "limits" => sides::limits::serve(),
        other => return refused(&format!("there is no side '{other}': it is one of {SIDES}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => refused(&reason.to_string()),
    }
}

fn refused(sentence: &str) -> ExitCode {
    eprintln!("error: {sentence}");
    ExitCode::from(2)
}
