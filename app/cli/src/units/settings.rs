//! Settings that cases put in force before they measure. Nothing waits: the scene's timelock is zero.

use anyhow::Result;
use clearing::instructions::{ChangeClearinghouseArgs, ChangeMarketArgs, CreateMarketArgs};
use clearing::state::{ClearinghouseSettings, MarketParamsArgs, MarketSettingsArgs, OracleSource};
use jettison_embedded::{Account, Executed, Failed};
use solana_signer::Signer;

use super::oracles::Oracle;
use super::scene::{Scene, CONTRACT_EXPONENT, STABLE_WINDOW, WINDOW};

impl Scene {
    /// Sends `change_clearinghouse`.
    pub fn change_clearinghouse(&mut self, settings: ClearinghouseSettings) -> Result<Executed> {
        let expected_revision = self.venue.clearinghouse()?.revision;
        let args = ChangeClearinghouseArgs { expected_revision, settings };
        let change = self.venue.venue.change_clearinghouse(self.venue.authority.pubkey(), args);
        Ok(self.venue.chain.send(&[change], &[&self.venue.authority])?)
    }

    /// Puts settings of the clearinghouse in force that don't only restrict.
    pub fn put_in_force(&mut self, settings: ClearinghouseSettings) -> Result<()> {
        self.change_clearinghouse(settings)?;
        let execute = self.venue.venue.execute_clearinghouse_change();
        self.venue.chain.send(&[execute], &[])?;
        Ok(())
    }

    /// Sends `change_market` for market 0, to its own oracle or another.
    pub fn change_market(
        &mut self,
        oracle: Option<&Oracle>,
        settings: MarketSettingsArgs,
    ) -> Result<Executed> {
        let expected_revision = self.venue.market_revision(0)?;
        let address = oracle.map_or(self.venue.feeds[0].address, |oracle| oracle.address);
        let args = ChangeMarketArgs { expected_revision, settings };
        let change = self.venue.venue.change_market(self.venue.authority.pubkey(), 0, address, args);
        Ok(self.venue.chain.send(&[change], &[&self.venue.authority])?)
    }

    /// Puts an oracle's account on the chain and makes market 0 read it; gives the execution.
    pub fn change_oracle(&mut self, oracle: &Oracle) -> Result<Executed> {
        self.post(oracle);
        let settings = MarketSettingsArgs {
            oracle_source: oracle.source,
            feed_id: oracle.feed_id(),
            ..market_args().settings
        };
        self.change_market(Some(oracle), settings)?;
        let execute = self.venue.venue.execute_market_change(0, oracle.address);
        Ok(self.venue.chain.send(&[execute], &[])?)
    }

    /// Writes an oracle's account as of now.
    pub fn post(&mut self, oracle: &Oracle) {
        let account: Account = oracle.account(self.venue.chain.now());
        self.venue.chain.set_account(&oracle.address, account);
    }

    /// Sends an instruction that the authority signs.
    pub fn send_as_authority(
        &mut self,
        instruction: anchor_lang::solana_program::instruction::Instruction,
    ) -> Result<Executed, Failed> {
        self.venue.chain.send(&[instruction], &[&self.venue.authority])
    }
}

/// A market like that of a large coin.
pub fn market_args() -> CreateMarketArgs {
    CreateMarketArgs {
        name: *b"UNITS-PERP\0\0\0\0\0\0",
        expected_revision: 0,
        contract_exponent: CONTRACT_EXPONENT,
        settings: MarketSettingsArgs {
            oracle_source: OracleSource::PriceFeed,
            feed_id: [0; 32],
            max_oracle_age_seconds: 60,
            max_confidence_bps: 100,
            params: MarketParamsArgs {
                max_open_interest_contracts: 1 << 24,
                min_notional_atoms: 10_000_000,
                requirement_floor_atoms: 1_000_000,
                bankruptcy_bounty_cap_atoms: 100_000_000,
                insurance_base_atoms: 1 << 50,
                max_price_age_seconds: 60,
                stable_window_seconds: STABLE_WINDOW as u32,
                funding_period_seconds: 28_800,
                insurance_window_seconds: 3_600,
                loss_window_seconds: 60,
                loss_halt_seconds: 60,
                dead_oracle_seconds: 3_600,
                keeper_window_seconds: WINDOW as u16,
                max_move_per_second_bps: 35,
                initial_margin_bps: 1_000,
                maintenance_margin_bps: 500,
                profit_weight_bps: 5_000,
                trade_band_bps: 500,
                maker_fee_bps: 2,
                taker_fee_bps: 5,
                fee_to_insurance_bps: 5_000,
                liquidation_max_fee_bps: 100,
                liquidation_min_fee_bps: 20,
                penalty_to_insurance_bps: 5_000,
                liquidation_buffer_bps: 1_000,
                deleverage_threshold_bps: 8_000,
                deleverage_bounty_bps: 1_000,
                bankruptcy_bounty_bps: 10,
                max_funding_bps: 75,
                insurance_earned_bps: 5_000,
                loss_breaker_bps: 10_000,
            },
        },
    }
}
