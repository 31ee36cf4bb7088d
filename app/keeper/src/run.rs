//! The keeper with its surroundings: the stream, readings, the sender, HTTP, signals.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anchor_lang::prelude::Pubkey;
use anyhow::Result;
use jettison_rpc::Cluster;
use solana_keypair::Keypair;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::bootstrap;
use crate::config::{Config, Watch};
use crate::http::{self, Shown};
use crate::input::{Input, Millis, Watched};
use crate::journal::Journal;
use crate::keeper::{Decision, Keeper, Named, Setup, Step, Summary};
use crate::preflight;
use crate::record::Recorder;
use crate::sender::Sender;
use crate::signals::{signals, Signal};
use crate::stream::{self, Heard, Subject};

/// How long a stopping keeper waits for what is in flight: longer than a blockhash lives.
const FAREWELL: Duration = Duration::from_secs(90);

/// Between two looks at fees and balance.
const FEES_EVERY: Duration = Duration::from_secs(5);

/// Between two measurements of the markets as a whole.
const SIGNALS_EVERY: Duration = Duration::from_secs(5);

/// How long a periodic reading waits before it is compared: what the stream still brings is no difference.
const GRACE: Duration = Duration::from_millis(1_500);

/// Runs a keeper until `stop` is cancelled. Each decision goes to `seen` as it is made.
///
/// # Errors
/// For what is wrong before it starts, and when record or journal can't be written.
pub async fn run(
    cluster: Cluster,
    clearinghouse: Pubkey,
    key: Keypair,
    config: Config,
    stop: CancellationToken,
    mut seen: impl FnMut(&Decision),
) -> Result<Summary> {
    config.validate()?;
    let key = Arc::new(key);
    let journal = Journal::open(config.journal.as_deref())?;
    let listener = match config.listen {
        Some(address) => Some(http::bind(address).await?),
        None => None,
    };
    let setup = preflight::check(&cluster, &clearinghouse, &key, config).await?;
    let recorder = setup.config.record.as_deref().map(|path| Recorder::create(path, &setup)).transpose()?;
    let shown = Shown::default();
    if let Some(listener) = listener {
        tokio::spawn(http::serve(listener, shown.clone(), stop.child_token()));
    }
    let mut running = Running::start(cluster, key, setup, journal, recorder, shown)?;
    running.work(stop, &mut seen).await?;
    Ok(running.keeper.summary())
}

async fn join<T>(handle: Option<JoinHandle<T>>) -> Option<Result<T, tokio::task::JoinError>> {
    match handle {
        Some(handle) => Some(handle.await),
        None => None,
    }
}

/// A keeper and the tasks around it.
struct Running {
    keeper: Keeper,
    sender: Arc<Sender<Vec<Named>>>,
    recorder: Option<Recorder>,
    shown: Shown,
    inputs: mpsc::UnboundedReceiver<Input>,
    heard: mpsc::UnboundedReceiver<Heard>,
    oracles: watch::Sender<Vec<Pubkey>>,
    streaming: watch::Sender<bool>,
    again: mpsc::UnboundedSender<(Pubkey, Watched)>,
    began: Instant,
    /// Ended when this goes.
    _tasks: tokio::task::JoinSet<()>,
}

impl Running {
    fn start(
        cluster: Cluster,
        key: Arc<Keypair>,
        setup: Setup,
        journal: Journal<Vec<Named>>,
        recorder: Option<Recorder>,
        shown: Shown,
    ) -> Result<Self> {
        let (to, inputs) = mpsc::unbounded_channel();
        let (heard_to, heard) = mpsc::unbounded_channel();
        let (oracles, oracles_seen) = watch::channel(vec![]);
        let (streaming, is_streaming) = watch::channel(false);
        let (again, looks) = mpsc::unbounded_channel();
        let (refresh, refreshes) = mpsc::unbounded_channel();
        let subject = Subject {
            venue: setup.venue.clone(),
            payer: setup.signer,
            stale: Duration::from_secs(setup.config.watch.stale_seconds),
        };
        let left: Vec<_> = journal.entries().to_vec();
        let sender = Sender::new(cluster.clone(), &setup.config.send_urls, key, journal, to.clone());
        for entry in left {
            tracing::info!("a former run left {} in flight", entry.signature);
            let _ = to.send(Input::Resumed { batch: entry.batch, tasks: entry.tasks.clone() });
            sender.resume(entry)?;
        }
        let readings = Readings {
            cluster: cluster.clone(),
            setup: setup.clone(),
            oracles: oracles_seen.clone(),
            streaming: is_streaming,
            to: to.clone(),
        };
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(stream::run(cluster.clone(), subject, oracles_seen, heard_to, refresh));
        tasks.spawn(sender.clone().watch());
        tasks.spawn(readings.clone().poll(refreshes));
        tasks.spawn(readings.clone().look_again(looks));
        tasks.spawn(readings.prices());
        let keeper = Keeper::new(setup);
        Ok(Self {
            keeper,
            sender,
            recorder,
            shown,
            inputs,
            heard,
            oracles,
            streaming,
            again,
            began: Instant::now(),
            _tasks: tasks,
        })
    }

    async fn work(&mut self, stop: CancellationToken, seen: &mut impl FnMut(&Decision)) -> Result<()> {
        let tick = Duration::from_millis(self.keeper.setup().config.watch.tick_ms);
        let mut planned = Instant::now();
        let mut news = false;
        let mut deadline: Option<Instant> = None;
        let mut measuring: Option<JoinHandle<Vec<Signal>>> = None;
        let mut measured: Option<Instant> = None;
        loop {
            if measuring.as_ref().is_some_and(JoinHandle::is_finished) {
                if let Some(Ok(signals)) = join(measuring.take()).await {
                    self.keeper.show_signals(signals);
                }
            }
            if measuring.is_none() && measured.is_none_or(|at| at.elapsed() >= SIGNALS_EVERY) {
                // Elsewhere, so that the loop doesn't wait: nothing is decided by them.
                let snapshot = self.keeper.book_at_large();
                measuring = snapshot.map(|book| tokio::task::spawn_blocking(move || signals(&book)));
                measured = Some(Instant::now());
            }
            // With news, as soon as a tick has passed; without, once a second: back-offs end, prices grow old.
            let wait = if news { tick } else { Duration::from_secs(1) };
            let rest = wait.saturating_sub(planned.elapsed());
            let input = tokio::select! {
                biased;
                () = stop.cancelled(), if deadline.is_none() => {
                    deadline = Some(Instant::now() + FAREWELL);
                    Some(Input::Stop)
                }
                Some(heard) = self.heard.recv() => match heard {
                    Heard::Input(input) => Some(input),
                    Heard::Ours { slot, logs } => {
                        self.sender.heard(slot, logs);
                        None
                    }
                },
                Some(input) = self.inputs.recv() => Some(input),
                () = tokio::time::sleep(rest) => None,
            };
            if let Some(input) = input {
                news |= !matches!(input, Input::Slot { .. } | Input::Fees { .. } | Input::Balance { .. });
                self.take(&input, seen)?;
            }
            if planned.elapsed() >= wait {
                self.take(&Input::Tick, seen)?;
                self.show();
                (planned, news) = (Instant::now(), false);
            }
            let done = self.keeper.in_flight() == 0 && self.sender.in_flight() == 0;
            if deadline.is_some_and(|deadline| done || Instant::now() > deadline) {
                self.show();
                if let Some(recorder) = &mut self.recorder {
                    recorder.flush()?;
                }
                return Ok(());
            }
        }
    }

    fn at(&self) -> Millis {
        Millis::try_from(self.began.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }

    fn take(&mut self, input: &Input, seen: &mut impl FnMut(&Decision)) -> Result<()> {
        let at = self.at();
        if let Some(recorder) = &mut self.recorder {
            recorder.write(at, input)?;
            if *input == Input::Tick {
                recorder.flush()?;
            }
        }
        match input {
            Input::StreamUp => drop(self.streaming.send(true)),
            Input::StreamDown { .. } => drop(self.streaming.send(false)),
            _ => {}
        }
        let Step { orders, decisions, look_again, oracles } = self.keeper.step(at, input);
        decisions.iter().for_each(seen);
        for order in orders {
            self.sender.submit(order);
        }
        if let Some(account) = look_again {
            let _ = self.again.send(account);
        }
        if let Some(oracles) = oracles {
            let _ = self.oracles.send(oracles);
        }
        Ok(())
    }

    fn show(&self) {
        self.shown.set(self.keeper.view(self.at()), self.keeper.metrics.text());
    }
}

/// What is read over RPC besides the stream.
#[derive(Clone)]
struct Readings {
    cluster: Cluster,
    setup: Setup,
    oracles: watch::Receiver<Vec<Pubkey>>,
    streaming: watch::Receiver<bool>,
    to: mpsc::UnboundedSender<Input>,
}

impl Readings {
    /// Reads everything when the stream asks for it, now and then to repair, and often while there is no stream.
    async fn poll(mut self, mut refresh: mpsc::UnboundedReceiver<()>) {
        let Watch { reconcile_seconds, poll_ms, .. } = self.setup.config.watch;
        let (seldom, often) = (Duration::from_secs(reconcile_seconds), Duration::from_millis(poll_ms));
        let mut last = None;
        loop {
            let asked = tokio::select! {
                asked = refresh.recv() => {
                    if asked.is_none() {
                        return;
                    }
                    true
                }
                changed = self.oracles.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    false
                }
                () = tokio::time::sleep(often) => false,
            };
            let streaming = *self.streaming.borrow();
            let due = !streaming || last.is_none_or(|last: Instant| last.elapsed() >= seldom);
            let read = self.read(asked || due, streaming && !asked && last.is_some()).await;
            match read {
                Ok(whole) => {
                    if whole {
                        last = Some(Instant::now());
                    }
                }
                Err(error) => {
                    let _ = self.to.send(Input::RpcDown { why: error.to_string() });
                    last = None;
                }
            }
        }
    }

    async fn read(&mut self, whole: bool, late: bool) -> Result<bool, jettison_rpc::RpcError> {
        if whole {
            let snapshot = bootstrap::snapshot(&self.cluster, &self.setup.venue.clearinghouse).await?;
            if late {
                tokio::time::sleep(GRACE).await;
            }
            let _ = self.to.send(snapshot);
        }
        let oracles = self.oracles.borrow_and_update().clone();
        let singles = bootstrap::singles(&self.setup.venue, &oracles);
        for input in bootstrap::read_singles(&self.cluster, &singles).await? {
            let _ = self.to.send(input);
        }
        Ok(whole)
    }

    /// Reads single accounts again, as many at a time as have gathered.
    async fn look_again(self, mut looks: mpsc::UnboundedReceiver<(Pubkey, Watched)>) {
        const MOST: usize = 100;
        let mut gathered = vec![];
        while looks.recv_many(&mut gathered, MOST).await > 0 {
            gathered.sort_unstable();
            gathered.dedup();
            match bootstrap::read_singles(&self.cluster, &gathered).await {
                Ok(found) => found.into_iter().for_each(|input| drop(self.to.send(input))),
                // The next full reading brings them.
                Err(error) => tracing::debug!("reading accounts again: {error}"),
            }
            gathered.clear();
        }
    }

    /// Reads what others pay for inclusion, and what the fee payer has.
    async fn prices(self) {
        loop {
            let markets = self.setup.venue.clone();
            let mut written: Vec<Pubkey> = (0..MARKETS_PRICED).map(|index| markets.market(index)).collect();
            written.extend(self.setup.own);
            if let Ok(found) = self.cluster.rpc().get_recent_prioritization_fees(&written).await {
                let prices = found.iter().map(|fee| fee.prioritization_fee).collect();
                let _ = self.to.send(Input::Fees { prices });
            }
            if let Ok(lamports) = self.cluster.lamports(&self.setup.signer).await {
                let _ = self.to.send(Input::Balance { lamports });
            }
            tokio::time::sleep(FEES_EVERY).await;
        }
    }
}

/// Of how many markets the recent fees are asked for.
const MARKETS_PRICED: u16 = 16;
