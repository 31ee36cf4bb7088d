//! How people behave, in small worlds with prices by hand.

mod burdens;
#[path = "../common/mod.rs"]
mod common;
mod crowd;
mod depth;
mod hedgers;
mod keepers;
mod scene;
mod stakers;
mod traders;
