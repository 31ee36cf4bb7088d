//! The end of a market and of a clearinghouse.

use anyhow::Result;
use clearing::state::MarketSettingsArgs;
use jettison_embedded::{open_settings, Executed};
use solana_signer::Signer;

use crate::units::expect::measured;
use crate::units::scene::{feed_price, Scene, PRICE, SIZE};
use crate::units::settings::market_args;

impl Scene {
    fn schedule(&mut self, market: u16) -> Result<Executed> {
        let revision = self.venue.market_revision(market)?;
        let schedule = self.venue.venue.schedule_settlement(self.venue.authority.pubkey(), market, revision);
        Ok(self.send_as_authority(schedule)?)
    }

    fn begin(&mut self, market: u16) -> Result<Executed> {
        let oracle = self.venue.feeds[usize::from(market)].address;
        let begin = self.venue.venue.begin_settlement(market, oracle);
        Ok(self.venue.chain.send(&[begin], &[])?)
    }

    /// Fixes a market's final price, as scheduled.
    pub fn wind_down(&mut self, market: u16) -> Result<()> {
        self.schedule(market)?;
        self.begin(market)?;
        Ok(())
    }
}

pub fn schedule_settlement(scene: &mut Scene) -> Result<u64> {
    let executed = scene.schedule(0)?;
    measured!(executed, SettlementScheduled, |event| event.ready_ts > 0)
}

pub fn begin_scheduled(scene: &mut Scene) -> Result<u64> {
    scene.play(95)?;
    scene.schedule(0)?;
    let executed = scene.begin(0)?;
    measured!(executed, SettlementBegun, |event| event.scheduled && event.final_price != event.price_before)
}

pub fn begin_dead_oracle(scene: &mut Scene) -> Result<u64> {
    scene.play(95)?;
    let now = scene.venue.chain.now();
    let MarketSettingsArgs { params, max_oracle_age_seconds, .. } = market_args().settings;
    scene.venue.chain.set_time(now + i64::from(max_oracle_age_seconds) + 1);
    let accrue = scene.venue.venue.accrue_market(0, scene.venue.feeds[0].address);
    scene.venue.chain.send(&[accrue], &[])?;
    let now = scene.venue.chain.now();
    scene.venue.chain.set_time(now + i64::from(params.dead_oracle_seconds));
    let executed = scene.begin(0)?;
    measured!(executed, SettlementBegun, |event| !event.scheduled && event.final_price != event.price_before)
}

/// A market of two who have traded and left: its fees are still there.
pub fn close_market(scene: &mut Scene) -> Result<u64> {
    let market = scene.venue.create_market(feed_price(PRICE), market_args())?;
    let rich = PRICE * SIZE;
    let pair = [scene.venue.open_funded(rich)?, scene.venue.open_funded(rich)?];
    scene.venue.trade(&pair[0], &pair[1], market, SIZE)?;
    scene.venue.trade(&pair[1], &pair[0], market, SIZE)?;
    scene.wind_down(market)?;
    let (authority, fee_account) = (scene.venue.authority.pubkey(), scene.venue.fee_account);
    let receiver = scene.venue.chain.payer().pubkey();
    let close = scene.venue.venue.close_market(authority, market, receiver, fee_account);
    let executed = scene.send_as_authority(close)?;
    measured!(executed, MarketClosed, |event| event.to_insurance > 0 && event.to_protocol > 0)
}

/// With insurance that nobody has staked, and with a donation in the margin vault.
pub fn close_clearinghouse(scene: &mut Scene) -> Result<u64> {
    let (creator, venue) = scene.lucky_clearinghouse();
    let chain = &mut scene.venue.chain;
    let payer = chain.payer().pubkey();
    chain.send(&[venue.initialize_clearinghouse(payer, creator.pubkey(), open_settings())], &[&creator])?;
    let wallet = chain.create_token_account(&venue.quote_mint, &creator.pubkey())?;
    chain.mint_to(&venue.quote_mint, &wallet, PRICE)?;
    chain.send(&[venue.fund_insurance(creator.pubkey(), wallet, PRICE)], &[&creator])?;
    chain.mint_to(&venue.quote_mint, &venue.margin_vault, PRICE)?;
    let executed = chain.send(&[venue.close_clearinghouse(creator.pubkey(), payer, wallet)], &[&creator])?;
    measured!(executed, ClearinghouseClosed, |event| {
        event.from_margin_vault > 0 && event.from_insurance_vault > 0
    })
}
