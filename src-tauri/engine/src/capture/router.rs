//! Which path goes where.

use super::answer::Answer;
use super::arrival::Arrival;
use super::{Shared, push, refusal};
use crate::wire::INBOX;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::{Method, StatusCode};
use std::borrow::Cow;
use std::sync::Arc;

/// What stands before the nonce of a probe, with which the engine sees whether its public URL leads here.
pub const PROBE_PATH: &str = "/.pushpull/probe/";

/// The longest name of a source.
const NAME_BYTES: usize = 64;

/// True for a name that a source can have: 1 to 64 of `A-Z a-z 0-9 . _ -`.
pub fn is_source_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=NAME_BYTES).contains(&name.len()) && name.bytes().all(allowed)
}

/// The name that the path of a push gives its source. What follows may hold bytes that are no text.
fn named(path: &str) -> Option<Cow<'_, str>> {
    let name = path.strip_prefix(INBOX)?;
    let name = &name[..name.find('/').unwrap_or(name.len())];
    percent_encoding::percent_decode_str(name).decode_utf8().ok()
}

/// The source that a target of a refused head names, if it does so plainly.
pub(super) fn source_in(target: &str) -> Option<&str> {
    let name = target.strip_prefix(INBOX)?;
    let name = &name[..name.find(['/', '?', '#']).unwrap_or(name.len())];
    is_source_name(name).then_some(name)
}

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/in/{name}", any(take_push))
        .route("/in/{name}/", any(take_push))
        .route("/in/{name}/{*rest}", any(take_push))
        .route("/.pushpull/probe/{nonce}", any(take_probe))
        .fallback(unknown_path)
        .with_state(shared)
}

/// The arrival that the connection laid into the request, and the body.
fn open(request: Request) -> Option<(Arrival, Body)> {
    let (mut parts, body) = request.into_parts();
    Some((parts.extensions.remove::<Arrival>()?, body))
}

async fn take_push(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let Some((arrival, body)) = open(request) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let head = arrival.head.clone();
    let source = named(head.path()).filter(|name| is_source_name(name) && shared.hooks.accepts(name));
    let answer = match source {
        Some(source) => push::take(&shared, arrival, &source, body).await,
        None => unknown(&shared, &arrival),
    };
    answer.into_response()
}

async fn take_probe(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let nonce = request.uri().path().strip_prefix(PROBE_PATH).unwrap_or_default();
    let known = matches!(*request.method(), Method::GET | Method::POST) && shared.hooks.probed(nonce);
    let Some((arrival, _)) = open(request) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let answer = match known {
        true => Answer::text(arrival.unread(), StatusCode::NO_CONTENT, "", &[]),
        false => refusal::unknown_path(arrival.unread()),
    };
    answer.into_response()
}

async fn unknown_path(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let Some((arrival, _)) = open(request) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    unknown(&shared, &arrival).into_response()
}

fn unknown(shared: &Shared, arrival: &Arrival) -> Answer {
    shared.hooks.unknown_path();
    refusal::unknown_path(arrival.unread())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_name_is_short_and_plain() {
        for name in ["a", "GitHub.prod_1-x", &"a".repeat(64), "..", "-"] {
            assert!(is_source_name(name), "{name}");
        }
        for name in ["", &"a".repeat(65), "a b", "a/b", "ä", "a%20"] {
            assert!(!is_source_name(name), "{name}");
        }
    }

    #[test]
    fn a_path_names_its_source_whatever_follows() {
        for path in ["/in/a", "/in/a/", "/in/%61", "/in/a/%FF", "/in/%61/b/%C3"] {
            assert_eq!(named(path).as_deref(), Some("a"), "{path}");
        }
        assert_eq!(named("/in/%FF/a"), None);
        assert_eq!(named("/out/a"), None);
    }

    #[test]
    fn a_refused_target_names_its_source_only_plainly() {
        assert_eq!(source_in("/in/a"), Some("a"));
        assert_eq!(source_in("/in/a/b?c"), Some("a"));
        assert_eq!(source_in("/in/a%20"), None);
        assert_eq!(source_in("http://h/in/a"), None);
        assert_eq!(source_in("/"), None);
    }
}
