//! What each instruction does when it may, exact to the atom.

mod accounts;
mod admin;
mod bankruptcies;
mod closing;
mod deleverages;
mod insurance;
mod liquidations;
mod oracles;
mod prices;
mod settlement;
mod surplus;
mod takeovers;
mod token_2022;
mod trades;
