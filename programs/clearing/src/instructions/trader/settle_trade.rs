use anchor_lang::prelude::*;
use jettison_engine::{Contracts, Direction, MarketIndex, Price, Terms};

use crate::error::{ClearingError, OrRefuse};
use crate::events::{TradeSettled, TradeSideSettled};
use crate::instructions::now;
use crate::markets::{self, Writable};
use crate::state::{Clearinghouse, Gate, MarginAccount};

/// Arguments of `settle_trade`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct SettleTradeArgs {
    /// The market.
    pub market_index: u16,
    /// Contracts.
    pub size: u64,
    /// Atoms per contract.
    pub price: u64,
    /// Whether the buyer pays the taker's fee; otherwise the seller does.
    pub buyer_is_taker: bool,
}

/// Accounts of `settle_trade`. Remaining: all markets of both accounts and the traded one, which is writable.
#[derive(Accounts)]
pub struct SettleTrade<'info> {
    /// Authority or delegate of the buyer.
    pub buyer_signer: Signer<'info>,
    /// Authority or delegate of the seller.
    pub seller_signer: Signer<'info>,
    /// The clearinghouse.
    pub clearinghouse: AccountLoader<'info, Clearinghouse>,
    /// The buyer.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignAccount)]
    pub buyer: AccountLoader<'info, MarginAccount>,
    /// The seller.
    #[account(mut, has_one = clearinghouse @ ClearingError::ForeignAccount)]
    pub seller: AccountLoader<'info, MarginAccount>,
}

impl SettleTrade<'_> {
    fn validate(&self) -> Result<()> {
        require_keys_neq!(self.buyer.key(), self.seller.key(), ClearingError::SameAccount);
        self.buyer.load()?.require_trader(self.buyer_signer.key)?;
        self.seller.load()?.require_trader(self.seller_signer.key)
    }
}

pub(crate) fn handle<'info>(ctx: Context<'info, SettleTrade<'info>>, args: SettleTradeArgs) -> Result<()> {
    let accounts = &ctx.accounts;
    accounts.validate()?;
    let terms = Terms {
        market: MarketIndex(args.market_index),
        size: Contracts(args.size),
        price: Price(args.price),
        taker: if args.buyer_is_taker { Direction::Long } else { Direction::Short },
    };
    let clearinghouse = accounts.clearinghouse.key();
    let mut loaded =
        markets::load(ctx.remaining_accounts, &clearinghouse, Writable::Only(args.market_index))?;
    let mut markets = loaded.set()?;
    let buyer = &mut accounts.buyer.load_mut()?.ledger;
    let seller = &mut accounts.seller.load_mut()?.ledger;
    let capital_before = (buyer.capital.0, seller.capital.0);
    let now = now()?;
    let outcome = jettison_engine::settle_trade(buyer, seller, &mut markets, &terms, now).or_refuse()?;
    if outcome.opens() {
        accounts.clearinghouse.load()?.pauses.require_open(Gate::Open, now)?;
    }
    let market = markets.get(terms.market).or_refuse()?;
    emit!(TradeSettled {
        market_index: args.market_index,
        size: args.size,
        price: args.price,
        effective_price: market.effective_price.0,
        premium: outcome.premium.0,
        open_interest: market.long.contracts.0,
        buyer: TradeSideSettled::new(accounts.buyer.key(), capital_before.0, buyer, &outcome.buyer),
        seller: TradeSideSettled::new(accounts.seller.key(), capital_before.1, seller, &outcome.seller),
        fees: outcome.fees.into(),
    });
    Ok(())
}
