//! The folder that Pushpull keeps its data in.

use std::path::PathBuf;
use tauri::{AppHandle, Manager};

/// The app's data folder.
///
/// # Errors
/// If the system names none, for instance because there is no home folder.
pub(crate) fn folder(app: &AppHandle) -> tauri::Result<PathBuf> {
    app.path().app_data_dir()
}

/// The workspace that is open when nobody chose one.
pub(crate) fn default_workspace(app: &AppHandle) -> PathBuf {
    folder(app).unwrap_or_default().join("default.pushpull")
}
