//! Accounts as text: what a version of the program really wrote, for the versions after it.

use anchor_lang::prelude::Pubkey;
use jettison_embedded::{Account, Chain};
use std::fmt::{self, Write};

/// Accounts under names, and the time that they are of.
#[derive(Clone, Debug)]
pub struct Golden {
    /// Unix seconds.
    pub time: i64,
    accounts: Vec<(String, Pubkey, Account)>,
}

impl Golden {
    /// Takes the accounts of a chain.
    pub fn take(chain: &Chain, named: &[(&str, Pubkey)]) -> Self {
        let account = |(name, key): &(&str, Pubkey)| {
            let account = chain.account(key).unwrap_or_else(|| panic!("there is no {name}"));
            (String::from(*name), *key, account)
        };
        Self { time: chain.now(), accounts: named.iter().map(account).collect() }
    }

    /// Reads what its `Display` wrote.
    pub fn read(text: &str) -> Self {
        let mut lines = text.lines();
        let time = lines.next().and_then(|line| line.strip_prefix("time ")).expect("a time");
        let account = |line: &str| {
            let [name, key, owner, lamports, data] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("not an account: {line}")
            };
            let account = Account {
                lamports: lamports.parse().expect("lamports"),
                data: from_hex(data),
                owner: owner.parse().expect("an owner"),
                ..Account::default()
            };
            (name.to_owned(), key.parse().expect("an address"), account)
        };
        Self { time: time.parse().expect("Unix seconds"), accounts: lines.map(account).collect() }
    }

    fn get(&self, name: &str) -> &(String, Pubkey, Account) {
        let found = self.accounts.iter().find(|(known, ..)| known == name);
        found.unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// The address of an account.
    pub fn address(&self, name: &str) -> Pubkey {
        self.get(name).1
    }

    /// An account.
    pub fn account(&self, name: &str) -> &Account {
        &self.get(name).2
    }

    /// All addresses.
    pub fn addresses(&self) -> impl Iterator<Item = Pubkey> + '_ {
        self.accounts.iter().map(|(_, key, _)| *key)
    }

    /// Puts all of it on a chain.
    pub fn place(&self, chain: &mut Chain) {
        chain.set_time(self.time);
        for (_, key, account) in &self.accounts {
            chain.set_account(key, account.clone());
        }
    }
}

impl fmt::Display for Golden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "time {}", self.time)?;
        for (name, key, account) in &self.accounts {
            writeln!(f, "{name} {key} {} {} {}", account.owner, account.lamports, to_hex(&account.data))?;
        }
        Ok(())
    }
}

/// Bytes in hexadecimal.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes what is written");
        text
    })
}

fn from_hex(text: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal digits");
    (0..text.len()).step_by(2).map(byte).collect()
}
