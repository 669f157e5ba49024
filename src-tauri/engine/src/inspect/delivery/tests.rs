//! The laws of grouping.

use super::*;
use crate::exchange::{Headers, Micros, Repeat};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};

const MINUTE: Micros = 60_000_000;

fn told(delivery_id: Option<&str>, body: &str) -> Told {
    let said = Said { delivery_id: delivery_id.map(String::from), ..Said::default() };
    Told::of(1, &said, &posted(body))
}

/// What came of a push with this body.
fn posted(body: &str) -> Came<'_> {
    Came { method: "POST", target: "/in/shop", body: body.as_bytes(), len: body.len() as u64 }
}

/// A service of which nothing is known.
fn unknown() -> Accepts {
    Accepts::default()
}

/// One that waits for so long.
fn within(patience: Micros) -> Accepts {
    Accepts { patience: Some(patience), ..unknown() }
}

/// A whole answer, at once.
fn answered(status: u16) -> Given {
    Given { took: Some(1_000), status: Some(status), failed: false }
}

/// Groups pushes as the store does: each is held against the newest one with its key.
fn grouped(pushes: &[(usize, Told, Micros, u16)]) -> BTreeMap<usize, usize> {
    let mut newest: HashMap<i64, (usize, Earlier)> = HashMap::new();
    let mut first_of = BTreeMap::new();
    for &(name, told, at, status) in pushes {
        let before = newest.get(&told.key).filter(|(_, earlier)| same_event(&told, earlier, at, &unknown()));
        let first = before.map_or(name, |(first, _)| *first);
        first_of.insert(name, first);
        let earlier = Earlier { at, answer: answered(status), content: told.content };
        newest.insert(told.key, (first, earlier));
    }
    first_of
}

/// Which pushes are together, whatever their first is called.
fn partition(first_of: &BTreeMap<usize, usize>) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (push, first) in first_of {
        groups.entry(*first).or_default().push(*push);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort();
    groups
}

proptest! {
    #[test]
    fn the_same_number_is_the_same_delivery_whatever_the_order(
        ids in proptest::collection::vec(0_u8..6, 1..40),
        statuses in proptest::collection::vec(prop_oneof![Just(200_u16), Just(500)], 40),
        seed in any::<u64>(),
    ) {
        let mut pushes: Vec<_> = ids.iter().enumerate().map(|(name, id)| {
            (name, told(Some(&id.to_string()), &format!("{{\"n\":{name}}}")), name as Micros * MINUTE, statuses[name])
        }).collect();
        let in_order = partition(&grouped(&pushes));
        pushes.sort_by_key(|(name, ..)| hash(&[&seed.to_le_bytes(), &name.to_le_bytes()]));
        prop_assert_eq!(&partition(&grouped(&pushes)), &in_order);
        for group in in_order {
            prop_assert!(group.iter().all(|push| ids[*push] == ids[group[0]]), "one number a delivery");
        }
    }

    #[test]
    fn a_body_is_the_same_without_what_is_renewed_and_in_any_order(
        members in proptest::collection::btree_map("[a-z]{1,6}", any::<i32>(), 0..6),
        attempt in any::<u8>(),
        at in any::<u32>(),
    ) {
        let write = |backwards: bool, renewed: &str| {
            let mut texts: Vec<_> = members.iter().map(|(name, value)| format!("\"x{name}\":{value}")).collect();
            if backwards {
                texts.reverse();
            }
            texts.push(renewed.to_owned());
            format!("{{{}}}", texts.join(" , "))
        };
        let one = write(false, r#""attempt_number":1,"sentAt":"a""#);
        let other = write(true, &format!(r#""attempt_number":{attempt},"sentAt":{at}"#));
        prop_assert_eq!(told(None, &one).key, told(None, &other).key);
        let another = write(false, r#""more":1"#);
        prop_assert_ne!(told(None, &one).key, told(None, &another).key);
    }

    #[test]
    fn no_body_breaks_the_hash(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let len = body.len() as u64;
        prop_assert_eq!(stable_hash(&body, len), stable_hash(&body, len));
    }
}

#[test]
fn a_number_counts_in_its_own_source_only() {
    let said = Said { delivery_id: Some("1".into()), ..Said::default() };
    assert_ne!(Told::of(1, &said, &posted("")).key, Told::of(2, &said, &posted("")).key);
}

#[test]
fn the_method_the_path_and_the_query_tell_events_apart_that_have_the_same_body() {
    let of = |method, target| Told::of(1, &Said::default(), &Came { method, target, ..posted("{}") });
    let one = of("POST", "/in/shop/orders?id=1&timestamp=1");
    for (method, target) in [
        ("PUT", "/in/shop/orders?id=1&timestamp=1"),
        ("POST", "/in/shop/customers?id=1&timestamp=1"),
        ("POST", "/in/shop?id=1&timestamp=1"),
        ("POST", "/in/shop/orders?id=2&timestamp=1"),
        ("POST", "/in/shop/orders"),
    ] {
        assert_ne!(one.key, of(method, target).key, "{method} {target}");
    }
    let later = of("POST", "http://h/in/renamed/orders?timestamp=2&id=1");
    assert!(one.key == later.key && one.content != later.content, "another try, with a new time");
}

#[test]
fn digits_beyond_a_float_tell_bodies_apart() {
    assert_ne!(told(None, r#"{"id":9007199254740993}"#).key, told(None, r#"{"id":9007199254740992}"#).key);
}

#[test]
fn a_body_without_a_number_is_the_same_event_after_a_failure_or_at_once() {
    let body = told(None, r#"{"a":1,"timestamp":1}"#);
    let later = told(None, r#"{"a":1,"timestamp":2}"#);
    assert_eq!(body.key, later.key);
    let at = |status, content| Earlier { at: 0, answer: answered(status), content };
    assert!(same_event(&later, &at(500, body.content), 60 * MINUTE, &unknown()), "a retry with a new time");
    assert!(
        !same_event(&later, &at(200, body.content), MINUTE, &unknown()),
        "a heartbeat: it was accepted and has a new time"
    );
    assert!(same_event(&body, &at(200, body.content), MINUTE, &unknown()), "the very same bytes at once");
    assert!(!same_event(&body, &at(200, body.content), 60 * MINUTE, &unknown()), "the very same bytes an hour later");
}

#[test]
fn the_number_of_an_event_tells_it_where_its_deliveries_have_none() {
    let of = |delivery_id: Option<&str>, event_id: Option<&str>, body: &str| {
        let said = Said {
            delivery_id: delivery_id.map(String::from),
            event_id: event_id.map(String::from),
            ..Said::default()
        };
        Told::of(1, &said, &posted(body))
    };
    let event = of(None, Some("e1"), r#"{"n":1}"#);
    assert!(event.numbered && event.key == of(None, Some("e1"), r#"{"n":2}"#).key);
    assert_ne!(event.key, of(None, Some("e2"), r#"{"n":1}"#).key);
    let delivery = of(Some("d1"), Some("e1"), r#"{"n":1}"#);
    assert!(delivery.key == of(Some("d1"), Some("e2"), "").key && delivery.key != of(Some("d2"), Some("e1"), "").key);
    assert_ne!(of(Some("1"), None, "").key, of(None, Some("1"), "").key, "of different kinds");
}

#[test]
fn what_comes_again_long_after_is_another_event() {
    const DAY: Micros = 24 * 60 * MINUTE;
    let at = |status, content| Earlier { at: 0, answer: answered(status), content };
    let numbered = told(Some("1"), "{}");
    for (gap, same) in [(35 * DAY, true), (35 * DAY + 1, false), (-35 * DAY, true), (-35 * DAY - 1, false)] {
        assert_eq!(same_event(&numbered, &at(200, 0), gap, &unknown()), same, "{gap}");
    }
    let body = told(None, "{}");
    for (gap, same) in [(36 * 60 * MINUTE, true), (36 * 60 * MINUTE + 1, false)] {
        assert_eq!(same_event(&body, &at(500, body.content), gap, &unknown()), same, "after a failure: {gap}");
    }
    for (gap, same) in [(10 * MINUTE, true), (10 * MINUTE + 1, false)] {
        assert_eq!(same_event(&body, &at(200, body.content), gap, &unknown()), same, "after a success: {gap}");
    }
    // What took too long to answer was a failure to its sender.
    let slow = Earlier { answer: Given { took: Some(5_000_000), ..answered(200) }, ..at(200, body.content) };
    assert!(
        same_event(&body, &slow, 60 * MINUTE, &within(3_000_000)) && !same_event(&body, &slow, 60 * MINUTE, &unknown())
    );
}

#[test]
fn fields_of_a_form_tell_the_event_in_any_order_and_without_what_is_renewed() {
    let form = |text: &str| told(None, text).key;
    assert_eq!(form("a=1&timestamp=5&b=2"), form("b=2&a=1&Time-Stamp=6"));
    assert_ne!(form("a=1&b=2"), form("a=1&b=3"));
    assert_ne!(form("a=1&a=2"), form("a=2&a=1"), "the same name twice has its order");
}

#[test]
fn what_was_accepted_is_a_duplicate_and_what_failed_or_took_too_long_a_retry() {
    let earlier = |status, took| Earlier { at: 0, answer: Given { took, status, failed: false }, content: 0 };
    let broken = Earlier { at: 0, answer: Given { failed: true, ..answered(200) }, content: 0 };
    let patience = within(3_000_000);
    assert_eq!(repeat(&earlier(Some(204), Some(1)), MINUTE, false, &patience), Repeat::Duplicate);
    assert_eq!(repeat(&earlier(Some(200), Some(3_000_001)), MINUTE, false, &patience), Repeat::Retry);
    assert_eq!(repeat(&earlier(Some(200), Some(3_000_001)), MINUTE, false, &unknown()), Repeat::Duplicate);
    assert_eq!(repeat(&earlier(Some(302), Some(1)), MINUTE, false, &unknown()), Repeat::Retry);
    assert_eq!(repeat(&earlier(None, None), MINUTE, false, &unknown()), Repeat::Retry);
    let only = Accepts { statuses: "204".parse().unwrap(), ..unknown() };
    assert_eq!(repeat(&earlier(Some(204), Some(1)), MINUTE, false, &only), Repeat::Duplicate);
    assert_eq!(repeat(&earlier(Some(200), Some(1)), MINUTE, false, &only), Repeat::Retry, "Fitbit takes 204 alone");
    assert_eq!(repeat(&broken, MINUTE, false, &unknown()), Repeat::Retry, "its sender got no whole answer");
    assert_eq!(repeat(&earlier(Some(200), Some(1)), MINUTE, true, &unknown()), Repeat::Retry, "the service counts on");
}

#[test]
fn what_came_again_before_we_had_answered_was_not_accepted_by_then() {
    let held = Earlier { at: 0, answer: Given { took: Some(30_000_000), ..answered(200) }, content: 1 };
    assert_eq!(repeat(&held, 2_000_000, false, &unknown()), Repeat::Retry, "its sender gave up after two seconds");
    assert_eq!(repeat(&held, 30_000_000, false, &unknown()), Repeat::Duplicate);
    let renewed = told(None, "{}");
    assert!(same_event(&renewed, &held, 2_000_000, &unknown()), "a retry, though with other bytes");
    assert!(!same_event(&renewed, &held, 30_000_000, &unknown()));
    let beside = Earlier { answer: Given { took: Some(900_000), ..answered(200) }, ..held };
    assert!(!same_event(&renewed, &beside, 800_000, &unknown()), "sent at the same time, with other bytes");
}

#[test]
fn the_names_that_are_renewed_are_sorted() {
    assert!(body::is_sorted());
}

#[test]
fn states_are_ordered_by_what_the_service_says() {
    let state = |created: &str| {
        let body = format!(r#"{{"created":{created},"data":{{"object":{{"id":"in_1"}}}}}}"#);
        states_of(1, "stripe", &Headers::default(), body.as_bytes())[0]
    };
    assert_eq!(state("5").key, state("7").key);
    assert!(state("5").at < state("7").at);
    assert_eq!(states_of(1, "unknown", &Headers::default(), b"{}"), []);
}

#[test]
fn things_of_another_kind_are_others_though_they_have_the_same_number() {
    let key = |kind: &str| {
        let body = format!(r#"[{{{kind},"objectId":7,"occurredAt":1}}]"#);
        states_of(1, "hubspot", &Headers::default(), body.as_bytes())[0].key
    };
    let contact = key(r#""subscriptionType":"contact.creation""#);
    assert_eq!(contact, key(r#""subscriptionType":"contact.propertyChange""#));
    assert_ne!(contact, key(r#""subscriptionType":"deal.creation""#));
    let object = |kind: &str| key(&format!(r#""subscriptionType":"object.creation","objectTypeId":"{kind}""#));
    assert_eq!(object("0-3"), object("0-3"));
    assert_ne!(object("0-1"), object("0-3"));
}

#[test]
fn parts_tell_the_event_whatever_the_boundary_between_them() {
    let form = |boundary: &str, value: &str| {
        let part = |name: &str, value: &str| {
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        told(None, &format!("{}{}--{boundary}--\r\n", part("a", "1"), part("b", value))).key
    };
    assert_eq!(form("----one", "2"), form("xYz.other", "2"));
    assert_ne!(form("----one", "2"), form("----one", "3"));
    assert_ne!(told(None, "--a\r\nno end").key, told(None, "--b\r\nno end").key);
}
