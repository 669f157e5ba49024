//! A server of the test's own: what replays and sends go to.

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// A request that arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its method.
    pub method: Method,
    /// Its path and query.
    pub uri: Uri,
    /// Its headers, names in lower case.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// A server on loopback that answers 200 with the JSON it was given; stops when dropped.
#[derive(Debug)]
pub struct Receiver {
    url: String,
    requests: mpsc::UnboundedReceiver<Received>,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    sender: mpsc::UnboundedSender<Received>,
    answer: Bytes,
}

impl Receiver {
    /// Starts it; every request is answered with this body as `application/json`.
    ///
    /// # Errors
    /// If it can't listen on loopback.
    pub async fn start(answer: impl Into<Bytes>) -> Result<Self> {
        let socket = TcpListener::bind("127.0.0.1:0").await.context("Listening on loopback")?;
        let url = format!("http://{}", socket.local_addr()?);
        let (sender, requests) = mpsc::unbounded_channel();
        let app = Router::new().fallback(receive).with_state(Shared { sender, answer: answer.into() });
        let task = tokio::spawn(async move {
            // It ends with the test.
            let _ = axum::serve(socket, app).await;
        });
        Ok(Self { url, requests, task })
    }

    /// `http://127.0.0.1:PORT`
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The next request that arrives.
    ///
    /// # Errors
    /// If none comes in time.
    pub async fn next(&mut self) -> Result<Received> {
        let next = tokio::time::timeout(crate::PATIENCE, self.requests.recv()).await;
        next.ok().flatten().context("No request arrived")
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(State(shared): State<Shared>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let received = Received { method: head.method, uri: head.uri, headers: head.headers, body };
    // The test may be over.
    let _ = shared.sender.send(received);
    ([("content-type", "application/json")], shared.answer).into_response()
}
