//! The vault in the real window: locked and opened in the settings.

use super::screens;
use anyhow::{Context, Result};
use pushpull_tests::{CONTROL, ENTER, Home, RELEASE, Window};
use serde_json::json;

const PASSPHRASE: &str = "correct horse";

/// Brings the vault's part of the settings to the top.
const SHOW: &str = "\
[...document.querySelectorAll('.settings section')].find((part) => part.innerText.startsWith('Vault')).scrollIntoView();";

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_that_is_unlocked_in_the_settings_stays_open() -> Result<()> {
    Window::with(&Home::new()?, async |window| {
        window.find(".first h1").await?;
        let passphrase = json!({ "place": "passphrase", "passphrase": PASSPHRASE, "keyFile": null });
        window.invoke("make_vault", passphrase).await?;
        window.press(&format!("{CONTROL},{RELEASE}")).await?;
        window.text("main", "The key comes from your passphrase.").await?;
        window.script(SHOW, vec![]).await?;
        window.button("Lock").await?;
        window.text("main", "Capturing goes on; only what needs a secret waits.").await?;
        window.button("Unlock").await?;
        window.fill("[role=dialog] input[type=password]", &format!("wrong{ENTER}")).await?;
        window.text("[role=dialog] [role=alert]", "passphrase").await?;
        window.fill("[role=dialog] input[type=password]", &format!("{PASSPHRASE}{ENTER}")).await?;
        window.gone("[role=dialog]").await?;
        window.text("main", "The key comes from your passphrase.").await?;
        screens::take(window, "vault").await?;
        let state = window.invoke("vault", json!({})).await?["state"].clone();
        assert_eq!(state, "unlocked");
        window.invoke("create_source", json!({ "name": "shop" })).await?;
        let secret = json!({ "source": "shop", "label": "", "value": "whsec_0123456789abcdef" });
        window.invoke("add_secret", secret).await.context("Adding a secret").map(drop)
    })
    .await
}
