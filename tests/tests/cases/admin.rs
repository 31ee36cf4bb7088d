//! Opening a clearinghouse and its markets.

use anchor_lang::prelude::Pubkey;
use clearing::events::{ClearinghouseInitialized, MarketCreated};
use clearing::state::{InsuranceFund, Market};
use jettison_client::{account, AnyEvent, Venue};
use jettison_embedded::open_settings;
use jettison_engine::{Contracts, Price};
use jettison_tests::{accounts_of, feed_price, on_both_runtimes, standard, Scene, PRICE};
use solana_signer::Signer;

on_both_runtimes!(
    initializing_creates_two_empty_vaults_of_the_clearinghouse,
    a_market_starts_at_its_oracles_price_with_nothing_open,
    markets_are_numbered_in_the_order_of_their_creation,
);

fn initializing_creates_two_empty_vaults_of_the_clearinghouse(mut scene: Scene) {
    let (authority, fee_authority) = (scene.key(), scene.key());
    let payer = scene.at.chain.payer().pubkey();
    let venue = Venue::new(authority, scene.at.venue.quote_mint);
    let executed = scene.send(&[venue.initialize_clearinghouse(payer, fee_authority, open_settings())]);

    let houses = accounts_of::<clearing::state::Clearinghouse>(&scene.at.chain, scene.known());
    let (_, house) = houses.iter().find(|(key, _)| *key == venue.clearinghouse).unwrap();
    assert_eq!((house.version, house.quote_decimals, house.market_count), (2, 6, 0));
    assert_eq!((house.creator, house.authority), (authority, authority));
    assert_eq!(house.fee_authority, fee_authority);
    assert_eq!(house.quote_mint, venue.quote_mint);
    assert_eq!(house.margin_vault, venue.margin_vault);
    assert_eq!(house.insurance_vault, venue.insurance_vault);
    assert_eq!(house.insurance_fund, venue.insurance_fund);
    let fund: InsuranceFund = read(&scene, &venue.insurance_fund);
    assert_eq!((fund.clearinghouse, fund.ledger.assets.0), (venue.clearinghouse, 0));
    assert_eq!((scene.tokens(&venue.margin_vault), scene.tokens(&venue.insurance_vault)), (0, 0));
    scene.expect_event(
        &executed,
        AnyEvent::ClearinghouseInitialized(ClearinghouseInitialized {
            clearinghouse: venue.clearinghouse,
            authority,
            fee_authority,
            quote_mint: venue.quote_mint,
            settings: open_settings(),
        }),
    );
}

fn read<T: bytemuck::Pod + anchor_lang::Discriminator>(scene: &Scene, key: &Pubkey) -> T {
    scene.at.chain.with_account_data(key, account::<T>).unwrap().unwrap()
}

fn a_market_starts_at_its_oracles_price_with_nothing_open(mut scene: Scene) {
    let feed = scene.at.feeds[0].address;
    let (authority, payer) = (scene.at.authority.pubkey(), scene.at.chain.payer().pubkey());
    let create = scene.at.venue.create_market(authority, payer, 1, feed, standard());
    let executed = scene.send(&[create]);

    let address = scene.at.venue.market(1);
    let market: Market = read(&scene, &address);
    assert_eq!((market.version, market.oracle, market.contract_exponent), (2, feed, -2));
    assert_eq!((market.max_oracle_age_seconds, market.max_confidence_bps), (30, 100));
    assert_eq!(market.clearinghouse, scene.at.venue.clearinghouse);
    let book = market.book;
    assert_eq!((book.effective_price, book.target_price), (Price(PRICE), Price(PRICE)));
    assert_eq!((book.long.contracts, book.short.contracts), (Contracts(0), Contracts(0)));
    assert_eq!((book.index.0, book.accrued_ts), (1, scene.at.chain.now()));
    assert_eq!(book.params, standard().settings.params.into());
    scene.expect_event(
        &executed,
        AnyEvent::MarketCreated(MarketCreated {
            clearinghouse: scene.at.venue.clearinghouse,
            market: address,
            index: 1,
            oracle: feed,
            price: PRICE,
            opens_ts: 0,
            args: standard(),
        }),
    );
}

fn markets_are_numbered_in_the_order_of_their_creation(mut scene: Scene) {
    for expected in 1..4 {
        assert_eq!(scene.market(standard()), expected);
        assert_eq!(scene.book(expected).index.0, expected);
    }
    assert_eq!(scene.at.clearinghouse().unwrap().market_count, 4);
    assert_eq!(scene.at.feeds[3].price, feed_price(PRICE));
}
