//! What authority and guardian can do, when, and what they can't.

mod abuse;
mod bounds;
mod clearinghouse_changes;
mod exits;
mod gates;
mod guardian;
mod late;
mod market_changes;
mod new_markets;
mod oracle_changes;
mod pauses;
mod restricting;
mod roles;
mod stage;
