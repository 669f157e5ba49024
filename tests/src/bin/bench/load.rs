//! Senders that keep a listener busy: as fast as it answers, or at a rate.

use anyhow::{Context, Result, ensure};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Connections at a time.
pub(crate) const CONNECTIONS: usize = 64;
/// Bytes of a body: the median of GitHub's example payloads is about this.
pub(crate) const BODY: usize = 5_700;

/// A connection that sends the same request again and again.
struct Sender {
    stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

impl Sender {
    async fn connect(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("Connecting to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, request: request(address), buffer: vec![0; 16 * 1024] })
    }

    /// Sends the request and reads its whole answer, which must be a 200.
    async fn exchange(&mut self) -> Result<()> {
        self.stream.write_all(&self.request).await?;
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            ensure!(read > 0, "The listener closed the connection");
            filled += read;
            if is_whole(&self.buffer[..filled])? {
                ensure!(self.buffer.starts_with(b"HTTP/1.1 200"), "The answer is no 200");
                return Ok(());
            }
        }
    }
}

/// True if the bytes are a head and as much body as it says.
fn is_whole(bytes: &[u8]) -> Result<bool> {
    let mut fields = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(end) = head.parse(bytes).context("That is no answer")? else { return Ok(false) };
    let length = head.headers.iter().find(|field| field.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|field| std::str::from_utf8(field.value).ok()?.parse().ok()).unwrap_or(0);
    Ok(bytes.len() >= end + length)
}

/// A webhook of the usual size.
fn request(address: &str) -> Vec<u8> {
    let mut body = String::from("{\"action\":\"opened\",\"items\":[");
    for number in 0.. {
        let item =
            format!("{{\"id\":{number},\"name\":\"item {number}\",\"url\":\"https://api.example.com/{number}\"}}");
        if body.len() + item.len() + 3 > BODY {
            break;
        }
        body.push_str(if number == 0 { "" } else { "," });
        body.push_str(&item);
    }
    body.push_str("]}");
    body.push_str(&" ".repeat(BODY.saturating_sub(body.len())));
    let head = format!(
        "POST /in/bench HTTP/1.1\r\nHost: {address}\r\nUser-Agent: GitHub-Hookshot/0000000\r\nAccept: */*\r\n\
         Content-Type: application/json\r\nX-GitHub-Event: issues\r\n\
         X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body.into_bytes()].concat()
}

/// Sends from all connections, each as fast as it is answered, and returns how many were answered.
pub(crate) async fn flat_out(address: &str, time: Duration) -> Result<u64> {
    let mut senders = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut sender = Sender::connect(address).await?;
        senders.spawn(async move {
            let start = Instant::now();
            let mut answered = 0;
            while start.elapsed() < time {
                sender.exchange().await?;
                answered += 1;
            }
            anyhow::Ok(answered)
        });
    }
    let mut answered = 0;
    while let Some(sender) = senders.join_next().await {
        answered += sender??;
    }
    Ok(answered)
}

/// Sends this many a second, spread over all connections, and returns how long each took, sorted. A request that had to
/// wait for the one before it counts from when it was due.
pub(crate) async fn at_rate(address: &str, a_second: u32, time: Duration) -> Result<Vec<Duration>> {
    let gap = Duration::from_secs(1) / a_second * CONNECTIONS as u32;
    let start = tokio::time::Instant::now() + Duration::from_millis(100);
    let mut senders = JoinSet::new();
    for number in 0..CONNECTIONS {
        let mut sender = Sender::connect(address).await?;
        let mut due = start + gap * number as u32 / CONNECTIONS as u32;
        senders.spawn(async move {
            let mut times = Vec::new();
            while due < start + time {
                let late = tokio::time::Instant::now() > due;
                tokio::time::sleep_until(due).await;
                let begun = if late { due } else { tokio::time::Instant::now() };
                sender.exchange().await?;
                times.push(begun.elapsed());
                due += gap;
            }
            anyhow::Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(sender) = senders.join_next().await {
        times.extend(sender??);
    }
    times.sort_unstable();
    Ok(times)
}
