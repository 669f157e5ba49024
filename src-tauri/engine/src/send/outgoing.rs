//! A request as bytes, ready for the wire.

use super::prepare::{Line, Prepared};
use super::target::Target;
use super::upload::Upload;
use crate::exchange::{ExchangeId, Failure, Origin};
use crate::wire::LooseHead;
use bytes::{BufMut as _, Bytes, BytesMut};

/// A request whose head is written and whose body has a length.
#[derive(Debug)]
pub(crate) struct Outgoing {
    /// The method, which says whether the answer has a body.
    pub(crate) method: String,
    /// Where it goes.
    pub(crate) target: Target,
    /// The head as it goes out.
    pub(crate) head: Bytes,
    /// The body.
    pub(crate) upload: Upload,
}

/// What an exchange says about itself besides what was on the wire.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    /// What made it happen.
    pub(crate) origin: Origin,
    /// What it was made from.
    pub(crate) parent: Option<ExchangeId>,
    /// The saved request that is sent.
    pub(crate) request_id: Option<i64>,
    /// The source of the push that is sent on.
    pub(crate) source: Option<String>,
    /// What its provider calls the event.
    pub(crate) event_type: Option<String>,
}

impl Outgoing {
    /// Writes the head of a prepared request. If a file of its body can't be read, it is without a body and the
    /// failure says so.
    pub(super) async fn of(prepared: &Prepared) -> (Self, Option<Failure>) {
        let (upload, failure) = match Upload::measure(&prepared.body, prepared.is_chunked()).await {
            Ok(upload) => (upload, None),
            Err(failure) => (Upload::empty(), Some(failure)),
        };
        let length = failure.is_none().then_some(upload.length);
        let head = write_head(&prepared.request_line(), &prepared.lines(length));
        let (method, target) = (prepared.method.clone(), prepared.target.clone());
        (Self { method, target, head, upload }, failure)
    }

    /// True if the connection can carry another request after this one: its end is where its head says, and the head
    /// does not ask for the connection to be closed (RFC 9112, section 9.3).
    pub(super) fn leaves_open(&self) -> bool {
        let headers = LooseHead::parse(&self.head).headers;
        let closes =
            headers.all("connection").any(|value| value.to_ascii_lowercase().windows(5).any(|w| w == b"close"));
        let mut lengths = headers.all("content-length");
        let length = lengths.next().map(|value| std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()));
        let ends_where_said = match length {
            _ if headers.all("transfer-encoding").next().is_some() => self.upload.chunked && length.is_none(),
            Some(length) => length == Some(self.upload.length),
            None => self.upload.length == 0,
        };
        !closes && ends_where_said && lengths.next().is_none()
    }
}

fn write_head(line: &str, fields: &[Line]) -> Bytes {
    let length = fields.iter().map(|field| field.name.len() + field.value.len() + 4).sum::<usize>();
    let mut head = BytesMut::with_capacity(line.len() + length + 4);
    head.put_slice(line.as_bytes());
    for field in fields {
        head.put_slice(b"\r\n");
        head.put_slice(field.name.as_bytes());
        head.put_slice(b": ");
        head.put_slice(field.value.as_bytes());
    }
    head.put_slice(b"\r\n\r\n");
    head.freeze()
}
