//! Forms of a URL: those that count as the same, and those that only explain.

use crate::inspect::provider::UrlForms;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What a path may not hold as it is.
const PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'\\').add(b'^').add(b'{').add(b'|').add(b'}');

/// The escapes that HubSpot undoes.
const DECODED: [(&str, &str); 12] = [
    ("%3A", ":"),
    ("%2F", "/"),
    ("%3F", "?"),
    ("%40", "@"),
    ("%21", "!"),
    ("%24", "$"),
    ("%27", "'"),
    ("%28", "("),
    ("%29", ")"),
    ("%2A", "*"),
    ("%2C", ","),
    ("%3B", ";"),
];

/// The forms that count as the same.
pub(super) fn forms(url: &str, forms: UrlForms) -> Vec<String> {
    let mut all = vec![url.to_owned()];
    match forms {
        UrlForms::Exact => {}
        UrlForms::Port => all.extend([without_port(url), with_default_port(url)].into_iter().flatten()),
        UrlForms::Decoded => all.push(hubspot_decoded(url)),
    }
    all.dedup();
    all
}

fn hubspot_decoded(url: &str) -> String {
    DECODED.iter().fold(url.to_owned(), |url, (escape, plain)| {
        url.replace(escape, plain).replace(&escape.to_ascii_lowercase(), plain)
    })
}

/// Path and query with what is not ASCII escaped.
pub(super) fn encoded_path(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').map_or("/", |at| &rest[at..]);
    utf8_percent_encode(path, PATH).to_string()
}

/// A URL taken apart: scheme, user part with its `@`, host, port, and the rest from the first `/` or `?`.
#[derive(Clone, Copy)]
pub(super) struct Split<'a> {
    pub(super) scheme: &'a str,
    pub(super) user: &'a str,
    pub(super) host: &'a str,
    pub(super) port: Option<&'a str>,
    pub(super) rest: &'a str,
}

pub(super) fn split(url: &str) -> Option<Split<'_>> {
    let (scheme, behind) = url.split_once("://")?;
    let end = behind.find(['/', '?', '#']).unwrap_or(behind.len());
    let (authority, rest) = behind.split_at(end);
    let at = authority.rfind('@').map_or(0, |at| at + 1);
    let (user, host_port) = authority.split_at(at);
    let port = host_port.rfind(':').filter(|&at| host_port[at + 1..].bytes().all(|byte| byte.is_ascii_digit()));
    let (host, port) = match port {
        Some(at) if !host_port[at + 1..].is_empty() => (&host_port[..at], Some(&host_port[at + 1..])),
        _ => (host_port, None),
    };
    Some(Split { scheme, user, host, port, rest })
}

impl Split<'_> {
    fn joined(self) -> String {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{}{}{port}{}", self.scheme, self.user, self.host, self.rest)
    }
}

fn without_port(url: &str) -> Option<String> {
    let split = split(url)?;
    split.port?;
    Some(Split { port: None, ..split }.joined())
}

fn with_default_port(url: &str) -> Option<String> {
    let split = split(url)?;
    let port = if split.scheme.eq_ignore_ascii_case("https") { "443" } else { "80" };
    split.port.is_none().then(|| Split { port: Some(port), ..split }.joined())
}

/// Forms that a proxy or a setting may have made of a URL, with what differs.
pub(super) fn variants(url: &str) -> Vec<(String, &'static str)> {
    let Some(parts) = split(url) else { return Vec::new() };
    let mut found = Vec::new();
    let other = if parts.scheme.eq_ignore_ascii_case("https") { "http" } else { "https" };
    found.push((Split { scheme: other, ..parts }.joined(), "with the other of http and https"));
    found.extend(without_port(url).map(|url| (url, "without the port")));
    found.extend(with_default_port(url).map(|url| (url, "with the port written out")));
    if parts.port.is_some() {
        found.push((
            Split { scheme: other, port: None, ..parts }.joined(),
            "with the other of http and https, without the port",
        ));
    }
    let (path, query) = parts.rest.split_once('?').map_or((parts.rest, None), |(path, query)| (path, Some(query)));
    let tail = query.map(|query| format!("?{query}")).unwrap_or_default();
    let slash = match path.strip_suffix('/') {
        Some(path) => (format!("{path}{tail}"), "without the slash at the end"),
        None => (format!("{path}/{tail}"), "with a slash at the end"),
    };
    found.push((Split { rest: &slash.0, ..parts }.joined(), slash.1));
    if query.is_some() {
        found.push((Split { rest: path, ..parts }.joined(), "without the query"));
    }
    if !parts.user.is_empty() {
        found.push((Split { user: "", ..parts }.joined(), "without user and password"));
    }
    found
}
