//! The age of a request is that of the signature that fits, and a verdict says by what it is too old or too early.

use super::super::*;
use super::classes::{NOW, SECRET, URL, checked, messages, reason, token};
use crate::inspect::provider::{Hash, find};
use serde_json::{Value, json};

/// The HMAC of a time and a body, as Stripe writes it.
fn keyed(time: i64, body: &str) -> String {
    digest::hex(&digest::keyed(Hash::Sha256, SECRET.as_bytes(), format!("{time}.{body}").as_bytes()))
}

#[test]
fn an_old_signature_is_not_made_young_by_another_one_before_it() {
    let old = NOW - 86_400;
    let (good, bad) = (keyed(old, "{}"), "0".repeat(64));
    let captured = format!("t={old},v1={good}");
    for lines in [
        vec![captured.clone()],
        vec![format!("t={NOW},v1={bad},{captured}")],
        vec![format!("t={NOW},v1={bad}"), captured.clone()],
        vec![captured, format!("t={NOW},v1={bad}")],
    ] {
        let headers: Vec<(&str, &str)> = lines.iter().map(|line| ("Stripe-Signature", &line[..])).collect();
        let verdict = checked("stripe", URL, &headers, "{}", &[SECRET]);
        assert_eq!(reason(&verdict), Some(Reason::StaleTimestamp), "{lines:?}: {}", verdict.explanation);
        assert_eq!((verdict.signed_at, verdict.age), (Some(old * 1000), Some(86_400.0)), "{lines:?}");
    }
    // Where none fits, the first is told.
    let none = format!("t={NOW},v1={bad},t={old},v1={bad}");
    let verdict = checked("stripe", URL, &[("Stripe-Signature", &none)], "{}", &[SECRET]);
    assert_eq!((reason(&verdict), verdict.age), (Some(Reason::Mismatch), Some(0.0)));
    assert_eq!((verdict.signed_bytes, verdict.expected), (format!("{NOW}.{{}}").into_bytes(), Some(keyed(NOW, "{}"))));
    // A time that can't be read is none that is in time.
    let unread = format!(
        "t={NOW},v1={bad},t=now,v1={}",
        digest::hex(&digest::keyed(Hash::Sha256, SECRET.as_bytes(), b"now.{}"))
    );
    let verdict = checked("stripe", URL, &[("Stripe-Signature", &unread)], "{}", &[SECRET]);
    assert_eq!(reason(&verdict), Some(Reason::MalformedHeader), "{}", verdict.explanation);
}

#[test]
fn a_token_says_which_of_its_times_is_over_or_to_come() {
    let mut provider = serde_json::to_value(find("netlify").unwrap()).unwrap();
    provider["signatures"][0]["token"]["maxAge"] = 300.into();
    let provider = serde_json::from_value(provider).unwrap();
    let hash = digest::hex(&digest::plain(Hash::Sha256, b"{}"));
    let with = |times: Value| {
        let mut claims = json!({"iss": "netlify", "sha256": hash});
        claims.as_object_mut().unwrap().extend(times.as_object().unwrap().clone());
        let mut headers = Headers::default();
        headers.push("X-Webhook-Signature", token("HS256", Hash::Sha256, &claims).into_bytes());
        let request = SignedRequest { method: "POST", urls: &[], other_urls: &[], headers: &headers, body: b"{}" };
        verify(&request, &provider, &[Secret::new("s", SECRET)], &Check { now: Some(NOW), ..Check::default() })
    };
    for (times, wrong, words) in [
        (json!({"iat": NOW - 300, "exp": NOW}), None, "5 min before it came"),
        (
            json!({"iat": NOW - 90, "exp": NOW - 30}),
            Some(Reason::StaleTimestamp),
            "it expired 30 s before the request came.",
        ),
        (
            json!({"iat": NOW - 301}),
            Some(Reason::StaleTimestamp),
            "made 5 min 1 s before the request came; Netlify takes 5 min.",
        ),
        (
            json!({"iat": NOW, "nbf": NOW + 60}),
            Some(Reason::FutureTimestamp),
            "not valid before 2025-10-09 08:54:20 UTC, 1 min after the request came.",
        ),
        (json!({"iat": NOW + 301}), Some(Reason::FutureTimestamp), "5 min 1 s in the future; Netlify takes 5 min."),
    ] {
        let verdict = with(times);
        assert_eq!(reason(&verdict), wrong, "{}", verdict.explanation);
        assert!(verdict.explanation.contains(words), "{}", verdict.explanation);
    }
}

#[test]
fn a_message_signature_says_which_of_its_times_is_over_or_to_come() {
    for (params, words) in [
        (format!("created={};expires={}", NOW - 10, NOW - 1), "it expired 1 s before the request came."),
        (format!("created={}", NOW + 61), "1 min 1 s in the future; HTTP Message Signatures takes 1 min."),
    ] {
        let headers = messages(&[("s", &params, SECRET)]);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        let verdict = checked("rfc9421", URL, &headers, "", &[SECRET]);
        assert!(verdict.explanation.contains(words), "{}", verdict.explanation);
    }
}
