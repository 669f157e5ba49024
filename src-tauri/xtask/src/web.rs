//! The web part: its packages and its build.

use crate::command::{command, npm, output, run};
use crate::stamp::unless_done;
use anyhow::{Context, Result, bail};

/// The oldest Node that the web part's tools run on.
const NODE: u32 = 20;

/// Fails unless Node is there and new enough.
pub(crate) fn check_node() -> Result<()> {
    let hint = format!("Pushpull's web part is built with Node {NODE} or newer: install it, then try again.");
    let version = output(&mut command(&["node", "--version"])).with_context(|| hint.clone())?;
    match major(&version) {
        Some(major) if major >= NODE => Ok(()),
        _ => bail!("Node here is {}. {hint}", version.trim()),
    }
}

/// The first number of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Installs the packages of the web part, if its lock file changed since the last time.
pub(crate) fn install() -> Result<()> {
    check_node()?;
    install_in("ui")
}

/// Installs the packages named by a folder's lock file, if it changed since the last time.
pub(crate) fn install_in(folder: &str) -> Result<()> {
    let lock = format!("{folder}/package-lock.json");
    let product = format!("{folder}/node_modules");
    unless_done(&format!("npm-{folder}"), &[&lock], &product, || {
        println!("Installing the packages of {folder}/ with npm.");
        run(&mut npm(folder, &["ci", "--no-fund", "--no-audit", "--loglevel=error"]))
    })
}

/// Builds the web part into `ui/dist`, if something in it changed since the last time.
pub(crate) fn build() -> Result<()> {
    install()?;
    unless_done("ui", &["ui"], "ui/dist/index.html", || {
        println!("Building the web part.");
        run(&mut npm("ui", &["run", "--silent", "build"]))
    })
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_version_of_node_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v8.1.0"), Some(8));
        assert_eq!(major("unknown"), None);
    }
}
