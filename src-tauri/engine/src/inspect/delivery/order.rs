//! Which state of which thing a push is about, where the service says it: what shows that an older event came after a
//! newer one.

use super::hash;
use super::said::text;
use crate::exchange::{Headers, Micros};
use serde_json::Value;

/// A state of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    /// A hash of the source and the thing.
    pub(crate) key: i64,
    /// When the state began, or its number: larger is later.
    pub(crate) at: i64,
}

/// Where a service names the thing and the time or the number of its state.
struct Rule {
    provider: &'static str,
    /// A JSON Pointer, or the name of a header.
    thing: &'static str,
    /// The same.
    at: &'static str,
}

/// Services that say both. The places are those of their own documentation and libraries; a time is that of the event,
/// never that of the try which brought it: a late try would be the newest by that.
const RULES: &[Rule] = &[
    Rule { provider: "stripe", thing: "/data/object/id", at: "/created" },
    Rule { provider: "hubspot", thing: "/0/objectId", at: "/0/occurredAt" },
    Rule { provider: "shopify", thing: "/admin_graphql_api_id", at: "X-Shopify-Triggered-At" },
    Rule { provider: "paddle", thing: "/data/id", at: "/occurred_at" },
    Rule { provider: "square", thing: "/data/id", at: "/created_at" },
    Rule { provider: "linear", thing: "/data/id", at: "/createdAt" },
    Rule { provider: "paypal", thing: "/resource/id", at: "/create_time" },
    Rule { provider: "coinbase-commerce", thing: "/event/data/id", at: "/event/created_at" },
    Rule {
        provider: "adyen",
        thing: "/notificationItems/0/NotificationRequestItem/pspReference",
        at: "/notificationItems/0/NotificationRequestItem/eventDate",
    },
    Rule { provider: "xero", thing: "/events/0/tenantId", at: "/firstEventSequence" },
    Rule { provider: "vercel", thing: "/payload/deployment/id", at: "/createdAt" },
];

/// The state that a push to the source of this number is about, if its service says so. `body` is decoded.
pub(crate) fn state_of(source: i64, provider: &str, headers: &Headers, body: &[u8]) -> Option<State> {
    let rule = RULES.iter().find(|rule| rule.provider == provider)?;
    let body: Value = serde_json::from_slice(body).ok()?;
    let read = |place: &str| match place.strip_prefix('/') {
        Some(_) => text(&body, place),
        None => headers.text(place).map(String::from),
    };
    let at = moment(&read(rule.at)?)?;
    Some(State { key: hash(&[&source.to_le_bytes(), read(rule.thing)?.as_bytes()]), at })
}

/// A number as it is, or a time of RFC 3339 as microseconds. One service writes one of them, so they never meet.
fn moment(text: &str) -> Option<Micros> {
    if let Ok(number) = text.parse::<i64>() {
        return Some(number);
    }
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond)
}
