//! Nothing that authority or guardian send, and nothing that comes into force for them, moves anybody's money.

use clearing::state::{InsuranceFund, MarginAccount, StakeAccount};
use jettison_tests::{accounts_of, on_both_runtimes, Scene};

use super::stage::{Stage, ADMIN};

on_both_runtimes!(
    no_instruction_of_the_authority_moves_anybodys_money,
    closing_a_market_moves_fees_and_nothing_else,
);

/// Every margin account, every stake, the fund's ledger and both vaults.
fn money(scene: &Scene) -> (Vec<Vec<u8>>, (u64, u64)) {
    let (chain, known) = (&scene.at.chain, scene.known());
    let margin = accounts_of::<MarginAccount>(chain, known);
    let stakes = accounts_of::<StakeAccount>(chain, known);
    let fund = accounts_of::<InsuranceFund>(chain, known);
    assert_eq!((margin.len(), stakes.len()), (6, 2));
    let keys = margin.iter().map(|(key, _)| key).chain(stakes.iter().map(|(key, _)| key));
    let own = fund.iter().filter(|(_, fund)| fund.clearinghouse == scene.at.venue.clearinghouse);
    let keys = keys.chain(own.map(|(key, _)| key)).chain([&scene.at.venue.custody]);
    let bytes = keys.map(|key| chain.account(key).expect("an account").data).collect();
    (bytes, scene.at.vaults().expect("two vaults"))
}

fn no_instruction_of_the_authority_moves_anybodys_money(scene: Scene) {
    let mut stage = Stage::set(scene);
    let before = stage.scene.snapshot();
    let (had, markets) = (money(&stage.scene), sides(&stage.scene));
    let mut seen = vec![];
    for row in stage.rows() {
        if !ADMIN.contains(&row.name) || row.name == "close_market" {
            continue;
        }
        // `send`, so that the invariants hold after each as well.
        stage.scene.send(&[row.instruction]);
        assert!(!before.changed(&stage.scene.at.chain).is_empty() || row.name == "initialize_clearinghouse");
        assert_eq!(money(&stage.scene), had, "{}", row.name);
        assert_eq!(sides(&stage.scene), markets, "{}", row.name);
        seen.push(row.name);
        before.restore(&mut stage.scene.at.chain);
    }
    assert_eq!(seen, ADMIN[..13]);
}

/// What the markets owe and own: pools, sides, fees.
fn sides(scene: &Scene) -> Vec<[u64; 6]> {
    let money = |market| {
        let book = scene.book(market);
        let fees = book.insurance_fees.0 + book.protocol_fees.0;
        let sides = [book.long.contracts.0, book.short.contracts.0];
        [book.pool.0, book.surplus.0, book.uncovered.0, fees, sides[0], sides[1]]
    };
    (0..3).map(money).collect()
}

fn closing_a_market_moves_fees_and_nothing_else(scene: Scene) {
    let mut stage = Stage::set(scene);
    let ((accounts, vaults), book) = (money(&stage.scene), stage.scene.book(2));
    assert_eq!((book.pool.0, book.legs), (0, 0));
    let close = stage.rows().into_iter().find(|row| row.name == "close_market").expect("it is listed");
    let fees_before = stage.scene.tokens(&stage.scene.at.fee_account);
    stage.scene.send(&[close.instruction]);
    let (accounts_after, vaults_after) = money(&stage.scene);
    let (insurance, protocol) = (book.insurance_fees.0, book.protocol_fees.0);
    assert!(insurance > 0 && protocol > 0);
    assert_eq!(vaults_after, (vaults.0 - insurance - protocol, vaults.1 + insurance));
    assert_eq!(stage.scene.tokens(&stage.scene.at.fee_account), fees_before + protocol);
    // All but the fund's ledger, the last but one, which has earned the fees.
    let kept = accounts.len() - 2;
    assert_eq!(accounts_after[..kept], accounts[..kept]);
    assert_eq!(accounts_after[kept + 1], accounts[kept + 1]);
}
