//! Histories from bytes, for fuzzers: any bytes are a history, of the shape that the strategies draw.
//!
//! A header and then a slot for each action, all of one size: whatever a fuzzer does to one action, the others stay
//! what they are. Bytes that are missing are zeros.

use std::ops::RangeInclusive;

use arbitrary::{Arbitrary, Result, Unstructured};

use super::action::{Action, Pick};
use super::{History, ACCOUNTS, ACTIONS};

/// Bytes before the first action: how it ends, the throttle, insurance and capitals.
pub const HEADER: usize = 96;
/// Bytes of an action: as many as the longest, a trade, takes.
pub const SLOT: usize = 10;
/// Bytes of the longest history; more change nothing.
pub const LONGEST: usize = HEADER + ACTIONS.end * SLOT;

/// What these bytes stand for.
pub fn from_bytes(bytes: &[u8]) -> History {
    History::arbitrary(&mut Unstructured::new(bytes)).expect("missing bytes are zeros")
}

impl<'a> Arbitrary<'a> for History {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let bytes = bytes.bytes(bytes.len())?;
        let (header, slots) = bytes.split_at(HEADER.min(bytes.len()));
        let header = &mut Unstructured::new(header);
        let slots = slots.chunks(SLOT).take(ACTIONS.end);
        Ok(Self {
            winds_down: header.arbitrary()?,
            throttled: header.arbitrary()?,
            insurance: insurance(header)?,
            capitals: (0..ACCOUNTS).map(|_| capital(header)).collect::<Result<_>>()?,
            actions: slots
                .map(|slot| Action::arbitrary(&mut Unstructured::new(slot)))
                .collect::<Result<_>>()?,
        })
    }
}

impl<'a> Arbitrary<'a> for Action {
    /// The weights are those of the strategies, to the nearest 77th.
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        match bytes.int_in_range(0..=76u8)? {
            kind @ 0..=31 => by_a_trader(kind, bytes),
            kind @ 32..=45 => by_the_oracle(kind - 32, bytes),
            kind @ 46..=71 => by_a_keeper(kind - 46, bytes),
            kind => by_a_staker(kind - 72, bytes),
        }
    }
}

fn by_a_trader(kind: u8, bytes: &mut Unstructured) -> Result<Action> {
    Ok(match kind {
        0..=19 => Action::Trade {
            buyer: pick(bytes)?,
            seller: pick(bytes)?,
            market: pick(bytes)?,
            reach: reach(bytes)?,
            off_bps: off_bps(bytes)?,
            buyer_takes: bytes.arbitrary()?,
        },
        20..=25 => Action::Close {
            who: pick(bytes)?,
            market: pick(bytes)?,
            with: pick(bytes)?,
            percent: number(bytes, 1..=120)?,
        },
        26..=27 => Action::Deposit { who: pick(bytes)?, amount: number(bytes, 1..=299_999_999)? },
        28..=29 => Action::Withdraw { who: pick(bytes)?, percent: number(bytes, 1..=100)? },
        _ => Action::Waive { who: pick(bytes)? },
    })
}

fn by_the_oracle(kind: u8, bytes: &mut Unstructured) -> Result<Action> {
    Ok(match kind {
        0..=7 => {
            let market = pick(bytes)?;
            let wild = number(bytes, 0..=2)? == 0;
            Action::Crash { market, percent: number(bytes, if wild { 50..=200 } else { 80..=125 })? }
        }
        8..=11 => Action::Accrue {
            market: pick(bytes)?,
            percent: number(bytes, 93..=107)?,
            seconds: bytes.int_in_range(0..=11)?,
        },
        12 => Action::Wait { seconds: bytes.int_in_range(1..=89)? },
        _ => Action::Suspend { market: pick(bytes)? },
    })
}

fn by_a_keeper(kind: u8, bytes: &mut Unstructured) -> Result<Action> {
    Ok(match kind {
        0..=5 => Action::Resolve { who: pick(bytes)?, by: bytes.arbitrary()? },
        6..=11 => {
            let [who, by, market] = [pick(bytes)?, pick(bytes)?, pick(bytes)?];
            let max = if number(bytes, 0..=3)? < 3 { u64::MAX } else { number(bytes, 1..=99)? };
            Action::Liquidate { who, by, market, max }
        }
        12..=16 => Action::Deleverage { who: pick(bytes)?, by: bytes.arbitrary()?, market: pick(bytes)? },
        17..=22 => Action::Settle { who: pick(bytes)? },
        23 => Action::Sweep { market: pick(bytes)? },
        24 => Action::Flag { who: pick(bytes)? },
        _ => Action::Serve { who: pick(bytes)?, turn_away: number(bytes, 0..=9)? == 9 },
    })
}

fn by_a_staker(kind: u8, bytes: &mut Unstructured) -> Result<Action> {
    Ok(match kind {
        0..=1 => {
            let staker = pick(bytes)?;
            let few = number(bytes, 0..=4)? == 4;
            Action::Stake {
                staker,
                amount: number(bytes, if few { 1..=99 } else { 1_000_000..=499_999_999 })?,
            }
        }
        2 => Action::RequestUnstake { staker: pick(bytes)?, percent: number(bytes, 0..=110)? },
        3 => Action::Unstake { staker: pick(bytes)? },
        _ => Action::Endow { amount: number(bytes, 1..=49_999_999)? },
    })
}

fn reach(bytes: &mut Unstructured) -> Result<u64> {
    match number(bytes, 0..=10)? {
        0..=5 => number(bytes, 60..=104),
        6..=8 => number(bytes, 1..=59),
        _ => Ok(0),
    }
}

fn off_bps(bytes: &mut Unstructured) -> Result<i64> {
    match number(bytes, 0..=9)? {
        0..=5 => Ok(0),
        6..=8 => bytes.int_in_range(-500..=500),
        _ => bytes.int_in_range(-600..=600),
    }
}

fn insurance(bytes: &mut Unstructured) -> Result<u64> {
    match number(bytes, 0..=6)? {
        0..=2 => Ok(0),
        3..=4 => number(bytes, 1_000_000..=999_999_999),
        5 => number(bytes, 1..=999),
        _ => Ok(1 << 45),
    }
}

/// Zeros are a rich account, so that a history without a header has something to lose.
fn capital(bytes: &mut Unstructured) -> Result<u64> {
    match number(bytes, 0..=13)? {
        0..=8 => number(bytes, 500_000_000..=4_999_999_999),
        9..=11 => number(bytes, 1_000_000..=99_999_999),
        12 => number(bytes, 1..=4_999),
        _ => Ok(0),
    }
}

fn number(bytes: &mut Unstructured, range: RangeInclusive<u64>) -> Result<u64> {
    bytes.int_in_range(range)
}

fn pick(bytes: &mut Unstructured) -> Result<Pick> {
    bytes.arbitrary()
}
