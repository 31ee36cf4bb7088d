use anchor_lang::prelude::Pubkey;
use solana_rpc_client_api::client_error::Error as ClientError;
use solana_signature::Signature;

/// Why something did not work over RPC, in words that say what to do.
#[derive(Debug, thiserror::Error)]
pub enum RpcError {
    /// The URL is not one.
    #[error("{0:?} is not a cluster: give localhost, devnet, testnet, mainnet, or an http or https URL")]
    BadUrl(String),
    /// Nobody answers.
    #[error("no answer from {url}: {source}; is it the right --url, and is the server up?")]
    Unreachable {
        /// Where.
        url: String,
        /// Why.
        #[source]
        source: Box<ClientError>,
    },
    /// The server answered with an error.
    #[error("{url} refused the request: {source}")]
    Refused {
        /// Where.
        url: String,
        /// Why.
        #[source]
        source: Box<ClientError>,
    },
    /// The program is not on the cluster.
    #[error("the program {program} is not on {url}: wrong cluster, or run `jettison deploy` first")]
    NoProgram {
        /// Its id.
        program: Pubkey,
        /// Where.
        url: String,
    },
    /// Something that is not a program has the program's address.
    #[error("{program} on {url} is not an executable program: wrong cluster or wrong build")]
    NotAProgram {
        /// Its id.
        program: Pubkey,
        /// Where.
        url: String,
    },
    /// There is no account at an address.
    #[error("there is no {kind} at {address} on {url}")]
    Missing {
        /// What was looked for.
        kind: &'static str,
        /// Where in the chain.
        address: Pubkey,
        /// On which cluster.
        url: String,
    },
    /// An account belongs to another program.
    #[error("{address} is not a {kind} of this program: {owner} owns it")]
    Foreign {
        /// What was looked for.
        kind: &'static str,
        /// Where.
        address: Pubkey,
        /// Who owns it.
        owner: Pubkey,
    },
    /// An account can't be decoded.
    #[error("{address} is not a {kind} of the version that this build reads ({why}): use the build that fits the program deployed, or migrate")]
    WrongVersion {
        /// What was looked for.
        kind: &'static str,
        /// Where.
        address: Pubkey,
        /// What is wrong.
        why: String,
    },
    /// The payer can't pay.
    #[error("{payer} has {lamports} lamports and needs some SOL to pay fees; fund it (on a localnet: `jettison faucet`)")]
    NoSol {
        /// Who.
        payer: Pubkey,
        /// How much it has.
        lamports: u64,
    },
    /// A program refused the transaction: nothing was changed.
    #[error("refused: {message}")]
    Program {
        /// Index of the failing instruction, as sent (compute-budget instructions not counted).
        instruction: Option<usize>,
        /// The program's error number.
        code: Option<u32>,
        /// In words.
        message: String,
        /// The log up to it.
        logs: Vec<String>,
    },
    /// The blockhash expired and the transaction was not seen: it can't land any more.
    #[error("the transaction {0} did not land before its blockhash expired; nothing was changed; try again, perhaps with a higher --priority-fee")]
    Expired(Signature),
    /// It is not known whether the transaction landed.
    #[error("lost the connection while waiting for {signature}; look whether it landed before sending again: {why}")]
    Unknown {
        /// Which.
        signature: Signature,
        /// What went wrong.
        why: String,
    },
    /// A program's bytes don't arrive.
    #[error("the program did not arrive whole in its buffer {buffer} ({why}): run it again, which goes on from there, perhaps with a higher --priority-fee")]
    Stalled {
        /// Where they are written to.
        buffer: Pubkey,
        /// How far it went.
        why: String,
    },
    /// The instructions don't fit into a transaction.
    #[error(
        "the transaction has {bytes} bytes, of {limit} at most: pass fewer markets or accounts at a time"
    )]
    TooLarge {
        /// How many.
        bytes: usize,
        /// How many may be.
        limit: usize,
    },
    /// The clearinghouse changed each time it was read.
    #[error("the clearinghouse changed while it was read, {attempts} times in a row: try again when there is less going on")]
    Moving {
        /// How often it was tried.
        attempts: usize,
    },
    /// A signature is missing.
    #[error("cannot sign: {0}")]
    Signing(String),
}

impl RpcError {
    pub(crate) fn of(url: &str, error: ClientError) -> Self {
        use solana_rpc_client_api::client_error::ErrorKind;
        let url = url.to_owned();
        let source = Box::new(error);
        match source.kind() {
            ErrorKind::Io(_) | ErrorKind::Reqwest(_) => Self::Unreachable { url, source },
            _ => Self::Refused { url, source },
        }
    }

    /// The program's error number, where a program refused.
    pub fn code(&self) -> Option<u32> {
        match self {
            Self::Program { code, .. } => *code,
            _ => None,
        }
    }
}
