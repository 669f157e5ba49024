//! The listener: takes pushes off the wire, has them stored, and only then answers.
//!
//! ```text
//! Listener ── accepts, bounded; makes room by dropping who is silent longest
//!    └─ Connection ── one request after another
//!          head ── refused (400 …; a record if its framing is ambiguous)
//!            └─ router ── /in/NAME ── the body goes into the store's spool as it comes ── rules ── save ── answer
//!                     ├─ /.pushpull/probe/NONCE ── 204, never stored
//!                     └─ anything else ── 404, counted, never stored
//! ```
//!
//! Nothing stored can be read through the port, and no command can be given through it.

mod answer;
mod arrival;
mod bind;
mod budget;
mod connection;
mod deadline;
mod hooks;
mod intake;
mod limits;
mod listener;
mod missed;
mod push;
mod rate;
mod refusal;
mod router;
pub mod rules;
mod slot;
mod socket;
mod staged;

pub use bind::ListenError;
pub use hooks::{Arrived, Hooks, Presence};
pub use limits::*;
pub use listener::Listener;
pub use router::{PROBE_PATH, is_source_name};

/// The header that names the instances a push was forwarded by, so that it does not go round for ever.
pub const LOOP_HEADER: &str = "Pushpull-Forwarded";

use crate::store::Store;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// What every connection of one listener uses.
struct Shared {
    store: Store,
    hooks: Arc<dyn Hooks>,
    limits: Limits,
    budget: Arc<budget::Budget>,
    rate: rate::RateCap,
    /// Places for answers that are held back.
    held: Arc<Semaphore>,
    /// Answers that their senders did not get.
    missed: missed::Missed,
    /// Cancelled once the listener is being shut down: connections end with the request they serve, and no answer is
    /// held back any longer.
    stopping: CancellationToken,
}
