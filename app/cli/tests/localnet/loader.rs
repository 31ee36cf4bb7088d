//! Programs by the upgradeable loader, to addresses whose keys are made here.

use std::sync::atomic::{AtomicUsize, Ordering};

use jettison_rpc::loader::Deployed;
use jettison_rpc::{Cluster, Fee, RpcError};
use solana_keypair::Keypair;
use solana_rpc_client_api::request::RpcRequest;
use solana_signer::Signer;

use super::server::{needs, Server};

pub async fn funded(cluster: &Cluster) -> Keypair {
    let key = Keypair::new();
    let params = serde_json::json!([key.pubkey().to_string(), 100_000_000_000u64]);
    let _: String = cluster.rpc().send(RpcRequest::RequestAirdrop, params).await.unwrap();
    while cluster.lamports(&key.pubkey()).await.unwrap() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    key
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_deployed_extended_and_upgraded_and_only_by_its_authority() {
    let Some((binary, files)) = needs() else { return };
    let server = Server::start(&binary);
    let (cluster, fee) = (&server.cluster, Fee::default());
    let (small, large) = (std::fs::read(&files.price_feed).unwrap(), std::fs::read(&files.clearing).unwrap());
    let (authority, program) = (funded(cluster).await, Keypair::new());
    let id = program.pubkey();
    assert_eq!(cluster.deployed(&id, &small).await.unwrap(), Deployed::Absent);

    cluster.deploy_program(&program, &small, &authority, fee, &|_, _| {}).await.unwrap();
    let expected =
        Deployed::Upgradeable { authority: Some(authority.pubkey()), room: small.len(), same: true };
    assert_eq!(cluster.deployed(&id, &small).await.unwrap(), expected);
    // It runs: a feed of it can be made.
    let feed = Keypair::new();
    let rent = anchor_lang::prelude::Rent::default().minimum_balance(price_feed::FEED_LEN);
    let space = price_feed::FEED_LEN as u64;
    let create = anchor_lang::solana_program::system_instruction::create_account(
        &authority.pubkey(),
        &feed.pubkey(),
        rent,
        space,
        &id,
    );
    let mut initialize = price_feed::instruction::initialize(&feed.pubkey(), &authority.pubkey(), -8);
    initialize.program_id = id;
    cluster.send(&[create, initialize], &[&authority, &feed], fee).await.unwrap();

    // Another program in its place, for which it has no room; nobody else may.
    let stranger = funded(cluster).await;
    let refused = cluster.upgrade_program(&id, &small, &stranger, fee, &|_, _| {}).await.unwrap_err();
    assert!(matches!(refused, RpcError::Program { .. }), "{refused}");
    cluster.upgrade_program(&id, &large, &authority, fee, &|_, _| {}).await.unwrap();
    assert!(matches!(cluster.deployed(&id, &large).await.unwrap(), Deployed::Upgradeable { same: true, .. }));

    // The clearing program knows its own id, and refuses to work at another address.
    let mut accrue = jettison_client::Venue::new(id, id).accrue_market(0, id);
    accrue.program_id = id;
    let refused = cluster.send(&[accrue], &[&authority], fee).await.unwrap_err();
    assert_eq!(refused.code(), Some(4_100), "DeclaredProgramIdMismatch: {refused}");
}

/// Waits until a payer has paid a buffer's rent, and then for some fifty transactions: pieces of a program.
async fn some_pieces_landed(cluster: &Cluster, payer: &Keypair) {
    const SOL: u64 = 1_000_000_000;
    const FEE: u64 = 5_000;
    let lamports = || async { cluster.lamports(&payer.pubkey()).await.unwrap() };
    let (start, mut opened) = (lamports().await, None);
    loop {
        let now = lamports().await;
        if start - now > SOL && *opened.get_or_insert(now) - now > 50 * FEE {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_that_was_interrupted_goes_on_where_it_was() {
    let Some((binary, files)) = needs() else { return };
    let server = Server::start(&binary);
    let (cluster, fee) = (&server.cluster, Fee::default());
    let elf = std::fs::read(&files.clearing).unwrap();
    let (authority, program) = (funded(cluster).await, Keypair::new());

    // Given up once the buffer is there and some pieces have landed.
    tokio::select! {
        () = some_pieces_landed(cluster, &authority) => {}
        _ = cluster.deploy_program(&program, &elf, &authority, fee, &|_, _| {}) => panic!("it was not interrupted"),
    }
    assert_eq!(cluster.deployed(&program.pubkey(), &elf).await.unwrap(), Deployed::Absent);
    let before = cluster.lamports(&authority.pubkey()).await.unwrap();

    let first = AtomicUsize::new(usize::MAX);
    let progress = |there: usize, _: usize| {
        let _ = first.compare_exchange(usize::MAX, there, Ordering::Relaxed, Ordering::Relaxed);
    };
    cluster.deploy_program(&program, &elf, &authority, fee, &progress).await.unwrap();
    assert!(matches!(
        cluster.deployed(&program.pubkey(), &elf).await.unwrap(),
        Deployed::Upgradeable { same: true, .. }
    ));
    let there = first.load(Ordering::Relaxed);
    assert!(there > 0 && there < elf.len(), "{there} of {} bytes were there", elf.len());
    // The buffer's rent was not paid twice: what was paid now is the fees and the program account.
    let paid = before - cluster.lamports(&authority.pubkey()).await.unwrap();
    assert!(paid < 50_000_000, "{paid} lamports");
}
