//! What a check costs does not grow with what a stranger writes into the head.

use super::super::*;
use super::classes::{NOW, SECRET, URL};
use crate::inspect::provider::{Encoding, Hash, find};

/// Bytes that are hashed to check a request with two secrets, and to say as well why it is not signed right.
fn hashed(provider: &str, headers: &[(&str, String)], body: &str) -> [usize; 2] {
    let mut all = Headers::default();
    for (name, value) in headers {
        all.push(name.as_bytes().to_vec(), value.clone().into_bytes());
    }
    let urls = [URL.to_owned()];
    let request = SignedRequest { method: "POST", urls: &urls, other_urls: &[], headers: &all, body: body.as_bytes() };
    let (provider, secrets) = (find(provider).unwrap(), [Secret::new("a", SECRET), Secret::new("b", "another")]);
    let check = Check { now: Some(NOW), ..Check::default() };
    let count = |check: &dyn Fn() -> VerdictKind| {
        digest::HASHED.set(0);
        assert_eq!(check(), VerdictKind::Invalid);
        digest::HASHED.get()
    };
    let check = &check;
    let judged = count(&|| judge(&request, provider, &secrets, check));
    [judged, count(&|| verify(&request, provider, &secrets, check).verdict)]
}

#[test]
fn what_is_signed_is_hashed_once_for_all_signatures_over_it() {
    let body = "x".repeat(10_000);
    let signature = |at: usize| format!("v1={at:064x}");
    let one = hashed("stripe", &[("Stripe-Signature", format!("t={NOW},{}", signature(0)))], &body);
    let many: Vec<String> = (0..20).map(signature).collect();
    assert_eq!(hashed("stripe", &[("Stripe-Signature", format!("t={NOW},{}", many.join(",")))], &body), one);
    let lines: Vec<_> = many.iter().map(|one| ("Stripe-Signature", format!("t={NOW},{one}"))).collect();
    assert_eq!(hashed("stripe", &lines, &body), one);
    let times: Vec<String> = (0..20).map(|at| format!("t={},{}", NOW + at as i64, signature(at))).collect();
    let other_times = hashed("stripe", &[("Stripe-Signature", times.join(","))], &body);
    assert!(other_times[0] <= 8 * one[0] && other_times[1] <= 8 * one[1], "{other_times:?} {one:?}");
}

#[test]
fn a_guess_is_charged_with_what_is_hashed_for_it() {
    let charged = |provider: &str, name: &str, lines: usize, write: &dyn Fn(usize) -> String| {
        let mut headers = Headers::default();
        headers.push("X-Signature-Timestamp", NOW.to_string().into_bytes());
        for at in 0..lines {
            headers.push(name.as_bytes().to_vec(), write(at).into_bytes());
        }
        let request = SignedRequest { method: "POST", urls: &[], other_urls: &[], headers: &headers, body: b"{}" };
        let scheme = &find(provider).unwrap().signatures[0];
        judge::turns(scheme, judge::View::of(&request, &Check::default()))
    };
    let key = |_: usize| "00".repeat(64);
    assert_eq!(charged("stripe", "Stripe-Signature", 20, &|at| format!("t={NOW},v1={at:064x}")), 1);
    assert_eq!(charged("stripe", "Stripe-Signature", 20, &|at| format!("t={at},v1={at:064x}")), 8);
    assert_eq!(charged("discord", "X-Signature-Ed25519", 1, &key), 1);
    assert_eq!(charged("discord", "X-Signature-Ed25519", 20, &key), 8, "each is held against the whole text");
}

#[test]
fn a_body_is_hashed_once_however_often_a_message_names_its_digest() {
    let body = "x".repeat(100_000);
    let digest = digest::written(Encoding::Base64, &digest::plain(Hash::Sha256, body.as_bytes()));
    let each = |of: &dyn Fn(usize) -> String| (0..8).map(of).collect::<Vec<_>>().join(", ");
    let [judged, _] = hashed(
        "rfc9421",
        &[
            ("Signature-Input", each(&|at| format!(r#"s{at}=("content-digest");created={NOW};alg="hmac-sha256""#))),
            ("Signature", each(&|at| format!("s{at}=:AAAA:"))),
            ("Content-Digest", each(&|_| format!("sha-256=:{digest}:"))),
        ],
        &body,
    );
    assert!((100_000..200_000).contains(&judged), "{judged}");
}

#[test]
fn a_short_token_is_never_shown_whole() {
    for (secret, sent, shown) in [("abcd", "abcdefgh", ("a…", "ab…")), ("abc", "abd", ("…", "…"))] {
        let verdict = super::classes::checked("gitlab", URL, &[("X-Gitlab-Token", sent)], "", &[secret]);
        assert_eq!((verdict.expected.as_deref(), verdict.found.as_deref()), (Some(shown.0), Some(shown.1)));
    }
}
