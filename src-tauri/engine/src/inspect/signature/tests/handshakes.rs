//! Every handshake has its answer.

use super::super::*;
use crate::inspect::provider::{Provider, find, providers};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

const HANDSHAKES: &str = include_str!("handshakes.json");

#[derive(Clone, Deserialize)]
struct Case {
    provider: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    secrets: Vec<String>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    status: u16,
    #[serde(default)]
    answer_headers: BTreeMap<String, String>,
    answer_body: Option<String>,
    answer_json: Option<Value>,
    kept: Option<String>,
    opens: Option<String>,
    /// The status if the secret or the field is another.
    otherwise: Option<u16>,
}

fn reply(case: &Case, wrong: bool) -> Option<Reply> {
    let provider = find(&case.provider).unwrap_or_else(|| panic!("no provider {}", case.provider));
    reply_of(provider, case, wrong)
}

fn reply_of(provider: &Provider, case: &Case, wrong: bool) -> Option<Reply> {
    let mut headers = Headers::default();
    for (name, value) in &case.headers {
        headers.push(name.clone(), value.clone());
    }
    let other = |value: &String| if wrong { format!("not {value}") } else { value.clone() };
    let secrets: Vec<Secret> = case.secrets.iter().map(|value| Secret::new("s", other(value))).collect();
    let fields: Vec<(String, String)> = case.fields.iter().map(|(name, value)| (name.clone(), other(value))).collect();
    let urls = [case.url.clone()];
    let body = case.body.as_bytes();
    let request = SignedRequest { method: &case.method, urls: &urls, other_urls: &[], headers: &headers, body };
    handshake(&request, provider, &secrets, &Check { fields: &fields, ..Check::default() })
}

#[test]
fn every_handshake_has_its_answer() {
    let cases: Vec<Case> = serde_json::from_str(HANDSHAKES).unwrap();
    assert!(cases.len() >= 27);
    for case in &cases {
        let name = &case.provider;
        let reply = reply(case, false).unwrap_or_else(|| panic!("{name} is not answered"));
        assert_eq!(reply.status, case.status, "{name}");
        let header = |name: &str| {
            reply
                .headers
                .iter()
                .find(|header| header.name.eq_ignore_ascii_case(name))
                .map(|header| header.value.as_str())
        };
        for (key, value) in &case.answer_headers {
            assert_eq!(header(key), Some(value.as_str()), "{name}: {key}");
        }
        if let Some(body) = &case.answer_body {
            assert_eq!(String::from_utf8_lossy(&reply.body), *body, "{name}");
        }
        if let Some(json) = &case.answer_json {
            assert_eq!(&serde_json::from_slice::<Value>(&reply.body).unwrap(), json, "{name}");
        }
        assert_eq!(
            (reply.secret.as_ref(), reply.open_url.as_ref()),
            (case.kept.as_ref(), case.opens.as_ref()),
            "{name}"
        );
        // A page that is echoed must not become one.
        assert!(reply.body.is_empty() || header("x-content-type-options") == Some("nosniff"), "{name}");
        assert!(header("content-type").is_none_or(|kind| kind == "text/plain" || kind == "application/json"), "{name}");
    }
}

#[test]
fn every_handshake_of_every_provider_is_met_by_a_case() {
    let cases: Vec<Case> = serde_json::from_str(HANDSHAKES).unwrap();
    for provider in providers() {
        for handshake in &provider.handshakes {
            let alone = Provider { handshakes: vec![handshake.clone()], ..provider.clone() };
            let meets = |case: &&Case| case.provider == provider.key && reply_of(&alone, case, false).is_some();
            assert!(cases.iter().any(|case| meets(&case)), "{}: no case meets {handshake:?}", provider.key);
        }
    }
}

#[test]
fn a_handshake_with_another_secret_is_refused() {
    let cases: Vec<Case> = serde_json::from_str(HANDSHAKES).unwrap();
    let refused = cases.iter().filter(|case| case.otherwise.is_some()).map(|case| {
        assert_eq!(reply(case, true).map(|reply| reply.status), case.otherwise, "{}", case.provider);
    });
    assert!(refused.count() >= 4);
}

#[test]
fn the_newest_secret_answers_a_challenge_unless_an_older_one_signed_it() {
    let cases: Vec<Case> = serde_json::from_str(HANDSHAKES).unwrap();
    let case = cases.iter().find(|case| case.provider == "zoom").unwrap();
    let among = |secrets: [&str; 2], signed_with: Option<&str>| {
        let mut case = Case { secrets: secrets.map(str::to_owned).to_vec(), ..case.clone() };
        if let Some(secret) = signed_with {
            let headers = Headers::default();
            let body = case.body.as_bytes();
            let unsigned = Unsigned { method: "POST", url: &case.url, headers: &headers, body, fields: &[] };
            let signed = sign(find("zoom").unwrap(), secret, &unsigned, 1_760_000_000).unwrap();
            case.headers.extend(signed.headers.into_iter().map(|header| (header.name, header.value)));
        }
        serde_json::from_slice::<Value>(&reply(&case, false).unwrap().body).unwrap()
    };
    let own = case.secrets[0].as_str();
    assert_eq!(&among(["the old one", own], None), case.answer_json.as_ref().unwrap());
    assert_eq!(&among([own, "not in use yet"], Some(own)), case.answer_json.as_ref().unwrap());
}

#[test]
fn a_usual_delivery_is_no_handshake() {
    for (provider, body) in [
        ("slack", r#"{"type":"event_callback","challenge":"x"}"#),
        ("zoom", r#"{"event":"meeting.started"}"#),
        ("notion", r#"{"type":"page.created"}"#),
        ("aws-sns", r#"{"Type":"Notification","SubscribeURL":"x"}"#),
        ("meta", "{}"),
        ("github", "{}"),
    ] {
        let headers = Headers::default();
        let urls = ["https://a.example/in".to_owned()];
        let request =
            SignedRequest { method: "POST", urls: &urls, other_urls: &[], headers: &headers, body: body.as_bytes() };
        let found = handshake(&request, find(provider).unwrap(), &[Secret::new("s", "x")], &Check::default());
        assert_eq!(found, None, "{provider}");
    }
}

#[test]
fn a_handshake_by_another_method_or_with_a_challenge_of_no_size_is_none() {
    let cases: Vec<Case> = serde_json::from_str(HANDSHAKES).unwrap();
    let of = |provider: &str| cases.into_iter().find(|case| case.provider == provider).unwrap();
    let dropbox = of("dropbox");
    let asked = |method: &str, challenge: &str| {
        let url = format!("https://hooks.example.com/dropbox?challenge={challenge}");
        let case = Case { method: method.into(), url, headers: BTreeMap::new(), ..dropbox.clone() };
        reply(&case, false).map(|reply| reply.body.len())
    };
    assert_eq!(
        [asked("GET", "x"), asked("get", "x"), asked("POST", "x"), asked("PUT", "x")],
        [Some(1), Some(1), None, None]
    );
    assert_eq!(asked("GET", &"x".repeat(8 * 1024)), Some(8 * 1024));
    assert_eq!(asked("GET", &"x".repeat(8 * 1024 + 1)), None);
}
