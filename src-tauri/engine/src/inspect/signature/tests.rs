//! The published and made vectors of every scheme, and the laws of signing.

mod handshakes;
mod laws;
mod reasons;
mod vectors;
