//! What of a body is searched.

use super::*;
use crate::inspect::SEARCHED;
use std::io::Write as _;

/// A push with a field more in its head.
pub(super) fn push_with(field: &str, body: impl Into<Bytes>) -> NewExchange {
    let mut push = push("a", "e", body);
    push.request.head = Bytes::from(format!("POST /in/a HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n"));
    push
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A text that packs well, twice as long as what is searched, with a word at each end.
fn long_text() -> String {
    let filling = "nothing to be found in here ".repeat(2 * SEARCHED as usize / 28);
    format!("foremost {filling} hindmost")
}

#[tokio::test]
async fn no_more_of_a_body_is_unpacked_than_is_searched() {
    let (_folder, store) = store().await;
    let text = long_text();
    let packed = Bytes::from(gzip(text.as_bytes()));
    let plain = store.save(push("a", "e", text)).await.unwrap();
    let gzipped = store.save(push_with("Content-Encoding: gzip", packed.clone())).await.unwrap();
    let candidates = store.read_candidates(&[plain, gzipped]).await.unwrap();
    let lengths: Vec<usize> = candidates.iter().map(|candidate| candidate.bodies[0].len()).collect();
    assert_eq!(lengths, [SEARCHED as usize; 2]);
    for is_indexed in [false, true] {
        for filter in ["foremost", "\"oremost\""] {
            assert_eq!(found(&store, filter).await, [gzipped, plain], "{filter}, indexed: {is_indexed}");
        }
        for filter in ["hindmost", "\"indmost\""] {
            assert_eq!(found(&store, filter).await, [0; 0], "{filter}, indexed: {is_indexed}");
        }
        store.finish_indexing().await.unwrap();
    }
}

#[tokio::test]
async fn the_framing_of_a_body_does_not_stay_in_memory_while_it_is_searched() {
    let (_folder, store) = store().await;
    let mut framed = push("a", "e", "some words");
    framed.request.framing = Bytes::from(vec![1; 1024 * 1024]);
    let id = store.save(framed).await.unwrap();
    let candidate = store.read_candidates(&[id]).await.unwrap().remove(0);
    assert_eq!(candidate.bodies[0], "some words");
    for (part, bytes) in candidate.heads.iter().chain(&candidate.bodies).enumerate() {
        assert!(bytes.is_empty() || bytes.is_unique(), "part {part} shares what it is a part of");
    }
}

#[tokio::test]
async fn texts_that_unpack_to_much_are_indexed_a_few_at_a_time() {
    let (_folder, store) = store().await;
    let packed = Bytes::from(gzip(long_text().as_bytes()));
    for _ in 0..128 {
        store.save(push_with("Content-Encoding: gzip", packed.clone())).await.unwrap();
    }
    assert!(store.index_step(128).await.unwrap());
    assert_eq!(store.read_indexed().await.unwrap(), 16, "their texts are not all in memory at once");
    store.finish_indexing().await.unwrap();
    assert_eq!(found(&store, "foremost").await.len(), 128);
}

#[tokio::test]
async fn a_document_is_searched_in_the_charset_that_it_declares() {
    let (_folder, store) = store().await;
    let xml = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>caf\xe9 cr\xe8me</a>";
    let page = b"\n<!DOCTYPE html>\n<meta charset=windows-1252><p>caf\xe9 cr\xe8me";
    let one = store.save(push_with("Content-Type: text/xml", xml.to_vec())).await.unwrap();
    let two = store.save(push_with("Content-Type: text/html", page.to_vec())).await.unwrap();
    for is_indexed in [false, true] {
        for filter in ["café", "\"é crè\""] {
            assert_eq!(found(&store, filter).await, [two, one], "{filter}, indexed: {is_indexed}");
        }
        store.finish_indexing().await.unwrap();
    }
}

#[tokio::test]
async fn the_fields_of_a_form_are_searched_as_they_read_and_as_they_came() {
    let (_folder, store) = store().await;
    let body = "name=Jos%C3%A9+Garc%c3%ada&note=50%25+%zz";
    let form = store.save(push_with("content-type: Application/X-WWW-Form-Urlencoded", body)).await.unwrap();
    store.save(push("a", "e", body)).await.unwrap();
    for is_indexed in [false, true] {
        for filter in ["josé", "garcía", "\"José García\"", "\"50% %zz\""] {
            assert_eq!(found(&store, filter).await, [form], "{filter}, indexed: {is_indexed}");
        }
        assert_eq!(found(&store, "\"Jos%C3%A9+\"").await.len(), 2, "indexed: {is_indexed}");
        store.finish_indexing().await.unwrap();
    }
}

#[tokio::test]
async fn a_page_that_rows_went_from_while_it_was_read_is_not_taken_for_the_last() {
    let (_folder, store) = store().await;
    for _ in 0..5 {
        store.save(push("a", "e", "needle")).await.unwrap();
    }
    assert_eq!(found(&store, "needle").await, [5, 4, 3, 2, 1]);
    // Without the trigger the search does not learn that a row went: as if it had gone between it and the reading.
    store
        .run("Deleting", "DROP TRIGGER exchange_shown_no_more; DELETE FROM exchange WHERE id = 4".into())
        .await
        .unwrap();
    for filter in ["needle", ""] {
        let ends = |page: ListPage| (page.rows.iter().map(|row| row.id).collect::<Vec<_>>(), page.last);
        let rows = if filter.is_empty() { vec![5, 3, 2] } else { vec![5, 3] };
        assert_eq!(ends(store.list(&query(filter, 0, 3, None)).await.unwrap()), (rows, false), "{filter}");
        let (rows, is_last) = ends(store.list(&query(filter, 0, 6, None)).await.unwrap());
        assert_eq!((rows, is_last), (vec![5, 3, 2, 1], true), "{filter}");
    }
    let near = Some(Anchor { row: 3, id: 1 });
    for (count, is_last) in [(1, false), (2, false), (3, true)] {
        assert_eq!(store.list(&query("", 2, count, near)).await.unwrap().last, is_last, "{count}");
    }
}

/// Makes the messages of exchanges unreadable: a search that reads them again loses them.
pub(super) async fn damage(store: &Store, ids: std::ops::RangeInclusive<i64>) {
    let job = store.writer.job("Damaging", move |connection| {
        Box::pin(async move {
            let sql = "UPDATE wire SET record = x'0007' WHERE id BETWEEN $1 AND $2";
            sqlx::query(sql).bind(ids.start()).bind(ids.end()).execute(connection).await.map(drop)
        })
    });
    job.await.unwrap();
}

/// How many a filter finds, asked until that is all.
pub(super) async fn counted(store: &Store, filter: &str) -> u64 {
    let query = CountQuery { filter: filter.into(), upto: None };
    loop {
        let count = store.count(&query).await.unwrap();
        if count.complete {
            return count.rows;
        }
    }
}

#[tokio::test]
async fn what_a_search_has_looked_at_is_not_read_again_when_more_comes() {
    let (_folder, store) = store().await;
    let saved = futures_util::future::join_all((0..1_100).map(|_| store.save(push("a", "e", "a needle")))).await;
    assert_eq!(saved.len(), 1_100);
    store.finish_grouping().await.unwrap();
    store.keep_followed(0, 1_100, 0, Vec::new()).await.unwrap();
    let filter = "\"eedl\"";
    // So far the search goes, and is left there.
    let looked = async { while store.list(&query(filter, 0, 401, None)).await.unwrap().rows.len() < 401 {} };
    tokio::time::timeout(std::time::Duration::from_secs(60), looked).await.expect("the search goes on");
    damage(&store, 700..=1_100).await;
    for newer in 1_101..1_110 {
        assert_eq!(store.save(push("a", "e", "a needle")).await.unwrap(), newer);
        let page = store.list(&query(filter, 0, 10, None)).await.unwrap();
        let ids: Vec<i64> = page.rows.iter().map(|row| row.id).collect();
        assert_eq!(ids, (newer - 9..=newer).rev().collect::<Vec<i64>>());
    }
    assert_eq!(counted(&store, filter).await, 1_109);
    damage(&store, 1..=1_109).await;
    store.save(push("a", "e", "nothing")).await.unwrap();
    store.save(push("a", "e", "a needle")).await.unwrap();
    assert_eq!(counted(&store, filter).await, 1_110);
    let earlier = CountQuery { filter: filter.into(), upto: Some(500) };
    assert_eq!(store.count(&earlier).await.unwrap().rows, 500, "a view that ends earlier is part of it");
}

#[tokio::test]
async fn what_is_found_out_later_about_what_a_search_has_looked_at_is_found() {
    let (_folder, store) = store().await;
    for _ in 0..3 {
        let events = r#"[{"event":"open","sg_event_id":"1"},{"event":"bounce","sg_event_id":"2"}]"#;
        store.save(push("sendgrid", "e", events)).await.unwrap();
    }
    assert_eq!(counted(&store, "is:first \"ven\"").await, 3);
    store.finish_grouping().await.unwrap();
    assert_eq!(counted(&store, "is:first \"ven\"").await, 1);
}

#[tokio::test]
async fn the_texts_in_a_body_of_bytes_are_searched() {
    let (_folder, store) = store().await;
    let form = [
        &b"--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nquite remarkable words\r\n--x\r\n"[..],
        b"Content-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n",
        &[0, 1, 2, 0xff, 0],
        b"\r\n--x--\r\n",
    ];
    let multipart = "Content-Type: multipart/form-data; boundary=x";
    let form = store.save(push_with(multipart, form.concat())).await.unwrap();
    let packed = b"\x83\xa4name\xb1a curious message\xa2id\x00\xa1t\xa3x y";
    let packed = store.save(push_with("Content-Type: application/msgpack", packed.to_vec())).await.unwrap();
    for is_indexed in [false, true] {
        for (filter, id) in [
            ("remarkable", form),
            ("\"ite remarkable wor\"", form),
            ("curious", packed),
            ("\" curious mess\"", packed),
            ("\"x y\"", packed),
        ] {
            assert_eq!(found(&store, filter).await, [id], "{filter}, indexed: {is_indexed}");
        }
        store.finish_indexing().await.unwrap();
    }
}

#[tokio::test]
async fn a_source_is_found_by_the_name_that_it_was_given_later() {
    let (_folder, store) = store().await;
    for _ in 0..200 {
        store.save(push("till", "e", "")).await.unwrap();
    }
    store.finish_indexing().await.unwrap();
    assert_eq!(found(&store, "shop").await, [0; 0]);
    store.rename_source("till".into(), "Shop of Ada".into()).await.unwrap();
    store.finish_indexing().await.unwrap();
    assert_eq!(found(&store, "shop ada").await.len(), 200);
    assert_eq!(found(&store, "-shop").await, [0; 0]);
}
