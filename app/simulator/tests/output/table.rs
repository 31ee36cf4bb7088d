//! Parquet.

use jettison_simulator::output::{read_parquet, write_parquet, OutputError};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    LossIndex,
    Queue,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Id(u32);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    history: u64,
    id: Id,
    kind: Kind,
    saved: i64,
    part: f64,
    is_hedged: bool,
    #[serde(rename = "pair")]
    name: String,
    haircut: Option<f64>,
    rank: Option<u16>,
}

fn row(history: u64) -> Row {
    Row {
        history,
        id: Id(3),
        kind: Kind::LossIndex,
        saved: -5,
        part: 2.0,
        is_hedged: true,
        name: "BTC-USD, \"quoted\"\n".into(),
        haircut: None,
        rank: Some(9),
    }
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let numbers = (any::<u64>(), any::<u32>(), any::<bool>(), any::<i64>(), -1e300..1e300_f64);
    let rest = (any::<bool>(), ".{0,9}", prop::option::of(-1.0..1.0_f64), prop::option::of(any::<u16>()));
    let row =
        (numbers, rest).prop_map(|((history, id, index, saved, part), (is_hedged, name, haircut, rank))| {
            Row {
                history,
                id: Id(id),
                kind: if index { Kind::LossIndex } else { Kind::Queue },
                saved,
                part,
                is_hedged,
                name,
                haircut,
                rank,
            }
        });
    prop::collection::vec(row, 0..20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn records_are_read_back_as_they_were_to_the_last_bit(rows in rows()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.parquet");
        write_parquet(&path, &rows).unwrap();
        prop_assert_eq!(read_parquet::<Row>(&path).unwrap(), rows);
    }
}

#[test]
fn more_rows_than_go_into_one_batch_come_back_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.parquet");
    let rows: Vec<Row> = (0..150_000).map(row).collect();
    write_parquet(&path, &rows).unwrap();
    assert_eq!(read_parquet::<Row>(&path).unwrap(), rows);
}

#[test]
fn columns_have_the_types_and_names_of_the_fields_even_in_an_empty_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.parquet");
    write_parquet::<Row>(&path, &[]).unwrap();
    let file = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(&path).unwrap()).unwrap();
    let columns: Vec<String> = file
        .schema()
        .fields()
        .iter()
        .map(|field| {
            format!("{} {}{}", field.name(), field.data_type(), if field.is_nullable() { "?" } else { "" })
        })
        .collect();
    let expected = [
        "history UInt64",
        "id UInt64",
        "kind Utf8",
        "saved Int64",
        "part Float64",
        "is_hedged Boolean",
        "pair Utf8",
        "haircut Float64?",
        "rank UInt64?",
    ];
    assert_eq!(columns, expected);
    assert_eq!(read_parquet::<Row>(&path).unwrap(), []);
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str| {
        write_parquet(&folder.path().join(name), &[row(1), row(2)]).unwrap();
        std::fs::read(folder.path().join(name)).unwrap()
    };
    assert_eq!(write("a.parquet"), write("b.parquet"));
}

#[test]
fn a_number_that_is_none_is_refused_by_column_and_row_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.parquet");
    let why = write_parquet(&path, &[row(0), Row { part: f64::NAN, ..row(1) }]).unwrap_err();
    assert!(why.to_string().contains("column part, row 1: NaN is no number"), "{why}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_record_that_is_not_flat_is_refused_by_its_column() {
    #[derive(Serialize, Deserialize)]
    struct Nested {
        history: u64,
        inner: Vec<u64>,
    }
    #[derive(Serialize, Deserialize)]
    struct Deeper {
        row: Row,
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.parquet");
    let why = write_parquet(&path, &[Nested { history: 1, inner: vec![] }]).unwrap_err();
    assert!(why.to_string().contains("column inner: seq doesn't fit a table"), "{why}");
    let why = write_parquet(&path, &[Deeper { row: row(1) }]).unwrap_err();
    assert!(why.to_string().contains("column row: Row doesn't fit a table"), "{why}");
    let why = write_parquet(&path, &[5_u64]).unwrap_err();
    assert!(matches!(why, OutputError::Table { .. }), "{why}");
}

#[test]
fn a_file_of_other_columns_is_refused_with_both_lists() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Other {
        history: i64,
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.parquet");
    write_parquet(&path, &[Other { history: 1 }]).unwrap();
    let why = read_parquet::<Row>(&path).unwrap_err().to_string();
    assert!(
        why.contains("the file's columns are history (Int64), the record's are history (UInt64), id"),
        "{why}"
    );
}
