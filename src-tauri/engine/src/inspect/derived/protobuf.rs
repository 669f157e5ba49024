//! Protocol buffers without a schema: field numbers, wire types, and a guess at what a length-delimited field holds:
//! text, a message or bytes (protobuf.dev, "Encoding"). With gRPC, each message behind its five bytes.

use super::{Draft, write};
use crate::inspect::media::MediaType;

/// Messages in messages that are read.
const DEPTH: u32 = 32;

/// The largest field number.
const LARGEST_FIELD: u64 = (1 << 29) - 1;

/// Field numbers that are likely, for bytes that nobody calls protobuf.
const LIKELY_FIELD: u64 = 200;

/// Reads from the front of bytes.
struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Why a message can't be read further: where, and what is wrong.
type Broken = (usize, &'static str);

impl<'a> Input<'a> {
    fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn take(&mut self, len: usize, what: &'static str) -> Result<&'a [u8], Broken> {
        let rest = &self.bytes[self.at..];
        let taken = rest.get(..len).ok_or((self.at, what))?;
        self.at += len;
        Ok(taken)
    }

    fn varint(&mut self) -> Result<u64, Broken> {
        let start = self.at;
        let mut value = 0_u64;
        for shift in (0..70).step_by(7) {
            let byte = self.take(1, "A varint stops before its end.")?[0];
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err((start, "A varint has more than 64 bits."))
    }

    fn tag(&mut self) -> Result<(u64, u64), Broken> {
        let start = self.at;
        let tag = self.varint()?;
        let field = tag >> 3;
        if field == 0 || field > LARGEST_FIELD {
            return Err((start, "This is not the number of a field."));
        }
        Ok((field, tag & 7))
    }
}

/// True if bytes that nobody calls protobuf can hardly be anything else: several likely fields and nothing left over.
pub(crate) fn looks_like(bytes: &[u8]) -> bool {
    let mut input = Input { bytes, at: 0 };
    let mut fields = 0;
    while !input.is_empty() {
        let Ok((field, kind)) = input.tag() else { return false };
        let skipped = match kind {
            0 => input.varint().map(drop),
            1 => input.take(8, "").map(drop),
            2 => input.varint().and_then(|len| input.take(usize::try_from(len).unwrap_or(usize::MAX), "").map(drop)),
            5 => input.take(4, "").map(drop),
            _ => return false,
        };
        if skipped.is_err() || field > LIKELY_FIELD {
            return false;
        }
        fields += 1;
    }
    fields >= 2
}

pub(super) fn read_fields(bytes: &[u8], media: &MediaType, draft: &mut Draft) {
    let grpc = media.essence.starts_with("application/grpc");
    let read = if grpc { frames(draft, bytes) } else { message(draft, &mut Input { bytes, at: 0 }, None, DEPTH) };
    if let Err((at, problem)) = read {
        draft.broken = Some((at, problem.into()));
    }
    draft.notice.get_or_insert(GUESSED.into());
}

const GUESSED: &str = "Read without a schema: field numbers are certain, what a field holds is guessed.";

/// gRPC: a byte that says whether the message is compressed, four of length, the message.
fn frames(draft: &mut Draft, bytes: &[u8]) -> Result<(), Broken> {
    let mut input = Input { bytes, at: 0 };
    let mut count = 0_u32;
    draft.text.push(b'[');
    let mut read = || -> Result<(), Broken> {
        while !input.is_empty() && !draft.is_over() {
            let head = input.take(5, "The head of a gRPC message stops before its end.")?;
            let len = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
            let start = input.at;
            let content = input.take(len, "A gRPC message is shorter than its length says.")?;
            if count > 0 {
                draft.text.push(b',');
            }
            count += 1;
            if head[0] == 0 {
                let mut inner = Input { bytes: content, at: 0 };
                message(draft, &mut inner, None, DEPTH).map_err(|(at, what)| (start + at, what))?;
            } else {
                draft.remark(format!("compressed, {len} bytes"));
                write::hex(&mut draft.text, content);
            }
        }
        Ok(())
    };
    let done = read();
    draft.text.push(b']');
    done
}

/// Writes a message as an object, up to the end of the input or of the group `group`, or until the draft is over. The
/// object is closed even where the message breaks off.
fn message(draft: &mut Draft, input: &mut Input<'_>, group: Option<u64>, depth: u32) -> Result<(), Broken> {
    draft.text.push(b'{');
    let mut first = true;
    let done = loop {
        if draft.is_over() {
            break Ok(());
        }
        if input.is_empty() {
            break if group.is_some() { Err((input.at, "A group has no end.")) } else { Ok(()) };
        }
        let before = draft.text.len();
        match field(draft, input, group, &mut first, depth) {
            Ok(true) => {}
            Ok(false) => break Ok(()),
            Err(broken) => {
                if matches!(draft.text.last(), Some(b':' | b',')) {
                    draft.text.truncate(before);
                }
                break Err(broken);
            }
        }
    };
    draft.text.push(b'}');
    done
}

/// Writes one field; false if it was the end of the group.
fn field(
    draft: &mut Draft,
    input: &mut Input<'_>,
    group: Option<u64>,
    first: &mut bool,
    depth: u32,
) -> Result<bool, Broken> {
    let start = input.at;
    let (number, kind) = input.tag()?;
    if kind == 4 {
        return if group == Some(number) { Ok(false) } else { Err((start, "A group ends that is not open.")) };
    }
    if !*first {
        draft.text.push(b',');
    }
    draft.text.extend_from_slice(format!("\"{number}\":").as_bytes());
    match kind {
        0 => varint(draft, input.varint()?),
        1 => {
            let bytes = input.take(8, "A 64-bit field stops before its end.")?;
            let value = bytes.try_into().map(u64::from_le_bytes).unwrap_or_default();
            draft.remark(format!("64-bit, double {:?}", f64::from_bits(value)));
            draft.text.extend_from_slice(value.to_string().as_bytes());
        }
        2 => {
            let len = usize::try_from(input.varint()?).unwrap_or(usize::MAX);
            let content = input.take(len, "A field is shorter than its length says.")?;
            delimited(draft, content, depth);
        }
        3 if depth > 0 => {
            draft.remark("group");
            *first = false;
            message(draft, input, Some(number), depth - 1)?;
        }
        5 => {
            let bytes = input.take(4, "A 32-bit field stops before its end.")?;
            let value = bytes.try_into().map(u32::from_le_bytes).unwrap_or_default();
            draft.remark(format!("32-bit, float {:?}", f32::from_bits(value)));
            draft.text.extend_from_slice(value.to_string().as_bytes());
        }
        _ => return Err((start, "There is no such wire type.")),
    }
    *first = false;
    Ok(true)
}

fn varint(draft: &mut Draft, value: u64) {
    let signed = value.cast_signed();
    if signed < 0 {
        draft.remark(format!("varint, signed {signed}"));
    } else {
        draft.remark("varint");
    }
    draft.text.extend_from_slice(value.to_string().as_bytes());
}

/// Text if it can be read, else a message if it is one to its last byte, else bytes.
fn delimited(draft: &mut Draft, content: &[u8], depth: u32) {
    let is_text = |text: &&str| !text.chars().any(|char| char.is_control() && !matches!(char, '\n' | '\r' | '\t'));
    if let Some(text) = std::str::from_utf8(content).ok().filter(is_text) {
        draft.remark("string");
        return write::string(&mut draft.text, text);
    }
    let before = draft.mark();
    if depth > 0 {
        draft.remark(format!("message, {} bytes", content.len()));
        let mut input = Input { bytes: content, at: 0 };
        if message(draft, &mut input, None, depth - 1).is_ok() {
            return;
        }
        draft.back_to(before);
    }
    draft.remark(format!("{} bytes", content.len()));
    write::hex(&mut draft.text, content);
}
