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
mod params;
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
pub use oracles::{standard_on, PythUpdate, SwitchboardFeed};
pub use params::{feed_price, standard, PRICE};
pub use random::Random;
pub use runtime::{elf, native};
pub use scene::Scene;
pub use snapshot::Snapshot;

/// Turns scenarios `fn(Scene)` into a test each on each runtime: `native::name` and `elf::name`.
#[macro_export]
macro_rules! on_both_runtimes {
    ($($name:ident),* $(,)?) => {
        mod native {
            $(#[test] fn $name() { super::$name($crate::Scene::new($crate::native())); })*
        }
        $crate::on_elf!($($name),*);
    };
}

/// Turns scenarios `fn(Scene)` into a test each on the ELF: for what only the runtime decides.
#[macro_export]
macro_rules! on_elf {
    ($($name:ident),* $(,)?) => {
        mod elf {
            $(#[test] fn $name() {
                if let Some(chain) = $crate::elf() { super::$name($crate::Scene::new(chain)); }
            })*
        }
    };
}
