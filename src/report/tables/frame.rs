//! Tables as polars frames, and as CSV and Parquet files.

use crate::error::{Error, Result};
use crate::files;
use crate::linalg::more_threads_can_start;
use crate::table::{Table, Values};
use polars::prelude::{
    Column, CsvWriter, DataFrame, NamedFrom, ParquetWriter, PolarsError, SerWriter, Series,
};
use std::io;
use std::path::Path;

/// Converts a table into a polars frame: floats become `f64`, whole numbers `i64`, text `str`.
///
/// # Errors
///
/// [`Error::Unsupported`] if two columns have the same name.
///
/// ```
/// use gradus::{report::tables, table::Table};
/// let frame = tables::frame(&Table::new("t", "").float("lr", [0.1, 0.2]).integer("steps", [10, 20]))?;
/// assert_eq!(frame.shape(), (2, 2));
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn frame(table: &Table) -> Result<DataFrame> {
    let series = |column: &crate::table::Column| {
        let name = column.name.as_str().into();
        match &column.values {
            Values::Float(v) => Series::new(name, v),
            Values::Integer(v) => Series::new(name, v),
            Values::Text(v) => Series::new(name, v),
        }
    };
    let columns: Vec<Column> = table.columns().iter().map(|column| series(column).into()).collect();
    DataFrame::new(table.rows(), columns).map_err(|error| Error::Unsupported {
        what: format!("table {} ({error})", table.name),
        remedy: "give its columns different names",
    })
}

impl Table {
    /// Returns the table as a data frame of polars, for everything that a table cannot do itself.
    /// `gradus::polars` is the library.
    ///
    /// ```
    /// use gradus::polars::prelude::*;
    /// use gradus::table::Table;
    /// let frame = Table::new("rates", "").float("lr", [0.1, 0.5]).dataframe()?;
    /// let large = frame.filter(&frame.column("lr")?.f64()?.gt(0.2))?;
    /// assert_eq!(large.height(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`frame`].
    pub fn dataframe(&self) -> Result<DataFrame> {
        frame(self)
    }
}

/// Writes `NAME.csv` and `NAME.parquet` into a folder. The CSV file holds floats in the shortest form that
/// reads back as the same number. Equal tables give equal bytes.
///
/// # Errors
///
/// [`Error::Io`] if a file cannot be written. No half-written file is left.
pub fn write(table: &Table, folder: &Path) -> Result<()> {
    write_csv(table, &folder.join(format!("{}.csv", table.name)))?;
    write_parquet(table, &folder.join(format!("{}.parquet", table.name)))
}

/// Writes a CSV file like the one of [`write()`].
///
/// # Errors
///
/// As [`write()`].
pub fn write_csv(table: &Table, path: &Path) -> Result<()> {
    files::write_atomically(path, &csv_bytes(table)?)
}

/// Writes a Parquet file like the one of [`write()`].
///
/// # Errors
///
/// As [`write()`].
pub fn write_parquet(table: &Table, path: &Path) -> Result<()> {
    let mut frame = frame(table)?;
    // Through memory: polars words an error of the system, such as a full disk, as one of the file's format.
    let mut bytes = Vec::new();
    let written = ParquetWriter::new(&mut bytes).finish(&mut frame);
    written.map_err(|error| Error::io("write", path, refused(error)))?;
    files::write_atomically(path, bytes)
}

/// Checks that CSV and Parquet files can be written, and makes the preparations. Call it before a long run
/// that ends with such a file: polars starts threads for it, and would end the program if the system refused
/// them.
///
/// ```
/// gradus::report::tables::check_threads()?;
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Unsupported`] if the system does not start these threads.
pub fn check_threads() -> Result<()> {
    let asked = std::env::var("POLARS_MAX_THREADS").ok().and_then(|count| count.parse().ok());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = asked.filter(|&count: &usize| count > 0).unwrap_or(cores);
    let refused = |what| Error::Unsupported { what, remedy: "raise the limit of processes (ulimit -u)" };
    if !more_threads_can_start(threads) {
        return Err(refused(format!("the system does not start the {threads} threads that write tables")));
    }
    // The threads start with the first frame that is written.
    let mut one = frame(&Table::new("one", "").float("x", [0.0]))?;
    let written = ParquetWriter::new(io::sink()).finish(&mut one);
    written.map(|_| ()).map_err(|error| refused(format!("tables cannot be written ({error})")))
}

/// Returns the bytes of a CSV file that holds the table.
pub(crate) fn csv_bytes(table: &Table) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    CsvWriter::new(&mut bytes)
        .finish(&mut frame(table)?)
        .map_err(|error| Error::io("write", &table.name, refused(error)))?;
    Ok(bytes)
}

/// Converts an error of polars into an error of the system with the same reason.
fn refused(error: PolarsError) -> io::Error {
    match error {
        PolarsError::IO { error, .. } => io::Error::new(error.kind(), error.to_string()),
        other => io::Error::other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::csv::read_csv;
    use super::*;
    use std::fs;

    fn table() -> Table {
        Table::new("t", "A table")
            .float("x", [0.1 + 0.2, 1e-300, -0.0, f64::NAN, f64::INFINITY, 1.0, 123_456_789.125])
            .integer("n", [0, -1, i64::MAX, i64::MIN, 4, 5, 6])
            .text("word", ["a", "b,c", "say \"so\"", "two\nlines", "", "λ ≤ 1", "nan"])
    }

    fn same(a: &Table, b: &Table) {
        assert_eq!(a.names(), b.names());
        for (a, b) in a.columns().iter().zip(b.columns()) {
            match (&a.values, &b.values) {
                (Values::Float(a), Values::Float(b)) => {
                    assert!(
                        a.iter()
                            .zip(b)
                            .all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())),
                        "{a:?} {b:?}"
                    );
                }
                (a, b) => assert_eq!(a, b),
            }
        }
    }

    #[test]
    fn a_table_reads_back_bit_for_bit_from_csv() {
        let folder = tempfile::tempdir().unwrap();
        write(&table(), folder.path()).unwrap();
        same(&read_csv(&folder.path().join("t.csv")).unwrap(), &table());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn equal_tables_give_equal_bytes_and_parquet_is_parquet() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        for folder in &folders {
            write(&table(), folder.path()).unwrap();
        }
        for name in ["t.csv", "t.parquet"] {
            let [a, b] = [0, 1].map(|i| fs::read(folders[i].path().join(name)).unwrap());
            assert_eq!(a, b);
        }
        use polars::prelude::{ParquetReader, SerReader};
        let file = fs::File::open(folders[0].path().join("t.parquet")).unwrap();
        let read = ParquetReader::new(file).finish().unwrap();
        assert!(read.equals_missing(&frame(&table()).unwrap()));
    }

    #[test]
    fn two_columns_of_one_name_and_a_missing_folder_are_errors() {
        let twice = Table::new("t", "").float("a", [1.0]).float("a", [2.0]);
        assert!(matches!(frame(&twice), Err(Error::Unsupported { .. })));
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(write(&table(), &folder.path().join("no")), Err(Error::Io { .. })));
        write(&Table::new("empty", ""), folder.path()).unwrap();
        assert_eq!(read_csv(&folder.path().join("empty.csv")).unwrap().rows(), 0);
    }
}
