//! The fixture of the integration tests: [`Scene`], a clearinghouse on either runtime, whose every successful
//! transaction is followed by a check of the invariants and whose every refusal is checked to have changed
//! nothing.

mod authority;
mod code;
mod foreign;
mod funds;
mod golden;
mod invariants;
mod oracles;
mod random;
mod runtime;
mod scene;
mod snapshot;
mod steps;

pub use authority::{bit, settings_of, TIMELOCK};
pub use code::Code;
pub use foreign::Foreign;
pub use funds::Staker;
pub use golden::{to_hex, Golden};
pub use invariants::{accounts_of, Held};
pub use jettison_embedded::{feed_price, standard, PRICE};
pub use oracles::{standard_on, PythUpdate, SwitchboardFeed};
pub use random::Random;
pub use runtime::{elf, elf_venue, native, native_venue};
pub use scene::Scene;
pub use snapshot::Snapshot;

/// Turns scenarios `fn(Scene)` into a test each on each runtime: `native::name` and `elf::name`. Before the names there may
/// be who starts the chains: `native, elf;`.
#[macro_export]
macro_rules! on_both_runtimes {
    ($native:path, $elf:path; $($name:ident),* $(,)?) => {
        mod native {
            $(#[test] fn $name() { super::$name($crate::Scene::new($native())); })*
        }
        $crate::on_elf!($elf; $($name),*);
    };
    ($($name:ident),* $(,)?) => {
        $crate::on_both_runtimes!($crate::native, $crate::elf; $($name),*);
    };
}

/// Turns scenarios `fn(Scene)` into a test each on the ELF: for what only the runtime decides.
#[macro_export]
macro_rules! on_elf {
    ($elf:path; $($name:ident),* $(,)?) => {
        mod elf {
            $(#[test] fn $name() {
                if let Some(chain) = $elf() { super::$name($crate::Scene::new(chain)); }
            })*
        }
    };
    ($($name:ident),* $(,)?) => {
        $crate::on_elf!($crate::elf; $($name),*);
    };
}
