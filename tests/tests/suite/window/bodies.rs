//! Bodies of every kind as the window shows them, and previews that reach nobody.

use super::screens;
use anyhow::{Context, Result};
use fantoccini::Locator;
use pushpull_tests::{CONTROL, END, ENTER, Home, RELEASE, SHIFT, Window, http, until};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;

/// A name, a Content-Type, a body, and what its first view holds.
fn bodies() -> Vec<(&'static str, &'static str, Vec<u8>, &'static str)> {
    let json = r#"{"id":"evt_1","created":1795349048,"big":9007199254740993,"url":"https:\/\/example.com/?a=1\u0026b=2","mail":"ada@example.com",
        "token":"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTUzNDkwNDh9.c2ln","uuid":"0190163d-8694-739b-aea5-966c26f8ad91",
        "inner":"{\"a\":[1,2]}","lines":[{"id":1,"n":"one"},{"id":2,"n":"two"}]}"#;
    let soap = "<?xml version='1.0'?><s:Envelope xmlns:s='urn:s'><s:Body><item id='1'>a &amp; b</item><item>c</item></s:Body></s:Envelope>";
    let multipart = "--b\r\nContent-Disposition: form-data; name=note\r\n\r\nhello\r\n--b\r\nContent-Disposition: form-data; \
        name=doc; filename=\"x.json\"\r\nContent-Type: application/json\r\n\r\n{\"a\":[1,2]}\r\n--b--\r\n";
    let bitmap = bitmap();
    vec![
        ("json", "application/json", json.into(), "9007199254740993"),
        ("xml", "text/xml", soap.into(), "s:Envelope"),
        ("broken-xml", "application/xml", "<a>\n <b>1</c>\n</a>".into(), "not well-formed"),
        ("broken-json", "application/json", "{\"a\":1,\n\"b\":[1,2,}".into(), "Line 2"),
        ("ndjson", "application/x-ndjson", "{\"n\":1.10}\n{\"n\":2}\n{broken\n".into(), "1.10"),
        ("csv", "text/csv", "id,name\n1,Ada\n2,=1+1\n".into(), "Ada"),
        ("form", "application/x-www-form-urlencoded", "a=1&payload=%7B%22b%22%3A2%7D".into(), "payload"),
        ("multipart", "multipart/form-data; boundary=b", multipart.into(), "x.json"),
        ("protobuf", "application/x-protobuf", b"\x08\x96\x01\x12\x07testing\x1a\x02\x08\x01".to_vec(), "testing"),
        ("msgpack", "application/msgpack", b"\x82\xa1a\x01\xa1b\x92\x01\x02".to_vec(), "a"),
        ("image", "image/bmp", bitmap, "42 4d"),
        ("nested", "application/json", nested(LEVELS), "level 1"),
        ("latin1", "text/plain; charset=iso-8859-1", b"caf\xe9".to_vec(), "café"),
    ]
}

/// Levels of the nested document: far more than a pane is wide.
const LEVELS: usize = 200;

/// Objects in objects; the innermost value is named by its level.
fn nested(levels: usize) -> Vec<u8> {
    let open: String = (1..levels).map(|level| format!("{{\"level {level}\":")).collect();
    format!("{open}{{\"level {levels}\":\"deepest\"}}{}", "}".repeat(levels - 1)).into()
}

/// A bitmap of two by two pixels.
fn bitmap() -> Vec<u8> {
    let mut bytes =
        b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0\x02\0\0\0\x01\0\x18\0\0\0\0\0\x10\0\0\0".to_vec();
    bytes.extend([0; 16]);
    bytes.extend(b"\0\0\xff\0\xff\0\0\0\xff\0\0\xff\xff\xff\0\0");
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_body_has_its_views() -> Result<()> {
    Window::with(&Home::new()?, every_kind).await
}

async fn every_kind(window: &Window) -> Result<()> {
    let url = window.url().await?;
    let bodies = bodies();
    for (name, content_type, body, _) in &bodies {
        let post = http::client()?.post(format!("{url}/in/bodies/{name}")).header("Content-Type", *content_type);
        assert_eq!(post.body(body.clone()).send().await?.status(), 200, "{name}");
    }
    window.text(".listfoot", &format!("{} stored", bodies.len())).await?;
    for size in [(1000, 640), (1400, 900)] {
        window.client().set_window_size(size.0, size.1).await?;
        for (number, (name, _, _, words)) in bodies.iter().enumerate() {
            let row = bodies.len() + 1 - number;
            window.click(&format!("[role=grid] [role=row][aria-rowindex='{row}']")).await?;
            window.text(".dhead", &format!("/in/bodies/{name}")).await?;
            window.text(".bodyview", words).await.with_context(|| format!("{name} at {size:?}"))?;
            screens::take(window, &format!("body-{name}-{}", size.0)).await?;
        }
    }
    table_filter_and_token(window, bodies.len()).await?;
    deepest(window, &bodies).await?;
    part_and_image(window, bodies.len()).await
}

/// The JSON body as a table, filtered, and a token in it opened.
async fn table_filter_and_token(window: &Window, all: usize) -> Result<()> {
    window.click(&format!("[role=grid] [role=row][aria-rowindex='{}']", all + 1)).await?;
    window.text(".dhead", "/in/bodies/json").await?;
    for meaning in ["22 Nov", "exact, beyond 53 bits", "example.com", "e-mail", "JWT", "UUID v7", "JSON inside, 1 key"]
    {
        window.text(".bodyview [role=tree]", meaning).await?;
    }
    window.click(".bodyview [data-value=table]").await?;
    window.text(".bodyview [role=table]", "two").await?;
    screens::take(window, "body-table").await?;
    window.press(&format!("{CONTROL}{SHIFT}f{RELEASE}")).await?;
    window.fill(".filterbar input", "$.lines[?@.id > 1].n").await?;
    window.press(&ENTER.to_string()).await?;
    window.text(".filterbar", "1 value").await?;
    window.click(".filterbar [data-value=jq]").await?;
    window.fill(".filterbar input", ".lines[] | .n").await?;
    window.press(&ENTER.to_string()).await?;
    window.text(".filterbar", "2 values").await?;
    screens::take(window, "body-filtered").await?;
    window.fill(".filterbar input", ".lines[] | nosuch").await?;
    window.press(&ENTER.to_string()).await?;
    window.text(".bodyview", "no filter nosuch").await?;
    screens::take(window, "body-filter-wrong").await?;
    window.click("[aria-label='Close the filter']").await?;
    window.click(".bodyview [data-value=tree]").await?;
    // However the sender's encoder wrote the address, the one it means is asked about.
    window.button("example.com").await?;
    window.text("[role=dialog]", "https://example.com/?a=1&b=2").await?;
    window.button("Cancel").await?;
    window.button("JWT").await?;
    window.text(".bodyview [role=tree]", "HS256").await?;
    window.text(".bodyview .lenses", "token").await?;
    screens::take(window, "body-token").await?;
    window.click(".lenses .ib").await?;
    window.text(".bodyview [role=tree]", "evt_1").await
}

/// The innermost value of a nested document, seen in the pane of the smallest window.
async fn deepest(window: &Window, bodies: &[(&str, &str, Vec<u8>, &str)]) -> Result<()> {
    let number = bodies.iter().position(|(name, ..)| *name == "nested").context("no nested body")?;
    window.client().set_window_size(1000, 640).await?;
    window.click(&format!("[role=grid] [role=row][aria-rowindex='{}']", bodies.len() + 1 - number)).await?;
    window.text(".dhead", "/in/bodies/nested").await?;
    window.click("[aria-label='Open all']").await?;
    window.script("document.querySelector('.bodyview [role=tree]').focus()", vec![]).await?;
    let selected = "return document.querySelector('.bodyview [aria-selected=true]')?.innerText ?? ''";
    until("the deepest row", async || {
        window.press(&END.to_string()).await?;
        let text = window.script(selected, vec![]).await?;
        Ok(text.as_str().is_some_and(|text| text.contains("deepest")).then_some(()))
    })
    .await?;
    screens::take(window, "body-nested").await?;
    let inside = "const pane = document.querySelector('.bodyview [role=tree]').getBoundingClientRect();
        return ['.k', '.v'].every((part) => {
            const box = document.querySelector(`.bodyview [aria-selected=true] ${part}`).getBoundingClientRect();
            return box.left > pane.left && box.right < pane.right && box.top >= pane.top && box.bottom <= pane.bottom;
        })";
    assert_eq!(window.script(inside, vec![]).await?, json!(true), "the deepest row is out of sight");
    window.client().set_window_size(1400, 900).await?;
    Ok(())
}

/// A part of a multipart body as a document of its own, and an image drawn when it is asked for.
async fn part_and_image(window: &Window, all: usize) -> Result<()> {
    let row = |number: usize| format!("[role=grid] [role=row][aria-rowindex='{}']", all + 1 - number);
    window.click(&row(7)).await?;
    window.click("[aria-label='Open doc']").await?;
    window.text(".bodyview [role=tree]", "[2]").await?;
    screens::take(window, "body-part").await?;
    window.click(&row(10)).await?;
    window.text(".dhead", "/in/bodies/image").await?;
    window.click(".bodyview [data-value=preview]").await?;
    let drawn = "const image = document.querySelector('.bodyview img'); return image?.complete && image.naturalWidth";
    until("the image", async || Ok((window.script(drawn, vec![]).await? == json!(2)).then_some(()))).await?;
    screens::take(window, "body-image").await
}

/// A page that would reach for a host in every way a page can; `HOST` stands for it.
const REACHING: &str = "<!DOCTYPE html><html><head><base href='http://HOST/'><meta http-equiv=refresh content='0;url=http://HOST/refresh'>
<link rel=preconnect href='http://HOST/'><link rel=dns-prefetch href='http://HOST/'><LINK REL=stylesheet href='http://HOST/css'>
<link rel=prefetch href='http://HOST/prefetch'><link rel=icon href='http://HOST/icon'>
<style>@import 'http://HOST/import'; body{background:url(http://HOST/bg)} @font-face{font-family:x;src:url(http://HOST/font)} p{font-family:x}</style>
<script>fetch('http://HOST/fetch');parent.ran=1;top.location='http://HOST/top'</script></head>
<body onload=\"parent.ran=1\"><p>Shown</p><img src='http://HOST/img' onerror='parent.ran=1' srcset='http://HOST/srcset 2x'>
<iframe src='http://HOST/frame'></iframe><object data='http://HOST/object'></object><embed src='http://HOST/embed'>
<video src='http://HOST/video' poster='http://HOST/poster' autoplay></video><audio src='http://HOST/audio' autoplay></audio>
<svg><image href='http://HOST/svg'/><use href='http://HOST/use#x'/><script>parent.ran=1</script></svg>
<form action='http://HOST/form'><input autofocus onfocus='parent.ran=1'></form><a href='http://HOST/link' ping='http://HOST/ping'>go</a></body></html>";

/// Counts who connects.
async fn ear() -> Result<(String, Arc<AtomicUsize>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let (host, hits) = (listener.local_addr()?.to_string(), Arc::new(AtomicUsize::new(0)));
    let heard = hits.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            heard.fetch_add(1, Ordering::SeqCst);
        }
    });
    Ok((host, hits))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_runs_nothing_and_reaches_nobody() -> Result<()> {
    Window::with(&Home::new()?, previews).await
}

async fn previews(window: &Window) -> Result<()> {
    let url = window.url().await?;
    let (host, hits) = ear().await?;
    let page = REACHING.replace("HOST", &host);
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='60' onload='parent.ran=1'><image href='http://{host}/i'/>\
        <script href='http://{host}/s'>parent.ran=1</script><text y='20'>Shown</text></svg>"
    );
    for (content_type, body) in [("text/html", page), ("image/svg+xml", svg)] {
        let post = http::client()?.post(format!("{url}/in/preview")).header("Content-Type", content_type);
        assert_eq!(post.body(body).send().await?.status(), 200);
    }
    window.text(".listfoot", "2 stored").await?;
    for (row, name) in [(3, "html"), (2, "svg")] {
        window.click(&format!("[role=grid] [role=row][aria-rowindex='{row}']")).await?;
        // The view of the row before may still stand there, and go away under the hand.
        let entered = until("the frame of the preview", async || {
            let Ok(()) = window.click(".bodyview [data-value=preview]").await else { return Ok(None) };
            let Ok(frame) = window.client().find(Locator::Css(".bodyview iframe")).await else { return Ok(None) };
            Ok(frame.enter_frame().await.ok())
        });
        entered.await?;
        let shown = until("the preview", async || {
            let text = window.client().find(Locator::Css("body")).await?.text().await?;
            Ok(text.contains("Shown").then_some(()))
        })
        .await;
        window.client().enter_parent_frame().await?;
        screens::take(window, &format!("preview-{name}")).await?;
        shown.with_context(|| format!("The preview of {name} shows nothing"))?;
    }
    // Whatever would have been fetched was asked for before the pictures were taken.
    assert_eq!(hits.load(Ordering::SeqCst), 0);
    assert_eq!(window.script("return window.ran ?? null", vec![]).await?, json!(null));
    // The ear hears: a connection to it counts.
    tokio::net::TcpStream::connect(&host).await?;
    until("the ear", async || Ok((hits.load(Ordering::SeqCst) == 1).then_some(()))).await
}

/// Notes the longest time for which the page could do nothing else.
const WATCH: &str = "\
window.gap = 0; let last = performance.now();
const tick = () => { const now = performance.now(); window.gap = Math.max(window.gap, now - last); last = now; setTimeout(tick); };
tick();";

/// The longest time that the page may be busy with one thing, in milliseconds; on a machine that is busy itself, twice
/// what it is busy with a document of one line.
const FREE: f64 = 100.0;
/// How often a document is read until the page was free all the time. What the page itself does with it takes as long
/// every time; that a busy machine lets the page wait does not happen every time.
const READINGS: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_stays_free_while_monstrous_documents_are_read() -> Result<()> {
    Window::with(&Home::new()?, monstrous).await
}

async fn monstrous(window: &Window) -> Result<()> {
    let mut settings = window.invoke("settings", json!({})).await?;
    settings["bodyCap"] = json!(64 * 1024 * 1024);
    window.invoke("save_settings", settings).await?;
    window.invoke("stop_listening", json!({})).await?;
    window.invoke("start_listening", json!({ "port": 0, "bind": "127.0.0.1", "fallback": true })).await?;
    let url = window.url().await?;
    let keys: Vec<String> = (0..1_000_000).map(|key| format!("\"{key}\":{key}")).collect();
    let bodies = [
        ("small", "{\"a\":1}".to_owned()),
        ("deep", format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000))),
        ("wide", format!("{{{}}}", keys.join(","))),
        ("line", format!("[\"{}\"]", "0123456789".repeat(5_000_000))),
        ("key", format!("{{\"{}\":1}}", "0123456789".repeat(1_000_000))),
    ];
    for (name, body) in &bodies {
        let post = http::client()?.post(format!("{url}/in/big/{name}")).header("Content-Type", "application/json");
        assert_eq!(post.body(body.clone()).send().await?.status(), 200, "{name}");
    }
    window.text(".listfoot", &format!("{} stored", bodies.len())).await?;
    window.script(WATCH, vec![]).await?;
    // The newest is the first row.
    let rows: Vec<(usize, &str)> = (2..).zip(bodies.iter().rev().map(|(name, _)| *name)).collect();
    let mut most = FREE;
    for &(row, name) in rows.iter().rev() {
        let mut gaps = Vec::new();
        while gaps.iter().all(|gap| *gap >= most) && (name != "small" || gaps.len() < 3) {
            assert!(gaps.len() < READINGS, "{name}: the page was busy for {gaps:.0?} ms");
            // Another one is shown in between, so that this one is opened anew.
            for &(row, name) in [rows.iter().find(|other| other.0 != row).context("no other")?, &(row, name)] {
                window.script("window.gap = 0", vec![]).await?;
                window.click(&format!("[role=grid] [role=row][aria-rowindex='{row}']")).await?;
                window.text(".dhead", &format!("/in/big/{name}")).await?;
            }
            gaps.push(every_view(window).await?);
        }
        println!("{name}: busy for {gaps:.0?} ms at most");
        if name == "small" {
            most = (2.0 * gaps.into_iter().fold(f64::MAX, f64::min)).max(FREE);
        }
    }
    Ok(())
}

/// Looks through the views of the body that is shown; the longest time for which the page could do nothing else.
async fn every_view(window: &Window) -> Result<f64> {
    for view in ["text", "hex", "tree"] {
        window.click(&format!(".bodyview [data-value={view}]")).await?;
        let rows = "return document.querySelectorAll('.bodyview .slot').length > 0";
        until("rows", async || Ok((window.script(rows, vec![]).await? == json!(true)).then_some(()))).await?;
    }
    window.click("[aria-label='Open all']").await?;
    window.find(".bodyview [role=treeitem]").await?;
    window.script("document.querySelector('.bodyview [role=tree]').focus()", vec![]).await?;
    window.press(&END.to_string()).await?;
    let at_end = "return document.querySelector('.bodyview [aria-selected=true]')?.getAttribute('aria-level') > 1";
    until("the last row", async || Ok((window.script(at_end, vec![]).await? == json!(true)).then_some(()))).await?;
    window.script("return window.gap", vec![]).await?.as_f64().context("no number")
}
