//! `pushpull size`, `compact` and `backup`

use crate::arguments::Backup;
use crate::interrupt::cancelled_by_interrupt;
use crate::output::{Outcome, Output, size, visible};
use pushpull_engine::Engine;
use pushpull_engine::api::{BackedUp, Compacted, WorkspaceSize};
use std::io::{IsTerminal as _, Write as _};

pub(crate) async fn measure(engine: &Engine, output: Output) -> anyhow::Result<Outcome> {
    output.result(&engine.store.size().await?, described)?;
    Ok(Outcome::Done)
}

pub(crate) async fn compact(engine: &Engine, output: Output) -> anyhow::Result<Outcome> {
    let cancel = cancelled_by_interrupt()?;
    let (before, after) = engine.store.compact(&say_progress, &cancel).await?;
    output.result(&Compacted { before, after }, |done| {
        format!("{} before, {} now", size(done.before), size(done.after))
    })?;
    Ok(Outcome::Done)
}

pub(crate) async fn backup(engine: &Engine, backup: Backup, output: Output) -> anyhow::Result<Outcome> {
    let path = std::path::absolute(&backup.file)?;
    let bytes = engine.store.back_up(&path, &say_progress, &cancelled_by_interrupt()?).await?;
    output
        .result(&BackedUp { bytes }, |done| format!("{} copied to {} and checked", size(done.bytes), path.display()))?;
    Ok(Outcome::Done)
}

/// One line that is written over, and only for somebody who looks on.
fn say_progress(done: u64, total: u64) {
    let mut errors = std::io::stderr();
    if errors.is_terminal() {
        let end = if done >= total { "\n" } else { "" };
        let _ = write!(errors, "\r{:>3} %{end}", done * 100 / total.max(1)); // nowhere else to say it
    }
}

fn described(found: &WorkspaceSize) -> String {
    let mut lines = vec![format!("{:>12}  file, its log {}", size(found.file), size(found.log))];
    lines.extend(found.parts.iter().map(|part| format!("{:>12}  {}", size(part.bytes), part.name)));
    lines.push(format!("{:>12}  bodies as they came", size(found.stored)));
    for source in &found.sources {
        let name = source.source.as_deref().map_or_else(|| "(no source)".into(), visible);
        let (bytes, stored) = (size(source.bytes), size(source.stored));
        lines.push(format!("{bytes:>12}  {name}: {} exchanges, {stored} as they came", source.exchanges));
    }
    lines.join("\n")
}
