//! Fifty planted secrets, and not one of them in any masked export.

use super::*;
use crate::transfer::KnownSecrets;

/// The places in a head where secrets stand; `@` is where the secret goes.
const HEADERS: [&str; 30] = [
    "Authorization: Bearer @",
    "authorization: Basic @",
    "AUTHORIZATION: @",
    "Authorization: Digest username=\"u\", response=\"@\"",
    "Authorization: AWS4-HMAC-SHA256 Credential=a, Signature=@",
    "Proxy-Authorization: Basic @",
    "Cookie: session=@; theme=@dark",
    "Cookie: @",
    "X-Api-Key: @",
    "X-API-KEY : @",
    "apikey: @",
    "X-Auth-Token: @",
    "X-Gitlab-Token: @",
    "X-Hub-Signature: sha1=@",
    "X-Hub-Signature-256: sha256=@",
    "Stripe-Signature: t=1,v1=@",
    "X-Shopify-Hmac-Sha256: @",
    "X-HubSpot-Signature-v3: @",
    "X-Slack-Signature: v0=@",
    "webhook-signature: v1,@",
    "X-Telegram-Bot-Api-Secret-Token: @",
    "CF-Access-Client-Secret: @",
    "X-User-Password: @",
    "Paypal-Transmission-Sig: @",
    "X-Amz-Security-Token: @",
    "X-Token: first\r\n @",
    "Referer: https://a.example/?access_token=@&x=1",
    "Referer: https://user:@@a.example/",
    "X-Data: eyJhbGciOiJIUzI1NiJ9.@.c2ln",
    "X-Data: sk_live_@",
];

/// The parameters of the query.
const PARAMETERS: [&str; 14] = [
    "access_token=@",
    "api_key=@",
    "apiKey=@",
    "key=@",
    "token=@",
    "sig=@",
    "signature=@",
    "client_secret=@",
    "code=@",
    "X-Amz-Signature=@",
    "user%5Bpassword%5D=@",
    "refresh%5Ftoken=@",
    "next=https%3A%2F%2Fb%2F%3Ftoken%3D@",
    "id_token=@;@",
];

/// What the answer gives away.
const ANSWER: [&str; 6] = [
    "Set-Cookie: sid=@; Path=/; HttpOnly",
    "Set-Cookie: a=b; Weird=@",
    "set-cookie: @",
    "Location: https://a.example/cb#access_token=@",
    "X-Refresh-Token: @",
    "Authentication-Key: @",
];

/// Puts numbered secrets in place of every `@`.
fn planted(lines: &[&str], separator: &str, count: &mut usize) -> String {
    let plant = |line: &&str| {
        let parts: Vec<&str> = line.split('@').collect();
        let mut out = parts[0].to_owned();
        for (index, part) in parts[1..].iter().enumerate() {
            // The second of two in a row is the `@` of a URL.
            if parts[index].is_empty() && index > 0 {
                out.push('@');
            } else {
                *count += 1;
                out.push_str(&format!("CANARY{count:03}nary"));
            }
            out.push_str(part);
        }
        out
    };
    lines.iter().map(plant).collect::<Vec<_>>().join(separator)
}

async fn store_with_canaries() -> (TempDir, Store, Vec<ExchangeId>, usize) {
    let (folder, store) = workspace().await;
    let mut count = 0;
    let query = planted(&PARAMETERS, "&", &mut count);
    let headers = planted(&HEADERS, "\r\n", &mut count);
    let answer = planted(&ANSWER, "\r\n", &mut count);
    let head = format!("POST /in/a?{query} HTTP/1.1\r\nHost: h\r\n{headers}\r\n\r\n");
    let response = message(&format!("HTTP/1.1 302 Found\r\n{answer}\r\n\r\n"), "");
    let mut chunked = NewExchange { response: Some(response.clone()), ..push(&head, "abc") };
    let mut framing = crate::wire::FramingBuilder::default();
    framing.raw(b"3\r\n");
    framing.data(3);
    count += 1;
    framing.raw(format!("\r\n0\r\nX-Signature: CANARY{count:03}nary\r\n\r\n").as_bytes());
    chunked.request.framing = framing.finish().encode();
    let url = format!("https://u:CANARY999nary@a.example/x?{query}");
    let ids = vec![
        store.save(chunked).await.unwrap(),
        store.save(pull(&url, &head, Some(response))).await.unwrap(),
        store.save(pull(&url, &head, None)).await.unwrap(),
    ];
    (folder, store, ids, count)
}

#[tokio::test]
async fn no_planted_secret_is_in_a_masked_export_of_any_format() {
    let (_folder, store, ids, count) = store_with_canaries().await;
    assert!(count >= 50, "{count}");
    let formats = [ExportFormat::Ndjson, ExportFormat::Har, ExportFormat::Curl, ExportFormat::Csv, ExportFormat::Http];
    for format in formats {
        let bytes = exported(&store, &query(format, &ids, true)).await;
        let text = String::from_utf8(bytes).unwrap();
        let shown = text.find("CANARY").map(|at| &text[at.saturating_sub(40)..(at + 20).min(text.len())]);
        assert_eq!(shown, None, "{format:?}");
        assert!(text.contains("[masked]"));
    }
}

#[tokio::test]
async fn an_unmasked_export_has_them_all() {
    let (_folder, store, ids, count) = store_with_canaries().await;
    let text = String::from_utf8(exported(&store, &query(ExportFormat::Ndjson, &ids, false)).await).unwrap();
    for number in 1..=count {
        assert!(text.contains(&format!("CANARY{number:03}nary")), "{number}");
    }
}

/// A text that the vault knows for a secret; nothing around it says that it is one.
const KNOWN: &str = "plain7words";

/// Where it stands, each with these letters behind it.
const PLACES: [&str; 12] =
    ["path", "query", "header", "answer", "event", "reason", "extension", "trailer", "note", "url", "failure", "hint"];

/// A push and a send that failed, with the secret in every place.
async fn store_with_known_secrets() -> (TempDir, Store, Vec<ExchangeId>) {
    let (folder, store) = workspace().await;
    let head =
        format!("POST /in/a/{KNOWN}path?q={KNOWN}query HTTP/1.1\r\nHost: h\r\nX-Data: a {KNOWN}header b\r\n\r\n");
    let mut chunked = NewExchange {
        event_type: Some(format!("event.{KNOWN}event")),
        answered: Some(Box::new(Answered {
            by: AnsweredBy::Schema,
            delay_ms: 0,
            fault: None,
            at_once: false,
            reasons: vec![format!("{KNOWN}reason is no number")],
        })),
        response: Some(message(&format!("HTTP/1.1 200 OK\r\nX-Answer: {KNOWN}answer\r\n\r\n"), "")),
        ..push(&head, "abc")
    };
    let mut framing = crate::wire::FramingBuilder::default();
    framing.raw(format!("3;x={KNOWN}extension\r\n").as_bytes());
    framing.data(3);
    framing.raw(format!("\r\n0\r\nX-Trailer: {KNOWN}trailer\r\n\r\n").as_bytes());
    chunked.request.framing = framing.finish().encode();
    let pushed = store.save(chunked).await.unwrap();
    store.save_note(pushed, format!("This one has {KNOWN}note.")).await.unwrap();
    let failure = Failure {
        kind: FailureKind::Refused,
        message: format!("Nothing listens at {KNOWN}failure."),
        hint: Some(format!("Look for {KNOWN}hint.")),
    };
    let url = format!("https://a.example/{KNOWN}url");
    let failed = NewExchange { failure: Some(failure), ..pull(&url, &head, None) };
    let ids = vec![pushed, store.save(failed).await.unwrap()];
    (folder, store, ids)
}

#[tokio::test]
async fn a_secret_of_the_vault_is_masked_wherever_it_stands() {
    let (_folder, store, ids) = store_with_known_secrets().await;
    let formats = [ExportFormat::Ndjson, ExportFormat::Har, ExportFormat::Curl, ExportFormat::Csv, ExportFormat::Http];
    for format in formats {
        let known = KnownSecrets::new(&[KNOWN.into()]);
        let text = async |query: ExportQuery| String::from_utf8(exported(&store, &query).await).unwrap();
        let left = |text: &str| PLACES.into_iter().filter(|place| text.contains(&format!("{KNOWN}{place}"))).collect();
        let masked = text(ExportQuery { known: known.clone(), ..query(format, &ids, true) }).await;
        let places: Vec<&str> = left(&masked);
        assert_eq!(places, [""; 0], "{format:?}");
        assert!(!masked.contains(KNOWN) && masked.contains("[masked]"), "{format:?}: {masked}");
        // The vault alone knows it.
        let places: Vec<&str> = left(&text(query(format, &ids, true)).await);
        let shown = if format == ExportFormat::Ndjson { &PLACES[..] } else { &PLACES[..1] };
        assert!(shown.iter().all(|place| places.contains(place)), "{format:?}: {places:?}");
    }
    let known = KnownSecrets::new(&[KNOWN.into()]);
    let shown = preview(&store, &ExportQuery { known, ..query(ExportFormat::Http, &ids, true) }).await.unwrap();
    assert_eq!(shown.masked, ["secrets of the vault"]);
}

#[tokio::test]
async fn bodies_stay_as_they_are_whatever_the_vault_knows() {
    let (_folder, store) = workspace().await;
    let body = format!("access_token={KNOWN}&password=hunter2&url=https://a:b@h/?sig=1");
    let head = format!("POST /in/a?sig={KNOWN} HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
    let id = store.save(push(&head, body.clone())).await.unwrap();
    let formats = [ExportFormat::Ndjson, ExportFormat::Har, ExportFormat::Curl, ExportFormat::Raw, ExportFormat::Http];
    for format in formats {
        let known = KnownSecrets::new(&[KNOWN.into()]);
        let whole = exported(&store, &ExportQuery { known, ..query(format, &[id], true) }).await;
        let whole = String::from_utf8(whole).unwrap();
        assert_eq!(whole.matches(&body).count(), 1, "{format:?}: {whole}");
        // Once in the body, and nowhere else.
        assert_eq!(whole.matches(KNOWN).count(), 1, "{format:?}: {whole}");
    }
}

#[tokio::test]
async fn a_preview_names_what_is_masked() {
    let (_folder, store) = workspace().await;
    let head = "GET /in/a?token=1&x=2 HTTP/1.1\r\nX-Api-Key: k\r\nx-api-key: l\r\nAccept: */*\r\n\r\n";
    let id = store.save(push(head, "")).await.unwrap();
    let shown = preview(&store, &query(ExportFormat::Http, &[id, id], true)).await.unwrap();
    assert_eq!(shown.masked, ["token", "X-Api-Key"]);
    assert_eq!(shown.count, 2);
    let start = "GET /in/a?token=[masked]&x=2 HTTP/1.1\r\nX-Api-Key: [masked]\r\nx-api-key: [masked]\r\n";
    assert_eq!(shown.text.get(..start.len()), Some(start));
    let open = preview(&store, &query(ExportFormat::Http, &[id], false)).await.unwrap();
    assert_eq!((open.text.as_str(), open.masked.len()), (head, 0));
}
