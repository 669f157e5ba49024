//! Secrets in another form, and other secrets.

use super::*;

#[test]
fn the_right_secret_in_the_wrong_form() {
    let kind = CauseKind::SecretForm;
    Plant::secret("github", "s3cret", "s3cret\n").finds(kind, "without the white space");
    Plant::secret("github", "s3cret\n", "s3cret").finds(kind, "newline");
    Plant::secret("github", "s3cret\r\n", "s3cret").finds(kind, "CR LF behind");
    Plant::secret("github", "s3cret ", "s3cret").finds(kind, "space behind");
    Plant::secret("github", "s3cret", "\"s3cret\"").finds(kind, "quotes");
    Plant::secret("github", "s3cret", "'s3cret'").finds(kind, "quotes");
    Plant::secret("github", "abc", "YWJj").finds(kind, "decoded from base64");
    Plant::secret("github", "abc", "616263").finds(kind, "decoded from hexadecimal");
    Plant::secret("github", "abcdef", "sk_abcdef").finds(kind, "without its prefix, as text");
    Plant::secret("github", "abc", "sk_YWJj").finds(kind, "without its prefix, decoded from base64");
    Plant::secret("github", "abc", "sk_616263").finds(kind, "without its prefix, decoded from hexadecimal");
    Plant::secret("github", "fix", "\u{fb01}x").finds(kind, "after Unicode normalization");
    Plant::secret("github", "abc", "ABC").finds(kind, "in lower case");
    Plant::secret("github", "ABC", "abc").finds(kind, "in upper case");
    Plant::secret("stripe", "abcdef", "whsec_abcdef").finds(kind, "whsec_");
    Plant::secret("stripe", "whsec_abcdef", "abcdef").finds(kind, "with the prefix whsec_");
    Plant::secret("stripe", "i\u{b7}^", "whsec_acK3Xg==").finds(kind, "base64");
    Plant::secret("github", "s3cret&", "s3cret").finds(kind, "& behind");
    Plant::secret("gitlab", "s3cret", "s3cret\n").finds(kind, "without the white space");
    Plant::secret("chargebee", "u:p", "u:p\n").finds(kind, "without the white space");
    // The text of a secret that should have been decoded.
    let mut svix =
        Plant::secret("svix", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    svix.provider = "svix";
    assert_eq!(svix.verdict().verdict, VerdictKind::Valid);
}

#[test]
fn a_secret_that_was_used_undecoded() {
    let secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    for (key, words) in
        [(format!("whsec_{secret}"), "as text"), (secret.to_owned(), "without its prefix whsec_, as text")]
    {
        let signed = format!("msg_1.{NOW}.{JSON}");
        let digest = digest::keyed(Default::default(), key.as_bytes(), signed.as_bytes());
        let mut headers = Headers::default();
        headers.push("svix-id", "msg_1");
        headers.push("svix-timestamp", NOW.to_string().into_bytes());
        let text = digest::written(crate::inspect::provider::Encoding::Base64, &digest);
        headers.push("svix-signature", format!("v1,{text}").into_bytes());
        let plant = Plant::secret("svix", "", &format!("whsec_{secret}"));
        let cause = plant.check(&headers).proven.unwrap();
        assert_eq!(cause.kind, CauseKind::SecretForm);
        assert!(cause.explanation.contains(words), "{}", cause.explanation);
    }
}

#[test]
fn a_secret_form_of_one_item_of_a_batch() {
    let item = |reference: &str| {
        format!(
            r#"{{"NotificationRequestItem":{{"pspReference":"{reference}","eventCode":"AUTHORISATION","success":"true","additionalData":{{"hmacSignature":""}}}}}}"#
        )
    };
    let signed = |secret: &str, reference: &str| {
        let body = format!(r#"{{"notificationItems":[{}]}}"#, item(reference));
        let headers = Headers::default();
        let unsigned = Unsigned { method: "POST", url: URL, headers: &headers, body: body.as_bytes(), fields: &[] };
        let body = sign(find("adyen").unwrap(), secret, &unsigned, NOW).unwrap().body.unwrap();
        let text = String::from_utf8(body).unwrap();
        text.trim_start_matches(r#"{"notificationItems":["#).trim_end_matches("]}").to_owned()
    };
    // The third was signed with the text of the secret in place of the bytes that it stands for.
    let items = [signed("616263", "a"), signed("616263", "b"), signed("363136323633", "c")];
    let body = format!(r#"{{"notificationItems":[{}]}}"#, items.join(","));
    let plant = Plant { checked_with: "616263".into(), checked_body: body.into(), ..Plant::new("adyen") };
    let verdict = plant.check(&Headers::default());
    let cause = verdict.proven.unwrap();
    assert_eq!((verdict.item, cause.kind), (Some(2), CauseKind::SecretForm));
    assert!(cause.explanation.contains("as text, just as it is"), "{}", cause.explanation);
}

#[test]
fn a_secret_of_another_source() {
    let of_others = || ["the secret of a", "the secret \"test\" of b"].map(|label| Secret::new(label, label)).to_vec();
    for provider in ["github", "stripe", "square", "gitlab"] {
        let signed = |checked| Plant {
            other_secrets: of_others(),
            ..Plant::secret(provider, "the secret \"test\" of b", checked)
        };
        signed("s3cret").finds(CauseKind::OtherSecret, "another secret: the secret \"test\" of b.");
        let also_changed = Plant { checked_body: b"{}".to_vec(), ..signed("s3cret") };
        if provider != "gitlab" {
            also_changed.finds_nothing(); // a token does not cover the body
        }
        Plant { signed_with: "nobody's".into(), ..signed("s3cret") }.finds_nothing();
    }
}

#[test]
fn the_cause_names_the_secret_that_it_is_about() {
    let plant = Plant::new("github");
    let headers = Headers::default();
    let unsigned = Unsigned { method: "POST", url: URL, headers: &headers, body: JSON.as_bytes(), fields: &[] };
    let mut headers = Headers::default();
    for header in sign(find("github").unwrap(), "second", &unsigned, NOW).unwrap().headers {
        headers.push(header.name.into_bytes(), header.value.into_bytes());
    }
    let urls = [URL.to_owned()];
    let request =
        SignedRequest { method: "POST", urls: &urls, other_urls: &[], headers: &headers, body: &plant.checked_body };
    let secrets = [Secret::new("this year's", "first"), Secret::new("last year's", "second\n")];
    let cause = verify(&request, find("github").unwrap(), &secrets, &Check::default()).proven.unwrap();
    assert!(cause.explanation.contains("last year's in another form"), "{}", cause.explanation);
}
