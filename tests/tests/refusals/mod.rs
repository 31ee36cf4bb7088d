//! What the program refuses: each with its own error, and with nothing changed.

mod accounts;
mod bankruptcies;
mod markets;
mod mints;
mod oracle_sources;
mod oracles;
mod pyth_oracles;
mod revivals;
mod setup;
mod signers;
mod switchboard_oracles;
mod token_accounts;
mod tokens;
mod trades;
mod watched;
