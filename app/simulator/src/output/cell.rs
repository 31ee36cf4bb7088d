//! One value of a table, and serde's way to it.

use serde::ser::{Impossible, Serialize, SerializeStruct, Serializer};

use super::error::TableError;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(String),
    /// The values of a record: never within another.
    Record(Vec<Cell>),
}

impl Cell {
    /// The values of a record, in the order of its fields.
    pub(super) fn row(record: &impl Serialize) -> Result<Vec<Self>, TableError> {
        match record.serialize(ToCell { column: "(the record)" })? {
            Self::Record(cells) => Ok(cells),
            found => Err(TableError::NotFlat {
                column: "(the record)".into(),
                found: format!("{found:?} and no struct"),
            }),
        }
    }
}

/// Serializes one value of the named column.
struct ToCell<'a> {
    column: &'a str,
}

impl ToCell<'_> {
    fn not_flat<T>(&self, found: &str) -> Result<T, TableError> {
        Err(TableError::NotFlat { column: self.column.to_owned(), found: found.to_owned() })
    }

    fn too_large(&self, value: i128) -> TableError {
        TableError::TooLarge { column: self.column.to_owned(), value }
    }
}

type No = Impossible<Cell, TableError>;

impl Serializer for ToCell<'_> {
    type Ok = Cell;
    type Error = TableError;
    type SerializeSeq = No;
    type SerializeTuple = No;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = Fields;
    type SerializeStructVariant = No;

    fn serialize_bool(self, v: bool) -> Result<Cell, TableError> {
        Ok(Cell::Bool(v))
    }
    fn serialize_i8(self, v: i8) -> Result<Cell, TableError> {
        Ok(Cell::Signed(v.into()))
    }
    fn serialize_i16(self, v: i16) -> Result<Cell, TableError> {
        Ok(Cell::Signed(v.into()))
    }
    fn serialize_i32(self, v: i32) -> Result<Cell, TableError> {
        Ok(Cell::Signed(v.into()))
    }
    fn serialize_i64(self, v: i64) -> Result<Cell, TableError> {
        Ok(Cell::Signed(v))
    }
    fn serialize_i128(self, v: i128) -> Result<Cell, TableError> {
        i64::try_from(v).map(Cell::Signed).map_err(|_| self.too_large(v))
    }
    fn serialize_u8(self, v: u8) -> Result<Cell, TableError> {
        Ok(Cell::Unsigned(v.into()))
    }
    fn serialize_u16(self, v: u16) -> Result<Cell, TableError> {
        Ok(Cell::Unsigned(v.into()))
    }
    fn serialize_u32(self, v: u32) -> Result<Cell, TableError> {
        Ok(Cell::Unsigned(v.into()))
    }
    fn serialize_u64(self, v: u64) -> Result<Cell, TableError> {
        Ok(Cell::Unsigned(v))
    }
    fn serialize_u128(self, v: u128) -> Result<Cell, TableError> {
        let too_large = |_| self.too_large(i128::try_from(v).unwrap_or(i128::MAX));
        u64::try_from(v).map(Cell::Unsigned).map_err(too_large)
    }
    fn serialize_f32(self, v: f32) -> Result<Cell, TableError> {
        Ok(Cell::Float(v.into()))
    }
    fn serialize_f64(self, v: f64) -> Result<Cell, TableError> {
        Ok(Cell::Float(v))
    }
    fn serialize_char(self, v: char) -> Result<Cell, TableError> {
        Ok(Cell::Text(v.into()))
    }
    fn serialize_str(self, v: &str) -> Result<Cell, TableError> {
        Ok(Cell::Text(v.into()))
    }
    fn serialize_none(self) -> Result<Cell, TableError> {
        Ok(Cell::Null)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Cell, TableError> {
        value.serialize(self)
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Cell, TableError> {
        Ok(Cell::Text(variant.into()))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        v: &T,
    ) -> Result<Cell, TableError> {
        v.serialize(self)
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<Cell, TableError> {
        self.not_flat("a row of bytes")
    }
    fn serialize_unit(self) -> Result<Cell, TableError> {
        self.not_flat("nothing")
    }
    fn serialize_unit_struct(self, name: &'static str) -> Result<Cell, TableError> {
        self.not_flat(name)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Cell, TableError> {
        self.not_flat(name)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<No, TableError> {
        self.not_flat("a list")
    }
    fn serialize_tuple(self, _: usize) -> Result<No, TableError> {
        self.not_flat("a tuple")
    }
    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<No, TableError> {
        self.not_flat(name)
    }
    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<No, TableError> {
        self.not_flat(name)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<No, TableError> {
        self.not_flat("a map")
    }
    fn serialize_struct(self, _: &'static str, fields: usize) -> Result<Fields, TableError> {
        Ok(Fields(Vec::with_capacity(fields)))
    }
    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<No, TableError> {
        self.not_flat(name)
    }
}

/// The values of a record so far.
struct Fields(Vec<Cell>);

impl SerializeStruct for Fields {
    type Ok = Cell;
    type Error = TableError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), TableError> {
        let column = ToCell { column: key };
        match value.serialize(ToCell { column: key })? {
            Cell::Record(_) => column.not_flat("a record"),
            cell => {
                self.0.push(cell);
                Ok(())
            }
        }
    }

    fn skip_field(&mut self, _: &'static str) -> Result<(), TableError> {
        self.0.push(Cell::Null);
        Ok(())
    }

    fn end(self) -> Result<Cell, TableError> {
        Ok(Cell::Record(self.0))
    }
}
