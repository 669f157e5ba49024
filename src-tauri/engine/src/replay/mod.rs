//! Sending a captured push again to a URL of the user's, the bytes as they came.
//!
//! The head keeps its lines, their order, case and spacing. Only these change: the target in the first line, the value
//! of Host, the lines that ask for another protocol, and one line at the end that stops a push from going round for
//! ever. The body and the framing of its chunks are those that came, streamed from the store.

mod head;
#[cfg(test)]
mod tests;

use crate::api::{ApiError, ErrorCode};
use crate::exchange::{ExchangeId, Mark, Origin, Side};
use crate::send::{Outgoing, Sender, Story, Target, Upload};
use crate::store::{Store, StoredMessage};
use crate::wire::Framing;
use bytes::Bytes;
use tokio_util::sync::CancellationToken;

/// How long a replay may take.
const TIMEOUT_MS: u32 = 30_000;

/// Sends a captured push to `to` again and returns the exchange that came of it, which may be a failure. A `to` without
/// a path takes the push's path behind `/in/NAME`; the push's query is kept. Redirects are not followed.
///
/// # Errors
/// `Invalid` if `to` can't be used or the push was not kept whole; `NotFound` if it is gone; else what the store says.
pub async fn replay(
    store: &Store,
    sender: &Sender,
    push: ExchangeId,
    to: &str,
    cancel: CancellationToken,
) -> Result<ExchangeId, ApiError> {
    send_on(store, sender, push, to, Origin::Replay, cancel).await
}

/// Sends a push on as it came in. Otherwise like [`replay`].
///
/// # Errors
/// Those of [`replay`].
pub async fn forward(
    store: &Store,
    sender: &Sender,
    push: ExchangeId,
    to: &str,
    cancel: CancellationToken,
) -> Result<ExchangeId, ApiError> {
    send_on(store, sender, push, to, Origin::Forward, cancel).await
}

async fn send_on(
    store: &Store,
    sender: &Sender,
    push: ExchangeId,
    to: &str,
    origin: Origin,
    cancel: CancellationToken,
) -> Result<ExchangeId, ApiError> {
    let summary = store.summary(push).await?;
    check_whole(push, &summary.marks, "replayed")?;
    let target = Target::parse(to).map_err(ApiError::invalid)?;
    let message = store.message(push, Side::Request).await?.unwrap_or_default();
    let outgoing = outgoing(store, sender, push, message, target, to)?;
    let story =
        Story { origin, parent: Some(push), request_id: None, source: summary.source, event_type: summary.event_type };
    sender.deliver(&outgoing, story, TIMEOUT_MS, cancel).await.map_err(|error| not_kept(error.into()))
}

/// From where sending begins, no error says that nothing was sent.
fn not_kept(problem: ApiError) -> ApiError {
    let message = format!("It may have been sent, but what came of it could not be kept. {}", problem.message);
    ApiError { message, ..problem }
}

/// The head of a stored push as it would come to a source of the listener at `base`, with `mark` as the value of
/// `mark_name` at its end; None if it is no head of a request.
pub(crate) fn head_for_source(head: &Bytes, base: &str, source: &str, mark_name: &str, mark: &str) -> Option<Bytes> {
    let (_, pushed) = head::method_and_target(head)?;
    let mut target = Target::parse(base).ok()?;
    target.path = head::source_path(source, &pushed);
    let rewritten = head::rewrite(head, &target, "");
    let is_mark = |line: &&[u8]| {
        line.split(|&byte| byte == b':').next().unwrap_or_default().eq_ignore_ascii_case(mark_name.as_bytes())
    };
    let lines =
        rewritten.split_inclusive(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty() && !is_mark(line));
    let mut marked: Vec<u8> = lines.flatten().copied().collect();
    marked.extend_from_slice(format!("{mark_name}: {mark}\r\n\r\n").as_bytes());
    Some(marked.into())
}

/// What was not kept whole can't be sent as it came: `replayed`, or whatever was to be done with it.
pub(crate) fn check_whole(push: ExchangeId, marks: &[Mark], to_be: &str) -> Result<(), ApiError> {
    match marks.iter().find_map(|mark| mark.loss()) {
        Some(reason) => Err(ApiError::new(
            ErrorCode::Invalid,
            format!("Exchange {push} can't be {to_be}: {reason}."),
            "Choose a push that was kept whole.",
        )),
        None => Ok(()),
    }
}

fn outgoing(
    store: &Store,
    sender: &Sender,
    push: ExchangeId,
    message: StoredMessage,
    mut target: Target,
    to: &str,
) -> Result<Outgoing, ApiError> {
    let (method, pushed) = head::method_and_target(&message.head)
        .ok_or_else(|| ApiError::invalid(format!("Exchange {push} has no request that can be replayed.")))?;
    target.path = head::path(to, &target.path, &pushed);
    let head = head::rewrite(&message.head, &target, &sender.instance());
    let framing = Framing::decode(message.framing).unwrap_or_default();
    let upload = Upload::stored(store.clone(), push, message.body_len, framing);
    Ok(Outgoing { method, target, head, upload })
}
