//! Which mints may be quote mints.

use anchor_lang::prelude::*;
use anchor_spl::token_2022::spl_token_2022::extension::ExtensionType;
use anchor_spl::token_interface::Mint;
use core::ops::Deref;

use crate::error::ClearingError;

/// More decimals than this leave too little room above one atom.
const MAX_DECIMALS: u8 = 9;

/// Where a Token-2022 account's extensions begin, be it a mint or a token account: after the length of a token account and the byte of the account type.
pub(crate) const EXTENSIONS_START: usize = 166;

/// The extensions that only describe a mint: pointers to its metadata and group, and these themselves.
///
/// A list of what may be, because an extension that nobody has thought of yet is no better than the worst of today.
/// What isn't here and why:
/// - TransferFeeConfig: less arrives than was sent.
/// - TransferHook: foreign code runs in, and may refuse, each transfer.
/// - PermanentDelegate: someone may take the tokens out of the vaults.
/// - Pausable, DefaultAccountState, NonTransferable: tokens stop, for everybody at once or from the start.
/// - ConfidentialTransferMint, ConfidentialTransferFeeConfig, ConfidentialMintBurn: balances that no one can check.
/// - MintCloseAuthority: once the supply is nil, another mint may appear at the address, with any extension.
/// - InterestBearingConfig, ScaledUiAmount: they move no atoms, but a displayed token is then not `10^decimals`
///   atoms, which is what the markets' price conversion takes it for, and an authority may change by how much.
///
/// The check at creation is enough: Token-2022 adds metadata and groups to a mint that exists, and nothing else.
const DESCRIPTIVE: [u16; 6] = [
    ExtensionType::MetadataPointer as u16,
    ExtensionType::TokenMetadata as u16,
    ExtensionType::GroupPointer as u16,
    ExtensionType::TokenGroup as u16,
    ExtensionType::GroupMemberPointer as u16,
    ExtensionType::TokenGroupMember as u16,
];

/// A mint of SPL Token or Token-2022 that a clearinghouse can be quoted in: at most nine decimals, and no extension
/// that does more than describe it. It is refused as it is read, before anything is created.
///
/// A freeze authority is allowed, since the large stablecoins have one. It is a risk that whoever picks the mint
/// takes: with a vault frozen, deposits and withdrawals stop, and so do resolutions that draw on insurance and
/// sweeps, until it is thawed. Trades, liquidations and settlements move no tokens and go on.
#[derive(Clone, Debug)]
pub struct QuoteMint(Mint);

impl AccountDeserialize for QuoteMint {
    fn try_deserialize_unchecked(data: &mut &[u8]) -> Result<Self> {
        let mint = Mint::try_deserialize_unchecked(data)?;
        require!(mint.decimals <= MAX_DECIMALS, ClearingError::UnusableMint);
        require_descriptive(data.get(EXTENSIONS_START..).unwrap_or_default())?;
        Ok(Self(mint))
    }
}

impl AccountSerialize for QuoteMint {}

impl Owners for QuoteMint {
    fn owners() -> &'static [Pubkey] {
        Mint::owners()
    }
}

impl Deref for QuoteMint {
    type Target = Mint;

    fn deref(&self) -> &Mint {
        &self.0
    }
}

#[cfg(feature = "idl-build")]
impl IdlBuild for QuoteMint {}

/// Only for the IDL's macros: a mint has no discriminator.
#[cfg(feature = "idl-build")]
impl Discriminator for QuoteMint {
    const DISCRIMINATOR: &'static [u8] = &[];
}

/// Walks the extensions by their numbers and lengths, since a type that the token interface doesn't know yet must be
/// refused as any other.
fn require_descriptive(mut extensions: &[u8]) -> Result<()> {
    // As Token-2022 reads them: type 0, or no room for a type, is the end.
    while let [low, high, after @ ..] = extensions {
        let kind = u16::from_le_bytes([*low, *high]);
        if kind == ExtensionType::Uninitialized as u16 {
            break;
        }
        require!(DESCRIPTIVE.contains(&kind), ClearingError::UnusableMintExtension);
        let [low, high, value @ ..] = after else { return Err(malformed()) };
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        extensions = value.get(length..).ok_or_else(malformed)?;
    }
    Ok(())
}

fn malformed() -> Error {
    ProgramError::InvalidAccountData.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Extensions of a type and a length each, filled with a byte that is no end.
    fn of(types: &[(u16, u16)]) -> Vec<u8> {
        let entry = |(kind, length): &(u16, u16)| {
            let value = vec![0xff; usize::from(*length)];
            [kind.to_le_bytes().to_vec(), length.to_le_bytes().to_vec(), value].concat()
        };
        types.iter().flat_map(entry).collect()
    }

    fn refused(extensions: &[u8]) -> bool {
        require_descriptive(extensions).unwrap_err() == Error::from(ClearingError::UnusableMintExtension)
    }

    #[test]
    fn only_what_describes_is_let_through_wherever_it_stands() {
        for kind in 1..=u16::MAX {
            let usable = DESCRIPTIVE.contains(&kind);
            let [first, last] = [[(kind, 3), (19, 200)], [(18, 64), (kind, 0)]].map(|types| of(&types));
            assert_eq!(require_descriptive(&first).is_ok(), usable, "{kind}");
            assert_eq!(require_descriptive(&last).is_ok(), usable, "{kind}");
            assert!(usable || refused(&first) && refused(&last), "{kind}");
        }
    }

    #[test]
    fn the_end_is_where_token_2022_sees_it() {
        let described = of(&[(18, 64)]);
        for end in [vec![], vec![0], vec![1], vec![0, 0], vec![0, 0, 1, 0, 9]] {
            assert!(require_descriptive(&[described.clone(), end.clone()].concat()).is_ok(), "{end:?}");
        }
    }

    #[test]
    fn a_value_longer_than_the_account_is_malformed() {
        let whole = of(&[(18, 64)]);
        for length in 2..whole.len() {
            let error = require_descriptive(&whole[..length]).unwrap_err();
            assert_eq!(error, ProgramError::InvalidAccountData.into(), "{length}");
        }
    }
}
