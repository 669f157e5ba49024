//! The listener behind a real bore tunnel: server in the test's process, client in the program's.

use anyhow::{Context, Result};
use pushpull_engine::exchange::Body;
use pushpull_engine::transfer::export::read_ndjson;
use pushpull_tests::{BoreServer, Home, Listener, Program, github_payloads, http, pushpull};

/// A listener behind a tunnel, and its public URL.
async fn public_listener(home: &Home, arguments: &[&str]) -> Result<(Listener, String)> {
    let tunnel = format!("bore:{}", BoreServer::HOST);
    let arguments = [&["--tunnel", &tunnel], arguments].concat();
    let mut listener = Listener::start_program(Program::Cli, home, &arguments).await?;
    let line = listener.next().await?;
    let url = line["url"].as_str().with_context(|| format!("The line names no public URL: {line}"))?.to_owned();
    assert_ne!(url, listener.url());
    Ok((listener, url))
}

#[tokio::test]
async fn every_github_payload_comes_through_and_is_exported_byte_for_byte() -> Result<()> {
    let home = Home::new()?;
    let server = BoreServer::start(None).await?;
    let (listener, url) = public_listener(&home, &["--auto-source"]).await?;
    let payloads = github_payloads()?;
    assert_eq!(payloads.len(), 329);
    let client = http::client()?;
    for (number, payload) in payloads.iter().enumerate() {
        let answer = client
            .post(format!("{url}/in/github"))
            .header("X-GitHub-Event", &payload.event)
            .header("X-GitHub-Delivery", format!("{number:08}-0000-0000-0000-000000000000"))
            .header("User-Agent", "GitHub-Hookshot/044aadd")
            .header("Content-Type", "application/json")
            .body(payload.body.clone())
            .send()
            .await?;
        assert_eq!(answer.status(), 200, "{}", payload.event);
    }
    listener.interrupt().await?;
    server.stop().await?;

    let file = home.file("all.ndjson");
    let path = file.to_str().context("The home's path is no text")?;
    pushpull(&home, &["export", "--format", "ndjson", "--no-redact", "-o", path, "source:github"]).await?.ok()?;
    let exported = read_ndjson(&std::fs::read(&file)?)?;
    assert_eq!(exported.len(), payloads.len());
    for (exchange, payload) in exported.iter().map(|read| &read.exchange).zip(&payloads) {
        assert_eq!(exchange.request.body, Body::Inline(payload.body.clone().into()));
        let event = exchange.event_type.as_deref().unwrap_or_default();
        assert!(event.starts_with(&payload.event), "{event} is not {}", payload.event);
    }
    Ok(())
}

#[tokio::test]
async fn strangers_make_no_sources_while_a_tunnel_is_up() -> Result<()> {
    let home = Home::new()?;
    let server = BoreServer::start(None).await?;
    let (_listener, url) = public_listener(&home, &[]).await?;
    let answer = http::client()?.post(format!("{url}/in/new")).body("{}").send().await?;
    server.stop().await?;
    assert_eq!(answer.status(), 404);
    Ok(())
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_tunnel_program_does_not_outlive_a_killed_listener() -> Result<()> {
    use pushpull_tests::until;
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new()?;
    let (program, said) = (home.file("cloudflared"), home.file("process"));
    let script = format!(
        "#!/bin/sh\necho $$ > '{}'\necho 'INF |  https://blue-cat.trycloudflare.com  |' >&2\nexec sleep 1000\n",
        said.display()
    );
    std::fs::write(&program, script)?;
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
    let tunnel = format!("cloudflared:{}", program.display());
    let listener = Listener::start_program(Program::Cli, &home, &["--tunnel", &tunnel]).await?;
    let child = until("the program's number", async || {
        Ok(std::fs::read_to_string(&said).ok().filter(|text| text.ends_with('\n')))
    })
    .await?;
    let stat = format!("/proc/{}/stat", child.trim());
    listener.kill().await?;
    // Whoever takes it over may leave it as a zombie.
    until("the end of the tunnel program", async || {
        let runs = std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
        Ok((!runs).then_some(()))
    })
    .await
}
