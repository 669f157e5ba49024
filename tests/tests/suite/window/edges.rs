//! Where the window ends: other pages, other starts, other processes, files that are no workspace.

use super::hostile::sentinel;
use super::screens;
use anyhow::{Context, Result};
use pushpull_tests::{CONTROL, Home, Listener, Program, RELEASE, Receiver, Window, push, pushpull, until};
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::process::Command;

/// A server that counts who asks it for something. A web view connects where a link is pressed before it is told that
/// the link may not be followed, and then asks for nothing.
async fn asked() -> Result<(String, Arc<AtomicUsize>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let (address, asked) = (listener.local_addr()?.to_string(), Arc::new(AtomicUsize::new(0)));
    let count = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let count = count.clone();
            tokio::spawn(async move {
                if socket.read(&mut [0; 16]).await.is_ok_and(|read| read > 0) {
                    count.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    Ok((address, asked))
}

/// Puts a link over the page that opens a window of its own when a hand clicks it, which a script may not do.
const LINK: &str = "\
document.getElementById('out')?.remove();
const link = Object.assign(document.createElement('a'), { id: 'out', href: arguments[0], target: arguments[1] });
link.textContent = 'out';
link.style.cssText = 'position: fixed; inset: 40% 40%; z-index: 9999; background: white';
document.body.append(link);";

#[tokio::test(flavor = "multi_thread")]
async fn the_window_opens_on_its_own_page_and_stays_there() -> Result<()> {
    let (address, asked) = asked().await?;
    Window::with(&Home::new()?, async |window| {
        window.find(".first h1").await?;
        for target in [&*format!("http://{address}/"), "about:blank", "file:///etc/passwd"] {
            window.script("location.href = arguments[0]", vec![target.into()]).await?;
            window.script("window.open(arguments[0])", vec![target.into()]).await?;
            for place in ["_self", "_blank"] {
                window.script(LINK, vec![target.into(), place.into()]).await?;
                window.click("#out").await.with_context(|| format!("{target} in {place}"))?;
            }
        }
        let url = window.client().current_url().await?;
        assert_eq!((url.scheme(), url.host_str()), ("tauri", Some("localhost")));
        assert_eq!(window.client().windows().await?.len(), 1);
        window.find(".first h1").await?;
        assert_eq!(asked.load(Ordering::SeqCst), 0);
        Ok(())
    })
    .await
}

/// Commands of plugins that are in the program and not for the page.
const NOT_GRANTED: &[&str] = &[
    "plugin:clipboard-manager|read_text",
    "plugin:clipboard-manager|write_text",
    "plugin:dialog|open",
    "plugin:dialog|save",
    "plugin:event|emit",
    "plugin:store|clear",
    "plugin:store|delete",
    "plugin:app|version",
    "plugin:path|resolve_directory",
    "plugin:window|close",
    "plugin:window|set_title",
    "plugin:webview|create_webview_window",
    "plugin:window-state|save_window_state",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_page_calls_only_what_it_was_given() -> Result<()> {
    let (address, visits) = sentinel().await?;
    Window::with(&Home::new()?, async |window| {
        for command in ["nonsense", "plugin:fs|read_file", "plugin:opener|open_url"] {
            let refused = window.try_invoke(command, json!({})).await?;
            assert!(refused.is_err(), "{command}: {refused:?}");
        }
        for command in NOT_GRANTED {
            let refused = window.try_invoke(command, json!({})).await?;
            // What was granted would fail too, without its arguments.
            assert!(
                refused.as_ref().is_err_and(|said| said.to_string().contains("not allowed")),
                "{command}: {refused:?}"
            );
        }
        let script = "const [url, done] = arguments; fetch(url).then(() => done('sent'), () => done('no'))";
        let url = json!(format!("http://{address}/"));
        assert_eq!(window.client().execute_async(script, vec![url]).await?, "no");
        assert_eq!(visits.load(Ordering::SeqCst), 0, "the page fetched");
        let script = "const made = document.createElement('script'); made.textContent = 'window.ran = 1';\
            document.head.append(made); return window.ran ?? null";
        assert_eq!(window.script(script, vec![]).await?, json!(null));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_notices_what_the_command_line_stores() -> Result<()> {
    let home = Home::new()?;
    let server = Receiver::start(r#"{"from":"the command line"}"#).await?;
    Window::with(&home, async |window| {
        window.find(".first h1").await?;
        pushpull(&home, &["send", server.url()]).await?.ok()?;
        window.text(".listfoot", "1 stored").await?;
        window.click("[role=grid] [role=row][aria-rowindex='2']").await?;
        window.text(".dhead h1", "GET /").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_workspace_is_told_and_another_can_be_opened() -> Result<()> {
    let home = Home::new()?;
    let letter = "This is a letter, not a workspace.\n".repeat(100);
    std::fs::write(home.workspace(), &letter)?;
    let other = home.file("other.pushpull");
    Window::with_environment(&home, &[("PUSHPULL_TEST_CHOICE", &other)], async |window| {
        window.text("main", "test.pushpull").await?;
        screens::take(window, "no-workspace").await?;
        window.button("Open another").await?;
        window.text(".top", "other").await?;
        window.find(".first h1").await?;
        assert_eq!(std::fs::read_to_string(home.workspace())?, letter);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_and_the_command_line_share_their_own_workspace() -> Result<()> {
    let home = Home::new()?;
    let usual = [("PUSHPULL_WORKSPACE", "".as_ref())];
    Window::with_environment(&home, &usual, async |window| own_workspace(window, &home).await).await
}

async fn own_workspace(window: &Window, home: &Home) -> Result<()> {
    let path = until("the workspace", async || {
        let status = window.invoke("status", json!({})).await?;
        Ok(status["workspace"].as_str().filter(|path| !path.is_empty()).map(std::path::PathBuf::from))
    })
    .await?;
    assert!(path.starts_with(home.file("data")), "{}", path.display());
    let folder = path.parent().context("no folder")?;
    assert_eq!(std::fs::metadata(folder)?.permissions().mode() & 0o777, 0o700);
    let mut list = Command::new(Program::Cli.path()?);
    list.arg("list").envs(home.environment()).env_remove("PUSHPULL_WORKSPACE");
    assert!(list.status().await?.success());
    let others = std::fs::read_dir(home.file("data"))?.filter_map(|entry| Some(entry.ok()?.file_name()));
    let others: Vec<_> = others.filter(|name| Some(name.as_os_str()) != folder.file_name()).collect();
    assert!(others.is_empty(), "also made: {others:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_that_was_opened_is_the_one_of_the_next_start() -> Result<()> {
    let home = Home::new()?;
    let other = home.file("other.pushpull");
    let usual = ("PUSHPULL_WORKSPACE", "".as_ref());
    Window::with_environment(&home, &[usual, ("PUSHPULL_TEST_CHOICE", &other)], async |window| {
        window.find(".first h1").await?;
        window.text(".top .workspace", "default").await?;
        window.press(&format!("{CONTROL}o{RELEASE}")).await?;
        window.text(".top .workspace", "other").await?;
        until("the workspace to be remembered", async || {
            let kept = std::fs::read_to_string(home.file("data/pushpull/preferences.json")).unwrap_or_default();
            Ok(kept.contains("other.pushpull").then_some(()))
        })
        .await
    })
    .await?;
    Window::with_environment(&home, &[usual], async |window| window.text(".top .workspace", "other").await).await?;
    std::fs::remove_file(&other)?;
    Window::with_environment(&home, &[usual], async |window| window.text(".top .workspace", "default").await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_shows_what_another_process_captures() -> Result<()> {
    let home = Home::new()?;
    let listener = Listener::start(&home).await?;
    Window::with(&home, async |window| {
        window.text(".top", "Another Pushpull listens").await?;
        window.text(".status", "Captured by another Pushpull").await?;
        assert_eq!(push(listener.address(), 10).await?.status, 200);
        window.text(".listfoot", "1 stored").await?;
        listener.interrupt().await?;
        window.text(".top", "Not listening").await?;
        window.button("Listen").await?;
        window.text(".status", "Capturing").await?;
        assert_eq!(push(&window.address().await?, 10).await?.status, 200);
        window.text(".listfoot", "2 stored").await
    })
    .await
}
