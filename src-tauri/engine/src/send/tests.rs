//! Sends over real sockets, each against a server that says exactly what the test has it say.

mod answers;
pub(crate) mod kit;
mod prepared;
mod redirects;
mod secure;
mod trouble;
mod uploads;
mod wire;
