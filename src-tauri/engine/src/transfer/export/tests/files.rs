//! Exports as files and as text.

use super::*;
use crate::store::StoreError;
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
    assert_eq!((exported.count, exported.gone, exported.bytes), (3, 0, bytes.len() as u64));
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
async fn a_search_that_finds_nothing_for_long_does_not_keep_a_cancelled_export() {
    let cancel = CancellationToken::new();
    let mut bytes = Vec::new();
    let mut out = Out::new(&mut bytes, None, cancel.clone());
    let (waited, ()) = tokio::join!(out.unless_cancelled(std::future::pending::<()>()), async { cancel.cancel() });
    assert_eq!(waited, Err(ExportError::Cancelled));
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
    assert!(matches!(result, Err(ExportError::Store(StoreError::NotFound(_)))));
}

/// Takes an exchange away as retention does, while an export is under way.
fn take_away(folder: &TempDir, id: ExchangeId) {
    let other = rusqlite::Connection::open(folder.path().join("w.pushpull")).unwrap();
    other.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    other.execute_batch(&format!("DELETE FROM wire WHERE id = {id}; DELETE FROM exchange WHERE id = {id};")).unwrap();
}

#[tokio::test]
async fn what_goes_meanwhile_is_left_out_of_what_a_filter_finds_and_counted() {
    for format in [ExportFormat::Ndjson, ExportFormat::Har, ExportFormat::Csv] {
        let (folder, store) = with_three().await;
        let progress = |done, _| {
            if done == 1 {
                take_away(&folder, 2)
            }
        };
        let mut bytes = Vec::new();
        let written =
            to_writer(&store, &everything(format), &mut bytes, &progress, &CancellationToken::new()).await.unwrap();
        assert_eq!((written.count, written.gone, written.bytes), (2, 1, bytes.len() as u64), "{format:?}");
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("/in/0") && text.contains("/in/2") && !text.contains("/in/1"), "{text}");
    }
}

#[tokio::test]
async fn what_is_damaged_is_left_out_of_what_a_filter_finds_and_counted() {
    let (folder, store) = with_three().await;
    let other = rusqlite::Connection::open(folder.path().join("w.pushpull")).unwrap();
    other.execute_batch("UPDATE wire SET record = x'0007' WHERE id = 2").unwrap();
    let mut bytes = Vec::new();
    let ndjson = everything(ExportFormat::Ndjson);
    let written = to_writer(&store, &ndjson, &mut bytes, &|_, _| {}, &CancellationToken::new()).await.unwrap();
    assert_eq!((written.count, written.damaged), (2, 1));
    let chosen = to_text(&store, &query(ExportFormat::Ndjson, &[1, 2], true)).await;
    assert!(matches!(chosen, Err(ExportError::Store(StoreError::Damaged(_)))));
}

#[tokio::test]
async fn no_part_of_a_body_is_passed_off_as_the_whole() {
    let (_folder, store) = workspace().await;
    let head = |name: &str| format!("POST /in/{name} HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n");
    let cut = NewExchange { marks: vec![Mark::Incomplete], ..push(&head("cut"), "abc") };
    let (cut, whole) = (store.save(cut).await.unwrap(), store.save(push(&head("whole"), "abcdefg")).await.unwrap());
    let to = async |query: ExportQuery| {
        let mut bytes = Vec::new();
        let written = to_writer(&store, &query, &mut bytes, &|_, _| {}, &CancellationToken::new()).await;
        written.map(|written| (written.count, written.partial, String::from_utf8(bytes).unwrap()))
    };
    // What follows it would be taken for its end.
    let (count, partial, text) = to(everything(ExportFormat::Http)).await.unwrap();
    assert_eq!((count, partial, &*text), (1, 1, &*(head("whole") + "abcdefg")));
    let chosen = to(query(ExportFormat::Http, &[cut, whole], false)).await.unwrap_err();
    assert!(matches!(chosen, ExportError::NotWhole(id, _) if id == cut), "{chosen}");
    let raw = query(ExportFormat::Raw, &[cut], false);
    assert_eq!(preview(&store, &raw).await.unwrap().partial, 1);
    assert_eq!(to(raw).await.unwrap(), (1, 1, "abc".to_owned()));
    assert_eq!(to(query(ExportFormat::Raw, &[whole], false)).await.unwrap(), (1, 0, "abcdefg".to_owned()));
}

#[tokio::test]
async fn a_selection_is_exported_whole_or_not_at_all() {
    let (folder, store) = with_three().await;
    let progress = |done, _| {
        if done == 1 {
            take_away(&folder, 2)
        }
    };
    let selection = query(ExportFormat::Ndjson, &[1, 2, 3], false);
    let result = to_writer(&store, &selection, &mut Vec::new(), &progress, &CancellationToken::new()).await;
    assert!(matches!(result, Err(ExportError::Store(StoreError::NotFound(_)))), "{result:?}");
}

#[tokio::test]
async fn a_body_whose_rest_is_gone_is_no_shorter_body() {
    let (folder, store) = workspace().await;
    let mut spool = store.spool();
    spool.write(Bytes::from(vec![b'x'; 1_000_000])).await.unwrap();
    let mut exchange = push("POST /in/a HTTP/1.1\r\n\r\n", "");
    exchange.request.body = spool.finish().await.unwrap();
    let id = store.save(exchange).await.unwrap();
    let other = rusqlite::Connection::open(folder.path().join("w.pushpull")).unwrap();
    other.execute("DELETE FROM chunk WHERE seq > 1", []).unwrap();
    for format in [ExportFormat::Raw, ExportFormat::Http, ExportFormat::Ndjson, ExportFormat::Har] {
        let selection = query(format, &[id], false);
        let result = to_writer(&store, &selection, &mut Vec::new(), &|_, _| {}, &CancellationToken::new()).await;
        assert!(result.is_err(), "{format:?}: {result:?}");
    }
}
