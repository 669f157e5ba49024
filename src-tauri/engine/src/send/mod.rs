//! A saved request made ready and put on the wire.

mod definition;

pub use definition::*;
