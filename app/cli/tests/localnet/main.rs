//! Over RPC: the localnet, deployments, prices, and all commands. Needs the localnet's server, and the compiled programs; where
//! `JETTISON_LOCALNET` doesn't name the server these tests are left out, and say so.

mod commands;
mod explain;
mod loader;
mod server;
mod trading;
mod venue;
