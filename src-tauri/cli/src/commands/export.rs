//! `pushpull export`

use crate::arguments::Export;
use crate::interrupt::cancelled_by_interrupt;
use crate::output::{Outcome, Output, say, size};
use pushpull_engine::Engine;
use pushpull_engine::api::{ApiError, Exported};
use pushpull_engine::transfer::KnownSecrets;
use pushpull_engine::transfer::export::{ExportFormat, ExportQuery, ExportScope, Written, to_file, to_writer};
use tokio_util::sync::CancellationToken;

/// What helps where secrets are locked.
const UNLOCK: &str = "Open the vault to have them masked: `pushpull vault` says what it takes.";

pub(crate) async fn run(engine: &Engine, export: Export, output: Output) -> anyhow::Result<Outcome> {
    let scope = ExportScope::Filter { filter: export.filter.join(" ") };
    let redact = !export.no_redact;
    let known = if redact { engine.known_secrets().await? } else { KnownSecrets::default() };
    match known.locked() {
        0 => {}
        1 => say("1 secret is locked and can't be recognised in what is exported.", Some(UNLOCK)),
        locked => {
            say(&format!("{locked} secrets are locked and can't be recognised in what is exported."), Some(UNLOCK))
        }
    }
    let query = ExportQuery { scope, format: export.format.into(), redact, known };
    match export.output {
        Some(path) => {
            let cancel = cancelled_by_interrupt()?;
            let exported = to_file(&engine.store, &query, &path, &|_, _| {}, &cancel).await.map_err(ApiError::from)?;
            eprintln!("{} exchanges, {}, in {}", exported.count, size(exported.bytes), exported.path);
            let Exported { count, gone, damaged, partial, bytes, .. } = exported;
            say_missing(export.format.into(), Written { count, gone, damaged, partial, bytes });
            if output.json {
                output.result(&exported, |_| String::new())?;
            }
        }
        // An interrupt ends the program: there is nothing to put in order, and whoever reads us may take no more.
        None => {
            let cancel = CancellationToken::new();
            let written = to_writer(&engine.store, &query, &mut tokio::io::stdout(), &|_, _| {}, &cancel).await;
            say_missing(query.format, written.map_err(ApiError::from)?);
        }
    }
    Ok(Outcome::Done)
}

/// Says what is not in an export, or not whole.
fn say_missing(format: ExportFormat, written: Written) {
    let Written { gone, damaged, partial, .. } = written;
    if gone > 0 {
        eprintln!("{gone} were deleted meanwhile and are not in it");
    }
    if damaged > 0 {
        eprintln!("{damaged} are damaged in the workspace and are not in it; a backup may still have them");
    }
    match format {
        _ if partial == 0 => {}
        ExportFormat::Raw => eprintln!("not all of this body is kept: what is written is a part"),
        _ => eprintln!("{partial} are not kept whole and are not in it; NDJSON and HAR have them"),
    }
}
