//! Payload text reaches the page as text and nothing else: no script of it runs, no policy is ever asked.

use anyhow::Result;
use fantoccini::Locator;
use pushpull_tests::{Home, Window, http, until};
use serde_json::json;

/// Each sets `window.ran` if the page takes it for anything but text.
const TEXTS: &[&str] = &[
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "<svg onload=window.ran=1>",
    "\"><svg/onload=window.ran=1>",
    "'-(window.ran=1)-'",
    "javascript:window.ran=1",
    "{{constructor.constructor('window.ran=1')()}}",
    "${window.ran=1}",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "</textarea><script>window.ran=1</script>",
    "<style>@import 'http://127.0.0.1:1/x'</style>",
    "<a href=javascript:window.ran=1 autofocus onfocus=window.ran=1>x</a>",
];

/// Notes what the policy stops from now on: nothing that a payload holds should come as far as that.
const WATCH: &str = "\
window.stopped = [];
addEventListener('securitypolicyviolation', (event) => window.stopped.push(event.violatedDirective + event.blockedURI));";

/// Sends every text in the places where a sender can put one.
async fn send_all(url: &str) -> Result<()> {
    let client = http::client()?;
    let all = TEXTS.join("\n");
    let document = json!({ "text": TEXTS, (TEXTS[0]): { (TEXTS[1]): TEXTS[2] } }).to_string();
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let form = TEXTS.iter().map(|text| format!("{0}={0}", encode(text))).collect::<Vec<_>>().join("&");
    let parts = format!("--b\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{all}\r\n--b--\r\n", TEXTS[1]);
    for (content_type, body) in [
        ("application/json", document),
        ("text/html", all.clone()),
        ("image/svg+xml", format!("<svg xmlns='http://www.w3.org/2000/svg' onload='window.ran=1'>{all}</svg>")),
        ("application/x-www-form-urlencoded", form),
        ("multipart/form-data; boundary=b", parts),
    ] {
        let mut request = client.post(format!("{url}/in/hostile?{}", encode(&all))).body(body);
        for text in TEXTS {
            request = request.header("X-Text", *text);
        }
        request = request.header("Content-Type", content_type).header("X-GitHub-Event", TEXTS[1]);
        assert_eq!(request.send().await?.status(), 200, "{content_type}");
    }
    Ok(())
}

/// Clicks every element that matches, one after another, as long as there is one more.
async fn click_each(window: &Window, css: &str, mut then: impl AsyncFnMut() -> Result<()>) -> Result<()> {
    let count = window.client().find_all(Locator::Css(css)).await?.len();
    for number in 0..count {
        let elements = window.client().find_all(Locator::Css(css)).await?;
        if let Some(element) = elements.get(number) {
            element.click().await?;
            then().await?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_view_takes_a_payload_for_more_than_text() -> Result<()> {
    let home = Home::new()?;
    let window = Window::open(&home).await?;
    window.script(WATCH, vec![]).await?;
    let url = until("the listener", async || {
        Ok(window.invoke("status", json!({})).await?["listener"]["url"].as_str().map(String::from))
    })
    .await?;
    send_all(&url).await?;
    window.text(".listfoot", "5 stored").await?;
    click_each(&window, "[role=grid] [role=row][aria-selected]", async || {
        window.find(".dhead h1").await?;
        click_each(&window, ".detail [role=tab]", async || {
            click_each(&window, ".detail [aria-label=View] [role=radio]", async || Ok(())).await
        })
        .await
    })
    .await?;
    assert_eq!(window.script("return window.ran ?? null", vec![]).await?, json!(null));
    assert_eq!(window.script("return window.stopped", vec![]).await?, json!([]));
    window.close().await
}
