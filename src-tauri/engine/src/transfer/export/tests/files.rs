//! Exports as files and as text.

use super::*;
use std::sync::Mutex;

fn everything(format: ExportFormat) -> ExportQuery {
    ExportQuery {
        scope: ExportScope::Filter { filter: String::new() },
        format,
        redact: false,
        known: Default::default(),
    }
}

async fn with_three() -> (TempDir, Store) {
    let (folder, store) = workspace().await;
    for number in 0..3 {
        store.save(push(&format!("POST /in/{number} HTTP/1.1\r\n\r\n"), "{}")).await.unwrap();
    }
    (folder, store)
}

fn names(folder: &std::path::Path) -> Vec<String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_file_is_complete_private_and_alone() {
    let (_workspace, store) = with_three().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.ndjson");
    std::fs::write(&path, "older").unwrap();
    let steps = Mutex::new(Vec::new());
    let progress = |done, total| steps.lock().unwrap().push((done, total));
    let exported =
        to_file(&store, &everything(ExportFormat::Ndjson), &path, &progress, &CancellationToken::new()).await.unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!((exported.count, exported.bytes), (3, bytes.len() as u64));
    assert_eq!(read_ndjson(&bytes).unwrap().len(), 3);
    assert_eq!(*steps.lock().unwrap(), [(1, 3), (2, 3), (3, 3)]);
    assert_eq!(names(folder.path()), ["out.ndjson"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_cancelled_export_leaves_what_was_there() {
    let (_workspace, store) = with_three().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.ndjson");
    std::fs::write(&path, "older").unwrap();
    let cancel = CancellationToken::new();
    let progress = |_, _| cancel.cancel();
    let result = to_file(&store, &everything(ExportFormat::Ndjson), &path, &progress, &cancel).await;
    assert_eq!(result, Err(ExportError::Cancelled));
    assert_eq!(names(folder.path()), ["out.ndjson"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "older");
}

#[tokio::test]
async fn a_place_that_takes_no_file_is_named() {
    let (_workspace, store) = with_three().await;
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("missing").join("out"), folder.path().to_path_buf()] {
        let result =
            to_file(&store, &everything(ExportFormat::Csv), &path, &|_, _| {}, &CancellationToken::new()).await;
        let Err(ExportError::File { path: named, .. }) = result else { panic!("{result:?}") };
        assert_eq!(named, path);
    }
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn text_for_the_clipboard_is_bounded() {
    let (_workspace, store) = workspace().await;
    let mut spool = store.spool();
    spool.write(Bytes::from(vec![b'x'; 5 * 1024 * 1024])).await.unwrap();
    let mut exchange = push("POST /in/a HTTP/1.1\r\n\r\n", "");
    exchange.request.body = spool.finish().await.unwrap();
    let id = store.save(exchange).await.unwrap();
    let raw = query(ExportFormat::Raw, &[id], false);
    assert_eq!(to_text(&store, &raw).await, Err(ExportError::TooLong));
    assert_eq!(preview(&store, &raw).await.unwrap().text.len(), 4096);
}

#[tokio::test]
async fn an_exchange_that_is_not_there_is_an_error() {
    let (_workspace, store) = workspace().await;
    let result = to_text(&store, &query(ExportFormat::Csv, &[7], true)).await;
    assert!(matches!(result, Err(ExportError::Store(crate::store::StoreError::NotFound(_)))));
}
