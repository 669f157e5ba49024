//! MessagePack and CBOR as JSON: keys that are no strings are written as if they were, bytes as hexadecimal digits.

use super::{Draft, write};
use ciborium::Value as Cbor;
use rmpv::Value as Msgpack;
use std::io::ErrorKind;

/// Values in values that are read.
const DEPTH: usize = 200;

/// Bytes that are read: a byte can stand for a value of forty.
const SIZE: usize = 4 * 1024 * 1024;

pub(super) fn read_msgpack(bytes: &[u8], draft: &mut Draft) {
    let front = &bytes[..bytes.len().min(SIZE)];
    let mut rest = front;
    match rmpv::decode::read_value_with_max_depth(&mut rest, DEPTH) {
        Ok(value) => msgpack(draft, &value),
        Err(error) if bytes.len() > SIZE && error.kind() == ErrorKind::UnexpectedEof => longer(draft),
        Err(error) => unread(draft, front.len() - rest.len(), format!("This is not MessagePack: {error}.")),
    }
    left_over(draft, bytes.len() - front.len() + rest.len());
}

pub(super) fn read_cbor(bytes: &[u8], draft: &mut Draft) {
    let front = &bytes[..bytes.len().min(SIZE)];
    let mut rest = front;
    match ciborium::de::from_reader_with_recursion_limit::<Cbor, _>(&mut rest, DEPTH) {
        Ok(value) => cbor(draft, &value),
        Err(ciborium::de::Error::Io(_)) if bytes.len() > SIZE => longer(draft),
        Err(error) => {
            let at = match &error {
                ciborium::de::Error::Syntax(at) => *at,
                _ => front.len() - rest.len(),
            };
            unread(draft, at, format!("This is not CBOR: {error}."));
        }
    }
    left_over(draft, bytes.len() - front.len() + rest.len());
}

/// The value goes on behind what is read, as far as can be told.
fn longer(draft: &mut Draft) {
    let limit = SIZE / (1024 * 1024);
    draft.notice = Some(format!("The value is longer than the {limit} MiB that are read; the tree does not show it."));
    draft.text = b"null".to_vec();
}

fn unread(draft: &mut Draft, at: usize, problem: String) {
    draft.broken = Some((at, problem));
    draft.text = b"null".to_vec();
}

fn left_over(draft: &mut Draft, bytes: usize) {
    if bytes > 0 && draft.broken.is_none() && draft.notice.is_none() {
        draft.notice = Some(format!("{bytes} bytes follow behind the value; the tree does not show them."));
    }
}

fn msgpack(draft: &mut Draft, value: &Msgpack) {
    match value {
        Msgpack::Nil => draft.text.extend_from_slice(b"null"),
        Msgpack::Boolean(value) => draft.text.extend_from_slice(value.to_string().as_bytes()),
        Msgpack::Integer(value) => draft.text.extend_from_slice(value.to_string().as_bytes()),
        Msgpack::F32(value) => write::float(&mut draft.text, f64::from(*value)),
        Msgpack::F64(value) => write::float(&mut draft.text, *value),
        Msgpack::String(text) => write::string(&mut draft.text, &String::from_utf8_lossy(text.as_bytes())),
        Msgpack::Binary(bytes) => raw(draft, "bytes", bytes),
        Msgpack::Ext(kind, bytes) => raw(draft, &format!("extension {kind}"), bytes),
        Msgpack::Array(values) => array(draft, values, msgpack),
        Msgpack::Map(members) => object(draft, members, msgpack, |key| match key {
            Msgpack::String(text) => String::from_utf8_lossy(text.as_bytes()).into_owned(),
            other => other.to_string(),
        }),
    }
}

fn cbor(draft: &mut Draft, value: &Cbor) {
    match value {
        Cbor::Integer(value) => draft.text.extend_from_slice(i128::from(*value).to_string().as_bytes()),
        Cbor::Bytes(bytes) => raw(draft, "bytes", bytes),
        Cbor::Float(value) => write::float(&mut draft.text, *value),
        Cbor::Text(text) => write::string(&mut draft.text, text),
        Cbor::Bool(value) => draft.text.extend_from_slice(value.to_string().as_bytes()),
        Cbor::Tag(tag, value) => {
            draft.remark(format!("tag {tag}"));
            cbor(draft, value);
        }
        Cbor::Array(values) => array(draft, values, cbor),
        Cbor::Map(members) => object(draft, members, cbor, |key| match key {
            Cbor::Text(text) => text.clone(),
            Cbor::Integer(number) => i128::from(*number).to_string(),
            other => format!("{other:?}"),
        }),
        _ => draft.text.extend_from_slice(b"null"),
    }
}

fn raw(draft: &mut Draft, what: &str, bytes: &[u8]) {
    draft.remark(format!("{what}, {}", bytes.len()));
    write::hex(&mut draft.text, bytes);
}

fn array<T>(draft: &mut Draft, values: &[T], value: fn(&mut Draft, &T)) {
    draft.text.push(b'[');
    for (at, each) in values.iter().enumerate() {
        if draft.is_over() {
            break;
        }
        if at > 0 {
            draft.text.push(b',');
        }
        value(draft, each);
    }
    draft.text.push(b']');
}

fn object<T>(draft: &mut Draft, members: &[(T, T)], value: fn(&mut Draft, &T), name: fn(&T) -> String) {
    draft.text.push(b'{');
    for (at, (key, each)) in members.iter().enumerate() {
        if draft.is_over() {
            break;
        }
        if at > 0 {
            draft.text.push(b',');
        }
        write::string(&mut draft.text, &name(key));
        draft.text.push(b':');
        value(draft, each);
    }
    draft.text.push(b'}');
}
