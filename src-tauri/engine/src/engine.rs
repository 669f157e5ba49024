//! One open workspace and what runs on it.

/// One open workspace and what runs on it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {}
