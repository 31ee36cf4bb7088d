//! Instructions of the authority and of the guardian.

use anchor_lang::prelude::Pubkey;
use anyhow::Result;
use clearing::instructions::{NominateArgs, PauseArgs, Role};
use clearing::state::{ClearinghouseSettings, MarketSettingsArgs, OracleSource, GATES};
use jettison_embedded::{open_settings, Executed};
use solana_signer::Signer;

use crate::units::expect::measured;
use crate::units::oracles::Oracle;
use crate::units::scene::{Scene, PRICE};
use crate::units::settings::market_args;

pub fn initialize_clearinghouse(scene: &mut Scene) -> Result<u64> {
    let (creator, venue) = scene.lucky_clearinghouse();
    let payer = scene.venue.chain.payer().pubkey();
    let initialize = venue.initialize_clearinghouse(payer, creator.pubkey(), open_settings());
    let executed = scene.venue.chain.send(&[initialize], &[&creator])?;
    measured!(executed, ClearinghouseInitialized, |event| event.clearinghouse == venue.clearinghouse)
}

pub fn create_market(scene: &mut Scene) -> Result<u64> {
    let (creator, venue) = scene.lucky_clearinghouse();
    let payer = scene.venue.chain.payer().pubkey();
    let oracle = scene.venue.feeds[0].address;
    let initialize = venue.initialize_clearinghouse(payer, creator.pubkey(), open_settings());
    scene.venue.chain.send(&[initialize], &[&creator])?;
    let create = venue.create_market(creator.pubkey(), payer, 0, oracle, market_args());
    let executed = scene.venue.chain.send(&[create], &[&creator])?;
    measured!(executed, MarketCreated, |event| event.price == PRICE)
}

/// Settings that only restrict.
fn stricter() -> MarketSettingsArgs {
    let mut settings = market_args().settings;
    settings.params.trade_band_bps -= 100;
    settings
}

/// Settings that raise a risk.
fn looser() -> MarketSettingsArgs {
    let mut settings = market_args().settings;
    settings.params.trade_band_bps += 100;
    settings
}

pub fn change_market_at_once(scene: &mut Scene) -> Result<u64> {
    let executed = scene.change_market(None, stricter())?;
    measured!(executed, MarketChangeQueued, |event| event.in_force)
}

pub fn change_market_queued(scene: &mut Scene) -> Result<u64> {
    let executed = scene.change_market(None, looser())?;
    measured!(executed, MarketChangeQueued, |event| !event.in_force)
}

pub fn execute_market_change(scene: &mut Scene) -> Result<u64> {
    scene.change_market(None, looser())?;
    let execute = scene.venue.venue.execute_market_change(0, scene.venue.feeds[0].address);
    let executed = scene.venue.chain.send(&[execute], &[])?;
    measured!(executed, MarketChanged, |event| event.revision == 1)
}

pub fn execute_oracle_change(scene: &mut Scene) -> Result<u64> {
    let address = scene.venue.chain.new_keypair().pubkey();
    let oracle = Oracle { address, source: OracleSource::Switchboard, price: 110_000 };
    let executed = scene.change_oracle(&oracle)?;
    measured!(executed, MarketChanged, |event| event.oracle == address)
}

pub fn cancel_market_change(scene: &mut Scene) -> Result<u64> {
    scene.change_market(None, looser())?;
    let cancel = scene.venue.venue.cancel_market_change(scene.venue.authority.pubkey(), 0);
    let executed = scene.send_as_authority(cancel)?;
    measured!(executed, MarketChangeCancelled, |event| event.market_index == 0)
}

/// Settings of the clearinghouse with a guardian.
fn guarded(guardian: Pubkey) -> ClearinghouseSettings {
    ClearinghouseSettings { guardian, ..open_settings() }
}

pub fn change_clearinghouse_at_once(scene: &mut Scene) -> Result<u64> {
    let executed =
        scene.change_clearinghouse(ClearinghouseSettings { timelock_seconds: 60, ..open_settings() })?;
    measured!(executed, ClearinghouseChangeQueued, |event| event.in_force)
}

fn queue_guardian(scene: &mut Scene) -> Result<Executed> {
    let guardian = scene.venue.chain.new_keypair().pubkey();
    scene.change_clearinghouse(guarded(guardian))
}

pub fn change_clearinghouse_queued(scene: &mut Scene) -> Result<u64> {
    let executed = queue_guardian(scene)?;
    measured!(executed, ClearinghouseChangeQueued, |event| !event.in_force)
}

pub fn execute_clearinghouse_change(scene: &mut Scene) -> Result<u64> {
    queue_guardian(scene)?;
    let execute = scene.venue.venue.execute_clearinghouse_change();
    let executed = scene.venue.chain.send(&[execute], &[])?;
    measured!(executed, ClearinghouseChanged, |event| event.settings.guardian != Pubkey::default())
}

pub fn cancel_clearinghouse_change(scene: &mut Scene) -> Result<u64> {
    queue_guardian(scene)?;
    let authority = scene.venue.authority.pubkey();
    let executed = scene.send_as_authority(scene.venue.venue.cancel_clearinghouse_change(authority))?;
    measured!(executed, ClearinghouseChangeCancelled, |event| event.by == authority)
}

fn nominate_for(scene: &mut Scene, nominee: Pubkey) -> Result<Executed> {
    let args = NominateArgs { expected_revision: 0, role: Role::Authority, nominee };
    let nominate = scene.venue.venue.nominate(scene.venue.authority.pubkey(), args);
    Ok(scene.send_as_authority(nominate)?)
}

pub fn nominate(scene: &mut Scene) -> Result<u64> {
    let nominee = scene.venue.chain.new_keypair().pubkey();
    let executed = nominate_for(scene, nominee)?;
    measured!(executed, Nominated, |event| event.nominee == nominee)
}

pub fn accept(scene: &mut Scene) -> Result<u64> {
    let nominee = scene.venue.chain.new_keypair();
    nominate_for(scene, nominee.pubkey())?;
    let accept = scene.venue.venue.accept(nominee.pubkey(), Role::Authority);
    let executed = scene.venue.chain.send(&[accept], &[&nominee])?;
    measured!(executed, RoleAccepted, |event| event.holder_after == nominee.pubkey())
}

pub fn pause(scene: &mut Scene) -> Result<u64> {
    let guardian = scene.venue.chain.new_keypair();
    scene.put_in_force(guarded(guardian.pubkey()))?;
    let args = PauseArgs { expected_revision: 1, gates: (1 << GATES) - 1, seconds: 60 };
    let pause = scene.venue.venue.pause(guardian.pubkey(), args);
    let executed = scene.venue.chain.send(&[pause], &[&guardian])?;
    measured!(executed, Paused, |event| event.gates.count_ones() as usize == GATES)
}
