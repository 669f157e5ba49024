//! The bytes of one body as they came: the request's of a push, the response's of a pull.

use super::ExportError;
use super::entry::Entry;
use super::out::Out;
use crate::exchange::Direction;

pub(super) async fn write(entry: &Entry, out: &mut Out<'_>) -> Result<(), ExportError> {
    let body = match (entry.summary.direction, &entry.response) {
        (Direction::Push, _) => &entry.request.body,
        (Direction::Pull, Some(response)) => &response.body,
        (Direction::Pull, None) => return Err(ExportError::NoBody(entry.summary.id)),
    };
    body.put(0..body.len, out).await
}
