//! What the keeper serves over HTTP: `/metrics`, `/healthz`, `/state.json`.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use axum::extract::State;
use axum::http::{header, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::keeper::View;

/// How old what is shown may be before the loop counts as stuck.
const STUCK: Duration = Duration::from_secs(15);

/// What is shown: written by the loop, read by requests.
#[derive(Clone, Default)]
pub struct Shown(Arc<Mutex<Option<Board>>>);

struct Board {
    at: Instant,
    view: View,
    metrics: String,
}

impl Shown {
    /// Shows this from now on.
    pub fn set(&self, view: View, metrics: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Board { at: Instant::now(), view, metrics });
    }

    fn with<T>(&self, read: impl FnOnce(&Board) -> T) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(read)
    }
}

/// Takes the address, so that a port in use is an error before anything is sent.
///
/// # Errors
/// When it is taken.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    let bound = TcpListener::bind(address).await;
    bound.with_context(|| {
        format!("can't serve on {address}: is another keeper running? Set `listen` to another port")
    })
}

/// Serves until cancelled.
pub async fn serve(listener: TcpListener, shown: Shown, stop: CancellationToken) {
    let app = Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(health))
        .route("/state.json", get(state))
        .with_state(shown);
    let serving = axum::serve(listener, app).with_graceful_shutdown(stop.cancelled_owned());
    if let Err(error) = serving.await {
        tracing::error!("serving over HTTP ended: {error}");
    }
}

async fn metrics(State(shown): State<Shown>) -> Response {
    match shown.with(|board| board.metrics.clone()) {
        Some(text) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn health(State(shown): State<Shown>) -> Response {
    let trouble = shown.with(|board| {
        let stuck = board.at.elapsed() > STUCK;
        if stuck {
            Some("the loop is stuck".to_owned())
        } else {
            board.view.trouble.clone()
        }
    });
    match trouble {
        Some(None) => (StatusCode::OK, "ok\n").into_response(),
        Some(Some(why)) => (StatusCode::SERVICE_UNAVAILABLE, why + "\n").into_response(),
        None => (StatusCode::SERVICE_UNAVAILABLE, "starting\n").into_response(),
    }
}

async fn state(State(shown): State<Shown>) -> Response {
    match shown.with(|board| axum::Json(&board.view).into_response()) {
        Some(response) => response,
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
