use core::fmt;

use anchor_lang::{AnchorDeserialize, Discriminator};
use bytemuck::Pod;
use clearing::events::*;
use clearing::state::v1::{self, Former};

use crate::markets_of;

/// Why bytes are not what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The first eight bytes name another type.
    WrongDiscriminator,
    /// Too short or too long for the type.
    WrongSize,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongDiscriminator => "the account is of another type",
            Self::WrongSize => "the account's size is not that of its type",
        })
    }
}

impl std::error::Error for DecodeError {}

/// Decodes an account of the clearing program, such as [`clearing::state::Market`].
pub fn account<T: Pod + Discriminator>(data: &[u8]) -> Result<T, DecodeError> {
    let body = data.strip_prefix(T::DISCRIMINATOR).ok_or(DecodeError::WrongDiscriminator)?;
    bytemuck::try_pod_read_unaligned(body).map_err(|_| DecodeError::WrongSize)
}

/// Decodes an account of the first version of the layout, such as [`clearing::state::v1::Market`].
pub fn former<T: Former>(data: &[u8]) -> Result<T, DecodeError> {
    let body = data.strip_prefix(&T::DISCRIMINATOR).ok_or(DecodeError::WrongDiscriminator)?;
    bytemuck::try_pod_read_unaligned(body).map_err(|_| DecodeError::WrongSize)
}

/// The markets in which a margin account of the first version has a leg, in ascending order: what its migration needs.
pub fn former_markets(data: &[u8]) -> Result<Vec<u16>, DecodeError> {
    Ok(markets_of(&[former::<v1::MarginAccount>(data)?.upgrade().ledger]))
}

macro_rules! any_event {
    ($($name:ident),* $(,)?) => {
        /// Any event of the clearing program.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum AnyEvent {
            $($name($name),)*
        }

        impl AnyEvent {
            /// The names of all events.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// The event's name, as in the IDL.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }

            /// The bytes that the program logs: discriminator and Borsh.
            pub fn to_bytes(&self) -> Vec<u8> {
                match self {
                    $(Self::$name(event) => anchor_lang::Event::data(event),)*
                }
            }
        }

        /// Decodes an event from the bytes of a `Program data:` line that the clearing program itself logged.
        pub fn event(data: &[u8]) -> Result<AnyEvent, DecodeError> {
            $(
                if let Some(mut body) = data.strip_prefix($name::DISCRIMINATOR) {
                    return $name::deserialize(&mut body)
                        .map(AnyEvent::$name)
                        .map_err(|_| DecodeError::WrongSize);
                }
            )*
            Err(DecodeError::WrongDiscriminator)
        }
    };
}

any_event!(
    ClearinghouseInitialized,
    MarketCreated,
    MarginAccountOpened,
    MarginAccountClosed,
    DelegateSet,
    Deposited,
    Withdrawn,
    MarketAccrued,
    TradeSettled,
    Liquidated,
    Deleveraged,
    BankruptcyResolved,
    AccountSettled,
    FeesSwept,
    InsuranceFunded,
    MarketChangeQueued,
    MarketChanged,
    MarketChangeCancelled,
    ClearinghouseChangeQueued,
    ClearinghouseChanged,
    ClearinghouseChangeCancelled,
    Nominated,
    RoleAccepted,
    Paused,
    SettlementScheduled,
    SettlementBegun,
    MarketClosed,
    ClearinghouseClosed,
    OracleSuspended,
    WithdrawalServed,
    StakeOpened,
    StakeClosed,
    Staked,
    UnstakeRequested,
    Unstaked,
    BankruptcyFlagged,
    ClearinghouseMigrated,
    MarketMigrated,
    MarginAccountMigrated,
);
