//! Searches that are remembered: how long they hold, and that they do.

use super::search::{counted, damage, gzip, push_with};
use super::*;
use crate::store::Doomed;
use tokio_util::sync::CancellationToken;

/// What a filter finds, asked until that is all. Nothing is walked or counted beside it.
async fn listed(store: &Store, filter: &str) -> Vec<i64> {
    loop {
        let page = store.list(&query(filter, 0, 500, None)).await.unwrap();
        if page.complete {
            return page.rows.iter().map(|row| row.id).collect();
        }
    }
}

/// A replay or a forward of a push that was answered with this status.
async fn forwarded(store: &Store, parent: i64, origin: Origin, status: u16) {
    let mut forward = push("a", "e", "another text");
    (forward.direction, forward.origin) = (Direction::Pull, origin);
    (forward.parent, forward.source, forward.status) = (Some(parent), None, Some(status));
    store.save(forward).await.unwrap();
}

/// Has everything that is stored looked at in the background, so that what a search found holds.
async fn settle(store: &Store) {
    store.finish_grouping().await.unwrap();
    let (from, upto) = (store.followed().await.unwrap(), store.newest().await.unwrap());
    store.keep_followed(from, upto, store.newest_change().await.unwrap(), Vec::new()).await.unwrap();
}

#[tokio::test]
async fn a_push_that_failed_is_found_until_a_replay_of_it_is_taken() {
    let (_folder, store) = store().await;
    let first = store.save(push("a", "e", "an invoice")).await.unwrap();
    let second = store.save(push("a", "e", "an invoice")).await.unwrap();
    for is_indexed in [false, true] {
        for text in ["invoice", "\"nvoic\""] {
            let (with, without) = (format!("is:failed {text}"), format!("-is:failed {text}"));
            settle(&store).await;
            assert_eq!(listed(&store, &with).await, [0; 0], "{with}, indexed: {is_indexed}");
            assert_eq!(listed(&store, &without).await, [second, first], "{without}, indexed: {is_indexed}");
            forwarded(&store, first, Origin::Forward, 500).await;
            settle(&store).await;
            assert_eq!(listed(&store, &with).await, [first], "{with}, indexed: {is_indexed}");
            assert_eq!(listed(&store, &without).await, [second], "{without}, indexed: {is_indexed}");
            forwarded(&store, first, Origin::Replay, 200).await;
        }
        store.finish_indexing().await.unwrap();
    }
}

#[tokio::test]
async fn what_becomes_of_a_forward_makes_no_other_search_begin_anew() {
    let (_folder, store) = store().await;
    let id = store.save(push("a", "e", "an invoice")).await.unwrap();
    settle(&store).await;
    assert_eq!(counted(&store, "\"nvoic\"").await, 1);
    damage(&store, id..=id).await;
    forwarded(&store, id, Origin::Forward, 500).await;
    assert_eq!(counted(&store, "\"nvoic\"").await, 1);
}

#[tokio::test]
async fn an_answer_that_a_saved_request_takes_is_found_by_its_number() {
    let (_folder, store) = store().await;
    let mut sent = push("a", "e", "an invoice");
    (sent.direction, sent.origin, sent.source) = (Direction::Pull, Origin::Sent, None);
    let answer = store.save(sent).await.unwrap();
    settle(&store).await;
    assert_eq!(listed(&store, "request:2 \"nvoic\"").await, [0; 0]);
    let saved = SaveRequest {
        id: None,
        parent: None,
        name: "r".into(),
        definition: serde_json::from_str(r#"{"method":"GET","url":"http://a"}"#).unwrap(),
        answers: vec![answer],
    };
    assert_eq!(store.save_request(saved).await.unwrap().id, 2);
    assert_eq!(listed(&store, "request:2 \"nvoic\"").await, [answer]);
}

#[tokio::test]
async fn the_next_push_of_a_delivery_is_found_as_its_first_once_the_first_is_gone() {
    let (_folder, store) = store().await;
    for _ in 0..3 {
        store.save(push("a", "e", "an invoice")).await.unwrap();
    }
    settle(&store).await;
    store.delete(&Doomed::Selection(vec![1]), &|_, _| {}, &CancellationToken::new()).await.unwrap();
    assert_eq!(listed(&store, "is:first \"nvoic\"").await, [0; 0], "it may be taken back");
    store.purge_due(i64::MAX / 2).await.unwrap();
    assert_eq!(listed(&store, "is:first \"nvoic\"").await, [2]);
    assert_eq!(listed(&store, "delivery:2 \"nvoic\"").await, [3, 2]);
}

#[tokio::test]
async fn as_many_searches_are_remembered_as_there_can_be_views() {
    let (_folder, store) = store().await;
    let id = store.save(push("a", "e", "an invoice")).await.unwrap();
    settle(&store).await;
    let filters: Vec<String> = (0..210).map(|number| format!("\"nvoic\" -\"{number} of them\"")).collect();
    for filter in &filters {
        assert_eq!(counted(&store, filter).await, 1);
    }
    damage(&store, id..=id).await;
    for filter in &filters {
        assert_eq!(counted(&store, filter).await, 1, "{filter} is not searched for again");
    }
}

#[tokio::test]
async fn a_search_that_takes_long_is_answered_with_what_it_has_found_and_goes_on() {
    let (_folder, store) = store().await;
    let packed = Bytes::from(gzip("a needle in the hay ".repeat(50_000).as_bytes()));
    let saves = (0..300).map(|_| store.save(push_with("Content-Encoding: gzip", packed.clone())));
    futures_util::future::join_all(saves).await.into_iter().for_each(|saved| assert!(saved.is_ok()));
    for (filter, all) in [("\"eedle\"", 300), ("-\"eedle\"", 0)] {
        let first = store.count(&CountQuery { filter: filter.into(), upto: None }).await.unwrap();
        assert!(!first.complete && first.rows < 300, "{filter}: {first:?}");
        assert_eq!(counted(&store, filter).await, all, "{filter}");
    }
}
