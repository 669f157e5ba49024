//! The published and made vectors of every scheme, and the laws of signing.

mod classes;
mod handshakes;
mod laws;
mod reasons;
mod vectors;
