//! What a process of the command line shows of itself to others on the machine.

use anyhow::{Context, Result};
use pushpull_tests::{Home, Listener, Raw, push, pushpull};

#[tokio::test]
async fn a_replay_to_our_own_listener_is_refused_under_every_name_it_has() -> Result<()> {
    let home = Home::new()?;
    let mut listener = Listener::start(&home).await?;
    assert_eq!(push(listener.address(), 10).await?.status, 200);
    let id = listener.next().await?["id"].as_i64().context("no id")?.to_string();
    let port = listener.address().rsplit(':').next().context("no port")?.to_owned();
    for host in ["127.0.0.1", "localhost", "127.1", "0.0.0.0", "2130706433", "0x7f.0.0.1", "[::ffff:127.0.0.1]"] {
        let to = format!("http://{host}:{port}/in/a");
        let refused = pushpull(&home, &["replay", &id, "--to", &to, "--fail"]).await?;
        assert_eq!(refused.code, Some(1), "{to}: {}", refused.stderr);
    }
    let pushes = pushpull(&home, &["list", "--json", "direction:push"]).await?.ok()?.lines()?;
    assert_eq!(pushes.len(), 1, "{pushes:?}");
    Ok(())
}

#[tokio::test]
async fn what_was_forwarded_by_this_listener_is_not_taken_again() -> Result<()> {
    let home = Home::new()?;
    // A forward to a server that sends everything back: what Pushpull adds to it names this instance.
    let mut server = pushpull_tests::Receiver::start("{}").await?;
    let to = format!("{}/hook", server.url());
    let program = pushpull_tests::Program::Cli;
    let listener = Listener::start_program(program, &home, &["--forward", &to]).await?;
    assert_eq!(push(listener.address(), 10).await?.status, 200);
    let forwarded = server.next().await?;
    let word = forwarded.headers["pushpull-forwarded"].to_str()?.to_owned();
    let mut socket = Raw::connect(listener.address()).await?;
    let back = format!("POST /in/a HTTP/1.1\r\nHost: a\r\nPushpull-Forwarded: {word}\r\nContent-Length: 0\r\n\r\n");
    socket.send(back.as_bytes()).await?;
    assert_eq!(socket.answer().await?.status, 508);
    Ok(())
}
