//! `pushpull export`

use crate::arguments::Export;
use crate::output::{Outcome, Output, size};
use pushpull_engine::Engine;
use pushpull_engine::api::ApiError;
use pushpull_engine::transfer::export::{ExportQuery, ExportScope, to_file, to_writer};
use tokio_util::sync::CancellationToken;

pub(crate) async fn run(engine: &Engine, export: Export, output: Output) -> anyhow::Result<Outcome> {
    let scope = ExportScope::Filter { filter: export.filter.join(" ") };
    let query = ExportQuery {
        scope,
        format: export.format.into(),
        redact: !export.no_redact,
        known: engine.known_secrets().await,
    };
    let cancel = CancellationToken::new();
    match export.output {
        Some(path) => {
            let exported = to_file(&engine.store, &query, &path, &|_, _| {}, &cancel).await.map_err(ApiError::from)?;
            eprintln!("{} exchanges, {}, in {}", exported.count, size(exported.bytes), exported.path);
            if exported.gone > 0 {
                eprintln!("{} were deleted meanwhile and are not in it", exported.gone);
            }
            if output.json {
                output.result(&exported, |_| String::new())?;
            }
        }
        None => {
            to_writer(&engine.store, &query, &mut tokio::io::stdout(), &|_, _| {}, &cancel)
                .await
                .map_err(ApiError::from)?;
        }
    }
    Ok(Outcome::Done)
}
