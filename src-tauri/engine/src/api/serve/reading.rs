//! The list, one exchange, and windows of its bodies.

use super::Api;
use crate::api::{ApiError, ById, BytesQuery, Count, CountQuery, ListPage, ListQuery};
use crate::engine::{off_thread, wire_rows};
use crate::exchange::Exchange;
use crate::inspect::{
    BodyInfo, BodyRef, Document, FindQuery, FindResult, HEX_ROW, HexPage, HexQuery, NodePlace, NodeQuery, Parts,
    RawQuery, TextPage, TextQuery, TreePage, TreeQuery, hex_rows, hex_total,
};
use std::sync::Arc;

/// Rows of a window at most.
const ROWS: u32 = 1_000;

/// Bytes of a range at most.
const RANGE: u64 = 16 * 1024 * 1024;

impl Api {
    /// A page of the list, newest first.
    ///
    /// # Errors
    /// `Invalid` if the filter can't be read.
    pub async fn list(&self, query: ListQuery) -> Result<ListPage, ApiError> {
        Ok(self.engine().await?.store.list(&query).await?)
    }

    /// How many rows a filter finds.
    ///
    /// # Errors
    /// `Invalid` if the filter can't be read.
    pub async fn count(&self, query: CountQuery) -> Result<Count, ApiError> {
        Ok(self.engine().await?.store.count(&query).await?)
    }

    pub(in crate::api) async fn exchange(&self, by: ById) -> Result<Exchange, ApiError> {
        Ok(self.engine().await?.store.exchange(by.id).await?)
    }

    async fn document(&self, body: BodyRef) -> Result<Arc<Document>, ApiError> {
        let engine = self.engine().await?;
        engine.documents.get(&engine.store, body).await
    }

    /// Asks a body something that may build an index first.
    async fn ask<T: Send + 'static>(
        &self,
        body: BodyRef,
        question: impl FnOnce(&Document) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let document = self.document(body).await?;
        off_thread(move || question(&document)).await
    }

    pub(in crate::api) async fn body_info(&self, body: BodyRef) -> Result<BodyInfo, ApiError> {
        self.ask(body, Document::info).await
    }

    pub(in crate::api) async fn text_rows(&self, query: TextQuery) -> Result<TextPage, ApiError> {
        self.ask(query.body, move |body| body.text_rows(query.pretty, query.from, query.count.min(ROWS))).await
    }

    pub(in crate::api) async fn tree_rows(&self, query: TreeQuery) -> Result<TreePage, ApiError> {
        let page =
            move |body: &Document| body.tree_rows(query.depth, &query.toggled, query.from, query.count.min(ROWS));
        self.ask(query.body, page).await?.ok_or_else(not_json)
    }

    pub(in crate::api) async fn tree_node(&self, query: NodeQuery) -> Result<NodePlace, ApiError> {
        let place = self.ask(query.body, move |body| body.node_place(query.node)).await?;
        place.ok_or_else(|| ApiError::invalid(format!("No value starts at byte {}.", query.node)))
    }

    pub(in crate::api) async fn hex_rows(&self, query: HexQuery) -> Result<HexPage, ApiError> {
        let engine = self.engine().await?;
        let HexQuery { body, from, count } = query;
        let size = engine.store.message(body.id, body.side).await?.map_or(0, |message| message.body_len);
        let row = HEX_ROW;
        let start = from.saturating_mul(row).min(size);
        let end = start.saturating_add(u64::from(count.min(ROWS)) * row).min(size);
        let bytes = engine.store.body(body.id, body.side, start..end).await?;
        Ok(HexPage { total: hex_total(size), rows: hex_rows(&bytes, start) })
    }

    pub(in crate::api) async fn raw_rows(&self, query: RawQuery) -> Result<TextPage, ApiError> {
        let engine = self.engine().await?;
        let rows = wire_rows(&engine.store, query.body).await?;
        Ok(rows.page(query.from, query.count.min(ROWS)))
    }

    pub(in crate::api) async fn find(&self, query: FindQuery) -> Result<FindResult, ApiError> {
        self.ask(query.body, move |body| body.find(&query.needle, query.view)).await
    }

    pub(in crate::api) async fn parts(&self, body: BodyRef) -> Result<Parts, ApiError> {
        self.ask(body, Document::parts).await
    }

    /// Bytes of a body.
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange.
    pub async fn body_bytes(&self, query: BytesQuery) -> Result<Vec<u8>, ApiError> {
        let end = query.from.saturating_add(query.count.min(RANGE));
        if !query.decoded {
            let engine = self.engine().await?;
            return Ok(engine.store.body(query.body.id, query.body.side, query.from..end).await?.into());
        }
        let document = self.document(query.body).await?;
        let decoded = document.decoded();
        let clamp = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(decoded.len());
        Ok(decoded[clamp(query.from)..clamp(end)].to_vec())
    }
}

fn not_json() -> ApiError {
    ApiError::invalid("The body is not a JSON document, so it has no tree. Its text shows it as it came.")
}
