//! A machine that gives no more: no space, no rights, no descriptors, no memory, no network to trust. Nothing that was
//! acknowledged is lost, and each trouble has its sentence.

mod crowd;
mod disk;
mod places;
mod redirects;
mod sentences;

use anyhow::Result;
use pushpull_tests::{Answer, Raw};

/// Sends a push with a body of so many bytes and returns the answer.
async fn push(address: &str, size: usize) -> Result<Answer> {
    let mut socket = Raw::connect(address).await?;
    let head = format!("POST /in/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n");
    socket.send(&[head.as_bytes(), &vec![b'x'; size]].concat()).await?;
    socket.answer().await
}
