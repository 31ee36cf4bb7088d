//! What a transaction of the crash can do: how the engine's shadow is told, and how the program is.

use anchor_lang::solana_program::instruction::Instruction;
use anyhow::Result;
use clearing::instructions::{LiquidateArgs, SettleTradeArgs};
use jettison_client::markets_of;
use jettison_engine::{
    Atoms, Contracts, DeleverageOutcome, Direction, LiquidationOutcome, Price, Resolution, Terms,
};
use solana_signer::Signer;

use super::world::{Id, World};

/// One instruction of the clearing program.
#[derive(Clone, Debug)]
pub enum Op {
    /// Post a price to a market's feed and accrue the market.
    Accrue { market: u16, feed_price: i64, target: Price },
    /// Trade between two accounts.
    Trade { buyer: Id, seller: Id, terms: Terms },
    /// Take over part of a position.
    Liquidate { account: Id, keeper: Id, market: u16, max: Contracts },
    /// Close a position without a counterparty.
    Deleverage { account: Id, keeper: Id, market: u16 },
    /// Resolve a bankruptcy.
    Resolve { account: Id, keeper: Id },
    /// Settle an account.
    Settle { account: Id },
    /// Take capital out, to the treasury.
    Withdraw { account: Id, amount: Atoms },
    /// Close an account; with `waive`, give up what its pools can't pay.
    Close { account: Id, waive: bool },
    /// Sweep a market's fees.
    Sweep { market: u16 },
}

/// What an operation did.
#[derive(Clone, Debug)]
pub enum Outcome {
    Liquidated(LiquidationOutcome),
    Deleveraged(DeleverageOutcome),
    Resolved(Box<Resolution>),
    Settled,
    Accrued {
        /// What a long contract paid, in units of 2⁻⁴⁴ atoms.
        funding: i128,
    },
    /// A trade or a withdrawal: nothing to count.
    Done,
    Closed {
        waived: Atoms,
    },
    Swept {
        protocol: Atoms,
    },
}

impl Op {
    /// The margin accounts that it may change.
    pub fn accounts(&self) -> impl Iterator<Item = Id> {
        let [a, b] = match *self {
            Self::Accrue { .. } | Self::Sweep { .. } => [None, None],
            Self::Trade { buyer, seller, .. } => [Some(buyer), Some(seller)],
            Self::Liquidate { account, keeper, .. }
            | Self::Deleverage { account, keeper, .. }
            | Self::Resolve { account, keeper } => [Some(account), Some(keeper)],
            Self::Settle { account } | Self::Withdraw { account, .. } | Self::Close { account, .. } => {
                [Some(account), None]
            }
        };
        a.into_iter().chain(b)
    }

    /// The account that it closes.
    pub fn closes(&self) -> Option<Id> {
        match *self {
            Self::Close { account, .. } => Some(account),
            _ => None,
        }
    }

    /// The most atoms that it can leave in pools by rounding an index.
    pub fn most_dust((op, outcome): (&Self, &Outcome)) -> u64 {
        match (op, outcome) {
            (Self::Accrue { .. }, _) => 2,
            (_, Outcome::Resolved(resolution)) => resolution.count as u64,
            _ => 0,
        }
    }

    /// The owners who must sign.
    pub fn signers(&self) -> impl Iterator<Item = Id> {
        let [a, b] = match *self {
            Self::Trade { buyer, seller, .. } => [Some(buyer), Some(seller)],
            Self::Liquidate { keeper, .. } | Self::Resolve { keeper, .. } => [Some(keeper), None],
            Self::Withdraw { account, .. } | Self::Close { account, .. } => [Some(account), None],
            _ => [None, None],
        };
        a.into_iter().chain(b)
    }

    /// Whether the venue's authority must sign: it posts the prices.
    pub fn needs_authority(&self) -> bool {
        matches!(self, Self::Accrue { .. })
    }

    /// The program's instructions with their names. Needs the state before the operation: it decides which markets
    /// are passed.
    pub fn instructions(&self, world: &mut World) -> Result<Vec<(&'static str, Instruction)>> {
        if let Self::Accrue { market, feed_price, .. } = *self {
            let [post, accrue] = world.venue.price_instructions(market, feed_price);
            return Ok(vec![("post", post), ("accrue_market", accrue)]);
        }
        Ok(vec![self.instruction(world)])
    }

    fn instruction(&self, world: &World) -> (&'static str, Instruction) {
        let venue = &world.venue.venue;
        let treasury = world.venue.treasury;
        let payer = world.venue.chain.payer().pubkey();
        let address = |id: Id| world.traders[id].address;
        let owner = |id: Id| world.traders[id].key.pubkey();
        let markets = |ids: &[Id]| markets_of(ids.iter().map(|id| &world.ledgers[*id]));
        match *self {
            Self::Accrue { .. } => unreachable!("built above: it needs the feed's state"),
            Self::Trade { buyer, seller, terms } => {
                let args = SettleTradeArgs {
                    market_index: terms.market.0,
                    size: terms.size.0,
                    price: terms.price.0,
                    buyer_is_taker: terms.taker == Direction::Long,
                };
                let signers = [owner(buyer), owner(seller)];
                let all = markets(&[buyer, seller]);
                ("settle_trade", venue.settle_trade(signers, address(buyer), address(seller), args, &all))
            }
            Self::Liquidate { account, keeper, market, max } => {
                let args = LiquidateArgs { market_index: market, max_size: max.0 };
                let all = markets(&[account, keeper]);
                ("liquidate", venue.liquidate(owner(keeper), address(account), address(keeper), args, &all))
            }
            Self::Deleverage { account, keeper, market } => (
                "deleverage",
                venue.deleverage(address(account), Some(address(keeper)), market, &markets(&[account])),
            ),
            Self::Resolve { account, keeper } => {
                let all = markets(&[account]);
                let caller = Some(address(keeper));
                (
                    "resolve_bankruptcy",
                    venue.resolve_bankruptcy(owner(keeper), address(account), caller, false, &all),
                )
            }
            Self::Settle { account } => {
                ("settle_account", venue.settle_account(address(account), &markets(&[account])))
            }
            Self::Withdraw { account, amount } => {
                let all = markets(&[account]);
                ("withdraw", venue.withdraw(owner(account), address(account), treasury, amount.0, &all))
            }
            Self::Close { account, waive } => {
                let all = if waive { markets(&[account]) } else { vec![] };
                (
                    "close_margin_account",
                    venue.close_margin_account(owner(account), address(account), payer, waive, &all),
                )
            }
            Self::Sweep { market } => ("sweep_fees", venue.sweep_fees(market, world.venue.fee_account)),
        }
    }
}
