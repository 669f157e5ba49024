//! The list, one exchange, and windows of its bodies.

use super::Api;
use crate::api::{
    ApiError, ById, BytesQuery, Count, CountQuery, FilterCommand, ListPage, ListQuery, Previous, RowPlace, RowQuery,
    SaveBody, Saved,
};
use crate::engine::{off_thread, wire_rows};
use crate::exchange::Exchange;
use crate::inspect::{
    BodyInfo, Delivery, Document, Filtered, FindQuery, FindResult, HEX_ROW, HexPage, HexQuery, NodePlace, NodeQuery,
    Parts, RawQuery, Reading, TablePage, TableQuery, TextPage, TextQuery, TreePage, TreeQuery, hex_rows, hex_total,
};
use std::path::Path;
use std::sync::Arc;
use tokio::io::AsyncWriteExt as _;

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

    pub(in crate::api) async fn delivery(&self, by: ById) -> Result<Delivery, ApiError> {
        Ok(self.engine().await?.store.delivery(by.id).await?)
    }

    async fn document(&self, body: &Reading) -> Result<Arc<Document>, ApiError> {
        self.engine().await?.reading(body).await
    }

    /// Asks a body something that may build an index first.
    async fn ask<T: Send + 'static>(
        &self,
        body: Reading,
        question: impl FnOnce(&Document) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let document = self.document(&body).await?;
        off_thread(move || question(&document)).await
    }

    pub(in crate::api) async fn body_info(&self, body: Reading) -> Result<BodyInfo, ApiError> {
        self.ask(body, Document::info).await
    }

    pub(in crate::api) async fn text_rows(&self, query: TextQuery) -> Result<TextPage, ApiError> {
        self.ask(query.body, move |body| body.text_rows(query.pretty, query.from, query.count.min(ROWS))).await
    }

    pub(in crate::api) async fn tree_rows(&self, query: TreeQuery) -> Result<TreePage, ApiError> {
        let page =
            move |body: &Document| body.tree_rows(query.depth, &query.toggled, query.from, query.count.min(ROWS));
        self.ask(query.body, page).await?.ok_or_else(no_tree)
    }

    pub(in crate::api) async fn tree_node(&self, query: NodeQuery) -> Result<NodePlace, ApiError> {
        let place = self.ask(query.body, move |body| body.node_place(query.node)).await?;
        place.ok_or_else(|| ApiError::invalid(format!("No value starts at byte {}.", query.node)))
    }

    pub(in crate::api) async fn hex_rows(&self, query: HexQuery) -> Result<HexPage, ApiError> {
        let engine = self.engine().await?;
        let HexQuery { body, from, count } = query;
        if !body.lenses().is_empty() {
            return self.ask(body, move |seen| hex_page(seen.decoded(), from, count)).await;
        }
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
        let found = self.ask(query.body, move |body| body.find(&query.needle, query.view)).await?;
        found.ok_or_else(|| ApiError::invalid("The text is too long to be looked for. Take a shorter part of it."))
    }

    pub(in crate::api) async fn table_rows(&self, query: TableQuery) -> Result<TablePage, ApiError> {
        let TableQuery { body, node, from, count } = query;
        let page = self.ask(body, move |body| body.table_rows(node, from, count.min(ROWS))).await?;
        page.ok_or_else(|| ApiError::invalid(format!("No array starts at byte {node}.")))
    }

    pub(in crate::api) async fn row_at(&self, query: RowQuery) -> Result<RowPlace, ApiError> {
        let row = self.ask(query.body, move |body| body.row_at(query.offset)).await?;
        Ok(RowPlace { row })
    }

    pub(in crate::api) async fn previous(&self, by: ById) -> Result<Previous, ApiError> {
        Ok(Previous { id: self.engine().await?.store.previous(by.id).await? })
    }

    /// Filters what is read: see [`crate::inspect::Lens::Filter`].
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange. What is wrong with the filter is in the answer.
    pub async fn filter(&self, command: FilterCommand) -> Result<Filtered, ApiError> {
        let engine = self.engine().await?;
        let ticket = engine.tickets.open(&command.ticket);
        engine.filter(&command.body, &command.filter, &ticket.token).await
    }

    pub(in crate::api) async fn preview(&self, body: Reading) -> Result<Vec<u8>, ApiError> {
        let markup = self.ask(body, Document::harmless_markup).await?;
        markup.ok_or_else(|| ApiError::invalid("Only HTML and SVG are previewed as markup."))
    }

    /// Writes what is read, its codings off, into a file that only the user can read, in place only once it is whole.
    ///
    /// # Errors
    /// `Failed` if the file can't be written.
    pub(in crate::api) async fn save_body(&self, command: SaveBody) -> Result<Saved, ApiError> {
        let engine = self.engine().await?;
        let (id, side) = (command.body.id, command.body.side);
        let document = engine.reading(&command.body).await?;
        let path = Path::new(&command.path);
        let failed = |error| ApiError::failed(format!("{} can't be written: {error}.", command.path));
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Its mode is 0600.
        let beside = tempfile::Builder::new().prefix(".body-").suffix(".part").tempfile_in(folder).map_err(failed)?;
        let mut file = tokio::fs::File::from_std(beside.as_file().try_clone().map_err(failed)?);
        let mut saved = Saved { bytes: 0, whole: true };
        if command.body.lenses().is_empty() && !document.is_coded() {
            // Whole, however long: the views read the front.
            loop {
                let piece = engine.store.body(id, side, saved.bytes..saved.bytes + RANGE).await?;
                if piece.is_empty() {
                    break;
                }
                file.write_all(&piece).await.map_err(failed)?;
                saved.bytes += piece.len() as u64;
            }
        } else {
            file.write_all(document.decoded()).await.map_err(failed)?;
            // What is seen in a body that was not read to its end may end with it.
            let body = engine.reading(&command.body.body().into()).await?;
            saved = Saved { bytes: document.decoded().len() as u64, whole: body.is_whole() };
        }
        file.sync_all().await.map_err(failed)?;
        beside.persist(path).map_err(|error| failed(error.error))?;
        Ok(saved)
    }

    pub(in crate::api) async fn parts(&self, body: Reading) -> Result<Parts, ApiError> {
        self.ask(body, Document::parts).await
    }

    /// Bytes of a body.
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange.
    pub async fn body_bytes(&self, query: BytesQuery) -> Result<Vec<u8>, ApiError> {
        let end = query.from.saturating_add(query.count.min(RANGE));
        if !query.decoded && query.body.lenses().is_empty() {
            let engine = self.engine().await?;
            return Ok(engine.store.body(query.body.id, query.body.side, query.from..end).await?.into());
        }
        let document = self.document(&query.body).await?;
        let decoded = document.decoded();
        let clamp = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(decoded.len());
        Ok(decoded[clamp(query.from)..clamp(end)].to_vec())
    }
}

/// Rows of bytes that are at hand.
fn hex_page(bytes: &[u8], from: u64, count: u32) -> HexPage {
    let start = from.saturating_mul(HEX_ROW).min(bytes.len() as u64);
    let end = start.saturating_add(u64::from(count.min(ROWS)) * HEX_ROW).min(bytes.len() as u64);
    let window = &bytes[start as usize..end as usize];
    HexPage { total: hex_total(bytes.len() as u64), rows: hex_rows(window, start) }
}

fn no_tree() -> ApiError {
    ApiError::invalid("The body has no tree. Its text shows it as it came.")
}
