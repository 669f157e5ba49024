//! The paths that comparisons ignore.

use super::*;
use crate::api::{IgnoreChange, IgnoreRule};

fn rule(path: &str, on: bool) -> IgnoreRule {
    IgnoreRule { path: path.into(), on }
}

#[tokio::test]
async fn ignored_paths_are_kept_for_an_event_type_and_survive_opening_again() {
    let (folder, store) = store().await;
    let paid = store.save(push("stripe", "invoice.paid", "{}")).await.unwrap();
    let other = store.save(push("stripe", "charge.succeeded", "{}")).await.unwrap();
    let of = store.ignore_rules(&[paid, other]).await.unwrap();
    assert_eq!((of.title.as_str(), of.rules.len()), ("invoice.paid", 0));
    let change = |set: Vec<IgnoreRule>, remove: &[&str]| IgnoreChange {
        scope: of.scope.clone(),
        set,
        remove: remove.iter().map(|path| (*path).into()).collect(),
    };
    store.change_ignore_rules(change(vec![rule("$.created", true), rule("$..id", true)], &[])).await.unwrap();
    store.change_ignore_rules(change(vec![rule("$.created", false)], &["$..id"])).await.unwrap();
    store.change_ignore_rules(change(vec![rule("$.at", true)], &["$.never"])).await.unwrap();
    store.close().await;
    let store = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    let again = store.save(push("elsewhere", "invoice.paid", "{}")).await.unwrap();
    let kept = store.ignore_rules(&[again]).await.unwrap().rules;
    assert_eq!(kept, [rule("$.created", false), rule("$.at", true)]);
    assert!(store.ignore_rules(&[other]).await.unwrap().rules.is_empty(), "of another type");
    assert!(matches!(store.ignore_rules(&[]).await, Err(StoreError::Invalid(_))));
    let many = (0..300).map(|n| rule(&format!("$.f{n}"), true)).collect();
    assert!(matches!(store.change_ignore_rules(change(many, &[])).await, Err(StoreError::Invalid(_))));
}
