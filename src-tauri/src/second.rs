//! A second start: there is one window, which comes to the front and is told what the start asked for.

use crate::arguments::Arguments;
use crate::window;
use pushpull_engine::api::Api;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tauri::{AppHandle, Emitter};
use tokio::sync::SetOnce;

/// What the page listens to: a workspace was asked for that is not the one that is open. It carries the file's path.
const EVENT: &str = "workspace_asked_for";

/// Takes a start with the words of its command line, in `folder`.
pub(crate) fn take(app: &AppHandle, served: &Arc<SetOnce<Api>>, words: Vec<String>, folder: &str) {
    window::focus(app);
    let Some(asked) = asked_for(words, Path::new(folder)) else { return };
    let (app, served) = (app.clone(), served.clone());
    tauri::async_runtime::spawn(async move {
        let open = served.wait().await.engine().await;
        if !open.is_ok_and(|engine| is_same(engine.store.path(), &asked)) {
            // A window that is being closed takes no more.
            let _ = app.emit_to(window::LABEL, EVENT, asked.to_string_lossy());
        }
    });
}

/// The workspace that the command line names. The second start itself has refused one that can't be read.
fn asked_for(words: Vec<String>, folder: &Path) -> Option<PathBuf> {
    let arguments = Arguments::parse(words.into_iter().skip(1).map(OsString::from), None).ok()?;
    Some(folder.join(arguments.workspace?))
}

/// True if both are the same file, which is there.
fn is_same(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_is_named_from_where_the_second_start_was() {
        let asked = |words: &[&str]| asked_for(words.iter().map(ToString::to_string).collect(), Path::new("/home/ada"));
        assert_eq!(asked(&["pushpull-desktop"]), None);
        assert_eq!(asked(&["pushpull-desktop", "--workspace", "a.pushpull"]), Some("/home/ada/a.pushpull".into()));
        assert_eq!(asked(&["pushpull-desktop", "--workspace=/b.pushpull"]), Some("/b.pushpull".into()));
    }
}
