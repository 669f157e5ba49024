//! The law of NDJSON: what is exported and read back is what was stored.

use super::*;
use proptest::prelude::*;

fn any_bytes() -> impl Strategy<Value = Bytes> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..80).prop_map(Bytes::from),
        "\\PC{0,40}".prop_map(Bytes::from),
        Just(Bytes::from_static(b"{\"n\":12345678901234567890.10,\"n\":1e400}\0\r\n")),
    ]
}

fn any_message() -> impl Strategy<Value = Message> {
    (any_bytes(), any_bytes()).prop_map(|(head, body)| Message {
        head,
        framing: Bytes::new(),
        body: Body::Inline(body),
    })
}

prop_compose! {
    fn any_exchange()(
        push in any::<bool>(),
        started_at in 0..i64::MAX / 4,
        duration in proptest::option::of(0..i64::MAX / 4),
        texts in ("[A-Z]{1,8}", "/\\PC{0,20}", proptest::option::of("[a-z]{1,9}"), proptest::option::of("\\PC{0,9}")),
        request in any_message(),
        response in proptest::option::of(any_message()),
        status in proptest::option::of(100_u16..999),
        dns in proptest::option::of(any::<i64>()),
        failed in any::<bool>(),
        marks in proptest::sample::subsequence(
            vec![Mark::Truncated, Mark::AmbiguousFraming, Mark::Incomplete, Mark::ViaTunnel], 0..4),
    ) -> NewExchange {
        NewExchange {
            direction: if push { Direction::Push } else { Direction::Pull },
            origin: if push { Origin::Captured } else { Origin::Redirect },
            started_at,
            duration,
            method: texts.0,
            url: texts.1,
            source: texts.2,
            makes_source: true,
            event_type: texts.3,
            provider: None,
            status,
            request,
            response,
            timing: dns.map(|dns| Timing { dns: Some(dns), protocol: Some("HTTP/1.1".into()), ..Timing::default() }),
            failure: failed.then(|| Failure { kind: FailureKind::Dns, message: "\"\u{1}".into(), hint: None }),
            peer: Some("[::1]:80".into()),
            parent: None,
            request_id: None,
            answered: None,
            marks,
        }
    }
}

/// Adds what a user can add, something else to each exchange.
async fn keep(store: &Store, id: ExchangeId, is_push: bool) -> Kept {
    let unread = is_push && id % 2 == 0;
    let tags = if id % 3 == 0 { vec!["late".into(), "to check".into()] } else { Vec::new() };
    let kept = Kept { pinned: id % 2 == 1, unread, tags, note: "seen\n\"twice\" ✓".repeat((id % 3) as usize) };
    store.pin(&[id], kept.pinned).await.unwrap();
    store.mark_read(&[id], !unread).await.unwrap();
    store.tag(&[id], kept.tags.clone(), Vec::new()).await.unwrap();
    store.save_note(id, kept.note.clone()).await.unwrap();
    kept
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn export_then_read_is_the_identity(exchanges in proptest::collection::vec(any_exchange(), 1..6)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let (_folder, store) = workspace().await;
            let mut stored = Vec::new();
            for exchange in exchanges {
                let id = store.save(exchange.clone()).await.unwrap();
                let kept = keep(&store, id, exchange.direction == Direction::Push).await;
                stored.push(ReadExchange { id, exchange, kept });
            }
            let everything = ExportQuery {
                scope: ExportScope::Filter { filter: String::new() },
                format: ExportFormat::Ndjson,
                redact: false,
                known: Default::default(),
            };
            let bytes = exported(&store, &everything).await;
            prop_assert_eq!(read_ndjson(&bytes).unwrap(), stored);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn long_bodies_come_back_as_text_and_as_bytes() {
    let (_folder, store) = workspace().await;
    let head = "POST /in/a HTTP/1.1\r\n\r\n";
    // Multi-byte characters stand across the ends of the pieces that are read.
    let text = "aé€😀".repeat(70_000);
    let bytes: Vec<u8> = (0..700_001_u32).map(|number| (number * 7 % 256) as u8).collect();
    let mut ids = Vec::new();
    for body in [Bytes::from(text.clone()), Bytes::from(bytes.clone())] {
        let mut spool = store.spool();
        spool.write(body).await.unwrap();
        let mut exchange = push(head, "");
        exchange.request.body = spool.finish().await.unwrap();
        ids.push(store.save(exchange).await.unwrap());
    }
    let exported = exported(&store, &query(ExportFormat::Ndjson, &ids, false)).await;
    let read = read_ndjson(&exported).unwrap();
    assert_eq!(read[0].exchange.request.body, Body::Inline(text.into()));
    assert_eq!(read[1].exchange.request.body, Body::Inline(bytes.into()));
    assert!(String::from_utf8(exported).unwrap().contains("aé€😀aé€😀"));
}

#[test]
fn what_is_no_export_is_told_apart() {
    assert_eq!(read_ndjson(b"{}"), Err(NotNdjson::Start));
    assert_eq!(read_ndjson(b""), Err(NotNdjson::Start));
    let newer = br#"{"pushpull":"exchanges","version":2,"redacted":false}"#;
    assert_eq!(read_ndjson(newer), Err(NotNdjson::Version(2)));
    let damaged = b"{\"pushpull\":\"exchanges\",\"version\":1,\"redacted\":false}\n{\"id\":1}\n";
    assert!(matches!(read_ndjson(damaged), Err(NotNdjson::Line { line: 2, .. })));
}
