//! One example a place of every provider (`examples.json`), and what the facts say of each (`facts.txt`: how sure its
//! signature is and how old it may be, what it takes as success, when it tries again). A place that is deleted or shifted is noticed here.

use super::*;
use crate::inspect::delivery::{Came, Said, Told};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Example {
    provider: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// A form as text, anything else as JSON.
    #[serde(default)]
    body: Value,
    #[serde(default)]
    event: Option<String>,
    #[serde(default)]
    event_id: Option<String>,
    #[serde(default)]
    delivery_id: Option<String>,
    #[serde(default)]
    attempt: Option<u32>,
    /// Those of a batch; the other members are not looked at then.
    #[serde(default)]
    events: Vec<Value>,
}

impl Example {
    fn read(&self, provider: &Provider) -> Identity {
        let mut headers = Headers::default();
        for (name, value) in &self.headers {
            headers.push(name.clone().into_bytes(), value.clone().into_bytes());
        }
        let body = match &self.body {
            Value::Null => String::new(),
            Value::String(form) => form.clone(),
            json => json.to_string(),
        };
        identify(provider, &headers, body.as_bytes())
    }

    fn says(&self, provider: &Provider) -> bool {
        let read = self.read(provider);
        if self.events.is_empty() {
            return (read.event_type, read.event_id, read.delivery_id, read.attempt)
                == (self.event.clone(), self.event_id.clone(), self.delivery_id.clone(), self.attempt);
        }
        let events = read.events.iter().map(|event| {
            let mut all = json!({ "event": event.event_type, "eventId": event.event_id, "attempt": event.attempt });
            all.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            all
        });
        events.eq(self.events.iter().cloned())
    }
}

fn examples() -> Vec<Example> {
    serde_json::from_str(include_str!("examples.json")).unwrap()
}

#[test]
fn every_example_is_read() {
    for example in examples() {
        let provider = find(&example.provider).unwrap();
        assert!(example.says(provider), "{example:?}: {:?}", example.read(provider));
    }
}

/// The provider with one place less each.
fn without_one_place(provider: &Provider) -> Vec<(String, Provider)> {
    let mut less = Vec::new();
    let mut take = |what: String, change: &dyn Fn(&mut Provider)| {
        let mut other = provider.clone();
        change(&mut other);
        less.push((what, other));
    };
    for at in 0..provider.event.len() {
        take(format!("event {at}"), &|other| drop(other.event.remove(at)));
        for part in 1..provider.event[at].split(" + ").count() {
            take(format!("event {at}, place {part}"), &|other| {
                let mut parts: Vec<&str> = provider.event[at].split(" + ").collect();
                parts.remove(part);
                other.event[at] = parts.join(" + ");
            });
        }
    }
    for at in 0..provider.event_id.len() {
        take(format!("eventId {at}"), &|other| drop(other.event_id.remove(at)));
    }
    for at in 0..provider.delivery_id.len() {
        take(format!("deliveryId {at}"), &|other| drop(other.delivery_id.remove(at)));
    }
    for at in 0..provider.attempt.len() {
        take(format!("attempt {at}"), &|other| drop(other.attempt.remove(at)));
    }
    if !provider.attempt.is_empty() {
        take("firstAttempt".into(), &|other| other.first_attempt += 1);
    }
    let Some(batch) = &provider.batch else { return less };
    take("batch".into(), &|other| other.batch = None);
    for at in 0..batch.event.len() {
        take(format!("batch event {at}"), &|other| drop(other.batch.as_mut().unwrap().event.remove(at)));
    }
    for at in 0..batch.id.len() {
        take(format!("batch id {at}"), &|other| drop(other.batch.as_mut().unwrap().id.remove(at)));
    }
    for at in 0..batch.attempt.len() {
        take(format!("batch attempt {at}"), &|other| drop(other.batch.as_mut().unwrap().attempt.remove(at)));
    }
    less
}

#[test]
fn every_place_has_an_example() {
    let examples = examples();
    for provider in providers() {
        let own: Vec<_> = examples.iter().filter(|example| example.provider == provider.key).collect();
        for (what, other) in without_one_place(provider) {
            assert!(own.iter().any(|example| !example.says(&other)), "{}: {what} has no example", provider.key);
        }
    }
}

/// How old what is signed may be.
fn limit(provider: &Provider) -> Option<String> {
    let scheme = provider.signatures.first()?;
    if let Some((stamp, seconds)) = scheme.timestamp.as_ref().and_then(|stamp| Some((stamp, stamp.tolerance?))) {
        return Some(format!("{seconds} s{}", if stamp.past_only { " past" } else { "" }));
    }
    Some(format!("{} s", scheme.token.as_ref()?.max_age?))
}

#[test]
fn every_provider_says_what_the_facts_say_and_how_sure_that_is() {
    let word = |certainty: Certainty| serde_json::to_value(certainty).unwrap().as_str().unwrap().to_owned();
    let lines = providers().map(|provider| {
        let success = provider.success.as_ref().map(|success| {
            let seconds = success.seconds.map(|seconds| format!(" in {seconds} s")).unwrap_or_default();
            format!("{}{seconds}, {}", success.statuses, word(success.certainty))
        });
        let retries = provider.retries.as_ref().map(|retries| {
            let gaps = retries.gaps.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
            format!("{gaps}{}{}", if gaps.is_empty() { "" } else { ", " }, word(retries.certainty))
        });
        let all = [
            provider.key.clone(),
            word(provider.certainty),
            limit(provider).unwrap_or_default(),
            success.unwrap_or_default(),
            retries.unwrap_or_default(),
        ];
        all.join(" | ").trim_end().to_owned()
    });
    let facts: Vec<&str> = include_str!("facts.txt").lines().collect();
    assert_eq!(lines.collect::<Vec<_>>(), facts);
}

/// Those whose number is that of an event or a delivery as they say themselves, whatever the event is called. Any other
/// is the number of what the event is about.
const NUMBERED: &str = "\
    aws-sns azure-eventgrid bitbucket box brex chargebee checkout-com circleci clerk cloudevents \
    coinbase-commerce contentful customer-io deepgram discord dropbox-sign easypost ebay fusionauth \
    gitea github github-sha1 gitlab gitlab-signing-token gocardless gogs google-drive google-pubsub \
    heroku hookdeck hubspot increase intercom jira line linear lithic lob mailgun mollie monday ms-graph \
    ms-teams-outgoing mux notion nylas okta openai paddle pagerduty paypal persona polar razorpay \
    recurly replicate resend sanity segment sendgrid sentry shopify slack square standard-webhooks \
    standard-webhooks-v1a stripe svix telegram telnyx trello twilio twitch typeform vercel wise \
    woocommerce workos zendesk";

/// True if a number is made of what names the event as well.
fn names_the_event(number: &[Place], events: &[Vec<Place>]) -> bool {
    events.iter().any(|places| places.iter().any(|place| number.contains(place)))
}

#[test]
fn a_number_is_of_one_event_or_holds_its_name() {
    let mut numbered = Vec::new();
    for provider in providers() {
        let events = catalogue::events(&provider.event).unwrap();
        let numbers = provider.event_id.iter().chain(&provider.delivery_id);
        let mut named = numbers.map(|number| names_the_event(&number.0, &events)).collect::<Vec<_>>();
        if let Some(batch) = provider.batch.as_ref().filter(|batch| !batch.id.is_empty()) {
            named.push(names_the_event(&batch.id, &catalogue::events(&batch.event).unwrap()));
        }
        if named.contains(&false) {
            numbered.push(&provider.key[..]);
        }
    }
    numbered.sort_unstable();
    assert_eq!(numbered, NUMBERED.split_whitespace().collect::<Vec<_>>());
}

#[test]
fn different_events_of_one_thing_are_not_one_delivery() {
    let no_headers: &[(&'static str, &'static str)] = &[];
    for (provider, headers, one, other) in [
        (
            "meta",
            [no_headers; 2],
            r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"id":"a"}}]}]}"#,
            r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"id":"b"}}]}]}"#,
        ),
        (
            "docusign",
            [no_headers; 2],
            r#"{"event":"envelope-sent","data":{"envelopeId":"e"}}"#,
            r#"{"event":"envelope-completed","data":{"envelopeId":"e"}}"#,
        ),
        (
            "docusign",
            [no_headers; 2],
            r#"{"event":"recipient-completed","generatedDateTime":"2026-01-01T00:00:00Z","data":{"envelopeId":"e"}}"#,
            r#"{"event":"recipient-completed","generatedDateTime":"2026-01-01T00:00:01Z","data":{"envelopeId":"e"}}"#,
        ),
        (
            "webflow",
            [no_headers; 2],
            r#"{"triggerType":"ecomm_order_changed","payload":{"id":"o","status":"unfulfilled"}}"#,
            r#"{"triggerType":"ecomm_order_changed","payload":{"id":"o","status":"fulfilled"}}"#,
        ),
        ("plivo", [no_headers; 2], "CallUUID=c&CallStatus=ringing", "CallUUID=c&CallStatus=completed"),
        (
            "figma",
            [no_headers; 2],
            r#"{"event_type":"FILE_UPDATE","file_key":"a","webhook_id":"22"}"#,
            r#"{"event_type":"FILE_UPDATE","file_key":"b","webhook_id":"22"}"#,
        ),
        (
            "postmark",
            [no_headers; 2],
            r#"{"RecordType":"Delivery","MessageID":"m"}"#,
            r#"{"RecordType":"Open","MessageID":"m"}"#,
        ),
        ("netlify", [no_headers; 2], r#"{"id":"d","state":"building"}"#, r#"{"id":"d","state":"ready"}"#),
        (
            "webex",
            [no_headers; 2],
            r#"{"resource":"messages","event":"created","data":{"id":"m"}}"#,
            r#"{"resource":"messages","event":"deleted","data":{"id":"m"}}"#,
        ),
        (
            "flutterwave",
            [no_headers; 2],
            r#"{"event":"charge.completed","data":{"id":1,"status":"pending"}}"#,
            r#"{"event":"charge.completed","data":{"id":1,"status":"successful"}}"#,
        ),
        (
            "fitbit",
            [no_headers; 2],
            r#"[{"collectionType":"activities","date":"2026-01-01","subscriptionId":"s"}]"#,
            r#"[{"collectionType":"sleep","date":"2026-01-01","subscriptionId":"s"}]"#,
        ),
        (
            "google-drive",
            [
                &[("X-Goog-Channel-ID", "a"), ("X-Goog-Message-Number", "2")],
                &[("X-Goog-Channel-ID", "b"), ("X-Goog-Message-Number", "2")],
            ],
            "a",
            "b",
        ),
        (
            "ms-graph",
            [no_headers; 2],
            r#"{"value":[{"changeType":"created","subscriptionId":"s","resource":"a"}]}"#,
            r#"{"value":[{"changeType":"updated","subscriptionId":"s","resource":"a"}]}"#,
        ),
        (
            "mandrill",
            [no_headers; 2],
            "mandrill_events=%5B%7B%22event%22%3A%22send%22%2C%22_id%22%3A%22m%22%2C%22ts%22%3A1%7D%5D",
            "mandrill_events=%5B%7B%22event%22%3A%22open%22%2C%22_id%22%3A%22m%22%2C%22ts%22%3A1%7D%5D",
        ),
        (
            "viber",
            [no_headers; 2],
            r#"{"event":"delivered","message_token":1}"#,
            r#"{"event":"seen","message_token":1}"#,
        ),
        ("zoom", [&[("x-zm-trackingid", "t"); 1]; 2], r#"{"event":"meeting.started"}"#, r#"{"event":"meeting.ended"}"#),
    ] {
        let key = |headers: &[(&'static str, &'static str)], body: &str| {
            let mut all = Headers::default();
            headers.iter().for_each(|(name, value)| all.push(*name, *value));
            let read = identify(find(provider).unwrap(), &all, body.as_bytes());
            let said = Said { delivery_id: read.delivery_id, event_id: read.event_id, ..Said::default() };
            let came = Came { method: "POST", target: "/in/x", body: body.as_bytes(), len: body.len() as u64 };
            Told::of(1, &said, &came).key
        };
        assert_ne!(key(headers[0], one), key(headers[1], other), "{provider}");
        assert_eq!(key(headers[0], one), key(headers[0], one), "{provider}");
    }
}
