//! What a push says of itself: event, numbers, attempt, and the single events of a batch.

use super::catalogue::events;
use super::data::{Batch, Provider};
use super::place::{Joined, Looked, Place};
use super::{event_type, peek};
use crate::exchange::Headers;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Events of one batch that are read.
const ITEMS_LIMIT: usize = 1_000;

/// Characters of a number that are kept.
const ID_LIMIT: usize = 200;

/// What a push says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// What the service calls the event.
    pub event_type: Option<String>,
    /// The number of the event: the same for every retry and every receiver.
    pub event_id: Option<String>,
    /// The number of the delivery: the same for its retries.
    pub delivery_id: Option<String>,
    /// Which attempt this is; 1 is the first.
    pub attempt: Option<u32>,
    /// The events of a batch; empty if the body is one event.
    pub events: Vec<BatchEvent>,
    /// True if the body holds more events than these: they are too many, or the body was cut.
    pub more_events: bool,
}

/// One event of a body that holds several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BatchEvent {
    /// Its place in the array.
    pub index: u32,
    /// What the service calls it.
    pub event_type: Option<String>,
    /// Its number.
    pub event_id: Option<String>,
    /// Which attempt this is; 1 is the first.
    pub attempt: Option<u32>,
    /// Where it stands in the body: a JSON Pointer; empty if the array is not in the body itself.
    pub pointer: String,
}

impl Provider {
    /// True if the service says which attempt a push is.
    pub(crate) fn counts_attempts(&self) -> bool {
        !self.attempt.is_empty() || self.batch.as_ref().is_some_and(|batch| !batch.attempt.is_empty())
    }
}

/// Reads what a push of `provider` says of itself. `body` is the body with its content codings off.
pub fn identify(provider: &Provider, headers: &Headers, body: &[u8]) -> Identity {
    let at = Looked { headers, body, url: "" };
    let batch = provider.batch.as_ref();
    let (events, more_events) = batch.map(|batch| items(batch, at, provider.first_attempt)).unwrap_or_default();
    // Several events in one body are one delivery: their numbers together tell it again.
    let of_items = || match &events[..] {
        [] => None,
        [one] => one.event_id.clone(),
        many => {
            let all: Option<Vec<&str>> = many.iter().map(|event| event.event_id.as_deref()).collect();
            all.map(|all| shortened(all.join(" ")))
        }
    };
    let attempt = read(&provider.attempt, at).and_then(|text| attempt(&text, provider.first_attempt));
    Identity {
        event_type: event_type(&self::events(&provider.event).unwrap_or_default(), at),
        event_id: number(&provider.event_id, at).or_else(of_items),
        delivery_id: number(&provider.delivery_id, at),
        attempt: attempt.or_else(|| events.iter().filter_map(|event| event.attempt).max()),
        events,
        more_events,
    }
}

/// The events of a batch, and whether there are more of them.
fn items(batch: &Batch, at: Looked<'_>, first_attempt: u32) -> (Vec<BatchEvent>, bool) {
    let field = batch.form.as_ref().and_then(|name| Place::Form(name.clone(), None).read(at));
    let body = field.as_ref().map_or(at.body, |field| field.as_bytes());
    let Some(array) = peek::start(body, &batch.path) else { return Default::default() };
    let names = events(&batch.event).unwrap_or_default();
    let id = Joined(batch.id.clone());
    let elements = peek::elements(array, ITEMS_LIMIT + 1);
    let is_whole = elements.len() <= ITEMS_LIMIT && peek::value(array, "").is_some();
    // An array in a form field has no place in the tree of the body.
    let place = |index| match batch.form {
        None => format!("{}/{index}", batch.path.trim_end_matches('/')),
        Some(_) => String::new(),
    };
    let item = |(index, element)| {
        let at = Looked { body: element, ..at };
        BatchEvent {
            index,
            event_type: event_type(&names, at),
            event_id: id.read(at).filter(|id| !id.is_empty()).map(shortened),
            attempt: read(&batch.attempt, at).and_then(|text| attempt(&text, first_attempt)),
            pointer: place(index),
        }
    };
    ((0..).zip(elements.into_iter().take(ITEMS_LIMIT)).map(item).collect(), !is_whole)
}

/// The first number that is there whole.
fn number(numbers: &[Joined], at: Looked<'_>) -> Option<String> {
    numbers.iter().find_map(|joined| joined.read(at)).map(shortened)
}

/// The text at the first place that has one.
fn read(places: &[Place], at: Looked<'_>) -> Option<String> {
    places.iter().find_map(|place| place.read(at)).filter(|text| !text.is_empty()).map(shortened)
}

/// Counted from 1, whatever the service starts with; `true` stands for a second attempt.
fn attempt(text: &str, first: u32) -> Option<u32> {
    match text {
        "true" => Some(2),
        "false" => Some(1),
        number => number.trim().parse::<u32>().ok().map(|number| number.saturating_sub(first).saturating_add(1)),
    }
}

/// Long numbers, such as those of a whole batch, are told apart by their hash.
fn shortened(text: String) -> String {
    if text.chars().count() <= ID_LIMIT {
        return text;
    }
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let hex: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;

    fn of(provider: &str, headers: &[(&'static str, &'static str)], body: &str) -> Identity {
        let mut all = Headers::default();
        for (name, value) in headers {
            all.push(*name, *value);
        }
        identify(find(provider).unwrap(), &all, body.as_bytes())
    }

    #[test]
    fn reads_numbers_and_attempts() {
        let slack = of(
            "slack",
            &[("X-Slack-Retry-Num", "2")],
            r#"{"type":"event_callback","event_id":"Ev1","event":{"type":"m"}}"#,
        );
        assert_eq!(
            (slack.event_type.as_deref(), slack.event_id.as_deref(), slack.attempt),
            (Some("m"), Some("Ev1"), Some(3))
        );
        let bitbucket = of("bitbucket", &[("X-Attempt-Number", "1"), ("X-Request-UUID", "u")], "{}");
        assert_eq!((bitbucket.delivery_id.as_deref(), bitbucket.attempt), (Some("u"), Some(1)));
        let telegram = of("telegram", &[], r#"{"update_id":10000}"#);
        assert_eq!(telegram.event_id.as_deref(), Some("10000"));
        let github =
            of("github", &[("X-GitHub-Event", "issues"), ("X-GitHub-Delivery", "d")], r#"{"action":"opened"}"#);
        assert_eq!((github.event_type.as_deref(), github.delivery_id.as_deref()), (Some("issues.opened"), Some("d")));
    }

    #[test]
    fn takes_batches_apart() {
        let body = r#"[{"eventId":1,"subscriptionType":"contact.creation","attemptNumber":0},
            {"eventId":2,"subscriptionType":"deal.creation","attemptNumber":1}]"#;
        let hubspot = of("hubspot", &[], body);
        let events: Vec<_> = hubspot
            .events
            .iter()
            .map(|event| (event.event_type.as_deref().unwrap(), event.event_id.as_deref().unwrap(), event.attempt))
            .collect();
        assert_eq!(events, [("contact.creation", "1", Some(1)), ("deal.creation", "2", Some(2))]);
        assert_eq!((hubspot.event_id.as_deref(), hubspot.attempt), (Some("1 2"), Some(2)));

        for (provider, body, first) in [
            ("sendgrid", r#"[{"event":"open","sg_event_id":"a"}]"#, ("open", "a")),
            ("gocardless", r#"{"events":[{"resource_type":"x","action":"y","id":"a"}]}"#, ("x.y", "a")),
            ("line", r#"{"events":[{"type":"message","webhookEventId":"a"}]}"#, ("message", "a")),
            (
                "adyen",
                r#"{"notificationItems":[{"NotificationRequestItem":{"eventCode":"C","pspReference":"p"}}]}"#,
                ("C", "p:C"),
            ),
            (
                "mandrill",
                "mandrill_events=%5B%7B%22event%22%3A%22send%22%2C%22_id%22%3A%221%22%2C%22ts%22%3A2%7D%5D",
                ("send", "1:send:2"),
            ),
            ("ms-graph", r#"{"value":[{"changeType":"created","id":"n","subscriptionId":"s"}]}"#, ("created", "n:s")),
            (
                "xero",
                r#"{"events":[{"eventCategory":"INVOICE","eventType":"UPDATE","resourceId":"r","eventDateUtc":"t"}]}"#,
                ("INVOICE.UPDATE", "INVOICE:UPDATE:r:t"),
            ),
        ] {
            let identity = of(provider, &[], body);
            let event = identity.events.first().unwrap_or_else(|| panic!("{provider}"));
            assert_eq!((event.event_type.as_deref(), event.event_id.as_deref()), (Some(first.0), Some(first.1)));
        }
    }

    #[test]
    fn bounds_what_it_reads() {
        let body = format!("[{}]", vec![r#"{"eventId":1}"#; 5_000].join(","));
        let identity = of("hubspot", &[], &body);
        assert_eq!(identity.events.len(), ITEMS_LIMIT);
        assert!(identity.event_id.unwrap().len() < 100);
    }
}
