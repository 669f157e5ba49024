//! Each explanation that can be proven is planted and found; where several causes are planted, none is told.

mod bodies;
mod codings;
mod schemes;
mod secrets;
mod targets;
mod times;
mod unproven;
mod verdicts;

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
