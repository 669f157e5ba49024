//! A saved request made ready and put on the wire.
//!
//! Each state of a request is a type of its own, so that one that is only written can't be taken for one that was sent:
//!
//! ```text
//! RequestDefinition ── prepare ──▶ Prepared ── measure ──▶ Outgoing ── converse ──▶ exchange in the store
//!  as the user            │         URL, header list and    the head's bytes,         what was sent and what came
//!  wrote it               │         body plan, checked      the body's length         back, or the failure
//!                         ▼                                                             │
//!                    FieldProblem ◀── shown at the field, nothing is sent               │
//!                                   Prepared of the next hop ◀────── redirect ──────────┘
//! ```
//!
//! * [`prepare`] puts in the variables, takes the URL apart without rewriting it, and checks names and values.
//! * Measuring looks at the files of the body, so that the head can say how long it is.
//! * The conversation writes the head as given and reads the answer at the same time, so that an answer that comes
//!   before the end of an upload is seen. Both sides are recorded byte for byte while they pass.
//! * Every hop is stored as an exchange of its own before the next one starts, and so is every failure.
//!
//! [`replay`](crate::replay) enters at `Outgoing`, with a head and a body that are already bytes.

mod address;
mod body;
mod connect;
mod conversation;
mod curl;
mod definition;
mod failure;
mod hop;
mod multipart;
mod outgoing;
mod patience;
mod pool;
mod prepare;
mod preview;
mod problem;
mod recall;
mod record;
mod redirect;
mod sender;
mod stream;
mod target;
#[cfg(test)]
pub(crate) mod tests;
mod tls;
mod upload;
mod variables;

pub use connect::{Resolve, SystemResolver};
pub use curl::read_curl;
pub use definition::*;
pub use prepare::{Line, Prepared, prepare};
pub use preview::preview_head;
pub use problem::{FieldProblem, SendError};
pub use recall::definition_of;
pub use sender::{SendJob, Sender};
pub use target::Target;
pub use variables::Variables;

pub(crate) use outgoing::{Outgoing, Story};
pub(crate) use upload::Upload;
