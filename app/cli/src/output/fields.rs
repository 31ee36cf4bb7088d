//! Named values, and tables of them.

use anchor_lang::prelude::Pubkey;
use anyhow::Result;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::value::join;
use super::{Value, View};

/// Named values in a fixed order: lines for people, an object for machines.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, Value)>);

impl Fields {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more. The key is JSON's; people read it with spaces.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.push((key.to_owned(), value.into()));
        self
    }

    /// With a time in Unix seconds; zero is none.
    #[must_use]
    pub fn with_time(self, key: &str, seconds: i64) -> Self {
        self.with_value(key, Value::Time(seconds))
    }

    /// On one line for people: the first value, then the others with their names.
    pub fn line(&self) -> String {
        match self.0.split_first() {
            Some(((_, first), rest)) => join([first.inline(), Self(rest.to_vec()).pairs()].into_iter()),
            None => String::new(),
        }
    }

    /// Names and values on one line for people.
    pub fn pairs(&self) -> String {
        join(self.0.iter().map(|(key, value)| format!("{key}={}", value.inline())))
    }

    /// These, then `others`.
    #[must_use]
    pub fn and(mut self, others: &Self) -> Self {
        self.0.extend(others.0.iter().cloned());
        self
    }

    /// Those that `others` has not, or has with another value.
    #[must_use]
    pub fn except(&self, others: &Self) -> Self {
        let text = |value: &Value| serde_json::to_string(value).unwrap_or_default();
        let same = |(key, value): &(String, Value)| {
            others.0.iter().any(|(other, theirs)| other == key && text(theirs) == text(value))
        };
        Self(self.0.iter().filter(|field| !same(field)).cloned().collect())
    }

    /// With a value that is one already.
    #[must_use]
    pub fn with_value(mut self, key: &str, value: Value) -> Self {
        self.0.push((key.to_owned(), value));
        self
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// A key, or nothing for the default key, which stands for nobody.
pub fn key_or_none(key: &Pubkey) -> Option<Pubkey> {
    (*key != Pubkey::default()).then_some(*key)
}

/// The fields of something that serde can read, such as a market's parameters.
pub fn fields_of(data: &impl Serialize) -> Result<Fields> {
    let mut fields = Fields::new();
    if let serde_json::Value::Object(map) = serde_json::to_value(data)? {
        for (key, value) in map {
            fields = fields.with_value(&key, Value::Json(value));
        }
    }
    Ok(fields)
}

fn label(key: &str) -> String {
    key.replace('_', " ")
}

impl View for Fields {
    fn text(&self) -> String {
        let single = self.0.iter().filter(|(_, value)| !value.is_block());
        let width = single.map(|(key, _)| key.chars().count()).max().unwrap_or(0);
        let mut lines = vec![];
        for (key, value) in &self.0 {
            if value.is_nothing() {
                continue;
            }
            if value.is_block() {
                lines.push(format!("\n{}", label(key)));
                lines.push(value.text());
            } else {
                lines.push(format!("{:width$}  {}", label(key), value.text()));
            }
        }
        lines.join("\n")
    }
}

/// Many of one kind: a table for people, an array for machines.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    rows: Vec<Fields>,
    if_empty: String,
}

impl Rows {
    /// The rows, or for people `if_empty` when there are none.
    pub fn new(rows: Vec<Fields>, if_empty: &str) -> Self {
        Self { rows, if_empty: if_empty.to_owned() }
    }
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_seq(Some(self.rows.len()))?;
        for row in &self.rows {
            all.serialize_element(row)?;
        }
        all.end()
    }
}

impl View for Rows {
    fn text(&self) -> String {
        let Some(first) = self.rows.first() else {
            return self.if_empty.clone();
        };
        let mut table = Table::new();
        table.load_preset(UTF8_FULL_CONDENSED).set_header(first.0.iter().map(|(key, _)| label(key)));
        for (column, (_, value)) in first.0.iter().enumerate() {
            if matches!(value, Value::Number(_) | Value::Amount(_)) {
                if let Some(column) = table.column_mut(column) {
                    column.set_cell_alignment(CellAlignment::Right);
                }
            }
        }
        for row in &self.rows {
            table.add_row(row.0.iter().map(|(_, value)| value.text()));
        }
        table.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_a_table_and_an_array() {
        let row = |name: &str, size: u64| Fields::new().with("market_name", name).with("size", size);
        let rows = Rows::new(vec![row("SOL", 1), row("BTC", 200)], "none");
        let text = rows.text();
        assert!(text.contains("market name") && text.contains("│ BTC         ┆  200 │"), "{text}");
        assert_eq!(serde_json::to_value(&rows).unwrap()[1]["size"], 200);
        assert_eq!(Rows::new(vec![], "no markets").text(), "no markets");
    }
}
