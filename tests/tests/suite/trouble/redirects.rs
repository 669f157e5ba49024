//! A public server that redirects into this computer or its network, over a real public hop: in a network of the
//! test's own, in which a public address is this machine's.

#![allow(clippy::unwrap_used, reason = "a rig that fails is a test that fails")]

use crate::alone;
use anyhow::Result;
use pushpull_engine::exchange::{FailureKind, Origin};
use pushpull_engine::send::{RequestBody, RequestDefinition, Resolve, SendJob, SendOptions, Sender};
use pushpull_engine::store::Store;
use pushpull_tests::can_run;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A public address (RFC 5737) that the test's own network gives to this machine.
const PUBLIC: &str = "203.0.113.7";
/// Runs what follows in a network of its own with that address.
const NETWORK: &str = "ip link set lo up && ip address add 203.0.113.7/32 dev lo && exec \"$@\"";

#[test]
fn a_public_server_does_not_lead_into_this_computer() -> Result<()> {
    let unshare = ["unshare", "--net", "--map-root-user", "sh", "-c", NETWORK, "sh"];
    if !can_run(&[&unshare[..], &["true"]].concat()) {
        println!("Skipped: a network of its own can't be made here.");
        return Ok(());
    }
    alone(&unshare, "trouble::redirects::inside")
}

/// Gives each name its addresses in turn, the last one for ever.
#[derive(Debug)]
struct Names(Mutex<VecDeque<IpAddr>>);

impl Resolve for Names {
    fn resolve(&self, _: String) -> Pin<Box<dyn Future<Output = std::io::Result<Vec<IpAddr>>> + Send>> {
        let mut left = self.0.lock().unwrap();
        let next = if left.len() > 1 { left.pop_front() } else { left.front().copied() };
        Box::pin(async move { Ok(next.into_iter().collect()) })
    }
}

/// Answers every request with these bytes and counts them.
async fn server(address: &str, answer: impl Fn() -> String + Send + 'static) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let hits = count.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            hits.fetch_add(1, Ordering::SeqCst);
            let _ = socket.read(&mut [0; 2048]).await;
            let _ = socket.write_all(answer().as_bytes()).await;
        }
    });
    (address, count)
}

fn get(url: String) -> SendJob {
    let options = SendOptions { timeout_ms: 10_000, follow_redirects: true };
    SendJob::new(RequestDefinition {
        method: "GET".into(),
        url,
        query: Vec::new(),
        headers: Vec::new(),
        body: RequestBody::None,
        options,
    })
}

#[tokio::test]
#[ignore = "runs in a network of its own, which a_public_server_does_not_lead_into_this_computer makes"]
async fn inside() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    let ok = || "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned();
    let (inner, hits) = server("127.0.0.1", ok).await;
    let port = inner.port();
    for target in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0x7f000001:{port}/"),
        format!("http://0177.0.0.1:{port}/"),
        format!("http://127.1:{port}/"),
        format!("http://0.0.0.0:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://[::ffff:7f00:1]:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://rebind.example:{port}/"),
    ] {
        let location = target.clone();
        let answer = move || {
            format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        };
        let (public, _) = server(PUBLIC, answer).await;
        // The name of the first hop is public when it is asked for, and this computer when it is asked for again.
        let names = [PUBLIC.parse().unwrap(), "127.0.0.1".parse().unwrap()].into();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = rustls::ClientConfig::builder()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let sender = Sender::with(store.clone(), config, Arc::new(Names(Mutex::new(names))));
        let url = format!("http://rebind.example:{}/", public.port());
        let id = sender.send(get(url), CancellationToken::new()).await.unwrap();
        let last = store.exchange(id).await.unwrap();
        assert_eq!(last.summary.origin, Origin::Redirect, "{target}: {last:?}");
        let failure = last.failure.unwrap();
        assert_eq!(failure.kind, FailureKind::Forbidden, "{target}: {failure:?}");
        assert!(failure.message.contains("leads into this computer or its network"), "{target}: {}", failure.message);
    }
    assert_eq!(hits.load(Ordering::SeqCst), 0);

    // What the user asks for is asked for.
    let id = Sender::new(store.clone()).send(get(format!("http://{inner}/")), CancellationToken::new()).await.unwrap();
    assert_eq!(store.exchange(id).await.unwrap().summary.status, Some(200));
    assert_eq!(hits.load(Ordering::SeqCst), 1);
}
