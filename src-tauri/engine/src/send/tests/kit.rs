//! What the tests of sending have in common: a workspace, a sender, and a server with a script.

use crate::exchange::{Exchange, ExchangeId, Side};
use crate::send::{Field, RequestDefinition, SendJob, Sender};
use crate::store::Store;
use std::net::SocketAddr;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// No test waits longer for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A workspace in a folder of its own, and a sender on it.
pub(crate) struct Desk {
    pub(crate) store: Store,
    pub(crate) sender: Sender,
    pub(crate) folder: TempDir,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("test.pushpull")).await.unwrap();
        Self { sender: Sender::new(store.clone()), store, folder }
    }

    /// Sends and returns the exchange of the last hop.
    pub(crate) async fn send(&self, definition: RequestDefinition) -> Exchange {
        let id = self.send_for_id(definition).await;
        self.store.exchange(id).await.unwrap()
    }

    pub(crate) async fn send_for_id(&self, definition: RequestDefinition) -> ExchangeId {
        let sent = self.sender.send(SendJob::new(definition), CancellationToken::new());
        tokio::time::timeout(PATIENCE, sent).await.unwrap().unwrap()
    }

    /// The stored head as text.
    pub(crate) async fn head(&self, id: ExchangeId, side: Side) -> String {
        let message = self.store.message(id, side).await.unwrap().unwrap();
        String::from_utf8(message.head.to_vec()).unwrap()
    }

    /// The stored body.
    pub(crate) async fn body(&self, id: ExchangeId, side: Side) -> Vec<u8> {
        self.store.body(id, side, 0..u64::MAX >> 1).await.unwrap().to_vec()
    }

    /// The stored body with the framing of its chunks.
    pub(crate) async fn wire_body(&self, id: ExchangeId, side: Side) -> Vec<u8> {
        let message = self.store.message(id, side).await.unwrap().unwrap();
        let body = self.body(id, side).await;
        crate::wire::Framing::decode(message.framing).unwrap().interleave(&body)
    }
}

/// A definition with a method and a URL.
pub(crate) fn request(method: &str, url: impl Into<String>) -> RequestDefinition {
    RequestDefinition {
        method: method.into(),
        url: url.into(),
        query: Vec::new(),
        headers: Vec::new(),
        body: crate::send::RequestBody::None,
        options: crate::send::SendOptions { timeout_ms: 15_000, follow_redirects: true },
    }
}

pub(crate) fn fields<const N: usize>(pairs: [(&str, &str); N]) -> Vec<Field> {
    let field =
        |(name, value): (&str, &str)| Field { on: true, name: name.into(), value: value.into(), note: String::new() };
    pairs.map(field).into()
}

/// A server that answers one request after another on each connection: reads until it has seen `until`, then writes.
/// An answer that is None closes the connection.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: mpsc::UnboundedReceiver<Seen>,
}

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) connection: usize,
    pub(crate) bytes: Vec<u8>,
}

impl Server {
    /// Answers every request whose head (and body by Content-Length or chunks) has come with what `answer` says, given
    /// how many requests came before. Closes after an answer that is marked so.
    pub(crate) async fn answering(answer: impl Fn(usize, &[u8]) -> Answer + Send + Sync + Clone + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, seen) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
            for connection in 0.. {
                let (mut tcp, _) = listener.accept().await.unwrap();
                let (answer, tell, count) = (answer.clone(), tell.clone(), count.clone());
                tokio::spawn(async move {
                    while let Some(bytes) = read_request(&mut tcp).await {
                        let _ = tell.send(Seen { connection, bytes: bytes.clone() }); // the test may be over
                        let answer = answer(count.fetch_add(1, std::sync::atomic::Ordering::SeqCst), &bytes);
                        if tcp.write_all(&answer.bytes).await.is_err() || answer.close {
                            return;
                        }
                    }
                });
            }
        });
        Self { address, seen }
    }

    /// Always answers the same.
    pub(crate) async fn saying(answer: impl Into<Answer>) -> Self {
        let answer = answer.into();
        Self::answering(move |_, _| answer.clone()).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The next request that came.
    pub(crate) async fn seen(&mut self) -> Seen {
        tokio::time::timeout(PATIENCE, self.seen.recv()).await.unwrap().unwrap()
    }

    pub(crate) async fn seen_text(&mut self) -> String {
        String::from_utf8(self.seen().await.bytes).unwrap()
    }
}

/// What a server says to one request.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) bytes: Vec<u8>,
    pub(crate) close: bool,
}

impl From<&str> for Answer {
    fn from(text: &str) -> Self {
        Self { bytes: text.as_bytes().to_vec(), close: false }
    }
}

impl From<String> for Answer {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl Answer {
    pub(crate) fn then_close(text: &str) -> Self {
        Self { close: true, ..text.into() }
    }
}

/// One request with its body; None at the end of the connection.
pub(crate) async fn read_request(tcp: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(length) = whole_length(&bytes).filter(|&length| bytes.len() >= length) {
            bytes.truncate(length);
            return Some(bytes);
        }
        let mut buffer = [0; 16 * 1024];
        match tcp.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

fn whole_length(bytes: &[u8]) -> Option<usize> {
    let head = find(bytes, b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
    if text.contains("transfer-encoding: chunked") {
        return Some(head + find(&bytes[head..], b"0\r\n\r\n")? + 5);
    }
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    Some(head + length.unwrap_or(0))
}

pub(crate) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
