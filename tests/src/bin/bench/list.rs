//! The list over a million stored exchanges: a page, a filter, a text search.

use crate::report::{Bar, Report, median, ms};
use anyhow::{Context, Result, ensure};
use pushpull_engine::api::{CountQuery, ListQuery};
use pushpull_engine::exchange::{Body, Direction, Message, Origin};
use pushpull_engine::store::{NewExchange, Store};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Exchanges in the workspace.
const EXCHANGES: u64 = 1_000_000;
/// Exchanges that are handed to the writer at a time.
const AT_A_TIME: u64 = 512;
/// Rows of a page: what a large window shows.
const PAGE: u32 = 200;
/// How often each query is asked.
const TIMES: u32 = 21;
/// Words of which each body holds a few: a common one is in one body in eight.
const WORDS: [&str; 8] = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"];
/// Event types, in turn.
const EVENTS: [&str; 5] = ["push", "issues", "pull_request", "check_run", "star"];
/// One exchange in so many holds the rare word and was answered 500.
const RARE: u64 = 10_000;

/// A query and the longest time it may take, ms.
struct Question {
    what: &'static str,
    filter: &'static str,
    from: u64,
    bar: f64,
}

const QUESTIONS: &[Question] = &[
    Question { what: "page: the newest", filter: "", from: 0, bar: 5.0 },
    Question { what: "page: half-way down", filter: "", from: EXCHANGES / 2, bar: 5.0 },
    Question { what: "filter: type:issues", filter: "type:issues", from: 0, bar: 50.0 },
    Question { what: "filter: status:500", filter: "status:500", from: 0, bar: 50.0 },
    Question {
        what: "filter: source:beta type:push -status:500",
        filter: "source:beta type:push -status:500",
        from: 0,
        bar: 50.0,
    },
    Question { what: "filter: method:DELETE, which none has", filter: "method:DELETE", from: 0, bar: 50.0 },
    Question { what: "text: a word in one body in 10,000", filter: "needle", from: 0, bar: 200.0 },
    Question { what: "text: a word in one body in eight", filter: "charlie", from: 0, bar: 200.0 },
    Question { what: "text: a word that is nowhere", filter: "haystack", from: 0, bar: 200.0 },
];

/// Fills the workspace if it is not there, and asks each question.
pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    report.section(&format!("list: {EXCHANGES} exchanges of 1.8 KB"));
    let store = million(report).await?;
    let bytes = std::fs::metadata(store.path())?.len();
    report.line("workspace", &format!("{:.0} MB", bytes as f64 / 1e6));
    for question in QUESTIONS {
        let mut times = Vec::new();
        let mut rows = 0;
        for _ in 0..TIMES {
            let start = Instant::now();
            rows = ask(&store, question).await?;
            times.push(start.elapsed());
        }
        let worst = times.iter().max().copied().unwrap_or_default();
        report.judge(&format!("{} ({rows} rows)", question.what), ms(median(times)), " ms", Bar::AtMost(question.bar));
        report.line("    the slowest of them", &format!("{:.2} ms", ms(worst)));
    }
    Ok(())
}

/// Asks for one page, again if a search stopped at its time budget before the page was full.
async fn ask(store: &Store, question: &Question) -> Result<usize> {
    let filter = question.filter.to_owned();
    let query = ListQuery { filter, upto: None, from: question.from, count: PAGE, near: None };
    loop {
        let page = store.list(&query).await?;
        if page.complete {
            return Ok(page.rows.len());
        }
    }
}

/// The workspace with a million exchanges; kept from one run to the next.
async fn million(report: &Report) -> Result<Store> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    std::fs::create_dir_all(&folder).context("Making target/bench")?;
    let path = folder.join("million.pushpull");
    if let Ok(store) = Store::open(&path).await
        && count(&store).await? == EXCHANGES
    {
        return Ok(store);
    }
    remove(&path)?;
    let store = Store::open(&path).await?;
    let filled = fill(&store).await?;
    report.line("filled, exchanges a second", &format!("{:.0}", EXCHANGES as f64 / filled.as_secs_f64()));
    let start = Instant::now();
    store.finish_indexing().await?;
    report
        .line("words indexed, exchanges a second", &format!("{:.0}", EXCHANGES as f64 / start.elapsed().as_secs_f64()));
    ensure!(count(&store).await? == EXCHANGES, "not all were stored");
    Ok(store)
}

async fn count(store: &Store) -> Result<u64> {
    Ok(store.count(&CountQuery { filter: String::new(), upto: None }).await?.rows)
}

fn remove(path: &Path) -> Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        let file = PathBuf::from(file);
        if file.exists() {
            std::fs::remove_file(&file).with_context(|| format!("Removing {}", file.display()))?;
        }
    }
    Ok(())
}

async fn fill(store: &Store) -> Result<Duration> {
    let start = Instant::now();
    for first in (0..EXCHANGES).step_by(AT_A_TIME as usize) {
        let mut batch = JoinSet::new();
        for number in first..EXCHANGES.min(first + AT_A_TIME) {
            let store = store.clone();
            batch.spawn(async move { store.save(exchange(number)).await });
        }
        while let Some(saved) = batch.join_next().await {
            saved??;
        }
    }
    Ok(start.elapsed())
}

/// The exchange of this number: always the same.
fn exchange(number: u64) -> NewExchange {
    let source = if number.is_multiple_of(3) { "beta" } else { "alpha" };
    let event = EVENTS[number as usize % EVENTS.len()];
    let status = if number.is_multiple_of(RARE) { 500 } else { 200 };
    let body = body(number);
    let target = format!("/in/{source}?delivery={number}");
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: 127.0.0.1:4400\r\nUser-Agent: GitHub-Hookshot/0000000\r\n\
         X-GitHub-Event: {event}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    NewExchange {
        direction: Direction::Push,
        origin: Origin::Captured,
        started_at: 1_700_000_000_000_000 + number as i64 * 1_000_000,
        duration: Some(900),
        method: "POST".into(),
        url: target,
        source: Some(source.into()),
        event_type: Some(event.into()),
        provider: Some("github"),
        status: Some(status),
        request: Message { head: head.into(), body: Body::Inline(body.into()), ..Message::default() },
        response: Some(Message {
            head: format!("HTTP/1.1 {status} OK\r\nContent-Length: 0\r\n\r\n").into(),
            ..Message::default()
        }),
        timing: None,
        failure: None,
        peer: Some("127.0.0.1:50000".into()),
        parent: None,
        request_id: None,
        answered: None,
        marks: Vec::new(),
    }
}

/// JSON of 1.8 KB as services send it: the same names, other values.
fn body(number: u64) -> String {
    let word = WORDS[(number / 7) as usize % WORDS.len()];
    let rare = if number % RARE == 17 { "needle" } else { "straw" };
    let mut text = format!("{{\"id\":{number},\"title\":\"{word} {rare}\",\"items\":[");
    for item in 0..16_u64 {
        let id = number.wrapping_mul(31).wrapping_add(item * 7919) % 1_000_003;
        text.push_str(if item == 0 { "" } else { "," });
        text.push_str(&format!(
            "{{\"id\":{id},\"node_id\":\"MDEwOlJlcG9{id:x}\",\"html_url\":\"https://example.com/r/{id}\",\"open\":true}}"
        ));
    }
    text.push_str("]}");
    text
}
