//! The published and made vectors of every scheme, and the laws of signing.

mod ages;
mod classes;
mod costs;
mod handshakes;
mod laws;
mod public_keys;
mod reasons;
mod vectors;
