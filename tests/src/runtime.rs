use jettison_embedded::{programs, Chain, ElfFiles};

/// A chain that runs the programs natively.
pub fn native() -> Chain {
    Chain::native(vec![programs::clearing(), programs::price_feed()]).expect("solana-program-test starts")
}

/// A chain that runs the compiled programs; `None`, with a word on how to get them, when they aren't there.
/// `JETTISON_REQUIRE_ELF=1` makes that a failure.
pub fn elf() -> Option<Chain> {
    ElfFiles::chain_for_test()
}
