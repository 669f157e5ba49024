//! A home folder for one test.

use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder that stands in for the user's home; removed when dropped.
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
}

impl Home {
    /// An empty home.
    ///
    /// # Errors
    /// If the folder can't be made.
    pub fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("pushpull-").tempdir().context("Making a home for the test")?;
        Ok(Self { folder })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file in it.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The workspace that the test's programs are started on. Not there until one of them made it.
    #[must_use]
    pub fn workspace(&self) -> PathBuf {
        self.file("test.pushpull")
    }

    /// The variables that keep a program inside this home.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let below = |name: &str| self.file(name).into_os_string();
        vec![
            ("HOME", self.path().as_os_str().to_owned()),
            ("XDG_DATA_HOME", below("data")),
            ("XDG_CONFIG_HOME", below("config")),
            ("XDG_CACHE_HOME", below("cache")),
            ("PUSHPULL_WORKSPACE", self.workspace().into_os_string()),
        ]
    }
}
