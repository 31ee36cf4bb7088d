//! Seeds of every address the program derives.

/// `[DELEGATE, clearinghouse]`: signs for the margin accounts that made it their delegate. One for each clearinghouse, so
/// that a signature for one is never good in another.
pub const DELEGATE: &[u8] = b"delegate";
/// `[OFFER, margin account, id as u16 LE]`
pub const OFFER: &[u8] = b"offer";
