//! Deleting nodes of the collections so that it can be taken back. What was deleted is gone from the file at once, and
//! stays in memory for as long as it can come back: under its old numbers, so that tabs and answers find it again.

use super::{Store, StoreError};
use crate::api::NodeDeletion;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a deletion can be taken back: what the window promises, and some more for a slow click.
const UNDO: Duration = Duration::from_secs(15);

/// What was deleted lately.
#[derive(Debug, Default)]
pub(super) struct DeletedNodes(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    newest: i64,
    deletions: VecDeque<(i64, Instant, Vec<Node>)>,
}

/// A row of the table `node`.
#[derive(Debug, Clone)]
struct Node {
    id: i64,
    parent: Option<i64>,
    kind: String,
    name: String,
    position: f64,
    definition: Option<String>,
}

impl Store {
    /// Deletes a node and all below it. It can be taken back for a while.
    ///
    /// # Errors
    /// `NotFound` if the node is gone.
    pub async fn delete_node(&self, id: i64) -> Result<NodeDeletion, StoreError> {
        let rows: Vec<Node> = self
            .writer
            .job("Deleting", move |connection| {
                Box::pin(async move {
                    let below = "WITH RECURSIVE below (id, depth) AS (
                             SELECT id, 0 FROM node WHERE id = $1
                             UNION ALL SELECT n.id, depth + 1 FROM node n JOIN below ON n.parent = below.id)
                         SELECT n.id, parent, kind, name, position, definition FROM node n JOIN below USING (id) ORDER BY depth, n.id";
                    let rows = sqlx::query(below).bind(id).map(node).fetch_all(&mut *connection).await?;
                    sqlx::query("DELETE FROM node WHERE id = $1").bind(id).execute(connection).await?;
                    Ok(rows)
                })
            })
            .await?;
        if rows.is_empty() {
            return Err(StoreError::NotFound(format!("Entry {id}")));
        }
        let requests = rows.iter().filter(|row| row.kind == "request").count() as u64;
        Ok(NodeDeletion { id: self.deleted_nodes.keep(rows), requests })
    }

    /// Puts back what a deletion took, where it was. If the folder above is gone, a folder comes back as a collection,
    /// and a request into the first collection.
    ///
    /// # Errors
    /// `NotFound` if it is too late; else what SQLite says, and it can be tried again.
    pub async fn undo_node_deletion(&self, deletion: i64) -> Result<(), StoreError> {
        let late = || StoreError::NotFound("What was deleted".into());
        let mut rows = self.deleted_nodes.of(deletion).ok_or_else(late)?;
        let root = rows.first_mut().ok_or_else(late)?;
        if let Some(parent) = root.parent
            && !self.has_node(parent).await?
        {
            if root.kind == "request" {
                root.parent = Some(self.first_collection().await?);
            } else {
                (root.parent, root.kind) = (None, "collection".into());
            }
        }
        self.writer
            .job("Taking a deletion back", move |connection| {
                Box::pin(async move {
                    let sql = "INSERT INTO node (id, parent, kind, name, position, definition)
                               VALUES ($1, $2, $3, $4, $5, $6)";
                    for row in rows {
                        let query = sqlx::query(sql).bind(row.id).bind(row.parent).bind(row.kind).bind(row.name);
                        query.bind(row.position).bind(row.definition).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        self.deleted_nodes.forget(deletion);
        Ok(())
    }

    async fn has_node(&self, id: i64) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM node WHERE id = $1)").bind(id).fetch_one(&self.readers);
        Ok(row.await.map_err(|e| StoreError::from_sqlx("Reading the collections", &e))?.get(0))
    }
}

fn node(row: SqliteRow) -> Node {
    Node {
        id: row.get(0),
        parent: row.get(1),
        kind: row.get(2),
        name: row.get(3),
        position: row.get(4),
        definition: row.get(5),
    }
}

impl DeletedNodes {
    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.deletions.retain(|(_, at, _)| at.elapsed() < UNDO);
        kept
    }

    fn keep(&self, rows: Vec<Node>) -> i64 {
        let mut kept = self.lock();
        kept.newest += 1;
        let id = kept.newest;
        kept.deletions.push_back((id, Instant::now(), rows));
        id
    }

    fn of(&self, deletion: i64) -> Option<Vec<Node>> {
        self.lock().deletions.iter().find(|(id, ..)| *id == deletion).map(|(.., rows)| rows.clone())
    }

    fn forget(&self, deletion: i64) {
        self.lock().deletions.retain(|(id, ..)| *id != deletion);
    }
}
