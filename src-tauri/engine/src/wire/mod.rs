//! HTTP/1.1 as it stands on the wire: heads kept byte for byte, framing read strictly.
//!
//! The listener and the sender share this layer, because both must keep what a general HTTP library hides: the case
//! and order of header names, odd spacing, the lines between the chunks of a body.
//!
//! ```text
//! socket ─ Wire ─┬─ read_head ─ RequestHead::parse / ResponseHead::parse ─ BodyFraming
//!                └─ BodyReader ─ pieces of the body, and for a chunked one its Framing
//! ```
//!
//! A head, its [`Framing`] and the decoded body together are exactly the bytes that were on the wire.

mod body;
mod chunked;
mod framing;
mod head;
mod loose;
mod problem;
mod reader;
mod request;
mod response;
mod target;
#[cfg(test)]
mod tests;

pub use body::{BodyFraming, BodyReader, Step};
pub use chunked::{CHUNK_LINE_LIMIT, TRAILER_LIMIT};
pub use framing::{FRAMING_LIMIT, Framing, FramingBuilder, WirePiece};
pub use head::{LooseHead, Version};
pub use loose::{LooseRequest, read_request};
pub use problem::{BodyProblem, HeadProblem, ReadError};
pub use reader::{READ_SIZE, Wire};
pub use request::{MAX_HEADERS, RequestHead};
pub use response::{MAX_RESPONSE_HEADERS, ResponseHead};
pub(crate) use target::{INBOX, behind_source, origin_form, split_query};
