//! What keepers and stakers set out to do.

use clearing::instructions::Role;
use jettison_harness::history::action::{is_liquidatable, nth, pick_leg, target};
use jettison_harness::World;

use super::Aim;
use crate::machine::action::{Action, Kind};
use crate::machine::command::{Command, CHIEF, DEPUTY, STAKERS, STRANGER};
use crate::machine::reference::FEED_UNITS;
use crate::machine::PRICES;

impl Aim<'_> {
    pub(super) fn keeper_or_staker(&mut self) -> Option<Command> {
        let Action { kind, who, other, market, much, more, .. } = self.action;
        match kind {
            Kind::Post => Some(self.post()),
            Kind::Accrue => {
                Some(Command::Accrue { market: self.market(market), wrong_oracle: self.is_odd(1) })
            }
            Kind::Settle => Some(Command::Settle { who: self.anyone(who) }),
            Kind::Liquidate => {
                let who = self.some(who, is_liquidatable)?;
                let liquidator = self.other(other, who);
                let max = if much % 4 == 0 { u64::from(much % 100) } else { u64::MAX };
                let market = pick_leg(&self.at.world, who, market);
                Some(Command::Liquidate { who, liquidator, market, max, by: self.signer(liquidator) })
            }
            Kind::Deleverage => {
                let who = self.some(who, is_liquidatable)?;
                let bounty = (more % 3 > 0).then(|| self.other(other, who));
                Some(Command::Deleverage { who, bounty, market: pick_leg(&self.at.world, who, market) })
            }
            Kind::Resolve => {
                let who = self.some(who, |world, who| world.is_bankrupt(who))?;
                let caller = (more % 3 > 0).then(|| self.other(other, who));
                let by = caller.map_or(STRANGER, |caller| self.signer(caller));
                Some(Command::Resolve { who, caller, take_over: much % 2 == 1, by })
            }
            Kind::Flag => Some(Command::Flag { who: self.some(who, |world, who| world.is_bankrupt(who))? }),
            Kind::Sweep => {
                let holder = self.at.holder(Role::FeeAuthority);
                let to = if self.is_odd(1) { CHIEF + DEPUTY - holder } else { holder };
                Some(Command::Sweep { market: self.market(market), to })
            }
            Kind::Serve => {
                let is_next = |world: &mut World, who: usize| {
                    let place = &world.places[who];
                    !place.amount.is_zero() && place.place == world.throttle.head
                };
                let who = self.some(who, is_next)?;
                let to = self.is_odd(1).then(|| self.other(other, who));
                Some(Command::Serve { who, to })
            }
            _ => self.staker(),
        }
    }

    fn post(&self) -> Command {
        let Action { market, much, .. } = self.action;
        let market = self.market(market);
        let target = target(&self.at.world, market, 93 + u64::from(much % 16), PRICES[market]);
        let good = target as i64 * FEED_UNITS;
        let feed = self.at.feed_in_use(market);
        let last = self.at.feeds[market][feed].publish_ts;
        let publish_ts = self.at.publish_ts(market, feed);
        let wide = self.is_odd(0) && self.action.more % 8 == 0;
        let (price, confidence, publish_ts) = match self.action.odd {
            _ if wide => (good, good as u64 / 50, publish_ts),
            1 => (good, good as u64 / 20, publish_ts),
            2 => (good, 0, publish_ts + 60),
            3 => (i64::MAX, 0, publish_ts),
            4 => (good, 0, last.max(self.at.now() - 100)),
            _ => (good, good as u64 / 1_000, publish_ts),
        };
        Command::Post { market, price, confidence, publish_ts }
    }

    fn staker(&self) -> Option<Command> {
        let Action { kind, who, much, .. } = self.action;
        let staker = usize::from(who) % STAKERS;
        let at = &*self.at;
        let open = |open: bool| (0..STAKERS).filter(move |who| at.stakes[*who].is_some() == open);
        let staked = nth(open(true), who).unwrap_or(staker);
        match kind {
            Kind::Fund => {
                let amount = if self.is_odd(1) { 0 } else { u64::from(much) * 700 + 1 };
                Some(Command::Fund { from: self.anyone(who), amount })
            }
            Kind::OpenStake => Some(Command::OpenStake { who: nth(open(false), who).unwrap_or(staker) }),
            Kind::Stake => {
                let amount = match self.action.odd {
                    1 => u64::from(much % 2),
                    2 => self.at.wallets[staked].tokens + 1,
                    _ => u64::from(much) * 7_000,
                };
                Some(Command::Stake { who: staked, amount })
            }
            Kind::RequestUnstake => {
                let shares = self.at.world.stakes[staked].shares.0;
                let shares = if self.is_odd(2) { shares + 1 } else { shares / 100 * u64::from(much % 101) };
                let shares = if much % 3 == 0 { self.at.world.stakes[staked].shares.0 } else { shares };
                let by = if self.is_odd(1) { STRANGER } else { staked };
                Some(Command::RequestUnstake { who: staked, shares, by })
            }
            Kind::Unstake => {
                let requested = |who: &usize| self.at.world.stakes[*who].requested.0 > 0;
                Some(Command::Unstake { who: nth(open(true).filter(requested), who).unwrap_or(staked) })
            }
            Kind::CloseStake => {
                let empty = |who: &usize| self.at.world.stakes[*who].shares.is_zero();
                Some(Command::CloseStake { who: nth(open(true).filter(empty), who).unwrap_or(staked) })
            }
            _ => unreachable!("{kind:?}"),
        }
    }
}
