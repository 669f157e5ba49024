//! Which pushes the store takes for the same event.

use super::*;
use crate::exchange::Repeat;
use crate::store::grouping::MOST;

const SECOND: i64 = 1_000_000;

/// A push with these headers, `after` seconds after the first, that we answered with `status`.
pub(super) async fn arrived(store: &Store, headers: &str, body: &str, after: i64, status: Option<u16>) -> i64 {
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
    assert_eq!(store.whole_deliveries(&[other, first]).await.unwrap(), [first, other, retry, again]);
    assert_eq!(store.whole_deliveries(&[retry]).await.unwrap(), [retry], "its row stands for itself");
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

/// The same as [`arrived`], sent by the user to try the source.
async fn tried(store: &Store, headers: &str, body: &str, after: i64) -> i64 {
    let mut new = push("shop", "e", body.to_owned());
    new.request.head = Bytes::from(format!("POST /in/shop HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n"));
    (new.origin, new.started_at) = (Origin::Sample, new.started_at + after * SECOND);
    let id = store.save(new).await.unwrap();
    store.finish_grouping().await.unwrap();
    id
}

#[tokio::test]
async fn a_try_with_a_stored_push_is_no_attempt_of_its_delivery() {
    let (_folder, store) = store().await;
    // By a number, and by the body.
    for headers in [GITHUB, "X-Nobody: 1"] {
        let first = arrived(&store, headers, r#"{"a":1}"#, 0, Some(500)).await;
        let own = tried(&store, headers, r#"{"a":1}"#, 30).await;
        assert_eq!(mark(&store, own).await, None, "{headers}");
        let retry = arrived(&store, headers, r#"{"a":1}"#, 60, Some(500)).await;
        assert_eq!(mark(&store, retry).await, Some((first, 2, Some(Repeat::Retry), Some(2))), "{headers}");
        let shown = store.delivery(own).await.unwrap();
        assert_eq!((shown.first, shown.attempts.len(), shown.next_at), (own, 1, None), "{headers}");
    }
    assert_eq!(found(&store, "is:duplicate").await, [0_i64; 0]);
    // Nobody sends it again if we fail, and what is said of a thing's state is old.
    let invoice = r#"{"id":"evt_9","created":90,"type":"invoice.paid","data":{"object":{"id":"in_1"}}}"#;
    tried(&store, "Stripe-Signature: t=1", invoice, 0).await;
    arrived(&store, "Stripe-Signature: t=1", &invoice.replace("90", "80").replace("evt_9", "evt_8"), 1, Some(200))
        .await;
    assert_eq!(found(&store, "is:late").await, [0_i64; 0]);
    let slack = r#"{"type":"event_callback","event_id":"Ev1","event":{"type":"message"}}"#;
    let mut failed = push("shop", "e", slack);
    failed.request.head = "POST /in/shop HTTP/1.1\r\nX-Slack-Signature: v0=x\r\n\r\n".into();
    (failed.origin, failed.status) = (Origin::Sample, Some(500));
    let failed = store.save(failed).await.unwrap();
    assert_eq!(store.delivery(failed).await.unwrap().next_at, None);
    // A batch is one, whoever sent it.
    let batch =
        r#"[{"eventId":1,"subscriptionType":"contact.creation"},{"eventId":2,"subscriptionType":"deal.creation"}]"#;
    let batch = tried(&store, "X-HubSpot-Signature-v3: x", batch, 0).await;
    assert_eq!(found(&store, "type:deal.creation").await, [batch]);
}

#[tokio::test]
async fn a_question_before_a_push_is_no_event_however_often_it_is_asked() {
    use crate::exchange::{Answered, AnsweredBy, Mark};
    let (_folder, store) = store().await;
    let by = AnsweredBy::Preflight;
    let preflight = Answered { by, delay_ms: 0, fault: None, at_once: false, reasons: Vec::new() };
    let ask = async |answered: Option<Box<Answered>>, marks: Vec<Mark>| {
        let mut new = push("shop", "e", "");
        new.request.head = Bytes::from(format!("OPTIONS /in/shop HTTP/1.1\r\n{GITHUB}\r\n\r\n"));
        (new.method, new.answered, new.marks) = ("OPTIONS".into(), answered, marks);
        let id = store.save(new).await.unwrap();
        store.finish_grouping().await.unwrap();
        mark(&store, id).await
    };
    for _ in 0..2 {
        assert_eq!(ask(Some(Box::new(preflight.clone())), Vec::new()).await, None, "a browser asks for every request");
        assert_eq!(ask(None, vec![Mark::Handshake]).await, None, "its service tries the endpoint");
    }
    let event = arrived(&store, GITHUB, "", 1, Some(500)).await;
    assert_eq!(mark(&store, event).await, None);
}

#[tokio::test]
async fn the_row_of_a_delivery_tells_how_many_of_its_further_pushes_are_unread() {
    let (_folder, store) = store().await;
    let mut pushes = Vec::new();
    for at in 0..3 {
        pushes.push(arrived(&store, GITHUB, "{}", at, Some(500)).await);
    }
    let unread = async || {
        let row = store.summary(pushes[0]).await.unwrap();
        (row.unread, row.delivery.unwrap().unread)
    };
    assert_eq!(unread().await, (true, 2));
    store.mark_read(&pushes[..2], true).await.unwrap();
    assert_eq!(unread().await, (false, 1), "a retry that nobody has looked at");
    store.mark_read(&pushes[2..], true).await.unwrap();
    assert_eq!(unread().await, (false, 0));
    store.mark_read(&pushes, false).await.unwrap();
    assert_eq!(unread().await, (true, 2));
}

#[tokio::test]
async fn what_its_service_takes_as_success_decides_what_comes_again_and_when() {
    let (_folder, store) = store().await;
    // Linear takes 200 alone; WooCommerce some redirects, too.
    let linear = "Linear-Event: Issue\r\nLinear-Delivery: d1";
    let first = arrived(&store, linear, r#"{"action":"create"}"#, 0, Some(204)).await;
    let delivery = store.delivery(first).await.unwrap();
    assert_eq!((delivery.attempts[0].accepted, delivery.next_at.is_some()), (false, true));
    let again = arrived(&store, linear, r#"{"action":"create"}"#, 60, Some(200)).await;
    assert_eq!(mark(&store, again).await, Some((first, 2, Some(Repeat::Retry), Some(2))));
    let delivery = store.delivery(again).await.unwrap();
    assert_eq!((delivery.attempts[1].accepted, delivery.next_at), (true, None));
    let shop = "X-WC-Webhook-Topic: order.created\r\nX-WC-Webhook-Delivery-ID: d2";
    let first = arrived(&store, shop, "{}", 0, Some(302)).await;
    let again = arrived(&store, shop, "{}", 60, Some(303)).await;
    assert_eq!(mark(&store, again).await, Some((first, 2, Some(Repeat::Duplicate), Some(2))));
    let third = arrived(&store, shop, "{}", 120, Some(200)).await;
    assert_eq!(mark(&store, third).await, Some((first, 3, Some(Repeat::Retry), Some(3))));
}

#[tokio::test]
async fn whoever_shows_any_attempt_is_told_of_a_later_one() {
    let (_folder, store) = store().await;
    let first = arrived(&store, GITHUB, "{}", 0, Some(500)).await;
    let second = arrived(&store, GITHUB, "{}", 60, Some(500)).await;
    let other = arrived(&store, "X-GitHub-Event: push\r\nX-GitHub-Delivery: other", "{}", 61, Some(500)).await;
    let grouped = store.grouped().await.unwrap();
    let third = arrived(&store, GITHUB, "{}", 120, Some(500)).await;
    let mut told = store.repeats_between(grouped, store.grouped().await.unwrap()).await.unwrap();
    told.sort_unstable();
    assert_eq!(told, [first, second, third]);
    assert!(!told.contains(&other));
}

#[tokio::test]
async fn a_delivery_has_the_number_that_it_was_told_by() {
    let (_folder, store) = store().await;
    let first = arrived(&store, "X-Acme-Signature: x", r#"{"id":"e1"}"#, 0, Some(500)).await;
    let of = async |id| {
        let delivery = store.delivery(id).await.unwrap();
        (delivery.number, delivery.told_by_body)
    };
    assert_eq!(of(first).await, (None, true));
    let acme = r#"{"key":"acme","name":"Acme","certainty":"custom","eventId":["json:/id"],
        "recognise":{"headers":["X-Acme-Signature"]}}"#;
    store.save_provider(serde_json::from_str(acme).unwrap()).await.unwrap();
    assert_eq!(of(first).await, (None, true), "it was told by its body");
    let second = arrived(&store, "X-Acme-Signature: x", r#"{"id":"e1"}"#, 60, Some(500)).await;
    assert_eq!(of(second).await, (Some("e1".into()), false));
    let mut tried = push("shop", "made", "{}");
    tried.origin = Origin::Sample;
    let tried = store.save(tried).await.unwrap();
    assert_eq!(of(tried).await, (None, false), "it is not grouped yet");
    store.finish_grouping().await.unwrap();
    assert_eq!(of(tried).await, (None, false), "nobody sends again what the user tried");
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
async fn of_a_large_batch_the_first_events_are_read() {
    let (_folder, store) = store().await;
    let batch = |events: u32, padding: usize| {
        let padding = "x".repeat(padding);
        let event = |id| format!(r#"{{"eventId":{id},"subscriptionType":"deal.creation","more":"{padding}"}}"#);
        format!("[{}]", (1..=events).map(event).collect::<Vec<_>>().join(","))
    };
    for (events, padding, read, more) in
        [(1_000, 0, 1_000, false), (1_001, 0, 1_000, true), (5, 300_000, 3, true), (3, 300_000, 3, false)]
    {
        let id = arrived(&store, "X-HubSpot-Signature-v3: x", &batch(events, padding), 0, Some(200)).await;
        assert_eq!(store.summary(id).await.unwrap().events, read, "{events}");
        let delivery = store.delivery(id).await.unwrap();
        assert_eq!((delivery.events.len() as u32, delivery.more_events), (read, more), "{events}");
    }
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

/// A push of Coinbase Commerce, which says with every one which attempt it is.
fn coinbase(attempt: u32) -> String {
    let event = r#"{"id":"e1","type":"charge:created","created_at":"2026-11-24T09:00:00Z","data":{"id":"ch_1"}}"#;
    format!(r#"{{"id":"n1","attempt_number":{attempt},"event":{event}}}"#)
}

async fn missing(store: &Store, id: i64) -> Vec<(u32, u32)> {
    let attempts = store.delivery(id).await.unwrap().attempts;
    attempts.iter().map(|attempt| (attempt.number, attempt.missing)).collect()
}

async fn delete(store: &Store, ids: &[i64]) {
    store.remove(ids).await.unwrap();
}

#[tokio::test]
async fn an_attempt_is_missing_that_the_service_counted_and_no_push_of_the_delivery_is() {
    const COMMERCE: &str = "X-CC-Webhook-Signature: x";
    let (_folder, store) = store().await;
    let mut last = 0;
    for (after, attempt) in [(0, 1), (60, 5), (61, 3), (62, 5)] {
        last = arrived(&store, COMMERCE, &coinbase(attempt), after, Some(500)).await;
    }
    assert_eq!(missing(&store, last).await, [(1, 0), (5, 1), (3, 1), (5, 0)], "4 and 2 are missing, each told once");
    let between = arrived(&store, COMMERCE, &coinbase(2), 63, Some(500)).await;
    assert_eq!(missing(&store, between).await, [(1, 0), (5, 1), (3, 0), (5, 0), (2, 0)]);
}

#[tokio::test]
async fn nothing_is_missing_where_only_we_have_counted() {
    let (_folder, store) = store().await;
    let first = arrived(&store, GITHUB, "{}", 0, Some(500)).await;
    let second = arrived(&store, GITHUB, "{}", 60, Some(500)).await;
    let third = arrived(&store, GITHUB, "{}", 120, Some(500)).await;
    delete(&store, &[first]).await;
    assert_eq!(missing(&store, third).await, [(2, 0), (3, 0)]);
    let fourth = arrived(&store, GITHUB, "{}", 180, Some(200)).await;
    delete(&store, &[third]).await;
    assert_eq!(missing(&store, second).await, [(2, 0), (4, 0)]);
    assert_eq!(mark(&store, fourth).await.map(|mark| mark.0), Some(second));
}

#[tokio::test]
async fn nothing_is_missing_before_the_first_attempt_of_a_delivery_that_goes_on_from_another() {
    let (_folder, store) = store().await;
    let mut last = 0;
    for attempt in 1..=MOST as u32 + 3 {
        let mut new = push("shop", "e", coinbase(attempt));
        new.request.head = Bytes::from("POST /in/shop HTTP/1.1\r\nHost: a\r\nX-CC-Webhook-Signature: x\r\n\r\n");
        (new.status, new.started_at) = (Some(500), new.started_at + i64::from(attempt) * SECOND);
        last = store.save(new).await.unwrap();
    }
    store.finish_grouping().await.unwrap();
    assert_eq!(missing(&store, last).await, [1, 2, 3].map(|more| (MOST as u32 + more, 0)));
}

#[tokio::test]
async fn a_retry_is_told_also_after_the_newest_attempt_is_gone_and_what_told_it_goes_with_the_last() {
    let (_folder, store) = store().await;
    let first = arrived(&store, GITHUB, "{}", 0, Some(500)).await;
    let second = arrived(&store, GITHUB, "{}", 60, Some(200)).await;
    delete(&store, &[second]).await;
    let third = arrived(&store, GITHUB, "{}", 120, Some(200)).await;
    assert_eq!(mark(&store, third).await, Some((first, 2, Some(Repeat::Retry), Some(2))));

    let invoice = |event: &str, created: u32| {
        format!(
            r#"{{"id":"{event}","created":{created},"type":"invoice.updated","data":{{"object":{{"id":"in_1"}}}}}}"#
        )
    };
    let newer = arrived(&store, "Stripe-Signature: t=1", &invoice("evt_2", 20), 0, Some(200)).await;
    let newest = arrived(&store, "Stripe-Signature: t=1", &invoice("evt_3", 30), 1, Some(200)).await;
    delete(&store, &[newest]).await;
    let older = arrived(&store, "Stripe-Signature: t=1", &invoice("evt_1", 10), 2, Some(200)).await;
    let by = store.summary(older).await.unwrap().delivery.and_then(|mark| mark.overtaken_by);
    assert_eq!(by, Some(newer), "the newest state that is left");

    delete(&store, &[first, third, newer, older]).await;
    let left = "SELECT (SELECT count(*) FROM event_key) + (SELECT count(*) FROM object_state)";
    assert_eq!(sqlx::query_scalar::<_, i64>(left).fetch_one(&store.readers).await.unwrap(), 0);
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
