//! One process listens for a workspace: a lock beside the file says which.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Held while this process listens. The system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct ListenerLock {
    file: File,
}

impl ListenerLock {
    /// None if another process listens for this workspace.
    ///
    /// # Errors
    /// If the lock file can't be made.
    pub(super) fn take(workspace: &Path) -> std::io::Result<Option<Self>> {
        let mut open = OpenOptions::new();
        open.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            open.mode(0o600);
        }
        let file = open.open(beside(workspace))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Tells other processes the port, so that they send nothing back into it.
    ///
    /// # Errors
    /// If it can't be written.
    pub(super) fn tell(&mut self, port: u16) -> std::io::Result<()> {
        self.file.set_len(0)?;
        write!(self.file, "{port}")
    }

    /// True while a process listens for this workspace.
    pub(super) fn is_held(workspace: &Path) -> bool {
        held(workspace).is_some()
    }

    /// The port at which another process listens for this workspace; None if none does.
    pub(super) fn port_of_another(workspace: &Path) -> Option<u16> {
        let mut file = held(workspace)?;
        let mut port = String::new();
        file.read_to_string(&mut port).ok()?;
        port.parse().ok()
    }
}

/// The lock's file while a process holds it; what stands in one that nobody holds was left behind.
fn held(workspace: &Path) -> Option<File> {
    let file = File::open(beside(workspace)).ok()?;
    let is_free = file.try_lock_shared().is_ok();
    (!is_free).then_some(file)
}

fn beside(workspace: &Path) -> PathBuf {
    let mut path = workspace.as_os_str().to_owned();
    path.push(".listener");
    path.into()
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
        assert!(ListenerLock::is_held(&workspace));
        drop(first);
        assert!(!ListenerLock::is_held(&workspace));
        assert!(ListenerLock::take(&workspace).unwrap().is_some());
    }

    #[test]
    fn the_port_is_told_while_somebody_listens() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = folder.path().join("w.pushpull");
        assert_eq!(ListenerLock::port_of_another(&workspace), None);
        let mut lock = ListenerLock::take(&workspace).unwrap().unwrap();
        assert_eq!(ListenerLock::port_of_another(&workspace), None);
        lock.tell(61_234).unwrap();
        assert_eq!(ListenerLock::port_of_another(&workspace), Some(61_234));
        drop(lock);
        assert_eq!(ListenerLock::port_of_another(&workspace), None);
    }
}
