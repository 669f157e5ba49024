//! The suites: one file each, one binary for all. `cargo xtask test` builds what they start.

mod raw_requests;
