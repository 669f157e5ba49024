//! A provider of the user's own in the real window: checked on an example while it is written, then on what arrives.

use super::screens;
use anyhow::{Context, Result};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use pushpull_tests::{ENTER, ESCAPE, Home, Window};

/// GitHub's published example, as another service would send it.
const SECRET: &str = "It's a Secret to Everybody";
const SIGNATURE: &str = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

#[tokio::test(flavor = "multi_thread")]
async fn an_own_provider_is_tried_on_an_example_and_checks_what_arrives() -> Result<()> {
    Window::with(&Home::new()?, own).await
}

async fn own(window: &Window) -> Result<()> {
    window.find(".first h1").await?;
    window.keys("gp").await?;
    for certainty in ["confirmed", "from the documentation", "unconfirmed"] {
        window.text("[role=dialog] .list", certainty).await?;
    }
    screens::take(window, "providers").await?;
    window.button("Add provider").await?;
    write(window).await.context("Writing it")?;
    window.text("[role=dialog] .list", "your own").await?;
    window.press(&ESCAPE.to_string()).await?;
    arrives(window).await.context("A push of it")
}

/// Fills the form; the verdict on the example follows what is typed.
async fn write(window: &Window) -> Result<()> {
    window.fill("[role=dialog] input[data-first]", "Acme").await?;
    window.fill("[role=dialog] input[placeholder^='X-Acme-Event,']", "X-Acme-Event").await?;
    window.fill("[role=dialog] input[placeholder^='header:X-Acme-Event']", "header:X-Acme-Event").await?;
    let example =
        format!("POST /in/acme HTTP/1.1\nHost: h\nX-Acme-Event: paid\nX-Signature: {SIGNATURE}\n\nHello, World!");
    window.fill(".example textarea", &example.replace('\n', &ENTER.to_string())).await?;
    window.fill(".example input[type=password]", "another").await?;
    window.text(".example", "Not valid").await?;
    window.fill(".example input[type=password]", SECRET).await?;
    window.text(".example [data-verdict=valid]", "Valid").await?;
    window.text(".example", "paid").await?;
    screens::take(window, "new-provider").await?;
    keeps_what_is_typed(window).await?;
    window.click("[role=dialog] .ft .primary").await
}

/// Esc and a click beside the form ask before they lose what was typed.
async fn keeps_what_is_typed(window: &Window) -> Result<()> {
    const ASKED: &str = "[role=dialog] [role=alertdialog]";
    window.press(&ESCAPE.to_string()).await?;
    window.text(ASKED, "Discard what you changed?").await?;
    window.press(&ESCAPE.to_string()).await?;
    window.find("[role=dialog] .ft .primary").await?;
    let beside = MouseActions::new("mouse".into())
        .then(PointerAction::MoveTo { duration: None, x: 4.0, y: 4.0 })
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    window.client().perform_actions(beside).await?;
    window.text(ASKED, "Discard what you changed?").await?;
    window.button("Keep writing").await?;
    window.find("[role=dialog] .ft .primary").await?;
    Ok(())
}

async fn arrives(window: &Window) -> Result<()> {
    let fields = format!("X-Acme-Event: paid\r\nX-Signature: {SIGNATURE}\r\n");
    assert_eq!(window.post("/in/shop", &fields, b"Hello, World!").await?.status, 200);
    window.click(".exchange-grid.row").await?;
    window.text(".dhead h1", "paid").await?;
    window.click("#detail-panel-tab-signature").await?;
    window.text(".signature", "Acme").await?;
    window.text(".signature", "your own").await
}
