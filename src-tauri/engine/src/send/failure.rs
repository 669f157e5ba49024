//! The failures of a send in words: what happened, to what, and what to do next.

use super::target::Target;
use crate::exchange::{Failure, FailureKind};
use crate::wire::BodyFraming;
use rustls::{AlertDescription, CertificateError, Error as TlsError};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

pub(super) fn failure(kind: FailureKind, message: impl Into<String>, hint: &str) -> Failure {
    Failure { kind, message: message.into(), hint: (!hint.is_empty()).then(|| hint.to_owned()) }
}

/// The length of a file to be sent, from what the file system says about it.
pub(super) fn file_length(path: &Path, metadata: io::Result<std::fs::Metadata>) -> Result<u64, Failure> {
    match metadata {
        Ok(metadata) if metadata.is_file() => Ok(metadata.len()),
        Ok(_) => {
            let message = format!("{} is not a file.", path.display());
            Err(failure(FailureKind::File, message, "Choose a file for the body."))
        }
        Err(error) => Err(unreadable(path, &error)),
    }
}

/// A file of the body that can't be read.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "reading it is not allowed".to_owned(),
        _ => error.to_string(),
    };
    let message = format!("{} can't be read: {reason}.", path.display());
    failure(FailureKind::File, message, "Check the path of the file in the body.")
}

/// A file that ended before the length it had at the start.
pub(super) fn shrunk(path: &Path) -> Failure {
    let message = format!("{} became shorter while it was sent.", path.display());
    failure(FailureKind::File, message, "Send again when nothing writes to it.")
}

pub(super) fn unresolved(host: &str) -> Failure {
    let message = format!("The name {host} did not resolve to an address.");
    failure(FailureKind::Dns, message, "Check the spelling of the host and the network.")
}

/// No connection could be opened.
pub(super) fn unconnected(target: &Target, address: SocketAddr, error: &io::Error) -> Failure {
    let place = place(target, address);
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            let message = format!("Nothing listens at {place}.");
            failure(FailureKind::Refused, message, "Start the server, or check the port.")
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => reset(target),
        io::ErrorKind::TimedOut => {
            let message = format!("{place} did not accept a connection in time.");
            failure(FailureKind::Timeout, message, "Check the address, the network and firewalls.")
        }
        _ => {
            let message = format!("{place} can't be reached: {error}.");
            failure(FailureKind::Refused, message, "Check the address and the network.")
        }
    }
}

fn place(target: &Target, address: SocketAddr) -> String {
    let written = format!("{}:{}", target.host, target.port);
    let resolved = address.to_string();
    if written == resolved { resolved } else { format!("{written} ({resolved})") }
}

/// The connection was cut before the first byte of an answer.
pub(super) fn reset(target: &Target) -> Failure {
    let message = format!("{} cut the connection before it answered.", target.authority);
    failure(FailureKind::Reset, message, "Look into the server's log, then send again.")
}

/// An answer that stopped before the end that its framing gives it.
pub(super) fn cut_short(received: u64, framing: BodyFraming) -> Failure {
    let message = match framing {
        BodyFraming::Length(length) => format!("The answer stopped after {received} of {length} bytes of its body."),
        BodyFraming::Chunked => {
            format!("The answer stopped after {received} bytes of its body, before its last chunk.")
        }
        BodyFraming::UntilClose | BodyFraming::None => {
            format!("The connection was cut after {received} bytes of the answer's body.")
        }
    };
    failure(FailureKind::Incomplete, message, "What came is kept; send again for the whole.")
}

/// An answer that stopped inside its head.
pub(super) fn cut_in_head(received: usize) -> Failure {
    let message = format!("The answer stopped after {received} bytes, in the middle of its head.");
    failure(FailureKind::Incomplete, message, "Look into the server's log, then send again.")
}

/// An answer that breaks the rules of HTTP. `start` is what came first.
pub(super) fn protocol(target: &Target, problem: &str, start: &[u8]) -> Failure {
    let authority = &target.authority;
    if !target.secure && start.len() > 2 && matches!(start[0], 0x15 | 0x16) && start[1] == 3 {
        let hint = format!("Write https://{authority} in place of http://.");
        return failure(FailureKind::Protocol, format!("{authority} answered with TLS, not HTTP."), &hint);
    }
    let message = format!("The answer of {authority} is not proper HTTP/1.1: {}", lower_first(problem));
    failure(FailureKind::Protocol, message, "Check that the port is that of an HTTP server.")
}

fn lower_first(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// The time was up.
pub(super) fn timeout(target: &Target, limit: Duration, answered: bool) -> Failure {
    let (authority, seconds) = (&target.authority, limit.as_secs_f64());
    let message = if answered {
        format!("The answer of {authority} was not whole after {seconds} s.")
    } else {
        format!("{authority} did not answer within {seconds} s.")
    };
    failure(FailureKind::Timeout, message, "Raise the timeout of the request, or look into the server's log.")
}

pub(super) fn cancelled(answered: bool) -> Failure {
    let message =
        if answered { "The send was cancelled in the middle of the answer." } else { "The send was cancelled." };
    failure(FailureKind::Cancelled, message, "")
}

/// The TLS handshake failed; each usual reason has its own sentence.
pub(super) fn tls(target: &Target, error: &io::Error) -> Failure {
    let host = &target.authority;
    let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>()) else {
        let message = format!("{host} cut the connection during the TLS handshake.");
        return failure(FailureKind::Tls, message, "Check that the port is that of an HTTPS server.");
    };
    let (message, hint) = match error {
        TlsError::InvalidCertificate(problem) => return certificate(host, problem),
        TlsError::InvalidMessage(_) => (
            format!("{host} does not speak TLS on this port."),
            format!("Write http://{host} if the server has no TLS."),
        ),
        TlsError::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::ProtocolVersion) => (
            format!("{host} and Pushpull have no TLS version or cipher in common."),
            "Offer TLS 1.2 or 1.3 on the server.".to_owned(),
        ),
        TlsError::AlertReceived(AlertDescription::UnrecognisedName) => {
            (format!("{host} has no certificate for this name."), "Check the host of the URL.".to_owned())
        }
        other => (format!("The TLS handshake with {host} failed: {other}."), String::new()),
    };
    failure(FailureKind::Tls, message, &hint)
}

fn certificate(host: &str, problem: &CertificateError) -> Failure {
    use CertificateError as C;
    let (message, hint) = match problem {
        C::Expired => (format!("The certificate of {host} has expired."), RENEW),
        C::ExpiredContext { not_after, .. } => {
            (format!("The certificate of {host} expired on {}.", day(not_after.as_secs())), RENEW)
        }
        C::NotValidYet => (format!("The certificate of {host} is not valid yet."), CLOCK),
        C::NotValidYetContext { not_before, .. } => {
            (format!("The certificate of {host} is not valid before {}.", day(not_before.as_secs())), CLOCK)
        }
        C::UnknownIssuer => {
            (format!("The certificate of {host} is from an issuer that this computer does not trust."), TRUST)
        }
        C::NotValidForName => (format!("The certificate of {host} is for another name."), NAME),
        C::NotValidForNameContext { presented, .. } => {
            (format!("The certificate of {host} is not for this name but for {}.", names(presented)), NAME)
        }
        C::Revoked => (format!("The certificate of {host} was revoked by its issuer."), RENEW),
        other => (format!("The certificate of {host} can't be used: {other}."), TRUST),
    };
    failure(FailureKind::Tls, message, hint)
}

const RENEW: &str = "Renew the certificate on the server; if it is new, check this computer's clock.";
const CLOCK: &str = "Check this computer's clock.";
const TRUST: &str = "If the server is yours, add its issuer to the certificates that this computer trusts.";
const NAME: &str = "Check the host of the URL, or give the server a certificate for it.";

/// The names in a certificate, told shortly.
fn names(presented: &[String]) -> String {
    let plain: Vec<_> = presented.iter().take(3).map(|name| plain_name(name)).collect();
    match presented.len() {
        0 => "none".into(),
        count if count > plain.len() => format!("{} and others", plain.join(", ")),
        _ => plain.join(", "),
    }
}

/// `DnsName("a.example")` without what is around the name.
fn plain_name(name: &str) -> &str {
    name.split_once('(').map_or(name, |(_, inner)| inner.trim_end_matches(')')).trim_matches('"')
}

fn day(seconds: u64) -> String {
    let stamp = i64::try_from(seconds).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    stamp.map_or_else(|| "an unknown day".into(), |stamp| stamp.strftime("%Y-%m-%d").to_string())
}
