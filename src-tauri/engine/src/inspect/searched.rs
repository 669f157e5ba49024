//! What of bodies the list looks through: the filters and columns that name a path read no more than this.

use serde_json::Value;

/// Bytes of a body that are indexed and searched.
pub(crate) const SEARCHED: u64 = 1024 * 1024;

/// Levels that are read; in deeper JSON nothing is found.
pub(super) const LEVELS: u32 = 127;

/// The values of a body, in UTF-8, in which paths are looked up. None if it is not JSON, or not readable in every part.
pub(crate) fn values(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok()
}
