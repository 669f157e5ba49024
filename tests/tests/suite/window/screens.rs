//! Pictures of the screens, in both themes.

use anyhow::Result;
use pushpull_tests::{Theme, Window};
use std::path::PathBuf;

/// Sets a theme and returns after the page has drawn it.
const SET: &str = "\
const [theme, done] = arguments;
document.documentElement.dataset.theme = theme;
requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)));";

/// The folder: `PUSHPULL_SCREENS`, or `target/screens`.
fn folder() -> PathBuf {
    let kept = std::env::var_os("PUSHPULL_SCREENS").map(PathBuf::from);
    kept.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/screens"))
}

/// Takes a picture of the window in each theme: `NAME-light.png` and `NAME-dark.png`.
pub(super) async fn take(window: &Window, name: &str) -> Result<()> {
    let before = window.script("return document.documentElement.dataset.theme", vec![]).await?;
    for theme in Theme::ALL {
        window.client().execute_async(SET, vec![theme.name().into()]).await?;
        window.screenshot(&folder().join(format!("{name}-{}.png", theme.name()))).await?;
    }
    window.client().execute_async(SET, vec![before]).await?;
    Ok(())
}
