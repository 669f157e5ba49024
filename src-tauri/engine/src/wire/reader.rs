//! A buffered reader that hands out whole heads and keeps what follows them.

use super::problem::ReadError;
use bytes::{Bytes, BytesMut};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::AsyncRead;
use tokio_util::io::poll_read_buf;

/// Bytes that are asked for at a time while nothing says that more will come.
pub const READ_SIZE: usize = 8 * 1024;

/// The most bytes that are asked for at a time.
const MAX_READ_SIZE: usize = 64 * 1024;

/// One end of a connection with the bytes that were read from it and not used yet.
#[derive(Debug)]
pub struct Wire<R> {
    io: R,
    pub(super) buffer: BytesMut,
    /// Bytes of `buffer` in which the end of a head was looked for in vain.
    scanned: usize,
    /// Where the line that `scanned` stands in begins.
    line: usize,
    read_size: usize,
}

impl<R> Wire<R> {
    /// Reads from `io`, nothing buffered yet.
    pub fn new(io: R) -> Self {
        Self { io, buffer: BytesMut::new(), scanned: 0, line: 0, read_size: READ_SIZE }
    }

    /// The connection itself, to write to.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.io
    }

    /// The connection, without what is buffered.
    pub fn get_ref(&self) -> &R {
        &self.io
    }

    /// What was read and not used yet.
    pub fn buffered(&self) -> &[u8] {
        &self.buffer
    }

    /// Takes a head out of what is buffered, up to and with its empty line; None if its end is not there yet.
    ///
    /// Empty lines before the first line are no part of the head and are dropped (RFC 9112, section 2.2). The end is
    /// the first empty line, however its lines end, so that a head with bare line feeds is seen whole and can be
    /// refused at once.
    ///
    /// # Errors
    /// `HeadTooLong` once more than `limit` bytes have come without an end.
    pub fn take_head(&mut self, limit: usize) -> Result<Option<Bytes>, ReadError> {
        self.drop_empty_lines();
        for at in memchr::memchr_iter(b'\n', &self.buffer[self.scanned..]) {
            let feed = self.scanned + at;
            let line = &self.buffer[self.line..feed];
            let empty = line.is_empty() || line == b"\r";
            self.line = feed + 1;
            if empty && self.line > limit {
                break;
            }
            if empty {
                let head = self.buffer.split_to(self.line).freeze();
                self.line = 0;
                self.scanned = 0;
                return Ok(Some(head));
            }
        }
        self.scanned = self.buffer.len();
        if self.scanned > limit { Err(ReadError::HeadTooLong(limit)) } else { Ok(None) }
    }

    fn drop_empty_lines(&mut self) {
        while self.line == 0 && self.buffer.starts_with(b"\r\n") {
            drop(self.buffer.split_to(2));
            self.scanned = 0;
        }
    }
}

impl<R: AsyncRead + Unpin> Wire<R> {
    /// Reads what there is, at least one byte, and returns how many came; 0 at the end of the stream. Nothing is lost
    /// if it is cancelled.
    ///
    /// # Errors
    /// What the connection says.
    pub async fn fill(&mut self) -> io::Result<usize> {
        poll_fn(|cx| self.poll_fill(cx)).await
    }

    /// [`Wire::fill`] for those who poll.
    pub fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let room = self.buffer.capacity() - self.buffer.len();
        if room < self.read_size / 2 {
            self.buffer.reserve(self.read_size);
        }
        let room = self.buffer.capacity() - self.buffer.len();
        let read = ready!(poll_read_buf(Pin::new(&mut self.io), cx, &mut self.buffer))?;
        if read == room {
            self.read_size = (self.read_size * 2).min(MAX_READ_SIZE);
        }
        Poll::Ready(Ok(read))
    }

    /// Throws away what is buffered and what there is to read, at least one byte; returns how many came, 0 at the end
    /// of the stream.
    ///
    /// # Errors
    /// What the connection says.
    pub async fn discard(&mut self) -> io::Result<usize> {
        self.buffer.clear();
        self.fill().await
    }

    /// Goes back to small reads: for a connection that waits for its next message.
    pub fn settle(&mut self) {
        self.read_size = READ_SIZE;
    }

    /// Reads a head as [`Wire::take_head`] has it; None if the stream ends before its first byte.
    ///
    /// # Errors
    /// `Cut` if the stream ends inside the head, `HeadTooLong`, or what the connection says.
    pub async fn read_head(&mut self, limit: usize) -> Result<Option<Bytes>, ReadError> {
        loop {
            if let Some(head) = self.take_head(limit)? {
                return Ok(Some(head));
            }
            if self.fill().await? == 0 {
                return if self.buffer.is_empty() { Ok(None) } else { Err(ReadError::Cut) };
            }
        }
    }
}
