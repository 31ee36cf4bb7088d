//! Why a command failed: in words or as JSON, and by the exit status.

use std::fmt;

use jettison_rpc::RpcError;
use serde::Serialize;

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
    pub message: String,
    /// The program's error number.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u32>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    /// Which of the command's instructions failed, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    instruction: Option<usize>,
    /// The exit status.
    #[serde(skip)]
    pub status: u8,
}

impl Failure {
    pub fn of(error: &anyhow::Error) -> Self {
        let message = in_words(error);
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

/// An error and what led to it, without what the part before says already.
fn in_words(error: &anyhow::Error) -> String {
    let mut words = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !words.contains(&cause) {
            words += if words.is_empty() { "" } else { ": " };
            words += &cause;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_said_once_with_what_led_to_it() {
        let error = anyhow::anyhow!("no answer").context("asking x: no answer; try y").context("reading z");
        assert_eq!(in_words(&error), "reading z: asking x: no answer; try y");
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
