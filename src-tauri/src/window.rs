//! The one window: where it opens, what it may load, and where it may go.

use crate::preferences;
use serde_json::Value;
use tauri::utils::config::Color;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Theme, Url, WebviewWindowBuilder};
use tauri_plugin_window_state::StateFlags;

/// The window's label: capabilities name it.
pub(crate) const LABEL: &str = "main";
/// `--bg-pane` of the light theme: what is seen until the page has painted.
const LIGHT: Color = Color(253, 254, 254, 255);
/// `--bg-pane` of the dark theme.
const DARK: Color = Color(24, 27, 31, 255);

/// What of the window comes back at the next start.
pub(crate) fn remembered() -> StateFlags {
    StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED
}

/// Opens the window.
///
/// # Errors
/// If the system's web view can't be started.
pub(crate) fn open(app: &AppHandle) -> anyhow::Result<()> {
    let config = app.config().app.windows.iter().find(|window| window.label == LABEL);
    let config = config.ok_or_else(|| anyhow::anyhow!("the configuration has no window {LABEL:?}"))?;
    let chosen = preferences::theme(app);
    let window = WebviewWindowBuilder::from_config(app, config)?
        .background_color(background(chosen.unwrap_or(Theme::Light)))
        .initialization_script(given(&preferences::of_the_page(app)))
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    if chosen.is_none() {
        window.set_background_color(Some(background(window.theme()?)))?;
    }
    Ok(())
}

/// Brings the window to the front: what a second start does.
pub(crate) fn focus(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        // A window manager may refuse; the user then sees it in the task bar.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// What the page finds before its first script runs: its own preferences, so that it need not ask for them.
fn given(preferences: &Value) -> String {
    // JSON is JavaScript, whatever the text in it.
    format!("window.pushpullPreferences = {preferences};")
}

fn background(theme: Theme) -> Color {
    if theme == Theme::Dark { DARK } else { LIGHT }
}

/// True for the pages that are built into the app: nothing else is ever loaded into the window.
fn is_ours(url: &Url) -> bool {
    // The preview of a captured page: a frame without rights, whose text the window itself gives.
    if url.as_str() == "about:srcdoc" {
        return true;
    }
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // How the same pages are named on Windows.
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost") && url.port().is_none(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_goes_nowhere_but_to_its_own_pages() {
        let own = if cfg!(windows) { "http://tauri.localhost/" } else { "tauri://localhost/index.html" };
        assert!(is_ours(&own.parse().unwrap()));
        for url in [
            "https://example.com/",
            "http://127.0.0.1:4400/in/x",
            "http://tauri.localhost:8080/",
            "tauri://elsewhere/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "about:blank",
            "blob:tauri://localhost/1",
        ] {
            assert!(!is_ours(&url.parse().unwrap()), "{url}");
        }
    }
}
