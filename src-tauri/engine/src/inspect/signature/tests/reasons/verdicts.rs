//! What a verdict says, whatever it is.

use super::*;

#[test]
fn the_verdict_says_which_secret_and_how_old() {
    let provider = find("stripe").unwrap();
    let headers = Headers::default();
    let unsigned = Unsigned { method: "POST", url: URL, headers: &headers, body: JSON.as_bytes(), fields: &[] };
    let mut headers = Headers::default();
    for header in sign(provider, "new", &unsigned, NOW).unwrap().headers {
        headers.push(header.name.into_bytes(), header.value.into_bytes());
    }
    let urls = [URL.to_owned()];
    let request =
        SignedRequest { method: "POST", urls: &urls, other_urls: &[], headers: &headers, body: JSON.as_bytes() };
    let secrets = [Secret::new("old one", "old"), Secret::new("new one", "new")];
    let check = Check { now: Some(NOW + 6), ..Check::default() };
    let verdict = verify(&request, provider, &secrets, &check);
    assert_eq!(
        (verdict.verdict, verdict.secret.as_deref(), verdict.age),
        (VerdictKind::Valid, Some("new one"), Some(6.0))
    );
    assert_eq!(verdict.signed_bytes, format!("{NOW}.{JSON}").into_bytes());
    assert_eq!(verdict.explanation, "Signed with new one, 6 s before it came.");
    let ahead = verify(&request, provider, &secrets, &Check { now: Some(NOW - 90), ..check });
    assert_eq!(ahead.explanation, "Signed with new one, 1 min 30 s ahead of this clock.");
    let ageless = verify(&request, provider, &secrets, &Check { now: None, ..check });
    assert_eq!(ageless.explanation, "Signed with new one.");
    let none = verify(&request, provider, &[], &check);
    assert_eq!((none.verdict, none.reason), (VerdictKind::NoSecret, Some(Reason::NoSecret)));
    assert!(none.found.is_some() && none.signed.is_some());
    let none = verify(&request, find("docker-hub").unwrap(), &[], &check);
    assert_eq!(none.verdict, VerdictKind::Unsupported);
}

#[test]
fn what_does_not_sign_the_body_shows_no_signed_bytes() {
    for provider in ["gitlab", "chargebee"] {
        for (checked_with, kind) in [("u:p", VerdictKind::Valid), ("u:q", VerdictKind::Invalid)] {
            let verdict = Plant::secret(provider, "u:p", checked_with).verdict();
            assert_eq!(verdict.verdict, kind, "{provider}");
            assert_eq!((verdict.signed, verdict.signed_bytes), (None, Vec::new()), "{provider}");
        }
    }
}

#[test]
fn the_start_of_what_was_signed_is_cut_between_characters() {
    let signed = |body: String| Plant::body(body.clone(), body).verdict().signed.unwrap();
    let long = signed(format!("a{}", "ü".repeat(5_000)));
    assert_eq!((long.start, long.cut), (format!("a{}", "ü".repeat(1_999)), true));
    let wide = signed("𝄞".repeat(2_001));
    assert_eq!((wide.start, wide.cut), ("𝄞".repeat(2_000), true));
    let short = signed("Jürgen".repeat(300));
    assert_eq!((short.start, short.cut), ("Jürgen".repeat(300), false));
    let latin = Plant { checked_body: [b'\xfc'; 3_000].into(), ..Plant::body(vec![b'\xfc'; 3_000], "") };
    let latin = latin.verdict().signed.unwrap();
    assert_eq!((latin.start, latin.cut), ("ü".repeat(2_000), true));
}
