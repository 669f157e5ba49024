//! What a program says, line by line: bounded, without colours and control characters.

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::sync::mpsc;

/// Bytes of a line that are kept; what is beyond is dropped.
const LINE_LIMIT: usize = 2048;

/// Sends the lines of `from` until it ends or nobody listens.
pub(super) async fn pump(from: impl AsyncRead + Unpin, to: mpsc::Sender<String>) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    loop {
        let (used, ended) = match from.fill_buf().await {
            Ok([]) | Err(_) => break,
            Ok(bytes) => {
                let end = bytes.iter().position(|&byte| byte == b'\n');
                let part = &bytes[..end.unwrap_or(bytes.len())];
                line.extend_from_slice(&part[..part.len().min(LINE_LIMIT - line.len())]);
                (part.len() + usize::from(end.is_some()), end.is_some())
            }
        };
        from.consume(used);
        if ended && to.send(plain(&std::mem::take(&mut line))).await.is_err() {
            return;
        }
    }
    if !line.is_empty() {
        // Nobody listening any more is the only failure, and then nobody misses the line.
        to.send(plain(&line)).await.ok();
    }
}

/// A line without escape sequences (ECMA-48: CSI and OSC) and control characters.
fn plain(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            skip_escape(&mut chars);
        } else if c == '\t' {
            out.push(' ');
        } else if !c.is_control() {
            out.push(c);
        }
    }
    out.trim_end().to_owned()
}

/// Takes the rest of an escape sequence.
fn skip_escape(chars: &mut std::str::Chars<'_>) {
    match chars.next() {
        Some('[') => drop(chars.find(|c| ('\u{40}'..='\u{7e}').contains(c))),
        Some(']') => drop(chars.find(|c| *c == '\u{7}' || *c == '\u{1b}')),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines_of(bytes: &[u8]) -> Vec<String> {
        let (to, mut from) = mpsc::channel(100);
        pump(bytes, to).await;
        let mut lines = Vec::new();
        while let Some(line) = from.recv().await {
            lines.push(line);
        }
        lines
    }

    #[tokio::test]
    async fn colours_and_control_characters_are_taken_off() {
        let said = b"\x1b[32mINF\x1b[0m\tup\x07\r\n\x1b]0;title\x07last";
        assert_eq!(lines_of(said).await, ["INF up", "last"]);
    }

    #[tokio::test]
    async fn a_line_without_end_is_cut() {
        let lines = lines_of(&[b'x'; 100_000]).await;
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].len(), LINE_LIMIT);
    }
}
