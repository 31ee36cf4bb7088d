use anchor_lang::prelude::Pubkey;
use bytemuck::{Pod, Zeroable};

use super::{Former, DAY};
use crate::state::{self, ClearinghouseSettings};

/// A clearinghouse of the first version.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
#[allow(missing_docs)]
pub struct Clearinghouse {
    pub version: u8,
    pub bump: u8,
    pub quote_decimals: u8,
    pub padding: u8,
    pub market_count: u16,
    pub padding2: [u8; 2],
    pub creator: [u8; 32],
    pub authority: [u8; 32],
    pub fee_authority: [u8; 32],
    pub quote_mint: [u8; 32],
    pub margin_vault: [u8; 32],
    pub insurance_vault: [u8; 32],
    pub insurance_fund: [u8; 32],
    pub reserved: [u8; 128],
}

const _: () = assert!(core::mem::size_of::<Clearinghouse>() == 360);
const _: () = assert!(core::mem::offset_of!(Clearinghouse, market_count) == 4);
const _: () = assert!(core::mem::offset_of!(Clearinghouse, creator) == 8);
const _: () = assert!(core::mem::offset_of!(Clearinghouse, insurance_fund) == 200);

impl Former for Clearinghouse {
    const DISCRIMINATOR: [u8; 8] = [0x84, 0xef, 0x25, 0xbc, 0xd7, 0xdd, 0x64, 0x5e];
    type Present = state::Clearinghouse;
}

/// An insurance fund of the first version. It is not migrated: what was reserved lies zeroed where the shares are now, and
/// assets without shares mean the same thing.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
#[allow(missing_docs)]
pub struct InsuranceFund {
    pub version: u8,
    pub bump: u8,
    pub padding: [u8; 6],
    pub clearinghouse: [u8; 32],
    pub assets: u64,
    pub reserved: [u8; 128],
}

const _: () = {
    use core::mem::{offset_of, size_of};
    type Present = state::InsuranceFund;
    assert!(size_of::<InsuranceFund>() == 176 && size_of::<Present>() == 176);
    assert!(offset_of!(InsuranceFund, clearinghouse) == offset_of!(Present, clearinghouse));
    let assets = offset_of!(Present, ledger) + offset_of!(jettison_engine::InsuranceFund, assets);
    assert!(offset_of!(InsuranceFund, assets) == assets);
};

/// The settings of a clearinghouse that had none: nothing that was free is bound, and changes wait from now on.
pub const SETTINGS: ClearinghouseSettings = ClearinghouseSettings {
    // Nobody: the authority names one.
    guardian: Pubkey::new_from_array([0; 32]),
    // More than any vault holds, so the throttle is open; lowering it only restricts and needn't wait.
    withdrawal_floor_atoms: u64::MAX >> 2,
    withdrawal_window_seconds: 3_600,
    timelock_seconds: 2 * DAY,
    unstake_cooldown_seconds: DAY,
    withdrawal_limit_bps: 10_000,
    reserved: 0,
};

impl Clearinghouse {
    /// The clearinghouse in the present version. `insured` is what its insurance fund holds.
    pub fn upgrade(&self, custody: Pubkey, insured: u64) -> state::Clearinghouse {
        let mut present = state::Clearinghouse::zeroed();
        present.version = state::Clearinghouse::VERSION;
        present.bump = self.bump;
        present.quote_decimals = self.quote_decimals;
        present.market_count = self.market_count;
        // Markets of the first version could not be closed.
        present.open_markets = self.market_count;
        present.creator = self.creator.into();
        present.authority = self.authority.into();
        present.fee_authority = self.fee_authority.into();
        present.quote_mint = self.quote_mint.into();
        present.margin_vault = self.margin_vault.into();
        present.insurance_vault = self.insurance_vault.into();
        present.insurance_fund = self.insurance_fund.into();
        present.custody = custody;
        present.settings = SETTINGS;
        present.migrated_insurance_base = insurance_base(insured, self.market_count);
        present
    }
}

/// An equal part of the fund for each market. In the first version each could draw all of it. Now what all of them can draw
/// of their bases is what the fund held when the clearinghouse was migrated: before anybody could stake, so that nobody
/// could raise it with money that they take out again.
fn insurance_base(insured: u64, markets: u16) -> u64 {
    insured.checked_div(u64::from(markets)).unwrap_or(0).min(jettison_engine::MAX_NOTIONAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_are_within_their_bounds() {
        assert!(SETTINGS.validate().is_ok());
    }

    #[test]
    fn the_markets_share_the_fund_equally_and_in_bounds() {
        assert_eq!(insurance_base(1_001, 2), 500);
        assert_eq!(insurance_base(1_001, 0), 0);
        assert_eq!(insurance_base(0, 3), 0);
        assert_eq!(insurance_base(u64::MAX, 1), jettison_engine::MAX_NOTIONAL);
    }
}
