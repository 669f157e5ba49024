//! Remembers what a step was last done for, so that it is done again only when that changed.

use anyhow::{Context, Result};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Folders that are made, not written.
const MADE: &[&str] = &["node_modules", "dist", "coverage"];

/// Runs `make` unless it ran to its end the last time, with the same `inputs`, and `product` is still there.
pub(crate) fn unless_done(name: &str, inputs: &[&str], product: &str, make: impl FnOnce() -> Result<()>) -> Result<()> {
    let digest = digest(inputs)?;
    let stamp = PathBuf::from("target/xtask").join(name);
    let known = std::fs::read_to_string(&stamp).is_ok_and(|known| known == digest);
    if known && Path::new(product).exists() {
        return Ok(());
    }
    // What breaks off leaves neither the old product nor the new one.
    if stamp.exists() {
        std::fs::remove_file(&stamp).with_context(|| format!("Removing {}", stamp.display()))?;
    }
    make()?;
    std::fs::create_dir_all("target/xtask").context("Making target/xtask")?;
    std::fs::write(&stamp, digest).with_context(|| format!("Writing {}", stamp.display()))
}

/// A digest over the names and contents of all files at or below `inputs`.
fn digest(inputs: &[&str]) -> Result<String> {
    let mut files = Vec::new();
    for input in inputs {
        collect(Path::new(input), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        std::fs::read(&file).with_context(|| format!("Reading {}", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path).with_context(|| format!("Reading {}", path.display()))? {
        let entry = entry?.path();
        if !MADE.iter().any(|made| entry.ends_with(made)) {
            collect(&entry, files)?;
        }
    }
    Ok(())
}
