//! Which states of which things a push is about, where the service says it: what shows that an older event came after a
//! newer one.

use super::hash;
use super::said::text;
use crate::exchange::{Headers, Micros};
use serde_json::Value;
use std::collections::BTreeMap;

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
    /// A JSON Pointer to the events of a body that holds several; the other pointers that begin with `*` start at each.
    items: Option<&'static str>,
    /// Where the kind of the thing stands if its number alone does not tell it: the text before the first dot at the
    /// first of these that is there.
    kind: &'static [&'static str],
    /// A JSON Pointer, or the name of a header.
    thing: &'static str,
    /// The same.
    at: &'static str,
}

/// Services that say both. The places are those of their own documentation and libraries; a time is that of the event,
/// never that of the try which brought it: a late try would be the newest by that.
const RULES: &[Rule] = &[
    Rule { provider: "stripe", items: None, kind: &[], thing: "/data/object/id", at: "/created" },
    Rule {
        provider: "hubspot",
        items: Some(""),
        kind: &["*/objectTypeId", "*/subscriptionType"],
        thing: "*/objectId",
        at: "*/occurredAt",
    },
    Rule { provider: "shopify", items: None, kind: &[], thing: "/admin_graphql_api_id", at: "X-Shopify-Triggered-At" },
    Rule { provider: "paddle", items: None, kind: &[], thing: "/data/id", at: "/occurred_at" },
    Rule { provider: "square", items: None, kind: &[], thing: "/data/id", at: "/created_at" },
    Rule { provider: "linear", items: None, kind: &[], thing: "/data/id", at: "/createdAt" },
    Rule { provider: "paypal", items: None, kind: &[], thing: "/resource/id", at: "/create_time" },
    Rule { provider: "coinbase-commerce", items: None, kind: &[], thing: "/event/data/id", at: "/event/created_at" },
    Rule {
        provider: "adyen",
        items: Some("/notificationItems"),
        kind: &[],
        thing: "*/NotificationRequestItem/pspReference",
        at: "*/NotificationRequestItem/eventDate",
    },
    Rule { provider: "xero", items: Some("/events"), kind: &[], thing: "*/tenantId", at: "/firstEventSequence" },
    Rule { provider: "vercel", items: None, kind: &[], thing: "/payload/deployment/id", at: "/createdAt" },
];

/// Events of one body that are looked at.
const ITEMS_LIMIT: usize = 1_000;

/// The states that a push to the source of this number is about, if its service says so: of each thing its latest one.
/// `body` is decoded.
pub(crate) fn states_of(source: i64, provider: &str, headers: &Headers, body: &[u8]) -> Vec<State> {
    let Some(rule) = RULES.iter().find(|rule| rule.provider == provider) else { return Vec::new() };
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    let state = |item: &Value| {
        let read = |place: &str| match (place.strip_prefix('*'), place.strip_prefix('/')) {
            (Some(place), _) => text(item, place),
            (None, Some(_)) => text(&body, place),
            (None, None) => headers.text(place).map(String::from),
        };
        let at = moment(&read(rule.at)?)?;
        let (source, thing) = (source.to_le_bytes(), read(rule.thing)?);
        let kind = rule.kind.iter().find_map(|place| read(place)).unwrap_or_default();
        let kind = kind.split('.').next().filter(|kind| !kind.is_empty());
        let told = [Some(&source[..]), kind.map(str::as_bytes), Some(thing.as_bytes())];
        Some(State { key: hash(&told.into_iter().flatten().collect::<Vec<_>>()), at })
    };
    let items = match rule.items {
        Some(place) => body.pointer(place).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default(),
        None => std::slice::from_ref(&body),
    };
    let mut latest = BTreeMap::new();
    for State { key, at } in items.iter().take(ITEMS_LIMIT).filter_map(state) {
        let known = latest.entry(key).or_insert(at);
        *known = at.max(*known);
    }
    latest.into_iter().map(|(key, at)| State { key, at }).collect()
}

/// A number as it is, or a time of RFC 3339 as microseconds. One service writes one of them, so they never meet.
fn moment(text: &str) -> Option<Micros> {
    if let Ok(number) = text.parse::<i64>() {
        return Some(number);
    }
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond)
}
