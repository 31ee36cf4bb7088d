//! Settings of a clearinghouse and of its markets: what an authority may change, and what of it has to wait.

use anchor_lang::prelude::borsh::{BorshDeserialize, BorshSerialize};
use anchor_lang::prelude::*;
use jettison_engine::{Atoms, Bps, MarketParams, ThrottleParams};

#[cfg(feature = "idl-build")]
use super::layout::InIdl;
use super::{Market, OracleSource};
use crate::error::{ClearingError, OrRefuse};

/// The longest timelock.
pub const MAX_TIMELOCK_SECONDS: u32 = 30 * 86_400;

/// The longest cooldown of an unstaking.
pub const MAX_UNSTAKE_COOLDOWN_SECONDS: u32 = 30 * 86_400;

/// The oldest price that a market may accept of its oracle.
pub const MAX_ORACLE_AGE_SECONDS: u32 = 86_400;

/// The widest confidence interval that a market may accept: the price itself.
pub const MAX_CONFIDENCE_BPS: u16 = 10_000;

/// Settings of a clearinghouse: in its account, and as an argument. The bytes are the same, since there is no padding.
///
/// Borsh's own derives: with Anchor's the IDL would have the type twice.
#[zero_copy]
#[derive(BorshSerialize, BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct ClearinghouseSettings {
    /// Who may pause instructions and take back queued changes; the default key is nobody.
    pub guardian: Pubkey,
    /// The least that the withdrawal throttle lets out within its window, in quote atoms.
    pub withdrawal_floor_atoms: u64,
    /// The withdrawal throttle's window, in seconds.
    pub withdrawal_window_seconds: u32,
    /// Seconds that a change which raises risk waits. Zero is for localnets: then nothing waits.
    pub timelock_seconds: u32,
    /// Seconds between the request to unstake and its execution.
    pub unstake_cooldown_seconds: u32,
    /// What the withdrawal throttle lets out within its window, of the margin vault, in basis points.
    pub withdrawal_limit_bps: u16,
    /// Zero.
    pub reserved: u16,
}

impl ClearinghouseSettings {
    /// The engine's form of the throttle.
    pub fn throttle(&self) -> ThrottleParams {
        ThrottleParams {
            floor: Atoms(self.withdrawal_floor_atoms),
            window_seconds: self.withdrawal_window_seconds,
            limit: Bps(self.withdrawal_limit_bps),
            reserved: [0; 2],
        }
    }

    /// [`ClearingError::BadSetting`] outside the bounds.
    pub fn validate(&self) -> Result<()> {
        self.throttle().validate().map_err(|_| error!(ClearingError::BadSetting))?;
        require!(
            self.timelock_seconds <= MAX_TIMELOCK_SECONDS
                && self.unstake_cooldown_seconds <= MAX_UNSTAKE_COOLDOWN_SECONDS
                && self.lets_stakers_leave_first()
                && self.reserved == 0,
            ClearingError::BadSetting
        );
        Ok(())
    }

    /// Whether a staker who sees a change queued, or a market created, can be out before it is in force: the timelock is at
    /// least twice the cooldown, unless nothing waits.
    fn lets_stakers_leave_first(&self) -> bool {
        self.timelock_seconds == 0 || self.timelock_seconds / 2 >= self.unstake_cooldown_seconds
    }

    /// Whether going to `new` only restricts, so that it need not wait: a tighter withdrawal throttle, a longer timelock.
    pub fn only_restricts(&self, new: &Self) -> bool {
        let restricted = Self {
            withdrawal_floor_atoms: new.withdrawal_floor_atoms.min(self.withdrawal_floor_atoms),
            withdrawal_limit_bps: new.withdrawal_limit_bps.min(self.withdrawal_limit_bps),
            timelock_seconds: new.timelock_seconds.max(self.timelock_seconds),
            ..*self
        };
        restricted == *new
    }
}

/// Settings of a market: its oracle and its risk parameters.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct MarketSettings {
    /// The oracle's account.
    pub oracle: Pubkey,
    /// Which feed the oracle's account must hold: Pyth's feed id or Switchboard's feed hash; zero for a source
    /// without one.
    pub feed_id: [u8; 32],
    /// Risk parameters.
    pub params: MarketParams,
    /// The oldest price accepted, in seconds.
    pub max_oracle_age_seconds: u32,
    /// The widest confidence interval accepted, in basis points of the price.
    pub max_confidence_bps: u16,
    /// An [`OracleSource`].
    pub oracle_source: u8,
    padding: u8,
}

impl MarketSettings {
    /// From a market.
    pub fn of(market: &Market) -> Self {
        Self {
            oracle: market.oracle,
            feed_id: market.feed_id,
            params: market.book.params,
            max_oracle_age_seconds: market.max_oracle_age_seconds,
            max_confidence_bps: market.max_confidence_bps,
            oracle_source: market.oracle_source,
            padding: 0,
        }
    }

    /// From an instruction's arguments and its oracle account. [`ClearingError::BadFeedId`] if the feed id doesn't fit the
    /// source, [`ClearingError::BadParameter`] if what is accepted of the oracle is out of bounds.
    pub fn from_args(args: &MarketSettingsArgs, oracle: Pubkey) -> Result<Self> {
        let has_feed_id = args.feed_id != [0; 32];
        require!(args.oracle_source.has_feed_id() == has_feed_id, ClearingError::BadFeedId);
        let bounded = args.max_oracle_age_seconds <= MAX_ORACLE_AGE_SECONDS
            && args.max_confidence_bps <= MAX_CONFIDENCE_BPS;
        require!(bounded, ClearingError::BadParameter);
        Ok(Self {
            oracle,
            feed_id: args.feed_id,
            params: args.params.into(),
            max_oracle_age_seconds: args.max_oracle_age_seconds,
            max_confidence_bps: args.max_confidence_bps,
            oracle_source: args.oracle_source as u8,
            padding: 0,
        })
    }

    /// Whether both read the same feed of the same account.
    pub fn has_oracle_of(&self, other: &Self) -> bool {
        (self.oracle, self.feed_id, self.oracle_source) == (other.oracle, other.feed_id, other.oracle_source)
    }

    /// Whether going to `new` only restricts, so that it need not wait: what `MarketParams::only_restricts` says.
    ///
    /// A narrower confidence interval waits: one that no price meets would stop everything that needs a price, closing
    /// included, and make the oracle dead, which begins a wind-down without the timelock.
    pub fn only_restricts(&self, new: &Self) -> bool {
        let restricted = Self { params: new.params, ..*self };
        restricted == *new && self.params.only_restricts(&new.params)
    }

    /// Puts them in force. Refused if the parameters are out of bounds.
    pub fn apply(&self, market: &mut Market) -> Result<()> {
        market.book.set_params(self.params).or_refuse()?;
        self.apply_oracle(market);
        Ok(())
    }

    /// Puts the oracle's part of them in force.
    pub fn apply_oracle(&self, market: &mut Market) {
        market.oracle = self.oracle;
        market.feed_id = self.feed_id;
        market.oracle_source = self.oracle_source;
        market.max_oracle_age_seconds = self.max_oracle_age_seconds;
        market.max_confidence_bps = self.max_confidence_bps;
    }
}

/// [`MarketSettings`] as an argument; the oracle's account is one of the instruction's.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketSettingsArgs {
    /// Where prices come from.
    pub oracle_source: OracleSource,
    /// Which feed the oracle's account must hold: Pyth's feed id or Switchboard's feed hash; zero for the
    /// stand-in feed, which has none.
    pub feed_id: [u8; 32],
    /// The oldest oracle price accepted, in seconds.
    pub max_oracle_age_seconds: u32,
    /// The widest confidence interval accepted, in basis points of the price.
    pub max_confidence_bps: u16,
    /// Risk parameters.
    pub params: MarketParamsArgs,
}

macro_rules! params_args {
    ($($field:ident: $type:ident => $param:ident $(($wrap:ident))?,)*) => {
        /// `jettison_engine::MarketParams` as an argument: same fields, same units.
        #[allow(missing_docs)]
        #[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
        pub struct MarketParamsArgs {
            $(pub $field: $type,)*
        }

        impl From<MarketParamsArgs> for MarketParams {
            fn from(args: MarketParamsArgs) -> Self {
                Self {
                    $($param: params_args!(@wrap args.$field $(, $wrap)?),)*
                    reserved: [0; 6],
                }
            }
        }

        impl From<MarketParams> for MarketParamsArgs {
            fn from(params: MarketParams) -> Self {
                Self { $($field: params_args!(@unwrap params.$param $(, $wrap)?),)* }
            }
        }
    };
    (@wrap $value:expr, $wrap:ident) => { jettison_engine::$wrap($value) };
    (@wrap $value:expr) => { $value };
    (@unwrap $value:expr, $wrap:ident) => { $value.0 };
    (@unwrap $value:expr) => { $value };
}

params_args! {
    max_open_interest_contracts: u64 => max_open_interest (Contracts),
    min_notional_atoms: u64 => min_notional (Atoms),
    requirement_floor_atoms: u64 => requirement_floor (Atoms),
    bankruptcy_bounty_cap_atoms: u64 => bankruptcy_bounty_cap (Atoms),
    insurance_base_atoms: u64 => insurance_base (Atoms),
    max_price_age_seconds: u32 => max_price_age_seconds,
    stable_window_seconds: u32 => stable_window_seconds,
    funding_period_seconds: u32 => funding_period_seconds,
    insurance_window_seconds: u32 => insurance_window_seconds,
    loss_window_seconds: u32 => loss_window_seconds,
    loss_halt_seconds: u32 => loss_halt_seconds,
    dead_oracle_seconds: u32 => dead_oracle_seconds,
    keeper_window_seconds: u16 => keeper_window_seconds,
    max_move_per_second_bps: u16 => max_move_per_second (Bps),
    initial_margin_bps: u16 => initial_margin (Bps),
    maintenance_margin_bps: u16 => maintenance_margin (Bps),
    profit_weight_bps: u16 => profit_weight (Bps),
    trade_band_bps: u16 => trade_band (Bps),
    maker_fee_bps: u16 => maker_fee (Bps),
    taker_fee_bps: u16 => taker_fee (Bps),
    fee_to_insurance_bps: u16 => fee_to_insurance (Bps),
    liquidation_max_fee_bps: u16 => liquidation_max_fee (Bps),
    liquidation_min_fee_bps: u16 => liquidation_min_fee (Bps),
    penalty_to_insurance_bps: u16 => penalty_to_insurance (Bps),
    liquidation_buffer_bps: u16 => liquidation_buffer (Bps),
    deleverage_threshold_bps: u16 => deleverage_threshold (Bps),
    deleverage_bounty_bps: u16 => deleverage_bounty (Bps),
    bankruptcy_bounty_bps: u16 => bankruptcy_bounty (Bps),
    max_funding_bps: u16 => max_funding (Bps),
    insurance_earned_bps: u16 => insurance_earned (Bps),
    loss_breaker_bps: u16 => loss_breaker (Bps),
}
