//! What leaves the window: a link for the browser, text for the clipboard.

use pushpull_engine::api::ApiError;
use tauri::{AppHandle, Url};
use tauri_plugin_clipboard_manager::ClipboardExt;

/// Opens a link in the browser. The window has asked the user before.
///
/// # Errors
/// `Invalid` for anything but an http or https URL with a host; `Failed` if no browser could be started.
pub(crate) fn open_url(text: &str) -> Result<(), ApiError> {
    let url = web_url(text)?;
    tauri_plugin_opener::open_url(url.as_str(), None::<&str>).map_err(|error| {
        ApiError::failed(format!("No browser could be started for {}: {error}.", url.host_str().unwrap_or_default()))
    })
}

/// Puts text on the clipboard.
///
/// # Errors
/// `Failed` if the system has no clipboard.
pub(crate) fn copy_text(app: &AppHandle, text: &str) -> Result<(), ApiError> {
    app.clipboard().write_text(text).map_err(|error| ApiError::failed(format!("The clipboard took nothing: {error}.")))
}

/// The URL of a web page: http or https, with a host. What a captured body holds must not start a program of another
/// scheme.
fn web_url(text: &str) -> Result<Url, ApiError> {
    let url = Url::parse(text).map_err(|error| ApiError::invalid(format!("{text:?} is not a URL: {error}.")))?;
    if !matches!(url.scheme(), "http" | "https") {
        let message = format!("A {} link is not opened: only http and https are.", url.scheme());
        return Err(ApiError::invalid(message));
    }
    // The scheme guarantees a host; a name and password before it would only mislead.
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ApiError::invalid("A link with a name or password in it is not opened."));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::web_url;

    #[test]
    fn only_links_to_web_pages_are_opened() {
        for text in ["http://example.com", "https://example.com/a?b#c", "HTTPS://EXAMPLE.COM", "http://127.0.0.1:4400/"]
        {
            assert!(web_url(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "example.com",
            "/etc/passwd",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://example.com",
            "mailto:a@example.com",
            "vscode://file/x",
            "smb://host/share",
            "https://github.com@evil.example/",
            "http://",
        ] {
            assert!(web_url(text).is_err(), "{text}");
        }
    }
}
