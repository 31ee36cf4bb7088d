//! Accounts and markets as a network, and how distress spreads in it.
