//! The insurance fund. It has earned before, so that a share is worth no round number of atoms.

use anyhow::Result;
use jettison_embedded::Executed;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::units::expect::measured;
use crate::units::scene::{Scene, PRICE};

const STAKE: u64 = 1_000 * PRICE;

/// A staker with an open stake and tokens.
struct Staker {
    key: Keypair,
    wallet: anchor_lang::prelude::Pubkey,
}

impl Staker {
    /// Opens a stake and stakes.
    fn with_shares(scene: &mut Scene) -> Result<Self> {
        let staker = Self::open(scene)?;
        staker.stake(scene)?;
        Ok(staker)
    }

    fn open(scene: &mut Scene) -> Result<Self> {
        scene.venue.fund_insurance(STAKE / 3)?;
        let sweep = scene.venue.venue.sweep_fees(0, scene.venue.fee_account);
        scene.venue.chain.send(&[sweep], &[])?;
        let (key, _) = scene.open_stake()?;
        let mint = scene.venue.venue.quote_mint;
        let wallet = scene.venue.chain.create_token_account(&mint, &key.pubkey())?;
        scene.venue.chain.mint_to(&mint, &wallet, STAKE)?;
        Ok(Self { key, wallet })
    }

    fn stake(&self, scene: &mut Scene) -> Result<Executed> {
        let stake = scene.venue.venue.stake(self.key.pubkey(), self.wallet, STAKE);
        Ok(scene.venue.chain.send(&[stake], &[&self.key])?)
    }

    fn request(&self, scene: &mut Scene) -> Result<Executed> {
        let shares = scene.venue.stake_account(&self.key.pubkey())?.stake.shares.0;
        let request = scene.venue.venue.request_unstake(self.key.pubkey(), shares);
        Ok(scene.venue.chain.send(&[request], &[&self.key])?)
    }

    fn unstake(&self, scene: &mut Scene) -> Result<Executed> {
        let unstake = scene.venue.venue.unstake(self.key.pubkey(), self.wallet);
        Ok(scene.venue.chain.send(&[unstake], &[&self.key])?)
    }
}

impl Scene {
    fn open_stake(&mut self) -> Result<(Keypair, Executed)> {
        let staker = self.lucky_staker();
        let open = self.venue.venue.open_stake(staker.pubkey(), self.venue.chain.payer().pubkey());
        let executed = self.venue.chain.send(&[open], &[&staker])?;
        Ok((staker, executed))
    }
}

pub fn fund(scene: &mut Scene) -> Result<u64> {
    let executed = scene.venue.fund_insurance(STAKE)?;
    measured!(executed, InsuranceFunded, |event| event.amount == STAKE)
}

pub fn open_stake(scene: &mut Scene) -> Result<u64> {
    let (staker, executed) = scene.open_stake()?;
    measured!(executed, StakeOpened, |event| event.authority == staker.pubkey())
}

pub fn stake(scene: &mut Scene) -> Result<u64> {
    let executed = Staker::open(scene)?.stake(scene)?;
    measured!(executed, Staked, |event| event.shares > 0 && event.shares % STAKE != 0)
}

pub fn request_unstake(scene: &mut Scene) -> Result<u64> {
    let executed = Staker::with_shares(scene)?.request(scene)?;
    measured!(executed, UnstakeRequested, |event| event.value > 0)
}

pub fn unstake(scene: &mut Scene) -> Result<u64> {
    let staker = Staker::with_shares(scene)?;
    staker.request(scene)?;
    let executed = staker.unstake(scene)?;
    measured!(executed, Unstaked, |event| event.amount > 0)
}

pub fn close_stake(scene: &mut Scene) -> Result<u64> {
    let staker = Staker::with_shares(scene)?;
    staker.request(scene)?;
    staker.unstake(scene)?;
    let receiver = scene.venue.chain.payer().pubkey();
    let close = scene.venue.venue.close_stake(staker.key.pubkey(), receiver);
    let executed = scene.venue.chain.send(&[close], &[&staker.key])?;
    measured!(executed, StakeClosed, |event| event.authority == staker.key.pubkey())
}
