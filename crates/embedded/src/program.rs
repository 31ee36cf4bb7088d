//! Programs that run as Rust functions of this process.

use anchor_lang::prelude::{AccountInfo, Pubkey};
use solana_program_test::{EbpfVm, InvokeContext};

/// What the runtime calls in place of a program's bytecode; `processor!` of solana-program-test makes one.
pub type Builtin = fn(*mut EbpfVm<'_, InvokeContext<'static, 'static>>, u64, u64, u64, u64, u64);

/// A program for [`Chain::native`](crate::Chain::native): [`native_program!`](crate::native_program) or
/// [`anchor_program!`](crate::anchor_program) makes one.
pub struct NativeProgram {
    /// Name in the runtime's logs.
    pub name: &'static str,
    /// Address.
    pub id: Pubkey,
    /// Its code.
    pub builtin: Builtin,
}

/// `native_program!(name, id, function)`: a program whose entry is `fn(&Pubkey, &[AccountInfo], &[u8])`.
#[macro_export]
macro_rules! native_program {
    ($name:expr, $id:expr, $process:expr) => {{
        let builtin: ::core::option::Option<$crate::Builtin> = $crate::macro_support::processor!($process);
        $crate::NativeProgram { name: $name, id: $id, builtin: builtin.expect("processor! gives Some") }
    }};
}

/// `anchor_program!(name, id, entry)`: an Anchor program by its generated `entry`.
///
/// `entry` wants one lifetime for its arguments and for what the accounts hold; the runtime gives several.
/// This puts the shim between them.
#[macro_export]
macro_rules! anchor_program {
    ($name:expr, $id:expr, $entry:path) => {{
        fn process(
            program_id: &$crate::macro_support::Pubkey,
            accounts: &[$crate::macro_support::AccountInfo<'_>],
            data: &[u8],
        ) -> $crate::macro_support::ProgramResult {
            // SAFETY: `entry` is code that Anchor generates: it writes through the accounts' cells and leaves no
            // reference of its own in them.
            let accounts = unsafe { $crate::macro_support::tie_lifetimes(accounts) };
            $entry(program_id, accounts, data)
        }
        $crate::native_program!($name, $id, process)
    }};
}

/// Shortens what the accounts hold to the borrow of the slice itself.
///
/// # Safety
/// An `AccountInfo<'a>` keeps `&'a mut` references in shared cells, which makes `'a` invariant: code that sees
/// a shorter lifetime could leave a reference there that dies before `'a` does. The caller vouches that the
/// code receiving the result replaces none of them by a shorter-lived one.
#[doc(hidden)]
pub unsafe fn tie_lifetimes<'a>(accounts: &'a [AccountInfo<'_>]) -> &'a [AccountInfo<'a>] {
    // SAFETY: the types differ in a lifetime only, and the referents outlive `'a`; the rest is the caller's.
    unsafe { std::mem::transmute::<&'a [AccountInfo<'_>], &'a [AccountInfo<'a>]>(accounts) }
}

/// This workspace's programs.
pub mod programs {
    use super::NativeProgram;

    /// The clearing program.
    pub fn clearing() -> NativeProgram {
        crate::anchor_program!("clearing", clearing::ID, clearing::entry)
    }

    /// The stand-in oracle.
    pub fn price_feed() -> NativeProgram {
        crate::native_program!("price_feed", price_feed::ID, price_feed::process_instruction)
    }
}
