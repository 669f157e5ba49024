//! Another way of signing, of the same provider or of another.

use super::*;

#[test]
fn another_algorithm() {
    let kind = CauseKind::OtherAlgorithm;
    let with = |name: &str, value: String| {
        let mut headers = Headers::default();
        headers.push(name.to_owned().into_bytes(), value.into_bytes());
        headers
    };
    use super::digest::{hex, keyed, written};
    use crate::inspect::provider::{Encoding, Hash};
    let sha1 = hex(&keyed(Hash::Sha1, b"s3cret", JSON.as_bytes()));
    let sha256 = keyed(Hash::Sha256, b"s3cret", JSON.as_bytes());
    let other = |hash| hex(&keyed(hash, b"s3cret", JSON.as_bytes()));
    for (provider, name, value, words) in [
        ("razorpay", "X-Razorpay-Signature", other(Hash::Md5), "MD5"),
        ("razorpay", "X-Razorpay-Signature", other(Hash::Sha384), "SHA-384"),
        ("razorpay", "X-Razorpay-Signature", other(Hash::Sha512), "SHA-512"),
        ("shopify", "X-Shopify-Hmac-Sha256", written(Encoding::Base64url, &sha256), "URL-safe base64"),
        ("razorpay", "X-Razorpay-Signature", sha1.clone(), "SHA-1"),
        ("github", "X-Hub-Signature-256", format!("sha1={sha1}"), "SHA-1"),
        ("shopify", "X-Shopify-Hmac-Sha256", hex(&sha256), "hexadecimal"),
        ("razorpay", "X-Razorpay-Signature", hex(&sha256).to_uppercase(), "SHA-256 in upper-case hexadecimal"),
        ("github", "X-Hub-Signature-256", format!("sha256={}", written(Encoding::Base64, &sha256)), "base64"),
        ("github", "X-Hub-Signature-256", hex(&sha256), "before the signature"),
    ] {
        let verdict = Plant::new(provider).check(&with(name, value));
        assert_ne!(verdict.verdict, VerdictKind::Valid);
        let cause = verdict.proven.unwrap_or_else(|| panic!("{provider}: {}", verdict.explanation));
        assert_eq!(cause.kind, kind, "{}", cause.explanation);
        assert!(cause.explanation.contains(words), "{}", cause.explanation);
    }
    // The current signature is broken, the old one beside it is good.
    let mut headers = with("X-Hub-Signature-256", format!("sha256={}", "0".repeat(64)));
    headers.push("X-Hub-Signature", format!("sha1={sha1}").into_bytes());
    let cause = Plant::new("github").check(&headers).proven.unwrap();
    assert_eq!((cause.kind, &cause.explanation[..30]), (kind, "It is signed in the SHA-1 way "));
}

#[test]
fn a_weaker_way_beside_the_one_that_counts_is_no_reason() {
    use super::digest::{hex, plain};
    use crate::inspect::provider::Hash;
    let mut headers = Headers::default();
    headers.push("X-HubSpot-Request-Timestamp", format!("{NOW}000").into_bytes());
    headers.push("X-HubSpot-Signature-v3", "A".repeat(43) + "=");
    headers.push("X-HubSpot-Signature-Version", "v1");
    headers.push("X-HubSpot-Signature", hex(&plain(Hash::Sha256, format!("s3cret{JSON}").as_bytes())));
    let verdict = Plant::new("hubspot").check(&headers);
    assert_eq!((verdict.reason, verdict.proven), (Some(Reason::Mismatch), None), "the URL may be the cause");
}

#[test]
fn a_signature_that_begins_otherwise() {
    use super::digest::{hex, keyed};
    use crate::inspect::provider::Hash;
    let with = |value: String| {
        let mut headers = Headers::default();
        headers.push("Stripe-Signature", value);
        Plant::new("stripe").check(&headers)
    };
    let verdict = with(format!("t={NOW},v0={}", "0".repeat(64)));
    assert_eq!((verdict.verdict, verdict.reason), (VerdictKind::Invalid, Some(Reason::Mismatch)));
    assert_eq!(verdict.explanation, "Nothing in the header Stripe-Signature begins with \"v1=\".");
    assert_eq!(verdict.proven, None);
    // What can't be read at all is no wrong signature without a secret, and what it should be is told where it can be.
    let other = |secrets: &[&str]| {
        let headers = [("webhook-id", "m"), ("webhook-timestamp", "1760000000"), ("webhook-signature", "v1a,AAAA")];
        super::super::classes::checked("standard-webhooks", "https://a.example", &headers, JSON, secrets)
    };
    assert_eq!(other(&[]).verdict, VerdictKind::NoSecret);
    let verdict = other(&["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]);
    assert_eq!((verdict.reason, verdict.expected.is_some()), (Some(Reason::Mismatch), true));
    assert!(verdict.signed.is_some_and(|signed| signed.start.starts_with("m.1760000000.")));
    let signed = hex(&keyed(Hash::Sha256, b"s3cret", format!("{NOW}.{JSON}").as_bytes()));
    let cause = with(format!("t={NOW},s={signed}")).proven.unwrap();
    assert_eq!(cause.kind, CauseKind::OtherAlgorithm);
    assert!(cause.explanation.contains("with \"s=\" in place of \"v1=\""), "{}", cause.explanation);
}

#[test]
fn another_provider() {
    let kind = CauseKind::OtherProvider;
    let unsigned = Plant { checked_provider: "github", ..Plant::new("stripe") }.verdict();
    assert_eq!(unsigned.verdict, VerdictKind::Unsigned);
    assert_eq!(unsigned.proven.map(|cause| cause.kind), Some(kind));
    // The same header, another rule.
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let standard = Plant::secret("standard-webhooks", secret, secret);
    Plant { checked_provider: "gocardless", ..standard }.finds(kind, "not the way GoCardless does");
    Plant { checked_provider: "svix", ..Plant::secret("gocardless", secret, secret) }.finds(kind, "GoCardless");
    // What the push itself tells goes before what else would fit; a rule that many share is no single one's.
    for (provider, headers, words) in [
        ("standard-webhooks", vec![], "It is signed the way Standard Webhooks does, not the way GitHub does"),
        ("svix", vec![], "It is signed the way Svix does, not the way GitHub does"),
        ("openai", vec![("User-Agent", "OpenAI/1.0")], "It is signed the way OpenAI does, not the way GitHub does"),
    ] {
        let other = Plant { more_headers: headers, ..Plant::secret(provider, secret, secret) };
        let cause = Plant { checked_provider: "github", ..other }.verdict().proven.unwrap();
        assert_eq!((cause.kind, cause.explanation.contains(words)), (kind, true), "{}", cause.explanation);
    }
    let shared = Plant { checked_provider: "stripe", ..Plant::new("github") }.verdict().proven.unwrap();
    let words = "It is signed with SHA-256 in X-Hub-Signature-256, as GitHub and others do, not the way Stripe does";
    assert!(shared.explanation.starts_with(words), "{}", shared.explanation);
    // Items of a batch that are signed one by one.
    let key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
    let batch = r#"{"notificationItems":[{"NotificationRequestItem":{"pspReference":"7914073381342284","merchantReference":"TestPayment-1407325143704","merchantAccountCode":"TestMerchant","amount":{"currency":"EUR","value":1130},"eventCode":"AUTHORISATION","success":"true","additionalData":{"hmacSignature":"coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="}}}]}"#;
    let adyen = Plant { checked_with: key.into(), checked_body: batch.into(), ..Plant::new("adyen-platform") };
    let cause = adyen.check(&Headers::default()).proven.unwrap();
    assert_eq!((cause.kind, &cause.explanation[..30]), (kind, "It is signed the way Adyen doe"));
    // Without a proof it is only a hint.
    let verdict = Plant { checked_provider: "github", checked_with: "other".into(), ..Plant::new("stripe") }.verdict();
    assert_eq!((verdict.verdict, verdict.proven), (VerdictKind::Unsigned, None));
    assert!(verdict.hint.unwrap().contains("Stripe"));
}

#[test]
fn another_provider_where_this_one_lacks_something_or_is_told_another_version_or_key() {
    for (checked_provider, mut more_headers, reason) in [
        ("slack", vec![("X-Slack-Signature", "v0=00")], Reason::MissingHeader),
        ("box", vec![("BOX-SIGNATURE-PRIMARY", "x"), ("BOX-SIGNATURE-VERSION", "2")], Reason::UnsupportedVersion),
        (
            "box",
            vec![
                ("BOX-SIGNATURE-PRIMARY", "x"),
                ("BOX-SIGNATURE-VERSION", "1"),
                ("BOX-SIGNATURE-ALGORITHM", "HmacMD5"),
            ],
            Reason::UnsupportedAlgorithm,
        ),
        ("pusher", vec![("x-pusher-signature", "00"), ("x-pusher-key", "another")], Reason::KeyIdMismatch),
    ] {
        let fields = vec![("key_id".to_owned(), "ours".to_owned())];
        more_headers.push(("X-GitHub-Event", "push"));
        let plant = Plant { checked_provider, more_headers, fields, ..Plant::new("github") };
        plant.finds(CauseKind::OtherProvider, "the way GitHub does");
        assert_eq!(plant.verdict().reason, Some(reason));
        let wrong = Plant { checked_with: "another".into(), ..plant };
        assert_eq!((wrong.verdict().reason, wrong.verdict().proven), (Some(reason), None));
    }
}
