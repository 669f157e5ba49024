//! The HTTP client for the tunnel's own small requests.

use std::sync::Once;
use std::time::Duration;

/// Makes ring the process's TLS provider unless another was chosen. To be called before a TLS client is built.
pub fn use_ring() {
    static ONCE: Once = Once::new();
    // An error says that a provider is already there, which is all that is wanted.
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

/// A client that follows no redirect and gives up after `timeout`.
pub(super) fn client(timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    use_ring();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(timeout)
        .user_agent(concat!("pushpull/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// What is at the bottom of a failed request: the sentence that says most.
pub(super) fn reason(error: &dyn std::error::Error) -> String {
    let mut last = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        last = deeper.to_string();
        cause = deeper.source();
    }
    last.trim_end_matches('.').to_owned()
}
