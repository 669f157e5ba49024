//! What was on the wire, of one exchange, as one run of bytes: so that it is packed, written and read at once.
//!
//! ```text
//! version │ ten lengths, each one more than it is, 0 for "not there" │ the ten parts
//! request head, framing, body │ response head, framing, body │ peer │ timing │ failure │ what decided the answer
//! ```

use super::NewExchange;
use super::pack::Damaged;
use crate::exchange::{Answered, Body, Failure, Message, Side, Timing};
use bytes::{BufMut as _, Bytes};

/// The only form there is so far.
const VERSION: u8 = 1;

/// Parts of a record.
const PARTS: usize = 10;

/// One message as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) head: Bytes,
    pub(super) framing: Bytes,
    /// None if it is in chunks.
    pub(super) body: Option<Bytes>,
}

/// What the list does not show of an exchange.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) request: Option<Part>,
    pub(super) response: Option<Part>,
    pub(super) peer: Option<String>,
    pub(super) timing: Option<Timing>,
    pub(super) failure: Option<Failure>,
    pub(super) answered: Option<Answered>,
}

impl Record {
    /// The message of one side.
    pub(super) fn side(&self, side: Side) -> Option<&Part> {
        match side {
            Side::Request => self.request.as_ref(),
            Side::Response => self.response.as_ref(),
        }
    }

    /// Reads what [`encode`] wrote.
    pub(super) fn decode(bytes: Vec<u8>) -> Result<Self, Damaged> {
        let mut parts = Parts::open(bytes.into())?;
        let mut message = || {
            let (head, framing, body) = (parts.take()?, parts.take()?, parts.take()?);
            Ok(head.map(|head| Part { head, framing: framing.unwrap_or_default(), body }))
        };
        let (request, response) = (message()?, message()?);
        let peer = parts.take()?.map(|text| String::from_utf8_lossy(&text).into_owned());
        let timing = parts.take()?.and_then(|json| serde_json::from_slice(&json).ok());
        let failure = parts.take()?.and_then(|json| serde_json::from_slice(&json).ok());
        let answered = parts.take()?.and_then(|json| serde_json::from_slice(&json).ok());
        Ok(Self { request, response, peer, timing, failure, answered })
    }
}

/// The record of an exchange.
pub(super) fn encode(new: &NewExchange) -> Vec<u8> {
    let [request_head, request_framing, request_body] = parts_of(Some(&new.request));
    let [response_head, response_framing, response_body] = parts_of(new.response.as_ref());
    let timing = new.timing.as_ref().and_then(|timing| serde_json::to_vec(timing).ok());
    let failure = new.failure.as_ref().and_then(|failure| serde_json::to_vec(failure).ok());
    let answered = new.answered.as_ref().and_then(|answered| serde_json::to_vec(answered).ok());
    join([
        request_head,
        request_framing,
        request_body,
        response_head,
        response_framing,
        response_body,
        new.peer.as_deref().map(str::as_bytes),
        timing.as_deref(),
        failure.as_deref(),
        answered.as_deref(),
    ])
}

/// The record of these parts, in their order.
pub(super) fn join(parts: [Option<&[u8]>; PARTS]) -> Vec<u8> {
    let content: usize = parts.iter().flatten().map(|part| part.len()).sum();
    let mut record = Vec::with_capacity(content + 1 + PARTS * 4);
    record.put_u8(VERSION);
    for part in parts {
        put_length(&mut record, part.map_or(0, |part| part.len() as u64 + 1));
    }
    parts.into_iter().flatten().for_each(|part| record.extend_from_slice(part));
    record
}

fn parts_of(message: Option<&Message>) -> [Option<&[u8]>; 3] {
    let Some(message) = message else { return [None; 3] };
    let framing = (!message.framing.is_empty()).then_some(&message.framing[..]);
    let body = match &message.body {
        Body::Inline(bytes) => Some(&bytes[..]),
        Body::Spooled { .. } => None,
    };
    [Some(&message.head), framing, body]
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn put_length(record: &mut Vec<u8>, mut length: u64) {
    while length >= 0x80 {
        record.put_u8(length as u8 | 0x80);
        length >>= 7;
    }
    record.put_u8(length as u8);
}

/// The parts of a record, one after another.
struct Parts {
    lengths: [u64; PARTS],
    next: usize,
    content: Bytes,
}

impl Parts {
    fn open(record: Bytes) -> Result<Self, Damaged> {
        if record.first() != Some(&VERSION) {
            return Err(Damaged("an unknown form"));
        }
        let mut at = 1;
        let mut lengths = [0; PARTS];
        for length in &mut lengths {
            *length = take_length(&record, &mut at)?;
        }
        Ok(Self { lengths, next: 0, content: record.slice(at..) })
    }

    fn take(&mut self) -> Result<Option<Bytes>, Damaged> {
        let length = self.lengths[self.next];
        self.next += 1;
        let Some(length) = length.checked_sub(1) else { return Ok(None) };
        if length > self.content.len() as u64 {
            return Err(Damaged("cut off"));
        }
        Ok(Some(self.content.split_to(length as usize)))
    }
}

fn take_length(record: &[u8], at: &mut usize) -> Result<u64, Damaged> {
    let mut length = 0;
    for shift in (0..35).step_by(7) {
        let byte = *record.get(*at).ok_or(Damaged("cut off"))?;
        *at += 1;
        length |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(length);
        }
    }
    Err(Damaged("a length too long"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Spooled;
    use proptest::prelude::*;

    fn bytes() -> impl Strategy<Value = Bytes> {
        prop::collection::vec(any::<u8>(), 0..400).prop_map(Bytes::from)
    }

    fn message() -> impl Strategy<Value = Message> {
        let body = prop_oneof![
            bytes().prop_map(Body::Inline),
            Just(Body::Spooled { chunks: Spooled::default(), len: 70_000 })
        ];
        (bytes(), bytes(), body).prop_map(|(head, framing, body)| Message { head, framing, body })
    }

    fn part(message: Message) -> Part {
        let body = match message.body {
            Body::Inline(bytes) => Some(bytes),
            Body::Spooled { .. } => None,
        };
        Part { head: message.head, framing: message.framing, body }
    }

    proptest! {
        #[test]
        fn a_record_is_read_as_it_was_written(
            request in message(),
            response in prop::option::of(message()),
            peer in prop::option::of(".{0,40}"),
            wait in prop::option::of(any::<i64>()),
        ) {
            let timing = wait.map(|wait| Timing { wait: Some(wait), ..Timing::default() });
            let mut new = super::super::tests::push("a", "e", "");
            (new.request, new.response, new.peer, new.timing) =
                (request.clone(), response.clone(), peer.clone(), timing.clone());
            let record = Record::decode(encode(&new)).unwrap();
            let expected =
                Record { request: Some(part(request)), response: response.map(part), peer, timing, ..Record::default() };
            prop_assert_eq!(record, expected);
        }

        #[test]
        fn a_damaged_record_is_an_error_and_nothing_worse(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = Record::decode(bytes.clone());
            let _ = Record::decode([&[VERSION][..], &bytes].concat());
        }
    }
}
