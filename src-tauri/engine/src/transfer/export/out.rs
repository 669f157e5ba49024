//! Where an export goes: counts the bytes, keeps to a limit, stops when it is cancelled.

use super::ExportError;
use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};
use tokio_util::sync::CancellationToken;

/// What the formats write to.
pub(super) struct Out<'a> {
    to: BufWriter<&'a mut (dyn AsyncWrite + Unpin + Send)>,
    bytes: u64,
    limit: Option<u64>,
    cancel: CancellationToken,
}

impl<'a> Out<'a> {
    pub(super) fn new(
        to: &'a mut (dyn AsyncWrite + Unpin + Send),
        limit: Option<u64>,
        cancel: CancellationToken,
    ) -> Self {
        Self { to: BufWriter::with_capacity(64 * 1024, to), bytes: 0, limit, cancel }
    }

    /// Waits for what is to be written next, which may be given up at any time.
    pub(super) async fn unless_cancelled<T>(&mut self, next: impl Future<Output = T>) -> Result<T, ExportError> {
        self.cancel.run_until_cancelled(next).await.ok_or(ExportError::Cancelled)
    }

    /// Writes bytes. Past the limit the fitting part is written and the rest is an error.
    pub(super) async fn put(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), ExportError> {
        if self.cancel.is_cancelled() {
            return Err(ExportError::Cancelled);
        }
        let bytes = bytes.as_ref();
        let room = self.limit.map_or(u64::MAX, |limit| limit - self.bytes);
        let fitting = &bytes[..usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len())];
        self.to.write_all(fitting).await.map_err(|error| ExportError::Write(error.to_string()))?;
        self.bytes += fitting.len() as u64;
        if fitting.len() < bytes.len() {
            self.flush().await?;
            return Err(ExportError::TooLong);
        }
        Ok(())
    }

    /// Hands on what is buffered; the bytes in all.
    pub(super) async fn finish(mut self) -> Result<u64, ExportError> {
        self.flush().await?;
        Ok(self.bytes)
    }

    async fn flush(&mut self) -> Result<(), ExportError> {
        self.to.flush().await.map_err(|error| ExportError::Write(error.to_string()))
    }
}
