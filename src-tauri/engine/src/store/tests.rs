//! The store over real files.

use super::*;
use crate::api::{Anchor, CountQuery, ListPage, ListQuery, MoveNode, NewFolder, SaveRequest};
use crate::exchange::{Body, Direction, Message, Origin, Side};
use crate::inspect::signature::VerdictKind;
use crate::send::RequestDefinition;

mod deletion;
mod deliveries;
mod ignored;
mod language;
mod late;
mod long_deliveries;
mod node_deletion;
mod organise;
mod previous;
mod remembered;
mod search;
mod space;
mod views;

pub(crate) fn push(source: &str, event: &str, body: impl Into<Bytes>) -> NewExchange {
    NewExchange {
        direction: Direction::Push,
        origin: Origin::Captured,
        started_at: 1_795_000_000_000_000,
        duration: Some(1_000),
        method: "POST".into(),
        url: format!("/in/{source}"),
        source: Some(source.into()),
        makes_source: true,
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
        answered: None,
        marks: Vec::new(),
    }
}

pub(crate) async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    (folder, store)
}

/// What following pushes comes to, without what is set up.
impl Store {
    async fn keep_found(&self, found: Vec<Followed>) -> Result<(), StoreError> {
        let texts = self.texts_of(&found).await?;
        let kept = self.writer.finding("Following pushes", move |connection| {
            Box::pin(async move { follow::write(connection, found, &texts).await })
        });
        kept.await
    }

    pub(super) async fn note_verdict(&self, id: ExchangeId, verdict: VerdictKind) -> Result<(), StoreError> {
        self.keep_found(vec![Followed { id, verdict: Judged::As(verdict), ..Followed::default() }]).await
    }
}

fn query(filter: &str, from: u64, count: u32, near: Option<Anchor>) -> ListQuery {
    ListQuery { filter: filter.into(), upto: None, from, count, near }
}

async fn found(store: &Store, filter: &str) -> Vec<i64> {
    let mut page = store.list(&query(filter, 0, 500, None)).await.unwrap();
    while !page.complete {
        page = store.list(&query(filter, 0, 500, None)).await.unwrap(); // it carries on
    }
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

/// Rows of large bodies that stand in the file.
async fn rows_of_bodies(store: &Store) -> i64 {
    let sql = "SELECT (SELECT count(*) FROM chunk) + (SELECT count(*) FROM spool)";
    sqlx::query_scalar(sql).fetch_one(&store.readers).await.unwrap()
}

async fn large_body(store: &Store, bytes: &[u8]) -> Result<Body, StoreError> {
    let mut spool = store.spool();
    spool.write(Bytes::copy_from_slice(bytes)).await?;
    spool.finish().await
}

#[tokio::test]
async fn a_body_that_no_exchange_takes_is_taken_back() {
    let (_folder, store) = store().await;
    let purging = store.start_purging();
    let mut committed = store.committed();
    for ends in [false, true] {
        let mut spool = store.spool();
        spool.write(Bytes::from(vec![7; 600_000])).await.unwrap();
        assert_ne!(rows_of_bodies(&store).await, 0);
        if ends {
            drop(spool.finish().await.unwrap());
        } else {
            drop(spool);
        }
        while rows_of_bodies(&store).await != 0 {
            committed.changed().await.unwrap();
        }
    }
    purging.abort();
}

#[tokio::test]
async fn the_body_of_an_exchange_that_could_not_be_stored_is_taken_back_and_of_one_that_was_kept() {
    let (folder, store) = store().await;
    let file = rusqlite::Connection::open(folder.path().join("w.pushpull")).unwrap();
    let with = |body: Body| {
        let mut new = push("a", "e", "");
        new.request.body = body;
        new
    };
    let kept = store.save(with(large_body(&store, &[1; 100_000]).await.unwrap())).await.unwrap();
    let before = rows_of_bodies(&store).await;
    file.execute_batch("CREATE TRIGGER a BEFORE INSERT ON exchange BEGIN SELECT raise(ABORT, 'no'); END").unwrap();
    store.save(with(large_body(&store, &[2; 600_000]).await.unwrap())).await.unwrap_err();
    assert_ne!(rows_of_bodies(&store).await, before);
    file.execute_batch("CREATE TRIGGER b BEFORE UPDATE ON spool BEGIN SELECT raise(ABORT, 'no'); END").unwrap();
    store.take_back().await.unwrap_err();
    file.execute_batch("DROP TRIGGER a; DROP TRIGGER b").unwrap();
    store.take_back().await.unwrap();
    assert_eq!(rows_of_bodies(&store).await, before, "it is tried again");
    assert_eq!(store.body(kept, Side::Request, 0..200_000).await.unwrap().len(), 100_000);

    // Nobody waited for it any more, and it was stored all the same.
    let new = with(large_body(&store, &[3; 100_000]).await.unwrap());
    let body = new.request.body.clone();
    let stored = store.save(new).await.unwrap();
    drop(body);
    store.take_back().await.unwrap();
    assert_eq!(store.body(stored, Side::Request, 0..200_000).await.unwrap().len(), 100_000);
    let file_before = rows_of_bodies(&store).await;
    drop(large_body(&store, &[4; 100_000]).await.unwrap());
    store.close().await;
    let count = |sql: &str| file.query_row(sql, (), |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(
        count("SELECT count(*) FROM chunk") + count("SELECT count(*) FROM spool"),
        file_before,
        "at the end too"
    );
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
async fn a_push_lands_under_its_source_whoever_renamed_or_deleted_it() {
    let (folder, store) = store().await;
    let other = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    let first = store.save(push("shop", "e", "1")).await.unwrap();
    other.rename_source("shop".into(), "store".into()).await.unwrap();
    let second = store.save(push("shop", "e", "2")).await.unwrap();
    assert_eq!(found(&store, "source:store").await, [first]);
    assert_eq!(found(&store, "source:shop").await, [second]);
    other.delete_source("shop".into()).await.unwrap();
    store.save(push("shop", "e", "3")).await.unwrap();
    let rows = store.source_rows().await.unwrap();
    assert_eq!(rows.iter().map(|row| &row.name[..]).collect::<Vec<_>>(), ["shop", "store"], "it is there again");
}

#[tokio::test]
async fn what_is_typed_is_in_the_file_at_once() {
    let (folder, store) = store().await;
    let draft = |key: &str, position: u32, name: &str| -> crate::api::Draft {
        let definition = serde_json::json!({"method": "GET", "url": "http://a"});
        let draft = serde_json::json!({"key": key, "requestId": null, "position": position, "name": name,
            "definition": definition, "unsaved": true, "shown": null});
        serde_json::from_value(draft).unwrap()
    };
    for draft in [draft("b", 1, "second"), draft("a", 0, "fir"), draft("a", 0, "first")] {
        store.save_draft(draft).await.unwrap();
    }
    // Whoever opens the file finds it, though nobody has closed it.
    let after_a_crash = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    let names = async || {
        let kept = after_a_crash.drafts().await.unwrap();
        kept.drafts.into_iter().map(|draft| draft.name).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["first", "second"]);
    store.close_draft("a".into()).await.unwrap();
    assert_eq!(names().await, ["second"]);
}

#[tokio::test]
async fn a_tab_that_was_never_saved_finds_its_answers_again() {
    let (_folder, store) = store().await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(store.save(push("a", "e", "{}")).await.unwrap());
    }
    let draft = serde_json::json!({"key": "a", "requestId": null, "position": 0, "name": "a", "unsaved": true,
        "definition": {"method": "GET", "url": "http://a"}, "shown": null, "answers": [answers[2], 99, answers[0]]});
    store.save_draft(serde_json::from_value(draft).unwrap()).await.unwrap();
    let kept = store.drafts().await.unwrap();
    assert_eq!(kept.drafts[0].answers, [answers[2], 99, answers[0]]);
    assert_eq!(kept.answers.iter().map(|row| row.id).collect::<Vec<_>>(), [answers[2], answers[0]]);
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
    let save = |name: &str, parent| SaveRequest {
        id: None,
        parent,
        name: name.into(),
        definition: definition.clone(),
        answers: vec![],
    };
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
async fn a_request_stays_where_it_was_dropped_however_often_others_are() {
    let (_folder, store) = store().await;
    let parent = store.create_folder(NewFolder { parent: None, name: "all".into() }).await.unwrap().id;
    let mut folders = Vec::new();
    for number in 0..5 {
        let folder = store.create_folder(NewFolder { parent: Some(parent), name: number.to_string() }).await.unwrap();
        folders.push(folder.id);
    }
    let order = async || {
        let nodes = store.collections().await.unwrap().into_iter().filter(|node| node.parent == Some(parent));
        nodes.map(|node| node.id).collect::<Vec<_>>()
    };
    // Each to the top, then each before the last one: the gap there halves each time.
    let mut expected = folders;
    for drop in 0..200 {
        let before = if drop < 5 { 0 } else { 4 };
        let (id, before) = (expected[drop % 4], expected[before]);
        if id == before {
            continue;
        }
        store.move_node(MoveNode { id, parent: Some(parent), before: Some(before) }).await.unwrap();
        expected.retain(|other| *other != id);
        let at = expected.iter().position(|other| *other == before).unwrap();
        expected.insert(at, id);
        assert_eq!(order().await, expected, "after drop {drop}");
    }
    // Before itself is where it is.
    store.move_node(MoveNode { id: expected[1], parent: Some(parent), before: Some(expected[1]) }).await.unwrap();
    assert_eq!(order().await, expected);
}

#[tokio::test]
async fn a_full_disk_stores_nothing_and_goes_on_when_there_is_space() {
    let (_folder, store) = store().await;
    let kept = store.save(push("a", "e", "kept")).await.unwrap();
    let limit = async |pages: i64| {
        store.writer.with_pen(move |pen| pen.limit_pages(pages)).await;
        let job = store.writer.job("Limiting", move |connection| {
            Box::pin(async move {
                let sql = format!("PRAGMA max_page_count = {pages}");
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(connection).await.map(drop)
            })
        });
        job.await.unwrap();
    };
    let mut noise = vec![0; 600_000]; // nothing packs it
    getrandom::fill(&mut noise).unwrap();
    limit(1).await; // SQLite takes it as "no page more than there are"
    let big = Bytes::copy_from_slice(&noise[..60_000]);
    let mut last = Ok(0);
    for _ in 0..20 {
        last = store.save(push("a", "e", big.clone())).await;
    }
    assert_eq!(last, Err(StoreError::DiskFull));
    assert_eq!(large_body(&store, &noise).await.unwrap_err(), StoreError::DiskFull);
    assert_eq!(store.trouble(), Some(StoreError::DiskFull));
    limit(1_000_000).await;
    let mut large = push("a", "e", "");
    large.request.body = large_body(&store, &noise).await.unwrap();
    let before = rows_of_bodies(&store).await;
    limit(1).await;
    assert_eq!(
        store.save(NewExchange { event_type: Some("e".repeat(100_000)), ..large }).await,
        Err(StoreError::DiskFull)
    );
    assert_eq!(rows_of_bodies(&store).await, before);
    limit(1_000_000).await;
    store.take_back().await.unwrap();
    assert_eq!(rows_of_bodies(&store).await, 0);
    let later = store.save(push("a", "e", big)).await.unwrap();
    assert_eq!(store.trouble(), None);
    assert!(found(&store, "").await.contains(&kept));
    assert_eq!(store.body(later, Side::Request, 0..100_000).await.unwrap().len(), 60_000);
}

/// The laws of the search language: what is typed is a question or a sentence, never a failure; a term and its
/// negation part the list.
#[tokio::test]
async fn any_filter_is_answered_or_refused_and_its_negation_finds_the_rest() {
    use proptest::strategy::{Strategy as _, ValueTree as _};
    let (_folder, store) = store().await;
    let bodies =
        ["{\"a\":{\"b\":\"x\"},\"n\":1}", "hello world", "caf\u{e9} \u{623}\u{647}\u{651}\u{644}", "", "<a/>", "[1,2]"];
    for (number, body) in bodies.into_iter().enumerate() {
        store.save(push(["a", "b.c"][number % 2], ["push", "issues.opened"][number % 2], body)).await.unwrap();
    }
    for indexed in [false, true] {
        if indexed {
            store.finish_indexing().await.unwrap();
        }
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let key =
            "(source|type|method|status|path|header\\.x-kind|body\\.a\\.b|body\\.n|larger|since|is|direction|request):";
        let value = "([a-z*0-9.]{0,5}|2xx|>=400|<500|none|1k|1h|failed|push|POST|/in/\\*|\"[a-z :]{0,6}\")";
        let word = "[a-zA-Z0-9\u{623}\u{651}*'\"():<>=~^$%\\[\\]{}|\\\\/.+-]{1,8}";
        let text = |pattern: &str| proptest::string::string_regex(pattern).unwrap();
        let term = proptest::prop_oneof![text(&format!("{key}{value}")), text(value), text(word)];
        for _ in 0..400 {
            let term = term.new_tree(&mut runner).unwrap().current();
            let ids = |filter: String| store.ids_of(filter);
            match ids(term.clone()).await {
                Err(StoreError::Invalid(sentence)) => assert!(sentence.ends_with('.'), "{term:?}: {sentence}"),
                Err(error) => panic!("{term:?}: {error}"),
                Ok(mut found) if !term.is_empty() && !term.starts_with('-') && !term.contains([' ', '"']) => {
                    let rest = ids(format!("-{term}")).await.unwrap();
                    assert!(rest.iter().all(|id| !found.contains(id)), "{term:?}: {found:?} and {rest:?}");
                    found.extend(rest);
                    assert_eq!(found.len(), bodies.len(), "{term:?}, indexed: {indexed}: {found:?}");
                }
                Ok(_) => {}
            }
        }
    }
}

impl Store {
    async fn ids_of(&self, filter: String) -> Result<Vec<i64>, StoreError> {
        Ok(self.list(&query(&filter, 0, 500, None)).await?.rows.iter().map(|row| row.id).collect())
    }
}

/// A workspace of the first schema with a push in it, as SQLite's own language writes it.
const FIRST_SCHEMA: &str = "
    INSERT INTO source (id, name, created_at) VALUES (1, 'shop', 1);
    INSERT INTO exchange (id, direction, origin, started_at, method, path, source_id, event_type, status, request_size,
        response_size, marks) VALUES (7, 0, 0, 1795000000000000, 'POST', '/in/shop', 1, 'order.paid', 200, 5, 3, 0);
    INSERT INTO wire (id, request_head, request_body, response_head, response_body) VALUES (7,
        CAST('POST /in/shop HTTP/1.1' || char(13, 10) || 'Host: a' || char(13, 10, 13, 10) AS BLOB), CAST('hello' AS BLOB),
        CAST('HTTP/1.1 200 OK' || char(13, 10, 13, 10) AS BLOB), CAST('ok' || char(10) AS BLOB));
    INSERT INTO setting VALUES ('kept', '1');";

#[tokio::test]
async fn a_file_of_every_schema_opens_with_what_it_held() {
    for known in 1..=open::SCHEMAS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.pushpull");
        open::make_old(&path, 1, FIRST_SCHEMA).await;
        open::make_old(&path, known, "").await;
        let store = Store::open(&path).await.unwrap();
        let exchange = store.exchange(7).await.unwrap();
        assert_eq!((exchange.summary.source.as_deref(), exchange.summary.status), (Some("shop"), Some(200)), "{known}");
        assert_eq!(store.body(7, Side::Request, 0..100).await.unwrap(), "hello", "{known}");
        assert_eq!(found(&store, "type:order.paid hello").await, [7], "{known}");
        store.close().await;
        let copied = folder.path().join(format!("w.pushpull.schema-{known}.backup")).exists();
        assert_eq!(copied, known < open::SCHEMAS, "{known}");
    }
}

#[tokio::test]
async fn what_goes_on_in_the_background_leaves_followers_their_rows() {
    let (_folder, store) = store().await;
    let id = store.save(push("a", "e", "{}")).await.unwrap();
    let at_hand = || store.writer.recent.after(0, 10).len();
    store.note_verdict(id, VerdictKind::Unsigned).await.unwrap();
    store.finish_indexing().await.unwrap();
    store.finish_grouping().await.unwrap();
    let mut spool = store.spool();
    spool.write(vec![b'x'; CHUNK * 2].into()).await.unwrap();
    spool.finish().await.unwrap();
    assert_eq!(at_hand(), 1);
    store.rename_source("a".into(), "b".into()).await.unwrap();
    assert_eq!(at_hand(), 0, "its source has another name");
    assert_eq!(store.stored_after(0, 10).await.unwrap()[0].source.as_deref(), Some("b"));
}

#[tokio::test]
async fn a_record_that_is_damaged_keeps_nothing_else_from_being_indexed_grouped_or_found() {
    let (folder, store) = store().await;
    store.finish_indexing().await.unwrap(); // the tasks have nothing to do before the damage is done
    let damage = rusqlite::Connection::open(folder.path().join("w.pushpull")).unwrap();
    damage
        .execute_batch(
            "CREATE TRIGGER damage AFTER INSERT ON wire WHEN NEW.id = 2
             BEGIN UPDATE wire SET record = x'0007' WHERE id = NEW.id; END",
        )
        .unwrap();
    for word in ["before", "damaged", "after"] {
        store.save(push("a", "e", word)).await.unwrap();
    }
    assert!(matches!(store.exchange(2).await, Err(StoreError::Damaged(_))));
    store.finish_indexing().await.unwrap();
    store.finish_grouping().await.unwrap();
    assert_eq!((store.is_indexed().await.unwrap(), store.grouped().await.unwrap()), (true, 3));
    assert_eq!(found(&store, "after").await, [3]);
    assert_eq!(found(&store, "*fter*").await, [3], "one after the other is read");
    assert_eq!(found(&store, "\"/in/a\"").await, [3, 2, 1], "what the list shows of it is searched");
}
