//! A clearinghouse over RPC: what the command line and the keeper share.
