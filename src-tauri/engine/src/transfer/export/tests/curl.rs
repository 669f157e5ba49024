//! Every command is run by the real curl against a socket that keeps what it is sent.

use super::*;
use std::process::Stdio;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Reads one request as it comes: its head and its body, de-chunked.
async fn read_request(socket: &mut TcpStream) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    let head_end = loop {
        if let Some(at) = memchr::memmem::find(&bytes, b"\r\n\r\n") {
            break at + 4;
        }
        let read = socket.read(&mut buffer).await.unwrap();
        assert!(read > 0, "curl went away");
        bytes.extend_from_slice(&buffer[..read]);
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut body = bytes.split_off(head_end);
    let lower = head.to_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    let chunked = lower.contains("transfer-encoding: chunked");
    while length.is_some_and(|length| body.len() < length) || (chunked && !body.ends_with(b"0\r\n\r\n")) {
        let read = socket.read(&mut buffer).await.unwrap();
        assert!(read > 0, "curl went away");
        body.extend_from_slice(&buffer[..read]);
    }
    (head, if chunked { dechunked(&body) } else { body })
}

fn dechunked(mut wire: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = memchr::memmem::find(wire, b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&wire[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&wire[end + 2..end + 2 + size]);
        wire = &wire[end + 4 + size..];
    }
}

/// Runs the exported command with bash and returns what curl sent.
async fn sent_by_curl(store: &Store, exchange: NewExchange, listener: &TcpListener) -> (String, Vec<u8>) {
    let id = store.save(exchange).await.unwrap();
    let command = String::from_utf8(exported(store, &query(ExportFormat::Curl, &[id], false)).await).unwrap();
    let mut bash = tokio::process::Command::new("bash")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .env("CURL_HOME", "/nonexistent")
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut input = bash.stdin.take().unwrap();
    let feed = async move {
        input.write_all(command.as_bytes()).await.unwrap();
        drop(input);
    };
    let serve = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        let request = read_request(&mut socket).await;
        socket.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await.unwrap();
        request
    };
    let both = async { tokio::join!(feed, serve).1 };
    let request = tokio::time::timeout(std::time::Duration::from_secs(60), both).await.expect("curl sent nothing");
    let output = bash.wait_with_output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    request
}

/// The lines of a head without those whose place curl chooses, sorted out: the length goes last.
fn lines(head: &str) -> Vec<String> {
    let mut lines: Vec<String> = head.trim_end().split("\r\n").map(Into::into).collect();
    if let Some(at) = lines.iter().position(|line| line.to_lowercase().starts_with("content-length:")) {
        let length = lines.remove(at);
        lines.push(length);
    }
    lines
}

#[tokio::test]
async fn curl_sends_the_same_lines_and_bytes() {
    let (_folder, store) = workspace().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let nul: Vec<u8> = (0..=255).collect();
    let long: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    let requests: Vec<(&str, &str, Vec<u8>)> = vec![
        ("GET", "/in/a?x=[1-3]&y={a,b}&z='\"$HOME", Vec::new()),
        ("POST", "/in/a/../b/./c", b"{\"a\":\"it's $HOME `id` \\n !!\"}".to_vec()),
        ("POST", "/", b"@/etc/hostname".to_vec()),
        ("PUT", "/in/a", nul),
        ("PATCH", "/in/a", "line\r\nline\ttab \u{202e}\u{1b}[31m é😀\n".into()),
        ("DELETE", "/in/a", vec![0xff, 0xfe, b'1', b'a', b'\'', b'\n']),
        ("PURGE", "/in/a", Vec::new()),
        ("OPTIONS", "*", Vec::new()),
        ("POST", "/long", long),
    ];
    for (method, target, body) in requests {
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: {host}\r\nx-Lower: 1\r\nX-Dup: a\r\nX-Dup: b\r\nX-Empty:\r\n\
             X-Quote: it's \"$x\" \\ ;\r\n{length}\r\n"
        );
        let (sent, sent_body) = sent_by_curl(&store, push(&head, body.clone()), &listener).await;
        assert_eq!(lines(&sent), lines(&head));
        assert_eq!(sent_body, body, "{method} {target}");
    }
}

#[tokio::test]
async fn curl_sends_what_it_has_defaults_for_as_written() {
    let (_folder, store) = workspace().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let head = format!(
        "POST /in/a HTTP/1.1\r\nHost: {host}\r\nuser-agent: GitHub\r\nACCEPT: */*\r\n\
         content-TYPE: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let mut chunked = push(&head, "{}");
    let mut framing = crate::wire::FramingBuilder::default();
    framing.raw(b"2\r\n");
    framing.data(2);
    framing.raw(b"\r\n0\r\n\r\n");
    chunked.request.framing = framing.finish().encode();
    let (sent, body) = sent_by_curl(&store, chunked, &listener).await;
    assert_eq!((lines(&sent), body), (lines(&head), b"{}".to_vec()));

    let head = "POST /in/a HTTP/1.1\r\nHost: other.example\r\nContent-Length: 0\r\n\r\n";
    let empty = NewExchange { url: format!("http://u:p@{host}/in/a#x"), ..pull("", head, None) };
    let (sent, _) = sent_by_curl(&store, empty, &listener).await;
    assert_eq!(lines(&sent), lines(head));
}

#[tokio::test]
async fn a_body_that_was_cut_is_said_to_be() {
    let (_folder, store) = workspace().await;
    let mut cut = push("POST /in/a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n", "abc");
    cut.marks = vec![Mark::Truncated];
    let id = store.save(cut).await.unwrap();
    let command = to_text(&store, &query(ExportFormat::Curl, &[id], false)).await.unwrap();
    assert!(command.starts_with("# Only the first 3 bytes of the body were kept.\ncurl "), "{command}");
}
