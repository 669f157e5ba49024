//! Reading in the real window: fields as they came, finding, paths on the clipboard, packed bodies, events of a batch.

use super::screens;
use anyhow::{Context, Result};
use pushpull_tests::{ALT, CONTROL, END, ENTER, ESCAPE, Home, RELEASE, SHIFT, Window, until};
use serde_json::json;

const BODY: &str = r#"{"by":"J\u00fcrgen","list":[{"name":"needle"},{"name":"other"}],"Needle":12345678901234567890,"a/b":{"~":"needle"}}"#;
/// `{"packed":true}`, by gzip.
const PACKED: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xabV*HL\xceNMQ\xb2*)*M\xad\x05\0\x89\xe0\xb5\xdc\x0f\0\0\0";
const BATCH: &str = r#"[{"subscriptionType":"contact.creation","eventId":1},
    {"subscriptionType":"deal.deletion","eventId":2},{"subscriptionType":"contact.creation","eventId":3}]"#;

/// The texts of all elements.
const TEXTS: &str = "return [...document.querySelectorAll(arguments[0])].map((found) => found.innerText)";

#[tokio::test(flavor = "multi_thread")]
async fn what_came_is_shown_found_and_copied_as_it_came() -> Result<()> {
    Window::with(&Home::new()?, read).await
}

async fn read(window: &Window) -> Result<()> {
    window.find(".first h1").await?;
    let fields = "x-LOWER: one\r\nX-Twice: 1\r\nx-twice: 2\r\nContent-Type: application/json\r\n";
    post(window, "/in/read?b=2&a=1&b=%20x", fields, BODY.as_bytes()).await?;
    window.click(".exchange-grid.row").await?;
    the_fields(window).await.context("Its fields")?;
    window.click("#detail-panel-tab-body").await?;
    finding(window).await.context("Finding in it")?;
    paths(window).await.context("Copying paths")?;
    packed(window).await.context("A packed body")?;
    broken(window).await.context("A body with a syntax error")?;
    batch(window).await.context("A batch")
}

/// Header fields and the query in their order, case and number.
async fn the_fields(window: &Window) -> Result<()> {
    window.click("#detail-panel-tab-headers").await?;
    window.text("#detail-panel", "X-Twice").await?;
    let names = window.script(TEXTS, vec!["#detail-panel th[scope=row]".into()]).await?;
    assert_eq!(names, json!(["Host", "x-LOWER", "X-Twice", "x-twice", "Content-Type", "Content-Length"]));
    window.click("#detail-panel-tab-query").await?;
    window.text("#detail-panel", "b").await?;
    let names = window.script(TEXTS, vec!["#detail-panel th[scope=row]".into()]).await?;
    assert_eq!(names, json!(["b", "a", "b"]));
    window.click("#detail-panel-tab-raw").await?;
    window.text("#detail-panel", "POST /in/read?b=2&a=1&b=%20x HTTP/1.1").await
}

/// Whatever its case, in keys and values; Enter goes to the next.
async fn finding(window: &Window) -> Result<()> {
    window.text("[role=tree]", "12345678901234567890").await?;
    window.press(&format!("{CONTROL}f{RELEASE}")).await?;
    window.press("needle").await?;
    window.text(".bodyview .field [role=status]", "1 of 3").await?;
    window.press(&ENTER.to_string()).await?;
    window.text(".bodyview .field [role=status]", "2 of 3").await?;
    screens::take(window, "find").await?;
    window.press(&ESCAPE.to_string()).await?;
    window.find("[role=tree]:focus").await.map(drop)
}

/// The last node's path, as JSONPath and as JSON Pointer: what is pasted is what was copied.
async fn paths(window: &Window) -> Result<()> {
    for (keys, said, path) in [
        (format!("{CONTROL}{SHIFT}c{RELEASE}"), "Path copied", "$['a/b']['~']"),
        (format!("{CONTROL}{ALT}c{RELEASE}"), "JSON Pointer copied", "/a~1b/~0"),
        (format!("{CONTROL}c{RELEASE}"), "Value copied", "\"needle\""),
    ] {
        window.script("document.querySelector('[role=tree]').focus()", vec![]).await?;
        window.press(&END.to_string()).await?;
        window.text(".pathbar", "['~']").await?;
        window.press(&keys).await?;
        window.text(".toasts", said).await?;
        window.press(&format!("{CONTROL}f{RELEASE}")).await?;
        until(&format!("{path} on the clipboard"), async || {
            window.press(&format!("{CONTROL}av{RELEASE}")).await?;
            let field = window.script("return document.activeElement.value", vec![]).await?;
            Ok((field == path).then_some(()))
        })
        .await?;
        window.press(&ESCAPE.to_string()).await?;
    }
    Ok(())
}

async fn packed(window: &Window) -> Result<()> {
    let fields = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
    post(window, "/in/packed", fields, PACKED).await?;
    newest(window, "/in/packed").await?;
    window.text(".bodyview", "gzip taken off: 35 B on the wire, 15 B shown").await?;
    window.text("[role=tree]", "packed").await
}

/// The place of the error is said, and a click leads there.
async fn broken(window: &Window) -> Result<()> {
    let body = format!("{{{}\"last\": oops}}", (0..400).map(|n| format!("\"k{n}\": {n},\n")).collect::<String>());
    post(window, "/in/broken", "Content-Type: application/json\r\n", body.as_bytes()).await?;
    newest(window, "/in/broken").await?;
    window.text(".bodyview .note", "Line 401, column 9").await?;
    window.button("Show it in the text").await?;
    window.text(".bodyview", "\"last\": oops").await?;
    unsearched(window).await.context("What its values can't be asked for")
}

/// The menu of a value in it says why the list is not filtered by that.
async fn unsearched(window: &Window) -> Result<()> {
    window.click(".bodyview [data-value=tree]").await?;
    window.text("[role=tree]", "k1").await?;
    let point = "const row = document.querySelectorAll('[role=treeitem]')[1];
        const { left, top } = row.getBoundingClientRect();
        row.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, clientX: left + 40, clientY: top + 8 }))";
    window.script(point, vec![]).await?;
    window.text("[role=menuitem][aria-disabled=true]", "The list can't read values of broken JSON.").await?;
    screens::take(window, "unsearched").await?;
    window.press(&ESCAPE.to_string()).await
}

/// Several events in one body, one by one; choosing one shows where it stands.
async fn batch(window: &Window) -> Result<()> {
    let fields = "Content-Type: application/json\r\nX-HubSpot-Signature-v3: abc\r\n";
    post(window, "/in/hubspot", fields, BATCH.as_bytes()).await?;
    newest(window, "/in/hubspot").await?;
    window.click("#detail-panel-tab-events").await?;
    window.text("#detail-panel .types", "2 events").await?;
    let types = window.script(TEXTS, vec![".event span:nth-child(2)".into()]).await?;
    assert_eq!(types, json!(["contact.creation", "deal.deletion", "contact.creation"]));
    screens::take(window, "batch").await?;
    window.click("li:nth-child(2) .event").await?;
    window.text(".pathbar", "$[1]").await
}

/// Selects the row that came last.
async fn newest(window: &Window, path: &str) -> Result<()> {
    let of_it = "return document.querySelector('.exchange-grid.row .ev')?.title.includes(arguments[0]) ?? false";
    pushpull_tests::until("its row", async || {
        Ok((window.script(of_it, vec![path.into()]).await? == json!(true)).then_some(()))
    })
    .await?;
    window.click(".exchange-grid.row").await?;
    window.text(".dhead", path).await
}

async fn post(window: &Window, target: &str, fields: &str, body: &[u8]) -> Result<()> {
    assert_eq!(window.post(target, fields, body).await?.status, 200);
    Ok(())
}
