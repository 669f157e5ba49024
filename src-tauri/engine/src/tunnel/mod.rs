//! What gives the listener a public URL: bore, built in, and cloudflared, a program of its own.

mod view;

pub use view::*;
