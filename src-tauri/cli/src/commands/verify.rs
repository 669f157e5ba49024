//! `pushpull verify`

use crate::arguments::Verify;
use crate::output::{Outcome, Output, visible};
use anyhow::Context as _;
use pushpull_engine::api::{ApiError, CountQuery};
use pushpull_engine::inspect::provider::{Provider, find, recognise};
use pushpull_engine::inspect::signature::{Check, Secret, SignedRequest, Verdict, VerdictKind, verify};
use pushpull_engine::wire::{LooseRequest, read_request};
use pushpull_engine::{Engine, Given};
use serde::Serialize;
use std::io::{Read as _, Write as _};
use std::path::Path;

/// The longest request that is read from stdin.
const STDIN_LIMIT: u64 = 512 * 1024 * 1024;

/// True if it can be done without a workspace: the request is on stdin, and none of the user's own providers can have
/// sent it, for the provider is named or there is no workspace that holds any.
pub(crate) fn needs_no_workspace(options: &Verify, workspace: Option<&Path>) -> bool {
    let is_told = match options.provider.as_deref() {
        Some(key) => find(key).is_some(),
        None => workspace.is_none_or(|path| !path.exists()),
    };
    is_told && options.id.is_none() && options.source.is_none()
}

pub(crate) async fn run(engine: Option<&Engine>, options: Verify, output: Output) -> anyhow::Result<Outcome> {
    if let (Some(engine), Some(source)) = (engine, &options.source) {
        return run_source(engine, source, output).await;
    }
    let secrets = secrets(&options)?;
    let fields = pairs(&options.field)?;
    if let (Some(engine), Some(id)) = (engine, options.id) {
        let Verify { provider, url: urls, now, tolerance, signed, .. } = options;
        let verdict = engine.verify(id, &Given { provider, urls, now, tolerance, fields, secrets }).await?;
        return said(&verdict, signed, output);
    }
    let request = on_stdin().await?;
    let provider = provider(engine, &options, &request).await?;
    let urls = if options.url.is_empty() { request.urls() } else { options.url };
    let signed = SignedRequest {
        method: &request.method,
        urls: &urls,
        other_urls: &[],
        headers: &request.headers,
        body: &request.body,
    };
    let own = match engine {
        Some(engine) => engine.store.custom_providers().await.map_err(ApiError::from)?,
        None => Vec::new(),
    };
    let own_providers: Vec<&Provider> = own.iter().collect();
    let Verify { now, tolerance, .. } = options;
    let check = Check { now, tolerance, fields: &fields, own_providers: &own_providers, ..Check::default() };
    said(&verify(&signed, &provider, &secrets, &check), options.signed, output)
}

/// How many pushes of a source have which verdict. A handshake need not be signed, and counts only if it is.
#[derive(Debug, Serialize)]
struct Checked {
    source: String,
    valid: u64,
    invalid: u64,
    unsigned: u64,
    /// Those that can't be checked: for want of a secret, of a provider, or of a signature that can be.
    unchecked: u64,
}

/// Checks all pushes of a source again and says what came of it.
async fn run_source(engine: &Engine, source: &str, output: Output) -> anyhow::Result<Outcome> {
    super::vault::unlock(engine).await?;
    engine.verify_source(source).await?;
    let count = async |filter: &str| {
        let filter = format!("source:{source} direction:push {filter}");
        Ok::<_, ApiError>(engine.store.count(&CountQuery { filter, upto: None }).await?.rows)
    };
    let checked = Checked {
        source: source.to_owned(),
        valid: count("is:valid").await?,
        invalid: count("is:invalid").await?,
        unsigned: count("is:unsigned -is:handshake").await?,
        unchecked: count("-is:valid -is:invalid -is:unsigned -is:handshake").await?,
    };
    output.result(&checked, |Checked { source, valid, invalid, unsigned, unchecked }| {
        let counts = [(valid, "valid"), (invalid, "not valid"), (unsigned, "not signed"), (unchecked, "not checked")];
        let counts = counts.iter().filter(|(count, _)| **count > 0).map(|(count, words)| format!("{count} {words}"));
        let counts = counts.collect::<Vec<_>>().join(", ");
        format!("{source}: {}", if counts.is_empty() { "there is nothing to check" } else { &counts })
    })?;
    let Checked { invalid, unsigned, unchecked, .. } = checked;
    Ok(if invalid + unsigned + unchecked == 0 { Outcome::Done } else { Outcome::CheckedNo })
}

/// Says the verdict, or writes the bytes that were signed and nothing else.
fn said(verdict: &Verdict, signed: bool, output: Output) -> anyhow::Result<Outcome> {
    if signed {
        write_signed(verdict)?;
    } else {
        output.result(verdict, text)?;
    }
    Ok(if verdict.verdict == VerdictKind::Valid { Outcome::Done } else { Outcome::CheckedNo })
}

fn write_signed(verdict: &Verdict) -> anyhow::Result<()> {
    if verdict.signed.is_none() {
        return Err(ApiError::failed(format!("No bytes are signed: {}", verdict.explanation)).into());
    }
    let mut out = std::io::stdout().lock();
    out.write_all(&verdict.signed_bytes)?;
    out.flush()?;
    Ok(())
}

async fn on_stdin() -> anyhow::Result<LooseRequest> {
    let mut raw = Vec::new();
    std::io::stdin().lock().take(STDIN_LIMIT).read_to_end(&mut raw).context("Reading the request from stdin")?;
    if raw.is_empty() {
        return Err(ApiError::invalid("There is no request on stdin: give its bytes, head and body.").into());
    }
    Ok(read_request(&raw.into()).await.map_err(|error| ApiError::invalid(format!("The request: {error}.")))?)
}

async fn provider(engine: Option<&Engine>, options: &Verify, request: &LooseRequest) -> anyhow::Result<Provider> {
    let Some(key) = &options.provider else {
        let recognised = match engine {
            Some(engine) => engine.store.recognised(&request.headers, &request.body).await.map_err(ApiError::from)?,
            None => recognise(&request.headers, &request.body).provider.and_then(|key| find(&key)).cloned(),
        };
        let problem = "The provider can't be told from the request: name it with --provider.";
        return Ok(recognised.ok_or_else(|| ApiError::invalid(problem))?);
    };
    let found = match engine {
        Some(engine) => engine.store.provider(key).await.map_err(ApiError::from)?,
        None => find(key).cloned(),
    };
    Ok(found.ok_or_else(|| ApiError::invalid(format!("There is no provider {key:?}.")))?)
}

/// The secrets and keys of the command line, its files and its environment, in this order.
fn secrets(options: &Verify) -> anyhow::Result<Vec<Secret>> {
    let mut secrets: Vec<Secret> = Vec::new();
    // Everybody could sign with an empty one, and most often it is a variable that was not filled.
    let mut add = |name: String, value: &str, what: &str| match value.trim() {
        "" => Err(ApiError::invalid(format!("{what} is empty: give the one that the service shows."))),
        _ => {
            secrets.push(Secret::new(name, value));
            Ok(())
        }
    };
    let count = options.secret.len();
    for (at, value) in (1..).zip(&options.secret) {
        let name = if count == 1 { "the secret".to_owned() } else { format!("secret {at}") };
        let what = if count == 1 { "The secret of --secret".to_owned() } else { format!("Secret {at} of --secret") };
        add(name, value, &what)?;
    }
    for path in &options.secret_file {
        let text = std::fs::read_to_string(path).map_err(|error| {
            ApiError::invalid(format!("The secret of {} could not be read: {error}.", path.display()))
        })?;
        // An editor ends a file with a newline, which is not the secret's.
        let text = text.strip_suffix('\n').map_or(&*text, |text| text.strip_suffix('\r').unwrap_or(text));
        add(path.display().to_string(), text, &format!("The secret of the file {}", path.display()))?;
    }
    for name in &options.secret_env {
        let value = std::env::var(name)
            .map_err(|_| ApiError::invalid(format!("The environment variable {name} is not set.")))?;
        add(name.clone(), &value, &format!("The secret of the environment variable {name}"))?;
    }
    for key in &options.public_key {
        let text = match key.strip_prefix('@') {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|error| ApiError::invalid(format!("The key of {path} could not be read: {error}.")))?,
            None => key.clone(),
        };
        let what =
            key.strip_prefix('@').map_or("The public key".to_owned(), |path| format!("The public key of {path}"));
        add("the public key".into(), &text, &what)?;
    }
    Ok(secrets)
}

fn pairs(texts: &[String]) -> anyhow::Result<Vec<(String, String)>> {
    let pair = |text: &String| {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| ApiError::invalid(format!("{text:?} is no field: write NAME=VALUE.")))?;
        Ok((name.to_owned(), value.to_owned()))
    };
    texts.iter().map(pair).collect()
}

fn text(verdict: &Verdict) -> String {
    let kind = match verdict.verdict {
        VerdictKind::Valid => "valid",
        VerdictKind::Invalid => "not valid",
        VerdictKind::Unsigned => "not signed",
        VerdictKind::NoSecret => "not checked",
        VerdictKind::Unsupported => "can't be checked",
    };
    let mut lines = vec![format!("{kind}: {}", verdict.explanation)];
    lines.extend(verdict.hint.clone());
    let scheme = verdict.scheme.as_ref().map(|scheme| format!(", {scheme}")).unwrap_or_default();
    lines.push(format!("provider  {}{scheme} ({})", verdict.provider_name, verdict.certainty.words()));
    let fields = [("expected", &verdict.expected), ("found", &verdict.found)];
    lines.extend(fields.into_iter().filter_map(|(name, value)| Some(format!("{name:<9} {}", value.as_ref()?))));
    if let Some(signed) = &verdict.signed {
        lines.push(format!("signed    {} ({} bytes)", signed.rule, signed.size));
    }
    lines.extend(verdict.notes.iter().cloned());
    visible(&lines.join("\n"))
}
