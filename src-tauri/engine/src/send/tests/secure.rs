//! TLS, and names that lead where they should not.

use super::kit::*;
use crate::exchange::{Exchange, FailureKind};
use crate::send::{Resolve, Sender, SystemResolver};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Every name has this address.
#[derive(Debug)]
pub(super) struct Always(pub(super) IpAddr);

impl Resolve for Always {
    fn resolve(&self, _: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let ip = self.0;
        Box::pin(async move { Ok(vec![ip]) })
    }
}

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        Self::named("Test authority")
    }

    fn named(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn trusting(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        builder.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth()
    }

    /// A TLS server for `name`, answering everything alike.
    async fn serve(&self, name: &str, answer: &'static str, change: impl FnOnce(&mut CertificateParams)) -> SocketAddr {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = config.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let Ok(mut tls) = acceptor.accept(tcp).await else { continue };
                let mut seen = Vec::new();
                while find(&seen, b"\r\n\r\n").is_none() && tls.read_buf(&mut seen).await.unwrap_or(0) > 0 {}
                tls.write_all(answer.as_bytes()).await.unwrap();
                tls.shutdown().await.unwrap();
            }
        });
        address
    }
}

const HELLO: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

async fn get(config: ClientConfig, name: &str, address: SocketAddr) -> Exchange {
    let mut desk = Desk::new().await;
    desk.sender = Sender::with(desk.store.clone(), config, Arc::new(Always(address.ip())));
    desk.send(request("GET", format!("https://{name}:{}/", address.port()))).await
}

#[tokio::test]
async fn a_trusted_server_answers_over_tls() {
    let authority = Authority::new();
    let address = authority.serve("good.example", HELLO, |_| ()).await;
    let exchange = get(authority.trusting(), "good.example", address).await;
    assert_eq!((exchange.summary.status, exchange.failure), (Some(200), None));
    let timing = exchange.timing.unwrap();
    assert!(timing.dns.is_some() && timing.tls.is_some());
    assert_eq!(timing.protocol.as_deref(), Some("HTTP/1.1, TLS 1.3"));
}

#[tokio::test]
async fn a_body_that_ends_with_the_connection_is_whole_after_a_proper_close() {
    let authority = Authority::new();
    let address = authority.serve("good.example", "HTTP/1.1 200 OK\r\n\r\nto the end", |_| ()).await;
    let exchange = get(authority.trusting(), "good.example", address).await;
    assert_eq!((exchange.failure, exchange.summary.response_size), (None, 10));
}

#[tokio::test]
async fn each_fault_of_a_certificate_has_its_sentence() {
    let authority = Authority::new();
    let expired =
        authority.serve("a.example", HELLO, |params| params.not_after = rcgen::date_time_ymd(2020, 2, 3)).await;
    let early =
        authority.serve("a.example", HELLO, |params| params.not_before = rcgen::date_time_ymd(3000, 2, 3)).await;
    let good = authority.serve("a.example", HELLO, |_| ()).await;
    for (exchange, message) in [
        (get(authority.trusting(), "a.example", expired).await, "expired on 2020-02-03."),
        (get(authority.trusting(), "a.example", early).await, "is not valid before 3000-02-03."),
        (get(authority.trusting(), "b.example", good).await, "is not for this name but for a.example."),
        (
            get(Authority::named("Another").trusting(), "a.example", good).await,
            "is from an issuer that this computer does not trust.",
        ),
    ] {
        let failure = exchange.failure.unwrap();
        assert_eq!(failure.kind, FailureKind::Tls);
        assert!(failure.message.ends_with(message), "{}", failure.message);
        assert!(failure.hint.is_some());
    }
}

#[tokio::test]
async fn a_server_without_tls_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        tcp.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        while tcp.read(&mut [0; 1024]).await.unwrap_or(0) > 0 {}
    });
    let failure = get(Authority::new().trusting(), "a.example", address).await.failure.unwrap();
    assert_eq!(failure.kind, FailureKind::Tls);
    assert_eq!(failure.message, format!("a.example:{} does not speak TLS on this port.", address.port()));
    server.await.unwrap();
}

#[tokio::test]
async fn a_redirect_from_https_to_http_is_refused() {
    let authority = Authority::new();
    let answer = "HTTP/1.1 302 Found\r\nLocation: http://a.example/plain\r\nContent-Length: 0\r\n\r\n";
    let address = authority.serve("a.example", answer, |_| ()).await;
    let exchange = get(authority.trusting(), "a.example", address).await;
    assert_eq!(exchange.summary.url, "http://a.example/plain");
    let failure = exchange.failure.unwrap();
    assert_eq!(failure.kind, FailureKind::Redirect);
    assert!(failure.message.contains("redirects from https to http://a.example/plain"), "{}", failure.message);
}

#[tokio::test]
async fn the_built_in_and_the_system_roots_refuse_an_unknown_issuer() {
    let authority = Authority::new();
    let address = authority.serve("localhost", HELLO, |_| ()).await;
    let desk = Desk::new().await;
    let exchange = desk.send(request("GET", format!("https://localhost:{}/", address.port()))).await;
    assert_eq!(exchange.failure.map(|failure| failure.kind), Some(FailureKind::Tls));
    let ips = SystemResolver.resolve("localhost".into()).await.unwrap();
    assert!(ips.iter().all(IpAddr::is_loopback));
}

mod reach {
    use super::super::super::address::Reach;
    use crate::send::Target;

    fn allowed(reach: &Reach, url: &str, address: &str) -> bool {
        reach.check(&Target::parse(url).unwrap(), address.parse().unwrap()).is_ok()
    }

    #[test]
    fn a_public_server_does_not_lead_inside() {
        let own = Reach::NotOwnPorts([4400].into());
        for (reach, address, expected) in [
            (&Reach::Public, "127.0.0.1:80", false),
            (&Reach::Public, "[::ffff:10.0.0.1]:80", false),
            (&Reach::Public, "93.184.216.34:80", true),
            (&Reach::Anywhere, "127.0.0.1:80", true),
            (&own, "127.0.0.1:4400", false),
            (&own, "127.8.8.8:4400", false),
            (&own, "[::1]:4400", false),
            (&own, "[::ffff:127.0.0.1]:4400", false),
            (&own, "0.0.0.0:4400", false),
            (&own, "127.0.0.1:4401", true),
            (&own, "93.184.216.34:4400", true),
        ] {
            assert_eq!(allowed(reach, "http://h/", address), expected, "{reach:?} {address}");
        }
    }

    #[test]
    fn a_connection_to_an_address_of_this_computer_is_known_by_its_ends() {
        let own = Reach::NotOwnPorts([4400].into());
        let target = Target::parse("http://h:4400/").unwrap();
        let (peer, local) = ("10.1.2.3:4400".parse().unwrap(), "10.1.2.3:50000".parse().unwrap());
        assert!(own.check_open(&target, peer, local).is_err());
        assert!(own.check_open(&target, peer, "10.1.2.4:50000".parse().unwrap()).is_ok());
    }
}
