//! Learning-rate schedules: pure functions of the step.

mod shapes;
#[cfg(test)]
mod tests;
mod text;

pub use shapes::Schedule;
