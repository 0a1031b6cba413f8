//! Columns, and tables made of them.

use super::rule::Rule;
use super::values::Values;
use crate::error::{Error, Result};

/// A named column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The name, with the unit if there is one ("seconds", "test_accuracy").
    pub name: String,
    /// The values.
    pub values: Values,
    /// The rule by which `gradus verify` compares the column.
    pub rule: Rule,
}

/// A table: a name, which is also its file name, a caption, and columns of equal length.
///
/// ```
/// use gradus::table::Table;
/// let table =
///     Table::new("rates", "Measured rates").float("lr", [0.1, 0.2]).text("verdict", ["holds", "holds"]);
/// assert_eq!((table.rows(), table.names()), (2, vec!["lr", "verdict"]));
/// assert_eq!(table.floats("lr").unwrap(), [0.1, 0.2]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The file name without its extension.
    pub name: String,
    /// One sentence that says what the rows are.
    pub caption: String,
    columns: Vec<Column>,
}

impl Table {
    /// Returns a table without columns.
    pub fn new(name: impl Into<String>, caption: impl Into<String>) -> Self {
        Table { name: name.into(), caption: caption.into(), columns: Vec::new() }
    }

    /// Adds a column.
    ///
    /// # Panics
    ///
    /// If the length differs from that of the other columns, which is a mistake in the program.
    #[must_use]
    pub fn column(mut self, name: impl Into<String>, values: Values, rule: Rule) -> Self {
        let name = name.into();
        if let Some(first) = self.columns.first() {
            let (expected, got) = (first.values.len(), values.len());
            assert_eq!(
                got, expected,
                "column {name} of table {} has {got} rows, the others {expected}",
                self.name
            );
        }
        self.columns.push(Column { name, values, rule });
        self
    }

    /// Adds a column of numbers that is compared within a relative tolerance of 1e-6, since rounding differs
    /// between machines.
    #[must_use]
    pub fn float(self, name: impl Into<String>, values: impl Into<Vec<f64>>) -> Self {
        self.column(name, Values::Float(values.into()), Rule::Within { rtol: 1e-6, atol: 1e-12 })
    }

    /// Adds a column of numbers with its own relative and absolute tolerance.
    #[must_use]
    pub fn float_within(
        self,
        name: impl Into<String>,
        values: impl Into<Vec<f64>>,
        rtol: f64,
        atol: f64,
    ) -> Self {
        self.column(name, Values::Float(values.into()), Rule::Within { rtol, atol })
    }

    /// Adds a column of times, in any unit. It is shown but not compared.
    #[must_use]
    pub fn timing(self, name: impl Into<String>, values: impl Into<Vec<f64>>) -> Self {
        self.column(name, Values::Float(values.into()), Rule::Timing)
    }

    /// Adds a statistic over seeds with its interval, as the columns NAME, NAME_low and NAME_high. Two
    /// values agree if their intervals overlap.
    ///
    /// ```
    /// use gradus::table::Table;
    /// let table = Table::new("t", "").statistic("loss", [0.5], [0.4], [0.6]);
    /// assert_eq!(table.names(), ["loss", "loss_low", "loss_high"]);
    /// ```
    #[must_use]
    pub fn statistic(
        self,
        name: &str,
        values: impl Into<Vec<f64>>,
        low: impl Into<Vec<f64>>,
        high: impl Into<Vec<f64>>,
    ) -> Self {
        self.column(name, Values::Float(values.into()), Rule::Statistical)
            .column(format!("{name}_low"), Values::Float(low.into()), Rule::Interval)
            .column(format!("{name}_high"), Values::Float(high.into()), Rule::Interval)
    }

    /// Adds a column of ratios of times, each measured within one run. It is compared within `factor`, in
    /// both directions.
    #[must_use]
    pub fn timing_ratio(self, name: impl Into<String>, values: impl Into<Vec<f64>>, factor: f64) -> Self {
        self.column(name, Values::Float(values.into()), Rule::TimingRatio(factor))
    }

    /// Adds a column of whole numbers, which are compared exactly.
    #[must_use]
    pub fn integer(self, name: impl Into<String>, values: impl IntoIterator<Item = i64>) -> Self {
        self.column(name, Values::Integer(values.into_iter().collect()), Rule::Exact)
    }

    /// Adds a column of texts, which are compared exactly.
    #[must_use]
    pub fn text<S: Into<String>>(self, name: impl Into<String>, values: impl IntoIterator<Item = S>) -> Self {
        self.column(name, Values::Text(values.into_iter().map(Into::into).collect()), Rule::Exact)
    }

    /// Returns the table with only the columns of the given names, in that order.
    ///
    /// ```
    /// use gradus::table::Table;
    /// let table = Table::new("t", "")
    ///     .text("problem", ["bowl"])
    ///     .float("loss", [0.5])
    ///     .text("reason", ["a long sentence"]);
    /// assert_eq!(table.only(&["loss", "problem"])?.names(), ["loss", "problem"]);
    /// assert!(table.only(&["los"]).unwrap_err().to_string().contains("did you mean 'loss'?"));
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no column of a name.
    pub fn only(&self, names: &[&str]) -> Result<Table> {
        let columns = names.iter().map(|name| self.get(name).cloned()).collect::<Result<Vec<_>>>()?;
        Ok(Table { columns, ..self.clone() })
    }

    /// Returns all columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Returns the names of all columns.
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|c| c.name.as_str()).collect()
    }

    /// Returns the number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |c| c.values.len())
    }

    /// Returns the column called `name`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`], with the most similar name, if there is none.
    pub fn get(&self, name: &str) -> Result<&Column> {
        let found = self.columns.iter().find(|c| c.name == name);
        found.ok_or_else(|| Error::unknown("column", name, &self.names()))
    }

    /// Returns the numbers of the column called `name`, with whole numbers converted to floating point.
    ///
    /// # Errors
    ///
    /// If there is no such column, or if it contains text.
    pub fn floats(&self, name: &str) -> Result<Vec<f64>> {
        match &self.get(name)?.values {
            Values::Float(v) => Ok(v.clone()),
            Values::Integer(v) => Ok(v.iter().map(|&i| i as f64).collect()),
            Values::Text(_) => Err(Error::Syntax {
                what: "column of numbers",
                text: name.into(),
                form: "the name of a numeric column",
            }),
        }
    }
}
