//! Removing accounts for real.

use jettison_contagion::{Ablation, AccountId, Score, Scores, ScoresWanted};

use crate::two_markets;

#[test]
fn each_account_is_removed_alone_and_the_saving_stands_beside_its_scores() {
    let scores = Scores::new(&two_markets(), ScoresWanted::default()).unwrap();
    // A loss of 1,000 that is 600 without account 3, 900 without 1, 950 without 4 and 1,200 without 2.
    let run = |removed: &[AccountId]| -> Result<u64, String> {
        Ok(match removed {
            [] => 1_000,
            [AccountId(3)] => 600,
            [AccountId(1)] => 900,
            [AccountId(4)] => 950,
            [AccountId(2)] => 1_200,
            other => return Err(format!("removed {other:?} together")),
        })
    };
    let found = Ablation::run(&scores.top(Score::DebtRank, 4), run).unwrap();
    let saved: Vec<_> =
        found.removals.iter().map(|removal| (removal.score.account.0, removal.saved)).collect();
    assert_eq!(found.baseline, 1_000);
    assert_eq!(saved.iter().map(|(_, saved)| saved).sum::<i128>(), 400 + 100 + 50 - 200);
    assert!(saved.contains(&(3, 400)) && saved.contains(&(2, -200)), "{saved:?}");
    // By DebtRank the order is 3, 1, then 4 and 2 in one of both orders.
    let (score, agreement) = found.agreement[0];
    assert_eq!(score, Score::DebtRank);
    assert!(agreement.unwrap() >= 0.8 - 1e-9, "{agreement:?}");
}

#[test]
fn an_error_of_a_run_ends_the_study() {
    let scores = Scores::new(&two_markets(), ScoresWanted::default()).unwrap();
    let fails = |removed: &[AccountId]| if removed.is_empty() { Ok(1) } else { Err("no such history") };
    assert_eq!(Ablation::run(&scores.accounts, fails), Err("no such history"));
}
