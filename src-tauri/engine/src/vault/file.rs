//! A key file: 64 hexadecimal digits that only their owner can read.

use super::{MasterKey, VaultError};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;
use zeroize::Zeroizing;

/// Bytes of a key file that are read at most.
const LIMIT: u64 = 256;

/// Reads the key; None if there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<MasterKey>, VaultError> {
    let cannot = |why: String| VaultError::Locked(format!("The key file {} {why}", path.display()));
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(format!("can't be read: {error}."))),
    };
    if others_can_read(&file) {
        return Err(cannot("can be read by others. Take that away: chmod 600.".into()));
    }
    let mut text = Zeroizing::new(String::new());
    file.take(LIMIT).read_to_string(&mut text).map_err(|error| cannot(format!("can't be read: {error}.")))?;
    let key = MasterKey::from_hex(&text);
    key.map(Some).ok_or_else(|| cannot("does not hold a key: 64 hexadecimal digits are expected.".into()))
}

/// Writes a new key file; one that is there is never written over.
pub(super) fn write(path: &Path, key: &MasterKey) -> Result<(), VaultError> {
    let cannot =
        |error: std::io::Error| VaultError::Locked(format!("The key file {} can't be made: {error}.", path.display()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(cannot)?;
    let line = Zeroizing::new(format!("{}\n", *key.to_hex()));
    file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(cannot)
}

#[cfg(unix)]
fn others_can_read(file: &std::fs::File) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().map_or(true, |data| data.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_can_read(_: &std::fs::File) -> bool {
    false
}
