//! Where a redirect leads, and what goes along.

use super::body::BodyPlan;
use super::failure::failure;
use super::prepare::Prepared;
use super::target::Target;
use crate::exchange::{Failure, FailureKind};
use url::Url;

/// Redirects that are followed one after another.
pub(super) const MOST_HOPS: usize = 10;

/// Fields that go along to another server: nothing that could be a secret.
const GO_ANYWHERE: [&str; 3] = ["accept", "accept-language", "user-agent"];

/// Fields that describe a body (RFC 9110, section 15.4: they go when the body does).
const OF_THE_BODY: [&str; 8] = [
    "content-type",
    "content-length",
    "content-encoding",
    "content-language",
    "content-location",
    "transfer-encoding",
    "trailer",
    "digest",
];

/// The request that follows an answer with this status and Location; None if the answer is the last word.
pub(super) fn next(sent: &Prepared, status: u16, location: &str) -> Option<Prepared> {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let joined = Url::parse(&sent.target.url()).ok()?.join(location).ok()?;
    let target = Target::parse(joined.as_str()).ok()?;
    let mut next = Prepared { target, ..sent.clone() };
    if matches!(status, 301..=303) {
        without_body(&mut next);
    }
    if next.target.same_origin(&sent.target) {
        next.target.credentials.clone_from(&sent.target.credentials);
    } else {
        next.target.credentials = None;
        next.written.retain(|(name, _)| is_one_of(name, &GO_ANYWHERE));
    }
    Some(next)
}

/// What keeps `next` from being sent after `sent` and `hops` redirects before.
pub(super) fn refusal(sent: &Prepared, next: &Prepared, hops: usize) -> Option<Failure> {
    let refuse = |message: String, hint: &str| Some(failure(FailureKind::Redirect, message, hint));
    if sent.target.secure && !next.target.secure {
        let (from, to) = (&sent.target.authority, next.target.url());
        return refuse(
            format!("{from} redirects from https to {to}, which is not followed."),
            "Send to that URL yourself if it may go unencrypted.",
        );
    }
    if hops >= MOST_HOPS {
        return refuse(
            format!("There were more than {MOST_HOPS} redirects; the next one leads to {}.", next.target.url()),
            "Look at the hops for a circle, or send to the last URL.",
        );
    }
    None
}

fn without_body(next: &mut Prepared) {
    if next.method != "HEAD" {
        next.method = "GET".into();
    }
    next.body = BodyPlan::default();
    next.written.retain(|(name, _)| !is_one_of(name, &OF_THE_BODY));
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}
