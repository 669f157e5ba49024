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
        makes_source: true,
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
        ("body.data.items.0.sku:A-1", &[one]),
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
async fn every_state_finds_what_is_in_it() {
    use crate::exchange::{Failure, FailureKind, Mark};
    use crate::inspect::signature::VerdictKind;
    let (_folder, store) = store().await;
    let (mut of, mut unchecked) = (Vec::new(), Vec::new());
    for (word, origin) in [
        ("sample", Origin::Sample),
        ("sent", Origin::Sent),
        ("replay", Origin::Replay),
        ("forward", Origin::Forward),
        ("redirect", Origin::Redirect),
    ] {
        of.push((word, store.save(NewExchange { origin, ..push("a", "e", "") }).await.unwrap()));
    }
    for (word, mark) in [
        ("truncated", Mark::Truncated),
        ("incomplete", Mark::Incomplete),
        ("ambiguous", Mark::AmbiguousFraming),
        ("tunnel", Mark::ViaTunnel),
        ("handshake", Mark::Handshake),
    ] {
        of.push((word, store.save(NewExchange { marks: vec![mark], ..push("a", "e", "") }).await.unwrap()));
    }
    for (word, verdict) in
        [("valid", VerdictKind::Valid), ("invalid", VerdictKind::Invalid), ("unsigned", VerdictKind::Unsigned)]
    {
        let id = store.save(push("a", "e", "")).await.unwrap();
        store.note_verdict(id, verdict).await.unwrap();
        of.push((word, id));
    }
    for verdict in [VerdictKind::NoSecret, VerdictKind::Unsupported] {
        let id = store.save(push("a", "e", "")).await.unwrap();
        store.note_verdict(id, verdict).await.unwrap();
        unchecked.insert(0, id);
    }
    assert_eq!(found(&store, "is:unchecked").await, unchecked);
    let failure = Some(Failure { kind: FailureKind::Reset, message: String::new(), hint: None });
    of.push(("failed", store.save(NewExchange { failure, status: None, ..push("a", "e", "") }).await.unwrap()));
    let marks = vec![Mark::ViaTunnel, Mark::Handshake];
    let both = store.save(NewExchange { marks, ..push("a", "e", "") }).await.unwrap();
    for (word, id) in &of {
        let more = if matches!(*word, "tunnel" | "handshake") { vec![both, *id] } else { vec![*id] };
        assert_eq!(found(&store, &format!("is:{word}")).await, more, "is:{word}");
        assert_eq!(found(&store, &format!("-is:{word}")).await.len(), of.len() + 3 - more.len(), "-is:{word}");
    }
    assert_eq!(found(&store, "is:captured").await.len(), 12);
}

#[tokio::test]
async fn what_is_found_out_later_is_found_where_it_was_looked_for_before() {
    let (_folder, store) = store().await;
    let github = "POST /in/a HTTP/1.1\r\nHost: a\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: 1\r\n\r\n";
    for after in 0..2 {
        let mut new = push("a", "push", "word");
        (new.request.head, new.started_at) = (Bytes::from(github), new.started_at + after * 1_000_000);
        store.save(new).await.unwrap();
    }
    let invoice = |event: &str, created: u32| {
        format!(
            r#"{{"id":"{event}","created":{created},"type":"invoice.updated","word":1,"data":{{"object":{{"id":"in"}}}}}}"#
        )
    };
    for body in [invoice("evt_2", 20), invoice("evt_1", 10)] {
        let mut new = push("b", "invoice.updated", body);
        new.request.head = Bytes::from("POST /in/b HTTP/1.1\r\nHost: a\r\nStripe-Signature: t=1\r\n\r\n");
        store.save(new).await.unwrap();
    }
    let batch = r#"[{"eventId":1,"subscriptionType":"contact.creation","word":1,"attemptNumber":0},
        {"eventId":2,"subscriptionType":"deal.creation","attemptNumber":0}]"#;
    let mut new = push("c", "e", batch);
    new.request.head = Bytes::from("POST /in/c HTTP/1.1\r\nHost: a\r\nX-HubSpot-Signature-v3: x\r\n\r\n");
    store.save(new).await.unwrap();
    store.save(NewExchange { event_type: None, ..push("d", "e", "word") }).await.unwrap();
    let all: &[i64] = &[6, 5, 4, 3, 2, 1];
    let none: &[i64] = &[];
    // At the same newest exchange, before anything is known of them and after.
    let cases: &[(&str, &[i64], &[i64])] = &[
        ("is:first", all, &[6, 5, 4, 3, 1]),
        ("is:duplicate", none, &[2]),
        ("-is:duplicate", all, &[6, 5, 4, 3, 1]),
        ("is:late", none, &[4]),
        ("delivery:1", &[1], &[2, 1]),
        ("type:deal.creation", none, &[5]),
        ("type:order.paid", none, &[6]),
    ];
    for (filter, before, _) in cases {
        assert_eq!(found(&store, &format!("{filter} word")).await, *before, "{filter}");
    }
    store.finish_grouping().await.unwrap();
    let typed = crate::store::Followed { id: 6, event_type: Some(Some("order.paid".into())), ..Default::default() };
    store.keep_found(vec![typed]).await.unwrap();
    for (filter, _, after) in cases {
        assert_eq!(found(&store, &format!("{filter} word")).await, *after, "{filter}");
    }
}

#[tokio::test]
async fn bodies_in_other_charsets_and_codings_are_found_by_what_they_say() {
    let (_folder, store) = store().await;
    let typed = async |content_type: &str, body: Vec<u8>| {
        let mut new = push("a", "e", body);
        new.request.head =
            Bytes::from(format!("POST /in/a HTTP/1.1\r\nHost: a\r\nContent-Type: {content_type}\r\n\r\n"));
        store.save(new).await.unwrap()
    };
    let latin = typed("text/plain; charset=\"ISO-8859-1\"", b"Gr\xfc\xdfe aus K\xf6ln".to_vec()).await;
    let wide = "\u{feff}{\"a\":\"Z\u{fc}rich\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = typed("application/json; charset=UTF-8", wide).await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packed, br#"{"a":"Packed away"}"#).unwrap();
    let packed = typed("application/json\r\nContent-Encoding: gzip", packed.finish().unwrap()).await;
    let cases: &[(&str, &[i64])] = &[
        ("k\u{f6}ln", &[latin]),
        ("\"aus K\u{f6}\"", &[latin]),
        ("zurich", &[wide]),
        ("body.a:Z\u{fc}rich", &[wide]),
        ("packed away", &[packed]),
        ("\"cked aw\"", &[packed]),
        ("body.a:\"packed away\"", &[packed]),
    ];
    for (filter, ids) in cases {
        assert_eq!(found(&store, filter).await, *ids, "not indexed: {filter}");
    }
    store.finish_indexing().await.unwrap();
    let store = Store { searches: Arc::default(), ..store };
    for (filter, ids) in cases {
        assert_eq!(found(&store, filter).await, *ids, "indexed: {filter}");
    }
}

#[tokio::test]
async fn words_go_into_the_index_by_themselves() {
    let (_folder, store) = store().await;
    let indexing = store.start_indexing();
    let mut committed = store.committed();
    for body in ["one", "two"] {
        let id = store.save(push("a", "e", body)).await.unwrap();
        while !store.is_indexed().await.unwrap() {
            committed.changed().await.unwrap();
        }
        assert_eq!(found(&store, body).await, [id]);
    }
    indexing.abort();
}

#[tokio::test]
async fn event_types_that_are_found_later_are_words_too() {
    let (_folder, store) = store().await;
    let untyped = async |body: &'static str| {
        let new = NewExchange { event_type: None, ..push("own", "e", body) };
        store.save(new).await.unwrap()
    };
    let typed = async |id: i64, event: &str| {
        let found = crate::store::Followed { id, event_type: Some(Some(event.into())), ..Default::default() };
        store.keep_found(vec![found]).await.unwrap();
    };
    let early = untyped("1").await;
    typed(early, "Order.Shipped").await;
    assert_eq!(found(&store, "shipped").await, [early]);
    store.finish_indexing().await.unwrap();
    let late = untyped("2").await;
    store.finish_indexing().await.unwrap();
    typed(late, "order.shipped").await;
    // Another provider calls it otherwise.
    typed(early, "order.lost").await;
    let store = Store { searches: Arc::default(), ..store };
    assert_eq!(found(&store, "type:order.lost").await, [early]);
    assert_eq!(found(&store, "order lost").await, [early]);
    assert_eq!(found(&store, "order shipp -lost").await, [late]);
    assert_eq!(found(&store, "x-kind").await, [late, early], "what was in the index stays there");
}

#[tokio::test]
async fn the_events_of_a_batch_are_words_too() {
    let (_folder, store) = store().await;
    let batch = async || {
        let mut new = push(
            "mail",
            "e",
            "mandrill_events=%5B%7B%22event%22%3A%22hard_bounce%22%2C%22_id%22%3A%221%22%7D%2C%7B%22event%22%3A%22open%22%2C%22_id%22%3A%222%22%7D%5D",
        );
        new.request.head = Bytes::from(
            "POST /in/mail HTTP/1.1\r\nHost: a\r\nX-Mandrill-Signature: x\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n",
        );
        store.save(new).await.unwrap()
    };
    let grouped_first = batch().await;
    store.finish_grouping().await.unwrap();
    assert_eq!(found(&store, "hard bounce").await, [grouped_first]);
    store.finish_indexing().await.unwrap();
    let indexed_first = batch().await;
    store.finish_indexing().await.unwrap();
    store.finish_grouping().await.unwrap();
    let store = Store { searches: Arc::default(), ..store };
    assert_eq!(found(&store, "hard bounce mandrill").await, [indexed_first, grouped_first]);
}

#[tokio::test]
async fn times_bound_the_numbers_once_on_each_side() {
    let (_folder, store) = store().await;
    for minute in 0..6 {
        let mut new = push("a", "e", "word");
        new.started_at += minute * 60_000_000;
        store.save(new).await.unwrap();
    }
    store.finish_indexing().await.unwrap();
    let filter = "since:2026-11-18T11:07:40Z before:2026-11-18T11:09:40Z";
    let plan = store.plan(filter).await.unwrap();
    assert!(!plan.conditions().contains("e.id"), "{}", plan.conditions());
    let bounds = plan.bounds(None, 6);
    assert_eq!((bounds.sql, &bounds.ids[..]), ("e.id > ? AND e.id <= ?", &[1, 4][..]));
    assert_eq!(plan.bounds(Some(2), 3).ids, [2, 3]);
    for filter in [filter, &format!("{filter} word"), &format!("{filter} \"ord\"")] {
        assert_eq!(found(&store, filter).await, [3, 2], "{filter}");
        assert_eq!(store.ids(filter, 6, 0, 10).await.unwrap(), [2, 3], "{filter}");
        assert_eq!(store.ids(filter, 2, 0, 10).await.unwrap(), [2], "{filter}");
        let query = CountQuery { filter: filter.into(), upto: Some(2) };
        assert_eq!(store.count(&query).await.unwrap().rows, 1, "{filter}");
        assert_eq!(store.tallies(&query).await.unwrap().pushes, 1, "{filter}");
    }
    let near = Some(Anchor { row: 1, id: 2 });
    let page = store.list(&query(filter, 0, 1, near)).await.unwrap();
    assert_eq!(page.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [3]);
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

#[tokio::test]
async fn a_method_finds_its_requests_and_no_others() {
    let (_folder, store) = store().await;
    let mut ids = Vec::new();
    for method in ["POST", "GET", "PURGE"] {
        ids.push(store.save(NewExchange { method: method.into(), ..push("a", "e", "") }).await.unwrap());
    }
    for (filter, wanted) in [
        ("method:POST", vec![ids[0]]),
        ("method:get", vec![ids[1]]),
        ("method:P*", vec![ids[2], ids[0]]),
        ("-method:POST", vec![ids[2], ids[1]]),
        ("method:PUT", vec![]),
    ] {
        assert_eq!(found(&store, filter).await, wanted, "{filter}");
    }
}

#[tokio::test]
async fn cells_come_though_they_are_more_than_are_remembered() {
    let (_folder, store) = store().await;
    let saves = (0..600).map(|_| store.save(push("a", "e", "{}")));
    let ids: Vec<i64> = futures_util::future::join_all(saves).await.into_iter().map(Result::unwrap).collect();
    let none = (0..39).map(|number| format!("body.a{number}"));
    let columns: Vec<String> = none.chain(["header.x-kind".into()]).collect();
    let expected = [vec![None; 39], vec![Some("e".to_owned())]].concat();
    for _ in 0..2 {
        let query = crate::api::CellsQuery { ids: ids.clone(), columns: columns.clone() };
        let rows = store.cells(&query).await.unwrap();
        assert_eq!(rows.len(), 600);
        assert!(rows.iter().all(|row| *row == expected), "{:?}", rows.iter().position(|row| *row != expected));
    }
}
