//! The services that send webhooks: what is known of each (data: `engine/providers`), which one sent a push, and what
//! it calls the event. Recognition runs before a push is answered: it reads the header names, and of the body only what
//! the service's own rule needs.

mod catalogue;
mod data;
mod fields;
mod identity;
mod peek;
mod place;
mod statuses;
mod unknown;

#[cfg(test)]
mod examples;

pub use catalogue::{CustomProblem, check_custom, find, providers};
pub(crate) use catalogue::{ProviderRef, Recogniser, Recognisers};
pub use data::*;
pub use identity::{BatchEvent, Identity, identify};
pub use place::{Joined, Place, PlaceError};
pub use unknown::unknown;

pub(crate) use fields::ALGORITHM;
pub(crate) use peek::{elements, value};
pub(crate) use place::Looked;
pub(crate) use statuses::Statuses;

use crate::exchange::Headers;
use catalogue::{Mark, Rule};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Bytes of the body that are looked into.
pub const PEEK_LIMIT: usize = 64 * 1024;

/// Characters of an event type that are kept.
const EVENT_LIMIT: usize = 200;

/// Bytes of a multipart body that are looked through for a field.
const FIELD_LIMIT: usize = 1024 * 1024;

/// Who sent a push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recognition {
    /// The key of the service: `github`, `stripe`, `hubspot` …, or that of one of the user's own.
    pub provider: Option<Cow<'static, str>>,
    /// What it calls the event, as far as it says so.
    pub event_type: Option<String>,
}

/// Recognises a push by its headers and the first bytes of its body; of those at most [`PEEK_LIMIT`] are read. A body
/// with a content coding is not decoded.
pub fn recognise(headers: &Headers, body_start: &[u8]) -> Recognition {
    let found = Recognisers::default().recognise(headers, body_start);
    found.map_or_else(Recognition::default, |found| Recognition {
        provider: Some(found.key()),
        event_type: found.event_type(headers, body_start),
    })
}

/// The provider that a push tells by itself; the user's own go before those that are known.
pub fn recognised(own: &[Provider], headers: &Headers, body_start: &[u8]) -> Option<Provider> {
    let all = Recognisers::with(own.to_vec());
    all.recognise(headers, body_start).map(|found| found.provider.clone())
}

impl Recogniser {
    /// True if a push is one of this provider's.
    fn fits(&self, headers: &Headers, body_start: &[u8]) -> bool {
        self.rule.fits(headers, peeked(body_start))
    }

    /// What this provider calls the event of a push.
    pub(crate) fn event_type(&self, headers: &Headers, body_start: &[u8]) -> Option<String> {
        event_type(&self.rule.events, Looked { headers, body: peeked(body_start), url: "" })
    }

    /// What this provider calls the events of a push: its own one, and those of a batch. `body` is decoded.
    pub(crate) fn events(&self, headers: &Headers, body: &[u8]) -> BTreeSet<String> {
        let Identity { event_type, events, .. } = identify(&self.provider, headers, body);
        event_type.into_iter().chain(events.into_iter().filter_map(|event| event.event_type)).collect()
    }
}

fn peeked(body_start: &[u8]) -> &[u8] {
    &body_start[..body_start.len().min(PEEK_LIMIT)]
}

impl Rule {
    fn fits(&self, headers: &Headers, body: &[u8]) -> bool {
        self.marks.iter().any(|marks| marks.iter().all(|mark| mark.fits(headers)))
            && self.body.as_ref().is_none_or(|pointer| peek::text(body, pointer).is_some())
    }
}

impl Mark {
    fn fits(&self, headers: &Headers) -> bool {
        match self {
            Self::Has(name) => headers.first(name).is_some(),
            Self::Says(name, part) => {
                headers.first(name).is_some_and(|value| memchr::memmem::find(value, part.as_bytes()).is_some())
            }
        }
    }
}

/// The first event that one of the lists of places names: the text at the first place, with the texts behind it joined
/// by dots where they are there.
fn event_type(events: &[Vec<Place>], at: Looked<'_>) -> Option<String> {
    let text = |place: &Place| place.read(at).filter(|text| !text.is_empty());
    let mut named = events.iter().find_map(|places| {
        let (first, others) = places.split_first()?;
        let mut name = text(first)?;
        for more in others.iter().filter_map(text) {
            name = format!("{name}.{more}");
        }
        Some(name)
    })?;
    if let Some((end, _)) = named.char_indices().nth(EVENT_LIMIT) {
        named.truncate(end);
    }
    Some(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&'static str, &'static str)], body: &str) -> (Option<Cow<'static, str>>, Option<String>) {
        let mut all = Headers::default();
        for (name, value) in headers {
            all.push(*name, *value);
        }
        let found = recognise(&all, body.as_bytes());
        (found.provider, found.event_type)
    }

    #[test]
    fn recognises_services_by_their_own_rules() {
        for (headers, body, provider, event) in [
            (&[("X-GitHub-Event", "push")][..], "{}", "github", "push"),
            (&[("X-GITHUB-EVENT", "issues")], r#"{"issue":{"action":1},"action":"opened"}"#, "github", "issues.opened"),
            // What a comment quotes is no field.
            (
                &[("X-GitHub-Event", "issue_comment")],
                r#" {"action":"created","comment":"x&payload=%7B%22action%22%3A%22deleted%22%7D&y"}"#,
                "github",
                "issue_comment.created",
            ),
            (&[("X-GitHub-Event", "push"), ("X-Gitea-Event", "push")], "{}", "gitea", "push"),
            (
                &[("Stripe-Signature", "t=1")],
                r#"{"data":{"type":"no"}, "type" : "invoice.paid"}"#,
                "stripe",
                "invoice.paid",
            ),
            (
                &[("X-HubSpot-Signature-v3", "x")],
                r#"[{"eventId":1,"subscriptionType":"contact.creation"}]"#,
                "hubspot",
                "contact.creation",
            ),
            (&[("X-Shopify-Topic", "orders/create")], "{}", "shopify", "orders/create"),
            (
                &[("X-Slack-Signature", "v0=")],
                r#"{"type":"event_callback","event":{"type":"message"}}"#,
                "slack",
                "message",
            ),
            (&[("X-Slack-Signature", "v0=")], r#"{"type":"url_verification"}"#, "slack", "url_verification"),
            (&[("X-Slack-Signature", "v0=")], "token=x&command=%2Fdeploy", "slack", "/deploy"),
            (&[("X-Gitlab-Event", "Push Hook")], "{}", "gitlab", "Push Hook"),
            (
                &[("X-Gitlab-Event", "Push Hook"), ("webhook-signature", "v1,x")],
                "{}",
                "gitlab-signing-token",
                "Push Hook",
            ),
            (
                &[("X-Hub-Signature", "sha1=x")],
                r#"{"topic":"conversation.user.created"}"#,
                "intercom",
                "conversation.user.created",
            ),
            (&[("X-Hub-Signature-256", "x")], r#"{"object":"page","entry":[]}"#, "meta", "page"),
            (&[("Linear-Event", "Issue")], r#"{"action":"create"}"#, "linear", "Issue.create"),
            (&[("webhook-id", "msg_1")], r#"{"type":"user.created"}"#, "standard-webhooks", "user.created"),
            (&[("x-hook-signature", "x")], r#"{"events":[{"action":"added","resource":{}}]}"#, "asana", "added"),
            (
                &[("Square-Environment", "x"), ("X-Square-HmacSha256-Signature", "x")],
                r#"{"type":"payment.updated"}"#,
                "square",
                "payment.updated",
            ),
            (&[("X-Event-Key", "repo:push")], "{}", "bitbucket", "repo:push"),
            (&[("User-Agent", "mailgun/treq")], r#"{"event-data":{"event":"opened"}}"#, "mailgun", "opened"),
            (&[("X-Twilio-Signature", "x")], "MessageSid=1&MessageStatus=delivered", "twilio", "delivered"),
        ] {
            assert_eq!(of(headers, body), (Some(provider.into()), Some(event.to_owned())), "{provider}: {body}");
        }
    }

    #[test]
    fn says_nothing_of_what_it_does_not_know() {
        assert_eq!(of(&[("Content-Type", "application/json")], r#"{"type":"x"}"#), (None, None));
        assert_eq!(of(&[("X-Hub-Signature", "sha1=x")], r#"{"type":"x"}"#), (None, None));
        for body in
            ["", "{", r#"{"type":"#, r#"{"type":"inv"#, r#"{"type":null}"#, "[]", "\u{1f}\u{8b}", r#"{"type":5"#]
        {
            assert_eq!(of(&[("Stripe-Signature", "x")], body), (Some("stripe".into()), None), "{body}");
        }
    }

    #[test]
    fn has_lower_case_keys_that_are_unique() {
        let mut keys: Vec<_> = providers().map(|provider| provider.key.as_str()).collect();
        keys.sort_unstable();
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{keys:?}");
        assert!(keys.iter().all(|key| key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')));
    }

    #[test]
    fn knows_what_it_says_about_every_provider() {
        assert!(providers().count() >= 100);
        for provider in providers() {
            check_custom(provider).unwrap_or_else(|problem| panic!("{}: {problem}", provider.key));
            assert_eq!(find(&provider.key), Some(provider));
            assert!(!provider.signatures.is_empty() || !provider.notes.is_empty(), "{} says nothing", provider.key);
        }
    }

    #[test]
    fn refuses_what_would_never_be_found_or_could_not_be_sent() {
        let known = |key: &str| serde_json::to_value(find(key).unwrap()).unwrap();
        for (key, at, wrong, field, words) in [
            ("adyen", "/signatures/0/items", "notificationItems", "signatures", "/events"),
            ("hubspot", "/batch/path", "events", "batch", "/events"),
            ("intercom", "/recognise/body", "topic", "recognise", "/events"),
            ("github", "/event/0", "query:event", "event", "not read here"),
            ("github", "/deliveryId/0", "query:id", "deliveryId", "not read here"),
            ("slack", "/eventId/0", "json:/a + query:id", "eventId", "not read here"),
            ("slack", "/attempt/0", "query:try", "attempt", "not read here"),
            ("slack", "/handshakes/0/when/0", "type = url_verification", "handshakes", "is no place"),
            ("meta", "/handshakes/0/verify", "hub.verify_token = verify_token", "handshakes", "is no place"),
            ("meta", "/handshakes/0/verify", "query:hub.verify_token", "handshakes", "query:token = verify_token"),
        ] {
            let mut provider = known(key);
            check_custom(&serde_json::from_value(provider.clone()).unwrap()).unwrap();
            *provider.pointer_mut(at).unwrap() = wrong.into();
            let problem = check_custom(&serde_json::from_value(provider).unwrap()).expect_err(at);
            assert_eq!(problem.field, field, "{problem}");
            assert!(problem.message.contains(words), "{problem}");
        }
        for status in ["status", "otherwise"] {
            let mut provider = known("meta");
            provider["handshakes"][0][status] = 99.into();
            let problem = check_custom(&serde_json::from_value(provider).unwrap()).unwrap_err();
            assert!(problem.message.contains("200 to 599"), "{problem}");
        }
    }

    #[test]
    fn refuses_what_the_check_of_a_method_would_not_heed() {
        use serde_json::json;
        for (key, at, wrong, words) in [
            ("sendgrid", "secret", json!("hex"), "whatever form it has"),
            ("discord", "secret", json!("base64"), "whatever form it has"),
            ("sendgrid", "hash", json!("sha512"), "SHA-256 or SHA-384"),
            ("travis-ci", "hash", json!("md5"), "SHA-1, SHA-256"),
            ("netlify", "timestamp", json!({"at": "header:X-Time", "tolerance": 300}), "say their time themselves"),
            ("rfc9421", "timestamp", json!({"at": "header:X-Time"}), "say their time themselves"),
            (
                "netlify",
                "token",
                json!({"algorithms": ["HS256", "RS512"]}),
                "one of HS256, HS384, HS512, RS256, ES256, EdDSA",
            ),
            ("netlify", "token", json!({"algorithms": []}), "one of HS256"),
            ("slack", "timestamp", json!(null), "header:X-Timestamp"),
            ("stripe", "timestamp", json!(null), "header:X-Timestamp"),
        ] {
            let mut provider = serde_json::to_value(find(key).unwrap()).unwrap();
            check_custom(&serde_json::from_value(provider.clone()).unwrap()).unwrap();
            provider["signatures"][0][at] = wrong;
            let problem = check_custom(&serde_json::from_value(provider).unwrap()).expect_err(at);
            assert_eq!(problem.field, "signatures", "{problem}");
            assert!(problem.message.contains(words), "{problem}");
        }
        // What can be honoured is.
        let mut provider = serde_json::to_value(find("sendgrid").unwrap()).unwrap();
        provider["signatures"][0]["hash"] = "sha384".into();
        check_custom(&serde_json::from_value(provider).unwrap()).unwrap();
    }

    #[test]
    fn reads_a_deep_body_without_recursion() {
        let body = format!("{{\"a\":{}{},\"type\":\"x\"}}", "[".repeat(20_000), "]".repeat(20_000));
        assert_eq!(of(&[("Stripe-Signature", "x")], &body).1.as_deref(), Some("x"));
    }
}
