use jettison_embedded::{programs, Chain};
use std::path::{Path, PathBuf};

/// A chain that runs the programs natively.
pub fn native() -> Chain {
    Chain::native(vec![programs::clearing(), programs::price_feed()]).expect("solana-program-test starts")
}

/// A chain that runs the compiled programs; `None`, with a word on how to get them, when they aren't there.
/// `JETTISON_REQUIRE_ELF=1` makes that a failure.
pub fn elf() -> Option<Chain> {
    let deployed = [(clearing::ID, deployed("clearing.so")), (price_feed::ID, deployed("price_feed.so"))];
    if let Some((_, missing)) = deployed.iter().find(|(_, path)| !path.exists()) {
        let advice = format!("{} isn't there: get it by `cargo xtask build-sbf`", missing.display());
        let required = std::env::var("JETTISON_REQUIRE_ELF").as_deref() == Ok("1");
        assert!(!required, "{advice}");
        println!("left out: {advice}");
        return None;
    }
    Some(Chain::elf(&deployed).expect("the VM takes the programs"))
}

fn deployed(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/deploy").join(file)
}
