//! What a book of accounts implies: the prices at which they fail, and how losses would fall.
//!
//! Nothing here is a rule: every number comes from the engine, asked about copies of the markets with their prices moved.
//! So it is exact, to the atom, for what is asked; what the future brings it doesn't know.
//!
//! | file | what |
//! |---|---|
//! | [`Snapshot`] | markets, accounts and insurance at one time: what all else is asked about |
//! | `account` | [`Snapshot::account`]: health leg by leg, and the prices at which it fails |
//! | `stress` | [`Snapshot::stress`]: who fails in a move of the price, and who pays |
//! | `systemic` | [`Snapshot::systemic`]: a market's expected haircut, concentration, distance to the next cascade |
//! | `haircut` | how a haircut that an event reported came about, charge by charge |
//! | `books` | [`check_books`]: whether the accounts of a clearinghouse balance |
//!
//! Prices are moved alone: no funding passes, nobody acts on the way. A price that is too old to act on is taken as if it
//! had been accrued where it stands.

mod account;
mod books;
mod cascade;
mod grid;
mod haircut;
mod ratio;
mod search;
mod snapshot;
mod stress;
mod systemic;
mod trial;

pub use account::{AccountRisk, LegMargin, LegRisk, Prices, Together};
pub use books::{check_books, Books, Check, Sums};
pub use cascade::{Cascade, Distance, Failing};
pub use grid::{Grid, GridMove};
pub use haircut::{parts_of_haircut, side_shares, Charge};
pub use ratio::Ratio;
pub use search::{Move, MILLION};
pub use snapshot::{Account, Snapshot};
pub use stress::{Failure, MarketLoss, Scenario, Shock};
pub use systemic::{Concentration, MarketRisk, ScenarioRow, SideRisk};
