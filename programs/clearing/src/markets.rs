//! The markets of an instruction: its remaining accounts.

use core::cell::RefMut;
use core::mem::size_of;

use anchor_lang::prelude::*;
use anchor_lang::Discriminator;
use jettison_engine::{MarketIndex, Markets};

use crate::error::{ClearingError, OrRefuse};
use crate::migration;
use crate::state::{v1, Market};

/// Borrows of the markets passed as remaining accounts.
pub struct LoadedMarkets<'a> {
    books: Vec<RefMut<'a, jettison_engine::Market>>,
}

/// Borrows each remaining account as a market of `clearinghouse`.
///
/// A market that is only read for its price need not be writable; the runtime refuses a change to one that
/// isn't, and `writable` names those that will change so that the refusal is a readable one.
pub fn load<'a>(
    accounts: &'a [AccountInfo<'_>],
    clearinghouse: &Pubkey,
    writable: Writable,
) -> Result<LoadedMarkets<'a>> {
    let mut books = Vec::with_capacity(accounts.len());
    for account in accounts {
        let market = borrow(account, clearinghouse)?;
        require!(account.is_writable || !writable.includes(market.index), ClearingError::MarketNotWritable);
        books.push(market);
    }
    Ok(LoadedMarkets { books })
}

/// Which of the markets an instruction changes.
#[derive(Clone, Copy, Debug)]
pub enum Writable {
    /// None: they are only read.
    None,
    /// One of them.
    Only(u16),
    /// All of them.
    All,
}

impl Writable {
    fn includes(self, index: MarketIndex) -> bool {
        match self {
            Self::None => false,
            Self::Only(only) => index.0 == only,
            Self::All => true,
        }
    }
}

impl<'a> LoadedMarkets<'a> {
    /// The set, in strictly ascending order, for the engine.
    pub fn set(&mut self) -> Result<Markets<'_, RefMut<'a, jettison_engine::Market>>> {
        Markets::new(&mut self.books).or_refuse()
    }
}

/// Owner, discriminator, size and clearinghouse are checked; a market of this program has one address for each
/// pair of clearinghouse and index, so nothing more is needed to know it is the real one.
fn borrow<'a>(
    account: &'a AccountInfo<'_>,
    clearinghouse: &Pubkey,
) -> Result<RefMut<'a, jettison_engine::Market>> {
    require!(*account.owner == crate::ID, ClearingError::NotAMarket);
    // The same account twice would already be borrowed here.
    let Ok(data) = account.try_borrow_mut_data() else {
        return err!(crate::error::ClearingError::MarketRepeated);
    };
    if data.len() != Market::SPACE || !data.starts_with(Market::DISCRIMINATOR) {
        require!(!migration::is_former::<v1::Market>(&data), ClearingError::WrongVersion);
        return err!(ClearingError::NotAMarket);
    }
    let market: RefMut<'a, Market> =
        RefMut::map(data, |data| bytemuck::from_bytes_mut(&mut data[8..8 + size_of::<Market>()]));
    require!(market.clearinghouse == *clearinghouse, ClearingError::ForeignMarket);
    Ok(RefMut::map(market, |market| &mut market.book))
}
