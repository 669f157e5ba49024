//! Which answer a push gets, and what is kept of it.

use super::kit::Rig;
use crate::exchange::{AnsweredBy, Fault};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn without_rules_the_plain_answer_goes_out_and_nothing_is_noted() {
    let rig = Rig::new(json!({})).await;
    let answer = rig.post("/in/a", "{}").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"));
    assert_eq!(rig.stored(1).await.answered, None);
}

#[tokio::test]
async fn a_sequence_goes_step_by_step_and_stays_at_its_last() {
    let rules =
        json!({"rules": [{"id": "r", "name": "flaky", "steps": [{"status": 500}, {"status": 500}, {"status": 200}]}]});
    let rig = Rig::new(rules).await;
    let mut got = Vec::new();
    for _ in 0..5 {
        got.push(rig.post("/in/a", "{}").await.status);
    }
    assert_eq!(got, [500, 500, 200, 200, 200]);
    let answered = rig.stored(2).await.answered.unwrap();
    assert_eq!(answered.by, AnsweredBy::Rule { id: "r".into(), name: "flaky".into(), step: 2, steps: 3 });
    assert_eq!(rig.stored(2).await.summary.status, Some(500));
}

#[tokio::test]
async fn a_step_whose_push_could_not_be_stored_is_still_to_come() {
    let rules = json!({"rules": [{"id": "r", "steps": [{"status": 201}, {"status": 202}, {"status": 203}]}]});
    let rig = Rig::new(rules).await;
    assert_eq!(rig.post("/in/a", "{}").await.status, 201);
    rig.refuse("CREATE TRIGGER full BEFORE INSERT ON exchange BEGIN SELECT RAISE(ABORT, 'no'); END");
    assert_eq!(rig.post("/in/a", "{}").await.status, 503);
    assert_eq!(rig.post("/in/a", "{}").await.status, 503);
    rig.refuse("DROP TRIGGER full");
    let counts = || rig.counts().iter().map(|rule| rule.count).collect::<Vec<_>>();
    assert_eq!(counts(), [1]);
    assert_eq!(rig.post("/in/a", "{}").await.status, 202);
    assert_eq!(rig.post("/in/a", "{}").await.status, 203);
    assert_eq!(counts(), [3]);
}

#[tokio::test]
async fn what_rules_refuse_is_not_refused_while_it_can_not_be_stored() {
    let schema = json!({"enabled": true, "text": r#"{"type": "object"}"#, "reply": {"status": 422}});
    let steps = [json!({"status": 500}), json!({"status": 400}), json!({"status": 200})];
    let rig = Rig::new(json!({"schema": schema, "rules": [{"id": "r", "steps": steps}]})).await;
    rig.refuse("CREATE TRIGGER full BEFORE INSERT ON exchange BEGIN SELECT RAISE(ABORT, 'no'); END");
    for body in ["{}", "{}", "[]"] {
        let answer = rig.post("/in/a", body).await;
        assert!(answer.status == 503 && answer.header("retry-after").is_some(), "{body}: {answer:?}");
    }
    rig.refuse("DROP TRIGGER full");
    assert_eq!(rig.counts()[0].count, 0);
    let mut got = Vec::new();
    for body in ["{}", "[]", "{}", "{}"] {
        got.push(rig.post("/in/a", body).await.status);
    }
    assert_eq!(got, [500, 422, 400, 200]);
}

#[tokio::test]
async fn a_rule_by_event_finds_it_behind_a_large_body_and_among_those_of_a_batch() {
    let rules = json!({"rules": [
        {"when": {"event": "invoice.*"}, "steps": [{"status": 211}]},
        {"when": {"event": "deal.*"}, "steps": [{"status": 212}]}
    ]});
    let rig = Rig::new(rules).await;
    let (stripe, hubspot) = ("Stripe-Signature: t=1\r\n", "X-HubSpot-Signature-v3: x\r\n");
    let large = |bytes: usize| format!(r#"{{"data": "{}", "type": "invoice.paid"}}"#, "x".repeat(bytes));
    let event = |id: u32, kind: &str| format!(r#"{{"eventId":{id},"subscriptionType":"{kind}.creation"}}"#);
    let batch = format!("[{},{}]", event(1, "contact"), event(2, "deal"));
    for (fields, body, status) in [
        (stripe, large(80 << 10), 211),
        (stripe, large(600 << 10), 211),
        (stripe, large(2 << 20), 200),
        (hubspot, batch, 212),
        (hubspot, format!("[{}]", event(1, "contact")), 200),
    ] {
        assert_eq!(rig.ask("POST /in/a", fields, &body).await.status, status, "{}", body.len());
    }
}

#[tokio::test]
async fn the_address_of_the_source_itself_has_the_path_of_a_slash() {
    for pattern in ["/", "/*", "*"] {
        let rig = Rig::new(json!({"rules": [{"when": {"path": pattern}, "steps": [{"status": 211}]}]})).await;
        for first in ["POST /in/a", "POST /in/a/", "POST /in/a?x=1"] {
            assert_eq!(rig.ask(first, "", "{}").await.status, 211, "{pattern} {first}");
        }
    }
    let rig = Rig::new(json!({"rules": [{"when": {"path": "/orders"}, "steps": [{"status": 211}]}]})).await;
    assert_eq!(rig.post("/in/a", "{}").await.status, 200);
}

#[tokio::test]
async fn pushes_at_once_get_a_step_each_also_when_some_of_them_can_not_be_stored() {
    let steps: Vec<_> = (200..260).map(|status| json!({"status": status})).collect();
    let rig = Rig::new(json!({"rules": [{"id": "r", "steps": steps}]})).await;
    rig.refuse(
        "CREATE TRIGGER some BEFORE INSERT ON exchange WHEN new.method = 'PUT' BEGIN SELECT RAISE(ABORT, 'no'); END",
    );
    let asked = (0..30).map(|at| {
        let method = if at % 3 == 0 { "PUT" } else { "POST" };
        let rig = &rig;
        async move { rig.ask(&format!("{method} /in/a"), "", "{}").await.status }
    });
    // What is refused takes others along that are written with it.
    let mut got = futures_util::future::join_all(asked).await;
    got.retain(|status| *status != 503);
    assert_eq!(rig.counts()[0].count, got.len() as u64);
    rig.refuse("DROP TRIGGER some");
    got.extend(
        futures_util::future::join_all((got.len()..60).map(|_| rig.post("/in/a", "{}")))
            .await
            .iter()
            .map(|answer| answer.status),
    );
    got.sort_unstable();
    assert_eq!(got, (200..260).collect::<Vec<u16>>());
}

#[tokio::test]
async fn a_sequence_can_begin_again_and_goes_on_where_it_was_when_the_rule_is_edited() {
    let steps = |last: u16| json!({"rules": [{"id": "r", "then": "repeat", "steps": [{"status": 500}, {"status": 503}, {"status": last}]}]});
    let rig = Rig::new(steps(200)).await;
    let mut got = Vec::new();
    for _ in 0..4 {
        got.push(rig.post("/in/a", "").await.status);
    }
    rig.set(steps(201));
    got.push(rig.post("/in/a", "").await.status);
    got.push(rig.post("/in/a", "").await.status);
    rig.set_at(steps(201), 1);
    got.push(rig.post("/in/a", "").await.status);
    rig.set_at(steps(201), 1);
    got.push(rig.post("/in/a", "").await.status);
    rig.set_at(steps(201), 2);
    got.push(rig.post("/in/a", "").await.status);
    assert_eq!(got, [500, 503, 200, 500, 503, 201, 500, 503, 500]);
}

#[tokio::test]
async fn a_sequence_goes_on_where_it_was_when_its_rule_was_off() {
    let rules = |enabled: bool| json!({"rules": [{"id": "r", "enabled": enabled, "steps": [{"status": 500}, {"status": 201}]}]});
    let rig = Rig::new(rules(true)).await;
    let mut got = vec![rig.post("/in/a", "").await.status];
    for enabled in [false, false, true] {
        rig.set(rules(enabled));
        got.push(rig.post("/in/a", "").await.status);
    }
    assert_eq!(got, [500, 200, 200, 201]);
}

#[tokio::test]
async fn the_first_rule_that_fits_answers() {
    let rules = json!({"rules": [
        {"id": "off", "enabled": false, "steps": [{"status": 599}]},
        {"id": "get", "when": {"methods": ["GET"]}, "steps": [{"status": 210}]},
        {"id": "orders", "when": {"path": "/orders/*"}, "steps": [{"status": 211}]},
        {"id": "paid", "when": {"event": "invoice.*"}, "steps": [{"status": 212}]},
        {"id": "rest", "steps": [{"status": 213}]}
    ]});
    let rig = Rig::new(rules).await;
    let stripe = "Stripe-Signature: t=1\r\n";
    for (first, fields, body, status) in [
        ("GET /in/a/orders/1", "", "", 210),
        ("POST /in/a/orders/1?x=/y", "", "", 211),
        ("POST /in/a/order", stripe, r#"{"type":"invoice.paid"}"#, 212),
        ("POST /in/a", stripe, r#"{"type":"charge.paid"}"#, 213),
        ("POST /in/a/", "", "", 213),
    ] {
        assert_eq!(rig.ask(first, fields, body).await.status, status, "{first}");
    }
}

#[tokio::test]
async fn an_answer_is_what_was_written_with_nosniff_and_its_own_length() {
    let rules = json!({"rules": [{"steps": [{
        "status": 201, "headers": [{"name": "X-One", "value": "1"}, {"name": "x-one", "value": "2"}], "body": "<b>hi</b>"
    }]}]});
    let rig = Rig::new(rules).await;
    let answer = rig.post("/in/a", "{}").await;
    assert_eq!(
        answer.head,
        "HTTP/1.1 201 Created\r\nContent-Type: text/plain; charset=utf-8\r\nX-One: 1\r\nx-one: 2\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\nContent-Length: 9"
    );
    assert_eq!(answer.body, "<b>hi</b>");
    let head = rig.ask("HEAD /in/a", "", "").await;
    assert_eq!((head.status, head.header("content-length"), head.body.as_str()), (201, Some("9"), ""));
    let stored = rig.stored(1).await.response.unwrap();
    assert_eq!((stored.first_line.as_str(), stored.body_size), ("HTTP/1.1 201 Created", 9));
    for (status, length) in [(204, None), (205, Some("0")), (304, None), (418, Some("0")), (599, Some("0"))] {
        let rig = Rig::new(json!({"rules": [{"steps": [{"status": status}]}]})).await;
        let answer = rig.post("/in/a", "{}").await;
        assert_eq!(
            (answer.status, answer.header("content-length"), &answer.body[..]),
            (status, length, ""),
            "{status}"
        );
    }
}

#[tokio::test]
async fn methods_and_content_types_that_are_not_taken_are_told_and_kept() {
    let rig = Rig::new(json!({"methods": ["POST", "PUT"], "contentTypes": ["application/json", "image/*"]})).await;
    let wrong = rig.ask("DELETE /in/a", "", "").await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, Some("POST, PUT")));
    assert_eq!(rig.stored(1).await.answered.unwrap().by, AnsweredBy::Method);
    for (kind, status) in [
        ("Content-Type: text/plain\r\n", 415),
        ("", 415),
        ("Content-Type: Application/JSON; charset=utf-8\r\n", 200),
        ("Content-Type: image/png\r\n", 200),
    ] {
        assert_eq!(rig.ask("POST /in/a", kind, "{}").await.status, status, "{kind}");
    }
    assert_eq!(rig.ask("POST /in/a", "", "").await.status, 200, "without a body there is no type to be wrong");
}

#[tokio::test]
async fn pages_of_other_origins_may_call_a_source_that_lets_them() {
    let rig = Rig::new(json!({"cors": true, "methods": ["POST"], "rules": [{"steps": [{"status": 500}]}]})).await;
    let fields = "Origin: https://a.example\r\nAccess-Control-Request-Method: POST\r\n\
                  Access-Control-Request-Headers: x-a, content-type\r\n";
    let leave = rig.ask("OPTIONS /in/a", fields, "").await;
    assert_eq!(leave.status, 204);
    assert_eq!(leave.header("access-control-allow-origin"), Some("*"));
    assert_eq!(leave.header("access-control-allow-methods"), Some("POST"));
    assert_eq!(leave.header("access-control-allow-headers"), Some("x-a, content-type"));
    assert_eq!(rig.stored(1).await.answered.unwrap().by, AnsweredBy::Preflight);
    for (first, status) in [("POST /in/a", 500), ("GET /in/a", 405), ("OPTIONS /in/a", 405)] {
        let answer = rig.ask(first, "", "").await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (status, Some("*")), "{first}");
    }
    let own = json!({"name": "access-control-allow-origin", "value": "https://own.example"});
    let rig = Rig::new(json!({"cors": true, "rules": [{"steps": [{"headers": [own]}]}]})).await;
    let answer = rig.post("/in/a", "{}").await.head.to_lowercase();
    assert_eq!(answer.matches("access-control-allow-origin").count(), 1, "{answer}");
    assert!(answer.contains("access-control-allow-origin: *\r\n"), "{answer}");
    let asked =
        "Origin: null\r\nAccess-Control-Request-Method: PATCH\r\nAccess-Control-Request-Private-Network: true\r\n";
    let leave = rig.ask("OPTIONS /in/a", asked, "").await;
    assert_eq!(leave.header("access-control-allow-methods"), Some("PATCH"), "a source that takes all says so");
    assert_eq!(leave.header("access-control-allow-private-network"), Some("true"));
    assert_eq!(leave.header("access-control-max-age"), Some("600"));
    let some = Rig::new(json!({"cors": true, "methods": ["POST", "PUT"]})).await;
    let leave = some.ask("OPTIONS /in/a", asked, "").await;
    assert_eq!(leave.header("access-control-allow-methods"), Some("POST, PUT"));
    let plain = Rig::new(json!({"cors": true})).await;
    assert_eq!(plain.post("/in/a", "{}").await.header("access-control-allow-origin"), Some("*"));
    let off = Rig::new(json!({})).await;
    assert_eq!(off.ask("OPTIONS /in/a", fields, "").await.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_payload_that_does_not_fit_the_schema_gets_the_chosen_answer_and_its_reasons_are_kept() {
    let schema = r#"{"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}"#;
    let reply = json!({"status": 422, "body": "no: {{body.id}}"});
    let rules = json!([{"when": {"methods": ["GET"], "path": " / "}, "steps": [{"status": 211}]}]);
    let rig = Rig::new(json!({"schema": {"enabled": true, "text": schema, "reply": reply}, "rules": rules})).await;
    assert_eq!(rig.post("/in/a", r#"{"id": 9007199254740993}"#).await.status, 200);
    let mut socket = rig.connect().await;
    socket.write_all(b"GET /in/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut asked = String::new();
    socket.read_to_string(&mut asked).await.unwrap();
    assert!(asked.starts_with("HTTP/1.1 211 "), "what has no payload has none that does not fit: {asked}");
    let wrong = rig.post("/in/a", r#"{"id": "x"}"#).await;
    assert_eq!((wrong.status, wrong.body.as_str()), (422, "no: x"));
    let answered = rig.stored(3).await.answered.unwrap();
    assert_eq!(answered.by, AnsweredBy::Schema);
    assert!(answered.reasons[0].starts_with("/id: "), "{:?}", answered.reasons);
    for body in ["", "not json", "[1]", &"[".repeat(100_000)] {
        assert_eq!(rig.post("/in/a", body).await.status, 422, "{:.20}", body);
    }
    let large = format!(r#"{{"id": 1, "pad": "{}"}}"#, "x".repeat(2 << 20));
    assert_eq!(rig.post("/in/a", &large).await.status, 422);
    let spooled = format!(r#"{{"id": 1, "pad": "{}"}}"#, "x".repeat(300 << 10));
    assert_eq!(rig.post("/in/a", &spooled).await.status, 200);
}

#[tokio::test]
async fn a_payload_that_is_too_deep_to_be_held_against_the_schema_is_not_called_other_than_json() {
    let rig = Rig::new(json!({"schema": {"enabled": true, "text": "{}"}})).await;
    assert_eq!(rig.post("/in/a", &format!("{}{}", "[".repeat(127), "]".repeat(127))).await.status, 200);
    assert_eq!(rig.post("/in/a", &format!("{}{}", "[".repeat(128), "]".repeat(128))).await.status, 422);
    let reasons = rig.stored(2).await.answered.unwrap().reasons;
    assert_eq!(reasons, ["The payload is deeper than the 127 levels that are read."]);
}

#[tokio::test]
async fn a_pattern_that_backtracks_elsewhere_costs_nothing() {
    let rig = Rig::new(json!({"schema": {"enabled": true, "text": r#"{"pattern": "^(a+)+$"}"#}})).await;
    let began = Instant::now();
    assert_eq!(rig.post("/in/a", &format!("\"{}!\"", "a".repeat(50_000))).await.status, 422);
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_delayed_answer_is_stored_before_it_is_held_and_holds_nobody_up() {
    let rules = json!({"rules": [{"when": {"path": "/slow"}, "steps": [{"status": 202, "delayMs": 300}]}]});
    let rig = Rig::new(rules).await;
    let began = Instant::now();
    let mut slow = rig.connect().await;
    super::kit::send(&mut slow, "POST /in/a/slow", "", "{}").await;
    rig.until_stored(1).await;
    assert_eq!(rig.post("/in/a", "{}").await.status, 200);
    let stored_after = began.elapsed();
    let mut bytes = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut slow, &mut bytes).await.unwrap();
    assert!(bytes.starts_with(b"HTTP/1.1 202"));
    assert!(began.elapsed() >= Duration::from_millis(300) && stored_after < began.elapsed());
    assert_eq!(rig.stored(1).await.answered.unwrap().delay_ms, 300);
}

#[tokio::test]
async fn an_answer_names_its_rule_and_one_without_a_name_by_its_place() {
    let rules = json!({"rules": [
        {"enabled": false, "steps": [{}]},
        {"name": "", "when": {"path": "/second"}, "steps": [{}]},
        {"name": "usual", "steps": [{}]}
    ]});
    let rig = Rig::new(rules).await;
    for (id, path, called) in [(1, "/in/a/second", "Rule 2"), (2, "/in/a", "usual")] {
        assert_eq!(rig.post(path, "{}").await.status, 200);
        let AnsweredBy::Rule { name, .. } = rig.stored(id).await.answered.unwrap().by else { panic!("{path}") };
        assert_eq!(name, called);
    }
}

#[tokio::test]
async fn what_was_made_wrong_is_kept_with_the_exchange() {
    let rules = json!({"rules": [{"name": "cut", "steps": [{"fault": {"type": "reset"}}]}]});
    let rig = Rig::new(rules).await;
    assert_eq!(rig.post("/in/a", "{}").await.status, 0);
    let exchange = rig.stored(1).await;
    assert_eq!(exchange.answered.unwrap().fault, Some(Fault::Reset));
    assert_eq!((exchange.summary.status, exchange.response), (None, None));
    assert_eq!(exchange.summary.failure, Some(crate::exchange::FailureKind::Fault));
}

#[tokio::test]
async fn what_can_not_be_stored_is_never_answered_as_if_it_were() {
    let rules = json!({"methods": ["POST"], "rules": [
        {"when": {"path": "/late"}, "steps": [{"delayMs": 1}]},
        {"when": {"path": "/broken"}, "steps": [{"status": 500, "fault": {"type": "reset"}}]},
        {"when": {"path": "/tea"}, "steps": [{"status": 418}]},
    ]});
    let rig = Rig::new(rules).await;
    assert_eq!(rig.post("/in/a", "{}").await.status, 200);
    rig.store.close().await;
    for first in ["POST /in/a", "POST /in/a/late", "POST /in/a/broken", "POST /in/a/tea", "PUT /in/a"] {
        let answer = rig.ask(first, "", "{}").await;
        assert!(answer.status == 503 && answer.header("retry-after").is_some(), "{first}: {answer:?}");
    }
}
