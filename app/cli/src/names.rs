//! How accounts and markets are named on the command line, and what the names stand for.

use std::convert::Infallible;
use std::str::FromStr;

use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Context as _, Result};
use clearing::state::{MarginAccount, Market};
use jettison_rpc::{OpenVenue, Stored};
use solana_signer::Signer;

use crate::context::{parse_address, Context};
use crate::events::padded_text;

/// A margin account: its address, `OWNER/ID`, or `mine` and `mine/ID` for those of the key that signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountName {
    /// By its address.
    Address(Pubkey),
    /// By owner and number.
    Of(Pubkey, u16),
    /// By number, of the key that signs.
    Mine(u16),
}

impl FromStr for AccountName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let id = |id: &str| {
            id.parse::<u16>().map_err(|_| format!("{id:?} is not an account's number: 0 to 65535"))
        };
        let address = |text: &str| parse_address(text).map_err(|error| error.to_string());
        match text.split_once('/') {
            None if text == "mine" => Ok(Self::Mine(0)),
            None => address(text)
                .map(Self::Address)
                .map_err(|error| format!("{error}; an account is an ADDRESS, OWNER/ID, mine, or mine/ID")),
            Some(("mine", number)) => id(number).map(Self::Mine),
            Some((owner, number)) => Ok(Self::Of(address(owner)?, id(number)?)),
        }
    }
}

impl AccountName {
    /// Its address.
    pub fn address(&self, context: &Context, open: &OpenVenue) -> Result<Pubkey> {
        Ok(match self {
            Self::Address(address) => *address,
            Self::Of(owner, id) => open.venue.margin_account(owner, *id),
            Self::Mine(id) => open.venue.margin_account(&context.signer()?.pubkey(), *id),
        })
    }

    /// The account, which must be one of this clearinghouse.
    pub async fn read(&self, context: &Context, open: &OpenVenue) -> Result<Stored<MarginAccount>> {
        let address = self.address(context, open)?;
        let account: Stored<MarginAccount> = match context.cluster().find(&address).await? {
            Some(account) => account,
            None => bail!("there is no margin account {address}: `jettison account open` opens one"),
        };
        if account.state.clearinghouse != open.venue.clearinghouse {
            bail!("{address} is a margin account of another clearinghouse, {}", account.state.clearinghouse);
        }
        Ok(account)
    }
}

/// A market: its index, or the name that it was created with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarketName {
    /// By index.
    Index(u16),
    /// By name; capitals don't matter.
    Name(String),
}

impl FromStr for MarketName {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.parse().map_or_else(|_| Self::Name(text.to_owned()), Self::Index))
    }
}

/// The name that a market was created with.
pub fn market_name(market: &Market) -> String {
    padded_text(&market.name)
}

/// All markets of the clearinghouse that are not closed, by index.
pub async fn markets(context: &Context, open: &OpenVenue) -> Result<Vec<Stored<Market>>> {
    let addresses: Vec<Pubkey> = (0..open.state.market_count).map(|index| open.venue.market(index)).collect();
    let found = context.cluster().find_all::<Market>(&addresses).await?;
    Ok(found.into_iter().flatten().collect())
}

impl MarketName {
    /// The market.
    pub async fn read(&self, context: &Context, open: &OpenVenue) -> Result<Stored<Market>> {
        match self {
            Self::Index(index) => {
                let found = context.cluster().find(&open.venue.market(*index)).await?;
                found
                    .with_context(|| format!("there is no market {index}: `jettison market list` shows them"))
            }
            Self::Name(name) => Self::pick(name, markets(context, open).await?),
        }
    }

    fn pick(name: &str, all: Vec<Stored<Market>>) -> Result<Stored<Market>> {
        let mut named = all.into_iter().filter(|one| market_name(&one.state).eq_ignore_ascii_case(name));
        match (named.next(), named.next()) {
            (Some(market), None) => Ok(market),
            (None, _) => bail!("there is no market {name}: `jettison market list` shows them"),
            (Some(_), Some(_)) => bail!("several markets are called {name}: give the index"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_three_kinds_of_name() {
        let owner = Pubkey::new_from_array([7; 32]);
        assert_eq!(owner.to_string().parse(), Ok(AccountName::Address(owner)));
        assert_eq!(format!("{owner}/3").parse(), Ok(AccountName::Of(owner, 3)));
        assert_eq!("mine".parse(), Ok(AccountName::Mine(0)));
        assert_eq!("mine/65535".parse(), Ok(AccountName::Mine(u16::MAX)));
        for bad in
            ["", "min", "mine/", "mine/65536", "mine/-1", "/3", "x/3", "11111111111111111111111111111111/x"]
        {
            assert!(bad.parse::<AccountName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_market_is_named_by_index_or_name_and_only_by_one() {
        use bytemuck::Zeroable;
        let named = |name: &[u8]| {
            let mut state = Market::zeroed();
            state.name[..name.len()].copy_from_slice(name);
            Stored { address: Pubkey::default(), state }
        };
        let all = vec![named(b"SOL-USD"), named(b"BTC-USD"), named(b"btc-usd")];
        assert_eq!("7".parse(), Ok(MarketName::Index(7)));
        assert_eq!(market_name(&MarketName::pick("sol-usd", all.clone()).unwrap().state), "SOL-USD");
        let error = |name| MarketName::pick(name, all.clone()).unwrap_err().to_string();
        assert!(error("ETH-USD").contains("no market ETH-USD"));
        assert!(error("BTC-USD").contains("give the index"));
    }
}
