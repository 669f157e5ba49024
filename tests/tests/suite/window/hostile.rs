//! Payload text reaches the page as text and nothing else: nothing of it runs, nothing is fetched, no policy is ever
//! asked, and the page calls nothing but what reading calls.

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pushpull_tests::{CONTROL, ENTER, ESCAPE, Home, RELEASE, SHIFT, Window, http, naughty_strings, pushpull, until};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Each sets `window.ran`, or fetches from `HITS`, if the page takes it for anything but text.
pub(super) const TEXTS: &[&str] = &[
    "<script>window.ran=1</script>",
    "<ScRiPt >window.ran=1</sCrIpT\t>",
    "<script src=http://HITS/a.js></script>",
    "<<script>window.ran=1//<</script>",
    "<img src=x onerror=window.ran=1>",
    "<img src=http://HITS/b.png srcset='http://HITS/c.png 2x'>",
    "<img/src=`x`onerror=window.ran=1//",
    "<img src=\"x` `<script>window.ran=1</script>\"` `>",
    "<svg onload=window.ran=1>",
    "\"><svg/onload=window.ran=1>",
    "<svg><script href=data:,window.ran=1 />",
    "<svg><a xlink:href=javascript:window.ran=1><text x=1 y=9>x</text></a></svg>",
    "<svg><animate onbegin=window.ran=1 attributeName=x dur=1s>",
    "<svg><image href=http://HITS/d.png></svg>",
    "<svg><use href='http://HITS/e.svg#a'/></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.ran=1>",
    "'-(window.ran=1)-'",
    "';window.ran=1;//",
    "\\\";window.ran=1;//",
    "javascript:window.ran=1",
    "java\tscript:window.ran=1",
    "data:text/html,<script>parent.ran=1</script>",
    "{{constructor.constructor('window.ran=1')()}}",
    "{@html '<img src=x onerror=window.ran=1>'}",
    "${window.ran=1}",
    "#{window.ran=1}",
    "<%= window.ran=1 %>",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "<iframe src=http://HITS/f.html></iframe>",
    "<iframe src=javascript:parent.ran=1></iframe>",
    "<object data=http://HITS/g.swf></object><embed src=http://HITS/h.swf>",
    "<video poster=http://HITS/i.png><source src=http://HITS/j.mp4 onerror=window.ran=1></video>",
    "<audio src=http://HITS/k.mp3 autoplay onerror=window.ran=1>",
    "</textarea><script>window.ran=1</script>",
    "</title></style></script></noscript><svg/onload=window.ran=1>",
    "--><script>window.ran=1</script>",
    "]]><script>window.ran=1</script>",
    "<style>@import 'http://HITS/l.css'; *{background:url(http://HITS/m.png)}</style>",
    "<link rel=stylesheet href=http://HITS/n.css><link rel=prefetch href=http://HITS/o>",
    "<div style=\"background:url(http://HITS/p.png);animation-name:x\" onanimationstart=window.ran=1>x</div>",
    "<meta http-equiv=refresh content='0;url=http://HITS/q'><base href=http://HITS/>",
    "<form action=http://HITS/r><button autofocus onfocus=window.ran=1>x</button></form>",
    "<a href=javascript:window.ran=1 autofocus onfocus=window.ran=1 ping=http://HITS/s>x</a>",
    "<details open ontoggle=window.ran=1><summary>x</summary></details>",
    "<input onfocus=window.ran=1 autofocus><select onfocus=window.ran=1 autofocus>",
    "<body onload=window.ran=1><marquee onstart=window.ran=1>x</marquee>",
    "<template shadowrootmode=open><img src=x onerror=window.ran=1></template>",
    "<x-y onclick=window.ran=1 tabindex=1 id=ran name=ran>x</x-y>",
    "![x](http://HITS/t.png) [x](javascript:window.ran=1)",
    "\u{202e}<script>window.ran=1</script>\u{2066}\u{200b}",
    "=HYPERLINK(\"http://HITS/u\",\"x\")",
];

/// Documents that a viewer of their type could be led by.
const DOCUMENTS: &[(&str, &str)] = &[
    ("text/html", "<!doctype html><base href=http://HITS/><body onload=window.ran=1>TEXTS"),
    (
        "image/svg+xml",
        "<svg xmlns='http://www.w3.org/2000/svg' onload='window.ran=1'><image href='http://HITS/v.png'/>TEXTS</svg>",
    ),
    (
        "application/xml",
        "<?xml-stylesheet href='http://HITS/w.xsl' type='text/xsl'?><!DOCTYPE a [<!ENTITY x SYSTEM 'http://HITS/x'>]><a b='&x;'>&x;TEXTS</a>",
    ),
    ("application/xhtml+xml", "<html xmlns='http://www.w3.org/1999/xhtml'><script>window.ran=1</script>TEXTS</html>"),
    ("text/csv", "a,b\r\n=cmd|' /C calc'!A0,\"<img src=x onerror=window.ran=1>\"\r\nTEXTS"),
    ("application/x-ndjson", "{\"a\":\"<img src=x onerror=window.ran=1>\"}\n{\"a\":\"http://HITS/y.png\"}\n"),
    ("text/markdown", "# x\n![x](http://HITS/z.png)\nTEXTS"),
    ("image/png", "<svg onload=window.ran=1>TEXTS"),
    ("application/javascript", "window.ran=1;TEXTS"),
    ("text/event-stream", "data: <script>window.ran=1</script>\n\nTEXTS"),
    ("<img src=x onerror=window.ran=1>", "TEXTS"),
];

/// Views of an exchange at least: its tabs and the forms of its body.
const FEWEST_VIEWS: u64 = 5;

/// Notes what the policy stops from now on, and what the page calls: the bridge to Rust is a fetch.
pub(super) const WATCH: &str = "\
window.stopped = [];
addEventListener('securitypolicyviolation', (event) => window.stopped.push(event.violatedDirective + event.blockedURI));
window.called = new Set();
const fetched = window.fetch;
window.fetch = (target, init) => (window.called.add(String(target)), fetched.call(window, target, init));";

/// Clicks through every tab, view and closed branch below an element, scrolls each to its end, and returns how many were
/// shown.
const WALK: &str = "\
const [root, done] = arguments;
const drawn = () => new Promise((ready) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(ready, 20))));
const all = (css) => [...document.querySelectorAll(`${root} ${css}`)].filter((one) => one.offsetParent !== null);
let shown = 0;
const each = async (css, then) => {
  const count = Math.min(all(css).length, 24);
  for (let number = 0; number < count; number += 1) {
    const one = all(css)[number];
    if (!one) break;
    one.click();
    await drawn();
    shown += 1;
    await then();
  }
};
const scrolls = (one) => one.scrollHeight > one.clientHeight + 40 && /auto|scroll/.test(getComputedStyle(one).overflowY);
const toTheEnd = async () => {
  for (const one of all('*').filter(scrolls)) {
    for (let step = 0; step < 100 && one.scrollTop + one.clientHeight + 4 < one.scrollHeight; step += 1) {
      one.scrollTop += one.clientHeight;
      await drawn();
    }
  }
};
const branches = async () => {
  for (const closed of all('[aria-expanded=false]:not([aria-haspopup])').slice(0, 12)) closed.click();
  await drawn();
  await toTheEnd();
};
(async () => {
  await drawn();
  await branches();
  await each('[role=tab]', async () => {
    await branches();
    await each('[role=radio]', branches);
  });
  await each('[role=radio]', branches);
  for (const one of all('*').slice(0, 400)) one.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
  await drawn();
})().then(() => done(shown), (error) => done(String(error)));";

/// A server that counts who comes. Nobody must.
pub(super) async fn sentinel() -> Result<(String, Arc<AtomicUsize>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let (address, hits) = (listener.local_addr()?.to_string(), Arc::new(AtomicUsize::new(0)));
    let count = hits.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    Ok((address, hits))
}

/// A server of the user's that answers with what a hostile one would.
async fn hostile_server(texts: Vec<String>) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    let body = texts.join("\n");
    let lines: String = texts.iter().take(40).map(|text| format!("X-Text: {}\r\n", plain(text))).collect();
    let head = format!(
        "HTTP/1.1 200 <b onclick=window.ran=1>\r\nContent-Type: text/html\r\nRefresh: 0;url=javascript:window.ran=1\r\n\
         Set-Cookie: a=<script>window.ran=1</script>\r\n{lines}Content-Length: {}\r\n\r\n",
        body.len()
    );
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.read(&mut [0; 4096]).await;
            let _ = socket.write_all(format!("{head}{body}").as_bytes()).await;
        }
    });
    Ok(url)
}

/// As a header value may hold it.
fn plain(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Sends every text in the places where a sender can put one; returns how many pushes that were.
async fn send_all(url: &str, texts: &[String], hits: &str) -> Result<usize> {
    let client = http::client()?;
    let all = texts.join("\n");
    let keys: serde_json::Map<String, Value> =
        texts.iter().map(|text| (text.clone(), json!({ "url": text }))).collect();
    let form = texts.iter().map(|text| format!("{0}={0}", escaped(text))).collect::<Vec<_>>().join("&");
    let name = plain(&texts[4]).replace('"', "'");
    let parts = format!(
        "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}.html\"\r\nContent-Type: text/html\r\n\r\n\
         {all}\r\n--b--\r\n"
    );
    let mut bodies = vec![
        ("application/json", json!({ "texts": texts, "keys": keys }).to_string()),
        ("application/json", format!("{{\"broken\": \"{}", texts[0])),
        ("application/x-www-form-urlencoded", form),
        ("multipart/form-data; boundary=b", parts),
    ];
    for (content_type, body) in DOCUMENTS {
        bodies.push((content_type, body.replace("TEXTS", &all).replace("HITS", hits)));
    }
    let naughty = naughty_strings()?;
    bodies.push(("application/json", json!(naughty).to_string()));
    bodies.push(("text/plain; charset=utf-7", naughty.join("\n")));
    bodies.push(("application/json", held(texts, hits)));
    // Each naughty string stands in the target and in a header of one push, too.
    let shares = naughty.chunks(naughty.len().div_ceil(bodies.len())).chain(std::iter::repeat(&[][..]));
    for ((content_type, body), naughty) in bodies.iter().zip(shares) {
        let fields: String = naughty.iter().map(|text| format!("&{0}={0}", escaped(text))).collect();
        let target = format!("{url}/in/hostile/{}?{1}={1}{fields}", escaped(&texts[0]), escaped(&texts[4]));
        let mut request = client.post(target).body(body.clone());
        for text in texts.iter().take(60).chain(naughty) {
            request = request.header("X-Text", plain(text).as_bytes());
        }
        request = request.header("Content-Type", *content_type).header("X-GitHub-Event", plain(&texts[4]));
        request = request.header("X-GitHub-Delivery", plain(&texts[8])).header("Stripe-Signature", plain(&texts[0]));
        request = request.header("X-Hub-Signature-256", format!("sha256={}", "0f".repeat(32)));
        assert_eq!(request.send().await?.status(), 200, "{content_type}");
    }
    Ok(bodies.len())
}

/// Values that are opened by their chips, hostile inside: a link, and documents within base64, a token and a text.
fn held(texts: &[String], hits: &str) -> String {
    let packed = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = packed(&json!({ "alg": "HS256", "kid": texts[0] }));
    json!({
        "link": format!("http://{hits}/chip?{}", plain(&texts[4]).replace(' ', "+")),
        "packed": STANDARD.encode(texts.join("\n")),
        "token": format!("{head}.{}.c2lnbmF0dXJl", packed(&json!({ "sub": texts[8], "iss": texts[19], "texts": texts }))),
        "inside": json!({ "texts": texts }).to_string(),
    })
    .to_string()
}

/// What a payload must not have changed.
async fn state(window: &Window) -> Result<Value> {
    let mut state = json!({});
    for command in ["settings", "sources", "collections"] {
        state[command] = window.invoke(command, json!({})).await?;
    }
    state["stored"] = window.invoke("count", json!({ "filter": "", "upto": null })).await?;
    Ok(state)
}

/// Clicks through all that an element shows, and returns how many views that were.
pub(super) async fn walk(window: &Window, root: &str) -> Result<u64> {
    window.find(root).await?;
    let shown = window.client().execute_async(WALK, vec![json!(root)]).await?;
    shown.as_u64().with_context(|| format!("Walking through {root}: {shown}"))
}

/// What the head over the details says of their exchange. The place in the list is left out: it is that of the cursor,
/// which may be ahead.
const HEAD: &str = "\
const head = document.querySelector('.dhead')?.cloneNode(true);
head?.querySelector('.place')?.remove();
return head?.textContent ?? null";

/// Opens the exchange of a row, and waits until its details have taken the place of those before.
async fn open(window: &Window, row: usize) -> Result<()> {
    let css = format!("[role=grid] [role=row][aria-rowindex='{}']", row + 2);
    let selected = "return document.querySelector(`${arguments[0]}[aria-selected=true]`) !== null";
    let is_open = window.script(selected, vec![json!(css)]).await? == true;
    let before = window.script(HEAD, vec![]).await?;
    window.click(&css).await?;
    until("the details of the row", async || {
        let head = window.script(HEAD, vec![]).await?;
        Ok((!head.is_null() && (is_open || head != before)).then_some(()))
    })
    .await
}

/// Opens every exchange and shows everything of it.
async fn read_all(window: &Window, rows: usize) -> Result<()> {
    for row in 0..rows {
        open(window, row).await.with_context(|| format!("Opening row {row}"))?;
        let shown = walk(window, ".detail").await.with_context(|| format!("Row {row}"))?;
        anyhow::ensure!(shown >= FEWEST_VIEWS, "Row {row} has {shown} views");
    }
    Ok(())
}

/// Opens what the chips of [`held`] hold, and goes back; the link is asked about and not opened.
async fn open_chips(window: &Window) -> Result<()> {
    // The newest is the answer of the hostile server.
    window.click("[role=grid] [role=row][aria-rowindex='3']").await?;
    window.click("#detail-panel-tab-body").await?;
    for chip in 0..4 {
        let open = "const chips = document.querySelectorAll('.bodyview [role=tree] button.chip');
            if (chips.length === 4) chips[arguments[0]].click();
            return chips.length === 4";
        let is_open = async || Ok((window.script(open, vec![json!(chip)]).await? == true).then_some(()));
        until("the chips", is_open).await?;
        if chip == 0 {
            walk(window, "[role=dialog]").await?;
            window.press(&ESCAPE.to_string()).await?;
            continue;
        }
        window.find(".bodyview nav[aria-label='Documents in the body']").await?;
        walk(window, ".bodyview").await?;
        window.click(".bodyview [aria-label='Back to the document around it']").await?;
        window.click(".bodyview [data-value=tree]").await?;
    }
    Ok(())
}

/// Takes hostile text to where a user would take it: a comparison, the dialogs, a request, the filter, the palette.
async fn use_it(window: &Window) -> Result<()> {
    window.click("[role=grid] [role=row][aria-rowindex='2']").await?;
    window.keys("xjxc").await?;
    until("the comparison", async || {
        let left = window.script("return document.querySelector('.listfoot') === null", vec![]).await?;
        Ok((left == true).then_some(()))
    })
    .await?;
    walk(window, "main").await?;
    window.keys("gi").await?;
    window.click("[role=grid] [role=row][aria-rowindex='3']").await?;
    window.find(".dhead h1").await?;
    window.press(&format!("{SHIFT}n{RELEASE}")).await?;
    window.find("input[aria-label=URL]").await?;
    walk(window, "main").await?;
    window.keys("gi").await?;
    window.click("[role=grid] [role=row][aria-rowindex='2']").await?;
    for dialog in ["r".to_owned(), format!("{SHIFT}e{RELEASE}")] {
        window.script("document.activeElement.blur()", vec![]).await?;
        window.press(&dialog).await?;
        walk(window, "[role=dialog]").await?;
        window.press(&ESCAPE.to_string()).await?;
    }
    window.keys("/").await?;
    window.press(&format!("<img src=x onerror=window.ran=1>{ENTER}")).await?;
    window.press(&format!("{ESCAPE}{CONTROL}k{RELEASE}")).await?;
    window.find("[role=listbox]").await?;
    window.press("<svg onload=window.ran=1>").await?;
    window.press(&ESCAPE.to_string()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_view_takes_a_payload_for_more_than_text() -> Result<()> {
    let home = Home::new()?;
    let (hits, count) = sentinel().await?;
    let texts: Vec<String> = TEXTS.iter().map(|text| text.replace("HITS", &hits)).collect();
    Window::with(&home, async |window| {
        window.client().update_timeouts(patience()).await?;
        window.script(WATCH, vec![]).await?;
        let pushes = send_all(&window.url().await?, &texts, &hits).await?;
        pushpull(&home, &["send", &hostile_server(texts).await?]).await?.ok()?;
        let rows = pushes + 1;
        window.text(".listfoot", &format!("{rows} stored")).await?;
        let before = state(window).await?;
        read_all(window, rows).await?;
        open_chips(window).await?;
        use_it(window).await?;
        assert_eq!(window.script("return window.ran ?? null", vec![]).await?, json!(null), "something ran");
        assert_eq!(window.script("return window.stopped", vec![]).await?, json!([]), "the policy was asked");
        assert_eq!(count.load(Ordering::SeqCst), 0, "something was fetched");
        assert_eq!(state(window).await?, before, "something was changed");
        only_reading_was_called(window).await?;
        the_watch_works(window, &hits).await
    })
    .await
}

/// What is called for a user who opens and compares what is stored, and makes a request of it that is not sent.
const READING: &[&str] = &[
    "body_info",
    "collections",
    "columns",
    "compare",
    "compare_changes",
    "compare_headers",
    "compare_rows",
    "compare_text",
    "count",
    "definition_of",
    "delivery",
    "drafts",
    "exchange",
    "hex_rows",
    "histogram",
    "ignore_rules",
    "list",
    "mark_read",
    "parts",
    "plugin%3Aevent%7Clisten",
    "plugin%3Astore%7Cload",
    "plugin%3Astore%7Cset",
    "preview",
    "preview_export",
    "preview_head",
    "providers",
    "raw_rows",
    "read_filter",
    "save_draft",
    "settings",
    "signed_bytes",
    "sources",
    "status",
    "table_rows",
    "tallies",
    "text_rows",
    "tree_node",
    "tree_rows",
    "verify_exchange",
    "views",
];

/// Every call of the page went to Rust, and none of them does anything but read.
async fn only_reading_was_called(window: &Window) -> Result<()> {
    let called = window.script("return [...window.called]", vec![]).await?;
    let called: Vec<&str> = called.as_array().context("no calls")?.iter().filter_map(Value::as_str).collect();
    assert!(called.iter().any(|name| name.ends_with("text_rows")), "{called:?}");
    let is_reading =
        |name: &&str| name.strip_prefix("ipc://localhost/").is_some_and(|command| READING.contains(&command));
    let others: Vec<&str> = called.into_iter().filter(|name| !is_reading(name)).collect();
    assert_eq!(others, [""; 0], "no command that only reads");
    Ok(())
}

/// What the test would have seen: an image that the page does load is stopped, and that is noted.
async fn the_watch_works(window: &Window, hits: &str) -> Result<()> {
    window
        .script(
            "document.body.append(Object.assign(new Image(), { src: arguments[0] }))",
            vec![json!(format!("http://{hits}/image.png"))],
        )
        .await?;
    until("the policy's report", async || {
        let stopped = window.script("return window.stopped.length", vec![]).await?;
        Ok((stopped.as_u64() > Some(0)).then_some(()))
    })
    .await
}

/// A walk through one exchange may take long on a busy machine.
pub(super) fn patience() -> fantoccini::wd::TimeoutConfiguration {
    fantoccini::wd::TimeoutConfiguration::new(Some(Duration::from_secs(120)), None, None)
}
