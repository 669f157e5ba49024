//! Settings, the listener, sources, samples and the tunnel.

use super::Api;
use crate::api::{
    ApiError, ErrorCode, ListenOptions, NewSource, Nothing, SampleQuery, Settings, Source, Sources, Status,
};
use crate::exchange::ExchangeSummary;
use crate::tunnel::{TunnelConfig, TunnelProbe, TunnelState};

impl Api {
    pub(in crate::api) async fn settings(&self, _: Nothing) -> Result<Settings, ApiError> {
        Ok(self.engine().await?.settings())
    }

    pub(in crate::api) async fn save_settings(&self, settings: Settings) -> Result<Settings, ApiError> {
        self.engine().await?.save_settings(settings).await
    }

    pub(in crate::api) async fn start_listening(&self, options: ListenOptions) -> Result<Status, ApiError> {
        self.engine().await?.start_listening(options).await?;
        self.status(Nothing {}).await
    }

    pub(in crate::api) async fn stop_listening(&self, _: Nothing) -> Result<Status, ApiError> {
        self.engine().await?.stop_listening().await;
        self.status(Nothing {}).await
    }

    pub(in crate::api) async fn sources(&self, _: Nothing) -> Result<Sources, ApiError> {
        Ok(Sources { sources: self.engine().await?.store.sources().await? })
    }

    pub(in crate::api) async fn create_source(&self, new: NewSource) -> Result<Source, ApiError> {
        let engine = self.engine().await?;
        engine.create_source(&new.name).await?;
        let sources = engine.store.sources().await?;
        sources.into_iter().find(|source| source.name == new.name).ok_or_else(|| super::missing("The source"))
    }

    pub(in crate::api) async fn send_sample(&self, query: SampleQuery) -> Result<ExchangeSummary, ApiError> {
        self.engine().await?.send_sample(query.provider).await
    }

    pub(in crate::api) async fn start_tunnel(&self, config: TunnelConfig) -> Result<Status, ApiError> {
        let engine = self.engine().await?;
        let crate::api::ListenerStatus::Listening { port, .. } = engine.listener() else {
            return Err(ApiError::new(
                ErrorCode::Failed,
                "Nothing listens, so a tunnel would lead nowhere.",
                "Start the listener first.",
            ));
        };
        engine.drop_unkept_secret(&config).await?;
        let ready = engine.with_kept_secret(config.clone()).await?;
        engine.tunnel.start(ready, port).await.map_err(ApiError::from)?;
        let settings = Settings { tunnel: config, ..engine.settings() };
        engine.save_settings(settings).await?;
        self.status(Nothing {}).await
    }

    pub(in crate::api) async fn stop_tunnel(&self, _: Nothing) -> Result<Status, ApiError> {
        self.engine().await?.tunnel.stop().await;
        self.status(Nothing {}).await
    }

    pub(in crate::api) async fn test_tunnel(&self, _: Nothing) -> Result<TunnelProbe, ApiError> {
        let engine = self.engine().await?;
        let TunnelState::Up { url, .. } = engine.tunnel.status().state else {
            return Err(ApiError::failed("The tunnel is not up, so there is no public URL to test. Start it first."));
        };
        Ok(crate::tunnel::probe(&url, &engine.probes).await?)
    }
}
