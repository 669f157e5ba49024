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
    let mut missed = false;
    loop {
        match feed.recv().await {
            Ok(mut event) => {
                // What was missed may have been about the lists; the rest of every event stands for itself.
                event.lists |= std::mem::take(&mut missed);
                // A window that is being closed takes no more.
                let _ = app.emit_to(LABEL, EVENT, event);
            }
            Err(RecvError::Lagged(_)) => missed = true,
            Err(RecvError::Closed) => return,
        }
    }
}
