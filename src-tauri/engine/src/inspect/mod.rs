//! Reading an exchange: what a body is, and windows of it as text, tree, bytes, form and parts. Pure functions over
//! bytes; nothing here alters what is stored.

mod view;

pub use view::*;

use crate::exchange::{Header, Headers};
use bytes::Bytes;

/// TEMP
pub fn query_fields(_target: &str) -> Vec<Header> {
    Vec::new()
}

/// TEMP
pub(crate) fn decoded_start(_headers: &Headers, raw: Bytes, _cap: u64) -> (Bytes, String) {
    let text = String::from_utf8_lossy(&raw).into_owned();
    (raw, text)
}
