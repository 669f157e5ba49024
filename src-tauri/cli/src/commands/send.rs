//! `pushpull send`

use super::answered;
use crate::arguments::Send;
use crate::interrupt::cancelled_by_interrupt;
use crate::output::{Outcome, Output, row};
use anyhow::Context as _;
use pushpull_engine::Engine;
use pushpull_engine::api::{ApiError, ImportedRequest};
use pushpull_engine::exchange::Side;
use pushpull_engine::send::{Field, RequestBody, RequestDefinition, SendJob, SendOptions, read_curl};
use pushpull_engine::store::StoreError;
use std::collections::HashMap;
use std::io::Write as _;

/// Bytes of the answer written at a time.
const PIECE: u64 = 1024 * 1024;

pub(crate) async fn run(engine: &Engine, send: Send, output: Output) -> anyhow::Result<Outcome> {
    let (definition, request_id) = definition(engine, &send).await?;
    let job = SendJob::new(definition).of_request(request_id).with_variables(variables(&send.variables)?);
    let id = engine.sender.send(job, cancelled_by_interrupt()?).await?;
    let exchange = engine.store.exchange(id).await?;
    if output.json {
        output.result(&exchange.summary, row)?;
    } else {
        eprintln!("{}", row(&exchange.summary));
        write_body(engine, id).await?;
    }
    Ok(answered(&exchange, send.fail))
}

/// The bytes of the answer, as they came.
async fn write_body(engine: &Engine, id: i64) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut at = 0;
    loop {
        let piece = engine.store.body(id, Side::Response, at..at + PIECE).await?;
        if piece.is_empty() {
            out.flush()?;
            return Ok(());
        }
        at += piece.len() as u64;
        out.write_all(&piece)?;
    }
}

async fn definition(engine: &Engine, send: &Send) -> anyhow::Result<(RequestDefinition, Option<i64>)> {
    let (mut definition, id) = match (&send.curl, &send.target) {
        (Some(curl), _) => {
            let ImportedRequest { definition, notes } = read_curl(curl)?;
            for note in notes {
                eprintln!("{note}");
            }
            (definition, None)
        }
        (None, Some(target)) if !target.contains("://") && send.method.is_none() => {
            let saved = engine.store.request_named(target).await.map_err(|error| match error {
                StoreError::NotFound(_) => {
                    let hint = format!("To send to a URL, write its scheme too: http://{target}.");
                    ApiError { hint: Some(hint), ..error.into() }
                }
                error => error.into(),
            })?;
            (saved.definition, Some(saved.id))
        }
        (None, target) => (empty(target.clone().unwrap_or_default()), None),
    };
    for header in &send.headers {
        let (name, value) = header
            .split_once(':')
            .ok_or_else(|| ApiError::invalid(format!("{header:?} is not a header. Write it as \"Name: value\".")))?;
        let value = value.trim().to_owned();
        definition.headers.push(Field { on: true, name: name.trim().to_owned(), value, note: String::new() });
    }
    if let Some(data) = &send.data {
        definition.body = body(data);
    }
    if let Some(method) = &send.method {
        definition.method.clone_from(method);
    } else if definition.method.is_empty() {
        definition.method = if definition.body == RequestBody::None { "GET" } else { "POST" }.into();
    }
    if let Some(seconds) = send.timeout {
        definition.options.timeout_ms = seconds.saturating_mul(1_000);
    }
    Ok((definition, id))
}

fn empty(url: String) -> RequestDefinition {
    RequestDefinition {
        method: String::new(),
        url,
        query: Vec::new(),
        headers: Vec::new(),
        body: RequestBody::None,
        options: SendOptions::default(),
    }
}

fn body(data: &str) -> RequestBody {
    if let Some(path) = data.strip_prefix('@') {
        return RequestBody::File { path: path.to_owned(), content_type: String::new() };
    }
    let text = data.to_owned();
    if data.trim_start().starts_with(['{', '[']) {
        RequestBody::Json { text }
    } else {
        RequestBody::Raw { text, content_type: "application/x-www-form-urlencoded".into() }
    }
}

fn variables(given: &[String]) -> anyhow::Result<HashMap<String, String>> {
    let pair = |text: &String| {
        text.split_once('=')
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .ok_or_else(|| ApiError::invalid(format!("{text:?} is not a variable. Write --var NAME=VALUE.")))
    };
    given.iter().map(pair).collect::<Result<_, _>>().context("Reading the variables")
}
