//! What an exchange is best held against: the one before it of its kind.

use super::*;

/// A call of a saved request, or of none.
fn pull(request: Option<i64>, method: &str, url: &str) -> NewExchange {
    NewExchange {
        direction: Direction::Pull,
        origin: Origin::Sent,
        method: method.into(),
        url: url.into(),
        source: None,
        makes_source: true,
        event_type: None,
        request_id: request,
        ..push("a", "e", "")
    }
}

async fn before(store: &Store, exchange: NewExchange) -> Option<i64> {
    let id = store.save(exchange).await.unwrap();
    store.previous(id).await.unwrap()
}

#[tokio::test]
async fn an_event_is_held_against_the_newest_earlier_one_of_its_source_and_type() {
    let (_folder, store) = store().await;
    assert_eq!(before(&store, push("shop", "paid", "1")).await, None);
    assert_eq!(before(&store, push("shop", "refunded", "2")).await, None, "another type");
    assert_eq!(before(&store, push("other", "paid", "3")).await, None, "another source");
    assert_eq!(before(&store, push("shop", "paid", "4")).await, Some(1));
    assert_eq!(before(&store, push("shop", "paid", "5")).await, Some(4), "the newest of them");
    assert_eq!(store.previous(4).await.unwrap(), Some(1), "and none that came later");
    assert_eq!(store.previous(1).await.unwrap(), None);
}

#[tokio::test]
async fn a_call_is_held_against_the_one_before_it_of_the_same_request() {
    let (_folder, store) = store().await;
    let definition: RequestDefinition = serde_json::from_str(r#"{"method":"GET","url":"https://a.example"}"#).unwrap();
    let save = SaveRequest { id: None, parent: None, name: "one".into(), definition, answers: Vec::new() };
    let request = store.save_request(save).await.unwrap().id;
    assert_eq!(before(&store, pull(Some(request), "GET", "https://a.example/1")).await, None);
    assert_eq!(before(&store, pull(None, "GET", "https://a.example/2")).await, None);
    assert_eq!(before(&store, pull(Some(request), "POST", "https://a.example/3")).await, Some(1), "edited meanwhile");
}

#[tokio::test]
async fn what_has_no_type_is_held_against_what_went_to_the_same_place() {
    let (_folder, store) = store().await;
    let untyped = |source: &str| NewExchange { event_type: None, ..push(source, "", "") };
    assert_eq!(before(&store, untyped("a")).await, None);
    assert_eq!(before(&store, push("a", "typed", "")).await, None);
    assert_eq!(before(&store, untyped("b")).await, None, "another source");
    assert_eq!(before(&store, NewExchange { method: "PUT".into(), ..untyped("a") }).await, None, "another method");
    assert_eq!(before(&store, untyped("a")).await, Some(1));
    assert_eq!(before(&store, pull(None, "GET", "https://a.example/x?b=1")).await, None);
    assert_eq!(before(&store, pull(None, "GET", "https://b.example/x?b=1")).await, None, "another host");
    assert_eq!(before(&store, pull(None, "GET", "https://a.example/x?b=1")).await, Some(6));
}

#[tokio::test]
async fn what_is_deleted_is_not_held_against() {
    let (_folder, store) = store().await;
    let untyped = || NewExchange { event_type: None, ..push("b", "", "") };
    for exchange in [push("a", "paid", "1"), push("a", "paid", "2"), untyped(), untyped()] {
        store.save(exchange).await.unwrap();
    }
    let doomed = crate::store::Doomed::Selection(vec![2, 4]);
    store.delete(&doomed, &|_, _| {}, &tokio_util::sync::CancellationToken::new()).await.unwrap();
    assert_eq!(before(&store, push("a", "paid", "3")).await, Some(1));
    assert_eq!(before(&store, untyped()).await, Some(3));
}

#[tokio::test]
async fn another_try_of_the_same_event_is_not_held_against() {
    let (_folder, store) = store().await;
    for body in ["1", "2", "2", "2"] {
        store.save(NewExchange { status: Some(500), ..push("shop", "paid", body) }).await.unwrap();
    }
    store.finish_grouping().await.unwrap();
    assert_eq!(found(&store, "is:retry").await, [4, 3]);
    assert_eq!(store.previous(4).await.unwrap(), Some(1));
    assert_eq!(store.previous(2).await.unwrap(), Some(1));
}

#[tokio::test]
async fn after_redirects_the_last_answers_are_held_against_each_other_and_each_hop_against_the_same_one() {
    let (_folder, store) = store().await;
    let definition: RequestDefinition = serde_json::from_str(r#"{"method":"GET","url":"https://a.example"}"#).unwrap();
    let save = SaveRequest { id: None, parent: None, name: "one".into(), definition, answers: Vec::new() };
    let request = Some(store.save_request(save).await.unwrap().id);
    let mut newest = 0;
    let mut send = async |request: Option<i64>, hops: i64| {
        for hop in 0..hops {
            let (origin, parent) = if hop == 0 { (Origin::Sent, None) } else { (Origin::Redirect, Some(newest)) };
            let exchange = NewExchange { origin, parent, ..pull(request, "GET", "https://a.example/") };
            newest = store.save(exchange).await.unwrap();
        }
    };
    send(request, 2).await; // 1, 2
    send(request, 2).await; // 3, 4
    send(request, 1).await; // 5
    send(request, 3).await; // 6, 7, 8
    // Of no saved request, to the same place.
    send(None, 2).await; // 9, 10
    send(None, 2).await; // 11, 12
    for (id, previous) in [
        (1, None),
        (2, None),
        (3, Some(1)),
        (4, Some(2)),
        (5, Some(4)),
        (6, Some(5)),
        (7, Some(4)),
        (8, Some(5)),
        (11, Some(9)),
        (12, Some(10)),
    ] {
        assert_eq!(store.previous(id).await.unwrap(), previous, "{id}");
    }
}
