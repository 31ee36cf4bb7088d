//! An Anchor program through the shim: accounts, clock, errors, and a CPI into the token program.
#![allow(unexpected_cfgs, reason = "Anchor's macros ask for features that only programs declare")]
#![allow(missing_docs, reason = "Anchor's macros generate public items")]

use anchor_lang::prelude::*;
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::{InstructionData, ToAccountMetas};
use anchor_spl::token::{self, Token, TokenAccount};
use jettison_embedded::{anchor_program, programs, Chain, START_TS};
use solana_signer::Signer as _;

declare_id!("8XvSVPDGTMUjQyGa2AN29QrwPqBnMVMcFKGsqoHQH1SG");

#[program]
mod ticker {
    use super::*;

    pub fn open(ctx: Context<Open>) -> Result<()> {
        ctx.accounts.ticker.last_ts = Clock::get()?.unix_timestamp;
        Ok(())
    }

    pub fn tick(ctx: Context<Tick>) -> Result<()> {
        require!(ctx.accounts.ticker.ticks < 3, TickerError::Worn);
        ctx.accounts.ticker.ticks += 1;
        ctx.accounts.ticker.last_ts = Clock::get()?.unix_timestamp;
        Ok(())
    }

    pub fn pay(ctx: Context<Pay>, atoms: u64) -> Result<()> {
        let transfer = token::Transfer {
            from: ctx.accounts.from.to_account_info(),
            to: ctx.accounts.to.to_account_info(),
            authority: ctx.accounts.owner.to_account_info(),
        };
        token::transfer(CpiContext::new(ctx.accounts.token_program.key(), transfer), atoms)?;
        ctx.accounts.to.reload()?;
        require_eq!(ctx.accounts.to.amount, atoms);
        Ok(())
    }
}

#[account]
#[derive(InitSpace)]
pub struct Ticker {
    pub ticks: u64,
    pub last_ts: i64,
}

#[error_code]
pub enum TickerError {
    #[msg("worn out")]
    Worn,
}

#[derive(Accounts)]
pub struct Open<'info> {
    #[account(init, payer = payer, space = 8 + Ticker::INIT_SPACE, seeds = [b"ticker"], bump)]
    pub ticker: Account<'info, Ticker>,
    #[account(mut)]
    pub payer: Signer<'info>,
    pub system_program: Program<'info, System>,
}

#[derive(Accounts)]
pub struct Tick<'info> {
    #[account(mut, seeds = [b"ticker"], bump)]
    pub ticker: Account<'info, Ticker>,
}

#[derive(Accounts)]
pub struct Pay<'info> {
    #[account(mut)]
    pub from: Account<'info, TokenAccount>,
    #[account(mut)]
    pub to: Account<'info, TokenAccount>,
    pub owner: Signer<'info>,
    pub token_program: Program<'info, Token>,
}

fn call(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    Instruction { program_id: ID, accounts: accounts.to_account_metas(None), data: data.data() }
}

fn chain() -> Chain {
    Chain::native(vec![anchor_program!("ticker", ID, entry)]).unwrap()
}

#[test]
fn an_anchor_program_runs_natively() {
    let mut chain = chain();
    let ticker = Pubkey::find_program_address(&[b"ticker"], &ID).0;
    let payer = chain.payer().pubkey();
    let open = accounts::Open { ticker, payer, system_program: anchor_lang::system_program::ID };
    chain.send(&[call(open, instruction::Open {})], &[]).unwrap();

    let tick = call(accounts::Tick { ticker }, instruction::Tick {});
    for second in 1..=3 {
        chain.set_time(START_TS + second);
        chain.send(std::slice::from_ref(&tick), &[]).unwrap();
    }
    let read = |mut data: &[u8]| Ticker::try_deserialize(&mut data).unwrap();
    let ticker = chain.with_account_data(&ticker, read).unwrap();
    assert_eq!((ticker.ticks, ticker.last_ts), (3, START_TS + 3));

    let failed = chain.send(&[tick], &[]).unwrap_err();
    assert_eq!((failed.instruction, failed.custom), (Some(0), Some(6000)));
}

#[test]
fn a_cpi_of_anchor_spl_moves_tokens_natively() {
    let mut chain = chain();
    let owner = chain.new_keypair();
    let mint = chain.create_mint(6).unwrap();
    let from = chain.create_token_account(&mint, &owner.pubkey()).unwrap();
    let to = chain.create_token_account(&mint, &owner.pubkey()).unwrap();
    chain.mint_to(&mint, &from, 100).unwrap();
    let pay = |atoms| {
        let owner = owner.pubkey();
        call(accounts::Pay { from, to, owner, token_program: token::ID }, instruction::Pay { atoms })
    };
    chain.send(&[pay(30)], &[&owner]).unwrap();
    let balances = |chain: &Chain| (chain.token_balance(&from), chain.token_balance(&to));
    assert_eq!(balances(&chain), (Some(70), Some(30)));

    let failed = chain.send(&[pay(71)], &[&owner]).unwrap_err();
    // The token program's own number for too few funds, through the CPI.
    assert_eq!((failed.instruction, failed.custom), (Some(0), Some(1)));
    assert_eq!(balances(&chain), (Some(70), Some(30)));
}

#[test]
fn the_clearing_program_answers_natively() {
    let mut chain = Chain::native(vec![programs::clearing(), programs::price_feed()]).unwrap();
    let unknown = Instruction::new_with_bytes(clearing::ID, &[0; 8], vec![]);
    let failed = chain.send(&[unknown], &[]).unwrap_err();
    let expected = anchor_lang::error::ErrorCode::InstructionFallbackNotFound;
    assert_eq!(failed.custom, Some(expected.into()));
}
