//! The columns of a record, asked of its type: an empty table has its columns too, and a column of nothing its type.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema};
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::error::TableError;

/// The columns of `T`, in the order of its fields. Whole numbers are 64 bits wide, signed or not as the field is.
pub(super) fn schema_of<T: DeserializeOwned>() -> Result<Arc<Schema>, TableError> {
    let mut columns = vec![];
    T::deserialize(AskStruct { columns: &mut columns })?;
    Ok(Arc::new(Schema::new(columns)))
}

/// Is asked for a record, and gives a struct.
struct AskStruct<'a> {
    columns: &'a mut Vec<Field>,
}

macro_rules! refuse {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, TableError> {
            self.refuse(stringify!($method))
        }
    )*};
}

macro_rules! refuse_named {
    () => {
        fn deserialize_unit_struct<V: Visitor<'de>>(
            self,
            name: &'static str,
            _: V,
        ) -> Result<V::Value, TableError> {
            self.refuse(name)
        }
        fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, TableError> {
            self.refuse("a tuple")
        }
        fn deserialize_tuple_struct<V: Visitor<'de>>(
            self,
            name: &'static str,
            _: usize,
            _: V,
        ) -> Result<V::Value, TableError> {
            self.refuse(name)
        }
    };
}

impl AskStruct<'_> {
    fn refuse<T>(&self, found: &str) -> Result<T, TableError> {
        Err(TableError::NotFlat { column: "(the record)".into(), found: found.replace("deserialize_", "") })
    }
}

impl<'de> Deserializer<'de> for AskStruct<'_> {
    type Error = TableError;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TableError> {
        MapAccessDeserializer::new(AskFields { fields: fields.iter(), name: "", columns: self.columns })
            .deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TableError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, TableError> {
        self.refuse(name)
    }

    refuse! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_option deserialize_seq deserialize_map deserialize_identifier deserialize_ignored_any
    }
    refuse_named!();
}

/// Names one field after the other.
struct AskFields<'a> {
    fields: std::slice::Iter<'static, &'static str>,
    name: &'static str,
    columns: &'a mut Vec<Field>,
}

impl<'de> MapAccess<'de> for AskFields<'_> {
    type Error = TableError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, TableError> {
        let Some(name) = self.fields.next() else { return Ok(None) };
        self.name = name;
        seed.deserialize(StrDeserializer::<TableError>::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, TableError> {
        seed.deserialize(AskValue { name: self.name, is_nullable: false, columns: self.columns })
    }
}

/// Is asked for a value, notes of which type, and gives any of it.
struct AskValue<'a> {
    name: &'static str,
    is_nullable: bool,
    columns: &'a mut Vec<Field>,
}

impl AskValue<'_> {
    fn note(&mut self, kind: DataType) {
        self.columns.push(Field::new(self.name, kind, self.is_nullable));
    }

    fn refuse<T>(&self, found: &str) -> Result<T, TableError> {
        Err(TableError::NotFlat { column: self.name.into(), found: found.replace("deserialize_", "") })
    }
}

macro_rules! note {
    ($($method:ident: $kind:ident by $visit:ident($any:expr),)*) => {$(
        fn $method<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, TableError> {
            self.note(DataType::$kind);
            visitor.$visit($any)
        }
    )*};
}

impl<'de> Deserializer<'de> for AskValue<'_> {
    type Error = TableError;

    note! {
        deserialize_bool: Boolean by visit_bool(false),
        deserialize_i8: Int64 by visit_i8(0),
        deserialize_i16: Int64 by visit_i16(0),
        deserialize_i32: Int64 by visit_i32(0),
        deserialize_i64: Int64 by visit_i64(0),
        deserialize_i128: Int64 by visit_i64(0),
        deserialize_u8: UInt64 by visit_u8(0),
        deserialize_u16: UInt64 by visit_u16(0),
        deserialize_u32: UInt64 by visit_u32(0),
        deserialize_u64: UInt64 by visit_u64(0),
        deserialize_u128: UInt64 by visit_u64(0),
        deserialize_f32: Float64 by visit_f32(0.0),
        deserialize_f64: Float64 by visit_f64(0.0),
        deserialize_char: Utf8 by visit_char('a'),
        deserialize_str: Utf8 by visit_str(""),
        deserialize_string: Utf8 by visit_str(""),
    }

    fn deserialize_option<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, TableError> {
        self.is_nullable = true;
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TableError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TableError> {
        self.note(DataType::Utf8);
        match variants.first() {
            Some(first) => visitor.visit_enum(StrDeserializer::<TableError>::new(first)),
            None => Err(TableError::NotFlat { column: self.name.into(), found: name.into() }),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, TableError> {
        self.refuse(name)
    }

    refuse! {
        deserialize_any deserialize_bytes deserialize_byte_buf deserialize_unit deserialize_seq deserialize_map
        deserialize_identifier deserialize_ignored_any
    }
    refuse_named!();
}
