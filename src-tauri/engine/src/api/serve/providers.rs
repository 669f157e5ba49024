//! Providers: the known ones, the user's own, and trying one on an example.

use super::Api;
use crate::api::{ApiError, HandshakeAnswer, Nothing, ProviderKey, Providers, SaveProvider, Tried, TryProvider};
use crate::engine::{Given, RulesTried, off_thread};
use crate::exchange::shown;
use crate::inspect::provider::{Provider, check_custom, identify, providers};
use crate::inspect::signature::{Check, Reply, Secret, SignedRequest, handshake, verify};
use crate::inspect::{content_codings, decode};
use crate::wire::{LooseRequest, read_request};

impl Api {
    pub(in crate::api) async fn providers(&self, _: Nothing) -> Result<Providers, ApiError> {
        let mut all = self.engine().await?.store.custom_providers().await?;
        let mut known: Vec<Provider> = providers().cloned().collect();
        known.sort_by_cached_key(|provider| provider.name.to_lowercase());
        all.append(&mut known);
        Ok(Providers { providers: all })
    }

    pub(in crate::api) async fn save_provider(&self, save: SaveProvider) -> Result<Provider, ApiError> {
        self.engine().await?.save_provider(save).await
    }

    pub(in crate::api) async fn delete_provider(&self, provider: ProviderKey) -> Result<Nothing, ApiError> {
        self.engine().await?.delete_provider(provider.key).await?;
        Ok(Nothing {})
    }

    pub(in crate::api) async fn try_provider(&self, example: TryProvider) -> Result<Tried, ApiError> {
        if let Err(problem) = check_custom(&example.provider) {
            return Ok(Tried { problem: Some(problem.to_string()), ..Tried::default() });
        }
        let asked = example.provider.fields().into_iter().map(str::to_owned).collect();
        let tried = match example.exchange {
            Some(id) => {
                let given = Given {
                    urls: Some(example.url.clone()).filter(|url| !url.is_empty()).into_iter().collect(),
                    fields: example.fields.clone().into_iter().collect(),
                    secrets: secrets(&example),
                    ..Given::default()
                };
                self.engine().await?.try_rules(id, example.provider, &given).await?
            }
            None => match read_request(&example.request.clone().into_bytes().into()).await {
                Ok(request) => off_thread(move || on_text(&example, &request)).await?,
                Err(error) => return Ok(Tried { problem: Some(format!("The example: {error}")), ..Tried::default() }),
            },
        };
        let RulesTried { verdict, identity, reply } = tried;
        Ok(Tried {
            problem: None,
            verdict: Some(verdict),
            event_type: identity.event_type,
            event_id: identity.event_id,
            delivery_id: identity.delivery_id,
            attempt: identity.attempt,
            events: identity.events,
            handshake: reply.map(answer),
            asked,
        })
    }
}

fn secrets(example: &TryProvider) -> Vec<Secret> {
    match example.secret.as_str() {
        "" => Vec::new(),
        secret => vec![Secret::new("the secret", secret)],
    }
}

fn answer(reply: Reply) -> HandshakeAnswer {
    HandshakeAnswer {
        status: reply.status,
        headers: reply.headers.clone(),
        body: shown(&reply.body),
        note: reply.told(),
    }
}

/// Tries rules on a request that was typed. Nobody says when it came, and not where to but for its Host.
fn on_text(example: &TryProvider, request: &LooseRequest) -> RulesTried {
    let urls = if example.url.is_empty() { request.urls() } else { vec![example.url.clone()] };
    let (provider, secrets) = (&example.provider, secrets(example));
    let fields: Vec<(String, String)> = example.fields.clone().into_iter().collect();
    let LooseRequest { method, headers, body, .. } = request;
    let signed = SignedRequest { method, urls: &urls, other_urls: &[], headers, body };
    let check = Check { fields: &fields, ..Check::default() };
    let decoded = decode(body, &content_codings(headers));
    RulesTried {
        verdict: verify(&signed, provider, &secrets, &check),
        identity: identify(provider, headers, &decoded.bytes),
        reply: handshake(&signed, provider, &secrets, &check),
    }
}
