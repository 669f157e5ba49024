//! One process listens for a workspace: a lock beside the file says which.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// Held while this process listens. The system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct ListenerLock {
    _file: File,
}

impl ListenerLock {
    /// None if another process listens for this workspace.
    ///
    /// # Errors
    /// If the lock file can't be made.
    pub(super) fn take(workspace: &Path) -> std::io::Result<Option<Self>> {
        let mut path = workspace.as_os_str().to_owned();
        path.push(".listener");
        let mut open = OpenOptions::new();
        open.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            open.mode(0o600);
        }
        let file = open.open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_is_held_once_and_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = folder.path().join("w.pushpull");
        let first = ListenerLock::take(&workspace).unwrap();
        assert!(first.is_some());
        assert!(ListenerLock::take(&workspace).unwrap().is_none());
        drop(first);
        assert!(ListenerLock::take(&workspace).unwrap().is_some());
    }
}
