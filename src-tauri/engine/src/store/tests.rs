//! The store over real files.

use super::*;
use crate::api::{Anchor, CountQuery, ListQuery, MoveNode, NewFolder, SaveRequest};
use crate::exchange::{Body, Direction, Message, Origin, Side};
use crate::send::RequestDefinition;

mod organise;

fn push(source: &str, event: &str, body: impl Into<Bytes>) -> NewExchange {
    NewExchange {
        direction: Direction::Push,
        origin: Origin::Captured,
        started_at: 1_795_000_000_000_000,
        duration: Some(1_000),
        method: "POST".into(),
        url: format!("/in/{source}"),
        source: Some(source.into()),
        event_type: Some(event.into()),
        provider: None,
        status: Some(200),
        request: Message {
            head: Bytes::from(format!("POST /in/{source} HTTP/1.1\r\nHost: a\r\nX-Kind: {event}\r\n\r\n")),
            framing: Bytes::new(),
            body: Body::Inline(body.into()),
        },
        response: Some(Message { head: "HTTP/1.1 200 OK\r\n\r\n".into(), ..Message::default() }),
        timing: None,
        failure: None,
        peer: None,
        parent: None,
        request_id: None,
        marks: Vec::new(),
    }
}

async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    (folder, store)
}

fn query(filter: &str, from: u64, count: u32, near: Option<Anchor>) -> ListQuery {
    ListQuery { filter: filter.into(), upto: None, from, count, near }
}

async fn found(store: &Store, filter: &str) -> Vec<i64> {
    let page = store.list(&query(filter, 0, 500, None)).await.unwrap();
    let ids: Vec<i64> = page.rows.iter().map(|row| row.id).collect();
    assert_eq!(store.count(&CountQuery { filter: filter.into(), upto: None }).await.unwrap().rows, ids.len() as u64);
    let mut walked = store.ids(filter, i64::MAX, 0, 500).await.unwrap();
    walked.reverse();
    assert_eq!(walked, ids, "the export walks what the list shows: {filter}");
    ids
}

#[tokio::test]
async fn what_is_saved_at_once_is_numbered_without_gaps_and_read_back() {
    let (_folder, store) = store().await;
    let saves = (0..300).map(|number| store.save(push("a", "e", format!("body {number}"))));
    let ids: Vec<i64> = futures_util::future::join_all(saves).await.into_iter().map(Result::unwrap).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (1..=300).collect::<Vec<i64>>());
    for (number, id) in ids.iter().enumerate() {
        let body = store.body(*id, Side::Request, 0..100).await.unwrap();
        assert_eq!(body, format!("body {number}"));
    }
    assert_eq!(store.sources().await.unwrap()[0].pushes, 300);
}

#[tokio::test]
async fn a_big_body_is_put_down_in_chunks_and_read_in_ranges() {
    let (_folder, store) = store().await;
    let whole: Vec<u8> = (0..1_000_003_u32).map(|n| (n % 251) as u8).collect();
    let mut spool = store.spool();
    for piece in whole.chunks(7_777) {
        spool.write(Bytes::copy_from_slice(piece)).await.unwrap();
    }
    let body = spool.finish().await.unwrap();
    assert!(matches!(body, Body::Spooled { len: 1_000_003, .. }));
    let mut new = push("a", "e", "");
    new.request.body = body;
    let id = store.save(new).await.unwrap();
    assert_eq!(store.body(id, Side::Request, 0..u64::from(u32::MAX)).await.unwrap(), whole);
    let middle = store.body(id, Side::Request, 262_100..262_200).await.unwrap();
    assert_eq!(middle, whole[262_100..262_200]);
    assert!(store.body(id, Side::Request, 2_000_000..2_000_001).await.unwrap().is_empty());
    let small = store.save(push("a", "e", "small")).await.unwrap();
    assert_eq!(store.body(small, Side::Request, 0..u64::MAX).await.unwrap(), "small");
    assert_eq!(store.message(id, Side::Request).await.unwrap().unwrap().body_len, 1_000_003);
}

#[tokio::test]
async fn a_spool_that_is_dropped_takes_back_what_was_put_down() {
    let (_folder, store) = store().await;
    let mut committed = store.committed();
    let mut spool = store.spool();
    spool.write(Bytes::from(vec![7; 600_000])).await.unwrap();
    let before = committed.borrow_and_update().commits;
    drop(spool);
    committed.wait_for(|done| done.commits > before).await.unwrap();
    let left: i64 = sqlx::query_scalar("SELECT (SELECT count(*) FROM chunk) + (SELECT count(*) FROM spool)")
        .fetch_one(&store.readers)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn pages_are_the_same_whichever_way_they_are_reached() {
    let (_folder, store) = store().await;
    for number in 0..60 {
        store.save(push(if number % 3 == 0 { "a" } else { "b" }, "e", "")).await.unwrap();
    }
    for filter in ["", "source:b"] {
        let all = found(&store, filter).await;
        for from in [0_u64, 7, 19, 33] {
            for row in [0_u64, 5, 20, 35] {
                let near = Anchor { row, id: all[row as usize] };
                let page = store.list(&query(filter, from, 6, Some(near))).await.unwrap();
                let ids: Vec<i64> = page.rows.iter().map(|row| row.id).collect();
                assert_eq!(ids, all[from as usize..(from as usize + 6).min(all.len())], "{filter} {from} {row}");
            }
        }
    }
}

#[tokio::test]
async fn every_term_finds_what_it_says_before_and_after_indexing() {
    let (_folder, store) = store().await;
    let one =
        store.save(push("stripe", "invoice.paid", r#"{"data":{"id":"in_1Q"},"n":9007199254740993}"#)).await.unwrap();
    let two = store.save(push("github", "push", "Grüße an alle")).await.unwrap();
    let mut failing = push("stripe", "invoice.failed", "x=1");
    failing.status = Some(500);
    let three = store.save(failing).await.unwrap();
    let cases: &[(&str, &[i64])] = &[
        ("", &[three, two, one]),
        ("source:stripe", &[three, one]),
        ("source:str*", &[three, one]),
        ("-source:stripe", &[two]),
        ("type:invoice.*", &[three, one]),
        ("type:push", &[two]),
        ("status:5xx", &[three]),
        ("status:200", &[two, one]),
        ("status:>=400", &[three]),
        ("is:failed", &[three]),
        ("-is:failed", &[two, one]),
        ("method:post path:/in/git*", &[two]),
        ("larger:20", &[one]),
        ("direction:pull", &[]),
        ("direction:push", &[three, two, one]),
        ("grüße", &[two]),
        ("GRÜ alle", &[two]),
        ("-grüße", &[three, one]),
        ("\"an alle\"", &[two]),
        ("\"alle an\"", &[]),
        ("in_1q", &[one]),
        ("header.x-kind:push", &[two]),
        ("header.x-kind:invoice*", &[three, one]),
        ("-header.x-kind:push", &[three, one]),
        ("body.data.id:in_1q", &[one]),
        ("body.n:9007199254740993", &[one]),
        ("body.n:9007199254740992", &[]),
        ("invoice source:stripe status:5xx", &[three]),
    ];
    for (filter, ids) in cases {
        assert_eq!(found(&store, filter).await, *ids, "not indexed: {filter}");
    }
    store.finish_indexing().await.unwrap();
    assert_eq!(store.indexed(), three);
    let store = Store { searches: Arc::default(), ..store };
    for (filter, ids) in cases {
        assert_eq!(found(&store, filter).await, *ids, "indexed: {filter}");
    }
}

#[tokio::test]
async fn a_replay_shows_on_its_push() {
    let (_folder, store) = store().await;
    let id = store.save(push("a", "e", "")).await.unwrap();
    let mut replay = push("a", "e", "");
    (replay.direction, replay.origin, replay.parent, replay.status) =
        (Direction::Pull, Origin::Replay, Some(id), Some(503));
    let child = store.save(replay).await.unwrap();
    let exchange = store.exchange(id).await.unwrap();
    assert_eq!(exchange.summary.forward_status, Some(503));
    assert_eq!(exchange.children.iter().map(|row| row.id).collect::<Vec<_>>(), [child]);
    assert_eq!(found(&store, "is:failed").await, [child, id]);
}

#[tokio::test]
async fn two_processes_can_write_the_same_file() {
    let (folder, store) = store().await;
    let other = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    let mut watch = store.watch_others().await.unwrap();
    let before = watch.version().await.unwrap();
    let mine = (0..50).map(|_| store.save(push("a", "e", "mine")));
    let theirs = (0..50).map(|_| other.save(push("b", "e", "theirs")));
    let (mine, theirs) = tokio::join!(futures_util::future::join_all(mine), futures_util::future::join_all(theirs));
    let mut ids: Vec<i64> = mine.into_iter().chain(theirs).map(Result::unwrap).collect();
    ids.sort_unstable();
    assert_eq!(ids, (1..=100).collect::<Vec<i64>>());
    assert_ne!(watch.version().await.unwrap(), before);
    assert_eq!(found(&store, "source:b").await.len(), 50);
}

#[tokio::test]
async fn collections_keep_their_order_and_survive_opening_again() {
    let (folder, store) = store().await;
    let hubspot = store.create_folder(NewFolder { parent: None, name: "HubSpot".into() }).await.unwrap();
    let inner = store.create_folder(NewFolder { parent: Some(hubspot.id), name: "Contacts".into() }).await.unwrap();
    let definition: RequestDefinition = serde_json::from_str(r#"{"method":"GET","url":"http://a"}"#).unwrap();
    let save = |name: &str, parent| SaveRequest { id: None, parent, name: name.into(), definition: definition.clone() };
    let first = store.save_request(save("first", Some(inner.id))).await.unwrap();
    let second = store.save_request(save("second", Some(inner.id))).await.unwrap();
    let loose = store.save_request(save("loose", None)).await.unwrap();
    store.move_node(MoveNode { id: second.id, parent: Some(inner.id), before: Some(first.id) }).await.unwrap();
    assert!(store.move_node(MoveNode { id: hubspot.id, parent: Some(inner.id), before: None }).await.is_err());
    store.close().await;
    assert!(!folder.path().join("w.pushpull-wal").exists(), "closing tidies the log away");
    let store = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    let names: Vec<String> = store.collections().await.unwrap().into_iter().map(|node| node.name).collect();
    assert_eq!(names, ["HubSpot", "Contacts", "second", "first", "Requests", "loose"]);
    assert_eq!(store.request_named("loose").await.unwrap(), loose);
    store.delete_node(hubspot.id).await.unwrap();
    assert!(store.saved_request(first.id).await.is_err());
}

#[tokio::test]
async fn a_full_disk_stores_nothing_and_goes_on_when_there_is_space() {
    let (_folder, store) = store().await;
    let kept = store.save(push("a", "e", "kept")).await.unwrap();
    let limit = |pages: i64| {
        store.writer.job("Limiting", move |connection| {
            Box::pin(async move {
                let sql = format!("PRAGMA max_page_count = {pages}");
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(connection).await.map(drop)
            })
        })
    };
    limit(1).await.unwrap(); // SQLite takes it as "no page more than there are"
    let big = Bytes::from(vec![b'x'; 60_000]);
    let mut last = Ok(0);
    for _ in 0..20 {
        last = store.save(push("a", "e", big.clone())).await;
    }
    assert_eq!(last, Err(StoreError::DiskFull));
    limit(1_000_000).await.unwrap();
    let later = store.save(push("a", "e", big)).await.unwrap();
    assert!(found(&store, "").await.contains(&kept));
    assert_eq!(store.body(later, Side::Request, 0..100_000).await.unwrap().len(), 60_000);
}
