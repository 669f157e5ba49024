//! A socket that sends exactly the bytes it is given and reads what comes back.

use crate::{Dice, PATIENCE};
use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A raw connection.
#[derive(Debug)]
pub struct Raw {
    stream: TcpStream,
    unread: Vec<u8>,
}

/// One answer as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The head with its empty line.
    pub head: String,
    /// The body, of which the head gave the length.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header, if it is there; the name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Sends a push to the source `a` with a body of so many bytes, which nothing packs, and returns the answer.
///
/// # Errors
/// If it is not answered.
pub async fn push(address: &str, size: usize) -> Result<Answer> {
    let mut socket = Raw::connect(address).await?;
    let head = format!("POST /in/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n");
    let mut dice = Dice::new();
    let body: Vec<u8> = (0..size).map(|_| dice.below(256) as u8).collect();
    socket.send(&[head.as_bytes(), &body].concat()).await?;
    socket.answer().await
}

impl Raw {
    /// Connects to `ADDRESS:PORT`.
    ///
    /// # Errors
    /// If nobody listens there.
    pub async fn connect(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("Connecting to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, unread: Vec::new() })
    }

    /// Sends bytes.
    ///
    /// # Errors
    /// If the other side has closed.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        timeout(PATIENCE, self.stream.write_all(bytes)).await.context("The other side takes no more")??;
        Ok(())
    }

    /// Says that nothing more is sent.
    ///
    /// # Errors
    /// If the other side has closed.
    pub async fn finish(&mut self) -> Result<()> {
        Ok(self.stream.shutdown().await?)
    }

    /// Reads the next answer. Its body is as long as its Content-Length says; without one it has none.
    ///
    /// # Errors
    /// If the connection ends before the answer does, or it is none.
    pub async fn answer(&mut self) -> Result<Answer> {
        let end = loop {
            if let Some(at) = self.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            self.read_more().await?;
        };
        let head = String::from_utf8_lossy(&self.unread[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        let mut answer = Answer { status: status.context("That is no answer")?, head, body: Vec::new() };
        let length = answer.header("content-length").map_or(Ok(0), str::parse).context("Reading the Content-Length")?;
        while self.unread.len() < end + length {
            self.read_more().await?;
        }
        answer.body = self.unread[end..end + length].to_vec();
        self.unread.drain(..end + length);
        Ok(answer)
    }

    /// Reads until the other side closes, and returns all that came.
    ///
    /// # Errors
    /// If it does not close in time. A reset counts as closed.
    pub async fn rest(mut self) -> Result<Vec<u8>> {
        let mut rest = std::mem::take(&mut self.unread);
        let read = timeout(PATIENCE, self.stream.read_to_end(&mut rest)).await.context("The other side stays open")?;
        match read {
            Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => Err(error.into()),
            _ => Ok(rest),
        }
    }

    async fn read_more(&mut self) -> Result<()> {
        let mut chunk = [0; 16 * 1024];
        let read = timeout(PATIENCE, self.stream.read(&mut chunk)).await.context("No answer came")??;
        if read == 0 {
            bail!("The connection ended after {:?}.", String::from_utf8_lossy(&self.unread));
        }
        self.unread.extend_from_slice(&chunk[..read]);
        Ok(())
    }
}
