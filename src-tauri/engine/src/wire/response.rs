//! The head of a response, read as tolerantly as its framing allows.

use super::body::BodyFraming;
use super::head::{self, Version};
use super::problem::HeadProblem;
use crate::exchange::{Headers, shown};
use bytes::Bytes;
use httparse::EMPTY_HEADER;

/// The most header lines of a response.
pub const MAX_RESPONSE_HEADERS: usize = 256;

/// The head of a response, interim (1xx) or final.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseHead {
    /// The head as it was on the wire, with its empty line.
    pub raw: Bytes,
    /// The version of HTTP.
    pub version: Version,
    /// The status code.
    pub status: u16,
    /// The reason phrase, often empty.
    pub reason: String,
    /// The fields in their order, case and number.
    pub headers: Headers,
}

impl ResponseHead {
    /// Parses a head as [`super::Wire::read_head`] gives it. Bare line feeds, folded lines and white space before a
    /// colon are let through: what servers really send is to be shown, not refused.
    ///
    /// # Errors
    /// What keeps it from being read at all.
    pub fn parse(raw: Bytes) -> Result<Self, HeadProblem> {
        let mut fields = [EMPTY_HEADER; MAX_RESPONSE_HEADERS];
        let mut response = httparse::Response::new(&mut fields);
        let mut config = httparse::ParserConfig::default();
        config
            .allow_obsolete_multiline_headers_in_responses(true)
            .allow_spaces_after_header_name_in_responses(true)
            .allow_multiple_spaces_in_response_status_delimiters(true);
        match config.parse_response(&mut response, &raw) {
            Ok(httparse::Status::Complete(_)) => {}
            Ok(httparse::Status::Partial) => return Err(HeadProblem::BadStatusLine),
            Err(error) => return Err(problem(error)),
        }
        let mut headers = Headers::default();
        for field in response.headers.iter() {
            headers.push(raw.slice_ref(field.name.as_bytes()), raw.slice_ref(field.value));
        }
        // RFC 9110, section 15: three digits, the first of them 1 or more.
        let (Some(minor), Some(status @ 100..)) = (response.version, response.code) else {
            return Err(HeadProblem::BadStatusLine);
        };
        let version = if minor == 0 { Version::Http10 } else { Version::Http11 };
        Ok(Self { reason: reason(&raw), raw, version, status, headers })
    }

    /// True for 100–199: another head follows (but for 101).
    pub fn is_interim(&self) -> bool {
        (100..200).contains(&self.status)
    }

    /// Where the body ends (RFC 9112, section 6.3), for the answer to a request of this method.
    ///
    /// # Errors
    /// `DifferentLengths` or `BadLength`. Transfer-Encoding wins over Content-Length.
    pub fn framing(&self, method: &str) -> Result<BodyFraming, HeadProblem> {
        let opened = method == "CONNECT" && (200..300).contains(&self.status);
        if method == "HEAD" || self.is_interim() || self.status == 204 || self.status == 304 || opened {
            return Ok(BodyFraming::None);
        }
        let codings = self.headers.all("transfer-encoding").flat_map(|value| value.split(|&byte| byte == b','));
        match codings.last() {
            Some(last) if last.trim_ascii().eq_ignore_ascii_case(b"chunked") => Ok(BodyFraming::Chunked),
            Some(_) => Ok(BodyFraming::UntilClose),
            None => {
                let length = head::content_length(&self.headers)?;
                Ok(length.map_or(BodyFraming::UntilClose, BodyFraming::of_length))
            }
        }
    }

    /// Whether the connection may serve another message after this one (RFC 9112, section 9.3). A body that ends with
    /// the connection says no by itself.
    pub fn keeps_alive(&self) -> bool {
        head::keeps_alive(self.version, &self.headers)
    }
}

fn problem(error: httparse::Error) -> HeadProblem {
    match error {
        httparse::Error::HeaderName => HeadProblem::BadHeaderName,
        httparse::Error::HeaderValue | httparse::Error::NewLine => HeadProblem::BadHeaderValue,
        httparse::Error::TooManyHeaders => HeadProblem::TooManyHeaders(MAX_RESPONSE_HEADERS),
        httparse::Error::Version => HeadProblem::BadVersion,
        httparse::Error::Status | httparse::Error::Token => HeadProblem::BadStatusLine,
    }
}

/// The reason phrase from the first line itself: the parser hides one that is not ASCII.
fn reason(raw: &[u8]) -> String {
    let line = raw.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    shown(line.splitn(3, |&byte| byte == b' ').nth(2).unwrap_or_default())
}
