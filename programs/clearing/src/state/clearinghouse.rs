use anchor_lang::prelude::*;

use super::{ClearinghouseSettings, Pauses};
use crate::error::ClearingError;
use crate::seeds;

/// A clearinghouse: who runs it, its quote mint, its vaults, its settings. Holds no money, and nothing hot writes it.
///
/// Its discriminator is the layout's: an account of an earlier version is of another type until it is migrated.
#[account(zero_copy, discriminator = b"clrhous2")]
#[derive(Debug)]
pub struct Clearinghouse {
    /// Layout version.
    pub version: u8,
    /// Bump of this address.
    pub bump: u8,
    /// Decimals of the quote mint.
    pub quote_decimals: u8,
    padding: u8,
    /// Markets created so far; the next one's index.
    pub market_count: u16,
    /// Markets that are not closed.
    pub open_markets: u16,
    /// Who created it; a seed of this address.
    pub creator: Pubkey,
    /// Who may create markets and change settings.
    pub authority: Pubkey,
    /// Whose token account receives the protocol's fees.
    pub fee_authority: Pubkey,
    /// The quote mint.
    pub quote_mint: Pubkey,
    /// Token account that holds Σ capital + what is queued + Σ pools + unswept fees.
    pub margin_vault: Pubkey,
    /// Token account that holds the insurance fund's assets.
    pub insurance_vault: Pubkey,
    /// The insurance fund's ledger.
    pub insurance_fund: Pubkey,
    /// The margin vault's throttle and queue.
    pub custody: Pubkey,
    /// Who may become the authority by accepting; the default key is nobody.
    pub nominated_authority: Pubkey,
    /// Who may become the fee authority by accepting.
    pub nominated_fee_authority: Pubkey,
    /// Counts changes of settings and of the authority: a transaction of the authority names the one it was made for.
    pub revision: u64,
    /// Settings in force.
    pub settings: ClearinghouseSettings,
    /// Settings that wait for the timelock; of use only while `queued_ready_ts` is not zero.
    pub queued_settings: ClearinghouseSettings,
    /// When the queued settings may be put in force, in Unix seconds; zero if none are queued.
    pub queued_ready_ts: i64,
    /// The revision that they were queued against.
    pub queued_revision: u64,
    /// What the guardian has paused, and until when.
    pub pauses: Pauses,
    /// What a market of the first version may draw from insurance within its window once it is migrated, in atoms: fixed
    /// when the clearinghouse was. Zero for one that has always been of this version.
    pub migrated_insurance_base: u64,
    reserved: [u8; 120],
}

const _: () = assert!(core::mem::size_of::<Clearinghouse>() == 8 + 10 * 32 + 8 + 2 * 56 + 16 + 96 + 128);

impl Clearinghouse {
    /// Layout version that this program writes and reads.
    pub const VERSION: u8 = 2;

    /// Account size with the discriminator.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// Calls `f` with the seeds that sign for the vaults.
    pub fn with_signer<T>(&self, f: impl FnOnce(&[&[&[u8]]]) -> T) -> T {
        f(&[&[seeds::CLEARINGHOUSE, self.creator.as_ref(), self.quote_mint.as_ref(), &[self.bump]]])
    }

    /// [`ClearingError::WrongRevision`] unless the transaction was made for the settings in force: one that was signed
    /// long ago, and sent late, is refused.
    pub fn require_revision(&self, expected: u64) -> Result<()> {
        require!(self.revision == expected, ClearingError::WrongRevision);
        Ok(())
    }

    /// Counts a change of settings or of the authority.
    pub fn count_revision(&mut self) {
        self.revision = self.revision.wrapping_add(1);
    }

    /// [`ClearingError::NotAuthorityOrGuardian`] for anyone else.
    pub fn require_authority_or_guardian(&self, signer: &Pubkey) -> Result<()> {
        // Without a guardian the default key is there, which can't sign.
        require!(
            *signer == self.authority || *signer == self.settings.guardian,
            ClearingError::NotAuthorityOrGuardian
        );
        Ok(())
    }

    /// When a change that is queued at `now` may be put in force, in Unix seconds.
    pub fn ready_ts(&self, now: i64) -> i64 {
        now.saturating_add(i64::from(self.settings.timelock_seconds)).max(1)
    }
}

/// Seconds after it is ready within which a queued change must be put in force; later it has to be queued again.
pub const CHANGE_LAPSE_SECONDS: i64 = 14 * 86_400;

/// Refuses a queued change that is missing, early or lapsed, or that was queued against other settings.
pub fn require_ready(ready_ts: i64, queued_revision: u64, revision: u64, now: i64) -> Result<()> {
    require!(ready_ts != 0, ClearingError::NothingQueued);
    let due = (0..=CHANGE_LAPSE_SECONDS).contains(&now.saturating_sub(ready_ts));
    require!(due, ClearingError::ChangeNotReady);
    require!(queued_revision == revision, ClearingError::WrongRevision);
    Ok(())
}
