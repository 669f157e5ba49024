//! `pushpull show`

use crate::arguments::Show;
use crate::output::{Outcome, Output, row, size, visible};
use pushpull_engine::Engine;
use pushpull_engine::api::ApiError;
use pushpull_engine::exchange::{Answered, AnsweredBy, Direction, Exchange, ExchangeId, Fault, MessageView, Side};
use pushpull_engine::inspect::{BodyRef, Filter, FilterLanguage, Lens, Reading};
use std::io::Write as _;
use tokio_util::sync::CancellationToken;

/// Bytes read at a time.
const PIECE: u64 = 1024 * 1024;

/// Rows of a body that are shown; the whole is `--body`.
const ROWS: u32 = 1_000;

pub(crate) async fn run(engine: &Engine, show: Show, output: Output) -> anyhow::Result<Outcome> {
    if let Some(which) = show.raw.or(show.body) {
        say_if_partial(engine, show.id, which.into()).await?;
    }
    if let Some(which) = show.raw {
        write_raw(engine, show.id, which.into()).await?;
    } else if let (Some(which), Some(filter)) = (show.body, filter(&show)) {
        return write_found(engine, BodyRef { id: show.id, side: which.into() }, filter).await;
    } else if let Some(which) = show.body {
        write_body(engine, show.id, which.into()).await?;
    } else {
        let exchange = engine.store.exchange(show.id).await.map_err(ApiError::from)?;
        if output.json {
            output.result(&exchange, |_| String::new())?;
        } else {
            print(engine, &exchange, output).await?;
        }
    }
    Ok(Outcome::Done)
}

/// What is printed goes on to other programs as it is: that not all of it is there goes to stderr.
async fn say_if_partial(engine: &Engine, id: ExchangeId, side: Side) -> anyhow::Result<()> {
    let summary = engine.store.summary(id).await.map_err(ApiError::from)?;
    // Marks speak of what came in: the request of a push, the response of a pull.
    let came_in = if summary.direction == Direction::Push { Side::Request } else { Side::Response };
    if let Some(reason) = summary.marks.iter().find_map(|mark| mark.loss()).filter(|_| side == came_in) {
        eprintln!("Exchange {id} is not kept whole: {reason}.");
    }
    Ok(())
}

/// The bytes as they were on the wire.
async fn write_raw(engine: &Engine, id: ExchangeId, side: Side) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut wire = engine.store.wire(id, side).await.map_err(ApiError::from)?;
    while let Some(bytes) = wire.next().await? {
        out.write_all(&bytes)?;
    }
    out.flush()?;
    Ok(())
}

async fn write_body(engine: &Engine, id: ExchangeId, side: Side) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut at = 0;
    loop {
        let piece = engine.store.body(id, side, at..at + PIECE).await.map_err(ApiError::from)?;
        if piece.is_empty() {
            break;
        }
        out.write_all(&piece)?;
        at += piece.len() as u64;
    }
    out.flush()?;
    Ok(())
}

fn filter(show: &Show) -> Option<Filter> {
    let jq = show.jq.clone().map(|program| Filter { language: FilterLanguage::Jq, program });
    jq.or_else(|| show.jsonpath.clone().map(|program| Filter { language: FilterLanguage::JsonPath, program }))
}

/// The values that a filter finds in a body, one a line. What is wrong with the filter, or not exact, goes to stderr.
async fn write_found(engine: &Engine, body: BodyRef, filter: Filter) -> anyhow::Result<Outcome> {
    let cancel = CancellationToken::new();
    let found = engine.filter(&body.into(), &filter, &cancel).await?;
    let reading =
        Reading { id: body.id, side: body.side, through: Some(vec![Lens::Filter { filter: filter.clone() }]) };
    std::io::stdout().lock().write_all(&engine.reading(&reading).await?.values(found.results))?;
    if let Some(notice) = found.notice {
        eprintln!("{}", visible(&notice));
    }
    let Some(problem) = found.problem else { return Ok(Outcome::Done) };
    let at = problem.at.map(|at| format!(" Character {}.", at + 1)).unwrap_or_default();
    Err(ApiError::invalid(format!("{}{at}", problem.message)).into())
}

async fn print(engine: &Engine, exchange: &Exchange, output: Output) -> anyhow::Result<()> {
    output.line(&row(&exchange.summary))?;
    if let Some(failure) = &exchange.failure {
        output.line(&visible(&failure.message))?;
    }
    if let Some(answered) = &exchange.answered {
        output.line(&visible(&answered_by(answered)))?;
        for reason in &answered.reasons {
            output.line(&visible(reason))?;
        }
    }
    message(engine, exchange, Side::Request, Some(&exchange.request), output).await?;
    message(engine, exchange, Side::Response, exchange.response.as_ref(), output).await
}

/// What decided our answer, and how it went out. What the sender did not get whole is told as a failure.
fn answered_by(answered: &Answered) -> String {
    let delay = match answered.delay_ms {
        0 => String::new(),
        delay if answered.at_once => format!(", meant to be held back {delay} ms"),
        delay => format!(", held back {delay} ms"),
    };
    let drip = match answered.fault {
        Some(Fault::Drip { bytes_per_second }) => format!(", {bytes_per_second} bytes a second"),
        _ => String::new(),
    };
    let at_once = if answered.at_once { ", at once, since too many answers were held already" } else { "" };
    format!("{}{delay}{drip}{at_once}", decided_by(&answered.by))
}

fn decided_by(by: &AnsweredBy) -> String {
    match by {
        AnsweredBy::Rule { id, name, step, steps } => {
            let name = if name.is_empty() { id } else { name };
            format!("Answered by rule {name:?}, step {step} of {steps}")
        }
        AnsweredBy::Method => "The source does not take this method".into(),
        AnsweredBy::ContentType => "The source does not take this content type".into(),
        AnsweredBy::Schema => "The payload does not fit the schema of the source".into(),
        AnsweredBy::Preflight => "A browser asked whether a page may call the source".into(),
    }
}

async fn message(
    engine: &Engine,
    exchange: &Exchange,
    side: Side,
    view: Option<&MessageView>,
    output: Output,
) -> anyhow::Result<()> {
    let Some(view) = view else { return Ok(()) };
    output.line(&format!("\n{}", visible(&view.first_line)))?;
    for header in &view.headers {
        output.line(&visible(&format!("{}: {}", header.name, header.value)))?;
    }
    output.line("")?;
    let body = BodyRef { id: exchange.summary.id, side };
    let document = engine.document(body).await?;
    let info = document.info();
    if !info.kind.is_text() {
        return output.line(&format!("[{} of binary data]", size(info.size)));
    }
    let page = document.text_rows(true, 0, ROWS);
    let mut line = String::new();
    for row in &page.rows {
        if !row.continued && !line.is_empty() {
            output.line(&visible(&std::mem::take(&mut line)))?;
        }
        line.push_str(&row.text);
    }
    output.line(&visible(&line))?;
    if page.total > u64::from(ROWS) {
        output.line(&format!("[{} more rows: --body prints the whole]", page.total - u64::from(ROWS)))?;
    }
    Ok(())
}
