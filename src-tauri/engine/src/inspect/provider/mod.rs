//! Recognises which service sent a push, and what it calls the event. It runs before a push is answered: it reads the
//! header names, and of the body only what the service's own rule needs.

mod peek;
mod table;

use crate::exchange::Headers;
use std::borrow::Cow;
use table::{Event, Mark, PROVIDERS, Provider};

/// Bytes of the body that are looked into.
pub const PEEK_LIMIT: usize = 64 * 1024;

/// Characters of an event type that are kept.
const EVENT_LIMIT: usize = 200;

/// Who sent a push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recognition {
    /// The key of the service: `github`, `stripe`, `hubspot` …
    pub provider: Option<&'static str>,
    /// What it calls the event, as far as it says so.
    pub event_type: Option<String>,
}

/// Recognises a push by its headers and the first bytes of its body; of those at most [`PEEK_LIMIT`] are read. A body
/// with a content coding is not decoded.
pub fn recognise(headers: &Headers, body_start: &[u8]) -> Recognition {
    let body = &body_start[..body_start.len().min(PEEK_LIMIT)];
    let found = PROVIDERS.iter().find(|provider| provider.fits(headers, body));
    found.map_or_else(Recognition::default, |provider| Recognition {
        provider: Some(provider.key),
        event_type: provider.events.iter().find_map(|event| event.read(headers, body)),
    })
}

impl Provider {
    fn fits(&self, headers: &Headers, body: &[u8]) -> bool {
        self.marks.iter().any(|mark| mark.fits(headers))
            && (self.needs.is_empty() || peek::text(body, self.needs).is_some())
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

impl Event {
    fn read(&self, headers: &Headers, body: &[u8]) -> Option<String> {
        let header = |name: &str| {
            let value = headers.all(name).next()?;
            (!value.is_empty()).then(|| String::from_utf8_lossy(value).into_owned())
        };
        let in_body = |path: &str| peek::text(body, path).filter(|text| !text.is_empty()).map(Cow::into_owned);
        let mut text = match self {
            Self::Header(name) => header(name)?,
            Self::HeaderThen(name, path) => join(header(name)?, in_body(path)),
            Self::Body(path) => in_body(path)?,
            Self::BodyThen(path, then) => join(in_body(path)?, in_body(then)),
            Self::Form(field) => peek::form_field(body, field)?,
        };
        if let Some((end, _)) = text.char_indices().nth(EVENT_LIMIT) {
            text.truncate(end);
        }
        Some(text)
    }
}

fn join(first: String, second: Option<String>) -> String {
    match second {
        Some(second) => format!("{first}.{second}"),
        None => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&'static str, &'static str)], body: &str) -> (Option<&'static str>, Option<String>) {
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
            assert_eq!(of(headers, body), (Some(provider), Some(event.to_owned())), "{provider}: {body}");
        }
    }

    #[test]
    fn says_nothing_of_what_it_does_not_know() {
        assert_eq!(of(&[("Content-Type", "application/json")], r#"{"type":"x"}"#), (None, None));
        assert_eq!(of(&[("X-Hub-Signature", "sha1=x")], r#"{"type":"x"}"#), (None, None));
        for body in
            ["", "{", r#"{"type":"#, r#"{"type":"inv"#, r#"{"type":null}"#, "[]", "\u{1f}\u{8b}", r#"{"type":5}"#]
        {
            assert_eq!(of(&[("Stripe-Signature", "x")], body), (Some("stripe"), None), "{body}");
        }
    }

    #[test]
    fn has_lower_case_keys_that_are_unique() {
        let mut keys: Vec<_> = PROVIDERS.iter().map(|provider| provider.key).collect();
        keys.sort_unstable();
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{keys:?}");
        assert!(keys.iter().all(|key| key.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
    }

    #[test]
    fn reads_a_deep_body_without_recursion() {
        let body = format!("{{\"a\":{}{},\"type\":\"x\"}}", "[".repeat(20_000), "]".repeat(20_000));
        assert_eq!(of(&[("Stripe-Signature", "x")], &body).1.as_deref(), Some("x"));
    }
}
