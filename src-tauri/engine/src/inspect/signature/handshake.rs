//! What to answer when a service tries an endpoint before it uses it.

use super::digest::{self, same};
use super::judge::View;
use super::verdict::VerdictKind;
use super::{Check, Secret, SignedRequest, judge};
use crate::exchange::Header;
use crate::inspect::provider::{Encoding, Handshake, HandshakeKind, Hash, Place, Provider};
use std::fmt;

/// The longest challenge that is echoed.
const CHALLENGE_LIMIT: usize = 8 * 1024;

/// An answer to a handshake.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The header fields, without Content-Length.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Vec<u8>,
    /// What the user should know: a sentence.
    pub note: Option<String>,
    /// A secret that the service gave: the key of its later deliveries.
    pub secret: Option<String>,
    /// A URL that the user has to open to finish; never opened by itself.
    pub open_url: Option<String>,
    /// True if it is the service's usual answer to every delivery, not only to a handshake.
    pub always: bool,
    /// True if it is made of a secret and of what the request says: whoever is given it can have texts of their choosing
    /// signed.
    pub keyed: bool,
}

impl Reply {
    /// What the user should know of the handshake, or do.
    pub(crate) fn told(self) -> Option<String> {
        let url = self.open_url.map(|url| format!(" It is {url}")).unwrap_or_default();
        self.note.map(|note| note + &url)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).field("always", &self.always).finish_non_exhaustive()
    }
}

/// The answer to a handshake of `provider`; None if the request is none, or if the answer needs a secret that is not
/// given. The secret that signed the request answers its challenge, else the newest; signatures are checked with all.
pub fn handshake(
    request: &SignedRequest<'_>,
    provider: &Provider,
    secrets: &[Secret],
    check: &Check<'_>,
) -> Option<Reply> {
    let asked = Asked { request, provider, secrets, check, view: View::of(request, check) };
    provider.handshakes.iter().find_map(|handshake| asked.answer(handshake))
}

/// The same where the body is too large to be looked into: what is told by it, or answered to it, is left out.
pub(crate) fn handshake_by_head(
    request: &SignedRequest<'_>,
    provider: &Provider,
    secrets: &[Secret],
    check: &Check<'_>,
) -> Option<Reply> {
    let asked = Asked { request, provider, secrets, check, view: View::of(request, check) };
    provider.handshakes.iter().filter(|handshake| !handshake.reads_body()).find_map(|handshake| asked.answer(handshake))
}

struct Asked<'a> {
    request: &'a SignedRequest<'a>,
    provider: &'a Provider,
    secrets: &'a [Secret],
    check: &'a Check<'a>,
    view: View<'a>,
}

impl Asked<'_> {
    fn answer(&self, handshake: &Handshake) -> Option<Reply> {
        if handshake.method.as_deref().is_some_and(|method| !method.eq_ignore_ascii_case(self.request.method))
            || !handshake.when.iter().all(|when| self.holds(when))
        {
            return None;
        }
        let challenge = match &handshake.at {
            Some(place) => Some(place.read(self.view.looked()).filter(|text| text.len() <= CHALLENGE_LIMIT)?),
            None => None,
        };
        let challenge = challenge.as_deref().unwrap_or_default();
        let base = Reply {
            status: handshake.status,
            headers: Vec::new(),
            body: Vec::new(),
            note: handshake.note.clone(),
            secret: None,
            open_url: None,
            always: handshake.always,
            keyed: handshake.kind.is_keyed(),
        };
        if !self.is_verified(handshake) {
            return Some(Reply { status: handshake.otherwise.unwrap_or(403), ..base });
        }
        self.fill(handshake, challenge, base)
    }

    fn fill(&self, handshake: &Handshake, challenge: &str, base: Reply) -> Option<Reply> {
        let key = handshake.key.as_deref().unwrap_or("challenge");
        let secret = || self.answering().map(|secret| secret.value.as_str());
        Some(match handshake.kind {
            HandshakeKind::EchoText => text(base, challenge),
            HandshakeKind::EchoJson => json(base, &[(key, challenge)]),
            HandshakeKind::EchoHeader => match key.split_once(", ") {
                Some((header, key)) => json(with_header(base, header, challenge), &[(key, challenge)]),
                None => with_header(base, key, challenge),
            },
            HandshakeKind::HmacJson => {
                let digest = digest::keyed(Hash::Sha256, secret()?.as_bytes(), challenge.as_bytes());
                json(base, &[("plainToken", challenge), (key, &digest::hex(&digest))])
            }
            HandshakeKind::HmacQuery => {
                let digest = digest::keyed(Hash::Sha256, secret()?.as_bytes(), challenge.as_bytes());
                json(base, &[(key, &format!("sha256={}", digest::written(Encoding::Base64, &digest)))])
            }
            HandshakeKind::Sha256Json => {
                let token = self.check.field("verification_token").or_else(secret)?;
                let url = self.request.urls.first().map(|url| url.split('?').next().unwrap_or_default());
                let endpoint = self.check.field("endpoint").or(url)?;
                let digest = digest::plain(Hash::Sha256, format!("{challenge}{token}{endpoint}").as_bytes());
                json(base, &[(key, &digest::hex(&digest))])
            }
            HandshakeKind::StatusBySignature => match self.judged() {
                VerdictKind::Valid => fixed(handshake, base),
                VerdictKind::NoSecret | VerdictKind::Unsupported => return None,
                _ => Reply { status: handshake.otherwise.unwrap_or(401), ..base },
            },
            HandshakeKind::StatusByQuery | HandshakeKind::Empty => base,
            HandshakeKind::Fixed => fixed(handshake, base),
            HandshakeKind::AllowOrigin => {
                let rate = self.request.headers.text("WebHook-Request-Rate").unwrap_or("*");
                let base = with_header(base, "WebHook-Allowed-Origin", challenge);
                with_header(with_header(base, "WebHook-Allowed-Rate", rate), "Allow", "POST, OPTIONS")
            }
            HandshakeKind::OpenUrl => Reply { open_url: Some(challenge.to_owned()), ..base },
            HandshakeKind::KeepSecret => {
                let base = match &handshake.key {
                    Some(header) => with_header(base, header, challenge),
                    None => base,
                };
                Reply { secret: Some(challenge.to_owned()), ..base }
            }
        })
    }

    fn judged(&self) -> VerdictKind {
        self.judged_by(self.secrets)
    }

    fn judged_by(&self, secrets: &[Secret]) -> VerdictKind {
        judge::judge(self.request, self.provider, secrets, self.check).0.verdict
    }

    /// While secrets are exchanged the old one is still there, and the service already uses the new one.
    fn answering(&self) -> Option<&Secret> {
        let signs = |secret: &&Secret| self.judged_by(std::slice::from_ref(*secret)) == VerdictKind::Valid;
        self.secrets.iter().find(signs).or(self.secrets.last())
    }

    /// `place` or `place = value`.
    fn holds(&self, when: &str) -> bool {
        let (place, value) = when.split_once(" = ").map_or((when, None), |(place, value)| (place, Some(value)));
        let found = place.parse::<Place>().ok().and_then(|place| place.read(self.view.looked()));
        found.is_some_and(|found| value.is_none_or(|value| value == found))
    }

    /// True if what the user gave stands in the request or signs it, or they gave nothing. Without a value a code can't
    /// be told from another, so a status that says so is "otherwise".
    fn is_verified(&self, handshake: &Handshake) -> bool {
        if handshake.verify.as_deref() == Some("signature") {
            return self.secrets.is_empty() || self.judged() == VerdictKind::Valid;
        }
        let Some((place, field)) = handshake.verify.as_deref().and_then(|verify| verify.split_once(" = ")) else {
            return true;
        };
        let Some(wanted) = self.check.field(field) else { return handshake.kind != HandshakeKind::StatusByQuery };
        let found = place.parse::<Place>().ok().and_then(|place| place.read(self.view.looked()));
        found.is_some_and(|found| same(&found, wanted))
    }
}

fn with_header(mut reply: Reply, name: &str, value: &str) -> Reply {
    // What can't stand in a header is not put there.
    if value.chars().all(|char| char == ' ' || char.is_ascii_graphic()) {
        reply.headers.push(Header { name: name.into(), value: value.into() });
    }
    reply
}

fn typed(reply: Reply, media_type: &str) -> Reply {
    with_header(with_header(reply, "Content-Type", media_type), "X-Content-Type-Options", "nosniff")
}

fn text(reply: Reply, body: &str) -> Reply {
    Reply { body: body.as_bytes().to_vec(), ..typed(reply, "text/plain") }
}

fn json(reply: Reply, members: &[(&str, &str)]) -> Reply {
    let object: serde_json::Map<_, _> =
        members.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
    let body = serde_json::Value::Object(object).to_string().into_bytes();
    Reply { body, ..typed(reply, "application/json") }
}

fn fixed(handshake: &Handshake, reply: Reply) -> Reply {
    match handshake.body.as_deref().unwrap_or_default() {
        "" => reply,
        body if body.starts_with('{') => Reply { body: body.into(), ..typed(reply, "application/json") },
        body => text(reply, body),
    }
}
