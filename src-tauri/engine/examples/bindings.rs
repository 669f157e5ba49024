//! Writes the TypeScript side of the command list into the folder named: what `cargo xtask bindings` runs.

use pushpull_engine::api::bindings;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: bindings FOLDER")?;
    bindings::write(&PathBuf::from(folder))
}
