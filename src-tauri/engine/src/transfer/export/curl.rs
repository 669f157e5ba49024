//! One curl command an exchange, for bash and zsh: the header lines as they were, the body byte for byte.
//!
//! curl writes Host, User-Agent and Accept first and Content-Length last, whatever their places were.

use super::ExportError;
use super::entry::{Entry, EntryMessage, PIECE};
use super::out::Out;
use super::shell::quote;
use crate::exchange::Mark;
use crate::wire::LooseHead;
use base64::Engine as _;

/// Bodies up to this many bytes stand in the command: one argument takes 128 KiB on Linux, quoting included.
const INLINE_LIMIT: u64 = 24 * 1024;

/// Bytes in a line of base64. A piece of a body holds a whole number of lines.
const BASE64_LINE: usize = 96;

/// Bodies over this many bytes make curl ask first with `Expect: 100-continue`.
const EXPECT_LIMIT: u64 = 1024 * 1024;

/// A command in the making.
#[derive(Default)]
struct Command {
    /// What is said above it.
    notes: Vec<String>,
    words: Vec<String>,
}

/// How the body goes along.
enum Data {
    None,
    /// As an argument, quoted.
    Inline(String),
    /// As base64 in front of a pipe.
    Piped,
}

pub(super) async fn write(entry: &Entry, out: &mut Out<'_>) -> Result<(), ExportError> {
    let head = entry.request.parsed();
    let data = data(&entry.request).await?;
    let mut command = Command::default();
    command.request(entry, &head, &data);
    command.headers(&entry.request, &head, &data);
    match &data {
        Data::None => {}
        Data::Inline(body) => command.words.push(body.clone()),
        Data::Piped => command.words.push("--data-binary @-".into()),
    }
    if entry.summary.marks.iter().any(|mark| matches!(mark, Mark::Truncated | Mark::Incomplete)) {
        command.note(format!("Only the first {} bytes of the body were kept.", entry.request.body.len));
    }
    out.put(command.notes.concat()).await?;
    let text = command.words.join(" \\\n  ");
    if !matches!(data, Data::Piped) {
        return out.put(format!("curl {text}\n")).await;
    }
    out.put(format!("base64 -d <<'BODY' | curl {text}\n")).await?;
    put_base64(&entry.request, out).await?;
    out.put("BODY\n").await
}

/// How the body of `request` goes along.
async fn data(request: &EntryMessage) -> Result<Data, ExportError> {
    if request.body.len == 0 && request.framing.is_empty() {
        return Ok(Data::None);
    }
    let Some(body) = request.body.whole(INLINE_LIMIT).await? else { return Ok(Data::Piped) };
    // `--data-binary` takes what follows an @ for the name of a file; `--data-raw` does not.
    let option = if body.starts_with(b"@") { "--data-raw" } else { "--data-binary" };
    Ok(quote(&body).map_or(Data::Piped, |body| Data::Inline(format!("{option} {body}"))))
}

async fn put_base64(request: &EntryMessage, out: &mut Out<'_>) -> Result<(), ExportError> {
    let mut at = 0;
    while at < request.body.len {
        let piece = request.body.piece(at).await?;
        if piece.is_empty() {
            break;
        }
        at += PIECE;
        for line in piece.chunks(BASE64_LINE) {
            out.put(base64::engine::general_purpose::STANDARD.encode(line) + "\n").await?;
        }
    }
    Ok(())
}

impl Command {
    /// The method, the URL, and what makes curl send them as written.
    fn request(&mut self, entry: &Entry, head: &LooseHead, data: &Data) {
        let url = entry.absolute_url(head);
        let url = url.split('#').next().unwrap_or_default();
        let (method, target) = head.method_and_target();
        match (method.as_str(), data) {
            ("GET" | "", Data::None) => {}
            ("HEAD", Data::None) => self.words.push("--head".into()),
            _ => self.option("-X", method.as_bytes()),
        }
        if head.first_line.ends_with(b"HTTP/1.0") {
            self.words.push("--http1.0".into());
        } else if url.starts_with("https:") {
            self.words.push("--http1.1".into());
        }
        if url.contains(['[', ']', '{', '}']) {
            self.words.push("--globoff".into());
        }
        if url.contains("/.") {
            self.words.push("--path-as-is".into());
        }
        let (url, path) = without_user(url);
        self.word(url.as_bytes());
        if !target.is_empty() && target != path {
            self.option("--request-target", target.as_bytes());
        }
    }

    /// The header lines in their order, and what keeps curl from adding its own.
    fn headers(&mut self, request: &EntryMessage, head: &LooseHead, data: &Data) {
        for line in header_lines(&request.head) {
            self.header(&line, request);
        }
        let has_data = !matches!(data, Data::None);
        let expects = has_data && request.body.len > EXPECT_LIMIT;
        let defaults = [("User-Agent", true), ("Accept", true), ("Content-Type", has_data), ("Expect", expects)];
        for (name, _) in defaults.iter().filter(|(name, adds)| *adds && head.headers.first(name).is_none()) {
            self.words.push(format!("-H '{name}:'"));
        }
    }

    fn header(&mut self, line: &[u8], request: &EntryMessage) {
        let Some(colon) = memchr::memchr(b':', line).filter(|&colon| colon > 0 && line[0] != b'@') else {
            return self.note("A line that is no header field is left out.".into());
        };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") && (request.body.len > 0 || !request.framing.is_empty()) {
            return; // curl counts the body itself
        }
        match value {
            [] => self.option("-H", &[name, b";"].concat()),
            _ => self.option("-H", line),
        }
    }

    fn option(&mut self, option: &str, value: &[u8]) {
        match quote(value) {
            Some(value) => self.words.push(format!("{option} {value}")),
            None => self.note(format!("A value of {option} is left out: it holds a NUL, which no argument can.")),
        }
    }

    fn word(&mut self, value: &[u8]) {
        // A URL that was read from text holds no NUL that a server would have taken.
        self.words.push(quote(value).unwrap_or_else(|| "''".into()));
    }

    fn note(&mut self, note: String) {
        self.notes.push(format!("# {note}\n"));
    }
}

/// The header lines of a head, folded ones (RFC 9112, section 5.2) as one.
fn header_lines(head: &[u8]) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for line in head.split(|&byte| byte == b'\n').skip(1) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (line.first(), lines.last_mut()) {
            (None, _) => break,
            (Some(b' ' | b'\t'), Some(last)) => {
                last.push(b' ');
                last.extend_from_slice(line.trim_ascii());
            }
            _ => lines.push(line.to_vec()),
        }
    }
    lines
}

/// A URL without its user part, which was sent as a header if at all, and the target that curl makes of it.
fn without_user(url: &str) -> (String, String) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.into(), String::new()) };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let slash = if path.starts_with('/') { "" } else { "/" };
    (format!("{scheme}://{host}{path}"), format!("{slash}{path}"))
}
