//! The rules over real sockets and a real file.

mod answers;
mod checks;
mod faults;
mod kit;
mod templates;
