//! The real window, driven by WebDriver.

use crate::process::group_runs;
use crate::wait::LOOK;
use crate::{Answer, Home, PATIENCE, Program, Raw, until};
use anyhow::{Context, Result, bail, ensure};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use futures_util::FutureExt as _;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

/// A theme of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    /// The value of `data-theme`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// WebDriver's key for Control.
pub const CONTROL: char = '\u{e009}';
/// WebDriver's key for Shift.
pub const SHIFT: char = '\u{e008}';
/// WebDriver's key that lets all modifiers go.
pub const RELEASE: char = '\u{e000}';
/// WebDriver's key for Backspace.
pub const BACKSPACE: char = '\u{e003}';
/// WebDriver's key for Enter.
pub const ENTER: char = '\u{e007}';
/// WebDriver's key for Escape.
pub const ESCAPE: char = '\u{e00c}';
/// WebDriver's key for Alt.
pub const ALT: char = '\u{e00a}';
/// WebDriver's key for End.
pub const END: char = '\u{e010}';
/// WebDriver's key for the left arrow.
pub const LEFT: char = '\u{e012}';

/// Leaves a field: keys that run actions are text in there.
const LEAVE: &str = "\
const at = document.activeElement;
if (at.matches('input, textarea, select, [contenteditable=true]')) at.blur();";

/// Waits two frames, tells whether an element stands still, and notes from then on whether the button next goes down and
/// up on it. Where it came up elsewhere, since what comes in moved the element, the click is that of what holds both; what
/// opens a menu gets none or another's either way. One of a list is chosen without a button of its own.
const WATCH_PRESS: &str = "\
const [meant, done] = arguments;
window.watching?.abort(); // for what was to be clicked before
window.watching = new AbortController();
const place = () => JSON.stringify(meant.getBoundingClientRect());
const before = place();
const once = { capture: true, once: true, signal: window.watching.signal };
requestAnimationFrame(() => requestAnimationFrame(() => {
  window.pressed = meant.matches('option');
  addEventListener('pointerdown', (event) => { window.pressed ||= meant.contains(event.target); }, once);
  addEventListener('click', (event) => {
    const elsewhere = meant.isConnected && meant.ariaExpanded !== 'true' && !meant.contains(event.target);
    if (elsewhere && event.target.contains(meant)) window.pressed = false;
  }, once);
  done(place() === before);
}));";

/// Whether it did.
const PRESSED: &str = "return window.pressed";

/// Calls an engine command as the page does, and passes on what it came to.
const INVOKE: &str = "\
const [name, args, done] = arguments;
window.__TAURI_INTERNALS__.invoke(name, { args }).then((ok) => done({ ok }), (error) => done({ error }));";

/// An open window; ended with its driver when dropped.
#[derive(Debug)]
pub struct Window {
    client: Client,
    _driver: Driver,
}

/// A running WebKitWebDriver and, in its process group, the window that it started.
#[derive(Debug)]
struct Driver {
    group: u32,
    _process: Child,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = std::process::Command::new("kill").args(["-KILL", "--", &format!("-{}", self.group)]).status();
        // While a killed window still comes to its end, it has the name by which the next start finds that there is one,
        // and leaves without a word. A driver does not notice that: it goes on waiting for it.
        let began = Instant::now();
        while group_runs(self.group) && began.elapsed() < PATIENCE {
            std::thread::sleep(LOOK);
        }
    }
}

/// So many words of a window whose test failed are printed.
const TOLD: usize = 300;
/// How often a window is started until one opens.
const OPENINGS: u32 = 4;
/// How long it may take to open before another is started.
const OPENING: Duration = Duration::from_secs(12);

impl Window {
    /// Opens the window on the home's workspace, has a test use it, and closes it. Of a test that gives up or panics
    /// there is a picture of what the window showed then: `target/failed.png`.
    ///
    /// # Errors
    /// If the driver or the window does not start, or what the test fails with.
    pub async fn with<T>(home: &Home, test: impl AsyncFnOnce(&Self) -> Result<T>) -> Result<T> {
        Self::with_environment(home, &[], test).await
    }

    /// Opens the window and has a test use it until it is killed, as by a crash or a power cut of its own.
    ///
    /// # Errors
    /// As [`Window::with`].
    pub async fn until_killed<T>(home: &Home, test: impl AsyncFnOnce(&Self) -> Result<T>) -> Result<T> {
        // Dropping it kills the driver and the window, by SIGKILL.
        test(&Self::open(home, &[]).await?).await
    }

    /// The same as [`Window::with`] with further environment variables.
    ///
    /// # Errors
    /// As [`Window::with`].
    pub async fn with_environment<T>(
        home: &Home,
        environment: &[(&str, &Path)],
        test: impl AsyncFnOnce(&Self) -> Result<T>,
    ) -> Result<T> {
        let window = Self::open(home, environment).await?;
        let done = AssertUnwindSafe(test(&window)).catch_unwind().await;
        if !matches!(done, Ok(Ok(_))) {
            window.keep_failure().await;
        }
        let done = done.unwrap_or_else(|panic| resume_unwind(panic))?;
        window.client.clone().close().await.context("Closing the window")?;
        Ok(done)
    }

    async fn open(home: &Home, environment: &[(&str, &Path)]) -> Result<Self> {
        let program = Program::Desktop.path()?;
        // On a busy machine it happens that the driver never hears from the window that it started, or has lost its port.
        for _ in 1..OPENINGS {
            if let Ok(Ok(window)) = tokio::time::timeout(OPENING, Self::start(home, &program, environment)).await {
                return Ok(window);
            }
        }
        Self::start(home, &program, environment).await
    }

    async fn start(home: &Home, program: &Path, environment: &[(&str, &Path)]) -> Result<Self> {
        let port = free_port().await?;
        let mut command = Command::new("WebKitWebDriver");
        command.arg(format!("--port={port}")).envs(home.environment()).envs(environment.iter().copied());
        command.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let process = command.spawn().context("Starting WebKitWebDriver")?;
        let driver = Driver { group: process.id().context("WebKitWebDriver ended")?, _process: process };
        let url = format!("http://127.0.0.1:{port}");
        until("WebKitWebDriver", async || Ok(TcpStream::connect(("127.0.0.1", port)).await.ok())).await?;
        let options = json!({ "binary": program, "args": [] });
        let wanted = Capabilities::from_iter([("webkitgtk:browserOptions".to_owned(), options)]);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = tokio::time::timeout(PATIENCE, builder.capabilities(wanted).connect(&url)).await;
        Ok(Self { client: client.context("The window does not open")?.context("Opening the window")?, _driver: driver })
    }

    /// The WebDriver session.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Calls a command as the page does.
    ///
    /// # Errors
    /// If the command fails; its error is in the message.
    pub async fn invoke(&self, command: &str, args: Value) -> Result<Value> {
        match self.try_invoke(command, args).await? {
            Ok(value) => Ok(value),
            Err(error) => bail!("{command} failed: {error}"),
        }
    }

    /// Calls a command as the page does, and returns its error as a value.
    ///
    /// # Errors
    /// If the page is not there any more.
    pub async fn try_invoke(&self, command: &str, args: Value) -> Result<std::result::Result<Value, Value>> {
        let mut outcome = self.client.execute_async(INVOKE, vec![json!(command), args]).await?;
        Ok(match outcome.get_mut("error") {
            Some(error) => Err(error.take()),
            None => Ok(outcome["ok"].take()),
        })
    }

    /// Waits for an element and returns it.
    ///
    /// # Errors
    /// If it does not appear in time.
    pub async fn find(&self, css: &str) -> Result<Element> {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        found.with_context(|| format!("Waiting for {css}"))
    }

    /// Waits until an element is there and clicks it.
    ///
    /// # Errors
    /// If it does not appear in time or can't be clicked.
    pub async fn click(&self, css: &str) -> Result<()> {
        self.click_on(Locator::Css(css), css).await
    }

    /// Clicks, again where what was meant has just moved or is covered for a moment: the driver looks where it stands,
    /// and what comes in may move it before the button goes down.
    async fn click_on(&self, locator: Locator<'_>, what: &str) -> Result<()> {
        let mut refused = None;
        let clicked = until(&format!("{what} to be clicked"), async || {
            let Ok(found) = self.client.find(locator).await else { return Ok(None) };
            let is_still = self.client.execute_async(WATCH_PRESS, vec![serde_json::to_value(&found)?]).await;
            if !is_still.is_ok_and(|still| still == json!(true)) {
                return Ok(None); // it moves, or is gone
            }
            match found.click().await {
                // A page that can't be asked has gone with the click.
                Ok(()) => {
                    let hit = self.client.execute(PRESSED, vec![]).await.unwrap_or(json!(true));
                    Ok((hit == json!(true)).then_some(()))
                }
                Err(error @ CmdError::Standard(_)) => {
                    refused = Some(format!("{error:?}"));
                    Ok(None)
                }
                Err(error) => Err(error).with_context(|| format!("Clicking {what}")),
            }
        })
        .await;
        clicked.with_context(|| format!("The driver said {refused:?}."))
    }

    /// Waits until a button that can be pressed holds this text, and clicks it.
    ///
    /// # Errors
    /// If there is none in time.
    pub async fn button(&self, text: &str) -> Result<()> {
        let path = format!("//button[not(@disabled)][contains(normalize-space(.), '{text}')]");
        self.click_on(Locator::XPath(&path), &format!("a button {text:?}")).await
    }

    /// Puts text into a field in place of what is there.
    ///
    /// # Errors
    /// If the field does not appear in time or takes no text.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        // A field is there a moment before its dialog is shown, and takes nothing until then; nor one that is half seen.
        let field = until(&format!("{css} to take text"), async || {
            let field = self.find(css).await?;
            self.script("document.querySelector(arguments[0])?.scrollIntoView({ block: 'nearest' })", vec![css.into()])
                .await?;
            match field.clear().await {
                Ok(()) => Ok(Some(field)),
                Err(error) if error.is_element_not_interactable() || error.is_stale_element_reference() => Ok(None),
                Err(error) => Err(error).with_context(|| format!("Clearing {css}")),
            }
        })
        .await?;
        field.send_keys(text).await.with_context(|| format!("Typing into {css}"))
    }

    /// Waits until the element holds this text.
    ///
    /// # Errors
    /// If it does not in time; the text that it holds instead is in the error.
    pub async fn text(&self, css: &str, wanted: &str) -> Result<()> {
        let mut last = String::new();
        let found = until(&format!("{wanted:?} in {css}"), async || {
            // What the driver calls an element's text leaves out what is cut off with an ellipsis.
            let text =
                self.script("return document.querySelector(arguments[0])?.innerText ?? ''", vec![css.into()]).await?;
            last = text.as_str().unwrap_or_default().to_owned();
            Ok(last.contains(wanted).then_some(()))
        })
        .await;
        found.with_context(|| format!("It holds {last:?}."))
    }

    /// Waits until no such element is there any more.
    ///
    /// # Errors
    /// If one stays; what it holds is in the error.
    pub async fn gone(&self, css: &str) -> Result<()> {
        let mut last = Value::Null;
        let gone = until(&format!("{css} to go"), async || {
            let text = "return document.querySelector(arguments[0])?.innerText ?? null";
            last = self.script(text, vec![css.into()]).await?;
            Ok(last.is_null().then_some(()))
        })
        .await;
        gone.with_context(|| format!("It holds {last}."))
    }

    async fn keep_failure(&self) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/failed.png");
        if self.screenshot(&path).await.is_ok() {
            eprintln!("The window then: {}", path.display());
        }
        // Where a run leaves nothing but what it printed.
        if let Ok(Value::String(text)) = self.script("return document.body.innerText", vec![]).await {
            let told: Vec<&str> = text.split_whitespace().take(TOLD).collect();
            eprintln!("It says: {}", told.join(" "));
        }
    }

    /// Presses keys where the focus is.
    ///
    /// # Errors
    /// If nothing has the focus that takes keys in time.
    pub async fn press(&self, keys: &str) -> Result<()> {
        // What has the focus may go before a key comes to it: the keys are for what has it then.
        until(&format!("{keys:?} to be pressed"), async || {
            let pressed = match self.client.active_element().await {
                Ok(focused) => focused.send_keys(keys).await,
                Err(error) => Err(error),
            };
            match pressed {
                Ok(()) => Ok(Some(())),
                Err(error) if error.is_element_not_interactable() || error.is_stale_element_reference() => Ok(None),
                Err(error) => Err(error).with_context(|| format!("Pressing {keys:?}")),
            }
        })
        .await
    }

    /// Leaves the field that is typed in, if any, and presses keys one after another: what runs actions.
    ///
    /// # Errors
    /// If the page is not there any more.
    pub async fn keys(&self, keys: &str) -> Result<()> {
        self.script(LEAVE, vec![]).await?;
        // At once: what belongs together must not come too late for it.
        if keys.is_empty() { Ok(()) } else { self.press(keys).await }
    }

    /// Runs the action of this title from the palette, as it stands there, cut or not.
    ///
    /// # Errors
    /// If the palette does not open.
    pub async fn run(&self, title: &str) -> Result<()> {
        self.press(&format!("{CONTROL}k{RELEASE}")).await?;
        self.fill("[role=dialog] input", &format!("{title}{ENTER}")).await
    }

    /// Waits until a label holds this text, and clicks it.
    ///
    /// # Errors
    /// If there is none in time.
    pub async fn label(&self, text: &str) -> Result<()> {
        let path = format!("//label[contains(normalize-space(.), '{text}')]");
        self.click_on(Locator::XPath(&path), &format!("a label {text:?}")).await
    }

    /// Waits until an open menu holds this text, and clicks its item.
    ///
    /// # Errors
    /// If there is none in time.
    pub async fn item(&self, text: &str) -> Result<()> {
        let path = format!("//*[starts-with(@role, 'menuitem')][contains(normalize-space(.), '{text}')]");
        self.click_on(Locator::XPath(&path), &format!("an item {text:?}")).await
    }

    /// Waits until the window listens, and returns where: `http://127.0.0.1:PORT`.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn url(&self) -> Result<String> {
        until("the listener", async || {
            let status = self.invoke("status", json!({})).await?;
            Ok(status["listener"]["url"].as_str().map(str::to_owned))
        })
        .await
    }

    /// The same as a socket connects to it: `127.0.0.1:PORT`.
    ///
    /// # Errors
    /// If it does not listen in time.
    pub async fn address(&self) -> Result<String> {
        Ok(self.url().await?.trim_start_matches("http://").to_owned())
    }

    /// Posts to the window's listener: a target, header fields as they stand in a head, a body. Returns the answer.
    ///
    /// # Errors
    /// If it is not answered.
    pub async fn post(&self, target: &str, fields: &str, body: &[u8]) -> Result<Answer> {
        let mut sender = Raw::connect(&self.address().await?).await?;
        let head = format!("POST {target} HTTP/1.1\r\nHost: h\r\n{fields}Content-Length: {}\r\n\r\n", body.len());
        sender.send(&[head.as_bytes(), body].concat()).await?;
        sender.answer().await
    }

    /// Runs a script in the page and returns what it returns.
    ///
    /// # Errors
    /// If it throws.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.client.execute(script, arguments).await.with_context(|| format!("Running {script}"))
    }

    /// Writes a picture of the window.
    ///
    /// # Errors
    /// If it can't be taken or written.
    pub async fn screenshot(&self, path: &Path) -> Result<()> {
        let picture = self.client.screenshot().await.context("Taking a picture of the window")?;
        ensure!(picture.starts_with(b"\x89PNG"), "The picture is no PNG");
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("Making {}", folder.display()))?;
        }
        std::fs::write(path, picture).with_context(|| format!("Writing {}", path.display()))
    }
}

/// A port that was free a moment ago: the driver can't be asked which one it took.
async fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port())
}
