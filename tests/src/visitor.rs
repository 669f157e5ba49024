//! Somebody who reads: pages through the list, opens exchanges and looks at all of their views, through the commands
//! that the window calls.

use crate::Dice;
use anyhow::{Result, anyhow};
use pushpull_engine::api::{Answer, Api, dispatch};
use serde_json::{Value, json};

/// Rows of a page of the list, and of a view.
const PAGE: u64 = 200;
const ROWS: u64 = 60;
/// A comparison is made at one exchange in so many, a search at one in so many.
const COMPARES: u64 = 8;
const SEARCHES: u64 = 16;
/// What is searched for and filtered by.
const FILTERS: &[&str] =
    &["octocat", "type:push", "-type:issues* status:2xx", "\"full_name\"", "header.x-github-event:ping", "needle"];

/// One who reads at random.
#[derive(Debug)]
pub struct Visitor<'a> {
    api: &'a Api,
    dice: Dice,
}

impl<'a> Visitor<'a> {
    /// A visitor to this workspace.
    #[must_use]
    pub fn new(api: &'a Api) -> Self {
        Self { api, dice: Dice::new() }
    }

    /// Goes to a place of the list, opens one of its exchanges and looks at everything in it; so many times.
    ///
    /// # Errors
    /// What a command says.
    pub async fn read(&mut self, times: u64) -> Result<()> {
        for _ in 0..times {
            self.look().await?;
        }
        Ok(())
    }

    async fn look(&mut self) -> Result<()> {
        let total = self.call("count", json!({ "filter": "", "upto": null })).await?["rows"].as_u64().unwrap_or(0);
        let from = self.dice.below(total.saturating_sub(PAGE).max(1));
        let page = self.list("", from).await?;
        let rows = page["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(row) = rows.get(self.dice.below(rows.len() as u64) as usize) else { return Ok(()) };
        let id = row["id"].clone();
        self.call("exchange", json!({ "id": id })).await?;
        for side in ["request", "response"] {
            self.views(&json!({ "id": id, "side": side })).await?;
        }
        if self.dice.below(COMPARES) == 0 {
            let other = &rows[self.dice.below(rows.len() as u64) as usize]["id"];
            self.compare(&id, other).await?;
        }
        if self.dice.below(SEARCHES) == 0 {
            let filter = FILTERS[self.dice.below(FILTERS.len() as u64) as usize];
            self.list(filter, 0).await?;
        }
        Ok(())
    }

    async fn list(&self, filter: &str, from: u64) -> Result<Value> {
        self.call("list", json!({ "filter": filter, "upto": null, "from": from, "count": PAGE, "near": null })).await
    }

    async fn views(&mut self, body: &Value) -> Result<()> {
        self.call("body_info", body.clone()).await?;
        let from = self.dice.below(100);
        for pretty in [false, true] {
            self.call("text_rows", json!({ "body": body, "pretty": pretty, "from": from, "count": ROWS })).await?;
        }
        for name in ["hex_rows", "raw_rows"] {
            self.call(name, json!({ "body": body, "from": from, "count": ROWS })).await?;
        }
        let tree = json!({ "body": body, "depth": 2, "toggled": [], "from": 0, "count": ROWS });
        // A body that is no JSON has no tree.
        let _ = self.call("tree_rows", tree).await;
        self.call("find", json!({ "body": body, "needle": "octocat", "view": "text" })).await?;
        self.call("parts", body.clone()).await?;
        Ok(())
    }

    async fn compare(&self, one: &Value, other: &Value) -> Result<()> {
        let side = |id: &Value| json!({ "type": "exchange", "id": id, "side": null });
        let compare = json!({ "sides": [side(one), side(other)], "ignore": [], "keys": [] });
        self.call("compare", compare.clone()).await?;
        let rows = json!({ "compare": compare, "showIgnored": true, "showEqual": true, "from": 0, "count": ROWS });
        self.call("compare_rows", rows).await?;
        self.call("compare_headers", compare).await?;
        Ok(())
    }

    async fn call(&self, name: &str, args: Value) -> Result<Value> {
        match dispatch(self.api, name, args).await {
            Ok(Answer::Json(value)) => Ok(value),
            Ok(Answer::Bytes(_)) => Ok(Value::Null),
            Err(error) => Err(anyhow!("{name}: {error}")),
        }
    }
}
