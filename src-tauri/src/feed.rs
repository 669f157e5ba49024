//! Passes the engine's feed on to the page.

use crate::window::LABEL;
use pushpull_engine::api::{Api, FeedEvent};
use tauri::{AppHandle, Emitter};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// What the page listens to.
const EVENT: &str = "feed";

/// Sends every event to the page from now on. The engine holds them to 20 a second.
pub(crate) fn forward(app: &AppHandle, api: &Api) {
    tauri::async_runtime::spawn(keep_forwarding(app.clone(), api.subscribe()));
}

async fn keep_forwarding(app: AppHandle, mut feed: Receiver<FeedEvent>) {
    while let Some(event) = next(&mut feed).await {
        // A window that is being closed takes no more.
        let _ = app.emit_to(LABEL, EVENT, event);
    }
}

/// The next event; None once there will be no more.
async fn next(feed: &mut Receiver<FeedEvent>) -> Option<FeedEvent> {
    let mut missed = false;
    loop {
        match feed.recv().await {
            Ok(mut event) => {
                // What was missed may have been about the lists, or have named what changed; the rest of every event stands
                // for itself.
                event.lists |= missed;
                event.missed = missed;
                return Some(event);
            }
            Err(RecvError::Lagged(_)) => missed = true,
            Err(RecvError::Closed) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(jobs: &[&str]) -> FeedEvent {
        let jobs: Vec<_> =
            jobs.iter().map(|ticket| json!({ "ticket": ticket, "kind": "export", "done": 0, "total": 0 })).collect();
        let status = json!({
            "workspace": "a.pushpull",
            "listener": { "type": "off" },
            "tunnel": { "state": { "type": "off" }, "log": [] },
            "stored": { "exchanges": 0, "newest": 0, "bytes": 0, "requests": 0, "revision": 0 },
            "autoSource": true,
            "unknownPaths": 0,
            "notice": null,
            "version": "0.1.0",
        });
        serde_json::from_value(
            json!({ "status": status, "changed": [], "lists": false, "missed": false, "jobs": jobs }),
        )
        .unwrap()
    }

    #[tokio::test]
    async fn everything_is_read_anew_after_events_that_were_missed_and_only_then() {
        let (feed, mut events) = tokio::sync::broadcast::channel(2);
        for ticket in ["missed", "kept", "last"] {
            feed.send(event(&[ticket])).unwrap();
        }
        drop(feed);
        let kept = next(&mut events).await.unwrap();
        assert_eq!((kept.jobs[0].ticket.as_str(), kept.lists, kept.missed), ("kept", true, true));
        let last = next(&mut events).await.unwrap();
        assert_eq!((last.jobs[0].ticket.as_str(), last.lists, last.missed), ("last", false, false));
        assert_eq!(next(&mut events).await, None);
    }
}
