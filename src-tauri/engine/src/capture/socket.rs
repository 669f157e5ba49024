//! One connection's socket with its buffer, its deadline and the body that is being read.

use super::Limits;
use super::budget::Share;
use super::deadline::Deadline;
use super::limits::{HEAD_BYTES, LINGER_TIME, RESET_TIME, STUB_BYTES};
use super::slot::Slot;
use crate::wire::{BodyFraming, BodyProblem, BodyReader, Framing, ReadError, Step, Wire};
use bytes::Bytes;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use tokio::io::{AsyncWrite, AsyncWriteExt, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// What a sender is told that wants to know whether to send its body (RFC 9110, section 10.1.1).
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// Decoded bytes of a body that are in memory at most, on their way into the store: a chunk, what comes next, and a
/// copy of the beginning.
const BODY_IN_MEMORY: usize = crate::store::CHUNK + 64 * 1024 + STUB_BYTES;

/// The first byte of a connection that speaks TLS (RFC 8446, section 5.1); no method begins with it.
const TLS_HANDSHAKE: u8 = 0x16;

/// Why a body did not come whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum BodyFailure {
    /// The sender went away.
    #[error("The sender closed the connection before the whole body had arrived.")]
    Gone,
    /// It paused too long, or took too long in all.
    #[error("The body did not arrive in time.")]
    Slow,
    /// Too much is in memory.
    #[error("Too many requests are in memory.")]
    Memory,
    /// Its chunks are not right.
    #[error(transparent)]
    Problem(#[from] BodyProblem),
}

/// Why no head came.
#[derive(Debug)]
pub(super) enum HeadFailure {
    /// The sender went away, or never said anything.
    Gone,
    /// It began and did not end in time.
    Slow,
    /// It is too long.
    TooLong,
    /// It is no HTTP: the sender greets as TLS does, and waits for an answer to that.
    Tls,
}

/// See the file's first line.
#[derive(Debug)]
pub(super) struct Socket {
    wire: Wire<TcpStream>,
    slot: Arc<Slot>,
    limits: Limits,
    deadline: Deadline,
    share: Share,
    body: BodyReader,
    /// What is still to be written of [`CONTINUE`] before the body is read.
    greeting: &'static [u8],
    /// When the body must be whole; None until it is waited for.
    body_ends: Option<Instant>,
    /// True while a pause of the body is being measured.
    pausing: bool,
    head_bytes: usize,
    body_bytes: usize,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, slot: Arc<Slot>, limits: Limits, share: Share) -> Self {
        let shortest = limits.head_time.min(limits.body_idle_time).min(limits.body_time).min(limits.keep_alive_time);
        let shortest = shortest.min(limits.answer_time);
        Self {
            wire: Wire::new(stream),
            slot,
            limits,
            deadline: Deadline::new(shortest),
            share,
            body: BodyReader::new(BodyFraming::None),
            greeting: b"",
            body_ends: None,
            pausing: false,
            head_bytes: 0,
            body_bytes: 0,
        }
    }

    /// The next head, and what `began` gave when its first byte was here. `first` says that the connection is new.
    pub(super) async fn next_head<T>(&mut self, first: bool, began: impl Fn() -> T) -> Result<(Bytes, T), HeadFailure> {
        self.wire.settle();
        self.share.settle();
        let silence = if first { self.limits.head_time } else { self.limits.keep_alive_time };
        self.deadline.set(Instant::now() + silence);
        let mut begun = None;
        poll_fn(|cx| {
            loop {
                match self.wire.take_head(HEAD_BYTES) {
                    Ok(Some(head)) => {
                        return Poll::Ready(Ok((head, begun.take().unwrap_or_else(&began))));
                    }
                    Ok(None) => {}
                    Err(_) => return Poll::Ready(Err(HeadFailure::TooLong)),
                }
                if self.wire.buffered().first() == Some(&TLS_HANDSHAKE) {
                    return Poll::Ready(Err(HeadFailure::Tls));
                }
                if begun.is_none() && !self.wire.buffered().is_empty() {
                    begun = Some(began());
                    self.deadline.set(Instant::now() + self.limits.head_time);
                }
                match self.wire.poll_fill(cx) {
                    Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(HeadFailure::Gone)),
                    Poll::Ready(Ok(_)) => {}
                    Poll::Pending => {
                        ready!(self.deadline.poll(cx));
                        let late = if begun.is_some() { HeadFailure::Slow } else { HeadFailure::Gone };
                        return Poll::Ready(Err(late));
                    }
                }
            }
        })
        .await
    }

    /// Gets ready to read the body of a request whose head was `head_bytes` long.
    pub(super) fn expect_body(&mut self, framing: BodyFraming, head_bytes: usize, wants_continue: bool) {
        self.body = BodyReader::new(framing);
        self.greeting = if wants_continue { CONTINUE } else { b"" };
        self.body_ends = None;
        self.pausing = false;
        self.head_bytes = head_bytes;
        self.body_bytes = 0;
    }

    /// The next piece of the body; None at its end.
    pub(super) fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyFailure>>> {
        loop {
            match self.body.step(&mut self.wire) {
                Ok(Step::Data(piece)) => return Poll::Ready(Some(self.count(piece))),
                Ok(Step::End) if self.body_ends.take().is_none() || self.slot.begin() => return Poll::Ready(None),
                Ok(Step::End) => return Poll::Ready(Some(Err(BodyFailure::Gone))),
                Err(problem) => return Poll::Ready(Some(Err(problem.into()))),
                Ok(Step::NeedMore) => {}
            }
            if let Err(failure) = ready!(self.poll_more(cx)) {
                return Poll::Ready(Some(Err(failure)));
            }
        }
    }

    /// How the body was framed.
    pub(super) fn take_framing(&mut self) -> Framing {
        std::mem::replace(&mut self.body, BodyReader::new(BodyFraming::None)).into_framing()
    }

    /// Writes an answer.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        self.deadline.set(Instant::now() + self.limits.answer_time);
        poll_fn(|cx| {
            while !rest.is_empty() {
                match Pin::new(self.wire.get_mut()).poll_write(cx, rest) {
                    Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                    Poll::Ready(Ok(count)) => rest = &rest[count..],
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => {
                        ready!(self.deadline.poll(cx));
                        return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                    }
                }
            }
            Poll::Ready(Ok(()))
        })
        .await
    }

    /// Gives back what the body took, for an answer that is held.
    pub(super) fn settle(&mut self) {
        self.wire.settle();
        self.share.settle();
    }

    /// Cuts the connection: what follows is a reset, not an end.
    pub(super) fn reset(&mut self) {
        // An error means that the connection is gone already.
        _ = self.wire.get_ref().set_zero_linger();
    }

    /// Says that nothing more is answered; the sender may go on.
    pub(super) async fn finish(&mut self) {
        // An error means that the connection is gone already.
        _ = self.wire.get_mut().shutdown().await;
    }

    /// Returns once the sender has closed the connection; what it still sends is thrown away.
    pub(super) async fn until_gone(&mut self) {
        while matches!(self.wire.discard().await, Ok(count) if count > 0) {}
    }

    /// True if the sender has ended its side, with nothing sent behind its request: it may have left, or listen still.
    pub(super) fn has_ended(&mut self) -> bool {
        if !self.wire.buffered().is_empty() {
            return false;
        }
        let mut next = [0];
        let mut next = ReadBuf::new(&mut next);
        let stream = self.wire.get_mut();
        let peeked = stream.poll_peek(&mut Context::from_waker(Waker::noop()), &mut next);
        matches!(peeked, Poll::Ready(Ok(0) | Err(_)))
    }

    /// Ends the connection to a sender that has ended its side; true if it had left before what was written last: then
    /// that is answered with a reset.
    pub(super) async fn is_refused(&mut self) -> bool {
        let stream = self.wire.get_mut();
        if stream.shutdown().await.is_err() {
            return true;
        }
        // Without a reset in this time, the sender listened.
        _ = timeout(RESET_TIME, stream.ready(Interest::ERROR)).await;
        !matches!(stream.take_error(), Ok(None))
    }

    /// Ends the connection so that the answer arrives: closing with unread bytes would reset it. What the sender still
    /// sends is thrown away, for a while.
    pub(super) async fn linger(mut self) {
        self.slot.wait();
        if self.wire.get_mut().shutdown().await.is_err() {
            return;
        }
        let discard = async { while matches!(self.wire.discard().await, Ok(count) if count > 0) {} };
        // Whether the sender ended or the time did makes no difference: the connection is closed now.
        _ = timeout(LINGER_TIME, discard).await;
    }

    fn count(&mut self, piece: Bytes) -> Result<Bytes, BodyFailure> {
        self.body_bytes += piece.len();
        let held = self.head_bytes + self.body_bytes.min(BODY_IN_MEMORY) + self.body.framing_len();
        if self.share.grow_to(held) { Ok(piece) } else { Err(BodyFailure::Memory) }
    }

    /// Waits for more bytes of the body.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BodyFailure>> {
        while !self.greeting.is_empty() {
            match ready!(Pin::new(self.wire.get_mut()).poll_write(cx, self.greeting)) {
                Ok(count) if count > 0 => self.greeting = &self.greeting[count..],
                _ => return Poll::Ready(Err(BodyFailure::Gone)),
            }
        }
        match self.wire.poll_fill(cx) {
            Poll::Ready(Ok(0)) => {
                return Poll::Ready(self.body.closed().map_err(|_: ReadError| BodyFailure::Gone));
            }
            Poll::Ready(Ok(_)) => {
                self.pausing = false;
                return Poll::Ready(Ok(()));
            }
            Poll::Ready(Err(_)) => return Poll::Ready(Err(BodyFailure::Gone)),
            Poll::Pending => {}
        }
        if !self.pausing {
            self.pausing = true;
            let now = Instant::now();
            let ends = *self.body_ends.get_or_insert_with(|| {
                self.slot.wait_for_body();
                now + self.limits.body_time
            });
            self.deadline.set(ends.min(now + self.limits.body_idle_time));
        }
        ready!(self.deadline.poll(cx));
        Poll::Ready(Err(BodyFailure::Slow))
    }
}
