//! Bodies on their way out.

use super::kit::*;
use crate::exchange::Side;
use crate::send::{MultipartField, RequestBody};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

fn part(name: &str, value: &str, file: bool, content_type: &str) -> MultipartField {
    let content_type = content_type.into();
    MultipartField { on: true, name: name.into(), value: value.into(), file, content_type }
}

#[tokio::test]
async fn a_multipart_body_has_its_parts_in_order() {
    let desk = Desk::new().await;
    let mut server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let path = desk.folder.path().join("a \"b\".bin");
    std::fs::write(&path, b"\0\xffbytes").unwrap();
    let mut definition = request("POST", server.url("/"));
    let path = path.display().to_string();
    definition.body = RequestBody::Multipart {
        parts: vec![
            part("te\"x\r\nt", "one\ntwo", false, ""),
            part("json", "{}", false, "application/json"),
            part("file", &path, true, ""),
            MultipartField { on: false, ..part("off", "x", false, "") },
        ],
    };
    let exchange = desk.send(definition).await;
    let sent = server.seen().await.bytes;
    let head = find(&sent, b"\r\n\r\n").unwrap() + 4;
    let text = String::from_utf8_lossy(&sent[..head]).into_owned();
    let boundary = text.split("boundary=").nth(1).unwrap().lines().next().unwrap();
    let expected = [
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"te%22x%0D%0At\"\r\n\r\none\ntwo\r\n").as_bytes(),
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"json\"\r\nContent-Type: application/json\r\n\r\n{{}}\r\n")
            .as_bytes(),
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a %22b%22.bin\"\r\nContent-Type: ")
            .as_bytes(),
        b"application/octet-stream\r\n\r\n\0\xffbytes\r\n",
        format!("--{boundary}--\r\n").as_bytes(),
    ]
    .concat();
    assert_eq!(String::from_utf8_lossy(&sent[head..]), String::from_utf8_lossy(&expected));
    assert_eq!(desk.body(exchange.summary.id, Side::Request).await, expected);
    assert!(boundary.starts_with("pushpull-") && boundary.len() == 41);
}

#[tokio::test]
async fn a_form_is_encoded() {
    let desk = Desk::new().await;
    let mut server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let mut definition = request("POST", server.url("/"));
    definition.body = RequestBody::Form { fields: fields([("a b", "ü&="), ("c", "")]) };
    desk.send(definition).await;
    let sent = server.seen_text().await;
    assert!(sent.contains("Content-Type: application/x-www-form-urlencoded\r\n"), "{sent}");
    assert!(sent.ends_with("\r\n\r\na+b=%C3%BC%26%3D&c="), "{sent}");
}

#[tokio::test]
async fn a_body_goes_out_in_chunks_if_the_headers_say_so() {
    let desk = Desk::new().await;
    let mut server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let mut definition = request("POST", server.url("/"));
    definition.headers = fields([("Transfer-Encoding", "chunked")]);
    definition.body = RequestBody::Raw { text: "hello hello hello".into(), content_type: String::new() };
    let exchange = desk.send(definition).await;
    let sent = server.seen_text().await;
    assert!(!sent.contains("Content-Length"), "{sent}");
    assert!(sent.ends_with("\r\n\r\n11\r\nhello hello hello\r\n0\r\n\r\n"), "{sent}");
    let id = exchange.summary.id;
    assert_eq!(desk.wire_body(id, Side::Request).await, b"11\r\nhello hello hello\r\n0\r\n\r\n");
    desk.send(request("GET", server.url("/"))).await;
    assert_eq!(server.seen().await.connection, 0);
}

#[tokio::test]
async fn a_large_file_is_streamed_and_kept() {
    let desk = Desk::new().await;
    let mut server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let path = desk.folder.path().join("large.bin");
    let bytes: Vec<u8> = (0..3_000_000u32).flat_map(u32::to_le_bytes).collect();
    std::fs::write(&path, &bytes).unwrap();
    let mut definition = request("PUT", server.url("/"));
    definition.body = RequestBody::File { path: path.display().to_string(), content_type: "a/b".into() };
    let exchange = desk.send(definition).await;
    assert_eq!(exchange.summary.failure, None);
    let sent = server.seen().await.bytes;
    assert!(sent.ends_with(&bytes));
    assert!(desk.body(exchange.summary.id, Side::Request).await == bytes);
}

#[tokio::test]
async fn an_answer_before_the_end_of_an_upload_is_read() {
    let desk = Desk::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 1024];
        let read = tcp.read(&mut buffer).await.unwrap();
        tcp.write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig").await.unwrap();
        let mut rest = 0;
        while let Ok(more @ 1..) = tcp.read(&mut buffer).await {
            rest += more; // until the sender hangs up
        }
        read + rest
    });
    let path = desk.folder.path().join("large.bin");
    std::fs::File::create(&path).unwrap().set_len(400 * 1024 * 1024).unwrap();
    let mut definition = request("PUT", url);
    definition.body = RequestBody::File { path: path.display().to_string(), content_type: String::new() };
    let exchange = desk.send(definition).await;
    assert_eq!((exchange.summary.status, exchange.summary.failure), (Some(413), None));
    assert_eq!(desk.body(exchange.summary.id, Side::Response).await, b"big");
    assert!(exchange.summary.request_size < 400 * 1024 * 1024);
    assert!(server.await.unwrap() as u64 >= exchange.summary.request_size);
}
