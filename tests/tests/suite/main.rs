//! The suites: one file each, one binary for all. `cargo xtask test` builds what they start.

mod cli;
mod config;
mod promise;
mod raw_requests;
mod window;
