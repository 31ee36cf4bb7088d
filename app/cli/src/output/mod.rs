//! The one way in which commands print: for people, or as JSON. Amounts are exact in both.

mod failure;
mod fields;
mod value;

use std::io::Write;

use anyhow::Result;
use serde::Serialize;

pub use failure::{Refused, STATUS_ENVIRONMENT};
pub use fields::{fields_of, key_or_none, Fields, Rows};
pub use value::{time_text, Amount, Value};

use failure::Failure;

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
