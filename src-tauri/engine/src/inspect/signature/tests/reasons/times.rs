//! Ages, and units of time.

use super::*;

#[test]
fn ages_and_units_of_time() {
    for (now, reason, words) in [
        (NOW + 301, Reason::StaleTimestamp, "5 min 1 s before"),
        (NOW - 301, Reason::FutureTimestamp, "5 min 1 s in the future"),
    ] {
        let verdict = Plant { now, ..Plant::new("slack") }.verdict();
        assert_eq!((verdict.verdict, verdict.reason), (VerdictKind::Invalid, Some(reason)));
        assert!(verdict.explanation.contains(words), "{}", verdict.explanation);
        assert_eq!(verdict.proven, None);
    }
    assert_eq!(Plant { now: NOW - 301, ..Plant::new("stripe") }.verdict().verdict, VerdictKind::Valid);

    // The sender puts milliseconds where seconds belong, and signs them.
    let millis = format!("{NOW}000");
    let text = format!("v0:{millis}:{JSON}");
    let digest = digest::hex(&digest::keyed(Default::default(), b"s3cret", text.as_bytes()));
    let mut headers = Headers::default();
    headers.push("X-Slack-Request-Timestamp", millis.clone().into_bytes());
    headers.push("X-Slack-Signature", format!("v0={digest}").into_bytes());
    let cause = Plant::new("slack").check(&headers).proven.unwrap();
    assert_eq!(cause.kind, CauseKind::TimeUnit);
    assert!(cause.explanation.contains("its time is in milliseconds"), "{}", cause.explanation);

    // The header has milliseconds, and seconds were signed.
    let text = format!("v0:{NOW}:{JSON}");
    let of_seconds = digest::hex(&digest::keyed(Default::default(), b"s3cret", text.as_bytes()));
    let mut headers = Headers::default();
    headers.push("X-Slack-Request-Timestamp", millis.into_bytes());
    headers.push("X-Slack-Signature", format!("v0={of_seconds}").into_bytes());
    let cause = Plant::new("slack").check(&headers).proven.unwrap();
    assert_eq!(cause.kind, CauseKind::TimeUnit);
    assert!(cause.explanation.contains("with the time in seconds"), "{}", cause.explanation);

    // The sender puts seconds where milliseconds belong, and signs them.
    let text = format!("POST{URL}{JSON}{NOW}");
    let own = digest::keyed(Default::default(), b"s3cret", text.as_bytes());
    let own = digest::written(crate::inspect::provider::Encoding::Base64, &own);
    let mut headers = Headers::default();
    headers.push("X-HubSpot-Request-Timestamp", NOW.to_string().into_bytes());
    headers.push("X-HubSpot-Signature-v3", own.into_bytes());
    let cause = Plant::new("hubspot").check(&headers).proven.unwrap();
    assert_eq!(cause.kind, CauseKind::TimeUnit);
    assert!(cause.explanation.contains("its time is in seconds"), "{}", cause.explanation);

    // The header has seconds, and milliseconds were signed.
    let mut headers = Headers::default();
    headers.push("X-Slack-Request-Timestamp", NOW.to_string().into_bytes());
    headers.push("X-Slack-Signature", format!("v0={digest}").into_bytes());
    let verdict = Plant::new("slack").check(&headers);
    assert_eq!(verdict.proven.map(|cause| cause.kind), Some(CauseKind::TimeUnit));
    // In the right unit it would be refused as well: it is too old.
    let verdict = Plant { now: NOW + 301, ..Plant::new("slack") }.check(&headers);
    assert_eq!((verdict.reason, verdict.proven), (Some(Reason::Mismatch), None));
}

#[test]
fn the_other_unit_was_signed_of_a_time_that_stands_beside_the_signature() {
    for (provider, item, sent, signed, words) in [
        (
            "stripe",
            "Stripe-Signature",
            NOW,
            NOW * 1000,
            "milliseconds, and the header Stripe-Signature has it in seconds",
        ),
        (
            "stripe",
            "Stripe-Signature",
            NOW * 1000,
            NOW,
            "seconds, and the header Stripe-Signature has it in milliseconds",
        ),
        (
            "workos",
            "WorkOS-Signature",
            NOW * 1000,
            NOW,
            "seconds, and the header WorkOS-Signature has it in milliseconds",
        ),
        (
            "paddle",
            "Paddle-Signature",
            NOW,
            NOW * 1000,
            "milliseconds, and the header Paddle-Signature has it in seconds",
        ),
    ] {
        let (time, version, between, dot) =
            if provider == "paddle" { ("ts", "h1", ";", ":") } else { ("t", "v1", ",", ".") };
        let text = format!("{signed}{dot}{JSON}");
        let digest = digest::hex(&digest::keyed(Default::default(), b"s3cret", text.as_bytes()));
        let mut headers = Headers::default();
        headers.push(item, format!("{time}={sent}{between}{version}={digest}").into_bytes());
        let verdict = Plant::new(provider).check(&headers);
        let cause = verdict.proven.unwrap_or_else(|| panic!("{provider}: {}", verdict.explanation));
        assert_eq!(cause.kind, CauseKind::TimeUnit);
        assert!(cause.explanation.contains(words), "{}", cause.explanation);
    }
    // In the body.
    let text = format!("{}tok", NOW * 1000);
    let digest = digest::hex(&digest::keyed(Default::default(), b"s3cret", text.as_bytes()));
    let body = format!(r#"{{"signature":{{"timestamp":"{NOW}","token":"tok","signature":"{digest}"}}}}"#);
    let plant = Plant { checked_body: body.into(), ..Plant::new("mailgun") };
    let cause = plant.check(&Headers::default()).proven.unwrap();
    assert_eq!(cause.kind, CauseKind::TimeUnit);
    assert!(cause.explanation.contains("in milliseconds, and the field"), "{}", cause.explanation);
}
