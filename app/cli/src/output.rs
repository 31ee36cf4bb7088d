//! The one way in which commands print: for people, or as JSON. Amounts are exact in both.

use std::fmt;
use std::io::Write;

use anchor_lang::prelude::Pubkey;
use anyhow::Result;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use jettison_rpc::RpcError;
use rust_decimal::Decimal;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

/// Something that can be shown.
pub trait View: Serialize {
    /// For people, without the last line break.
    fn text(&self) -> String;
}

/// Where results go.
#[derive(Clone, Copy, Debug)]
pub struct Out {
    json: bool,
}

impl Out {
    /// JSON or text.
    pub const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Shows a result on stdout: JSON as one indented document.
    pub fn show<V: View + ?Sized>(self, view: &V) -> Result<()> {
        let text = if self.json { serde_json::to_string_pretty(view)? } else { view.text() };
        writeln!(std::io::stdout().lock(), "{text}")?;
        Ok(())
    }

    /// Shows one of many results on stdout, as it comes: a line either way.
    pub fn line(self, fields: &Fields) -> Result<()> {
        let line = if self.json { serde_json::to_string(fields)? } else { fields.line() };
        // Not println: who reads may have gone, which ends the command and is no panic.
        writeln!(std::io::stdout().lock(), "{line}")?;
        Ok(())
    }

    /// Tells people what goes on, on stderr. Left out with JSON.
    pub fn note(self, text: &str) {
        if !self.json {
            eprintln!("{text}");
        }
    }

    /// Shows why a command failed, on stderr; returns the exit status.
    pub fn fail(self, error: &anyhow::Error) -> u8 {
        let failure = Failure::of(error);
        if self.json {
            eprintln!("{}", serde_json::json!({ "error": failure }));
        } else {
            eprintln!("error: {}", failure.message);
        }
        failure.status
    }
}

/// A rule of ours that refused before anything was sent: exit status 1, as if the program had refused.
#[derive(Debug)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// Exit status when a rule or the program refused.
const STATUS_REFUSED: u8 = 1;

/// Exit status for wrong usage, or when something around the command is missing.
pub const STATUS_ENVIRONMENT: u8 = 2;

/// Why a command failed.
#[derive(Serialize)]
pub struct Failure {
    /// `refused`, or `environment`.
    kind: &'static str,
    /// In words, with what led to it.
    message: String,
    /// The program's error number.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u32>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    /// Which of the command's instructions failed, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    instruction: Option<usize>,
    #[serde(skip)]
    status: u8,
}

impl Failure {
    fn of(error: &anyhow::Error) -> Self {
        let message = format!("{error:#}");
        let rpc = error.chain().find_map(|cause| cause.downcast_ref::<RpcError>());
        if let Some(RpcError::Program { instruction, code, .. }) = rpc {
            let name = code.and_then(jettison_client::error_name);
            return Self {
                kind: "refused",
                message,
                code: *code,
                name,
                instruction: *instruction,
                status: STATUS_REFUSED,
            };
        }
        let refused = error.chain().any(|cause| cause.is::<Refused>());
        let (kind, status) =
            if refused { ("refused", STATUS_REFUSED) } else { ("environment", STATUS_ENVIRONMENT) };
        Self { kind, message, code: None, name: None, instruction: None, status }
    }
}

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
    fn text(&self) -> String {
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
    fn inline(&self) -> String {
        match self {
            Self::Fields(fields) => format!("{{{}}}", fields.pairs()),
            other => other.text(),
        }
    }

    fn is_block(&self) -> bool {
        matches!(self, Self::Fields(_) | Self::Rows(_) | Self::Lines(_))
    }
}

fn join(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

/// A time for people, in UTC.
pub fn time_text(seconds: i64) -> String {
    match jiff::Timestamp::from_second(seconds) {
        Ok(time) => time.to_string(),
        Err(_) => format!("second {seconds}"),
    }
}

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

    fn pairs(&self) -> String {
        join(self.0.iter().map(|(key, value)| format!("{key}={}", value.inline())))
    }

    /// These, then `others`.
    #[must_use]
    pub fn and(mut self, others: &Self) -> Self {
        self.0.extend(others.0.iter().cloned());
        self
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

    #[test]
    fn rows_are_a_table_and_an_array() {
        let row = |name: &str, size: u64| Fields::new().with("market_name", name).with("size", size);
        let rows = Rows::new(vec![row("SOL", 1), row("BTC", 200)], "none");
        let text = rows.text();
        assert!(text.contains("market name") && text.contains("│ BTC         ┆  200 │"), "{text}");
        assert_eq!(serde_json::to_value(&rows).unwrap()[1]["size"], 200);
        assert_eq!(Rows::new(vec![], "no markets").text(), "no markets");
    }

    #[test]
    fn a_refusal_is_told_from_a_missing_environment() {
        let refused = RpcError::Program {
            instruction: Some(1),
            code: Some(6005),
            message: "stale".into(),
            logs: vec![],
        };
        let failure = Failure::of(&anyhow::Error::new(refused).context("settling"));
        assert_eq!((failure.kind, failure.status), ("refused", STATUS_REFUSED));
        assert_eq!((failure.name, failure.instruction), (Some("StalePrice"), Some(1)));
        assert_eq!(Failure::of(&anyhow::anyhow!("no file")).status, STATUS_ENVIRONMENT);
        assert_eq!(Failure::of(&anyhow::Error::new(Refused("expired".into()))).status, STATUS_REFUSED);
    }
}
