//! The signature of a push in the real window: why it can't be told, what is set there, and what the list says then.

use super::screens;
use anyhow::{Context, Result};
use pushpull_tests::{Home, Window};
use serde_json::json;

/// GitHub's published example.
const SECRET: &str = "It's a Secret to Everybody";
const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
const PASSPHRASE: &str = "correct horse";
const BODY: &str = "Hello, World!";

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_set_in_the_tab_makes_a_signed_push_valid() -> Result<()> {
    Window::with(&Home::new()?, signed).await
}

async fn signed(window: &Window) -> Result<()> {
    window.find(".first h1").await?;
    window.invoke("create_source", json!({ "name": "github" })).await?;
    post(window).await?;
    window.click(".exchange-grid.row").await?;
    window.click("#detail-panel-tab-signature").await?;
    window.text(".signature", "there is no secret to check it with").await?;
    window.text(".signature", SIGNATURE.trim_start_matches("sha256=")).await?;
    window.text(".signature pre", BODY).await?;
    screens::take(window, "signature-unchecked").await?;

    let passphrase = json!({ "place": "passphrase", "passphrase": PASSPHRASE, "keyFile": null });
    window.invoke("make_vault", passphrase).await?;
    window.invoke("lock_vault", json!({})).await?;
    set(window, "not the secret").await?;
    window.fill("[role=dialog] input[type=password]", PASSPHRASE).await?;
    window.button("Unlock").await?;
    window.text(".signature", "does not fit").await.context("With another secret")?;
    window.find(".exchange-grid.row .shield.invalid").await?;
    screens::take(window, "signature-invalid").await?;

    set(window, SECRET).await?;
    window.text(".signature [data-verdict=valid]", "Signed").await.context("With its secret")?;
    window.find(".exchange-grid.row .shield.valid").await?;
    screens::take(window, "signature").await?;

    deliveries(window).await.context("Its deliveries")?;
    window.button("Hex").await?;
    window.text(".signature .well", "48 65 6c 6c 6f 2c 20 57 6f 72 6c 64 21").await
}

/// The push again, folded away and unfolded: the timeline says of each whether it is signed, and leads to why.
async fn deliveries(window: &Window) -> Result<()> {
    post(window).await?;
    window.text(".exchange-grid.row", "duplicate").await?;
    window.press("d").await?;
    window.text(".listfoot", "1 in view").await?;
    window.click(".exchange-grid.row .fold").await?;
    window.text(".exchange-grid.row.below", "duplicate").await?;
    window.click("#detail-panel-tab-deliveries").await?;
    window.text(".deliveries .check", "valid").await?;
    screens::take(window, "unfolded").await?;
    window.click(".deliveries .check").await?;
    window.find("#detail-panel-tab-signature.on").await.map(drop)
}

/// A body with a newline more than was signed: the reason is proven, and what was signed can be copied.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_body_is_said_to_be_changed() -> Result<()> {
    Window::with(&Home::new()?, changed).await
}

async fn changed(window: &Window) -> Result<()> {
    window.find(".first h1").await?;
    window.invoke("create_source", json!({ "name": "github" })).await?;
    let passphrase = json!({ "place": "passphrase", "passphrase": PASSPHRASE, "keyFile": null });
    window.invoke("make_vault", passphrase).await?;
    window.invoke("add_secret", json!({ "source": "github", "label": "live", "value": SECRET })).await?;
    posted(window, &format!("{BODY}\n")).await?;
    window.find(".exchange-grid.row .shield.invalid").await?;
    window.click(".exchange-grid.row").await?;
    window.click("#detail-panel-tab-signature").await?;
    window.text(".signature [data-verdict=invalid]", "it was signed without the newline at the end").await?;
    window.text(".signature", "Check the raw bytes of the request").await?;
    window.click("section[aria-label='Signed bytes'] .head .btn").await?;
    window.text(".toasts", "Signed bytes copied").await
}

async fn post(window: &Window) -> Result<()> {
    posted(window, BODY).await
}

async fn posted(window: &Window, body: &str) -> Result<()> {
    let fields = format!("X-GitHub-Event: push\r\nX-Hub-Signature-256: {SIGNATURE}\r\n");
    assert_eq!(window.post("/in/github", &fields, body.as_bytes()).await?.status, 200);
    Ok(())
}

async fn set(window: &Window, secret: &str) -> Result<()> {
    window.fill(".signature input[type=password]", secret).await?;
    window.button("Set and check").await
}
