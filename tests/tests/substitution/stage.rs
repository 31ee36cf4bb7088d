//! A state in which every instruction has something to do, and a cast of accounts to confuse them with.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::system_program;
use clearing::instructions::{ChangeClearinghouseArgs, ChangeMarketArgs, NominateArgs, Role};
use clearing::state::ClearinghouseSettings;
use jettison_client::Venue;
use jettison_embedded::{open_settings, Trader};
use jettison_tests::{standard, Foreign, Scene};
use solana_signer::Signer;

use crate::support::USDC;

/// The price at which `broke` is bankrupt and `weak` is below the deleveraging threshold.
pub const LOW: u64 = 870_000;

/// The scene, its people, and everything that may stand where something else belongs.
pub struct Stage {
    pub scene: Scene,
    /// Long 10,000 since 1 USDC: equity −295 at [`LOW`].
    pub broke: Trader,
    /// Long 10,000 since 0.95: equity 155, maintenance 435.1 at [`LOW`].
    pub weak: Trader,
    /// Short 20,000, rich.
    pub rich: Trader,
    /// In funds, without a position; has a stake, part of whose unstaking is due; signs for itself alone.
    pub keeper: Trader,
    /// Opened and empty, and so is its owner's stake.
    pub idle: Trader,
    /// Has opened nothing yet.
    pub newcomer: Pubkey,
    /// Pays rents.
    pub sponsor: Pubkey,
    /// May pause.
    pub guardian: Pubkey,
    /// May accept the authority's role.
    pub nominee: Pubkey,
    /// A clearinghouse that the newcomer could open.
    pub new_venue: Venue,
    /// Another clearinghouse with the same mint and a market on the same feed.
    pub foreign: Foreign,
    /// Long 10,000 in its market 0 since 1 USDC.
    pub foreign_broke: Trader,
    /// With 5,000 USDC in it and no position.
    pub foreign_flat: Trader,
    /// A clearinghouse that nobody uses, of the retiree, who is its fee authority too.
    pub empty: Venue,
    /// One like it.
    pub another_empty: Venue,
    pub retiree: Pubkey,
    /// Token accounts of the keeper, of the rich trader's owner and of the retiree.
    pub keeper_wallet: Pubkey,
    pub rich_wallet: Pubkey,
    pub retiree_wallet: Pubkey,
    /// A wallet of the keeper of another mint, that mint, and a mint of the other token program.
    pub strange: [Pubkey; 3],
    /// Name and address of every account on the stage.
    pub cast: Vec<(&'static str, Pubkey)>,
}

impl Stage {
    pub fn set(mut scene: Scene) -> Self {
        scene.market(standard());
        scene.market(standard());
        let foreign = Foreign::open(&mut scene);
        let [foreign_broke, foreign_flat] = super::neighbours::open(&mut scene, &foreign);
        let broke = scene.trader(1_010 * USDC);
        let weak = scene.trader(959_750_000);
        let (rich, keeper) = (scene.trader(100_000 * USDC), scene.trader(10_000 * USDC));
        let idle = scene.trader(0);
        // Fees in market 2, which nobody is in any more.
        scene.trade(&keeper, &rich, 2, 1_000);
        scene.trade(&rich, &keeper, 2, 1_000);
        scene.trade(&broke, &rich, 0, 10_000);
        scene.move_price(0, 950_000);
        scene.trade(&weak, &rich, 0, 10_000);
        assert_eq!(scene.capital(&weak), 955 * USDC);
        scene.fund_insurance(100 * USDC);
        scene.move_price(0, LOW);
        scene.at.mint(USDC).unwrap();

        let (newcomer, sponsor) = (scene.key(), scene.rich_key());
        let (guardian, nominee, retiree) = (scene.key(), scene.key(), scene.key());
        let mint = scene.at.venue.quote_mint;
        let keeper_wallet = scene.wallet(&keeper.key.pubkey(), 100 * USDC);
        let rich_wallet = scene.wallet(&rich.key.pubkey(), USDC);
        let retiree_wallet = scene.wallet(&retiree, USDC);
        let another_empty = super::neighbours::another_empty(&mut scene);
        let strange = strange(&mut scene, &keeper.key.pubkey());
        let mut stage = Self {
            new_venue: Venue::new(newcomer, mint),
            empty: Venue::new(retiree, mint),
            cast: vec![],
            scene,
            broke,
            weak,
            rich,
            keeper,
            idle,
            newcomer,
            sponsor,
            guardian,
            nominee,
            foreign,
            foreign_broke,
            foreign_flat,
            another_empty,
            retiree,
            keeper_wallet,
            rich_wallet,
            retiree_wallet,
            strange,
        };
        stage.stakes();
        stage.opens_the_empty_one();
        stage.changes();
        super::neighbours::change(&mut stage.scene, &stage.foreign);
        stage.cast = super::cast::cast(&stage);
        let keys: Vec<Pubkey> =
            stage.cast.iter().map(|(_, key)| *key).filter(|key| !is_program(key)).collect();
        stage.scene.know(keys);
        stage
    }

    fn stakes(&mut self) {
        let payer = self.scene.at.chain.payer().pubkey();
        let venue = self.scene.at.venue.clone();
        let (keeper, idle) = (self.keeper.key.pubkey(), self.idle.key.pubkey());
        let stranger = self.foreign.trader.key.pubkey();
        let theirs = self.foreign.venue.clone();
        let wallet = self.scene.wallet(&stranger, 100 * USDC);
        self.scene.send(&[
            venue.open_stake(idle, payer),
            venue.open_stake(keeper, payer),
            venue.stake(keeper, self.keeper_wallet, 50 * USDC),
        ]);
        let shares = self.scene.at.stake_account(&keeper).unwrap().stake.shares.0;
        self.scene.send(&[venue.request_unstake(keeper, shares / 5)]);
        self.scene.send(&[theirs.open_stake(stranger, payer), theirs.stake(stranger, wallet, 100 * USDC)]);
    }

    fn opens_the_empty_one(&mut self) {
        let payer = self.scene.at.chain.payer().pubkey();
        let empty = self.empty.clone();
        self.scene.send(&[empty.initialize_clearinghouse(payer, self.retiree, open_settings())]);
        self.scene.send(&[empty.fund_insurance(self.retiree, self.retiree_wallet, USDC / 2)]);
    }

    /// A guardian; market 2 settled; and at the end what waits to be executed, accepted, begun or cancelled.
    fn changes(&mut self) {
        let (venue, authority) = (self.scene.at.venue.clone(), self.scene.at.authority.pubkey());
        let feeds = [0, 1, 2].map(|index: usize| self.scene.at.feeds[index].address);
        let change = self.clearinghouse_change(|settings| settings.guardian = self.guardian);
        self.scene.send(&[change, venue.execute_clearinghouse_change()]);
        let expected_revision = self.revision();
        let schedule = |market| venue.schedule_settlement(authority, market, expected_revision);
        self.scene.send(&[schedule(2), venue.begin_settlement(2, feeds[2])]);

        let queued = self.clearinghouse_change(|settings| settings.unstake_cooldown_seconds = 1);
        let nominate = NominateArgs { expected_revision, role: Role::Authority, nominee: self.nominee };
        let moved = ChangeMarketArgs { expected_revision, settings: standard().settings };
        self.scene.send(&[
            queued,
            venue.nominate(authority, nominate),
            venue.change_market(authority, 1, feeds[0], moved),
            schedule(1),
        ]);
    }

    /// The clearinghouse's.
    pub fn revision(&self) -> u64 {
        self.scene.at.clearinghouse().unwrap().revision
    }

    /// The authority's change of some settings.
    pub fn clearinghouse_change(
        &self,
        change: impl FnOnce(&mut ClearinghouseSettings),
    ) -> anchor_lang::solana_program::instruction::Instruction {
        let house = self.scene.at.clearinghouse().unwrap();
        let mut settings = house.settings;
        change(&mut settings);
        let args = ChangeClearinghouseArgs { expected_revision: house.revision, settings };
        self.scene.at.venue.change_clearinghouse(house.authority, args)
    }
}

fn strange(scene: &mut Scene, keeper: &Pubkey) -> [Pubkey; 3] {
    let mint = scene.at.chain.create_mint(6).unwrap();
    let wallet = scene.at.chain.create_token_account(&mint, keeper).unwrap();
    scene.at.chain.mint_to(&mint, &wallet, USDC).unwrap();
    [wallet, mint, scene.at.chain.create_mint_2022(6, &[]).unwrap()]
}

/// Whether an address is a program, whose account no test touches.
pub fn is_program(key: &Pubkey) -> bool {
    use anchor_spl::{token, token_2022};
    [system_program::ID, token::ID, token_2022::ID, price_feed::ID, clearing::ID].contains(key)
}
