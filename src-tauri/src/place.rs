//! The folder that Pushpull keeps its data in.

use std::path::{Path, PathBuf};
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

/// Makes the folder if it is not there, readable by nobody else.
///
/// # Errors
/// If it can't be made.
pub(crate) fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        builder.mode(0o700).create(folder)?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
    }
    #[cfg(not(unix))]
    builder.create(folder)
}
