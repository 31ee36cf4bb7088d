use bytemuck::{Pod, Zeroable};
use jettison_engine as engine;

use super::Former;
use crate::state;

/// A leg of the first version.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
#[allow(missing_docs)]
pub struct Leg {
    pub shares: u64,
    pub settlement_snapshot: [u64; 2],
    pub loss_snapshot: [u64; 2],
    pub unsettled: i64,
    pub market: u16,
    pub in_use: u8,
    pub is_short: u8,
    pub padding: [u8; 4],
}

/// The engine's state of a margin account, as of the first version.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
#[allow(missing_docs)]
pub struct Ledger {
    pub capital: u64,
    pub legs: [Leg; 8],
}

/// A margin account of the first version.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
#[allow(missing_docs)]
pub struct MarginAccount {
    pub version: u8,
    pub bump: u8,
    pub id: u16,
    pub padding: [u8; 4],
    pub clearinghouse: [u8; 32],
    pub authority: [u8; 32],
    pub delegate: [u8; 32],
    pub ledger: Ledger,
    pub reserved: [u8; 64],
}

const _: () = {
    use core::mem::{offset_of, size_of};
    assert!(size_of::<MarginAccount>() == 624 && size_of::<state::MarginAccount>() == 624);
    assert!(offset_of!(MarginAccount, ledger) == 104);
    // The ledger is taken over as it lies. What the engine keeps private of a leg is compared by the test of the golden
    // accounts.
    assert!(size_of::<Ledger>() == 456 && size_of::<engine::MarginAccount>() == 456);
    assert!(offset_of!(Ledger, capital) == offset_of!(engine::MarginAccount, capital));
    assert!(offset_of!(Ledger, legs) == offset_of!(engine::MarginAccount, legs));
    assert!(size_of::<Leg>() == size_of::<engine::Leg>());
    assert!(offset_of!(Leg, shares) == offset_of!(engine::Leg, shares));
    assert!(offset_of!(Leg, settlement_snapshot) == offset_of!(engine::Leg, settlement_snapshot));
    assert!(offset_of!(Leg, loss_snapshot) == offset_of!(engine::Leg, loss_snapshot));
    assert!(offset_of!(Leg, unsettled) == offset_of!(engine::Leg, unsettled));
    assert!(offset_of!(Leg, market) == offset_of!(engine::Leg, market));
};

impl Former for MarginAccount {
    const DISCRIMINATOR: [u8; 8] = [0x85, 0xdc, 0xad, 0xd5, 0xb3, 0xd3, 0x2b, 0xee];
    type Present = state::MarginAccount;
}

impl MarginAccount {
    /// The margin account in the present version. Its markets haven't counted its legs yet.
    pub fn upgrade(&self) -> state::MarginAccount {
        let mut present = state::MarginAccount::zeroed();
        present.version = state::MarginAccount::VERSION;
        present.bump = self.bump;
        present.id = self.id;
        present.clearinghouse = self.clearinghouse.into();
        present.authority = self.authority.into();
        present.delegate = self.delegate.into();
        present.ledger = bytemuck::cast(self.ledger);
        present
    }
}
