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

/// The codes that are the engine's.
pub type RuleError = ClearingError;

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
    RuleError::from(error).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_errors_keep_their_numbers_and_stay_below_the_programs() {
        let first = u32::from(RuleError::from(EngineError::Overflow));
        let last = u32::from(RuleError::from(EngineError::AccountNotEmpty));
        assert_eq!((first, last), (6000, 6000 + EngineError::AccountNotEmpty as u32));
        assert_eq!(u32::from(ClearingError::NotAuthority), 6100);
    }
}
