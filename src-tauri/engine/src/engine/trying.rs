//! Trying a source: a real request to our own listener over a socket of its own, and what its sender gets.

use super::hooks::{SAMPLE_HEADER, random_word};
use super::samples::sample_event;
use super::{Engine, Parts};
use crate::api::{ApiError, ListenerStatus, Seen, SeenEnd, SourceTried, TryQuery, TryRequest};
use crate::exchange::{ExchangeId, ExchangeSummary, Header, Origin, Side};
use crate::replay::{check_whole, head_for_source};
use crate::wire::{BodyFraming, ResponseHead};
use bytes::{Bytes, BytesMut};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Bytes of an answer that are kept to read its head.
const HEAD_BYTES: usize = 64 * 1024;

/// Rows that are read at once to find the one that came of it.
const PAGE: u32 = 500;

impl Engine {
    /// Sends a request to a source of our own listener and says what its sender gets.
    ///
    /// # Errors
    /// If this process does not listen; `Invalid` if what was typed is no request; `NotFound` if the exchange is gone.
    pub async fn try_source(&self, query: TryQuery) -> Result<SourceTried, ApiError> {
        let TryQuery { source, request } = query;
        let (url, port) = match self.listener() {
            ListenerStatus::Listening { url, port, .. } => (url, port),
            ListenerStatus::Elsewhere => {
                let why = "Another Pushpull listens on this workspace, so nobody listens here. Stop it and start the \
                           listener here, or send to its address.";
                return Err(ApiError::failed(why));
            }
            _ => return Err(ApiError::failed("Nothing listens, so there is nobody to send to. Start the listener.")),
        };
        if !crate::capture::is_source_name(&source) {
            return Err(ApiError::invalid(format!("{source:?} can't be a source.")));
        }
        let mark = format!("{}-{}", self.doorway.sample_word(), random_word()?);
        let (head, body) = self.written(&source, request, &url, &mark).await?;
        self.doorway.add_source(&source);
        let before = self.store.newest().await?;
        let host = url.trim_start_matches("http://").rsplit_once(':').map_or("127.0.0.1", |(host, _)| host);
        let failed = |error: std::io::Error| ApiError::failed(format!("Our own listener can't be reached: {error}."));
        let stream = TcpStream::connect(format!("{host}:{port}")).await.map_err(failed)?;
        let seen = exchange(stream, head, body).await;
        Ok(SourceTried { exchange: self.marked(before, &mark).await?, seen })
    }

    /// The exchange that carries a mark.
    async fn marked(&self, before: ExchangeId, mark: &str) -> Result<Option<ExchangeSummary>, ApiError> {
        let (mut after, newest) = (before, self.store.newest().await?);
        while after < newest {
            let rows = self.store.stored_after(after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            for row in rows.into_iter().filter(|row| row.origin == Origin::Sample) {
                let message = self.store.message(row.id, Side::Request).await?.unwrap_or_default();
                if memchr::memmem::find(&message.head, mark.as_bytes()).is_some() {
                    return Ok(Some(row));
                }
            }
        }
        Ok(None)
    }
}

impl Parts {
    /// Head and body of what is sent, as they go out.
    async fn written(
        &self,
        source: &str,
        request: TryRequest,
        url: &str,
        mark: &str,
    ) -> Result<(Bytes, Vec<Bytes>), ApiError> {
        match request {
            TryRequest::Sample { provider } => {
                let (headers, body) = sample_event(provider);
                typed("POST", source, "", headers, body, url, mark)
            }
            TryRequest::Typed { method, path, headers, body } => {
                typed(&method, source, &path, headers, body, url, mark)
            }
            TryRequest::Exchange { id } => self.stored(id, source, url, mark).await,
        }
    }

    async fn stored(
        &self,
        id: ExchangeId,
        source: &str,
        url: &str,
        mark: &str,
    ) -> Result<(Bytes, Vec<Bytes>), ApiError> {
        check_whole(id, &self.store.summary(id).await?.marks, "sent again")?;
        let mut wire = self.store.wire(id, Side::Request).await?;
        let head = wire.next().await?.unwrap_or_default();
        let head = head_for_source(&head, url, source, SAMPLE_HEADER, mark)
            .ok_or_else(|| ApiError::invalid(format!("Exchange {id} has no request that can be sent.")))?;
        let mut body = Vec::new();
        while let Some(piece) = wire.next().await? {
            body.push(piece);
        }
        Ok((head, body))
    }
}

/// A request from its parts. What would break its framing is refused.
fn typed(
    method: &str,
    source: &str,
    path: &str,
    headers: Vec<Header>,
    body: String,
    url: &str,
    mark: &str,
) -> Result<(Bytes, Vec<Bytes>), ApiError> {
    let method = http::Method::from_bytes(method.as_bytes())
        .map_err(|_| ApiError::invalid(format!("{method:?} is no method. Write GET, POST, PUT …")))?;
    if !(path.is_empty() || path.starts_with(['/', '?'])) || path.bytes().any(|b| b <= b' ' || b == 0x7f) {
        return Err(ApiError::invalid(format!("{path:?} is no path. Begin it with / or ?, without spaces.")));
    }
    let host = url.trim_start_matches("http://");
    let mut head = format!("{method} /in/{source}{path} HTTP/1.1\r\nHost: {host}\r\n");
    for Header { name, value } in headers.iter().filter(|header| !header.name.is_empty()) {
        let valid = http::HeaderName::from_bytes(name.as_bytes()).is_ok() && http::HeaderValue::from_str(value).is_ok();
        if !valid {
            return Err(ApiError::invalid(format!(
                "The header {name:?} can't be sent: it has characters that end it."
            )));
        }
        let own = ["host", "content-length", "transfer-encoding", "connection", SAMPLE_HEADER];
        if !own.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            head += &format!("{name}: {value}\r\n");
        }
    }
    if !body.is_empty() {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    head += &format!("{SAMPLE_HEADER}: {mark}\r\nConnection: close\r\n\r\n");
    Ok((head.into(), vec![body.into()]))
}

/// Sends, and reads until the answer ends one way or another.
async fn exchange(mut stream: TcpStream, head: Bytes, body: Vec<Bytes>) -> Seen {
    let method = head.split(|&byte| byte == b' ').next().map(|m| String::from_utf8_lossy(m).into_owned());
    let mut got = Got { method: method.unwrap_or_default(), ..Got::default() };
    let mut began = Instant::now();
    let whole = async {
        // A listener that answers before the end of the body closes; what it said is read all the same.
        let mut sent = stream.write_all(&head).await;
        for piece in &body {
            if sent.is_ok() {
                sent = stream.write_all(piece).await;
            }
        }
        began = Instant::now();
        got.read(&mut stream).await
    };
    let end = tokio::time::timeout(PATIENCE, whole).await.unwrap_or(SeenEnd::TimedOut);
    let micros = i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX);
    Seen { end, status: got.head.map(|head| head.status), bytes: got.bytes, micros }
}

/// What has come of an answer.
#[derive(Default)]
struct Got {
    method: String,
    start: BytesMut,
    head: Option<ResponseHead>,
    bytes: u64,
}

impl Got {
    async fn read(&mut self, stream: &mut TcpStream) -> SeenEnd {
        let mut piece = vec![0; 16 * 1024];
        loop {
            match stream.read(&mut piece).await {
                Ok(0) => return self.end(),
                Ok(count) => self.take(&piece[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return SeenEnd::Reset,
                Err(_) => return self.end(),
            }
            let goes_on = self.head.as_ref().is_some_and(ResponseHead::keeps_alive);
            if goes_on && self.missing() == Some(0) {
                return SeenEnd::Whole;
            }
        }
    }

    fn take(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        if self.head.is_none() && self.start.len() < HEAD_BYTES {
            self.start.extend_from_slice(piece);
            // A `100 Continue` that a stored push asked for stands before the answer.
            while let Some(end) = memchr::memmem::find(&self.start, b"\r\n\r\n") {
                let head = ResponseHead::parse(self.start.split_to(end + 4).freeze()).ok();
                match head {
                    Some(head) if head.is_interim() => self.bytes = self.start.len() as u64,
                    head => {
                        self.head = head;
                        break;
                    }
                }
            }
        }
    }

    /// How many bytes are still to come; negative if there are too many. None if nobody said.
    fn missing(&self) -> Option<i64> {
        let head = self.head.as_ref()?;
        let body = match head.framing(&self.method).ok()? {
            BodyFraming::None => 0,
            BodyFraming::Length(length) => i64::try_from(length).ok()?,
            _ => return None,
        };
        Some(head.raw.len() as i64 + body - self.bytes as i64)
    }

    fn end(&self) -> SeenEnd {
        match self.missing() {
            _ if self.bytes == 0 => SeenEnd::Closed,
            Some(0) => SeenEnd::Whole,
            Some(missing) if missing < 0 => SeenEnd::Long,
            _ => SeenEnd::Short,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ErrorCode;
    use crate::exchange::Mark;
    use crate::store::NewExchange;
    use crate::store::tests::push;

    #[tokio::test]
    async fn what_came_of_it_is_found_by_its_mark_however_much_else_came() {
        let folder = tempfile::tempdir().unwrap();
        let api = crate::api::Api::start(&folder.path().join("w.pushpull")).await;
        let engine = api.engine().await.unwrap();
        let others = (0..PAGE + 100).map(|_| engine.store.save(push("a", "e", "")));
        futures_util::future::join_all(others).await.into_iter().for_each(|saved| assert!(saved.is_ok()));
        let tried = NewExchange { origin: Origin::Sample, ..push("a", "the-mark", "") };
        let tried = engine.store.save(tried).await.unwrap();
        assert_eq!(engine.marked(0, "the-mark").await.unwrap().map(|row| row.id), Some(tried));
        api.close().await;
    }

    #[tokio::test]
    async fn what_was_not_kept_whole_is_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let api = crate::api::Api::start(&folder.path().join("w.pushpull")).await;
        let engine = api.engine().await.unwrap();
        let cut = NewExchange { marks: vec![Mark::Truncated], ..push("a", "e", "the beginning") };
        let cut = engine.store.save(cut).await.unwrap();
        let refused =
            engine.written("a", TryRequest::Exchange { id: cut }, "http://127.0.0.1:1", "x").await.unwrap_err();
        assert_eq!(
            (refused.code, &refused.message[..]),
            (ErrorCode::Invalid, "Exchange 1 can't be sent again: its body was over the cap and is kept in part.")
        );
        api.close().await;
    }
}
