//! Lock files must build anywhere: they pin versions and digests, and name no host to fetch from.

use anyhow::{Context, Result, bail};

/// The lock files of npm.
const NPM: &[&str] = &["ui/package-lock.json", "tests/package-lock.json"];
/// The one source of crates.
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Fails at the first line of a lock file that names another place.
pub(crate) fn check() -> Result<()> {
    for lock in NPM {
        let text = read(lock)?;
        if let Some((number, line)) = text.lines().enumerate().find(|(_, line)| line.contains("\"resolved\"")) {
            bail!(
                "{lock}:{} names a host: {}. Run `npm install` there with omit-lockfile-registry-resolved=true.",
                number + 1,
                line.trim()
            );
        }
    }
    let text = read("Cargo.lock")?;
    let foreign = text.lines().find(|line| line.starts_with("source = ") && *line != format!("source = \"{CRATES}\""));
    if let Some(line) = foreign {
        bail!("Cargo.lock takes a crate from elsewhere than crates.io: {line}.");
    }
    Ok(())
}

fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("Reading {path}"))
}
