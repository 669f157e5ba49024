//! What the suites stand on: the real programs, real sockets, real files, the real window.
//!
//! Every test makes a [`Home`] of its own, so that nothing it does is seen by another test or by the user's own
//! Pushpull. Ports are always 0; readiness is a line, an answer or an event, never a pause.

mod cli;
mod dice;
mod display;
mod events;
mod home;
pub mod http;
mod listener;
mod payloads;
mod process;
mod programs;
mod raw;
mod receiver;
mod sets;
mod tunnel;
mod visitor;
mod wait;
mod window;

pub use cli::{Output, Running, pushpull, pushpull_on, pushpull_without};
pub use dice::Dice;
pub use display::Display;
pub use events::Events;
pub use home::Home;
pub use listener::Listener;
pub use payloads::{Payload, github_payloads};
pub use process::{Tmpfs, as_nobody, can_run, descriptors, listening, raise_descriptor_limit, resident};
pub use programs::Program;
pub use raw::{Answer, Raw, push};
pub use receiver::{Received, Receiver};
pub use sets::{JsonCase, json_cases, naughty_strings};
pub use tunnel::BoreServer;
pub use visitor::Visitor;
pub use wait::{PATIENCE, until};
pub use window::{ALT, BACKSPACE, CONTROL, END, ENTER, ESCAPE, LEFT, RELEASE, SHIFT, Theme, Window};
