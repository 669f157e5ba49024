//! The folder that workspaces stand in.

use std::path::Path;

/// Makes the folder if it is not there, and lets nobody but its owner into it: also one that is there already.
///
/// # Errors
/// If it can't be made, or belongs to somebody else.
pub fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
        builder.mode(0o700).create(folder)?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
    }
    #[cfg(not(unix))]
    builder.create(folder)
}
