//! A keeper against a server that fails in every way that servers fail, before a chain that runs the program.

mod server;
mod stage;
mod trouble;
mod work;
mod world;
