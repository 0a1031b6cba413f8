//! Ours: every workload, by the public interface alone, as a user would write it.

pub mod full;
pub mod layer_rules;
pub mod minimizers;
pub mod nets;
pub mod newton;
pub mod rules;
pub mod training;

use crate::protocol;
use std::io;
use std::path::Path;

pub fn serve(folder: &Path) -> io::Result<()> {
    protocol::serve("gradus", &protocol::locked("gradus"), |workload| {
        match workload.split('/').collect::<Vec<_>>().as_slice() {
            ["W1"] => training::linear(folder, 784),
            ["W2"] => training::linear(folder, 3072),
            ["W3"] => nets::small(folder),
            ["W4", "gradient"] => full::gradient(folder),
            ["W4", "minimum"] => full::minimum(folder),
            ["W5", rule, n] => rules::step(rule, minimizers::size(n)?),
            ["W6", n] => newton::step(minimizers::size(n)?),
            ["W7", method, n] => minimizers::minimization(method, minimizers::size(n)?),
            ["W8"] => training::sweep(folder),
            ["W11", images] => nets::wide(folder, images, None),
            ["W11", hidden, batch] => nets::wide(folder, hidden, Some(minimizers::size(batch)?)),
            ["W12"] => nets::convolutional(folder),
            ["W15", rule] => layer_rules::step(folder, rule, false),
            ["W15", rule, "between-roots"] => layer_rules::step(folder, rule, true),
            _ => Ok(None),
        }
    })
}
