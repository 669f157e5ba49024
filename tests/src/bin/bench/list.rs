//! The list over a million stored exchanges made of real payloads: a page, a filter, a text search, what they take.

use crate::report::{Bar, Report, median, ms};
use anyhow::{Context, Result, ensure};
use pushpull_engine::Engine;
use pushpull_engine::api::{Anchor, CountQuery, HistogramQuery, ListQuery};
use pushpull_engine::store::Store;
use pushpull_tests::Events;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Exchanges in the workspace, unless the variable says another number for a quick look.
const EXCHANGES: u64 = 1_000_000;
const EXCHANGES_FROM: &str = "PUSHPULL_BENCH_EXCHANGES";
/// Exchanges that are handed to the writer at a time.
const AT_A_TIME: u64 = 512;
/// Questions that are answered by reading exchanges one by one are asked once: to their end, whatever that takes.
const SCANS: &[(&str, &str)] = &[
    ("a piece of a word, in one body in eight", "\"harli\""),
    ("a piece of a word, in one body in 10,000", "\"eedl\""),
    ("JSON path: body.action:created", "body.action:created"),
    ("JSON path: body.repository.id:>900000000", "body.repository.id:>900000000"),
];
/// Rows of a page: what a large window shows.
const PAGE: u32 = 200;
/// Bars of a histogram: as many as the window draws.
const BARS: u32 = 120;
/// How often each query is asked.
const TIMES: u32 = 21;
/// A query and the longest time it may take, ms.
struct Question {
    what: &'static str,
    filter: &'static str,
    from: Place,
    bar: f64,
}

/// Where a page begins.
#[derive(Clone, Copy)]
enum Place {
    /// At the newest.
    Top,
    /// Half-way down, nothing being known near it: the scroll bar was dragged there.
    Jumped,
    /// Half-way down, a row near it being known: it was scrolled to.
    Scrolled,
}

const QUESTIONS: &[Question] = &[
    Question { what: "page: the newest", filter: "", from: Place::Top, bar: 5.0 },
    Question { what: "page: half-way down, jumped to", filter: "", from: Place::Jumped, bar: 5.0 },
    Question { what: "page: half-way down, scrolled to", filter: "", from: Place::Scrolled, bar: 5.0 },
    Question { what: "page: half-way down type:push, jumped to", filter: "type:push", from: Place::Jumped, bar: 50.0 },
    Question { what: "filter: type:issues.*", filter: "type:issues.*", from: Place::Top, bar: 50.0 },
    Question { what: "filter: status:500", filter: "status:500", from: Place::Top, bar: 50.0 },
    Question {
        what: "filter: source:beta type:push -status:500",
        filter: "source:beta type:push -status:500",
        from: Place::Top,
        bar: 50.0,
    },
    Question { what: "filter: method:DELETE, which none has", filter: "method:DELETE", from: Place::Top, bar: 50.0 },
];

/// What was searched for is remembered: each is asked of a workspace that was just opened.
const WORDS: &[Question] = &[
    Question { what: "text: a word in one body in 10,000", filter: "needle", from: Place::Top, bar: 200.0 },
    Question { what: "text: a word in one body in eight", filter: "charlie", from: Place::Top, bar: 200.0 },
    Question { what: "text: a word that is nowhere", filter: "haystack", from: Place::Top, bar: 200.0 },
];

/// Fills the workspace if it is not there, and asks each question.
pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    let exchanges = exchanges()?;
    report.section(&format!("list: {exchanges} exchanges of real payloads"));
    let path = filled(report, exchanges).await?;
    let mut store = Store::open(&path).await?;
    size(report, &store).await?;
    let newest = store.newest().await?;
    let questions = QUESTIONS.iter().map(|question| (question, false));
    for (question, is_remembered) in questions.chain(WORDS.iter().map(|word| (word, true))) {
        let mut times = Vec::new();
        let mut rows = 0;
        for time in 0..TIMES {
            if is_remembered {
                store.close().await;
                store = Store::open(&path).await?;
            }
            let (found, time) = ask(&store, question, newest - i64::from(time)).await?;
            rows = found;
            times.push(time);
        }
        let worst = times.iter().max().copied().unwrap_or_default();
        report.judge(&format!("{} ({rows} rows)", question.what), ms(median(times)), " ms", Bar::AtMost(question.bar));
        report.line("    the slowest of them", &format!("{:.2} ms", ms(worst)));
    }
    for (what, filter) in SCANS {
        scan(report, &store, what, filter).await?;
    }
    histogram(report, &store, "histogram of everything", "", newest).await?;
    histogram(report, &store, "histogram of type:push", "type:push", newest).await
}

/// Prints how long the first page takes, and all there is.
async fn scan(report: &Report, store: &Store, what: &str, filter: &str) -> Result<()> {
    let start = Instant::now();
    let query = ListQuery { filter: filter.to_owned(), upto: None, from: 0, count: PAGE, near: None };
    while !store.list(&query).await?.complete {}
    report.line(&format!("{what}: first page"), &format!("{:.0} ms", ms(start.elapsed())));
    let query = CountQuery { filter: filter.to_owned(), upto: None };
    let found = loop {
        let count = store.count(&query).await?;
        if count.complete {
            break count.rows;
        }
    };
    report.line(&format!("    all {found}"), &format!("{:.1} s", start.elapsed().as_secs_f64()));
    Ok(())
}

async fn histogram(report: &Report, store: &Store, what: &str, filter: &str, newest: i64) -> Result<()> {
    let mut times = Vec::new();
    for time in 0..TIMES {
        let upto = (!filter.is_empty()).then(|| newest - i64::from(time));
        let query = HistogramQuery { filter: filter.to_owned(), upto, since: None, until: None, bars: BARS };
        let start = Instant::now();
        while !store.histogram(&query).await?.complete {}
        times.push(start.elapsed());
    }
    report.line(what, &format!("{:.2} ms", ms(median(times))));
    Ok(())
}

fn exchanges() -> Result<u64> {
    match std::env::var(EXCHANGES_FROM) {
        Ok(number) => number.parse().with_context(|| format!("{EXCHANGES_FROM} is no number")),
        Err(_) => Ok(EXCHANGES),
    }
}

/// What the workspace takes on the disk, and of what.
async fn size(report: &mut Report, store: &Store) -> Result<()> {
    let size = store.size().await?;
    let events = Events::read()?;
    let heads: u64 = (0..1_000).map(|number| events.head_bytes(number)).sum::<u64>() * count(store).await? / 1_000;
    let stored = size.stored + heads;
    let mb = |bytes: u64| format!("{:.0} MB", bytes as f64 / 1e6);
    report.line("stored: bodies and heads as they came", &mb(stored));
    report.line("workspace", &mb(size.file));
    for part in &size.parts {
        report.line(&format!("    of it {}", part.name), &mb(part.bytes));
    }
    report.judge("bytes on disk per stored byte", size.file as f64 / stored as f64, "", Bar::AtMost(0.35));
    Ok(())
}

/// Asks for one page, again if a search stopped at its time budget before the page was full.
async fn ask(store: &Store, question: &Question, upto: i64) -> Result<(usize, Duration)> {
    let mut query =
        ListQuery { filter: question.filter.to_owned(), upto: Some(upto), from: 0, count: PAGE, near: None };
    if !matches!(question.from, Place::Top) {
        let asked = CountQuery { filter: question.filter.to_owned(), upto: Some(upto) };
        query.from = store.count(&asked).await?.rows / 2;
    }
    if matches!(question.from, Place::Scrolled) {
        let before = ListQuery { from: query.from - u64::from(PAGE), ..query.clone() };
        let row = store.list(&before).await?.rows.pop().context("there is no page before")?;
        query.near = Some(Anchor { row: query.from - 1, id: row.id });
    }
    let start = Instant::now();
    let rows = loop {
        let page = store.list(&query).await?;
        if page.complete {
            break page.rows.len();
        }
    };
    Ok((rows, start.elapsed()))
}

/// A workspace with this many exchanges as the application leaves it: checked, grouped into deliveries, indexed. Kept from
/// one run to the next.
async fn filled(report: &Report, exchanges: u64) -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    std::fs::create_dir_all(&folder).context("Making target/bench")?;
    let path = folder.join(format!("real-{exchanges}.pushpull"));
    let mut engine = Engine::open(&path).await?;
    if count(&engine.store).await? == exchanges {
        report.line("the workspace", "of an earlier run");
    } else {
        engine.close().await;
        remove(&path)?;
        engine = Engine::open(&path).await?;
        let filled = fill(&engine.store, exchanges).await?;
        report.line("filled, exchanges a second", &format!("{:.0}", exchanges as f64 / filled.as_secs_f64()));
    }
    // Whatever an earlier run left undone is done as well.
    let start = Instant::now();
    engine.finish_following().await?;
    engine.store.finish_grouping().await?;
    engine.store.finish_indexing().await?;
    let rest = start.elapsed().as_secs_f64();
    report.line("checked, grouped and indexed after it", &format!("{rest:.0} s"));
    ensure!(count(&engine.store).await? == exchanges, "not all were stored");
    engine.close().await;
    Ok(path)
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

async fn fill(store: &Store, exchanges: u64) -> Result<Duration> {
    let events = Arc::new(Events::read()?);
    let start = Instant::now();
    for first in (0..exchanges).step_by(AT_A_TIME as usize) {
        let mut batch = JoinSet::new();
        for number in first..exchanges.min(first + AT_A_TIME) {
            let (store, events) = (store.clone(), events.clone());
            batch.spawn(async move { store.save(events.exchange(number)).await });
        }
        while let Some(saved) = batch.join_next().await {
            saved??;
        }
    }
    Ok(start.elapsed())
}
