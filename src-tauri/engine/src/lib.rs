//! All that Pushpull does, without a window.
//!
//! Everything on the wire is an [`exchange`]: one HTTP request and whatever answered it, with a direction.
//! There are two ways in.
//!
//! * **push**: a service called us. [`capture`] accepts the socket, keeps the head and the body as they came
//!   ([`wire`]), decides the source, and answers only after [`store`] has committed the exchange.
//! * **pull**: we called a service. [`send`] makes a saved request ready, puts it on the wire as written and keeps
//!   what came back, or the failure.
//!
//! Behind the two ways nothing asks which way an exchange came: [`inspect`] reads one, [`compare`] holds several
//! against each other, [`replay`] sends a captured push again, [`transfer`] takes them out. [`tunnel`] gives the
//! listener a public URL. [`vault`] keeps what is secret, sealed. [`Engine`] holds one open workspace and what runs on
//! it; [`api`] is the list of commands and events that the window and the command line serve.

pub mod api;
pub mod capture;
pub mod compare;
mod crash;
mod engine;
pub mod exchange;
#[cfg(test)]
mod foreign;
pub mod inspect;
pub mod replay;
pub mod send;
pub mod store;
pub mod transfer;
pub mod tunnel;
pub mod vault;
pub mod wire;

pub use crash::keep_panics_silent;
pub use engine::{Engine, Given};
