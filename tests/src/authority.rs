//! What authority and guardian do in a scene.

use crate::Scene;
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::instructions::{ChangeClearinghouseArgs, ChangeMarketArgs, NominateArgs, PauseArgs, Role};
use clearing::state::{Clearinghouse, ClearinghouseSettings, Gate, Market, MarketSettingsArgs, OracleSource};
use jettison_embedded::Executed;
use solana_signer::Signer;

/// The timelock of [`Scene::govern`], in seconds: two days.
pub const TIMELOCK: i64 = 2 * 86_400;

/// The bit of a gate.
pub const fn bit(gate: Gate) -> u16 {
    1 << gate as u16
}

/// A market's settings as an argument.
pub fn settings_of(market: &Market) -> MarketSettingsArgs {
    MarketSettingsArgs {
        oracle_source: OracleSource::from_byte(market.oracle_source).expect("a known source"),
        feed_id: market.feed_id,
        max_oracle_age_seconds: market.max_oracle_age_seconds,
        max_confidence_bps: market.max_confidence_bps,
        params: market.book.params.into(),
    }
}

impl Scene {
    /// Gives the clearinghouse a guardian and a timelock of [`TIMELOCK`]; returns the guardian.
    pub fn govern(&mut self) -> Pubkey {
        let guardian = self.key();
        self.settle_for(|settings| {
            settings.guardian = guardian;
            settings.timelock_seconds = TIMELOCK as u32;
        });
        guardian
    }

    /// Changes the clearinghouse's settings and puts them in force, however long that takes.
    pub fn settle_for(&mut self, change: impl FnOnce(&mut ClearinghouseSettings)) {
        self.send(&[self.change_house_of(change)]);
        let ready_ts = self.house().queued_ready_ts;
        if ready_ts != 0 {
            self.at.chain.set_time(self.at.chain.now().max(ready_ts));
            self.send(&[self.at.venue.execute_clearinghouse_change()]);
        }
    }

    /// The authority that the scene began with.
    pub fn authority(&self) -> Pubkey {
        self.at.authority.pubkey()
    }

    /// The clearinghouse.
    pub fn house(&self) -> Clearinghouse {
        self.at.clearinghouse().expect("a clearinghouse")
    }

    /// A market with what the program knows of it.
    pub fn listing(&self, market: u16) -> Market {
        self.at.market(market).expect("a market")
    }

    /// A change of the clearinghouse's settings, made for those in force.
    pub fn change_house_of(&self, change: impl FnOnce(&mut ClearinghouseSettings)) -> Instruction {
        let house = self.house();
        let mut settings = house.settings;
        change(&mut settings);
        let args = ChangeClearinghouseArgs { expected_revision: house.revision, settings };
        self.at.venue.change_clearinghouse(self.authority(), args)
    }

    /// A change of a market's settings on its oracle, made for those in force.
    pub fn change_market_of(&self, market: u16, change: impl FnOnce(&mut MarketSettingsArgs)) -> Instruction {
        self.change_oracle_of(market, self.listing(market).oracle, change)
    }

    /// As [`Scene::change_market_of`], to another oracle.
    pub fn change_oracle_of(
        &self,
        market: u16,
        oracle: Pubkey,
        change: impl FnOnce(&mut MarketSettingsArgs),
    ) -> Instruction {
        let listing = self.listing(market);
        let mut settings = settings_of(&listing);
        change(&mut settings);
        let args = ChangeMarketArgs { expected_revision: listing.revision_in(&self.house()), settings };
        self.at.venue.change_market(self.authority(), market, oracle, args)
    }

    /// The execution of what is queued for a market.
    pub fn execute_market_of(&self, market: u16) -> Instruction {
        self.at.venue.execute_market_change(market, self.listing(market).queued.oracle)
    }

    /// A nomination, made for the settings in force.
    pub fn nominate_of(&self, holder: Pubkey, role: Role, nominee: Pubkey) -> Instruction {
        let args = NominateArgs { expected_revision: self.house().revision, role, nominee };
        self.at.venue.nominate(holder, args)
    }

    /// A pause by the guardian, made for the settings in force.
    pub fn pause_of(&self, gates: u16, seconds: u32) -> Instruction {
        let house = self.house();
        let args = PauseArgs { expected_revision: house.revision, gates, seconds };
        self.at.venue.pause(house.settings.guardian, args)
    }

    /// The schedule of a market's wind-down, made for the settings in force.
    pub fn schedule_of(&self, market: u16) -> Instruction {
        let revision = self.at.market_revision(market).expect("a market");
        self.at.venue.schedule_settlement(self.authority(), market, revision)
    }

    /// The beginning of a market's wind-down.
    pub fn begin_of(&self, market: u16) -> Instruction {
        self.at.venue.begin_settlement(market, self.listing(market).oracle)
    }

    /// Lets seconds pass in which nobody does anything.
    pub fn pass(&mut self, seconds: i64) {
        let now = self.at.chain.now();
        self.at.chain.set_time(now + seconds);
    }

    /// Schedules a market's wind-down and begins it when it is due, with the price posted last.
    pub fn wind_down(&mut self, market: u16) -> Executed {
        self.send(&[self.schedule_of(market)]);
        let due = self.listing(market).settlement_ready_ts;
        self.pass((due - self.at.chain.now()).max(0));
        self.send(&[self.begin_of(market)])
    }

    /// Posts a feed's last price at the chain's time, and accrues nothing.
    pub fn post_only(&mut self, market: u16) -> Executed {
        let price = self.at.feeds[usize::from(market)].price;
        let [post, _] = self.at.price_instructions(market, price);
        self.send(&[post])
    }
}
