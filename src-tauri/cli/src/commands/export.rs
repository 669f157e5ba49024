//! `pushpull export`

use crate::arguments::Export;
use crate::interrupt::cancelled_by_interrupt;
use crate::output::{Outcome, Output, say, size};
use pushpull_engine::Engine;
use pushpull_engine::api::ApiError;
use pushpull_engine::transfer::KnownSecrets;
use pushpull_engine::transfer::export::{ExportQuery, ExportScope, to_file, to_writer};
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
            if exported.gone > 0 {
                eprintln!("{} were deleted meanwhile and are not in it", exported.gone);
            }
            if output.json {
                output.result(&exported, |_| String::new())?;
            }
        }
        // An interrupt ends the program: there is nothing to put in order, and whoever reads us may take no more.
        None => {
            to_writer(&engine.store, &query, &mut tokio::io::stdout(), &|_, _| {}, &CancellationToken::new())
                .await
                .map_err(ApiError::from)?;
        }
    }
    Ok(Outcome::Done)
}
