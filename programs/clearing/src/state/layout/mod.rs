//! How the engine's states lie in the accounts, told to the IDL.
//!
//! The engine knows nothing of Anchor, so its types can't describe themselves. Each has a mirror here, field by
//! field, and every build checks it: that a public field is where the engine has it and holds the same kind of
//! number, and that nothing is left over. So the IDL can't drift from the bytes. A field added to a state of the
//! engine needs a line in its mirror, in the same place; a new state a mirror; a new quantity a line in `plain!`.
//!
//! The indices are 128-bit numbers, little-endian, kept as two 64-bit words because account data is aligned to 8.

mod account;
mod custody;
mod insurance;
mod market;

use core::marker::PhantomData;

use jettison_engine as engine;

/// A type of the engine that the IDL can tell.
pub(super) trait Mirrored {
    /// What it is in the IDL: same size, same bytes.
    type Mirror;
}

impl<T: Mirrored, const N: usize> Mirrored for [T; N] {
    type Mirror = [T::Mirror; N];
}

macro_rules! plain {
    ($($engine:ty => $mirror:ty),* $(,)?) => {
        $(impl Mirrored for $engine {
            type Mirror = $mirror;
        })*
    };
}

// Quantities are plain numbers in the IDL; its names and docs say what they count.
plain! {
    u8 => u8,
    u16 => u16,
    u32 => u32,
    u64 => u64,
    i64 => i64,
    engine::Atoms => u64,
    engine::Bps => u16,
    engine::Contracts => u64,
    engine::LossIndex => [u64; 2],
    engine::MarketIndex => u16,
    engine::Price => u64,
    engine::SettlementIndex => [u64; 2],
    engine::Shares => u64,
    engine::SignedAtoms => i64,
    engine::StakeShares => u64,
}

/// The type of a field's mirror.
fn mirror_of<T: Mirrored>(_: &T) -> PhantomData<T::Mirror> {
    PhantomData
}

/// Stands in for `IdlBuild`, which can't be implemented here for a type of another crate. Anchor's macros call these
/// functions on the type of a field without naming the trait, so an account that embeds a state of the engine only
/// has to bring this one into scope.
#[cfg(feature = "idl-build")]
pub(super) trait InIdl {
    /// Its definition.
    fn create_type() -> Option<IdlTypeDef>;
    /// Adds the definitions of the types in it.
    fn insert_types(types: &mut BTreeMap<String, IdlTypeDef>);
    /// Its name with the path.
    fn get_full_path() -> String;
}

#[cfg(feature = "idl-build")]
use {
    anchor_lang::idl::{build::IdlBuild, types::IdlTypeDef},
    std::collections::BTreeMap,
};

/// Mirrors a state of the engine. Fields that the engine keeps private come last and under `private`: of these only
/// the total size can be checked here, so tests/tests/idl.rs compares their values.
macro_rules! mirror {
    ($(#[$about:meta])* $mirror:ident = $engine:ty {
        $($(#[$doc:meta])* $field:ident: $type:tt,)*
    } $(private {
        $($(#[$private_doc:meta])* $private:ident: $private_type:tt,)*
    })?) => {
        $(#[$about])*
        // Never made: it is there to be described and measured.
        #[allow(dead_code)]
        #[anchor_lang::prelude::zero_copy]
        pub struct $mirror {
            $($(#[$doc])* $field: $type,)*
            $($($(#[$private_doc])* $private: $private_type,)*)?
        }

        const _: () = {
            $(assert!(
                core::mem::offset_of!($mirror, $field) == core::mem::offset_of!($engine, $field),
                concat!(stringify!($mirror), ".", stringify!($field), " is elsewhere in the engine"),
            );)*
            assert!(
                core::mem::size_of::<$mirror>() == core::mem::size_of::<$engine>(),
                concat!(stringify!($mirror), " has another size in the engine: a field is missing"),
            );
            assert!(core::mem::align_of::<$mirror>() == core::mem::align_of::<$engine>());
        };

        const _: fn(&$engine) = |_state| {
            $(let _: core::marker::PhantomData<$type> = super::mirror_of(&_state.$field);)*
        };

        impl super::Mirrored for $engine {
            type Mirror = $mirror;
        }

        #[cfg(feature = "idl-build")]
        impl super::InIdl for $engine {
            fn create_type() -> Option<super::IdlTypeDef> {
                <$mirror as super::IdlBuild>::create_type()
            }

            fn insert_types(types: &mut super::BTreeMap<String, super::IdlTypeDef>) {
                <$mirror as super::IdlBuild>::insert_types(types);
            }

            fn get_full_path() -> String {
                <$mirror as super::IdlBuild>::get_full_path()
            }
        }
    };
}
use mirror;
