//! Deliveries of very many pushes: a load test that sends the same body, a heartbeat.

use super::deliveries::arrived;
use super::*;
use crate::exchange::Repeat;
use crate::store::grouping::MOST;
use std::time::{Duration, Instant};

/// What takes longer walks over more than a delivery's pushes; it is a fortieth of this where the machine is quiet.
const AT_ONCE: Duration = Duration::from_secs(1);

/// 100,000 equal pushes, all of them one delivery, as they stood in a file before deliveries were held to [`MOST`].
const LONG: &str = "
    INSERT INTO source (id, name, created_at) VALUES (1, 'shop', 0);
    WITH RECURSIVE numbers(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM numbers WHERE id < 100000)
    INSERT INTO exchange (id, direction, origin, started_at, duration, method, path, source_id, status, request_size,
                          response_size, marks, delivery, repeats, attempt)
        SELECT id, 0, 0, 1795000000000000 + id * 1000000, 1000, 'POST', '/in/shop', 1, 200, 2, 3, 0,
               iif(id = 1, NULL, 1), iif(id = 1, NULL, 2), iif(id = 1, NULL, id) FROM numbers;
    INSERT INTO event_key SELECT id, 7, 7 FROM exchange;
    UPDATE meta SET value = 100000 WHERE name IN ('indexed', 'followed', 'grouped', 'repacked', 'read_upto', 'pushes');";

#[tokio::test]
async fn one_of_very_many_pushes_is_read_listed_told_and_taken_away_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.pushpull");
    open::make_old(&path, 12, LONG).await;
    let store = Store::open(&path).await.unwrap();
    let longest = "SELECT max(pushes) FROM (SELECT count(*) AS pushes FROM exchange GROUP BY coalesce(delivery, id))";
    let longest: i64 = sqlx::query_scalar(longest).fetch_one(&store.readers).await.unwrap();
    assert_eq!(longest, MOST);
    let heads = store.count(&CountQuery { filter: "is:first".into(), upto: None }).await.unwrap().rows;
    assert_eq!(heads, 100_000 / MOST as u64);

    let in_time = |began: Instant, what: &str| assert!(began.elapsed() < AT_ONCE, "{what}: {:?}", began.elapsed());
    let began = Instant::now();
    let page = store.list(&query("", 0, 200, None)).await.unwrap();
    in_time(began, "a page");
    assert!(page.rows.iter().all(|row| row.delivery.is_some_and(|mark| i64::from(mark.pushes) == MOST)));
    let began = Instant::now();
    let told = store.repeats_between(100_000 - 128, 100_000).await.unwrap();
    in_time(began, "the feed");
    assert_eq!(told.len(), MOST as usize, "its delivery, the first push and all others");
    let began = Instant::now();
    assert_eq!(store.remove(&(1..=32).collect::<Vec<_>>()).await.unwrap(), 32);
    in_time(began, "what goes");
    let mark = store.summary(MOST).await.unwrap().delivery.unwrap();
    assert_eq!((mark.first, i64::from(mark.pushes)), (33, MOST - 32));
}

#[tokio::test]
async fn another_delivery_begins_where_one_is_full_and_its_pushes_are_repeats_all_the_same() {
    let (_folder, store) = store().await;
    for (headers, name) in [("X-Nobody: 1", "body"), ("X-GitHub-Event: push\r\nX-GitHub-Delivery: d1", "number")] {
        let before = store.newest().await.unwrap();
        let mut new = push("shop", "e", "{}");
        new.request.head = Bytes::from(format!("POST /in/shop HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n"));
        let saves = (0..MOST).map(|_| store.save(new.clone()));
        futures_util::future::join_all(saves).await.into_iter().for_each(|saved| assert!(saved.is_ok()));
        store.finish_grouping().await.unwrap();
        let last = store.summary(before + MOST).await.unwrap().delivery.unwrap();
        assert_eq!((last.first, i64::from(last.pushes)), (before + 1, MOST), "{name}");
        let next = arrived(&store, headers, "{}", 1, Some(200)).await;
        let mark = store.summary(next).await.unwrap().delivery.unwrap();
        assert_eq!((mark.first, mark.pushes, mark.repeat), (next, 1, Some(Repeat::Duplicate)), "{name}");
        assert_eq!(mark.attempt, Some(MOST as u32 + 1), "{name}");
        let after = arrived(&store, headers, "{}", 2, Some(200)).await;
        let mark = store.summary(after).await.unwrap().delivery.unwrap();
        assert_eq!((mark.first, mark.pushes), (next, 2), "{name}");
        assert_eq!(store.delivery(before + 1).await.unwrap().attempts.len(), MOST as usize, "{name}");
    }
}
