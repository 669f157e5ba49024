//! The list of commands and events that the window and the command line serve, and their wire types.
//!
//! One list, declared once in [`commands`]: from it come the window's dispatch, the names the window may call, and the
//! TypeScript types in `ui/src/ipc/bindings`.

pub mod bindings;
mod commands;
mod error;
mod serve;
mod types;

pub use commands::{Answer, COMMANDS, dispatch};
pub use error::{ApiError, ErrorCode};
pub use serve::Api;
pub use types::*;

#[cfg(test)]
mod tests;
