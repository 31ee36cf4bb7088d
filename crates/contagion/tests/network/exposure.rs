//! The bipartite graph, its two projections, and what it refuses.

use jettison_contagion::{
    AccountId, ContagionError, Direction, ExposureNetwork, MarketId, Score, Scores, ScoresWanted,
};

use crate::{account, all_close, close, long, market, short, two_markets};

#[test]
fn the_other_side_bears_a_default_by_its_contracts() {
    let network = two_markets();
    let bearers = network.bearers(AccountId(1)).unwrap();
    let found: Vec<_> = bearers.iter().map(|bearer| (bearer.account.0, bearer.loss)).collect();
    assert_eq!(found, [(2, 75.0), (3, 25.0)]);
    assert_eq!(bearers[1].of_equity, Some(0.25));
    // Account 3 is on both markets: 10 % of 250 to account 1, 50 % of 400 to account 4.
    let bearers = network.bearers(AccountId(3)).unwrap();
    let found: Vec<_> = bearers.iter().map(|bearer| (bearer.account.0, bearer.loss)).collect();
    assert_eq!(found, [(4, 200.0), (1, 25.0)]);
}

#[test]
fn a_default_with_nobody_on_the_other_side_falls_on_nobody() {
    let network =
        ExposureNetwork::new(vec![account(1, 1.0)], vec![market(0, 0.1)], &[long(1, 0, 5.0)]).unwrap();
    assert_eq!(network.bearers(AccountId(1)).unwrap(), []);
}

#[test]
fn markets_share_the_accounts_that_are_in_both() {
    let accounts = vec![account(1, 10.0), account(2, 10.0), account(3, 10.0)];
    let markets = vec![market(7, 0.1), market(8, 0.1), market(9, 0.1)];
    let exposures =
        [long(1, 7, 50.0), short(1, 8, 30.0), short(2, 7, 20.0), long(2, 8, 40.0), long(3, 9, 5.0)];
    let shared = ExposureNetwork::new(accounts, markets, &exposures).unwrap().shared_holders();
    assert_eq!(shared.len(), 1);
    assert_eq!((shared[0].first, shared[0].second, shared[0].accounts), (MarketId(7), MarketId(8), 2));
    assert!(close(shared[0].notional, 30.0 + 20.0));
}

#[test]
fn each_side_has_its_own_concentration() {
    let found = two_markets().concentrations();
    let sides: Vec<_> = found.iter().map(|side| (side.market.0, side.direction, side.accounts)).collect();
    let (long, short) = (Direction::Long, Direction::Short);
    assert_eq!(sides, [(0, long, 1), (0, short, 2), (1, long, 1), (1, short, 1)]);
    // 0.75² + 0.25².
    assert!(close(found[1].herfindahl, 0.625) && close(found[1].largest, 0.75));
    assert!(close(found[1].largest_five, 1.0) && close(found[1].notional, 1_000.0));
}

#[test]
fn scores_rank_accounts_by_what_their_default_takes_from_others() {
    let scores = Scores::new(&two_markets(), ScoresWanted::default()).unwrap();
    // 1 takes 75 + 25 + 33.33 + 50 of 1,000 (see the test of DebtRank).
    assert!(close(scores.accounts[0].debtrank, 0.55 / 3.0));
    assert_eq!(scores.accounts[2].leverage, Some(6.5));
    // 3 takes 200 from account 4 and 25 from account 1, which passes 0.25 × 75 on to account 2.
    // From account 4, with h = 2/3: 2/3 of 50 % of 400 back to 3, which has nothing left.
    // Account 2 passes 0.0375 × 75 on to account 1, which has spoken.
    let dollars = 200.0 + 25.0 + 18.75 + 0.0375 * 75.0;
    assert!(close(scores.accounts[2].debtrank, dollars / 1_000.0), "{}", scores.accounts[2].debtrank);
    let top: Vec<u32> = scores.top(Score::DebtRank, 2).iter().map(|score| score.account.0).collect();
    assert_eq!(top, [3, 1]);
    assert_eq!(scores.markets[0].accounts, 3);
    assert!(close(scores.markets[0].notional, 2_000.0));
    // Only account 3 joins the two markets.
    let between: Vec<_> = scores.accounts.iter().map(|score| score.betweenness.unwrap()).collect();
    assert!(between[2] > 0.0 && all_close(&[between[0], between[1], between[3]], &[0.0; 3]));
    let cheap = Scores::new(&two_markets(), ScoresWanted { betweenness: false, shock: 1.0 }).unwrap();
    assert_eq!(cheap.accounts[2].betweenness, None);
}

#[test]
fn an_account_without_equity_has_nothing_to_lose_and_no_leverage() {
    let accounts = vec![account(1, 0.0), account(2, 10.0)];
    let network =
        ExposureNetwork::new(accounts, vec![market(0, 0.5)], &[long(1, 0, 8.0), short(2, 0, 8.0)]).unwrap();
    assert_eq!(network.leverages(), [None, Some(0.8)]);
    let scores = Scores::new(&network, ScoresWanted::default()).unwrap();
    assert!(close(scores.accounts[0].debtrank, 0.4), "what it can't pay is still borne");
    assert_eq!(scores.accounts[1].debtrank, 0.0);
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let build = |equity, rate, exposures: &[_]| {
        ExposureNetwork::new(vec![account(1, equity), account(2, 1.0)], vec![market(0, rate)], exposures)
            .unwrap_err()
    };
    let id = AccountId(1);
    assert_eq!(build(-5.0, 0.1, &[]), ContagionError::BadEquity { account: id, equity: -5.0 });
    let nan = build(f64::NAN, 0.1, &[]).to_string();
    assert!(nan.starts_with("account 1: equity is NaN"), "{nan}");
    assert!(matches!(build(1.0, f64::INFINITY, &[]), ContagionError::BadLossRate { .. }));
    assert!(matches!(build(1.0, 0.1, &[long(1, 0, 0.0)]), ContagionError::BadNotional { .. }));
    assert!(matches!(build(1.0, 0.1, &[long(1, 0, f64::NAN)]), ContagionError::BadNotional { .. }));
    assert_eq!(build(1.0, 0.1, &[long(3, 0, 1.0)]), ContagionError::UnknownAccount(AccountId(3)));
    assert_eq!(build(1.0, 0.1, &[long(1, 4, 1.0)]), ContagionError::UnknownMarket(MarketId(4)));
    let twice = build(1.0, 0.1, &[long(1, 0, 1.0), short(1, 0, 1.0)]);
    assert_eq!(twice, ContagionError::RepeatedExposure { account: id, market: MarketId(0) });
    let again = ExposureNetwork::new(vec![account(1, 1.0), account(1, 2.0)], vec![], &[]).unwrap_err();
    assert_eq!(again, ContagionError::RepeatedAccount(id));
    let again = ExposureNetwork::new(vec![], vec![market(0, 0.1), market(0, 0.2)], &[]).unwrap_err();
    assert_eq!(again, ContagionError::RepeatedMarket(MarketId(0)));
}
