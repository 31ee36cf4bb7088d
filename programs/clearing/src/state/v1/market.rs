use bytemuck::{Pod, Zeroable};

/// A side of a market, as of the first version.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
#[allow(missing_docs)]
pub struct Side {
    pub contracts: u64,
    pub shares: u64,
    pub settlement_index: [u64; 2],
    pub loss_index: [u64; 2],
}

/// Losses and who paid them, as of the first version.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
#[allow(missing_docs)]
pub struct LossTally {
    pub deficit: u64,
    pub by_surplus: u64,
    pub by_insurance: u64,
    pub by_index: u64,
    pub uncovered: u64,
}

/// Risk parameters of the first version.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
#[allow(missing_docs)]
pub struct Params {
    pub max_open_interest: u64,
    pub min_notional: u64,
    pub requirement_floor: u64,
    pub bankruptcy_bounty_cap: u64,
    pub max_price_age_seconds: u32,
    pub keeper_window_seconds: u16,
    pub max_move_per_second: u16,
    pub initial_margin: u16,
    pub maintenance_margin: u16,
    pub profit_weight: u16,
    pub trade_band: u16,
    pub maker_fee: u16,
    pub taker_fee: u16,
    pub fee_to_insurance: u16,
    pub liquidation_max_fee: u16,
    pub liquidation_min_fee: u16,
    pub penalty_to_insurance: u16,
    pub liquidation_buffer: u16,
    pub deleverage_threshold: u16,
    pub deleverage_bounty: u16,
    pub bankruptcy_bounty: u16,
    pub reserved: [u8; 4],
}

/// The engine's state of a market, as of the first version.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
#[allow(missing_docs)]
pub struct Book {
    pub long: Side,
    pub short: Side,
    pub effective_price: u64,
    pub target_price: u64,
    pub accrued_ts: i64,
    pub pool: u64,
    pub surplus: u64,
    pub uncovered: u64,
    pub insurance_fees: u64,
    pub protocol_fees: u64,
    pub losses: LossTally,
    pub params: Params,
    pub index: u16,
    pub padding: [u8; 6],
}

/// A market of the first version.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
#[allow(missing_docs)]
pub struct Market {
    pub version: u8,
    pub bump: u8,
    pub oracle_source: u8,
    pub contract_exponent: i8,
    pub quote_decimals: u8,
    pub padding: u8,
    pub max_confidence_bps: u16,
    pub max_oracle_age_seconds: u32,
    pub padding2: [u8; 4],
    pub clearinghouse: [u8; 32],
    pub oracle: [u8; 32],
    pub name: [u8; 16],
    pub book: Book,
    pub reserved: [u8; 128],
}

const _: () = {
    use core::mem::{offset_of, size_of};
    assert!(size_of::<Side>() == 48 && size_of::<LossTally>() == 40 && size_of::<Params>() == 72);
    assert!(size_of::<Book>() == 280 && size_of::<Market>() == 504);
    assert!(offset_of!(Market, clearinghouse) == 16 && offset_of!(Market, book) == 96);
    assert!(offset_of!(Book, effective_price) == 96 && offset_of!(Book, pool) == 120);
    assert!(offset_of!(Book, losses) == 160 && offset_of!(Book, params) == 200);
    assert!(offset_of!(Book, index) == 272);
};
