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
