//! A study in parts: each computer plays some of the histories.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::OutputError;
use super::manifest::Run;

/// One of `count` parts, the first with the index 1: `1/4` to `4/4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which, from 1.
    pub index: u64,
    /// Of how many.
    pub count: u64,
}

impl Shard {
    /// All of a study.
    pub const WHOLE: Self = Self { index: 1, count: 1 };

    /// Which of `total` histories are this part's: without gap or overlap, and of sizes that differ by one at most.
    pub fn histories(self, total: u64) -> Range<u64> {
        let end = |index: u64| {
            let end = u128::from(total) * u128::from(index) / u128::from(self.count);
            u64::try_from(end).unwrap_or(total)
        };
        end(self.index - 1)..end(self.index)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = OutputError;

    fn from_str(text: &str) -> Result<Self, OutputError> {
        let bad = || OutputError::BadShard(text.to_owned());
        let (index, count) = text.split_once('/').ok_or_else(bad)?;
        let shard =
            Self { index: index.parse().map_err(|_| bad())?, count: count.parse().map_err(|_| bad())? };
        if (1..=shard.count).contains(&shard.index) {
            Ok(shard)
        } else {
            Err(bad())
        }
    }
}

/// The run that several shards make together, given in any order. Refused unless they are all the shards of one study: the
/// same version, study, seed, parameters, models and inputs, every shard once, their histories without gap.
pub fn merge_runs(runs: &[Run]) -> Result<Run, OutputError> {
    let no = |why: String| Err(OutputError::NotOneStudy(why));
    let Some(first) = runs.first() else { return no("there is none".into()) };
    let mut sorted: Vec<&Run> = runs.iter().collect();
    sorted.sort_by_key(|run| run.shard.index);
    if sorted.len() as u64 != first.shard.count {
        return no(format!("{} of {} were given", sorted.len(), first.shard.count));
    }
    let mut next = sorted[0].histories_from;
    for (run, index) in sorted.iter().zip(1..) {
        if let Some(field) = first.differs_from(run) {
            return no(format!("shards {} and {} differ in their {field}", first.shard, run.shard));
        }
        if run.shard.index != index {
            return no(format!("shard {index}/{} is missing or another is given twice", run.shard.count));
        }
        if run.histories_from != next {
            return no(format!("shard {} begins with history {}, not {next}", run.shard, run.histories_from));
        }
        next = run.histories_to;
    }
    let histories_from = sorted[0].histories_from;
    Ok(Run { shard: Shard::WHOLE, histories_from, histories_to: next, ..first.clone() })
}
