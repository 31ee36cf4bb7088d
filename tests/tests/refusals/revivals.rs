//! What is made is made once, and what is closed is gone, though its lamports come back in the same transaction. On the
//! ELF only, as `addresses`: an address that has lamports is opened with a system instruction that the native runtime
//! doesn't have.

use anchor_lang::error::ErrorCode;
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_instruction::transfer;
use clearing::error::ClearingError;
use clearing::instructions::CreateMarketArgs;
use clearing::state::StakeAccount;
use jettison_client::Venue;
use jettison_embedded::open_settings;
use jettison_tests::{on_elf, standard, Scene};
use solana_signer::Signer;

use crate::support::USDC;

on_elf!(
    a_stake_account_is_opened_once,
    a_market_is_created_once,
    a_closed_stake_account_is_of_no_use_though_its_lamports_come_back,
    a_stake_account_closed_and_opened_in_one_transaction_is_new_and_counted_once,
    a_closed_market_is_of_no_use_though_its_lamports_come_back,
    the_index_of_a_closed_market_is_not_used_again,
    a_closed_margin_account_is_of_no_use_though_its_lamports_come_back,
    a_closed_clearinghouse_is_of_no_use_though_its_lamports_come_back,
    a_clearinghouse_closed_and_initialised_in_one_transaction_is_new,
    nothing_is_closed_twice_in_one_transaction,
);

/// The system program's error for an address in use.
const IN_USE: u32 = 0;

/// More than any account's rent.
const LAMPORTS: u64 = 100_000_000;

/// Closes, sends lamports back to what was closed, and uses it, in one transaction.
fn refuse_revived(scene: &mut Scene, close: &Instruction, closed: &[Pubkey], uses: Vec<Instruction>) {
    let payer = scene.at.chain.payer().pubkey();
    for used in uses {
        let mut all = vec![close.clone()];
        all.extend(closed.iter().map(|key| transfer(&payer, key, LAMPORTS)));
        all.push(used.clone());
        scene.refuse_all(&all, ErrorCode::AccountOwnedByWrongProgram);
        scene.refuse_all(&[close.clone(), used], ErrorCode::AccountOwnedByWrongProgram);
    }
}

/// An owner with a stake account and ten USDC.
fn staker(scene: &mut Scene) -> (Pubkey, Pubkey) {
    let (owner, payer) = (scene.key(), scene.at.chain.payer().pubkey());
    scene.send(&[scene.at.venue.open_stake(owner, payer)]);
    (owner, scene.wallet(&owner, 10 * USDC))
}

fn a_stake_account_is_opened_once(mut scene: Scene) {
    let (owner, wallet) = staker(&mut scene);
    let payer = scene.at.chain.payer().pubkey();
    let venue = scene.at.venue.clone();
    scene.refuse(venue.open_stake(owner, payer), IN_USE);
    scene.send(&[venue.stake(owner, wallet, USDC)]);
    scene.refuse(venue.open_stake(owner, payer), IN_USE);
    let other = scene.key();
    let open = venue.open_stake(other, payer);
    scene.refuse_all(&[open.clone(), open], IN_USE);
}

/// Its address is that of the next index; so a second one is another, and never the first.
fn a_market_is_created_once(mut scene: Scene) {
    let (authority, payer) = (scene.at.authority.pubkey(), scene.at.chain.payer().pubkey());
    let (feed, venue) = (scene.at.feeds[0].address, scene.at.venue.clone());
    let again = venue.create_market(authority, payer, 0, feed, standard());
    scene.refuse(again, ErrorCode::ConstraintSeeds);
    let next = venue.create_market(authority, payer, 1, feed, standard());
    scene.refuse_all(&[next.clone(), next], ErrorCode::ConstraintSeeds);
}

fn a_closed_stake_account_is_of_no_use_though_its_lamports_come_back(mut scene: Scene) {
    let (owner, wallet) = staker(&mut scene);
    let venue = scene.at.venue.clone();
    let close = venue.close_stake(owner, owner);
    let uses = vec![
        venue.stake(owner, wallet, USDC),
        venue.request_unstake(owner, 0),
        venue.unstake(owner, wallet),
        close.clone(),
    ];
    refuse_revived(&mut scene, &close, &[venue.stake_account(&owner)], uses);
}

fn a_stake_account_closed_and_opened_in_one_transaction_is_new_and_counted_once(mut scene: Scene) {
    let (owner, wallet) = staker(&mut scene);
    let payer = scene.at.chain.payer().pubkey();
    let venue = scene.at.venue.clone();
    scene.send(&[venue.stake(owner, wallet, USDC)]);
    let shares = scene.at.stake_account(&owner).unwrap().stake.shares.0;
    scene.send(&[venue.request_unstake(owner, shares), venue.unstake(owner, wallet)]);
    scene.send(&[venue.close_stake(owner, owner), venue.open_stake(owner, payer)]);
    let reopened: StakeAccount = scene.at.stake_account(&owner).unwrap();
    assert_eq!((reopened.authority, reopened.stake.shares.0), (owner, 0));
    assert_eq!((reopened.stake.requested.0, reopened.stake.ready_ts), (0, 0));
    assert_eq!(scene.at.fund().unwrap().stakes, 1);
}

/// Market 1, settled and empty, and the instruction that closes it.
fn closable(scene: &mut Scene) -> Instruction {
    scene.market(standard());
    let (authority, feed) = (scene.at.authority.pubkey(), scene.at.feeds[1].address);
    let venue = scene.at.venue.clone();
    scene.send(&[venue.schedule_settlement(authority, 1, 0), venue.begin_settlement(1, feed)]);
    venue.close_market(authority, 1, authority, scene.at.fee_account)
}

fn a_closed_market_is_of_no_use_though_its_lamports_come_back(mut scene: Scene) {
    let close = closable(&mut scene);
    let (authority, feed) = (scene.at.authority.pubkey(), scene.at.feeds[1].address);
    let venue = scene.at.venue.clone();
    let uses = vec![
        venue.accrue_market(1, feed),
        venue.sweep_fees(1, scene.at.fee_account),
        venue.schedule_settlement(authority, 1, 0),
        venue.begin_settlement(1, feed),
        close.clone(),
    ];
    refuse_revived(&mut scene, &close, &[venue.market(1)], uses);
    // Nor as a remaining account.
    let (buyer, seller) = (scene.trader(1_000 * USDC), scene.trader(1_000 * USDC));
    let trade = scene.trade_of(&buyer, &seller, 1, 100, 1_000_000);
    let payer = scene.at.chain.payer().pubkey();
    let back = transfer(&payer, &venue.market(1), LAMPORTS);
    scene.refuse_all(&[close, back, trade], ClearingError::NotAMarket);
}

fn the_index_of_a_closed_market_is_not_used_again(mut scene: Scene) {
    let close = closable(&mut scene);
    scene.send(&[close]);
    let (authority, payer) = (scene.at.authority.pubkey(), scene.at.chain.payer().pubkey());
    let (feed, venue) = (scene.at.feeds[0].address, scene.at.venue.clone());
    let again = venue.create_market(authority, payer, 1, feed, standard());
    scene.refuse(again, ErrorCode::ConstraintSeeds);
    scene.send(&[venue.create_market(authority, payer, 2, feed, standard())]);
}

fn a_closed_margin_account_is_of_no_use_though_its_lamports_come_back(mut scene: Scene) {
    let trader = scene.trader(0);
    let (owner, authority) = (trader.key.pubkey(), scene.at.authority.pubkey());
    let (venue, treasury) = (scene.at.venue.clone(), scene.at.treasury);
    scene.at.mint(USDC).unwrap();
    let close = scene.close_of(&trader, false);
    let uses = vec![
        venue.deposit(authority, treasury, trader.address, 1),
        scene.withdraw_of(&trader, 1),
        venue.set_delegate(owner, trader.address, owner),
        scene.settle_of(&trader),
        close.clone(),
    ];
    refuse_revived(&mut scene, &close, &[trader.address], uses);
}

/// A clearinghouse that nobody uses, of an own authority, and the instruction that closes it.
fn empty(scene: &mut Scene) -> (Venue, Instruction) {
    let (creator, payer) = (scene.rich_key(), scene.at.chain.payer().pubkey());
    let venue = Venue::new(creator, scene.at.venue.quote_mint);
    scene.send(&[venue.initialize_clearinghouse(payer, creator, open_settings())]);
    let wallet = scene.wallet(&creator, 10 * USDC);
    scene.send(&[venue.fund_insurance(creator, wallet, USDC)]);
    (venue.clone(), venue.close_clearinghouse(creator, creator, wallet))
}

fn a_closed_clearinghouse_is_of_no_use_though_its_lamports_come_back(mut scene: Scene) {
    let (venue, close) = empty(&mut scene);
    let (creator, payer) = (venue.creator, scene.at.chain.payer().pubkey());
    let feed = scene.at.feeds[0].address;
    let uses = vec![
        venue.create_market(creator, payer, 0, feed, standard()),
        venue.open_margin_account(creator, payer, 0),
        venue.open_stake(creator, payer),
    ];
    let closed = [venue.clearinghouse, venue.custody, venue.insurance_fund];
    refuse_revived(&mut scene, &close, &closed, uses);
}

/// Its first life's revision and market count are gone, so what was signed for that life may fit the new one: an
/// authority that reopens a clearinghouse has to have used up what it signed.
fn a_clearinghouse_closed_and_initialised_in_one_transaction_is_new(mut scene: Scene) {
    let (venue, close) = empty(&mut scene);
    let (creator, payer) = (venue.creator, scene.at.chain.payer().pubkey());
    let initialize = venue.initialize_clearinghouse(payer, creator, open_settings());
    scene.send(&[close, initialize]);
    assert_eq!((scene.tokens(&venue.margin_vault), scene.tokens(&venue.insurance_vault)), (0, 0));
    let feed = scene.at.feeds[0].address;
    let args = CreateMarketArgs { expected_revision: 0, ..standard() };
    scene.send(&[venue.create_market(creator, payer, 0, feed, args)]);
}

fn nothing_is_closed_twice_in_one_transaction(mut scene: Scene) {
    let (owner, _) = staker(&mut scene);
    let trader = scene.trader(0);
    let (venue, close) = empty(&mut scene);
    let market = closable(&mut scene);
    let stake = scene.at.venue.close_stake(owner, owner);
    for close in [stake, scene.close_of(&trader, false), market, close] {
        scene.refuse_all(&[close.clone(), close], ErrorCode::AccountOwnedByWrongProgram);
    }
    assert_eq!(scene.tokens(&venue.insurance_vault), USDC);
}
