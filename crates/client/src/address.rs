use anchor_lang::prelude::Pubkey;
use clearing::seeds;

/// The addresses of one clearinghouse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Venue {
    /// Who created it.
    pub creator: Pubkey,
    /// The quote mint.
    pub quote_mint: Pubkey,
    /// The token program that owns the mint.
    pub token_program: Pubkey,
    /// The clearinghouse.
    pub clearinghouse: Pubkey,
    /// Token account of capital, pools and unswept fees.
    pub margin_vault: Pubkey,
    /// Token account of the insurance fund.
    pub insurance_vault: Pubkey,
    /// Ledger of the insurance fund.
    pub insurance_fund: Pubkey,
    /// The margin vault's throttle and queue.
    pub custody: Pubkey,
    /// Addresses of the first markets: deriving one is slow.
    markets: Vec<Pubkey>,
}

/// How many market addresses are derived ahead.
const KNOWN_MARKETS: u16 = 16;

fn derive(seeds: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(seeds, &clearing::ID).0
}

fn market(clearinghouse: &Pubkey, index: u16) -> Pubkey {
    derive(&[seeds::MARKET, clearinghouse.as_ref(), &index.to_le_bytes()])
}

impl Venue {
    /// The addresses of the clearinghouse that `creator` has, or would create, for a `quote_mint` of SPL Token.
    pub fn new(creator: Pubkey, quote_mint: Pubkey) -> Self {
        Self::with_token_program(creator, quote_mint, anchor_spl::token::ID)
    }

    /// As [`Venue::new`], for a mint of Token-2022.
    pub fn new_token_2022(creator: Pubkey, quote_mint: Pubkey) -> Self {
        Self::with_token_program(creator, quote_mint, anchor_spl::token_2022::ID)
    }

    /// As [`Venue::new`], for a mint that `token_program` owns. No address depends on it.
    pub fn with_token_program(creator: Pubkey, quote_mint: Pubkey, token_program: Pubkey) -> Self {
        let clearinghouse = derive(&[seeds::CLEARINGHOUSE, creator.as_ref(), quote_mint.as_ref()]);
        let of_clearinghouse = |seed| derive(&[seed, clearinghouse.as_ref()]);
        Self {
            creator,
            quote_mint,
            token_program,
            clearinghouse,
            margin_vault: of_clearinghouse(seeds::MARGIN_VAULT),
            insurance_vault: of_clearinghouse(seeds::INSURANCE_VAULT),
            insurance_fund: of_clearinghouse(seeds::INSURANCE_FUND),
            custody: of_clearinghouse(seeds::CUSTODY),
            markets: (0..KNOWN_MARKETS).map(|index| market(&clearinghouse, index)).collect(),
        }
    }

    /// The market of an index.
    pub fn market(&self, index: u16) -> Pubkey {
        match self.markets.get(usize::from(index)) {
            Some(known) => *known,
            None => market(&self.clearinghouse, index),
        }
    }

    /// The stake account of an authority.
    pub fn stake_account(&self, authority: &Pubkey) -> Pubkey {
        derive(&[seeds::STAKE, self.clearinghouse.as_ref(), authority.as_ref()])
    }

    /// The margin account number `id` of an authority.
    pub fn margin_account(&self, authority: &Pubkey, id: u16) -> Pubkey {
        derive(&[seeds::MARGIN_ACCOUNT, self.clearinghouse.as_ref(), authority.as_ref(), &id.to_le_bytes()])
    }
}
