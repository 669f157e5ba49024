//! Columns of the list that read a value out of each exchange: at a JSON path of the body, or of a header. Only for
//! rows that are shown, never on the way of a capture.

use super::check::Candidate;
use super::{Store, StoreError};
use crate::api::{CellsQuery, ListColumns};
use crate::exchange::ExchangeId;
use crate::inspect::{JsonPath, values};
use crate::wire::LooseHead;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Values that are remembered.
const REMEMBERED: usize = 20_000;

/// Longest value that is shown, characters.
const LONGEST: usize = 200;

/// Exchanges read at once.
const AT_ONCE: usize = 16;

/// Columns at most.
const COLUMNS: usize = 40;

/// Values that were read lately, by exchange and column.
#[derive(Debug, Default)]
pub(super) struct Cells(Mutex<HashMap<(ExchangeId, String), Option<String>>>);

/// Where a column takes its value from.
enum Place {
    Header(String),
    Body(JsonPath),
}

impl Place {
    fn read(column: &str) -> Result<Self, StoreError> {
        let place = match column.split_once('.') {
            Some(("header", name)) if !name.is_empty() => Some(Self::Header(name.to_owned())),
            Some(("body", _)) => JsonPath::of_key(column).map(Self::Body),
            _ => None,
        };
        place.ok_or_else(|| {
            StoreError::Invalid(format!(
                "{column:?} can't be a column. Write a path like body.data.object.id or a header like header.User-Agent."
            ))
        })
    }

    /// The first value there is; how many more there are stands behind it.
    fn value(&self, candidate: &Candidate) -> Option<String> {
        let mut found = match self {
            Self::Header(name) => candidate.heads.iter().find_map(|head| {
                let headers = LooseHead::parse(head).headers;
                let all: Vec<String> =
                    headers.all(name).map(|value| String::from_utf8_lossy(value).into_owned()).collect();
                (!all.is_empty()).then_some(all)
            })?,
            Self::Body(path) => candidate.bodies.iter().find_map(|body| {
                let document = values(body)?;
                let all: Vec<String> = path.find(&document).into_iter().map(text).collect();
                (!all.is_empty()).then_some(all)
            })?,
        };
        let more = found.len() - 1;
        let mut shown: String = found.swap_remove(0).chars().take(LONGEST).collect();
        if more > 0 {
            shown += &format!(" +{more}");
        }
        Some(shown)
    }
}

/// Strings as they are, everything else as JSON has it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(elements) => format!("[{}]", elements.len()),
        Value::Object(members) => format!("{{{}}}", members.len()),
        scalar => scalar.to_string(),
    }
}

impl Store {
    /// The values of columns for some rows: a list a row, in the order of the columns.
    ///
    /// # Errors
    /// `Invalid` if a column is no path and no header.
    pub async fn cells(&self, query: &CellsQuery) -> Result<Vec<Vec<Option<String>>>, StoreError> {
        super::organise::listed(&query.ids)?;
        if query.columns.len() > COLUMNS {
            return Err(StoreError::Invalid(format!("A list has at most {COLUMNS} columns.")));
        }
        let places = query.columns.iter().map(|column| Place::read(column)).collect::<Result<Vec<_>, _>>()?;
        let mut rows = self.cells.known(query);
        let mut missing: Vec<ExchangeId> = query.ids.iter().copied().filter(|id| !rows.contains_key(id)).collect();
        missing.sort_unstable();
        for ids in missing.chunks(AT_ONCE) {
            for candidate in self.read_candidates(ids).await? {
                let row: Vec<_> = places.iter().map(|place| place.value(&candidate)).collect();
                self.cells.keep(candidate.id, &query.columns, &row);
                rows.insert(candidate.id, row);
            }
        }
        let gone = || vec![None; query.columns.len()];
        Ok(query.ids.iter().map(|id| rows.get(id).cloned().unwrap_or_else(gone)).collect())
    }

    /// The columns of the list as the user has set them; None if never.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn columns(&self) -> Result<Option<ListColumns>, StoreError> {
        self.named("Reading the columns", "columns").await
    }

    /// Keeps the columns of the list.
    ///
    /// # Errors
    /// `Invalid` for too many, or one that is neither built in nor a path or header.
    pub async fn save_columns(&self, columns: &ListColumns) -> Result<(), StoreError> {
        if columns.columns.len() > COLUMNS {
            return Err(StoreError::Invalid(format!("A list has at most {COLUMNS} columns.")));
        }
        for column in columns.columns.iter().filter(|column| column.id.contains('.')) {
            Place::read(&column.id)?;
        }
        self.keep_named("Keeping the columns", "columns".into(), Some(columns)).await
    }
}

impl Cells {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(ExchangeId, String), Option<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows of which all values are known.
    fn known(&self, query: &CellsQuery) -> HashMap<ExchangeId, Vec<Option<String>>> {
        let known = self.lock();
        let cell = |id, column: &String| known.get(&(id, column.clone())).cloned();
        let row = |id| query.columns.iter().map(|column| cell(id, column)).collect::<Option<Vec<_>>>();
        query.ids.iter().filter_map(|id| Some((*id, row(*id)?))).collect()
    }

    fn keep(&self, id: ExchangeId, columns: &[String], row: &[Option<String>]) {
        let mut known = self.lock();
        if known.len() >= REMEMBERED {
            known.clear(); // cheap to read again: only rows that are shown are asked for
        }
        known.extend(columns.iter().zip(row).map(|(column, value)| ((id, column.clone()), value.clone())));
    }
}
