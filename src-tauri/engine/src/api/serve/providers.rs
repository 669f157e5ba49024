//! Providers: the known ones, the user's own, and trying one on an example.

use super::Api;
use crate::api::{ApiError, Nothing, ProviderKey, Providers, Tried, TryProvider};
use crate::engine::off_thread;
use crate::exchange::Side;
use crate::inspect::provider::{Provider, check_custom, identify, providers};
use crate::inspect::signature::{Check, Secret, SignedRequest, verify};
use crate::inspect::{content_codings, decode};
use crate::wire::{LooseRequest, read_request};

/// The largest example, bytes.
const EXAMPLE_BYTES: u64 = 16 * 1024 * 1024;

impl Api {
    pub(in crate::api) async fn providers(&self, _: Nothing) -> Result<Providers, ApiError> {
        let mut all = self.engine().await?.store.custom_providers().await?;
        let mut known: Vec<Provider> = providers().cloned().collect();
        known.sort_by_cached_key(|provider| provider.name.to_lowercase());
        all.append(&mut known);
        Ok(Providers { providers: all })
    }

    pub(in crate::api) async fn save_provider(&self, provider: Provider) -> Result<Provider, ApiError> {
        self.engine().await?.save_provider(provider).await
    }

    pub(in crate::api) async fn delete_provider(&self, provider: ProviderKey) -> Result<Nothing, ApiError> {
        self.engine().await?.delete_provider(provider.key).await?;
        Ok(Nothing {})
    }

    pub(in crate::api) async fn try_provider(&self, example: TryProvider) -> Result<Tried, ApiError> {
        if let Err(problem) = check_custom(&example.provider) {
            return Ok(Tried { problem: Some(problem.to_string()), ..Tried::default() });
        }
        let (request, now) = match example.exchange {
            Some(id) => {
                let engine = self.engine().await?;
                let summary = engine.store.summary(id).await?;
                let message = engine.store.message(id, Side::Request).await?.unwrap_or_default();
                let body = engine.store.body(id, Side::Request, 0..EXAMPLE_BYTES).await?;
                (LooseRequest::of(&message.head, body), Some(summary.started_at.div_euclid(1_000_000)))
            }
            None => match read_request(&example.request.clone().into_bytes().into()).await {
                Ok(request) => (request, None),
                Err(error) => return Ok(Tried { problem: Some(format!("The example: {error}")), ..Tried::default() }),
            },
        };
        off_thread(move || tried(&example, &request, now)).await
    }
}

fn tried(example: &TryProvider, request: &LooseRequest, now: Option<i64>) -> Tried {
    let urls = if example.url.is_empty() { request.urls() } else { vec![example.url.clone()] };
    let secrets = match example.secret.as_str() {
        "" => Vec::new(),
        secret => vec![Secret::new("the secret", secret)],
    };
    let signed = SignedRequest {
        method: &request.method,
        urls: &urls,
        other_urls: &[],
        headers: &request.headers,
        body: &request.body,
    };
    let check = Check { now, ..Check::default() };
    let decoded = decode(&request.body, &content_codings(&request.headers));
    let identity = identify(&example.provider, &request.headers, &decoded.bytes);
    Tried {
        problem: None,
        verdict: Some(verify(&signed, &example.provider, &secrets, &check)),
        event_type: identity.event_type,
        event_id: identity.event_id.or(identity.delivery_id),
    }
}
