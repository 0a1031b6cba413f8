//! Tables: named columns of equal length, with the rule by which `gradus verify` compares each.
//!
//! Plain data. `report` alone turns a table into a polars frame, a CSV or Parquet file, or HTML.

mod gradcheck;

use crate::error::{Error, Result};

/// The values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Floating-point numbers; NaN stands for "does not apply".
    Float(Vec<f64>),
    /// Whole numbers.
    Integer(Vec<i64>),
    /// Words.
    Text(Vec<String>),
}

/// How a regenerated column is compared with the committed one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// The same text, the same integer, or the same number to a relative 1e-9.
    Exact,
    /// Equal within `rtol · |committed| + atol`.
    Within {
        /// Relative part.
        rtol: f64,
        /// Absolute part.
        atol: f64,
    },
    /// A statistic over seeds: the interval from the column NAME_low to the column NAME_high of the committed
    /// table and that of the fresh one overlap.
    Statistical,
    /// The end of such an interval: no rule of its own.
    Interval,
    /// A ratio of times within one run: neither is more than so many times the other.
    TimingRatio(f64),
    /// Wall-clock: differs from machine to machine, so it is shown and not compared.
    Timing,
}

/// A named column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name, with the unit where there is one ("seconds", "test_accuracy").
    pub name: String,
    /// Its values.
    pub values: Values,
    /// How it is compared by `gradus verify`.
    pub rule: Rule,
}

/// A table with a name (its file's), a caption, and columns of equal length.
///
/// ```
/// use gradus::table::Table;
/// let table = Table::new("rates", "Measured rates").float("lr", [0.1, 0.2]).text("verdict", ["holds", "holds"]);
/// assert_eq!((table.rows(), table.names()), (2, vec!["lr", "verdict"]));
/// assert_eq!(table.floats("lr").unwrap(), [0.1, 0.2]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// File name without ending.
    pub name: String,
    /// One sentence that says what the rows are.
    pub caption: String,
    columns: Vec<Column>,
}

impl Values {
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Values::Float(v) => v.len(),
            Values::Integer(v) => v.len(),
            Values::Text(v) => v.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One value as text, as it stands in a CSV file (floats in the shortest form that reads back the same).
    pub fn cell(&self, row: usize) -> String {
        match self {
            Values::Float(v) => format!("{}", v[row]),
            Values::Integer(v) => v[row].to_string(),
            Values::Text(v) => v[row].clone(),
        }
    }
}

impl Table {
    /// A table without columns.
    pub fn new(name: impl Into<String>, caption: impl Into<String>) -> Self {
        Table { name: name.into(), caption: caption.into(), columns: Vec::new() }
    }

    /// Adds a column. Panics if its length differs from the others': that is a mistake in the program.
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

    /// Adds a column of numbers, compared within a relative 1e-6 (rounding differs between machines).
    #[must_use]
    pub fn float(self, name: impl Into<String>, values: impl Into<Vec<f64>>) -> Self {
        self.column(name, Values::Float(values.into()), Rule::Within { rtol: 1e-6, atol: 1e-12 })
    }

    /// Adds a column of numbers with a tolerance of its own.
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

    /// Adds a column of seconds, milliseconds, … : shown, not compared.
    #[must_use]
    pub fn timing(self, name: impl Into<String>, values: impl Into<Vec<f64>>) -> Self {
        self.column(name, Values::Float(values.into()), Rule::Timing)
    }

    /// Adds a statistic over seeds with its interval, as the columns NAME, NAME_low and NAME_high: compared
    /// by whether the intervals overlap.
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

    /// Adds a column of ratios of times, each taken within one run: compared within `factor`, upwards and
    /// downwards.
    #[must_use]
    pub fn timing_ratio(self, name: impl Into<String>, values: impl Into<Vec<f64>>, factor: f64) -> Self {
        self.column(name, Values::Float(values.into()), Rule::TimingRatio(factor))
    }

    /// Adds a column of whole numbers, compared exactly.
    #[must_use]
    pub fn integer(self, name: impl Into<String>, values: impl IntoIterator<Item = i64>) -> Self {
        self.column(name, Values::Integer(values.into_iter().collect()), Rule::Exact)
    }

    /// Adds a column of words, compared exactly.
    #[must_use]
    pub fn text<S: Into<String>>(self, name: impl Into<String>, values: impl IntoIterator<Item = S>) -> Self {
        self.column(name, Values::Text(values.into_iter().map(Into::into).collect()), Rule::Exact)
    }

    /// The table with some of its columns alone, in the order given: what a page has room for.
    ///
    /// ```
    /// use gradus::table::Table;
    /// let table = Table::new("t", "").text("problem", ["bowl"]).float("loss", [0.5]).text("reason", ["a long sentence"]);
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

    /// All columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The names of all columns.
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|c| c.name.as_str()).collect()
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |c| c.values.len())
    }

    /// A column by name.
    pub fn get(&self, name: &str) -> Result<&Column> {
        let found = self.columns.iter().find(|c| c.name == name);
        found.ok_or_else(|| Error::unknown("column", name, &self.names()))
    }

    /// A column of numbers by name; whole numbers are widened, words give an error.
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
