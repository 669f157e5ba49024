//! What the window remembers that may be lost: the theme and the workspace opened last.

use serde_json::Value;
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Theme};
use tauri_plugin_store::StoreExt;

/// The file, in the app's data folder. The page keeps its own preferences in it, as `window`.
const FILE: &str = "preferences.json";

/// The workspace opened last, if it is still there.
pub(crate) fn workspace(app: &AppHandle) -> Option<PathBuf> {
    let path = PathBuf::from(kept(app, "workspace")?.as_str()?);
    path.exists().then_some(path)
}

/// Remembers the workspace for the next start.
///
/// # Errors
/// If the file can't be written.
pub(crate) fn remember_workspace(app: &AppHandle, path: &Path) -> tauri_plugin_store::Result<()> {
    let store = app.store(FILE)?;
    store.set("workspace", Value::String(path.to_string_lossy().into_owned()));
    store.save()
}

/// The theme that the user chose; None follows the system.
pub(crate) fn theme(app: &AppHandle) -> Option<Theme> {
    match kept(app, "window")?["theme"].as_str()? {
        "light" => Some(Theme::Light),
        "dark" => Some(Theme::Dark),
        _ => None,
    }
}

/// What the page kept, as it wrote it; null before it wrote anything.
pub(crate) fn of_the_page(app: &AppHandle) -> Value {
    kept(app, "window").unwrap_or_default()
}

fn kept(app: &AppHandle, key: &str) -> Option<Value> {
    app.store(FILE).ok()?.get(key)
}
