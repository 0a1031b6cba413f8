//! The values of a column.

/// The values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Floating-point numbers. NaN means "does not apply".
    Float(Vec<f64>),
    /// Whole numbers.
    Integer(Vec<i64>),
    /// Texts.
    Text(Vec<String>),
}

impl Values {
    /// Returns the number of values.
    pub fn len(&self) -> usize {
        match self {
            Values::Float(v) => v.len(),
            Values::Integer(v) => v.len(),
            Values::Text(v) => v.len(),
        }
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns one value as text, as in a CSV file. A float is printed with as few digits as are needed to
    /// read back the same number.
    pub fn cell(&self, row: usize) -> String {
        match self {
            Values::Float(v) => format!("{}", v[row]),
            Values::Integer(v) => v[row].to_string(),
            Values::Text(v) => v[row].clone(),
        }
    }
}
