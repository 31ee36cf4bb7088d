//! A keeper on a server, and how to wait for what it does.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anchor_lang::prelude::Pubkey;
use jettison_embedded::PRICE;
use jettison_keeper::config::Config;
use jettison_keeper::keeper::{Decision, Summary};
use jettison_keeper::run;
use jettison_rpc::Cluster;
use solana_commitment_config::CommitmentConfig;
use solana_keypair::Keypair;
use tokio_util::sync::CancellationToken;

use crate::server::Server;
use crate::world::{Handle, World};

/// The longest that anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A world, a server before it, and no keeper yet.
pub struct Stage {
    pub world: Handle,
    pub server: Server,
}

/// A keeper that runs.
pub struct Running {
    stop: CancellationToken,
    runtime: Option<tokio::runtime::Runtime>,
    done: tokio::task::JoinHandle<anyhow::Result<Summary>>,
    pub decisions: Arc<Mutex<Vec<Decision>>>,
}

/// Settings of a keeper in these tests: quick, and without an address to serve on.
pub fn config() -> Config {
    let mut config = Config { listen: None, ..Config::default() };
    config.limits.position = 1_000_000.into();
    config.watch.tick_ms = 10;
    config.watch.poll_ms = 100;
    config.watch.reconcile_seconds = 1;
    config.watch.stale_seconds = 2;
    // The embedded chain adds a signature and an instruction of its own.
    config.batch.tasks = 2;
    config
}

impl Stage {
    pub fn new(markets: u16, keepers: usize) -> Self {
        let world = Handle::open(markets, keepers);
        let server = Server::start(&world);
        Self { world, server }
    }

    /// Starts keeper number `index`.
    pub fn keeper(&self, index: usize, config: Config) -> Running {
        let (key, clearinghouse) = self.world.with(move |world| {
            let key: Keypair = world.keepers[index].insecure_clone();
            (key, world.at.venue.clearinghouse)
        });
        let cluster =
            Cluster::new(&self.server.url(), Some(&self.server.ws_url()), CommitmentConfig::confirmed());
        let (stop, decisions) = (CancellationToken::new(), Arc::new(Mutex::new(vec![])));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (stopping, seen) = (stop.clone(), decisions.clone());
        let done = runtime.spawn(async move {
            let note = move |decision: &Decision| {
                println!("keeper {index}: {decision}");
                seen.lock().unwrap().push(decision.clone());
            };
            run::run(cluster.unwrap(), clearinghouse, key, config, stopping, note).await
        });
        Running { stop, runtime: Some(runtime), done, decisions }
    }

    /// Starts the first keeper, and waits until it is connected.
    pub fn at_work(&self, config: Config) -> Running {
        let keeper = self.keeper(0, config);
        self.connected(&keeper);
        keeper
    }

    /// Waits until something is true of the world.
    pub fn until(&self, what: &str, is: impl Fn(&mut World) -> bool + Send + Sync + 'static) {
        let is = Arc::new(is);
        wait(what, || {
            let is = is.clone();
            self.world.with(move |world| is(world))
        });
    }

    /// A pair in market 0, and a fall that brings the long below maintenance. Returns the long.
    pub fn falling(&self, size: u64) -> Pubkey {
        let long = self.world.with(move |world| world.pair(0, size));
        self.price(Some(PRICE * 93 / 100));
        long
    }

    /// As [`Self::falling`], where someone else has moved the price already: the keeper can send nothing.
    pub fn fallen(&self, size: u64) -> Pubkey {
        let long = self.falling(size);
        self.until("the price has fallen", |world| {
            world.accrue(0, PRICE * 93 / 100);
            world.at.book(0).unwrap().effective_price.0 <= PRICE * 94 / 100
        });
        long
    }

    /// From now on the oracles publish this.
    pub fn price(&self, price: Option<u64>) {
        self.world.with(move |world| world.prices.fill(price));
    }

    /// Waits until a keeper has read the chain.
    pub fn connected(&self, keeper: &Running) {
        keeper.until_said("reads ");
    }

    /// No transaction ran twice.
    pub fn nothing_twice(&self) {
        self.world.with(|world| {
            for (signature, runs) in &world.runs {
                assert_eq!(*runs, 1, "{signature}");
            }
        });
    }
}

/// Waits until something is true.
pub fn wait(what: &str, is: impl Fn() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < PATIENCE, "still not: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Running {
    /// Stops it gracefully.
    pub fn stop(mut self) -> Summary {
        self.stop.cancel();
        let runtime = self.runtime.take().unwrap();
        let done = &mut self.done;
        runtime.block_on(async { done.await.unwrap() }).unwrap()
    }

    /// Why it didn't start.
    pub fn refusal(mut self) -> String {
        let runtime = self.runtime.take().unwrap();
        let done = &mut self.done;
        format!("{:#}", runtime.block_on(async { done.await.unwrap() }).unwrap_err())
    }

    /// Kills it: nothing is finished, nothing is said.
    pub fn kill(mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_millis(100));
        }
    }

    /// What it decided so far, as text.
    pub fn said(&self) -> Vec<String> {
        self.decisions.lock().unwrap().iter().map(ToString::to_string).collect()
    }

    /// Waits until it has said something.
    pub fn until_said(&self, what: &str) {
        wait(what, || self.said().iter().any(|said| said.contains(what)));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
