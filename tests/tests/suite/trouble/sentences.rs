//! Bad input on the command line: one sentence each, with what to do next.

use anyhow::{Context, Result};
use pushpull_tests::{Home, pushpull};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

/// A server that answers each connection with these bytes and then lets it go; with `rst` it resets it.
async fn server(answer: &'static [u8], reset: bool) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut head = [0; 1024];
            // A reset that comes before the request is read would be another trouble.
            let _ = tokio::io::AsyncReadExt::read(&mut socket, &mut head).await;
            let _ = socket.write_all(answer).await;
            if reset {
                let _ = socket.set_zero_linger();
            }
        }
    });
    Ok(address)
}

/// Sends with `--fail` and returns the failure that is kept: its message and what to do next.
async fn failure(home: &Home, url: &str) -> Result<(String, String)> {
    let sent = pushpull(home, &["send", url, "--fail", "--json", "--timeout", "20"]).await?;
    assert_eq!(sent.code, Some(1), "{url}: {}", sent.stderr);
    let id = sent.lines()?.last().and_then(|row| row["id"].as_i64()).context("no id")?.to_string();
    let shown = pushpull(home, &["show", &id, "--json"]).await?.ok()?.lines()?;
    let failure = &shown.first().context("nothing was shown")?["failure"];
    let text = |name: &str| failure[name].as_str().unwrap_or_default().to_owned();
    Ok((text("message"), text("hint")))
}

#[tokio::test]
async fn a_send_that_fails_says_why_and_what_to_do() -> Result<()> {
    let home = Home::new()?;
    let nobody = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.to_string();
    let reset = server(b"", true).await?;
    let half = server(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it", false).await?;
    let chunk = server(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", false).await?;
    let noise = server(b"220 mail.example ESMTP\r\n", false).await?;
    for (address, said) in [
        ("nowhere.invalid".to_owned(), "The name nowhere.invalid did not resolve to an address.".to_owned()),
        (nobody.clone(), format!("Nothing listens at {nobody}.")),
        (reset.clone(), format!("{reset} cut the connection before it answered.")),
    ] {
        let (message, hint) = failure(&home, &format!("http://{address}/")).await?;
        assert_eq!(message, said);
        assert!(hint.ends_with('.'), "{said}: {hint:?}");
    }
    for (address, said, kept) in [
        (half, "The answer stopped after 10 of 100 bytes of its body.", "half of it"),
        (chunk, "The answer stopped", "hel"),
        (noise, "HTTP", ""),
    ] {
        let (message, _) = failure(&home, &format!("http://{address}/")).await?;
        assert!(message.ends_with('.') && message.contains(said), "{message}");
        let newest = pushpull(&home, &["list", "--json", "-n", "1"]).await?.ok()?.lines()?;
        let id = newest[0]["id"].to_string();
        let body = pushpull(&home, &["show", &id, "--body", "response"]).await?;
        assert_eq!(String::from_utf8_lossy(&body.stdout), kept, "{message}");
    }
    Ok(())
}

#[tokio::test]
async fn a_url_that_can_not_be_used_is_told_before_anything_is_sent() -> Result<()> {
    let home = Home::new()?;
    for (url, said) in [
        ("api.example.com/x", "api.example.com/x has no scheme. Write https://api.example.com/x."),
        ("localhost:3000/x", "http://localhost:3000/x"),
        ("ftp://example.com/", "ftp"),
        ("http://", "http://"),
        ("http://a b/", "a b"),
    ] {
        let refused = pushpull(&home, &["send", "-X", "GET", url]).await?;
        assert_eq!(refused.code, Some(2), "{url}: {}", refused.stderr);
        assert!(refused.stderr.contains(said), "{url}: {}", refused.stderr);
        assert!(refused.stderr.trim_end().ends_with('.'), "{url}: {}", refused.stderr);
    }
    // Without a method it could be the name of a saved request.
    let unknown = pushpull(&home, &["send", "localhost:3000/x"]).await?;
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("localhost:3000/x\" is not in the workspace"), "{}", unknown.stderr);
    assert!(unknown.stderr.ends_with("write its scheme too: http://localhost:3000/x.\n"), "{}", unknown.stderr);
    assert!(pushpull(&home, &["list", "--json"]).await?.ok()?.lines()?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_tunnel_program_that_is_missing_dies_or_complains_is_told() -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new()?;
    let program = |name: &str, script: &str| -> Result<String> {
        let path = home.file(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n"))?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
        Ok(path.to_str().context("The path is no text")?.to_owned())
    };
    let text = home.file("notes.txt");
    std::fs::write(&text, "no program")?;
    for (path, said, hint) in [
        ("/nowhere/cloudflared".to_owned(), "The program /nowhere/cloudflared was not found.", "Install cloudflared"),
        (text.to_str().context("no text")?.to_owned(), "could not be started", "Check that the file is a program"),
        (program("dies", "exit 7")?, "ended without a tunnel", "Read the log"),
        (program("complains", "echo 'ERR no such zone' >&2; exit 1")?, "no such zone", "Read the log"),
        (program("limited", "echo 'error code: 1015' >&2; exit 1")?, "too many were started", "Wait some minutes"),
    ] {
        let tunnel = format!("cloudflared:{path}");
        let ended = pushpull(&home, &["listen", "--port", "0", "--tunnel", &tunnel]).await?;
        assert_ne!(ended.code, Some(0), "{path}");
        assert!(ended.stderr.contains(said) && ended.stderr.contains(hint), "{path}: {}", ended.stderr);
    }
    let unknown = pushpull(&home, &["listen", "--port", "0", "--tunnel", "carrier-pigeon"]).await?;
    assert_eq!(unknown.code, Some(2), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("Write bore"), "{}", unknown.stderr);
    Ok(())
}
