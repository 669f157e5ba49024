//! A plain HTTP client for the suites.

use anyhow::{Context, Result};
use std::sync::Once;

/// A client that follows nothing, adds no proxy and keeps its connections.
///
/// # Errors
/// If the client can't be built.
pub fn client() -> Result<reqwest::Client> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Another test of this process may have set it.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    builder.timeout(crate::PATIENCE).build().context("Building an HTTP client")
}
