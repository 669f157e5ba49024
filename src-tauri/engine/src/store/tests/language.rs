//! Every term of the search language against a real file, before and after indexing.

use super::*;
use crate::store::FilterQuery;

fn pull(url: &str, status: Option<u16>, answer: &'static str) -> NewExchange {
    NewExchange {
        direction: Direction::Pull,
        origin: Origin::Sent,
        url: url.into(),
        method: "GET".into(),
        source: None,
        event_type: None,
        status,
        response: status.map(|_| Message {
            head: "HTTP/1.1 200 OK\r\nContent-Length: 1500\r\n\r\n".into(),
            body: Body::Inline(answer.into()),
            ..Message::default()
        }),
        request_id: Some(7),
        started_at: 1_795_000_000_000_000 + 3_600_000_000,
        ..push("a", "e", "")
    }
}

#[tokio::test]
async fn every_term_finds_what_it_says_before_and_after_indexing() {
    let (_folder, store) = store().await;
    let body = r#"{"data":{"id":"in_1Q","items":[{"sku":"A-1","n":3},{"sku":"b-2","n":40}]},"n":9007199254740993,"price":"19.90","who":"Jos\u00e9 \u0026 co"}"#;
    let one = store.save(push("stripe", "invoice.paid", body)).await.unwrap();
    let two = store.save(push("github", "push", "Grüße an alle, invoicing")).await.unwrap();
    let mut failing = push("stripe", "invoice.failed", "x=1");
    (failing.status, failing.started_at) = (Some(500), failing.started_at - 86_400_000_000);
    let three = store.save(failing).await.unwrap();
    let four =
        store.save(pull("https://api.a.test/v1/objects?q=1", Some(404), r#"{"error":{"code":12}}"#)).await.unwrap();
    let five = store.save(pull("https://api.a.test/down", None, "")).await.unwrap();
    store.tag(&[two], vec!["to check".into()], vec![]).await.unwrap();
    store.save_note(three, "seen".into()).await.unwrap();
    store.pin(&[one, four], true).await.unwrap();
    let none: &[i64] = &[];
    let cases: &[(&str, &[i64])] = &[
        ("", &[five, four, three, two, one]),
        ("source:stripe", &[three, one]),
        ("source:STR*", &[three, one]),
        ("-source:stripe", &[five, four, two]),
        ("type:invoice.*", &[three, one]),
        ("type:PUSH", &[two]),
        ("status:5xx", &[three]),
        ("status:200", &[two, one]),
        ("status:>=400", &[four, three]),
        ("status:>404", &[three]),
        ("status:400..499", &[four]),
        ("status:<300", &[two, one]),
        ("status:none", &[five]),
        ("-status:2xx", &[five, four, three]),
        ("is:failed", &[four, three]),
        ("-is:failed", &[five, two, one]),
        ("is:pinned", &[four, one]),
        ("is:unread", &[three, two, one]),
        ("is:read", &[five, four]),
        ("is:sent", &[five, four]),
        ("is:captured", &[three, two, one]),
        ("is:truncated", none),
        ("has:note", &[three]),
        ("has:tag", &[two]),
        ("tag:\"to check\"", &[two]),
        ("tag:to*", &[two]),
        ("method:post path:/in/git*", &[two]),
        ("path:*objects*", &[four]),
        ("larger:100", &[one]),
        ("smaller:10", &[five, three]),
        ("direction:pull", &[five, four]),
        ("direction:push", &[three, two, one]),
        ("request:7", &[five, four]),
        ("since:2026-11-18T00:00:00Z", &[five, four, two, one]),
        ("before:2026-11-18T00:00:00Z", &[three]),
        ("since:2026-11-18T00:00:00Z before:2026-11-18T12:00:00Z", &[two, one]),
        ("-since:2026-11-18T00:00:00Z", &[three]),
        ("grüße", &[two]),
        ("GRÜ alle", &[two]),
        ("-grüße", &[five, four, three, one]),
        ("invoic", &[three, two, one]),
        ("nvoic", none),
        ("*nvoic*", &[three, two, one]),
        ("\"nvoicing\"", &[two]),
        ("\"an alle\"", &[two]),
        ("\"alle an\"", none),
        ("an*alle", &[two]),
        ("-\"an alle\"", &[five, four, three, one]),
        ("\"José & co\"", &[one]),
        ("josé", &[one]),
        ("JOSE", &[one]),
        ("jose\u{301}", &[one]),
        ("gruß", &[two]),
        ("-grusse", &[five, four, three, two, one]),
        ("-gruße", &[five, four, three, one]),
        ("in_1q", &[one]),
        ("header.x-kind:push", &[two]),
        ("header.x-kind:invoice*", &[three, one]),
        ("header.x-kind:*", &[five, four, three, two, one]),
        ("-header.x-kind:push", &[five, four, three, one]),
        ("header.content-length:>1000", &[four]),
        ("body.data.id:in_1q", &[one]),
        ("body.n:9007199254740993", &[one]),
        ("body.n:9007199254740992", none),
        ("body.n:>9007199254740992", &[one]),
        ("body.price:10..19.9", &[one]),
        ("body.price:<19.9", none),
        ("body.data.items[1].sku:B-2", &[one]),
        ("body.data.items[*].n:>=40", &[one]),
        ("body..code:12", &[four]),
        ("body.error:*", &[four]),
        ("body.who:\"José & co\"", &[one]),
        ("-body.data.id:in_1q", &[five, four, three, two]),
        ("invoice source:stripe status:5xx", &[three]),
    ];
    for (filter, ids) in cases {
        assert_eq!(found(&store, filter).await, *ids, "not indexed: {filter}");
    }
    store.finish_indexing().await.unwrap();
    assert_eq!(store.indexed(), five);
    let store = Store { searches: Arc::default(), ..store };
    for (filter, ids) in cases {
        assert_eq!(found(&store, filter).await, *ids, "indexed: {filter}");
    }
}

#[tokio::test]
async fn a_filter_is_helped_along_while_it_is_typed() {
    let (_folder, store) = store().await;
    store.save(push("stripe", "invoice.paid", r#"{"data":{"id":1,"odd name":[{"x":2}]}}"#)).await.unwrap();
    store.tag(&[1], vec!["to check".into()], vec![]).await.unwrap();
    let offered = async |text: &str| {
        let query = FilterQuery { text: text.into(), caret: text.encode_utf16().count() as u32 };
        let reading = store.read_filter(&query).await.unwrap();
        reading.suggestions.into_iter().map(|one| one.text).collect::<Vec<_>>()
    };
    assert_eq!(offered("so").await, ["source:"]);
    assert_eq!(offered("é -sou").await, ["-source:"]);
    assert_eq!(offered("source:st").await, ["source:stripe"]);
    assert_eq!(offered("type:inv").await, ["type:invoice.paid"]);
    assert_eq!(offered("tag:t").await, ["tag:\"to check\""]);
    assert_eq!(offered("header.x").await, ["header.X-Kind:"]);
    assert_eq!(offered("body.").await, ["body.data.id:", "body.data[\"odd name\"][*].x:"]);
    assert_eq!(offered("status:>").await, ["status:>=400"]);
    assert!(offered("is:").await.contains(&"is:unread".to_owned()));
    let query = FilterQuery { text: "😀 status:many".into(), caret: 5 };
    let reading = store.read_filter(&query).await.unwrap();
    let problem = reading.problem.unwrap();
    assert_eq!((problem.from, problem.to, reading.from, reading.to), (3, 14, 3, 14));
}

#[tokio::test]
async fn columns_read_values_with_all_their_digits() {
    let (_folder, store) = store().await;
    let one =
        store.save(push("a", "e", r#"{"n":9007199254740993,"list":[{"x":"é"},{"x":"b"}],"o":{"a":1}}"#)).await.unwrap();
    let two = store.save(push("a", "f", "no json")).await.unwrap();
    let columns = ["body.n", "body.$.list[*].x", "body.o", "header.x-kind", "body..x"].map(String::from).to_vec();
    let query = crate::api::CellsQuery { ids: vec![two, one, 99], columns };
    for _ in 0..2 {
        let rows = store.cells(&query).await.unwrap();
        let shown = |row: usize| rows[row].iter().map(|cell| cell.as_deref().unwrap_or("–")).collect::<Vec<_>>();
        assert_eq!(shown(0), ["–", "–", "–", "f", "–"]);
        assert_eq!(shown(1), ["9007199254740993", "é +1", "{1}", "e", "é +1"]);
        assert_eq!(shown(2), ["–", "–", "–", "–", "–"]);
    }
    let wrong = crate::api::CellsQuery { ids: vec![one], columns: vec!["time".into()] };
    assert!(matches!(store.cells(&wrong).await, Err(StoreError::Invalid(_))));
}
