//! An export as a file: readable by the user only, in place only when it is complete.

use super::{ExportError, ExportQuery, Progress, Written, to_writer};
use crate::api::Exported;
use crate::store::Store;
use std::io;
use std::path::Path;
use tempfile::NamedTempFile;
use tokio_util::sync::CancellationToken;

/// Exports into the file `path`, which is replaced only by a complete export that is synced to disk. Until then the
/// bytes stand in a file beside it, mode 0600, that is removed on every error.
///
/// # Errors
/// As [`to_writer`], and if the file can't be made, written or put in place.
pub async fn to_file(
    store: &Store,
    query: &ExportQuery,
    path: &Path,
    progress: Progress<'_>,
    cancel: &CancellationToken,
) -> Result<Exported, ExportError> {
    let failed = |error: io::Error| ExportError::file(path, &error);
    if path.is_dir() {
        return Err(failed(io::Error::other("it is a folder")));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Its default mode is 0600.
    let beside = tempfile::Builder::new().prefix(".export-").suffix(".part").tempfile_in(folder).map_err(failed)?;
    let mut to = tokio::fs::File::from_std(beside.reopen().map_err(failed)?);
    let written = to_writer(store, query, &mut to, progress, cancel).await.map_err(|error| match error {
        ExportError::Write(reason) => ExportError::File { path: path.to_path_buf(), reason },
        other => other,
    })?;
    to.sync_all().await.map_err(failed)?;
    put_in_place(beside, path, folder).map_err(failed)?;
    let path = path.to_string_lossy().into_owned();
    let Written { count, gone, damaged, partial, bytes } = written;
    Ok(Exported { count, gone, damaged, partial, bytes, path })
}

/// Renames the complete file and syncs the folder, so that the name survives a power cut too.
fn put_in_place(beside: NamedTempFile, path: &Path, folder: &Path) -> io::Result<()> {
    beside.persist(path).map_err(|error| error.error)?;
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}
