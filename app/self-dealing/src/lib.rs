//! A search over what one owner of several accounts can take from everybody else: both sides of a market opened, trades
//! with oneself, self-liquidation through a third account, well-timed settlements and resolutions, donations, a stake
//! around a loss.
//!
//! A [`strategy::Strategy`] is played in a world of honest holders, stakers and keepers ([`scene`]) by [`play::play`]; what
//! it came to is the owner's tokens at the end, less those at the start, less what exposure to prices brought. Exposure
//! arises when one account of a pair is liquidated or deleveraged; from then on it is a bet that anybody can make.
//! [`search`] tries random strategies and breeds from the best.
#![allow(clippy::cast_possible_wrap, clippy::cast_possible_truncation)]

mod keepers;
mod losses;
pub mod minimize;
mod mutate;
mod owner;
pub mod play;
pub mod print;
pub mod scene;
pub mod search;
pub mod strategy;
pub mod tally;
