//! Holding things against each other.

use super::Api;
use crate::api::{ApiError, HeaderRows, IgnoreChange, IgnoreQuery, IgnoreRules, Nothing};
use crate::compare::{
    ChangesQuery, CompareQuery, CompareRows, CompareRowsQuery, CompareSide, CompareTextQuery, Compared, Comparison,
    Input, SIDES_LIMIT, SideLabel, TextChanges, compare, compare_headers, text_changes,
};
use crate::engine::{Engine, headers, off_thread};
use crate::exchange::{Direction, ExchangeSummary, Side};
use crate::inspect::{BodyRef, Document, VIEW_LIMIT};
use bytes::Bytes;
use std::path::Path;
use std::sync::{Arc, PoisonError};

/// Comparisons that are remembered.
const REMEMBERED: usize = 4;

/// Bytes of a text of the side-by-side view.
const TEXT: usize = 16 * 1024 * 1024;

impl Api {
    /// Holds two to eight things against each other.
    ///
    /// # Errors
    /// `Invalid` for another number of things, or a file where none may be read; `NotFound` if one is gone.
    pub async fn compare(&self, query: CompareQuery) -> Result<Comparison, ApiError> {
        Ok(self.compared(query).await?.summary().clone())
    }

    /// Rows of a comparison.
    ///
    /// # Errors
    /// As [`Api::compare`].
    pub async fn compare_rows(&self, query: CompareRowsQuery) -> Result<CompareRows, ApiError> {
        let compared = self.compared(query.compare).await?;
        off_thread(move || compared.rows(query.show_ignored, query.show_equal, query.from, query.count)).await
    }

    /// Holds the header fields of two to eight exchanges against each other.
    ///
    /// # Errors
    /// `Invalid` for another number of things, or a file, which has none; `NotFound` if one is gone.
    pub async fn compare_headers(&self, query: CompareQuery) -> Result<HeaderRows, ApiError> {
        checked_number(&query)?;
        let engine = self.engine().await?;
        let mut all = Vec::with_capacity(query.sides.len());
        for side in &query.sides {
            all.push(match side {
                CompareSide::Exchange { id, side, .. } => {
                    let summary = engine.store.summary(*id).await?;
                    headers(&engine.store, *id, side.unwrap_or_else(|| said(&summary))).await?
                }
                CompareSide::File { path } => {
                    return Err(ApiError::invalid(format!("{path} is a file, and files have no header fields.")));
                }
            });
        }
        Ok(HeaderRows { rows: compare_headers(&all.iter().collect::<Vec<_>>()) })
    }

    pub(in crate::api) async fn compare_changes(&self, query: ChangesQuery) -> Result<TextChanges, ApiError> {
        let (a, cut_a) = self.side_text(&query.a, query.pretty).await?;
        let (b, cut_b) = self.side_text(&query.b, query.pretty).await?;
        let mut changes =
            off_thread(move || text_changes(&String::from_utf8_lossy(&a), &String::from_utf8_lossy(&b))).await?;
        if cut_a || cut_b {
            let cut = format!("Only the first {} MiB of each text are shown and compared.", TEXT / 1024 / 1024);
            changes.notice = Some([Some(cut), changes.notice].into_iter().flatten().collect::<Vec<_>>().join(" "));
        }
        Ok(changes)
    }

    pub(in crate::api) async fn compare_text(&self, query: CompareTextQuery) -> Result<Vec<u8>, ApiError> {
        let (text, _) = self.side_text(&query.side, query.pretty).await?;
        Ok(String::from_utf8_lossy(&text).into_owned().into_bytes())
    }

    pub(in crate::api) async fn ignore_rules(&self, query: IgnoreQuery) -> Result<IgnoreRules, ApiError> {
        Ok(self.engine().await?.store.ignore_rules(&query.ids).await?)
    }

    pub(in crate::api) async fn change_ignore_rules(&self, change: IgnoreChange) -> Result<Nothing, ApiError> {
        self.engine().await?.store.change_ignore_rules(change).await?;
        Ok(Nothing {})
    }

    /// The text of one side, as far as it is shown, and whether there is more of it.
    async fn side_text(&self, side: &CompareSide, pretty: bool) -> Result<(Bytes, bool), ApiError> {
        let input = self.input(&self.engine().await?, side).await?;
        let text = off_thread(move || input.document.whole_text(pretty).clone()).await?;
        let mut end = text.len().min(TEXT);
        // Not within a character of UTF-8, of which all bytes but the first begin with 10.
        while end < text.len() && end > TEXT - 4 && text[end] >> 6 == 0b10 {
            end -= 1;
        }
        Ok((text.slice(..end), end < text.len()))
    }

    async fn compared(&self, query: CompareQuery) -> Result<Arc<Compared>, ApiError> {
        if let Some(known) = self.remembered(&query) {
            return Ok(known);
        }
        checked_number(&query)?;
        let engine = self.engine().await?;
        let mut inputs = Vec::with_capacity(query.sides.len());
        for side in &query.sides {
            inputs.push(self.input(&engine, side).await?);
        }
        let (ignore, keys) = (query.ignore.clone(), query.keys.clone());
        let compared = Arc::new(off_thread(move || compare(&inputs, &ignore, &keys)).await?);
        let mut all = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.remove(0);
        }
        all.push((query, compared.clone()));
        Ok(compared)
    }

    fn remembered(&self, query: &CompareQuery) -> Option<Arc<Compared>> {
        let all = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|(known, _)| known == query).map(|(_, compared)| compared.clone())
    }

    async fn input(&self, engine: &Engine, side: &CompareSide) -> Result<Input, ApiError> {
        match side {
            CompareSide::Exchange { id, side, root } => {
                let summary = engine.store.summary(*id).await?;
                let side = side.unwrap_or_else(|| said(&summary));
                let document = engine.document(BodyRef { id: *id, side }).await?;
                let size = document.size();
                let label = SideLabel {
                    title: title(&summary),
                    direction: Some(summary.direction),
                    side: Some(side),
                    started_at: Some(summary.started_at),
                    root: root.clone(),
                    size,
                };
                Ok(Input { document, label })
            }
            CompareSide::File { path } if self.reads_files => file(Path::new(path)).await,
            CompareSide::File { .. } => Err(ApiError::invalid("Only the command line compares files.")),
        }
    }
}

fn checked_number(query: &CompareQuery) -> Result<(), ApiError> {
    let number = query.sides.len();
    if (2..=SIDES_LIMIT).contains(&number) {
        return Ok(());
    }
    Err(ApiError::invalid(format!("{number} things can't be compared. Choose two to {SIDES_LIMIT}.")))
}

/// The message in which the service speaks.
fn said(summary: &ExchangeSummary) -> Side {
    match summary.direction {
        Direction::Push => Side::Request,
        Direction::Pull => Side::Response,
    }
}

fn title(summary: &ExchangeSummary) -> String {
    match (&summary.event_type, summary.direction) {
        (Some(event), Direction::Push) => event.clone(),
        _ => format!("{} {}", summary.method, summary.path),
    }
}

async fn file(path: &Path) -> Result<Input, ApiError> {
    use tokio::io::AsyncReadExt as _;
    let failed = |error: std::io::Error| ApiError::invalid(format!("{} can't be read: {error}.", path.display()));
    let file = tokio::fs::File::open(path).await.map_err(failed)?;
    let size = file.metadata().await.map_err(failed)?.len();
    let mut bytes = Vec::new();
    file.take(VIEW_LIMIT).read_to_end(&mut bytes).await.map_err(failed)?;
    let label = SideLabel {
        title: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        direction: None,
        side: None,
        started_at: None,
        root: String::new(),
        size,
    };
    let document = off_thread(move || Document::new(None, &[], bytes.into(), size)).await?;
    Ok(Input { document: Arc::new(document), label })
}
