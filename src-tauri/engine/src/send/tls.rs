//! What the sender trusts: the certificates that this computer trusts, or those built in if it has none.

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// The TLS configuration, made when it is first needed: reading the trusted certificates takes a while.
#[derive(Debug, Default)]
pub(super) struct Tls(OnceCell<Arc<ClientConfig>>);

impl Tls {
    /// Trusts what `config` trusts.
    pub(super) fn with(mut config: ClientConfig) -> Self {
        offer_http_1_1(&mut config);
        Self(OnceCell::new_with(Some(Arc::new(config))))
    }

    /// The configuration.
    pub(super) async fn config(&self) -> Arc<ClientConfig> {
        let make = async || match tokio::task::spawn_blocking(platform).await {
            Ok(config) => Arc::new(config),
            Err(_) => Arc::new(built_in()), // reading the system's certificates panicked
        };
        self.0.get_or_init(make).await.clone()
    }
}

fn offer_http_1_1(config: &mut ClientConfig) {
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
}

fn builder() -> rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier> {
    // The provider offers all that the default versions need, so that this can't fail.
    #[allow(clippy::expect_used)]
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring offers TLS 1.2 and 1.3")
}

fn platform() -> ClientConfig {
    let mut config = match builder().with_platform_verifier() {
        Ok(builder) => builder.with_no_client_auth(),
        Err(_) => return built_in(), // a system without trusted certificates
    };
    offer_http_1_1(&mut config);
    config
}

fn built_in() -> ClientConfig {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let mut config = builder().with_root_certificates(roots).with_no_client_auth();
    offer_http_1_1(&mut config);
    config
}
