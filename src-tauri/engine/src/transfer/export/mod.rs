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
use crate::exchange::{Direction, ExchangeId};
use crate::store::{IdPages, Store, StoreError};
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
    /// Exchanges that were found, but can't be read any more: they are damaged in the file. None of a selection.
    pub damaged: u64,
    /// Exchanges of which not all is kept, in a format that can't say so: left out of the wire bytes, where what follows
    /// would be taken for the rest, and written as far as it goes as a body. None of a selection of wire bytes.
    pub partial: u64,
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
    let mut export = Export::new(store, query).await?;
    export.run(&mut out, progress).await?;
    Ok(Written { bytes: out.finish().await?, ..export.written })
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
        Ok(()) | Err(ExportError::TooLong) => out.finish().await?,
        Err(error) => return Err(error),
    };
    let masked = export.redactor.map(Redactor::masked).unwrap_or_default();
    let (count, partial, locked) = (export.total, export.written.partial, query.known.locked());
    Ok(ExportPreview { text: text_of_cut(&bytes), count, partial, masked, locked })
}

/// Bytes as text; a character that the cut went through is left out.
fn text_of_cut(bytes: &[u8]) -> String {
    let whole = match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    };
    String::from_utf8_lossy(whole).into_owned()
}

/// What became of an exchange whose turn it is.
enum Found {
    Entry(Box<Entry>),
    /// Not all of it is kept, and the format can't say so.
    Partial,
    Gone,
    Damaged,
}

/// What is exported, a page at a time.
enum Pages<'a> {
    Selection(std::slice::Chunks<'a, ExchangeId>),
    Filter(IdPages),
}

impl Pages<'_> {
    /// The next exchanges. Empty at the end.
    async fn next(&mut self) -> Result<Vec<ExchangeId>, ExportError> {
        match self {
            Self::Selection(pages) => Ok(pages.next().unwrap_or_default().to_vec()),
            Self::Filter(pages) => Ok(pages.next(PAGE).await?),
        }
    }
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
    /// What was written so far; the bytes are for what takes them to say.
    written: Written,
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
        Ok(Self { store, query, newest, total, redactor, written: Written::default() })
    }

    /// Writes all exchanges.
    async fn run(&mut self, out: &mut Out<'_>, progress: Progress<'_>) -> Result<(), ExportError> {
        if self.query.format == ExportFormat::Raw && self.total != 1 {
            return Err(ExportError::NotOne(self.total));
        }
        self.begin(out).await?;
        let (mut done, mut pages) = (0, self.pages());
        loop {
            let page = out.unless_cancelled(pages.next()).await??; // a search may take long
            if page.is_empty() {
                break;
            }
            for id in page {
                match self.read(id).await? {
                    Found::Entry(entry) => {
                        let is_part = self.query.format == ExportFormat::Raw && entry.loss().is_some();
                        self.written.partial += u64::from(is_part);
                        self.one(&entry, self.written.count == 0, out).await?;
                        self.written.count += 1;
                    }
                    Found::Partial => self.written.partial += 1,
                    Found::Gone => self.written.gone += 1,
                    Found::Damaged => self.written.damaged += 1,
                }
                done += 1;
                progress(done, self.total.max(done));
            }
        }
        self.end(out).await
    }

    fn pages(&self) -> Pages<'a> {
        match &self.query.scope {
            ExportScope::Selection { ids } => Pages::Selection(ids.chunks(PAGE as usize)),
            ExportScope::Filter { filter } => Pages::Filter(self.store.id_pages(filter, self.newest, 0)),
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

    /// An exchange, masked if asked to. One that a filter found may be gone or damaged, which throws no export of
    /// thousands away; one that was chosen by its number has to be there, and whole where the format wants that.
    async fn read(&mut self, id: ExchangeId) -> Result<Found, ExportError> {
        let is_chosen = matches!(self.query.scope, ExportScope::Selection { .. });
        let mut entry = match Entry::read(self.store, id, self.query.format == ExportFormat::Csv).await {
            Err(ExportError::Store(StoreError::NotFound(_))) if !is_chosen => return Ok(Found::Gone),
            Err(ExportError::Store(StoreError::Damaged(_))) if !is_chosen => return Ok(Found::Damaged),
            entry => entry?,
        };
        if let Some(reason) = entry.loss().filter(|_| self.query.format == ExportFormat::Http)
            && entry.summary.direction == Direction::Push
        {
            return if is_chosen { Err(ExportError::NotWhole(id, reason)) } else { Ok(Found::Partial) };
        }
        if let Some(redactor) = &mut self.redactor {
            entry.mask(redactor);
        }
        Ok(Found::Entry(Box::new(entry)))
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
