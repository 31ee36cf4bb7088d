//! What the program refuses: each with its own error, and with nothing changed.

mod accounts;
mod bankruptcies;
mod markets;
mod oracles;
mod setup;
mod signers;
mod tokens;
mod trades;
