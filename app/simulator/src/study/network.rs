//! The exposure network of a history, and what removing its key nodes would have saved.

use jettison_contagion::{Ablation, AccountScore, Score, Scores, ScoresWanted};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::rows::Rows;
use super::task::Study;
use crate::error::{Error, Result};
use crate::network::exposures;
use crate::rules::Rule;

/// The network at the start of one history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkStudy {
    /// The history: the one with the largest deficit.
    pub history: u64,
    /// Scores of all accounts and markets.
    pub scores: Scores,
    /// What the history would have cost without each key account.
    pub ablation: Ablation,
    /// Positions: account, market, and notional in quote units, negative if short. Of the accounts with the highest scores.
    pub positions: Vec<(u32, u16, f64)>,
}

/// Accounts whose positions are drawn.
const DRAWN: usize = 40;

/// Scores the accounts of the history with the largest deficit, and plays it again without each of the highest.
pub fn network(study: &Study, rows: &Rows) -> Result<Option<NetworkStudy>> {
    let own = rows.rules.iter().filter(|row| row.rule == Rule::Index.name());
    let Some(worst) = own.max_by_key(|row| (row.deficit, u64::MAX - row.history)) else {
        return Ok(None);
    };
    let (history, spec) = (worst.history, study.spec());
    let failed = |error: jettison_contagion::ContagionError| Error::Network(error.to_string());
    study.on_stage(&spec.scenario, &spec.markets, history, |stage| {
        let venue = &stage.crowd.venue;
        let network = exposures(venue, &spec.pairs(), &[stage.crowd.clearer]).map_err(failed)?;
        let scores = Scores::new(&network, ScoresWanted::default()).map_err(failed)?;
        let people = stage.crowd.agents.len();
        let key = key_accounts(&scores, people, spec.removals as usize);
        let without = |score: &AccountScore| -> Result<u64> {
            let removed = [score.account.0 as usize];
            study.on_stage_without(&spec.scenario, &spec.markets, history, &removed, |stage| {
                Ok(stage.play(Rule::Index)?.row.deficit)
            })
        };
        let losses: Vec<u64> = key.par_iter().map(without).collect::<Result<_>>()?;
        let drawn = scores.top(Score::Notional, DRAWN);
        let mut positions = vec![];
        for account in &drawn {
            for market in 0..spec.markets.len() {
                let size = venue.position(account.account.0 as usize, market);
                if size != 0 {
                    let notional =
                        size as f64 * venue.price(market).0 as f64 / crate::agents::population::QUOTE;
                    positions.push((account.account.0, market as u16, notional));
                }
            }
        }
        Ok(Some(NetworkStudy {
            history,
            ablation: Ablation::of_losses(worst.deficit, &key, &losses),
            scores,
            positions,
        }))
    })
}

/// The accounts of people, and not of makers or keepers, that any score puts highest.
fn key_accounts(scores: &Scores, people: usize, count: usize) -> Vec<AccountScore> {
    let each = count.div_ceil(Score::ALL.len()).max(1) * 2;
    let ranked = Score::ALL.map(|score| scores.top(score, scores.accounts.len()));
    let mut key: Vec<AccountScore> = vec![];
    for rank in 0..scores.accounts.len() {
        for found in ranked.iter().filter_map(|ranked| ranked.get(rank)) {
            let is_known = key.iter().any(|known| known.account == found.account);
            if (found.account.0 as usize) < people && !is_known && key.len() < count {
                key.push(*found);
            }
        }
        if key.len() >= count || rank > each * 4 {
            break;
        }
    }
    key
}
