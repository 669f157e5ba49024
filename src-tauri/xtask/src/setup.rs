//! `cargo xtask setup`, and what everything that builds begins with: what must be there is there.

use crate::packages::{self, Needed};
use crate::web;
use anyhow::Result;

/// Installs what is missing, or names it and fails. Node first, which is the user's to install: nobody should wait for a
/// download and then be told that it was not enough.
pub(crate) fn set_up(needed: Needed) -> Result<()> {
    web::check_node()?;
    packages::install(needed)
}
