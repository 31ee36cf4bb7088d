//! Seeds of every address the program derives.

/// `[CLEARINGHOUSE, creator, quote mint]`
pub const CLEARINGHOUSE: &[u8] = b"clearinghouse";
/// `[CUSTODY, clearinghouse]`
pub const CUSTODY: &[u8] = b"custody";
/// `[MARGIN_VAULT, clearinghouse]`
pub const MARGIN_VAULT: &[u8] = b"margin_vault";
/// `[INSURANCE_VAULT, clearinghouse]`
pub const INSURANCE_VAULT: &[u8] = b"insurance_vault";
/// `[INSURANCE_FUND, clearinghouse]`
pub const INSURANCE_FUND: &[u8] = b"insurance_fund";
/// `[MARKET, clearinghouse, index as u16 LE]`
pub const MARKET: &[u8] = b"market";
/// `[MARGIN_ACCOUNT, clearinghouse, authority, id as u16 LE]`
pub const MARGIN_ACCOUNT: &[u8] = b"margin_account";
/// `[STAKE, clearinghouse, authority]`
pub const STAKE: &[u8] = b"stake";
