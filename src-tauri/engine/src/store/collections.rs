//! Collections, folders and saved requests: one tree of nodes.

use super::organise::{CHANGED, listed};
use super::{Store, StoreError};
use crate::api::{CollectionNode, MoveNode, NewFolder, NodeKind, RenameNode, SaveRequest, SavedRequest};
use crate::send::RequestDefinition;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

/// The collection that takes requests saved without a place.
const FIRST_COLLECTION: &str = "Requests";

/// Longest name of a node, characters.
const NAME: usize = 200;

/// Levels of folders at most: what a screen can still show.
const LEVELS: usize = 32;

impl Store {
    /// All nodes, parents before children, in the order they are shown.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn collections(&self) -> Result<Vec<CollectionNode>, StoreError> {
        let rows = sqlx::query(
            // The deepest that waits is told first, so that a folder is followed by what is in it.
            "WITH RECURSIVE tree (id, parent, kind, name, method, level, position) AS (
                 SELECT id, parent, kind, name, definition ->> 'method', 0, position FROM node WHERE parent IS NULL
                 UNION ALL
                 SELECT n.id, n.parent, n.kind, n.name, n.definition ->> 'method', level + 1, n.position
                   FROM node n JOIN tree ON n.parent = tree.id
                  ORDER BY 6 DESC, 7, 1)
             SELECT id, parent, kind, name, method FROM tree",
        )
        .fetch_all(&self.readers)
        .await;
        Ok(rows.map_err(|e| StoreError::from_sqlx("Reading the collections", &e))?.iter().map(node).collect())
    }

    /// Makes a collection or a folder, behind its siblings.
    ///
    /// # Errors
    /// `Invalid` for an empty name; `NotFound` if the parent is gone.
    pub async fn create_folder(&self, new: NewFolder) -> Result<CollectionNode, StoreError> {
        let name = valid_name(&new.name)?;
        if let Some(parent) = new.parent {
            self.container(parent).await?;
        }
        let kind = if new.parent.is_some() { "folder" } else { "collection" };
        let id = self.insert_node(new.parent, kind, name, None).await?;
        self.node(id).await
    }

    /// # Errors
    /// `Invalid` for an empty name; `NotFound` if the node is gone.
    pub async fn rename_node(&self, rename: RenameNode) -> Result<(), StoreError> {
        let name = valid_name(&rename.name)?;
        let node = self.node(rename.id).await?;
        self.writer
            .job("Renaming", move |connection| {
                Box::pin(async move {
                    let sql = "UPDATE node SET name = $2 WHERE id = $1";
                    sqlx::query(sql).bind(node.id).bind(name).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// # Errors
    /// `NotFound` if a node is gone; `Invalid` if it would come to lie in itself, or at a place of the wrong kind.
    pub async fn move_node(&self, to: MoveNode) -> Result<(), StoreError> {
        let node = self.node(to.id).await?;
        match to.parent {
            Some(parent) => {
                let above = self.container(parent).await?;
                if above.contains(&to.id) || parent == to.id {
                    return Err(StoreError::Invalid(format!("{} can't be moved into itself.", node.name)));
                }
            }
            None if node.kind == NodeKind::Request => {
                return Err(StoreError::Invalid("A request has to be in a collection.".into()));
            }
            None => {}
        }
        let kind = match (node.kind, to.parent) {
            (NodeKind::Request, _) => "request",
            (_, None) => "collection",
            (_, Some(_)) => "folder",
        };
        self.writer
            .job("Moving", move |connection| {
                Box::pin(async move {
                    let position = position(connection, to.parent, to.before).await?;
                    sqlx::query("UPDATE node SET parent = $2, position = $3, kind = $4 WHERE id = $1")
                        .bind(to.id)
                        .bind(to.parent)
                        .bind(position)
                        .bind(kind)
                        .execute(connection)
                        .await
                        .map(drop)
                })
            })
            .await
    }

    /// # Errors
    /// `NotFound` if it is gone.
    pub async fn saved_request(&self, id: i64) -> Result<SavedRequest, StoreError> {
        let row = sqlx::query("SELECT parent, name, definition FROM node WHERE id = $1 AND kind = 'request'");
        let row = row.bind(id).fetch_optional(&self.readers).await;
        let row = row
            .map_err(|e| StoreError::from_sqlx("Reading a request", &e))?
            .ok_or_else(|| StoreError::NotFound(format!("Request {id}")))?;
        let definition = definition(row.get(2))?;
        Ok(SavedRequest { id, parent: row.get(0), name: row.get(1), definition })
    }

    /// The saved request of this name; the first in the order shown if there are several.
    ///
    /// # Errors
    /// `NotFound` if there is none.
    pub async fn request_named(&self, name: &str) -> Result<SavedRequest, StoreError> {
        let nodes = self.collections().await?;
        let named = nodes.into_iter().find(|node| node.kind == NodeKind::Request && node.name == name);
        let node = named.ok_or_else(|| StoreError::NotFound(format!("A saved request named {name:?}")))?;
        self.saved_request(node.id).await
    }

    /// Keeps a request: over the one it names, or as a new one.
    ///
    /// # Errors
    /// `Invalid` for an empty name; `NotFound` if what it names is gone.
    pub async fn save_request(&self, save: SaveRequest) -> Result<SavedRequest, StoreError> {
        let name = valid_name(&save.name)?;
        let json = serde_json::to_string(&save.definition)
            .map_err(|error| StoreError::Invalid(format!("The request can't be written as JSON: {error}.")))?;
        let parent = match (save.parent, save.id) {
            (Some(parent), _) => {
                self.container(parent).await?;
                Some(parent)
            }
            (None, Some(_)) => None,
            (None, None) => Some(self.first_collection().await?),
        };
        let answers = listed(&save.answers)?;
        let id = match (save.id, parent) {
            (None, parent) => self.insert_node(parent, "request", name, Some(json)).await?,
            (Some(id), parent) => {
                self.saved_request(id).await?;
                self.writer
                    .job("Saving a request", move |connection| {
                        Box::pin(async move {
                            let sql = "UPDATE node SET name = $2, definition = $3, parent = coalesce($4, parent)
                                        WHERE id = $1";
                            let query = sqlx::query(sql).bind(id).bind(name).bind(json).bind(parent);
                            query.execute(connection).await.map(drop)
                        })
                    })
                    .await?;
                id
            }
        };
        if !answers.is_empty() {
            let sql = format!(
                "UPDATE exchange SET request_id = {id} WHERE id IN ({answers}) AND request_id IS NULL; {CHANGED}"
            );
            self.run("Keeping the answers of a request", sql).await?;
        }
        self.saved_request(id).await
    }

    pub(super) async fn first_collection(&self) -> Result<i64, StoreError> {
        let nodes = self.collections().await?;
        let named = |node: &&CollectionNode| node.kind == NodeKind::Collection && node.name == FIRST_COLLECTION;
        match nodes.iter().find(named) {
            Some(node) => Ok(node.id),
            None => self.insert_node(None, "collection", FIRST_COLLECTION.into(), None).await,
        }
    }

    async fn insert_node(
        &self,
        parent: Option<i64>,
        kind: &'static str,
        name: String,
        definition: Option<String>,
    ) -> Result<i64, StoreError> {
        self.writer
            .job("Saving", move |connection| {
                Box::pin(async move {
                    let position = position(connection, parent, None).await?;
                    let sql = "INSERT INTO node (parent, kind, name, position, definition) VALUES ($1,$2,$3,$4,$5)";
                    let query = sqlx::query(sql).bind(parent).bind(kind).bind(name).bind(position).bind(definition);
                    query.execute(connection).await.map(|done| done.last_insert_rowid())
                })
            })
            .await
    }

    async fn node(&self, id: i64) -> Result<CollectionNode, StoreError> {
        let nodes = self.collections().await?;
        nodes.into_iter().find(|node| node.id == id).ok_or_else(|| StoreError::NotFound(format!("Entry {id}")))
    }

    /// The containers above and including `id`; an error if it is a request or too deep.
    async fn container(&self, id: i64) -> Result<Vec<i64>, StoreError> {
        let nodes = self.collections().await?;
        let find = |id: i64| nodes.iter().find(|node| node.id == id);
        let node = find(id).ok_or_else(|| StoreError::NotFound(format!("Folder {id}")))?;
        if node.kind == NodeKind::Request {
            return Err(StoreError::Invalid(format!("{} is a request and can't hold others.", node.name)));
        }
        let mut above = vec![id];
        let mut parent = node.parent;
        while let Some(id) = parent {
            above.push(id);
            parent = find(id).and_then(|node| node.parent);
        }
        if above.len() >= LEVELS {
            return Err(StoreError::Invalid(format!("Folders can be {LEVELS} levels deep at most.")));
        }
        Ok(above)
    }
}

/// A place before a sibling, or behind all of them.
async fn position(
    connection: &mut SqliteConnection,
    parent: Option<i64>,
    before: Option<i64>,
) -> Result<f64, sqlx::Error> {
    let Some(before) = before else {
        let sql = "SELECT coalesce(max(position), 0.0) + 1.0 FROM node WHERE parent IS $1";
        return sqlx::query(sql).bind(parent).fetch_one(connection).await.and_then(|row| row.try_get(0));
    };
    let (above, below) = gap(connection, parent, before).await?;
    let between = f64::midpoint(above, below);
    if above < between && between < below {
        return Ok(between);
    }
    // Each drop into a gap halves it; here it is used up.
    let sql = "UPDATE node SET position = numbered.position
                 FROM (SELECT id, row_number() OVER (ORDER BY position, id) AS position
                         FROM node WHERE parent IS $1) AS numbered
                WHERE node.id = numbered.id";
    sqlx::query(sql).bind(parent).execute(&mut *connection).await?;
    gap(connection, parent, before).await.map(|(above, below)| f64::midpoint(above, below))
}

/// The positions between which a node comes to lie that is put before a sibling.
async fn gap(connection: &mut SqliteConnection, parent: Option<i64>, before: i64) -> Result<(f64, f64), sqlx::Error> {
    let sql = "SELECT coalesce((SELECT max(a.position) FROM node a
                                 WHERE a.parent IS $1 AND (a.position, a.id) < (b.position, b.id)), b.position - 2),
                      b.position
                 FROM node b WHERE b.id = $2";
    sqlx::query_as(sql).bind(parent).bind(before).fetch_one(connection).await
}

fn valid_name(name: &str) -> Result<String, StoreError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME {
        return Err(StoreError::Invalid(format!("A name has 1 to {NAME} characters.")));
    }
    Ok(name.to_owned())
}

fn node(row: &SqliteRow) -> CollectionNode {
    let kind = match row.get::<&str, _>(2) {
        "collection" => NodeKind::Collection,
        "folder" => NodeKind::Folder,
        _ => NodeKind::Request,
    };
    CollectionNode { id: row.get(0), parent: row.get(1), kind, name: row.get(3), method: row.get(4) }
}

fn definition(json: &str) -> Result<RequestDefinition, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Sqlite {
        act: "Reading a request",
        reason: format!("its definition is not in the expected form ({error})"),
    })
}
