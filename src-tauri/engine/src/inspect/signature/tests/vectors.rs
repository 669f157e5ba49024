//! Every vector has its verdict and its class.

use super::super::*;
use crate::inspect::provider::{Hash, find, providers};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The vectors: requests with the secret, the time and what is expected.
const VECTORS: &str = include_str!("vectors.json");

#[derive(Clone, Deserialize)]
struct Vector {
    id: String,
    provider: String,
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    body: String,
    #[serde(default)]
    secrets: Vec<String>,
    now: Option<i64>,
    tolerance: Option<u32>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    expect: String,
}

fn verdict_of(vector: &Vector) -> Verdict {
    let mut headers = Headers::default();
    for (name, value) in &vector.headers {
        headers.push(name.clone(), value.clone());
    }
    let secrets: Vec<Secret> = vector.secrets.iter().map(|value| Secret::new("secret", value)).collect();
    let fields: Vec<(String, String)> = vector.fields.clone().into_iter().collect();
    let urls = [vector.url.clone()];
    let request = SignedRequest {
        method: &vector.method,
        urls: &urls,
        other_urls: &[],
        headers: &headers,
        body: vector.body.as_bytes(),
    };
    let check = Check { now: vector.now, tolerance: vector.tolerance, fields: &fields, ..Check::default() };
    let provider = find(&vector.provider).unwrap_or_else(|| panic!("no provider {}", vector.provider));
    verify(&request, provider, &secrets, &check)
}

/// The class in the words of the vectors.
fn class(verdict: &Verdict) -> String {
    let Some(reason) = verdict.reason else { return "valid".into() };
    let word = serde_json::to_value(reason).unwrap().as_str().unwrap().to_owned();
    match reason {
        Reason::MissingHeader | Reason::MalformedHeader | Reason::MissingBodyField => {
            format!("{word}:{}", verdict.subject.as_deref().unwrap_or_default().to_ascii_lowercase())
        }
        _ => word,
    }
}

#[test]
fn every_vector_has_its_verdict_and_its_class() {
    let vectors: Vec<Vector> = serde_json::from_str(VECTORS).unwrap();
    assert_eq!(vectors.len(), 258);
    let mut wrong = Vec::new();
    for vector in &vectors {
        let verdict = verdict_of(vector);
        let is = class(&verdict);
        if is != vector.expect || (verdict.verdict == VerdictKind::Valid) != (vector.expect == "valid") {
            wrong.push(format!("{}: expected {}, is {is}: {}", vector.id, vector.expect, verdict.explanation));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), vectors.len(), wrong.join("\n"));
}

#[test]
fn rules_that_no_vector_holds_are_not_called_confirmed() {
    let vectors: Vec<Vector> = serde_json::from_str(VECTORS).unwrap();
    let held: BTreeSet<&str> = vectors.iter().map(|vector| vector.provider.as_str()).collect();
    let (mut confirmed, mut others) = (0, 0);
    for provider in providers() {
        match provider.certainty.words() {
            "confirmed" if held.contains(provider.key.as_str()) => confirmed += 1,
            "from the documentation" | "unconfirmed" => others += 1,
            words => panic!("{} is {words}", provider.key),
        }
    }
    assert!(confirmed >= 30 && others >= 80, "{confirmed} {others}");
}

#[test]
fn a_certificate_is_taken_only_within_its_time() {
    let vectors: Vec<Vector> = serde_json::from_str(VECTORS).unwrap();
    let at = |id: &str, now: i64| {
        let vector = vectors.iter().find(|vector| vector.id == id).unwrap();
        verdict_of(&Vector { now: Some(now), ..vector.clone() })
    };
    // Both are of 2025-01-01 to 2035-01-01.
    for id in ["aws-sns-01", "paypal-01"] {
        for (now, words) in [
            (1_735_689_599, "valid only from 2025-01-01 00:00:00 UTC on"),
            (2_051_222_401, "out of date since 2035-01-01 00:00:00 UTC"),
        ] {
            let verdict = at(id, now);
            assert_eq!(class(&verdict), "untrusted_certificate", "{id}: {}", verdict.explanation);
            assert!(verdict.explanation.contains(words), "{id}: {}", verdict.explanation);
            assert_eq!((verdict.verdict, verdict.proven), (VerdictKind::Invalid, None));
        }
        for now in [1_735_689_600, 2_051_222_400] {
            assert_eq!(class(&at(id, now)), "valid", "{id} at {now}");
        }
    }
}

#[test]
fn what_a_private_key_signed_is_valid_up_to_the_limit_and_not_a_second_longer() {
    let vectors: Vec<Vector> = serde_json::from_str(VECTORS).unwrap();
    for (key, limit) in [("telnyx", 300), ("standard-webhooks-v1a", 300), ("plaid", 300)] {
        let mut vector = vectors.iter().find(|one| one.provider == key && one.expect == "valid").unwrap().clone();
        let signed_at = verdict_of(&vector).signed_at.unwrap() / 1000;
        vector.tolerance = None;
        vector.now = Some(signed_at + limit);
        assert_eq!(class(&verdict_of(&vector)), "valid", "{key}");
        vector.now = Some(signed_at + limit + 1);
        assert_ne!(class(&verdict_of(&vector)), "valid", "{key}");
    }
}

#[test]
fn what_is_signed_in_parts_stands_there_once() {
    let vectors: Vec<Vector> = serde_json::from_str(VECTORS).unwrap();
    let (behind, in_place) = ("}", "\"event_hash\"");
    for (id, at, added) in [
        ("aws-sns-01", behind, r#","Message":"forged"}"#),
        ("aws-sns-01", behind, r#","M\u0065ssage":"forged"}"#),
        ("adyen-01", behind, r#","notificationItems":[{"NotificationRequestItem":{}}]}"#),
        ("dropbox-sign-01", in_place, r#""event_type":"forged","event_hash""#),
    ] {
        let vector = vectors.iter().find(|vector| vector.id == id).unwrap();
        assert_eq!(class(&verdict_of(vector)), "valid", "{id}");
        let body = match at == behind {
            true => format!("{}{added}", vector.body.trim_end().strip_suffix('}').unwrap()),
            false => vector.body.replacen(at, added, 1),
        };
        assert_ne!(body, vector.body, "{id}");
        let verdict = verdict_of(&Vector { body, ..vector.clone() });
        assert_eq!(class(&verdict), "malformed_body_field", "{id}: {}", verdict.explanation);
        assert!(verdict.explanation.contains("more than once"), "{id}: {}", verdict.explanation);
        assert_eq!(verdict.proven, None, "{id}");
    }
    // The whole of a body is signed, whatever stands in it.
    let whole = br#"{"id":1,"id":2}"#;
    let mut headers = Headers::default();
    headers.push("X-Hub-Signature-256", format!("sha256={}", digest::hex(&digest::keyed(Hash::Sha256, b"s", whole))));
    let request = SignedRequest { method: "POST", urls: &[], other_urls: &[], headers: &headers, body: whole };
    let verdict = verify(&request, find("github").unwrap(), &[Secret::new("s", "s")], &Check::default());
    assert_eq!(class(&verdict), "valid");
}

#[test]
fn a_form_field_that_is_signed_stands_there_once_however_it_is_escaped() {
    let kind = "application/x-www-form-urlencoded";
    let key = "shop";
    let own = serde_json::json!({"key": "acme", "name": "Acme", "certainty": "custom", "signatures": [
        {"method": "hmac", "hash": "sha256", "at": ["header:X-Sig"], "signed": "{form:payload}{query:n}"}]});
    let own = serde_json::from_value(own).unwrap();
    let class_of = |body: &str, query: &str| {
        let mut headers = Headers::default();
        headers.push("Content-Type", kind);
        headers.push("X-Sig", digest::hex(&digest::keyed(Hash::Sha256, key.as_bytes(), b"paid7")));
        let urls = [format!("https://hooks.example.com/in/acme?{query}")];
        let body = body.as_bytes();
        let request = SignedRequest { method: "POST", urls: &urls, other_urls: &[], headers: &headers, body };
        class(&verify(&request, &own, &[Secret::new("s", key)], &Check::default()))
    };
    assert_eq!(class_of("payload=paid&other=1", "n=7"), "valid");
    for body in ["payload=paid&payload=forged", "payload=paid&p%61yload=forged"] {
        assert_eq!(class_of(body, "n=7"), "malformed_body_field", "{body}");
    }
    assert_eq!(class_of("payload=paid", "n=7&n=8"), "malformed_header:n");
}
