//! One request and its answer on an open connection, written and read at the same time.

use super::connect::Connection;
use super::failure;
use super::outgoing::Outgoing;
use super::patience::{Patience, Stop};
use super::record::Record;
use super::stream::Stream;
use super::target::Target;
use super::upload::{Block, UploadError, UploadReader};
use crate::exchange::Failure;
use crate::store::StoreError;
use crate::wire::{BodyFraming, BodyReader, ReadError, ResponseHead, Step, Wire};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::io::AsyncWrite as _;

/// The longest head of an answer.
const HEAD_LIMIT: usize = 256 * 1024;

/// Interim answers (1xx) before the final one.
const MOST_INTERIM: usize = 100;

/// The largest body of an answer that is kept; the rest is not read.
const BODY_CAP: u64 = 512 * 1024 * 1024;

/// How a conversation ended. What passed until then is in its record.
#[derive(Debug)]
pub(super) enum End {
    /// The answer is whole; `keep`: the connection can carry another request.
    Whole { keep: bool },
    /// It was stopped from this side.
    Stopped(Stop),
    /// Something went wrong.
    Failed(Failure),
    /// The connection ended before the first byte of an answer.
    Silent,
}

/// Sends a request and reads its answer. Both go into `record` as they pass.
pub(super) async fn converse(
    connection: &mut Connection,
    outgoing: &Outgoing,
    record: &mut Record,
    patience: &mut Patience,
) -> Result<End, StoreError> {
    let wire = &mut connection.wire;
    let mut outbox = Outbox::new(outgoing);
    let mut answer = Answer::Head { interim: 0 };
    loop {
        if let Some(failure) = answer.take(wire, outgoing, record).await? {
            return Ok(End::Failed(failure));
        }
        if record.answer.as_ref().is_some_and(|head| head.status >= 300) {
            outbox.give_up(); // an answer before the end of the upload: the rest of it is not wanted
        }
        if answer.ended() && outbox.idle() {
            return Ok(End::Whole {
                keep: answer.leaves_open() && outbox.complete && can_keep(wire, outgoing, record),
            });
        }
        match outbox.refill().await {
            Ok(()) => {}
            Err(UploadError::File(failure)) => return Ok(End::Failed(*failure)),
            Err(UploadError::Store(error)) => return Err(error),
        }
        let turn = patience.wait(turn(wire, &outbox, !answer.ended())).await;
        outbox.wrote_last = matches!(turn, Ok(Turn::Wrote(_)));
        match turn {
            Err(stop) => {
                answer.stop(record);
                return Ok(End::Stopped(stop));
            }
            Ok(Turn::Wrote(Ok(count))) => {
                record.sent_at = Some(Instant::now());
                record.took(&mut outbox.queue, count).await?;
            }
            Ok(Turn::Flushed(Ok(()))) => outbox.flushed = true,
            Ok(Turn::Wrote(Err(_)) | Turn::Flushed(Err(_))) => outbox.give_up(), // the answer may be there all the same
            Ok(Turn::Read(Ok(1..))) => drop(record.first_byte_at.get_or_insert_with(Instant::now)),
            Ok(Turn::Read(read)) => match answer.close(wire, outgoing, record, read.err()) {
                Some(end) => return Ok(end),
                None => outbox.give_up(),
            },
        }
    }
}

fn can_keep(wire: &Wire<Stream>, outgoing: &Outgoing, record: &Record) -> bool {
    let head = record.answer.as_ref();
    head.is_some_and(|head| head.keeps_alive() && head.status != 101)
        && wire.buffered().is_empty()
        && !record.truncated
        && outgoing.leaves_open()
}

/// What is still to be written.
struct Outbox<'o> {
    reader: UploadReader<'o>,
    queue: VecDeque<Block>,
    /// True if what was written has left this process.
    flushed: bool,
    /// True if the last turn was a write.
    wrote_last: bool,
    /// True if nothing more is to be taken from the body.
    ended: bool,
    /// False once writing was given up.
    complete: bool,
}

impl<'o> Outbox<'o> {
    fn new(outgoing: &'o Outgoing) -> Self {
        let queue = VecDeque::from([Block::Head(outgoing.head.clone())]);
        Self { reader: outgoing.upload.read(), queue, flushed: false, wrote_last: true, ended: false, complete: true }
    }

    /// Sees to it that there is something to write unless all is written.
    async fn refill(&mut self) -> Result<(), UploadError> {
        let only_head = matches!(self.queue.front(), Some(Block::Head(_))) && self.queue.len() == 1;
        if self.ended || !(self.queue.is_empty() || only_head) {
            return Ok(());
        }
        let before = self.queue.len();
        self.reader.next(&mut self.queue).await?;
        self.ended = self.queue.len() == before;
        Ok(())
    }

    fn give_up(&mut self) {
        self.complete &= self.idle();
        self.queue.clear();
        self.ended = true;
        self.flushed = true;
    }

    /// True if there is nothing more to do.
    fn idle(&self) -> bool {
        self.queue.is_empty() && self.ended && self.flushed
    }
}

/// What happened next on the connection.
enum Turn {
    Wrote(io::Result<usize>),
    Flushed(io::Result<()>),
    Read(io::Result<usize>),
}

/// Writes or reads, whichever can be done; if both, what was not done last time, so that neither side of an echo nor an
/// answer in the middle of a long upload has to wait for the other.
async fn turn(wire: &mut Wire<Stream>, outbox: &Outbox<'_>, reading: bool) -> Turn {
    poll_fn(|cx| {
        let read = |wire: &mut Wire<Stream>, cx: &mut Context<'_>| match reading {
            true => pin!(wire.fill()).poll(cx).map(Turn::Read),
            false => Poll::Pending,
        };
        if outbox.wrote_last
            && let Poll::Ready(turn) = read(wire, cx)
        {
            return Poll::Ready(turn);
        }
        match poll_write(wire.get_mut(), outbox, cx) {
            Poll::Pending if !outbox.wrote_last => read(wire, cx),
            written => written,
        }
    })
    .await
}

fn poll_write(stream: &mut Stream, outbox: &Outbox<'_>, cx: &mut Context<'_>) -> Poll<Turn> {
    if outbox.queue.is_empty() {
        return if outbox.flushed { Poll::Pending } else { Pin::new(stream).poll_flush(cx).map(Turn::Flushed) };
    }
    let mut slices = [IoSlice::new(&[]); 8];
    let blocks = outbox.queue.iter().take(slices.len());
    let count = blocks.zip(&mut slices).map(|(block, slice)| *slice = IoSlice::new(block.bytes())).count();
    let written = Pin::new(stream).poll_write_vectored(cx, &slices[..count]);
    written.map(|written| match written {
        Ok(0) => Turn::Wrote(Err(io::ErrorKind::WriteZero.into())),
        written => Turn::Wrote(written),
    })
}

/// How far the answer is.
enum Answer {
    Head { interim: usize },
    Body { framing: BodyFraming, reader: BodyReader },
    Ended { framing: BodyFraming },
}

impl Answer {
    fn ended(&self) -> bool {
        matches!(self, Self::Ended { .. })
    }

    fn leaves_open(&self) -> bool {
        matches!(self, Self::Ended { framing } if *framing != BodyFraming::UntilClose)
    }

    /// Takes what it can from the bytes that have come. Returns what is wrong with them.
    async fn take(
        &mut self,
        wire: &mut Wire<Stream>,
        outgoing: &Outgoing,
        record: &mut Record,
    ) -> Result<Option<Failure>, StoreError> {
        loop {
            match self {
                Self::Ended { .. } => return Ok(None),
                Self::Head { interim } => match take_head(wire, &outgoing.target) {
                    Err(failure) => return Ok(Some(failure)),
                    Ok(None) => return Ok(None),
                    Ok(Some(head)) if head.is_interim() && head.status != 101 && *interim < MOST_INTERIM => {
                        *interim += 1
                    }
                    Ok(Some(head)) => match head.framing(&outgoing.method) {
                        Ok(framing) => {
                            *self = Self::Body { framing, reader: BodyReader::new(framing) };
                            record.answer = Some(head);
                        }
                        Err(problem) => {
                            record.answer = Some(head);
                            return Ok(Some(failure::protocol(&outgoing.target, &problem.to_string(), b"")));
                        }
                    },
                },
                Self::Body { reader, .. } => match reader.step(wire) {
                    Ok(Step::Data(bytes)) => {
                        record.received(bytes).await?;
                        if record.received_len() > BODY_CAP {
                            record.truncated = true;
                            self.stop(record);
                        }
                    }
                    Ok(Step::NeedMore) => return Ok(None),
                    Ok(Step::End) => self.stop(record),
                    Err(problem) => {
                        self.stop(record);
                        return Ok(Some(failure::protocol(&outgoing.target, &problem.to_string(), b"")));
                    }
                },
            }
        }
    }

    /// Ends the body where it is.
    fn stop(&mut self, record: &mut Record) {
        let Self::Body { framing, .. } = *self else { return };
        record.ended_at = Some(Instant::now());
        if let Self::Body { reader, .. } = std::mem::replace(self, Self::Ended { framing }) {
            record.received_framing = reader.into_framing();
        }
    }

    /// The connection has ended. Returns how the conversation ends, unless that was the end of the answer.
    fn close(
        &mut self,
        wire: &Wire<Stream>,
        outgoing: &Outgoing,
        record: &mut Record,
        error: Option<io::Error>,
    ) -> Option<End> {
        match self {
            Self::Ended { .. } => None,
            Self::Head { .. } if record.first_byte_at.is_none() => Some(End::Silent),
            Self::Head { .. } if wire.buffered().is_empty() => Some(End::Failed(failure::reset(&outgoing.target))),
            Self::Head { .. } => Some(End::Failed(failure::cut_in_head(wire.buffered().len()))),
            Self::Body { framing, reader } => {
                let whole = error.is_none() && reader.closed().is_ok();
                let framing = *framing;
                self.stop(record);
                (!whole).then(|| End::Failed(failure::cut_short(record.received_len(), framing)))
            }
        }
    }
}

/// The next head of an answer; None if it is not there yet.
fn take_head(wire: &mut Wire<Stream>, target: &Target) -> Result<Option<ResponseHead>, Failure> {
    let start = wire.buffered()[..wire.buffered().len().min(8)].to_vec();
    let raw = wire.take_head(HEAD_LIMIT).and_then(|raw| match raw {
        Some(raw) => ResponseHead::parse(raw).map(Some).map_err(ReadError::Head),
        None => Ok(None),
    });
    let head = raw.map_err(|error| failure::protocol(target, &error.to_string(), &start))?;
    if head.is_none() && !could_be_http(wire.buffered()) {
        return Err(failure::protocol(target, "It does not begin with HTTP/.", &start));
    }
    Ok(head)
}

/// False once it is sure that no head of an answer begins so: there is no need to wait for its end then.
fn could_be_http(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\r").unwrap_or(start);
    let known = start.len().min(5);
    start[..known] == b"HTTP/"[..known]
}
