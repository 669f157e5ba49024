//! The suites: one file each, one binary for all. `cargo xtask test` builds what they start.

mod cli;
mod config;
mod export;
mod promise;
mod raw_requests;
mod tunnel;
mod window;
