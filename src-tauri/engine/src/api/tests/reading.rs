//! Bodies read through lenses, and the exchange before another one.

use super::*;

async fn post(url: &str, event: &str, content_type: &str, body: &str) {
    let client = reqwest::Client::new();
    let request = client.post(url).header("X-GitHub-Event", event).header("Content-Type", content_type);
    assert!(request.body(body.to_owned()).send().await.unwrap().status().is_success());
}

#[tokio::test]
async fn the_one_before_is_of_the_same_source_and_event() {
    crate::tunnel::use_ring();
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let pushes = [("a", "push"), ("b", "push"), ("a", "ping"), ("a", "push"), ("a", "push")];
    for (number, (source, event)) in pushes.into_iter().enumerate() {
        post(&format!("{url}/in/{source}"), event, "application/json", &number.to_string()).await;
    }
    for (id, before) in [(5, Some(4)), (4, Some(1)), (3, None), (2, None), (1, None), (99, None)] {
        let answer = call(&api, "previous", json!({"id": id})).await.unwrap();
        assert_eq!(answer, json!({"id": before}), "before {id}");
    }
    api.close().await;
}

#[tokio::test]
async fn a_body_is_filtered_opened_and_saved_through_lenses() {
    crate::tunnel::use_ring();
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let parts = "--b\r\nContent-Disposition: form-data; name=f; filename=x.json\r\nContent-Type: application/json\r\n\r\n\
        {\"list\":[{\"n\":1.10},{\"n\":9007199254740993}]}\r\n--b--\r\n";
    post(&format!("{url}/in/a"), "push", "multipart/form-data; boundary=b", parts).await;
    let part = json!({"type": "part", "index": 0});
    let body = json!({"id": 1, "side": "request", "through": [part]});
    let info = call(&api, "body_info", body.clone()).await.unwrap();
    assert_eq!((info["kind"].as_str(), &info["tables"][0]["rows"]), (Some("json"), &json!(2)));
    for (language, program) in [("jq", ".list[].n"), ("jsonpath", "$.list[*].n")] {
        let filter = json!({"language": language, "program": program});
        let found = call(&api, "filter", json!({"ticket": "t", "body": body, "filter": filter})).await.unwrap();
        assert_eq!((&found["results"], &found["problem"]), (&json!(2), &Value::Null));
        let lenses = json!([part, {"type": "filter", "filter": filter}]);
        let seen = json!({"id": 1, "side": "request", "through": lenses});
        let text =
            call(&api, "text_rows", json!({"body": seen, "pretty": false, "from": 0, "count": 9})).await.unwrap();
        let rows: Vec<&str> = text["rows"].as_array().unwrap().iter().filter_map(|row| row["text"].as_str()).collect();
        assert_eq!(rows, ["[1.10,", "9007199254740993]"]);
    }
    let path = folder.path().join("x.json");
    let saved = call(&api, "save_body", json!({"body": body, "path": path})).await.unwrap();
    assert_eq!(saved["bytes"], 44);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"list\":[{\"n\":1.10},{\"n\":9007199254740993}]}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let none = json!({"id": 1, "side": "request", "through": [{"type": "part", "index": 7}]});
    assert_eq!(call(&api, "body_info", none).await.unwrap_err().code, ErrorCode::Invalid);
    api.close().await;
}

#[tokio::test]
async fn a_body_is_saved_whole_however_long_and_says_where_it_is_not() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let api = Api::start(&folder.path().join("w.pushpull")).await;
    let store = api.engine().await.unwrap().store.clone();
    let long = vec![b'a'; crate::inspect::VIEW_LIMIT as usize + 5];
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![0; 32 * 1024 * 1024]).unwrap();
    let packed = packed.finish().unwrap();
    for (body, coding) in [(&long, ""), (&packed, "Content-Encoding: gzip\r\n")] {
        let mut spool = store.spool();
        spool.write(body.clone().into()).await.unwrap();
        let mut new = crate::store::tests::push("a", "e", "");
        new.request.head = format!("POST /in/a HTTP/1.1\r\n{coding}\r\n").into();
        new.request.body = spool.finish().await.unwrap();
        store.save(new).await.unwrap();
    }
    let path = folder.path().join("saved");
    let save = async |id: u32| {
        let body = json!({"id": id, "side": "request"});
        call(&api, "save_body", json!({"body": body, "path": path})).await.unwrap()
    };
    assert_eq!(save(1).await, json!({"bytes": long.len(), "whole": true}));
    assert!(std::fs::read(&path).unwrap() == long);
    let front = save(2).await;
    assert_eq!(front["whole"], false, "its packing is stopped");
    assert_eq!(std::fs::metadata(&path).unwrap().len(), front["bytes"]);
    api.close().await;
}

#[tokio::test]
async fn a_body_says_whether_the_list_finds_its_values() {
    crate::tunnel::use_ring();
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let long = format!(r#"{{"a":1,"b":"{}"}}"#, "x".repeat(1024 * 1024));
    let deep = format!(r#"{{"a":1,"b":{}0{}}}"#, "[".repeat(200), "]".repeat(200));
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let json = "application/json";
    let cases = vec![
        (json, false, br#"{"a":1}"#.to_vec(), "a", None),
        ("text/plain", false, br#"[{"a":1}]"#.into(), "[0].a", None),
        ("application/json; charset=iso-8859-1", false, b"{\"a\":1,\"\xe9\":0}".into(), "a", None),
        (json, true, gzip(r#"{"a":1}"#), "a", None),
        (json, false, long.clone().into(), "a", Some("1 MiB")),
        (json, true, gzip(&long), "a", Some("1 MiB")),
        (json, false, br#"{"a":1,"#.into(), "a", Some("broken")),
        (json, false, br#"{"a":1,"b":"\ud800"}"#.into(), "a", Some("Unicode")),
        (json, false, deep.into(), "a", Some("levels")),
        ("application/x-ndjson", false, b"{\"a\":1}\n{\"a\":2}\n".into(), "[0].a", Some("JSON")),
        ("text/csv", false, b"a,b\n1,2\n".into(), "[0].a", Some("JSON")),
        ("application/protobuf", false, b"\x08\x01".into(), "1", Some("JSON")),
        ("application/msgpack", false, b"\x81\xa1a\x01".into(), "a", Some("JSON")),
        ("application/cbor", false, b"\xa1\x61a\x01".into(), "a", Some("JSON")),
    ];
    for (place, (content_type, packed, body, path, reason)) in cases.into_iter().enumerate() {
        let id = place as i64 + 1;
        let mut headers = vec![("Content-Type", content_type)];
        headers.extend(packed.then_some(("Content-Encoding", "gzip")));
        super::post(&format!("{url}/in/a"), &headers, body).await;
        let info = call(&api, "body_info", json!({"id": id, "side": "request"})).await.unwrap();
        assert_eq!(info["tree"], true, "{id}: {info}");
        let said = info["unsearched"].as_str();
        assert_eq!(said.is_some(), reason.is_some(), "{id}: {info}");
        assert!(said.unwrap_or("").contains(reason.unwrap_or("")), "{id}: {said:?}");
        assert_eq!(found(&api, &format!("body.{path}:1")).await.contains(&id), said.is_none(), "{id}: {said:?}");
        let cells = json!({"ids": [id], "columns": [format!("body.{path}")]});
        let cells = call(&api, "cells", cells).await.unwrap();
        assert_eq!(cells["rows"][0][0].as_str(), said.is_none().then_some("1"), "{id}: {cells}");
    }
    api.close().await;
}
