//! Which pushes the store takes for older than what came before them.

use super::deliveries::arrived;
use super::*;

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
    let beside = arrived(&store, "Stripe-Signature: t=1", &invoice("evt_4", 30), 3, Some(200)).await;
    let by = |row: crate::exchange::ExchangeSummary| row.delivery.and_then(|mark| mark.overtaken_by);
    assert_eq!(by(store.summary(beside).await.unwrap()), None, "of the same second");
    assert_eq!(by(store.summary(older).await.unwrap()), Some(newer));
    assert_eq!(by(store.summary(newest).await.unwrap()), None);
    assert_eq!(found(&store, "is:late").await, [older]);
}

/// A service, its headers, what happened first and what happened to the same thing afterwards, as it writes them.
const ORDERED: &[(&str, &str, &str, &str, &str)] = &[
    (
        "hubspot",
        "X-HubSpot-Signature-v3: x",
        r#"[{"eventId":1,"subscriptionType":"contact.creation","objectId":51,"occurredAt":1764000000123,"attemptNumber":0}]"#,
        "",
        r#"[{"eventId":2,"subscriptionType":"contact.deletion","objectId":51,"occurredAt":1764000000124,"attemptNumber":0}]"#,
    ),
    (
        "shopify",
        "X-Shopify-Topic: orders/updated\r\nX-Shopify-Triggered-At: 2026-11-24T16:00:00.100000000Z",
        r#"{"id":82,"admin_graphql_api_id":"gid://shopify/Order/82","financial_status":"pending"}"#,
        "X-Shopify-Topic: orders/paid\r\nX-Shopify-Triggered-At: 2026-11-24T16:00:00.200000000Z",
        r#"{"id":82,"admin_graphql_api_id":"gid://shopify/Order/82","financial_status":"paid"}"#,
    ),
    (
        "paddle",
        "Paddle-Signature: ts=1;h1=x",
        r#"{"event_id":"evt_1","event_type":"subscription.created","occurred_at":"2026-11-24T09:00:00.123456Z","notification_id":"ntf_1","data":{"id":"sub_1"}}"#,
        "",
        r#"{"event_id":"evt_2","event_type":"subscription.activated","occurred_at":"2026-11-24T09:00:00.123457Z","notification_id":"ntf_2","data":{"id":"sub_1"}}"#,
    ),
    (
        "square",
        "X-Square-HmacSha256-Signature: x",
        r#"{"type":"payment.created","event_id":"e1","created_at":"2026-11-24T09:00:00.5Z","data":{"type":"payment","id":"pay_1"}}"#,
        "",
        r#"{"type":"payment.updated","event_id":"e2","created_at":"2026-11-24T09:00:01Z","data":{"type":"payment","id":"pay_1"}}"#,
    ),
    // The try that was late is the newer one by when it was sent, and the older one by when it happened.
    (
        "linear",
        "Linear-Event: Issue\r\nLinear-Delivery: d1",
        r#"{"action":"create","type":"Issue","createdAt":"2026-11-24T09:00:00.000Z","data":{"id":"2174add1"},"webhookTimestamp":1764003600000}"#,
        "Linear-Event: Issue\r\nLinear-Delivery: d2",
        r#"{"action":"remove","type":"Issue","createdAt":"2026-11-24T09:00:01.000Z","data":{"id":"2174add1"},"webhookTimestamp":1764000001000}"#,
    ),
    (
        "paypal",
        "PAYPAL-TRANSMISSION-ID: t1",
        r#"{"id":"WH-1","event_type":"CHECKOUT.ORDER.APPROVED","create_time":"2026-11-24T09:00:00.000Z","resource":{"id":"5O1"}}"#,
        "PAYPAL-TRANSMISSION-ID: t2",
        r#"{"id":"WH-2","event_type":"CHECKOUT.ORDER.COMPLETED","create_time":"2026-11-24T09:00:05.000Z","resource":{"id":"5O1"}}"#,
    ),
    (
        "coinbase-commerce",
        "X-CC-Webhook-Signature: x",
        r#"{"id":"n1","attempt_number":1,"event":{"id":"e1","type":"charge:created","created_at":"2026-11-24T09:00:00Z","data":{"id":"ch_1"}}}"#,
        "",
        r#"{"id":"n2","attempt_number":1,"event":{"id":"e2","type":"charge:confirmed","created_at":"2026-11-24T09:01:00Z","data":{"id":"ch_1"}}}"#,
    ),
    (
        "adyen",
        "User-Agent: Adyen HttpClient 1.0",
        r#"{"live":"false","notificationItems":[{"NotificationRequestItem":{"eventCode":"CAPTURE","pspReference":"P1","eventDate":"2026-11-24T10:30:00+02:00"}}]}"#,
        "",
        r#"{"live":"false","notificationItems":[{"NotificationRequestItem":{"eventCode":"CAPTURE_FAILED","pspReference":"P1","eventDate":"2026-11-24T09:00:00+00:00"}}]}"#,
    ),
    (
        "xero",
        "X-Xero-Signature: x",
        r#"{"events":[{"resourceId":"r1","eventCategory":"INVOICE","eventType":"CREATE","tenantId":"t1"}],"firstEventSequence":9,"lastEventSequence":9}"#,
        "",
        r#"{"events":[{"resourceId":"r1","eventCategory":"INVOICE","eventType":"UPDATE","tenantId":"t1"}],"firstEventSequence":10,"lastEventSequence":10}"#,
    ),
    (
        "vercel",
        "X-Vercel-Signature: x",
        r#"{"id":"e1","type":"deployment.created","createdAt":1764000000000,"payload":{"deployment":{"id":"dpl_1"}}}"#,
        "",
        r#"{"id":"e2","type":"deployment.succeeded","createdAt":1764000042000,"payload":{"deployment":{"id":"dpl_1"}}}"#,
    ),
];

#[tokio::test]
async fn every_service_that_says_when_has_its_late_events_told() {
    let by = async |store: &Store, id| store.summary(id).await.unwrap().delivery.and_then(|mark| mark.overtaken_by);
    let mut wrong = Vec::new();
    for &(service, headers, before, other_headers, after) in ORDERED {
        let other_headers = if other_headers.is_empty() { headers } else { other_headers };
        let (_folder, store) = store().await;
        let newer = arrived(&store, other_headers, after, 0, Some(200)).await;
        let late = arrived(&store, headers, before, 1, Some(200)).await;
        let told = (by(&store, newer).await, by(&store, late).await, found(&store, "is:late").await);
        assert_eq!(store.delivery(late).await.unwrap().provider.as_deref(), Some(service));

        let (_folder, store) = self::store().await;
        let first = arrived(&store, headers, before, 0, Some(200)).await;
        let second = arrived(&store, other_headers, after, 1, Some(200)).await;
        let in_order = (by(&store, first).await, by(&store, second).await, found(&store, "is:late").await);
        if told != (None, Some(newer), vec![late]) || in_order != (None, None, Vec::new()) {
            wrong.push((service, told, in_order));
        }
    }
    assert_eq!(wrong, []);
}

#[tokio::test]
async fn a_late_event_is_told_wherever_it_stands_in_its_batch() {
    let (_folder, store) = store().await;
    let batch = |events: &[(u32, u32)]| {
        let event =
            |(thing, at): &(u32, u32)| format!(r#"{{"objectId":{thing},"occurredAt":{at},"n":{}}}"#, thing + at);
        format!("[{}]", events.iter().map(event).collect::<Vec<_>>().join(","))
    };
    let hubspot = "X-HubSpot-Signature-v3: x";
    let first = arrived(&store, hubspot, &batch(&[(1, 10), (2, 30), (2, 20)]), 0, Some(200)).await;
    let second = arrived(&store, hubspot, &batch(&[(3, 10), (1, 40)]), 1, Some(200)).await;
    let third = arrived(&store, hubspot, &batch(&[(3, 50), (2, 25), (1, 35)]), 2, Some(200)).await;
    let fourth = arrived(&store, hubspot, &batch(&[(4, 1), (3, 45)]), 3, Some(200)).await;
    arrived(&store, hubspot, &batch(&[(2, 30), (1, 40)]), 4, Some(200)).await;
    let by = async |id| store.summary(id).await.unwrap().delivery.and_then(|mark| mark.overtaken_by);
    assert_eq!((by(first).await, by(second).await), (None, None), "a batch does not overtake itself");
    assert_eq!((by(third).await, by(fourth).await), (Some(second), Some(third)));
    assert_eq!(found(&store, "is:late").await, [fourth, third]);
}

#[tokio::test]
async fn a_late_event_is_told_among_those_of_its_own_thing_and_source() {
    let (_folder, store) = store().await;
    for &(_, headers, before, other_headers, after) in ORDERED {
        let other_headers = if other_headers.is_empty() { headers } else { other_headers };
        arrived(&store, other_headers, after, 0, Some(200)).await;
        let of_another = ["51,", "/82\"", "sub_1", "pay_1", "2174add1", "5O1", "ch_1", "\"P1\"", "\"t1\"", "dpl_1"]
            .iter()
            .fold(before.to_owned(), |body, thing| body.replace(thing, &thing.replace(['1', '2'], "7")));
        assert_ne!(of_another, before, "another thing");
        arrived(&store, headers, &of_another, 1, Some(200)).await;
        let mut elsewhere = push("another", "e", before.to_owned());
        elsewhere.request.head = Bytes::from(format!("POST /in/another HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n"));
        store.save(elsewhere).await.unwrap();
        store.finish_grouping().await.unwrap();
    }
    assert_eq!(found(&store, "is:late").await, [0_i64; 0]);
}
