//! Stakes in the insurance fund: what they cost, bear and pay, and how they lapse.

use jettison_engine::*;

pub(crate) const COOLDOWN: u32 = 100;

fn fund(assets: u64, shares: u64, own: u64) -> InsuranceFund {
    InsuranceFund {
        assets: Atoms(assets),
        shares: StakeShares(shares),
        own_shares: StakeShares(own),
        ..InsuranceFund::default()
    }
}

pub(crate) fn staked(fund: &mut InsuranceFund, amount: u64) -> Stake {
    let mut stake = Stake::default();
    fund.open_stake(&mut stake).unwrap();
    fund.stake(&mut stake, Atoms(amount), 0).unwrap();
    stake
}

/// Requests everything at once and takes it out after the cooldown.
pub(crate) fn leave(fund: &mut InsuranceFund, stake: &mut Stake) -> u64 {
    let now = fund.flagged_until.max(0);
    let shares = stake.shares;
    fund.request_unstake(stake, shares, COOLDOWN, now).unwrap();
    fund.unstake(stake, now + i64::from(COOLDOWN)).unwrap().0
}

#[test]
fn shares_are_bought_rounded_down_at_the_price_with_the_virtual_ones() {
    for (name, assets, shares, amount, bought) in [
        ("the first atom", 0, 0, 1, Ok(1_000)),
        ("at the first price", 10, 10_000, 7, Ok(7_000)),
        // floor(10 × 11,000 / 16).
        ("at a price that has risen", 15, 10_000, 10, Ok(6_875)),
        ("rounded down", 15, 10_000, 1, Ok(687)),
        // floor(3 × 11,000 / 6).
        ("at a price that has fallen", 5, 10_000, 3, Ok(5_500)),
        ("exactly a share", 10_999, 10_000, 1, Ok(1)),
        ("less than a share", 11_000, 10_000, 1, Err(EngineError::ZeroSize)),
        ("nothing", 15, 10_000, 0, Err(EngineError::ZeroSize)),
    ] {
        let (mut fund, mut stake) = (fund(assets, shares, shares), Stake::default());
        assert_eq!(fund.stake(&mut stake, Atoms(amount), 0), bought.map(StakeShares), "{name}");
        let bought = bought.unwrap_or(0);
        assert_eq!((stake.shares.0, fund.shares.0), (bought, shares + bought), "{name}");
        assert_eq!(fund.assets.0, if bought > 0 { assets + amount } else { assets }, "{name}");
    }
}

#[test]
fn shares_are_paid_out_rounded_down() {
    for (assets, shares, sold, value) in [
        (10, 10_000, 10_000, 10),
        (10, 10_000, 1_999, 1),
        (10, 10_000, 999, 0),
        // floor(10,000 × 16 / 11,000).
        (15, 10_000, 10_000, 14),
        // floor(10,000 × 6 / 11,000).
        (5, 10_000, 10_000, 5),
        (0, 0, 0, 0),
        (u64::MAX - 1, u64::MAX - 1_000, u64::MAX - 1_000, u64::MAX - 1_000),
    ] {
        let value_of = fund(assets, shares, 0).value_of(StakeShares(sold));
        assert_eq!(value_of, Ok(Atoms(value)), "{sold} of {shares} in {assets}");
    }
}

#[test]
fn no_purchase_makes_the_fund_so_full_of_shares_that_nobody_gets_out() {
    // At 100 shares an atom: 10 atoms buy 1,000, which fit beside the virtual ones to the last share.
    for (amount, fits) in [(9, true), (10, true), (11, false), (18, false), (21, false)] {
        let shares = u64::MAX - 2_000;
        let mut full = fund(shares / 100, shares, shares);
        let mut bought = full;
        assert_eq!(bought.stake(&mut Stake::default(), Atoms(amount), 0).is_ok(), fits, "{amount}");
        assert_eq!(full.endow(Atoms(amount)).is_ok(), fits, "{amount}");
        for after in [full, bought] {
            assert!(!fits || after.value_of(StakeShares(1)).is_ok(), "{amount}");
        }
    }
}

#[test]
fn an_endowment_changes_no_price_and_fees_raise_every_share_alike() {
    let mut fund = InsuranceFund::default();
    let stake = staked(&mut fund, 1_000);
    fund.endow(Atoms(1_000)).unwrap();
    assert_eq!((fund.value_of(stake.shares), fund.own_shares), (Ok(Atoms(1_000)), StakeShares(1_000_000)));
    assert_eq!(fund.endow(Atoms(0)), Err(EngineError::ZeroSize));
    fund.earn(Atoms(2_001)).unwrap();
    // 1,000,000 × 4,002 / 2,001,000.
    assert_eq!(fund.value_of(stake.shares), Ok(Atoms(2_000)));
    fund.earn(Atoms(0)).unwrap();
    assert_eq!(fund.assets, Atoms(4_001));
}

#[test]
fn fees_that_nobody_staked_for_are_the_funds_own_and_no_newcomers() {
    let mut fund = InsuranceFund::default();
    fund.earn(Atoms(1_000_000)).unwrap();
    assert_eq!((fund.shares, fund.own_shares), (StakeShares(1_000_000_000), StakeShares(1_000_000_000)));
    let mut newcomer = staked(&mut fund, 10);
    assert_eq!(leave(&mut fund, &mut newcomer), 10);
    // So are those that the last to leave leaves behind.
    let mut fund = InsuranceFund::default();
    let mut last = staked(&mut fund, 500);
    fund.request_unstake(&mut last, StakeShares(500_000), COOLDOWN, 0).unwrap();
    fund.earn(Atoms(77)).unwrap();
    assert_eq!(fund.unstake(&mut last, 100), Ok(Atoms(500)));
    assert_eq!(
        (fund.assets, fund.shares, fund.own_shares),
        (Atoms(77), StakeShares(77_000), StakeShares(77_000))
    );
}

#[test]
fn a_bankruptcy_flagged_keeps_stakers_waiting_for_a_minute() {
    let mut fund = InsuranceFund { flagged_until: 60, ..InsuranceFund::default() };
    let mut stake = Stake::default();
    assert_eq!(fund.stake(&mut stake, Atoms(5), 59), Err(EngineError::BankruptcyOpen));
    assert_eq!(fund.stake(&mut stake, Atoms(5), 60), Ok(StakeShares(5_000)));
    fund.request_unstake(&mut stake, StakeShares(5_000), 0, 60).unwrap();
    fund.flagged_until = 120;
    assert_eq!(fund.unstake(&mut stake, 119), Err(EngineError::BankruptcyOpen));
    // A request may be made and money may come in meanwhile.
    fund.request_unstake(&mut stake, StakeShares(5_000), 0, 100).unwrap();
    fund.earn(Atoms(1)).unwrap();
    fund.endow(Atoms(1)).unwrap();
    assert_eq!(fund.unstake(&mut stake, 120), Ok(Atoms(5)));
}

#[test]
fn a_stake_is_closed_only_when_empty() {
    let mut fund = InsuranceFund::default();
    let mut stake = staked(&mut fund, 5);
    assert_eq!((fund.stakes, fund.close_stake(&mut stake)), (1, Err(EngineError::AccountNotEmpty)));
    leave(&mut fund, &mut stake);
    assert_eq!((fund.close_stake(&mut stake), fund.stakes), (Ok(()), 0));
    let mut lapsed = staked(&mut fund, 5);
    fund.draw(Atoms(5)).unwrap();
    assert_eq!((fund.close_stake(&mut lapsed), fund.stakes), (Ok(()), 0));
}
