//! Exports that are put to use.

use anyhow::{Context, Result};
use pushpull_tests::{Home, Listener, PATIENCE, Raw, pushpull};
use tokio::process::Command;

/// Sends the bytes and returns the number they got.
async fn push(listener: &mut Listener, bytes: &[u8]) -> Result<String> {
    let mut socket = Raw::connect(listener.address()).await?;
    socket.send(bytes).await?;
    assert_eq!(socket.answer().await?.status, 200);
    number(listener).await
}

/// The number of the next exchange.
async fn number(listener: &mut Listener) -> Result<String> {
    Ok(listener.next().await?["id"].as_i64().context("The line has no id")?.to_string())
}

#[tokio::test]
async fn an_exported_curl_command_sends_the_captured_push_again() -> Result<()> {
    let home = Home::new()?;
    let mut listener = Listener::start(&home).await?;
    let body = b"{\"a\":\"it's $HOME\\n\", \"nul\":\"\0\xff\"}";
    let head = format!(
        "PUT /in/shop?x[]=1&y='2' HTTP/1.1\r\nHost: {}\r\nx-lower: 1\r\nX-Twice: a\r\nX-Twice: b\r\n\
         Authorization: Bearer topsecret\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        listener.address(),
        body.len()
    );
    let wire = [head.as_bytes(), body].concat();
    let first = push(&mut listener, &wire).await?;
    let command = pushpull(&home, &["export", "--format", "curl", "--no-redact"]).await?.ok()?;
    let run = Command::new("bash").arg("-c").arg(command.text()?).kill_on_drop(true).output();
    let run = tokio::time::timeout(PATIENCE, run).await.context("curl did not end")??;
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let second = number(&mut listener).await?;
    assert_ne!(first, second);
    let again = pushpull(&home, &["show", &second, "--raw", "request"]).await?.ok()?;
    assert_eq!(String::from_utf8_lossy(&again.stdout), String::from_utf8_lossy(&wire));
    Ok(())
}

#[tokio::test]
async fn an_export_holds_what_its_filter_finds_while_the_listener_runs() -> Result<()> {
    let home = Home::new()?;
    let mut listener = Listener::start(&home).await?;
    for source in ["a", "b", "a"] {
        push(
            &mut listener,
            format!("POST /in/{source} HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{{}}").as_bytes(),
        )
        .await?;
    }
    let rows = |text: &str| text.lines().count() - 1;
    let of_a = pushpull(&home, &["export", "--format", "csv", "source:a"]).await?.ok()?;
    assert_eq!(rows(of_a.text()?), 2);
    let all = pushpull(&home, &["export", "--format", "csv"]).await?.ok()?;
    assert_eq!(rows(all.text()?), 3);
    Ok(())
}
