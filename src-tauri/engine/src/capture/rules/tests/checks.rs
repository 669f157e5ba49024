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
        (json!({"schema": {"reply": {"status": 99}}}), "schema.reply.status"),
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
