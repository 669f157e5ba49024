//! More connections than places, descriptors or memory.

use anyhow::{Context, Result};
use pushpull_engine::Engine;
use pushpull_engine::api::{Api, dispatch};
use pushpull_tests::{
    Home, Listener, PATIENCE, Program, Raw, Receiver, descriptors, listening, push, pushpull, raise_descriptor_limit,
    resident, until,
};
use serde_json::json;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Senders that never say anything, and as many that say a byte now and then.
const CROWD: usize = 1_000;
/// What memory may grow by, bytes.
const GROWTH: u64 = 64 * 1024 * 1024;
/// The largest body that a user can allow, and what is sent of one that is not allowed.
const LARGEST: u64 = 512 * 1024 * 1024;
const ZEROS: u64 = 2 * 1024 * 1024 * 1024;

fn pid(listener: &Listener) -> Result<u32> {
    listener.pid().context("The listener ended")
}

/// Waits until the process has about as many descriptors as before.
async fn back_to(pid: u32, before: usize) -> Result<()> {
    until("the descriptors", async || Ok((descriptors(pid)? <= before + 4).then_some(()))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_silent_and_a_thousand_dribbling_senders_do_not_keep_out_a_normal_one() -> Result<()> {
    raise_descriptor_limit()?;
    let home = Home::new()?;
    let listener = Listener::start(&home).await?;
    let pid = pid(&listener)?;
    assert_eq!(push(listener.address(), 10).await?.status, 200);
    let (open, memory) = (descriptors(pid)?, resident(pid)?);
    let mut crowd = Vec::new();
    for number in 0..2 * CROWD {
        let mut socket = TcpStream::connect(listener.address()).await?;
        let begun: &[u8] = match number % 4 {
            0 | 2 => b"",
            1 => b"POST /in/slow HTTP/1.1\r\nHost: a\r\nX-Long: ",
            _ => b"POST /in/slow HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc",
        };
        // It may have been ended already, to make room for those that came after it.
        socket.write_all(begun).await.ok();
        crowd.push(socket);
    }
    // Behind it in the queue of the system; whoever comes later does not wait for the crowd.
    assert_eq!(push(listener.address(), 10).await?.status, 200);
    for _ in 0..10 {
        for socket in crowd.iter_mut().skip(1).step_by(2) {
            socket.write_all(b"x").await.ok();
        }
        assert_eq!(push(listener.address(), 10).await?.status, 200);
    }
    let grown = resident(pid)?.saturating_sub(memory);
    assert!(grown < GROWTH, "{grown} bytes more");
    drop(crowd);
    back_to(pid, open).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_without_descriptors_waits_and_goes_on() -> Result<()> {
    const INSIDE: usize = 8;
    let home = Home::new()?;
    let program = Program::Cli.path()?;
    let mut listener = Listener::start_under(&["prlimit", "--nofile=64:64"], &program, &home, &[]).await?;
    let pid = pid(&listener)?;
    let mut inside = Vec::new();
    for _ in 0..INSIDE {
        let mut socket = Raw::connect(listener.address()).await?;
        socket.send(b"POST /in/a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh").await?;
        inside.push(socket);
    }
    let mut crowd = Vec::new();
    for _ in 0..200 {
        let socket = TcpStream::connect(listener.address()).await;
        crowd.push(socket.with_context(|| format!("It said: {}", listener.said()))?);
    }
    until("all descriptors taken", async || Ok((descriptors(pid)? >= 60).then_some(()))).await?;
    // Whoever is inside is served, though nothing can be opened to read what was stored; or had to make room for others.
    let mut served = 0;
    for socket in &mut inside {
        if socket.send(b"i").await.is_ok() && socket.answer().await.is_ok_and(|answer| answer.status == 200) {
            served += 1;
        }
    }
    drop((inside, crowd));
    until("descriptors again", async || Ok((descriptors(pid)? < 50).then_some(()))).await?;
    for _ in 0..3 {
        assert_eq!(push(listener.address(), 100_000).await?.status, 200);
    }
    for number in 0..served + 3 {
        listener.next().await.with_context(|| format!("The row of push {number} of all"))?;
    }
    assert_eq!(pushpull(&home, &["list", "--json", "--limit", "100"]).await?.ok()?.lines()?.len(), served + 3);
    Ok(())
}

/// Writes chunks of zeros until so many went out or the other side stops; returns how many did.
async fn send_zeros(socket: &mut TcpStream, most: u64) -> u64 {
    let chunk = [b"10000\r\n".as_slice(), &[0; 0x10000], b"\r\n"].concat();
    let mut sent = 0;
    while sent < most && socket.write_all(&chunk).await.is_ok() {
        sent += 0x10000;
    }
    sent
}

/// The most memory that a process takes while something goes on.
pub(super) async fn peak<T>(pid: u32, during: impl Future<Output = T>) -> Result<(T, u64)> {
    let mut most = resident(pid)?;
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    tokio::pin!(during);
    loop {
        tokio::select! {
            done = &mut during => return Ok((done, most)),
            _ = tick.tick() => most = most.max(resident(pid)?),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_of_any_length_streams_through_bounded_memory() -> Result<()> {
    let home = Home::new()?;
    allow(&home, LARGEST).await?;
    let listener = Listener::start(&home).await?;
    let pid = pid(&listener)?;
    assert_eq!(push(listener.address(), 10).await?.status, 200);
    let before = resident(pid)?;

    let head = b"POST /in/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut socket = TcpStream::connect(listener.address()).await?;
    let whole = async {
        socket.write_all(head).await?;
        send_zeros(&mut socket, LARGEST).await;
        socket.write_all(b"0\r\n\r\n").await?;
        status(&mut socket).await
    };
    let (answer, most) = peak(pid, timeout(PATIENCE * 4, whole)).await?;
    assert_eq!(answer.context("It was not answered")??, "200");
    assert!(most - before < GROWTH, "{} bytes more", most - before);

    let mut socket = TcpStream::connect(listener.address()).await?;
    let endless = async {
        socket.write_all(head).await?;
        let sent = send_zeros(&mut socket, ZEROS).await;
        anyhow::Ok((status(&mut socket).await.unwrap_or_default(), sent))
    };
    let (answer, most) = peak(pid, timeout(PATIENCE * 4, endless)).await?;
    let (answer, sent) = answer.context("It was not answered")??;
    assert!(answer == "413" || (answer.is_empty() && sent < ZEROS), "{answer} after {sent} bytes");
    assert!(most - before < GROWTH, "{} bytes more", most - before);
    let rows = pushpull(&home, &["list", "--json"]).await?.ok()?.lines()?;
    let seen: Vec<_> = rows.iter().map(|row| (row["status"].as_u64(), row["requestSize"].as_u64())).collect();
    assert_eq!(seen, [(Some(413), Some(65_536)), (Some(200), Some(LARGEST)), (Some(200), Some(10))]);
    Ok(())
}

/// The status of the answer; what came may be lost to a reset.
async fn status(socket: &mut TcpStream) -> Result<String> {
    use tokio::io::AsyncReadExt;
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer[9..]).into_owned())
}

/// Sets the largest body that the listener keeps.
async fn allow(home: &Home, bytes: u64) -> Result<()> {
    let api = Api::of(Engine::open(&home.workspace()).await?);
    let settings = dispatch(&api, "settings", json!({})).await?;
    let pushpull_engine::api::Answer::Json(mut settings) = settings else { anyhow::bail!("The settings are bytes") };
    settings["bodyCap"] = json!(bytes);
    dispatch(&api, "save_settings", settings).await?;
    api.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_write_at_once_and_nothing_is_lost() -> Result<()> {
    const EACH: usize = 25;
    let home = Home::new()?;
    let listener = Listener::start(&home).await?;
    let server = Receiver::start("{}").await?;
    let pushes = async {
        let mut socket = Raw::connect(listener.address()).await?;
        for number in 0..EACH * 20 {
            let push = format!("POST /in/a?{number} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
            socket.send(push.as_bytes()).await?;
            assert_eq!(socket.answer().await?.status, 200);
        }
        anyhow::Ok(())
    };
    let sends = async || {
        for _ in 0..EACH {
            pushpull(&home, &["send", server.url()]).await?.ok()?;
        }
        anyhow::Ok(())
    };
    tokio::try_join!(pushes, sends(), sends())?;
    let rows = pushpull(&home, &["list", "--json", "--limit", "10000"]).await?.ok()?.lines()?;
    let count = |direction: &str| rows.iter().filter(|row| row["direction"] == direction).count();
    assert_eq!((count("push"), count("pull")), (EACH * 20, EACH * 2));
    Ok(())
}

#[tokio::test]
async fn one_port_is_open_and_only_on_this_computer() -> Result<()> {
    let home = Home::new()?;
    let listener = Listener::start(&home).await?;
    assert_eq!(push(listener.address(), 10).await?.status, 200);
    let port: u16 = listener.address().rsplit(':').next().context("no port")?.parse()?;
    assert_eq!(listening(pid(&listener)?)?, [format!("0100007F:{port:04X}")]);
    Ok(())
}
