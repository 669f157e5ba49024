//! What is not told, since no single cause explains it.

use super::*;

#[test]
fn several_causes_at_once_are_not_told() {
    let trimmed = |plant: Plant| Plant { checked_with: format!("{}\n", plant.signed_with), ..plant };
    trimmed(Plant::body(JSON, SPACED)).finds_nothing();
    trimmed(Plant::body(format!("{JSON}\n"), JSON)).finds_nothing();
    trimmed(Plant::url("square", URL, &URL.replace("https", "http"))).finds_nothing();
    trimmed(Plant { method: "PUT", ..Plant::new("hubspot") }).finds_nothing();
    let mut two = Plant::url("square", URL, &URL.replace("https", "http"));
    two.checked_body = SPACED.into();
    two.finds_nothing();
    Plant::body(format!("{JSON}\n"), SPACED).finds_nothing();
    Plant::body(JSON.replace('1', "2"), SPACED).finds_nothing();
    Plant::secret("github", "another", "s3cret").finds_nothing();
    Plant::body("{\"a\":1}", "{\"a\":2}").finds_nothing();
    Plant { checked_with: "whsec_x".into(), checked_body: SPACED.into(), ..Plant::new("stripe") }.finds_nothing();
    // What is too old besides would not pass either.
    for now in [NOW + 3_600, NOW - 3_600] {
        Plant { now, checked_body: SPACED.into(), ..Plant::new("slack") }.finds_nothing();
        Plant { now, checked_with: "s3cret\n".into(), ..Plant::new("slack") }.finds_nothing();
    }
}

/// Requests that are signed otherwise than their provider does, which is told where the body came as it was.
fn odd() -> Vec<(&'static str, CauseKind, Plant, Headers)> {
    use super::digest::{hex, keyed, written};
    use crate::inspect::provider::{Encoding, Hash};
    let of = |text: &str, hash| keyed(hash, b"s3cret", text.as_bytes());
    let with = |fields: &[(&'static str, String)]| {
        let mut headers = Headers::default();
        headers.push("Content-Type", "application/json");
        for (name, value) in fields {
            headers.push(*name, value.clone().into_bytes());
        }
        headers
    };
    let github = |value: String| with(&[("X-Hub-Signature-256", value)]);
    let sha256 = hex(&of(JSON, Hash::Sha256));
    let millis = format!("{NOW}000");
    let timed = hex(&of(&format!("v0:{millis}:{JSON}"), Hash::Sha256));
    let stripe = hex(&of(&format!("{NOW}.{JSON}"), Hash::Sha256));
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let undecoded =
        written(Encoding::Base64, &keyed(Hash::Sha256, secret.as_bytes(), format!("m.{NOW}.{JSON}").as_bytes()));
    let svix = [
        ("svix-id", "m".to_owned()),
        ("svix-timestamp", NOW.to_string()),
        ("svix-signature", format!("v1,{undecoded}")),
    ];
    let slack = [("X-Slack-Request-Timestamp", millis), ("X-Slack-Signature", format!("v0={timed}"))];
    let algorithm = CauseKind::OtherAlgorithm;
    vec![
        ("another hash", algorithm, Plant::new("github"), github(format!("sha256={}", hex(&of(JSON, Hash::Sha1))))),
        ("another encoding", algorithm, Plant::new("shopify"), with(&[("X-Shopify-Hmac-Sha256", sha256.clone())])),
        ("no prefix", algorithm, Plant::new("github"), github(sha256.clone())),
        ("a prefix", algorithm, Plant::new("razorpay"), with(&[("X-Razorpay-Signature", format!("sha256={sha256}"))])),
        ("another provider", CauseKind::OtherProvider, Plant::new("stripe"), github(format!("sha256={sha256}"))),
        ("another item", algorithm, Plant::new("stripe"), with(&[("Stripe-Signature", format!("t={NOW},s={stripe}"))])),
        ("another unit of time", CauseKind::TimeUnit, Plant::new("slack"), with(&slack)),
        ("a secret that was not decoded", CauseKind::SecretForm, Plant::secret("svix", "", secret), with(&svix)),
    ]
}

#[test]
fn a_changed_body_besides_is_not_told() {
    let escaped = JSON.replace('ü', "\\u00fc");
    let (lines, marked) = (format!("{JSON}\n"), format!("\u{feff}{JSON}"));
    for (name, kind, plant, headers) in odd() {
        let verdict = plant.check(&headers);
        assert_eq!(verdict.proven.map(|cause| cause.kind), Some(kind), "{name}: {}", verdict.explanation);
        for changed in [SPACED, INDENTED, &escaped, &lines, &marked] {
            let plant = Plant {
                checked_body: changed.into(),
                checked_with: plant.checked_with.clone(),
                ..Plant::new(plant.provider)
            };
            let verdict = plant.check(&headers);
            assert_ne!(verdict.verdict, VerdictKind::Valid, "{name} {changed}");
            assert_eq!(verdict.proven, None, "{name} {changed}");
        }
    }
}

#[test]
fn a_coding_or_a_character_set_and_another_change_of_the_body_are_not_told() {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(JSON.as_bytes()).unwrap();
    let zipped = encoder.finish().unwrap();
    let latin = &b"n=J\xfcrgen&a=b c"[..];
    Plant::body(zipped.clone(), JSON).finds(CauseKind::BodyCoding, "");
    Plant::body(latin, "n=Jürgen&a=b c").finds(CauseKind::BodyCharset, "");
    for changed in [SPACED.to_owned(), INDENTED.to_owned(), format!("{JSON}\n")] {
        Plant::body(zipped.clone(), changed.clone()).finds_nothing();
        Plant::body(changed, zipped.clone()).finds_nothing();
    }
    for changed in ["n=Jürgen&a=b c\n", "\u{feff}n=Jürgen&a=b c", "n=Jürgen&a=b c\r\n"] {
        Plant::body(latin, changed).finds_nothing();
        Plant::body(changed, latin).finds_nothing();
    }
}
