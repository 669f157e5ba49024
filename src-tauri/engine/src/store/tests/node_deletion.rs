//! Nodes of the collections that are deleted and come back.

use super::*;
use crate::api::{NodeKind, SavedRequest};

async fn folder(store: &Store, parent: Option<i64>, name: &str) -> i64 {
    store.create_folder(NewFolder { parent, name: name.into() }).await.unwrap().id
}

async fn request(store: &Store, parent: i64, name: &str) -> SavedRequest {
    let definition: RequestDefinition = serde_json::from_str(r#"{"method":"PUT","url":"http://a"}"#).unwrap();
    let save = SaveRequest { id: None, parent: Some(parent), name: name.into(), definition, answers: vec![] };
    store.save_request(save).await.unwrap()
}

#[tokio::test]
async fn a_folder_comes_back_with_all_in_it_under_its_old_numbers_and_at_its_old_place() {
    let (_folder, store) = store().await;
    let top = folder(&store, None, "HubSpot").await;
    let inner = folder(&store, Some(top), "Contacts").await;
    let deep = folder(&store, Some(inner), "Old").await;
    let saved = request(&store, deep, "put").await;
    folder(&store, Some(top), "Deals").await;
    let before = store.collections().await.unwrap();
    let deletion = store.delete_node(inner).await.unwrap();
    assert_eq!(deletion.requests, 1);
    assert_eq!(store.collections().await.unwrap().len(), before.len() - 3);
    store.undo_node_deletion(deletion.id).await.unwrap();
    assert_eq!(store.collections().await.unwrap(), before);
    assert_eq!(store.saved_request(saved.id).await.unwrap(), saved);
    assert!(matches!(store.undo_node_deletion(deletion.id).await, Err(StoreError::NotFound(_))), "once");
    assert!(matches!(store.delete_node(99).await, Err(StoreError::NotFound(_))));
}

#[tokio::test]
async fn what_has_no_folder_to_come_back_to_comes_back_higher_up() {
    let (_folder, store) = store().await;
    let top = folder(&store, None, "HubSpot").await;
    let inner = folder(&store, Some(top), "Contacts").await;
    let inside = request(&store, inner, "inside").await;
    let beside = request(&store, top, "beside").await;
    let first = store.delete_node(beside.id).await.unwrap();
    let second = store.delete_node(inner).await.unwrap();
    store.delete_node(top).await.unwrap();
    store.undo_node_deletion(second.id).await.unwrap();
    store.undo_node_deletion(first.id).await.unwrap();
    let nodes = store.collections().await.unwrap();
    let node = |id| nodes.iter().find(|node| node.id == id).unwrap();
    assert_eq!((node(inner).kind, node(inner).parent), (NodeKind::Collection, None));
    assert_eq!(node(inside.id).parent, Some(inner));
    assert_eq!(node(node(beside.id).parent.unwrap()).name, "Requests");
}
