//! A request on its way to its handler, and the socket that goes along to give the body.

use super::answer::Manner;
use super::connection::Started;
use super::socket::{BodyFailure, Socket};
use crate::wire::{Framing, RequestHead};
use bytes::Bytes;
use http_body::Frame;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

/// What a handler knows of its request besides what the router does.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    /// The head as it came.
    pub(super) head: Arc<RequestHead>,
    /// The sender, `ip:port`.
    pub(super) peer: Arc<str>,
    /// When the first byte was here.
    pub(super) started: Started,
    /// How to answer once the body was read whole.
    pub(super) manner: Manner,
    /// The sender waits for leave to send the body.
    pub(super) wants_continue: bool,
    /// Where the socket is when the body has been dropped.
    pub(super) home: Home,
}

impl Arrival {
    /// How to answer without having read the body: the connection can't go on if there is one.
    pub(super) fn unread(&self) -> Manner {
        let has_body = self.head.framing != crate::wire::BodyFraming::None;
        Manner { closes: self.manner.closes || has_body, ..self.manner }
    }
}

/// Where a connection finds its socket again after a handler had it.
#[derive(Debug, Clone, Default)]
pub(super) struct Home(Arc<Mutex<Option<Box<Socket>>>>);

impl Home {
    /// Takes the socket out; None if a handler still has it.
    pub(super) fn take(&self) -> Option<Box<Socket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The framing of the body that was read, once the body has been dropped.
    pub(super) fn take_framing(&self) -> Framing {
        let mut socket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        socket.as_mut().map(|socket| socket.take_framing()).unwrap_or_default()
    }

    fn put(&self, socket: Box<Socket>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(socket);
    }
}

/// The body of a request, straight from the socket. Dropping it gives the socket back.
#[derive(Debug)]
pub(super) struct Incoming {
    socket: Option<Box<Socket>>,
    home: Home,
}

impl Incoming {
    pub(super) fn new(socket: Box<Socket>, home: Home) -> Self {
        Self { socket: Some(socket), home }
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if let Some(socket) = self.socket.take() {
            self.home.put(socket);
        }
    }
}

impl http_body::Body for Incoming {
    type Data = Bytes;
    type Error = BodyFailure;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyFailure>>> {
        let Some(socket) = self.socket.as_mut() else { return Poll::Ready(None) };
        Poll::Ready(ready!(socket.poll_body(cx)).map(|piece| piece.map(Frame::data)))
    }
}
