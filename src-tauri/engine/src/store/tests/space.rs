//! What the workspace takes: packing, retention, deleting, compacting, copies; and places far down the list.

use super::*;
use crate::api::Retention;
use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;

/// JSON as services send it: the same names, other values.
fn event(number: usize) -> String {
    let id = number.wrapping_mul(2_654_435_761) % 1_000_000_007;
    let item = |n: usize| format!("{{\"id\":{},\"html_url\":\"https://example.com/items/{}\"}}", id + n, id * 7 + n);
    let items: Vec<_> = (0..12).map(item).collect();
    format!(
        "{{\"action\":\"opened\",\"id\":{id},\"sender\":{{\"login\":\"user{id}\"}},\"items\":[{}]}}",
        items.join(",")
    )
}

async fn filled(store: &Store, count: usize) {
    let saves: Vec<_> = (0..count).map(|number| store.save(push("a", "e", event(number)))).collect();
    futures_util::stream::iter(saves).buffered(1_000).for_each(async |saved| assert!(saved.is_ok())).await;
}

async fn bodies_are_whole(store: &Store, ids: impl Iterator<Item = i64>) {
    for id in ids {
        let body = store.body(id, Side::Request, 0..u64::MAX).await.unwrap();
        assert_eq!(body, event(id as usize - 1), "{id}");
    }
}

async fn number(store: &Store, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&store.readers).await.unwrap()
}

#[tokio::test]
async fn a_learnt_dictionary_makes_new_and_old_records_smaller_and_all_are_read_as_before() {
    let (folder, store) = store().await;
    filled(&store, 600).await;
    let before = number(&store, "SELECT sum(length(record)) FROM wire").await;
    assert!(store.learn(600).await.unwrap());
    assert!(!store.learn(600).await.unwrap(), "the same again does not pay");
    store.repack().await.unwrap();
    let after = number(&store, "SELECT sum(length(record)) FROM wire").await;
    assert!(after * 2 < before, "{after} bytes of {before}");
    let new = store.save(push("a", "e", event(600))).await.unwrap();
    assert!(number(&store, "SELECT length(record) FROM wire WHERE id = 601").await < before / 600);
    bodies_are_whole(&store, 1..=new).await;
    assert_eq!(store.exchange(5).await.unwrap().request.headers[1].value, "e");
    store.close().await;

    let path = folder.path().join("w.pushpull");
    let store = Store::open(&path).await.unwrap();
    assert!(store.dictionaries.current().is_some(), "it is there after opening again");
    bodies_are_whole(&store, 1..=new).await;
    let copy = folder.path().join("copy.pushpull");
    store.back_up(&copy, &|_, _| {}, &CancellationToken::new()).await.unwrap();
    bodies_are_whole(&Store::open(&copy).await.unwrap(), 1..=new).await;
    assert!(store.back_up(&copy, &|_, _| {}, &CancellationToken::new()).await.is_err(), "nothing is written over");
}

#[tokio::test]
async fn learning_and_repacking_go_on_beside_captures() {
    let (_folder, store) = store().await;
    let learning = store.start_learning();
    filled(&store, 1_500).await;
    let mut committed = store.committed();
    let repacked = async {
        while number(&store, "SELECT value FROM meta WHERE name = 'repacked'").await < 256 {
            committed.changed().await.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), repacked).await.expect("it learns and packs anew");
    learning.abort();
    bodies_are_whole(&store, 1..=1_500).await;
}

#[tokio::test]
async fn a_place_far_down_is_found_with_and_without_holes() {
    let (_folder, store) = store().await;
    for _ in 0..6 {
        let saves = (0..1_000).map(|_| store.save(push("a", "e", "")));
        futures_util::future::join_all(saves).await.into_iter().for_each(|saved| assert!(saved.is_ok()));
    }
    let mut expected: Vec<i64> = (1..=6_000).rev().collect();
    for _ in 0..2 {
        for from in [0, 1_500, 2_500, 3_333, 4_999, expected.len() - 3, 9_000] {
            let page = store.list(&query("", from as u64, 20, None)).await.unwrap();
            let ids: Vec<i64> = page.rows.iter().map(|row| row.id).collect();
            assert_eq!(ids, expected[from.min(expected.len())..(from + 20).min(expected.len())], "{from}");
        }
        let gone: Vec<i64> = (1..=6_000).filter(|id| id % 7 == 0 || (2_048..3_100).contains(id)).collect();
        store.remove(&gone).await.unwrap();
        expected.retain(|id| !gone.contains(id));
    }
}

#[tokio::test]
async fn what_is_removed_leaves_nothing_behind() {
    let (_folder, store) = store().await;
    filled(&store, 20).await;
    let mut big = push("a", "e", "");
    let mut spool = store.spool();
    let mut noise = vec![0; 6_000_000];
    getrandom::fill(&mut noise).unwrap();
    spool.write(noise.into()).await.unwrap();
    big.request.body = spool.finish().await.unwrap();
    let big = store.save(big).await.unwrap();
    store.finish_indexing().await.unwrap();
    assert_eq!(found(&store, "opened").await.len(), 20);
    let gone: Vec<i64> = (1..=10).chain([big]).collect();
    store.remove(&gone).await.unwrap();
    assert_eq!(found(&store, "").await.len(), 10);
    assert!(found(&store, "opened").await.iter().all(|id| *id > 10));
    let left = "SELECT (SELECT count(*) FROM chunk) + (SELECT count(*) FROM spool)
                     + (SELECT count(*) FROM wire WHERE id <= 10)";
    assert_eq!(number(&store, left).await, 0);
}

#[tokio::test]
async fn retention_takes_the_oldest_and_leaves_what_is_pinned() {
    let (_folder, store) = store().await;
    filled(&store, 700).await;
    store.pin(&[3, 650], true).await.unwrap();
    let most = Retention { exchanges: Some(100), ..Retention::default() };
    assert_eq!(store.retain(&most).await.unwrap(), 598);
    let left = store.ids("", i64::MAX, 0, 500).await.unwrap();
    assert_eq!((left.len(), &left[..2]), (102, &[3, 600][..]), "what is pinned is beside the limit");
    assert_eq!(number(&store, "SELECT count(*) FROM exchange WHERE pinned = 1").await, 2);
}

#[tokio::test]
async fn what_is_pinned_after_it_was_chosen_stays() {
    let (_folder, store) = store().await;
    filled(&store, 3).await;
    store.pin(&[2], true).await.unwrap();
    store.remove(&[1, 2]).await.unwrap();
    assert_eq!(store.ids("", i64::MAX, 0, 10).await.unwrap(), [2, 3]);
}

#[tokio::test]
async fn the_share_of_heads_is_told_by_records_that_are_there() {
    let (_folder, store) = store().await;
    filled(&store, 1).await;
    store.run("Going on", "UPDATE sqlite_sequence SET seq = 1000000000 WHERE name = 'exchange'".into()).await.unwrap();
    filled(&store, 1).await;
    store.remove(&[1]).await.unwrap();
    let size = store.size().await.unwrap();
    let heads = size.parts.iter().find(|part| part.name == "heads").unwrap();
    assert!(heads.bytes > 0, "{:?}", size.parts);
}

#[tokio::test]
async fn retention_by_age_takes_what_is_too_old_and_leaves_what_is_pinned() {
    let (_folder, store) = store().await;
    // The clock was wrong when the first came: it began in the future.
    for days in [-9, 9, 8, 3, 1, 0] {
        let started_at = crate::store::micros_now() - days * 24 * 60 * 60 * 1_000_000;
        store.save(NewExchange { started_at, ..push("a", "e", "") }).await.unwrap();
    }
    store.pin(&[3], true).await.unwrap();
    store.finish_indexing().await.unwrap();
    let week = Retention { days: Some(7), ..Retention::default() };
    assert_eq!(store.retain(&week).await.unwrap(), 1);
    assert_eq!(store.ids("", i64::MAX, 0, 10).await.unwrap(), [1, 3, 4, 5, 6]);
    assert_eq!(store.retain(&Retention { days: Some(2), ..week }).await.unwrap(), 1);
    assert_eq!(store.ids("", i64::MAX, 0, 10).await.unwrap(), [1, 3, 5, 6]);
    assert_eq!(store.retain(&Retention::default()).await.unwrap(), 0, "without a limit everything stays");
}

#[tokio::test]
async fn retention_by_size_makes_the_file_smaller() {
    let (_folder, store) = store().await;
    let mut noise = vec![0; 30_000];
    for _ in 0..600 {
        getrandom::fill(&mut noise).unwrap();
        store.save(push("a", "e", noise.clone())).await.unwrap();
    }
    store.write_log_back().await.unwrap();
    let before = std::fs::metadata(store.path()).unwrap().len();
    let most = Retention { bytes: Some(4 << 20), ..Retention::default() };
    let gone = store.retain(&most).await.unwrap();
    assert!((400..=500).contains(&gone), "{gone}");
    store.write_log_back().await.unwrap();
    let after = std::fs::metadata(store.path()).unwrap().len();
    assert!(after < before * 2 / 3 + (8 << 20), "{after} bytes of {before}");
    assert!(after < 14 << 20, "{after} bytes: no more than the limit and what is kept spare");
}

#[tokio::test]
async fn retention_by_size_takes_no_more_of_an_indexed_workspace_than_its_share() {
    let (_folder, store) = store().await;
    filled(&store, 4_000).await;
    store.finish_grouping().await.unwrap();
    store.finish_indexing().await.unwrap();
    let pages = store.pragma("page_count").await.unwrap() - store.free_pages().await.unwrap();
    let used = (pages * store.pragma("page_size").await.unwrap()) as u64;
    let most = Retention { bytes: Some(used / 2), ..Retention::default() };
    let gone = store.retain(&most).await.unwrap();
    assert!((1_500..=2_700).contains(&gone), "{gone} of 4,000 for half the size");
    let left: Vec<i64> = (gone as i64 + 1..=4_000).collect();
    bodies_are_whole(&store, left.iter().copied()).await;
    assert_eq!(store.ids("opened", i64::MAX, 0, 5_000).await.unwrap(), left, "the index knows those that are left");
    assert_eq!(store.retain(&most).await.unwrap(), 0, "it is enough");
}

#[tokio::test]
async fn compacting_gives_back_what_deleting_left_and_can_be_cancelled() {
    let (_folder, store) = store().await;
    filled(&store, 1_200).await;
    store.finish_indexing().await.unwrap();
    let half: Vec<i64> = (1..=600).collect();
    store.remove(&half).await.unwrap();
    let cancelled = CancellationToken::new();
    cancelled.cancel();
    store.compact(&|_, _| {}, &cancelled).await.unwrap();
    let free = store.free_pages().await.unwrap();
    assert!(free > 0);
    let told = std::sync::Mutex::new(Vec::new());
    let progress = |done, total| told.lock().unwrap().push((done, total));
    let (before, after) = store.compact(&progress, &CancellationToken::new()).await.unwrap();
    assert!(after < before, "{after} bytes of {before}");
    assert_eq!(store.free_pages().await.unwrap(), 0);
    assert!(told.lock().unwrap().is_sorted());
    bodies_are_whole(&store, 601..=1_200).await;
    assert_eq!(store.ids("opened", i64::MAX, 0, 5_000).await.unwrap().len(), 600);
    assert_eq!(
        sqlx::query_scalar::<_, String>("PRAGMA integrity_check").fetch_one(&store.readers).await.unwrap(),
        "ok"
    );
}

#[tokio::test]
async fn compacting_learns_from_what_is_stored_and_packs_all_of_it_anew() {
    let (_folder, store) = store().await;
    filled(&store, 600).await;
    let records = "SELECT sum(length(record)) FROM wire";
    let before = number(&store, records).await;
    let cancelled = CancellationToken::new();
    cancelled.cancel();
    store.compact(&|_, _| {}, &cancelled).await.unwrap();
    assert!(store.dictionaries.current().is_none() && number(&store, records).await == before, "it was cancelled");
    store.compact(&|_, _| {}, &CancellationToken::new()).await.unwrap();
    assert!(store.dictionaries.current().is_some(), "nothing else learns here");
    let after = number(&store, records).await;
    assert!(after * 2 < before, "{after} bytes of {before}");
    bodies_are_whole(&store, 1..=600).await;
}

#[tokio::test]
async fn the_parts_of_the_size_make_the_file() {
    let (_folder, store) = store().await;
    filled(&store, 400).await;
    store.finish_indexing().await.unwrap();
    store.write_log_back().await.unwrap();
    let size = store.size().await.unwrap();
    assert_eq!(size.parts.iter().map(|part| part.bytes).sum::<u64>(), size.file);
    assert!(size.parts.iter().all(|part| part.bytes < size.file));
    assert_eq!(size.sources[0].exchanges, 400);
    assert_eq!(size.sources[0].stored, size.stored);
    assert!(size.sources[0].bytes < size.stored);
}

#[tokio::test]
async fn a_push_waits_for_the_disk_and_what_we_sent_for_the_file() {
    let (_folder, store) = store().await;
    let before = store.committed().borrow().unsynced;
    let pull = || NewExchange { direction: Direction::Pull, origin: Origin::Sent, ..push("a", "e", "x") };
    for (new, waits) in [(pull(), 1), (push("a", "e", "x"), 2), (pull(), 1), (pull(), 1), (push("a", "e", "x"), 2)] {
        let direction = new.direction;
        store.save(new).await.unwrap();
        let (told, asked) = tokio::sync::oneshot::channel();
        store.writer.with_pen(move |pen| told.send(pen.synchronous()).unwrap()).await;
        assert_eq!(asked.await.unwrap(), waits, "{direction:?}");
    }
    assert_eq!(store.committed().borrow().unsynced - before, 3);
}

#[tokio::test]
async fn what_stands_behind_a_number_is_counted_without_walking_there() {
    let (_folder, store) = store().await;
    filled(&store, 3_100).await;
    let agree = async |when: &str| {
        for after in [0, 1, 5, 1_000, 1_023, 1_024, 1_025, 2_047, 2_500, 3_071, 3_072, 3_099, 3_100, i64::MAX] {
            let sql = format!("SELECT {}", crate::store::places::visible_after("$1"));
            let counted: i64 =
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(after).fetch_one(&store.readers).await.unwrap();
            let walked: i64 = sqlx::query_scalar("SELECT count(*) FROM exchange WHERE id > $1 AND deletion IS NULL")
                .bind(after)
                .fetch_one(&store.readers)
                .await
                .unwrap();
            assert_eq!(counted, walked, "after {after}, {when}");
        }
    };
    agree("all there").await;
    let gone = "DELETE FROM exchange WHERE id % 7 = 3 OR id BETWEEN 1020 AND 2060 OR id > 3080";
    store.run("Deleting", gone.into()).await.unwrap();
    agree("some deleted, the newest among them").await;
    store.run("Hiding", "UPDATE exchange SET deletion = 1 WHERE id % 5 = 0".into()).await.unwrap();
    agree("some hidden").await;
    store.run("Deleting", "DELETE FROM exchange".into()).await.unwrap();
    agree("none left").await;
}
