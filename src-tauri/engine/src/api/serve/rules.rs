//! How sources answer, and trying it.

use super::Api;
use crate::api::{ApiError, OfSource, SaveRules, SourceRules, SourceTried, TryQuery};

impl Api {
    pub(in crate::api) async fn source_rules(&self, of: OfSource) -> Result<SourceRules, ApiError> {
        self.engine().await?.source_rules(&of.source).await
    }

    pub(in crate::api) async fn save_rules(&self, save: SaveRules) -> Result<SourceRules, ApiError> {
        let engine = self.engine().await?;
        let saved = engine.save_rules(save).await?;
        engine.notice_change(true);
        Ok(saved)
    }

    pub(in crate::api) async fn reset_rules(&self, of: OfSource) -> Result<SourceRules, ApiError> {
        self.engine().await?.reset_rules(&of.source).await
    }

    pub(in crate::api) async fn try_source(&self, query: TryQuery) -> Result<SourceTried, ApiError> {
        self.engine().await?.try_source(query).await
    }
}
