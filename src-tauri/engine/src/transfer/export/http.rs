//! The wire bytes of the requests, one after another: what a pipelining client would send.

use super::ExportError;
use super::entry::Entry;
use super::out::Out;

pub(super) async fn write(entry: &Entry, out: &mut Out<'_>) -> Result<(), ExportError> {
    entry.request.put_wire(out).await
}
