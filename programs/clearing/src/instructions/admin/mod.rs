//! Instructions of the authority and of the guardian.

pub mod accept;
pub mod cancel_clearinghouse_change;
pub mod cancel_market_change;
pub mod change_clearinghouse;
pub mod change_market;
pub mod close_clearinghouse;
pub mod close_market;
pub mod create_market;
pub mod execute_clearinghouse_change;
pub mod execute_market_change;
pub mod initialize_clearinghouse;
pub mod nominate;
pub mod pause;
pub mod schedule_settlement;

pub use accept::*;
pub use cancel_clearinghouse_change::*;
pub use cancel_market_change::*;
pub use change_clearinghouse::*;
pub use change_market::*;
pub use close_clearinghouse::*;
pub use close_market::*;
pub use create_market::*;
pub use execute_clearinghouse_change::*;
pub use execute_market_change::*;
pub use initialize_clearinghouse::*;
pub use nominate::*;
pub use pause::*;
pub use schedule_settlement::*;
