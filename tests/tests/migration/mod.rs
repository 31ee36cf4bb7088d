//! A clearinghouse that the first version of the program wrote, under this one.
//!
//! tests/golden/version_1.txt are its accounts, written by the program of commit 6171859 in a history of trades, a
//! bankruptcy that insurance and the index paid for, and a winner whose claim nobody has paid yet; the last price lags.
//! version_1_fields.txt says what that program read in them.

mod after;
mod bytes;
mod closing;
mod refusals;
mod scene;
mod steps;
mod unmigrated;

/// Turns scenarios `fn(Former)` into a test each on each runtime.
macro_rules! on_former {
    ($($name:ident),* $(,)?) => {
        mod native {
            $(#[test] fn $name() { super::$name(super::Former::place(jettison_tests::native())); })*
        }
        mod elf {
            $(#[test] fn $name() {
                if let Some(chain) = jettison_tests::elf() { super::$name(super::Former::place(chain)); }
            })*
        }
    };
}
use on_former;
