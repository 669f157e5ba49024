//! Redaction: what is secret in a head or a URL is masked before an exchange leaves the workspace.
//!
//! Masked are the values of Authorization, cookies, signatures and every header or query parameter whose name says key,
//! token, secret or password; the user part of URLs; and what has the shape of a token wherever it stands in a head.
//! Names, order, case and spacing stay. **Bodies stay as they are**: a format that keeps every byte can't mask some.

mod known;
mod names;
mod text;

#[cfg(test)]
mod tests;

use crate::wire::{Framing, FramingBuilder, WirePiece};
pub use known::KnownSecrets;
use names::HeaderKind;
use std::borrow::Cow;

/// What stands in place of a secret.
pub(crate) const MASK: &str = "[masked]";

/// What is said to be masked where a secret of the vault stood.
const VAULT: &str = "secrets of the vault";

/// Masks secrets and remembers under which names they stood.
#[derive(Debug, Default)]
pub(crate) struct Redactor {
    masked: Vec<String>,
    known: KnownSecrets,
}

impl Redactor {
    /// One that masks these secrets too, wherever they stand.
    pub(crate) fn knowing(known: KnownSecrets) -> Self {
        Self { masked: Vec::new(), known }
    }

    /// The names of headers and query parameters whose values were masked, each once, as first written.
    pub(crate) fn masked(self) -> Vec<String> {
        self.masked
    }

    /// Masks a head, or any lines of the form `Name: value`. Line ends, spacing and names stay; the value of a masked
    /// field that was folded over several lines becomes one line.
    pub(crate) fn head(&mut self, head: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(head.len());
        let mut rest = head;
        let mut is_first = true;
        while !rest.is_empty() {
            let (line, after) = split_field(rest);
            match memchr::memchr(b':', line).filter(|_| !is_first) {
                Some(colon) => self.field(&line[..colon], &line[colon + 1..], &mut out),
                None => out.extend_from_slice(&self.bytes(line)),
            }
            (rest, is_first) = (after, false);
        }
        out
    }

    /// Masks a URL or a sentence that may hold one.
    pub(crate) fn text(&mut self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// Masks the trailer fields and chunk extensions in the framing of a body of which `body_len` bytes are kept.
    pub(crate) fn framing(&mut self, framing: &Framing, body_len: u64) -> Framing {
        let mut masked = FramingBuilder::default();
        for piece in framing.pieces(body_len) {
            match piece {
                // A body is at most 512 MiB long.
                WirePiece::Body(range) => masked.data(usize::try_from(range.end - range.start).unwrap_or(usize::MAX)),
                WirePiece::Raw(raw) => masked.raw(&self.head(&raw)),
            }
        }
        masked.finish()
    }

    fn bytes<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let Self { masked, known } = self;
        let is_known = |name: &str| known.has_name(name.as_bytes());
        let Some(without) = known.mask(bytes) else {
            return text::mask(bytes, is_known, &mut |name| remember(masked, name));
        };
        remember(masked, VAULT);
        Cow::Owned(text::mask(&without, is_known, &mut |name| remember(masked, name)).into_owned())
    }

    fn field(&mut self, name: &[u8], raw: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(name);
        out.push(b':');
        let start = raw.len() - raw.trim_ascii_start().len();
        let end = raw.trim_ascii_end().len();
        let kind = match names::header(name.trim_ascii()) {
            HeaderKind::Plain if self.known.has_name(name.trim_ascii()) => HeaderKind::Secret,
            kind => kind,
        };
        if start >= end || kind == HeaderKind::Plain {
            out.extend_from_slice(&self.bytes(raw));
            return;
        }
        remember(&mut self.masked, &String::from_utf8_lossy(name.trim_ascii()));
        out.extend_from_slice(&raw[..start]);
        out.extend_from_slice(&masked_value(kind, &raw[start..end]));
        out.extend_from_slice(&raw[end..]);
    }
}

/// A value with what is secret in it masked.
fn masked_value(kind: HeaderKind, value: &[u8]) -> Vec<u8> {
    match kind {
        HeaderKind::Plain => value.to_vec(),
        HeaderKind::Secret => MASK.into(),
        HeaderKind::Credentials => match value.split(|&byte| byte == b' ').next() {
            Some(scheme) if scheme.len() < value.len() && names::is_scheme(scheme) => {
                [scheme, b" ", MASK.as_bytes()].concat()
            }
            _ => MASK.into(),
        },
        HeaderKind::Cookies => pairs(value, |_, _| false),
        HeaderKind::SetCookie => pairs(value, |index, name| index > 0 && names::is_cookie_attribute(name)),
    }
}

/// Masks the values of `name=value; name=value` but for those that `keep` knows by place and name.
fn pairs(value: &[u8], keep: impl Fn(usize, &[u8]) -> bool) -> Vec<u8> {
    let masked = value.split(|&byte| byte == b';').enumerate().map(|(index, pair)| {
        let start = pair.len() - pair.trim_ascii_start().len();
        let name_end = memchr::memchr(b'=', pair).unwrap_or(pair.len());
        if pair.len() == start || keep(index, pair[..name_end].trim_ascii()) {
            return pair.to_vec();
        }
        match pair.get(..=name_end) {
            Some(name) => [name, MASK.as_bytes()].concat(),
            None => [&pair[..start], MASK.as_bytes()].concat(),
        }
    });
    masked.collect::<Vec<_>>().join(&b';')
}

/// Takes a line with the lines that are folded onto it (RFC 9112, section 5.2) off the front.
fn split_field(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(end) = memchr::memchr(b'\n', &bytes[at..]) {
        at += end + 1;
        if !matches!(bytes.get(at), Some(b' ' | b'\t')) {
            return bytes.split_at(at);
        }
    }
    (bytes, &[])
}

fn remember(masked: &mut Vec<String>, name: &str) {
    if !masked.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        masked.push(name.to_owned());
    }
}
