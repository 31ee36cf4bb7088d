//! A state in which every instruction has something to do, and a cast of accounts to confuse them with.

use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::system_program;
use clearing::instructions::SettleTradeArgs;
use jettison_client::Venue;
use jettison_embedded::Trader;
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
    /// In funds, without a position; signs for itself alone.
    pub keeper: Trader,
    /// Opened and empty.
    pub idle: Trader,
    /// Has opened nothing yet.
    pub newcomer: Pubkey,
    /// Pays rents.
    pub sponsor: Pubkey,
    /// A clearinghouse that the newcomer could open.
    pub new_venue: Venue,
    /// Token accounts of the keeper and of the rich trader's owner.
    pub keeper_wallet: Pubkey,
    pub rich_wallet: Pubkey,
    /// Name and address of every account on the stage.
    pub cast: Vec<(&'static str, Pubkey)>,
}

impl Stage {
    pub fn set(mut scene: Scene) -> Self {
        scene.market(standard());
        let foreign = Foreign::open(&mut scene);
        let broke = scene.trader(1_010 * USDC);
        let weak = scene.trader(959_750_000);
        let (rich, keeper) = (scene.trader(100_000 * USDC), scene.trader(10_000 * USDC));
        let idle = scene.trader(0);
        scene.trade(&broke, &rich, 0, 10_000);
        scene.move_price(0, 950_000);
        scene.trade(&weak, &rich, 0, 10_000);
        assert_eq!(scene.capital(&weak), 955 * USDC);
        scene.fund_insurance(100 * USDC);
        scene.move_price(0, LOW);
        scene.at.mint(USDC).unwrap();

        let (newcomer, sponsor) = (scene.key(), scene.rich_key());
        let mint = scene.at.venue.quote_mint;
        let keeper_wallet = scene.wallet(&keeper.key.pubkey(), USDC);
        let rich_wallet = scene.wallet(&rich.key.pubkey(), USDC);
        let other_mint = scene.at.chain.create_mint(6).unwrap();
        let other_wallet = scene.at.chain.create_token_account(&other_mint, &keeper.key.pubkey()).unwrap();
        scene.at.chain.mint_to(&other_mint, &other_wallet, USDC).unwrap();
        let mint_2022 = scene.at.chain.create_mint_2022(6, &[]).unwrap();
        let own = scene.at.venue.clone();
        let cast = vec![
            ("clearinghouse", own.clearinghouse),
            ("insurance fund", own.insurance_fund),
            ("margin vault", own.margin_vault),
            ("insurance vault", own.insurance_vault),
            ("market 0", own.market(0)),
            ("market 1", own.market(1)),
            ("no market yet", own.market(2)),
            ("broke", broke.address),
            ("weak", weak.address),
            ("rich", rich.address),
            ("keeper", keeper.address),
            ("idle", idle.address),
            ("mint", mint),
            ("treasury", scene.at.treasury),
            ("fee account", scene.at.fee_account),
            ("keeper's wallet", keeper_wallet),
            ("rich's wallet", rich_wallet),
            ("wallet of another mint", other_wallet),
            ("another mint", other_mint),
            ("feed 0", scene.at.feeds[0].address),
            ("feed 1", scene.at.feeds[1].address),
            ("foreign clearinghouse", foreign.venue.clearinghouse),
            ("foreign insurance fund", foreign.venue.insurance_fund),
            ("foreign margin vault", foreign.venue.margin_vault),
            ("foreign insurance vault", foreign.venue.insurance_vault),
            ("foreign market", foreign.venue.market(0)),
            ("foreign trader", foreign.trader.address),
            ("foreign fee account", foreign.fee_account),
            ("authority", scene.at.authority.pubkey()),
            ("foreign authority", foreign.authority),
            ("foreign owner", foreign.trader.key.pubkey()),
            ("broke's owner", broke.key.pubkey()),
            ("weak's owner", weak.key.pubkey()),
            ("rich's owner", rich.key.pubkey()),
            ("keeper's owner", keeper.key.pubkey()),
            ("idle's owner", idle.key.pubkey()),
            ("newcomer", newcomer),
            ("sponsor", sponsor),
            ("system program", system_program::ID),
            ("token program", anchor_spl::token::ID),
            ("the other token program", anchor_spl::token_2022::ID),
            ("mint of the other token program", mint_2022),
            ("price feed program", price_feed::ID),
            ("clearing program", clearing::ID),
        ];
        scene.know(cast.iter().map(|(_, key)| *key).filter(|key| !is_program(key)));
        Self {
            new_venue: Venue::new(newcomer, mint),
            scene,
            broke,
            weak,
            rich,
            keeper,
            idle,
            newcomer,
            sponsor,
            keeper_wallet,
            rich_wallet,
            cast,
        }
    }

    /// A trade between the keeper and the rich trader at [`LOW`].
    pub fn trade_args(&self) -> SettleTradeArgs {
        SettleTradeArgs { market_index: 0, size: 100, price: LOW, buyer_is_taker: true }
    }
}

/// Whether an address is a program, whose account no test touches.
pub fn is_program(key: &Pubkey) -> bool {
    use anchor_spl::{token, token_2022};
    [system_program::ID, token::ID, token_2022::ID, price_feed::ID, clearing::ID].contains(key)
}
