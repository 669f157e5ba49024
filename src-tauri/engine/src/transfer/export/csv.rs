//! The list as a table: RFC 4180, one line an exchange.

use super::ExportError;
use super::entry::Entry;
use super::out::Out;
use serde::Serialize;

const COLUMNS: [&str; 20] = [
    "id",
    "direction",
    "origin",
    "started_at",
    "method",
    "url",
    "path",
    "source",
    "event_type",
    "status",
    "duration_ms",
    "request_bytes",
    "response_bytes",
    "failure",
    "parent",
    "forward_status",
    "marks",
    "delivery",
    "attempt",
    "repeat",
];

pub(super) async fn begin(out: &mut Out<'_>) -> Result<(), ExportError> {
    out.put(COLUMNS.join(",") + "\r\n").await
}

pub(super) async fn write(entry: &Entry, out: &mut Out<'_>) -> Result<(), ExportError> {
    let row = &entry.summary;
    let marks: Vec<String> = row.marks.iter().map(word).collect();
    let cells: [String; COLUMNS.len()] = [
        row.id.to_string(),
        word(&row.direction),
        word(&row.origin),
        iso(row.started_at),
        row.method.clone(),
        row.url.clone(),
        row.path.clone(),
        row.source.clone().unwrap_or_default(),
        row.event_type.clone().unwrap_or_default(),
        optional(row.status),
        row.duration.map(milliseconds).unwrap_or_default(),
        row.request_size.to_string(),
        row.response_size.to_string(),
        row.failure.as_ref().map(word).unwrap_or_default(),
        optional(row.parent),
        optional(row.forward_status),
        marks.join(" "),
        optional(row.delivery.map(|mark| mark.first)),
        optional(row.delivery.and_then(|mark| mark.attempt)),
        row.delivery.and_then(|mark| mark.repeat).as_ref().map(word).unwrap_or_default(),
    ];
    out.put(cells.map(|text| cell(&text)).join(",") + "\r\n").await
}

/// A cell that no table program takes for a formula, quoted where the text needs it.
fn cell(text: &str) -> String {
    let mark = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if text.contains(['"', ',', '\r', '\n']) {
        return format!("\"{mark}{}\"", text.replace('"', "\"\""));
    }
    format!("{mark}{text}")
}

/// The name of a plain enum's value as the API writes it.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn optional(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A point in time as ISO 8601 in UTC.
pub(super) fn iso(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).unwrap_or_default().to_string()
}

/// Microseconds as milliseconds, exactly.
pub(super) fn milliseconds(micros: i64) -> String {
    let (sign, micros) = if micros < 0 { ("-", micros.unsigned_abs()) } else { ("", micros.unsigned_abs()) };
    format!("{sign}{}.{:03}", micros / 1000, micros % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_quoted_and_quotes_doubled() {
        for (text, shown) in [
            ("=1+1", "'=1+1"),
            ("-a,b", "\"'-a,b\""),
            ("\tx", "'\tx"),
            ("a\"b\nc", "\"a\"\"b\nc\""),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("plain", "plain"),
        ] {
            assert_eq!(cell(text), shown);
        }
    }

    #[test]
    fn milliseconds_keep_every_digit() {
        assert_eq!(milliseconds(1_002), "1.002");
        assert_eq!(milliseconds(-1), "-0.001");
    }
}
