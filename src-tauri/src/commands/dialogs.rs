//! The system's own dialogs for choosing a file.

use serde::Deserialize;
use serde_json::Value;
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

/// Files that a dialog offers first.
#[derive(Debug, Deserialize)]
struct Filter {
    name: String,
    extensions: Vec<String>,
}

/// Asks for a file that is there; `filters` is a list of names with the endings they stand for, or null. Answers its path, or null if the user closed the dialog.
pub(crate) async fn choose_file(app: &AppHandle, title: &str, filters: &Value) -> Value {
    let filters: Vec<Filter> = Vec::deserialize(filters).unwrap_or_default();
    choose(app, |mut dialog, chosen| {
        for filter in &filters {
            dialog = dialog.add_filter(&filter.name, &filter.extensions.iter().map(String::as_str).collect::<Vec<_>>());
        }
        dialog.set_title(title).pick_file(move |path| {
            // The page may be gone by now.
            let _ = chosen.send(path);
        });
    })
    .await
}

/// Asks where to write a file. Answers its path, or null if the user closed the dialog.
pub(crate) async fn choose_save(app: &AppHandle, suggested: &str) -> Value {
    choose(app, |dialog, chosen| {
        dialog.set_file_name(suggested).save_file(move |path| {
            let _ = chosen.send(path);
        });
    })
    .await
}

async fn choose(
    app: &AppHandle,
    show: impl FnOnce(FileDialogBuilder<tauri::Wry>, oneshot::Sender<Option<FilePath>>),
) -> Value {
    #[cfg(feature = "test-seams")]
    if let Some(path) = std::env::var_os("PUSHPULL_TEST_CHOICE") {
        return Value::String(path.to_string_lossy().into_owned());
    }
    let mut dialog = app.dialog().file();
    if let Some(window) = app.get_webview_window(crate::window::LABEL) {
        dialog = dialog.set_parent(&window);
    }
    let (chosen, answer) = oneshot::channel();
    show(dialog, chosen);
    let path = answer.await.ok().flatten().and_then(|path| path.into_path().ok());
    path.map_or(Value::Null, |path| Value::String(path.to_string_lossy().into_owned()))
}
