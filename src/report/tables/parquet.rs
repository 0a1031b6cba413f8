//! Reads Parquet files as tables, and writes small ones.

use super::frame::frame;
use crate::error::{DataProblem, Error, Result};
use crate::table::Table;
use polars::polars_utils::compression::ZstdLevel;
use polars::prelude::{
    Column, DataFrame, DataType, ParquetCompression, ParquetReader, ParquetWriter, PolarsError, SerReader,
};
use std::fs;
use std::io::Cursor;
use std::path::Path;

/// Reads a Parquet file as a table that is named after the file. A number that is missing is NaN.
///
/// # Errors
///
/// [`Error::Io`] if the file cannot be read, [`Error::Data`] if it is no Parquet file of numbers and texts.
pub fn read_parquet(path: &Path) -> Result<Table> {
    let bytes = fs::read(path).map_err(|source| Error::io("read", path, source))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let read = ParquetReader::new(Cursor::new(bytes)).finish().and_then(|frame| table(&name, &frame));
    read.map_err(|error| Error::Data {
        path: path.into(),
        format: "a Parquet file",
        problem: DataProblem::Line { line: 1, reason: error.to_string() },
    })
}

fn table(name: &str, frame: &DataFrame) -> Result<Table, PolarsError> {
    let mut table = Table::new(name, "");
    for column in frame.columns() {
        let name = column.name().to_string();
        table = match column.dtype() {
            DataType::String => table.text(name, column.str()?.iter().map(Option::unwrap_or_default)),
            kind if kind.is_float() => {
                let wide = column.cast(&DataType::Float64)?;
                let numbers = wide.f64()?.iter().map(|number| number.unwrap_or(f64::NAN));
                table.float(name, numbers.collect::<Vec<_>>())
            }
            _ => {
                let whole = column.cast(&DataType::Int64)?;
                table.integer(name, whole.i64()?.iter().map(Option::unwrap_or_default))
            }
        };
    }
    Ok(table)
}

/// The level of the compression of small files: the highest before those that need much memory.
const LEVEL: i32 = 19;

/// Returns the bytes of a small Parquet file, in which some columns have single precision.
///
/// # Errors
///
/// As [`frame`].
pub(crate) fn compact_parquet(table: &Table, single: &[&str]) -> Result<Vec<u8>> {
    let written = |frame: DataFrame| -> Result<Vec<u8>, PolarsError> {
        let mut frame = shorter(frame, single)?;
        let mut bytes = Vec::new();
        let level = ParquetCompression::Zstd(Some(ZstdLevel::try_new(LEVEL)?));
        ParquetWriter::new(&mut bytes).with_compression(level).finish(&mut frame)?;
        Ok(bytes)
    };
    written(frame(table)?)
        .map_err(|error| Error::io("write", &table.name, std::io::Error::other(error.to_string())))
}

/// Returns the frame with some columns in single precision, and whole numbers in 32 bits where they fit.
fn shorter(frame: DataFrame, single: &[&str]) -> Result<DataFrame, PolarsError> {
    let shorter = |column: &Column| match column.dtype() {
        DataType::Float64 if single.contains(&column.name().as_str()) => column.cast(&DataType::Float32),
        DataType::Int64 if column.i64()?.iter().flatten().all(|n| i32::try_from(n).is_ok()) => {
            column.cast(&DataType::Int32)
        }
        _ => Ok(column.clone()),
    };
    let columns = frame.columns().iter().map(shorter).collect::<Result<Vec<_>, _>>()?;
    DataFrame::new(frame.height(), columns)
}

#[cfg(test)]
mod tests {
    use super::super::write;
    use super::*;

    #[test]
    fn a_table_comes_back_and_single_precision_is_kept_where_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let values = [0.1 + 0.2, f64::NAN, f64::INFINITY, -0.0];
        let table = Table::new("t", "")
            .text("word", ["a", "", "λ", "a"])
            .integer("n", [0, -1, 7, 1 << 40])
            .integer("k", [0, -1, 7, 8])
            .float("exact", values)
            .float("short", values);
        write(&table, folder.path()).unwrap();
        let path = folder.path().join("t.parquet");
        let bits = |table: &Table, name: &str| -> Vec<u64> {
            table.floats(name).unwrap().iter().map(|value| value.to_bits()).collect()
        };
        let read = read_parquet(&path).unwrap();
        assert_eq!((read.names(), bits(&read, "exact")), (table.names(), bits(&table, "exact")));
        fs::write(&path, compact_parquet(&table, &["short"]).unwrap()).unwrap();
        let read = read_parquet(&path).unwrap();
        assert_eq!(bits(&read, "exact"), bits(&table, "exact"));
        assert_eq!(read.floats("short").unwrap()[0], f64::from((0.1 + 0.2) as f32));
        for name in ["word", "n", "k"] {
            assert_eq!(read.get(name).unwrap().values, table.get(name).unwrap().values);
        }
    }

    #[test]
    fn what_is_no_parquet_is_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        assert!(matches!(read_parquet(&path), Err(Error::Io { .. })));
        for wrong in ["", "x", "PAR1 and no more PAR1"] {
            fs::write(&path, wrong).unwrap();
            let refused = read_parquet(&path).unwrap_err();
            assert!(matches!(refused, Error::Data { .. }) && refused.to_string().lines().count() == 1);
        }
    }
}
