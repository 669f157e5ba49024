//! One connection: a request after another, each answered before the next is looked at.

use super::Shared;
use super::answer::{Answer, Manner};
use super::arrival::{Arrival, Home, Incoming};
use super::budget::Share;
use super::refusal;
use super::slot::Slot;
use super::socket::{HeadFailure, Socket};
use super::staged;
use crate::exchange::Micros;
use crate::wire::{BodyFraming, RequestHead, Version};
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request, Uri};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpStream;
use tower::ServiceExt;

/// What stays the same for all requests of a connection.
pub(super) struct Connection {
    shared: Arc<Shared>,
    router: Router,
    slot: Arc<Slot>,
    peer: Arc<str>,
    home: Home,
}

/// When the first byte of a request was here, on both clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Started {
    pub(super) at: Micros,
    pub(super) instant: Instant,
}

impl Started {
    /// Microseconds since then.
    pub(super) fn micros(self) -> Micros {
        Micros::try_from(self.instant.elapsed().as_micros()).unwrap_or(Micros::MAX)
    }
}

impl Connection {
    pub(super) fn new(shared: Arc<Shared>, router: Router, slot: Arc<Slot>, peer: SocketAddr) -> Self {
        Self { shared, router, slot, peer: peer.to_string().into(), home: Home::default() }
    }

    /// Serves the connection to its end.
    pub(super) async fn serve(self, stream: TcpStream) {
        let share = Share::new(self.shared.budget.clone());
        let mut socket = Box::new(Socket::new(stream, self.slot.clone(), self.shared.limits, share));
        let mut first = true;
        while !self.shared.stopping.is_cancelled() {
            let Some((head, started)) = self.next_head(&mut socket, first).await else { return };
            first = false;
            let answer = match RequestHead::parse(head.clone()) {
                Ok(head) => {
                    let Some((back, answer)) = self.dispatch(socket, head, started).await else { return };
                    socket = back;
                    answer
                }
                Err(problem) => refusal::refuse(&self.shared, head, problem, started, &self.peer).await,
            };
            let delivered = match &answer.staging {
                Some(staging) => staging.deliver(socket, &answer, &self.shared.stopping).await,
                None if answer.wire.is_empty() => return,
                None => staged::at_once(socket, &answer).await,
            };
            if let Some((why, exchange)) = delivered.missed.zip(answer.exchange) {
                self.shared.missed.note(&self.shared.store, exchange, why).await;
            }
            let Some(back) = delivered.socket else { return };
            socket = back;
            if answer.closes {
                return socket.linger().await;
            }
            self.slot.wait();
        }
    }

    /// The next head; None if the connection is at its end.
    async fn next_head(&self, socket: &mut Socket, first: bool) -> Option<(Bytes, Started)> {
        let began = || Started { at: self.shared.hooks.now(), instant: Instant::now() };
        let head = socket.next_head(first, began).await;
        if !self.slot.begin() {
            return None;
        }
        let answer = match head {
            Ok(head) => return Some(head),
            Err(HeadFailure::Gone) => return None,
            Err(HeadFailure::Slow) => refusal::too_slow(Manner::LAST),
            Err(HeadFailure::TooLong) => refusal::head_too_long(),
            Err(HeadFailure::Tls) => refusal::tls(),
        };
        // The sender broke off or floods: whether this last word arrives is its affair.
        _ = socket.write(&answer.wire).await;
        None
    }

    /// Has the router answer. None if the socket did not come back.
    async fn dispatch(
        &self,
        mut socket: Box<Socket>,
        head: RequestHead,
        started: Started,
    ) -> Option<(Box<Socket>, Answer)> {
        let manner = self.manner(&head);
        let wants_continue = match refusal::expectation(&head) {
            Ok(wants_continue) => wants_continue,
            Err(status) => {
                let closes = manner.closes || head.framing != BodyFraming::None;
                return Some((socket, refusal::unmet_expectation(Manner { closes, ..manner }, status)));
            }
        };
        socket.expect_body(head.framing, head.raw.len(), wants_continue);
        let mut request = Request::new(Body::new(Incoming::new(socket, self.home.clone())));
        *request.method_mut() = Method::from_bytes(head.method.as_bytes()).ok()?;
        *request.uri_mut() = routed(head.path());
        request.extensions_mut().insert(Arrival {
            head: Arc::new(head),
            peer: self.peer.clone(),
            started,
            manner,
            wants_continue,
            home: self.home.clone(),
        });
        let Ok(mut response) = self.router.clone().oneshot(request).await;
        let status = response.status();
        let answer = response.extensions_mut().remove::<Answer>();
        let answer = answer.unwrap_or_else(|| Answer::text(Manner::LAST, status, status.as_str(), &[]));
        Some((self.home.take()?, answer))
    }

    fn manner(&self, head: &RequestHead) -> Manner {
        let closes = !head.keeps_alive() || self.shared.stopping.is_cancelled();
        Manner { head_only: head.method == "HEAD", closes, says_keep_alive: head.version == Version::Http10 }
    }
}

/// A path as the router takes it: what a URI can't hold is percent-encoded. Only for routing; what is stored is the
/// target as it came.
fn routed(path: &str) -> Uri {
    let parse = |path: &str| {
        let mut parts = http::uri::Parts::default();
        parts.path_and_query = path.parse().ok();
        Uri::from_parts(parts).ok().filter(|uri| uri.path() == path)
    };
    parse(path).unwrap_or_else(|| {
        let encoded = percent_encoding::percent_encode(path.as_bytes(), UNROUTABLE).to_string();
        parse(&encoded).unwrap_or_default()
    })
}

/// All but what a path can hold everywhere, and the percent sign of what is encoded already.
const UNROUTABLE: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'%');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_can_be_routed() {
        for (path, expected) in
            [("/in/a", "/in/a"), ("/in/a/\"{x}|^`<>", "/in/a/%22%7Bx%7D%7C%5E%60%3C%3E"), ("/in/ä", "/in/%C3%A4")]
        {
            let uri = routed(path);
            assert!(uri.path() == expected || uri.path() == path, "{uri}");
        }
        assert_eq!(routed("*").path(), "*");
        assert_eq!(routed("//in/a").path(), "//in/a");
    }
}
