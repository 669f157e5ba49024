//! Export: which exchanges, in which format.
//!
//! ```text
//! ids, a page at a time ─ Entry (head, masked if asked) ─ one writer a format ─ Out (counts, limits, cancels) ─ file
//! ```
//!
//! Bodies are read in pieces and go straight out; none is held whole beyond what its format says.

mod cookies;
mod csv;
mod curl;
mod entry;
mod error;
mod file;
mod har;
mod http;
mod json;
mod ndjson;
mod out;
mod raw;
mod shell;
mod view;

#[cfg(test)]
mod tests;

pub use error::ExportError;
pub use file::to_file;
pub use ndjson::{Kept, NotNdjson, ReadExchange, read_ndjson};
pub use view::*;

use crate::api::CountQuery;
use crate::exchange::ExchangeId;
use crate::store::{Store, StoreError};
use crate::transfer::redact::Redactor;
use entry::Entry;
use out::Out;
use tokio::io::AsyncWrite;
use tokio_util::sync::CancellationToken;

/// Bytes that a preview shows.
const PREVIEW_LIMIT: u64 = 4 * 1024;

/// Bytes that go to the clipboard at most.
const TEXT_LIMIT: u64 = 4 * 1024 * 1024;

/// Exchanges asked for at once.
const PAGE: u32 = 500;

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Exchanges.
    pub count: u64,
    /// Exchanges that were found, but gone before their turn came. None of a selection: that is whole or an error.
    pub gone: u64,
    /// Bytes.
    pub bytes: u64,
}

/// Is told how many exchanges are written, and how many there are in all.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Writes an export. What was written before an error is no export.
///
/// # Errors
/// If an exchange of a selection is not there, the format does not take the selection, `to` does not take the bytes, or
/// `cancel` was cancelled.
pub async fn to_writer(
    store: &Store,
    query: &ExportQuery,
    to: &mut (dyn AsyncWrite + Unpin + Send),
    progress: Progress<'_>,
    cancel: &CancellationToken,
) -> Result<Written, ExportError> {
    let mut out = Out::new(to, None, cancel.clone());
    let written = Export::new(store, query).await?.run(&mut out, progress).await?;
    Ok(Written { bytes: out.finish().await?, ..written })
}

/// The whole export as text, for the clipboard. Bytes that are not UTF-8 become replacement characters.
///
/// # Errors
/// As [`to_writer`], and if it is longer than 4 MiB.
pub async fn to_text(store: &Store, query: &ExportQuery) -> Result<String, ExportError> {
    let mut bytes = Vec::new();
    let mut out = Out::new(&mut bytes, Some(TEXT_LIMIT), CancellationToken::new());
    Export::new(store, query).await?.run(&mut out, &|_, _| {}).await?;
    out.finish().await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The beginning of an export, how many exchanges it would have, and which names are masked in what is shown. Bodies
/// are never masked.
///
/// # Errors
/// As [`to_writer`].
pub async fn preview(store: &Store, query: &ExportQuery) -> Result<ExportPreview, ExportError> {
    let mut bytes = Vec::new();
    let mut out = Out::new(&mut bytes, Some(PREVIEW_LIMIT), CancellationToken::new());
    let mut export = Export::new(store, query).await?;
    match export.run(&mut out, &|_, _| {}).await {
        Ok(_) | Err(ExportError::TooLong) => out.finish().await?,
        Err(error) => return Err(error),
    };
    let masked = export.redactor.map(Redactor::masked).unwrap_or_default();
    Ok(ExportPreview { text: text_of_cut(&bytes), count: export.total, masked, locked: query.known.locked() })
}

/// Bytes as text; a character that the cut went through is left out.
fn text_of_cut(bytes: &[u8]) -> String {
    let whole = match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    };
    String::from_utf8_lossy(whole).into_owned()
}

/// An export under way.
struct Export<'a> {
    store: &'a Store,
    query: &'a ExportQuery,
    /// The newest exchange when it began: what is stored meanwhile is not in it.
    newest: ExchangeId,
    /// Exchanges in all.
    total: u64,
    /// Masks, if asked to.
    redactor: Option<Redactor>,
}

impl<'a> Export<'a> {
    async fn new(store: &'a Store, query: &'a ExportQuery) -> Result<Self, ExportError> {
        let newest = store.newest().await?;
        let total = match &query.scope {
            ExportScope::Selection { ids } => ids.len() as u64,
            ExportScope::Filter { filter } => {
                let query = CountQuery { filter: filter.clone(), upto: Some(newest) };
                store.count(&query).await?.rows
            }
        };
        let redactor = query.redact.then(|| Redactor::knowing(query.known.clone()));
        Ok(Self { store, query, newest, total, redactor })
    }

    /// Writes all exchanges and returns how many they were; the bytes are for `out` to say.
    async fn run(&mut self, out: &mut Out<'_>, progress: Progress<'_>) -> Result<Written, ExportError> {
        if self.query.format == ExportFormat::Raw && self.total != 1 {
            return Err(ExportError::NotOne(self.total));
        }
        self.begin(out).await?;
        let mut written = Written::default();
        let (mut done, mut last) = (0, 0);
        loop {
            let page = out.unless_cancelled(self.page(done, last)).await??; // a search may take long
            let Some(&end) = page.last() else { break };
            for id in page {
                match self.read(id).await? {
                    Some(entry) => {
                        self.one(&entry, written.count == 0, out).await?;
                        written.count += 1;
                    }
                    None => written.gone += 1,
                }
                done += 1;
                progress(done, self.total.max(done));
            }
            last = end;
        }
        self.end(out).await?;
        Ok(written)
    }

    /// The next exchanges after `done` others, the last of which is `last`. Empty at the end.
    async fn page(&self, done: u64, last: ExchangeId) -> Result<Vec<ExchangeId>, ExportError> {
        match &self.query.scope {
            ExportScope::Selection { ids } => {
                let from = usize::try_from(done).unwrap_or(usize::MAX).min(ids.len());
                Ok(ids[from..].iter().take(PAGE as usize).copied().collect())
            }
            ExportScope::Filter { filter } => Ok(self.store.ids(filter, self.newest, last, PAGE).await?),
        }
    }

    async fn begin(&self, out: &mut Out<'_>) -> Result<(), ExportError> {
        match self.query.format {
            ExportFormat::Ndjson => ndjson::begin(out, self.query.redact).await,
            ExportFormat::Har => har::begin(out, self.query.redact).await,
            ExportFormat::Csv => csv::begin(out).await,
            ExportFormat::Curl | ExportFormat::Raw | ExportFormat::Http => Ok(()),
        }
    }

    /// An exchange, masked if asked to. None if it went after a filter found it: a deletion that falls due throws no
    /// export of thousands away. One that was chosen by its number has to be there.
    async fn read(&mut self, id: ExchangeId) -> Result<Option<Entry>, ExportError> {
        let is_chosen = matches!(self.query.scope, ExportScope::Selection { .. });
        let mut entry = match Entry::read(self.store, id, self.query.format == ExportFormat::Csv).await {
            Err(ExportError::Store(StoreError::NotFound(_))) if !is_chosen => return Ok(None),
            entry => entry?,
        };
        if let Some(redactor) = &mut self.redactor {
            entry.mask(redactor);
        }
        Ok(Some(entry))
    }

    async fn one(&self, entry: &Entry, is_first: bool, out: &mut Out<'_>) -> Result<(), ExportError> {
        match self.query.format {
            ExportFormat::Ndjson => ndjson::write(entry, out).await,
            ExportFormat::Har => har::write(entry, is_first, out).await,
            ExportFormat::Curl => curl::write(entry, out).await,
            ExportFormat::Csv => csv::write(entry, out).await,
            ExportFormat::Raw => raw::write(entry, out).await,
            ExportFormat::Http => http::write(entry, out).await,
        }
    }

    async fn end(&self, out: &mut Out<'_>) -> Result<(), ExportError> {
        match self.query.format {
            ExportFormat::Har => har::end(out).await,
            _ => Ok(()),
        }
    }
}
