//! What may stay in the workspace, and that it is told when nothing can be taken away.

use super::*;
use crate::api::{Retention, Settings};
use crate::store::Store;
use crate::store::tests::push;

#[tokio::test]
async fn a_limit_that_was_kept_counts_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.pushpull");
    let store = Store::open(&path).await.unwrap();
    let retention = Retention { exchanges: Some(2), ..Retention::default() };
    store.save_settings(&Settings { retention, ..Settings::default() }).await.unwrap();
    for body in ["1", "2", "3"] {
        store.save(push("a", "e", body)).await.unwrap();
    }
    store.close().await;
    let api = Api::start(&path).await;
    until_found(&api, "", &[3, 2]).await;
    api.close().await;
}

#[tokio::test]
async fn it_is_told_while_nothing_can_be_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    for body in ["1", "2"] {
        post(&format!("{url}/in/a"), &[], body).await;
    }
    let file = rusqlite::Connection::open(folder.path().join("w.pushpull")).unwrap();
    file.execute_batch("CREATE TRIGGER kept BEFORE DELETE ON exchange BEGIN SELECT RAISE(ABORT, 'no'); END").unwrap();
    let mut settings = call(&api, "settings", json!({})).await.unwrap();
    let mut feed = api.subscribe();
    let mut notice = async |of: &Value| {
        call(&api, "save_settings", of.clone()).await.unwrap();
        let told = tokio::time::timeout(Duration::from_secs(20), async {
            loop {
                let Ok(event) = feed.recv().await else { continue };
                if event.status.notice.is_some() == (of["retention"]["exchanges"] == 1) {
                    return event.status.notice;
                }
            }
        });
        told.await.expect("the feed tells it")
    };
    settings["retention"]["exchanges"] = json!(1);
    let told = notice(&settings).await.unwrap();
    assert!(told.starts_with("What the retention settings let go could not be deleted: "), "{told}");
    file.execute_batch("DROP TRIGGER kept").unwrap();
    settings["retention"]["exchanges"] = json!(2);
    assert_eq!(notice(&settings).await, None);
    api.close().await;
}
