//! The insurance fund: shares in it, staking and unstaking, what it takes in and pays.

use bytemuck::{Pod, Zeroable};

use crate::error::{EngineError, Result};
use crate::math;
use crate::quantity::{Atoms, StakeShares};

/// Shares that exist beside the stakers' own, against an atom that nobody staked: an empty fund sells this many shares an
/// atom, and nobody can make a share so dear that another's stake rounds to nothing.
pub const VIRTUAL_SHARES: u64 = 1_000;

/// Below a thousandth of the first price the fund's shares lapse: see [`InsuranceFund::draw`].
const LAPSE: u64 = 1_000 * VIRTUAL_SHARES;

/// Seconds for which a bankruptcy that somebody has shown keeps staking and unstaking waiting.
pub const FLAG_SECONDS: i64 = 60;

/// Seconds after its cooldown within which an unstaking must be taken up; later it has to be requested again.
pub const UNSTAKE_WINDOW_SECONDS: i64 = 7 * 86_400;

/// The insurance fund's ledger. Plain old data.
///
/// Money given to it without a stake, and fees that arrive while nobody has staked, are shares that the fund itself owns:
/// they bear losses and earn fees like any other and can't be taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct InsuranceFund {
    /// Recorded assets. The vault holds at least as many tokens: what was donated is not recorded.
    pub assets: Atoms,
    /// All shares.
    pub shares: StakeShares,
    /// Those that the fund itself owns.
    pub own_shares: StakeShares,
    /// Nobody stakes or unstakes before this time, in Unix seconds.
    pub flagged_until: i64,
    /// How often all shares have lapsed.
    pub generation: u32,
    /// Stakes that are open.
    pub stakes: u32,
}

/// A staker's part of the fund. Plain old data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Stake {
    /// Shares.
    pub shares: StakeShares,
    /// Those of them whose unstaking is requested.
    pub requested: StakeShares,
    /// What these were worth at the request: the most that will be paid for them.
    pub requested_value: Atoms,
    /// When they can be taken out, in Unix seconds.
    pub ready_ts: i64,
    /// The fund's generation when they were bought: shares of an earlier one have lapsed.
    pub generation: u32,
    padding: [u8; 4],
}

impl InsuranceFund {
    /// `floor(shares × (assets + 1) / (all shares + 1 000))`.
    pub fn value_of(&self, shares: StakeShares) -> Result<Atoms> {
        let assets = self.assets.plus(Atoms(1))?;
        math::mul_div_floor(shares.0, assets.0, self.virtual_total()?).map(Atoms)
    }

    /// `floor(amount × (all shares + 1 000) / (assets + 1))`.
    fn shares_for(&self, amount: Atoms) -> Result<StakeShares> {
        let assets = self.assets.plus(Atoms(1))?;
        math::mul_div_floor(amount.0, self.virtual_total()?, assets.0).map(StakeShares)
    }

    fn virtual_total(&self) -> Result<u64> {
        self.shares.plus(StakeShares(VIRTUAL_SHARES)).map(|total| total.0)
    }

    fn require_unflagged(&self, now: i64) -> Result<()> {
        if now < self.flagged_until {
            return Err(EngineError::BankruptcyOpen);
        }
        Ok(())
    }

    /// Makes staking and unstaking wait, because a bankruptcy is open.
    pub(crate) fn flag(&mut self, now: i64) {
        self.flagged_until = self.flagged_until.max(now.saturating_add(FLAG_SECONDS));
    }

    /// Stakes `amount`; returns the shares bought, rounded down. [`EngineError::ZeroSize`] for nothing, or for less than a
    /// share; [`EngineError::BankruptcyOpen`] while a bankruptcy is flagged.
    pub fn stake(&mut self, stake: &mut Stake, amount: Atoms, now: i64) -> Result<StakeShares> {
        self.require_unflagged(now)?;
        self.adopt_orphans()?;
        stake.renew(self);
        let shares = self.shares_for(amount)?;
        if shares.is_zero() {
            return Err(EngineError::ZeroSize);
        }
        self.admit(amount, shares)?;
        stake.shares = stake.shares.plus(shares)?;
        Ok(shares)
    }

    /// Requests the unstaking of `shares`, in place of any earlier request; they can be taken out `cooldown` seconds
    /// later. Returns what they are worth now. [`EngineError::NotStaked`] if there aren't so many; zero takes the
    /// request back.
    pub fn request_unstake(
        &self,
        stake: &mut Stake,
        shares: StakeShares,
        cooldown: u32,
        now: i64,
    ) -> Result<Atoms> {
        stake.renew(self);
        if shares > stake.shares {
            return Err(EngineError::NotStaked);
        }
        stake.requested = shares;
        stake.requested_value = self.value_of(shares)?;
        stake.ready_ts = now.saturating_add(i64::from(cooldown));
        Ok(stake.requested_value)
    }

    /// Takes out what was requested, at the smaller of its value then and now, rounded down. What was gained in between
    /// stays with the others. Returns the amount.
    ///
    /// [`EngineError::NotStaked`] without a request; [`EngineError::UnstakeNotReady`] before the cooldown is over, or so
    /// long after it that the request has run out; [`EngineError::BankruptcyOpen`] while one is flagged.
    pub fn unstake(&mut self, stake: &mut Stake, now: i64) -> Result<Atoms> {
        self.require_unflagged(now)?;
        stake.renew(self);
        if stake.requested.is_zero() {
            return Err(EngineError::NotStaked);
        }
        let late = now.saturating_sub(stake.ready_ts);
        if !(0..=UNSTAKE_WINDOW_SECONDS).contains(&late) {
            return Err(EngineError::UnstakeNotReady);
        }
        let amount = self.value_of(stake.requested)?.min(stake.requested_value).min(self.assets);
        self.assets = self.assets.minus(amount)?;
        self.shares = self.shares.minus(stake.requested)?;
        stake.shares = stake.shares.minus(stake.requested)?;
        stake.requested = StakeShares::ZERO;
        stake.requested_value = Atoms::ZERO;
        self.adopt_orphans()?;
        Ok(amount)
    }

    /// Adds money that nobody can take out again: the fund buys the shares itself.
    pub fn endow(&mut self, amount: Atoms) -> Result<()> {
        if amount.is_zero() {
            return Err(EngineError::ZeroSize);
        }
        self.adopt_orphans()?;
        let shares = self.shares_for(amount)?;
        self.admit(amount, shares)?;
        self.own_shares = self.own_shares.plus(shares)?;
        Ok(())
    }

    /// Takes in `amount` for `shares`, unless with the virtual ones they then outgrew 64 bits: nobody could leave any more.
    fn admit(&mut self, amount: Atoms, shares: StakeShares) -> Result<()> {
        self.assets = self.assets.plus(amount)?;
        self.shares = self.shares.plus(shares)?;
        self.virtual_total().map(|_| ())
    }

    /// Adds fees: every share is worth more.
    pub fn earn(&mut self, amount: Atoms) -> Result<()> {
        self.assets = self.assets.plus(amount)?;
        self.adopt_orphans()
    }

    /// Pays `amount` out. If that leaves the shares less than a thousandth of their first price, they lapse, and what is
    /// left becomes the fund's own: else the next stakers' shares would outgrow their number.
    pub fn draw(&mut self, amount: Atoms) -> Result<()> {
        self.assets = self.assets.minus(amount)?;
        let least = math::wide(self.assets.0, LAPSE);
        if !amount.is_zero() && u128::from(self.shares.0) > least {
            self.shares = StakeShares::ZERO;
            self.own_shares = StakeShares::ZERO;
            self.generation = self.generation.wrapping_add(1);
            self.adopt_orphans()?;
        }
        Ok(())
    }

    /// Assets without a share become the fund's own, at the first price.
    fn adopt_orphans(&mut self) -> Result<()> {
        if self.shares.is_zero() && !self.assets.is_zero() {
            self.shares = StakeShares(math::mul(self.assets.0, VIRTUAL_SHARES)?);
            self.own_shares = self.shares;
        }
        Ok(())
    }

    /// Counts a stake that is opened.
    pub fn open_stake(&mut self, stake: &mut Stake) -> Result<()> {
        *stake = Stake { generation: self.generation, ..Stake::default() };
        self.stakes = self.stakes.checked_add(1).ok_or(EngineError::Overflow)?;
        Ok(())
    }

    /// Counts a stake that is closed. [`EngineError::AccountNotEmpty`] if it has shares that have not lapsed.
    pub fn close_stake(&mut self, stake: &mut Stake) -> Result<()> {
        stake.renew(self);
        if !stake.shares.is_zero() {
            return Err(EngineError::AccountNotEmpty);
        }
        self.stakes = self.stakes.checked_sub(1).ok_or(EngineError::Overflow)?;
        Ok(())
    }
}

impl Stake {
    /// Drops shares that have lapsed.
    fn renew(&mut self, fund: &InsuranceFund) {
        if self.generation != fund.generation {
            *self = Self { generation: fund.generation, ..Self::default() };
        }
    }
}
