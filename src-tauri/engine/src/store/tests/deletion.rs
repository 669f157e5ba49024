//! Deleting, taking it back, and what is left.

use super::organise::assert_counts_are_right;
use super::*;
use crate::store::Doomed;
use tokio_util::sync::CancellationToken;

const LATER: i64 = i64::MAX / 2;

async fn delete(store: &Store, doomed: Doomed) -> (i64, u64) {
    store.delete(&doomed, &|_, _| {}, &CancellationToken::new()).await.unwrap()
}

/// Everything in the file that belongs to exchanges.
async fn kept_rows(store: &Store) -> [i64; 6] {
    let mut rows = [0; 6];
    for (place, table) in ["exchange", "wire", "chunk", "note", "tagged", "deletion"].into_iter().enumerate() {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        rows[place] = sqlx::query_scalar(sql).fetch_one(&store.readers).await.unwrap();
    }
    rows
}

async fn four(store: &Store) -> [i64; 4] {
    let mut ids = [0; 4];
    for (place, id) in ids.iter_mut().enumerate() {
        *id = store.save(push(if place % 2 == 0 { "a" } else { "b" }, "e", "some words")).await.unwrap();
    }
    ids
}

#[tokio::test]
async fn what_is_deleted_is_hidden_at_once_and_can_be_taken_back() {
    let (_folder, store) = store().await;
    let [one, two, three, four] = four(&store).await;
    assert_eq!(found(&store, "words").await, [four, three, two, one]);
    for is_indexed in [false, true] {
        let (id, hidden) = delete(&store, Doomed::Selection(vec![one, three])).await;
        assert_eq!(hidden, 2);
        for filter in ["", "words", "source:*", "\"ords\""] {
            assert_eq!(found(&store, filter).await, [four, two], "{filter}");
        }
        assert_eq!(store.sources().await.unwrap()[0].pushes, 0);
        if is_indexed {
            assert_counts_are_right(&store, "hidden").await;
        }
        assert_eq!(store.undo_deletion(id).await.unwrap(), 2);
        assert_eq!(found(&store, "words").await, [four, three, two, one]);
        if is_indexed {
            assert_counts_are_right(&store, "shown again").await;
        }
        assert!(matches!(store.undo_deletion(id).await, Err(StoreError::NotFound(_))));
        if !is_indexed {
            store.finish_indexing().await.unwrap();
        }
    }
}

/// Fills the list with so many pushes whose words are in the index, without what was on the wire.
async fn fill(store: &Store, count: i64, words: &str) {
    let sql = format!(
        "INSERT INTO exchange (direction, origin, started_at, method, path, request_size, response_size, marks)
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count})
         SELECT 0, 0, n, 'POST', '/', 0, 0, 0 FROM n;
         INSERT INTO search (rowid, text) SELECT id, '{words} ' || id FROM exchange;
         UPDATE meta SET value = {count} WHERE name IN ('indexed', 'grouped', 'followed')"
    );
    store.run("Filling", sql).await.unwrap();
    store.indexed.store(count, std::sync::atomic::Ordering::Release);
}

#[tokio::test]
async fn words_are_walked_along_the_index() {
    let (_folder, store) = store().await;
    fill(&store, 50_000, "order paid").await;
    let last = store.save(push("a", "e", "order paid")).await.unwrap();
    let start = std::time::Instant::now();
    let (mut walked, mut after) = (0, 0);
    loop {
        let ids = store.ids("ord paid", i64::MAX, after, 1_000).await.unwrap();
        let Some(&end) = ids.last() else { break };
        (walked, after) = (walked + ids.len(), end);
    }
    assert_eq!((walked, after), (50_001, last), "and then what is not indexed yet");
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_deletion_is_cancelled_while_it_still_searches() {
    let (_folder, store) = store().await;
    let saves = (0..1_001).map(|_| store.save(push("a", "e", "it is found")));
    futures_util::future::join_all(saves).await.into_iter().for_each(|saved| assert!(saved.is_ok()));
    let (cancel, steps) = (CancellationToken::new(), std::sync::atomic::AtomicU32::new(0));
    let progress = |hidden, _| {
        assert!(hidden < 1_001, "there is more to find");
        steps.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        cancel.cancel();
    };
    let deleted = store.delete(&Doomed::Filter("\"t is foun\"".into(), None), &progress, &cancel).await;
    assert_eq!(steps.into_inner(), 1, "nothing more is found once it is cancelled");
    assert_eq!(deleted.unwrap().1, 0);
    assert_eq!(store.count(&CountQuery { filter: String::new(), upto: None }).await.unwrap().rows, 1_001);
}

#[tokio::test]
async fn what_came_after_the_newest_of_a_view_is_not_deleted_with_it() {
    let (_folder, store) = store().await;
    let [_, two, three, four] = four(&store).await;
    for filter in ["words", "source:*"] {
        let (id, hidden) = delete(&store, Doomed::Filter(filter.into(), Some(two))).await;
        assert_eq!((hidden, found(&store, "").await), (2, vec![four, three]), "{filter}");
        store.undo_deletion(id).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_hidden_before_it_is_indexed_is_found_when_it_is_shown_again() {
    let (_folder, store) = store().await;
    let [one, ..] = four(&store).await;
    let (id, _) = delete(&store, Doomed::Filter("source:a".into(), None)).await;
    store.finish_indexing().await.unwrap();
    assert_counts_are_right(&store, "hidden, then indexed").await;
    store.undo_deletion(id).await.unwrap();
    assert_counts_are_right(&store, "shown again").await;
    assert!(found(&store, "words").await.contains(&one));
}

#[tokio::test]
async fn ten_seconds_later_nothing_is_left_of_it() {
    let (folder, store) = store().await;
    let [one, two, ..] = four(&store).await;
    let mut spool = store.spool();
    spool.write(Bytes::from(vec![7; 600_000])).await.unwrap();
    let mut big = push("a", "e", "");
    big.request.body = spool.finish().await.unwrap();
    let big = store.save(big).await.unwrap();
    store.finish_indexing().await.unwrap();
    store.save_note(one, "note".into()).await.unwrap();
    store.tag(&[one, big], vec!["tag".into()], vec![]).await.unwrap();
    let (id, hidden) = delete(&store, Doomed::Filter("source:a".into(), None)).await;
    assert_eq!(hidden, 3);
    let due = store.purge_due(super::super::micros_now()).await.unwrap().expect("it is not due yet");
    assert_eq!(kept_rows(&store).await, [5, 5, 3, 1, 2, 1]);
    store.close().await;

    // Opened again, whatever ran before: it stays hidden, and goes when it is due.
    let store = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    assert_eq!(found(&store, "").await.len(), 2);
    let now = super::super::micros_now();
    assert!(due > now - 60_000_000 && due < now + 60_000_000);
    store.run("Waiting", format!("UPDATE deletion SET due_at = {now}")).await.unwrap();
    let mut committed = store.committed();
    let purging = store.start_purging();
    let gone = async {
        while kept_rows(&store).await[5] > 0 {
            committed.changed().await.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), gone).await.expect("it is purged");
    purging.abort();
    assert_eq!(kept_rows(&store).await, [2, 2, 0, 0, 0, 0]);
    assert_counts_are_right(&store, "purged").await;
    assert!(matches!(store.undo_deletion(id).await, Err(StoreError::NotFound(_))));
    assert!(store.exchange(one).await.is_err());
    assert!(found(&store, "words").await.contains(&two));
    let integrity: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&store.readers).await.unwrap();
    assert_eq!(integrity, "ok");
    assert_eq!(store.purge_due(LATER).await.unwrap(), None);
}

#[tokio::test]
async fn the_newest_number_stays_when_its_exchange_is_gone() {
    let (_folder, store) = store().await;
    let [.., four] = four(&store).await;
    delete(&store, Doomed::Selection(vec![four])).await;
    store.run("Waiting", "UPDATE deletion SET due_at = 0".into()).await.unwrap();
    store.purge_due(1).await.unwrap();
    let stored = store.stored().await.unwrap();
    assert_eq!((stored.exchanges, stored.newest), (3, four), "who has seen it must not think of another workspace");
}

#[tokio::test]
async fn an_undo_that_is_cut_off_is_finished_at_the_next_start_and_deletes_nothing() {
    let (folder, store) = store().await;
    for _ in 0..4 {
        let saves = (0..1_500).map(|_| store.save(push("a", "e", "")));
        futures_util::future::join_all(saves).await.into_iter().for_each(|saved| assert!(saved.is_ok()));
    }
    let (id, _) = delete(&store, Doomed::Filter(String::new(), None)).await;
    let shown = async || {
        let query = CountQuery { filter: String::new(), upto: None };
        store.count(&query).await.unwrap().rows
    };
    let mut committed = store.committed();
    // The first takes it from the purge, the next shows some of it.
    let some = committed.borrow_and_update().commits + 2;
    tokio::select! {
        undone = store.undo_deletion(id) => panic!("{undone:?} before it could be cut off"),
        begun = committed.wait_for(|done| done.commits >= some) => drop(begun.unwrap()),
    }
    assert!(shown().await > 0);
    assert!(shown().await < 6_000);
    store.close().await;

    let store = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    store.purge_due(LATER).await.unwrap();
    assert_eq!(kept_rows(&store).await[0], 6_000, "what was taken back is never due");
    let mut committed = store.committed();
    let purging = store.start_purging();
    let finished = async {
        while kept_rows(&store).await[5] > 0 {
            committed.changed().await.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), finished).await.expect("it is finished");
    purging.abort();
    assert_eq!(store.stored().await.unwrap().exchanges, 6_000);
}

#[tokio::test]
async fn a_deletion_that_is_cancelled_deletes_nothing() {
    let (_folder, store) = store().await;
    let ids = four(&store).await;
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let deleted =
        store.delete(&Doomed::Filter(String::new(), None), &move |_, _| stop.cancel(), &cancel).await.unwrap();
    assert_eq!(deleted.1, 0);
    assert_eq!(found(&store, "").await.len(), ids.len());
    assert!(
        store.delete(&Doomed::Filter("is:nothing".into(), None), &|_, _| {}, &CancellationToken::new()).await.is_err()
    );
    assert_eq!(kept_rows(&store).await[5], 0);
}

/// Lets no row be shown again, as a disk does that is full, until it is lifted.
const FULL: &str = "CREATE TRIGGER full BEFORE UPDATE OF deletion ON exchange WHEN NEW.deletion IS NULL
                    BEGIN SELECT RAISE(ABORT, 'full'); END";

#[tokio::test]
async fn an_undo_that_fails_is_tried_again_while_the_workspace_is_open() {
    let (_folder, store) = store().await;
    let ids = four(&store).await;
    let (id, _) = delete(&store, Doomed::Filter(String::new(), None)).await;
    store.run("Filling", FULL.into()).await.unwrap();
    assert!(store.undo_deletion(id).await.is_err());
    let purging = store.start_purging();
    store.save(push("a", "e", "")).await.unwrap(); // whoever purges has seen that it can't be shown
    store.run("Making room", "DROP TRIGGER full".into()).await.unwrap();
    until_none_is_deleted(&store).await;
    purging.abort();
    assert_eq!(store.stored().await.unwrap().exchanges, ids.len() as u64 + 1);
    assert_eq!(found(&store, "").await.len(), ids.len() + 1);
}

#[tokio::test]
async fn a_deletion_that_was_broken_off_is_shown_again_and_never_purged() {
    let (_folder, store) = store().await;
    let ids = four(&store).await;
    store.run("Filling", FULL.into()).await.unwrap();
    let full = "CREATE TRIGGER fuller BEFORE UPDATE ON deletion WHEN NEW.due_at IS NULL BEGIN SELECT RAISE(ABORT, 'full'); END";
    store.run("Filling", full.into()).await.unwrap();
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let deleted = store.delete(&Doomed::Filter(String::new(), None), &move |_, _| stop.cancel(), &cancel).await;
    assert!(deleted.is_err(), "{deleted:?}");
    assert_eq!(found(&store, "").await, [0_i64; 0]);
    assert_eq!(store.purge_due(0).await.unwrap(), None, "it is never due");
    store.run("Making room", "DROP TRIGGER full; DROP TRIGGER fuller".into()).await.unwrap();
    store.run("Waiting", "UPDATE deletion SET due_at = -1".into()).await.unwrap();
    let purging = store.start_purging();
    until_none_is_deleted(&store).await;
    purging.abort();
    assert_eq!(found(&store, "").await.len(), ids.len());
}

#[tokio::test]
async fn a_deletion_whose_process_ended_before_it_was_whole_is_shown_again_when_its_time_is_up() {
    let (_folder, store) = store().await;
    let ids = four(&store).await;
    store.run("Beginning", "INSERT INTO deletion (id, due_at) VALUES (7, -1)".into()).await.unwrap();
    store.run("Beginning", "UPDATE exchange SET deletion = 7 WHERE id > 2".into()).await.unwrap();
    assert_eq!(found(&store, "").await.len(), 2);
    let purging = store.start_purging();
    until_none_is_deleted(&store).await;
    purging.abort();
    assert_eq!(found(&store, "").await.len(), ids.len());
}

async fn until_none_is_deleted(store: &Store) {
    let mut committed = store.committed();
    let none = async {
        while kept_rows(store).await[5] > 0 {
            committed.changed().await.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), none).await.expect("it is finished");
}

#[tokio::test]
async fn a_search_that_is_remembered_knows_what_was_deleted_shown_again_and_taken_away() {
    let (folder, store) = store().await;
    let [one, two, three, four] = four(&store).await;
    for filter in ["words", "\"ords\""] {
        assert_eq!(found(&store, filter).await, [four, three, two, one]);
    }
    let shows = async |ids: &[i64], when: &str| {
        for filter in ["words", "\"ords\""] {
            assert_eq!(found(&store, filter).await, ids, "{filter}, {when}");
            let query = CountQuery { filter: filter.into(), upto: None };
            assert_eq!(store.tallies(&query).await.unwrap().pushes, ids.len() as u64, "{filter}, {when}");
        }
    };
    let (first, _) = delete(&store, Doomed::Selection(vec![one])).await;
    shows(&[four, three, two], "one is deleted").await;
    delete(&store, Doomed::Selection(vec![two])).await;
    shows(&[four, three], "two are").await;
    store.undo_deletion(first).await.unwrap();
    shows(&[four, three, one], "the first is taken back").await;
    store.run("Waiting", "UPDATE deletion SET due_at = 0".into()).await.unwrap();
    store.purge_due(1).await.unwrap();
    shows(&[four, three, one], "nothing is hidden any more").await;
    store.remove(&[three]).await.unwrap();
    shows(&[four, one], "one is taken away").await;
    let other = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    other.remove(&[one]).await.unwrap();
    shows(&[four], "another process takes one away").await;
}
