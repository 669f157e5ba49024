//! A URL taken apart for sending without being rewritten.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;
use url::Host;

/// What can't stand in a request target: controls, space and, as always, what is not ASCII.
const TARGET: &AsciiSet = &CONTROLS.add(b' ');

/// What is escaped in a name or a value that is put into a query: all but RFC 3986's unreserved characters.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where a request goes: what to connect to, what Host says, and the request target as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// True for `https`.
    pub secure: bool,
    /// The host to connect to; names in their ASCII form (IDNA).
    pub host: Host<String>,
    /// The port to connect to.
    pub port: u16,
    /// Host and port as written, without user and password; a name that is not ASCII in its ASCII form.
    pub authority: String,
    /// Path and query: as written, but for characters that can't stand there, which are percent-encoded.
    pub path: String,
    /// `user:password` if the URL has them, percent-decoded.
    pub credentials: Option<String>,
}

impl Target {
    /// Takes a URL apart. White space around it is no part of it; a fragment is dropped, as it never goes out.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("The URL is empty. Write one like https://api.example.com/items.".into());
        }
        let (secure, rest) = scheme(text)?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let (credentials, authority) = match authority.rsplit_once('@') {
            Some((user, authority)) => (Some(percent_decode_str(user).decode_utf8_lossy().into_owned()), authority),
            None => (None, authority),
        };
        let (name, port_text) = split_port(authority);
        let (host, name) = read_host(name, text)?;
        let port = match port_text {
            "" => default_port(secure),
            digits => port(digits)?,
        };
        let authority = if port_text.is_empty() { name.into_owned() } else { format!("{name}:{port_text}") };
        Ok(Self { secure, host, port, authority, path: path(rest), credentials })
    }

    /// Adds parameters to the query.
    pub(super) fn add_query<'f>(&mut self, fields: impl Iterator<Item = (Cow<'f, str>, Cow<'f, str>)>) {
        for (name, value) in fields {
            let joint = match self.path.find('?') {
                None => "?",
                Some(_) if self.path.ends_with(['?', '&']) => "",
                Some(_) => "&",
            };
            let (name, value) = (utf8_percent_encode(&name, COMPONENT), utf8_percent_encode(&value, COMPONENT));
            self.path.push_str(&format!("{joint}{name}={value}"));
        }
    }

    /// The whole URL as it goes out, without user and password.
    pub fn url(&self) -> String {
        format!("{}://{}{}", self.scheme(), self.authority, self.path)
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }

    /// True if scheme, host and port are the same.
    pub(super) fn same_origin(&self, other: &Self) -> bool {
        (self.secure, &self.host, self.port) == (other.secure, &other.host, other.port)
    }
}

fn scheme(text: &str) -> Result<(bool, &str), String> {
    let Some((scheme, rest)) = text.split_once("://").filter(|(scheme, _)| !scheme.contains(['/', '?', '#'])) else {
        let local = ["localhost", "127.", "[::1]", "0.0.0.0"].iter().any(|name| text.starts_with(name));
        let scheme = if local { "http" } else { "https" };
        return Err(format!("{text} has no scheme. Write {scheme}://{}.", text.trim_start_matches('/')));
    };
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Ok((false, rest)),
        "https" => Ok((true, rest)),
        "" => Err(format!("{text} has no scheme. Write https{text}.")),
        _ => Err(format!("{scheme}:// can't be sent. Write http:// or https://.")),
    }
}

/// The host and the digits of the port, which are empty if there is none. An IPv6 address keeps its brackets.
fn split_port(authority: &str) -> (&str, &str) {
    let after_address = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[after_address..].rfind(':') {
        Some(at) => (&authority[..after_address + at], &authority[after_address + at + 1..]),
        None => (authority, ""),
    }
}

fn read_host<'n>(name: &'n str, text: &str) -> Result<(Host<String>, Cow<'n, str>), String> {
    if name.is_empty() {
        return Err(format!("{text} has no host. Write one like https://api.example.com/items."));
    }
    let host = Host::parse(name).map_err(|_| format!("{name:?} is not a host name or an address. Check the URL."))?;
    let shown = if name.is_ascii() { Cow::Borrowed(name) } else { Cow::Owned(host.to_string()) };
    Ok((host, shown))
}

fn port(digits: &str) -> Result<u16, String> {
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    let port = digits.parse().ok().filter(|&port| all_digits && port > 0);
    port.ok_or_else(|| format!("{digits:?} is not a port. Write a number from 1 to 65535."))
}

fn default_port(secure: bool) -> u16 {
    if secure { 443 } else { 80 }
}

fn path(rest: &str) -> String {
    let rest = rest.split('#').next().unwrap_or_default();
    let root = if rest.starts_with('/') { "" } else { "/" };
    format!("{root}{}", utf8_percent_encode(rest, TARGET))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(url: &str) -> (String, u16, String, String) {
        let target = Target::parse(url).unwrap();
        (target.host.to_string(), target.port, target.authority, target.path)
    }

    #[test]
    fn what_is_written_goes_out() {
        for (url, host, port, authority, path) in [
            (
                "https://Api.Example.com/a/../b//?x=%7e&&y#f",
                "api.example.com",
                443,
                "Api.Example.com",
                "/a/../b//?x=%7e&&y",
            ),
            ("HTTP://localhost:08080?a", "localhost", 8080, "localhost:08080", "/?a"),
            ("http://[::1]:9/\"{}|^`\\", "[::1]", 9, "[::1]:9", "/\"{}|^`\\"),
            (" http://h:80/a b\tü#x#y ", "h", 80, "h:80", "/a%20b%09%C3%BC"),
            ("http://h:/", "h", 80, "h", "/"),
            ("http://bücher.example/", "xn--bcher-kva.example", 80, "xn--bcher-kva.example", "/"),
            ("http://0x7f.1/", "127.0.0.1", 80, "0x7f.1", "/"),
            ("http://a@h/?u=b@c", "h", 80, "h", "/?u=b@c"),
        ] {
            assert_eq!(parts(url), (host.into(), port, authority.into(), path.into()), "{url}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (url, message) in [
            ("", "The URL is empty. Write one like https://api.example.com/items."),
            ("api.example.com/x", "api.example.com/x has no scheme. Write https://api.example.com/x."),
            ("//api.example.com", "//api.example.com has no scheme. Write https://api.example.com."),
            ("localhost:3000/x", "localhost:3000/x has no scheme. Write http://localhost:3000/x."),
            ("/x?u=http://a", "/x?u=http://a has no scheme. Write https://x?u=http://a."),
            ("ftp://a", "ftp:// can't be sent. Write http:// or https://."),
            ("http:///x", "http:///x has no host. Write one like https://api.example.com/items."),
            ("http://a b/", "\"a b\" is not a host name or an address. Check the URL."),
            ("http://a\\b/", "\"a\\\\b\" is not a host name or an address. Check the URL."),
            ("http://a:x/", "\"x\" is not a port. Write a number from 1 to 65535."),
            ("http://a:65536/", "\"65536\" is not a port. Write a number from 1 to 65535."),
            ("http://a:+1/", "\"+1\" is not a port. Write a number from 1 to 65535."),
        ] {
            assert_eq!(Target::parse(url).unwrap_err(), message);
        }
    }

    #[test]
    fn parameters_follow_the_written_query() {
        for (url, expected) in [
            ("http://h", "/?a%20b=%C3%BC%26&c="),
            ("http://h/?x", "/?x&a%20b=%C3%BC%26&c="),
            ("http://h/?", "/?a%20b=%C3%BC%26&c="),
        ] {
            let mut target = Target::parse(url).unwrap();
            target.add_query([("a b", "ü&"), ("c", "")].map(|(n, v)| (n.into(), v.into())).into_iter());
            assert_eq!(target.path, expected);
        }
    }

    #[test]
    fn credentials_are_taken_out() {
        let target = Target::parse("https://me:p%40ss@h/x").unwrap();
        assert_eq!((target.credentials.as_deref(), target.url().as_str()), (Some("me:p@ss"), "https://h/x"));
    }
}
