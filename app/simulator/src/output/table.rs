//! Records as Parquet files.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder, UInt64Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use serde::de::value::MapDeserializer;
use serde::de::DeserializeOwned;
use serde::ser::Serialize;

use super::atomic::write_atomic;
use super::cell::Cell;
use super::error::{OutputError, TableError};
use super::schema::schema_of;

/// Rows that go into memory as columns at once.
const BATCH: usize = 65_536;

/// Writes records as one Parquet file, compressed by Snappy, columns named and ordered as the record's fields. The same records
/// give the same bytes. NaN and infinities are refused, by column and row.
pub fn write_parquet<T: Serialize + DeserializeOwned>(path: &Path, rows: &[T]) -> Result<(), OutputError> {
    let bytes = to_bytes(rows).map_err(|why| why.at(path))?;
    write_atomic(path, &bytes)
}

/// Reads back what [`write_parquet`] wrote of the same type of record.
pub fn read_parquet<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, OutputError> {
    let file = File::open(path).map_err(OutputError::file(path))?;
    from_file(file).map_err(|why: Why| why.at(path))
}

/// Why, before it is known of which file.
enum Why {
    Table(TableError),
    Parquet(ParquetError),
}

impl Why {
    fn at(self, path: &Path) -> OutputError {
        match self {
            Self::Table(source) => OutputError::Table { path: path.to_owned(), source },
            Self::Parquet(source) => OutputError::Parquet { path: path.to_owned(), source },
        }
    }
}

impl From<TableError> for Why {
    fn from(why: TableError) -> Self {
        Self::Table(why)
    }
}

impl From<ParquetError> for Why {
    fn from(why: ParquetError) -> Self {
        Self::Parquet(why)
    }
}

impl From<arrow_schema::ArrowError> for Why {
    fn from(why: arrow_schema::ArrowError) -> Self {
        Self::Parquet(why.into())
    }
}

fn to_bytes<T: Serialize + DeserializeOwned>(rows: &[T]) -> Result<Vec<u8>, Why> {
    let schema = schema_of::<T>()?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(vec![], schema.clone(), Some(properties))?;
    for (batch, rows) in rows.chunks(BATCH).enumerate() {
        writer.write(&to_batch(&schema, rows, batch * BATCH)?)?;
    }
    Ok(writer.into_inner()?)
}

fn to_batch<T: Serialize>(schema: &Arc<Schema>, rows: &[T], first: usize) -> Result<RecordBatch, Why> {
    let mut columns: Vec<Column> =
        schema.fields().iter().map(|field| Column::of(field.data_type())).collect();
    for (row, record) in rows.iter().enumerate() {
        let cells = Cell::row(record)?;
        let as_many = cells.len() == schema.fields().len();
        if !as_many {
            return Err(TableError::Record(format!(
                "{} values for {} columns",
                cells.len(),
                schema.fields().len()
            ))
            .into());
        }
        for ((column, cell), field) in columns.iter_mut().zip(cells).zip(schema.fields()) {
            column.push(cell, field.name(), first + row)?;
        }
    }
    let arrays = columns.into_iter().map(Column::finish).collect();
    Ok(RecordBatch::try_new(schema.clone(), arrays)?)
}

/// A column that is being filled.
enum Column {
    Bool(BooleanBuilder),
    Unsigned(UInt64Builder),
    Signed(Int64Builder),
    Float(Float64Builder),
    Text(StringBuilder),
}

impl Column {
    fn of(kind: &DataType) -> Self {
        match kind {
            DataType::Boolean => Self::Bool(BooleanBuilder::new()),
            DataType::UInt64 => Self::Unsigned(UInt64Builder::new()),
            DataType::Int64 => Self::Signed(Int64Builder::new()),
            DataType::Float64 => Self::Float(Float64Builder::new()),
            _ => Self::Text(StringBuilder::new()),
        }
    }

    fn push(&mut self, cell: Cell, name: &str, row: usize) -> Result<(), TableError> {
        match (self, cell) {
            (Self::Float(_), Cell::Float(value)) if !value.is_finite() => {
                return Err(TableError::NotANumber { column: name.to_owned(), row, value });
            }
            (Self::Bool(column), Cell::Bool(value)) => column.append_value(value),
            (Self::Unsigned(column), Cell::Unsigned(value)) => column.append_value(value),
            (Self::Signed(column), Cell::Signed(value)) => column.append_value(value),
            (Self::Float(column), Cell::Float(value)) => column.append_value(value),
            (Self::Text(column), Cell::Text(value)) => column.append_value(value),
            (Self::Bool(column), Cell::Null) => column.append_null(),
            (Self::Unsigned(column), Cell::Null) => column.append_null(),
            (Self::Signed(column), Cell::Null) => column.append_null(),
            (Self::Float(column), Cell::Null) => column.append_null(),
            (Self::Text(column), Cell::Null) => column.append_null(),
            (_, cell) => {
                let found = format!("{cell:?}, unlike what the column is read as,");
                return Err(TableError::NotFlat { column: name.to_owned(), found });
            }
        }
        Ok(())
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Bool(mut column) => Arc::new(column.finish()),
            Self::Unsigned(mut column) => Arc::new(column.finish()),
            Self::Signed(mut column) => Arc::new(column.finish()),
            Self::Float(mut column) => Arc::new(column.finish()),
            Self::Text(mut column) => Arc::new(column.finish()),
        }
    }
}

fn from_file<T: DeserializeOwned>(file: File) -> Result<Vec<T>, Why> {
    let schema = schema_of::<T>()?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)?;
    if reader.schema().fields() != schema.fields() {
        let (found, expected) = (names(reader.schema()), names(&schema));
        return Err(TableError::OtherColumns { found, expected }.into());
    }
    let mut records = vec![];
    for batch in reader.with_batch_size(BATCH).build()? {
        let batch = batch?;
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().map(|column| cell_at(column, row));
            let fields = schema.fields().iter().map(|field| field.name().as_str()).zip(cells);
            records.push(T::deserialize(MapDeserializer::<_, TableError>::new(fields))?);
        }
    }
    Ok(records)
}

fn names(schema: &Schema) -> String {
    let field = |field: &Arc<arrow_schema::Field>| {
        let optional = if field.is_nullable() { ", optional" } else { "" };
        format!("{} ({}{optional})", field.name(), field.data_type())
    };
    schema.fields().iter().map(field).collect::<Vec<_>>().join(", ")
}

fn cell_at(column: &ArrayRef, row: usize) -> Cell {
    if column.is_null(row) {
        return Cell::Null;
    }
    match column.data_type() {
        DataType::Boolean => Cell::Bool(column.as_boolean().value(row)),
        DataType::UInt64 => Cell::Unsigned(column.as_primitive::<UInt64Type>().value(row)),
        DataType::Int64 => Cell::Signed(column.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Cell::Float(column.as_primitive::<Float64Type>().value(row)),
        _ => Cell::Text(column.as_string::<i32>().value(row).to_owned()),
    }
}
