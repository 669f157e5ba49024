//! `pushpull diff`

use crate::arguments::Diff;
use crate::output::{Outcome, Output, counted, visible, word};
use pushpull_engine::Engine;
use pushpull_engine::api::{Api, ApiError};
use pushpull_engine::compare::{
    ArrayKey, CellState, CompareCell, CompareQuery, CompareRow, CompareRowsQuery, CompareSide, DiffKind, HeaderRow,
};

/// Rows asked for at a time.
const PAGE: u32 = 1_000;

pub(crate) async fn run(engine: &Engine, diff: Diff, output: Output) -> anyhow::Result<Outcome> {
    let api = Api::of(engine.clone());
    let compare = CompareQuery {
        sides: diff.sides.iter().map(|side| side_of(side)).collect(),
        ignore: diff.ignore,
        keys: diff.key.iter().map(|key| array_key(key)).collect::<Result<_, _>>()?,
    };
    if diff.headers {
        return headers(&api, compare, output).await;
    }
    let comparison = api.compare(compare.clone()).await?;
    let mut query = CompareRowsQuery { compare, show_ignored: false, show_equal: false, from: 0, count: PAGE };
    loop {
        let page = api.compare_rows(query.clone()).await?;
        for row in page.rows.iter().filter(|row| !row.cells.is_empty()) {
            output.result(row, text)?;
        }
        query.from += page.rows.len() as u64;
        if page.rows.is_empty() || query.from >= page.total {
            break;
        }
    }
    let (differences, ignored) = (comparison.differences, comparison.ignored);
    eprintln!("{}, {ignored} ignored, {} equal", counted(differences, "difference"), comparison.equal);
    if let Some(notice) = comparison.notice {
        eprintln!("{notice}");
    }
    Ok(if differences > 0 { Outcome::CheckedNo } else { Outcome::Done })
}

async fn headers(api: &Api, compare: CompareQuery, output: Output) -> anyhow::Result<Outcome> {
    let rows = api.compare_headers(compare).await?.rows;
    let differs = |row: &&HeaderRow| row.kind != DiffKind::Equal;
    for row in rows.iter().filter(differs) {
        output.result(row, |row: &HeaderRow| line(&row.kind, &row.name, &row.cells))?;
    }
    let differences = rows.iter().filter(differs).count() as u64;
    eprintln!("{}, {} equal", counted(differences, "difference"), rows.len() as u64 - differences);
    Ok(if differences > 0 { Outcome::CheckedNo } else { Outcome::Done })
}

/// A number is an exchange; anything else, and `./12`, is a file.
fn side_of(text: &str) -> CompareSide {
    match text.parse() {
        Ok(id) => CompareSide::Exchange { id, side: None, root: String::new() },
        Err(_) => CompareSide::File { path: text.to_owned() },
    }
}

fn array_key(text: &str) -> Result<ArrayKey, ApiError> {
    let (path, field) = text
        .rsplit_once('=')
        .ok_or_else(|| ApiError::invalid(format!("{text:?} is not a key. Write --key '$.data.items=id'.")))?;
    Ok(ArrayKey { path: path.to_owned(), field: field.to_owned() })
}

fn text(row: &CompareRow) -> String {
    line(&row.kind, &row.path, &row.cells)
}

fn line(kind: &DiffKind, place: &str, cells: &[CompareCell]) -> String {
    let cells = cells.iter().map(|cell| match cell.state {
        CellState::Missing => "not present".to_owned(),
        _ => cell.text.clone(),
    });
    visible(&format!("{:<8} {place}: {}", word(kind), cells.collect::<Vec<_>>().join(" | ")))
}
