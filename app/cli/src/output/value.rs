//! Values that commands show: amounts, times, counts, lists.

use std::fmt;

use anchor_lang::prelude::Pubkey;
use rust_decimal::Decimal;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::{Fields, Rows, View};

/// An amount of a token: `12.5` for people; for machines the atoms as text, since JSON's numbers may be floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// In the token's smallest unit.
    pub atoms: i128,
    /// The token's decimals.
    pub decimals: u8,
}

impl Amount {
    /// An amount of `atoms`.
    pub fn new(atoms: impl Into<i128>, decimals: u8) -> Self {
        Self { atoms: atoms.into(), decimals }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Decimal::try_from_i128_with_scale(self.atoms, u32::from(self.decimals)) {
            Ok(exact) => f.pad(&exact.normalize().to_string()),
            Err(_) => write!(f, "{} atoms", self.atoms),
        }
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("atoms", &self.atoms.to_string())?;
        map.serialize_entry("quote", &self.to_string())?;
        map.end()
    }
}

/// A value of a field.
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing: a dash, or null.
    None,
    /// Text.
    Text(String),
    /// A count. JSON gets a number where every reader takes it exactly, else text.
    Number(i128),
    /// Yes or no.
    Flag(bool),
    /// An amount.
    Amount(Amount),
    /// A time in Unix seconds; zero is none.
    Time(i64),
    /// Fields of its own.
    Fields(Fields),
    /// Rows of its own.
    Rows(Rows),
    /// Values of one kind.
    List(Vec<Value>),
    /// Many of different kinds: a line each for people.
    Lines(Vec<Fields>),
    /// Ready JSON, for people on one line.
    Json(serde_json::Value),
}

macro_rules! from {
    ($($type:ty => |$value:ident| $make:expr,)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Self {
                $make
            }
        }
    )*};
}

from! {
    &str => |text| Self::Text(text.to_owned()),
    String => |text| Self::Text(text),
    Pubkey => |key| Self::Text(key.to_string()),
    u8 => |count| Self::Number(count.into()),
    u16 => |count| Self::Number(count.into()),
    u32 => |count| Self::Number(count.into()),
    u64 => |count| Self::Number(count.into()),
    i64 => |count| Self::Number(count.into()),
    bool => |flag| Self::Flag(flag),
    Amount => |amount| Self::Amount(amount),
    Fields => |fields| Self::Fields(fields),
    Rows => |rows| Self::Rows(rows),
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

/// Above it a reader of JSON may take a number for a float that isn't it.
const MAX_SAFE: i128 = 1 << 53;

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None | Self::Time(0) => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(count) if count.abs() < MAX_SAFE => match i64::try_from(*count) {
                Ok(count) => serializer.serialize_i64(count),
                Err(_) => serializer.serialize_str(&count.to_string()),
            },
            Self::Number(count) => serializer.serialize_str(&count.to_string()),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Amount(amount) => amount.serialize(serializer),
            Self::Time(time) => serializer.serialize_i64(*time),
            Self::Fields(fields) => fields.serialize(serializer),
            Self::Rows(rows) => rows.serialize(serializer),
            Self::List(all) => all.serialize(serializer),
            Self::Lines(lines) => lines.serialize(serializer),
            Self::Json(value) => value.serialize(serializer),
        }
    }
}

impl Value {
    /// For people.
    pub fn text(&self) -> String {
        match self {
            Self::None | Self::Time(0) => "–".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Number(count) => count.to_string(),
            Self::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
            Self::Amount(amount) => amount.to_string(),
            Self::Time(time) => time_text(*time),
            Self::Fields(fields) => fields.text(),
            Self::Rows(rows) => rows.text(),
            Self::List(all) => format!("[{}]", join(all.iter().map(Self::inline))),
            Self::Lines(lines) => lines.iter().map(Fields::line).collect::<Vec<_>>().join("\n"),
            Self::Json(value) => value.to_string(),
        }
    }

    /// Within a line.
    pub fn inline(&self) -> String {
        match self {
            Self::Fields(fields) => format!("{{{}}}", fields.pairs()),
            other => other.text(),
        }
    }

    /// Nothing to say to people: no lines.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Lines(lines) if lines.is_empty())
    }

    /// Whether it needs lines of its own.
    pub fn is_block(&self) -> bool {
        matches!(self, Self::Fields(_) | Self::Rows(_) | Self::Lines(_))
    }
}

/// Words with spaces between them.
pub fn join(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

/// A time for people, in UTC.
pub fn time_text(seconds: i64) -> String {
    match jiff::Timestamp::from_second(seconds) {
        Ok(time) => time.to_string(),
        Err(_) => format!("second {seconds}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_for_people_and_machines() {
        let cases = [
            (12_500_000, 6, "12.5"),
            (1, 6, "0.000001"),
            (-1, 9, "-0.000000001"),
            (0, 6, "0"),
            (7, 0, "7"),
            (i128::from(u64::MAX), 6, "18446744073709.551615"),
        ];
        for (atoms, decimals, text) in cases {
            let amount = Amount::new(atoms, decimals);
            assert_eq!(amount.to_string(), text);
            let json = serde_json::to_value(amount).unwrap();
            assert_eq!(json, serde_json::json!({ "atoms": atoms.to_string(), "quote": text }));
        }
    }

    #[test]
    fn a_number_that_json_readers_would_round_is_text() {
        let fields = Fields::new().with("small", 7u64).with("large", u64::MAX).with_time("when", 0);
        let json = serde_json::to_string(&fields).unwrap();
        assert_eq!(json, r#"{"small":7,"large":"18446744073709551615","when":null}"#);
    }
}
