//! HTTP Archive 1.2, written strictly; what it has no field for stands in fields that begin with an underscore.
//!
//! Timings that were not measured are -1. A body that is not UTF-8 is base64. Content codings are taken off response
//! bodies, as the format asks, where they are whole and fit.

use super::ExportError;
use super::cookies;
use super::csv::{iso, milliseconds};
use super::entry::{Entry, EntryMessage, field};
use super::json::{open, put_body, put_escaped, text};
use super::out::Out;
use crate::exchange::{Direction, Header, Headers, Timing};
use crate::inspect::{content_codings, decode, query_fields};
use crate::wire::LooseHead;
use base64::Engine as _;
use bytes::Bytes;
use serde_json::{Map, Number, Value, json};

/// Bodies up to this many bytes are held to take their codings off, or to read the fields of a form.
const WHOLE_LIMIT: u64 = 1024 * 1024;

pub(super) async fn begin(out: &mut Out<'_>, redacted: bool) -> Result<(), ExportError> {
    let log = json!({
        "version": "1.2",
        "creator": { "name": "Pushpull", "version": env!("CARGO_PKG_VERSION") },
        "_redacted": redacted,
    });
    out.put(format!("{{\"log\":{},\"entries\":[", open(&log)?)).await
}

pub(super) async fn end(out: &mut Out<'_>) -> Result<(), ExportError> {
    out.put("\n]}}\n").await
}

pub(super) async fn write(entry: &Entry, is_first: bool, out: &mut Out<'_>) -> Result<(), ExportError> {
    out.put(if is_first { "\n" } else { ",\n" }).await?;
    let (timings, total) = timings(entry.timing.as_ref());
    let time = total.or(entry.summary.duration).unwrap_or(0);
    let start = json!({ "startedDateTime": iso(entry.summary.started_at), "time": ms(Some(time)) });
    out.put(open(&start)? + ",\"request\":").await?;
    put_request(entry, out).await?;
    out.put(",\"response\":").await?;
    match &entry.response {
        Some(response) => put_response(response, out).await?,
        None => out.put(text(&no_response(entry))?).await?,
    }
    let mut rest = Map::from_iter([("cache".into(), json!({})), ("timings".into(), timings)]);
    // The other end of a push is the client.
    let server = entry.peer.as_deref().filter(|_| entry.summary.direction == Direction::Pull).and_then(address);
    rest.extend(server.map(|server| ("serverIPAddress".to_owned(), server.into())));
    rest.insert("_pushpull".into(), own_fields(entry));
    out.put(format!(",{}", &text(&rest)?[1..])).await
}

async fn put_request(entry: &Entry, out: &mut Out<'_>) -> Result<(), ExportError> {
    let head = entry.request.parsed();
    let url = entry.absolute_url(&head);
    let url = url.split('#').next().unwrap_or_default();
    let request = json!({
        "method": entry.summary.method,
        "url": url,
        "httpVersion": word(&head, 2),
        "cookies": cookies::sent(&head.headers),
        "headers": list(head.headers.view()),
        "queryString": list(query_fields(url)),
        "headersSize": entry.request.head.len(),
        "bodySize": entry.request.body.len,
    });
    out.put(open(&request)?).await?;
    if entry.request.body.len > 0 {
        out.put(",\"postData\":").await?;
        put_post_data(&entry.request, &head.headers, out).await?;
    }
    out.put("}").await
}

/// `params` and `text` exclude each other: a form has the first, every other body the second.
async fn put_post_data(request: &EntryMessage, headers: &Headers, out: &mut Out<'_>) -> Result<(), ExportError> {
    let mime = field(headers, "content-type").unwrap_or_default();
    let essence = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let whole = request.body.whole(WHOLE_LIMIT).await?;
    if let Some(Ok(form)) = whole.as_deref().map(std::str::from_utf8).filter(|_| essence == FORM) {
        let params = list(query_fields(&format!("?{}", form.replace('#', "%23"))));
        return out.put(text(&json!({ "mimeType": mime, "params": params }))?).await;
    }
    let is_text = request.body.is_text().await?;
    let mut data = json!({ "mimeType": mime });
    if let (false, Some(data)) = (is_text, data.as_object_mut()) {
        data.insert("_encoding".into(), "base64".into());
        data.insert("comment".into(), "The body is not UTF-8: the text is its base64.".into());
    }
    out.put(open(&data)? + ",\"text\":").await?;
    put_body(&request.body, is_text, out).await?;
    out.put("}").await
}

const FORM: &str = "application/x-www-form-urlencoded";

async fn put_response(response: &EntryMessage, out: &mut Out<'_>) -> Result<(), ExportError> {
    let head = response.parsed();
    let line = String::from_utf8_lossy(&head.first_line).into_owned();
    let answer = json!({
        "status": word(&head, 1).parse::<u16>().unwrap_or(0),
        "statusText": line.splitn(3, ' ').nth(2).unwrap_or_default(),
        "httpVersion": word(&head, 0),
        "cookies": cookies::set(&head.headers),
        "headers": list(head.headers.view()),
        "redirectURL": field(&head.headers, "location").unwrap_or_default(),
        "headersSize": response.head.len(),
        "bodySize": response.body.len,
    });
    out.put(open(&answer)? + ",\"content\":").await?;
    put_content(response, &head.headers, out).await?;
    out.put("}").await
}

async fn put_content(response: &EntryMessage, headers: &Headers, out: &mut Out<'_>) -> Result<(), ExportError> {
    let mime = field(headers, "content-type").unwrap_or_else(|| "x-unknown".into());
    let codings = content_codings(headers);
    if let Some(decoded) = decoded(response, &codings).await? {
        let saved = decoded.len() as i64 - response.body.len as i64;
        let content = json!({ "size": decoded.len(), "compression": saved, "mimeType": mime });
        return put_decoded(&content, &decoded, out).await;
    }
    let is_text = response.body.is_text().await?;
    let mut content = json!({ "size": response.body.len, "mimeType": mime });
    if let Some(content) = content.as_object_mut() {
        if !is_text {
            content.insert("encoding".into(), "base64".into());
        }
        if !codings.is_empty() {
            content.insert("comment".into(), format!("As it came, coded with {}.", codings.join(", ")).into());
        }
    }
    out.put(open(&content)? + ",\"text\":").await?;
    put_body(&response.body, is_text, out).await?;
    out.put("}").await
}

/// The body with its codings off; None if it has none, is too long to hold, or can't be decoded as a whole.
async fn decoded(response: &EntryMessage, codings: &[String]) -> Result<Option<Bytes>, ExportError> {
    if codings.is_empty() {
        return Ok(None);
    }
    let Some(raw) = response.body.whole(WHOLE_LIMIT).await? else { return Ok(None) };
    let decoded = decode(&raw, codings);
    Ok(decoded.notice.is_none().then_some(decoded.bytes))
}

async fn put_decoded(content: &Value, bytes: &[u8], out: &mut Out<'_>) -> Result<(), ExportError> {
    let start = open(content)?;
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            out.put(start + ",\"text\":\"").await?;
            put_escaped(text, out).await?;
        }
        Err(_) => {
            out.put(start + ",\"encoding\":\"base64\",\"text\":\"").await?;
            out.put(base64::engine::general_purpose::STANDARD.encode(bytes)).await?;
        }
    }
    out.put("\"}").await
}

/// What stands for an answer that never came; browsers write it so too.
fn no_response(entry: &Entry) -> Value {
    json!({
        "status": 0,
        "statusText": "",
        "httpVersion": "",
        "cookies": [],
        "headers": [],
        "content": { "size": 0, "mimeType": "x-unknown" },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
        "_error": entry.failure.as_ref().map(|failure| &failure.message),
    })
}

fn own_fields(entry: &Entry) -> Value {
    let row = &entry.summary;
    json!({
        "id": row.id,
        "direction": row.direction,
        "origin": row.origin,
        "startedAt": row.started_at,
        "duration": row.duration,
        "source": row.source,
        "eventType": row.event_type,
        "parent": row.parent,
        "marks": row.marks,
        "failure": entry.failure,
    })
}

/// The phases, and their sum in µs if any was measured. HAR counts TLS into `connect`, and names it again as `ssl`.
fn timings(timing: Option<&Timing>) -> (Value, Option<i64>) {
    let none = Timing::default();
    let timing = timing.unwrap_or(&none);
    let connect = match (timing.connect, timing.tls) {
        (None, None) => None,
        (connect, tls) => Some(connect.unwrap_or(0) + tls.unwrap_or(0)),
    };
    let phases = [timing.dns, connect, timing.send, timing.wait, timing.receive];
    let total = phases.iter().flatten().copied().reduce(|sum, phase| sum + phase);
    let value = json!({
        "blocked": -1,
        "dns": ms(timing.dns),
        "connect": ms(connect),
        "send": ms(timing.send),
        "wait": ms(timing.wait),
        "receive": ms(timing.receive),
        "ssl": ms(timing.tls),
    });
    (value, total)
}

/// Microseconds as milliseconds without going through a float; -1 for what was not measured.
fn ms(micros: Option<i64>) -> Value {
    match micros {
        Some(micros) => Value::Number(Number::from_string_unchecked(milliseconds(micros))),
        None => json!(-1),
    }
}

fn list(fields: Vec<Header>) -> Vec<Value> {
    fields.into_iter().map(|field| json!({ "name": field.name, "value": field.value })).collect()
}

/// A word of the first line.
fn word(head: &LooseHead, index: usize) -> String {
    String::from_utf8_lossy(&head.first_line).split(' ').nth(index).unwrap_or_default().to_owned()
}

/// The address in `ip:port`.
fn address(peer: &str) -> Option<String> {
    Some(peer.parse::<std::net::SocketAddr>().ok()?.ip().to_string())
}
