//! Views, tallies and bars over time.

use super::*;
use crate::api::{HistogramQuery, MoveView, SaveView, Tallies};
use crate::exchange::FailureKind;

#[tokio::test]
async fn views_keep_their_order_and_refuse_what_cannot_be_read() {
    let (_folder, store) = store().await;
    let save = |name: &str, filter: &str| SaveView { id: None, name: name.into(), filter: filter.into() };
    let failing = store.save_view(save("Failing", "is:failed since:today")).await.unwrap();
    let pinned = store.save_view(save(" Pinned ", "is:pinned")).await.unwrap();
    let all = store.save_view(save("All", "")).await.unwrap();
    store.move_view(MoveView { id: all.id, before: Some(failing.id) }).await.unwrap();
    store.save_view(SaveView { id: Some(pinned.id), name: "Kept".into(), filter: "is:pinned".into() }).await.unwrap();
    let names = async || store.views().await.unwrap().into_iter().map(|view| view.name).collect::<Vec<_>>();
    assert_eq!(names().await, ["All", "Failing", "Kept"]);
    store.delete_view(failing.id).await.unwrap();
    assert_eq!(names().await, ["All", "Kept"]);
    assert!(matches!(store.save_view(save("Wrong", "is:nothing")).await, Err(StoreError::Invalid(_))));
    assert!(matches!(store.save_view(save(" ", "")).await, Err(StoreError::Invalid(_))));
    let gone = SaveView { id: Some(failing.id), name: "Gone".into(), filter: String::new() };
    assert!(matches!(store.save_view(gone).await, Err(StoreError::NotFound(_))));
}

#[tokio::test]
async fn views_ask_for_a_source_by_its_new_name() {
    let (_folder, store) = store().await;
    for source in ["old", "other", "gone"] {
        store.save(push(source, "e", "")).await.unwrap();
    }
    let mut ids = Vec::new();
    for filter in
        ["is:failed  -source:\"Old\" x", "source:old* source:other \"source:old\" body.a:source:old", "source:gone"]
    {
        let save = SaveView { id: None, name: "V".into(), filter: filter.into() };
        ids.push(store.save_view(save).await.unwrap().id);
    }
    let filters = async || store.views().await.unwrap().into_iter().map(|view| view.filter).collect::<Vec<_>>();
    let renamed = async |from: &str, to: &str| store.rename_source(from.into(), to.into()).await.unwrap();
    renamed("other", "it's \"new\"").await;
    renamed("old", "new").await;
    assert_eq!(
        filters().await[..2],
        ["is:failed  -source:new x", r#"source:old* source:"it's \"new\"" "source:old" body.a:source:old"#]
    );
    // A deleted source that gives up its name is found under its other one.
    store.delete_source("gone".into()).await.unwrap();
    renamed("new", "gone").await;
    assert_eq!(filters().await[2], "source:\"gone (deleted, 3)\"");
    assert_eq!(found(&store, &filters().await[2]).await, [3]);
    assert_eq!(filters().await[0], "is:failed  -source:gone x");
    // Another source answers to the name, so the view goes on asking for that.
    store.save(push("GONE", "e", "")).await.unwrap();
    renamed("gone", "last").await;
    assert_eq!(filters().await[0], "is:failed  -source:gone x");
}

/// Bars over everything that a filter finds.
async fn bars(store: &Store, filter: &str) -> Vec<(u64, u64, u64)> {
    let query = HistogramQuery { filter: filter.into(), upto: None, since: None, until: None, bars: 10 };
    let mut histogram = store.histogram(&query).await.unwrap();
    while !histogram.complete {
        histogram = store.histogram(&query).await.unwrap();
    }
    histogram.bars.iter().map(|bar| (bar.pushes, bar.pulls, bar.failed)).collect()
}

#[tokio::test]
async fn a_part_of_the_time_is_drawn_from_its_first_moment_up_to_its_end() {
    const MINUTE: i64 = 60_000_000;
    let begin = 1_795_000_000_000_000 / MINUTE * MINUTE;
    let (_folder, store) = store().await;
    for minute in 0..10 {
        store.save(NewExchange { started_at: begin + minute * MINUTE, ..push("a", "e", "") }).await.unwrap();
    }
    for is_indexed in [false, true] {
        if is_indexed {
            store.finish_indexing().await.unwrap();
        }
        for (since, until, drawn) in [
            (None, None, (0, 10, 10)),
            (Some(4), None, (4, 10, 6)),
            (None, Some(4), (0, 4, 4)),
            (Some(2), Some(7), (2, 7, 5)),
            (Some(-5), Some(5), (-5, 5, 5)),
            (Some(20), Some(25), (20, 25, 0)),
        ] {
            for filter in ["", "source:a"] {
                let at = |minute: i64| begin + minute * MINUTE;
                let (since, until) = (since.map(at), until.map(at));
                let query = HistogramQuery { filter: filter.into(), upto: None, since, until, bars: 10 };
                let crate::api::Histogram { from, width, bars, .. } = store.histogram(&query).await.unwrap();
                let end = from + width * bars.len() as i64;
                let pushes = bars.iter().map(|bar| bar.pushes).sum::<u64>();
                let got = ((from - begin) / MINUTE, (end - begin) / MINUTE, pushes);
                assert_eq!(got, drawn, "{since:?} to {until:?}, {filter:?}, indexed: {is_indexed}");
            }
        }
        let nothing = HistogramQuery {
            filter: String::new(),
            upto: None,
            since: Some(begin + MINUTE),
            until: Some(begin + MINUTE),
            bars: 10,
        };
        assert_eq!(store.histogram(&nothing).await.unwrap().bars, [], "it ends where it begins");
    }
}

#[tokio::test]
async fn bars_of_days_begin_at_the_users_midnight() {
    const HOUR: i64 = 3_600_000_000;
    let (_folder, store) = store().await;
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_microsecond();
    for moment in ["2026-11-20T22:59:59Z", "2026-11-20T23:00:00Z", "2026-11-21T22:59:59Z", "2026-11-24T12:00:00Z"] {
        store.save(NewExchange { started_at: at(moment), ..push("a", "e", "") }).await.unwrap();
    }
    let query = HistogramQuery { filter: String::new(), upto: None, since: None, until: None, bars: 5 };
    for is_indexed in [false, true] {
        if is_indexed {
            store.finish_indexing().await.unwrap();
        }
        for (zone, start, first) in [
            ("UTC0", "2026-11-20T00:00:00Z", [2, 1, 0, 0, 1]),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-11-19T23:00:00Z", [1, 2, 0, 0, 1]),
            ("IST-5:30", "2026-11-20T18:30:00Z", [2, 1, 0, 1, 0]),
            ("EST5EDT,M3.2.0,M11.1.0", "2026-11-20T05:00:00Z", [2, 1, 0, 0, 1]),
        ] {
            let zone_of = jiff::tz::TimeZone::posix(zone).unwrap();
            let drawn = store.histogram_in(&query, &zone_of).await.unwrap();
            assert_eq!((drawn.from, drawn.width), (at(start), 24 * HOUR), "{zone}, indexed: {is_indexed}");
            let mut pushes: Vec<u64> = drawn.bars.iter().map(|bar| bar.pushes).collect();
            pushes.resize(5, 0);
            assert_eq!(pushes, first, "{zone}, indexed: {is_indexed}");
        }
    }
    // Where the clocks were changed in between, the time at the end holds.
    let zone = jiff::tz::TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let summer = HistogramQuery { since: Some(at("2026-10-20T12:00:00Z")), bars: 60, ..query };
    let from = store.histogram_in(&summer, &zone).await.unwrap().from;
    assert_eq!(from, at("2026-10-19T23:00:00Z"));
}

#[tokio::test]
async fn bars_and_tallies_are_the_same_however_they_are_counted() {
    let (_folder, store) = store().await;
    assert!(bars(&store, "").await.is_empty());
    for minute in 0..10 {
        for push_of_minute in 0..=minute % 3 {
            let mut new = push(if minute < 5 { "a" } else { "b" }, "e", "word");
            new.started_at += minute * 60_000_000 + push_of_minute;
            if minute == 4 {
                new.status = Some(500);
            }
            if minute == 7 {
                new.direction = Direction::Pull;
            }
            store.save(new).await.unwrap();
        }
    }
    let expected =
        [(1, 0, 0), (2, 0, 0), (3, 0, 0), (1, 0, 0), (2, 0, 2), (3, 0, 0), (1, 0, 0), (0, 2, 0), (3, 0, 0), (1, 0, 0)];
    let tallies = Tallies { pushes: 17, pulls: 2, failed: 2, unread: 17, complete: true };
    for is_indexed in [false, true] {
        if is_indexed {
            store.finish_indexing().await.unwrap();
        }
        let store = Store { searches: Arc::default(), ..store.clone() };
        for filter in ["", "source:*", "word", "\"ord\""] {
            let drawn = bars(&store, filter).await;
            assert_eq!(drawn.iter().map(|bar| bar.0 + bar.1).sum::<u64>(), 19, "{filter}: {drawn:?}");
            // Not indexed, the span is exact, so bars may start within a minute.
            if is_indexed {
                assert_eq!(drawn, expected, "{filter}");
            }
            let query = CountQuery { filter: filter.into(), upto: None };
            let mut counted = store.tallies(&query).await.unwrap();
            while !counted.complete {
                counted = store.tallies(&query).await.unwrap();
            }
            assert_eq!(counted, tallies, "{filter}");
        }
        let first_minute = 1_795_000_000_000_000 / 60_000_000 * 60_000_000;
        let part = HistogramQuery {
            filter: "source:a".into(),
            upto: Some(5),
            since: Some(first_minute + 60_000_000),
            until: Some(first_minute + 180_000_000),
            bars: 2,
        };
        let part = store.histogram(&part).await.unwrap();
        assert_eq!((part.width, part.bars.len()), (60_000_000, 2));
        assert_eq!((part.bars[0].pushes, part.bars[1].pushes), (2, 2));
    }
}

#[tokio::test]
async fn a_push_whose_sender_had_left_counts_as_failed_from_then_on() {
    for indexed in [false, true] {
        let (_folder, store) = store().await;
        let id = store.save(push("a", "e", "word")).await.unwrap();
        if indexed {
            store.finish_indexing().await.unwrap();
        }
        for (filter, before) in [("", 0), ("word", 0), ("word is:failed", 0)] {
            let query = CountQuery { filter: filter.into(), upto: None };
            assert_eq!(store.tallies(&query).await.unwrap().failed, before, "{filter}");
        }
        for _ in 0..2 {
            store.note_missed(vec![(id, FailureKind::Left)]).await.unwrap();
        }
        for filter in ["", "word", "word is:failed"] {
            let query = CountQuery { filter: filter.into(), upto: None };
            assert_eq!(store.tallies(&query).await.unwrap().failed, 1, "{filter}, indexed: {indexed}");
        }
        store.finish_indexing().await.unwrap();
        assert_eq!(bars(&store, "").await.iter().map(|bar| bar.2).sum::<u64>(), 1);
        assert_eq!(store.exchange(id).await.unwrap().summary.failure, Some(FailureKind::Left));
    }
}

#[tokio::test]
async fn bars_and_tallies_of_a_word_count_what_came_since() {
    let (_folder, store) = store().await;
    for filter in ["words", "\"ords\"", "header.x-kind:e"] {
        let query = CountQuery { filter: filter.into(), upto: None };
        let before = store.tallies(&query).await.unwrap().pushes;
        assert_eq!(bars(&store, filter).await.iter().map(|bar| bar.0).sum::<u64>(), before, "{filter}");
        store.save(push("a", "e", "some words")).await.unwrap();
        assert_eq!(store.tallies(&query).await.unwrap().pushes, before + 1, "{filter}");
        assert_eq!(bars(&store, filter).await.iter().map(|bar| bar.0).sum::<u64>(), before + 1, "{filter}");
    }
}
