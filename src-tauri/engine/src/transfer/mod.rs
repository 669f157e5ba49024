//! Taking exchanges out of the workspace, one file a format, with what is secret masked.

pub mod export;
pub(crate) mod redact;

pub use redact::KnownSecrets;
