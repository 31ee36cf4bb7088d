//! A clearinghouse on an embedded chain: what the CLI's crash, its measurements and the tests all start from.

use crate::{Chain, Executed, Failed};
use anchor_lang::prelude::{Pubkey, Rent};
use anchor_lang::solana_program::instruction::Instruction;
use anchor_lang::solana_program::system_instruction;
use anyhow::{anyhow, Context, Result};
use clearing::instructions::{CreateMarketArgs, SettleTradeArgs};
use clearing::state::{
    Clearinghouse, ClearinghouseSettings, Custody, InsuranceFund, MarginAccount, Market, StakeAccount,
};
use jettison_client::{account, markets_of, Venue};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Decimal exponent of the feeds that [`EmbeddedVenue`] makes.
pub const FEED_EXPONENT: i32 = -12;

/// Decimals of the quote mint.
pub const QUOTE_DECIMALS: u8 = 6;

/// Settings under which nothing waits: no timelock, no cooldown, no guardian, and a throttle that lets everything out.
pub fn open_settings() -> ClearinghouseSettings {
    ClearinghouseSettings {
        guardian: Pubkey::default(),
        withdrawal_floor_atoms: u64::MAX >> 2,
        withdrawal_window_seconds: 1,
        timelock_seconds: 0,
        unstake_cooldown_seconds: 0,
        withdrawal_limit_bps: 10_000,
        reserved: 0,
    }
}

/// A market's stand-in oracle.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Its account. The venue's authority posts to it.
    pub address: Pubkey,
    /// The price posted last, in units of `10^FEED_EXPONENT`.
    pub price: i64,
}

/// A margin account and who owns it.
pub struct Trader {
    /// The owner.
    pub key: Keypair,
    /// The margin account.
    pub address: Pubkey,
}

/// A clearinghouse with its markets on an embedded chain.
///
/// The authority created it, posts the prices and owns the treasury: a token account from which deposits are
/// made and to which withdrawals may go.
pub struct EmbeddedVenue {
    /// The chain.
    pub chain: Chain,
    /// The addresses.
    pub venue: Venue,
    /// Creator and authority.
    pub authority: Keypair,
    /// Token account of the authority.
    pub treasury: Pubkey,
    /// Token account that protocol fees are swept to; the authority owns it.
    pub fee_account: Pubkey,
    /// One for each market.
    pub feeds: Vec<Feed>,
}

impl EmbeddedVenue {
    /// Opens a clearinghouse for a new quote mint of SPL Token.
    pub fn open(mut chain: Chain) -> Result<Self> {
        let authority = chain.new_keypair();
        let quote_mint = chain.create_mint(QUOTE_DECIMALS)?;
        let venue = Venue::new(authority.pubkey(), quote_mint);
        Self::open_at(chain, authority, venue, open_settings())
    }

    /// Opens a clearinghouse for a new Token-2022 mint without extensions.
    pub fn open_token_2022(mut chain: Chain) -> Result<Self> {
        let authority = chain.new_keypair();
        let quote_mint = chain.create_mint_2022(QUOTE_DECIMALS, &[])?;
        let venue = Venue::new_token_2022(authority.pubkey(), quote_mint);
        Self::open_at(chain, authority, venue, open_settings())
    }

    fn open_at(
        mut chain: Chain,
        authority: Keypair,
        venue: Venue,
        settings: ClearinghouseSettings,
    ) -> Result<Self> {
        let quote_mint = venue.quote_mint;
        let treasury = chain.create_token_account(&quote_mint, &authority.pubkey())?;
        let fee_account = chain.create_token_account(&quote_mint, &authority.pubkey())?;
        let payer = chain.payer().pubkey();
        let open = venue.initialize_clearinghouse(payer, authority.pubkey(), settings);
        chain.send(&[open], &[&authority]).context("opening the clearinghouse")?;
        Ok(Self { chain, venue, authority, treasury, fee_account, feeds: vec![] })
    }

    /// Creates a feed at `price` (units of `10^FEED_EXPONENT`) and the next market on it; returns its index.
    pub fn create_market(&mut self, price: i64, args: CreateMarketArgs) -> Result<u16, Failed> {
        let address = self.create_feed(price)?;
        let index = self.feeds.len() as u16;
        let authority = self.authority.pubkey();
        let payer = self.chain.payer().pubkey();
        let create = self.venue.create_market(authority, payer, index, address, args);
        self.chain.send(&[create], &[&self.authority])?;
        self.feeds.push(Feed { address, price });
        Ok(index)
    }

    fn create_feed(&mut self, price: i64) -> Result<Pubkey, Failed> {
        let key = self.chain.new_keypair();
        let (feed, authority) = (key.pubkey(), self.authority.pubkey());
        let rent = Rent::default().minimum_balance(price_feed::FEED_LEN);
        let payer = self.chain.payer().pubkey();
        let space = price_feed::FEED_LEN as u64;
        let instructions = [
            system_instruction::create_account(&payer, &feed, rent, space, &price_feed::ID),
            price_feed::instruction::initialize(&feed, &authority, FEED_EXPONENT),
            price_feed::instruction::post(&feed, &authority, price, 0, self.chain.now()),
        ];
        self.chain.send(&instructions, &[&key, &self.authority])?;
        Ok(feed)
    }

    /// Mints `atoms` into the treasury.
    pub fn mint(&mut self, atoms: u64) -> Result<(), Failed> {
        self.chain.mint_to(&self.venue.quote_mint, &self.treasury, atoms)
    }

    /// Opens a margin account of a new owner.
    pub fn open_account(&mut self) -> Result<Trader, Failed> {
        let key = self.chain.new_keypair();
        let payer = self.chain.payer().pubkey();
        let open = self.venue.open_margin_account(key.pubkey(), payer, 0);
        self.chain.send(&[open], &[&key])?;
        Ok(Trader { address: self.venue.margin_account(&key.pubkey(), 0), key })
    }

    /// Mints `atoms` and deposits them into a margin account.
    pub fn deposit(&mut self, margin_account: &Pubkey, atoms: u64) -> Result<Executed, Failed> {
        self.mint(atoms)?;
        let deposit = self.venue.deposit(self.authority.pubkey(), self.treasury, *margin_account, atoms);
        self.chain.send(&[deposit], &[&self.authority])
    }

    /// Opens a margin account with `atoms` of capital.
    pub fn open_funded(&mut self, atoms: u64) -> Result<Trader, Failed> {
        let trader = self.open_account()?;
        self.deposit(&trader.address, atoms)?;
        Ok(trader)
    }

    /// Mints `atoms` and gives them to the insurance fund.
    pub fn fund_insurance(&mut self, atoms: u64) -> Result<Executed, Failed> {
        self.mint(atoms)?;
        let fund = self.venue.fund_insurance(self.authority.pubkey(), self.treasury, atoms);
        self.chain.send(&[fund], &[&self.authority])
    }

    /// The instructions that post a price (units of `10^FEED_EXPONENT`) at the chain's time and accrue its market.
    /// The authority signs.
    pub fn price_instructions(&mut self, index: u16, price: i64) -> [Instruction; 2] {
        let (now, authority) = (self.chain.now(), self.authority.pubkey());
        let feed = &mut self.feeds[usize::from(index)];
        feed.price = price;
        [
            price_feed::instruction::post(&feed.address, &authority, price, 0, now),
            self.venue.accrue_market(index, feed.address),
        ]
    }

    /// Posts a price and accrues.
    pub fn set_price(&mut self, index: u16, price: i64) -> Result<Executed, Failed> {
        let instructions = self.price_instructions(index, price);
        self.chain.send(&instructions, &[&self.authority])
    }

    /// Posts every market's last price again and accrues it, so that no price is stale.
    pub fn refresh(&mut self) -> Result<(), Failed> {
        for index in 0..self.feeds.len() as u16 {
            self.set_price(index, self.feeds[usize::from(index)].price)?;
        }
        Ok(())
    }

    /// Settles a trade at the market's effective price; the buyer is the taker.
    pub fn trade(
        &mut self,
        buyer: &Trader,
        seller: &Trader,
        market: u16,
        size: u64,
    ) -> Result<Executed, Failed> {
        let book = self.book(market).map_err(|error| Failed::whole(error.to_string()))?;
        let price = book.effective_price.0;
        let args = SettleTradeArgs { market_index: market, size, price, buyer_is_taker: true };
        let trade =
            self.trade_instruction(buyer, seller, args).map_err(|error| Failed::whole(error.to_string()))?;
        self.chain.send(&[trade], &[&buyer.key, &seller.key])
    }

    /// The instruction of a trade between two owners, with all the markets that it needs.
    pub fn trade_instruction(
        &self,
        buyer: &Trader,
        seller: &Trader,
        args: SettleTradeArgs,
    ) -> Result<Instruction> {
        let ledgers = [self.ledger(&buyer.address)?, self.ledger(&seller.address)?];
        let markets = markets_of(&ledgers);
        let signers = [buyer.key.pubkey(), seller.key.pubkey()];
        Ok(self.venue.settle_trade(signers, buyer.address, seller.address, args, &markets))
    }

    /// A margin account's capital and legs.
    pub fn ledger(&self, margin_account: &Pubkey) -> Result<jettison_engine::MarginAccount> {
        self.read::<MarginAccount>(margin_account).map(|account| account.ledger)
    }

    /// The engine's state of a market.
    pub fn book(&self, index: u16) -> Result<jettison_engine::Market> {
        self.market(index).map(|market| market.book)
    }

    /// A market.
    pub fn market(&self, index: u16) -> Result<Market> {
        self.read(&self.venue.market(index))
    }

    /// What the authority's next transaction about a market names.
    pub fn market_revision(&self, index: u16) -> Result<u64> {
        Ok(self.market(index)?.revision_in(&self.clearinghouse()?))
    }

    /// The insurance fund's recorded assets, in atoms.
    pub fn insurance(&self) -> Result<u64> {
        self.read::<InsuranceFund>(&self.venue.insurance_fund).map(|fund| fund.ledger.assets.0)
    }

    /// The insurance fund's ledger.
    pub fn fund(&self) -> Result<jettison_engine::InsuranceFund> {
        self.read::<InsuranceFund>(&self.venue.insurance_fund).map(|fund| fund.ledger)
    }

    /// What is known of the margin vault.
    pub fn custody(&self) -> Result<Custody> {
        self.read(&self.venue.custody)
    }

    /// A staker's account.
    pub fn stake_account(&self, authority: &Pubkey) -> Result<StakeAccount> {
        self.read(&self.venue.stake_account(authority))
    }

    /// A margin account.
    pub fn margin_account(&self, address: &Pubkey) -> Result<MarginAccount> {
        self.read(address)
    }

    /// The clearinghouse.
    pub fn clearinghouse(&self) -> Result<Clearinghouse> {
        self.read(&self.venue.clearinghouse)
    }

    /// Tokens in the margin vault and in the insurance vault.
    pub fn vaults(&self) -> Result<(u64, u64)> {
        let balance =
            |vault| self.chain.token_balance(vault).ok_or_else(|| anyhow!("{vault} is not a vault"));
        Ok((balance(&self.venue.margin_vault)?, balance(&self.venue.insurance_vault)?))
    }

    fn read<T: bytemuck::Pod + anchor_lang::Discriminator>(&self, address: &Pubkey) -> Result<T> {
        self.chain
            .with_account_data(address, account::<T>)
            .ok_or_else(|| anyhow!("there is no account {address}"))?
            .with_context(|| format!("decoding {address}"))
    }
}
