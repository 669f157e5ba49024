//! Which pushes the store takes for the same event.

use super::*;
use crate::exchange::Repeat;

const SECOND: i64 = 1_000_000;

/// A push with these headers, `after` seconds after the first, that we answered with `status`.
async fn arrived(store: &Store, headers: &str, body: &str, after: i64, status: Option<u16>) -> i64 {
    let mut new = push("shop", "e", body.to_owned());
    new.request.head = Bytes::from(format!("POST /in/shop HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n"));
    new.started_at += after * SECOND;
    new.status = status;
    let id = store.save(new).await.unwrap();
    store.finish_grouping().await.unwrap();
    id
}

async fn mark(store: &Store, id: i64) -> Option<(i64, u32, Option<Repeat>, Option<u32>)> {
    store.summary(id).await.unwrap().delivery.map(|mark| (mark.first, mark.pushes, mark.repeat, mark.attempt))
}

const GITHUB: &str = "X-GitHub-Event: push\r\nX-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958";

#[tokio::test]
async fn retries_and_duplicates_are_kept_marked_and_found() {
    let (_folder, store) = store().await;
    let first = arrived(&store, GITHUB, "{}", 0, Some(500)).await;
    let other = arrived(&store, "X-GitHub-Event: push\r\nX-GitHub-Delivery: other", "{}", 1, Some(200)).await;
    let retry = arrived(&store, GITHUB, "{}", 60, Some(200)).await;
    let again = arrived(&store, GITHUB, "{}", 61, Some(200)).await;
    assert_eq!(mark(&store, first).await, Some((first, 3, None, None)));
    assert_eq!(mark(&store, retry).await, Some((first, 3, Some(Repeat::Retry), Some(2))));
    assert_eq!(mark(&store, again).await, Some((first, 3, Some(Repeat::Duplicate), Some(3))));
    assert_eq!(mark(&store, other).await, None);
    for (filter, ids) in [
        ("is:retry", vec![retry]),
        ("is:duplicate", vec![again]),
        ("is:first", vec![other, first]),
        (&format!("delivery:{first}"), vec![again, retry, first]),
        ("-is:retry", vec![again, other, first]),
    ] {
        assert_eq!(found(&store, filter).await, ids, "{filter}");
    }
    let delivery = store.delivery(again).await.unwrap();
    let shown = |attempt: &crate::inspect::delivery::Attempt| {
        (attempt.push.id, attempt.number, attempt.gap, attempt.push.status)
    };
    assert_eq!(
        delivery.attempts.iter().map(shown).collect::<Vec<_>>(),
        [(first, 1, None, Some(500)), (retry, 2, Some(60 * SECOND), Some(200)), (again, 3, Some(SECOND), Some(200))]
    );
    assert_eq!(delivery.next_at, None, "the last one was accepted");
}

#[tokio::test]
async fn a_retry_is_told_also_after_its_source_has_got_another_name() {
    let (_folder, store) = store().await;
    let first = arrived(&store, GITHUB, "{}", 0, Some(500)).await;
    store.rename_source("shop".into(), "store".into()).await.unwrap();
    let mut new = push("store", "e", "{}");
    new.request.head = Bytes::from(format!("POST /in/store HTTP/1.1\r\nHost: a\r\n{GITHUB}\r\n\r\n"));
    new.started_at += 60 * SECOND;
    let retry = store.save(new).await.unwrap();
    let stranger = arrived(&store, GITHUB, "{}", 61, Some(200)).await;
    assert_eq!(mark(&store, retry).await, Some((first, 2, Some(Repeat::Retry), Some(2))));
    assert_eq!(mark(&store, stranger).await, None, "another source has taken the old name");
}

#[tokio::test]
async fn the_service_counts_and_its_schedule_tells_gaps_and_the_next_attempt() {
    let (_folder, store) = store().await;
    let body = r#"{"type":"event_callback","event_id":"Ev1","event":{"type":"message"}}"#;
    let slack = |retry: u32| {
        let count = if retry == 0 { String::new() } else { format!("\r\nX-Slack-Retry-Num: {retry}") };
        format!("X-Slack-Signature: v0=x{count}")
    };
    let first = arrived(&store, &slack(0), body, 0, Some(500)).await;
    let third = arrived(&store, &slack(2), body, 60, None).await;
    let delivery = store.delivery(third).await.unwrap();
    let attempt = &delivery.attempts[1];
    assert_eq!((attempt.number, attempt.missing, attempt.due), (3, 1, Some(60 * SECOND)));
    assert_eq!(delivery.next_at, Some(attempt.push.started_at + 300 * SECOND));
    assert_eq!(mark(&store, third).await, Some((first, 2, Some(Repeat::Retry), Some(3))));
    // A further attempt of what did not come here is the first of its delivery, and a retry all the same.
    let lone = arrived(&store, &slack(1), &body.replace("Ev1", "Ev2"), 61, Some(200)).await;
    assert_eq!(mark(&store, lone).await, Some((lone, 1, Some(Repeat::Retry), Some(2))));
    assert_eq!(found(&store, "is:first").await, [lone, first]);
    // What was accepted does not come again, unless we were too slow for the service.
    let accepted = arrived(&store, &slack(0), &body.replace("Ev1", "Ev3"), 70, Some(200)).await;
    assert_eq!(store.delivery(accepted).await.unwrap().next_at, None);
    let mut slow = push("shop", "e", body.replace("Ev1", "Ev4"));
    slow.request.head = Bytes::from(format!("POST /in/shop HTTP/1.1\r\n{}\r\n\r\n", slack(0)));
    slow.duration = Some(4 * SECOND);
    let slow = store.save(slow).await.unwrap();
    store.finish_grouping().await.unwrap();
    assert!(store.delivery(slow).await.unwrap().next_at.is_some(), "Slack waits for 3 s");
}

#[tokio::test]
async fn batches_are_found_by_the_types_of_all_their_events() {
    let (_folder, store) = store().await;
    let body = r#"[{"eventId":1,"subscriptionType":"contact.creation","attemptNumber":0},
        {"eventId":2,"subscriptionType":"deal.creation","attemptNumber":0},
        {"eventId":3,"subscriptionType":"deal.creation","attemptNumber":0}]"#;
    let id = arrived(&store, "X-HubSpot-Signature-v3: x", body, 0, Some(200)).await;
    assert_eq!(store.summary(id).await.unwrap().events, 3);
    assert_eq!(found(&store, "type:deal.creation").await, [id]);
    assert_eq!(found(&store, "type:deal.*").await, [id]);
    assert_eq!(found(&store, "type:none").await, Vec::<i64>::new());
    let events = store.delivery(id).await.unwrap().events;
    assert_eq!(events[1].event_type.as_deref(), Some("deal.creation"));
    assert_eq!(events[1].pointer, "/1");

    let sendgrid = r#"[{"event":"open","sg_event_id":"a"},{"event":"bounce","sg_event_id":"b"}]"#;
    let adyen = r#"{"notificationItems":[
        {"NotificationRequestItem":{"eventCode":"AUTHORISATION","pspReference":"p"}},
        {"NotificationRequestItem":{"eventCode":"REFUND","pspReference":"q"}}]}"#;
    for (headers, body, event, pointer) in [
        ("X-Twilio-Email-Event-Webhook-Signature: x", sendgrid, "bounce", "/1"),
        ("User-Agent: Adyen HttpClient 1.0", adyen, "REFUND", "/notificationItems/1"),
    ] {
        let id = arrived(&store, headers, body, 0, Some(200)).await;
        let events = store.delivery(id).await.unwrap().events;
        let last = events.last().unwrap();
        assert_eq!((events.len(), last.event_type.as_deref(), &last.pointer[..]), (2, Some(event), pointer));
        assert_eq!(found(&store, &format!("type:{event}")).await, [id]);
    }
    let typed = crate::store::FilterQuery { text: "type:refu".into(), caret: 9 };
    assert_eq!(store.read_filter(&typed).await.unwrap().suggestions[0].text, "type:REFUND");
}

#[tokio::test]
async fn an_older_state_that_comes_after_a_newer_one_is_late() {
    let (_folder, store) = store().await;
    let invoice = |event: &str, created: u32| {
        format!(
            r#"{{"id":"{event}","created":{created},"type":"invoice.updated","data":{{"object":{{"id":"in_1"}}}}}}"#
        )
    };
    let newer = arrived(&store, "Stripe-Signature: t=1", &invoice("evt_2", 20), 0, Some(200)).await;
    let older = arrived(&store, "Stripe-Signature: t=1", &invoice("evt_1", 10), 1, Some(200)).await;
    let newest = arrived(&store, "Stripe-Signature: t=1", &invoice("evt_3", 30), 2, Some(200)).await;
    let by = |row: crate::exchange::ExchangeSummary| row.delivery.and_then(|mark| mark.overtaken_by);
    assert_eq!(by(store.summary(older).await.unwrap()), Some(newer));
    assert_eq!(by(store.summary(newest).await.unwrap()), None);
    assert_eq!(found(&store, "is:late").await, [older]);
}

#[tokio::test]
async fn when_the_first_push_goes_the_next_one_stands_for_the_delivery() {
    let (_folder, store) = store().await;
    let first = arrived(&store, GITHUB, "{}", 0, Some(500)).await;
    let second = arrived(&store, GITHUB, "{}", 60, Some(500)).await;
    let third = arrived(&store, GITHUB, "{}", 120, Some(200)).await;
    store
        .writer
        .job("Deleting", move |connection| {
            Box::pin(async move {
                sqlx::query("DELETE FROM exchange WHERE id = $1").bind(first).execute(connection).await.map(drop)
            })
        })
        .await
        .unwrap();
    assert_eq!(found(&store, "is:first").await, [second]);
    assert_eq!(mark(&store, third).await.map(|mark| (mark.0, mark.1)), Some((second, 2)));
}

#[tokio::test]
async fn the_folded_list_walks_an_index() {
    let (_folder, store) = store().await;
    let plan = Filter::parse("is:first").unwrap().plan(0, 0);
    let sql = format!(
        "EXPLAIN QUERY PLAN SELECT e.id FROM exchange e WHERE e.id <= 9 {} ORDER BY e.id DESC LIMIT 200 OFFSET 5",
        plan.conditions()
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&store.readers).await.unwrap();
    let steps: Vec<String> = rows.iter().map(|row| sqlx::Row::get(row, 3)).collect();
    assert!(steps.iter().any(|step| step.contains("COVERING INDEX exchange_heads")), "{steps:?}");
}
