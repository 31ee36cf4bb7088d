//! A clearinghouse in which every instruction has something to do.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use clearing::instructions::{CreateMarketArgs, PauseArgs, Role};
use clearing::state::Gate;
use jettison_client::Venue;
use jettison_embedded::{open_settings, Trader};
use jettison_tests::{standard, Scene};
use solana_signer::Signer;

use crate::support::USDC;

/// The price at which `broke` is bankrupt and `weak` is below the deleveraging threshold.
const LOW: u64 = 870_000;

/// An instruction that goes through, and the gate that stops it.
pub struct Row {
    pub name: &'static str,
    pub instruction: Instruction,
    pub gate: Option<Gate>,
}

/// Those of authority and guardian, and those by which their decisions come into force.
pub const ADMIN: [&str; 14] = [
    "initialize_clearinghouse",
    "create_market",
    "change_market",
    "execute_market_change",
    "cancel_market_change",
    "change_clearinghouse",
    "execute_clearinghouse_change",
    "cancel_clearinghouse_change",
    "nominate",
    "accept",
    "pause",
    "schedule_settlement",
    "begin_settlement",
    "close_market",
];

impl Row {
    /// Whether it is the authority's.
    pub fn is_of_the_authority(&self) -> bool {
        ADMIN.contains(&self.name)
    }
}

pub struct Stage {
    pub scene: Scene,
    pub guardian: Pubkey,
    /// Long 10,000 since 1 USDC: equity −295 at [`LOW`].
    pub broke: Trader,
    /// Long 10,000 since 0.95: equity 155, maintenance 435.1 at [`LOW`].
    pub weak: Trader,
    /// Short 20,000, rich.
    pub rich: Trader,
    /// In funds, without a position.
    pub keeper: Trader,
    /// First in the withdrawal queue.
    pub waiting: Trader,
    /// Opened and empty.
    pub idle: Trader,
    /// Was nominated, and has opened nothing yet.
    pub newcomer: Pubkey,
    /// Has shares that can be taken out; another has opened a stake and no more.
    pub stakers: [Pubkey; 2],
    /// Token accounts of the first staker and of the keeper.
    pub wallets: [Pubkey; 2],
}

impl Stage {
    /// Market 0 has the people; market 1 a change that is ready and a wind-down that is due; market 2 is settling and
    /// empty but for fees.
    pub fn set(mut scene: Scene) -> Self {
        scene.market(standard());
        scene.market(standard());
        let guardian = scene.key();
        scene.settle_for(|settings| {
            settings.guardian = guardian;
            settings.withdrawal_floor_atoms = 1;
            settings.withdrawal_limit_bps = 100;
        });
        let (broke, weak) = (scene.trader(1_010 * USDC), scene.trader(959_750_000));
        let (rich, keeper) = (scene.trader(100_000 * USDC), scene.trader(10_000 * USDC));
        let (waiting, idle) = (scene.trader(20_000 * USDC), scene.trader(0));
        scene.trade(&keeper, &rich, 2, 100);
        scene.trade(&rich, &keeper, 2, 100);
        scene.trade(&broke, &rich, 0, 10_000);
        scene.move_price(0, 950_000);
        scene.trade(&weak, &rich, 0, 10_000);
        scene.fund_insurance(100 * USDC);
        scene.move_price(0, LOW);
        scene.send(&[scene.withdraw_of(&waiting, 20_000 * USDC)]);

        let (newcomer, stakers) = (scene.key(), [scene.key(), scene.key()]);
        let payer = scene.at.chain.payer().pubkey();
        let wallets = [scene.wallet(&stakers[0], 100 * USDC), scene.wallet(&keeper.key.pubkey(), 100 * USDC)];
        let venue = scene.at.venue.clone();
        scene.send(&stakers.map(|staker| venue.open_stake(staker, payer)));
        scene.send(&[venue.stake(stakers[0], wallets[0], 50 * USDC)]);
        scene.send(&[venue.request_unstake(stakers[0], 1_000)]);

        scene.send(&[scene.nominate_of(scene.authority(), Role::Authority, newcomer)]);
        scene.wind_down(2);
        scene.send(&[scene.change_house_of(|settings| settings.unstake_cooldown_seconds = 1)]);
        scene.send(&[scene.change_market_of(1, |settings| settings.params.taker_fee_bps = 6)]);
        scene.send(&[scene.schedule_of(1)]);
        scene.know([venue.custody]);
        Self { scene, guardian, broke, weak, rich, keeper, waiting, idle, newcomer, stakers, wallets }
    }

    /// Every instruction, but for `close_clearinghouse`, which needs a clearinghouse without anybody.
    pub fn rows(&self) -> Vec<Row> {
        let scene = &self.scene;
        let venue = &scene.at.venue;
        let (authority, payer) = (scene.authority(), scene.at.chain.payer().pubkey());
        let (keeper, waiting) = (self.keeper.key.pubkey(), self.waiting.address);
        let oracle = scene.at.feeds[0].address;
        let mut create = CreateMarketArgs { expected_revision: scene.house().revision, ..standard() };
        create.name = *b"ANOTHER-PERP\0\0\0\0";
        // A gate that isn't paused already.
        let until = scene.house().pauses.until;
        let free = until.iter().position(|until| *until == 0).expect("a gate that is open");
        let pause = PauseArgs { expected_revision: scene.house().revision, gates: 1 << free, seconds: 60 };
        let open = scene.trade_of(&self.keeper, &self.rich, 0, 100, LOW);
        let reduce = scene.trade_of(&self.rich, &self.weak, 0, 100, LOW);
        let row = |name, gate, instruction| Row { name, instruction, gate };
        vec![
            row("initialize_clearinghouse", None, {
                let new = Venue::new(self.newcomer, venue.quote_mint);
                new.initialize_clearinghouse(payer, self.newcomer, open_settings())
            }),
            row("create_market", None, venue.create_market(authority, payer, 3, oracle, create)),
            row("change_market", None, scene.change_market_of(0, |new| new.params.trade_band_bps = 1)),
            row("execute_market_change", None, scene.execute_market_of(1)),
            row("cancel_market_change", None, venue.cancel_market_change(authority, 1)),
            row("change_clearinghouse", None, scene.change_house_of(|new| new.timelock_seconds = 9)),
            row("execute_clearinghouse_change", None, venue.execute_clearinghouse_change()),
            row("cancel_clearinghouse_change", None, venue.cancel_clearinghouse_change(authority)),
            row("nominate", None, scene.nominate_of(authority, Role::FeeAuthority, self.newcomer)),
            row("accept", None, venue.accept(self.newcomer, Role::Authority)),
            row("pause", None, venue.pause(self.guardian, pause)),
            row("schedule_settlement", None, scene.schedule_of(0)),
            row("begin_settlement", None, scene.begin_of(1)),
            row("close_market", None, venue.close_market(authority, 2, authority, scene.at.fee_account)),
            row("open_margin_account", None, venue.open_margin_account(self.newcomer, payer, 0)),
            row("close_margin_account", None, scene.close_of(&self.idle, false)),
            row("set_delegate", None, venue.set_delegate(keeper, self.keeper.address, self.newcomer)),
            row(
                "deposit",
                Some(Gate::Deposit),
                venue.deposit(keeper, self.wallets[1], self.keeper.address, 1),
            ),
            row("withdraw", Some(Gate::Withdraw), scene.withdraw_of(&self.keeper, 1)),
            row("serve_withdrawal", Some(Gate::Withdraw), venue.serve_withdrawal(waiting, scene.at.treasury)),
            row("settle_trade", Some(Gate::Open), open),
            row("settle_trade", None, reduce),
            row("accrue_market", None, venue.accrue_market(0, oracle)),
            row("liquidate", Some(Gate::Liquidate), scene.liquidate_of(&self.weak, &self.keeper, 0, 100)),
            row("deleverage", Some(Gate::Deleverage), scene.deleverage_of(&self.weak, None, 0)),
            row("resolve_bankruptcy", Some(Gate::Resolve), scene.resolve_of(&self.broke, None, false)),
            row("settle_account", None, scene.settle_of(&self.rich)),
            row("sweep_fees", Some(Gate::Sweep), venue.sweep_fees(0, scene.at.fee_account)),
            row("flag_bankruptcy", None, venue.flag_bankruptcy(self.broke.address, &[0])),
            row("fund_insurance", None, venue.fund_insurance(keeper, self.wallets[1], 1)),
            row("open_stake", None, venue.open_stake(keeper, payer)),
            row("stake", Some(Gate::Stake), venue.stake(self.stakers[0], self.wallets[0], 1)),
            row("request_unstake", None, venue.request_unstake(self.stakers[0], 2_000)),
            row("unstake", Some(Gate::Unstake), venue.unstake(self.stakers[0], self.wallets[0])),
            row("close_stake", None, venue.close_stake(self.stakers[1], self.stakers[1])),
        ]
    }
}
