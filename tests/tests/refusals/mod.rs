//! What the program refuses: each with its own error, and with nothing changed.

mod accounts;
mod bankruptcies;
mod markets;
mod mints;
mod oracles;
mod setup;
mod signers;
mod token_accounts;
mod tokens;
mod trades;
