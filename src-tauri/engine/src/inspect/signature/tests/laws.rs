//! What is signed is valid, and nothing else is; nothing that comes in makes the check panic.

use super::super::*;
use crate::exchange::Header;
use crate::inspect::provider::{Method, Place, Provider, Scheme, find, providers};
use proptest::prelude::*;

const NOW: i64 = 1_760_000_000;

/// A request signed by our own hand, checked by the same rules.
fn signed_and_checked(provider: &Provider, secret: &str, url: &str, body: &[u8], kind: &str) -> Option<Verdict> {
    signed_and_checked_after(0, provider, secret, url, body, kind)
}

/// The same, checked when it is so many seconds old.
fn signed_and_checked_after(
    age: i64,
    provider: &Provider,
    secret: &str,
    url: &str,
    body: &[u8],
    kind: &str,
) -> Option<Verdict> {
    let fields = fields();
    let (signed, body) = signed(provider, secret, url, body, kind)?;
    let headers = headers_of(kind, &signed);
    let urls = [url.to_owned()];
    let request = SignedRequest { method: "POST", urls: &urls, other_urls: &[], headers: &headers, body: &body };
    let check = Check { now: Some(NOW + age), fields: &fields, ..Check::default() };
    Some(verify(&request, provider, &[Secret::new("own", secret)], &check))
}

fn fields() -> [(String, String); 1] {
    [("key_id".to_owned(), "k1".to_owned())]
}

/// The header fields that sign a request, and its body then.
fn signed(provider: &Provider, secret: &str, url: &str, body: &[u8], kind: &str) -> Option<(Vec<Header>, Vec<u8>)> {
    let headers = headers_of(kind, &[]);
    let unsigned = Unsigned { method: "POST", url, headers: &headers, body, fields: &fields() };
    let signed = sign(provider, secret, &unsigned, NOW).ok()?;
    Some((signed.headers, signed.body.unwrap_or_else(|| body.to_vec())))
}

fn headers_of(kind: &str, signed: &[Header]) -> Headers {
    let mut headers = Headers::default();
    headers.push("Content-Type", kind.to_owned());
    for Header { name, value } in signed {
        headers.push(name.clone().into_bytes(), value.clone().into_bytes());
    }
    headers
}

fn secret_for(provider: &Provider) -> &'static str {
    use crate::inspect::provider::SecretForm;
    match provider.signatures[0].secret {
        SecretForm::Hex => "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
        SecretForm::Whsec => "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        SecretForm::Base64 => "dGVhbXMtb3V0Z29pbmc=",
        SecretForm::UserPassword => "user:pass",
        _ => "a secret",
    }
}

/// A body that has what the provider signs inside it.
fn body_for(provider: &Provider) -> &'static str {
    match provider.key.as_str() {
        "adyen" => {
            r#"{"notificationItems":[{"NotificationRequestItem":{"pspReference":"1","additionalData":{"hmacSignature":""}}},
                {"NotificationRequestItem":{"pspReference":"2","additionalData":{"hmacSignature":"x"}}}]}"#
        }
        "ms-graph" => r#"{"value":[{"clientState":"","id":"1"}]}"#,
        "mailgun" => r#"{"signature":{"timestamp":"1","token":"t","signature":""}}"#,
        "figma" => r#"{"passcode":"","event_type":"x"}"#,
        "pusher" => r#"{"time_ms":1,"events":[]}"#,
        "linear" => r#"{"webhookTimestamp":1,"type":"Issue"}"#,
        _ => r#"{"id":1,"name":"ü"}"#,
    }
}

#[test]
fn what_is_signed_is_valid_for_every_provider_that_can_be_signed() {
    let mut count = 0;
    for provider in providers().filter(|provider| can_sign(provider)) {
        let url = "https://hooks.example.com:8443/in/x?b=2&a=1";
        let verdict =
            signed_and_checked(provider, secret_for(provider), url, body_for(provider).as_bytes(), "application/json");
        let verdict = verdict.unwrap_or_else(|| panic!("{} can't be signed", provider.key));
        assert_eq!(verdict.verdict, VerdictKind::Valid, "{}: {}", provider.key, verdict.explanation);
        assert_eq!(verdict.secret.as_deref(), Some("own"));
        count += 1;
    }
    assert!(count >= 85, "{count}");
}

#[test]
fn what_is_signed_is_valid_up_to_the_limit_and_not_a_second_longer() {
    let mut count = 0;
    for provider in providers().filter(|provider| can_sign(provider)) {
        let Some(stamp) = &provider.signatures[0].timestamp else { continue };
        let Some(limit) = stamp.tolerance.map(i64::from) else { continue };
        let reason = |age| {
            let (secret, body) = (secret_for(provider), body_for(provider).as_bytes());
            let url = "https://hooks.example.com/in/x";
            signed_and_checked_after(age, provider, secret, url, body, "application/json").unwrap().reason
        };
        assert_eq!(reason(limit), None, "{}", provider.key);
        assert_eq!(reason(limit + 1), Some(Reason::StaleTimestamp), "{}", provider.key);
        let early = (!stamp.past_only).then_some(Reason::FutureTimestamp);
        assert_eq!(reason(-limit - 1), early, "{}", provider.key);
        count += 1;
    }
    assert!(count >= 20, "{count}");
}

/// True if the body is part of what is signed, the whole of it.
fn signs_body(scheme: &Scheme) -> bool {
    match scheme.method {
        Method::Jwt => scheme.token.as_ref().is_some_and(|rule| rule.body_claim.is_some()),
        Method::Hmac | Method::Digest => scheme.signed.contains("{body}"),
        _ => false,
    }
}

/// Each text that differs from this one in a letter or digit.
fn with_one_changed(text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let places = (0..text.len()).filter(|at| text[*at].is_ascii_alphanumeric());
    places.map(|at| {
        let mut changed = text.to_vec();
        changed[at] = if text[at] == b'0' { b'1' } else { b'0' };
        changed
    })
}

#[test]
fn what_is_changed_by_one_byte_is_not_valid_for_any_provider_that_can_be_signed() {
    const KIND: &str = "application/json";
    let urls = ["https://hooks.example.com/in/x".to_owned()];
    let mut bodies = 0;
    for provider in providers().filter(|provider| can_sign(provider)) {
        let secret = secret_for(provider);
        let (signed, body) = signed(provider, secret, &urls[0], body_for(provider).as_bytes(), KIND).unwrap();
        let fields = fields();
        let check = Check { now: Some(NOW), fields: &fields, ..Check::default() };
        let judged = |signed: &[Header], body: &[u8]| {
            let headers = headers_of(KIND, signed);
            let request = SignedRequest { method: "POST", urls: &urls, other_urls: &[], headers: &headers, body };
            super::super::judge(&request, provider, &[Secret::new("own", secret)], &check)
        };
        assert_eq!(judged(&signed, &body), VerdictKind::Valid, "{}", provider.key);
        for (at, header) in signed.iter().enumerate() {
            for value in with_one_changed(header.value.as_bytes()) {
                let mut changed = signed.clone();
                changed[at].value = String::from_utf8(value).unwrap();
                assert_ne!(judged(&changed, &body), VerdictKind::Valid, "{}: {:?}", provider.key, changed[at]);
            }
        }
        if signs_body(&provider.signatures[0]) {
            bodies += 1;
            for changed in with_one_changed(&body) {
                let text = String::from_utf8_lossy(&changed);
                assert_ne!(judged(&signed, &changed), VerdictKind::Valid, "{}: {text}", provider.key);
            }
        }
    }
    assert!(bodies >= 70, "{bodies}");
}

#[test]
fn private_keys_are_not_made_up() {
    for key in ["sendgrid", "discord", "telnyx", "plaid", "aws-sns", "paypal", "standard-webhooks-v1a"] {
        assert!(!can_sign(find(key).unwrap()), "{key}");
    }
}

/// The least time that one of many comparisons takes: whatever else the machine does, some are not disturbed.
fn comparing(a: &str, b: &str) -> std::time::Duration {
    let once = |_| {
        let started = std::time::Instant::now();
        std::hint::black_box(super::super::digest::same(std::hint::black_box(a), std::hint::black_box(b)));
        started.elapsed()
    };
    (0..200).map(once).min().unwrap_or_default()
}

#[test]
fn the_time_of_a_comparison_does_not_tell_where_two_texts_differ() {
    let text = "a".repeat(1 << 14);
    let (early, late) = (format!("b{}", &text[1..]), format!("{}b", &text[1..]));
    assert!(super::super::digest::same(&text, &text.clone()) && !super::super::digest::same(&text, &early));
    let (early, late) = (comparing(&text, &early), comparing(&text, &late));
    assert!(early * 4 > late, "{early:?} where the first byte differs, {late:?} where the last one does");
}

#[test]
fn no_secret_stands_in_a_verdict() {
    let canary = "c4nary-secret-value";
    for key in ["gitlab", "hubspot", "chargebee", "telegram", "github", "okta"] {
        let provider = find(key).unwrap();
        for secret in [canary, "another"] {
            let mut headers = Headers::default();
            for scheme in &provider.signatures {
                if let Place::Header(name) = &scheme.at[0] {
                    headers.push(name.clone().into_bytes(), "Basic dXNlcjp4".to_owned().into_bytes());
                }
            }
            headers.push("X-HubSpot-Signature-Version", "v1");
            let urls = ["https://a.example/".to_owned()];
            let request =
                SignedRequest { method: "POST", urls: &urls, other_urls: &[], headers: &headers, body: b"{}" };
            let verdict = verify(&request, provider, &[Secret::new("s", secret)], &Check::default());
            let text = serde_json::to_string(&verdict).unwrap() + &format!("{verdict:?}");
            assert!(
                !text.contains(canary) && !String::from_utf8_lossy(&verdict.signed_bytes).contains(canary),
                "{key}"
            );
        }
    }
    assert!(!format!("{:?}", Secret::new("s", canary)).contains(canary));
}

#[test]
fn a_broken_or_huge_body_is_judged_in_time() {
    let secrets = [Secret::new("s", "x")];
    let deep = "[".repeat(200_000);
    let wide = format!("[{}]", "{\"a\":1},".repeat(200_000));
    for body in [deep.as_bytes(), wide.as_bytes(), &[0xff; 3_000_000][..]] {
        let mut headers = Headers::default();
        headers.push("X-Hub-Signature-256", "sha256=00");
        let request = SignedRequest { method: "POST", urls: &[], other_urls: &[], headers: &headers, body };
        for key in ["github", "adyen", "linear", "aws-sns", "dropbox-sign", "ms-graph"] {
            let started = std::time::Instant::now();
            verify(&request, find(key).unwrap(), &secrets, &Check::default());
            assert!(started.elapsed().as_secs() < 20, "{key}");
        }
    }
}

/// Texts that come near to signature headers.
fn near_header() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,60}",
        "(t=[0-9]{0,14}|v1=[0-9a-f]{0,64}|v0=|sha256=|,|;| |v1,[A-Za-z0-9+/=]{0,44}){0,8}",
        "[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}",
        "sig[0-9]?=\\((\"@?[a-z-]{0,12}\"(;[a-z]+)? ?){0,4}\\)(;[a-z]+=\"?[a-z0-9]*\"?){0,3}",
        "sig1=:[A-Za-z0-9+/=]{0,40}:",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn hmac_signatures_of_any_body_are_valid(
        body in proptest::collection::vec(any::<u8>(), 0..300), key in 0usize..200, secret in "[ -~]{1,40}",
    ) {
        use crate::inspect::provider::SecretForm;
        let all: Vec<&Provider> = providers()
            .filter(|provider| {
                let scheme = provider.signatures.first();
                scheme.is_some_and(|scheme| {
                    scheme.method == Method::Hmac
                        && scheme.items.is_none()
                        && scheme.at[0].in_head()
                        && scheme.timestamp.as_ref().is_none_or(|stamp| !matches!(stamp.at, Place::Json(_)))
                        && matches!(scheme.secret, SecretForm::Text | SecretForm::Ampersand | SecretForm::Nfkd)
                })
            })
            .collect();
        let provider = all[key % all.len()];
        let verdict = signed_and_checked(provider, &secret, "https://a.example/x", &body, "text/plain").unwrap();
        prop_assert_eq!(verdict.verdict, VerdictKind::Valid, "{}: {}", provider.key, verdict.explanation);
    }

    #[test]
    fn no_header_and_no_body_is_valid_for_a_secret_that_signed_nothing(
        texts in proptest::collection::vec(near_header(), 1..6),
        body in prop_oneof![proptest::collection::vec(any::<u8>(), 0..200), "[\\[\\]{}\":,a-z0-9/ ]{0,200}".prop_map(String::into_bytes)],
        secret in prop_oneof![Just(String::new()), ".{0,40}".prop_map(|text| format!("never sent: {text}"))],
        url in ".{0,40}", now in any::<Option<i64>>(),
    ) {
        let urls = [url];
        let secrets = [Secret::new("s", secret)];
        for provider in providers() {
            let mut headers = Headers::default();
            headers.push("Content-Type", texts[0].clone().into_bytes());
            let mut texts = texts.iter().cycle();
            for scheme in &provider.signatures {
                let stamp = scheme.timestamp.iter().map(|stamp| &stamp.at);
                for place in scheme.at.iter().chain(stamp).chain(scheme.needs.iter().map(|need| &need.at)) {
                    if let Place::Header(name) = place {
                        headers.push(name.clone().into_bytes(), texts.next().unwrap().clone().into_bytes());
                    }
                }
            }
            headers.push("Signature-Input", texts.next().unwrap().clone().into_bytes());
            let request = SignedRequest { method: "POST", urls: &urls, other_urls: &[], headers: &headers, body: &body };
            let check = Check { now, ..Check::default() };
            let verdict = super::super::judge(&request, provider, &secrets, &check);
            prop_assert_ne!(verdict, VerdictKind::Valid, "{}", provider.key);
            handshake(&request, provider, &secrets, &check);
        }
    }

    #[test]
    fn places_and_templates_of_any_text_are_read_or_refused(text in ".{0,60}") {
        if let Ok(place) = text.parse::<Place>() {
            prop_assert_eq!(place.to_string().parse::<Place>(), Ok(place));
        }
        let _ = check_template(&text);
    }
}
