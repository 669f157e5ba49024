//! What is wrong with rules is told at its field.

use crate::capture::rules::{RuleSet, check};
use serde_json::{Value, json};

fn blocked(set: Value) -> Vec<String> {
    let set: RuleSet = serde_json::from_value(set).unwrap();
    check(&set).into_iter().filter(|problem| problem.blocks).map(|problem| problem.field).collect()
}

#[test]
fn every_field_says_what_is_wrong_with_it() {
    let step = |step: Value| json!({"rules": [{"steps": [step]}]});
    for (set, field) in [
        (json!({"methods": ["GET", "PO ST"]}), "methods.1"),
        (json!({"contentTypes": ["json"]}), "contentTypes.0"),
        (json!({"schema": {"enabled": true}}), "schema.text"),
        (json!({"schema": {"enabled": true, "text": "{"}}), "schema.text"),
        (json!({"schema": {"enabled": true, "text": "{\"type\": 5}"}}), "schema.text"),
        (json!({"schema": {"enabled": true, "text": "{}", "reply": {"status": 99}}}), "schema.reply.status"),
        (json!({"rules": [{"id": "a"}, {"id": "a"}]}), "rules.1.id"),
        (json!({"rules": [{"steps": []}]}), "rules.0.steps"),
        (json!({"rules": [{"when": {"path": "orders"}}]}), "rules.0.when.path"),
        (json!({"rules": [{"when": {"methods": [""]}}]}), "rules.0.when.methods.0"),
        (step(json!({"status": 101})), "rules.0.steps.0.status"),
        (step(json!({"status": 204, "body": "x"})), "rules.0.steps.0.body"),
        (step(json!({"delayMs": 120_001})), "rules.0.steps.0.delayMs"),
        (step(json!({"headers": [{"name": "a b", "value": ""}]})), "rules.0.steps.0.headers.0.name"),
        (step(json!({"headers": [{"name": "Content-Length", "value": "1"}]})), "rules.0.steps.0.headers.0.name"),
        (step(json!({"headers": [{"name": "a", "value": "1\r\nb: 2"}]})), "rules.0.steps.0.headers.0.value"),
        (step(json!({"fault": {"type": "drip", "bytesPerSecond": 0}})), "rules.0.steps.0.fault.bytesPerSecond"),
        (step(json!({"fault": {"type": "wrongLength", "by": 0}})), "rules.0.steps.0.fault.by"),
        (step(json!({"status": 204, "fault": {"type": "closeAfterHeaders"}})), "rules.0.steps.0.fault"),
    ] {
        assert_eq!(blocked(set.clone()), [field], "{set}");
    }
    assert_eq!(blocked(json!({"rules": [{}]})), [""; 0]);
}

#[test]
fn what_is_off_or_never_sent_holds_nothing_up() {
    let wrong = json!({"status": 99, "body": "x".repeat((256 << 10) + 1), "headers": [{"name": "a b", "value": ""}]});
    let silent = |fault: &str| {
        let mut step = wrong.clone();
        step["fault"] = json!({"type": fault});
        json!({"rules": [{"steps": [step]}]})
    };
    for set in [json!({"schema": {"text": "{", "reply": wrong}}), silent("hang"), silent("reset"), silent("halfClose")]
    {
        assert_eq!(check(&serde_json::from_value::<RuleSet>(set).unwrap()), []);
    }
    let off: RuleSet = serde_json::from_value(json!({"rules": [{"enabled": false, "steps": [wrong]}]})).unwrap();
    let problems = check(&off);
    assert!(problems.len() == 3 && problems.iter().all(|problem| !problem.blocks), "{problems:?}");
    assert_eq!(blocked(json!({"rules": [{"steps": [{"delayMs": 120_001, "fault": {"type": "reset"}}]}]})).len(), 1);
}

#[test]
fn what_is_wrong_is_said_in_a_sentence_that_says_what_would_be_right() {
    let step = |step: Value| json!({"rules": [{"steps": [step]}]});
    let long = "x".repeat(201);
    let places = "{{method}}".repeat(51);
    let rules: Vec<Value> = (0..201).map(|_| json!({})).collect();
    let steps: Vec<Value> = (0..101).map(|_| json!({})).collect();
    let headers: Vec<Value> = (0..51).map(|_| json!({"name": "a", "value": ""})).collect();
    let header = |name: &str, value: &str| step(json!({"headers": [{"name": name, "value": value}]}));
    let mut wrong = Vec::new();
    for (set, sentence) in [
        (json!({"methods": ["PO ST"]}), "\"PO ST\" is no method. Write GET, POST, PUT …"),
        (json!({"contentTypes": ["json"]}), "\"json\" is no content type. Write application/json or image/*."),
        (json!({"schema": {"enabled": true}}), "There is no schema. Write one, or switch the check off."),
        (json!({"schema": {"enabled": true, "text": " ".repeat((1 << 20) + 1)}}), "A schema has at most 1024 KiB."),
        (
            json!({"schema": {"enabled": true, "text": "{"}}),
            "The schema is not JSON: EOF while parsing an object at line 1 column 1.",
        ),
        (
            json!({"schema": {"enabled": true, "text": format!("{}{}", "[".repeat(128), "]".repeat(128))}}),
            "The schema is deeper than the 127 levels that are read.",
        ),
        (json!({"rules": rules}), "A source has at most 200 rules."),
        (json!({"rules": [{"id": "a"}, {"id": "a"}]}), "Two rules have the key \"a\"."),
        (json!({"rules": [{"id": long}]}), "That is longer than 200 characters."),
        (json!({"rules": [{"name": long}]}), "That is longer than 200 characters."),
        (json!({"rules": [{"when": {"path": format!("/{long}")}}]}), "That is longer than 200 characters."),
        (json!({"rules": [{"when": {"event": long}}]}), "That is longer than 200 characters."),
        (json!({"rules": [{"when": {"methods": [""]}}]}), "\"\" is no method. Write GET, POST, PUT …"),
        (json!({"rules": [{"when": {"path": "orders"}}]}), "A path starts with / or *."),
        (json!({"rules": [{"steps": []}]}), "A rule has 1 to 100 answers."),
        (json!({"rules": [{"steps": steps}]}), "A rule has 1 to 100 answers."),
        (step(json!({"status": 199})), "A status is 200 to 599."),
        (step(json!({"status": 600})), "A status is 200 to 599."),
        (step(json!({"status": 304, "body": "x"})), "An answer with status 304 has no body. Take the body out."),
        (step(json!({"body": "x".repeat((256 << 10) + 1)})), "A body has at most 256 KiB."),
        (step(json!({"body": places})), "A text has at most 50 places."),
        (step(json!({"delayMs": 120_001})), "A delay is at most 120 s."),
        (step(json!({"headers": headers})), "An answer has at most 50 headers."),
        (header("", "x"), "The header has no name."),
        (header("a b", ""), "\"a b\" is no name of a header."),
        (header("Connection", "close"), "Connection is written by Pushpull itself. Take it out."),
        (header("a", &"x".repeat((8 << 10) + 1)), "The value of a header has at most 8 KiB."),
        (header("a", "1\n2"), "The value of a header is one line without control characters."),
        (header("a", &places), "A text has at most 50 places."),
        (step(json!({"fault": {"type": "drip", "bytesPerSecond": 0}})), "Write 1 byte a second or more."),
        (
            step(json!({"fault": {"type": "wrongLength", "by": 0}})),
            "With 0 the length would be right. Write 10 or -10.",
        ),
        (
            step(json!({"status": 204, "fault": {"type": "wrongLength", "by": 1}})),
            "An answer with status 204 has no length that could be wrong.",
        ),
        (
            step(json!({"body": "{{nope}}"})),
            "{{nope}} goes out as it is written. Places are {{method}}, {{path}}, {{query.NAME}}, {{header.NAME}}, \
             {{body.PATH}}, {{time}}, {{time.unix}}, {{time.millis}}, {{time.http}}, {{time.date}} and {{uuid}}.",
        ),
    ] {
        let shown = set.to_string().chars().take(200).collect::<String>();
        let said: Vec<String> =
            check(&serde_json::from_value(set).unwrap()).into_iter().map(|problem| problem.message).collect();
        if said != [sentence] {
            wrong.push((shown, said));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn what_is_just_within_the_limits_is_not_wrong() {
    let step = |step: Value| json!({"rules": [{"steps": [step]}]});
    let headers: Vec<Value> = (0..50).map(|_| json!({"name": "a", "value": "x".repeat(8 << 10)})).collect();
    let short = "x".repeat(200);
    let rules: Vec<Value> =
        (0..200).map(|_| json!({"steps": (0..100).map(|_| json!({})).collect::<Vec<_>>()})).collect();
    for set in [
        json!({"rules": rules}),
        json!({"rules": [{"id": short, "name": short, "when": {"path": format!("/{}", &short[1..]), "event": short}}]}),
        step(json!({"status": 200, "body": "x".repeat(256 << 10), "headers": headers, "delayMs": 120_000})),
        step(json!({"status": 599, "body": "{{method}}".repeat(50)})),
        json!({"methods": ["X-PURGE"], "contentTypes": ["image/*"]}),
    ] {
        assert_eq!(check(&serde_json::from_value::<RuleSet>(set).unwrap()), []);
    }
}

#[test]
fn a_schema_never_reaches_for_another_document() {
    for text in [
        r#"{"$ref": "http://127.0.0.1:1/schema.json"}"#,
        r#"{"$ref": "file:///etc/hostname"}"#,
        r#"{"$schema": "http://127.0.0.1:1/meta.json"}"#,
    ] {
        assert_eq!(blocked(json!({"schema": {"enabled": true, "text": text}})), ["schema.text"], "{text}");
    }
}

#[test]
fn a_place_that_is_none_is_pointed_out_and_does_no_harm() {
    let set: RuleSet =
        serde_json::from_value(json!({"rules": [{"steps": [{"body": "{{uuid}} {{heade.x}}"}]}]})).unwrap();
    let problems = check(&set);
    assert_eq!((problems.len(), problems[0].field.as_str(), problems[0].blocks), (1, "rules.0.steps.0.body", false));
    assert!(problems[0].message.starts_with("{{heade.x}} goes out as it is written."));
}

#[test]
fn a_word_that_is_no_field_is_an_error_and_not_forgotten() {
    assert!(serde_json::from_value::<RuleSet>(json!({"rules": [{"steps": [{"staus": 500}]}]})).is_err());
}
