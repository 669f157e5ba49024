//! Where the programs are that the suites start.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// A program that the suites start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// The command line.
    Cli,
    /// The window.
    Desktop,
    /// The command line built to answer before it commits.
    Mutant,
    /// What the README's commands call.
    Xtask,
}

impl Program {
    /// Its file: where its variable says (`PUSHPULL_CLI`, `PUSHPULL_DESKTOP`, `PUSHPULL_MUTANT`,
    /// `PUSHPULL_XTASK`), else beside the running test.
    ///
    /// # Errors
    /// If it has not been built.
    pub fn path(self) -> Result<PathBuf> {
        let (variable, name) = match self {
            Self::Cli => ("PUSHPULL_CLI", "pushpull"),
            Self::Desktop => ("PUSHPULL_DESKTOP", "pushpull-desktop"),
            Self::Mutant => ("PUSHPULL_MUTANT", "../xtask/pushpull-mutant"),
            Self::Xtask => ("PUSHPULL_XTASK", "xtask"),
        };
        let path = match std::env::var_os(variable) {
            Some(path) => PathBuf::from(path),
            None => built()?.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)),
        };
        if !path.is_file() {
            bail!("{} is not built: run the suites with `cargo xtask test`.", path.display());
        }
        Ok(path)
    }
}

/// `target/debug` or `target/release`: the folder above the `deps` that the running test is in.
fn built() -> Result<PathBuf> {
    let own = std::env::current_exe().context("Finding the running test")?;
    let folder = own.parent().context("The running test has no folder")?;
    let folder = if folder.ends_with("deps") { folder.parent().context("deps has no folder")? } else { folder };
    Ok(folder.to_owned())
}
