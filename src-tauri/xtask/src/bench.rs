//! `cargo xtask bench`: builds what ships and measures it on this machine.

use crate::command::{cargo, command, run};
use crate::packages::Needed;
use crate::run::has_display;
use crate::setup::set_up;
use crate::web;
use anyhow::Result;

/// Runs all measurements, or those named.
pub(crate) fn bench(names: &[String]) -> Result<()> {
    set_up(Needed::ToTest)?;
    web::build()?;
    run(&mut cargo(&["build", "--release", "--workspace", "--bins", "--examples"]))?;
    let mut measured = if has_display() {
        command(&["target/release/bench"])
    } else {
        let display = ["dbus-run-session", "--", "xvfb-run", "-a", "-s", "-screen 0 1400x900x24"];
        command(&[&display[..], &["target/release/bench"]].concat())
    };
    run(measured.args(names))
}
