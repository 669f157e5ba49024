//! Where the window ends: other pages, other starts, other processes, files that are no workspace.

use super::screens;
use anyhow::{Context, Result};
use pushpull_tests::{Home, Program, Receiver, Window, pushpull, until};
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use tokio::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn the_window_opens_on_its_own_page_and_stays_there() -> Result<()> {
    Window::with(&Home::new()?, async |window| {
        window.find(".first h1").await?;
        for target in ["https://example.com/", "about:blank", "file:///etc/passwd"] {
            window.script("location.href = arguments[0]", vec![target.into()]).await?;
            window.script("window.open(arguments[0])", vec![target.into()]).await?;
        }
        let url = window.client().current_url().await?;
        assert_eq!((url.scheme(), url.host_str()), ("tauri", Some("localhost")));
        assert_eq!(window.client().windows().await?.len(), 1);
        window.find(".first h1").await.map(drop)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_calls_only_what_it_was_given() -> Result<()> {
    Window::with(&Home::new()?, async |window| {
        for command in
            ["nonsense", "plugin:fs|read_file", "plugin:opener|open_url", "plugin:clipboard-manager|read_text"]
        {
            let refused = window.try_invoke(command, json!({})).await?;
            assert!(refused.is_err(), "{command}: {refused:?}");
        }
        let script =
            "const done = arguments[0]; fetch('https://example.com/').then(() => done('sent'), () => done('no'))";
        assert_eq!(window.client().execute_async(script, vec![]).await?, "no");
        let script = "const made = document.createElement('script'); made.textContent = 'window.ran = 1';\
            document.head.append(made); return window.ran ?? null";
        assert_eq!(window.script(script, vec![]).await?, json!(null));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_leaves_one_window() -> Result<()> {
    let home = Home::new()?;
    Window::with(&home, async |window| {
        window.find(".first h1").await?;
        let mut second = Command::new(Program::Desktop.path()?);
        second.envs(home.environment()).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let ended = tokio::time::timeout(pushpull_tests::PATIENCE, second.status()).await;
        assert!(ended.context("The second start stays")??.success());
        window.find(".first h1").await.map(drop)
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
