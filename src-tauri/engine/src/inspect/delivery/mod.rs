//! Which pushes are the same event, and what the attempts of one delivery say. Pure functions; the store keeps what they
//! find (`store/deliveries.rs`), after the commit and off the way of a capture.

mod body;
mod order;
mod said;
mod same;
mod timeline;

pub(crate) use body::COMPARED;
use body::{exact_hash, stable_hash, stable_query};
pub(crate) use order::{State, states_of};
pub(crate) use said::{Accepts, Said, said, schedule};
pub(crate) use same::{Came, Earlier, Given, Told, repeat, same_event};
pub use timeline::*;

#[cfg(test)]
mod tests;

/// The first 64 bits of SHA-256 over these texts, each with its length before it.
pub(crate) fn hash(parts: &[&[u8]]) -> i64 {
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    for part in parts {
        digest.update(&(part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    let mut first = [0; 8];
    first.copy_from_slice(&digest.finish().as_ref()[..8]);
    i64::from_le_bytes(first)
}
