//! Accounts. Each starts with a version byte; the money in them is the engine's own state.

mod clearinghouse;
mod custody;
mod insurance_fund;
mod layout;
mod margin_account;
mod market;
mod pauses;
mod settings;
mod stake_account;
pub mod v1;

pub use clearinghouse::{require_ready, Clearinghouse, CHANGE_LAPSE_SECONDS};
pub use custody::Custody;
pub use insurance_fund::InsuranceFund;
pub use margin_account::MarginAccount;
pub use market::{Market, OracleSource};
pub use pauses::{Gate, Pauses, GATES, MAX_PAUSE_SECONDS, PAUSE_REST_SECONDS};
pub use settings::{
    ClearinghouseSettings, MarketParamsArgs, MarketSettings, MarketSettingsArgs, MAX_CONFIDENCE_BPS,
    MAX_ORACLE_AGE_SECONDS, MAX_TIMELOCK_SECONDS, MAX_UNSTAKE_COOLDOWN_SECONDS,
};
pub use stake_account::StakeAccount;
