//! What stands in the workspace that a filter may ask for: event types, header names, paths of bodies.

use super::{Store, StoreError};
use crate::wire::LooseHead;
use serde_json::Value;
use std::collections::BTreeSet;

/// Exchanges that are looked at: the newest ones.
const LOOKED_AT: u32 = 40;

/// Event types, names or paths at most.
const AT_MOST: usize = 400;

/// Levels of a body that are offered.
const LEVELS: usize = 5;

impl Store {
    /// All event types there are, those of the events in batches as well.
    pub(super) async fn event_types(&self) -> Result<Vec<String>, StoreError> {
        let sql = "WITH RECURSIVE
                   alone(name) AS (SELECT min(event_type) FROM exchange WHERE event_type IS NOT NULL
                       UNION ALL SELECT (SELECT min(event_type) FROM exchange WHERE event_type > name) FROM alone
                       WHERE name IS NOT NULL),
                   in_batch(name) AS (SELECT min(event_type) FROM batch
                       UNION ALL SELECT (SELECT min(event_type) FROM batch WHERE event_type > name) FROM in_batch
                       WHERE name IS NOT NULL)
                   SELECT name FROM alone WHERE name IS NOT NULL
                   UNION SELECT name FROM in_batch WHERE name <> '' ORDER BY name LIMIT 400";
        let rows = sqlx::query_scalar(sql).fetch_all(&self.readers).await;
        rows.map_err(|e| StoreError::from_sqlx("Reading the event types", &e))
    }

    /// Names of headers of the newest exchanges.
    pub(super) async fn header_names(&self) -> Result<Vec<String>, StoreError> {
        let mut names = BTreeSet::new();
        for candidate in self.read_candidates(&self.newest_ids().await?).await? {
            for head in &candidate.heads {
                let headers = LooseHead::parse(head).headers.view();
                names.extend(headers.into_iter().map(|header| header.name).filter(|name| is_key_name(name)));
            }
        }
        Ok(names.into_iter().take(AT_MOST).collect())
    }

    /// Paths to the values in the newest JSON bodies.
    pub(super) async fn body_paths(&self) -> Result<Vec<String>, StoreError> {
        let mut paths = BTreeSet::new();
        for candidate in self.read_candidates(&self.newest_ids().await?).await? {
            for body in &candidate.bodies {
                if let Ok(document) = serde_json::from_slice::<Value>(body) {
                    collect("", &document, LEVELS, &mut paths);
                }
            }
        }
        Ok(paths.into_iter().collect())
    }

    async fn newest_ids(&self) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT id FROM exchange WHERE deletion IS NULL AND request_size + response_size < 262144
                    ORDER BY id DESC LIMIT $1";
        let rows = sqlx::query_scalar(sql).bind(LOOKED_AT).fetch_all(&self.readers).await;
        rows.map_err(|e| StoreError::from_sqlx("Reading the list", &e))
    }
}

/// Only names that a filter can be written with.
fn is_key_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 80
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn collect(path: &str, value: &Value, levels: usize, paths: &mut BTreeSet<String>) {
    if levels == 0 || paths.len() >= AT_MOST {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                let is_plain = is_key_name(name) && !name.contains('.');
                let step = if is_plain { name.clone() } else { format!("[{name:?}]") };
                let dot = if path.is_empty() || !is_plain { "" } else { "." };
                if is_plain || !name.contains(['"', '\\', ']']) {
                    collect(&format!("{path}{dot}{step}"), inner, levels - 1, paths);
                }
            }
        }
        Value::Array(elements) => {
            elements.iter().take(1).for_each(|one| collect(&format!("{path}[*]"), one, levels, paths))
        }
        _ if !path.is_empty() => {
            paths.insert(path.to_owned());
        }
        _ => {}
    }
}
