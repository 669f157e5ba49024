//! Declares every command that the window may call, so that each needs a permission of its own.

use std::path::Path;

/// The engine's commands: the same list that a test holds against the dispatch.
const ENGINE_COMMANDS: &[&str] = include!("engine/src/api/names.rs");
/// The shell's own commands.
const SHELL_COMMANDS: &[&str] = include!("src/commands/names.rs");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in ["engine/src/api/names.rs", "src/commands/names.rs", "capabilities", "../icons", "../ui/dist"] {
        println!("cargo:rerun-if-changed={path}");
    }
    // Cargo offers no way to hand out a `&'static` list made at run time; a build script may leak these few names.
    let all: &'static [&'static str] = [ENGINE_COMMANDS, SHELL_COMMANDS].concat().leak();
    let manifest = tauri_build::AppManifest::new().commands(all);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    age(Path::new("permissions"));
    Ok(())
}

/// Makes what is at or below a path as old as this script's source. The permissions are written while it runs and are
/// watched by Cargo, which would take them for a change and build the window a second time. Where it can't be done, it
/// does.
fn age(path: &Path) {
    for entry in path.read_dir().into_iter().flatten().flatten() {
        age(&entry.path());
    }
    let written = Path::new("build.rs").metadata().and_then(|source| source.modified());
    if let (Ok(file), Ok(written)) = (std::fs::File::open(path), written) {
        let _ = file.set_modified(written);
    }
}
