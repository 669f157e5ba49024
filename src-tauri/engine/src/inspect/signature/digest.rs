//! Hashes and keyed hashes, and how digests are written.

use crate::inspect::provider::{Encoding, Hash};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use md5::{Digest as _, Md5};
use ring::{digest, hmac as ring_hmac};
use std::fmt::Write as _;
use subtle::ConstantTimeEq;

#[cfg(test)]
thread_local! {
    /// Bytes that were hashed on this thread.
    pub(super) static HASHED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// The keyed hash of `text` (RFC 2104).
pub(super) fn keyed(hash: Hash, key: &[u8], text: &[u8]) -> Vec<u8> {
    #[cfg(test)]
    HASHED.set(HASHED.get() + text.len());
    let algorithm = match hash {
        Hash::Md5 => return keyed_md5(key, text),
        Hash::Sha1 => ring_hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => ring_hmac::HMAC_SHA256,
        Hash::Sha384 => ring_hmac::HMAC_SHA384,
        Hash::Sha512 => ring_hmac::HMAC_SHA512,
    };
    ring_hmac::sign(&ring_hmac::Key::new(algorithm, key), text).as_ref().to_vec()
}

fn keyed_md5(key: &[u8], text: &[u8]) -> Vec<u8> {
    // A key of any length is taken: longer ones are hashed first.
    let Ok(mut mac) = <Hmac<Md5> as Mac>::new_from_slice(key) else { return Vec::new() };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// The hash of `text`.
pub(super) fn plain(hash: Hash, text: &[u8]) -> Vec<u8> {
    #[cfg(test)]
    HASHED.set(HASHED.get() + text.len());
    let algorithm = match hash {
        Hash::Md5 => return Md5::digest(text).to_vec(),
        Hash::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => &digest::SHA256,
        Hash::Sha384 => &digest::SHA384,
        Hash::Sha512 => &digest::SHA512,
    };
    digest::digest(algorithm, text).as_ref().to_vec()
}

/// A digest as text.
pub(super) fn written(encoding: Encoding, digest: &[u8]) -> String {
    match encoding {
        Encoding::Hex => hex(digest),
        Encoding::HexUpper => hex(digest).to_ascii_uppercase(),
        Encoding::Base64 => STANDARD.encode(digest),
        Encoding::Base64url => URL_SAFE_NO_PAD.encode(digest),
    }
}

/// Characters of a digest as text.
pub(super) fn written_len(encoding: Encoding, hash: Hash) -> usize {
    let bytes: usize = match hash {
        Hash::Md5 => 16,
        Hash::Sha1 => 20,
        Hash::Sha256 => 32,
        Hash::Sha384 => 48,
        Hash::Sha512 => 64,
    };
    match encoding {
        Encoding::Hex | Encoding::HexUpper => bytes * 2,
        Encoding::Base64 => bytes.div_ceil(3) * 4,
        Encoding::Base64url => (bytes * 4).div_ceil(3),
    }
}

/// The bytes of a written signature.
pub(super) fn read(encoding: Encoding, text: &str) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Hex | Encoding::HexUpper => from_hex(text),
        Encoding::Base64 => from_base64(text),
        Encoding::Base64url => from_base64(text),
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let hex = digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit);
    hex.then(|| digits.chunks(2).map(pair).collect()).flatten()
}

/// Base64 of either alphabet, with or without padding.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text
        .chars()
        .map(|c| {
            if c == '-' {
                '+'
            } else if c == '_' {
                '/'
            } else {
                c
            }
        })
        .collect();
    base64::engine::general_purpose::STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

/// Compares without saying by its time where two texts differ.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
