//! What goes on the wire is what was written, and it is kept.

use super::kit::*;
use crate::exchange::Side;
use crate::send::RequestBody;
use proptest::prelude::*;

#[tokio::test]
async fn headers_go_out_in_the_order_and_case_they_were_written_in() {
    let desk = Desk::new().await;
    let mut server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").await;
    let mut definition = request("pOsT", server.url("/a/../b?x=%7e"));
    definition.query = fields([("q", "a b&ü")]);
    definition.headers = fields([("x-b", "1"), ("X-A", " two "), ("x-B", "3"), ("ACCEPT", "text/plain"), ("", "")]);
    definition.headers[1].value = "two".into();
    definition.body = RequestBody::Json { text: "{\"a\":1.0}".into() };
    let exchange = desk.send(definition).await;
    let sent = server.seen_text().await;
    let expected = format!(
        "pOsT /a/../b?x=%7e&q=a%20b%26%C3%BC HTTP/1.1\r\nHost: {}\r\nx-b: 1\r\nX-A: two\r\nx-B: 3\r\nACCEPT: text/plain\r\n\
         User-Agent: pushpull/{}\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nContent-Type: application/json\r\n\
         Content-Length: 9\r\n\r\n{{\"a\":1.0}}",
        server.address,
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(sent, expected);
    let id = exchange.summary.id;
    assert_eq!(desk.head(id, Side::Request).await + "{\"a\":1.0}", expected);
    assert_eq!(desk.body(id, Side::Request).await, b"{\"a\":1.0}");
    assert_eq!(desk.head(id, Side::Response).await, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    assert_eq!(desk.body(id, Side::Response).await, b"hi");
    let timing = exchange.timing.unwrap();
    assert!(timing.connect.is_some() && timing.send.is_some() && timing.wait.is_some() && timing.receive.is_some());
    assert_eq!((timing.dns, timing.tls, timing.protocol.as_deref()), (None, None, Some("HTTP/1.1")));
    assert_eq!(exchange.peer, Some(server.address.to_string()));
    assert_eq!(exchange.summary.status, Some(200));
    assert!(exchange.summary.duration.is_some());
}

#[tokio::test]
async fn every_added_header_can_be_written_by_the_user() {
    let desk = Desk::new().await;
    let mut server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let mut definition = request("POST", server.url("/"));
    definition.headers = fields([
        ("content-length", "2"),
        ("user-agent", "me"),
        ("accept", "a/b"),
        ("accept-encoding", "identity"),
        ("content-type", "x/y"),
        ("host", "other.example"),
    ]);
    definition.body = RequestBody::Raw { text: "hi".into(), content_type: "text/plain".into() };
    desk.send(definition).await;
    assert_eq!(
        server.seen_text().await,
        "POST / HTTP/1.1\r\ncontent-length: 2\r\nuser-agent: me\r\naccept: a/b\r\naccept-encoding: identity\r\n\
         content-type: x/y\r\nhost: other.example\r\n\r\nhi"
    );
}

#[tokio::test]
async fn connections_are_used_again() {
    let desk = Desk::new().await;
    let mut server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").await;
    for _ in 0..5 {
        assert_eq!(desk.send(request("GET", server.url("/"))).await.summary.status, Some(200));
        assert_eq!(server.seen().await.connection, 0);
    }
    let mut closing = request("GET", server.url("/"));
    closing.headers = fields([("Connection", "close")]);
    desk.send(closing).await;
    assert_eq!(server.seen().await.connection, 0);
    desk.send(request("GET", server.url("/"))).await;
    assert_eq!(server.seen().await.connection, 1);
}

#[tokio::test]
async fn an_idle_connection_that_has_died_is_replaced() {
    let desk = Desk::new().await;
    let mut server = Server::saying(Answer::then_close("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")).await;
    for expected in 0..5 {
        let mut definition = request("POST", server.url("/"));
        definition.body = RequestBody::Json { text: "[]".into() };
        assert_eq!(desk.send(definition).await.summary.failure, None);
        assert_eq!(server.seen().await.connection, expected);
    }
}

fn header() -> impl Strategy<Value = (String, String)> {
    ("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}", "[\t -~é]{0,20}")
}

proptest! {
    #[test]
    fn a_head_parses_to_the_list_that_was_written(headers in prop::collection::vec(header(), 0..12)) {
        let mut definition = request("GET", "http://h/");
        definition.headers = headers.iter().map(|(name, value)| crate::send::curl::field(name, value)).collect();
        let prepared = crate::send::prepare(&definition, &Default::default(), || [0; 16]).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (outgoing, _) = runtime.block_on(crate::send::Outgoing::of(&prepared));
        let parsed = crate::wire::LooseHead::parse(&outgoing.head).headers.view();
        let lines = prepared.lines(Some(0));
        let expected: Vec<_> = lines.iter().map(|line| (line.name.clone(), line.value.trim_matches([' ', '\t']).to_owned())).collect();
        let parsed: Vec<_> = parsed.into_iter().map(|header| (header.name, header.value)).collect();
        prop_assert_eq!(parsed, expected);
    }

    #[test]
    fn no_text_in_a_header_breaks_out_of_its_line(name in any::<String>(), value in any::<String>()) {
        let mut definition = request("GET", "http://h/");
        definition.headers = vec![crate::send::curl::field(&name, &value)];
        if let Ok(prepared) = crate::send::prepare(&definition, &Default::default(), || [0; 16]) {
            let text: String = prepared.lines(None).iter().map(|line| format!("{}: {}\n", line.name, line.value)).collect();
            prop_assert_eq!(text.matches(['\n', '\r', '\0']).count(), prepared.lines(None).len());
        }
    }
}
