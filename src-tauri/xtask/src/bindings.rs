//! `cargo xtask bindings`: the TypeScript side of the engine's command list, and whether it is up to date.

use crate::command::{command, run};
use crate::steps::workspace;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::Path;

/// Where the generated types are committed.
const FOLDER: &str = "ui/src/ipc/bindings";
/// Where they are made for a comparison.
const FRESH: &str = "target/xtask/bindings";

/// Writes the types anew.
pub(crate) fn write() -> Result<()> {
    write_into(FOLDER)
}

/// Fails if the committed types are not what the engine's list makes today.
pub(crate) fn check() -> Result<()> {
    write_into(FRESH)?;
    let (committed, fresh) = (read(FOLDER)?, read(FRESH)?);
    let differs: Vec<&str> = committed
        .keys()
        .chain(fresh.keys().filter(|name| !committed.contains_key(*name)))
        .filter(|name| committed.get(*name) != fresh.get(*name))
        .map(String::as_str)
        .collect();
    if !differs.is_empty() {
        bail!("{FOLDER} is not up to date ({}): run `cargo xtask bindings`.", differs.join(", "));
    }
    Ok(())
}

fn write_into(folder: &str) -> Result<()> {
    if Path::new(folder).exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("Emptying {folder}"))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("Making {folder}"))?;
    run(workspace("build").args(["--quiet", "--example", "bindings"]))?;
    run(&mut command(&[&format!("target/debug/examples/bindings{}", std::env::consts::EXE_SUFFIX), folder]))
}

/// The files of a folder and their contents.
fn read(folder: &str) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("Reading {folder}"))? {
        let entry = entry?;
        files.insert(entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path())?);
    }
    Ok(files)
}
