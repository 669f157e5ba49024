//! Exports of a real workspace.

mod canaries;
mod curl;
mod files;
mod formats;
mod identity;

use super::*;
use crate::exchange::*;
use crate::store::NewExchange;
use bytes::Bytes;
use tempfile::TempDir;

/// A workspace in a folder of its own.
async fn workspace() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    (folder, store)
}

fn message(head: &str, body: impl Into<Bytes>) -> Message {
    Message { head: Bytes::from(head.to_owned()), framing: Bytes::new(), body: Body::Inline(body.into()) }
}

/// A push of `head` and `body` that was answered with 200.
fn push(head: &str, body: impl Into<Bytes>) -> NewExchange {
    let mut words = head.split(' ');
    NewExchange {
        direction: Direction::Push,
        origin: Origin::Captured,
        started_at: 1_795_000_000_123_456,
        duration: Some(1_234),
        method: words.next().unwrap().into(),
        url: words.next().unwrap().into(),
        source: Some("github".into()),
        makes_source: true,
        event_type: Some("ping".into()),
        provider: None,
        status: Some(200),
        request: message(head, body),
        response: Some(message("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", "ok")),
        timing: None,
        failure: None,
        peer: Some("127.0.0.1:5000".into()),
        parent: None,
        request_id: None,
        answered: None,
        marks: Vec::new(),
    }
}

/// A pull that took its time, or failed if `response` is None.
fn pull(url: &str, head: &str, response: Option<Message>) -> NewExchange {
    let failure = response.is_none().then(|| Failure {
        kind: FailureKind::Refused,
        message: format!("Nothing listens at {url}."),
        hint: None,
    });
    NewExchange {
        direction: Direction::Pull,
        origin: Origin::Sent,
        url: url.into(),
        source: None,
        makes_source: true,
        event_type: None,
        status: response.as_ref().map(|_| 200),
        response,
        timing: Some(Timing { dns: Some(1_000), connect: Some(2_001), tls: Some(500), ..Timing::default() }),
        failure,
        peer: Some("[2001:db8::1]:443".into()),
        ..push(head, "")
    }
}

fn query(format: ExportFormat, ids: &[ExchangeId], redact: bool) -> ExportQuery {
    ExportQuery { scope: ExportScope::Selection { ids: ids.to_vec() }, format, redact, known: Default::default() }
}

async fn exported(store: &Store, query: &ExportQuery) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = to_writer(store, query, &mut bytes, &|_, _| {}, &CancellationToken::new()).await.unwrap();
    assert_eq!(written.bytes, bytes.len() as u64);
    bytes
}
