//! The TypeScript side of the command list: one file a type, and `commands.ts` that names them all.

use super::{ApiError, FeedEvent, commands};
use crate::inspect::signature::SignedToken;
use std::fmt::Write as _;
use std::path::Path;
use ts_rs::{Config, TS};

/// Writes `ui/src/ipc/bindings` into `folder`.
///
/// # Errors
/// If a file can't be written.
pub fn write(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::new().with_out_dir(folder);
    commands::export_types(&config)?;
    ApiError::export_all(&config)?;
    FeedEvent::export_all(&config)?;
    // No command names it: the window has to say of each what it is.
    SignedToken::export_all(&config)?;
    let mut names = std::collections::BTreeSet::new();
    let mut list = String::new();
    commands::each_command(&config, &mut |name, doc, args, result| {
        names.extend([args.clone(), result.clone()]);
        let _ = writeln!(list, "  /** {} */\n  {name}: {{ args: {args}; result: {result} }};", doc.trim());
    });
    names.remove("ArrayBuffer");
    let mut file = String::from("// Written by `cargo xtask bindings` from the engine's command list. Do not edit.\n");
    for name in &names {
        let _ = writeln!(file, "import type {{ {name} }} from \"./{name}\";");
    }
    let _ = write!(
        file,
        "\n/** Every command: what it takes and what it answers. */\nexport interface Commands {{\n{list}}}\n"
    );
    std::fs::write(folder.join("commands.ts"), file)?;
    Ok(())
}
