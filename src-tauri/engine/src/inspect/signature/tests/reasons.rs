//! Each explanation that can be proven is planted and found; where several causes are planted, none is told.

use super::super::*;
use crate::inspect::provider::find;

const NOW: i64 = 1_760_000_000;
const URL: &str = "https://hooks.example.com/in/x?b=2&a=1";
const JSON: &str = r#"{"name":"Jürgen","url":"https://a.example/x","n":1.50,"list":[1,{"b":"<&>"}],"empty":{}}"#;

/// A request as its sender signs it, and what becomes of it.
struct Plant {
    provider: &'static str,
    signed_with: String,
    checked_with: String,
    method: &'static str,
    checked_method: &'static str,
    url: String,
    checked_url: String,
    other_urls: Vec<String>,
    other_secrets: Vec<Secret>,
    /// Secrets of the source beside the right one, before it.
    decoys: usize,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
    checked_body: Vec<u8>,
    content_type: &'static str,
    more_headers: Vec<(&'static str, &'static str)>,
    checked_provider: &'static str,
    now: i64,
}

impl Plant {
    fn new(provider: &'static str) -> Self {
        Self {
            provider,
            signed_with: "s3cret".into(),
            checked_with: "s3cret".into(),
            method: "POST",
            checked_method: "POST",
            url: URL.into(),
            checked_url: URL.into(),
            other_urls: Vec::new(),
            other_secrets: Vec::new(),
            decoys: 0,
            fields: Vec::new(),
            body: JSON.into(),
            checked_body: JSON.into(),
            content_type: "application/json",
            more_headers: Vec::new(),
            checked_provider: provider,
            now: NOW,
        }
    }

    fn body(sent: impl Into<Vec<u8>>, came: impl Into<Vec<u8>>) -> Self {
        Self { body: sent.into(), checked_body: came.into(), ..Self::new("github") }
    }

    fn secret(provider: &'static str, signed: &str, checked: &str) -> Self {
        Self { signed_with: signed.into(), checked_with: checked.into(), ..Self::new(provider) }
    }

    fn url(provider: &'static str, signed: &str, checked: &str) -> Self {
        Self { url: signed.into(), checked_url: checked.into(), ..Self::new(provider) }
    }

    fn verdict(&self) -> Verdict {
        let mut headers = Headers::default();
        headers.push("Content-Type", self.content_type);
        for (name, value) in &self.more_headers {
            headers.push(*name, *value);
        }
        let unsigned =
            Unsigned { method: self.method, url: &self.url, headers: &headers, body: &self.body, fields: &[] };
        let signed = sign(find(self.provider).unwrap(), &self.signed_with, &unsigned, NOW).unwrap();
        for header in signed.headers {
            headers.push(header.name.into_bytes(), header.value.into_bytes());
        }
        self.check(&headers)
    }

    fn check(&self, headers: &Headers) -> Verdict {
        let urls = [self.checked_url.clone()];
        let request = SignedRequest {
            method: self.checked_method,
            urls: &urls,
            other_urls: &self.other_urls,
            headers,
            body: &self.checked_body,
        };
        let mut secrets: Vec<Secret> =
            (0..self.decoys).map(|at| Secret::new(format!("decoy {at}"), format!("decoy_{at}"))).collect();
        secrets.push(Secret::new("the secret", &self.checked_with));
        let (fields, other_secrets) = (&self.fields[..], &self.other_secrets[..]);
        let check = Check { now: Some(self.now), fields, other_secrets, ..Check::default() };
        verify(&request, find(self.checked_provider).unwrap(), &secrets, &check)
    }

    #[track_caller]
    fn finds(&self, kind: CauseKind, words: &str) {
        let verdict = self.verdict();
        assert_eq!(verdict.verdict, VerdictKind::Invalid, "{}", verdict.explanation);
        let cause = verdict.proven.unwrap_or_else(|| panic!("nothing is proven: {}", verdict.explanation));
        assert_eq!(cause.kind, kind, "{}", cause.explanation);
        assert!(cause.explanation.contains(words), "{} lacks {words}", cause.explanation);
        assert_eq!(verdict.explanation, cause.explanation);
    }

    #[track_caller]
    fn finds_nothing(&self) {
        let verdict = self.verdict();
        assert_eq!((verdict.verdict, verdict.reason), (VerdictKind::Invalid, Some(Reason::Mismatch)));
        assert_eq!(verdict.proven, None);
        assert!(verdict.explanation.contains("no explanation"), "{}", verdict.explanation);
    }
}

const SPACED: &str =
    r#"{"name": "Jürgen", "url": "https://a.example/x", "n": 1.50, "list": [1, {"b": "<&>"}], "empty": {}}"#;
const INDENTED: &str = "{\n  \"name\": \"Jürgen\",\n  \"url\": \"https://a.example/x\",\n  \"n\": 1.50,\n  \"list\": [\n    1,\n    {\n      \"b\": \"<&>\"\n    }\n  ],\n  \"empty\": {}\n}";

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
fn a_body_that_was_written_again() {
    let kind = CauseKind::BodyReserialized;
    Plant::body(JSON, SPACED).finds(kind, "compact");
    Plant::body(JSON, INDENTED).finds(kind, "compact");
    Plant::body(SPACED, JSON).finds(kind, "a space behind each comma");
    Plant::body(INDENTED, JSON).finds(kind, "2 spaces");
    Plant::body(INDENTED.replace("  ", "    "), JSON).finds(kind, "4 spaces");
    Plant::body(INDENTED.replace("  ", "\t"), JSON).finds(kind, "tabs");
    Plant::body(JSON.replace('ü', "\\u00fc"), JSON).finds(kind, "\\u escapes");
    Plant::body(JSON.replace('ü', "\\u00FC"), JSON).finds(kind, "upper case");
    Plant::body(JSON, JSON.replace('ü', "\\u00fc")).finds(kind, "not ASCII as they are");
    Plant::body(JSON.replace('/', "\\/"), JSON).finds(kind, "\\/ for slashes");
    Plant::body(JSON.replace('/', "\\/").replace('ü', "\\u00fc"), SPACED).finds(kind, "\\/ for slashes");
    Plant::body(JSON.replace("<&>", "\\u003c\\u0026\\u003e"), JSON).finds(kind, "< > &");
    Plant::body(r#"{"a":1,"b":{"c":2,"d":3}}"#, r#"{"b":{"d":3,"c":2},"a":1}"#).finds(kind, "keys in order");
    Plant::body(r#"{"a": "ü", "b": 1}"#, r#"{"b":1,"a":"ü"}"#).finds(kind, "each comma and colon, its keys in order");
    Plant::body(r#"{"a":"\u00fc","b":1}"#, r#"{"b":1,"a":"ü"}"#).finds(kind, "keys in order");
    Plant::body("{\"a\":\"\\u001B\"}", r#"{"a":"\u001b"}"#).finds(kind, "upper case");
    Plant::body(JSON, serde_json::Value::from(JSON).to_string()).finds(kind, "JSON string");
    Plant::body("", JSON).finds(kind, "as an empty body");
}

#[test]
fn white_space_at_the_ends() {
    let kind = CauseKind::BodyWhitespace;
    Plant::body(format!("{JSON}\n"), JSON).finds(kind, "with a newline at the end, which is gone");
    Plant::body(format!("{JSON}\r\n"), JSON).finds(kind, "with CR LF at the end, which is gone");
    Plant::body(JSON, format!("{JSON}\n")).finds(kind, "without the newline");
    Plant::body(JSON, format!("{JSON}\r\n")).finds(kind, "without the CR LF");
    Plant::body(JSON, format!("{JSON} \n ")).finds(kind, "without the white space at the end");
    Plant::body("a=1", "  a=1 ").finds(kind, "white space around");
    Plant::body(JSON, format!("\u{feff}{JSON}")).finds(kind, "without the byte order mark");
    Plant::body(format!("\u{feff}{JSON}"), JSON).finds(kind, "with a byte order mark, which is gone");
}

#[test]
fn line_ends_and_character_sets() {
    Plant::body("<a>\r\n<b>\r\n", "<a>\n<b>\n").finds(CauseKind::BodyLineEnds, "CR LF line ends");
    Plant::body("<a>\n<b>\nc", "<a>\r\n<b>\r\nc").finds(CauseKind::BodyLineEnds, "LF line ends");
    Plant::body(&b"n=J\xfcrgen"[..], "n=Jürgen").finds(CauseKind::BodyCharset, "ISO-8859-1");
    Plant::body("n=Jürgen", &b"n=J\xfcrgen"[..]).finds(CauseKind::BodyCharset, "UTF-8");
    Plant::body(&b"n=5 \x80"[..], "n=5 €").finds(CauseKind::BodyCharset, "Windows-1252");
    Plant::body("n=5 €", &b"n=5 \x80"[..]).finds(CauseKind::BodyCharset, "Windows-1252");
}

#[test]
fn content_codings() {
    use flate2::Compression;
    use std::io::Write as _;
    let kind = CauseKind::BodyCoding;
    for level in [6, 9, 1] {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(JSON.as_bytes()).unwrap();
        let zipped = encoder.finish().unwrap();
        Plant::body(JSON, zipped.clone()).finds(kind, "before it was compressed");
        Plant::body(zipped, JSON).finds(kind, "compressed with gzip");
    }
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(JSON.as_bytes()).unwrap();
    let mut deflated = Plant::body(JSON, encoder.finish().unwrap());
    deflated.more_headers = vec![("Content-Encoding", "deflate")];
    deflated.finds(kind, "before it was compressed");
}

/// What others write for [`JSON`] and for [`events`]: they name another system in the header, and compress otherwise.
#[test]
fn what_other_programs_compressed() {
    let kind = CauseKind::BodyCoding;
    for (zipped, body) in [
        (PYTHON, JSON.to_owned()),
        (PYTHON_6, JSON.to_owned()),
        (NODE, JSON.to_owned()),
        (PYTHON_EVENTS, events()),
        (NODE_EVENTS, events()),
    ] {
        let zipped = super::super::digest::from_hex(zipped).unwrap();
        let mut read = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&zipped[..]), &mut read).unwrap();
        assert_eq!(read, body);
        Plant::body(zipped.clone(), body.clone()).finds(kind, "compressed with gzip");
        Plant::body(body, zipped).finds(kind, "before it was compressed");
    }
}

fn events() -> String {
    let event = |at: u32| format!(r#"{{"id":{at},"type":"order.paid","url":"https://a.example/orders/{}"}}"#, at * 37);
    format!("{{\"events\":[{}]}}", (0..40).map(event).collect::<Vec<_>>().join(","))
}

/// `gzip.compress(json, mtime=0)` of Python 3.11.7 with zlib 1.2.13.
const PYTHON: &str = "1f8b0800000000000203ab56ca4bcc4d55b252f23abca7283d354f4947a9b42807c8cf28292928b6d2d74fd44bad48cc2dc849d5af00cae5295919ea991ae828e56416972859451bea542b250155dba8d929d5c6ea28a5e61694542a5955d7d602005c1b69a459000000";
/// The same with `compresslevel=6`.
const PYTHON_6: &str = "1f8b0800000000000003ab56ca4bcc4d55b252f23abca7283d354f4947a9b42807c8cf28292928b6d2d74fd44bad48cc2dc849d5af00cae5295919ea991ae828e56416972859451bea542b250155dba8d929d5c6ea28a5e61694542a5955d7d602005c1b69a459000000";
/// `zlib.gzipSync(json)` of Node 20.20.2.
const NODE: &str = "1f8b080000000000000305c1410a83301040d1bbfc455783d1453783f400bd42711161502109415350426ee6ae17eb7b95e4a3a1bc7ff7be5842f8ee01652d251fea9cefecf431077327424287eed90b613b0afa19a432a38c8f176d122ce672a1b5b53f5c1b69a459000000";
/// The events by the same two.
const PYTHON_EVENTS: &str = "1f8b08000000000002039dd5cd4ac43014c5f177c9ba4c73efcd675f455c1426a0306a69ab28c3bcbb4521a7ebb30dc97ff523e7eeda577bdf37373dddddebd54d7e70fbcfd2dce43ed66b5b2fcb7c9c0eee73bd1d472ffbbe6cd338ce97f63dbf2db736fe5dda46ef1ec3ff7ba1de5bee01a50239f480510111e985c01542e985c8154aec85441554b517325788b5170a57a8a9172aa7c10c9e3c09ea449233193c500aa73204b014ce652870291ccc2880299ccc182153389ab182a6703693c2a6703853024ee174660f9deac9df0a3a95d399f3e9cbe47416814ee57496089dcae92c053a95d359153a95d35913742aa7b356e8544ea778034fad6423c3a779760c01d4846c040835251be5b4ebe4b0abc2a891d3ae11488d1c77ad506a9c52310353cb6423c1a9914e838753239d8670387d7efc02db386835820a0000";
const NODE_EVENTS: &str = "1f8b08000000000000039dd54b6a03311084e1bbf47af0a8bbf59cab842c0c16c4e024c37862128cef1e4840e575edd5ffea4375977eeb1ffb559697bb9c4fb28449f69fb5cb229fdba96f87f5783ec9245fdb451679dbf7f5baccf3f1d0bf8fefeba5cf7f8fae7390c7f47fafd4bd9711302a50e208381550d551885c21d651485ca1a651c854c1cc46a17085d446a172859647a1711adce18903e9e58924673206a0544e658c60a99ccb58e152399849015339992941a6723453034de56c66834de570e60c9ccae92c013a8dd35922741aa7b394a72f93d359153a8dd35913741aa7b356e8344e6733e8344e67cbd0699cced6a0d3389d1a1c3c8de3a9a1c0a7733e5515409d03aa1a21d439a1aaf569d7c96137835127a7dd12903a39eed6a0d439a5ea0ea6ce3155cf70eaa4d318e0d449a731ba3c5e1fbfdb386835820a0000";

#[test]
fn forms_that_were_written_again() {
    let kind = CauseKind::BodyReserialized;
    Plant::body("a=b%20c&d=1", "a=b+c&d=1").finds(kind, "%20 for spaces");
    Plant::body("a=b+c&d=1", "a=b%20c&d=1").finds(kind, "+ for spaces");
    Plant::body("a=%c3%bc", "a=%C3%BC").finds(kind, "lower case");
    Plant::body("a=%C3%BC", "a=%c3%bc").finds(kind, "upper case");
}

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
        let digest = super::super::digest::keyed(Default::default(), key.as_bytes(), signed.as_bytes());
        let mut headers = Headers::default();
        headers.push("svix-id", "msg_1");
        headers.push("svix-timestamp", NOW.to_string().into_bytes());
        let text = super::super::digest::written(crate::inspect::provider::Encoding::Base64, &digest);
        headers.push("svix-signature", format!("v1,{text}").into_bytes());
        let plant = Plant::secret("svix", "", &format!("whsec_{secret}"));
        let cause = plant.check(&headers).proven.unwrap();
        assert_eq!(cause.kind, CauseKind::SecretForm);
        assert!(cause.explanation.contains(words), "{}", cause.explanation);
    }
}

#[test]
fn another_url() {
    let kind = CauseKind::OtherUrl;
    let local = "http://127.0.0.1:4400/in/x?b=2&a=1";
    let mut tunnel = Plant::url("square", URL, local);
    tunnel.other_urls = vec!["https://old.example.com/in/x".into(), URL.into()];
    tunnel.finds(kind, URL);
    Plant::url("square", URL, &URL.replace("https", "http")).finds(kind, "http and https");
    Plant::url("square", URL, &URL.replace(".com", ".com:8443")).finds(kind, "without the port");
    Plant::url("square", &URL.replace(".com", ".com:443"), URL).finds(kind, "port written out");
    Plant::url("square", &URL.replace("/x?", "/x/?"), URL).finds(kind, "slash at the end");
    Plant::url("square", URL, &URL.replace("/x?", "/x/?")).finds(kind, "without the slash at the end");
    Plant::url("square", &URL.replace("?b=2&a=1", ""), URL).finds(kind, "without the query");
    Plant::url("square", URL, &URL.replace("https://", "https://me:pw@")).finds(kind, "without user and password");
    let both = URL.replace("https", "http").replace(".com", ".com:8080");
    Plant::url("square", URL, &both).finds(kind, "with the other of http and https, without the port");
    let mut host = Plant::url("hubspot", URL, local);
    host.more_headers = vec![("X-Forwarded-Host", "hooks.example.com"), ("X-Forwarded-Proto", "https")];
    host.finds(kind, URL);
    Plant::url("messagebird", URL, &URL.replace("https", "http")).finds(kind, "http and https");
    Plant::url("twilio", URL, &URL.replace("https", "http")).finds(kind, "http and https");
}

#[test]
fn another_method() {
    Plant { method: "PUT", ..Plant::new("hubspot") }.finds(CauseKind::OtherMethod, "PUT");
}

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
    let digest =
        super::super::digest::hex(&super::super::digest::keyed(Default::default(), b"s3cret", text.as_bytes()));
    let mut headers = Headers::default();
    headers.push("X-Slack-Request-Timestamp", millis.clone().into_bytes());
    headers.push("X-Slack-Signature", format!("v0={digest}").into_bytes());
    let cause = Plant::new("slack").check(&headers).proven.unwrap();
    assert_eq!(cause.kind, CauseKind::TimeUnit);
    assert!(cause.explanation.contains("its time is in milliseconds"), "{}", cause.explanation);

    // The header has milliseconds, and seconds were signed.
    let text = format!("v0:{NOW}:{JSON}");
    let of_seconds =
        super::super::digest::hex(&super::super::digest::keyed(Default::default(), b"s3cret", text.as_bytes()));
    let mut headers = Headers::default();
    headers.push("X-Slack-Request-Timestamp", millis.into_bytes());
    headers.push("X-Slack-Signature", format!("v0={of_seconds}").into_bytes());
    let cause = Plant::new("slack").check(&headers).proven.unwrap();
    assert_eq!(cause.kind, CauseKind::TimeUnit);
    assert!(cause.explanation.contains("with the time in seconds"), "{}", cause.explanation);

    // The sender puts seconds where milliseconds belong, and signs them.
    let text = format!("POST{URL}{JSON}{NOW}");
    let own = super::super::digest::keyed(Default::default(), b"s3cret", text.as_bytes());
    let own = super::super::digest::written(crate::inspect::provider::Encoding::Base64, &own);
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
        let digest =
            super::super::digest::hex(&super::super::digest::keyed(Default::default(), b"s3cret", text.as_bytes()));
        let mut headers = Headers::default();
        headers.push(item, format!("{time}={sent}{between}{version}={digest}").into_bytes());
        let verdict = Plant::new(provider).check(&headers);
        let cause = verdict.proven.unwrap_or_else(|| panic!("{provider}: {}", verdict.explanation));
        assert_eq!(cause.kind, CauseKind::TimeUnit);
        assert!(cause.explanation.contains(words), "{}", cause.explanation);
    }
    // In the body.
    let text = format!("{}tok", NOW * 1000);
    let digest =
        super::super::digest::hex(&super::super::digest::keyed(Default::default(), b"s3cret", text.as_bytes()));
    let body = format!(r#"{{"signature":{{"timestamp":"{NOW}","token":"tok","signature":"{digest}"}}}}"#);
    let plant = Plant { checked_body: body.into(), ..Plant::new("mailgun") };
    let cause = plant.check(&Headers::default()).proven.unwrap();
    assert_eq!(cause.kind, CauseKind::TimeUnit);
    assert!(cause.explanation.contains("in milliseconds, and the field"), "{}", cause.explanation);
}

#[test]
fn another_provider_where_this_one_lacks_something_or_is_told_another_version_or_key() {
    for (checked_provider, more_headers, reason) in [
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
        let plant = Plant { checked_provider, more_headers, fields, ..Plant::new("github") };
        plant.finds(CauseKind::OtherProvider, "the way GitHub does");
        assert_eq!(plant.verdict().reason, Some(reason));
        let wrong = Plant { checked_with: "another".into(), ..plant };
        assert_eq!((wrong.verdict().reason, wrong.verdict().proven), (Some(reason), None));
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
fn a_changed_body_that_was_signed_with_a_private_key() {
    use crate::inspect::provider::Encoding;
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
    let random = ring::rand::SystemRandom::new();
    let text = format!("{NOW}{JSON}");

    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let mut headers = Headers::default();
    headers.push("X-Signature-Timestamp", NOW.to_string().into_bytes());
    headers.push("X-Signature-Ed25519", super::super::digest::hex(key.sign(text.as_bytes()).as_ref()).into_bytes());
    let public = super::super::digest::hex(key.public_key().as_ref());
    let discord = Plant { checked_with: public, checked_body: SPACED.into(), ..Plant::new("discord") };

    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, made.as_ref(), &random).unwrap();
    let mut of_sendgrid = Headers::default();
    of_sendgrid.push("X-Twilio-Email-Event-Webhook-Timestamp", NOW.to_string().into_bytes());
    let signature = key.sign(&random, text.as_bytes()).unwrap();
    let signature = super::super::digest::written(Encoding::Base64, signature.as_ref());
    of_sendgrid.push("X-Twilio-Email-Event-Webhook-Signature", signature.into_bytes());
    // SubjectPublicKeyInfo of a point on P-256 (RFC 5480).
    let info = super::super::digest::from_hex("3059301306072a8648ce3d020106082a8648ce3d030107034200").unwrap();
    let public = [&info[..], key.public_key().as_ref()].concat();
    let public = super::super::digest::written(Encoding::Base64, &public);
    let sendgrid = Plant { checked_with: public, checked_body: SPACED.into(), ..Plant::new("sendgrid") };

    for (plant, headers) in [(discord, headers), (sendgrid, of_sendgrid)] {
        let whole =
            Plant { checked_body: JSON.into(), checked_with: plant.checked_with.clone(), ..Plant::new(plant.provider) };
        assert_eq!(whole.check(&headers).verdict, VerdictKind::Valid, "{}", plant.provider);
        let cause = plant.check(&headers).proven.unwrap();
        assert_eq!(cause.kind, CauseKind::BodyReserialized);
        assert!(cause.explanation.contains("as compact JSON"), "{}", cause.explanation);
    }
}

/// As many secrets as are guessed about, and the largest body that is laid out anew.
#[test]
fn a_cause_in_a_large_body_is_found_with_several_secrets() {
    let row = |at: usize| format!(r#"{{"id":{at},"name":"order {at}","paid":true,"total":12.50}}"#);
    let rows: Vec<String> = (0..17_500).map(row).collect();
    let compact = format!("[{}]", rows.join(","));
    assert!((1_000_000..1024 * 1024).contains(&compact.len()), "{}", compact.len());
    let spaced = compact.replace(':', ": ").replace(',', ", ");
    let spaced = spaced.replace("},{", "}, {");
    let large = |sent: String, came: String| Plant { decoys: 9, ..Plant::body(sent, came) };
    large(format!("{compact}\n"), compact.clone()).finds(CauseKind::BodyWhitespace, "with a newline at the end");
    large(spaced, compact.clone()).finds(CauseKind::BodyReserialized, "a space behind each comma and colon");
    let latin: Vec<u8> = [compact.as_bytes(), b" J\xfcrgen"].concat();
    let text = format!("{compact} Jürgen");
    Plant { decoys: 9, ..Plant::body(latin, text) }.finds(CauseKind::BodyCharset, "ISO-8859-1");
    let plant = Plant::body(compact.clone(), compact.clone());
    let form = Plant { decoys: 9, signed_with: "s3cret".into(), checked_with: "s3cret\n".into(), ..plant };
    form.finds(CauseKind::SecretForm, "without the white space");
    Plant { decoys: 9, ..Plant::body(compact.replace("true", "false"), compact) }.finds_nothing();
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
    // Without a proof it is only a hint.
    let verdict = Plant { checked_provider: "github", checked_with: "other".into(), ..Plant::new("stripe") }.verdict();
    assert_eq!((verdict.verdict, verdict.proven), (VerdictKind::Unsigned, None));
    assert!(verdict.hint.unwrap().contains("Stripe"));
}

#[test]
fn another_algorithm() {
    let kind = CauseKind::OtherAlgorithm;
    let with = |name: &str, value: String| {
        let mut headers = Headers::default();
        headers.push(name.to_owned().into_bytes(), value.into_bytes());
        headers
    };
    use super::super::digest::{hex, keyed, written};
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

#[test]
fn the_words_say_exactly_how_a_body_was_written() {
    let odd = |text: &str| format!("{{ \"a\" :  \"{text}\" }}");
    let compact = r#"{"a":1,"b":[2,3]}"#;
    let spaced = r#"{"a": 1, "b": [2, 3]}"#;
    let indented = |by: &str| format!("{{\n{by}\"a\": 1,\n{by}\"b\": [\n{by}{by}2,\n{by}{by}3\n{by}]\n}}");
    for (sent, came, words) in [
        (compact.to_owned(), spaced.to_owned(), "as compact JSON"),
        (spaced.into(), compact.into(), "as JSON on one line with a space behind each comma and colon"),
        (indented("  "), compact.into(), "as JSON indented by 2 spaces"),
        (indented("    "), compact.into(), "as JSON indented by 4 spaces"),
        (indented("\t"), compact.into(), "as JSON indented by tabs"),
        (odd("é"), odd("\\u00e9"), "as JSON laid out like this, with characters that are not ASCII as they are"),
        (odd("\\u00e9"), odd("é"), "as JSON laid out like this, with characters that are not ASCII as \\u escapes"),
        (
            odd("\\u00E9"),
            odd("é"),
            "as JSON laid out like this, with characters that are not ASCII as \\u escapes in upper case",
        ),
        (
            odd("é\\u001F"),
            odd("é\\u001f"),
            "as JSON laid out like this, with control characters as \\u escapes in upper case",
        ),
        (odd("é\\u003c\\u0026\\u003e"), odd("é<&>"), "as JSON laid out like this, with < > & as \\u escapes"),
        (odd("é\\/"), odd("é/"), "as JSON laid out like this, with \\/ for slashes"),
        (
            odd("\\u00e9\\/"),
            odd("é/"),
            "as JSON laid out like this, with \\/ for slashes and \\u escapes for what is not ASCII",
        ),
    ] {
        Plant::body(sent, came).finds(CauseKind::BodyReserialized, &format!(": it was signed {words}."));
    }
    let latin = &b"n=J\xfcrgen"[..];
    Plant::body("n=Jürgen", latin).finds(CauseKind::BodyCharset, "signed in UTF-8, and is ISO-8859-1 now");
    Plant::body(latin, "n=Jürgen").finds(CauseKind::BodyCharset, "signed in ISO-8859-1, and is UTF-8 now");
}

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
