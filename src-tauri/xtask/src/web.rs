//! The web part: its packages and its build.

use crate::command::{NPM, command, is_installed, npm, output, run};
use crate::stamp::unless_done;
use anyhow::{Result, bail};

/// Which Node the web part's tools run on: what their packages ask for.
const NODE: &str = "Pushpull's web part is built with Node 20.19, 22.12 or newer: install it with its npm \
                    (https://nodejs.org), then try again.";

/// Fails unless Node is there with its npm, and new enough.
pub(crate) fn check_node() -> Result<()> {
    if !is_installed(&format!("node{}", std::env::consts::EXE_SUFFIX)) {
        bail!("There is no Node here. {NODE}");
    }
    // Debian packages it apart from Node.
    if !is_installed(NPM) {
        bail!("There is no npm here, which comes with Node. {NODE}");
    }
    let version = output(&mut command(&["node", "--version"]))?;
    if !version_of(&version).is_some_and(is_new_enough) {
        bail!("Node here is {}. {NODE}", version.trim());
    }
    Ok(())
}

/// The first two numbers of `v20.20.2`.
fn version_of(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn is_new_enough((major, minor): (u32, u32)) -> bool {
    match major {
        20 => minor >= 19,
        22 => minor >= 12,
        _ => major > 22,
    }
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
