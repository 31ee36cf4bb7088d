//! Winding down: a final price, everybody out, the accounts closed.

mod closing;
mod dead_oracle;
mod final_price;
mod grace;
mod lapsing;
mod life;
mod reopening;
mod scheduled;
mod shutting;
