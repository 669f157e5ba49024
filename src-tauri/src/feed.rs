//! Where the shell meets the engine: opening the workspace, and passing its feed on to the page.

use crate::window::LABEL;
use pushpull_engine::api::Api;
use std::path::PathBuf;
use tauri::{AppHandle, Emitter as _};
use tokio::sync::broadcast::error::RecvError;

/// The event that the page listens for.
const FEED: &str = "feed";

/// Opens the workspace. One that can't be opened is told by the status, so that the window can say so and offer another.
pub(crate) async fn open(path: PathBuf) -> Api {
    Api::start(&path).await
}

/// Sends every event of the feed to the page, as long as the window is there.
pub(crate) fn forward(app: &AppHandle, api: &Api) {
    let app = app.clone();
    let mut feed = api.subscribe();
    tauri::async_runtime::spawn(async move {
        loop {
            match feed.recv().await {
                // An error means that the window is closing.
                Ok(event) if app.emit_to(LABEL, FEED, event).is_err() => return,
                // A page that was too slow reads what it shows again at the next event.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    });
}
