//! The list as the command line prints it, page by page, while rows go.

use anyhow::{Context, Result};
use pushpull_tests::{Home, Listener, Running};
use sqlx::{AssertSqlSafe, Connection as _};

/// More than two pages, and more than a pipe takes before somebody reads it.
const PUSHES: usize = 1_200;

/// The rows of a page.
const PAGE: usize = 500;

/// Takes rows away for good, as what is due or too old is taken away.
async fn take_away(home: &Home, ids: &[i64]) -> Result<()> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(home.workspace());
    let mut file = sqlx::SqliteConnection::connect_with(&options).await?;
    let list = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let sql = format!("DELETE FROM wire WHERE id IN ({list}); DELETE FROM exchange WHERE id IN ({list});");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut file).await?;
    Ok(file.close().await?)
}

/// What `list` prints, one of whose pages is read before `gone` go and the others after.
async fn listed(home: &Home, arguments: &[&str], gone: &[i64]) -> Result<Vec<i64>> {
    let all = [&["list", "--json", "--limit", "5000"], arguments].concat();
    let mut list = Running::start(home, &all).await?;
    list.line().await?; // and then it waits: the pipe is full before its page is out
    take_away(home, gone).await?;
    let lines = list.ended().await?.ok()?.lines()?;
    lines.iter().map(|line| line["id"].as_i64().context("A line has no id")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_go_while_it_is_printed_keep_no_others_back() -> Result<()> {
    let home = Home::new()?;
    let mut listener = Listener::start(&home).await?;
    listener.fill("shop", PUSHES).await?;
    listener.interrupt().await?;
    let mut left: Vec<i64> = (1..=PUSHES as i64).rev().collect();
    for filter in [&[][..], &["source:shop"], &["needle"], &["\"eedle\""]] {
        let (first, last_of_page, later) = (left[0], left[PAGE - 1], left[PAGE + 200]);
        let printed = listed(&home, filter, &[first, last_of_page, later]).await?;
        left.retain(|id| *id != later);
        assert_eq!(printed, left, "{filter:?}");
        left.retain(|id| ![first, last_of_page].contains(id));
    }
    let later = left.remove(PAGE + 200);
    left.reverse();
    assert_eq!(listed(&home, &["--after", "0"], &[later]).await?, left);
    Ok(())
}
