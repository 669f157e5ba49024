//! A public key is known to everybody: nothing that is keyed with its text is signed by anybody.

use super::super::*;
use super::classes::{NOW, URL, checked, messages, reason};
use crate::inspect::provider::{Hash, find};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Public keys in the forms that tell that they are such.
fn keys() -> Vec<String> {
    let vectors: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    let secret = |id: &str| {
        let vector = vectors.as_array().unwrap().iter().find(|vector| vector["id"] == id).unwrap();
        vector["secrets"][0].as_str().unwrap().to_owned()
    };
    let pem = secret("rfc9421-11");
    let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let certificate = secret("aws-sns-01");
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY") && certificate.starts_with("-----BEGIN CERTIFICATE"));
    vec![
        pem,
        der,
        certificate,
        r#"{"kty":"OKP","crv":"Ed25519","x":"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"}"#.into(),
        r#"{"kty":"EC","crv":"P-521","x":"","y":""}"#.into(),
        r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#.into(),
        "whpk_JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=".into(),
    ]
}

#[test]
fn a_message_keyed_with_a_public_key_is_never_signed() {
    for key in keys() {
        let headers = messages(&[("s", &format!("created={NOW}"), &key)]);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        let verdict = checked("rfc9421", URL, &headers, "", &[&key]);
        assert_eq!(reason(&verdict), Some(Reason::UnusableSecret), "{key}: {}", verdict.explanation);
    }
}

#[test]
fn the_algorithm_that_the_user_gives_goes_before_that_of_the_message() {
    // Nothing tells this key from a secret but what the user says of it.
    let key = "JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=";
    let mut headers = Headers::default();
    for (name, value) in messages(&[("s", &format!("created={NOW}"), key)]) {
        headers.push(name.into_bytes(), value.into_bytes());
    }
    let urls = [URL.to_owned()];
    let request = SignedRequest { method: "POST", urls: &urls, other_urls: &[], headers: &headers, body: b"" };
    let with = |algorithm: &str| {
        let fields = [("alg".to_owned(), algorithm.to_owned())];
        let check = Check { fields: &fields, ..Check::default() };
        verify(&request, find("rfc9421").unwrap(), &[Secret::new("s", key)], &check).reason
    };
    assert_eq!(with("ed25519"), Some(Reason::UnsupportedAlgorithm));
    assert_eq!(with("hmac-sha256"), None);
}

#[test]
fn a_text_that_may_be_a_public_key_is_no_shared_secret_before_the_user_says_so() {
    let point = format!("04{}", "ab".repeat(64));
    for key in ["JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=", &"ab".repeat(32), &point] {
        let headers = messages(&[("s", &format!("created={NOW}"), key)]);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        let verdict = checked("rfc9421", URL, &headers, "", &[key]);
        assert_eq!(reason(&verdict), Some(Reason::MissingField), "{key}: {}", verdict.explanation);
        assert!(verdict.hint.is_some_and(|hint| hint.contains("alg: hmac-sha256, ed25519")), "{key}");
        // Beside another it keeps nobody from being checked.
        let headers = messages(&[("s", &format!("created={NOW}"), "theirs")]);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        assert_eq!(reason(&checked("rfc9421", URL, &headers, "", &[key, "theirs"])), None, "{key}");

        // One that was given as a public key is none, whatever the user says besides.
        let Secret { value: marked, .. } = Secret::public_key("s", key);
        let headers = messages(&[("s", &format!("created={NOW}"), &marked)]);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        assert_eq!(reason(&checked("rfc9421", URL, &headers, "", &[&marked])), Some(Reason::UnusableSecret), "{key}");
    }
    let text = "no key at all";
    assert_eq!(Secret::public_key("s", text), Secret::new("s", text));
}

#[test]
fn a_message_covers_each_component_once() {
    let input = format!("(\"@method\" \"@method\");created={NOW};alg=\"hmac-sha256\"");
    let base = format!("\"@method\": POST\n\"@method\": POST\n\"@signature-params\": {input}");
    let signature = STANDARD.encode(digest::keyed(Hash::Sha256, b"theirs", base.as_bytes()));
    let headers = [("Signature-Input", &*format!("s={input}")), ("Signature", &*format!("s=:{signature}:"))];
    let verdict = checked("rfc9421", URL, &headers, "", &["theirs"]);
    assert_eq!(reason(&verdict), Some(Reason::MalformedHeader), "{}", verdict.explanation);
}

#[test]
fn a_token_or_a_body_keyed_with_a_public_key_is_never_signed() {
    let hash = STANDARD.encode(digest::plain(Hash::Sha256, b"{}"));
    for key in keys() {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = json!({"request_body_sha256": hash, "iat": NOW});
        let signed = format!("{}.{}", part(json!({"alg": "HS256"})), part(claims));
        let by = |text: &[u8]| digest::keyed(Hash::Sha256, key.as_bytes(), text);
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(by(signed.as_bytes())));
        let verdict = checked("fusionauth", URL, &[("X-FusionAuth-Signature-JWT", &token)], "{}", &[&key]);
        assert_eq!(reason(&verdict), Some(Reason::UnusableSecret), "{key}: {}", verdict.explanation);

        let own = format!("sha256={}", digest::hex(&by(b"{}")));
        let verdict = checked("github", URL, &[("X-Hub-Signature-256", &own)], "{}", &[&key]);
        assert_eq!((reason(&verdict), verdict.proven), (Some(Reason::UnusableSecret), None), "{key}");
        let unsigned = Unsigned { method: "POST", url: URL, headers: &Headers::default(), body: b"{}", fields: &[] };
        assert_eq!(sign(find("github").unwrap(), &key, &unsigned, NOW), Err(SignError::Secret("GitHub".into())));
    }
}

#[test]
fn an_empty_secret_signs_nothing() {
    let own = format!("sha256={}", digest::hex(&digest::keyed(Hash::Sha256, b"", b"{}")));
    let verdict = checked("github", URL, &[("X-Hub-Signature-256", &own)], "{}", &[""]);
    assert_eq!(reason(&verdict), Some(Reason::UnusableSecret));
    let message = messages(&[("s", &format!("created={NOW}"), "")]);
    let message: Vec<(&str, &str)> = message.iter().map(|(name, value)| (&name[..], &value[..])).collect();
    assert_eq!(reason(&checked("rfc9421", URL, &message, "", &[""])), Some(Reason::UnusableSecret));
    assert_eq!(reason(&checked("gitlab", URL, &[("X-Gitlab-Token", "")], "{}", &[""])), Some(Reason::MissingHeader));
    let headers = [("svix-id", "1"), ("svix-timestamp", "1760000000"), ("svix-signature", "v1,AAAA")];
    assert_eq!(reason(&checked("svix", URL, &headers, "{}", &["whsec_"])), Some(Reason::UnusableSecret));
}

#[test]
fn a_signature_by_ecdsa_is_checked_with_the_hash_that_is_chosen() {
    // Made with OpenSSL over `{}`: the first with SHA-384, the second with SHA-256.
    const KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEIqYNUAtBOg1/37bsAM8hO+acQUIlg5w9atyUMo/31vclVQ9rYtiSa99LpFERSXi4NeX5hhIU0aS+fsEWPZqwvw==";
    let signatures = [
        ("sha384", "MEQCIB4yYtnQsQkql3t9IcLPjaEN9UheFpgBMhMlmqM2fZuWAiBM/bPoCq6E0e6OgDIyJLk32c/hAPkcFmSpbP0qXV7JPQ=="),
        ("sha256", "MEQCICuBT3M1NptgEbnyLb98rIgqpshFlfQ258/RlHifjjkzAiBs9k4sezyIqUk4Tbx9DgoahkdhwP5Tg4EZOHiKUHbWLQ=="),
    ];
    for (hash, signature) in signatures {
        let mut headers = Headers::default();
        headers.push("X-Sig", signature);
        let request = SignedRequest { method: "POST", urls: &[], other_urls: &[], headers: &headers, body: b"{}" };
        let with = |chosen: &str| {
            let own = json!({"key": "acme", "name": "Acme", "certainty": "custom", "signatures": [
                {"method": "ecdsa", "hash": chosen, "encoding": "base64", "at": ["header:X-Sig"]}]});
            let own = serde_json::from_value(own).unwrap();
            verify(&request, &own, &[Secret::new("key", KEY)], &Check::default()).reason
        };
        for (chosen, _) in signatures {
            assert_eq!(with(chosen), (chosen != hash).then_some(Reason::Mismatch), "{hash} as {chosen}");
        }
    }
}

#[test]
fn a_token_is_keyed_with_a_secret_in_the_form_that_is_chosen() {
    let mut own = serde_json::to_value(find("netlify").unwrap()).unwrap();
    own["signatures"][0]["secret"] = "base64".into();
    let own = serde_json::from_value(own).unwrap();
    let unsigned = Unsigned { method: "POST", url: URL, headers: &Headers::default(), body: b"{}", fields: &[] };
    let signed_by = |provider, secret: &str| {
        let mut headers = Headers::default();
        for header in sign(provider, secret, &unsigned, NOW).unwrap().headers {
            headers.push(header.name.into_bytes(), header.value.into_bytes());
        }
        let request = SignedRequest { method: "POST", urls: &[], other_urls: &[], headers: &headers, body: b"{}" };
        let secrets = [Secret::new("the secret", "czNjcmV0LW9mLWEtd2ViaG9vaw==")];
        verify(&request, &own, &secrets, &Check { now: Some(NOW), ..Check::default() })
    };
    assert_eq!(signed_by(&own, "czNjcmV0LW9mLWEtd2ViaG9vaw==").reason, None);
    assert_eq!(signed_by(find("netlify").unwrap(), "s3cret-of-a-webhook").reason, None);
    let undecoded = signed_by(find("netlify").unwrap(), "czNjcmV0LW9mLWEtd2ViaG9vaw==");
    assert_eq!(undecoded.proven.map(|cause| cause.kind), Some(CauseKind::SecretForm));
}
