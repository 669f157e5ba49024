//! One rule of a service is broken at a time: what is not valid is told by its class, and what is valid stays so.

use super::super::*;
use crate::inspect::provider::{Encoding, Hash, find};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub(super) const SECRET: &str = "s3cret-of-a-webhook";
pub(super) const URL: &str = "https://hooks.example.com/in/x";
pub(super) const NOW: i64 = 1_760_000_000;

pub(super) fn checked(provider: &str, url: &str, headers: &[(&str, &str)], body: &str, secrets: &[&str]) -> Verdict {
    let mut all = Headers::default();
    for (name, value) in headers {
        all.push(name.as_bytes().to_vec(), value.as_bytes().to_vec());
    }
    let urls = [url.to_owned()];
    let request = SignedRequest { method: "POST", urls: &urls, other_urls: &[], headers: &all, body: body.as_bytes() };
    let secrets: Vec<Secret> = secrets.iter().map(|value| Secret::new("secret", *value)).collect();
    verify(&request, find(provider).unwrap(), &secrets, &Check { now: Some(NOW), ..Check::default() })
}

pub(super) fn reason(verdict: &Verdict) -> Option<Reason> {
    assert_eq!(verdict.reason.is_none(), verdict.verdict == VerdictKind::Valid, "{}", verdict.explanation);
    verdict.reason
}

/// A token by HMAC of this hash.
pub(super) fn token(algorithm: &str, hash: Hash, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({"alg": algorithm, "typ": "JWT"})), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(digest::keyed(hash, SECRET.as_bytes(), signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// Header fields with a message signature of each name, with these parameters, keyed with the text of this secret.
pub(super) fn messages(all: &[(&str, &str, &str)]) -> [(String, String); 2] {
    let sign = |(label, params, secret): &(&str, &str, &str)| {
        let input = format!("(\"@method\");{params};alg=\"hmac-sha256\"");
        let base = format!("\"@method\": POST\n\"@signature-params\": {input}");
        let signature =
            digest::written(Encoding::Base64, &digest::keyed(Hash::Sha256, secret.as_bytes(), base.as_bytes()));
        (format!("{label}={input}"), format!("{label}=:{signature}:"))
    };
    let (inputs, signatures): (Vec<String>, Vec<String>) = all.iter().map(sign).unzip();
    [("Signature-Input".into(), inputs.join(", ")), ("Signature".into(), signatures.join(", "))]
}

#[test]
fn a_token_counts_only_with_the_algorithm_and_from_the_issuer_of_its_service() {
    let body = r#"{"id":1}"#;
    let hash = digest::hex(&digest::plain(Hash::Sha256, body.as_bytes()));
    let with = |algorithm, hash, claims: Value| {
        let token = token(algorithm, hash, &claims);
        reason(&checked("netlify", URL, &[("X-Webhook-Signature", &token)], body, &[SECRET]))
    };
    assert_eq!(with("HS256", Hash::Sha256, json!({"iss": "netlify", "sha256": hash})), None);
    assert_eq!(
        with("HS512", Hash::Sha512, json!({"iss": "netlify", "sha256": hash})),
        Some(Reason::UnsupportedAlgorithm)
    );
    assert_eq!(
        with("none", Hash::Sha256, json!({"iss": "netlify", "sha256": hash})),
        Some(Reason::UnsupportedAlgorithm)
    );
    for claims in [json!({"iss": "other", "sha256": hash}), json!({"sha256": hash}), json!({"iss": "netlify"})] {
        assert_eq!(with("HS256", Hash::Sha256, claims.clone()), Some(Reason::Mismatch), "{claims}");
    }
}

#[test]
fn a_token_that_signs_no_hash_is_not_said_to_sign_another_body() {
    let token = token("HS256", Hash::Sha256, &json!({"iss": "netlify"}));
    let verdict = checked("netlify", URL, &[("X-Webhook-Signature", &token)], "{}", &[SECRET]);
    assert_eq!(verdict.reason, Some(Reason::Mismatch));
    assert!(!verdict.explanation.contains("another body"), "{verdict:?}");
    assert_eq!(verdict.found.as_deref(), Some("no sha256"));
}

#[test]
fn what_was_signed_of_another_body_says_both_hashes_and_which_secret_fits() {
    let hash = |body: &str| digest::hex(&digest::plain(Hash::Sha256, body.as_bytes()));
    let says_both = |verdict: Verdict, claim: &str, signed: &str, came: &str| {
        assert_eq!((verdict.verdict, verdict.reason), (VerdictKind::Invalid, Some(Reason::Mismatch)));
        assert!(verdict.explanation.starts_with("It is signed with secret, but for another body"), "{verdict:?}");
        let both = [came, signed].map(|body| Some(format!("{claim}{}", hash(body))));
        assert_eq!([verdict.expected, verdict.found], both);
    };
    let (signed, came) = (r#"{"paid":true}"#, r#"{"paid":false}"#);
    let token = token("HS256", Hash::Sha256, &json!({"iss": "netlify", "sha256": hash(signed)}));
    says_both(checked("netlify", URL, &[("X-Webhook-Signature", &token)], came, &[SECRET]), "sha256 = ", signed, came);
    let url = format!("{URL}?bodySHA256={}", hash(signed));
    let signature = digest::written(Encoding::Base64, &digest::keyed(Hash::Sha1, SECRET.as_bytes(), url.as_bytes()));
    let headers = [("Content-Type", "application/json"), ("X-Twilio-Signature", &signature[..])];
    says_both(checked("twilio", &url, &headers, came, &[SECRET]), "", signed, came);
    // Of another issuer it says what stands there.
    let other = self::token("HS256", Hash::Sha256, &json!({"iss": "other", "sha256": hash(came)}));
    let verdict = checked("netlify", URL, &[("X-Webhook-Signature", &other)], came, &[SECRET]);
    assert_eq!((verdict.expected.as_deref(), verdict.found.as_deref()), (Some("iss = netlify"), Some("iss = other")));
}

#[test]
fn a_message_signature_counts_only_in_its_time() {
    let with = |params: &str| {
        let headers = messages(&[("s", params, SECRET)]);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        let key = base64::engine::general_purpose::STANDARD.encode(SECRET);
        reason(&checked("rfc9421", URL, &headers, "", &[&key]))
    };
    assert_eq!(with(&format!("created={NOW};expires={NOW}")), None);
    assert_eq!(with(&format!("created={};expires={}", NOW - 10, NOW - 1)), Some(Reason::StaleTimestamp));
    assert_eq!(with(&format!("created={}", NOW + 60)), None, "clocks may be a minute apart");
    assert_eq!(with(&format!("created={}", NOW + 61)), Some(Reason::FutureTimestamp));
}

#[test]
fn every_item_of_a_batch_has_to_fit() {
    const KEY: &str = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
    let item = |merchant: &str| {
        json!({"NotificationRequestItem": {"pspReference": "7914073381342284", "merchantReference": merchant,
            "merchantAccountCode": "TestMerchant", "amount": {"currency": "EUR", "value": 1130},
            "eventCode": "AUTHORISATION", "success": "true",
            "additionalData": {"hmacSignature": "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="}}})
    };
    let of = |items: Vec<Value>| checked("adyen", URL, &[], &json!({"notificationItems": items}).to_string(), &[KEY]);
    let good = || item("TestPayment-1407325143704");
    assert_eq!(reason(&of(vec![good(), good()])), None);
    for (items, wrong) in [(vec![good(), item("other"), good()], 1), (vec![item("other"), good()], 0)] {
        let verdict = of(items);
        assert_eq!((reason(&verdict), verdict.item), (Some(Reason::Mismatch), Some(wrong)));
    }
    // What was not looked at is not called valid.
    assert_eq!(of(vec![good(); 1_000]).verdict, VerdictKind::Valid);
    let verdict = of(vec![good(); 1_001]);
    assert_eq!((verdict.verdict, verdict.reason, verdict.item), (VerdictKind::Unsupported, None, None));
    assert!(verdict.explanation.starts_with("The first 1,000 of its items are signed"), "{}", verdict.explanation);
}

#[test]
fn a_certificate_counts_only_from_the_hosts_of_its_service() {
    let vectors: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    let vector = vectors.as_array().unwrap().iter().find(|vector| vector["id"] == "aws-sns-01").unwrap();
    let mut body: Value = serde_json::from_str(vector["body"].as_str().unwrap()).unwrap();
    let mut from = |url: &str| {
        body["SigningCertURL"] = url.into();
        reason(&checked("aws-sns", URL, &[], &body.to_string(), &[vector["secrets"][0].as_str().unwrap()]))
    };
    assert_eq!(from("https://sns.us-west-2.amazonaws.com/x.pem"), None);
    assert_eq!(from("https://sns.cn-north-1.amazonaws.com.cn/x.pem"), None);
    for url in [
        "http://sns.us-west-2.amazonaws.com/x.pem",
        "https://sns.us-west-2.amazonaws.com/x.txt",
        "https://sns.us-west-2.amazonaws.com:8443/x.pem",
        "https://user@sns.us-west-2.amazonaws.com/x.pem",
        "https://:word@sns.us-west-2.amazonaws.com/x.pem",
        "https://sns.us-west-2.amazonaws.com.evil.example/x.pem",
        "https://evil.example/sns.us-west-2.amazonaws.com/x.pem",
        "https://a.sns.us-west-2.amazonaws.com/x.pem",
        "https://snsXus-west-2.amazonaws.com/x.pem",
        "no url",
    ] {
        assert_eq!(from(url), Some(Reason::UntrustedCertificate), "{url}");
    }
}

#[test]
fn escapes_that_a_service_takes_off_before_it_signs_are_taken_off() {
    let sent = Unsigned {
        method: "POST",
        url: "https://hooks.example.com/in/x?a=b:c/d",
        headers: &Headers::default(),
        body: b"{}",
        fields: &[],
    };
    let signed = sign(find("hubspot").unwrap(), SECRET, &sent, NOW).unwrap();
    let headers: Vec<_> = signed.headers.iter().map(|header| (&header.name[..], &header.value[..])).collect();
    let at = |url: &str| reason(&checked("hubspot", url, &headers, "{}", &[SECRET]));
    assert_eq!(at("https://hooks.example.com/in/x?a=b%3Ac%2Fd"), None);
    assert_eq!(at("https://hooks.example.com/in/x?a=b%20c"), Some(Reason::Mismatch));
}

#[test]
fn a_mismatch_says_what_the_first_secret_gives_and_what_came() {
    let came = "sha256=0000000000000000000000000000000000000000000000000000000000000000";
    let verdict = checked("github", URL, &[("X-Hub-Signature-256", came)], "{}", &[SECRET, "another"]);
    assert_eq!(reason(&verdict), Some(Reason::Mismatch));
    let own = digest::hex(&digest::keyed(Hash::Sha256, SECRET.as_bytes(), b"{}"));
    assert_eq!(verdict.expected.as_deref().map(|text| text.trim_start_matches("sha256=")), Some(&own[..]));
    assert_eq!(verdict.found.as_deref().map(|text| text.trim_start_matches("sha256=")), Some(&came[7..]));
    assert_eq!(verdict.signed_bytes, b"{}");
}

#[test]
fn a_secret_that_is_signed_along_stands_in_no_signed_bytes() {
    let headers = [("X-HubSpot-Signature", "00"), ("X-HubSpot-Signature-Version", "v1")];
    let verdict = checked("hubspot", URL, &headers, "{}", &[SECRET]);
    assert_eq!((reason(&verdict), &verdict.signed_bytes[..]), (Some(Reason::Mismatch), &b"[secret]{}"[..]));
    assert_eq!(verdict.signed.unwrap().start, "[secret]{}");
}

#[test]
fn a_secret_that_is_none_of_its_service_is_told() {
    let vectors: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    let vector = vectors.as_array().unwrap().iter().find(|vector| vector["id"] == "aws-sns-01").unwrap();
    let body = vector["body"].as_str().unwrap();
    assert_eq!(reason(&checked("aws-sns", URL, &[], body, &[SECRET])), Some(Reason::UnusableSecret));
    let both = ["cut off", vector["secrets"][0].as_str().unwrap()];
    assert_eq!(reason(&checked("aws-sns", URL, &[], body, &both)), None, "one of two can be used");
    let another = "df231af45908fcd13bc0016186adedd094d1c3e4c6ac32aa634e70f4788a52e2";
    let signature = "0".repeat(128);
    let headers = [("X-Signature-Ed25519", &signature[..]), ("X-Signature-Timestamp", "1760000000")];
    for (secrets, wrong) in [
        (&[another, "cut off"][..], Reason::Mismatch),
        (&["cut off", another], Reason::Mismatch),
        (&["cut off", "this too"], Reason::UnusableSecret),
    ] {
        assert_eq!(reason(&checked("discord", URL, &headers, "{}", secrets)), Some(wrong), "{secrets:?}");
    }
}

#[test]
fn what_a_token_or_a_message_signs_is_named_and_only_a_claim_that_differs_is_expected() {
    let hash = digest::hex(&digest::plain(Hash::Sha256, b"{}"));
    let sent = |secret: &str, body: &str| {
        let token = token("HS256", Hash::Sha256, &json!({"iss": "netlify", "sha256": hash}));
        checked("netlify", URL, &[("X-Webhook-Signature", &token)], body, &[secret])
    };
    let verdict = sent("another", "{}");
    assert_eq!((reason(&verdict), verdict.expected), (Some(Reason::Mismatch), None));
    assert_eq!(verdict.signed.unwrap().rule, "head and claims of the token");
    let other = digest::hex(&digest::plain(Hash::Sha256, b"[]"));
    assert_eq!(sent(SECRET, "[]").expected, Some(format!("sha256 = {other}")));

    let headers = messages(&[("s", "created=1760000000", SECRET)]);
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
    let verdict = checked("rfc9421", URL, &headers, "", &[SECRET]);
    assert_eq!(verdict.signed.unwrap().rule, "signature base of RFC 9421");
}

#[test]
fn of_several_message_signatures_one_that_fits_is_enough_and_is_named() {
    let all = |labels: &[(&str, &str, &str)]| {
        let headers = messages(labels);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        checked("rfc9421", URL, &headers, "", &[SECRET])
    };
    let (young, old) = ("created=1760000000", "created=1759990000;expires=1759990060");
    let verdict = all(&[("proxy", young, "theirs"), ("sig1", young, SECRET)]);
    assert_eq!(reason(&verdict), None, "{}", verdict.explanation);
    assert_eq!(verdict.explanation, "Signed as sig1 with secret, 0 s before it came.");
    let verdict = all(&[("old", old, SECRET), ("new", young, SECRET)]);
    assert_eq!(reason(&verdict), None, "{}", verdict.explanation);
    // That another one is young makes none young.
    let verdict = all(&[("new", young, "theirs"), ("old", old, SECRET)]);
    assert_eq!(reason(&verdict), Some(Reason::StaleTimestamp), "{}", verdict.explanation);
    let none = all(&[("a", young, "theirs"), ("b", young, "theirs")]);
    assert_eq!(reason(&none), Some(Reason::Mismatch));
    let many: Vec<String> = (0..200).map(|at| format!("s{at}")).collect();
    let many: Vec<(&str, &str, &str)> = many.iter().map(|label| (&label[..], young, "theirs")).collect();
    assert_eq!(
        reason(&all(&[&many[..], &[("own", young, SECRET)]].concat())),
        Some(Reason::Mismatch),
        "there is an end"
    );
}

#[test]
fn a_token_that_anybody_could_send_proves_no_other_service() {
    let came = "sha256=0000000000000000000000000000000000000000000000000000000000000000";
    let headers = [("X-Hub-Signature-256", came), ("X-Gitlab-Token", SECRET)];
    let verdict = checked("github", URL, &headers, "{}", &[SECRET]);
    assert_eq!((reason(&verdict), verdict.proven), (Some(Reason::Mismatch), None));
    assert_eq!(reason(&checked("gitlab", URL, &headers[1..], "{}", &[SECRET])), None);
}

#[test]
fn a_subaccount_is_taken_by_its_own_key_or_by_that_of_the_account_above_it() {
    let by = |key: &str| digest::hex(&digest::keyed(Hash::Sha256, key.as_bytes(), b"1760000000tok"));
    let body = |signature: &str, parent: &str| {
        json!({"signature": {"timestamp": "1760000000", "token": "tok", "signature": signature,
            "parent-signature": parent}, "event-data": {"event": "opened"}})
        .to_string()
    };
    let signed = body(&by("below"), &by("above"));
    for secrets in [&["below"][..], &["above"], &["other", "above"]] {
        assert_eq!(reason(&checked("mailgun", URL, &[], &signed, secrets)), None, "{secrets:?}");
    }
    let other = checked("mailgun", URL, &[], &signed, &["other"]);
    assert_eq!((reason(&other), other.found), (Some(Reason::Mismatch), Some(by("below"))));
    let lacking = checked("mailgun", URL, &[], &signed, &[]);
    assert_eq!((lacking.verdict, lacking.found), (VerdictKind::NoSecret, Some(by("below"))));
    // Only what signs token and time counts, wherever it stands.
    assert_eq!(reason(&checked("mailgun", URL, &[], &body("", "00"), &["above"])), Some(Reason::Mismatch));
}

#[test]
fn an_older_or_weaker_way_never_saves_the_one_that_a_push_is_judged_by() {
    let body = r#"{"id":1}"#;
    let keyed = |hash| digest::hex(&digest::keyed(hash, SECRET.as_bytes(), body.as_bytes()));
    let sha1 = format!("sha1={}", keyed(Hash::Sha1));
    let wrong = format!("sha256={}", "0".repeat(64));
    let old = digest::hex(&digest::plain(Hash::Sha256, format!("{SECRET}POST{URL}{body}").as_bytes()));
    let url = digest::keyed(Hash::Sha1, SECRET.as_bytes(), URL.as_bytes());
    let url = digest::written(Encoding::Base64, &url);
    let time = (NOW * 1000).to_string();
    type Head<'a> = &'a [(&'a str, &'a str)];
    for (provider, old_way, new_way) in [
        ("github", &[("X-Hub-Signature", &sha1[..])][..], &[("X-Hub-Signature-256", &wrong[..])] as Head<'_>),
        ("meta", &[("X-Hub-Signature", &sha1)], &[("X-Hub-Signature-256", &wrong)]),
        (
            "hubspot",
            &[("X-HubSpot-Signature", &old), ("X-HubSpot-Signature-Version", "v2")],
            &[("X-HubSpot-Signature-v3", "AAAA"), ("X-HubSpot-Request-Timestamp", &time)],
        ),
        (
            "twilio",
            &[("X-Twilio-Signature", &url)],
            &[("X-Twilio-Webhooks-Signature-Settings", "v=1;algorithm=HMAC_SHA256")],
        ),
    ] {
        let body = if provider == "twilio" { "" } else { body };
        assert_eq!(reason(&checked(provider, URL, old_way, body, &[SECRET])), None, "{provider}");
        let both = checked(provider, URL, &[old_way, new_way].concat(), body, &[SECRET]);
        assert_eq!(reason(&both), Some(Reason::Mismatch), "{provider}: {}", both.explanation);
    }
}

#[test]
fn a_mismatch_is_explained_by_the_way_that_was_used_where_others_have_no_name_either() {
    let way = |hash: &str| {
        json!({"method": "hmac", "hash": hash, "at": ["header:X-Sig"],
            "needs": [{"at": "header:X-Alg", "is": hash, "class": "other"}]})
    };
    let own =
        json!({"key": "acme", "name": "Acme", "certainty": "custom", "signatures": [way("sha256"), way("sha512")]});
    let own = serde_json::from_value(own).unwrap();
    let body = b"{}";
    let mut headers = Headers::default();
    headers.push("X-Alg", "sha512");
    headers.push("X-Sig", digest::hex(&digest::keyed(Hash::Sha512, b"theirs", body)).into_bytes());
    let request = SignedRequest { method: "POST", urls: &[], other_urls: &[], headers: &headers, body };
    let others = [Secret::new("the secret of shop", "theirs")];
    let check = Check { other_secrets: &others, ..Check::default() };
    let cause = verify(&request, &own, &[Secret::new("ours", "ours")], &check).proven.unwrap();
    assert_eq!(cause.kind, CauseKind::OtherSecret, "{}", cause.explanation);
}

#[test]
fn a_signature_that_was_masked_blames_neither_the_secret_nor_the_body() {
    let stamp = NOW.to_string();
    let stamp = stamp.as_str();
    for (provider, headers, body, class) in [
        ("github", vec![("X-Hub-Signature-256", "[masked]")], "{}", Reason::MalformedHeader),
        ("shopify", vec![("X-Shopify-Hmac-Sha256", "[masked]")], "{}", Reason::MalformedHeader),
        ("stripe", vec![("Stripe-Signature", "[masked]")], "{}", Reason::MalformedHeader),
        ("stripe", vec![("Stripe-Signature", "t=1760000000,v1=[masked]")], "{}", Reason::MalformedHeader),
        (
            "slack",
            vec![("X-Slack-Request-Timestamp", stamp), ("X-Slack-Signature", "[masked]")],
            "{}",
            Reason::MalformedHeader,
        ),
        ("gitlab", vec![("X-Gitlab-Token", "[masked]")], "{}", Reason::MalformedHeader),
        ("chargebee", vec![("Authorization", "Basic [masked]")], "{}", Reason::MalformedHeader),
        ("netlify", vec![("X-Webhook-Signature", "[masked]")], "{}", Reason::MalformedHeader),
        (
            "mailgun",
            vec![],
            r#"{"signature":{"timestamp":"1760000000","token":"[masked]","signature":"[masked]"}}"#,
            Reason::MalformedBodyField,
        ),
    ] {
        for secrets in [&[SECRET][..], &[]] {
            let verdict = checked(provider, URL, &headers, body, secrets);
            assert_eq!((verdict.verdict, reason(&verdict)), (VerdictKind::Invalid, Some(class)), "{provider}");
            assert_eq!(verdict.explanation, "The signature was masked when this was exported, so it can't be checked.");
            assert!(verdict.hint.is_some_and(|hint| hint.contains("--no-redact")), "{provider}");
            assert_eq!(verdict.proven, None);
        }
    }
    // What stands beside a signature that fits is nobody's fault.
    let signature = digest::hex(&digest::keyed(Hash::Sha256, SECRET.as_bytes(), format!("{NOW}.{{}}").as_bytes()));
    let header = format!("t={NOW},v1={signature},v1=[masked]");
    assert_eq!(reason(&checked("stripe", URL, &[("Stripe-Signature", &header)], "{}", &[SECRET])), None);
}
