//! Error codes: the engine's from 6000, in its order; the program's own from 6100. Numbered, append-only.

use anchor_lang::prelude::*;
use jettison_engine::{with_engine_errors, EngineError};

// One enum, since an Anchor IDL has room for one: the engine's errors are listed by the engine itself.
macro_rules! define_codes {
    ($($doc:tt $name:ident $message:tt,)*) => {
        /// Why an instruction was refused: by a rule of the engine, or because accounts or arguments don't fit.
        #[error_code]
        pub enum ClearingError {
            $(
                #[doc = $doc]
                #[msg($message)]
                $name,
            )*
            /// The signer is not the account's authority.
            #[msg("The signer is not the authority; sign with the account's authority")]
            NotAuthority = 100,
            /// The signer is neither the margin account's authority nor its delegate.
            #[msg("The signer is neither the margin account's authority nor its delegate")]
            NotAuthorityOrDelegate,
            /// An account belongs to another clearinghouse.
            #[msg("The account belongs to another clearinghouse; pass one of this clearinghouse")]
            ForeignAccount,
            /// The vault is not the one recorded in the clearinghouse.
            #[msg("The vault is not the clearinghouse's; pass the recorded one")]
            WrongVault,
            /// The mint is not the clearinghouse's quote mint.
            #[msg("The mint is not the clearinghouse's quote mint")]
            WrongMint,
            /// The mint has too many decimals.
            #[msg("The quote mint is not usable: it has more than 9 decimals")]
            UnusableMint,
            /// A remaining account is not a market of this program.
            #[msg("A remaining account is not a market of this program")]
            NotAMarket,
            /// A market belongs to another clearinghouse.
            #[msg("A market belongs to another clearinghouse")]
            ForeignMarket,
            /// A market that this instruction changes is not writable.
            #[msg("A market that this instruction changes is not writable; mark it so")]
            MarketNotWritable,
            /// The oracle account is not the market's.
            #[msg("The oracle account is not the market's; pass the recorded one")]
            WrongOracle,
            /// The oracle account is not owned by the oracle program or its data do not parse.
            #[msg("The oracle account is not a price feed of the expected program")]
            BadOracle,
            /// The oracle's price is older than the market allows, or from the future.
            #[msg("The oracle's price is too old or from the future; post a new one")]
            StaleOracle,
            /// The oracle's confidence interval is wider than the market allows.
            #[msg("The oracle's confidence interval is too wide; wait until it narrows")]
            UncertainOracle,
            /// The destination is not a token account of the clearinghouse's fee authority.
            #[msg("The fee account is not owned by the clearinghouse's fee authority")]
            WrongFeeAccount,
            /// The tokens moved are not those the ledger says.
            #[msg("The vault's balance did not change by the amount of the ledger")]
            VaultMismatch,
            /// A market's feed id is missing where its oracle source needs one, or given where the source has none.
            #[msg("The feed id does not fit the oracle source: Pyth and Switchboard need one, the stand-in feed has none")]
            BadFeedId,
            /// The oracle account holds another feed than the market's.
            #[msg("The oracle account holds another feed than the market's feed id names")]
            WrongFeedId,
            /// The Pyth price was posted without checking the signatures of a quorum.
            #[msg("The Pyth price update is only partially verified; post it with full verification")]
            PartiallyVerifiedOracle,
            /// The authority of the Switchboard feed may write prices that no oracle signed.
            #[msg("The Switchboard feed lets its authority write prices; the feed must not permit that")]
            OracleWritableByAuthority,
            /// The quote mint has a Token-2022 extension that does more than describe it.
            #[msg("The quote mint has a Token-2022 extension that could take, stop or hide tokens; choose a mint with none but metadata and group extensions")]
            UnusableMintExtension,
            /// The token program is not the one that owns the quote mint.
            #[msg("The token program is not the quote mint's; pass the one that owns the mint")]
            WrongTokenProgram,
            /// The guardian has paused the instruction; the pause expires by itself.
            #[msg("The guardian has paused this instruction; the pause expires by itself")]
            Paused,
            /// The signer is not the guardian.
            #[msg("The signer is not the guardian")]
            NotGuardian,
            /// The pause is too long, names no gate or an unknown one.
            #[msg("A pause needs known gates and at most a day")]
            BadPause,
            /// The gate is paused, or was so lately that it must stay open for a while.
            #[msg("The gate is paused or was so lately; a pause can't be renewed before it has been open for three days")]
            PauseTooSoon,
            /// The parameters have changed since the transaction was signed, or since the change was queued.
            #[msg("The parameters have changed since; look at them and sign again with the present revision")]
            WrongRevision,
            /// A setting of the clearinghouse is outside its bounds.
            #[msg("A setting of the clearinghouse is outside its bounds; see docs/parameters.md")]
            BadSetting,
            /// No change is queued.
            #[msg("No change is queued")]
            NothingQueued,
            /// The queued change's time has not come, or has passed.
            #[msg("The queued change is not ready yet, or has lapsed; wait, or queue it again")]
            ChangeNotReady,
            /// The signer is neither the authority nor the guardian.
            #[msg("The signer is neither the authority nor the guardian")]
            NotAuthorityOrGuardian,
            /// Nobody was nominated, or the signer is someone else.
            #[msg("The signer was not nominated for this role")]
            NotNominated,
            /// The market's wind-down was not scheduled or its time has not come, and its oracle is not dead.
            #[msg("The wind-down is not due: it is neither scheduled for now nor is the oracle dead")]
            SettlementNotDue,
            /// The clearinghouse still has markets, margin accounts or stakes.
            #[msg("The clearinghouse still has markets, margin accounts or stakes; close them first")]
            ClearinghouseInUse,
            /// The account's layout is not of the version that the instruction takes.
            #[msg("The account's layout is of another version than this instruction takes: migrate it first, once")]
            WrongVersion,
            /// The token account can't receive the withdrawal.
            #[msg("The destination can't receive: it is not an open token account of the quote mint, or is one of the vaults")]
            BadDestination,
        }

        impl From<EngineError> for ClearingError {
            fn from(error: EngineError) -> Self {
                match error {
                    $(EngineError::$name => Self::$name,)*
                }
            }
        }
    };
}

with_engine_errors!(define_codes);

/// Turns an engine refusal into an Anchor error.
pub trait OrRefuse<T> {
    /// The value, or the engine's error under the program's code.
    fn or_refuse(self) -> Result<T>;
}

impl<T> OrRefuse<T> for jettison_engine::Result<T> {
    #[inline(always)]
    fn or_refuse(self) -> Result<T> {
        self.map_err(refuse)
    }
}

#[cold]
#[inline(never)]
fn refuse(error: EngineError) -> Error {
    ClearingError::from(error).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_errors_keep_their_numbers_and_stay_below_the_programs() {
        let first = u32::from(ClearingError::from(EngineError::Overflow));
        let last = u32::from(ClearingError::from(EngineError::Throttled));
        assert_eq!((first, last), (6000, 6000 + EngineError::Throttled as u32));
        assert_eq!(u32::from(ClearingError::NotAuthority), 6100);
    }
}
