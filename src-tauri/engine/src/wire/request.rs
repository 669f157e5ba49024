//! The head of a request, checked strictly.

use super::body::BodyFraming;
use super::head::{self, Version};
use super::problem::HeadProblem;
use crate::exchange::{Headers, shown};
use bytes::Bytes;

/// The most header lines of a request.
pub const MAX_HEADERS: usize = 100;

/// The longest method.
const METHOD_BYTES: usize = 64;

/// A request head in which nothing can be read in two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHead {
    /// The head as it was on the wire, with its empty line.
    pub raw: Bytes,
    /// The method as written.
    pub method: String,
    /// The request target as written; bytes that are not UTF-8 as ISO-8859-1.
    pub target: String,
    /// The version of HTTP.
    pub version: Version,
    /// The fields in their order, case and number.
    pub headers: Headers,
    /// Where the body ends.
    pub framing: BodyFraming,
}

impl RequestHead {
    /// Parses and checks a head as [`super::Wire::read_head`] gives it.
    ///
    /// # Errors
    /// The first problem found: line ends first, then the request line, the header lines, the framing, the Host.
    pub fn parse(raw: Bytes) -> Result<Self, HeadProblem> {
        head::check_line_ends(&raw)?;
        let line_end = memchr::memchr(b'\r', &raw).ok_or(HeadProblem::BadRequestLine)?;
        let (method, target, version) = request_line(&raw[..line_end])?;
        let headers = head::parse_headers::<{ MAX_HEADERS + 1 }>(&raw, &raw[line_end + 2..])?;
        let framing = body_framing(version, &headers)?;
        check_host(version, &headers)?;
        check_target(&method, &target)?;
        Ok(Self { raw, method, target, version, headers, framing })
    }

    /// Whether the connection may serve another request after this one (RFC 9112, section 9.3).
    pub fn keeps_alive(&self) -> bool {
        head::keeps_alive(self.version, &self.headers)
    }

    /// The path of the target without query or fragment; of an absolute URL what follows its authority. `/` if it has
    /// none, `*` for the asterisk form.
    pub fn path(&self) -> &str {
        let path = match self.target.split_once("://") {
            Some((_, rest)) if !self.target.starts_with('/') => {
                &rest[rest.find(['/', '?', '#']).unwrap_or(rest.len())..]
            }
            _ => &self.target,
        };
        let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
        if path.is_empty() { "/" } else { path }
    }
}

fn request_line(line: &[u8]) -> Result<(String, String, Version), HeadProblem> {
    if line.iter().any(|&byte| head::is_control(byte)) {
        return Err(HeadProblem::ControlByte);
    }
    let mut words = line.split(|&byte| byte == b' ');
    let (Some(method), Some(target), Some(version), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(HeadProblem::BadRequestLine);
    };
    if !(1..=METHOD_BYTES).contains(&method.len())
        || !method.iter().copied().all(is_token)
        || target.is_empty()
        || target.contains(&b'\t')
    {
        return Err(HeadProblem::BadRequestLine);
    }
    let version = Version::parse(version).ok_or(HeadProblem::BadVersion)?;
    Ok((shown(method), shown(target), version))
}

/// RFC 9110, section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// RFC 9112, section 6.3, for a request.
fn body_framing(version: Version, headers: &Headers) -> Result<BodyFraming, HeadProblem> {
    let length = head::content_length(headers)?;
    let mut codings = headers.all("transfer-encoding").flat_map(|value| value.split(|&byte| byte == b','));
    let Some(first) = codings.next() else {
        return Ok(length.map_or(BodyFraming::None, BodyFraming::of_length));
    };
    if length.is_some() {
        return Err(HeadProblem::TransferEncodingAndLength);
    }
    if version == Version::Http10 {
        return Err(HeadProblem::TransferEncodingInOldVersion);
    }
    let is_chunked = |coding: &[u8]| coding.trim_ascii().eq_ignore_ascii_case(b"chunked");
    let (mut last, mut others) = (first, 0);
    for coding in codings {
        if is_chunked(last) {
            return Err(HeadProblem::ChunkedNotLast);
        }
        others += 1;
        last = coding;
    }
    match (is_chunked(last), others) {
        (true, 0) => Ok(BodyFraming::Chunked),
        (true, _) => Err(HeadProblem::UnknownTransferCoding),
        (false, _) => Err(HeadProblem::ChunkedNotLast),
    }
}

fn check_host(version: Version, headers: &Headers) -> Result<(), HeadProblem> {
    let mut hosts = headers.all("host");
    match (hosts.next(), hosts.next()) {
        (_, Some(_)) => Err(HeadProblem::ManyHosts),
        (None, None) if version == Version::Http11 => Err(HeadProblem::NoHost),
        (Some(host), None) if !host.iter().copied().all(is_host_byte) => Err(HeadProblem::BadHost),
        _ => Ok(()),
    }
}

/// What can be in `uri-host [ ":" port ]` (RFC 3986, section 3.2.2); bytes beyond ASCII are let through.
fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b"-._~%!$&'()*+,;=:[]".contains(&byte)
}

/// RFC 9112, section 3.2.
fn check_target(method: &str, target: &str) -> Result<(), HeadProblem> {
    if method == "CONNECT" {
        return Err(HeadProblem::Connect);
    }
    let absolute = target.split_once("://").is_some_and(|(scheme, rest)| {
        // An empty host is none (RFC 9110, section 4.2.1).
        let is_http = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
        is_http && !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':'])
    });
    if target.starts_with('/') || absolute || (target == "*" && method == "OPTIONS") {
        Ok(())
    } else {
        Err(HeadProblem::BadTarget)
    }
}
