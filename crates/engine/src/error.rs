//! What an engine rule can refuse, and why.

use core::fmt;

/// Shorthand for the engine's results.
pub type Result<T> = core::result::Result<T, EngineError>;

/// Calls a macro with the list of the engine's errors: `"documentation" Name "message",` each.
///
/// The list is numbered by position and append-only. The program builds its own error codes from it, so that the
/// two can't drift apart.
#[macro_export]
macro_rules! with_engine_errors {
    ($then:ident) => {
        $then! {
            "A sum, product or quotient left its type: the inputs are outside the documented bounds."
            Overflow "Arithmetic left its bounds; use smaller amounts",
            "A market parameter is outside its bounds; see `MarketParams::validate`."
            BadParameter "A market parameter is outside its bounds; see docs/parameters.md",
            "A keeper window's move, funding and fee exceed maintenance, or without the fee the deleveraging threshold."
            EnvelopeTooWide "max_move × keeper_window + funding + fee exceeds maintenance, or without the fee maintenance × deleverage_threshold; see docs/parameters.md",
            "The oracle price is zero, negative, or above what the market's open interest cap allows."
            BadPrice "The price is not positive or is above the market's maximum; check the oracle",
            "The clock is earlier than the market's last accrual."
            ClockWentBack "The clock is earlier than the last accrual; try again later",
            "A market was last accrued longer ago than its `max_price_age_seconds`."
            StalePrice "A market's price is too old; call accrue_market first",
            "An account has a leg in a market that was not given."
            MarketMissing "A market in which the account has a leg was left out; pass it",
            "A market was given twice."
            MarketRepeated "A market was passed twice; pass each once",
            "Markets must be given in ascending order of their index."
            MarketsOutOfOrder "Markets must be passed in ascending order of index; sort them",
            "A size of zero contracts or an amount of zero atoms."
            ZeroSize "Size or amount is zero; pass at least one",
            "Buyer and seller, or liquidator and liquidatee, are the same account."
            SameAccount "The two margin accounts are one; pass two",
            "All of the account's legs are in use."
            TooManyLegs "All legs of the account are in use; close one first",
            "The account has no position in that market."
            NoPosition "The account has no position in this market",
            "The side is draining: its remaining legs must be settled before anyone can open on it."
            SideDraining "The side is draining; settle its remaining legs first",
            "The side has been deleveraged so often that its shares are exhausted; it must drain first."
            SideDiluted "The side's shares are exhausted by deleveraging; let it drain first",
            "The trade would take open interest over the market's cap."
            OpenInterestCap "The trade exceeds the market's open interest cap; trade less",
            "The trade price is further from the effective price than the market's band allows."
            PriceOutsideBand "The price is outside the market's band around the effective price",
            "The effective price lags the oracle: only reducing trades, and no withdrawal beside a position."
            MarketLagging "The effective price lags the oracle; reduce only, or wait",
            "The position left by the trade is under the market's minimum notional."
            BelowMinNotional "The position left is below the minimum notional; close it or trade more",
            "The account's capital does not cover the payment."
            InsufficientCapital "Capital does not cover the payment; deposit or settle first",
            "The account would not meet its initial margin."
            BelowInitialMargin "The account would not meet initial margin; deposit or trade less",
            "A reducing trade may not worsen the account's health."
            HealthWorsened "A reducing trade may not worsen the account's health",
            "The account's equity is negative: only `resolve_bankruptcy` moves it."
            Bankrupt "Equity is negative; only resolve_bankruptcy moves this account",
            "The account's equity is not negative: there is nothing to resolve."
            NotBankrupt "Equity is not negative; there is nothing to resolve",
            "The account still has a leg or capital."
            AccountNotEmpty "The account still has a leg or capital; settle and withdraw first",
            "The oracle's price can't be used: only reducing trades, and no withdrawal beside a position."
            OracleUnusable "The oracle's price is stale, wide or otherwise unusable; reduce only, or wait",
            "Too much loss was charged to a side lately, or the market is too new: nobody opens for a while."
            OpeningHalted "Opening is halted in this market for a while; reduce only, or wait",
            "The market is being wound down."
            MarketSettling "The market is being wound down; settle_account closes its positions",
            "The market is not wound down, or an account still has a leg in it."
            MarketInUse "The market is live or accounts still have legs in it; settle them first",
            "The parameters would worsen someone's risk and must wait for the timelock."
            RaisesRisk "The change raises risk; queue it and wait for the timelock",
            "A bankruptcy is open: staking and unstaking wait until it is resolved."
            BankruptcyOpen "A bankruptcy is open; have it resolved, or wait a minute",
            "There aren't so many staked shares, or no unstaking was requested."
            NotStaked "Not so many shares are staked, or none was requested; call request_unstake first",
            "The cooldown is not over, or the request has run out."
            UnstakeNotReady "The cooldown is not over or the request has run out; wait, or request again",
            "The account has a withdrawal waiting in the queue."
            AlreadyQueued "The account has a withdrawal waiting; let it be served first",
            "The withdrawal is not the first in the queue."
            NotNextInQueue "The withdrawal is not the first in the queue; serve those before it",
            "The withdrawal throttle lets nothing out now."
            Throttled "The withdrawal throttle lets nothing out now; try again later",
        }
    };
}

macro_rules! define_engine_error {
    ($($doc:tt $name:ident $message:tt,)*) => {
        /// A refusal by a rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum EngineError {
            $(#[doc = $doc] $name,)*
        }

        impl EngineError {
            /// What went wrong and what to do about it.
            pub const fn message(self) -> &'static str {
                match self {
                    $(Self::$name => $message,)*
                }
            }
        }
    };
}

with_engine_errors!(define_engine_error);

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for EngineError {}
