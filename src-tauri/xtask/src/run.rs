//! `cargo xtask run`: from a fresh clone to an open window.

use crate::command::{cargo, run as run_command};
use crate::packages::Needed;
use crate::setup::set_up;
use crate::web;
use anyhow::{Result, bail};

/// Installs what is missing, builds what changed and opens the window.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if cfg!(target_os = "linux") && !has_display() {
        bail!(
            "There is no display to open a window on. Without one, capture with `cargo run --release -p pushpull -- \
             listen`: once installed that is `pushpull listen`."
        );
    }
    set_up(Needed::ToRun)?;
    web::build()?;
    // Cargo knows which folder it builds into, and shows how far it is: the first build takes minutes.
    run_command(cargo(&["run", "--release", "--package", "pushpull-desktop", "--"]).args(arguments))
}

/// True if X11 or Wayland is there to open a window on.
pub(crate) fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
