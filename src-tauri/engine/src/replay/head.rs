//! The head of a push written for another server, byte for byte but for what has to change.

use crate::capture::LOOP_HEADER;
use crate::send::Target;
use crate::wire::{INBOX, behind_source, origin_form, split_query};
use bytes::{BufMut as _, Bytes, BytesMut};

/// Fields that ask for another protocol on the connection (RFC 9110, section 7.8). They are the capturing connection's
/// and would make the answer something else than HTTP/1.1.
const UPGRADE: [&[u8]; 2] = [b"upgrade", b"http2-settings"];

/// The method and the target of a stored head; None if its first line has none.
pub(super) fn method_and_target(head: &Bytes) -> Option<(String, String)> {
    let line = head.split(|&byte| byte == b'\n').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split_ascii_whitespace();
    Some((words.next()?.to_owned(), words.next()?.to_owned()))
}

/// Path and query that a push to `pushed` has at `to`. `path` is that of `to`, with its query.
pub(super) fn path(to: &str, path: &str, pushed: &str) -> String {
    let (pushed_path, pushed_query) = split_query(origin_form(pushed));
    let (own_path, own_query) = split_query(path);
    let path = if has_path(to) { own_path } else { behind(pushed_path) };
    let query = [own_query, pushed_query].into_iter().flatten().collect::<Vec<_>>().join("&");
    let mark = if own_query.is_some() || pushed_query.is_some() { "?" } else { "" };
    format!("{path}{mark}{query}")
}

/// True if something is written for a path behind the authority of a URL.
fn has_path(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    rest[..end].contains('/')
}

/// What follows `/in/NAME`; the whole path if it is not a source's.
fn behind(path: &str) -> &str {
    match behind_source(path).unwrap_or(path) {
        "" => "/",
        path => path,
    }
}

/// Path and query that a push to `pushed` has at a source of ours.
pub(super) fn source_path(source: &str, pushed: &str) -> String {
    let (path, query) = split_query(origin_form(pushed));
    let behind = behind(path);
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    format!("{INBOX}{source}{}{query}", if behind == "/" { "" } else { behind })
}

/// Writes the head for `target`.
pub(super) fn rewrite(head: &[u8], target: &Target, instance: &str) -> Bytes {
    let mut out = BytesMut::with_capacity(head.len() + target.path.len() + target.authority.len() + 64);
    let mut lines = head.split_inclusive(|&byte| byte == b'\n');
    first_line(lines.next().unwrap_or_default(), target, &mut out);
    let upgrades = head.split(|&byte| byte == b'\n').any(|line| name(line).eq_ignore_ascii_case(b"upgrade"));
    let fields: Vec<_> = lines.take_while(|line| !line.trim_ascii().is_empty()).collect();
    if !fields.iter().any(|line| name(line).eq_ignore_ascii_case(b"host")) {
        out.put_slice(format!("Host: {}\r\n", target.authority).as_bytes());
    }
    for line in fields {
        let name = name(line);
        if name.eq_ignore_ascii_case(b"host") {
            host_line(line, target, &mut out);
        } else if !(upgrades && is_upgrade(name)) {
            out.put_slice(line);
        }
    }
    if !instance.is_empty() {
        out.put_slice(format!("{LOOP_HEADER}: {instance}\r\n").as_bytes());
    }
    out.put_slice(b"\r\n");
    out.freeze()
}

fn is_upgrade(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"connection") || UPGRADE.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The name in a header line.
fn name(line: &[u8]) -> &[u8] {
    line.split(|&byte| byte == b':').next().unwrap_or_default().trim_ascii_end()
}

/// Puts another target between the method and the version.
fn first_line(line: &[u8], target: &Target, out: &mut BytesMut) {
    let first = line.iter().position(|&byte| byte == b' ').map_or(0, |at| at + 1);
    let last = line.iter().rposition(|&byte| byte == b' ').unwrap_or(0);
    out.put_slice(&line[..first]);
    out.put_slice(target.path.as_bytes());
    out.put_slice(&line[last.max(first.saturating_sub(1))..]);
}

/// Puts another value behind the name, leaving the space around it.
fn host_line(line: &[u8], target: &Target, out: &mut BytesMut) {
    let colon = line.iter().position(|&byte| byte == b':').unwrap_or(0);
    let value = &line[colon + 1..];
    let before = value.len() - value.trim_ascii_start().len();
    let end = value.trim_ascii_end().len().max(before);
    out.put_slice(&line[..=colon]);
    out.put_slice(&value[..before.min(end)]);
    out.put_slice(target.authority.as_bytes());
    out.put_slice(&value[end..]);
}
