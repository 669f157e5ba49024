//! What a JSON value means, where that is certain: a number that JavaScript would change, a moment in time.

use super::{ChipKind, JsonKind, ValueChip};
use jiff::Timestamp;
use std::borrow::Cow;

/// 2001-01-01 and 2100-01-01 in epoch seconds: numbers between them are taken for moments.
const EPOCH: std::ops::Range<i64> = 978_307_200..4_102_444_800;

/// Every f64 keeps this many significant digits (IEEE 754 binary64).
const SAFE_DIGITS: usize = 15;

/// The chips of a scalar. `bytes` is the value as it stands, `key` its key.
pub(crate) fn chips(kind: JsonKind, bytes: &[u8], key: Option<&[u8]>) -> Vec<ValueChip> {
    let mut chips = Vec::new();
    let Ok(text) = std::str::from_utf8(bytes) else { return chips };
    match kind {
        JsonKind::Number => {
            if beyond_53_bits(text) {
                chips.push(ValueChip { kind: ChipKind::Exact, text: "exact, beyond 53 bits".into() });
            } else if altered_by_f64(text) {
                chips.push(ValueChip { kind: ChipKind::Exact, text: "exact, more digits than a float".into() });
            } else if !key.is_some_and(names_an_id) {
                chips.extend(epoch(text).map(time_chip));
            }
        }
        JsonKind::String => chips.extend(moment(text.trim_matches('"')).map(time_chip)),
        _ => {}
    }
    chips
}

/// The chip of a key that stands more than once in its object.
pub(crate) fn duplicate() -> ValueChip {
    ValueChip { kind: ChipKind::Duplicate, text: "duplicate key".into() }
}

fn time_chip(time: Timestamp) -> ValueChip {
    ValueChip { kind: ChipKind::Time, text: time.strftime("%H:%M:%S%.f, %-d %b %Y UTC").to_string() }
}

/// Numbers with such a key are counted up or drawn at random: none of them is a moment.
fn names_an_id(key: &[u8]) -> bool {
    key.eq_ignore_ascii_case(b"id") || [&b"_id"[..], b"-id", b"Id", b"ID"].iter().any(|end| key.ends_with(end))
}

/// An integer that is larger than 2^53, up to which every integer is a double of its own.
fn beyond_53_bits(text: &str) -> bool {
    let digits = text.trim_start_matches('-');
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.len() > SAFE_DIGITS
        && digits.parse::<u64>().map_or(true, |value| value > 1 << 53)
}

/// True if reading the number as a double and writing it again gives another value.
fn altered_by_f64(text: &str) -> bool {
    let plain = !text.contains(['e', 'E']) && text.bytes().filter(u8::is_ascii_digit).count() <= SAFE_DIGITS;
    if plain {
        return false;
    }
    let read: f64 = text.parse().unwrap_or(f64::INFINITY);
    !read.is_finite() || normal(text) != normal(&format!("{read:e}"))
}

/// The significant digits of a number and the power of ten of the last one.
fn normal(text: &str) -> (Cow<'_, str>, i64) {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    // An exponent that does not fit is one that no double has.
    let exponent: i64 = exponent.parse().unwrap_or(i64::from(i32::MAX));
    let mantissa = mantissa.trim_start_matches('-');
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    let zeros = (digits.len() - significant.len()) as i64;
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        return (Cow::Borrowed("0"), 0);
    }
    (Cow::Owned(significant.to_owned()), exponent - fraction.len() as i64 + zeros)
}

fn epoch(text: &str) -> Option<Timestamp> {
    let value: i64 = text.parse().ok()?;
    if EPOCH.contains(&value) {
        Timestamp::from_second(value).ok()
    } else if EPOCH.contains(&value.div_euclid(1_000)) {
        Timestamp::from_millisecond(value).ok()
    } else {
        None
    }
}

/// Reads a date, a time and an offset (RFC 3339, ISO 8601 extended form). Without an offset it is no moment.
fn moment(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let shaped = (20..=40).contains(&bytes.len()) && bytes[4] == b'-' && bytes[7] == b'-' && bytes[13] == b':';
    if shaped { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(kind: JsonKind, value: &str) -> Option<String> {
        chips(kind, value.as_bytes(), None).pop().map(|chip| chip.text)
    }

    #[test]
    fn marks_numbers_that_a_double_changes() {
        for (value, exact) in [
            ("9007199254740992", false),
            ("9007199254740993", true),
            ("-9007199254740993", true),
            ("123456789012345678901234567890", true),
            ("0.1", false),
            ("1.10", false),
            ("0.1234567890123456789", true),
            ("1e20", false),
            ("1e400", true),
            ("1e-400", true),
            ("0e-400", false),
            ("-0.000", false),
            ("1.7976931348623157e308", false),
            ("1e99999999999999999999", true),
        ] {
            let chips = chips(JsonKind::Number, value.as_bytes(), None);
            assert_eq!(chips.iter().any(|chip| chip.kind == ChipKind::Exact), exact, "{value}");
        }
        assert_eq!(text(JsonKind::Number, "9007199254740993").as_deref(), Some("exact, beyond 53 bits"));
    }

    #[test]
    fn reads_moments() {
        let shown = Some("12:04:08.917, 22 Nov 2026 UTC");
        assert_eq!(text(JsonKind::String, "\"2026-11-22T12:04:08.917Z\"").as_deref(), shown);
        assert_eq!(text(JsonKind::String, "\"2026-11-22T13:04:08.917+01:00\"").as_deref(), shown);
        assert_eq!(text(JsonKind::Number, "1795349048917").as_deref(), shown);
        assert_eq!(text(JsonKind::Number, "1795349048").as_deref(), Some("12:04:08, 22 Nov 2026 UTC"));
    }

    #[test]
    fn leaves_what_is_no_moment() {
        for value in
            ["\"2026-11-22\"", "\"2026-11-22T12:04:08\"", "\"2026-13-22T12:04:08Z\"", "\"\"", "\"éééééééééééé\""]
        {
            assert_eq!(text(JsonKind::String, value), None, "{value}");
        }
        for value in ["0", "-1795349048", "4102444800", "17953490489170", "1795349048.5"] {
            assert_eq!(text(JsonKind::Number, value), None, "{value}");
        }
        assert!(chips(JsonKind::Number, b"1795349048", Some(b"object_id")).is_empty());
    }
}
