//! The memory of an optimizer as named columns of numbers, from which a run can be resumed.

use crate::error::{Error, Result};
use crate::real::Real;

/// The memory of an optimizer, by name: velocities, curvature pairs, a trust radius.
///
/// Numbers are stored as `f64`, which represents every `f32` and every count up to 2⁵³ exactly, so a resumed
/// run continues with the same bits.
///
/// ```
/// use gradus::optimizer::Saved;
/// let mut saved = Saved::default();
/// saved.put("velocity", [0.5, -1.0f32]);
/// let mut velocity = [0.0f32; 2];
/// saved.take("velocity", &mut velocity)?;
/// assert_eq!(velocity, [0.5, -1.0]);
/// assert!(saved.take("velocity", &mut [0.0f32; 3]).is_err());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Saved {
    columns: Vec<(String, Vec<f64>)>,
}

impl Saved {
    /// Adds a column. Each name must be used once, and contain no spaces.
    pub fn put<F: Real>(&mut self, name: impl Into<String>, values: impl IntoIterator<Item = F>) {
        self.columns.push((name.into(), values.into_iter().map(F::wide).collect()));
    }

    /// Adds one number.
    pub fn put_one(&mut self, name: impl Into<String>, value: f64) {
        self.put(name, [value]);
    }

    /// Returns a column by name.
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, values)| values.as_slice())
    }

    /// Copies a column into a buffer of the same length.
    ///
    /// # Errors
    /// If there is no such column, or it has another length.
    pub fn take<F: Real>(&self, name: &'static str, into: &mut [F]) -> Result<()> {
        let values = self.get(name).unwrap_or_default();
        if values.len() != into.len() {
            return Err(Error::Shape { what: name, expected: vec![into.len()], got: vec![values.len()] });
        }
        into.iter_mut().zip(values).for_each(|(into, &value)| *into = F::of(value));
        Ok(())
    }

    /// Returns one number by name.
    ///
    /// # Errors
    /// If there is no such number.
    pub fn take_one(&self, name: &'static str) -> Result<f64> {
        let mut value = [0.0];
        self.take(name, &mut value)?;
        Ok(value[0])
    }

    /// Returns a saved number as a whole number from 0 to `most`, such as a count or a place.
    ///
    /// # Errors
    /// If it is none. `name` is the column that it comes from.
    pub fn whole(name: &'static str, number: f64, most: usize) -> Result<usize> {
        if number >= 0.0 && number <= most as f64 && number.fract() == 0.0 {
            return Ok(number as usize);
        }
        let what = format!("the saved '{name}' has {number:?} in place of a whole number from 0 to {most}");
        Err(Error::Unsupported { what, remedy: "the file is damaged or was changed; start the run afresh" })
    }

    /// Returns all columns, in the order in which they were added.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &[f64])> {
        self.columns.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// Returns whether there are no columns. An optimizer without memory starts afresh at the saved point.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }
}
