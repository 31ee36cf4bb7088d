//! Money that isn't margin: the insurance fund and who stakes in it, what may leave the margin vault and when, what one
//! side pays the other; and attacks on each.

mod allowance;
mod atomic;
mod breakers;
mod destinations;
mod flags;
mod funding;
mod haircuts;
mod inflation;
mod joiners;
mod logs;
mod orders;
mod prefunding;
mod queue;
mod queue_history;
mod receive;
mod rounding;
mod stable_price;
mod stake_accounts;
mod stake_losses;
mod stake_tokens;
mod staking;
mod throttle;
mod wash;
