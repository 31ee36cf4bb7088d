use jettison_embedded::{anchor_program, programs, Chain, ElfFiles};

/// A chain that runs the programs natively.
pub fn native() -> Chain {
    Chain::native(vec![programs::clearing(), programs::price_feed()]).expect("solana-program-test starts")
}

/// A chain that runs the compiled programs; `None`, with a word on how to get them, when they aren't there.
/// `JETTISON_REQUIRE_ELF=1` makes that a failure.
pub fn elf() -> Option<Chain> {
    ElfFiles::chain_for_test()
}

/// As [`native`], with the example of a venue program.
pub fn native_venue() -> Chain {
    let venue = anchor_program!("example_venue", example_venue::ID, example_venue::entry);
    let programs = vec![programs::clearing(), programs::price_feed(), venue];
    Chain::native(programs).expect("solana-program-test starts")
}

/// As [`elf`], with the example of a venue program.
pub fn elf_venue() -> Option<Chain> {
    ElfFiles::chain_for_test_with(&[(example_venue::ID, "example_venue")])
}
