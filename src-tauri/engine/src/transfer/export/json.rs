//! JSON written in pieces: objects that go on, bodies as text or base64 without holding them.

use super::ExportError;
use super::entry::{BodyReader, PIECE, Split};
use super::out::Out;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// A value as JSON text.
pub(super) fn text(value: &impl Serialize) -> Result<String, ExportError> {
    serde_json::to_string(value).map_err(|error| ExportError::Write(error.to_string()))
}

/// A non-empty object without its closing brace, so that more fields can follow.
pub(super) fn open(value: &impl Serialize) -> Result<String, ExportError> {
    let mut text = text(value)?;
    text.pop();
    Ok(text)
}

/// Writes bytes as `{"text":…}`, or as `{"base64":…}` if they are not UTF-8.
pub(super) async fn put_bytes(bytes: &[u8], out: &mut Out<'_>) -> Result<(), ExportError> {
    match std::str::from_utf8(bytes) {
        Ok(utf8) => out.put(format!("{{\"text\":{}}}", text(&utf8)?)).await,
        Err(_) => out.put(format!("{{\"base64\":\"{}\"}}", STANDARD.encode(bytes))).await,
    }
}

/// Writes a body as a JSON string: its text, or its base64.
pub(super) async fn put_body(body: &BodyReader, is_text: bool, out: &mut Out<'_>) -> Result<(), ExportError> {
    out.put("\"").await?;
    let mut split = Split::default();
    let mut at = 0;
    while at < body.len {
        let piece = body.piece(at).await?;
        if piece.is_empty() {
            break;
        }
        at += piece.len() as u64;
        if is_text {
            put_escaped(&split.text(&piece).unwrap_or_default(), out).await?;
        } else {
            debug_assert!(piece.len() as u64 == PIECE || at == body.len);
            out.put(STANDARD.encode(piece)).await?;
        }
    }
    out.put("\"").await
}

/// Writes text as the inside of a JSON string.
pub(super) async fn put_escaped(piece: &str, out: &mut Out<'_>) -> Result<(), ExportError> {
    let quoted = text(&piece)?;
    out.put(&quoted[1..quoted.len() - 1]).await
}
