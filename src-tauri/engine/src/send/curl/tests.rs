//! Curl commands as people paste them.
