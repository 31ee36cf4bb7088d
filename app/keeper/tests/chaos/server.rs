//! A server of a cluster: JSON-RPC and websocket before the embedded chain, that can be killed, and that can misbehave.

use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anchor_lang::prelude::Pubkey;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use base64::{prelude::BASE64_STANDARD, Engine};
use futures_util::{SinkExt, StreamExt};
use jettison_embedded::Account;
use serde_json::{json, Value};
use solana_hash::Hash;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;

use crate::world::{Handle, Happened, World, LIFE};

/// How the server misbehaves.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// Answers to these methods: an error's code and message.
    pub refuse: Vec<(&'static str, i64, &'static str)>,
    /// Account updates that the websocket keeps back, to bring them late and in reverse.
    pub late: bool,
    /// Account updates of the program say that they are of this slot.
    pub frozen_slot: Option<u64>,
    /// Account updates are not delivered at all.
    pub deaf: bool,
    /// A number to change whenever all websockets are to be closed.
    pub drop_sockets: u64,
}

#[derive(Clone)]
struct Site {
    world: Handle,
    faults: Arc<Mutex<Faults>>,
}

/// The server.
pub struct Server {
    site: Site,
    http: SocketAddr,
    ws: SocketAddr,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Server {
    /// Serves a world, and lets a slot pass every 20 ms.
    pub fn start(world: &Handle) -> Self {
        let site = Site { world: world.clone(), faults: Arc::default() };
        let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut server = Self { site, http: free(), ws: free(), runtime: None };
        server.restart();
        server
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.http)
    }

    pub fn ws_url(&self) -> String {
        format!("ws://{}", self.ws)
    }

    /// Misbehaves from now on.
    pub fn fault(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.site.faults.lock().unwrap());
    }

    /// Every connection breaks, and none is taken.
    pub fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(1));
        }
    }

    /// Serves again, at the same addresses.
    pub fn restart(&mut self) {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (http, ws, site) = (self.http, self.ws, self.site.clone());
        runtime.block_on(async {
            let listener = bind(http).await;
            let app = Router::new().route("/", post(answer)).with_state(site.clone());
            tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
            let listener = bind(ws).await;
            let sockets = site.clone();
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(speak(stream, sockets.clone()));
                }
            });
            let world = site.world.clone();
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    world.with(World::next_slot);
                }
            });
        });
        self.runtime = Some(runtime);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn bind(address: SocketAddr) -> TcpListener {
    for _ in 0..100 {
        if let Ok(listener) = TcpListener::bind(address).await {
            return listener;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{address} stays taken");
}

async fn answer(State(site): State<Site>, Json(request): Json<Value>) -> Json<Value> {
    let method = request["method"].as_str().unwrap_or_default().to_owned();
    let refused = site.faults.lock().unwrap().refuse.iter().find(|fault| fault.0 == method).copied();
    let result = match refused {
        Some((_, code, message)) => Err(json!({ "code": code, "message": message })),
        None => {
            let params = request["params"].clone();
            tokio::task::spawn_blocking(move || {
                Ok(site.world.with(move |world| result(world, &method, &params)))
            })
            .await
            .unwrap()
        }
    };
    let id = &request["id"];
    Json(match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(error) => json!({ "jsonrpc": "2.0", "id": id, "error": error }),
    })
}

fn result(world: &mut World, method: &str, params: &Value) -> Value {
    let slot = world.slot;
    let with_context = |value: Value| json!({ "context": { "slot": slot }, "value": value });
    let transaction = || {
        let bytes = match params[1]["encoding"].as_str() {
            Some("base64") => BASE64_STANDARD.decode(params[0].as_str().unwrap()).unwrap(),
            other => panic!("encoding {other:?}"),
        };
        bincode::deserialize::<solana_transaction_v3::Transaction>(&bytes).unwrap()
    };
    match method {
        "getSlot" | "getBlockHeight" => json!(slot),
        "getGenesisHash" => json!(Hash::new_from_array([9; 32]).to_string()),
        "getLatestBlockhash" => with_context(json!({
            "blockhash": Hash::new_from_array(World::blockhash(slot)).to_string(),
            "lastValidBlockHeight": slot + LIFE,
        })),
        "getRecentPrioritizationFees" => json!([{ "slot": slot, "prioritizationFee": 1_000 }]),
        "getBalance" => {
            with_context(json!(world.account(&key(&params[0])).map_or(0, |account| account.lamports)))
        }
        "getAccountInfo" => with_context(shown(world.account(&key(&params[0])), &Value::Null)),
        "getMultipleAccounts" => {
            let keys = params[0].as_array().unwrap();
            with_context(keys.iter().map(|at| shown(world.account(&key(at)), &Value::Null)).collect())
        }
        "getProgramAccounts" => {
            let slice = &params[1]["dataSlice"];
            let found = world.of_kind(!slice.is_null());
            let keyed = found.iter().filter_map(|address| {
                let account = world.account(address)?;
                Some(json!({ "pubkey": address.to_string(), "account": shown(Some(account), slice) }))
            });
            with_context(keyed.collect())
        }
        "simulateTransaction" => {
            let landed = world.simulate(&transaction());
            with_context(json!({ "err": landed.error, "logs": landed.logs, "unitsConsumed": 1_000 }))
        }
        "sendTransaction" => {
            let transaction = transaction();
            let signature = transaction.signatures[0].to_string();
            world.take(transaction);
            json!(signature)
        }
        "getSignatureStatuses" => {
            let statuses = params[0].as_array().unwrap().iter().map(|signature| {
                let Some(landed) = world.landed.get(signature.as_str().unwrap()) else { return Value::Null };
                let status = if landed.error.is_null() {
                    json!({ "Ok": null })
                } else {
                    json!({ "Err": landed.error })
                };
                json!({
                    "slot": landed.slot, "confirmations": 1, "confirmationStatus": "confirmed",
                    "err": landed.error, "status": status,
                })
            });
            with_context(statuses.collect())
        }
        // As on a server that keeps no transactions.
        "getTransaction" => Value::Null,
        other => panic!("nobody told this server of {other}"),
    }
}

fn key(value: &Value) -> Pubkey {
    Pubkey::from_str(value.as_str().unwrap()).unwrap()
}

fn shown(account: Option<Account>, slice: &Value) -> Value {
    let Some(account) = account else { return Value::Null };
    let data = match (slice["offset"].as_u64(), slice["length"].as_u64()) {
        (Some(offset), Some(length)) => &account.data[offset as usize..(offset + length) as usize],
        _ => &account.data,
    };
    json!({
        "lamports": account.lamports, "data": [BASE64_STANDARD.encode(data), "base64"],
        "owner": account.owner.to_string(), "executable": account.executable, "rentEpoch": 0,
        "space": account.data.len(),
    })
}

/// One websocket: its subscriptions, and what it is told of them.
async fn speak(stream: tokio::net::TcpStream, site: Site) {
    let Ok(socket) = tokio_tungstenite::accept_async(stream).await else { return };
    let (mut to, mut from) = socket.split();
    let mut news = site.world.subscribe();
    let mut subscriptions: Vec<(u64, String, Value)> = vec![];
    let generation = site.faults.lock().unwrap().drop_sockets;
    let mut kept_back: Vec<Happened> = vec![];
    loop {
        let happened = tokio::select! {
            message = from.next() => {
                let Some(Ok(Message::Text(text))) = message else { return };
                let request: Value = serde_json::from_str(&text).unwrap();
                let id = subscriptions.len() as u64 + 1;
                let method = request["method"].as_str().unwrap().to_owned();
                subscriptions.push((id, method, request["params"].clone()));
                let reply = json!({ "jsonrpc": "2.0", "id": request["id"], "result": id });
                if to.send(Message::text(reply.to_string())).await.is_err() {
                    return;
                }
                continue;
            }
            happened = news.recv() => match happened {
                Ok(happened) => happened,
                Err(_) => return,
            },
        };
        let faults = site.faults.lock().unwrap().clone();
        if faults.drop_sockets != generation {
            return;
        }
        let batch = match happened {
            Happened::Accounts(..) if faults.deaf => vec![],
            Happened::Accounts(..) if faults.late && kept_back.len() < 40 => {
                kept_back.push(happened);
                vec![]
            }
            happened => {
                let mut batch = vec![happened];
                batch.extend(std::mem::take(&mut kept_back).into_iter().rev());
                batch
            }
        };
        for happened in batch {
            for (id, method, params) in &subscriptions {
                for text in notifications(&site, &happened, *id, method, params).await {
                    if to.send(Message::text(text)).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

async fn notifications(
    site: &Site,
    happened: &Happened,
    id: u64,
    method: &str,
    params: &Value,
) -> Vec<String> {
    let note = |name: &str, result: Value| {
        let params = json!({ "subscription": id, "result": result });
        json!({ "jsonrpc": "2.0", "method": name, "params": params }).to_string()
    };
    match (method, happened) {
        ("slotSubscribe", Happened::Slot(slot)) => {
            vec![note("slotNotification", json!({ "slot": slot, "parent": slot - 1, "root": slot - 1 }))]
        }
        ("accountSubscribe", Happened::Accounts(slot, changed)) => {
            let wanted = key(&params[0]);
            if !changed.contains(&wanted) {
                return vec![];
            }
            let account = ask(site, move |world| shown(world.account(&wanted), &Value::Null)).await;
            vec![note("accountNotification", json!({ "context": { "slot": slot }, "value": account }))]
        }
        ("programSubscribe", Happened::Accounts(slot, changed)) => {
            let slice = params[1]["dataSlice"].clone();
            let changed = changed.clone();
            let found = ask(site, move |world| {
                let kind = world.of_kind(!slice.is_null());
                let of_it = changed.into_iter().filter(|address| kind.contains(address));
                of_it
                    .map(|address| {
                        let account = shown(world.account(&address), &slice);
                        json!({ "pubkey": address.to_string(), "account": account })
                    })
                    .collect::<Vec<_>>()
            });
            let frozen = site.faults.lock().unwrap().frozen_slot;
            let context = json!({ "slot": frozen.unwrap_or(*slot) });
            let each = |keyed| note("programNotification", json!({ "context": context, "value": keyed }));
            found.await.into_iter().map(each).collect()
        }
        ("logsSubscribe", Happened::Transaction(payer, signature, landed)) => {
            if params[0]["mentions"][0].as_str() != Some(&payer.to_string()) {
                return vec![];
            }
            let value = json!({ "signature": signature, "err": landed.error, "logs": landed.logs });
            vec![note("logsNotification", json!({ "context": { "slot": landed.slot }, "value": value }))]
        }
        _ => vec![],
    }
}

async fn ask<T: Send + 'static>(site: &Site, job: impl FnOnce(&mut World) -> T + Send + 'static) -> T {
    let world = site.world.clone();
    tokio::task::spawn_blocking(move || world.with(job)).await.unwrap()
}
