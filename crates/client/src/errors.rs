//! The program's error numbers in words, from its IDL.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

#[derive(Deserialize)]
struct Idl {
    errors: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    code: u32,
    name: String,
    msg: String,
}

/// The interface of the clearing program.
pub(crate) const IDL: &str = include_str!("../../../idl/clearing.json");

fn table() -> &'static BTreeMap<u32, Entry> {
    static TABLE: OnceLock<BTreeMap<u32, Entry>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let errors = serde_json::from_str::<Idl>(IDL).map(|idl| idl.errors).unwrap_or_default();
        errors.into_iter().map(|entry| (entry.code, entry)).collect()
    })
}

/// What an error number of the clearing program means, in a sentence that says what to do.
pub fn error_message(code: u32) -> Option<&'static str> {
    table().get(&code).map(|entry| entry.msg.as_str())
}

/// The name of an error number of the clearing program, such as `StalePrice`.
pub fn error_name(code: u32) -> Option<&'static str> {
    table().get(&code).map(|entry| entry.name.as_str())
}

#[cfg(test)]
mod tests {
    use clearing::error::ClearingError;

    use super::*;

    #[test]
    fn every_error_has_its_name_and_message() {
        let last = ClearingError::BadDestination;
        assert_eq!(error_name(u32::from(last)), Some("BadDestination"));
        let message = last.to_string();
        assert_eq!(error_message(u32::from(last)), Some(message.as_str()));
        assert_eq!(error_name(6000), Some("Overflow"));
        assert_eq!(error_name(5999), None);
        // Errors are only ever added.
        assert!(table().len() >= 71, "{}", table().len());
    }
}
