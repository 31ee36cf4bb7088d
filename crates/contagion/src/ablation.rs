//! What removing an account really saves.

use serde::{Deserialize, Serialize};

use crate::node::AccountId;
use crate::scores::{AccountScore, Score};
use crate::spearman::spearman;

/// One account taken out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Removal {
    /// Its scores before.
    pub score: AccountScore,
    /// The loss of the same history without it, in atoms.
    pub loss: u64,
    /// What removing it saved, in atoms: below zero if the loss was larger without it.
    pub saved: i128,
}

/// The same history run again without each of some accounts: a score is a guess, this is what would have been.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ablation {
    /// The loss with everybody, in atoms.
    pub baseline: u64,
    /// What came of each removal, in the order of the accounts as given.
    pub removals: Vec<Removal>,
    /// How well each score ranks the accounts by what removing them saves: [`spearman`], in the order of [`Score::ALL`].
    pub agreement: Vec<(Score, Option<f64>)>,
}

impl Ablation {
    /// Runs a history with nobody removed and then without each account in its turn. `run` gives the loss, in atoms, of the
    /// history without the accounts it is given; its first error ends the study.
    pub fn run<E>(
        accounts: &[AccountScore],
        run: impl Fn(&[AccountId]) -> Result<u64, E>,
    ) -> Result<Self, E> {
        let baseline = run(&[])?;
        let losses = accounts.iter().map(|score| run(&[score.account]));
        let losses: Vec<u64> = losses.collect::<Result<_, E>>()?;
        Ok(Self::of_losses(baseline, accounts, &losses))
    }

    /// The same of losses that are already known, such as of histories run on several threads: one for each account, in
    /// their order. A missing loss leaves its account out.
    pub fn of_losses(baseline: u64, accounts: &[AccountScore], losses: &[u64]) -> Self {
        let removal = |(&score, &loss): (&AccountScore, &u64)| Removal {
            score,
            loss,
            saved: i128::from(baseline) - i128::from(loss),
        };
        let removals: Vec<Removal> = accounts.iter().zip(losses).map(removal).collect();
        let saved: Vec<f64> = removals.iter().map(|removal| removal.saved as f64).collect();
        let agree = |score: Score| {
            let scores: Vec<f64> = removals.iter().map(|removal| score.of(&removal.score)).collect();
            (score, spearman(&scores, &saved))
        };
        Self { baseline, agreement: Score::ALL.map(agree).to_vec(), removals }
    }
}
