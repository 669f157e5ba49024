//! `pushpull tag`, `note`, `pin`, `read` and `delete`

use crate::arguments::{Delete, Marked, Note, Tag};
use crate::output::{Outcome, Output, counted, row, visible};
use pushpull_engine::Engine;
use pushpull_engine::api::Deletion;
use pushpull_engine::store::Doomed;
use tokio_util::sync::CancellationToken;

pub(crate) async fn tag(engine: &Engine, tag: Tag, output: Output) -> anyhow::Result<Outcome> {
    if tag.ids.is_empty() {
        for tag in engine.store.tags().await? {
            output.result(&tag, |tag| format!("{:>7} {}", tag.exchanges, visible(&tag.name)))?;
        }
        return Ok(Outcome::Done);
    }
    engine.store.tag(&tag.ids, tag.add, tag.remove).await?;
    rows(engine, &tag.ids, output).await
}

pub(crate) async fn note(engine: &Engine, note: Note, output: Output) -> anyhow::Result<Outcome> {
    if let Some(text) = note.text {
        engine.store.save_note(note.id, text).await?;
        return rows(engine, &[note.id], output).await;
    }
    engine.store.summary(note.id).await?;
    let text = engine.store.note(note.id).await?;
    output.result(&text, |text| visible(text))?;
    Ok(Outcome::Done)
}

pub(crate) async fn pin(engine: &Engine, marked: Marked, output: Output) -> anyhow::Result<Outcome> {
    engine.store.pin(&marked.ids, !marked.off).await?;
    rows(engine, &marked.ids, output).await
}

pub(crate) async fn read(engine: &Engine, marked: Marked, output: Output) -> anyhow::Result<Outcome> {
    engine.store.mark_read(&marked.ids, !marked.off).await?;
    rows(engine, &marked.ids, output).await
}

pub(crate) async fn delete(engine: &Engine, delete: Delete, output: Output) -> anyhow::Result<Outcome> {
    if let Some(id) = delete.undo {
        let exchanges = engine.store.undo_deletion(id).await?;
        output.result(&Deletion { id, exchanges }, |done| {
            format!("{} back again.", counted(done.exchanges, "exchange"))
        })?;
        return Ok(Outcome::Done);
    }
    let doomed = delete.filter.map_or(Doomed::Selection(delete.ids), |filter| Doomed::Filter(filter, None));
    let (id, exchanges) = engine.store.delete(&doomed, &|_, _| {}, &CancellationToken::new()).await?;
    output.result(&Deletion { id, exchanges }, |done| {
        format!("{} deleted. For ten seconds: pushpull delete --undo {}", counted(done.exchanges, "exchange"), done.id)
    })?;
    Ok(Outcome::Done)
}

/// The exchanges as they are now; says which of them is not there.
async fn rows(engine: &Engine, ids: &[i64], output: Output) -> anyhow::Result<Outcome> {
    for id in ids {
        output.result(&engine.store.summary(*id).await?, row)?;
    }
    Ok(Outcome::Done)
}
