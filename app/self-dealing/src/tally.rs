//! What is counted while a strategy plays.

use jettison_engine::{Direction, CHANGE_BITS, INDEX_SCALE_BITS};
use jettison_harness::{MarketId, World};
use serde::Serialize;

use crate::scene::OWN;

/// Fractions of an atom that exposure is counted in.
const FRACTION_BITS: u32 = 20;
const _: () = assert!(FRACTION_BITS < INDEX_SCALE_BITS);

macro_rules! events {
    ($($(#[doc = $name:literal])+ $event:ident,)*) => {
        /// What can happen.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Event {
            $($(#[doc = $name])+ $event,)*
        }

        impl Event {
            /// All of them.
            pub const ALL: &[(Self, &str)] = &[$((Self::$event, concat!($($name,)+).trim_ascii()),)*];
        }
    };
}

events! {
    /// the pair opened
    Opened,
    /// a trade off the mark
    OffMark,
    /// self-liquidation
    SelfLiquidated,
    /// liquidation by keepers
    Liquidated,
    /// deleverage called by the owner
    SelfDeleveraged,
    /// deleverage by keepers
    Deleveraged,
    /// a claim that its pool could not pay
    Starved,
    /// money taken out beside a position
    WithdrewBesidePosition,
    /// funding moved
    Funded,
    /// stake
    Staked,
    /// unstake
    Unstaked,
    /// donation to insurance
    Endowed,
    /// fees swept by the owner
    Swept,
    /// honest people staked beside
    Joined,
    /// the owner left exposed to prices
    Exposed,
    /// bankruptcy
    Bankrupt,
    /// a claim waived
    Waived,
    /// bankruptcy resolved by the owner
    SelfResolved,
    /// a bankrupt's position taken over by the owner
    TookOver,
    /// insurance drawn
    InsuranceDrawn,
    /// insurance drawn to the end of the allowance
    AllowanceSpent,
    /// insurance drawn beside the owner's stake
    StakeBore,
    /// haircut
    Haircut,
    /// surplus spent
    SurplusSpent,
    /// bounty for the owner
    Bounty,
    /// opening halted
    Halted,
    /// unstake refused: a bankruptcy is flagged
    UnstakeBarred,
}

/// A set of [`Event`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Events(u64);

impl Events {
    /// Adds one.
    pub fn note(&mut self, event: Event) {
        self.0 |= 1 << event as u8;
    }

    /// Whether it is there.
    pub fn has(self, event: Event) -> bool {
        self.0 & 1 << event as u8 != 0
    }
}

/// Money that left insurance for a market.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    /// For which.
    pub market: MarketId,
    /// When.
    pub at: i64,
    /// How much, the bounty included.
    pub amount: u64,
}

/// Atoms, in units of 2⁻²⁰: what exposure to prices brought.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fractions(pub i128);

impl Fractions {
    /// What the owner's exposure in a market gains when the price changes by `change`, rounded up.
    pub fn of_exposure(world: &World, market: MarketId, change: i128) -> Self {
        let mut sum = 0;
        for (direction, sign) in [(Direction::Long, 1), (Direction::Short, -1)] {
            let side = world.markets[market].side(direction);
            let legs = OWN.filter_map(|who| world.leg(who, market));
            let held = legs.filter(|leg| leg.has_position() && leg.direction() == direction);
            let shares: u64 = held.map(|leg| leg.shares.0).sum();
            if shares > 0 {
                let gain = sign * change * i128::from(shares) * i128::from(side.contracts.0);
                let whole = i128::from(side.shares.0);
                // A side that was diluted over and over has so many shares that whole atoms have to do.
                sum -= match gain.checked_mul(1 << FRACTION_BITS) {
                    Some(scaled) => (-scaled).div_euclid(whole),
                    None => (-gain).div_euclid(whole) << FRACTION_BITS,
                };
            }
        }
        Self(sum)
    }

    /// What it is paid for funding of which a long contract pays `funding`, in units of 2⁻⁴⁴ atoms; rounded up.
    pub fn of_funding(world: &World, market: MarketId, funding: i128) -> Self {
        let mut one = Self::of_exposure(world, market, -funding);
        one.0 = -(-one.0 >> CHANGE_BITS);
        one
    }

    /// Adds.
    pub fn add(&mut self, other: Self) {
        self.0 += other.0;
    }

    /// `atoms` less these, rounded down.
    pub fn taken_from(self, atoms: i128) -> i64 {
        let left = (atoms << FRACTION_BITS) - self.0;
        i64::try_from(left >> FRACTION_BITS).expect("an amount")
    }
}

/// What is counted.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The owner's tokens outside: negative for what it put in.
    pub wallet: i128,
    /// What exposure brought, at effective prices.
    pub directional: Fractions,
    /// What it brought at the oracle's prices, known before the effective price follows.
    pub directional_at_oracle: Fractions,
    /// What it was paid for funding, net.
    pub funding: Fractions,
    /// Fees, penalties and donations that the owner paid, less what of them came back to it or its stake.
    pub costs: i128,
    /// What left insurance.
    pub draws: Vec<Draw>,
    /// What each market's allowance earned by fees that were swept.
    pub earned: [u64; 2],
    /// Debts that bankrupt accounts could not pay.
    pub deficit: u64,
    /// Paid of them by insurance.
    pub by_insurance: u64,
    /// Bounties.
    pub bounties: u64,
    /// Charged to the opposite side.
    pub by_index: u64,
    /// Of this, what others than the owner bore.
    pub honest_haircut: i128,
    /// What happened.
    pub events: Events,
}
