//! The real window.

use anyhow::Result;
use pushpull_tests::{Home, Window};

#[tokio::test(flavor = "multi_thread")]
async fn the_window_opens_on_its_own_page_and_stays_there() -> Result<()> {
    let home = Home::new()?;
    let window = Window::open(&home).await?;
    let url = window.client().current_url().await?;
    assert_eq!((url.scheme(), url.host_str()), ("tauri", Some("localhost")));
    for target in ["https://example.com/", "about:blank", "file:///etc/passwd"] {
        window.script("location.href = arguments[0]", vec![target.into()]).await?;
        window.script("window.open(arguments[0])", vec![target.into()]).await?;
    }
    assert_eq!(window.client().current_url().await?.scheme(), "tauri");
    assert_eq!(window.client().windows().await?.len(), 1);
    window.close().await
}
