//! Pieces of JSON, written into a draft.

use std::fmt::Write as _;

/// A string with its quotes and escapes.
pub(super) fn string(out: &mut Vec<u8>, text: &str) {
    // Writing a string to a Vec cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// A number of a kind that JSON can say; another one as a string.
pub(super) fn float(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        out.extend_from_slice(format!("{value:?}").as_bytes());
    } else {
        string(out, &value.to_string());
    }
}

/// Bytes as hexadecimal digits in a string.
pub(super) fn hex(out: &mut Vec<u8>, bytes: &[u8]) {
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    string(out, &digits);
}
