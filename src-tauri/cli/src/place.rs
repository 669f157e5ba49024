//! The workspace that is used when nobody names one: the window's own.

use anyhow::{Context as _, anyhow};
use pushpull_engine::store::make_private_folder;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The folder's name under the system's data folder: the window's identifier.
const FOLDER: &str = "pushpull";

/// The file in that folder in which the window remembers what it had open.
const PREFERENCES: &str = "preferences.json";

/// The workspace that the window would open: the one it had open last, if that is still there, else its default. The
/// folder of the default is made if it is not there, and closed to everybody else.
pub(crate) fn windows_workspace() -> anyhow::Result<PathBuf> {
    let folder = data_folder()
        .ok_or_else(|| anyhow!("There is no home folder to keep a workspace in. Name one with --workspace FILE."))?
        .join(FOLDER);
    make_private_folder(&folder).with_context(|| format!("{} could not be made", folder.display()))?;
    Ok(remembered(&folder).unwrap_or_else(|| folder.join("default.pushpull")))
}

/// Preferences may be lost: those that can't be read are none, as for the window.
fn remembered(folder: &Path) -> Option<PathBuf> {
    let text = std::fs::read(folder.join(PREFERENCES)).ok()?;
    let kept: Value = serde_json::from_slice(&text).ok()?;
    let path = PathBuf::from(kept.get("workspace")?.as_str()?);
    path.exists().then_some(path)
}

/// Where the system keeps the data of programs (on Linux the XDG base directory specification).
fn data_folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(target_os = "windows") {
        variable("APPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        variable("XDG_DATA_HOME").or_else(|| variable("HOME").map(|home| home.join(".local/share")))
    }
}
