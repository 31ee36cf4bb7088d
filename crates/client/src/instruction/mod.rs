//! Instruction builders, by who sends them.

mod admin;
mod insurance;
mod keeper;
mod migration;
mod trader;

use anchor_lang::prelude::AccountMeta;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::{InstructionData, ToAccountMetas};
use jettison_engine::MarginAccount;

use crate::Venue;

/// Which markets an instruction passes, and which of them it changes.
#[derive(Clone, Copy, Debug)]
pub enum MarketUse<'a> {
    /// All are only read.
    Read(&'a [u16]),
    /// All are read, one is changed too; it is added if it isn't among them.
    Change(u16, &'a [u16]),
    /// All are changed.
    ChangeAll(&'a [u16]),
}

/// The markets in which any of the accounts has a leg, in ascending order, each once.
pub fn markets_of<'a>(ledgers: impl IntoIterator<Item = &'a MarginAccount>) -> Vec<u16> {
    let mut markets: Vec<u16> = ledgers.into_iter().flat_map(|l| l.legs().map(|leg| leg.market.0)).collect();
    markets.sort_unstable();
    markets.dedup();
    markets
}

fn build(
    accounts: impl ToAccountMetas,
    data: impl InstructionData,
    markets: Vec<AccountMeta>,
) -> Instruction {
    let mut metas = accounts.to_account_metas(None);
    metas.extend(markets);
    Instruction { program_id: clearing::ID, accounts: metas, data: data.data() }
}

impl Venue {
    fn metas(&self, markets: MarketUse<'_>) -> Vec<AccountMeta> {
        let mut all = match markets {
            MarketUse::Read(indices) | MarketUse::Change(_, indices) | MarketUse::ChangeAll(indices) => {
                indices.to_vec()
            }
        };
        if let MarketUse::Change(index, _) = markets {
            all.push(index);
        }
        all.sort_unstable();
        all.dedup();
        all.into_iter()
            .map(|index| match markets {
                MarketUse::ChangeAll(_) => AccountMeta::new(self.market(index), false),
                MarketUse::Change(changed, _) if changed == index => {
                    AccountMeta::new(self.market(index), false)
                }
                _ => AccountMeta::new_readonly(self.market(index), false),
            })
            .collect()
    }
}
