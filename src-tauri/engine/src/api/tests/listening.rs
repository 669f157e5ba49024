//! Starting the listener when something is in the way.

use super::*;

#[tokio::test]
async fn a_listener_that_is_started_twice_at_once_listens() {
    let folder = tempfile::tempdir().unwrap();
    let api = Api::start(&folder.path().join("w.pushpull")).await;
    let options = json!({"port": 0, "bind": "127.0.0.1", "fallback": false});
    for _ in 0..20 {
        let starts = (0..4).map(|_| call(&api, "start_listening", options.clone()));
        for started in futures_util::future::join_all(starts).await {
            assert_eq!(started.unwrap()["listener"]["type"], "listening");
        }
        let status = call(&api, "status", json!({})).await.unwrap();
        let url = status["listener"]["url"].as_str().unwrap_or_else(|| panic!("{status}"));
        assert_eq!(post(&format!("{url}/in/a"), &[], "{}").await.0, 200);
    }
    api.close().await;
}

/// Who asks has the port from here; other processes do without it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_does_not_keep_the_listener_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/full", folder.path().join("w.pushpull.listener")).unwrap();
    let (api, url) = started(folder.path()).await;
    assert_eq!(post(&format!("{url}/in/a"), &[], "{}").await.0, 200);
    api.close().await;
}

#[tokio::test]
async fn a_larger_cap_counts_without_a_restart_also_on_a_connection_that_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let mut settings = call(&api, "settings", json!({})).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let status = async |body: &'static str| {
        client.post(format!("{url}/in/a")).body(body).send().await.unwrap().status().as_u16()
    };
    for (cap, expected) in [(4, 413), (5, 200), (4, 413), (6, 200)] {
        settings["bodyCap"] = json!(cap);
        call(&api, "save_settings", settings.clone()).await.unwrap();
        assert_eq!(status("12345").await, expected, "with {cap} bytes");
        assert_eq!(status("1234").await, 200);
    }
    api.close().await;
}
