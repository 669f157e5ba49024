//! The sources screen: what is written there answers real senders, and what answered is shown in the inbox.

use super::screens;
use anyhow::{Context, Result};
use pushpull_tests::{CONTROL, ENTER, Home, RELEASE, Raw, Window, until};
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::test(flavor = "multi_thread")]
async fn a_sequence_that_is_written_in_the_window_answers_a_sender() -> Result<()> {
    Window::with(&Home::new()?, sequence).await
}

async fn sequence(window: &Window) -> Result<()> {
    new_source(window).await?;
    screens::take(window, "sources-new").await?;

    window.button("Add a rule").await?;
    for (place, status) in (1..).zip(["500", "500", "200"]) {
        if place > 1 {
            window.button("Then answer").await?;
        }
        window.fill(&format!(".rule .step:nth-of-type({place}) input[id$='-status']"), status).await?;
    }
    window.text(".rules", "500, 500, 200").await?;
    kept(window, "/rules/0/steps/2/status", 200).await?;

    for expected in [500, 500, 200, 200] {
        assert_eq!(window.post("/in/shop", "", b"{}").await?.status, expected);
    }
    window.text(".rules .n", "4").await?;
    window.button("Start the sequences again").await?;
    window.text(".rules .n", "0").await?;
    window.button("Try it").await?;
    window.text(".got", "500").await?;
    screens::take(window, "sources").await?;

    methods(window, "PUT", &["PUT"]).await?;
    assert_eq!(window.post("/in/shop", "", b"").await?.status, 405);
    methods(window, " ", &[]).await?;
    window.button("Show exchange 5").await?;
    window.text(".note", "step 1 of 3").await?;
    screens::take(window, "answered").await?;
    renamed(window).await.context("Renaming and deleting it")
}

/// Its provider is chosen; it gets another name, which its rules go along to, and is deleted.
async fn renamed(window: &Window) -> Result<()> {
    window.keys("go").await?;
    window.script("document.querySelector('select[id$=provider]')?.scrollIntoView()", vec![]).await?;
    window.click("select[id$='-provider'] option[value='stripe']").await?;
    window.text(".page", "as success").await?;
    window.script("document.querySelector('.page').scrollTo(0, 1e6)", vec![]).await?;
    screens::take(window, "sources-service").await?;

    window.button("Rename").await?;
    window.find("header input[aria-label='New name of shop']:focus").await?;
    window.press(&format!("store{ENTER}")).await?;
    window.text("h1", "store").await?;
    window.text(".url", "/in/store").await?;
    assert_eq!(window.post("/in/store", "", b"{}").await?.status, 500, "the sequence starts again");

    window.button("Delete").await?;
    window.button("Really delete").await?;
    window.text(".toasts", "store is deleted; its pushes stay").await?;
    window.text(".page", "No source yet").await?;
    let stored = window.invoke("status", json!({})).await?["stored"]["exchanges"].clone();
    assert_eq!(stored, 7);
    Ok(())
}

/// Types the methods that the source takes, and waits until they are kept.
async fn methods(window: &Window, typed: &str, wanted: &[&str]) -> Result<()> {
    window.fill("input[id$='-methods']:not(.rule *)", typed).await?;
    kept(window, "/methods", json!(wanted)).await
}

/// Makes the source `shop` and shows it.
async fn new_source(window: &Window) -> Result<()> {
    window.find(".first h1").await?;
    window.keys("go").await?;
    window.button("New source").await?;
    window.fill("aside input[aria-label='Name of the new source']", &format!("shop{ENTER}")).await?;
    window.text("h1", "shop").await
}

/// Waits until what was typed last is kept: the value at a JSON Pointer in the rules of `shop`.
async fn kept(window: &Window, pointer: &str, wanted: impl Into<Value>) -> Result<()> {
    let wanted = wanted.into();
    until(&format!("{pointer} to be kept as {wanted}"), async || {
        let read = window.invoke("source_rules", json!({ "source": "shop" })).await?;
        Ok((read["rules"].pointer(pointer) == Some(&wanted)).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_cross_origin_calls_and_a_schema_are_set_in_the_window_and_met_by_senders() -> Result<()> {
    Window::with(&Home::new()?, guarded).await
}

async fn guarded(window: &Window) -> Result<()> {
    new_source(window).await?;
    let address = window.address().await?;
    window.button("Add a rule").await?;
    reset(window, &address).await.context("A reset")?;
    drip(window).await.context("An answer that drips")?;
    cross_origin(window, &address).await.context("Calls of other origins")?;
    schema(window).await.context("A schema")?;
    assert_eq!(window.address().await?, address, "nothing was started again");
    Ok(())
}

/// The connection is cut, which the sender and the trial are told by the system.
async fn reset(window: &Window, address: &str) -> Result<()> {
    window.click(".rule select[id$='-fault'] option[value='reset']").await?;
    kept(window, "/rules/0/steps/0/fault/type", "reset").await?;
    window.text(".rules .what", "reset").await?;
    let mut sender = TcpStream::connect(address).await?;
    sender.write_all(b"POST /in/shop HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}").await?;
    let cut = sender.read_to_end(&mut Vec::new()).await.err().context("An orderly end")?;
    assert_eq!(cut.kind(), ErrorKind::ConnectionReset);
    window.button("Try it").await?;
    window.text(".got", "the connection reset").await?;
    screens::take(window, "sources-fault").await
}

/// The whole answer, a header of the user's with it, and no faster than was said.
async fn drip(window: &Window) -> Result<()> {
    window.click(".rule select[id$='-fault'] option[value='drip']").await?;
    window.fill(".rule [aria-label='Bytes a second']", "400").await?;
    window.fill(".rule input[id$='-status']", "202").await?;
    window.button("Header").await?;
    window.fill(".rule [aria-label='Name of header 1']", "X-Shop").await?;
    window.fill(".rule [aria-label='Value of header 1']", "open").await?;
    window.fill(".rule [aria-label='Body of answer 1']", "taken: {{body.id}}").await?;
    kept(window, "/rules/0/steps/0/body", "taken: {{body.id}}").await?;
    let began = Instant::now();
    let answer = window.post("/in/shop", "", br#"{"id":7}"#).await?;
    assert_eq!((answer.status, answer.header("x-shop"), &answer.body[..]), (202, Some("open"), &b"taken: 7"[..]));
    // What leaves at once is a piece of a twentieth of a second.
    let least = (answer.head.len() + answer.body.len() - 20) as f64 / 400.0;
    assert!(began.elapsed() >= Duration::from_secs_f64(least), "{:?}, not {least} s", began.elapsed());
    window.button("Try it").await?;
    window.text(".got", "202, a whole answer").await?;
    window.click(".rule select[id$='-fault'] option[value='none']").await?;
    kept(window, "/rules/0/steps/0/fault", Value::Null).await
}

/// A page of another origin is told that it may, and reads the answer.
async fn cross_origin(window: &Window, address: &str) -> Result<()> {
    let ask = b"OPTIONS /in/shop HTTP/1.1\r\nHost: h\r\nOrigin: https://shop.example\r\n\
        Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-shop\r\n\r\n";
    window.label("Let pages of every origin").await?;
    kept(window, "/cors", true).await?;
    let mut page = Raw::connect(address).await?;
    page.send(ask).await?;
    let leave = page.answer().await?;
    let said = |name| leave.header(name).unwrap_or_default().to_owned();
    assert_eq!((leave.status, said("access-control-allow-origin")), (204, "*".into()));
    assert_eq!(said("access-control-allow-methods"), "POST");
    assert_eq!(said("access-control-allow-headers"), "x-shop");
    let answer = window.post("/in/shop", "Origin: https://shop.example\r\n", b"{}").await?;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (202, Some("*")));
    Ok(())
}

/// One that is wrong changes nothing yet; then what does not fit it gets the answer chosen for that.
async fn schema(window: &Window) -> Result<()> {
    window.label("Hold it against a JSON Schema").await?;
    window.fill(".reply[aria-label='Answer to what does not fit'] input[id$='-status']", "409").await?;
    window.click(".schema .cm-content").await?;
    window.press(r#"{"type": 5}"#).await?;
    window.text(".page", "Not in force yet").await?;
    assert_eq!(window.post("/in/shop", "", b"[]").await?.status, 202, "as before");
    screens::take(window, "sources-schema-wrong").await?;
    window.click(".schema .cm-content").await?;
    window.press(&format!("{CONTROL}a{RELEASE}")).await?;
    window.press(r#"{"type": "object", "required": ["id"]}"#).await?;
    kept(window, "/schema/text", r#"{"type": "object", "required": ["id"]}"#).await?;
    for (body, status) in [("[]", 409), (r#"{"no":1}"#, 409), (r#"{"id":1}"#, 202)] {
        assert_eq!(window.post("/in/shop", "", body.as_bytes()).await?.status, status, "{body}");
    }
    window.fill("[aria-label='Body to send']", "[]").await?;
    window.button("Try it").await?;
    window.text(".got", "409").await
}
